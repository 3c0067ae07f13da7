"""Kinks and ties: PyTorch's conventions, in numbers, in expressions and in what a proof states."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import symbolic as s
from symbolic import tensor
from symbolic.roads.numeric import run

X, T = tensor("X", (3,)), tensor("T", (3,))
AROUND = [-2, 0, 3]


def gradient(node: Any, x: Any, leaf: Any = X, **more: Any) -> list[Any]:
    """dL/dX of the sum of the node, by the form; road 3 must say the same."""
    d = s.derive(s.sum(node))
    values = {leaf.name: x, **more}
    found = d.evaluate(values).grads[leaf]
    assert (found == run(d.loss, {name: np.array(v, dtype=object) for name, v in values.items()}).grads[leaf]).all()
    listed: list[Any] = found.tolist()
    return listed


def at(node: Any, x: Any, leaf: Any = X) -> list[Any]:
    """The same from the expressions of `grad`."""
    written = s.derive(s.sum(node)).grad(leaf)
    flat = dict(zip((leaf[i] for i in np.ndindex(*leaf.shape)), np.array(x).reshape(-1).tolist(), strict=True))
    listed: list[Any] = np.array([e.xreplace(flat) for e in np.array(written).reshape(-1)]).reshape(leaf.shape).tolist()
    return listed


@pytest.mark.parametrize(
    ("node", "slopes"),
    [
        (s.relu(X), [0, 0, 1]),
        (s.leaky_relu(X), [Fraction(1, 100)] * 2 + [1]),
        (s.leaky_relu(X, 0.25), [Fraction(1, 4)] * 2 + [1]),
        (s.leaky_relu(X, 2), [2, 2, 1]),
        (s.leaky_relu(X, 0), [0, 0, 1]),
        (s.relu(-X), [-1, 0, 0]),
        (s.relu(X) * s.relu(X), [0, 0, 6]),
    ],
)
def test_the_slope_at_zero(node: Any, slopes: list[Any]) -> None:
    assert gradient(node, AROUND) == slopes
    assert [Fraction(int(y.p), int(y.q)) for y in at(node, AROUND)] == slopes


@pytest.mark.parametrize(("reduction", "scale"), [("sum", 1), ("none", 1), ("mean", Fraction(1, 3))])
def test_the_absolute_value_has_slope_zero_at_zero(reduction: str, scale: Fraction) -> None:
    node = s.l1_loss(X, T, reduction)
    assert gradient(node, [1, 5, 3], T=[2, 5, 1]) == [-scale, 0, scale]


def test_a_relu_that_meets_zero_exactly() -> None:
    """In rational numbers 1/3 + 1/3 - 2/3 is 0, not a rounding error on either side of it."""
    third = Fraction(1, 3)
    x, y = tensor("x"), tensor("y")
    d = s.derive(s.relu(x + x - y))
    assert d.evaluate({"x": third, "y": 2 * third}).grads["x"][()] == 0


TIES: list[tuple[Any, Any, Any]] = [
    # kernel and parameters, input, which entries win how often
    ({"kernel_size": 2}, [[1, 1], [1, 1]], [[1, 0], [0, 0]]),
    ({"kernel_size": 2}, [[0, 1], [1, 1]], [[0, 1], [0, 0]]),
    ({"kernel_size": 2}, [[0, 0], [1, 1]], [[0, 0], [1, 0]]),
    ({"kernel_size": (1, 2), "stride": 1}, [[2, 2, 2]], [[1, 1, 0]]),
    ({"kernel_size": 2, "stride": 1}, [[0, 0, 0], [0, 9, 0], [0, 0, 0]], [[0, 0, 0], [0, 4, 0], [0, 0, 0]]),
    ({"kernel_size": 2, "stride": 1}, [[5, 5, 5], [5, 5, 5], [5, 5, 5]], [[1, 1, 0], [1, 1, 0], [0, 0, 0]]),
    ({"kernel_size": 3, "stride": 2, "padding": 1}, [[-1, -1], [-1, -1]], [[1, 0], [0, 0]]),
    ({"kernel_size": (1, 2), "stride": 1, "dilation": (1, 2)}, [[7, 8, 7, 8]], [[1, 1, 0, 0]]),
    ({"kernel_size": (1, 2), "ceil_mode": True}, [[3, 3, -5]], [[1, 0, 1]]),
]


@pytest.mark.parametrize(("how", "x", "wins"), TIES)
def test_the_first_winner_in_row_major_order_takes_all(how: dict[str, Any], x: Any, wins: Any) -> None:
    I = tensor("I", np.shape(x))
    assert gradient(s.max_pool2d(I, **how), x, I) == wins
    assert at(s.max_pool2d(I, **how), x, I) == wins


def test_the_padding_of_a_max_pool_is_minus_infinity() -> None:
    """Zeros would win against entries below 0."""
    I = tensor("I", (2, 2))
    d = s.derive(s.sum(s.max_pool2d(I, 2, 2, 1)))
    result = d.evaluate({"I": [[-3, -4], [-5, -6]]})
    assert result.value == -18
    assert result.grads["I"].tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("rank", [1, 3])
def test_ties_in_other_dimensions(rank: int) -> None:
    I = tensor("I", (2,) * rank)
    pool = s.max_pool1d if rank == 1 else s.max_pool3d
    found = gradient(pool(I, 2), np.ones(I.shape, dtype=int).tolist(), I)
    assert np.array(found).reshape(-1).tolist() == [1] + [0] * (2**rank - 1)


@pytest.mark.parametrize(
    ("node", "condition"),
    [
        (s.relu(X), "relu'(0) = 0"),
        (s.leaky_relu(X), "leaky_relu'(0) = slope"),
        (s.l1_loss(X, T), "|.|'(0) = 0"),
        (s.max_pool1d(X, 2), "winner-pattern"),
    ],
)
def test_a_proof_states_the_convention_it_rests_on(node: Any, condition: str) -> None:
    d = s.derive(s.sum(node))
    assert condition in d.proof(X).given


@pytest.mark.parametrize("node", [s.sigmoid(X), s.avg_pool1d(X, 2), s.mse_loss(X, T), X * X, s.softmax(X, 0)])
def test_what_is_smooth_rests_on_no_convention(node: Any) -> None:
    assert not s.derive(s.sum(node)).proof(X).given


def test_a_check_at_a_kink_leaves_differences_to_the_convention() -> None:
    """At 0 the difference quotient is the mean of two slopes; the three roads still agree there."""
    report = s.derive(s.sum(s.relu(X))).check({"X": AROUND})
    assert report.ok
    (row,) = report.rows
    assert row.kinks.tolist() == [False, True, False]
    assert row.form.tolist() == [0, 0, 1]
