"""Which misconceptions explain a wrong answer; all that explain it equally well are named.

The simplest explanation wins, in this order:

    1  one misconception leads to exactly this answer
    2  one misconception, or one kind of slip in terms or digits, explains every wrong entry, the others being right
    3  one wrong number on the way, carried on correctly; where most entries are right: a slip in the one wrong entry,
       or two kinds of mistakes in different entries
    4  two misconceptions together lead to exactly this answer
    5  different mistakes in different entries; one misconception, and a slip in one entry besides
    6  what can be seen without a derivation: another tensor's letters, slips in few entries
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from symbolic.exercises import slips
from symbolic.exercises.mutants import PLACED, Mutants, mutants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from symbolic.exercises.arrays import Grid
    from symbolic.exercises.carried import Carried
    from symbolic.exercises.exercise import Exercise

Keys = tuple[str, ...]
SLIPS = ("arithmetic_slip", "wrong_entry")


@dataclass(frozen=True)
class Explanation:
    """One way in which an answer may have come about.

    kind    one        a single misconception, in all entries or in the wrong ones
            together   two, one after the other
            apart      each in some entries of its own, `places` (flat positions)
    carried the values on the way of which one, taken wrongly, leads to all the rest
    """

    keys: Keys
    kind: Literal["one", "together", "apart"] = "one"
    places: tuple[tuple[int, ...], ...] = ()
    carried: tuple[Carried, ...] = ()


def diagnose(exercise: Exercise, given: Grid) -> tuple[Explanation, ...]:
    """The explanations of a wrong answer that are equally simple, in the order of the exercise's offers; () if none."""
    case = _Case(mutants(exercise), given)
    found = next((found for found in map(list, case.ways()) if found), [])
    order = [offered.key for offered in exercise.offers]
    ranked = sorted(dict.fromkeys(found), key=lambda way: [order.index(key) for key in way.keys])
    return tuple(ranked)


def named(exercise: Exercise, found: tuple[Explanation, ...]) -> Keys:
    """The keys of all explanations, each once, in the order of the exercise's offers."""
    order = [offered.key for offered in exercise.offers]
    return tuple(sorted({key for way in found for key in way.keys}, key=order.index))


class _Case:
    """One wrong answer beside the mutants of its exercise."""

    def __init__(self, known: Mutants, given: Grid) -> None:
        self.known, self.given, self.truth = known, given, known.exercise.truth
        self.values = known.values(given)
        self.fits = given.shape == self.truth.shape
        pairs = zip(self.values, known.truth, strict=True) if self.fits else ()
        self.wrong = [k for k, (mine, right) in enumerate(pairs) if mine != right]
        self.alike = [m for m in known.singles if m.shape == given.shape]

    def ways(self) -> Iterable[Iterable[Explanation]]:
        """Explanations from the simplest to the least simple."""
        if not self.fits:
            yield self.single()  # another tensor's letters and another size: rather the answer to another question
            yield (way for way in self.pair() if not any(key.startswith("used_") for key in way.keys))
            return
        some_right = len(self.wrong) < len(self.values)
        of_their_own = some_right and bool(self.known.exercise.labels)  # dw1 and dw2 are calculations of their own
        yield (*self.single(), *(self.local() if of_their_own else ()))
        yield self.local() if some_right else ()
        if some_right:
            yield self.carried()
            yield self.slip() if len(self.wrong) == 1 else ()
            yield self.apart()
        yield self.local()
        yield (*self.pair(), *self.carried())
        yield self.apart()
        yield self.almost()
        yield self.letters()
        yield self.slip()

    def single(self) -> Iterable[Explanation]:
        """One misconception leads to exactly this answer; slips in single entries are `local`."""
        ideas = (mutant for mutant in self.alike if mutant.keys[0] not in PLACED)
        return (Explanation(mutant.keys) for mutant in ideas if mutant.values == self.values)

    def carried(self) -> Iterable[Explanation]:
        """One slip on the way, carried on correctly."""
        if not self.known.offered("arithmetic_slip"):
            return ()
        found = tuple(self.known.chain.carried(self.given, self.wrong))
        return [Explanation(("arithmetic_slip",), carried=found)] if found else []

    def pair(self) -> Iterable[Explanation]:
        """Two misconceptions together lead to exactly this answer."""
        pairs = self.known.pairs.get((self.given.shape, self.values), ())
        return (Explanation(keys, "together") for keys in pairs)

    def local(self) -> list[Explanation]:
        """One misconception, or one kind of slip, made in the wrong entries only."""
        wrong = set(self.wrong)
        found = [key for key, readings in self.shown.items() if wrong in readings]
        if (
            found and len(wrong) == 1 < len(self.values) and not any(self.single())
        ):  # one entry among right ones may be a slip
            found += [key for key in SLIPS if self.known.offered(key)]
        return [Explanation((key,)) for key in found]

    def apart(self) -> list[Explanation]:
        """One misconception read in several ways, or two, which together are seen in all wrong entries."""
        shown, wrong = {key: set().union(*readings) for key, readings in self.shown.items()}, set(self.wrong)
        most = max(map(len, shown.values()), default=0)
        first = [key for key, places in shown.items() if len(places) == most > 0]
        if most == len(wrong):
            return [Explanation((key,)) for key in first]
        for key in first:
            rest = wrong - shown[key]
            other = next((name for name, here in shown.items() if rest <= here), None)
            if other is not None:
                return [Explanation((key, other), "apart", (tuple(sorted(shown[key])), tuple(sorted(rest))))]
        return []

    @cached_property
    def shown(self) -> dict[str, list[set[int]]]:
        """Key -> for every reading the wrong entries that show it; one that explains nothing but zeros is left out."""
        shown: dict[str, list[set[int]]] = {}
        for mutant in self.alike:
            here = {k for k in self.wrong if mutant.values[k] == self.values[k]}
            key = mutant.keys[0]
            if any(self.values[k] for k in here) and key not in self.known.whole:
                shown.setdefault(key, []).append(here)
        some_right = len(self.wrong) < len(self.values)
        for kind, shows in (slips.KINDS | (slips.LETTERS if some_right else {})).items():
            here = {k for k in self.wrong if shows(self.given.entries[k], self.truth.entries[k])}
            if here and self.known.offered(kind):
                shown.setdefault(kind, []).append(here)
        return shown

    def almost(self) -> list[Explanation]:
        """One misconception in all entries but one, which is a slip besides."""
        slip = next((key for key in SLIPS if self.known.offered(key)), None)
        found: list[Explanation] = []
        for mutant in self.alike if slip else ():
            same = [k for k in self.wrong if mutant.values[k] == self.values[k]]
            others = [k for k in range(len(self.values)) if mutant.values[k] != self.values[k]]
            if len(others) == 1 and sum(bool(self.values[k]) for k in same) > 1:
                places = (tuple(k for k in self.wrong if k not in others), tuple(others))
                found.append(Explanation((*mutant.keys, str(slip)), "apart", places))
        return found

    def letters(self) -> list[Explanation]:
        """Tensors that occur where they do not belong, or not at all."""
        mine, right = _bases(self.given), _bases(self.truth)
        return [Explanation((key,)) for key, shows in _LETTERS if self.known.offered(key) and shows(mine, right)]

    def slip(self) -> list[Explanation]:
        """Slips: in at most half of the entries that are not 0, or in numbers that are nearly the right ones."""
        pairs = [(self.given.entries[k], self.truth.entries[k]) for k in self.wrong]
        telling = sum(map(bool, self.known.truth))
        few = len(self.wrong) <= (telling + 1) // 2 and len(self.wrong) < len(self.values)
        if few or all(slips.slipped(*pair) for pair in pairs) or slips.proportional(pairs):
            return [Explanation((key,)) for key in SLIPS if self.known.offered(key)]
        return []


_LETTERS: tuple[tuple[str, Callable[[set[str], set[str]], bool]], ...] = (
    ("used_filter_instead_of_input", lambda mine, right: "F" in mine - right),
    ("used_weights_instead_of_input", lambda mine, right: "w" in mine - right and "X" in right - mine),
    ("missing_chain_factor_delta", lambda mine, right: "delta" in right - mine and bool(mine & right)),
    ("missing_residual", lambda mine, right: {"z", "t"} <= right - mine and not {"w"} & mine),
)


def _bases(grid: Grid) -> set[str]:
    symbols = {symbol for entry in grid.entries for symbol in entry.symbols}
    return {symbol.split("_")[0] for symbol in symbols}
