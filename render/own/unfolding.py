"""Arrays written out entry by entry, as sums of products of entries; and in advance, how long that would be."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from symbolic.terms.moves import Route
from symbolic.terms.term import (
    AxisMap,
    Const,
    Data,
    Entry,
    Flip,
    Grad,
    Map,
    Multi,
    Stack,
    Sum,
    Tensor,
    Term,
    Winner,
    scalars,
)
from symbolic.terms.unrolled import entry_of, summed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from symbolic.terms.form import Form

LONGEST_FACTOR = 6  # factors in a sum that is itself a factor


def cost(term: Term) -> int:
    """At most so many factors stand in `term` written out in full; nothing is written to find that out."""
    return term.size * per_entry(term)


def per_entry(term: Term, sizes: Mapping[Term, int] = MappingProxyType({})) -> int:  # noqa: PLR0911 - one case per kind
    """At most so many factors on average in one entry, rounded up; tensors and gradients count 1, or their `sizes`."""
    match term:
        case Multi(form, operands):
            inner = {row.a for row in form.rows}
            products = 1
            for letter, extent in form.sizes:
                products *= 1 if letter in inner else int(extent)  # type: ignore[arg-type]
            return -(-products // max(term.size, 1)) * sum(per_entry(operand, sizes) for operand in operands)
        case Sum(terms, _):
            return sum(per_entry(part, sizes) for part in terms)
        case Stack(entries, _):
            return max(per_entry(part, sizes) for part in entries)
        case Map() | Flip():
            return per_entry(term.source, sizes)
        case Route(source, _, pairs):
            return max(1, -(-len(pairs) // max(term.size, 1))) * per_entry(source, sizes)
        case AxisMap(_, source, axis) if sizes:  # not printed by name, but in full
            return int(source.shape[axis]) * per_entry(source, sizes)  # type: ignore[arg-type]
        case Winner(source, _) if sizes:
            return source.size * per_entry(source, sizes)
    return sizes.get(term, 1)


def unfolded(term: Term) -> Term:
    """The array as a grid of scalar terms; a scalar as one."""
    writing = Writing()
    found = tuple(writing.scalar(term, place) for place in range(term.size))
    return Stack(found, term.shape) if term.shape else found[0]


class Writing:
    """Entries of terms as scalar terms; the index tables of a form are made once."""

    def __init__(self) -> None:
        self.rows: Callable[[Multi], list[list[tuple[int, ...]]]] = cache(_rows)

    def scalar(self, term: Term, place: int) -> Term:
        """The entry at a flat position, row-major."""
        match term:
            case Multi(form, operands):
                slots = range(len(operands))
                turned = len(operands) == 2 and bool(form.rows) and not isinstance(operands[0], Winner)
                products = []
                for found in self.rows(term)[place]:
                    factors = [self.scalar(operands[slot], found[slot]) for slot in slots]
                    products.append(_product(form, factors[::-1] if turned else factors))
                return added(products)
            case Sum(terms, _):
                return added([self.scalar(part, place) for part in terms])
            case Map():
                return replace(term, source=self.scalar(term.source, place))
            case Route(source, _, pairs):
                return added([self.scalar(source, origin) for to, origin in pairs if to == place])
            case Flip(source, _) if not isinstance(source, Tensor | Grad | Const | Data | Stack):
                turned_entry = entry_of(Flip(_places(source), term.axes), place)
                return self.scalar(source, int(turned_entry.value))  # type: ignore[attr-defined]
        return entry_of(term, place)


def added(terms: list[Term]) -> Term:
    """A sum of scalars, its numbers in one, a 0 left out."""
    constant = sum((part.value for part in terms if isinstance(part, Const)), start=Fraction(0))
    kept = [part for part in terms if not isinstance(part, Const)]
    if constant:
        kept.append(Const(constant))
    return summed(kept)


def elementwise(term: Term) -> bool:
    """Whether every entry is made from the entries at its own place, so that the formula says it all."""
    match term:
        case Multi(form, operands):
            out = {letter for axis in form.output for letter in axis}
            inside = not form.rows and {letter for letter, _ in form.sizes} <= out
            return inside and all(elementwise(operand) for operand in operands)
        case Sum(terms, _):
            return all(elementwise(part) for part in terms)
        case Map() | Flip() | Route():
            return elementwise(term.source)
    return not isinstance(term, Winner | Stack)


def knotted(term: Term) -> bool:
    """Whether products of long sums make its entries unreadable."""
    if isinstance(term, Multi) and any(per_entry(operand) > LONGEST_FACTOR for operand in term.operands):
        return True
    return not isinstance(term, Tensor) and any(knotted(part) for part in term.parts)


def _places(term: Term) -> Data:
    return Data(tuple(Fraction(place) for place in range(term.size)), term.shape)


def _rows(term: Multi) -> list[list[tuple[int, ...]]]:
    """For every output entry the places of the factors of each of its products."""
    out, ins = term.form.solutions()
    found: list[list[tuple[int, ...]]] = [[] for _ in range(term.size)]
    for row in range(len(out)):
        found[int(out[row])].append(tuple(int(place[row]) for place in ins))
    return found


def _product(form: Form, factors: list[Term]) -> Term:
    """A product with what comes from the loss in front, numbers in the scale, zeros gone."""
    scale = form.scale
    kept: list[Term] = []
    for factor in factors:
        if isinstance(factor, Const):
            scale *= factor.value
        elif isinstance(factor, Multi) and not factor.form.sizes:  # a product of scalars: one product of all
            scale *= factor.form.scale
            kept += factor.operands
        else:
            kept.append(factor)
    if scale == 0 or not kept:
        return Const(scale)
    kept.sort(key=lambda factor: not from_loss(factor))
    return kept[0] if scale == 1 and len(kept) == 1 else scalars(*kept, scale=scale)


def from_loss(term: Term) -> bool:
    """Whether a scalar is an entry of an error term."""
    return isinstance(term.source if isinstance(term, Entry) else term, Grad)
