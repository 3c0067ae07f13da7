"""What a layer hands back, by the theorem about it: shown for large layers, and refused wherever it does not fit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import symbolic as s
from symbolic.errors import ProofError
from symbolic.kernel.handed_back import HandedBack
from symbolic.kernel.logic import Cite, Derive, Rule, Scope, Step
from symbolic.kernel.step import Derivation
from symbolic.terms.normalization import pieces_of
from symbolic.terms.term import Grad, Leaf, Node, Term
from symbolic.theorems import theorem
from symbolic.theorems.normalization import instance_of

SHAPE = (3, 2)
X, GAMMA, BETA, D = (s.tensor("x", SHAPE), s.tensor("gamma", (2,)), s.tensor("beta", (2,)), s.tensor("D", SHAPE))


def layer(x: Any = X, weight: Any = GAMMA, bias: Any = BETA, **how: Any) -> Node:
    node: Node = s.batch_norm(x, weight=weight, bias=bias, training=True, name="y", **how)
    return node


def right(of: str = "input") -> tuple[Step, HandedBack]:
    """The step that a large layer would have, for a small one."""
    y = layer()
    loss = s.derive(s.sum(s.tanh(y) * D, name="L")).loss
    cite = instance_of(pieces_of(y), Grad(loss, y), of)
    proof = HandedBack(cite)
    tensor = {"input": X, "gamma": GAMMA, "beta": BETA}[of]
    pieces, delta = pieces_of(y), Grad(loss, y)
    gradient: dict[str, Term] = {
        "input": pieces.paths(delta),
        "gamma": pieces.over.total(delta, pieces.x_hat),
        "beta": pieces.over.total(delta),
    }
    return Step(Grad(loss, tensor), gradient[of], Rule.CHAIN, proof), proof


@pytest.mark.parametrize("of", ["input", "gamma", "beta"])
def test_it_shows_what_the_kernel_finds_by_differentiating(of: str) -> None:
    step, _ = right(of)
    Step(step.lhs, step.rhs, step.rule, Derive())
    assert step.proof.scope is Scope.ALL_SIZES
    proof = Derivation((step,))
    assert [found.name for found in proof.theorems] == [f"batch-norm-backward/{of}"]


@pytest.mark.parametrize("of", ["input", "gamma", "beta"])
def test_another_gradient_is_refused(of: str) -> None:
    step, proof = right(of)
    other, _ = right("gamma" if of == "beta" else "beta")
    wrong = [s.tensor("W", tuple(step.rhs.shape)), *([other.rhs] if other.rhs.shape == step.rhs.shape else [])]
    for term in wrong:
        with pytest.raises(ProofError, match="the right side is not the instance"):
            Step(step.lhs, term, step.rule, proof)


def changed(cite: Cite, **operands: Term) -> HandedBack:
    return HandedBack(replace(cite, operands=tuple({**dict(cite.operands), **operands}.items())))


def test_other_operands_are_refused() -> None:
    step, proof = right()
    for operands, words in (
        ({"x": Leaf("z", SHAPE)}, "x of the theorem must stand for the tensor"),
        ({"delta": D}, "delta for the gradient above it"),
        ({"gamma": BETA}, "is about another layer than batch_norm"),
        ({"epsilon": GAMMA}, "is about another layer than batch_norm"),
    ):
        with pytest.raises(ProofError, match=words):
            Step(step.lhs, step.rhs, step.rule, changed(proof.cite, **operands))


def test_a_tensor_that_others_read_too_is_refused() -> None:
    y = layer()
    loss = s.derive(s.sum((y + X) * D, name="L")).loss
    proof = HandedBack(instance_of(pieces_of(y), Grad(loss, y)))
    with pytest.raises(ProofError, match="one node below the loss, and no other, reads the tensor"):
        Step(Grad(loss, X), pieces_of(y).paths(Grad(loss, y)), Rule.CHAIN, proof)


def test_a_weight_made_from_the_input_is_refused() -> None:
    """The input reaches the layer by the weight as well: the theorem's gamma does not depend on its x."""
    y = layer(weight=s.sum(X, dim=0, name="w"))
    loss = s.derive(s.sum(y * D, name="L")).loss
    proof = HandedBack(instance_of(pieces_of(y), Grad(loss, y)))
    with pytest.raises(ProofError, match="and no other, reads the tensor"):
        Step(Grad(loss, X), pieces_of(y).paths(Grad(loss, y)), Rule.CHAIN, proof)


def test_an_input_that_is_the_weight_as_well_is_refused() -> None:
    x = s.tensor("x", (2, 2))
    y = Node("twice", (x,), pieces_of(layer(x)).over.product(x, x), name="y")
    loss = s.derive(s.sum(y, name="L")).loss
    cite = instance_of(pieces_of(layer(x)), Grad(loss, y), "gamma")
    with pytest.raises(ProofError, match=r"must stand for the tensor|another layer"):
        Step(Grad(loss, x), x, Rule.CHAIN, HandedBack(cite))


@pytest.mark.parametrize(
    ("lhs", "words"),
    [
        (X, r"d\(node\)/d\(tensor\)"),
        (Grad(layer(), X), "one node below the loss"),
    ],
)
def test_what_is_no_gradient_below_a_loss_is_refused(lhs: Term, words: str) -> None:
    _, proof = right()
    with pytest.raises(ProofError, match=words):
        proof.check(lhs, X)


def test_a_theorem_that_is_no_gradient_of_a_pairing_is_refused() -> None:
    step, proof = right()
    deviations, *_ = theorem("batch-norm-backward").parts
    with pytest.raises(ProofError, match="does not begin with the gradient of a sum of delta times a layer"):
        Step(step.lhs, step.rhs, step.rule, HandedBack(replace(proof.cite, theorem=deviations)))


def test_the_gradients_of_a_large_layer_are_proved_for_all_sizes_at_once() -> None:
    shape = (16, 8, 14, 14)
    x, gamma, beta = s.tensor("x", shape), s.tensor("gamma", (8,)), s.tensor("beta", (8,))
    d = s.derive(s.sum(s.relu(s.batch_norm(x, weight=gamma, bias=beta, training=True)), name="L"))
    proofs = [d.proof(key) for key in (x, gamma, beta)]
    assert all(proof.scope is Scope.ALL_SIZES for proof in proofs)
    assert [proof.theorems[0].name.rpartition("/")[2] for proof in proofs] == ["input", "gamma", "beta"]


def test_the_formula_of_a_large_layer_has_the_numbers_of_the_gradient() -> None:
    shape = (4, 3, 2, 3)
    x, gamma = s.tensor("x", shape), s.tensor("gamma", (3,))
    d = s.derive(s.sum(s.batch_norm(x, weight=gamma, training=True, eps=Fraction(1, 10)) ** 3, name="L"))
    assert d.proof(x).evidence == ("HandedBack", "Cite")
    random = np.random.default_rng(5)
    values = {"x": random.normal(size=shape), "gamma": random.normal(size=3)}
    from symbolic.network.values import read_values
    from symbolic.roads.evaluate import Numbers

    numbers = Numbers(read_values(values, d.inputs), d.sweep.rules)
    for step in d.proof(x).steps:
        np.testing.assert_allclose(numbers.of(step.rhs), d.evaluate(values).grads["x"], rtol=1e-10)
