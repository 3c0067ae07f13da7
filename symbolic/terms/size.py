"""Indices, sizes and the one relation between them.

The letters, fixed throughout the project (they clash with some habits, so they are explained once, here):

    n batch    g group    o output channel    c input channel
    i, j, l    output position      (one letter per spatial axis)
    u, v, w    kernel position
    a, b, h    input position
    s stride   d dilation           e input dilation (zeros inserted into the input)    p padding, low side
    m output size                   k kernel size                                       n_a input size

Every linear layer ties three positions per spatial axis by one row

    s*i + d*u - e*a = p         0 <= i < m    0 <= u < k    0 <= a < n_a

Zero padding is "no solution inside the extents". Positions are 0-based; print is 1-based.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Monomial = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """An integer polynomial in size letters: `d*(k - 1) - p` for sizes that stay symbolic.

    `terms` maps nothing twice and holds no zero; monomials are sorted letter tuples, () is the constant.
    """

    terms: tuple[tuple[Monomial, int], ...]

    @staticmethod
    def of(value: Extent) -> Size:
        """An int, or a Size as it is."""
        return value if isinstance(value, Size) else _size({(): value})

    def __add__(self, other: Extent) -> Size:
        total = dict(self.terms)
        for monomial, number in Size.of(other).terms:
            total[monomial] = total.get(monomial, 0) + number
        return _size(total)

    def __mul__(self, other: Extent) -> Size:
        total: dict[Monomial, int] = {}
        for left, x in self.terms:
            for right, y in Size.of(other).terms:
                monomial = tuple(sorted(left + right))
                total[monomial] = total.get(monomial, 0) + x * y
        return _size(total)

    def __neg__(self) -> Size:
        return self * -1

    def __sub__(self, other: Extent) -> Size:
        return self + -Size.of(other)

    def __rsub__(self, other: int) -> Size:
        return Size.of(other) - self

    __radd__ = __add__
    __rmul__ = __mul__

    def at(self, values: Mapping[str, Extent]) -> Extent:
        """The polynomial with letters replaced; an int as soon as no letter is left."""
        total_number = 0  # the usual case first: every letter is given a number
        for monomial, number in self.terms:
            factors = [values.get(letter) for letter in monomial]
            if not all(isinstance(factor, int) for factor in factors):
                break
            total_number += number * prod(factors)  # type: ignore[arg-type]
        else:
            return total_number
        total = Size(())
        for monomial, number in self.terms:
            product = Size.of(number)
            for letter in monomial:
                product = product * values.get(letter, letter_size(letter))
            total = total + product
        return simplest(total)

    def __str__(self) -> str:
        """`d*k - d - p`: letters in alphabetical order, the constant last."""
        parts = []
        for monomial, number in sorted(self.terms, key=lambda term: (not term[0], term[0])):
            factors = ["*".join(monomial)] if monomial else []
            if abs(number) != 1 or not monomial:
                factors.insert(0, str(abs(number)))
            parts.append(("- " if number < 0 else "+ ") + "*".join(factors))
        text = " ".join(parts) or "0"
        return text.removeprefix("+ ").replace("- ", "-", 1) if text.startswith("- ") else text.removeprefix("+ ")


Extent = int | Size


def _size(total: Mapping[Monomial, int]) -> Size:
    return Size(tuple(sorted((monomial, number) for monomial, number in total.items() if number)))


def letter_size(letter: str) -> Size:
    """The size that is just this letter."""
    return Size((((letter,), 1),))


def simplest(value: Extent) -> Extent:
    """A constant Size as a plain int, so that comparing with == does what one reads."""
    if isinstance(value, Size) and all(monomial == () for monomial, _ in value.terms):
        return value.terms[0][1] if value.terms else 0
    return value


def ints(shape: Iterable[Extent]) -> tuple[int, ...]:
    """A shape whose sizes must be numbers."""
    sizes = []
    for extent in shape:
        if not isinstance(extent, int):
            raise TypeError(f"the size {extent} is symbolic; give it a number first")
        sizes.append(extent)
    return tuple(sizes)


def substitute(value: Extent, values: Mapping[str, Extent]) -> Extent:
    """`value` with its letters replaced."""
    return value.at(values) if isinstance(value, Size) else value


@dataclass(frozen=True, slots=True)
class Row:
    """One relation `s*i + d*u - e*a = p` between the letters i (output), u (kernel) and a (input)."""

    i: str
    u: str
    a: str
    s: Extent = 1
    d: Extent = 1
    e: Extent = 1
    p: Extent = 0

    def __post_init__(self) -> None:
        if len({self.i, self.u, self.a}) != 3:
            raise ValueError(f"a row ties three different letters; got {self.i}, {self.u}, {self.a}")
        for name, value in (("stride", self.s), ("dilation", self.d), ("input dilation", self.e)):
            if isinstance(value, int) and value < 1:
                raise ValueError(f"the {name} of a row is at least 1; got {value}")

    def at(self, values: Mapping[str, Extent]) -> Row:
        """The row with size letters replaced."""
        s, d, e, p = (substitute(x, values) for x in (self.s, self.d, self.e, self.p))
        return Row(self.i, self.u, self.a, s, d, e, p)

    def coefficients(self) -> dict[str, Extent]:
        """Letter -> coefficient on the left side of `... = p`."""
        return {self.i: self.s, self.u: self.d, self.a: simplest(-1 * Size.of(self.e))}

    def __str__(self) -> str:
        """`s*i + d*u - e*a = p`, coefficients 1 left out."""
        left = [
            ("" if c == 1 else f"({c})*" if isinstance(c, Size) and len(c.terms) > 1 else f"{c}*") + x
            for c, x in ((self.s, self.i), (self.d, self.u), (self.e, self.a))
        ]
        return f"{left[0]} + {left[1]} - {left[2]} = {self.p}"
