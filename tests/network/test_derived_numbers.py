"""evaluate: exact from end to end or float64 from end to end; one entry at a time; what is refused."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import sympy

from symbolic import (
    GradproofError,
    conv2d,
    derive,
    div,
    mean,
    mse_loss,
    relu,
    sub,
    sum,
    tensor,
)
from symbolic.roads.expressions import Expressions

if TYPE_CHECKING:
    from collections.abc import Callable

    from symbolic.terms.term import Tensor
from tests.networks import A, B, F, T, X, b, networks

# Numbers.


def kinds(array: Any) -> set[type]:
    return {type(x) for x in array.reshape(-1)}


def test_ints_and_fractions_stay_exact_from_end_to_end() -> None:
    d = derive(mse_loss(conv2d(X, F, b, name="O"), T, name="L"))
    values = {"X": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "F": [[1, 2], [3, Fraction(1, 7)]], "b": 2, "T": [[1, 1], [1, 1]]}
    found = d.evaluate(values)
    assert type(found.value) in {int, Fraction}
    for tensors in (found.values, found.grads):
        for _, array in tensors.items_by_tensor():
            assert array.dtype == object
            assert kinds(array) <= {int, Fraction}
    assert found.grads["L"][()] == 1


@pytest.mark.parametrize("name", networks())
def test_floats_are_float64_from_end_to_end(name: str) -> None:
    loss = networks()[name]
    d = derive(loss) if loss.shape == () else derive(loss, gradient=[[1, -2], [3, 4]])
    random = np.random.default_rng(6)
    exact_values = {leaf.name: random.integers(2, 9, leaf.shape) for leaf in d.inputs}
    one, two = d.evaluate(exact_values), d.evaluate({k: v.astype(float) for k, v in exact_values.items()})
    assert isinstance(two.value, float)
    for left, right in ((one.values, two.values), (one.grads, two.grads)):
        for tensor_, array in right.items_by_tensor():
            assert array.dtype == np.float64, tensor_
            np.testing.assert_allclose(array, left[tensor_].astype(float), rtol=1e-9, atol=1e-9)


def test_large_integers_never_wrap_around() -> None:
    x = tensor("x")
    for loss, function in (
        ((x + x) * (x + x) * (x + x), lambda n: 8 * n**3),
        (sum(A) ** 4, lambda n: n**4),
        (mean(A) * mean(A) * mean(A), lambda n: Fraction(n, 4) ** 3),
        (x**3 - x * x, lambda n: n**3 - n**2),
    ):
        n = 2**62 + 1
        d = derive(loss)
        values = {"x": n} if d.inputs[0].name == "x" else {"A": [[n, 0], [0, 0]]}
        assert d.evaluate(values).value == function(n)


def test_values_and_gradients_by_tensor_or_name() -> None:
    O = conv2d(X, F, name="O")
    inner = O * 2
    found = derive(sum(inner * inner, name="L")).evaluate({X: np.ones((3, 3), dtype=int), "F": [[1, 0], [0, 0]]})
    assert found.values["O"].tolist() == found.values[O].tolist() == [[1, 1], [1, 1]]
    assert found.grads[inner].tolist() == [[4, 4], [4, 4]]
    assert found.values["L"][()] == 16
    assert set(found.grads) == {"X", "F", "O", "L"}
    with pytest.raises(KeyError, match="no tensor 'Q'"):
        found.grads["Q"]


@pytest.mark.parametrize("zero", [0, 0.0, Fraction(0)])
def test_a_division_by_zero_is_one_sentence(zero: Any) -> None:
    d = derive(div(tensor("x"), tensor("y")))
    with pytest.raises(GradproofError, match=r"0|zero"):
        d.evaluate({"x": 1, "y": zero})


# One entry.


def test_one_entry_builds_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    build = Expressions._build

    def counted(self: Expressions, term: Any, place: int) -> Any:
        calls.append(place)
        return build(self, term, place)

    monkeypatch.setattr(Expressions, "_build", counted)
    big = tensor("X", (56, 56))
    d = derive(mse_loss(conv2d(big, tensor("F", (5, 5)), name="O"), tensor("T", (52, 52))))
    started = time.perf_counter()
    entry = d.entry(big, (0, 0))
    assert time.perf_counter() - started < 1
    assert len(calls) < 200, "the corner reads one error term, hence 25 inputs"
    assert sympy.Symbol("T_11") in entry.free_symbols
    assert len(entry.free_symbols) == 25 + 25 + 1
    assert d.entry(big, (-56, -56)) == entry


def test_nothing_that_numbers_or_proofs_need_builds_expressions(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> None:
        raise AssertionError("a SymPy expression was built")

    monkeypatch.setattr(Expressions, "_build", refused)
    d = derive(mse_loss(conv2d(X, F, b, name="O"), T, name="L"))
    d.evaluate({"X": np.ones((3, 3), dtype=int), "F": [[1, 2], [3, 4]], "b": 1, "T": [[0, 0], [0, 0]]})
    for leaf in d.inputs:
        d.proof(leaf)


# Refusals.


def test_keys_are_tensors_of_this_network() -> None:
    d = derive(sum(conv2d(X, F, name="Out")))
    calls: list[tuple[Callable[[], Any], str]] = [
        (lambda: d.grad("G"), "this network has no tensor 'G'.*it has X, F, Out"),
        (lambda: d.grad("out"), "did you mean 'Out'"),
        (lambda: d.grad(tensor("X", (4, 4))), r"'X' of this network has shape \(3, 3\); got .* of shape \(4, 4\)"),
        (lambda: d.grad(tensor("Z", (3, 3))), "'Z' is not part of this network; the network has X, F, Out"),
        (lambda: d.grad(conv2d(X, F, name="Out")), "'Out' was made a second time"),
        (lambda: d.grad(relu(X, name="F")), r"'F' of this network has shape \(2, 2\); got .* of shape \(3, 3\)"),
        (lambda: d.grad(relu(F, name="F")), "'F' of this network is an input; got .* the result of an operator"),
        (lambda: d.grad(relu(X)), r"'relu\(X\), shape \(3, 3\)' is not part"),
        (lambda: d.grad(F, through="P"), "no tensor 'P'"),
        (lambda: d.proof("G"), "no tensor 'G'"),
        (lambda: d.update("G", 1), "no tensor 'G'"),
        (lambda: d.local("Out", "Out"), "'Out' is not an argument of 'Out', whose arguments are X, F"),
        (lambda: d.local("X", "F"), "not an argument of 'X', which is an input; d.local"),
        (lambda: d.grad(None), "not part of this network"),
        (lambda: d.grad(5), "not part of this network"),
        (lambda: d.grad([X]), "not part of this network|tensor"),
        (lambda: d.grad(F, through=["Out"]), "tensor|through"),
    ]
    for call, words in calls:
        with pytest.raises(GradproofError, match=words):
            call()
    assert d.grad(tensor("X", (3, 3))).shape == (3, 3), "a leaf is its name and shape"


@pytest.mark.parametrize("index", [(2, 0), (0,), (0, 0, 0), (-3, 0), (0.0, 0), ("0", 0), 7])
def test_an_entry_outside_is_refused(index: Any) -> None:
    with pytest.raises(
        GradproofError, match=r"F has shape \(2, 2\): (an entry takes 2 indices|an index is a whole|there is no entry)"
    ):
        derive(sum(conv2d(X, F))).entry(F, index)


def test_what_is_no_scalar_network_is_refused() -> None:
    O = conv2d(X, F, name="O")
    calls: list[tuple[Callable[[], Any], str]] = [
        (lambda: derive(O), r"the loss has shape \(2, 2\)"),
        (lambda: derive(X), r"expected a tensor made by an operator.*; got the input X, shape \(3, 3\)"),
        (lambda: derive(5), "got int 5"),
        (lambda: derive("O"), "got str 'O'"),
        (lambda: derive(O, gradient=[[1, 2]]), r"cotangent: expected values of shape \(2, 2\); got shape \(1, 2\)"),
        (lambda: derive(O, gradient=tensor("S", (3, 3))), r"must have the output's shape \(2, 2\); got \(3, 3\)"),
        (lambda: derive(O, gradient=[[1, 2], [3, float("nan")]]), "finite"),
        (lambda: derive(sum(O), gradient=[1]), r"expected values of shape \(\)"),
    ]
    for call, words in calls:
        with pytest.raises(GradproofError, match=words):
            call()


def test_a_subtraction_keeps_its_order() -> None:
    assert derive(sum(sub(A, B))).grad(B)[0, 0] == -1
    assert derive(sum(5 - A)).grad(A)[0, 0] == -1


def test_a_deep_network_is_checked_without_road_2() -> None:
    x = tensor("X", (2,))
    y: Tensor = x
    for _ in range(100):
        y = y * 0.5 + x
    report = derive(mean(y * y)).check(seed=1)
    assert report.ok
    assert not report.entries_ran
