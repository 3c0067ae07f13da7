"""What pool-backward is about: an image averaged, the winners of an image, a sigmoid below, rows and windows.

Source  the text's example: delta [[2, 8], [4, 6]] with windows of 2 x 2; the winners are top-left, bottom-right,
top-right, bottom-left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from render.notes import steps
from render.notes.numbers import Point
from symbolic import avg_pool1d, avg_pool2d, derive, max_pool2d, sigmoid, tensor
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.layers import pointwise
from symbolic.terms.term import Grad, Leaf, Map, Multi, Node, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

DELTA = [[2, 8], [4, 6]]
IMAGE = [[9, 1, 2, 0], [3, 4, 5, 8], [1, 7, 0, 2], [0, 3, 6, 1]]
TIE = [[5, 5], [5, 5]]
SIDE, WINDOW = 4, 2


class Average:
    """X 4 x 4 averaged over windows of 2 x 2."""

    def __init__(self) -> None:
        self.X, self.D = tensor("X", (SIDE, SIDE)), tensor("D", (2, 2))
        self.O = avg_pool2d(self.X, WINDOW, name="O")
        self.d = derive(self.O, gradient=self.D)
        self.delta = Grad(self.d.loss, self.O)
        self.point = Point(self.d, {"X": IMAGE, "D": DELTA})

    @property
    def back(self) -> Step:
        """dL/dX = a quarter of delta, every entry repeated over its window."""
        return Step(Grad(self.d.loss, self.X), self.d.proof(self.X).rhs, Rule.WINDOW, Expand(self.point.facts))


class Largest:
    """X 4 x 4, of every window the largest entry: with the winners of IMAGE a selection, which hands on entries.

    `d` is about the selection; `pooling` is the layer itself, with winners found anew for every X.
    """

    def __init__(self) -> None:
        self.X, self.D = tensor("X", (SIDE, SIDE)), tensor("D", (2, 2))
        self.O = selection(self.X, (2, 2), winners(IMAGE), "O")
        self.d = derive(self.O, gradient=self.D)
        self.delta = Grad(self.d.loss, self.O)
        self.point = Point(self.d, {"X": IMAGE, "D": DELTA})
        self.pooling = derive(max_pool2d(self.X, WINDOW, name="O"), gradient=self.D)

    @property
    def back(self) -> Step:
        """dL/dX, every error term at its winner's place."""
        return steps.gradient(self.d, self.X)


def winners(image: list[list[int]]) -> list[int]:
    """The flat position of the first largest entry of every 2 x 2 window, windows in row-major order."""
    n = len(image)
    found = []
    for i in range(0, n - WINDOW + 1, WINDOW):
        for j in range(0, n - WINDOW + 1, WINDOW):
            cells = [(i + u, j + v) for u in range(WINDOW) for v in range(WINDOW)]
            row, column = max(cells, key=lambda cell: image[cell[0]][cell[1]])  # the first of equal ones
            found.append(row * n + column)
    return found


class Activated:
    """Z through a sigmoid, then averaged."""

    def __init__(self) -> None:
        self.Z, self.D = tensor("Z", (SIDE, SIDE)), tensor("D", (2, 2))
        self.A = sigmoid(self.Z, name="A")
        self.O = avg_pool2d(self.A, WINDOW, name="O")
        self.d = derive(self.O, gradient=self.D)

    @property
    def back(self) -> tuple[Step, Step]:
        """dL/dZ = dL/dA times sigma'(Z) = (delta spread) times sigma'(Z), entry by entry."""
        first = steps.gradient(self.d, self.Z)
        shape = self.Z.shape
        rhs = Multi(pointwise([shape, shape], shape), (self.d.proof(self.A).rhs, Map("sigmoid", self.Z, order=1)))
        return first, Step(first.rhs, rhs, Rule.COLLECT, Expand((steps.gradient(self.d, self.A),)))


def selection(source: Leaf, shape: tuple[int, ...], places: Sequence[int], name: str) -> Node:
    """Entries of an array handed on as they are, by their flat positions."""
    return Node("selection", (source,), Route(source, shape, tuple(enumerate(places))), name=name)


def row(size: int, stride: int) -> tuple[Leaf, Node, Any]:
    """A row averaged over windows of two."""
    x = tensor("x", (size,))
    m = (size - WINDOW) // stride + 1
    y = avg_pool1d(x, WINDOW, stride, name="y")
    return x, y, derive(y, gradient=tensor("E", (m,)))
