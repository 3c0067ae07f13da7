"""Arithmetic, reductions, reshaping, losses against plain loops and known conventions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import symbolic as s
from tests import brute
from tests.agreement import agree

A, B = s.tensor("A", (2, 3)), s.tensor("B", (2, 3))
V = {"A": [[1, -2, 3], [4, 5, -6]], "B": [[2, 1, -1], [3, -4, 7]]}
R, C, w = s.tensor("R", (3,)), s.tensor("C", (2, 1)), s.tensor("w")
ALL = V | {"R": [2, -3, 5], "C": [[4], [-1]], "w": 3}
HALF = Fraction(1, 2)

ARITHMETIC: dict[str, tuple[Any, Any, str]] = {
    "sum": (A + B, lambda A, B: A + B, "AB"),
    "difference": (A - B, lambda A, B: A - B, "AB"),
    "product": (A * B, lambda A, B: A * B, "AB"),
    "quotient": (A / B, lambda A, B: A / B, "AB"),
    "with itself": (A * A - A / A + A, lambda A: A * A - A / A + A, "A"),
    "minus": (-A, lambda A: -1 * A, "A"),
    "numbers right": ((A + 2) * 3 - HALF, lambda A: (A + 2) * 3 - HALF, "A"),
    "numbers left": (2 + 3 * (1 - A), lambda A: (1 - A) * 3 + 2, "A"),
    "a number over a tensor": (2 / A, lambda A: 2 / A, "A"),
    "a tensor over a number": (A / 4, lambda A: A * Fraction(1, 4), "A"),
    "a float is its decimal": (A * 0.1, lambda A: A * Fraction(1, 10), "A"),
    "a row": (A * R + R, lambda A, R: A * R + R, "AR"),
    "a column": (A - C, lambda A, C: A - C, "AC"),
    "a row and a column": (C * R, lambda C, R: C * R, "CR"),
    "a scalar": (w * A + w, lambda w, A: A * w[()] + w[()], "wA"),
    "a quotient by a row": (A / R, lambda A, R: A / R, "AR"),
    "power": (A**3, lambda A: A * A * A, "A"),
    "power one": (A**1, lambda A: A, "A"),
    "power nothing": (A**0 + A, lambda A: A + 1, "A"),
    "negative power": (A**-2, lambda A: 1 / (A * A), "A"),
    "power of a power": ((A**2) ** -1, lambda A: 1 / (A * A), "A"),
}


@pytest.mark.parametrize("name", ARITHMETIC)
def test_arithmetic(name: str) -> None:
    node, loop, names = ARITHMETIC[name]
    agree(node, loop, {key: ALL[key] for key in names})


def total(array: Any, axes: tuple[int, ...], *, keep: bool, mean: bool) -> Any:
    """A sum or mean by plain loops."""
    shape = tuple(1 if axis in axes else n for axis, n in enumerate(array.shape))
    out = brute.filled(shape)
    for at in np.ndindex(*array.shape):
        place = tuple(0 if axis in axes else i for axis, i in enumerate(at))
        out[place] = out[place] + array[at]
    if mean:
        count = int(np.prod([array.shape[axis] for axis in axes], dtype=int))
        out = out * Fraction(1, count)
    return out if keep else out.reshape([n for axis, n in enumerate(shape) if axis not in axes])


@pytest.mark.parametrize("dim", [None, 0, -1, 1, (0, 2), (), [1, -3], (0, 1, 2)])
@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("mean", [False, True])
def test_sums_and_means_over_axes(dim: Any, *, keepdim: bool, mean: bool) -> None:
    x = s.tensor("X", (2, 3, 2))
    values = {"X": np.arange(-5, 7).reshape(2, 3, 2).tolist()}
    axes = (
        (0, 1, 2)
        if dim is None or dim == ()
        else tuple(d % 3 for d in (dim if isinstance(dim, tuple | list) else (dim,)))
    )
    node = (s.mean if mean else s.sum)(x, dim, keepdim)
    agree(node, lambda X: total(X, axes, keep=keepdim, mean=mean), values)


def test_a_sum_of_nothing_is_the_scalar_itself() -> None:
    assert s.derive(s.sum(w)).evaluate({"w": 7}).value == 7
    assert s.derive(s.mean(w)).grad(w)[()] == 1


@pytest.mark.parametrize(("reduction", "factor"), [("sum", Fraction(1)), ("mean", Fraction(1, 6)), ("none", None)])
def test_mse_and_its_three_reductions(reduction: str, factor: Fraction | None) -> None:
    node = s.mse_loss(A, B, reduction)

    def loop(A: Any, B: Any) -> Any:
        squares = (A - B) * (A - B)
        return squares if factor is None else np.asarray(sum(squares.reshape(-1)) * factor, dtype=object)

    agree(node, loop, V)


def test_mse_is_the_mean_unless_told() -> None:
    assert s.derive(s.mse_loss(A, B)).evaluate(V).value == s.derive(s.mse_loss(A, B, "mean")).evaluate(V).value


def test_absolute_errors_have_slope_zero_at_zero() -> None:
    found = s.derive(s.l1_loss(A, B, "sum")).evaluate({"A": [[1, 2, 3], [4, 5, 6]], "B": [[1, 3, 2], [4, 4, 7]]})
    assert found.value == 4
    assert found.grads["A"].tolist() == [[0, -1, 1], [0, 1, -1]]


@pytest.mark.parametrize(("function", "at_zero"), [(s.relu, 0), (s.leaky_relu, Fraction(1, 100))])
def test_kinks_follow_pytorch(function: Any, at_zero: Any) -> None:
    found = s.derive(s.sum(function(A))).evaluate({"A": [[0, -2, 3], [0, 5, -6]]})
    left = at_zero
    assert found.grads["A"].tolist() == [[at_zero, left, 1], [at_zero, 1, left]]


MOVED: dict[str, tuple[Any, Any, str]] = {
    "flatten": (s.flatten(A), lambda A: A.reshape(-1), "A"),
    "flatten behind the batch": (s.flatten(s.reshape(A, (1, 2, 3)), 1), lambda A: A.reshape(1, -1), "A"),
    "reshape": (s.reshape(A, (3, -1)), lambda A: A.reshape(3, 2), "A"),
    "cat rows": (s.cat([A, B]), lambda A, B: np.concatenate([A, B]), "AB"),
    "cat columns": (s.cat([A, C, A], dim=-1), lambda A, C: np.concatenate([A, C, A], axis=1), "AC"),
}


@pytest.mark.parametrize("name", MOVED)
def test_entries_that_move(name: str) -> None:
    node, loop, names = MOVED[name]
    agree(node, loop, {key: ALL[key] for key in names})


@pytest.mark.parametrize("axis", [0, 1])
def test_softmax_of_huge_logits_does_not_overflow(axis: int) -> None:
    found = s.derive(s.sum(s.softmax(A, axis) * B)).evaluate({"A": [[1000, -1000, 0], [-1000, 1000, 0]], "B": V["B"]})
    assert np.isfinite(found.grads["A"]).all()
    assert found.values["A"].tolist() == [[1000, -1000, 0], [-1000, 1000, 0]]
    loss = s.cross_entropy(A, [0, 2])
    huge = s.derive(loss).evaluate({"A": [[1000, -1000, 0], [1000, -1000, 0]]})
    np.testing.assert_allclose(float(huge.value), 500)
    np.testing.assert_allclose(huge.grads["A"].astype(float), np.array([[0.0, 0, 0], [0.5, 0, -0.5]]), atol=1e-12)


FLOATS: dict[str, Any] = {
    "softmax": lambda x: s.sum(s.softmax(x, 1) * B),
    "log_softmax": lambda x: s.sum(s.log_softmax(x, 0) * B),
    "cross_entropy": lambda x: s.cross_entropy(x, [2, 0]),
    "cross_entropy of probabilities": lambda x: s.cross_entropy(x, B, reduction="sum"),
    "sigmoid": lambda x: s.sum(s.sigmoid(x) * B),
    "tanh": lambda x: s.sum(s.tanh(x) ** 2),
    "softplus": lambda x: s.sum(s.softplus(x)),
    "gelu": lambda x: s.sum(s.gelu(x) * x),
    "batch_norm": lambda x: s.sum(
        s.batch_norm(x, training=True, weight=s.tensor("g", (3,)), bias=s.tensor("h", (3,))) * B
    ),
}


@pytest.mark.parametrize("name", FLOATS)
def test_transcendental_gradients_by_central_differences(name: str) -> None:
    d = s.derive(FLOATS[name](A))
    random = np.random.default_rng(11)
    values = {leaf.name: random.normal(size=leaf.shape) for leaf in d.inputs}
    found = d.evaluate(values)
    h = 1e-5
    for key, array in values.items():
        for at in np.ndindex(*array.shape):
            step = np.zeros(array.shape)
            step[at] = h
            up, down = (d.evaluate(values | {key: array + sign * step}).value for sign in (1, -1))
            assert found.grads[key][at] == pytest.approx((up - down) / (2 * h), rel=1e-6, abs=1e-7)
        assert found.grads[key].dtype == np.float64
    for leaf in d.inputs:
        assert d.proof(leaf).steps
