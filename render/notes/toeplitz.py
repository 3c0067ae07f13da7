"""C for all sizes: the matrix of a convolution of one image, its product with X, and what its transpose is.

Written for one channel, so that the indices stay readable; batch, groups and channels stand in the theorem
transpose-relation, which the note cites beside these.
"""

from __future__ import annotations

from dataclasses import replace

from render.document import Block, Calculation, Heading, Prose, Statement, Theorem, prose
from render.links import NoteLink
from symbolic.kernel.logic import Definition, Derivation, Rewrite, Rule, Step
from symbolic.kernel.reindex import DropOperand
from symbolic.search.matching import reindexed
from symbolic.terms.layers import form
from symbolic.terms.term import Grad, Leaf, Multi, Node
from symbolic.theorems.gradients import gradient, leaves_of, letter_sizes
from symbolic.theorems.matrices import without_rows

AXES = 2
ONE_CHANNEL = "ngoc"  # letters left out


class General:
    """C[i, j; a, b], the layer as C X, and dT/dX as C^T delta, with a letter for every size and parameter."""

    def __init__(self) -> None:
        self.conv = form("conv", letter_sizes(AXES), rank=AXES, without=ONE_CHANNEL)
        self.F, self.X = leaves_of("conv", self.conv)
        self.delta = Leaf("delta", self.conv.output_shape)
        self.places = (*self.conv.output, *self.conv.operands[1])
        used = {letter for axis in (*self.places, *self.conv.operands[0]) for letter in axis}
        sizes = tuple((letter, n) for letter, n in self.conv.sizes if letter in used)
        matrix = replace(
            self.conv, output=self.places, operands=(self.conv.operands[0],), sizes=sizes, label="toeplitz"
        )
        self.entry = Multi(matrix, (self.F,))
        self.C = Node("toeplitz", (self.F,), self.entry, name="C")

    @property
    def definition(self) -> Step:
        """C_ijab = the weights F_uv that take pixel a, b to output i, j."""
        return Step(self.C, self.entry, Rule.DEFINITION, Definition())

    @property
    def forward(self) -> Derivation:
        """The sum of C_ijab X_ab over the pixels is the convolution."""
        product = without_rows(self.conv, self.conv.output, self.places, self.conv.operands[1])
        put = Multi(product, (self.entry, self.X))
        named = Step(Multi(product, (self.C, self.X)), put, Rule.DEFINITION, Rewrite((self.definition,)))
        return Derivation((named, reindexed(put, Multi(self.conv, (self.F, self.X)))), "forward")

    @property
    def backward(self) -> Derivation:
        """dT/dX_ab = the sum of C_ijab delta_ij over the outputs = the window over delta."""
        slots = (self.places, self.conv.operands[1], self.conv.output)
        scalar = replace(without_rows(self.conv, self.conv.output, *slots), output=())
        paired = Node("pairing", (self.C, self.X, self.delta), Multi(scalar, (self.C, self.X, self.delta)), name="T")
        back = without_rows(self.conv, self.conv.operands[1], self.places, self.conv.output)
        named, put = (Multi(back, (matrix, self.delta)) for matrix in (self.C, self.entry))
        view, window = gradient("conv", 1, AXES, 0, ONE_CHANNEL).steps
        steps = (
            Step(Grad(paired, self.X), named, Rule.DROP_OPERAND, DropOperand()),
            Step(named, put, Rule.DEFINITION, Rewrite((self.definition,))),
            reindexed(put, view.rhs),
            window,
        )
        return Derivation(steps, "backward")


def general() -> tuple[Block, ...]:
    """What C is, that it is the layer, and that its transpose ends in the window with the rotated filter."""
    here = General()
    return (
        Heading("all.title"),
        Prose("all.text"),
        Statement((here.definition,)),
        Prose("all.forward"),
        Theorem(here.forward, "theorem.transpose-relation.title"),
        prose("all.backward", note=NoteLink("conv-layer")),
        Calculation(here.backward.steps, ("all.column", "all.put", "all.pairs", "all.window")),
        Prose("all.said"),
    )
