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
from render.figure import Scene, network_graph
from render.notes import steps
from render.notes.closing import crosscheck, screen
from render.notes.descent import descent, error_in_rate, in_rate, rate_table, updated
from render.notes.numbers import PUT, Point, numbers_of
from symbolic import add, derive, mse_loss, mul, tensor
from symbolic import pow as power
from symbolic.equality import Derivation, Derive, Expand, Rule, Step
from symbolic.term import Grad, Leaf, Map, Node, Sum, Tensor, Term, scalars

VALUES = {"w1": 10, "b1": 1, "w2": 20, "x": 1, "t": 500}
RATE = Fraction(1, 200)
GRID = 100_000  # learning rates are tried in steps of 0.00001


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
        Heading("crosscheck.title"),
        *crosscheck(here.d, VALUES, here.w2, here.b1, here.w1, here.x),
        closing(here),
    )
    return Document("scalar-net", "title", blocks)


def one_path_links() -> tuple[tuple[Node, ...], tuple[Step, ...]]:
    """y = 3 x, z = y^2: dz/dx = dz/dy dy/dx."""
    x = tensor("x", ())
    y = mul(3, x, name="y")
    z = power(y, 2, name="z")
    outer = Step(Grad(z, y), scalars(y, scale=Fraction(2)), Rule.LOCAL, Derive())
    chain, put = steps.chain(z, x), scalars(outer.rhs, steps.number(3))
    links = (
        chain,
        Step(chain.rhs, put, Rule.LOCAL, Expand((outer, steps.local(y, x)))),
        Step(put, scalars(x, scale=Fraction(18)), Rule.COLLECT, Expand((steps.definition(y),))),
    )
    return (y, z), links


def one_path() -> tuple[Block, ...]:
    """The chain rule where every quantity feeds one other."""
    nodes, links = one_path_links()
    graph = network_graph(nodes[-1], gradients={"x": "∂z/∂x", "y": "∂z/∂y"}, shapes=False)
    return (
        Heading("path.title"),
        Prose("path.text"),
        Statement(tuple(steps.definition(node) for node in nodes)),
        Figure(graph, "path", "path.caption", "path.alt"),
        Calculation(links, ("path.chain", "path.local", "path.collect"), gradient="partial"),
    )


def several_paths_links() -> tuple[tuple[Node, ...], tuple[Step, ...]]:
    """x = s^2, y = 3 s, z = x y: dz/ds sums over both paths."""
    s = tensor("s", ())
    x, y = power(s, 2, name="x"), mul(3, s, name="y")
    z = mul(x, y, name="z")
    slope = Step(Grad(x, s), scalars(s, scale=Fraction(2)), Rule.LOCAL, Derive())
    chain = steps.chain(z, s)
    put = Sum((scalars(y, slope.rhs), scalars(x, steps.number(3))), ())
    local = (Step(Grad(z, x), y, Rule.LOCAL, Derive()), Step(Grad(z, y), x, Rule.LOCAL, Derive()))
    cube = Map("pow", s, param=Fraction(2))
    links = (
        chain,
        Step(chain.rhs, put, Rule.LOCAL, Expand((*local, slope, steps.local(y, s)))),
        Step(put, scalars(cube, scale=Fraction(9)), Rule.COLLECT, Expand((steps.definition(x), steps.definition(y)))),
    )
    return (x, y, z), links


def several_paths() -> tuple[Block, ...]:
    """The chain rule where a quantity feeds two others."""
    nodes, links = several_paths_links()
    graph = network_graph(nodes[-1], gradients={"s": "∂z/∂s", "x": "∂z/∂x", "y": "∂z/∂y"}, shapes=False)
    return (
        Heading("paths.title"),
        Prose("paths.text"),
        Statement(tuple(steps.definition(node) for node in nodes)),
        Figure(graph, "paths", "paths.caption", "paths.alt"),
        Calculation(links, ("paths.chain", "paths.local", "paths.collect"), gradient="partial"),
        Prose("paths.check"),
        Box("paths.box", (Prose("paths.rule"),)),
    )


def setting(here: Setting) -> tuple[Block, ...]:
    """Five gates and five numbers."""
    return (
        Heading("setting.title"),
        Prose("setting.text"),
        Statement(tuple(steps.definition(node) for node in here.net.nodes)),
        Prose("setting.numbers"),
        Statement(here.point.given),
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


def slopes(here: Setting) -> tuple[Step, ...]:
    """Every local gradient, from the loss down."""
    net = here.net
    top = Step(here.grad(net.y3), scalars(steps.minus(net.y3, here.t), scale=Fraction(2)), Rule.LOCAL, Derive())
    pairs = (
        (net.y3, net.y2),
        (net.y2, here.w2),
        (net.y2, net.y1),
        (net.y1, here.b1),
        (net.y1, net.u),
        (net.u, here.w1),
    )
    return (top, *(steps.local(node, argument) for node, argument in (*pairs, (net.u, here.x))))


def local_gradients(here: Setting) -> tuple[Block, ...]:
    """A row per gate, with what it means."""
    return (
        Heading("local.title"),
        Prose("local.text"),
        Statement(slopes(here), gradient="partial"),
        Prose("local.said"),
    )


def backward(here: Setting) -> tuple[Block, ...]:
    """One gradient after the other, the last layer first."""
    net = here.net
    known: list[Term] = [*net.nodes[:-1]]
    lines: list[Block] = []
    order = (net.y3, net.y2, here.w2, net.y1, here.b1, net.u, here.w1)
    for tensor in order:
        links = worked(here, tensor, known)
        reasons = (f"backward.{tensor.name}", *([""] * (len(links) - 3)), *PUT)
        lines.append(Calculation(links, reasons, gradient="partial"))
        known.append(here.grad(tensor))
    return (
        Heading("backward.title"),
        Prose("backward.text"),
        *lines,
        Prose("backward.reuse"),
        Calculation(whole_path(here), ("backward.path", "backward.local", *PUT), gradient="partial"),
        Figure(numbered_graph(here), "graph", "backward.caption", "backward.alt"),
    )


def worked(here: Setting, tensor: Tensor, known: list[Term]) -> tuple[Step, ...]:
    """dL/d(tensor) = what arrives times the local gradient = numbers put in = value."""
    local = slopes(here)
    if tensor is here.net.y3:
        return (local[0], *here.point.evaluated(local[0].rhs, known))
    chain = steps.chain(here.L, tensor)
    (own,) = (step for step in local[1:] if isinstance(step.lhs, Grad) and step.lhs.wrt is tensor)
    assert isinstance(own.lhs, Grad)
    product = scalars(here.grad(own.lhs.of), own.rhs)  # type: ignore[arg-type]
    put = Step(chain.rhs, product, Rule.LOCAL, Expand((own,)))
    return (chain, put, *here.point.evaluated(product, known))


def whole_path(here: Setting) -> tuple[Step, ...]:
    """dL/dw1 in one line: the product of all local gradients on the way."""
    net = here.net
    way: tuple[Tensor, ...] = (net.y3, net.y2, net.y1, net.u, here.w1)
    names = [Grad(upper, lower) for upper, lower in zip((here.L, *way), way, strict=False)]
    chains = tuple(steps.chain(here.L, tensor) for tensor in way[1:])
    local = {step.lhs: step for step in slopes(here)}
    put = scalars(*(local[name].rhs for name in names))
    return (
        Step(here.grad(here.w1), scalars(*names), Rule.CHAIN, Expand(chains)),
        Step(scalars(*names), put, Rule.LOCAL, Expand(tuple(local[name] for name in names))),
        *here.point.evaluated(put, (net.y3,)),
    )


def numbered_graph(here: Setting) -> Scene:
    """The graph with the values above the wires and the gradients below."""
    tensors = (*here.d.sweep.leaves, *here.net.nodes)
    values = {tensor.name: text(here.point.amount(tensor)) for tensor in tensors}
    inner = [tensor for tensor in tensors if tensor not in {here.t, here.L}]
    gradients = {tensor.name: text(here.point.amount(here.grad(tensor))) for tensor in inner}
    return network_graph(here.L, values=values, gradients={**gradients, "t": None}, shapes=False)


def text(value: Fraction) -> str:
    """A whole number as a label."""
    return str(value)


def update(here: Setting) -> tuple[Block, ...]:
    """All three parameters at once, then the gradients are set to zero."""
    return (
        Heading("update.title"),
        Prose("update.text"),
        Statement(here.after.given_for(here.lr)),
        *descent(here.after, *here.new),
        Prose("update.zero"),
    )


def step_size(here: Setting) -> tuple[Block, ...]:
    """The step diverges; which step does not."""
    y3 = in_rate(here.point, here.net_new.y3, here.lr)
    falls = largest_falling(here)
    rates = [Fraction(1, 10_000), falls, falls + Fraction(1, GRID), Fraction(1, 1000), RATE]
    new = here.net_new
    return (
        Heading("size.title"),
        Prose("size.text"),
        Statement((here.after.step(new.y3), here.after.step(new.L))),
        prose("size.result", before=here.point.amount(here.L), after=here.after.amount(new.L)),
        Statement((y3, error_in_rate(here.point, new.L, y3, here.t))),
        prose("size.why", rate=falls, ratio=round(RATE / falls)),
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


def closing(here: Setting) -> Evidence:
    """What was checked and how."""
    new = here.net_new
    claims = (
        Claim("claim.one", Derivation(one_path_links()[1])),
        Claim("claim.several", Derivation(several_paths_links()[1])),
        Claim("claim.path", Derivation(whole_path(here)[:2])),
        Claim("claim.numbers", Derivation((here.point.step(here.grad(here.w1)),))),
        Claim("claim.update", Derivation((here.after.step(here.new[0]),))),
        Claim("claim.loss", Derivation((here.after.step(new.L),))),
        Claim("claim.rate", Derivation((in_rate(here.point, new.y3, here.lr),))),
    )
    return Evidence(claims, (screen(here.d, VALUES),))
