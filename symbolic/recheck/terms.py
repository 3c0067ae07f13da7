"""The terms of an exported statement, as plain data; what each means stands at the head of `symbolic.export.schema`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symbolic.recheck.polynomial import ONE, Polynomial
from symbolic.recheck.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from symbolic.recheck.integers import Integer

Shape = tuple[Polynomial, ...]
Axis = tuple[str, ...]
Slot = tuple[Axis, ...]


@dataclass(frozen=True)
class Tensor:
    """An array of unknowns."""

    name: str
    shape: Shape


@dataclass(frozen=True)
class Number:
    """An array whose entries all are `value`."""

    value: Fraction
    shape: Shape


@dataclass(frozen=True)
class Row:
    """s*i + d*u - e*a = p."""

    i: str
    u: str
    a: str
    s: Polynomial
    d: Polynomial
    e: Polynomial
    p: Polynomial

    @property
    def sides(self) -> tuple[tuple[str, Polynomial], ...]:
        """(letter, coefficient) on the left side."""
        return (self.i, self.s), (self.u, self.d), (self.a, -self.e)


@dataclass(frozen=True)
class Product:
    """output = scale/divisor * the sum, over all letters with all rows fulfilled, of the operands' product."""

    output: Slot
    slots: tuple[Slot, ...]
    extents: tuple[tuple[str, Polynomial], ...]
    rows: tuple[Row, ...]
    scale: Fraction
    divisor: Polynomial
    operands: tuple[Term, ...]

    def __post_init__(self) -> None:
        extent = dict(self.extents)
        for slot, operand in zip(self.slots, self.operands, strict=True):
            if (shape := shape_of(slot, extent)) != operand.shape:
                raise RefusedError(f"a sum reads an operand of shape {shown(operand.shape)} as {shown(shape)}")

    @property
    def shape(self) -> Shape:
        return shape_of(self.output, dict(self.extents))


@dataclass(frozen=True)
class Flip:
    """The source reversed along axes."""

    source: Term
    axes: tuple[int, ...]

    @property
    def shape(self) -> Shape:
        return self.source.shape


@dataclass(frozen=True)
class Total:
    """A sum of terms of one shape."""

    terms: tuple[Term, ...]

    def __post_init__(self) -> None:
        for term in self.terms[1:]:
            if term.shape != self.shape:
                raise RefusedError(f"terms of shapes {shown(self.shape)} and {shown(term.shape)} are added")

    @property
    def shape(self) -> Shape:
        return self.terms[0].shape


@dataclass(frozen=True)
class Function:
    """An elementwise function or its derivative of an order."""

    name: str
    order: int
    param: Fraction | None
    source: Term

    @property
    def shape(self) -> Shape:
        return self.source.shape


@dataclass(frozen=True)
class Along:
    """softmax along an axis, or logsumexp, which leaves that axis with size 1."""

    name: str
    axis: int
    source: Term

    @property
    def shape(self) -> Shape:
        shape = self.source.shape
        return shape if self.name == "softmax" else (*shape[: self.axis], ONE, *shape[self.axis + 1 :])


@dataclass(frozen=True)
class Gradient:
    """The array of the derivatives of a scalar by the entries of a tensor."""

    of: Term
    wrt: Tensor

    @property
    def shape(self) -> Shape:
        return self.wrt.shape


@dataclass(frozen=True)
class Counted:
    """An integer that depends on sizes, meant for sizes that meet its conditions."""

    integer: Integer

    @property
    def shape(self) -> Shape:
        return ()


Term = Tensor | Number | Product | Flip | Total | Function | Along | Gradient | Counted


def parts(term: Term) -> tuple[Term, ...]:
    """The terms directly inside a term."""
    match term:
        case Product(operands=operands):
            return operands
        case Total(terms):
            return terms
        case Flip(source) | Function(source=source) | Along(source=source):
            return (source,)
        case Gradient(of, wrt):
            return of, wrt
    return ()


def walk(term: Term) -> Iterator[Term]:
    """A term and every term inside it."""
    yield term
    for part in parts(term):
        yield from walk(part)


def sizes_in(term: Term) -> tuple[Polynomial, ...]:
    """Every size that a term itself names, the terms inside it left out."""
    if not isinstance(term, Product):
        return term.shape
    rows = [x for row in term.rows for x in (row.s, row.d, row.e, row.p)]
    return *term.shape, *(n for _, n in term.extents), *rows, term.divisor


def shape_of(slot: Slot, extent: dict[str, Polynomial]) -> Shape:
    """The shape that a slot's letters give: an axis of several letters is as long as their product."""
    shape = []
    for axis in slot:
        length = ONE
        for letter in axis:
            length *= extent[letter]
        shape.append(length)
    return tuple(shape)


def shown(shape: Shape) -> str:
    """`(N, k1)`."""
    return "(" + ", ".join(map(str, shape)) + ")"
