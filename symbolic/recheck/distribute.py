"""Both sides multiplied out: the same products, each as often on the left as on the right.

The products of a side stand in the order of multiplying out: the terms of a sum one after the other, of a product
of sums the last factor's terms fastest. A whole power is a product, a number a product of nothing. A letter that
stands in no place and in no equation repeats the product as often as its extent says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import lcm, prod

from symbolic.recheck.polynomial import ONE, ZERO, Polynomial, constant
from symbolic.recheck.refusal import RefusedError
from symbolic.recheck.sums import Reading, Renaming, compare, read
from symbolic.recheck.terms import Flip, Function, Number, Product, Term, Total

MANY = 200  # products of a side, copies in a power


@dataclass(frozen=True)
class Counted:
    """scale * times / divisor copies of one sum of products."""

    reading: Reading
    scale: Fraction
    times: Polynomial
    divisor: Polynomial


def compare_distributed(left: Term, right: Term, groups: tuple[tuple[tuple[int, Renaming], ...], ...]) -> None:
    """Refuse unless the groups hold each product once, are alike up to renaming, and cancel between the sides."""
    one, other = products(left), products(right)
    both = [*one, *other]
    if sorted(number for group in groups for number, _ in group) != list(range(len(both))):
        raise RefusedError(f"the groups do not hold each of the {len(one)} + {len(other)} products once")
    for group in groups:
        if not group or group[0][1]:
            raise RefusedError("a group begins with a product that is not renamed")
        first = both[group[0][0]].reading
        for number, renaming in group[1:]:
            compare(first, both[number].reading, renaming)
        if _sum([(both[number], 1 if number < len(one) else -1) for number, _ in group]) != ZERO:
            raise RefusedError(f"the products like number {group[0][0]} do not cancel between the sides")


def products(term: Term) -> list[Counted]:
    """The products of one side, counted."""
    return [_counted(read(one)) for one in _multiplied_out(term)]


def _multiplied_out(term: Term) -> list[Term]:
    found: list[Term]
    match term:
        case Total(terms):
            found = [one for part in terms for one in _multiplied_out(part)]
        case Flip(source, axes):
            found = [Flip(one, axes) for one in _multiplied_out(source)]
        case Product(operands=operands):
            factors = [_multiplied_out(operand) for operand in operands]
            _refuse_many(prod(map(len, factors)))
            found = [replace(term, operands=chosen) for chosen in product(*factors)]
        case Function("pow", _, exponent, source) if exponent is not None:
            _refuse_many(int(exponent))
            found = _multiplied_out(_power(source, int(exponent)))
        case Number(value, shape):
            output = tuple((f"x{axis}",) for axis in range(len(shape)))
            extents = tuple((f"x{axis}", n) for axis, n in enumerate(shape))
            found = [Product(output, (), extents, (), value, ONE, ())]
        case _:
            found = [term]
    _refuse_many(len(found))
    return found


def _power(source: Term, exponent: int) -> Product:
    output = tuple((f"x{axis}",) for axis in range(len(source.shape)))
    extents = tuple((f"x{axis}", n) for axis, n in enumerate(source.shape))
    return Product(output, (output,) * exponent, extents, (), Fraction(1), ONE, (source,) * exponent)


def _refuse_many(count: int) -> None:
    if count > MANY:
        raise RefusedError(f"multiplied out there are {count} products; {MANY} is the limit")


def _counted(reading: Reading) -> Counted:
    places = [place for _, axes in reading.reads for axis in axes for place in axis]
    places += [place for axis in reading.output for place in axis]
    used = {place.letter for place in places} | {letter for row in reading.rows for letter, _ in row.terms}
    times = ONE
    for letter, extent in reading.letters:
        times = times if letter in used else times * extent
    letters = tuple((letter, extent) for letter, extent in reading.letters if letter in used)
    bare = replace(reading, letters=letters, scale=Fraction(1), divisor=ONE)
    return Counted(bare, reading.scale, times, reading.divisor)


def _sum(signed: list[tuple[Counted, int]]) -> Polynomial:
    """The sum of the coefficients over their common denominator."""
    common = lcm(*(one.scale.denominator for one, _ in signed))
    total = ZERO
    for place, (one, sign) in enumerate(signed):
        term = one.times * constant(int(sign * one.scale * common))
        for other, (two, _) in enumerate(signed):
            term = term if other == place else term * two.divisor
        total += term
    return total
