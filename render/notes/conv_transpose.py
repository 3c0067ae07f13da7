"""conv-transpose: a convolution layer is a matrix C, the way back is its transpose, and nothing is rotated.

First one row: three ways to write the layer (sliding, C, im2col) and their three ways back. Then a 4 x 4 image
as a vector of 16 entries with C as a picture, and the transposed convolution.

Source  exercise 5-7 of the text: X 4 x 4 as a 16-vector, F 3 x 3, y the 4-vector, y as C times x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.document import (
    Block,
    Box,
    Calculation,
    Claim,
    Document,
    Evidence,
    Figure,
    Heading,
    Prose,
    Statement,
    prose,
)
from render.figure import Scene, matrix_cells
from render.figure import entries as labels
from render.figure import prose as said
from render.notes import steps
from render.notes.closing import Crosscheck
from render.notes.matrices import Image, Row, back_places, reshaped
from render.notes.matrix_row import one_row, row_back, row_columns, three_forms
from render.notes.numbers import PUT, numbers_of
from render.notes.pictures import turned
from render.notes.stepping import stepper, steppers
from render.notes.story import recognized
from render.notes.toeplitz import General, general
from symbolic.kernel.logic import Derivation, Rule
from symbolic.terms.term import Flip, Multi
from symbolic.theorems import theorem

if TYPE_CHECKING:
    from collections.abc import Callable

    from render.words import Phrasebook
    from symbolic.terms.term import Term

VALUES = {
    "X": [[1, 0, 2, 1], [2, 1, 0, 0], [0, 3, 1, 2], [1, 0, 1, 1]],
    "F": [[1, 2, 0], [0, 1, 3], [2, 0, 1]],
    "D": [1, -1, 0, 2],
}


def note() -> Document:
    """The note."""
    row, image = Row(), Image(VALUES)
    roads = Crosscheck(image.d, VALUES)
    blocks = (
        Prose("intro"),
        *one_row(row),
        *row_back(row),
        *row_columns(row),
        *three_forms(row),
        *whole_image(image),
        *image_back(image),
        why(image),
        *columns(image),
        *transposed(image),
        steppers(stepper(image.d, image.O), stepper(image.transposed, image.Z)),
        *numbers(image),
        *all_sizes(image),
        *roads.blocks(image.X),
        closing(row, image, roads),
    )
    return Document("conv-transpose", "title", blocks)


def whole_image(image: Image) -> tuple[Block, ...]:
    """X as 16 numbers, O as 4, C between them as a picture."""
    return (
        Heading("image.title"),
        Prose("image.text"),
        Statement((steps.definition(image.O), steps.definition(image.x), steps.definition(image.y))),
        Prose("image.matrix"),
        Statement((image.forward,)),
        Figure(matrix_scene(image), "matrix", "image.caption", "image.alt"),
        Prose("image.pattern"),
    )


def matrix_scene(image: Image) -> Callable[[Phrasebook], Scene]:
    """C with braces over the rows of X and beside the rows of O."""

    def scene(book: Phrasebook) -> Scene:
        over = [(said(book.plain("image.row", number=k, name="X")), 4) for k in (1, 2, 3, 4)]
        beside = [(said(book.plain("image.row", number=k, name="O")), 2) for k in (1, 2)]
        return matrix_cells(image.cells, weights(), row_groups=beside, column_groups=over, title="C")

    return scene


def transposed_scene(image: Image) -> Callable[[Phrasebook], Scene]:
    """C upended."""

    def scene(book: Phrasebook) -> Scene:
        ids = [list(column) for column in zip(*image.cells, strict=True)]
        beside = [(said(book.plain("image.row", number=k, name="X")), 4) for k in (1, 2, 3, 4)]
        return matrix_cells(ids, weights(), row_groups=beside, title="C^{⊤}", cell=6.5)

    return scene


def weights() -> list[str]:
    """F_11 to F_33 as labels."""
    return [label for row in labels("F", 3, 3) for label in row]


def image_back(image: Image) -> tuple[Block, ...]:
    """The transpose, and the same as a convolution."""
    return (
        Heading("transpose.title"),
        Prose("transpose.text"),
        Calculation(image.chain, ("transpose.chain", "transpose.column"), gradient="partial"),
        Prose("transpose.all"),
        Statement((image.backward,), ("transpose.columns",), gradient="partial"),
        Prose("transpose.pixel"),
        *turned(image.F),
        Prose("transpose.full"),
        Statement((image.full,), ("transpose.window",), gradient="partial"),
    )


def why(image: Image) -> Block:
    """The question that everybody asks, beside the picture that answers it."""
    figure = Figure(transposed_scene(image), "transpose", "why.caption", "why.alt")
    return Box("why.title", (Prose("why.text"), figure))


def columns(image: Image) -> tuple[Block, ...]:
    """im2col of the image: nine rows, one column per window."""
    return (
        Heading("im2col.title"),
        Prose("im2col.text"),
        Statement((steps.definition(image.U),), layout="matrix"),
        Prose("im2col.forms"),
        Statement(
            (image.by_columns, image.filter_by_columns), ("im2col.forward", "im2col.weights"), gradient="partial"
        ),
        Prose("im2col.said"),
    )


def transposed(image: Image) -> tuple[Block, ...]:
    """The layer whose forward pass is C transposed."""
    return (
        Heading("layer.title"),
        Prose("layer.text"),
        Statement((steps.definition(image.Z), image.transposed_matrix), ("layer.stamps", "layer.matrix")),
        Prose("layer.back"),
        Statement((recognized(image.transposed, image.Y),), gradient="partial"),
        Prose("layer.name"),
    )


def moved(image: Image) -> int:
    """How many pixels of X do not come back from C transposed after C."""
    there = numbers_of(image.point.value(image.X))
    return sum(a != b for a, b in zip(there, numbers_of(image.point.value(image.again)), strict=True))


def numbers(image: Image) -> tuple[Block, ...]:
    """The same numbers by both ways."""
    error = image.delta
    given = steps.follows(error, image.point.value(error), Rule.GIVEN, *image.point.facts)
    wrong = unturned(image.full.rhs)
    return (
        Heading("numbers.title"),
        Prose("numbers.text"),
        Statement((*image.point.given_for(image.X, image.F), image.point.step(image.y)), gradient="partial"),
        Prose("numbers.error"),
        Statement((given,), gradient="partial"),
        Prose("numbers.matrix"),
        Statement((image.point.step(reshaped(image.backward.rhs, (4, 4))),), gradient="partial"),
        Prose("numbers.image"),
        Calculation((image.full, *image.point.evaluated(image.full.rhs, (error,))), ("", *PUT), gradient="partial"),
        Prose("numbers.wrong"),
        Calculation(image.point.evaluated(wrong, (error,)), PUT, gradient="partial"),
        prose("numbers.differ", count=back_places(image, wrong)),
        Prose("numbers.again"),
        Statement((image.point.step(image.again),)),
        prose("numbers.inverse", count=moved(image)),
    )


def unturned(window: Term) -> Multi:
    """The same window with the kernel as it is."""
    if not isinstance(window, Multi):
        raise TypeError("expected a form")
    return Multi(window.form, tuple(part.source if isinstance(part, Flip) else part for part in window.operands))


def all_sizes(image: Image) -> tuple[Block, ...]:
    """C with letters for its sizes, and the adjoint."""
    return (
        *general(),
        Prose("all.adjoint"),
        Statement((image.adjoint,), ("all.moved",)),
        Prose("all.end"),
    )


def closing(row: Row, image: Image, roads: Crosscheck) -> Evidence:
    """What was checked and how."""
    matrix = General()
    channels = [
        (f"theorem.{key}.{part.name}", part) for key in ("transpose-relation", "im2col") for part in theorem(key).parts
    ]
    (adjoint,) = theorem("transposed-convolution-adjoint").parts
    claims = (
        Claim("claim.row", Derivation((row.backward,))),
        Claim("claim.columns", Derivation((row.folded,))),
        Claim("claim.forward", Derivation((image.forward,))),
        Claim("claim.backward", Derivation((image.backward,))),
        Claim("claim.full", Derivation((image.full,))),
        Claim("claim.transposed", Derivation((image.transposed_matrix,))),
        Claim("claim.general_forward", matrix.forward),
        Claim("claim.general_backward", matrix.backward),
        *(Claim(key, part) for key, part in channels),
        Claim("theorem.transposed-convolution-adjoint.statement", adjoint),
    )
    return Evidence(claims, (roads.screen,))
