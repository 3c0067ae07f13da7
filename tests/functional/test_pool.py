"""Pools against textbook loops: overlapping, padded, dilated, ceil_mode, divisors and ties."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import symbolic as s
from tests import brute
from tests.agreement import agree

POOLS = st.fixed_dictionaries(
    {
        "kernel": st.integers(1, 3),
        "stride": st.integers(1, 3),
        "padding": st.integers(0, 1),
        "size": st.integers(2, 5),
        "ceil": st.booleans(),
        "include": st.booleans(),
        "override": st.sampled_from([None, None, 5]),
    }
)


@settings(max_examples=40)
@given(POOLS, POOLS, st.data())
def test_average_pools(one: dict[str, Any], two: dict[str, Any], data: st.DataObject) -> None:
    """Overlapping, padded, ceil_mode, with and without the padding in the divisor, remainders."""
    kernel = (one["kernel"], two["kernel"])
    stride = (one["stride"], two["stride"])
    padding = (min(one["padding"], kernel[0] // 2), min(two["padding"], kernel[1] // 2))
    size = (max(one["size"], kernel[0]), max(two["size"], kernel[1]))
    ceil, include, override = one["ceil"], one["include"], one["override"]
    values = {"X": data.draw(brute.arrays((2, *size))).tolist()}
    X = s.tensor("X", (2, *size))
    node = s.avg_pool2d(X, kernel, stride, padding, ceil, include, override)

    def divisor(i: tuple[int, ...], inside: int) -> int:
        if override is not None:
            return int(override)
        if not include:
            return inside
        spans = [
            min(x * q - p + k, n + p) - (x * q - p)
            for x, q, p, k, n in zip(i, stride, padding, kernel, size, strict=True)
        ]
        return int(spans[0] * spans[1])

    def average(entries: list[Any], i: tuple[int, ...]) -> Any:
        return sum(entries, Fraction(0)) * Fraction(1, divisor(i, len(entries)))

    def loop(X: Any) -> Any:
        return brute.pooled(X, 2, average, kernel=kernel, stride=stride, padding=padding, dilation=(1, 1), ceil=ceil)

    agree(node, loop, values)


@settings(max_examples=40)
@given(POOLS, POOLS, st.integers(1, 2), st.data())
def test_max_pools(one: dict[str, Any], two: dict[str, Any], dilation: int, data: st.DataObject) -> None:
    """The first largest entry in row-major order wins; padding is minus infinity, so it never does."""
    kernel, stride = (one["kernel"], two["kernel"]), (one["stride"], two["stride"])
    padding = (min(one["padding"], kernel[0] // 2), min(two["padding"], kernel[1] // 2))
    size = tuple(max(p["size"], dilation * (k - 1) + 1) for p, k in zip((one, two), kernel, strict=True))
    ceil = one["ceil"]
    how = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": (dilation,) * 2, "ceil": ceil}
    _, inside = brute.windows(size, **how)
    out, _ = brute.windows(size, **how)
    if not all(inside(i) for i in np.ndindex(*out)):
        return  # a window of padding alone
    values = {"X": data.draw(brute.arrays((1, *size))).tolist()}
    node = s.max_pool2d(s.tensor("X", (1, *size)), kernel, stride, padding, dilation, ceil)

    def loop(X: Any) -> Any:
        return brute.pooled(X, 2, lambda entries, _: brute.first_largest(entries), **how)

    agree(node, loop, values)


def test_ties_go_to_the_first() -> None:
    node = s.max_pool2d(s.tensor("X", (2, 4)), 2)
    found = s.derive(s.sum(node)).evaluate({"X": [[5, 5, 0, 1], [5, 5, 1, 0]]})
    assert found.grads["X"].tolist() == [[1, 0, 0, 1], [0, 0, 0, 0]]


def test_global_average_pooling() -> None:
    values = {"X": [[[1, 2, 3], [4, 5, 7]]]}
    node = s.adaptive_avg_pool2d(s.tensor("X", (1, 2, 3)), 1)
    agree(node, lambda X: np.array([[[sum(X.reshape(-1), Fraction(0)) * Fraction(1, 6)]]], dtype=object), values)
