"""one-by-one-conv: what a 1 x 1 kernel does, its gradients, and what it saves.

Source  exercise 5-3 of the text: GoogLeNet's module inception 3a on 28 x 28 x 192.  Erratum: the parameters fall to
about two fifths, not to about a third.
"""

from __future__ import annotations

from fractions import Fraction

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
    Theorem,
    phrase,
    prose,
)
from render.figure import GraphEdge, GraphNode, Scene, computation_graph
from render.figure import prose as said
from render.notes import steps
from render.notes.closing import Crosscheck
from render.notes.costs import INCEPTION, counted, parameters_of, total
from render.notes.matrices import matmul, reshaped
from render.notes.numbers import PUT, Point
from render.notes.stepping import stepper
from symbolic import conv2d, derive, tensor
from symbolic.kernel.logic import Derivation, Expand, Rule, Step
from symbolic.terms.term import Grad, Multi, Node, Stack, Tensor, Term
from symbolic.theorems import theorem

VALUES = {
    "X": [[[1, 2], [0, 1]], [[3, 0], [1, 1]], [[0, 1], [2, 0]]],
    "F": [[[[1]], [[2]], [[0]]], [[[0]], [[1]], [[-1]]]],
    "D": [[[1, 0], [2, 1]], [[0, 1], [1, -1]]],
}
PIXELS, CHANNELS, OUTPUTS = 4, 3, 2


class Setting:
    """X of 3 channels and 2 x 2 pixels, O of 2 channels; P, M and Q are X, F and O as matrices."""

    def __init__(self) -> None:
        self.X, self.F = tensor("X", (CHANNELS, 2, 2)), tensor("F", (OUTPUTS, CHANNELS, 1, 1))
        self.D = tensor("D", (OUTPUTS, 2, 2))
        self.O = conv2d(self.X, self.F, name="O")
        self.d = derive(self.O, gradient=self.D)
        self.P = self.matrix(self.X, (CHANNELS, PIXELS), "P")
        self.M = self.matrix(self.F, (OUTPUTS, CHANNELS), "M")
        self.Q = self.matrix(self.O, (OUTPUTS, PIXELS), "Q")
        self.point = Point(self.d, VALUES, (self.P, self.M, self.Q))

    def matrix(self, source: Tensor, shape: tuple[int, int], name: str) -> Node:
        """The same numbers as a matrix: a row per channel, a column per pixel."""
        return Node("reshape", (source,), reshaped(source, shape), name=name)

    def grad(self, tensor: Tensor) -> Grad:
        """dL/d(tensor)."""
        return Grad(self.d.loss, tensor)

    @property
    def delta(self) -> Term:
        """The error term as a matrix."""
        return reshaped(self.grad(self.O), (OUTPUTS, PIXELS))

    def step(self, lhs: Term, rhs: Term) -> Step:
        """An equality by multiplying out."""
        nodes = (self.O, self.P, self.M, self.Q)
        rules = tuple(steps.gradient(self.d, tensor) for tensor in (self.X, self.F))
        return Step(lhs, rhs, Rule.COLLECT, Expand((*map(steps.definition, nodes), *rules)))

    @property
    def weights(self) -> Step:
        """M, a row for each output channel."""
        cells = tuple(steps.at(self.F, o, c, 0, 0) for o in range(OUTPUTS) for c in range(CHANNELS))
        return self.step(self.M, Stack(cells, self.M.shape))

    @property
    def forward(self) -> Step:
        """Q = M P."""
        return self.step(self.Q, matmul(self.M, self.P))

    @property
    def by_filter(self) -> Step:
        """dL/dF as a matrix = delta P^T."""
        return self.step(reshaped(self.grad(self.F), (OUTPUTS, CHANNELS)), matmul(self.delta, self.P, right=True))

    @property
    def by_image(self) -> Step:
        """dL/dX as a matrix = M^T delta."""
        return self.step(reshaped(self.grad(self.X), (CHANNELS, PIXELS)), matmul(self.M, self.delta, left=True))


def note() -> Document:
    """The note."""
    here = Setting()
    roads = Crosscheck(here.d, VALUES)
    blocks = (
        Prose("intro"),
        *forward(here),
        *backward(here),
        stepper(here.d, here.O),
        *all_sizes(),
        *uses(),
        *inception(),
        *numbers(here),
        *roads.blocks(here.F),
        closing(here, roads),
    )
    return Document("one-by-one-conv", "title", blocks)


def forward(here: Setting) -> tuple[Block, ...]:
    """One map across the channels, the same at every pixel."""
    written = steps.expanded(here.O)
    first = [steps.picked(written, index) for index in ((0, 0, 0), (1, 0, 0), (0, 0, 1), (1, 0, 1))]
    return (
        Heading("forward.title"),
        Prose("forward.text"),
        Statement((steps.definition(here.O),)),
        Prose("forward.pixel"),
        Statement(tuple(first)),
        Prose("forward.said"),
        Statement((here.weights,)),
        Prose("forward.matrices"),
        Statement((here.forward,), ("forward.product",)),
        Prose("forward.linear"),
    )


def backward(here: Setting) -> tuple[Block, ...]:
    """As for a fully connected layer."""
    written = steps.shares(here.d, here.X)
    sums = steps.shares(here.d, here.F)
    return (
        Heading("back.title"),
        Prose("back.text"),
        Abbreviation(here.grad(here.O)),
        Prose("back.image"),
        Statement((steps.picked(written, (0, 0, 0)), steps.picked(written, (1, 0, 0)))),
        Prose("back.filter"),
        Statement((steps.picked(sums, (0, 0, 0, 0)), steps.picked(sums, (0, 1, 0, 0)))),
        Prose("back.matrices"),
        Statement((here.by_image, here.by_filter), ("back.columns", "back.pixels")),
        Prose("back.said"),
    )


def all_sizes() -> tuple[Block, ...]:
    """The theorem."""
    forward_part = theorem("one-by-one-is-linear").parts[0]
    return (
        Heading("all.title"),
        Prose("all.text"),
        Theorem(forward_part, "theorem.one-by-one-is-linear.title"),
        Prose("all.said"),
    )


def two_layers() -> Step:
    """G (M P) = (G M) P: two linear layers are one."""
    G, M, P = tensor("G", (2, 3)), tensor("M", (3, 2)), tensor("P", (2, 4))
    return Step(matmul(G, matmul(M, P)), matmul(matmul(G, M), P), Rule.COLLECT, Expand())


def uses() -> tuple[Block, ...]:
    """What it is good for."""
    return (
        Heading("uses.title"),
        Prose("uses.channels"),
        Prose("uses.depth"),
        Statement((two_layers(),), ("uses.order",)),
        Prose("uses.bend"),
        Prose("uses.saves"),
    )


def inception() -> tuple[Block, ...]:
    """GoogLeNet's module 3a, with and without the 1 x 1 kernels."""
    plain, narrow = (counted([layer for path in paths for layer in path]) for paths in INCEPTION)
    ratio = Fraction(total(narrow), total(plain))
    third, fifth = (round(share * total(plain)) for share in (Fraction(1, 3), Fraction(2, 5)))
    return (
        Heading("inception.title"),
        Prose("inception.text"),
        Figure(module(), "module", "inception.caption", "inception.alt"),
        Prose("inception.parameters"),
        Table(("inception.path", "inception.direct", "inception.narrow"), _rows(), "inception.table"),
        Prose("inception.sum"),
        Statement((plain, narrow)),
        prose("inception.ratio", small=total(narrow), large=total(plain), percent=round(100 * ratio)),
        Box("inception.box", (prose("inception.erratum", third=third, fifth=fifth, small=total(narrow)),)),
        prose("inception.time", pixels=28 * 28),
    )


def _rows() -> tuple[tuple[Inline, ...], ...]:
    rows: list[tuple[Inline, ...]] = []
    for number, (direct, through) in enumerate(zip(*INCEPTION, strict=True), 1):
        rows.append((phrase(f"inception.path{number}"), parameters_of(direct), parameters_of(through)))
    return tuple(rows)


def module() -> Scene:
    """Three paths side by side, joined."""
    nodes = (
        GraphNode("X", "X", "leaf", "192"),
        GraphNode("a", said("1×1, 64")),
        GraphNode("b1", said("1×1, 96")),
        GraphNode("b2", said("3×3, 128")),
        GraphNode("c1", said("1×1, 16")),
        GraphNode("c2", said("5×5, 32")),
        GraphNode("cat", said("cat")),
        GraphNode("O", "O", "result", "224"),
    )
    ways = ("X a", "X b1", "b1 b2", "X c1", "c1 c2", "a cat", "b2 cat", "c2 cat", "cat O")
    pairs = [way.split() for way in ways]
    return computation_graph(nodes, tuple(GraphEdge(source, target, "", None) for source, target in pairs))


def numbers(here: Setting) -> tuple[Block, ...]:
    """Small matrices, every product written out."""
    return (
        Heading("numbers.title"),
        Prose("numbers.text"),
        Statement((here.point.step(here.P), here.point.step(here.M))),
        Prose("numbers.output"),
        Calculation(worked(here, here.forward), ("numbers.forward", *PUT)),
        Prose("numbers.error"),
        Statement((here.point.step(here.delta, Rule.GIVEN),)),
        Prose("numbers.gradients"),
        Calculation(worked(here, here.by_image), ("numbers.image", *PUT)),
        Calculation(worked(here, here.by_filter), ("numbers.filter", *PUT)),
    )


def worked(here: Setting, product: Step) -> tuple[Step, ...]:
    """lhs = a product of two matrices = both with their numbers = value."""
    if not isinstance(product.rhs, Multi):
        raise TypeError("expected a product of matrices")
    put = Multi(product.rhs.form, tuple(here.point.value(matrix) for matrix in product.rhs.operands))
    facts = Expand(here.point.facts)
    return (
        product,
        Step(product.rhs, put, Rule.GIVEN, facts),
        Step(put, here.point.value(product.lhs), Rule.NUMBERS, Expand()),
    )


def closing(here: Setting, roads: Crosscheck) -> Evidence:
    """What was checked and how."""
    general = theorem("one-by-one-is-linear").parts
    plain, narrow = (counted([layer for path in paths for layer in path]) for paths in INCEPTION)
    claims = (
        Claim("claim.forward", Derivation((here.forward,))),
        Claim("claim.image", Derivation((here.by_image,))),
        Claim("claim.filter", Derivation((here.by_filter,))),
        *(Claim(f"claim.all_{part.name}", part) for part in general),
        Claim("claim.layers", Derivation((two_layers(),))),
        Claim("claim.plain", Derivation((plain,))),
        Claim("claim.narrow", Derivation((narrow,))),
    )
    return Evidence(claims, (roads.screen,))
