"""Small networks of every kind, and expressions at numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from symbolic import (
    avg_pool2d,
    conv1d,
    conv2d,
    linear,
    mean,
    mse_loss,
    sum,
    tensor,
)


def at(array: Any, values: dict[str, Any]) -> Any:
    """An array of expressions with the entries' numbers put in."""
    point = {}
    for name, value in values.items():
        numbers = np.array(value, dtype=object)
        for index in np.ndindex(*numbers.shape):
            entry: Any = numbers[index]
            number = Fraction(entry)
            point[tensor(name, numbers.shape)[index]] = sympy.Rational(number.numerator, number.denominator)
    flat = [found.xreplace(point).doit() for found in sympy.flatten(array)]
    return sympy.ImmutableDenseNDimArray(flat, array.shape) if array.shape else sympy.ImmutableDenseNDimArray(flat[0])


def listed(array: Any) -> Any:
    return array.tolist() if array.shape else array[()]


X, F, b, T = tensor("X", (3, 3)), tensor("F", (2, 2)), tensor("b"), tensor("T", (2, 2))
W, V, c = tensor("W", (2, 3)), tensor("V", (3, 3)), tensor("c", (2,))
A, B = tensor("A", (2, 2)), tensor("B", (2, 2))


def networks() -> dict[str, Any]:
    conv = conv2d(X, F, b)
    shared = conv1d(conv1d(tensor("x", (5,)), tensor("f", (2,))), tensor("f", (2,)))
    full = conv2d(A, F, padding="full")
    return {
        "conv and mse": mse_loss(conv, T),
        "conv, pool and mse": mse_loss(avg_pool2d(conv, 2), tensor("t", (1, 1)), reduction="sum"),
        "shared weights": sum(shared**2),
        "a weight used as input": sum(conv2d(X, F) * F),
        "a residual": sum((conv2d(A, tensor("k", (1, 1))) + A) ** 2),
        "a residual of a residual": mean(((A * B + A) * B + A) ** 2),
        "stride, dilation, padding": sum(conv2d(V, F, stride=2, dilation=2, padding=2) ** 2),
        "full convolution": sum(full * full),
        "dense": mse_loss(linear(V, W, c), tensor("t", (3, 2))),
        "means": mean(mean(A, dim=0) ** 3 - sum(B, dim=1, keepdim=False)),
        "broadcasting": sum((A * tensor("r", (2,)) + tensor("q", (2, 1))) ** 2),
        "division": sum(A / B + 1 / (A**2)),
        "negative powers": sum((A + 2) ** -3 * B),
        "numbers": sum((3 - A) / 4 * 0.5 - B * Fraction(1, 3)),
        "one tensor everywhere": sum(A * A * A - A / (A + 5)),
        "a pairing": conv,
    }
