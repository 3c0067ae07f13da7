"""d.proof: from the definition to "this is a convolution", this instance and the theorem for all sizes."""

from __future__ import annotations

from typing import Any

import pytest

import symbolic as s
from symbolic.equality import Both, Derive, Expand, Rule, Scope, Step
from symbolic.proofs import cited, recognized
from symbolic.term import Flip, Grad, Multi, Sum

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
