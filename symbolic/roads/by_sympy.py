"""Road 2: SymPy builds the scalar graph with symbolic entries and differentiates L by definition.

Slow and simple on purpose: it knows how to build the entries of a network's value and nothing about
gradients but `sympy.diff`. Road 1 (`calculus`) is not imported here; a test sees to it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from symbolic.roads.expressions import Expressions
from symbolic.terms.names import entry_name, symbol
from symbolic.terms.size import ints
from symbolic.terms.term import Leaf, Map, Multi, Node, Tensor, Term, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

MOST_WORK = 30_000  # a few seconds: SymPy's time grows with the product of terms and entries
MOST_NODES = 60  # SymPy differentiates a nested expression by recursion


def work(loss: Node) -> int:
    """Products in one writing of the network times entries to differentiate by.

    What stands inside a function of a smaller array, a variance under a root, is written once for every entry that
    reads it.
    """
    parts = list(walk(loss))
    products = sum(
        _products(part) * (node.size // max(smaller.size, 1) if smaller is not None else 1)
        for node in parts
        if isinstance(node, Node)
        for part, smaller in _inside(node.body)
        if isinstance(part, Multi)
    )
    return products * sum(part.size for part in parts if isinstance(part, Leaf))


def _inside(body: Term) -> Iterator[tuple[Term, Map | None]]:
    """Every term of a body, with the outermost function around it that makes a smaller array."""
    stack: list[tuple[Term, Map | None]] = [(body, None)]
    while stack:
        here, around = stack.pop()
        yield here, around
        if isinstance(here, Tensor):
            continue
        if around is None and isinstance(here, Map) and here.size < body.size:
            around = here
        stack.extend((part, around) for part in here.parts)


def affordable(loss: Node) -> bool:
    """Whether road 2 can be taken: a network of a size that SymPy differentiates in seconds."""
    return sum(isinstance(part, Node) for part in walk(loss)) <= MOST_NODES and work(loss) <= MOST_WORK


def _products(term: Multi) -> int:
    total = 1
    for letter, extent in term.form.sizes:
        if not any(letter == row.a for row in term.form.rows):
            total *= int(extent)  # type: ignore[arg-type]
    return total


class Entries:
    """The loss as one SymPy expression in the symbols of its inputs.

    values  if given, numbers of the inputs: relu, |.| and max are then the smooth pieces that they are there.
    """

    def __init__(self, loss: Node, values: Mapping[Tensor, NDArray[Any]] | None = None) -> None:
        self.point: dict[Any, Any] = {}
        for leaf, array in (values or {}).items():
            if isinstance(leaf, Leaf):
                self.point |= dict(zip(_symbols(leaf), map(_sympified, array.reshape(-1)), strict=True))
        self.loss = Expressions(point=self.point if values is not None else None).entry(loss, 0)

    def gradient(self, tensor: Leaf) -> sympy.ImmutableDenseNDimArray:
        """dL/d(every entry), by sympy.diff."""
        flat = [sympy.diff(self.loss, x) for x in _symbols(tensor)]
        return sympy.ImmutableDenseNDimArray(flat, ints(tensor.shape)) if tensor.shape else _scalar(flat[0])

    def at(self, tensor: Leaf) -> NDArray[Any]:
        """The gradient's numbers at the given values: exact numbers stay exact where SymPy finds them."""
        flat = [_plain(sympy.diff(self.loss, x).xreplace(self.point)) for x in _symbols(tensor)]
        out = np.empty(len(flat), dtype=object)
        out[:] = flat
        return out.reshape(ints(tensor.shape))


def _symbols(tensor: Leaf) -> list[Any]:
    return [symbol(entry_name(tensor.name, index)) for index in np.ndindex(*ints(tensor.shape))]


def _scalar(expression: Any) -> sympy.ImmutableDenseNDimArray:
    return sympy.ImmutableDenseNDimArray(expression)


def _sympified(value: Any) -> Any:
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    return sympy.Integer(value) if isinstance(value, int) else sympy.Float(value)


def _plain(value: Any) -> Any:
    """A Python number: int or Fraction for rationals, float for the rest."""
    if value.is_Rational:
        fraction = Fraction(int(value.p), int(value.q))
        return fraction.numerator if fraction.denominator == 1 else fraction
    return float(value)
