"""autodiff-quadratic: y = a x^2 + b x + c, its gradient as a program finds it, an output that is an array, 500 steps.

Source  a published introduction to automatic gradients: a = 1, b = -2, c = 1, x = 0; X = [[0, 0], [1, 2]] with a
cotangent of ones; learning rate 0.01, 500 steps. It calls the result "the negative of x's gradient"; it is the
gradient, and the minus stands in the update.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from render.document import (
    Block,
    Box,
    Calculation,
    Claim,
    Code,
    Document,
    Evidence,
    Figure,
    Heading,
    Prose,
    Statement,
    Table,
    phrase,
    prose,
)
from render.figure import network_graph
from render.notes import steps
from render.notes.closing import Crosscheck, together
from render.notes.descent import descent, updated
from render.notes.numbers import PUT, Point
from render.notes.parabola import FACTOR, STEPS, Parabola, after, distances, induction, sequence
from symbolic import derive, mul, tensor
from symbolic.functional import sum as total
from symbolic.kernel.logic import Derivation, Derive, Expand, Rule, Step
from symbolic.terms.layers import pointwise
from symbolic.terms.term import Const, Grad, Map, Multi, Sum, Term, scalars

VALUES = {"a": 1, "b": -2, "c": 1, "x": 0}
ARRAYS = {"a": 1, "b": -2, "c": 1, "X": [[0, 0], [1, 2]], "S": [[1, 1], [1, 1]]}
RATE = Fraction(1, 100)
TWO = Fraction(2)
CODE = """\
from symbolic import add, derive, mul, pow, tensor

a, b, c = tensor("a", ()), tensor("b", ()), tensor("c", ())
X, S = tensor("X", (2, 2)), tensor("S", (2, 2))
Y = add(add(mul(a, pow(X, 2)), mul(b, X)), c)
d = derive(Y, gradient=S)
numbers = {"a": 1, "b": -2, "c": 1, "X": [[0, 0], [1, 2]], "S": [[1, 1], [1, 1]]}
print(d.evaluate(numbers).grads["X"].tolist())  # [[-2, -2], [0, 2]]
"""


class Setting:
    """The parabola in one number, then in an array of numbers, with what is given for each."""

    def __init__(self) -> None:
        self.one = Parabola(tensor("x", ()))
        self.d = derive(self.one.y)
        self.lr = tensor("lr", ())
        self.x_new = updated(self.d, self.one.x, self.lr)
        self.again = Parabola(self.x_new, self.one, "_new")
        self.point = Point(self.d, VALUES, (self.x_new, *self.again.nodes))
        self.after = self.point.with_leaf(self.lr, RATE)
        self.many = Parabola(tensor("X", (2, 2)), self.one, upper=True)
        self.S = tensor("S", (2, 2))
        self.loss = total(mul(self.many.y, self.S), name="L")
        self.pairing = derive(self.loss)
        self.array = Point(self.pairing, ARRAYS)


def note() -> Document:
    """The note."""
    here = Setting()
    roads, more = Crosscheck(here.d, VALUES), Crosscheck(here.pairing, ARRAYS)
    blocks = (
        Prose("intro"),
        *setting(here),
        *backward(here),
        *sign(here),
        *arrays(here),
        *descending(here),
        *roads.blocks(here.one.x, here.one.a, here.one.b),
        closing(here, roads, more),
    )
    return Document("autodiff-quadratic", "title", blocks)


def written_out(here: Setting) -> Step:
    """y as the polynomial that it is."""
    one = here.one
    square = Map("pow", one.x, param=TWO)
    polynomial = Sum((scalars(one.a, square), scalars(one.b, one.x), one.c), ())
    return steps.follows(one.y, polynomial, Rule.EXPAND, *map(steps.definition, one.nodes))


def setting(here: Setting) -> tuple[Block, ...]:
    """One operation per line, as a program records them."""
    one = here.one
    graph = network_graph(one.y, gradients={"x": "∂y/∂x", "a": None, "b": None, "c": None}, shapes=False)
    return (
        Heading("setting.title"),
        Prose("setting.text"),
        Statement(
            tuple(steps.definition(node) for node in one.nodes),
            tuple(f"setting.{name}" for name in ("square", "scaled", "linear", "both", "all")),
        ),
        Prose("setting.together"),
        Statement((written_out(here),)),
        Figure(graph, "graph", "setting.caption", "setting.alt"),
        Prose("setting.numbers"),
        Statement(here.point.given_for(one.a, one.b, one.c, one.x)),
        Calculation(here.point.worked(one.y, written_out(here).rhs).steps, ("", *PUT)),
    )


def by_chain(here: Setting) -> Derivation:
    """dy/dx over both paths, local gradients put in."""
    one = here.one
    chain = steps.chain(one.y, one.x)
    above = [steps.follows(Grad(one.y, node), value, Rule.LOCAL, *rules(here)) for node, value in arriving(here)]
    square = Step(Grad(one.s, one.x), scalars(one.x, scale=TWO), Rule.LOCAL, Derive())
    put = Sum((scalars(one.a, one.x, scale=TWO), one.b), ())
    return Derivation((chain, Step(chain.rhs, put, Rule.LOCAL, Expand((*above, square, steps.local(one.v, one.x))))))


def arriving(here: Setting) -> tuple[tuple[Term, Term], ...]:
    """What arrives at the square and at b x."""
    return (here.one.s, here.one.a), (here.one.v, Const(Fraction(1)))


def rules(here: Setting) -> tuple[Step, ...]:
    """The gradients of the inner nodes, by the reverse sweep."""
    return tuple(steps.gradient(here.d, node) for node in here.one.nodes[:-1])


def backward(here: Setting) -> tuple[Block, ...]:
    """Two paths, added up, then the numbers."""
    one = here.one
    square = Step(Grad(one.s, one.x), scalars(one.x, scale=TWO), Rule.LOCAL, Derive())
    above = tuple(steps.follows(Grad(one.y, node), value, Rule.LOCAL, *rules(here)) for node, value in arriving(here))
    chain = by_chain(here)
    return (
        Heading("backward.title"),
        Prose("backward.text"),
        Statement(
            (*above, square, steps.local(one.v, one.x)),
            tuple(f"backward.{name}" for name in ("factor", "added", "square", "product")),
            gradient="partial",
        ),
        Prose("backward.paths"),
        Calculation(
            (*chain.steps, *here.point.evaluated(chain.rhs)),
            ("backward.chain", "backward.local", *PUT),
            gradient="partial",
        ),
        Prose("backward.said"),
    )


def sign(here: Setting) -> tuple[Block, ...]:
    """The gradient is the gradient; the minus stands in the update."""
    point = here.after
    wrong = {eta: here.point.with_leaf(here.lr, eta) for eta in (RATE, -RATE)}
    rows = tuple(
        (phrase(key), wrong[eta].amount(here.x_new), wrong[eta].amount(here.again.y))
        for key, eta in (("sign.against", RATE), ("sign.along", -RATE))
    )
    return (
        Heading("sign.title"),
        Prose("sign.text"),
        Statement(point.given_for(here.lr)),
        *descent(point, here.x_new),
        prose("sign.table", before=here.point.amount(here.one.y)),
        Table(("sign.step", here.one.x, here.one.y), rows),
        Box("sign.box", (Prose("sign.moral"),)),
    )


def weighted(here: Setting) -> Step:
    """L = sum of Y_ij S_ij, in one line."""
    inner = next(node for node in here.pairing.sweep.nodes if node in here.loss.args)
    pair = Multi(replace(pointwise([(2, 2), (2, 2)], (2, 2)), output=()), (here.many.y, here.S))
    return steps.follows(here.loss, pair, Rule.DEFINITION, steps.definition(here.loss), steps.definition(inner))


def entrywise(here: Setting) -> Step:
    """dL/dX = S times (2 a X + b), entry by entry."""
    many, shape = here.many, here.many.y.shape
    slope = Sum(
        (
            Multi(pointwise([(), shape], shape, scale=TWO), (many.a, many.x)),
            Multi(pointwise([()], shape), (many.b,)),
        ),
        shape,
    )
    product = Multi(pointwise([shape, shape], shape), (here.S, slope))
    nodes = [*map(steps.definition, many.nodes)]
    sweep = [steps.gradient(here.pairing, tensor) for tensor in here.pairing.sweep.rules if tensor is not here.loss]
    return Step(Grad(here.loss, many.x), product, Rule.COLLECT, Expand((*nodes, *sweep)))


def arrays(here: Setting) -> tuple[Block, ...]:
    """An output that is an array needs a cotangent."""
    many, point, step = here.many, here.array, entrywise(here)
    return (
        Heading("arrays.title"),
        Prose("arrays.text"),
        Statement((*point.given_for(many.x), point.step(many.y))),
        Prose("arrays.cotangent"),
        Statement((weighted(here), *point.given_for(here.S)), ("arrays.one", "arrays.ones")),
        Prose("arrays.entries"),
        Calculation((step, *point.evaluated(step.rhs)), ("arrays.rule", *PUT), gradient="partial"),
        Prose("arrays.said"),
        Code(CODE),
    )


def descending(here: Setting) -> tuple[Block, ...]:
    """500 steps: the distance to the lowest point shrinks by 0.98 each time."""
    first, more = sequence(3)
    x_500, y_500 = after(STEPS)
    return (
        Heading("steps.title"),
        Prose("steps.text"),
        Calculation(one_step(here).steps, ("steps.rule", "steps.slope", "reason.put"), gradient="partial"),
        Prose("steps.distance"),
        Statement(tuple(first), ("steps.start", *("steps.rule_again",) * 3)),
        Prose("steps.multiplied"),
        Statement(tuple(more), ("steps.first", "steps.second", "steps.third")),
        Prose("steps.induction"),
        Statement(tuple(induction()), ("steps.called", "steps.kept")),
        prose("steps.power", factor=FACTOR, steps=STEPS),
        Statement((x_500, y_500), ("steps.factors", "steps.squared")),
        Prose("steps.rounded"),
        Table(("steps.count", "steps.x", "steps.y"), distances()),
        Prose("steps.why"),
    )


def one_step(here: Setting) -> Derivation:
    """x_new = x - lr dy/dx = x - lr (2 a x + b) = 0.98 x + 0.02."""
    x, lr = here.one.x, here.lr
    slope = by_chain(here).rhs
    put = Sum((x, scalars(lr, slope, scale=Fraction(-1))), ())
    simple = Sum((scalars(x, scale=FACTOR), Const(1 - FACTOR)), ())
    given = here.after.given_for(here.one.a, here.one.b, lr)
    nodes = [*map(steps.definition, here.one.nodes)]
    sweep = [steps.gradient(here.d, tensor) for tensor in (*here.one.nodes[:-1], x)]
    return Derivation(
        (
            steps.definition(here.x_new),
            Step(here.x_new.body, put, Rule.LOCAL, Expand((*nodes, *sweep))),
            Step(put, simple, Rule.NUMBERS, Expand(given)),
        )
    )


def closing(here: Setting, roads: Crosscheck, more: Crosscheck) -> Evidence:
    """What was checked and how."""
    claims = (
        Claim("claim.chain", by_chain(here)),
        Claim("claim.array", Derivation((entrywise(here),))),
        Claim("claim.step", one_step(here)),
        Claim("claim.induction", Derivation((induction()[-1],))),
        Claim("claim.last", Derivation((after(STEPS)[0],))),
    )
    return Evidence(claims, together(roads, more))
