"""What autodiff-quadratic is about: the parabola as a graph, and 500 steps of gradient descent on it, exactly.

Every step is x -> 0.98 x + 0.02, so that the distance to the lowest point, 1 - x, is 0.98^n after n steps.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from render.notes import steps
from render.notes.closing import decimal
from symbolic import add, mul, tensor
from symbolic import pow as power
from symbolic.kernel.logic import Definition, Expand, Rule, Step
from symbolic.terms.term import Const, Leaf, Map, Node, Sum, Tensor, Term, scalars

if TYPE_CHECKING:
    from render.document import Inline

FACTOR = Fraction(98, 100)
STEPS = 500
BLOCK = 25  # so many steps are followed at once
SHOWN = (1, 2, 10, 100, STEPS)
PLACES = 10


class Parabola:
    """s = x^2, u = a s, v = b x, w = u + v, y = w + c; a, b, c may be those of another parabola."""

    def __init__(self, x: Tensor, like: Parabola | None = None, suffix: str = "", *, upper: bool = False) -> None:
        def name(letter: str) -> str:
            return (letter.upper() if upper else letter) + suffix

        self.x = x
        self.a: Leaf = like.a if like else tensor("a", ())
        self.b: Leaf = like.b if like else tensor("b", ())
        self.c: Leaf = like.c if like else tensor("c", ())
        self.s = power(x, 2, name=name("q" if upper else "s"))
        self.u = mul(self.a, self.s, name=name("u"))
        self.v = mul(self.b, x, name=name("v"))
        self.w = add(self.u, self.v, name=name("w"))
        self.y = add(self.w, self.c, name=name("y"))

    @property
    def nodes(self) -> tuple[Node, ...]:
        """In the order of evaluation."""
        return self.s, self.u, self.v, self.w, self.y


def advanced(x: Tensor, name: str) -> Node:
    """0.98 x + 0.02."""
    return Node("update", (x,), Sum((scalars(x, scale=FACTOR), Const(1 - FACTOR)), ()), name=name)


def left_over(count: int) -> Term:
    """1 - 0.98^count."""
    if count == 1:
        return Sum((Const(Fraction(1)), Const(-FACTOR)), ())
    return Sum((Const(Fraction(1)), scalars(Map("pow", Const(FACTOR), param=Fraction(count)), scale=Fraction(-1))), ())


def start() -> tuple[Leaf, Step]:
    """x_0 = 0."""
    x = tensor("x0", ())
    return x, Step(x, Const(Fraction(0)), Rule.GIVEN, Definition())


def sequence(count: int) -> tuple[list[Step], list[Step]]:
    """x_1 = 0.98 x_0 + 0.02, ...; then x_1 = 1 - 0.98, ..., the first few steps."""
    x: Tensor
    x, known = start()
    facts, rules, closed = [known], [known], []
    for n in range(1, count + 1):
        x = advanced(x, f"x{n}")
        rules.append(steps.definition(x))
        facts.append(steps.definition(x))
        closed.append(Step(x, left_over(n), Rule.COLLECT, Expand(tuple(facts))))
    return rules, closed


def induction() -> tuple[Step, Step]:
    """If x = 1 - q, then the next x is 1 - 0.98 q: whatever q is."""
    q = tensor("q", ())
    here = Node("name", (q,), Sum((Const(Fraction(1)), scalars(q, scale=Fraction(-1))), ()), name="x")
    there = advanced(here, "x_new")
    left = Sum((Const(Fraction(1)), scalars(q, scale=-FACTOR)), ())
    known = (steps.definition(here), steps.definition(there))
    return known[0], Step(there, left, Rule.COLLECT, Expand(known))


@cache
def after(count: int) -> tuple[Step, Step]:
    """x after so many steps, which is followed in blocks, and y there: 1 - 0.98^n and 0.98^2n."""
    x: Tensor
    x, known = start()
    for n in range(1, count + 1):
        x = advanced(x, f"x{n}")
        if n % BLOCK == 1:
            facts = [known]
        facts.append(steps.definition(x))
        if n % BLOCK == 0 or n == count:
            known = Step(x, left_over(n), Rule.COLLECT, Expand(tuple(facts)))
    y = Parabola(x, suffix=str(count))
    given = [Step(leaf, Const(Fraction(n)), Rule.GIVEN, Definition()) for leaf, n in ((y.a, 1), (y.b, -2), (y.c, 1))]
    square = Map("pow", Const(FACTOR), param=Fraction(2 * count))
    facts = [known, *given, *map(steps.definition, y.nodes)]
    return known, Step(y.y, square, Rule.COLLECT, Expand(tuple(facts)))


def distances() -> tuple[tuple[Inline, ...], ...]:
    """n, x and y after n steps, done one after the other in fractions, rounded to ten places.

    Raises ArithmeticError where the steps and the formula part: then there is no page.
    """
    rows: list[tuple[Inline, ...]] = []
    x = Fraction(0)
    for n in range(1, STEPS + 1):
        x -= (2 * x - 2) / 100
        if x != 1 - FACTOR**n:
            raise ArithmeticError(f"after {n} steps x is not 1 - {FACTOR}^{n}")
        if n in SHOWN:
            y = x * x - 2 * x + 1
            rows.append((n, *(decimal(value, PLACES) for value in (x, y))))
    return tuple(rows)
