"""Attacks on the kernel: each of these statements is false, and every way of stating it must be refused.

A refusal is a sentence, at whichever term or step of the attack the kernel first notices.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import symbolic as s
from symbolic.kernel.logic import Cite, Definition, Derivation, Derive, Expand, Rewrite, Rule, Step
from symbolic.kernel.reindex import DropOperand
from symbolic.terms.form import Form
from symbolic.terms.layers import pointwise
from symbolic.terms.term import (
    Const,
    Data,
    Entry,
    Flip,
    Grad,
    Map,
    Multi,
    Node,
    Route,
    Stack,
    Sum,
    Term,
    scalars,
)

if TYPE_CHECKING:
    from collections.abc import Callable

R = Rule.EXPAND
REFUSED = (ValueError, TypeError)  # every GradproofError is a ValueError; a crash by accident is neither
X, Z = s.tensor("X", (2,)), s.tensor("Z", (2,))
x = s.tensor("x")
ONE, TWO, ZERO = (Const(Fraction(n)) for n in (1, 2, 0))
DOT = Form((), ((("i",),), (("i",),)), (("i", 2),))
COPY = Form((("i",),), ((("i",),),), (("i", 2),))


def power(exponent: Fraction) -> Map:
    return Map("pow", x, 0, exponent)


# The gradient of a loss by itself.


def test_the_gradient_of_a_loss_by_itself_is_one() -> None:
    loss = s.mul(x, x, name="L")
    Step(Grad(loss, loss), ONE, R, Derive())
    assert s.derive(loss).proof("L").rhs == ONE
    with pytest.raises(REFUSED):
        Step(Grad(loss, loss), ZERO, R, Derive())


# Powers.


@pytest.mark.parametrize("exponent", [Fraction(5, 2), Fraction(-5, 2), Fraction(1, 2)])
def test_a_power_is_not_rounded(exponent: Fraction) -> None:
    with pytest.raises(REFUSED):
        Step(power(exponent), power(Fraction(int(exponent))), R, Expand())


# Dropping an operand.


def test_an_operand_that_stands_deep_inside_another_is_not_dropped() -> None:
    twice = Flip(Flip(X, (0,)), (0,))
    node = Node("n", (X,), Multi(DOT, (X, twice)), name="n")
    with pytest.raises(REFUSED):
        Step(Grad(node, X), Multi(COPY, (twice,)), R, DropOperand())


def test_an_operand_that_another_is_computed_from_is_not_dropped() -> None:
    square = s.mul(X, X)
    deeper = s.mul(square, 2, name="Y")
    node = Node("n", (X, deeper), Multi(DOT, (X, deeper)), name="n")
    with pytest.raises(REFUSED):
        Step(Grad(node, X), Multi(COPY, (deeper,)), R, DropOperand())


def test_an_operand_deep_inside_a_function_is_not_dropped() -> None:
    twice = Map("relu", Map("relu", X))
    node = Node("n", (X,), Multi(DOT, (X, twice)), name="n")
    with pytest.raises(REFUSED):
        Step(Grad(node, X), Multi(COPY, (twice,)), R, DropOperand())


# Citing.


def test_a_definition_is_no_theorem_about_every_array() -> None:
    square = s.mul(X, X, name="O")
    theorem = Derivation((Step(square, square.body, R, Definition()),), "t")
    with pytest.raises(REFUSED):
        Step(Z, square.body, R, Cite(theorem, (), (("O", Z), ("X", X))))


def test_a_given_value_is_no_theorem_about_every_array() -> None:
    ones = Const(Fraction(1), (2,))
    theorem = Derivation((Step(X, ones, R, Definition()),), "t")
    with pytest.raises(REFUSED):
        Step(Z, ones, R, Cite(theorem, (), (("X", Z),)))


def test_a_fact_about_a_name_is_no_theorem_about_every_array() -> None:
    fact = Step(X, Const(Fraction(1), (2,)), R, Definition())
    doubled = Multi(pointwise([(2,)], (2,), scale=Fraction(2)), (X,))
    theorem = Derivation((Step(doubled, Const(Fraction(2), (2,)), R, Expand((fact,))),), "t")
    with pytest.raises(REFUSED):
        Step(Multi(doubled.form, (Z,)), Const(Fraction(2), (2,)), R, Cite(theorem, (), (("X", Z),)))


def test_a_rewritten_name_is_no_theorem_about_every_array() -> None:
    fact = Step(X, Const(Fraction(1), (2,)), R, Definition())
    theorem = Derivation((Step(Flip(X, (0,)), Flip(fact.rhs, (0,)), R, Rewrite((fact,))),), "t")
    with pytest.raises(REFUSED):
        Step(Flip(Z, (0,)), Flip(fact.rhs, (0,)), R, Cite(theorem, (), (("X", Z),)))


def square_of(term: Term) -> Multi:
    return Multi(pointwise([term.shape] * 2, term.shape), (term, term))


HALF_REPLACED: dict[str, tuple[Term, Term, Term]] = {
    "map": (Map("pow", X, param=Fraction(2)), square_of(X), square_of(Z)),
    "route": (Route(X, (2,), ((0, 0), (1, 1))), Flip(Flip(X, (0,)), (0,)), Flip(Flip(Z, (0,)), (0,))),
    "entry": (
        Entry(X, (0,)),
        Multi(DOT, (X, Data((Fraction(1), Fraction(0)), (2,)))),
        Multi(DOT, (Z, Data((Fraction(1), Fraction(0)), (2,)))),
    ),
    "stack": (
        Stack((Entry(X, (0,)), Entry(X, (1,))), (2,)),
        Flip(Flip(X, (0,)), (0,)),
        Flip(Flip(Z, (0,)), (0,)),
    ),
}


@pytest.mark.parametrize("kind", HALF_REPLACED)
def test_an_instance_replaces_every_occurrence(kind: str) -> None:
    """The theorem is true of X; with X left standing on one side and Z on the other it is false."""
    left, right, wrong = HALF_REPLACED[kind]
    theorem = Derivation((Step(left, right, R, Expand()),), "t")
    with pytest.raises(REFUSED):
        Step(left, wrong, R, Cite(theorem, (), (("X", Z),)))


# One name, one meaning.


def test_one_equals_two_is_no_derivation() -> None:
    """x = 1 in one step and x = 2 in the next."""
    given = Step(x, ONE, R, Definition())
    with pytest.raises(REFUSED):
        Derivation((Step(ONE, x, R, Expand((given,))), Step(x, TWO, R, Definition())))


def test_one_equals_two_is_no_derivation_by_parts_either() -> None:
    one, two = (Step(x, value, R, Definition()) for value in (ONE, TWO))
    double = scalars(x, scale=Fraction(2))
    with pytest.raises(REFUSED):
        Derivation(
            (Step(TWO, double, R, Expand((one,))), Step(double, scalars(TWO, scale=Fraction(2)), R, Rewrite((two,))))
        )


def test_a_rewriting_by_two_meanings_is_refused() -> None:
    one, two = (Step(x, value, R, Definition()) for value in (ONE, TWO))
    with pytest.raises(REFUSED):
        Step(scalars(x), scalars(TWO), R, Rewrite((one, two)))


def test_a_fact_about_itself_is_refused() -> None:
    itself = Step(X, Flip(Flip(X, (0,)), (0,)), R, Expand())
    with pytest.raises(REFUSED):
        Step(X, Z, R, Expand((itself,)))


# Derivatives with two readings.


def double_counted() -> Derivation:
    """N reads x directly and through Y; dN/dx is the total in the facts and the partial in the chain."""
    inner = s.mul(x, x, name="Y")
    node = s.add(x, inner, name="N")
    loss = s.mul(node, node, name="L")
    twice = scalars(x, scale=Fraction(2))
    chained = Sum((scalars(Grad(loss, node), Grad(node, x)), scalars(Grad(loss, inner), Grad(inner, x))), ())
    facts = (
        Step(Grad(node, x), Sum((ONE, scalars(Grad(node, inner), twice)), ()), R, Derive()),
        Step(Grad(node, inner), ONE, R, Derive()),
        Step(Grad(loss, inner), Grad(loss, node), R, Derive()),
        Step(Grad(inner, x), twice, R, Derive()),
        Step(Grad(loss, node), scalars(node, scale=Fraction(2)), R, Derive()),
    )
    wrong = Sum((scalars(node, scale=Fraction(2)), scalars(node, x, scale=Fraction(8))), ())
    first = Step(Grad(loss, x), chained, R, Derive(chain=True))
    return Derivation((first, Step(chained, wrong, R, Expand(facts))))  # right: 2 N (1 + 2 x)


def hiding_a_leaf() -> Step:
    hidden = Node("n", (), scalars(x, x), name="n")
    return Step(Grad(hidden, x), ZERO, R, Derive())


def hiding_a_node() -> Step:
    square = s.mul(x, x, name="Y")
    hidden = Node("n", (x,), scalars(x, square), name="n")
    return Step(Grad(hidden, x), square, R, Derive())  # right: 3 x^2


def holding_a_gradient() -> Step:
    """n = x * dM/dx with M = x^2 has slope 4 x, not dM/dx = 2 x."""
    square = s.mul(x, x, name="M")
    node = Node("n", (x,), scalars(x, Grad(square, x)), name="n")
    return Step(Grad(node, x), Grad(square, x), R, Derive())


@pytest.mark.parametrize("attack", [double_counted, hiding_a_leaf, hiding_a_node, holding_a_gradient])
def test_a_derivative_counts_every_way_once(attack: Callable[[], object]) -> None:
    with pytest.raises(REFUSED):
        attack()
