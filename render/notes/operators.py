"""What numpy-operators is about: the published numbers, the mistake, and the listings compared with the engine."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from render.notes import steps
from render.notes.listings import program
from render.notes.numbers import Point, numbers_of
from symbolic import conv2d, derive, max_pool2d, tensor
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.layers import pointwise
from symbolic.terms.size import ints
from symbolic.terms.term import Entry, Flip, Grad, Leaf, Multi, Sum, Term
from symbolic.terms.unrolled import entry_of, summed

if TYPE_CHECKING:
    from numpy.typing import NDArray


Error: TypeAlias = list[list[list[int]]]
Weights: TypeAlias = list[list[list[list[int]]]]
IMAGE = [[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
WEIGHTS = [
    [[[1, 2], [3, 5]], [[-1, 0], [2, 4]]],
    [[[2, -3], [1, 1]], [[0, 1], [5, -2]]],
    [[[-4, 1], [2, 0]], [[3, 3], [-1, 2]]],
]
BIAS = [1, -2, 3]
ERROR = [[[-1, -1], [-1, -1]]] * 3
COUNTING = [[[4 * o + 2 * i + j + 1 for j in range(2)] for i in range(2)] for o in range(3)]
SYMMETRIC = [[[[1, 2], [2, 1]]] * 2] * 3
POOLED = [[1, 5, 2, 0], [3, 4, 8, 6], [7, 2, 1, 3], [0, 6, 4, 9]]


class Setting:
    """The published numbers in the engine."""

    def __init__(self, weights: Weights = WEIGHTS, error: Error = ERROR) -> None:
        self.X, self.F, self.b = tensor("X", (2, 3, 3)), tensor("F", (3, 2, 2, 2)), tensor("b", (3,))
        self.O = conv2d(self.X, self.F, self.b, name="O")
        self.d = derive(self.O, gradient=tensor("D", self.O.shape))
        self.delta = Grad(self.d.loss, self.O)
        self.values = {"X": IMAGE, "F": weights, "b": BIAS, "D": error}
        self.point = Point(self.d, self.values)

    def grad(self, tensor: Leaf) -> Grad:
        """dL/d(tensor)."""
        return Grad(self.d.loss, tensor)

    @property
    def arriving(self) -> Step:
        """delta and its numbers."""
        return steps.follows(self.delta, self.point.value(self.delta), Rule.GIVEN, *self.point.facts)

    @property
    def first(self) -> tuple[Step, ...]:
        """O_111: eight products and the bias, numbers put in, the value."""
        body = self.O.body
        parts = [entry_of(steps.written(part), 0) for part in body.terms] if isinstance(body, Sum) else []
        flat = [term for part in parts for term in (part.terms if isinstance(part, Sum) else (part,))]
        step = steps.follows(Entry(self.O, (0, 0, 0)), summed(flat), Rule.EXPAND, steps.definition(self.O))
        return (step, *self.point.evaluated(step.rhs))

    def worked(self, tensor: Leaf, index: tuple[int, ...]) -> tuple[Step, ...]:
        """One entry of a gradient: the shares, the numbers, the value."""
        share = steps.picked(steps.shares(self.d, tensor), index)
        return (share, *self.point.evaluated(share.rhs, (self.delta,)))

    @property
    def window(self) -> Term:
        """dL/dX as it is: the turned weights over delta."""
        window: Term = self.d.proof(self.X).rhs
        return window

    @property
    def published(self) -> Multi:
        """dL/dX as the text computes it: the weights over delta as they are."""
        window = self.window
        if not isinstance(window, Multi):
            raise TypeError("expected a window")
        return Multi(window.form, tuple(x.source if isinstance(x, Flip) else x for x in window.operands))

    def numbers(self, term: Term) -> NDArray[Any]:
        """The numbers of a term as an array."""
        values = [int(n) for n in numbers_of(self.point.value(term))]
        return np.array(values, dtype=np.int64).reshape(ints(term.shape))

    @property
    def wrong(self) -> Step:
        """What the text's formula gives."""
        return Step(self.published, self.point.value(self.published), Rule.NUMBERS, Expand(self.point.facts))

    @property
    def difference(self) -> Step:
        """The text's formula minus dL/dX."""
        shape = self.X.shape
        minus = Multi(pointwise([shape], shape, scale=Fraction(-1)), (self.grad(self.X),))
        both = Sum((self.published, minus), shape)
        return Step(both, self.point.value(both), Rule.NUMBERS, Expand(self.point.facts))

    def differ(self) -> int:
        """How many of the 18 entries the text's formula gets wrong."""
        return int((self.numbers(self.published) != self.numbers(self.grad(self.X))).sum())


def hidden() -> tuple[tuple[int, int], ...]:
    """Wrong entries for the weights of the text and for symmetric ones, with either error term."""
    return tuple(
        (Setting(weights, ERROR).differ(), Setting(weights, COUNTING).differ()) for weights in (WEIGHTS, SYMMETRIC)
    )


def compared() -> int:
    """Run the listing on both error terms and on the pool; how many numbers agree. ArithmeticError if one does not."""
    ops, count = program(), 0
    for error in (ERROR, COUNTING):
        here = Setting(WEIGHTS, error)
        conv = ops.Conv2D(np.array(WEIGHTS), np.array(BIAS))
        out = conv.forward(np.array([IMAGE]))
        back = conv.backward(np.array([error]))
        grads = [here.grad(leaf) for leaf in (here.X, here.F, here.b)]
        for found, term in zip((out[0], back[0], conv.dw, conv.db), (here.O, *grads), strict=True):
            if not (found == here.numbers(term)).all():
                raise ArithmeticError(f"the listing gives {found.tolist()}")
            count += found.size
    x, pool = tensor("X", (4, 4)), ops.MaxPooling(2, 2)
    at = derive(max_pool2d(x, 2, name="O"), gradient=[[2, 8], [4, 6]]).evaluate({"X": POOLED})
    for found, value in (
        (pool.forward(np.array([[POOLED]])), at.values["O"]),
        (pool.backward(np.array([[[[2, 8], [4, 6]]]])), at.grads["X"]),
    ):
        if not (found[0, 0] == value).all():
            raise ArithmeticError(f"the listing gives {found.tolist()}")
        count += found.size
    return count
