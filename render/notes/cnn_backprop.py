"""cnn-backprop: the error term through a whole convolutional network, layer by layer.

First a dense layer, then a convolution layer beside it, then the two conventions of convolution, then a network.
Erratum: the text rotates the activation for dL/dW. That holds for true convolution, not for the cross-correlation
that its own code uses.
"""

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
    Inline,
    Prose,
    Statement,
    Table,
    Theorem,
    phrase,
    prose,
)
from render.figure import network_graph, relation_row
from render.links import NoteLink
from render.notes import steps
from render.notes.backprop import Channels, Conventions, Dense, Layer, Network, Row
from render.notes.closing import Crosscheck
from render.notes.numbers import PUT, numbers_of
from render.notes.pictures import turned
from render.notes.stepping import stepper
from symbolic.kernel.logic import Derivation, Expand, Rule, Step
from symbolic.terms.term import Flip
from symbolic.theorems import theorem

VALUES = {"A": [[1, 2, 0], [0, 1, 3], [2, 1, 1]], "W": [[1, 2], [3, 4]], "D": [[1, -1], [0, 2]]}
WHOLE = {
    "X": [[1, 0, 2, 1, 0], [0, 1, 1, 0, 2], [2, 0, 0, 1, 1], [1, 1, 0, 2, 0], [0, 2, 1, 0, 1]],
    "W": [[1, -1], [0, 1]],
    "b": 0,
    "V": [[1, 0, -1, 2], [0, 1, 1, -1]],
    "c": [0, 1],
    "t": [1, 0],
}


def note() -> Document:
    """The note."""
    dense, row, layer, channels = Dense(), Row(), Layer(), Channels()
    both, whole = Conventions(VALUES), Network()
    roads = Crosscheck(both.correlated, VALUES)
    network = Crosscheck(whole.d, WHOLE)
    blocks = (
        Prose("intro"),
        *dense_layer(dense),
        *one_row(row),
        *convolution(layer),
        *several(channels),
        stepper(channels.d, channels.Z),
        *side_by_side(dense, layer),
        *conventions(both),
        *erratum(both),
        *network_pass(whole),
        stepper(whole.d, whole.Z, whole.P, whole.y),
        *roads.blocks(both.W, both.A),
        closing(dense, layer, channels, both, whole, (roads, network)),
    )
    return Document("cnn-backprop", "title", blocks)


def dense_layer(dense: Dense) -> tuple[Block, ...]:
    """The rule that everybody knows."""
    return (
        Heading("dense.title"),
        Prose("dense.text"),
        Statement((steps.definition(dense.a), steps.definition(dense.z))),
        Prose("dense.delta"),
        Abbreviation(dense.delta),
        Prose("dense.paths"),
        Calculation(dense.first, ("dense.one", "dense.three", "dense.local"), gradient="partial"),
        Prose("dense.rules"),
        Statement((dense.back, dense.weights, dense.bias), ("dense.below", "dense.product", "dense.itself")),
        Prose("dense.said"),
    )


def one_row(row: Row) -> tuple[Block, ...]:
    """Three activations, two weights: where the turn comes from."""
    return (
        Heading("row.title"),
        Prose("row.text"),
        Statement((steps.expanded(row.Z),), layout="entries"),
        Prose("row.back"),
        Statement((steps.shares(row.d, row.A),), layout="entries"),
        Figure(relation_row(2, 2, 3, at=(0, 0, 1), names=("δ", "W", "A")), "relation", "row.caption", "row.alt"),
        Prose("row.turned"),
        Statement((row.back,), ("row.window",)),
    )


def convolution(layer: Layer) -> tuple[Block, ...]:
    """The same three questions for a convolution layer."""
    return (
        Heading("conv.title"),
        Prose("conv.text"),
        Statement((steps.definition(layer.A), steps.definition(layer.Z))),
        prose("conv.turn", note=NoteLink("conv-layer")),
        *turned(layer.W),
        Prose("conv.back"),
        Calculation(layer.back, ("conv.slope", "conv.window")),
        Prose("conv.weights"),
        Statement((steps.picked(steps.shares(layer.d, layer.W), (0, 0)), layer.weights), ("conv.one", "conv.all")),
        Prose("conv.bias"),
        Statement((layer.bias,), ("conv.ones",)),
    )


def several(here: Channels) -> tuple[Block, ...]:
    """Two channels to three."""
    return (
        Heading("channels.title"),
        Prose("channels.text"),
        Statement((steps.definition(here.Z),)),
        Prose("channels.back"),
        Statement(here.rules, ("channels.below", "channels.weights", "channels.bias")),
    )


def side_by_side(dense: Dense, layer: Layer) -> tuple[Block, ...]:
    """Both layers in one table."""
    rows: tuple[tuple[Inline, ...], ...] = (
        (phrase("both.forward"), steps.definition(dense.z), steps.definition(layer.Z)),
        (phrase("both.below"), dense.back, Derivation((layer.whole,))),
        (phrase("both.weights"), dense.weights, layer.weights),
        (phrase("both.bias"), dense.bias, layer.bias),
    )
    return (
        Heading("both.title"),
        Prose("both.text"),
        Table(("both.what", "both.dense", "both.conv"), rows),
        prose("both.said", note=NoteLink("conv-transpose")),
    )


def conventions(both: Conventions) -> tuple[Block, ...]:
    """Cross-correlation and true convolution: whoever does not turn forward turns backward."""
    rows: tuple[tuple[Inline, ...], ...] = (
        (phrase("two.forward"), steps.definition(both.Z), steps.definition(both.Y)),
        (phrase("two.below"), both.correlated_back, both.true_back),
        (phrase("two.weights"), both.correlated_weights, both.true_weights),
    )
    return (
        Heading("two.title"),
        Prose("two.text"),
        Table(("two.what", "two.correlation", "two.convolution"), rows),
        Prose("two.said"),
        *all_sizes(),
    )


def all_sizes() -> tuple[Block, ...]:
    """Both columns of the table for every size, with channels."""
    reasons = ("two.weights", "two.below")
    (by_filter,), (by_input,) = theorem("filter-gradient").parts, theorem("input-gradient").parts
    turned, plain = theorem("true-convolution-gradients").parts
    return (
        Prose("two.all"),
        Theorem(by_filter, "two.left", more=(by_input,), reasons=reasons),
        Theorem(turned, "two.right", more=(plain,), reasons=reasons),
    )


def erratum(both: Conventions) -> tuple[Block, ...]:
    """The rotated activation, by numbers."""
    window = both.correlated_weights.rhs
    wrong = Flip(window, (0, 1))
    flips = Step(both.rotated, wrong, Rule.FLIPS, Expand())
    right = Calculation((both.correlated_weights, *both.point.evaluated(window, (both.delta,))), ("", *PUT))
    return (
        Heading("misprint.title"),
        Prose("misprint.text"),
        Statement((flips,), ("misprint.flips",)),
        Prose("misprint.so"),
        Statement(both.point.given_for(both.A, both.W)),
        Statement((steps.follows(both.delta, both.point.value(both.delta), Rule.GIVEN, *both.point.facts),)),
        Prose("misprint.right"),
        right,
        Prose("misprint.wrong"),
        Calculation(both.point.evaluated(both.rotated, (both.delta,)), PUT),
        prose("misprint.differ", count=differences(both)),
        Box("misprint.box", (Prose("misprint.rule"),)),
    )


def differences(both: Conventions) -> int:
    """In how many entries the rotated activation gives another gradient than the right one."""
    pair = [numbers_of(both.point.value(term)) for term in (both.rotated, both.correlated_weights.rhs)]
    return sum(one != other for one, other in zip(*pair, strict=True))


def network_pass(whole: Network) -> tuple[Block, ...]:
    """A small network from the loss to the image."""
    labels: dict[str, str | None] = {node.name: f"δ^{{({node.name})}}" for node in whole.nodes[:-1]} | {"t": None}
    return (
        Heading("net.title"),
        Prose("net.text"),
        Prose("net.lines"),
        Statement(
            tuple(steps.definition(node) for node in whole.nodes),
            ("net.filter", "net.sigmoid", "net.average", "net.vector", "net.dense", "net.loss"),
        ),
        Figure(network_graph(whole.L, gradients=labels, shapes=False), "graph", "net.caption", "net.alt"),
        Prose("net.top"),
        Statement(
            tuple(whole.rule(x) for x in (whole.y, whole.V, whole.c)), ("net.square", "net.product", "net.itself")
        ),
        Prose("net.down"),
        Statement(
            tuple(whole.rule(x) for x in (whole.f, whole.P, whole.A, whole.Z)),
            ("net.transposed", "net.back", "net.shares", "net.slope"),
        ),
        Prose("net.conv"),
        Statement(tuple(whole.rule(x) for x in (whole.W, whole.b, whole.X)), ("net.slides", "net.sum", "net.full")),
        Prose("net.said"),
    )


def closing(
    dense: Dense,
    layer: Layer,
    channels: Channels,
    both: Conventions,
    whole: Network,
    roads: tuple[Crosscheck, ...],
) -> Evidence:
    """What was checked and how."""
    general = theorem("true-convolution-gradients").parts
    (by_filter,), (by_input,) = theorem("filter-gradient").parts, theorem("input-gradient").parts
    claims = (
        Claim("claim.dense", Derivation((dense.back,))),
        Claim("claim.back", Derivation(layer.back)),
        Claim("claim.weights", Derivation((layer.weights,))),
        Claim("claim.channels", Derivation(channels.rules[:1])),
        Claim("claim.weights_all", by_filter),
        Claim("claim.input_all", by_input),
        *(Claim(f"claim.true_{part.name}", part) for part in general),
        Claim("claim.numbers", Derivation((both.point.step(both.correlated_weights.lhs),))),
        *(Claim("claim.net", Derivation((whole.rule(x),)), {"tensor": x}) for x in (whole.V, whole.W, whole.X)),
    )
    names = ("claim.screen_layer", "claim.screen_net")
    return Evidence(claims, tuple(phrase(key, text=road.screen) for key, road in zip(names, roads, strict=True)))
