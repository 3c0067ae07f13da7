"""scalar-net: the chain rule over one path and over several, then a net of scalars from the back to the front.

Source  the published numbers w1 = 10, b1 = 1, w2 = 20, x = 1, t = 500, learning rate 0.005.
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
    prose,
)
from render.notes import steps
from render.notes.closing import Crosscheck
from render.notes.descent import descent, error_in_rate, in_rate, rate_table, updated
from render.notes.numbers import PUT, Point, numbers_of
from render.notes.paths import one_path, one_path_example, several_paths, two_paths_example
from render.notes.pictures import numbered_graph
from symbolic import add, derive, mse_loss, mul, tensor
from symbolic.kernel.logic import Derivation, Derive, Expand, Rule, Step
from symbolic.terms.term import Grad, Leaf, Map, Node, Sum, Tensor, Term, scalars

VALUES = {"w1": 10, "b1": 1, "w2": 20, "x": 1, "t": 500}
RATE = Fraction(1, 200)
KINDS = ("square", "double", "product", "product", "sum", "sum", "product", "product")  # of gates, from the loss down
GRID = 10_000  # learning rates are tried in steps of 0.0001


class Net:
    """u = w1 x, y1 = u + b1, y2 = w2 y1, y3 = 2 y2, L = (y3 - t)^2."""

    def __init__(self, w1: Tensor, b1: Tensor, w2: Tensor, x: Leaf, t: Leaf, suffix: str = "") -> None:
        self.u = mul(w1, x, name=f"u{suffix}")
        self.y1 = add(self.u, b1, name=f"y1{suffix}")
        self.y2 = mul(w2, self.y1, name=f"y2{suffix}")
        self.y3 = mul(2, self.y2, name=f"y3{suffix}")
        self.L = mse_loss(self.y3, t, name=f"L{suffix}")

    @property
    def nodes(self) -> tuple[Node, ...]:
        """In the order of evaluation."""
        return self.u, self.y1, self.y2, self.y3, self.L


class Setting:
    """The net, its numbers, and the net after one step."""

    def __init__(self) -> None:
        self.w1, self.b1, self.w2, self.x, self.t = (tensor(name, ()) for name in ("w1", "b1", "w2", "x", "t"))
        self.net = Net(self.w1, self.b1, self.w2, self.x, self.t)
        self.L = self.net.L
        self.d = derive(self.L)
        self.lr = tensor("lr", ())
        self.new = tuple(updated(self.d, leaf, self.lr) for leaf in (self.w2, self.w1, self.b1))
        w2, w1, b1 = self.new
        self.net_new = Net(w1, b1, w2, self.x, self.t, "_new")
        self.point = Point(self.d, VALUES, (*self.new, *self.net_new.nodes))
        self.after = self.point.with_leaf(self.lr, RATE)

    def grad(self, tensor: Tensor) -> Grad:
        """dL/d(tensor)."""
        return Grad(self.L, tensor)


def note() -> Document:
    """The note."""
    here = Setting()
    roads = Crosscheck(here.d, VALUES)
    blocks = (
        Prose("intro"),
        *one_path(),
        *several_paths(),
        *setting(here),
        *forward(here),
        *local_gradients(here),
        *backward(here),
        *update(here),
        *step_size(here),
        *roads.blocks(here.w2, here.b1, here.w1, here.x),
        closing(here, roads),
    )
    return Document("scalar-net", "title", blocks)


def setting(here: Setting) -> tuple[Block, ...]:
    """Five gates and five numbers."""
    return (
        Heading("setting.title"),
        Prose("setting.text"),
        Statement(tuple(steps.definition(node) for node in here.net.nodes)),
        Prose("setting.numbers"),
        Statement(here.point.given_for(here.x, here.w1, here.b1, here.w2, here.t)),
    )


def forward(here: Setting) -> tuple[Block, ...]:
    """The values, in the order of evaluation."""
    seen: list[Term] = []
    lines: list[Block] = []
    for node in here.net.nodes:
        lines.append(Calculation(here.point.worked(node, node.body, seen, Rule.DEFINITION).steps, ("", *PUT)))
        seen.append(node)
    return (
        Heading("forward.title"),
        Prose("forward.text"),
        *lines,
        prose("forward.result", output=here.point.amount(here.net.y3), target=here.point.amount(here.t)),
    )


def top_slope(here: Setting) -> Step:
    """dL/dy3, the derivative of the square."""
    error = steps.minus(here.net.y3, here.t)
    return Step(here.grad(here.net.y3), scalars(error, scale=Fraction(2)), Rule.LOCAL, Derive())


def slopes(here: Setting) -> dict[Tensor, Step]:
    """By tensor, the local gradient of the gate that reads it, from the loss down."""
    net = here.net
    reader = {
        net.y2: net.y3, here.w2: net.y2, net.y1: net.y2, here.b1: net.y1, net.u: net.y1, here.w1: net.u, here.x: net.u,
    }  # fmt: skip
    return {net.y3: top_slope(here), **{tensor: steps.local(gate, tensor) for tensor, gate in reader.items()}}


def local_gradients(here: Setting) -> tuple[Block, ...]:
    """A row per gate, with what it means."""
    return (
        Heading("local.title"),
        Prose("local.text"),
        Statement(tuple(slopes(here).values()), tuple(f"local.{kind}" for kind in KINDS), gradient="partial"),
        Prose("local.said"),
    )


def backward(here: Setting) -> tuple[Block, ...]:
    """One gradient after the other, the last layer first."""
    net = here.net
    known: list[Term] = [*net.nodes[:-1]]
    lines: list[Block] = []
    order = (net.y3, net.y2, here.w2, net.y1, here.b1, net.u, here.w1)
    for target in order:
        links = worked(here, target, known)
        reasons = (f"backward.{target.name}", *([""] * (len(links) - 3)), *PUT)
        lines.append(Calculation(links, reasons, gradient="partial"))
        known.append(here.grad(target))
    return (
        Heading("backward.title"),
        Prose("backward.text"),
        *lines,
        Prose("backward.graph"),
        Figure(numbered_graph(here.point, "t"), "graph", "backward.caption", "backward.alt"),
        Prose("backward.reuse"),
        Calculation(whole_path(here), ("backward.path", "backward.local", *PUT), gradient="partial"),
    )


def worked(here: Setting, tensor: Tensor, known: list[Term]) -> tuple[Step, ...]:
    """dL/d(tensor) = what arrives times the local gradient = numbers put in = value."""
    local = slopes(here)[tensor]
    if tensor is here.net.y3:
        return (local, *here.point.evaluated(local.rhs, known))
    chain = steps.chain(here.L, tensor)
    (arriving,) = (node for node in here.net.nodes if tensor in node.args)
    product = scalars(here.grad(arriving), local.rhs)
    return (
        chain,
        Step(chain.rhs, product, Rule.LOCAL, Expand((local,))),
        *here.point.evaluated(product, known),
    )


def whole_path(here: Setting) -> tuple[Step, ...]:
    """dL/dw1 in one line: the product of all local gradients on the way."""
    net = here.net
    way: tuple[Tensor, ...] = (net.y3, net.y2, net.y1, net.u, here.w1)
    names = [Grad(upper, lower) for upper, lower in zip((here.L, *way), way, strict=False)]
    chains = tuple(steps.chain(here.L, tensor) for tensor in way[1:])
    local = [slopes(here)[tensor] for tensor in way]
    put = scalars(*(step.rhs for step in local))
    return (
        Step(here.grad(here.w1), scalars(*names), Rule.CHAIN, Expand(chains)),
        Step(scalars(*names), put, Rule.LOCAL, Expand(tuple(local))),
        *here.point.evaluated(put, (net.y3,)),
    )


def update(here: Setting) -> tuple[Block, ...]:
    """All three parameters at once, then the gradients are set to zero."""
    return (
        Heading("update.title"),
        Prose("update.text"),
        Statement(here.after.given_for(here.lr)),
        *descent(here.after, *here.new),
        Prose("update.zero"),
    )


def again(here: Setting) -> tuple[Block, ...]:
    """The output and the loss after the step."""
    (w2, w1, b1), new = here.new, here.net_new
    output = scalars(w2, Sum((scalars(w1, here.x), b1), ()), scale=Fraction(2))
    error = Map("pow", steps.minus(new.y3, here.t), param=Fraction(2))
    runs = (
        here.after.worked(new.y3, output, here.new, Rule.DEFINITION),
        here.after.worked(new.L, error, (new.y3,), Rule.DEFINITION),
    )
    return tuple(Calculation(run.steps, (reason, *PUT)) for run, reason in zip(runs, ("size.run", ""), strict=True))


def in_letters(here: Setting) -> tuple[Step, Step]:
    """y3 after the step = 2 (w2 + ...) (y1 + ...), both lines in the rate = a parabola in the rate."""
    w2, y1 = (in_rate(here.point, term, here.lr, 1) for term in (here.new[0], here.net_new.y1))
    both = scalars(w2.rhs, y1.rhs, scale=Fraction(2))
    whole = in_rate(here.point, here.net_new.y3, here.lr)
    return steps.follows(here.net_new.y3, both, Rule.GIVEN, *here.point.facts), steps.follows(
        both, whole.rhs, Rule.COLLECT
    )


def step_size(here: Setting) -> tuple[Block, ...]:
    """The step diverges; which step does not."""
    y3 = in_rate(here.point, here.net_new.y3, here.lr)
    falls = largest_falling(here)
    rates = [Fraction(1, GRID), falls, falls + Fraction(1, GRID), Fraction(1, 1000), RATE]
    new = here.net_new
    return (
        Heading("size.title"),
        Prose("size.text"),
        *again(here),
        prose("size.result", before=here.point.amount(here.L), after=here.after.amount(new.L)),
        Calculation(in_letters(here), ("size.both", "size.collect")),
        Prose("size.loss"),
        Calculation(error_in_rate(here.point, new.L, y3, here.t), ("size.put", "reason.value")),
        prose("size.why", grid=Fraction(1, GRID), falls=falls, rate=RATE, ratio=RATE / falls),
        rate_table(here.point, here.lr, new.L, (new.y3, new.L), rates),
        Box("size.box", (Prose("size.moral"),)),
    )


def largest_falling(here: Setting) -> Fraction:
    """The largest learning rate on the grid up to which every one makes the loss smaller."""
    before = here.point.amount(here.L)
    count = 0
    while _loss(here, Fraction(count + 1, GRID)) < before:
        count += 1
    return Fraction(count, GRID)


def _loss(here: Setting, rate: Fraction) -> Fraction:
    return numbers_of(here.point.with_leaf(here.lr, rate).value(here.net_new.L))[0]


def closing(here: Setting, roads: Crosscheck) -> Evidence:
    """What was checked and how."""
    new = here.net_new
    claims = (
        Claim("claim.one", one_path_example()[1]),
        Claim("claim.several", two_paths_example()[1]),
        Claim("claim.path", Derivation(whole_path(here)[:2])),
        Claim("claim.numbers", Derivation((here.point.step(here.grad(here.w1)),))),
        Claim("claim.update", Derivation((here.after.step(here.new[0]),))),
        Claim("claim.loss", Derivation((here.after.step(new.L),))),
        Claim("claim.rate", Derivation((in_rate(here.point, new.y3, here.lr),))),
    )
    return Evidence(claims, (roads.screen,))
