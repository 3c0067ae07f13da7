"""batch-norm: one channel through mean, variance, root; three terms on the way back, and what each of them does."""

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
    Table,
    Theorem,
    phrase,
)
from render.figure import GraphEdge, GraphNode, Scene, computation_graph
from render.figure import prose as quoted
from render.notes import steps
from render.notes.batch import EPSILON, SIZE, VALUES, Channel, Numbers
from render.notes.closing import Crosscheck, together
from render.notes.numbers import PUT
from symbolic import batch_norm as layer
from symbolic import derive, tensor
from symbolic.kernel.logic import Derivation
from symbolic.theorems import theorem

if TYPE_CHECKING:
    from render.words import Phrasebook

ONE_CHANNEL = {
    "x": [[n] for n in VALUES],
    "gamma": [3],
    "beta": [-1],
    "D": [[1], [-2], [4], [3]],
}
IMAGES = {
    "x": [[[[1, 3]], [[0, 2]]], [[[3, 5]], [[-1, 4]]]],
    "gamma": [3, 2],
    "beta": [-1, 0],
    "D": [[[[1, -2]], [[0, 3]]], [[[4, 3]], [[-1, 2]]]],
}


def note() -> Document:
    """The note."""
    here = Channel()
    numbers = Numbers(here)
    one, images = checks()
    blocks = (
        Prose("intro"),
        *forward(here, numbers),
        *root(here),
        *backward(here),
        *three_terms(here, numbers),
        *constants(numbers),
        *scale(here),
        *one.blocks(one.derived.tensor("x"), one.derived.tensor("gamma"), one.derived.tensor("beta")),
        closing(here, one, images),
    )
    numbers.library()
    return Document("batch-norm", "title", blocks)


def checks() -> tuple[Crosscheck, Crosscheck]:
    """The library's own layer: one channel, and two channels of two small images."""
    found = []
    for shape, channels, values in (((SIZE, 1), 1, ONE_CHANNEL), ((2, 2, 1, 2), 2, IMAGES)):
        x, gamma, beta = tensor("x", shape), tensor("gamma", (channels,)), tensor("beta", (channels,))
        y = layer(x, weight=gamma, bias=beta, training=True, eps=EPSILON, name="y")
        found.append(Crosscheck(derive(y, gradient=tensor("D", shape)), values))
    return found[0], found[1]


def forward(here: Channel, numbers: Numbers) -> tuple[Block, ...]:
    """Six small steps, and the numbers."""
    values = tuple(numbers.value(node) for node in (here.mu, here.c, here.v, here.w))
    return (
        Heading("forward.title"),
        Prose("forward.text"),
        Statement(
            tuple(steps.definition(node) for node in here.nodes),
            tuple(f"forward.{name}" for name in ("mu", "centred", "spread", "safe", "inverse", "normalized")),
        ),
        Prose("forward.numbers"),
        Statement(
            (*numbers.given, *values),
            ("rule.GIVEN", "rule.GIVEN", *(f"forward.{name}" for name in ("mu", "centred", "spread", "safe"))),
        ),
        Prose("forward.root_said"),
        Statement((numbers.r,)),
        Calculation(numbers.root(), PUT),
        Statement((numbers.x_hat,), ("forward.normalized",)),
        Prose("forward.said"),
    )


def graph(book: Phrasebook) -> Scene:
    """Both pairs of ways: through the mean and past it, through the variance and past it."""
    names = {name: quoted(book.plain(f"forward.{name}")) for name in ("mean", "variance", "root")}
    nodes = (
        GraphNode("x", "x", "leaf"),
        *(GraphNode(key, label) for key, label in names.items()),
        GraphNode("minus", "-"),
        GraphNode("times", "×"),
        GraphNode("out", "x̂", "result"),
    )
    edges = (
        GraphEdge("x", "mean"),
        GraphEdge("x", "minus", "", "∂L/∂x"),
        GraphEdge("mean", "minus", "μ", "∂L/∂μ"),
        GraphEdge("minus", "variance", "c", "∂L/∂c"),
        GraphEdge("minus", "times"),
        GraphEdge("variance", "root", "v", "∂L/∂v"),
        GraphEdge("root", "times", "r", "∂L/∂r"),
        GraphEdge("times", "out", "", "δ"),
    )
    return computation_graph(nodes, edges)


def root(here: Channel) -> tuple[Block, ...]:
    """r' = -r^3/2."""
    parts = {part.name: part for part in theorem("local-derivatives").parts}
    return (
        Heading("root.title"),
        Prose("root.text"),
        Theorem(parts["rsqrt"], "root.theorem"),
        Prose("root.here"),
        Statement((here.by_definition,), gradient="partial"),
        Prose("root.powers"),
    )


def backward(here: Channel) -> tuple[Block, ...]:
    """From the back to the front."""
    return (
        Heading("backward.title"),
        Prose("backward.text"),
        Statement((steps.gradient(here.d, here.x_hat),), gradient="partial"),
        Figure(graph, "graph", "forward.caption", "forward.alt"),
        Prose("backward.paths"),
        Statement(
            here.paths[:-1],
            tuple(f"backward.{name}" for name in ("product", "root", "added", "two")),
            gradient="partial",
        ),
        Prose("backward.mean"),
        Statement((here.centred,), ("backward.centred",)),
        Calculation(
            here.mean_path.steps,
            tuple(f"backward.{name}" for name in ("minus", "put", "cancelled")),
            gradient="partial",
        ),
        Prose("backward.nothing"),
    )


def three_terms(here: Channel, numbers: Numbers) -> tuple[Block, ...]:
    """Collected, told, with numbers."""
    return (
        Heading("terms.title"),
        Prose("terms.text"),
        Calculation(
            here.result.steps,
            tuple(f"terms.{name}" for name in ("paths", "put", "variance", "collected")),
            gradient="partial",
        ),
        Prose("terms.said"),
        Statement((here.no_mean,), gradient="partial"),
        Prose("terms.numbers"),
        Statement((numbers.delta,)),
        Prose("terms.means"),
        Calculation(numbers.mean(numbers.delta), PUT),
        Calculation(numbers.mean(numbers.delta, numbers.x_hat), PUT),
        Prose("terms.put_in"),
        Statement((numbers.gradient,)),
        Prose("terms.zero"),
    )


def constants(numbers: Numbers) -> tuple[Block, ...]:
    """What is lost when the statistics are taken for constants."""
    rows = tuple(
        (index + 1, right, wrong)
        for index, (right, wrong) in enumerate(
            zip(numbers.expected.values, numbers.fixed.rhs.values, strict=True)  # type: ignore[attr-defined]
        )
    )
    return (
        Heading("constant.title"),
        Prose("constant.text"),
        Statement((numbers.fixed,)),
        Table(("constant.entry", "constant.right", "constant.wrong"), rows),
        Box("constant.box", (Prose("constant.moral"),)),
    )


def scale(here: Channel) -> tuple[Block, ...]:
    """gamma, beta, channels."""
    return (
        Heading("scale.title"),
        Prose("scale.text"),
        Statement((here.scaled,)),
        Prose("scale.gradients"),
        Statement(here.scale_and_shift, ("scale.gamma", "scale.beta", "scale.error"), gradient="partial"),
        Prose("scale.channels"),
        Prose("scale.all_sizes"),
        Theorem(for_all_sizes(), "theorem.batch-norm-backward.title"),
    )


def for_all_sizes() -> Derivation:
    """The three terms for every number of examples, channels and pixels."""
    (found,) = (part for part in theorem("batch-norm-backward").parts if part.name.endswith("/input"))
    return found


def closing(here: Channel, one: Crosscheck, images: Crosscheck) -> Evidence:
    """What was checked and how."""
    claims = (
        Claim("claim.root", Derivation((here.by_definition,))),
        *(Claim("claim.root_all", part) for part in theorem("local-derivatives").parts if part.name == "rsqrt"),
        Claim("claim.mean", here.mean_path),
        Claim("claim.terms", here.result),
        Claim("claim.zero", Derivation((here.no_mean,))),
        Claim("claim.scale", Derivation((here.scale_and_shift[0],))),
        Claim("claim.all_sizes", for_all_sizes()),
    )
    return Evidence(claims, (phrase("claim.library"), *together(one, images)))
