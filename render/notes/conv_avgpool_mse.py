"""conv-avgpool-mse: a convolution, average pooling, a squared error against one label.

The numbers are chosen so that everything stays small: the four windows of X add up to 4, 2, 2, 4, the output is 3,
the label 1, and a learning rate of 1/10 halves the error.
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
    Prose,
    Statement,
    prose,
)
from render.figure import network_graph, upsampling
from render.links import NoteLink
from render.notes import steps
from render.notes.closing import Crosscheck
from render.notes.descent import before_collecting, descent, error_in_rate, in_rate, rate_table, updated
from render.notes.numbers import PUT, Point, numbers_of
from render.notes.pictures import turned
from render.notes.stepping import stepper
from render.notes.steps import at
from render.notes.story import claims, met, numbered, one_weight, proved, window_sums
from symbolic import avg_pool2d, conv2d, derive, mse_loss, tensor
from symbolic.kernel.logic import Derivation, Expand, Rule, Step
from symbolic.terms.term import Grad, Map, Node, Stack, Sum, Tensor, scalars

VALUES = {"X": [[2, 0, 1], [1, 1, 0], [0, 0, 3]], "w": [[1, 2], [0, 1]], "t": [[1]]}
RATE = Fraction(1, 10)
CAPTIONS = ("convolution.caption", "convolution.alt")
HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)


class Setting:
    """The network, its numbers, and the same network after one step."""

    def __init__(self) -> None:
        self.X, self.w, self.t = tensor("X", (3, 3)), tensor("w", (2, 2)), tensor("t", (1, 1))
        self.O = conv2d(self.X, self.w, name="O")
        self.z = avg_pool2d(self.O, 2, name="z")
        self.L = mse_loss(self.z, self.t, name="L")
        self.d = derive(self.L)
        self.lr = tensor("lr", ())
        self.w_new = updated(self.d, self.w, self.lr)
        self.O_new = conv2d(self.X, self.w_new, name="O_new")
        self.z_new = avg_pool2d(self.O_new, 2, name="z_new")
        self.L_new = mse_loss(self.z_new, self.t, name="L_new")
        self.point = Point(self.d, VALUES, (self.w_new, self.O_new, self.z_new, self.L_new))
        self.after = self.point.with_leaf(self.lr, RATE)

    def grad(self, tensor: Tensor) -> Grad:
        """dL/d(tensor)."""
        return Grad(self.L, tensor)

    @property
    def error(self) -> Sum:
        """z_11 - t_11."""
        return steps.minus(at(self.z, 0, 0), at(self.t, 0, 0))

    @property
    def average(self) -> Step:
        """z_11 = a quarter of the sum of O."""
        return average(self.z, self.O)

    @property
    def rules(self) -> tuple[Step, ...]:
        """The reverse sweep from the loss to the kernel."""
        return tuple(steps.gradient(self.d, tensor) for tensor in (self.z, self.O, self.w))


def average(z: Node, O: Node) -> Step:
    """The only entry of z = a quarter of the sum of O."""
    total = Sum(tuple(at(O, *place) for place in steps.indices((2, 2))), ())
    return Step(at(z, 0, 0), scalars(total, scale=QUARTER), Rule.EXPAND, Expand((steps.definition(z),)))


def note() -> Document:
    """The note."""
    here = Setting()
    roads = Crosscheck(here.d, VALUES)
    blocks = (
        Prose("intro"),
        *setting(here),
        *forward(here),
        *first_weight(here),
        *other_weights(here),
        *convolution(here),
        *image(here),
        *update(here),
        *roads.blocks(here.w, here.X),
        closing(here, roads),
    )
    return Document("conv-avgpool-mse", "title", blocks)


def setting(here: Setting) -> tuple[Block, ...]:
    """Three layers, the numbers, the graph."""
    graph = network_graph(here.L, gradients={"t": None})
    return (
        Heading("setting.title"),
        Prose("setting.layers"),
        Statement(tuple(steps.definition(node) for node in (here.O, here.z, here.L))),
        Figure(graph, "graph", "setting.caption", "setting.alt"),
        Prose("setting.numbers"),
        Statement(here.point.given),
    )


def forward(here: Setting) -> tuple[Block, ...]:
    """O entry by entry, its average, the loss."""
    squared = Map("pow", here.error, param=Fraction(2))
    return (
        Heading("forward.title"),
        Prose("forward.convolution"),
        Statement((steps.expanded(here.O),), layout="entries"),
        Statement((here.point.step(here.O),)),
        Prose("forward.average"),
        Calculation(here.point.worked(here.average.lhs, here.average.rhs, (here.O,)).steps, ("", *PUT)),
        Calculation(here.point.worked(here.L, squared, (here.z,), Rule.DEFINITION).steps, ("", *PUT)),
        prose("forward.result", output=here.point.amount(here.average.lhs), label=here.point.amount(at(here.t, 0, 0))),
    )


def first_weight(here: Setting) -> tuple[Block, ...]:
    """dL/dw_11, layer by layer from the back."""
    by_output = steps.local(here.z, here.O)
    loss = Step(at(here.grad(here.z), 0, 0), scalars(here.error, scale=Fraction(2)), Rule.LOCAL, Expand(here.rules[:1]))
    chain = steps.picked(steps.chain(here.L, here.O), (0, 0))
    half = scalars(here.error, scale=HALF)
    put = scalars(loss.rhs, steps.number(QUARTER))
    arrives = (
        chain,
        Step(chain.rhs, put, Rule.LOCAL, Expand((*here.rules[:1], by_output))),
        Step(put, half, Rule.COLLECT, Expand()),
    )
    pixels = met(here.O, here.w, (0, 0))
    collected = scalars(here.error, Sum(tuple(pixel.rhs for pixel in pixels), ()), scale=HALF)
    links = one_weight(here.d, here.O, here.w, collected, here.rules[:2])
    return (
        Heading("first.title"),
        Prose("first.loss"),
        Statement((loss,), gradient="partial"),
        Prose("first.pooling"),
        Statement((steps.picked(by_output, (0, 0, 0, 0)),), gradient="partial"),
        Prose("first.convolution"),
        Statement(pixels, gradient="partial"),
        Prose("first.arrives"),
        Calculation(arrives, ("first.through", "first.put", "first.half"), gradient="partial"),
        Prose("first.chain"),
        Calculation(
            (*links, *here.point.evaluated(collected, (here.z,))),
            ("first.paths", "first.local", "first.collect", *PUT),
            gradient="partial",
        ),
    )


def collected(here: Setting) -> Step:
    """dL/dw, for each weight half the error times the sum of its window."""
    sums = window_sums(here.O, here.w).entries
    rhs = Stack(tuple(scalars(here.error, window, scale=HALF) for window in sums), here.w.shape)
    return Step(here.grad(here.w), rhs, Rule.COLLECT, Expand(here.rules))


def other_weights(here: Setting) -> tuple[Block, ...]:
    """The four lines, then the four numbers."""
    error, sums = here.point.amount(here.error), numbers_of(here.point.value(window_sums(here.O, here.w)))
    return (
        Heading("others.title"),
        Prose("others.text"),
        Statement((collected(here),), layout="entries"),
        prose("others.numbers", error=error, half=HALF * error, one=sums[0], two=sums[1], three=sums[2], four=sums[3]),
        Statement((here.point.step(here.grad(here.w)),), gradient="partial"),
    )


def convolution(here: Setting) -> tuple[Block, ...]:
    """Pooling spreads, the convolution collects."""
    error, above = here.grad(here.O), here.grad(here.z)
    pooled = Step(error, here.d.proof(here.O).rhs, Rule.WINDOW, Expand(here.rules[1:2]))
    links = (pooled, *here.point.evaluated(pooled.rhs, (above,)))
    shares = [[_label(here.point.amount(at(error, i, j))) for j in range(2)] for i in range(2)]
    whole = [[_label(here.point.amount(at(above, 0, 0)))]]
    return (
        Heading("convolution.title"),
        prose("convolution.pooling", above=here.point.amount(at(above, 0, 0))),
        Calculation(links, ("convolution.spread", *PUT), gradient="partial"),
        Figure(upsampling(whole, shares, (2, 2), titles=("∂L/∂z", "∂L/∂O")), "pooling", *CAPTIONS),
        Prose("convolution.text"),
        Abbreviation(error),
        proved(here.point, here.w, error, ("convolution.share", "convolution.window")),
    )


def _label(value: Fraction) -> str:
    return str(value)


def image(here: Setting) -> tuple[Block, ...]:
    """The gradient of the image, the kernel turned."""
    return (
        Heading("image.title"),
        prose("image.text", note=NoteLink("conv-layer")),
        *turned(here.w),
        Prose("image.corners"),
        numbered(here.point, here.X, here.grad(here.O), "image.full"),
        Prose("image.pixel"),
        stepper(here.d, here.O, here.z),
    )


def again(here: Setting) -> tuple[Block, ...]:
    """Forward with the new kernel, line by line."""
    error = Map("pow", steps.minus(at(here.z_new, 0, 0), at(here.t, 0, 0)), param=Fraction(2))
    mean = average(here.z_new, here.O_new)
    runs = (
        here.after.worked(here.O_new, here.O_new.body, (here.w_new,), Rule.DEFINITION),
        here.after.worked(mean.lhs, mean.rhs, (here.O_new,)),
        here.after.worked(here.L_new, error, (here.z_new,), Rule.DEFINITION),
    )
    return tuple(Calculation(run.steps, ("", *PUT)) for run in runs)


def in_letters(here: Setting) -> tuple[Step, ...]:
    """z after the step = 3 - rate (gradients times window sums) / 4 = a line in the rate."""
    slopes, shares = (numbers_of(here.point.value(x)) for x in (here.grad(here.w), window_sums(here.O, here.w)))
    z_new = at(here.z_new, 0, 0)
    first = before_collecting(here.point, z_new, here.lr, tuple(zip(slopes, shares, strict=True)), QUARTER)
    return first, Step(first.rhs, in_rate(here.point, z_new, here.lr, 1).rhs, Rule.NUMBERS, Expand())


def update(here: Setting) -> tuple[Block, ...]:
    """The step, and that it helps."""
    z_new = in_rate(here.point, at(here.z_new, 0, 0), here.lr, 1)
    error = error_in_rate(here.point, here.L_new, z_new, at(here.t, 0, 0))
    rates = [RATE / 2, RATE, 2 * RATE, 4 * RATE, 5 * RATE]
    before, then = here.point.amount(here.L), here.after.amount(here.L_new)
    return (
        Heading("update.title"),
        Prose("update.text"),
        Statement(here.after.given_for(here.lr)),
        *descent(here.after, here.w_new),
        Prose("update.again"),
        *again(here),
        prose("update.falls", before=before, after=then),
        Prose("update.why"),
        Calculation(in_letters(here), ("update.each", "reason.value")),
        Prose("update.loss"),
        Calculation(error, ("update.put", "reason.value")),
        Prose("update.rates"),
        rate_table(here.point, here.lr, here.L_new, (at(here.z_new, 0, 0), here.L_new), rates),
        Box("update.box", (Prose("update.moral"),)),
    )


def closing(here: Setting, roads: Crosscheck) -> Evidence:
    """What was checked and how."""
    pooling = here.d.proof(here.O)
    own = (
        Claim("claim.collected", Derivation((collected(here),))),
        Claim("claim.pooling", pooling),
        *(Claim("claim.pooling_all", theorem) for theorem in pooling.theorems),
        *claims(here.d, here.w, here.X),
        Claim("claim.numbers", Derivation((here.point.step(here.grad(here.w)),))),
        Claim("claim.update", Derivation((here.after.step(here.L_new),))),
    )
    return Evidence(own, (roads.screen,))
