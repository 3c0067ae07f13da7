"""Kernel, for all sizes: both sides multiplied out are the same sum of products.

A product of sums is the sum of all products, a whole power is a product; a sum over a letter that nothing reads is
a factor, the letter's extent. What is left is a list of products on each side, each with a coefficient, a fraction
of size polynomials.
`Distribute` sorts them into groups that a renaming of letters makes alike; in every group the coefficients of the
left side and of the right side have the same sum. How the groups were found is none of its business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import prod

from symbolic.errors import ProofError
from symbolic.kernel.reindex import Renaming
from symbolic.kernel.step import Proof, Scope
from symbolic.kernel.sums import Flat, flat, refuse_difference
from symbolic.terms.form import Form
from symbolic.terms.layers import pointwise
from symbolic.terms.rewriting import opened
from symbolic.terms.size import Size
from symbolic.terms.term import Const, Flip, Map, Multi, Sum, Term

Group = tuple[tuple[int, Renaming], ...]  # (number of a product, letters renamed to those of the group's first)
MANY = 200  # products on both sides


@dataclass(frozen=True)
class Distribute(Proof):
    """groups: of the products, numbered from the left side's first to the right side's last, each in one group."""

    groups: tuple[Group, ...]
    scope = Scope.ALL_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        left, right = read(lhs), read(rhs)
        both = [*left, *right]
        if sorted(number for group in self.groups for number, _ in group) != list(range(len(both))):
            raise ProofError(f"the groups do not hold each of the {len(left)} + {len(right)} products once")
        if not all(self.groups):
            raise ProofError("a group of products is empty")
        for group in self.groups:
            first, _ = group[0]
            for number, renaming in group:
                changes = {new: (old, back) for new, old, back in renaming}
                refuse_difference(both[first].reading, both[number].reading, changes)
            signed = [(both[number], 1 if number < len(left) else -1) for number, _ in group]
            if not _cancel(signed):
                here = [" + ".join(str(one) for one, sign in signed if sign == side) or "0" for side in (1, -1)]
                raise ProofError(
                    f"a product of {both[first].factors()} stands {here[0]} times on the left, "
                    f"{here[1]} times on the right"
                )


@dataclass(frozen=True)
class Product:
    """scale * times / divisor copies of a sum of products whose letters all are read."""

    reading: Flat
    scale: Fraction
    times: Size
    divisor: Size

    def __str__(self) -> str:
        """`-2*(C)/(N)`."""
        times = "" if self.times == Size.of(1) else f"*({self.times})"
        return f"{self.scale}{times}" + ("" if self.divisor == Size.of(1) else f"/({self.divisor})")

    def factors(self) -> str:
        """The names of what is multiplied, for messages."""
        names = sorted(getattr(term, "name", "") or type(term).__name__ for term, _ in self.reading.reads)
        return ", ".join(names) or "nothing but numbers"


def read(term: Term) -> list[Product]:
    """The products of a side, in the order in which one multiplies out."""
    return [_counted(flat(one)) for one in multiplied_out(opened(term))]


def multiplied_out(term: Term) -> list[Term]:
    """Terms without sums between them and their factors, whose sum is the term."""
    match term:
        case Sum(terms, _):
            found = [one for part in terms for one in multiplied_out(part)]
        case Flip(source, axes):
            found = [Flip(one, axes) for one in multiplied_out(source)]
        case Multi(form, operands):
            factors = [multiplied_out(operand) for operand in operands]
            if prod(map(len, factors)) > MANY:
                raise ProofError(f"more than {MANY} products are too many to be compared")
            found = [Multi(form, chosen) for chosen in product(*factors)]
        case Map("pow", source, 0, exponent) if exponent is not None and 1 <= exponent <= MANY:
            power = pointwise([source.shape] * int(exponent), source.shape)
            found = multiplied_out(Multi(power, (source,) * int(exponent)))
        case Const(value, shape):
            letters = tuple((f"x{axis}",) for axis in range(len(shape)))
            sizes = tuple((f"x{axis}", n) for axis, n in enumerate(shape))
            found = [Multi(Form(letters, (), sizes, (), value), ())]
        case _:
            found = [term]
    if len(found) > MANY:
        raise ProofError(f"more than {MANY} products are too many to be compared")
    return found


def _counted(reading: Flat) -> Product:
    """Letters that nothing reads taken out of the sum: each repeats it as often as its extent says."""
    read_at = [affine for _, axes in reading.reads for axis in axes for affine, _ in axis]
    output = [affine for axis in reading.output for affine, _ in axis]
    used = {letter for affine in (*read_at, *output, *reading.rows) for letter, _ in affine.terms}
    times = Size.of(1)
    for letter, extent in reading.letters:
        if letter not in used:
            times = times * extent
    kept = tuple((letter, extent) for letter, extent in reading.letters if letter in used)
    bare = replace(reading, letters=kept, scale=Fraction(1), divisor=1)
    return Product(bare, reading.scale, times, Size.of(reading.divisor))


def _cancel(signed: list[tuple[Product, int]]) -> bool:
    """Whether the sum of the coefficients, with these signs, is 0: over the product of all divisors."""
    common = prod((one.scale.denominator for one, _ in signed), start=1)
    total = Size(())
    for place, (one, sign) in enumerate(signed):
        term = one.times * int(sign * one.scale * common)
        for other, (two, _) in enumerate(signed):
            term = term * two.divisor if other != place else term
        total = total + term
    return not total.terms
