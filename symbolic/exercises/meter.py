"""Exact arithmetic with a budget: every operation predicts what it costs and refuses beforehand.

Costs are terms before like terms are collected, so the budget bounds time as well as memory.
"""

from __future__ import annotations

from math import comb, lcm
from typing import TYPE_CHECKING

from symbolic.exercises import limits
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.refusal import Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction


class Meter:
    """The budget of one answer: `limits.TERMS` predicted terms for all its operations together.

    Raises  Unreadable (reason too_large) from each method, before anything is expanded.
    """

    def __init__(self) -> None:
        self.spent = 0

    def spend(self, terms: int) -> None:
        """Count predicted terms; at least one for each operation, zeros included."""
        self.spent += max(1, terms)
        if self.spent > limits.TERMS:
            raise Unreadable("too_many_terms", limit=limits.TERMS)

    def product(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """Product of two polynomials."""
        self.spend(len(left) * len(right))
        self._bounded(left.degree + right.degree, _length(left) + _length(right) + len(left).bit_length())
        return left * right

    def scaled(self, polynomial: Polynomial, factor: Fraction) -> Polynomial:
        """Product with a number."""
        return self.product(polynomial, Polynomial.number(factor))

    def total(self, parts: Sequence[Polynomial]) -> Polynomial:
        """Sum of polynomials; their common denominator bounds every coefficient on the way."""
        if len(parts) == 1:
            return parts[0]
        self.spend(sum(len(part) for part in parts))
        common, longest = 1, 0
        for part in parts:
            common = lcm(common, part.denominator)
            self._bounded(0, common.bit_length())
            longest = max(longest, part.bits)
        self._bounded(0, longest + common.bit_length() + len(parts).bit_length())
        return Polynomial.total(parts)

    def power(self, base: Polynomial, exponent: int) -> Polynomial:
        """Power with 0 <= exponent <= limits.POWER; the n-th power of t terms has at most (t + n - 1 choose n)."""

        def terms(power: int) -> int:
            return comb(max(len(base), 1) + power - 1, power)

        done, square = 0, 1  # the squarings and products of Polynomial.__pow__, by the exponents that meet
        while square <= exponent:
            if exponent & square:
                self.spend(terms(done) * terms(square))
                done += square
            square *= 2
            if square <= exponent:
                self.spend(terms(square // 2) ** 2)
        self._bounded(base.degree * exponent, exponent * (_length(base) + len(base).bit_length()))
        return base**exponent

    @staticmethod
    def _bounded(degree: int, bits: int) -> None:
        if degree > limits.DEGREE:
            raise Unreadable("degree", limit=limits.DEGREE)
        if bits > limits.BITS:
            raise Unreadable("too_many_digits_inside", limit=limits.BITS)


def _length(polynomial: Polynomial) -> int:
    """Bits of the longest coefficient once all stand over the common denominator."""
    return polynomial.bits + polynomial.denominator.bit_length() - 1
