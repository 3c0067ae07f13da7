"""A convolution layer with one axis: a row of three pixels, two weights, and everything the image shows later."""

from __future__ import annotations

from render.document import Abbreviation, Block, Calculation, Figure, Heading, Prose, Statement
from render.figure import relation_row
from render.notes import steps
from render.notes.story import one_entry, recognized
from symbolic import conv1d, derive, tensor
from symbolic.terms.term import Grad


class Row:
    """O slides F over X, all three of them rows; D is the error term."""

    def __init__(self) -> None:
        self.X, self.F, self.D = tensor("X", (3,)), tensor("F", (2,)), tensor("D", (2,))
        self.O = conv1d(self.X, self.F, name="O")
        self.d = derive(self.O, gradient=self.D)
        self.delta = Grad(self.d.loss, self.O)


def one_row(row: Row) -> tuple[Block, ...]:
    """Both gradients of the row, and the one relation behind them."""
    weights, pixels = steps.shares(row.d, row.F), steps.shares(row.d, row.X)
    return (
        Heading("row.title"),
        Prose("row.text"),
        Statement((steps.expanded(row.O),), layout="entries"),
        Prose("row.delta"),
        Abbreviation(row.delta),
        Prose("row.weight"),
        Calculation(one_entry(row.d, row.O, row.F, (0,)), ("row.outputs", "row.met")),
        Prose("row.weights"),
        Statement((weights,), layout="entries"),
        Prose("row.pixel"),
        Statement((pixels,), layout="entries"),
        Prose("row.sides"),
        Figure(relation_row(2, 2, 3), "relation", "row.caption", "row.alt"),
        Prose("row.order"),
        Statement((recognized(row.d, row.F), recognized(row.d, row.X)), ("row.slides", "row.reversed")),
        Prose("row.next"),
    )
