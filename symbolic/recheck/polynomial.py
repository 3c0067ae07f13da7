"""Exact integer polynomials in size letters: the numbers of a statement about all sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symbolic.recheck.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

Monomial = tuple[str, ...]
MANY = 400  # terms; a statement about layers has a dozen


@dataclass(frozen=True, slots=True)
class Polynomial:
    """Monomial (letters in alphabetical order, with repetition) -> coefficient, sorted, no coefficient 0."""

    terms: tuple[tuple[Monomial, int], ...]

    def __add__(self, other: Polynomial) -> Polynomial:
        total = dict(self.terms)
        for monomial, coefficient in other.terms:
            total[monomial] = total.get(monomial, 0) + coefficient
        return polynomial(total)

    def __mul__(self, other: Polynomial) -> Polynomial:
        total: dict[Monomial, int] = {}
        for one, x in self.terms:
            for two, y in other.terms:
                monomial = tuple(sorted(one + two))
                total[monomial] = total.get(monomial, 0) + x * y
        return polynomial(total)

    def __neg__(self) -> Polynomial:
        return Polynomial(tuple((monomial, -coefficient) for monomial, coefficient in self.terms))

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + -other

    @property
    def letters(self) -> frozenset[str]:
        """The letters that occur."""
        return frozenset(letter for monomial, _ in self.terms for letter in monomial)

    def at(self, values: Mapping[str, Polynomial]) -> Polynomial:
        """With letters replaced by polynomials; letters that `values` leaves out stay."""
        if not self.letters & values.keys():
            return self
        total = ZERO
        for monomial, coefficient in self.terms:
            product = constant(coefficient)
            for letter in monomial:
                product *= values.get(letter) or variable(letter)
            total += product
        return total

    def value(self, values: Mapping[str, int]) -> int:
        """The integer at given sizes."""
        total = 0
        for monomial, coefficient in self.terms:
            for letter in monomial:
                coefficient *= values[letter]  # noqa: PLW2901 - the term's running product
            total += coefficient
        return total

    def __str__(self) -> str:
        """`d*k - d - p`, the constant last."""
        text = ""
        for monomial, coefficient in sorted(self.terms, key=lambda term: (not term[0], term[0])):
            size = abs(coefficient)
            factors = [str(size)] if size != 1 or not monomial else []
            sign = ("-" if coefficient < 0 else "") if not text else " - " if coefficient < 0 else " + "
            text += sign + "*".join((*factors, *monomial))
        return text or "0"


def polynomial(total: Mapping[Monomial, int]) -> Polynomial:
    """The polynomial with these coefficients."""
    kept = sorted((monomial, coefficient) for monomial, coefficient in total.items() if coefficient)
    if len(kept) > MANY:
        raise RefusedError(f"a polynomial of {len(kept)} terms is too long to be checked; {MANY} is the limit")
    return Polynomial(tuple(kept))


def constant(value: int) -> Polynomial:
    """An integer as a polynomial."""
    return Polynomial((((), value),) if value else ())


def variable(letter: str) -> Polynomial:
    """A letter as a polynomial."""
    return Polynomial((((letter,), 1),))


ZERO, ONE = constant(0), constant(1)
