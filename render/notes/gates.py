"""What single gates send back, and what happens where a wire goes two ways."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from render.document import (
    Abbreviation,
    Block,
    Calculation,
    Figure,
    Heading,
    Inline,
    Prose,
    Statement,
    Table,
    phrase,
)
from render.figure import network_graph
from render.notes import steps
from symbolic import add, derive, mul, tensor
from symbolic import pow as power
from symbolic.kernel.logic import Derivation, Derive, Rule, Step
from symbolic.terms.term import Const, Grad, Node, Tensor, Term, scalars
from symbolic.terms.unrolled import summed

if TYPE_CHECKING:
    from symbolic.network.derived import Derived


def gate(name: str) -> tuple[Node, Derived]:
    """A gate u of a and b, in the middle of any network."""
    a, b, given = tensor("a", ()), tensor("b", ()), tensor("D", ())
    made = {
        "add": lambda: add(a, b, name="u"),
        "mul": lambda: mul(a, b, name="u"),
        "scale": lambda: mul(3, a, name="u"),
        "square": lambda: power(a, 2, name="u"),
    }
    node: Node = made[name]()
    return node, derive(node, gradient=given)


def handed_on(node: Node, derived: Derived, tensor: Tensor) -> Step:
    """dL/da as what arrives times the local gradient."""
    above = Grad(derived.loss, node)
    if node.op == "pow":
        body: Term = scalars(above, tensor, scale=Fraction(2))
    else:
        slope = steps.local(node, tensor).rhs
        body = steps.times(slope.value, above) if isinstance(slope, Const) else scalars(above, slope)
    return Step(Grad(derived.loss, tensor), body, Rule.LOCAL, Derive())


def gates() -> tuple[Block, ...]:
    """The rule of one gate, and a table of the common ones."""
    product, derived = gate("mul")
    a = product.args[0]
    chain = steps.chain(derived.loss, a)
    links = (chain, steps.follows(chain.rhs, handed_on(product, derived, a).rhs, Rule.LOCAL, steps.local(product, a)))
    rows: list[tuple[Inline, ...]] = []
    for name in ("add", "mul", "scale", "square"):
        node, above = gate(name)
        sent = [handed_on(node, above, tensor) for tensor in node.args]
        rows.append((phrase(f"gates.{name}"), steps.definition(node), sent[0], sent[1] if len(sent) > 1 else ""))
    return (
        Heading("gates.title"),
        Prose("gates.text"),
        Abbreviation(Grad(derived.loss, product)),
        Prose("gates.rule"),
        Calculation(links, ("gates.chain", "gates.local")),
        Prose("gates.table"),
        Table(("gates.gate", "gates.forward", "gates.first", "gates.second"), tuple(rows), "gates.caption"),
        Prose("gates.said"),
    )


def branching() -> tuple[Node, Derivation]:
    """q = x + y, r = 3 x, g = q r: x acts through the sum and through the multiple."""
    x, y = tensor("x", ()), tensor("y", ())
    q, r = add(x, y, name="q"), mul(3, x, name="r")
    g = mul(q, r, name="g")
    local = [steps.local(gate, tensor) for gate, tensor in ((g, q), (q, x), (g, r), (r, x))]
    chain = steps.chain(g, x)
    put = summed([r, scalars(q, scale=Fraction(3))])
    collected = summed([scalars(x, scale=Fraction(6)), scalars(y, scale=Fraction(3))])
    links = (
        chain,
        steps.follows(chain.rhs, put, Rule.LOCAL, *local),
        steps.follows(put, collected, Rule.COLLECT, *map(steps.definition, (q, r))),
    )
    return g, Derivation(links)


def branch() -> tuple[Block, ...]:
    """A wire that goes to two gates."""
    g, proof = branching()
    return (
        Heading("branch.title"),
        Prose("branch.text"),
        Statement(tuple(steps.definition(node) for node in (*g.args, g) if isinstance(node, Node))),
        Figure(network_graph(g, shapes=False), "branch", "branch.caption", "branch.alt"),
        Calculation(proof.steps, ("branch.paths", "branch.local", "branch.collect"), gradient="partial"),
        Prose("branch.said"),
    )
