"""Activations: a value and a slope each, written so that large arguments neither overflow nor cancel.

At the kink relu'(0) = 0 and leaky_relu'(0) = negative_slope.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import erfc, pi, sqrt

import numpy as np

from symbolic.roads.numeric.arrays import Array, Operator, Params, number, settle

Function = Callable[[Array, Params], Array]


def _row(value: Function, slope: Function, *, exact: bool) -> Operator:
    def forward(args: Sequence[Array], params: Params) -> Array:
        return value(args[0], params)

    def backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
        return (delta * slope(args[0], params),)

    return Operator(forward, backward, exact=exact)


def _relu(x: Array, _params: Params) -> Array:
    return np.where(x > 0, x, 0)


def _relu_slope(x: Array, _params: Params) -> Array:
    return np.where(x > 0, 1, 0)


def _leaky(x: Array, params: Params) -> Array:
    return settle(x * _leaky_slope(x, params))


def _leaky_slope(x: Array, params: Params) -> Array:
    return np.where(x > 0, 1, np.asarray(number(params["negative_slope"], x), dtype=x.dtype))


def _sigmoid(x: Array, _params: Params) -> Array:
    small = np.exp(-np.abs(x))
    return settle(np.where(x >= 0, 1, small) / (1 + small))


def _sigmoid_slope(x: Array, _params: Params) -> Array:
    small = np.exp(-np.abs(x))
    return np.asarray(small / (1 + small) ** 2)


def _tanh(x: Array, _params: Params) -> Array:
    return np.asarray(np.tanh(x))


def _tanh_slope(x: Array, params: Params) -> Array:
    """tanh x = 2 sigmoid(2 x) - 1."""
    return settle(4 * _sigmoid_slope(2 * x, params))


def _softplus(x: Array, _params: Params) -> Array:
    return np.asarray(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))


def _normal(x: Array) -> Array:
    """The probability that a standard normal variable is at most x."""
    return np.asarray(np.vectorize(lambda z: erfc(-z / sqrt(2)) / 2, otypes=[np.float64])(x))


def _gelu(x: Array, _params: Params) -> Array:
    return settle(x * _normal(x))


def _gelu_slope(x: Array, _params: Params) -> Array:
    return settle(_normal(x) + x * np.exp(-(x**2) / 2) / sqrt(2 * pi))


ROWS = {
    "relu": _row(_relu, _relu_slope, exact=True),
    "leaky_relu": _row(_leaky, _leaky_slope, exact=True),
    "sigmoid": _row(_sigmoid, _sigmoid_slope, exact=False),
    "tanh": _row(_tanh, _tanh_slope, exact=False),
    "softplus": _row(_softplus, _sigmoid, exact=False),
    "gelu": _row(_gelu, _gelu_slope, exact=False),
}
