"""conv-cost: multiply-adds, parameters and activations of a convolution layer, forward and backward.

Source  exercise 5-4 of the text: 100 x 100 x 256 through 3 x 3 to 100 x 100 x 256, directly and through 1 x 1 x 64.
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
    Inline,
    Prose,
    Statement,
    Table,
    phrase,
    prose,
)
from render.figure import GraphEdge, GraphNode, Scene, computation_graph
from render.figure import prose as said
from render.notes import steps
from render.notes.budget import BOTTLENECK, DIRECT, Sizes, amounts, break_even
from render.notes.numbers import PUT
from render.notes.stepping import stepper
from symbolic import conv2d, derive, tensor
from symbolic.kernel.logic import Derivation, Expand, Rule, Step
from symbolic.terms.cost import multiply_adds
from symbolic.terms.term import Grad, Multi, Sum, scalars

Shape = tuple[int, ...]
# Image and filter of some small layers whose products are counted one by one.
COUNTED: tuple[tuple[Shape, Shape], ...] = (
    ((3, 3), (2, 2)),
    ((2, 3, 3), (3, 2, 2, 2)),
    ((3, 2, 2), (2, 3, 1, 1)),
    ((1, 4, 5), (2, 1, 3, 2)),
)


class Small:
    """A layer small enough to count its products by hand."""

    def __init__(self, image: Shape = (3, 3), kernel: Shape = (2, 2)) -> None:
        self.X, self.F = tensor("X", image), tensor("F", kernel)
        self.O = conv2d(self.X, self.F, name="O")
        self.D = tensor("D", self.O.shape)
        self.d = derive(self.O, gradient=self.D)
        self.delta = Grad(self.d.loss, self.O)

    @property
    def products(self) -> dict[str, int]:
        """How many products stand on the page for the output and each gradient."""
        bodies = {
            "forward": steps.expanded(self.O).rhs,
            "filter": steps.shares(self.d, self.F).rhs,
            "input": steps.shares(self.d, self.X).rhs,
        }
        return {
            key: sum(len(part.terms) if isinstance(part, Sum) else 1 for part in body.parts)
            for key, body in bodies.items()
        }


def note() -> Document:
    """The note."""
    small, sizes = Small(), Sizes()
    blocks = (
        Prose("intro"),
        *counting(small),
        *formulas(sizes),
        *backward(small),
        stepper(small.d, small.O),
        *example(sizes),
        *bottleneck(sizes),
        *when(sizes),
        *loops(),
        closing(small, sizes),
    )
    return Document("conv-cost", "title", blocks)


def counting(small: Small) -> tuple[Block, ...]:
    """Count the products of a layer that fits on the page."""
    return (
        Heading("count.title"),
        Prose("count.text"),
        Statement((steps.expanded(small.O),), layout="entries"),
        prose("count.said", count=small.products["forward"]),
        Prose("count.unit"),
    )


def formulas(sizes: Sizes) -> tuple[Block, ...]:
    """The three counts as formulas in letters."""
    return (
        Heading("formula.title"),
        Prose("formula.text"),
        Prose("formula.time"),
        Statement((steps.definition(sizes.time),)),
        Prose("formula.memory"),
        Statement((steps.definition(sizes.parameters), steps.definition(sizes.activations))),
        Prose("formula.space"),
    )


def backward(small: Small) -> tuple[Block, ...]:
    """Each gradient costs as much as the forward pass."""
    by_filter, by_input = (steps.shares(small.d, tensor) for tensor in (small.F, small.X))
    return (
        Heading("back.title"),
        Prose("back.delta"),
        Abbreviation(small.delta),
        Prose("back.text"),
        Statement((steps.picked(by_filter, (0, 0)), steps.picked(by_input, (1, 1)))),
        prose("back.count", filter=small.products["filter"], input=small.products["input"]),
        Box("back.box", (Prose("back.rule"),)),
        Prose("back.memory"),
    )


def example(sizes: Sizes) -> tuple[Block, ...]:
    """The layer of the exercise."""
    lines = [
        Calculation((steps.definition(node), *sizes.worked(node, DIRECT)), ("", *PUT))
        for node in (sizes.time, sizes.activations, sizes.parameters)
    ]
    return (
        Heading("example.title"),
        Prose("example.text"),
        Statement(sizes.given(DIRECT)),
        *lines,
        Prose("example.said"),
    )


def bottleneck(sizes: Sizes) -> tuple[Block, ...]:
    """The same shape through 64 channels."""
    time, space, weights = (amounts(sizes, node) for node in (sizes.time, sizes.activations, sizes.parameters))
    rows: tuple[tuple[Inline, ...], ...] = tuple(
        (phrase(f"through.{key}"), before, after, round_to(Fraction(after, before)))
        for key, (before, after) in (("time", time), ("space", space), ("weights", weights))
    )
    return (
        Heading("through.title"),
        Prose("through.text"),
        Figure(two_ways(), "ways", "through.caption", "through.alt"),
        Prose("through.sums"),
        Statement(tuple(sizes.summed(node, BOTTLENECK) for node in (sizes.time, sizes.activations, sizes.parameters))),
        Prose("through.compare"),
        Table(("through.what", "through.direct", "through.narrow", "through.ratio"), rows, "through.table"),
        Prose("through.said"),
        Box("through.box", (Prose("through.careful"),)),
    )


def round_to(value: Fraction) -> Fraction:
    """Two places."""
    return Fraction(round(100 * value), 100)


def two_ways() -> Scene:
    """Directly, and through the narrow layer."""
    nodes = (
        GraphNode("X", "X", "leaf", "256"),
        GraphNode("wide", said("3×3, 256")),
        GraphNode("down", said("1×1, 64")),
        GraphNode("up", said("3×3, 256")),
        GraphNode("O", "O", "result", "256"),
        GraphNode("P", "O", "result", "256"),
    )
    pairs = (("X", "wide"), ("wide", "O"), ("X", "down"), ("down", "up"), ("up", "P"))
    return computation_graph(nodes, tuple(GraphEdge(source, target, "", None) for source, target in pairs))


def when(sizes: Sizes) -> tuple[Block, ...]:
    """For which number of channels in between the detour pays."""
    limit, whole = break_even(sizes)
    share = Fraction(limit, DIRECT["C"])
    return (
        Heading("when.title"),
        Prose("when.text"),
        Calculation((sizes.detour, *sizes.detour_worked), ("when.factor", "when.put", "when.value")),
        Prose("when.said"),
        Statement((equal(sizes),), ("when.equal",)),
        prose("when.limit", limit=limit, share=share, whole=whole),
    )


def equal(sizes: Sizes) -> Step:
    """The multiply-adds per channel in between, times the channels at which both ways cost the same."""
    limit, _ = break_even(sizes)
    direct = sizes.amount(sizes.time, DIRECT)
    product = scalars(steps.number(Fraction(direct) / limit), steps.number(limit))
    return Step(product, steps.number(direct), Rule.NUMBERS, Expand())


def loops() -> tuple[Block, ...]:
    """The formulas against sums written out."""
    rows = tuple(counted_row(*shapes) for shapes in COUNTED)
    header = ("image", "filter", "forward", "by_filter", "by_image", "formula")
    return (
        Heading("loops.title"),
        Prose("loops.text"),
        Table(tuple(f"loops.{key}" for key in header), rows, "loops.caption"),
    )


def counted_row(image: Shape, kernel: Shape) -> tuple[Inline, ...]:
    """Sizes, the products counted in three passes, and the formula. Raises ArithmeticError if they disagree."""
    small = Small(image, kernel)
    found = small.products
    if not isinstance(small.O.body, Multi):
        raise TypeError("expected a layer that is one form")
    formula = multiply_adds(small.O.body.form)
    if not isinstance(formula, int) or set(found.values()) != {formula}:
        raise ArithmeticError(f"counted {found}, but the formula says {formula}")
    sizes = ("×".join(map(str, shape)) for shape in (image, kernel))
    return *sizes, found["forward"], found["filter"], found["input"], formula


def closing(small: Small, sizes: Sizes) -> Evidence:
    """What was checked and how."""
    claims = (
        Claim("claim.forward", Derivation((steps.expanded(small.O),))),
        Claim("claim.filter", Derivation((steps.shares(small.d, small.F),))),
        Claim("claim.direct", Derivation(sizes.worked(sizes.time, DIRECT))),
        Claim("claim.narrow", Derivation((sizes.summed(sizes.time, BOTTLENECK),))),
        Claim("claim.detour", Derivation((sizes.detour,))),
        Claim("claim.limit", Derivation((equal(sizes),))),
    )
    return Evidence(claims, (phrase("claim.loops", count=len(COUNTED)),))
