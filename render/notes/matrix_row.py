"""One row of numbers as a convolution layer: sliding, as a matrix, and as im2col, forward and back."""

from __future__ import annotations

from render.document import (
    Abbreviation,
    Block,
    Calculation,
    Heading,
    Inline,
    Prose,
    Statement,
    Table,
    phrase,
)
from render.notes import steps
from render.notes.matrices import Row, product
from render.notes.story import recognized
from symbolic.kernel.logic import Rule, Step


def one_row(row: Row) -> tuple[Block, ...]:
    """A row of four numbers, a kernel of three: two outputs, and the matrix in them."""
    return (
        Heading("row.title"),
        Prose("row.text"),
        Statement((steps.expanded(row.y),), layout="entries"),
        Prose("row.matrix"),
        Statement((steps.definition(row.C), row.forward), ("row.rows", "row.short")),
        Prose("row.pattern"),
    )


def row_back(row: Row) -> tuple[Block, ...]:
    """The chain rule reads C by columns."""
    back = steps.shares(row.d, row.x)
    spelled = Step(back.lhs, product(row.C_turned, row.delta), Rule.COLLECT, row.expand)
    short = Step(spelled.rhs, row.backward.rhs, Rule.DEFINITION, row.expand)
    return (
        Heading("back.title"),
        Prose("back.text"),
        Abbreviation(row.delta),
        Prose("back.chain"),
        Statement((back,), layout="entries"),
        Prose("back.matrix"),
        Calculation((spelled, short), ("back.collected", "back.short")),
        Prose("back.said"),
        Statement((recognized(row.d, row.x),), ("back.window",)),
        Prose("back.same"),
    )


def row_columns(row: Row) -> tuple[Block, ...]:
    """The same products with the pixels in the matrix: im2col, and col2im back."""
    return (
        Heading("columns.title"),
        Prose("columns.text"),
        Statement((steps.definition(row.U), row.by_columns), ("columns.windows", "columns.short")),
        Prose("columns.filter"),
        Statement((row.filter_by_columns,), ("columns.weights",)),
        Prose("columns.input"),
        Statement((steps.definition(row.M), row.folded), ("columns.shares", "columns.added"), layout="matrix"),
        Prose("columns.said"),
    )


def three_forms(row: Row) -> tuple[Block, ...]:
    """One layer, three times."""
    rows: tuple[tuple[Inline, ...], ...] = (
        (phrase("forms.sliding"), steps.definition(row.y), recognized(row.d, row.w), recognized(row.d, row.x)),
        (phrase("forms.matrix"), row.forward, phrase("forms.none"), row.backward),
        (phrase("forms.columns"), row.by_columns, row.filter_by_columns, phrase("forms.fold")),
    )
    return (
        Heading("forms.title"),
        Prose("forms.text"),
        Table(("forms.form", "forms.forward", "forms.filter", "forms.input"), rows, "forms.caption"),
        Prose("forms.said"),
    )
