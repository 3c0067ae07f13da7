"""Exact polynomials over the rationals: what an answer is once it has been read.

    Monomial      ((symbol, power), ...) sorted by symbol, powers > 0; () is the constant monomial
    Polynomial    a table Monomial -> Fraction without zero coefficients; immutable and hashable

No caps live here: who expands outside text predicts the size first (`evaluate.py`).
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


Monomial = tuple[tuple[str, int], ...]
ONE: Monomial = ()


def _times(left: Monomial, right: Monomial) -> Monomial:
    """Product of two monomials: powers of equal symbols add up."""
    if not left:
        return right
    if not right:
        return left
    powers = dict(left)
    for symbol, power in right:
        powers[symbol] = powers.get(symbol, 0) + power
    return tuple(sorted(powers.items()))


class Polynomial:
    """A polynomial over the rationals; equal polynomials compare and hash equal."""

    __slots__ = ("_terms",)

    def __init__(self, terms: Mapping[Monomial, Fraction]) -> None:
        """Take `terms` over, without the zero coefficients; the keys must be sorted monomials."""
        self._terms = {monomial: value for monomial, value in terms.items() if value}

    @classmethod
    def number(cls, value: Fraction | int) -> Polynomial:
        """Return the constant polynomial `value`."""
        return cls({ONE: Fraction(value)})

    @classmethod
    def symbol(cls, name: str) -> Polynomial:
        """Return the polynomial that is the symbol `name` alone."""
        return cls({((name, 1),): Fraction(1)})

    @classmethod
    def total(cls, parts: Iterable[Polynomial]) -> Polynomial:
        """Sum of many polynomials in one table: linear in the number of their terms."""
        table: dict[Monomial, Fraction] = {}
        for part in parts:
            for monomial, value in part.terms.items():
                before = table.get(monomial)
                table[monomial] = value if before is None else before + value
        return cls(table)

    @property
    def terms(self) -> Mapping[Monomial, Fraction]:
        """The table itself, to read only."""
        return self._terms

    def __len__(self) -> int:
        """Return the number of terms; the zero polynomial has none."""
        return len(self._terms)

    def __eq__(self, other: object) -> bool:
        """Exact equality."""
        return isinstance(other, Polynomial) and self._terms == other._terms

    def __hash__(self) -> int:
        """Equal polynomials have equal hashes."""
        return hash(frozenset(self._terms.items()))

    def __add__(self, other: Polynomial) -> Polynomial:
        """Sum."""
        return Polynomial.total((self, other))

    def __neg__(self) -> Polynomial:
        """Additive inverse."""
        return self.scaled(Fraction(-1))

    def __sub__(self, other: Polynomial) -> Polynomial:
        """Difference."""
        return Polynomial.total((self, -other))

    def __mul__(self, other: Polynomial) -> Polynomial:
        """Product; expands len(self) * len(other) terms."""
        table: dict[Monomial, Fraction] = {}
        for left, a in self._terms.items():
            for right, b in other._terms.items():
                monomial = _times(left, right)
                before = table.get(monomial)
                table[monomial] = a * b if before is None else before + a * b
        return Polynomial(table)

    def __pow__(self, exponent: int) -> Polynomial:
        """Power with a non-negative integer exponent, by repeated squaring."""
        if exponent < 0:
            raise ValueError("a polynomial has no negative power")
        result, square = Polynomial.number(1), self
        while exponent:
            if exponent & 1:
                result = result * square
            exponent >>= 1
            if exponent:
                square = square * square
        return result

    def scaled(self, factor: Fraction) -> Polynomial:
        """Product with a number."""
        return Polynomial({monomial: value * factor for monomial, value in self._terms.items()})

    @property
    def constant(self) -> Fraction | None:
        """The number that this polynomial is, or None where a symbol occurs in it."""
        if not self._terms:
            return Fraction(0)
        return self._terms.get(ONE) if len(self._terms) == 1 else None

    @property
    def degree(self) -> int:
        """Largest total degree of a term; 0 for constants and for the zero polynomial."""
        return max((sum(power for _, power in monomial) for monomial in self._terms), default=0)

    @property
    def denominator(self) -> int:
        """Least common denominator of the coefficients."""
        return lcm(*(value.denominator for value in self._terms.values()))

    @property
    def bits(self) -> int:
        """Length of the longest numerator or denominator in bits."""
        return max(
            (max(v.numerator.bit_length(), v.denominator.bit_length()) for v in self._terms.values()),
            default=0,
        )

    @property
    def symbols(self) -> frozenset[str]:
        """The symbols that occur."""
        return frozenset(symbol for monomial in self._terms for symbol, _ in monomial)

    def at(self, values: Mapping[str, Fraction | int]) -> Fraction:
        """Value at a point that gives a number to every symbol; KeyError names a missing one."""
        common = self.denominator  # whole numbers stay whole on the way
        total: Fraction | int = 0
        for monomial, coefficient in self._terms.items():
            product: Fraction | int = coefficient.numerator * (common // coefficient.denominator)
            for symbol, power in monomial:
                product *= values[symbol] ** power
            total += product
        return Fraction(total) / common

    def __str__(self) -> str:
        """SymPy-style text in a fixed order (degree, then symbols): `2*X_11*d - 3/4*t**2 + 1`."""
        ordered = sorted(self._terms.items(), key=lambda item: (-sum(p for _, p in item[0]), item[0]))
        text = "".join(_signed(monomial, value) for monomial, value in ordered)
        if not text:
            return "0"
        return text[3:] if text.startswith(" + ") else "-" + text[3:]

    def __repr__(self) -> str:
        """Text for a debugger."""
        return f"Polynomial({self})"


def _signed(monomial: Monomial, value: Fraction) -> str:
    """One term with its sign in front, as ` + 2*X_11` or ` - X_11`."""
    factors = [symbol if power == 1 else f"{symbol}**{power}" for symbol, power in monomial]
    if abs(value) != 1 or not factors:
        factors.insert(0, str(abs(value)))
    return (" - " if value < 0 else " + ") + "*".join(factors)
