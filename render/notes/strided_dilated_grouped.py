"""strided-dilated-grouped: what a stride, a dilation and groups become on the way back; one table for all of them."""

from __future__ import annotations

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
    Table,
    Theorem,
    phrase,
    prose,
)
from render.figure import entries, film_strip, relation_row, rot180, sliding_window, sliding_windows
from render.notes import steps
from render.notes import strided as examples
from render.notes.closing import Crosscheck, together
from render.notes.numbers import PUT
from render.notes.relationships import two_ways
from render.notes.stepping import stepper, steppers
from render.notes.story import recognized
from render.notes.strided import Layer, with_zeros
from symbolic.kernel.logic import Derivation, Step
from symbolic.theorems import theorem


def note() -> Document:
    """The note."""
    stride, dilation, depth = examples.strided(), examples.dilated(), examples.depthwise()
    image, groups = examples.strided_image(), examples.grouped()
    roads = [Crosscheck(layer.d, layer.values) for layer in (stride, dilation, depth, image, groups)]
    blocks = (
        Prose("intro"),
        *forward(stride),
        *remainder(stride),
        *backward(stride),
        *filters(stride),
        *two_dimensions(image),
        *apart(dilation),
        *table(),
        *in_groups(depth, groups),
        steppers(*(stepper(layer.d, layer.O) for layer in (stride, image, dilation, depth, groups))),
        *roads[0].blocks(stride.X, stride.F),
        closing(stride, dilation, depth, groups, tuple(roads)),
    )
    return Document("strided-dilated-grouped", "title", blocks)


def forward(layer: Layer) -> tuple[Block, ...]:
    """One row, stride 2."""
    frames = sliding_windows((6,), (3,), stride=2, titles=("X", "", "O"), cell=7.0)
    return (
        Heading("forward.title"),
        Prose("forward.text"),
        Statement((steps.definition(layer.O),)),
        Statement((steps.expanded(layer.O),), layout="entries"),
        Figure(film_strip(frames, per_row=1), "forward", "forward.caption", "forward.alt"),
        Prose("forward.delta"),
        Abbreviation(layer.delta),
    )


def remainder(layer: Layer) -> tuple[Block, ...]:
    """Every pixel's share; the last one has none."""
    return (
        Heading("remainder.title"),
        Prose("remainder.text"),
        Statement((steps.shares(layer.d, layer.X),), layout="entries"),
        Prose("remainder.zero"),
        Box("remainder.box", (Prose("remainder.moral"),)),
    )


def backward(layer: Layer) -> tuple[Block, ...]:
    """The window over delta with zeros inserted."""
    step = recognized(layer.d, layer.X)
    relation = relation_row(2, 3, 6, stride=2, at=(1, 1, 2))
    frames = sliding_windows(
        (2,), (3,), insert=2, padding=[(2, 3)], names=("δ", "F", "X"), titles=("", "", ""),
        kernel_labels=rot180(entries("F", 3)), output_labels=(), cell=6.0,
    )  # fmt: skip
    return (
        Heading("backward.title"),
        Prose("backward.text"),
        Figure(relation, "relation", "backward.relation_caption", "backward.relation_alt"),
        Prose("backward.zeros"),
        Calculation((step, with_zeros(step.rhs)), ("backward.window", "backward.written")),
        Figure(film_strip(frames, per_row=1), "zeros", "backward.caption", "backward.alt"),
        Prose("backward.padding"),
        Statement((*layer.point.given_for(layer.X, layer.F), layer.arriving)),
        Calculation(layer.worked(layer.X, (2,)), ("backward.share", *PUT)),
        Statement((layer.point.step(layer.grad(layer.X)),), gradient="partial"),
    )


def filters(layer: Layer) -> tuple[Block, ...]:
    """The stride becomes a dilation."""
    return (
        Heading("filter.title"),
        Prose("filter.text"),
        Statement((steps.shares(layer.d, layer.F),), layout="entries"),
        Prose("filter.apart"),
        Statement((recognized(layer.d, layer.F),), ("filter.window",)),
        Calculation(layer.worked(layer.F, (0,)), ("filter.share", *PUT)),
        Statement((layer.point.step(layer.grad(layer.F)),), gradient="partial"),
    )


def two_dimensions(layer: Layer) -> tuple[Block, ...]:
    """The last row and the last column get nothing."""
    frame = sliding_window(
        2, 3, insert=2, padding=[(2, 3), (2, 3)], at=(2, 2), names=("δ", "F", "X"), titles=("δ", "", "∂L/∂X"),
        kernel_labels=rot180(entries("F", 3, 3)), output_labels=(), cell=7.0,
    )  # fmt: skip
    return (
        Heading("two.title"),
        Prose("two.text"),
        Statement((recognized(layer.d, layer.X),), ("two.window",)),
        Figure(frame, "image", "two.caption", "two.alt"),
        Prose("two.numbers"),
        Statement((*layer.point.given_for(layer.F), layer.arriving, layer.point.step(layer.grad(layer.X)))),
        prose("two.said", count=len(examples.unread(layer))),
    )


def apart(layer: Layer) -> tuple[Block, ...]:
    """Dilation: the holes stay holes."""
    return (
        Heading("dilation.title"),
        Prose("dilation.text"),
        Statement((steps.definition(layer.O),)),
        Statement((steps.expanded(layer.O),), layout="entries"),
        Figure(two_ways(15), "dilation", "dilation.caption", "dilation.alt"),
        Prose("dilation.input"),
        Statement((steps.shares(layer.d, layer.X),), layout="entries"),
        Prose("dilation.window"),
        Statement((recognized(layer.d, layer.X), recognized(layer.d, layer.F)), ("dilation.stays", "dilation.becomes")),
        Prose("dilation.said"),
    )


def table() -> tuple[Block, ...]:
    """Three views of one relation."""
    columns = ("view", "stride", "dilation", "insert", "padding")
    rows = tuple(tuple(phrase(f"table3.{view}_{column}") for column in columns) for view in ("o", "f", "x"))
    (by_filter,), (by_input,) = theorem("filter-gradient").parts, theorem("input-gradient").parts
    return (
        Heading("table3.title"),
        Prose("table3.text"),
        Table(tuple(f"table3.{column}" for column in columns), rows, "table3.caption"),
        Prose("table3.read"),
        Theorem(by_filter, "table3.filter"),
        Theorem(by_input, "table3.image"),
        Prose("table3.twice"),
    )


def in_groups(depth: Layer, groups: Layer) -> tuple[Block, ...]:
    """Blocks of channels that do not see one another."""
    return (
        Heading("groups.title"),
        Prose("groups.text"),
        Figure(examples.channel_matrices, "channels", "groups.caption", "groups.alt"),
        Prose("groups.count"),
        Table(("groups.groups", "groups.seen", "groups.weights"), examples.counted(), "groups.weights_caption"),
        Prose("groups.depthwise"),
        Statement((steps.expanded(depth.O),), layout="entries"),
        Prose("groups.apart"),
        Statement((steps.shares(depth.d, depth.X),), layout="entries"),
        Statement((recognized(depth.d, depth.F), recognized(depth.d, depth.X)), ("groups.one", "groups.same")),
        Calculation(depth.worked(depth.X, (0, 1)), ("groups.share", *PUT)),
        Prose("groups.general"),
        Statement((recognized(groups.d, groups.F), recognized(groups.d, groups.X)), ("groups.pair", "groups.sum")),
        Prose("groups.said"),
    )


def closing(stride: Layer, dilation: Layer, depth: Layer, groups: Layer, roads: tuple[Crosscheck, ...]) -> Evidence:
    """What was checked and how."""
    step: Step = recognized(stride.d, stride.X)
    (by_filter,), (by_input,) = theorem("filter-gradient").parts, theorem("input-gradient").parts
    claims = (
        Claim("claim.zero", Derivation((examples.zeros(stride),))),
        Claim("claim.inserted", Derivation((step, with_zeros(step.rhs)))),
        Claim("claim.filter", stride.d.proof(stride.F)),
        Claim("claim.dilated", dilation.d.proof(dilation.X)),
        Claim("claim.depthwise", depth.d.proof(depth.X)),
        Claim("claim.groups", groups.d.proof(groups.X)),
        Claim("claim.all_filter", by_filter),
        Claim("claim.all_input", by_input),
        *(Claim(f"claim.{part.name}", part) for part in theorem("window-swaps").parts),
    )
    return Evidence(claims, together(*roads))
