"""An answer beside the truth, entry by entry and term by term."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.exercises import changes
from symbolic.exercises.changes import NotHere

if TYPE_CHECKING:
    from symbolic.exercises.arrays import Grid
    from symbolic.exercises.polynomial import Monomial, Polynomial

Index = tuple[int, ...]


@dataclass(frozen=True)
class EntryDifference:
    """One wrong entry.

    entry      1-based; a vector counts as one row: (1, 3)
    missing    terms of the truth that the answer lacks          extra       terms that do not belong there
    wrong_sign terms whose sign is the other one                 wrong_factor terms with another number in front
    nothing_right  no term of the truth is there, not even with another number
    terms      how many terms the truth has
    """

    entry: Index
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    wrong_sign: tuple[str, ...]
    wrong_factor: tuple[str, ...]
    nothing_right: bool
    terms: int = 0

    @property
    def told(self) -> tuple[str, ...]:
        """The `missing` that may be said without a hint: one term, where half of all or more are right."""
        right = self.terms - len(self.missing) - len(self.wrong_sign) - len(self.wrong_factor)
        return self.missing if len(self.missing) == 1 and 2 * right >= self.terms else ()


def index_of(place: int, shape: tuple[int, ...]) -> Index:
    """1-based index of a flat position; vectors count as one row, scalars as (1, 1)."""
    if len(shape) < 2:
        return (1, place + 1)
    index = []
    for n in reversed(shape):
        place, position = divmod(place, n)
        index.append(position + 1)
    return tuple(reversed(index))


def difference(place: int, shape: tuple[int, ...], given: Polynomial, true: Polynomial) -> EntryDifference:
    """What is wrong in one entry, in terms as print writes them."""
    missing, sign, factor = [], [], []
    for monomial, value in true.terms.items():
        mine = given.terms.get(monomial)
        if mine is None:
            missing.append(_term(monomial, value))
        elif mine == -value:
            sign.append(_term(monomial, mine))
        elif mine != value:
            factor.append(_term(monomial, mine))
    extra = [_term(monomial, value) for monomial, value in given.terms.items() if monomial not in true.terms]
    return EntryDifference(
        index_of(place, shape),
        missing=tuple(sorted(missing)),
        extra=tuple(sorted(extra)),
        wrong_sign=tuple(sorted(sign)),
        wrong_factor=tuple(sorted(factor)),
        nothing_right=len(missing) == len(true.terms) > 0,
        terms=len(true.terms),
    )


def _term(monomial: Monomial, value: Fraction) -> str:
    from symbolic.exercises.polynomial import Polynomial

    return str(Polynomial({monomial: value}))


def up_to(given: Grid, true: Grid) -> tuple[str, ...]:
    """What one change would make the answer right: "factor -2" (the truth is -2 times it), "transpose", "rot180".

    The factor of an answer that is a single term would be the solution, so there only the sign is named.
    """
    found = []
    factor = _factor(given, true)
    single = sum(len(entry.terms) for entry in true.entries) == 1
    if factor is not None and (not single or factor == -1):
        found.append(f"factor {factor}")
    for name, change in (("transpose", changes.transposed), ("rot180", changes.rot180)):
        try:
            if change(given) == true:
                found.append(name)
        except NotHere:
            continue
    return tuple(found)


def _factor(given: Grid, true: Grid) -> Fraction | None:
    """The number that takes the answer to the truth, if one does."""
    ratios = (
        right.terms.get(monomial, Fraction(0)) / value
        for mine, right in zip(given.entries, true.entries, strict=False)
        for monomial, value in mine.terms.items()
    )
    factor = next(ratios, Fraction(0))
    return factor if factor and changes.scaled(factor)(given) == true else None
