"""The kernel: right equalities are accepted, wrong ones refused with the first term that differs."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

import symbolic as s
from symbolic.errors import ProofError
from symbolic.kernel.logic import (
    Both,
    Cite,
    Definition,
    Derivation,
    Derive,
    Expand,
    Proof,
    Rewrite,
    Rule,
    Scope,
    Step,
)
from symbolic.kernel.reindex import DropOperand, Reindex
from symbolic.terms.term import Const, Data, Flip, Grad, Map, Node, Term, scalars
from symbolic.theorems import citation

if TYPE_CHECKING:
    from collections.abc import Callable
from tests.planted import DELTA, FORGED, ONES, RELU, SQUARES, WX, A, B, F, L, O, R, X, operands, plus, times, view


@pytest.mark.parametrize("name", FORGED)
def test_the_right_equality_is_accepted(name: str) -> None:
    planted = FORGED[name]
    step = Step(planted.lhs, planted.right, R, planted.proof, planted.given)
    assert (step.lhs, step.rhs) == (planted.lhs, planted.right)


@pytest.mark.parametrize("name", FORGED)
def test_the_wrong_equality_is_refused_by_name(name: str) -> None:
    planted = FORGED[name]
    with pytest.raises(ProofError, match=planted.words):
        Step(planted.lhs, planted.wrong, R, planted.proof, planted.given)


def test_there_are_enough_planted_errors() -> None:
    assert len(FORGED) >= 25


def test_sides_of_different_shapes_are_refused() -> None:
    with pytest.raises(ProofError, match=r"\(4, 4\) and \(7, 6\)"):
        Step(O, X, R, Expand())


def test_evidence_that_shows_nothing_is_refused() -> None:
    with pytest.raises(ProofError, match="shows nothing"):
        Step(A, A, R, Proof())


def test_a_definition_needs_a_name_and_its_body_or_value() -> None:
    for lhs, rhs in ((A, B), (A.__class__("A", (2, 2)), times(A)), (times(A), A), (ONES, ONES), (DELTA, DELTA)):
        with pytest.raises(ProofError, match="definition"):
            Step(lhs, rhs, R, Definition())
    Step(A, Data((Fraction(1),) * 4, (2, 2)), R, Definition())


@pytest.mark.parametrize("lhs", [A, Grad(A, A), Grad(SQUARES, times(A))])
def test_a_derivative_needs_a_node_by_a_tensor(lhs: Term) -> None:
    with pytest.raises(ProofError):
        Step(lhs, Const(Fraction(0), lhs.shape), R, Derive())


def test_a_tensor_that_the_loss_does_not_read_has_gradient_zero() -> None:
    Step(Grad(SQUARES, B), Const(Fraction(0), (2, 2)), R, Derive())
    with pytest.raises(ProofError, match="dS/dB_11"):
        Step(Grad(SQUARES, B), ONES, R, Derive())


def test_the_chain_rule_as_printed() -> None:
    x, w = s.tensor("x"), s.tensor("w")
    y = s.mul(x, w, name="y")
    loss = s.mul(y, y, name="l")
    right = scalars(Grad(loss, y), Grad(y, w))
    Step(Grad(loss, w), right, Rule.CHAIN, Derive(chain=True))
    Step(Grad(y, w), x, Rule.LOCAL, Derive())
    for wrong in (scalars(Grad(loss, y), Grad(y, x)), scalars(Grad(y, w)), scalars(Grad(loss, y), w), x):
        with pytest.raises(ProofError, match="dl/dw: "):
            Step(Grad(loss, w), wrong, Rule.CHAIN, Derive(chain=True))


def test_a_local_derivative_through_another_node_is_refused() -> None:
    inner = s.mul(A, A, name="J")
    outer = s.add(inner, A, name="Y")
    with pytest.raises(ProofError, match="other ways"):
        Step(Grad(outer, A), Const(Fraction(1), (2, 2, 2, 2)), R, Derive())


def test_facts_are_about_names_and_do_not_contradict() -> None:
    one, two = (Step(A, Const(Fraction(n), (2, 2)), R, Definition()) for n in (1, 2))
    with pytest.raises(ProofError, match="two meanings"):
        Step(A, Const(Fraction(1), (2, 2)), R, Expand((one, two)))
    about = Step(times(A), A, R, Expand())
    with pytest.raises(ProofError, match="only a step about"):
        Step(A, A, R, Expand((about,)))
    with pytest.raises(ProofError, match="A_11: the left side has 1 times 1, the right side has 2"):
        Step(A, Const(Fraction(2), (2, 2)), R, Expand((one,)))


def test_rewriting_replaces_whole_parts() -> None:
    flipped = Step(Flip(Flip(A, (0,)), (0,)), A, R, Expand())
    lhs = plus(Flip(Flip(A, (0,)), (0,)), Map("relu", Flip(Flip(A, (0,)), (0,))), B)
    Step(lhs, plus(A, Map("relu", A), B), R, Rewrite((flipped,)))
    for wrong in (plus(A, Map("relu", A), A), plus(A, Map("relu", B), B), plus(B, Map("relu", A), A)):
        with pytest.raises(ProofError, match="parts"):
            Step(lhs, wrong, R, Rewrite((flipped,)))


def test_both_pieces_of_evidence_are_checked() -> None:
    for pair in (Both(Expand(), Definition()), Both(Definition(), Expand())):
        with pytest.raises(ProofError, match="definition"):
            Step(times(A), A, R, pair)


# Derivations


def test_a_chain_with_a_broken_link_is_refused() -> None:
    one = Step(Grad(L, X), view(X), R, Derive())
    two = Step(view(X), WX, R, Expand())
    assert Derivation((one, two)).rhs == WX
    assert Derivation((one, two)).lhs == Grad(L, X)
    for chain in ((two, one), (one, one), (two, Step(A, A, R, Expand()))):
        with pytest.raises(ProofError, match="step 2 does not begin where step 1 ended"):
            Derivation(chain)
    with pytest.raises(ProofError, match="at least one"):
        Derivation(())


def test_a_derivation_reports_conditions_and_the_weakest_scope() -> None:
    one = Step(Grad(L, X), view(X), R, Derive(), given=("a", "b"))
    cite = citation(view(X))
    assert cite is not None
    general = Step(view(X), WX, R, cite, given=("b", "c"))
    chain = Derivation((one, general))
    assert chain.given == ("a", "b", "c")
    assert chain.scope is Scope.THESE_SIZES
    assert Derivation((general,)).scope is Scope.ALL_SIZES
    assert chain.evidence == ("Derive", "Cite")
    assert chain.theorems == (cite.theorem,)
    assert Derivation((Step(view(X), WX, R, Both(cite, Expand())),)).evidence == ("Cite", "Expand")
    both = Step(view(X), WX, R, Rewrite((Step(view(X), WX, R, Expand()),)))
    assert Derivation((both,)).scope is Scope.THESE_SIZES
    assert "Expand" in Derivation((both,)).evidence


def test_conditions_of_facts_parts_and_theorems_are_stated_again() -> None:
    kink = ("relu'(0) = 0",)
    fact = Step(RELU, RELU.body, R, Definition(), given=kink)
    theorem = Derivation((Step(times(A), A, R, Expand(), given=kink),), "t")
    uses: list[tuple[Term, Term, Proof]] = [
        (times(RELU), Map("relu", A), Expand((fact,))),
        (plus(RELU, A), plus(Map("relu", A), A), Rewrite((fact,))),
        (times(B), B, Cite(theorem, (), (("A", B),))),
        (times(B), B, Both(Expand(), Cite(theorem, (), (("A", B),)))),
    ]
    for lhs, rhs, proof in uses:
        with pytest.raises(ProofError, match="condition"):
            Step(lhs, rhs, R, proof)
        assert Derivation((Step(lhs, rhs, R, proof, kink),)).given == kink


# Copies


def tampered() -> Step:
    step = Step(view(X), WX, R, Expand())
    object.__setattr__(step, "rhs", operands(WX, F, DELTA))
    return step


def unpickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 (our own bytes)


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": unpickled,
    "replace": replace,
    "deepcopy in a list": lambda step: copy.deepcopy([step]),
}


@pytest.mark.parametrize("way", COPIES)
def test_copying_checks_again(way: str) -> None:
    with pytest.raises(ProofError, match=r"entry 1: the left side has 1 times F_21\*dL/dO_12"):
        COPIES[way](tampered())
    assert COPIES[way](Step(view(X), WX, R, Expand()))


@pytest.mark.parametrize("way", ["copy", "deepcopy", "pickle", "replace"])
def test_copying_a_derivation_checks_its_links_again(way: str) -> None:
    one, two = Step(times(A), A, R, Expand()), Step(A, times(A), R, Expand())
    chain = Derivation((one, two))
    assert COPIES[way](chain).rhs == chain.rhs
    object.__setattr__(chain, "steps", (one, Step(B, times(B), R, Expand())))
    with pytest.raises(ProofError, match="step 2"):
        COPIES[way](chain)


def test_steps_are_frozen() -> None:
    step = Step(times(A), A, R, Expand())
    with pytest.raises(AttributeError):
        step.rhs = B  # type: ignore[misc]


def test_reindexing_and_dropping_are_evidence_for_all_sizes() -> None:
    assert Reindex().scope is Scope.ALL_SIZES
    assert DropOperand().scope is Scope.ALL_SIZES
    assert Expand().scope is Scope.THESE_SIZES
    assert Derive().scope is Scope.THESE_SIZES
    assert isinstance(O, Node)
