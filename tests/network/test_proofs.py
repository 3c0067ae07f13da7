"""d.proof: from the definition to "this is a convolution", this instance and the theorem for all sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import symbolic as s
from symbolic.errors import ProofError
from symbolic.kernel.logic import Both, Cite, Derive, Expand, Rule, Scope, Step
from symbolic.network.proof import cited, recognized, three_terms
from symbolic.terms.normalization import pieces_of
from symbolic.terms.term import Flip, Grad, Leaf, Multi, Node, Sum

X, F, b, T = s.tensor("X", (5, 5)), s.tensor("F", (3, 3)), s.tensor("b"), s.tensor("T", (3, 3))
LOSS = s.mse_loss(s.conv2d(X, F, b, name="O"), T, name="L")
D = s.derive(LOSS)


def test_the_input_gradient_is_a_full_convolution() -> None:
    proof = D.proof(X)
    assert [step.rule for step in proof.steps] == [Rule.DROP_OPERAND, Rule.WINDOW]
    assert proof.lhs == Grad(LOSS, X)
    assert isinstance(proof.rhs, Multi)
    assert proof.rhs.operands == (Flip(F, (0, 1)), Grad(LOSS, LOSS.args[0]))
    assert [row.p for row in proof.rhs.form.rows] == [2, 2]
    assert proof.evidence == ("Derive", "Cite", "Expand")
    assert [theorem.name for theorem in proof.theorems] == ["input-gradient"]
    assert proof.theorems[0].scope is Scope.ALL_SIZES
    assert proof.given == ()
    assert proof.name == "X"


def test_the_filter_gradient_is_a_window_of_the_error_term() -> None:
    proof = D.proof("F")
    assert isinstance(proof.rhs, Multi)
    assert proof.rhs.operands == (Grad(LOSS, LOSS.args[0]), X)
    assert proof.rhs.form.output_shape == (3, 3)
    assert [theorem.name for theorem in proof.theorems] == ["filter-gradient"]


@pytest.mark.parametrize("key", ["X", "F", "b", "T", "O", "L"])
def test_every_tensor_of_the_network_has_a_proof(key: str) -> None:
    proof = D.proof(key)
    assert proof.lhs == Grad(LOSS, D.tensor(key))
    Step(proof.lhs, proof.rhs, Rule.EXPAND, Derive())
    assert proof.rhs.shape == D.tensor(key).shape


NETWORKS: dict[str, tuple[Any, str, list[str]]] = {
    "strided and dilated": (lambda: s.conv2d(X, F, stride=2, dilation=2, padding=3), "X", ["input-gradient"]),
    "grouped": (
        lambda: s.conv2d(s.tensor("Y", (2, 4, 3, 3)), s.tensor("W", (4, 2, 2, 2)), groups=2),
        "W",
        ["filter-gradient"],
    ),
    "one image": (lambda: s.conv2d(s.tensor("Y", (2, 4, 4)), s.tensor("W", (3, 2, 2, 2))), "Y", ["input-gradient"]),
    "average pool": (lambda: s.avg_pool2d(X, 2, stride=1), "X", ["average-pool-backward"]),
    "transposed": (lambda: s.conv_transpose2d(X, F, stride=2), "F", ["transposed-filter-gradient"]),
    "shared weights": (lambda: s.conv2d(s.conv2d(X, F, padding=1), F, padding=1), "F", ["filter-gradient"]),
    "a residual": (lambda: s.conv2d(X, F, padding=1) + X, "X", ["input-gradient"]),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_cite_the_theorem(name: str) -> None:
    make, key, theorems = NETWORKS[name]
    out = make()
    d = s.derive(s.sum(out * out, name="L"))
    proof = d.proof(key)
    assert [theorem.name for theorem in proof.theorems] == theorems
    Step(proof.lhs, proof.rhs, Rule.EXPAND, Derive())


def test_a_residual_keeps_both_terms() -> None:
    d = s.derive(s.sum((s.conv2d(X, F, padding=1) + X) ** 2))
    assert isinstance(d.proof(X).rhs, Sum)
    assert len(d.proof(X).rhs.parts) == 2


def test_recognition_is_proved_twice_or_not_at_all() -> None:
    view = D.gradient(X)
    step = recognized(view)
    assert step is not None
    assert isinstance(step.proof, Both)
    assert isinstance(step.proof.second, Expand)
    assert recognized(X) is None
    assert recognized(D.gradient("T")) is None
    assert isinstance(view, Multi)
    assert cited(view, X) is None


@pytest.mark.parametrize("divisor", [{}, {"count_include_pad": False}, {"ceil_mode": True, "stride": 3}])
def test_pools_with_an_uneven_divisor_are_proved_entry_by_entry(divisor: dict[str, Any]) -> None:
    out = s.avg_pool2d(X, 2, padding=1, **divisor)
    proof = s.derive(s.sum(out * out)).proof(X)
    assert "Expand" in proof.evidence
    Step(proof.lhs, proof.rhs, Rule.EXPAND, Derive())


# ---------------------------------------------------------------------- batch normalization


def normalized(shape: tuple[int, ...], *, weight: bool = True, bias: bool = True) -> s.Derived:
    x, gamma, beta = s.tensor("x", shape), s.tensor("gamma", shape[1:2]), s.tensor("beta", shape[1:2])
    vectors = {"weight": gamma if weight else None, "bias": beta if bias else None}
    return s.derive(s.batch_norm(x, **vectors, training=True, name="y"), gradient=s.tensor("D", shape))


@pytest.mark.parametrize("shape", [(3, 2), (4, 1), (2, 2, 2), (1, 2, 2, 2), (2, 1, 1, 2), (1, 2, 1, 2, 2)])
@pytest.mark.parametrize(("weight", "bias"), [(True, True), (False, False), (True, False), (False, True)])
def test_a_batch_norm_of_any_shape_cites_the_theorem(shape: tuple[int, ...], *, weight: bool, bias: bool) -> None:
    d = normalized(shape, weight=weight, bias=bias)
    proof = d.proof("x")
    assert [step.rule for step in proof.steps] == [Rule.CHAIN, Rule.COLLECT]
    assert [theorem.name for theorem in proof.theorems] == ["batch-norm-backward/input"]
    assert proof.theorems[0].scope is Scope.ALL_SIZES
    assert isinstance(proof.steps[1].proof, Both)
    pieces = pieces_of(d.tensor("y"))
    assert proof.rhs == pieces.three_terms(Grad(d.loss, d.tensor("y")))


def test_many_entries_are_shown_by_the_theorem_alone() -> None:
    step = three_terms(normalized((3, 2, 3, 3)).tensor("y"), Leaf("delta", (3, 2, 3, 3)))
    assert isinstance(step.proof, Cite)
    assert step.proof.scope is Scope.ALL_SIZES


@pytest.mark.parametrize(
    "change",
    [
        lambda term: replace(term, operands=(*term.operands[:-1], term.operands[-1].terms[0])),
        lambda term: replace(term, operands=term.operands[::-1]) if term.operands[0].shape == term.operands[-1].shape
        else replace(term, form=replace(term.form, scale=term.form.scale * 2)),
    ],
)  # fmt: skip
def test_another_formula_is_no_instance(change: Any) -> None:
    step = three_terms(normalized((3, 2)).tensor("y"), Leaf("delta", (3, 2)))
    with pytest.raises(ProofError, match="the right side is not the instance"):
        Step(step.lhs, change(step.rhs), step.rule, step.proof)


def test_another_network_is_no_instance() -> None:
    one, other = (normalized((3, 2), weight=weight).tensor("y") for weight in (True, False))
    delta = Leaf("delta", (3, 2))
    step = three_terms(one, delta)
    with pytest.raises(ProofError, match="the left side is not the instance"):
        Step(pieces_of(other).paths(delta), step.rhs, step.rule, step.proof)


def test_a_normalization_beside_other_readers_keeps_all_terms() -> None:
    x = s.tensor("x", (3, 2))
    d = s.derive(s.sum(s.relu(x + s.batch_norm(x, training=True)), name="L"))
    proof = d.proof(x)
    assert isinstance(proof.rhs, Sum)
    assert len(proof.rhs.terms) == 2
    assert [theorem.name for theorem in proof.theorems] == ["batch-norm-backward/input"]
    Step(proof.lhs, proof.steps[0].rhs, Rule.EXPAND, Derive(), proof.given)


def test_two_normalizations_in_a_row() -> None:
    x = s.tensor("x", (3, 1))
    d = s.derive(s.sum(s.batch_norm(s.batch_norm(x, training=True, name="h"), training=True) ** 2, name="L"))
    assert [len(d.proof(key).theorems) for key in ("x", "h")] == [1, 1]


def test_a_weight_that_is_the_input_too_is_told_as_the_sweep_has_it() -> None:
    x = s.tensor("x", (2,))
    rows = s.reshape(s.cat([x, x * 2], 0), (2, 2))
    d = s.derive(s.sum(s.batch_norm(rows, weight=x, training=True), name="L"))
    assert not d.proof(x).theorems


# ---------------------------------------------------------------------- the reason beside the first line

A, B = s.tensor("A", (2, 2)), s.tensor("B", (2, 2))
REASONS: dict[str, tuple[Any, str, Rule]] = {
    "a product": (lambda: s.sum(A * B, name="L"), "A", Rule.DROP_OPERAND),
    "a squared error": (lambda: s.mse_loss(A, B, name="L"), "B", Rule.LOCAL),
    "a square": (lambda: s.sum(A * A, name="L"), "A", Rule.CHAIN),
    "the same twice in a product": (lambda: s.sum(A * (A + B), name="L"), "A", Rule.CHAIN),
    "an activation": (lambda: s.sum(s.relu(A), name="L"), "A", Rule.CHAIN),
    "softmax": (lambda: s.sum(s.softmax(A, 1), name="L"), "A", Rule.CHAIN),
    "moved about": (lambda: s.sum(s.flatten(s.cat([A, B], 1)), name="L"), "B", Rule.DROP_OPERAND),
    "a maximum with its winners held": (lambda: s.sum(s.max_pool2d(A, 2), name="L"), "A", Rule.DROP_OPERAND),
}


@pytest.mark.parametrize("name", REASONS)
def test_the_reason_fits_what_reads_the_tensor(name: str) -> None:
    make, key, rule = REASONS[name]
    assert s.derive(make()).proof(key).steps[0].rule is rule


def test_a_name_of_the_theorem_stands_for_nothing_but_what_it_abbreviates() -> None:
    """Both sides with another mean: an instance of the formula, and false."""
    step = three_terms(normalized((3, 2)).tensor("y"), Leaf("delta", (3, 2)))
    assert isinstance(step.proof, Both)
    assert isinstance(step.proof.first, Cite)
    cite, other = step.proof.first, Leaf("mean", (2,))
    pieces = pieces_of(normalized((3, 2)).tensor("y"))
    wrong = replace(pieces, names=None)
    wrong.__dict__["mu"] = other
    delta = Leaf("delta", (3, 2))
    for operands in (cite.operands, (*cite.operands, ("mu", other))):
        with pytest.raises(ProofError, match=r"is not the instance|mu abbreviates something else"):
            Step(wrong.paths(delta), wrong.three_terms(delta), step.rule, replace(cite, operands=operands))
    named = Node("mean", (pieces.x,), pieces.mu, name="mu")
    calling = replace(cite, operands=(*cite.operands, ("mu", named)))
    with pytest.raises(ProofError, match="is not the instance"):
        Step(step.lhs, step.rhs, step.rule, calling)
