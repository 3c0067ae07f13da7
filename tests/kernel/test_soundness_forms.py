"""Attacks on the kernel, second part: conditions, nested sums, identities of functions, malformed terms."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import symbolic as s
from symbolic.errors import GradproofError
from symbolic.kernel.functions import Elementary, Normalized
from symbolic.kernel.logic import Derive, Expand, Rule, Step
from symbolic.kernel.reindex import Reindex
from symbolic.search.matching import differentiated, reindexed
from symbolic.terms.build import multi
from symbolic.terms.form import Form
from symbolic.terms.size import Row, letter_size
from symbolic.terms.term import (
    AxisMap,
    Const,
    Data,
    Entry,
    Flip,
    Grad,
    Leaf,
    Map,
    Multi,
    Node,
    Route,
    Stack,
    Sum,
    Term,
)
from symbolic.theorems.losses import SumsToOne

if TYPE_CHECKING:
    from collections.abc import Callable

R = Rule.EXPAND
REFUSED = (ValueError, TypeError)  # every GradproofError is a ValueError; a crash by accident is neither
X, Z = s.tensor("X", (2,)), s.tensor("Z", (2,))
x = s.tensor("x")
ONE, TWO, ZERO = (Const(Fraction(n)) for n in (1, 2, 0))
DOT = Form((), ((("i",),), (("i",),)), (("i", 2),))
COPY = Form((("i",),), ((("i",),),), (("i", 2),))


def power(exponent: Fraction, order: int = 0) -> Map:
    return Map("pow", x, order, exponent)


# Conditions.


@pytest.mark.parametrize(
    "node",
    [
        s.relu(s.tensor("A", (2, 2)), name="O"),
        s.leaky_relu(s.tensor("A", (2, 2)), name="O"),
        s.max_pool2d(s.tensor("A", (2, 2)), 2, name="O"),
        s.l1_loss(s.tensor("A", (2, 2)), s.tensor("B", (2, 2)), name="O"),
    ],
    ids=lambda node: str(node.op),
)
def test_a_kink_is_a_condition_of_every_proof_through_it(node: Node) -> None:
    loss = s.sum(node, name="L")
    network = s.derive(loss)
    assert network.proof("A").given
    with pytest.raises(GradproofError, match="condition"):
        Step(Grad(loss, network.tensor("A")), network.gradient("A"), R, Derive())


# Reindexing.


def rows_with_a_letter_twice() -> Step:
    """5 i + i - a = 0 is not i + i - a = 0."""

    def term(stride: int) -> Multi:
        form = Form((("a",),), ((("i",),),), (("i", 3), ("a", 9)), (Row("i", "i", "a", stride),))
        return Multi(form, (s.tensor("V", (3,)),))

    return Step(term(5), term(1), R, Reindex())


PLAIN_SUM = Form((), ((("a",), ("b",)),), (("a", 2), ("b", 2)))


def diagonal() -> Form:
    return Form((("i",), ("i",)), ((("i",),),), (("i", 2),))


def summed_diagonal() -> Step:
    """The sum of diag(X) is X_1 + X_2, not 2 (X_1 + X_2)."""
    summed = Multi(PLAIN_SUM, (Multi(diagonal(), (X,)),))
    return reindexed(summed, Multi(Form((), ((("b",),),), (("a", 2), ("b", 2))), (X,)))


def flipped_diagonal() -> Step:
    return reindexed(Flip(Multi(diagonal(), (X,)), (0,)), Multi(diagonal(), (Flip(X, (0,)),)))


def letters_that_meet() -> Step:
    """Sum over k and j of X_j Z_k is no sum over k of X_k Z_k, whatever the letters are called."""
    inner = Multi(Form((), ((("j",),),), (("j", 2),)), (X,))
    return reindexed(Multi(Form((), ((), (("0.j",),)), (("0.j", 2),)), (inner, Z)), Multi(DOT, (X, Z)))


@pytest.mark.parametrize("attack", [rows_with_a_letter_twice, summed_diagonal, flipped_diagonal, letters_that_meet])
def test_nested_sums_are_read_as_they_stand(attack: Callable[[], object]) -> None:
    with pytest.raises(REFUSED):
        attack()


def test_the_derivative_for_all_sizes_carries_its_conditions_too() -> None:
    loss = Node("n", (X,), Multi(Form((), ((("i",),),), (("i", 2),)), (Map("relu", X),)), name="n")
    with pytest.raises(GradproofError, match="condition"):
        differentiated(loss, X, Map("relu", X, order=1))


def test_a_hypothesis_is_a_condition() -> None:
    """That entries add up to 1 is assumed, so the derivation must say so."""
    total = Multi(Form((), ((("i",),),), (("i", 2),)), (X,))
    with pytest.raises(REFUSED):
        Step(total, ONE, R, SumsToOne())


def test_a_hypothesis_about_sums_is_about_a_sum() -> None:
    copy, half = Multi(COPY, (X,)), Multi(Form((), ((("i",),),), (("i", 2),), divisor=letter_size("D")), (X,))
    with pytest.raises(REFUSED):
        Step(copy, Const(Fraction(1), (2,)), R, SumsToOne(), ("targets-sum-to-one",))
    with pytest.raises(REFUSED):
        Step(half, ONE, R, SumsToOne(), ("targets-sum-to-one",))


# Identities of functions.

N = letter_size("N")
z = Leaf("z", (N,))
WHOLE = Form((("i",),), ((("i",),),), (("i", N),))
FALSE_OF_Z: dict[str, tuple[Term, Term]] = {
    "the root of a square is the modulus": (Map("sqrt", Map("pow", z, param=Fraction(2))), z),
    "so is its reciprocal": (Map("rsqrt", Map("pow", z, param=Fraction(2))), Map("pow", z, param=Fraction(-1))),
    "a divisor counts": (Multi(replace(WHOLE, divisor=letter_size("D")), (z,)), z),
    "a summed letter counts": (Multi(replace(WHOLE, sizes=(("i", N), ("k", N))), (z,)), z),
    "sigmoid is not its slope": (Map("sigmoid", z, 1), Map("sigmoid", z)),
    "a sign": (
        Map("tanh", z, 1),
        Sum((Const(Fraction(-1), (N,)), Map("pow", Map("tanh", z), param=Fraction(2))), (N,)),
    ),
}


@pytest.mark.parametrize("kind", FALSE_OF_Z)
def test_identities_of_functions_hold_for_every_number(kind: str) -> None:
    lhs, rhs = FALSE_OF_Z[kind]
    with pytest.raises(REFUSED):
        Step(lhs, rhs, R, Elementary(z))


def test_a_power_has_a_whole_exponent() -> None:
    with pytest.raises(REFUSED):
        Map("pow", z, param=Fraction(1, 2))


def test_the_derivative_of_a_power_is_a_lower_power() -> None:
    with pytest.raises(REFUSED):
        Map("pow", z, order=1, param=Fraction(3))


def masked() -> Step:
    """The diagonal part of a matrix is not the matrix."""
    square = Leaf("z", (N, N))
    mask = Form((("i",), ("i",)), ((("i",), ("i",)),), (("i", N),))
    return Step(Multi(mask, (square,)), square, R, Elementary(square))


def ones_on_the_diagonal() -> Step:
    K = letter_size("K")
    spread = Form((("i",), ("i",)), ((("i",), ("k",)),), (("i", N), ("k", K)))
    return Step(Multi(spread, (AxisMap("softmax", Leaf("z", (N, K)), 1),)), Const(Fraction(1), (N, N)), R, Normalized())


@pytest.mark.parametrize("attack", [masked, ones_on_the_diagonal])
def test_a_diagonal_is_no_full_matrix(attack: Callable[[], object]) -> None:
    with pytest.raises(REFUSED):
        attack()


# Malformed terms.


MALFORMED: dict[str, Callable[[], object]] = {
    "data of another length": lambda: Data((Fraction(1),), (2,)),
    "a route to nowhere": lambda: Route(X, (2,), ((7, 0),)),
    "a route from nowhere": lambda: Route(X, (2,), ((0, 7),)),
    "a route from the end": lambda: Route(X, (2,), ((0, -1),)),
    "a flip of no axis": lambda: Flip(X, (1,)),
    "a flip from the end": lambda: Flip(X, (-1,)),
    "a flip twice": lambda: Flip(X, (0, 0)),
    "softmax of no axis": lambda: AxisMap("softmax", X, 1),
    "logsumexp from the end": lambda: AxisMap("logsumexp", X, -1),
    "a float": lambda: Step(Const(0.5), Const(Fraction(1, 2)), R, Expand()),  # type: ignore[arg-type]
    "data in floats": lambda: Data((0.5, 0.25), (2,)),  # type: ignore[arg-type]
    "a sum that may change": lambda: Sum([X, X], (2,)),  # type: ignore[arg-type]
    "a sum of nothing": lambda: Sum((X, Const(Fraction(0))), (2,)),
    "an entry outside": lambda: Entry(X, (2,)),
    "a stack of arrays": lambda: Stack((X, X), (2,)),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_term_is_refused(kind: str) -> None:
    with pytest.raises(REFUSED):
        MALFORMED[kind]()


def test_a_constant_with_letters_of_its_own_is_counted() -> None:
    """Sum over k of X_i * 1 is 5 X_i, not X_i."""
    form = Form((("i",),), ((("i",),), (("k",),)), (("i", 2), ("k", 5)))
    term = Multi(form, (X, Const(Fraction(1), (5,))))
    Step(term, multi(term), R, Expand())


def test_an_expansion_too_large_is_refused_as_a_proof() -> None:
    wide = s.sum(s.tensor("W", (40,)))
    raised = Map("pow", Multi(wide.body.form, wide.args), param=Fraction(12))
    with pytest.raises(GradproofError, match="terms"):
        Step(raised, raised, R, Expand())
