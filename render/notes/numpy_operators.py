"""numpy-operators: convolution by im2col and max pooling in a few lines of NumPy, and a published mistake beside them.

Source  the text's layer: 2 channels in, 3 out, kernel 2, stride 1, no padding, an incoming gradient of -1 everywhere.
The text flips the weights and then multiplies by the ones that are not flipped; its own test cannot see that.
"""

from __future__ import annotations

from render.document import (
    Abbreviation,
    Block,
    Box,
    Bullets,
    Calculation,
    Claim,
    Code,
    Document,
    Evidence,
    Figure,
    Heading,
    Prose,
    Statement,
    Table,
    Theorem,
    phrase,
    prose,
)
from render.figure import Scene, beside, entries, matrix_cells, sliding_window, stacked
from render.notes import listings, operators, steps
from render.notes.closing import Crosscheck, together
from render.notes.matrices import Row, folded_of, product, transposed_product
from render.notes.numbers import PUT
from render.notes.operators import Setting, hidden
from render.notes.stepping import maximum, stepper, steppers
from render.notes.story import recognized
from symbolic.kernel.logic import Derivation, Rule, Step
from symbolic.terms.term import Entry, Grad, Route, Stack
from symbolic.theorems import theorem
from symbolic.theorems.matrices import im2col


def note() -> Document:
    """The note."""
    here, row = Setting(), Row()
    roads = Crosscheck(here.d, here.values)
    blocks = (
        Prose("intro"),
        *one_row(row),
        *all_sizes(),
        *listing(),
        *published(here),
        steppers(stepper(here.d, here.O), maximum(operators.POOLED, 2)),
        *mistake(here),
        *blind(),
        *roads.blocks(here.X, here.b),
        closing(here, row, roads),
    )
    return Document("numpy-operators", "title", blocks)


def columns(row: Row) -> Step:
    """U, every window a column."""
    body = row.U.body
    if not isinstance(body, Route):
        raise TypeError("im2col moves entries")
    source = dict(body.pairs)
    grid = Stack(tuple(Entry(row.x, (source[k],)) for k in range(row.U.size)), row.U.shape)
    return steps.follows(row.U, grid, Rule.EXPAND, steps.definition(row.U))


def products(row: Row) -> tuple[Step, ...]:
    """The layer and its gradients as products with U; the last one is col2im."""
    folded = folded_of(row.y, row.w, row.x, row.M)
    return (
        Step(row.y, transposed_product(row.U, row.w), Rule.COLLECT, row.expand),
        Step(Grad(row.d.loss, row.w), product(row.U, row.delta), Rule.COLLECT, row.expand),
        steps.definition(row.M),
        Step(Grad(row.d.loss, row.x), folded, Rule.COLLECT, row.expand),
    )


def one_row(row: Row) -> tuple[Block, ...]:
    """im2col without channels."""
    forward, by_weights, outer, by_input = products(row)
    return (
        Heading("row.title"),
        Prose("row.text"),
        Statement((steps.expanded(row.y),), layout="entries"),
        Prose("row.copy"),
        Statement((columns(row), forward), ("row.windows", "row.product")),
        Figure(copies, "columns", "row.caption", "row.alt"),
        Prose("row.back"),
        Abbreviation(row.delta),
        Statement((by_weights, outer), ("row.weights", "row.shares")),
        Prose("row.fold"),
        Statement((by_input,), layout="entries"),
        Prose("row.said"),
    )


def all_sizes() -> tuple[Block, ...]:
    """The three products for a row of any length, with stride, dilation and padding."""
    found = {part.name: part for part in im2col(plain=True).parts}
    return (
        Heading("all.title"),
        Prose("all.text"),
        Theorem(
            found["forward"],
            "theorem.im2col.title",
            more=(found["filter"], found["input"]),
            reasons=("all.forward", "all.filter", "all.input"),
        ),
        Prose("all.said"),
    )


def copies(_book: object) -> Scene:
    """The row and its columns; a colour for each pixel."""
    labels, size = [f"x_{{{k + 1}}}" for k in range(4)], 9.0
    row = matrix_cells([[0, 1, 2, 3]], labels, title="x", cell=size)
    return beside([row, matrix_cells([[0, 1], [1, 2], [2, 3]], labels, title="U", cell=size)], 14.0)


def listing() -> tuple[Block, ...]:
    """The operators, with the three views of the relation in their letters."""
    table = tuple((phrase(f"code.{name}"), view) for name, view in zip(NAMES, listings.views(), strict=True))
    return (
        Heading("code.title"),
        Prose("code.text"),
        Table(("code.view", "code.einsum"), table),
        Prose("code.letters"),
        Bullets(tuple(phrase(f"code.{name}") for name in ("windows", "scatter", "conv", "pooling"))),
        Code(listings.listing()),
        Prose("code.pool"),
        Code(listings.use()),
    )


NAMES = ("forward", "by_weights", "by_columns")


def published(here: Setting) -> tuple[Block, ...]:
    """The same numbers by the engine, a few of them by hand."""
    return (
        Heading("numbers.title"),
        Prose("numbers.text"),
        Statement((*here.point.given_for(here.X, here.b), here.point.step(here.O))),
        Prose("numbers.forward"),
        Calculation(here.first, ("numbers.first", *PUT)),
        Prose("numbers.back"),
        Abbreviation(here.delta),
        Statement((here.arriving, here.point.step(here.grad(here.X)), here.point.step(here.grad(here.b)))),
        Calculation(here.worked(here.X, (0, 0, 0)), ("numbers.corner", *PUT)),
        Calculation(here.worked(here.X, (0, 0, 2)), ("numbers.corner", *PUT)),
        Calculation(here.worked(here.F, (0, 0, 0, 0)), ("numbers.weight", *PUT)),
    )


def mistake(here: Setting) -> tuple[Block, ...]:
    """The turned weights, and the ones that the text multiplies by."""
    return (
        Heading("mistake.title"),
        Prose("mistake.text"),
        Statement((recognized(here.d, here.X),), ("mistake.turned",)),
        Prose("mistake.published"),
        Statement((here.point.step(here.grad(here.X)), here.wrong), ("mistake.right", "mistake.wrong")),
        Prose("mistake.minus"),
        Statement((here.difference,)),
        prose("mistake.count", wrong=here.differ(), all=here.X.size),
        Prose("mistake.program"),
        Code(listings.sliding()),
        Prose("mistake.corner"),
        Figure(kernels, "kernels", "mistake.caption", "mistake.alt"),
    )


def kernels(_book: object) -> Scene:
    """The corner pixel and what it meets: the right weight, and the one of the text."""
    labels = entries("F", 2, 2)
    turned = tuple(line[::-1] for line in labels[::-1])
    scenes = [
        sliding_window(2, 2, padding=1, names=("δ", "F", "X"), titles=("δ", "", "∂L/∂X"), kernel_labels=kernel,
                       output_labels=(), cell=8.0)
        for kernel in (turned, labels)
    ]  # fmt: skip
    return stacked(scenes, 8.0)


def blind() -> tuple[Block, ...]:
    """Why the text's own test did not see it."""
    rows = tuple(
        (phrase(f"blind.{name}"), *counts) for name, counts in zip(("published", "symmetric"), hidden(), strict=True)
    )
    return (
        Heading("blind.title"),
        Prose("blind.text"),
        Table(("blind.weights", "blind.constant", "blind.counting"), rows, "blind.caption"),
        Prose("blind.said"),
        Box("blind.box", (Prose("blind.moral"),)),
    )


def closing(here: Setting, row: Row, roads: Crosscheck) -> Evidence:
    """What was checked and how."""
    forward, by_weights, _, by_input = products(row)
    claims = (
        Claim("claim.row", Derivation((forward,))),
        Claim("claim.row_weights", Derivation((by_weights,))),
        Claim("claim.row_input", Derivation((by_input,))),
        *(Claim(f"claim.{part.name}", part) for part in theorem("im2col").parts),
        Claim("claim.turned", here.d.proof(here.X)),
        Claim("claim.numbers", Derivation((here.point.step(here.grad(here.X)),))),
    )
    return Evidence(claims, (phrase("claim.listing", count=operators.compared()), *together(roads)))
