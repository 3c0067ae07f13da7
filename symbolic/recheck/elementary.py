"""Functions of one variable compared exactly: quotients of polynomials in E = exp z and R = the root of z.

z = R^2 and E satisfy no polynomial equation together, so two such quotients are the same function exactly when
their cross products are the same polynomial.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.recheck.refusal import RefusedError
from symbolic.recheck.terms import Function, Number, Product, Term, Total

if TYPE_CHECKING:
    from collections.abc import Callable

Powers = tuple[int, int]  # of E and of R
Sum = dict[Powers, Fraction]
LONG = 200  # terms


def _plus(one: Sum, other: Sum) -> Sum:
    total = dict(one)
    for powers, x in other.items():
        total[powers] = total.get(powers, Fraction(0)) + x
    return {powers: x for powers, x in total.items() if x}


def _times(one: Sum, other: Sum) -> Sum:
    if len(one) * len(other) > LONG * LONG:
        raise RefusedError("the functions are too long to be compared")
    total: Sum = {}
    for (a, b), x in one.items():
        for (c, d), y in other.items():
            total[a + c, b + d] = total.get((a + c, b + d), Fraction(0)) + x * y
    return {powers: x for powers, x in total.items() if x}


def _number(x: Fraction | int) -> Sum:
    return {(0, 0): Fraction(x)} if x else {}


@dataclass(frozen=True)
class Quotient:
    """over/under, under not 0."""

    over: Sum
    under: Sum

    def __add__(self, other: Quotient) -> Quotient:
        return Quotient(
            _plus(_times(self.over, other.under), _times(other.over, self.under)), _times(self.under, other.under)
        )

    def __mul__(self, other: Quotient) -> Quotient:
        return Quotient(_times(self.over, other.over), _times(self.under, other.under))

    def same(self, other: Quotient) -> bool:
        """Whether the two are one function."""
        return _times(self.over, other.under) == _times(other.over, self.under)

    def slope(self) -> Quotient:
        """d/dz, with dE/dz = E and dR/dz = 1/(2R)."""
        one, other = (_slope(part) for part in (self.over, self.under))
        minus = {powers: -x for powers, x in _times(self.over, other).items()}
        squared = _times(self.under, self.under)
        return Quotient(_plus(_times(one, self.under), minus), _times(squared, {(0, 2): Fraction(2)}))


def _slope(part: Sum) -> Sum:
    """2 R^2 d/dz: E^a R^b -> (2a R^2 + b) E^a R^b."""
    total: Sum = {}
    for (a, b), x in part.items():
        total = _plus(total, _plus({(a, b + 2): 2 * a * x} if a else {}, {(a, b): b * x} if b else {}))
    return total


ONE = _number(1)
E, R = {(1, 0): Fraction(1)}, {(0, 1): Fraction(1)}
Z = Quotient(_times(R, R), ONE)
VALUES: dict[str, Callable[[], Quotient]] = {
    "exp": lambda: Quotient(E, ONE),
    "sqrt": lambda: Quotient(R, ONE),
    "rsqrt": lambda: Quotient(ONE, R),
    "sigmoid": lambda: Quotient(E, _plus(ONE, E)),
    "tanh": lambda: Quotient(_plus(_times(E, E), _number(-1)), _plus(_times(E, E), ONE)),
}
SLOPES: dict[str, Callable[[], Quotient]] = {  # of functions that are no quotients themselves
    "log": lambda: Quotient(ONE, _times(R, R)),
    "softplus": VALUES["sigmoid"],  # d log(1 + E) = E/(1 + E)
}


def compare_functions(left: Term, right: Term, of: Term) -> None:
    """Refuse unless every entry of both sides is one and the same function of the entry of `of`."""
    if not function_of(left, of).same(function_of(right, of)):
        raise RefusedError("the two sides are different functions of z")


def function_of(term: Term, of: Term) -> Quotient:
    """The function of z that every entry of a term is, z being the entry of `of` at the same place."""
    if term == of:
        return Z
    match term:
        case Number(value, shape) if shape == of.shape:
            return Quotient(_number(value), ONE)
        case Total(terms):
            total = Quotient({}, ONE)
            for part in terms:
                total += function_of(part, of)
            return total
        case Function(name, order, _, source) if source == of:
            if order == 0 and name in VALUES:
                return VALUES[name]()
            if order == 1 and name in {*VALUES, *SLOPES}:
                return SLOPES[name]() if name in SLOPES else VALUES[name]().slope()
        case Product() if _entrywise(term):
            product = Quotient(_number(term.scale), ONE)
            for part in term.operands:
                product *= function_of(part, of)
            return product
    raise RefusedError(f"a {type(term).__name__.lower()} is no known smooth function of the entry")


def _entrywise(term: Product) -> bool:
    """Whether every operand is read where the output is written, with one letter for each axis and nothing summed."""
    letters = {x for axis in term.output for x in axis}
    alone = letters == {x for x, _ in term.extents} and not term.divisor.letters and not term.rows
    return alone and all(slot == term.output for slot in term.slots)
