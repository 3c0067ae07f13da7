"""The answers that the misconceptions of an exercise lead to, found once per exercise.

Mutants are compared by their values at one fixed point modulo a prime of 61 bits: two different polynomials of
the sizes that occur agree there with a chance below 2**-50. The verdict never rests on this, only the diagnosis.
Results that stay symbols (z) have their true values there, so that z may as well have been written out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from symbolic.exercises.carried import Chain
from symbolic.exercises.exercise import Exercise, Misconception, grids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from symbolic.exercises.arrays import Grid
    from symbolic.exercises.polynomial import Polynomial

PRIME = 2**61 - 1
MOST_TERMS = 25_000  # of all single mutants together: of an exercise with large answers the later ones are not tried
MOST_PAIRED = 100_000  # terms of the truth times readings squared: where it is more, two ideas at once are not tried
PLACED = frozenset({"decimal_slip", "wrong_winner"})  # happen in single entries: not composed with other ideas
Values = tuple[int, ...]
Keys = tuple[str, ...]


@dataclass(frozen=True)
class Mutant:
    """One wrong way through, and what it leads to."""

    keys: Keys
    shape: tuple[int, ...]
    values: Values


class Mutants:
    """All mutants of one exercise that differ from the truth: single misconceptions, and pairs when asked for."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self._point: dict[str, int] = {}

    def value(self, polynomial: Polynomial) -> int:
        """The polynomial's value at the point."""
        total = 0
        for monomial, number in polynomial.terms.items():
            product = number.numerator * pow(number.denominator, -1, PRIME)
            for symbol, exponent in monomial:
                product = product * pow(self._coordinate(symbol), exponent, PRIME) % PRIME
            total += product
        return total % PRIME

    def values(self, grid: Grid) -> Values:
        """The entries' values."""
        return tuple(map(self.value, grid.entries))

    def _coordinate(self, symbol: str) -> int:
        if symbol not in self._point:
            kept = self.exercise.kept.get(symbol)
            drawn = int.from_bytes(blake2b(symbol.encode(), digest_size=8).digest()) % PRIME
            self._point[symbol] = drawn if kept is None else self.value(kept)
        return self._point[symbol]

    @cached_property
    def truth(self) -> Values:
        """The values of the right answer."""
        return self.values(self.exercise.truth)

    @cached_property
    def singles(self) -> tuple[Mutant, ...]:
        """One misconception each, every reading of it."""
        return tuple(self._different(self._alone()))

    def _alone(self) -> Iterable[tuple[Keys, Grid]]:
        written, right = 0, self.exercise.work.fresh()
        for offered in self.exercise.offers:
            for work in offered.works(right):
                for grid in grids([work]):
                    written += _terms(grid)
                    yield (offered.key,), grid
                if written > MOST_TERMS:
                    return

    @cached_property
    def pairs(self) -> dict[tuple[tuple[int, ...], Values], tuple[Keys, ...]]:
        """Two misconceptions, one after the other, by what they lead to; single ones are not repeated."""
        if _terms(self.exercise.truth) * len(self.singles) ** 2 > MOST_PAIRED:
            return {}
        known = {(mutant.shape, mutant.values) for mutant in self.singles}
        found: dict[tuple[tuple[int, ...], Values], dict[Keys, None]] = {}
        for mutant in self._different(self._composed()):
            place = (mutant.shape, mutant.values)
            if place not in known:
                found.setdefault(place, {})[mutant.keys] = None
        return {place: tuple(keys) for place, keys in found.items()}

    def _composed(self) -> Iterable[tuple[Keys, Grid]]:
        offers = [offered for offered in self.exercise.offers if offered.key not in PLACED]
        order = sorted(offers, key=lambda offered: not offered.early)
        right = self.exercise.work.fresh()
        for k, first in enumerate(order):
            for work in first.works(right):
                for second in order[k + 1 :]:
                    for grid in grids(second.works(work)):
                        yield (first.key, second.key), grid

    def _different(self, found: Iterable[tuple[Keys, Grid]]) -> Iterable[Mutant]:
        """Mutants that are not right by accident; equal ones of one key once."""
        seen = set()
        for keys, grid in found:
            mutant = Mutant(keys, grid.shape, self.values(grid))
            right = mutant.values == self.truth and mutant.shape == self.exercise.truth.shape
            if not right and mutant not in seen:
                seen.add(mutant)
                yield mutant

    def offered(self, key: str) -> Misconception | None:
        """The misconception of that key, if this exercise offers it."""
        return self._offers.get(key)

    @cached_property
    def chain(self) -> Chain:
        """The answer in terms of one value on the way."""
        return Chain(self.exercise)

    @cached_property
    def whole(self) -> frozenset[str]:
        """The keys of ideas about the whole answer."""
        return frozenset(key for key, offered in self._offers.items() if offered.whole)

    @cached_property
    def _offers(self) -> Mapping[str, Misconception]:
        return {offered.key: offered for offered in self.exercise.offers}


def _terms(grid: Grid) -> int:
    """How long an array is when it is written down; 0 counts as well."""
    return sum(len(entry) or 1 for entry in grid.entries)


@lru_cache(maxsize=256)
def mutants(exercise: Exercise) -> Mutants:
    """The mutants of an exercise; a class of answers builds them once. Those of the exercises used last are kept."""
    return Mutants(exercise)
