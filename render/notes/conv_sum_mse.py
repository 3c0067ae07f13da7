"""conv-sum-mse: one convolution, a sum, a squared error; the gradient of one weight by hand, then all, then a step.

Source  the numbers X = 1..9, K = [[3, 2], [1, 5]], target 230, learning rate 0.01 of a published exercise.
"""

from __future__ import annotations

from fractions import Fraction

from render.document import (
    Abbreviation,
    Block,
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
from render.figure import film_strip, network_graph, sliding_windows
from render.links import NoteLink
from render.notes import steps
from render.notes.closing import Crosscheck
from render.notes.conv_sum_step import RATE, overshoot, update
from render.notes.descent import in_rate, updated
from render.notes.numbers import PUT, Point
from render.notes.pictures import numbered_window, turned
from render.notes.stepping import stepper
from render.notes.story import claims, met, numbered, one_weight, proved, window_sums
from symbolic import conv2d, derive, mse_loss, tensor
from symbolic.functional import sum as total
from symbolic.kernel.logic import Derivation, Expand, Rule, Step
from symbolic.terms.layers import pointwise
from symbolic.terms.term import Grad, Map, Multi, Sum, Tensor, Term, scalars

IMAGE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
VALUES = {"X": IMAGE, "K": [[3, 2], [1, 5]], "T": 230}


class Setting:
    """The network, its numbers, and the same network after one step."""

    def __init__(self) -> None:
        self.X, self.K, self.T = tensor("X", (3, 3)), tensor("K", (2, 2)), tensor("T", ())
        self.O = conv2d(self.X, self.K, name="O")
        self.S = total(self.O, name="S")
        self.L = mse_loss(self.S, self.T, name="L")
        self.d = derive(self.L)
        self.lr = tensor("lr", ())
        self.K_new = updated(self.d, self.K, self.lr)
        self.O_new = conv2d(self.X, self.K_new, name="O_new")
        self.S_new = total(self.O_new, name="S_new")
        self.L_new = mse_loss(self.S_new, self.T, name="L_new")
        self.point = Point(self.d, VALUES, (self.K_new, self.O_new, self.S_new, self.L_new))
        self.after = self.point.with_leaf(self.lr, RATE)

    def grad(self, tensor: Tensor) -> Grad:
        """dL/d(tensor)."""
        return Grad(self.L, tensor)

    @property
    def difference(self) -> Term:
        """S - T."""
        return steps.minus(self.S, self.T)


def note() -> Document:
    """The note."""
    here = Setting()
    roads = Crosscheck(here.d, VALUES)
    blocks = (
        Prose("intro"),
        *setting(here),
        *forward(here),
        *first_weight(here),
        *all_weights(here),
        *convolution(here),
        *image(here),
        *update(here),
        *overshoot(here),
        *roads.blocks(here.K, here.X),
        closing(here, roads),
    )
    return Document("conv-sum-mse", "title", blocks)


def setting(here: Setting) -> tuple[Block, ...]:
    """The three layers, the numbers, the graph."""
    definitions = tuple(steps.definition(node) for node in (here.O, here.S, here.L))
    graph = network_graph(here.L, gradients={"X": "∂L/∂X", "T": None})
    return (
        Heading("setting.title"),
        Prose("setting.layers"),
        Statement(definitions),
        Prose("setting.numbers"),
        Statement(here.point.given),
        Figure(graph, "graph", "setting.caption", "setting.alt"),
    )


def forward(here: Setting) -> tuple[Block, ...]:
    """Every entry of O written out, then the numbers."""
    written = steps.expanded(here.O)
    first = steps.picked(written, (0, 0))
    error = Map("pow", here.difference, param=Fraction(2))
    return (
        Heading("forward.title"),
        Prose("forward.expanded"),
        Statement((written,), layout="entries"),
        Prose("forward.first"),
        Calculation(here.point.worked(first.lhs, first.rhs).steps, ("", *PUT)),
        Prose("forward.others"),
        Statement((here.point.step(here.O),)),
        Calculation(here.point.worked(here.S, steps.expanded(here.S).rhs, (here.O,)).steps, ("", *PUT)),
        Calculation(here.point.worked(here.L, error, (here.S,), Rule.DEFINITION).steps, ("", *PUT)),
        prose(
            "forward.result",
            sum=here.point.amount(here.S),
            target=here.point.amount(here.T),
            loss=here.point.amount(here.L),
        ),
    )


def rules(here: Setting) -> tuple[Step, ...]:
    """What arrives at S, at O and at K, by the reverse sweep."""
    return tuple(steps.gradient(here.d, tensor) for tensor in (here.S, here.O, here.K))


def first_weight(here: Setting) -> tuple[Block, ...]:
    """dL/dK_11 by the chain rule through all four outputs."""
    twice = scalars(here.difference, scale=Fraction(2))
    by_sum = steps.follows(here.grad(here.S), twice, Rule.LOCAL, *rules(here))
    by_output = steps.local(here.S, here.O)
    error = steps.picked(steps.chain(here.L, here.O), (0, 0))
    arrives = (error, Step(error.rhs, twice, Rule.LOCAL, Expand((by_sum, by_output))))
    pixels = met(here.O, here.K, (0, 0))
    collected = scalars(here.difference, Sum(tuple(step.rhs for step in pixels), ()), scale=Fraction(2))
    links = one_weight(here.d, here.O, here.K, collected, rules(here))
    return (
        Heading("first.title"),
        Prose("first.where"),
        Statement(pixels, gradient="partial"),
        Prose("first.above"),
        Statement((steps.picked(by_output, (0, 0)), by_sum), ("first.sum", "first.square"), gradient="partial"),
        Prose("first.arrives"),
        Calculation(arrives, ("first.through", "first.same"), gradient="partial"),
        Prose("first.chain"),
        Calculation(
            (*links, *here.point.evaluated(collected, (here.S,))),
            ("first.paths", "first.local", "first.collect", *PUT),
            gradient="partial",
        ),
        Prose("first.said"),
    )


def collected(here: Setting) -> Step:
    """dL/dK = 2 (S - T) times the window sums."""
    form = pointwise([(), here.K.shape], here.K.shape, scale=Fraction(2))
    rhs = Multi(form, (here.difference, window_sums(here.O, here.K)))
    return Step(here.grad(here.K), rhs, Rule.COLLECT, Expand(rules(here)))


def all_weights(here: Setting) -> tuple[Block, ...]:
    """The other three weights are the same with another window."""
    step = collected(here)
    form = pointwise([(), here.K.shape], here.K.shape, scale=Fraction(2))
    sums = here.point.value(window_sums(here.O, here.K))
    put = Multi(form, (here.point.put(here.difference, (here.S,)), sums))
    links = (
        step,
        Step(step.rhs, put, Rule.GIVEN, Expand(here.point.facts)),
        Step(put, here.point.value(here.grad(here.K)), Rule.NUMBERS, Expand()),
    )
    labels = [[str(number) for number in row] for row in IMAGE]
    frames = sliding_windows(
        3, 2, input_labels=labels, kernel_labels=(), names=("X", "K", "K"), titles=("X", "", "∂L/∂K"), cell=7.0
    )
    return (
        Heading("all.title"),
        Prose("all.text"),
        Figure(film_strip(frames, per_row=2), "windows", "all.caption", "all.alt"),
        Calculation(links, ("all.collect", "all.sums", "reason.value"), gradient="partial"),
        Prose("all.pattern"),
    )


def convolution(here: Setting) -> tuple[Block, ...]:
    """X slid over by the error term."""
    error = here.grad(here.O)
    return (
        Heading("convolution.title"),
        Prose("convolution.delta"),
        Abbreviation(error),
        Statement((here.point.step(error),)),
        Prose("convolution.text"),
        proved(here.point, here.K, error, ("convolution.share", "convolution.window")),
        Prose("convolution.theorem"),
    )


def image(here: Setting) -> tuple[Block, ...]:
    """The gradient of the image: the kernel is read backwards."""
    return (
        Heading("image.title"),
        Prose("image.text"),
        Statement((steps.shares(here.d, here.X),), layout="entries"),
        Prose("image.backwards"),
        *turned(here.K),
        prose("image.corners", note=NoteLink("conv-layer")),
        numbered(here.point, here.X, here.grad(here.O), "image.full"),
        Figure(
            numbered_window(here.point, here.grad(here.O), here.K, here.grad(here.X)),
            "middle",
            "image.caption",
            "image.alt",
        ),
        stepper(here.d, here.O),
    )


def closing(here: Setting, roads: Crosscheck) -> Evidence:
    """What was checked and how."""
    own = (
        Claim("claim.first", Derivation((steps.chain(here.L, here.K),))),
        Claim("claim.collected", Derivation((collected(here),))),
        Claim("claim.numbers", Derivation((here.point.step(here.grad(here.K)),))),
        Claim("claim.update", Derivation((here.after.step(here.K_new),))),
        Claim("claim.overshoot", Derivation((in_rate(here.point, here.S_new, here.lr, 1),))),
    )
    return Evidence((*own[:2], *claims(here.d, here.K, here.X), *own[2:]), (roads.screen,))
