"""chain-rule: gates, local gradients, and a graph worked from its result back to its inputs.

Source  the standard first example f = (x + y) z at x = -2, y = 5; the text that this follows prints z = 4 beside
f = -12, which belongs to z = -4.
"""

from __future__ import annotations

from fractions import Fraction

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
    prose,
)
from render.figure import network_graph
from render.links import NoteLink
from render.notes import steps
from render.notes.closing import Crosscheck
from render.notes.gates import branch, branching, gates
from render.notes.numbers import PUT, Point
from render.notes.pictures import numbered_graph
from render.notes.stepping import stepper
from symbolic import add, derive, linear, mul, tensor
from symbolic.kernel.logic import Derivation, Rule, Step
from symbolic.terms.term import Grad, Tensor, Term, scalars

VALUES = {"x": -2, "y": 5, "z": -4}
PRINTED = {**VALUES, "z": 4}  # what is often stated beside the results of VALUES
NUDGE = Fraction(1, 100)


class Setting:
    """q = x + y, f = q z."""

    def __init__(self) -> None:
        self.x, self.y, self.z = (tensor(name, ()) for name in ("x", "y", "z"))
        self.q = add(self.x, self.y, name="q")
        self.f = mul(self.q, self.z, name="f")
        self.d = derive(self.f)
        self.point, self.printed = Point(self.d, VALUES), Point(self.d, PRINTED)

    def grad(self, tensor: Tensor) -> Grad:
        """df/d(tensor)."""
        return Grad(self.f, tensor)

    @property
    def slopes(self) -> dict[Tensor, Step]:
        """By tensor, the local gradient of the gate that reads it."""
        reader = {self.q: self.f, self.z: self.f, self.x: self.q, self.y: self.q}
        return {tensor: steps.local(gate, tensor) for tensor, gate in reader.items()}


class Wires:
    """A gate with several wires: u = W x with two inputs and three outputs, and any loss above it."""

    def __init__(self) -> None:
        self.x, self.W, self.D = tensor("x", (2,)), tensor("W", (3, 2)), tensor("D", (3,))
        self.u = linear(self.x, self.W, name="u")
        self.d = derive(self.u, gradient=self.D)
        self.delta = Grad(self.d.loss, self.u)


def note() -> Document:
    """The note."""
    here, wires = Setting(), Wires()
    roads = Crosscheck(here.d, VALUES)
    blocks = (
        Prose("intro"),
        *setting(here),
        *local_gradients(here),
        *backward(here),
        *erratum(here),
        *gates(),
        *branch(),
        *many_wires(wires),
        stepper(wires.d, wires.u),
        *roads.blocks(here.x, here.y, here.z),
        closing(here, wires, roads),
    )
    return Document("chain-rule", "title", blocks)


def setting(here: Setting) -> tuple[Block, ...]:
    """Two gates, and their values."""
    lines = [
        Calculation(here.point.worked(node, node.body, known, Rule.DEFINITION).steps, ("", *PUT))
        for node, known in ((here.q, ()), (here.f, (here.q,)))
    ]
    return (
        Heading("setting.title"),
        Prose("setting.text"),
        Statement(tuple(steps.definition(node) for node in (here.q, here.f))),
        Figure(network_graph(here.f, shapes=False), "graph", "setting.caption", "setting.alt"),
        Prose("setting.numbers"),
        Statement(here.point.given_for(here.x, here.y, here.z)),
        *lines,
    )


def local_gradients(here: Setting) -> tuple[Block, ...]:
    """What each gate knows by itself."""
    return (
        Heading("local.title"),
        Prose("local.text"),
        Statement(tuple(here.slopes.values()), ("local.product",) * 2 + ("local.sum",) * 2, gradient="partial"),
        Prose("local.said"),
    )


def backward(here: Setting) -> tuple[Block, ...]:
    """From f to the inputs, one gate after the other."""
    known: list[Term] = [here.q]
    lines: list[Block] = []
    for target in (here.z, here.q, here.x, here.y):
        links = worked(here, target, known)
        lines.append(Calculation(links, reasons(target, len(links)), gradient="partial"))
        known.append(here.grad(target))
    return (
        Heading("backward.title"),
        Prose("backward.text"),
        *lines,
        Prose("backward.said"),
        Figure(numbered_graph(here.point), "numbers", "backward.caption", "backward.alt"),
        Box("backward.box", (nudged(here),)),
    )


def nudged(here: Setting) -> Prose:
    """What f becomes when x grows by a little."""
    there = Point(here.d, {**VALUES, "x": VALUES["x"] + NUDGE})
    slope, before = here.point.amount(here.grad(here.x)), here.point.amount(here.f)
    return prose("backward.rule", slope=slope, step=NUDGE, before=before, after=there.amount(here.f))


def worked(here: Setting, tensor: Tensor, known: list[Term]) -> tuple[Step, ...]:
    """df/d(tensor) = chain rule = local gradients put in = numbers = value; f's own inputs begin with the slope."""
    slope = here.slopes[tensor]
    if slope.lhs == here.grad(tensor):
        return (slope, *here.point.evaluated(slope.rhs, known))
    chain = steps.chain(here.f, tensor)
    product = scalars(here.grad(here.q), slope.rhs)
    return chain, steps.follows(chain.rhs, product, Rule.LOCAL, slope), *here.point.evaluated(product, known)


def reasons(tensor: Tensor, count: int) -> tuple[str, ...]:
    """The first line says which way is taken."""
    if count <= len(PUT):  # the number stands there at once
        return (f"backward.{tensor.name}", "backward.value")
    return (f"backward.{tensor.name}", "backward.sum", *PUT)


def erratum(here: Setting) -> tuple[Block, ...]:
    """Both signs of z: only one belongs to the printed result."""
    outcomes: tuple[Term, ...] = (here.f, here.grad(here.x), here.grad(here.y), here.grad(here.z))
    rows = tuple(
        (point.amount(here.z), *(point.amount(term) for term in outcomes)) for point in (here.point, here.printed)
    )
    wrong, printed = here.printed.amount(here.z), here.point.amount(here.f)
    right, other = here.point.amount(here.z), here.printed.amount(here.f)
    return (
        Heading("erratum.title"),
        prose("erratum.text", wrong=wrong, printed=printed, sum=here.point.amount(here.q)),
        Table((here.z, *outcomes), rows, "erratum.caption"),
        prose("erratum.said", right=right, wrong=wrong, printed=printed, other=other),
    )


def many_wires(wires: Wires) -> tuple[Block, ...]:
    """A layer is a gate with arrays on its wires."""
    shares = steps.shares(wires.d, wires.x)
    matrix = steps.gradient(wires.d, wires.x)
    return (
        Heading("wires.title"),
        Prose("wires.text"),
        Statement((steps.expanded(wires.u),), layout="entries"),
        Prose("wires.back"),
        Statement((shares,), layout="entries", gradient="partial"),
        Prose("wires.short"),
        Statement((steps.definition(wires.u), matrix), ("wires.forward", "wires.backward"), gradient="partial"),
        prose("wires.said", paths=NoteLink("conv-layer"), matrix=NoteLink("conv-transpose")),
    )


def closing(here: Setting, wires: Wires, roads: Crosscheck) -> Evidence:
    """What was checked and how."""
    claims = (
        Claim("claim.local", Derivation((here.slopes[here.q],))),
        Claim("claim.path", Derivation(worked(here, here.x, [])[:2])),
        Claim("claim.numbers", Derivation((here.point.step(here.grad(here.x)),))),
        Claim("claim.branch", branching()[1]),
        Claim("claim.wires", Derivation((steps.gradient(wires.d, wires.x),))),
    )
    return Evidence(claims, (roads.screen,))
