"""One step of gradient descent in the notes, and how long it may be: every number a checked step.

updated(derived, K, rate)      K_new = K - rate * dL/dK, a node        descent(point, K_new)   with the numbers
in_rate(point, L_new, rate)    what comes after the step as a polynomial in the learning rate
rate_table(...)                some learning rates and what they do to the loss
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from render.document import Calculation, Inline, Table, phrase
from render.notes.numbers import PUT, Point, numbers_of
from render.notes.steps import definition, minus, times
from symbolic.equality import Expand, Rule, Step
from symbolic.layers import pointwise
from symbolic.term import Grad, Leaf, Map, Multi, Node, Sum, Tensor, Term
from symbolic.unroll import summed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symbolic.derived import Derived

SQUARE = 2
CENT = 100  # losses in a table are rounded to two places


def updated(derived: Derived, tensor: Tensor, rate: Leaf, name: str = "") -> Node:
    """The tensor after one step of gradient descent, tensor - rate * dL/dtensor, under a name of its own."""
    slope = Grad(derived.loss, tensor)
    shape = tensor.shape
    factors = (rate, slope)
    move = Multi(pointwise([factor.shape for factor in factors], shape, scale=Fraction(-1)), factors)
    return Node("update", (tensor, rate), Sum((tensor, move), shape), name=name or f"{tensor.name}_new")


def in_rate(point: Point, term: Term, rate: Leaf, degree: int = 2) -> Step:
    """A scalar after the update as a polynomial of degree at most 2 in the learning rate, fitted and then checked."""
    here, up, down = (numbers_of(point.with_leaf(rate, eta).value(term))[0] for eta in (0, 1, -1))
    coefficients = (here, (up - down) / 2, (up + down) / 2 - here)[: degree + 1]
    powers: list[Term] = []
    for power, coefficient in enumerate(coefficients):
        if coefficient:
            letters = [rate] * power if power < SQUARE else [Map("pow", rate, param=Fraction(power))]
            powers.append(times(coefficient, *letters))
    return Step(term, summed(powers), Rule.COLLECT, Expand(point.facts))


def error_in_rate(point: Point, loss: Node, output: Step, target: Term) -> Step:
    """The squared error after the step, the output's polynomial in the rate minus the target, squared."""
    error = minus(output.rhs, point.value(target))
    return Step(loss, Map("pow", error, param=Fraction(2)), Rule.COLLECT, Expand(point.facts))


def descent(after: Point, *new: Node, reason: str = "descent.rule") -> tuple[Calculation, ...]:
    """The updates of some tensors: the rule, the numbers put in, the new values."""
    return tuple(
        Calculation((definition(node), *after.evaluated(node.body, _slopes(node))), (reason, *PUT), gradient="partial")
        for node in new
    )


def _slopes(node: Node) -> list[Term]:
    """The gradients in the body of an update."""
    parts = node.body.terms if isinstance(node.body, Sum) else ()
    return [x for part in parts if isinstance(part, Multi) for x in part.operands if isinstance(x, Grad)]


def rate_table(point: Point, rate: Leaf, loss: Node, outcomes: Sequence[Term], rates: Sequence[Fraction]) -> Table:
    """A row per learning rate: the outcomes after the step, rounded to cents, and whether the loss has fallen."""
    before = point.amount(point.derived.loss)
    rows: list[tuple[Inline, ...]] = []
    for eta in rates:
        there = point.with_leaf(rate, eta)
        rows.append(
            (eta, *(_rounded(there.amount(term)) for term in outcomes), phrase(_verdict(there.amount(loss), before)))
        )
    return Table(("descent.rate", *outcomes, "descent.verdict"), tuple(rows), "descent.caption")


def _verdict(after: Fraction, before: Fraction) -> str:
    if after == 0:
        return "descent.hits"
    if after == before:
        return "descent.same"
    return "descent.falls" if after < before else "descent.grows"


def _rounded(value: Fraction) -> Fraction:
    return Fraction(round(value * CENT), CENT)
