"""A layer against textbook loops: values, and gradients by dual numbers through those loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

import symbolic as s
from tests import brute

if TYPE_CHECKING:
    from hypothesis import strategies as st

Loop = Callable[..., Any]


def agree(node: Any, loop: Loop, values: dict[str, Any]) -> None:
    """The node's values are the loop's, and the gradients of sum(node^2) the dual numbers'."""
    d = s.derive(s.sum(s.mul(node, node), name="L"))
    found = d.evaluate(values)
    arrays = {name: brute.exact(value) for name, value in values.items()}
    forward = np.asarray(loop(**arrays), dtype=object)
    assert found.values[node].shape == forward.shape == tuple(node.shape)
    assert (found.values[node] == forward).all()

    def loss(**given_arrays: Any) -> Any:
        out = np.asarray(loop(**given_arrays), dtype=object).reshape(-1)
        return sum(y * y for y in out)

    for name in values:
        assert (found.grads[name] == brute.gradient(loss, values, name)).all(), name


def numbers(draw: st.DrawFn, *shape: int) -> Any:
    return draw(brute.arrays(shape)).tolist()
