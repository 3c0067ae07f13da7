"""The chain rule on two networks of three numbers: along one path, and over two."""

from __future__ import annotations

from fractions import Fraction

from render.document import Block, Box, Calculation, Figure, Heading, Prose, Statement
from render.figure import network_graph
from render.notes import steps
from symbolic import mul, tensor
from symbolic import pow as power
from symbolic.kernel.logic import Derivation, Derive, Expand, Rule, Step
from symbolic.terms.term import Grad, Map, Node, Sum, Term, scalars

TWO = Fraction(2)


def one_path_example() -> tuple[tuple[Node, ...], Derivation]:
    """y = 3 x, z = y^2: dz/dx = dz/dy dy/dx."""
    x = tensor("x", ())
    y = mul(3, x, name="y")
    z = power(y, 2, name="z")
    outer = Step(Grad(z, y), scalars(y, scale=TWO), Rule.LOCAL, Derive())
    chain, put = steps.chain(z, x), scalars(outer.rhs, steps.number(3))
    links = (
        chain,
        Step(chain.rhs, put, Rule.LOCAL, Expand((outer, steps.local(y, x)))),
        Step(put, scalars(x, scale=Fraction(18)), Rule.COLLECT, Expand((steps.definition(y),))),
    )
    return (y, z), Derivation(links)


def two_paths_example() -> tuple[tuple[Node, ...], Derivation]:
    """x = s^2, y = 3 s, z = x y: dz/ds sums over both paths."""
    s = tensor("s", ())
    x, y = power(s, 2, name="x"), mul(3, s, name="y")
    z = mul(x, y, name="z")
    slope = Step(Grad(x, s), scalars(s, scale=TWO), Rule.LOCAL, Derive())
    chain = steps.chain(z, s)
    put = Sum((scalars(y, slope.rhs), scalars(x, steps.number(3))), ())
    local = (Step(Grad(z, x), y, Rule.LOCAL, Derive()), Step(Grad(z, y), x, Rule.LOCAL, Derive()))
    square = Map("pow", s, param=TWO)
    links = (
        chain,
        Step(chain.rhs, put, Rule.LOCAL, Expand((*local, slope, steps.local(y, s)))),
        Step(put, scalars(square, scale=Fraction(9)), Rule.COLLECT, Expand((steps.definition(x), steps.definition(y)))),
    )
    return (x, y, z), Derivation(links)


def cube(nodes: tuple[Node, ...]) -> Term:
    """3 s^3, what z is when x and y are put in."""
    (s,) = nodes[0].args
    return scalars(Map("pow", s, param=Fraction(3)), scale=Fraction(3))


def one_path() -> tuple[Block, ...]:
    """The chain rule where every quantity feeds one other."""
    nodes, proof = one_path_example()
    graph = network_graph(nodes[-1], gradients={"x": "∂z/∂x", "y": "∂z/∂y"}, shapes=False)
    return (
        Heading("path.title"),
        Prose("path.text"),
        Statement(tuple(steps.definition(node) for node in nodes)),
        Figure(graph, "path", "path.caption", "path.alt"),
        Prose("path.apply"),
        Calculation(proof.steps, ("path.chain", "path.local", "path.collect"), gradient="partial"),
    )


def several_paths() -> tuple[Block, ...]:
    """The chain rule where a quantity feeds two others."""
    nodes, proof = two_paths_example()
    graph = network_graph(nodes[-1], gradients={"s": "∂z/∂s", "x": "∂z/∂x", "y": "∂z/∂y"}, shapes=False)
    return (
        Heading("paths.title"),
        Prose("paths.text"),
        Statement(tuple(steps.definition(node) for node in nodes)),
        Figure(graph, "paths", "paths.caption", "paths.alt"),
        Prose("paths.apply"),
        Calculation(proof.steps, ("paths.chain", "paths.local", "paths.collect"), gradient="partial"),
        Prose("paths.check"),
        Statement((steps.follows(nodes[-1], cube(nodes), Rule.COLLECT, *map(steps.definition, nodes)),)),
        Prose("paths.agree"),
        Box("paths.box", (Prose("paths.rule"),)),
    )
