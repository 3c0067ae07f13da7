"""conv-layer: both gradients of a convolution layer, in symbols, from the chain rule to "it is a convolution".

The layers above stand for any network: all that they hand down is the error term delta = dL/dO. They are given as
the pairing L = sum of D_ij O_ij, whose error term is D, so that delta is anything at all.
"""

from __future__ import annotations

from fractions import Fraction

from render.document import (
    Abbreviation,
    Block,
    Box,
    Calculation,
    Claim,
    Details,
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
from render.figure import film_strip, sliding_windows
from render.links import NoteLink
from render.notes import steps
from render.notes.closing import Crosscheck
from render.notes.conv_row import Row, one_row
from render.notes.descent import descent, updated
from render.notes.numbers import PUT, Point, numbers_of
from render.notes.pictures import full_windows, layer_graph, numbered_window, turned
from render.notes.stepping import stepper
from render.notes.steps import at
from render.notes.story import claims, numbered, one_entry, recognized, recognized_from
from symbolic import conv2d, derive, tensor
from symbolic.kernel.logic import Derivation, Rule, Step
from symbolic.terms.term import Grad, Leaf, Multi, Tensor, Term

VALUES = {"X": [[1, 2, 0], [0, 1, 3], [2, 1, 1]], "F": [[1, 2], [3, 4]], "D": [[1, -1], [0, 2]]}
RATE = Fraction(1, 10)


class Setting:
    """The layer, whatever lies above it, and one choice of numbers."""

    def __init__(self) -> None:
        self.X, self.F, self.D = tensor("X", (3, 3)), tensor("F", (2, 2)), tensor("D", (2, 2))
        self.O = conv2d(self.X, self.F, name="O")
        self.d = derive(self.O, gradient=self.D)
        self.delta = Grad(self.d.loss, self.O)
        self.lr = tensor("lr", ())
        self.F_new = updated(self.d, self.F, self.lr)
        self.point = Point(self.d, VALUES, (self.F_new,))
        self.after = self.point.with_leaf(self.lr, RATE)

    def grad(self, tensor: Tensor) -> Grad:
        """dL/d(tensor)."""
        return Grad(self.d.loss, tensor)


def note() -> Document:
    """The note."""
    row, here = Row(), Setting()
    roads = Crosscheck(here.d, VALUES)
    blocks = (
        prose("intro", note=NoteLink("chain-rule")),
        *one_row(row),
        *setting(here),
        *forward(here),
        *local_gradients(here),
        *filter_gradient(here),
        *input_gradient(here),
        *why(),
        *all_sizes(here),
        *numbers(here),
        *conclusion(here),
        *roads.blocks(here.F, here.X),
        closing(row, here, roads),
    )
    return Document("conv-layer", "title", blocks)


def setting(here: Setting) -> tuple[Block, ...]:
    """One layer in the middle of a network."""
    return (
        Heading("setting.title"),
        Prose("setting.layer"),
        Statement((steps.spelled(here.X), steps.spelled(here.F), steps.definition(here.O))),
        Figure(layer_graph, "graph", "setting.caption", "setting.alt"),
        Prose("setting.delta"),
        Abbreviation(here.delta),
        Prose("setting.plan"),
    )


def forward(here: Setting) -> tuple[Block, ...]:
    """The four entries of O."""
    frames = sliding_windows(3, 2, titles=("", "", "O"), cell=8.0)
    return (
        Heading("forward.title"),
        Prose("forward.text"),
        Statement((steps.expanded(here.O),), layout="entries"),
        Figure(film_strip(frames, per_row=2), "forward", "forward.caption", "forward.alt"),
    )


def local_gradients(here: Setting) -> tuple[Block, ...]:
    """dO/dF and dO/dX read off the four lines."""
    by_filter, by_input = steps.local(here.O, here.F), steps.local(here.O, here.X)
    examples = (steps.picked(by_filter, (0, 0, 0, 1)), steps.picked(by_input, (0, 0, 0, 1)))
    return (
        Heading("local.title"),
        Prose("local.text"),
        Statement(examples),
        Prose("local.filter"),
        slopes(here, by_filter, here.F, "local.filter_caption"),
        Prose("local.input"),
        slopes(here, by_input, here.X, "local.input_caption"),
        Prose("local.pattern"),
    )


def slopes(here: Setting, local: Step, by: Leaf, caption: str) -> Table:
    """A row per entry of O, a column per entry of F or X, cells from the checked step."""
    cells = steps.spelled(local.rhs).rhs.parts
    rows = [
        (at(here.O, *place), *cells[row * by.size : (row + 1) * by.size])
        for row, place in enumerate(steps.indices(here.O.shape))
    ]
    header: tuple[str | Term, ...] = ("local.corner", *(at(by, *index) for index in steps.indices(by.shape)))
    return Table(header, tuple(rows), caption)


def filter_gradient(here: Setting) -> tuple[Block, ...]:
    """Four sums, and the window in them."""
    shares = steps.shares(here.d, here.F)
    links = recognized_from(here.d, here.F, shares)
    frames = sliding_windows(3, 2, names=("X", "δ", "F"), titles=("", "", "∂L/∂F"), cell=8.0)
    return (
        Heading("filter.title"),
        Prose("filter.chain"),
        Calculation(one_entry(here.d, here.O, here.F, (0, 0)), ("filter.paths", "filter.local")),
        Prose("filter.all"),
        Statement((shares,), layout="entries"),
        Prose("filter.window"),
        Figure(film_strip(frames, per_row=2), "filter", "filter.caption", "filter.alt"),
        Calculation(links, ("filter.recognized", "filter.names")),
    )


def input_gradient(here: Setting) -> tuple[Block, ...]:
    """Nine sums, read backwards, and the full convolution in them."""
    shares = steps.shares(here.d, here.X)
    links = recognized_from(here.d, here.X, shares)
    return (
        Heading("input.title"),
        Prose("input.chain"),
        Calculation(one_entry(here.d, here.O, here.X, (0, 0)), ("input.corner", "input.zeros")),
        Calculation(one_entry(here.d, here.O, here.X, (1, 1)), ("input.middle", "input.local")),
        Prose("input.all"),
        Statement((shares,), layout="entries"),
        Prose("input.backwards"),
        *turned(here.F),
        Prose("input.corners"),
        Figure(full_windows(here.F, here.X), "full", "input.caption", "input.alt"),
        Calculation(links, ("input.recognized", "input.names")),
        stepper(here.d, here.O),
    )


def why() -> tuple[Block, ...]:
    """The question that everybody asks."""
    return (Box("why.title", (Prose("why.text"),)),)


def all_sizes(here: Setting) -> tuple[Block, ...]:
    """The two theorems that the instances cite."""
    (by_filter,), (by_input,) = (here.d.proof(t).theorems for t in (here.F, here.X))
    return (
        Heading("all.title"),
        Prose("all.text"),
        Theorem(by_filter, "all.filter"),
        Theorem(by_input, "all.input"),
        Prose("all.here"),
        Details("all.proof", (Prose("all.axes"), Calculation(by_input.steps))),
    )


def numbers(here: Setting) -> tuple[Block, ...]:
    """Small numbers, the mistake without the rotation, and the update."""
    delta = steps.follows(here.delta, here.point.value(here.delta), Rule.GIVEN, *here.point.facts)
    wrong = unturned(here, here.d.proof(here.X).rhs)
    return (
        Heading("numbers.title"),
        Prose("numbers.text"),
        Statement((*here.point.given_for(here.X, here.F), delta)),
        Prose("numbers.forward"),
        Calculation(here.point.worked(here.O, here.O.body, (), Rule.DEFINITION).steps, ("", *PUT)),
        Prose("numbers.filter"),
        numbered(here.point, here.F, here.delta, "numbers.filter_reason"),
        Prose("numbers.input"),
        numbered(here.point, here.X, here.delta, "numbers.input_reason"),
        Figure(
            numbered_window(here.point, here.delta, here.F, here.grad(here.X)),
            "middle",
            "numbers.caption",
            "numbers.alt",
        ),
        Prose("numbers.wrong"),
        Calculation(here.point.evaluated(wrong, (here.delta,)), PUT),
        prose("numbers.differ", count=differences(here, wrong)),
        Prose("numbers.update"),
        Statement(here.after.given_for(here.lr)),
        *descent(here.after, here.F_new),
    )


def unturned(here: Setting, window: Term) -> Term:
    """The same full convolution with the kernel as it is: what one gets who forgets the rotation."""
    if not isinstance(window, Multi):
        raise TypeError("expected a form")
    operands = tuple(operand if operand == here.delta else here.F for operand in window.operands)
    return Multi(window.form, operands)


def differences(here: Setting, wrong: Term) -> int:
    """In how many entries a term differs from dL/dX at the given numbers."""
    values = [here.point.value(term) for term in (wrong, here.grad(here.X))]
    return sum(one != other for one, other in zip(*(numbers_of(value) for value in values), strict=True))


def conclusion(here: Setting) -> tuple[Block, ...]:
    """Three convolutions."""
    rows: tuple[tuple[Inline, ...], ...] = (
        (phrase("conclusion.forward"), steps.definition(here.O)),
        (phrase("conclusion.filter"), recognized(here.d, here.F)),
        (phrase("conclusion.input"), recognized(here.d, here.X)),
    )
    return (
        Heading("conclusion.title"),
        Prose("conclusion.text"),
        Table(("conclusion.pass", "conclusion.what"), rows),
        Prose("conclusion.end"),
    )


def closing(row: Row, here: Setting, roads: Crosscheck) -> Evidence:
    """What was checked and how."""
    own = (
        Claim("claim.row", Derivation((recognized(row.d, row.X),))),
        Claim("claim.local", Derivation((steps.local(here.O, here.F),))),
        *claims(here.d, here.F, here.X),
        Claim("claim.numbers", Derivation((here.point.step(here.grad(here.X)),))),
    )
    return Evidence(own, (roads.screen,))
