"""derive: the published examples, two roads to every gradient, parts of a derivation."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

from symbolic import (
    GradproofError,
    add,
    avg_pool2d,
    conv2d,
    derive,
    mean,
    mse_loss,
    mul,
    sum,
    tensor,
)
from symbolic.roads.by_sympy import Entries
from tests import brute
from tests.networks import A, F, T, X, at, b, listed, networks

SEED = json.loads((Path(__file__).parents[1] / "data" / "seed_numbers.json").read_text())


def exact(value: Any) -> Any:
    return [exact(item) for item in value] if isinstance(value, list) else Fraction(value)


# The published examples.


def test_the_published_convolution() -> None:
    """S = sum of the 2 x 2 outputs, L = (S - target)^2 with dL/dS = 4, one step with lr = 1/100."""
    facts = SEED["i"]
    X, K, T = tensor("X", (3, 3)), tensor("K", (2, 2)), tensor("T")
    O = conv2d(X, K, name="O")
    S = sum(O, name="S")
    L = mse_loss(S, T, name="L")
    target = facts["S"] - facts["dL_dS"] // 2
    values = {"X": facts["X"], "K": facts["K"], "T": target}
    d = derive(L)
    found = d.evaluate(values)
    assert found.value == facts["L"]
    assert type(found.value) is int
    assert found.values["O"].tolist() == facts["O"]
    assert found.values[S][()] == facts["S"]
    assert found.grads["S"][()] == facts["dL_dS"]
    assert found.grads[O].tolist() == facts["dL_dO"]
    assert found.grads["K"].tolist() == facts["dL_dK"]
    assert found.grads[X].tolist() == facts["dL_dX"]
    assert listed(at(d.grad(K), values)) == facts["dL_dK"]
    assert listed(at(d.grad("X"), values)) == facts["dL_dX"]
    updated = at(d.update(K, Fraction(facts["lr"])), values)
    assert [[Fraction(int(x.p), int(x.q)) for x in row] for row in listed(updated)] == exact(facts["K_updated_exact"])
    again = d.evaluate(values | {"K": exact(facts["K_updated_exact"])})
    assert again.values["S"][()] == Fraction(facts["S_after"])
    assert again.value == Fraction(facts["L_after"])
    assert d.check(values).ok


def test_the_published_scalar_network() -> None:
    """y1 = w1 x + b1, y2 = w2 y1, y3 = 2 y2, L = (y3 - T)^2: every gradient, and the step with lr = 1/200."""
    facts = SEED["ii"]
    x, w1, b1, w2, T = (tensor(name) for name in ("x", "w1", "b1", "w2", "T"))
    y1 = add(mul(w1, x), b1, name="y1")
    y2 = mul(w2, y1, name="y2")
    y3 = mul(2, y2, name="y3")
    d = derive(mse_loss(y3, T, name="L"))
    values: dict[str, Any] = {"x": 1, "w1": 10, "b1": 1, "w2": 20, "T": 500}
    found = d.evaluate(values)
    assert found.value == facts["L"]
    for name in ("y1", "y2", "y3"):
        assert found.values[name][()] == facts[name]
    for name, gradient in facts["grads"].items():
        assert found.grads[name][()] == gradient, name
    lr = Fraction(facts["lr"])
    moved = {}
    for name, expected in facts["updated_exact"].items():
        number = at(d.update(name, lr), values)[()]
        moved[name] = Fraction(int(number.p), int(number.q))
        assert moved[name] == Fraction(expected)
    assert d.evaluate(values | moved).value == Fraction(facts["L_after"])
    assert d.check(values).ok


@pytest.mark.parametrize("name", networks())
def test_two_roads_to_every_gradient(name: str) -> None:
    """The reverse sweep and sympy.diff of the scalar graph are one expression, entry by entry."""
    loss = networks()[name]
    d = derive(loss) if loss.shape == () else derive(loss, gradient=[[1, -2], [Fraction(1, 3), 4]])
    second = Entries(d.loss)
    for leaf in d.inputs:
        one, two = d.grad(leaf), second.gradient(leaf)
        assert one.shape == two.shape == tuple(leaf.shape)
        for left, right in zip(sympy.flatten(one), sympy.flatten(two), strict=True):
            assert sympy.cancel(sympy.together(left - right)) == 0


@pytest.mark.parametrize("name", networks())
@pytest.mark.parametrize("seed", [0, 1])
def test_a_check_at_random_numbers_raises_nothing(name: str, seed: int) -> None:
    """Where the network divides by zero at the first random point, another point is to be taken."""
    loss = networks()[name]
    d = derive(loss) if loss.shape == () else derive(loss, gradient=[[1, -2], [Fraction(1, 3), 4]])
    report = d.check(seed=seed)
    assert report.ok
    assert str(report).count("agree") == len(d.inputs)
    assert str(d.check(seed=seed)) == str(report)


@pytest.mark.parametrize("name", networks())
def test_expressions_numbers_and_single_entries_agree(name: str) -> None:
    loss = networks()[name]
    d = derive(loss) if loss.shape == () else derive(loss, gradient=[[1, -2], [3, 4]])
    random = np.random.default_rng(5)
    values = {leaf.name: random.integers(2, 9, leaf.shape).tolist() for leaf in d.inputs}
    found = d.evaluate(values)
    for leaf in d.inputs:
        array = d.grad(leaf)
        numbers = at(array, values)
        for index in np.ndindex(*leaf.shape):
            want = sympy.Rational(
                Fraction(found.grads[leaf][index]).numerator, Fraction(found.grads[leaf][index]).denominator
            )
            assert numbers[index] == want
            assert d.entry(leaf, index) == array[index]


# Parts of a derivation.


def test_through_keeps_the_error_term_as_symbols() -> None:
    O = conv2d(X, F, name="O")
    d = derive(mse_loss(avg_pool2d(O, 2), tensor("t", (1, 1))))
    delta = sympy.Symbol("delta_11")
    found = d.grad(X, through=O)
    assert found[0, 0] == delta * F[0, 0]
    assert found[1, 1] == sympy.Add(
        *(sympy.Symbol(f"delta_{i + 1}{j + 1}") * F[1 - i, 1 - j] for i in range(2) for j in range(2))
    )
    assert d.grad(F, through="O")[0, 0] == sympy.Add(
        *(sympy.Symbol(f"delta_{i + 1}{j + 1}") * X[i, j] for i in range(2) for j in range(2))
    )
    assert d.entry(X, (0, 0), through=O) == found[0, 0]
    own = {sympy.Symbol(f"delta_{i + 1}{j + 1}"): d.grad(O)[i, j] for i in range(2) for j in range(2)}
    assert sympy.expand(found[1, 2].xreplace(own) - d.grad(X)[1, 2]) == 0


def test_several_error_terms_are_named_by_their_tensors() -> None:
    U, Y = mul(A, 2, name="U"), mul(A, A, name="Y")
    d = derive(sum(U * Y))
    found = d.grad(A, through=(U, Y))
    one, two = sympy.Symbol("delta_U_11"), sympy.Symbol("delta_Y_11")
    assert sympy.expand(found[0, 0] - 2 * one - 2 * A[0, 0] * two) == 0


def test_local_gradients() -> None:
    O = conv2d(X, F, b, stride=1, name="O")
    d = derive(sum(O * O))
    by_filter = d.local(O, F)
    assert by_filter.shape == (2, 2, 2, 2)
    assert all(by_filter[i, j, u, v] == X[i + u, j + v] for i, j, u, v in np.ndindex(2, 2, 2, 2))
    by_input = d.local("O", "X")
    assert by_input.shape == (2, 2, 3, 3)
    for i, j, p, q in np.ndindex(2, 2, 3, 3):
        inside = 0 <= p - i < 2 and 0 <= q - j < 2
        assert by_input[i, j, p, q] == (F[p - i, q - j] if inside else 0)
    assert d.local(O, b).tolist() == [[1, 1], [1, 1]]
    scalar = mul(tensor("w"), tensor("x"), name="y")
    assert derive(scalar).local(scalar, "w")[()] == tensor("x")[()]
    twice = mul(A, A, name="Q")
    assert derive(sum(twice)).local(twice, A)[0, 0, 0, 0] == 2 * A[0, 0]
    assert derive(sum(twice)).local(twice, A)[0, 0, 1, 0] == 0


def test_a_step_of_gradient_descent() -> None:
    d = derive(mse_loss(conv2d(X, F, name="O"), T, name="L"))
    for lr, rate in ((Fraction(1, 10), sympy.Rational(1, 10)), (0.01, sympy.Rational(1, 100)), (2, 2)):
        assert d.update(F, lr)[0, 1] == F[0, 1] - rate * d.grad(F)[0, 1]
        assert d.update("b" if b in d.inputs else "F", lr).shape == (2, 2)
    x = tensor("x")
    assert derive(x**2).update(x, 0.5)[()] == 0
    for wrong in (float("nan"), "0.1", None, True):
        with pytest.raises(GradproofError, match="lr"):
            d.update(F, wrong)


def test_the_vector_jacobian_product() -> None:
    O = conv2d(X, F, name="O")
    numbers = derive(O, gradient=[[1, 2], [3, Fraction(1, 2)]])
    S = tensor("S", (2, 2))
    named = derive(O, gradient=S)
    values = {"X": np.arange(9).reshape(3, 3), "F": [[1, -1], [2, 3]]}
    one = numbers.evaluate(values)
    two = named.evaluate(values | {"S": [[1, 2], [3, Fraction(1, 2)]]})
    for key in ("X", "F"):
        assert (one.grads[key] == two.grads[key]).all()
    assert (two.grads[S] == two.values[O]).all()
    assert (one.grads[O] == brute.exact([[1, 2], [3, Fraction(1, 2)]])).all()
    decimal = derive(O, gradient=np.full((2, 2), 0.1))
    assert decimal.evaluate(values).grads["O"].tolist() == [[Fraction(1, 10)] * 2] * 2


def test_through_must_lie_on_the_way() -> None:
    d = derive(mean(conv2d(X, F, name="O")))
    with pytest.raises(GradproofError, match="X is not made from F"):
        d.grad(F, through=X)


def test_a_network_and_a_proof_print_in_a_few_lines() -> None:
    d = derive(mean(conv2d(X, F, name="O")))
    assert str(d) == "<gradients of a scalar by X, F by way of O>"
    assert "theorems for all sizes: input-gradient" in str(d.proof(X))
