"""What layers cost, as steps: every product is compared with the count that the layer's form gives."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from render.notes.numbers import numbers_of
from render.notes.steps import number
from symbolic.kernel.logic import Derivation, Expand, Rule, Step
from symbolic.terms.cost import parameters, square_layer
from symbolic.terms.term import Const, Sum, Term, scalars

if TYPE_CHECKING:
    from collections.abc import Sequence

Layer = tuple[int, int, int]  # kernel, input channels, output channels

# GoogLeNet, inception 3a: three paths straight from 192 channels, and the same behind 1 x 1 kernels.
INCEPTION: tuple[tuple[tuple[Layer, ...], ...], ...] = (
    (((1, 192, 64),), ((3, 192, 128),), ((5, 192, 32),)),
    (((1, 192, 64),), ((1, 192, 96), (3, 96, 128)), ((1, 192, 16), (5, 16, 32))),
)


def factors(*numbers: int) -> Term:
    """A product of whole numbers, written out."""
    return scalars(*(number(n) for n in numbers))


def counted(layers: Sequence[Layer]) -> Step:
    """The parameters of some layers, k k c o each, added up; each product is what the layer's form says."""
    products = [factors(kernel, kernel, inputs, outputs) for kernel, inputs, outputs in layers]
    for product, (kernel, inputs, outputs) in zip(products, layers, strict=True):
        Step(product, number(_size(kernel, inputs, outputs)), Rule.NUMBERS, Expand())
    whole = Sum(tuple(products), ()) if len(products) > 1 else products[0]
    amount = sum(_size(*layer) for layer in layers)
    return Step(whole, Const(Fraction(amount)), Rule.NUMBERS, Expand())


def _size(kernel: int, inputs: int, outputs: int) -> int:
    found = parameters(square_layer(kernel, inputs, outputs, 1, 1))
    if not isinstance(found, int):
        raise TypeError("a layer with numbers for its sizes has a number of parameters")
    return found


def parameters_of(layers: Sequence[Layer]) -> Derivation:
    """The same as something to print in a table."""
    return Derivation((counted(layers),))


def total(step: Step) -> int:
    """The number that a count ends in."""
    return int(numbers_of(step.rhs)[0])
