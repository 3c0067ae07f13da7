"""pool-backward: what pooling hands back. An average in equal shares, a maximum to the winner alone.

Source  the text's example: delta [[2, 8], [4, 6]] with windows of 2 x 2; the winners are top-left, bottom-right,
top-right, bottom-left.
"""

from __future__ import annotations

from typing import Any

from render.document import (
    Abbreviation,
    Block,
    Box,
    Calculation,
    Claim,
    Document,
    Evidence,
    Figure,
    Heading,
    Inline,
    Prose,
    Statement,
    Table,
    phrase,
)
from render.figure import upsampling
from render.notes import steps
from render.notes.closing import Crosscheck
from render.notes.numbers import PUT, Point, numbers_of
from render.notes.pictures import pooled_graph
from symbolic import avg_pool1d, avg_pool2d, derive, max_pool2d, sigmoid, tensor
from symbolic.equality import Derivation, Expand, Rule, Step
from symbolic.layers import pointwise
from symbolic.term import Grad, Leaf, Map, Multi, Node, Route, Term
from symbolic.theorems import theorem

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
        pairs = tuple(enumerate(winners(IMAGE)))
        self.O = Node("selection", (self.X,), Route(self.X, (2, 2), pairs), name="O")
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


def note() -> Document:
    """The note."""
    mean, largest = Average(), Largest()
    roads = Crosscheck(mean.d, {"X": IMAGE, "D": DELTA})
    maximum = Crosscheck(largest.pooling, {"X": IMAGE, "D": DELTA})
    blocks = (
        Prose("intro"),
        *one_row(),
        *average(mean),
        *winner(largest),
        *ties(),
        *overlap(),
        *activation(),
        *maximum.blocks(largest.X),
        closing(mean, largest, (roads, maximum)),
    )
    return Document("pool-backward", "title", blocks)


# ---------------------------------------------------------------------- one row


def row(size: int, stride: int) -> tuple[Leaf, Node, Any]:
    """A row averaged over windows of two."""
    x = tensor("x", (size,))
    m = (size - WINDOW) // stride + 1
    y = avg_pool1d(x, WINDOW, stride, name="y")
    return x, y, derive(y, gradient=tensor("E", (m,)))


def one_row() -> tuple[Block, ...]:
    """Four numbers, two windows."""
    x, y, derived = row(4, 2)
    return (
        Heading("row.title"),
        Prose("row.text"),
        Statement((steps.expanded(y),), layout="entries"),
        Prose("row.back"),
        Statement((steps.shares(derived, x),), layout="entries", gradient="partial"),
        Prose("row.said"),
    )


# ---------------------------------------------------------------------- an image


def average(mean: Average) -> tuple[Block, ...]:
    """Equal shares."""
    links = (mean.back, *mean.point.evaluated(mean.back.rhs, (mean.delta,)))
    spread = _labels(mean.point.value(Grad(mean.d.loss, mean.X)))
    return (
        Heading("average.title"),
        Prose("average.text"),
        Statement((steps.picked(steps.expanded(mean.O), (0, 0)),)),
        Prose("average.delta"),
        Abbreviation(mean.delta),
        Statement((mean.point.step(mean.delta, Rule.GIVEN),), gradient="delta"),
        Prose("average.back"),
        Calculation(links, ("average.spread", *PUT), gradient="delta"),
        Figure(upsampling(_grid(DELTA), spread, (2, 2)), "average", "average.caption", "average.alt"),
        Prose("average.check"),
    )


def _grid(numbers: list[list[int]]) -> list[list[str]]:
    return [[str(number) for number in line] for line in numbers]


def _labels(term: Term) -> list[list[str]]:
    """A 4 x 4 array of numbers as labels; halves as decimals."""
    texts = [f"{float(value):g}" for value in numbers_of(term)]
    return [texts[k : k + SIDE] for k in range(0, len(texts), SIDE)]


def winner(largest: Largest) -> tuple[Block, ...]:
    """All to one."""
    found = Step(largest.O, largest.point.value(largest.O), Rule.NUMBERS, Expand(largest.point.facts))
    value = steps.follows(largest.back.rhs, largest.point.value(largest.back.lhs), Rule.NUMBERS, *largest.point.facts)
    spread = _labels(largest.point.value(largest.back.lhs))
    return (
        Heading("winner.title"),
        Prose("winner.text"),
        Statement(largest.point.given_for(largest.X)),
        Prose("winner.select"),
        Statement((steps.definition(largest.O), found)),
        Prose("winner.back"),
        Calculation((largest.back, value), ("winner.place", "reason.put"), layout="matrix", gradient="partial"),
        Figure(upsampling(_grid(DELTA), spread, (2, 2)), "winner", "winner.caption", "winner.alt"),
        Prose("winner.check"),
        Box("winner.box", (Prose("winner.condition"),)),
    )


def ties() -> tuple[Block, ...]:
    """Two equal largest entries."""
    x = tensor("X", (2, 2))
    derived = derive(max_pool2d(x, WINDOW), gradient=[[1]])
    shares = derived.evaluate({"X": TIE}).grads["X"].reshape(-1)
    rows: tuple[tuple[Inline, ...], ...] = tuple(
        (steps.at(x, *place), TIE[place[0]][place[1]], int(share))
        for place, share in zip(steps.indices((2, 2)), shares, strict=True)
    )
    return (
        Heading("tie.title"),
        Prose("tie.text"),
        Table(("tie.entry", "tie.value", "tie.share"), rows, "tie.caption"),
        Prose("tie.said"),
    )


def overlap() -> tuple[Block, ...]:
    """Windows that overlap, and entries that no window reads."""
    x, y, derived = row(3, 1)
    rest, short, other = row(5, 2)
    return (
        Heading("overlap.title"),
        Prose("overlap.text"),
        Statement((steps.expanded(y),), layout="entries"),
        Prose("overlap.back"),
        Statement((steps.shares(derived, x),), layout="entries", gradient="partial"),
        Prose("overlap.rest"),
        Statement((steps.expanded(short),), layout="entries"),
        Prose("overlap.zero"),
        Statement((steps.picked(steps.shares(other, rest), (4,)),), gradient="partial"),
    )


class Activated:
    """Z through a sigmoid, then averaged."""

    def __init__(self) -> None:
        self.Z, self.D = tensor("Z", (SIDE, SIDE)), tensor("D", (2, 2))
        self.A = sigmoid(self.Z, name="A")
        self.O = avg_pool2d(self.A, WINDOW, name="O")
        self.d = derive(self.O, gradient=self.D)

    @property
    def back(self) -> Step:
        """dL/dZ = (delta spread) times sigma'(Z), entry by entry."""
        spread = self.d.proof(self.A).rhs
        slope = Map("sigmoid", self.Z, order=1)
        shape = self.Z.shape
        rhs = Multi(pointwise([shape, shape], shape), (spread, slope))
        rules = tuple(steps.gradient(self.d, tensor) for tensor in (self.A, self.Z))
        return Step(Grad(self.d.loss, self.Z), rhs, Rule.COLLECT, Expand(rules))


def activation() -> tuple[Block, ...]:
    """One layer further down: the error term of the net input."""
    here = Activated()
    return (
        Heading("below.title"),
        Prose("below.text"),
        Statement((steps.definition(here.A), steps.definition(here.O))),
        Figure(pooled_graph, "graph", "below.caption", "below.alt"),
        Prose("below.back"),
        Statement((here.back,), gradient="partial"),
        Prose("below.said"),
    )


def closing(mean: Average, largest: Largest, roads: tuple[Crosscheck, ...]) -> Evidence:
    """What was checked and how."""
    claims = (
        Claim("claim.average", Derivation((mean.back,))),
        *(Claim("claim.average_all", part) for part in theorem("average-pool-backward").parts),
        Claim("claim.winner", Derivation((largest.back,))),
        Claim("claim.pooling", largest.pooling.proof(largest.X)),
        *(Claim("claim.winner_all", part) for part in theorem("max-pool-backward").parts),
        Claim("claim.below", Derivation((Activated().back,))),
    )
    names = ("claim.screen_average", "claim.screen_maximum")
    return Evidence(claims, tuple(phrase(key, text=road.screen) for key, road in zip(names, roads, strict=True)))
