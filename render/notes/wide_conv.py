"""wide-conv: in a wide convolution image and kernel may change places.

Source  exercise 5-2 of the text: rot180(W) wide X is rot180(X) wide W, wide being the full cross-correlation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    Prose,
    Statement,
    Theorem,
    prose,
)
from render.figure import Scene, beside, entries, film_strip, rot180, sliding_window, sliding_windows
from render.links import NoteLink
from render.notes import steps
from render.notes.closing import Crosscheck
from render.notes.numbers import PUT, Point, numbers_of
from render.notes.pictures import turned
from render.notes.stepping import stepper
from render.notes.story import recognized
from render.notes.wide import Row, commutes, wide, wide_turned
from symbolic import convolve2d, derive, tensor
from symbolic.kernel.logic import Derivation, Expand, Rule, Step
from symbolic.terms.layers import SPATIAL, form
from symbolic.terms.term import Flip, Grad, Leaf, Multi, Sum, Term, scalars
from symbolic.terms.unrolled import entry_of, unrolled
from symbolic.theorems import theorem

if TYPE_CHECKING:
    from symbolic.terms.size import Extent

VALUES = {
    "X": [[1, 2, 0], [0, 1, 3], [2, 1, 1]],
    "W": [[1, 2], [3, 4]],
    "D": [[1, 0, 2, 0], [0, 1, 0, 1], [3, 0, 1, 0], [0, 1, 0, 2]],
}


class Setting:
    """Y, the true wide convolution of X and W."""

    def __init__(self) -> None:
        self.X, self.W, self.D = tensor("X", (3, 3)), tensor("W", (2, 2)), tensor("D", (4, 4))
        self.Y = convolve2d(self.X, self.W, name="Y")
        self.d = derive(self.Y, gradient=self.D)
        self.delta = Grad(self.d.loss, self.Y)
        self.point = Point(self.d, VALUES)


def note() -> Document:
    """The note."""
    row, here = Row(), Setting()
    roads = Crosscheck(here.d, VALUES)
    blocks = (
        Prose("intro"),
        *one_row(row),
        *without_turn(row),
        *image(here),
        *proof(),
        *backward(here),
        stepper(here.d, here.Y),
        *numbers(here),
        *roads.blocks(here.X, here.W),
        closing(row, here, roads),
    )
    return Document("wide-conv", "title", blocks)


def one_row(row: Row) -> tuple[Block, ...]:
    """Polynomials multiply, and multiplication commutes."""
    one, other = wide_turned(row.x, row.w), wide_turned(row.w, row.x)
    return (
        Heading("row.title"),
        Prose("row.text"),
        Figure(row_windows(), "row", "row.caption", "row.alt"),
        Statement((row.written(one),), layout="matrix"),
        Prose("row.other"),
        Statement((row.written(other),), layout="matrix"),
        Prose("row.same"),
        Statement((commutes(row.x, row.w),)),
        Prose("row.why"),
        Statement((row.polynomials,)),
        Box("row.box", (Prose("row.rule"),)),
    )


def row_windows() -> Scene:
    """The turned w on x with a zero at each end, all four positions."""
    turned_labels = [[label for row in entries("w", 2) for label in reversed(row)]]
    frames = sliding_windows(
        (3,), (2,), padding=(1,), names=("x", "w", "y"), titles=("", "", "y"), kernel_labels=turned_labels, cell=6.0
    )
    return film_strip(frames, per_row=2)


def without_turn(row: Row) -> tuple[Block, ...]:
    """As they are, the two differ by a flip."""
    one, other = wide(row.x, row.w), wide(row.w, row.x)
    mirrored = Step(other, Flip(one, (0,)), Rule.FLIPS, Expand())
    return (
        Heading("mirror.title"),
        Prose("mirror.text"),
        Statement((row.written(one), row.written(other)), layout="matrix"),
        Prose("mirror.said"),
        Statement((mirrored,)),
        Prose("mirror.narrow"),
    )


def image(here: Setting) -> tuple[Block, ...]:
    """The same with two axes."""
    step = commutes(here.X, here.W)
    middle = [Step(steps.at(side, 1, 1), _middle(side), Rule.EXPAND, Expand()) for side in (step.lhs, step.rhs)]
    return (
        Heading("image.title"),
        Prose("image.text"),
        *turned(here.W),
        Prose("image.statement"),
        Statement((step,)),
        Prose("image.entry"),
        Statement(tuple(middle)),
        Figure(both_windows(), "windows", "image.caption", "image.alt"),
        Prose("image.pairs"),
    )


def _middle(side: Term) -> Term:
    """Entry 22 of a wide convolution, X in front and in reading order of X."""
    if not isinstance(side, Multi):
        raise TypeError("expected a form")
    part = entry_of(unrolled(side), 5)
    products = [scalars(*sorted(x.parts, key=lambda e: getattr(e.parts[0], "name", "") != "X")) for x in part.parts]
    return Sum(tuple(products), ())


def both_windows() -> Scene:
    """The same entry of the result, once with W as the kernel, once with X."""
    one = sliding_window(
        3, 2, padding=1, at=(1, 1), names=("X", "W", "Y"), titles=("", "", ""),
        kernel_labels=rot180(entries("W", 2, 2)), cell=7.0,
    )  # fmt: skip
    other = sliding_window(
        2, 3, padding=2, at=(1, 1), names=("W", "X", "Y"), titles=("", "", ""),
        kernel_labels=rot180(entries("X", 3, 3)), cell=7.0,
    )  # fmt: skip
    return beside((one, other)).within()


def proof() -> tuple[Block, ...]:
    """For every size."""
    (general,) = theorem("wide-convolution-commutes").parts
    return (
        Heading("proof.title"),
        Prose("proof.text"),
        Theorem(general, "theorem.wide-convolution-commutes.title"),
        Prose("proof.said"),
    )


def backward(here: Setting) -> tuple[Block, ...]:
    """Two inputs that may change places have gradients that do."""
    first = recognized(here.d, here.X)
    links = (first, Step(first.rhs, narrow(here, here.W), Rule.FLIPS, Expand()))
    return (
        Heading("back.title"),
        Prose("back.text"),
        Statement((steps.definition(here.Y),)),
        Prose("back.delta"),
        Abbreviation(here.delta),
        prose("back.image", note=NoteLink("conv-layer")),
        Calculation(links, ("back.layer", "back.twice")),
        Prose("back.kernel"),
        Statement((by_kernel(here),), ("back.exchanged",)),
        Prose("back.said"),
    )


def narrow(here: Setting, kernel: Leaf) -> Multi:
    """The error term with a kernel sliding over it, without padding."""
    sizes: dict[str, Extent] = {}
    for axis, (i, u, a) in enumerate(SPATIAL[:2], 1):
        n, k = int(here.Y.shape[axis - 1]), int(kernel.shape[axis - 1])  # type: ignore[arg-type]
        sizes |= {u: k, a: n, i: n - k + 1, f"p{axis}": 0, f"s{axis}": 1, f"d{axis}": 1}
    return Multi(form("conv", sizes, rank=2, without="ngoc"), (kernel, here.delta))


def by_kernel(here: Setting) -> Step:
    """dL/dW, what dL/dX is with the letters exchanged."""
    rule = steps.gradient(here.d, here.W)
    return Step(rule.lhs, narrow(here, here.X), Rule.WINDOW, Expand((rule,)))


def numbers(here: Setting) -> tuple[Block, ...]:
    """Both orders with the rotation, and both without."""
    X, W = here.X, here.W
    right = [Calculation(here.point.evaluated(term), PUT) for term in (wide_turned(X, W), wide_turned(W, X))]
    wrong = [
        Step(term, here.point.value(term), Rule.NUMBERS, Expand(here.point.facts)) for term in (wide(X, W), wide(W, X))
    ]
    return (
        Heading("numbers.title"),
        Prose("numbers.text"),
        Statement(here.point.given_for(X, W)),
        *right,
        Prose("numbers.wrong"),
        Statement(tuple(wrong)),
        prose("numbers.differ", count=different(here)),
        Prose("numbers.back"),
        Statement((steps.follows(here.delta, here.point.value(here.delta), Rule.GIVEN, *here.point.facts),)),
        Prose("numbers.slide"),
        *backward_numbers(here),
    )


def backward_numbers(here: Setting) -> tuple[Block, ...]:
    """Each gradient = its window = numbers put in = value."""
    return tuple(
        Calculation((step, *here.point.evaluated(step.rhs, (here.delta,))), (reason, *PUT))
        for step, reason in zip(gradients(here), ("numbers.X", "numbers.W"), strict=True)
    )


def gradients(here: Setting) -> tuple[Step, Step]:
    """Both gradients as narrow windows over the error term."""
    rule = steps.gradient(here.d, here.X)
    return Step(rule.lhs, narrow(here, here.W), Rule.WINDOW, Expand((rule,))), by_kernel(here)


def different(here: Setting) -> int:
    """In how many entries the two orders differ if nothing is rotated."""
    pair = [numbers_of(here.point.value(term)) for term in (wide(here.X, here.W), wide(here.W, here.X))]
    return sum(one != other for one, other in zip(*pair, strict=True))


def closing(row: Row, here: Setting, roads: Crosscheck) -> Evidence:
    """What was checked and how."""
    (general,) = theorem("wide-convolution-commutes").parts
    claims = (
        Claim("claim.row", Derivation((commutes(row.x, row.w),))),
        Claim("claim.polynomials", Derivation((row.polynomials,))),
        Claim("claim.image", Derivation((commutes(here.X, here.W),))),
        Claim("claim.all", general),
        Claim("claims.flips", steps.two_flips(here.W), {"kernel": here.W}),
        Claim("claim.back", here.d.proof(here.X)),
        Claim("claim.kernel", Derivation((by_kernel(here),))),
    )
    return Evidence(claims, (roads.screen,))
