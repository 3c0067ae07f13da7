"""On a kink only the stated convention is right, and a function that breaks it is told which one."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symbolic import check_backward
from symbolic.exercises.kinks import TABLE, at_kinks

Array = NDArray[np.float64]


def pooled(X: Array, delta: Array, *, winners: str) -> Array:
    """Backward of a 2×2 maximum; `winners` says who gets the error of a tie."""
    found = np.zeros_like(X)
    for n, c, i, j in np.ndindex(*delta.shape):
        window = X[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        tied = np.argwhere(window == window.max())
        places = {"first": tied[:1], "last": tied[-1:], "all": tied, "shared": tied}[winners]
        for a, b in places:
            share = len(tied) if winners == "shared" else 1
            found[n, c, 2 * i + a, 2 * j + b] += delta[n, c, i, j] / share
    return found


def signs(X: Array, T: Array, delta: Array, at_zero: float) -> tuple[Array, Array]:
    slope = np.where(X == T, at_zero, np.sign(X - T)) * delta / X.size
    return slope, -slope


@pytest.mark.parametrize(
    ("operator", "function"),
    [
        ("relu", lambda X, d: d * (X > 0)),
        ("leaky_relu", lambda X, d: np.where(X > 0, d, 0.01 * d)),
        ("l1_loss", lambda X, T, d: signs(X, T, d, 0)),
        ("max_pool2d", lambda X, d: pooled(X, d, winners="first")),
    ],
)
def test_the_convention_is_right(operator: str, function: Any) -> None:
    options = {"kernel_size": 2} if operator == "max_pool2d" else {}
    found = check_backward(operator, function, **options)
    assert found.verdict == "correct", found.message()
    assert found.kink == ""


@pytest.mark.parametrize(
    ("operator", "function", "kink", "said"),
    [
        ("relu", lambda X, d: d * (X >= 0), "kink_relu", "relu'(0) = 0"),
        ("relu", lambda X, d: d * np.heaviside(X, 0.5), "kink_relu", "relu'(0) = 0"),
        ("leaky_relu", lambda X, d: np.where(X >= 0, d, 0.01 * d), "kink_leaky_relu", "negative slope"),
        ("l1_loss", lambda X, T, d: signs(X, T, d, 1), "kink_abs", "|x| is 0"),
        ("max_pool2d", lambda X, d: pooled(X, d, winners="last"), "kink_max", "first maximum in row-major order"),
        ("max_pool2d", lambda X, d: pooled(X, d, winners="all"), "kink_max", "first maximum in row-major order"),
        ("max_pool2d", lambda X, d: pooled(X, d, winners="shared"), "kink_max", "first maximum in row-major order"),
    ],
)
def test_another_choice_on_the_kink_is_wrong_and_told(operator: str, function: Any, kink: str, said: str) -> None:
    options = {"kernel_size": 2} if operator == "max_pool2d" else {}
    found = check_backward(operator, function, **options)
    assert (found.verdict, found.kink) == ("wrong", kink)
    assert said in found.message()
    assert found.message("zh").endswith("。")


def test_a_function_that_is_wrong_off_the_kink_is_not_told_about_it() -> None:
    found = check_backward("relu", lambda X, d: 2 * d * (X >= 0))
    assert (found.verdict, found.kink) == ("wrong", "")


def test_the_probes_lie_on_the_kinks() -> None:
    X, T = np.array([[1.0, -2.0], [3.0, -4.0]]), np.array([[5.0, 6.0], [7.0, 8.0]])
    for operator in TABLE:
        for found in at_kinks(operator, {"X": X, "T": T}):
            on = found["X"] == found["T"] if operator == "l1_loss" else found["X"] == found["X"].max()
            assert (found["X"] == 0).any() or on.sum() > 1 or operator == "l1_loss"
            assert on.any()
    assert at_kinks("conv2d", {"X": X}) == []
