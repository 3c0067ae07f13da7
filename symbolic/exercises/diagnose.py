"""Which misconceptions explain a wrong answer; all that explain it equally well are named.

The simplest explanation wins, in this order:

    1  one misconception leads to exactly this answer
    2  one misconception, or one kind of slip in terms, explains every wrong entry, the others being right
    3  two misconceptions together lead to exactly this answer
    4  several misconceptions explain one wrong entry each
    5  what can be seen without a derivation: another tensor's letters, a slip in one entry
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.exercises.mutants import Mutants, mutants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from symbolic.exercises.arrays import Grid
    from symbolic.exercises.exercise import Exercise
    from symbolic.exercises.polynomial import Polynomial

Keys = tuple[str, ...]
_SLIPS = ("arithmetic_slip", "wrong_entry")


def diagnose(exercise: Exercise, given: Grid) -> Keys:
    """Keys of the misconceptions that explain a wrong answer, in the order the exercise offers them; () if none."""
    known = mutants(exercise)
    values = known.values(given)
    found = _single(known, given, values)
    if given.shape == exercise.truth.shape:
        found = found or _local(known, given, values) or _pair(known, given, values) or _seen(known, given, values)
    else:
        found = found or _pair(known, given, values)
    order = [offered.key for offered in exercise.offers]
    return tuple(sorted(set(found), key=order.index))


def _single(known: Mutants, given: Grid, values: tuple[int, ...]) -> list[str]:
    return [m.keys[0] for m in known.singles if m.shape == given.shape and m.values == values]


def _pair(known: Mutants, given: Grid, values: tuple[int, ...]) -> list[str]:
    return [key for keys in known.pairs.get((given.shape, values), ()) for key in keys]


def wrong_places(known: Mutants, values: tuple[int, ...]) -> list[int]:
    """Flat positions of the entries that differ from the truth."""
    return [k for k, (mine, right) in enumerate(zip(values, known.truth, strict=True)) if mine != right]


def _local(known: Mutants, given: Grid, values: tuple[int, ...]) -> list[str]:
    """One misconception made in the wrong entries only."""
    wrong = wrong_places(known, values)
    shape = known.exercise.truth.shape
    found = [
        mutant.keys[0]
        for mutant in known.singles
        if mutant.shape == shape and all(mutant.values[k] == values[k] for k in wrong)
    ]
    found += [key for key in _term_kinds(known, given, wrong) if known.offered(key)]
    if found and len(wrong) == 1 and len(values) > 1:  # one entry wrong among right ones may always be a slip
        found += [key for key in _SLIPS if known.offered(key)]
    return found


def _term_kinds(known: Mutants, given: Grid, wrong: list[int]) -> Iterable[str]:
    """Terms left out, or with the other sign, in every wrong entry."""
    truth = known.exercise.truth
    pairs = [(given.entries[k], truth.entries[k]) for k in wrong]
    if all(_lacks(mine, right) for mine, right in pairs):
        yield "missing_term"
    if all(_sign_only(mine, right) for mine, right in pairs):
        yield "sign_error"


def _lacks(mine: Polynomial, right: Polynomial) -> bool:
    """Some terms of the truth, but not all of them, and no others."""
    return len(mine) < len(right) and all(right.terms.get(monomial) == value for monomial, value in mine.terms.items())


def _sign_only(mine: Polynomial, right: Polynomial) -> bool:
    return (
        bool(mine.terms)
        and mine.terms.keys() == right.terms.keys()
        and all(abs(value) == abs(right.terms[monomial]) for monomial, value in mine.terms.items())
    )


def _seen(known: Mutants, given: Grid, values: tuple[int, ...]) -> list[str]:
    """A misconception for every wrong entry where that is possible; else what the answer itself shows."""
    wrong = wrong_places(known, values)
    covered = _cover(known, values, wrong)
    if covered:
        return covered
    letters = _letters(known, given)
    if letters:
        return letters
    if known.offered("rounded_too_coarsely") and _coarse(given, known.exercise.truth):
        return ["rounded_too_coarsely"]
    return [key for key in _SLIPS if known.offered(key)] if len(wrong) < len(values) else []


def _cover(known: Mutants, values: tuple[int, ...], wrong: list[int]) -> list[str]:
    """The fewest misconceptions, taken greedily, of which each wrong entry shows one; [] if an entry shows none."""
    shape = known.exercise.truth.shape
    shows: dict[str, set[int]] = {}
    for mutant in known.singles:
        if mutant.shape == shape:
            here = {k for k in wrong if mutant.values[k] == values[k]}
            shows.setdefault(mutant.keys[0], set()).update(here)
    left, chosen = set(wrong), []
    while left:
        gain = Counter({key: len(here & left) for key, here in shows.items()})
        key, count = max(gain.items(), key=lambda item: item[1], default=("", 0))
        if not count:
            return []
        chosen.append(key)
        left -= shows[key]
    return chosen if len(chosen) <= 2 else []


_LETTERS: tuple[tuple[str, Callable[[set[str], set[str]], bool]], ...] = (
    ("used_filter_instead_of_input", lambda mine, right: "F" in mine - right and "X" in right - mine),
    ("used_weights_instead_of_input", lambda mine, right: "w" in mine - right and "X" in right - mine),
    ("missing_chain_factor_delta", lambda mine, right: "delta" in right - mine and bool(mine & right)),
    ("missing_residual", lambda mine, right: {"z", "t"} <= right - mine and not {"w"} & mine),
)


def _letters(known: Mutants, given: Grid) -> list[str]:
    """Tensors that occur where they do not belong, or not at all."""
    mine, right = _bases(given), _bases(known.exercise.truth)
    return [key for key, shows in _LETTERS if known.offered(key) and shows(mine, right)]


def _bases(grid: Grid) -> set[str]:
    symbols = {symbol for entry in grid.entries for symbol in entry.symbols}
    return {symbol.split("_")[0] for symbol in symbols}


def _coarse(given: Grid, true: Grid) -> bool:
    """Every wrong number within one part in twenty of the right one, and written with fewer digits."""
    for mine, right in zip(given.entries, true.entries, strict=True):
        a, b = mine.constant, right.constant
        if a is None or b is None:
            return False
        if a != b and (abs(a - b) > max(abs(b) / 20, Fraction(1, 20)) or _digits(a) >= _digits(b)):
            return False
    return True


def _digits(value: Fraction) -> int:
    """Digits of a decimal without its zeros at the ends; a fraction that is no decimal has very many."""
    scaled = value * 10**12
    if scaled.denominator != 1:
        return 99
    return len(str(abs(scaled.numerator)).strip("0"))
