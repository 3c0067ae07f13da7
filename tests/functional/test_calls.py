"""What `print` shows of a tensor: the call that makes it, with its operands and what is not a default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import symbolic as s

if TYPE_CHECKING:
    from symbolic.terms.term import Tensor

X, F, V = s.tensor("X", (3, 3)), s.tensor("F", (2, 2)), s.tensor("v", (4,))
A, W, g = s.tensor("A", (1, 2, 4, 4)), s.tensor("W", (2, 1, 2, 2)), s.tensor("g", (2,))

CALLS: list[tuple[Tensor, str]] = [
    (X, "X, shape (3, 3)"),
    (X * 2, "mul(X, 2), shape (3, 3)"),
    (2 * X, "mul(2, X), shape (3, 3)"),
    (-X, "mul(-1, X), shape (3, 3)"),
    (X - 0.1, "sub(X, Fraction(1, 10)), shape (3, 3)"),
    (2 - X, "sub(2, X), shape (3, 3)"),
    (X / 3, "div(X, 3), shape (3, 3)"),
    (X**2, "pow(X, 2), shape (3, 3)"),
    (X + X, "add(X, X), shape (3, 3)"),
    (X * X * 2, "mul(<mul>, 2), shape (3, 3)"),
    (s.conv2d(X, F, name="O"), "O = conv2d(X, F), shape (2, 2)"),
    (s.conv2d(X, F, stride=2, padding=1), "conv2d(X, F, stride=2, padding=1), shape (2, 2)"),
    (s.conv2d(A, W, g, groups=2), "conv2d(A, W, g, groups=2), shape (1, 2, 3, 3)"),
    (s.avg_pool2d(X, 2), "avg_pool2d(X, kernel_size=2), shape (1, 1)"),
    (s.avg_pool2d(X, (2, 1)), "avg_pool2d(X, kernel_size=(2, 1)), shape (1, 3)"),
    (s.relu(X), "relu(X), shape (3, 3)"),
    (s.sum(X), "sum(X), shape ()"),
    (s.sum(X, dim=1), "sum(X, dim=(1,)), shape (3,)"),
    (s.flatten(X), "flatten(X), shape (9,)"),
    (s.flatten(A, 1), "flatten(A, start_dim=1), shape (1, 32)"),
    (s.cat([V, V]), "cat([v, v]), shape (8,)"),
    (s.softmax(V, 0), "softmax(v, dim=0), shape (4,)"),
    (s.mse_loss(X, X * 1, reduction="sum"), "mse_loss(X, <mul>, reduction='sum'), shape ()"),
    (s.batch_norm(A, weight=g, training=True), "batch_norm(A, weight=g, training=True), shape (1, 2, 4, 4)"),
    (s.batch_norm(A, bias=g, training=True, eps=1), "batch_norm(A, bias=g, training=True, eps=1), shape (1, 2, 4, 4)"),
]


@pytest.mark.parametrize(("tensor", "shown"), CALLS, ids=[shown for _, shown in CALLS])
def test_a_tensor_shows_the_call_that_makes_it(tensor: Tensor, shown: str) -> None:
    assert str(tensor) == repr(tensor) == shown


def test_a_pairing_shows_its_operands() -> None:
    O = s.conv2d(X, F, name="O")
    assert str(s.derive(O, gradient=s.tensor("D", (2, 2))).loss) == "vjp(O, D), shape ()"


def test_matrix_multiplication_says_what_to_write() -> None:
    with pytest.raises(TypeError, match=r"linear\(X, W\)"):
        X @ F
