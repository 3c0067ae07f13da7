"""One step of gradient descent in the notes, and how long it may be: every number a checked step.

updated(derived, K, rate)      K_new = K - rate * dL/dK, a node        descent(point, K_new)   with the numbers
in_rate(point, L_new, rate)    what comes after the step as a polynomial in the learning rate
before_collecting(...)         the same before the numbers are added up, for an output that is linear in the weights
rate_table(...)                some learning rates and what they do to the loss
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from render.document import Calculation, Inline, Table, phrase
from render.notes.numbers import PUT, Point, numbers_of
from render.notes.steps import definition, minus, number, times
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.layers import pointwise
from symbolic.terms.term import Grad, Leaf, Map, Multi, Node, Sum, Tensor, Term, scalars
from symbolic.terms.unrolled import summed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symbolic.network.derived import Derived

SQUARE = 2
ONE = Fraction(1)
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


def error_in_rate(point: Point, loss: Node, output: Step, target: Term) -> tuple[Step, Step]:
    """The squared error after the step: the output's polynomial in the rate minus the target, squared; then collected.

    `output` ends in a sum that begins with its value at rate 0.
    """
    constant, *powers = output.rhs.parts
    start, aim = (numbers_of(part)[0] for part in (constant, point.value(target)))
    put, left = (Map("pow", error, param=Fraction(2)) for error in _errors(output.rhs, start, aim, powers))
    return Step(loss, put, Rule.GIVEN, Expand(point.facts)), Step(put, left, Rule.COLLECT, Expand())


def _errors(output: Term, start: Fraction, aim: Fraction, powers: Sequence[Term]) -> tuple[Term, Term]:
    """output - aim as it stands, and with the two numbers put together."""
    return minus(output, number(aim)), Sum((number(start - aim), *powers), ())


def before_collecting(
    point: Point, output: Term, rate: Leaf, changes: Sequence[tuple[Fraction, Fraction]], scale: Fraction = ONE
) -> Step:
    """An output that is linear in the weights, after the step: its value before - scale rate (gradient share + ...).

    changes  for each weight its gradient, and how often the weight counts in the output.
    """
    start = numbers_of(point.with_leaf(rate, 0).value(output))[0]
    moved = Sum(tuple(scalars(number(slope), number(share)) for slope, share in changes), ())
    rhs = Sum((number(start), scalars(rate, moved, scale=-scale)), ())
    return Step(output, rhs, Rule.GIVEN, Expand(point.facts))


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
