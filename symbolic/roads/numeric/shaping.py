"""linear, sum, mean, flatten, reshape, cat: entries added up or moved."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from symbolic.roads.numeric.arrays import Array, Operator, Params, divide, settle

if TYPE_CHECKING:
    from collections.abc import Sequence


def _linear_forward(args: Sequence[Array], _params: Params) -> Array:
    out = settle(args[0] @ args[1].T)
    return settle(out + args[2]) if len(args) > 2 else out


def _linear_backward(delta: Array, args: Sequence[Array], _params: Params) -> Sequence[Array]:
    """dX = delta W, dW = delta^T X, db = the sum of delta; leading axes count as one batch."""
    x, w = args[:2]
    rows = delta.reshape(-1, w.shape[0])
    grads = [(rows @ w).reshape(x.shape), rows.T @ x.reshape(-1, w.shape[1])]
    return grads if len(args) == 2 else [*grads, rows.sum(axis=0)]


def _sum_forward(args: Sequence[Array], params: Params) -> Array:
    return settle(args[0].sum(axis=tuple(params["dim"]), keepdims=params["keepdim"]))


def _sum_backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    (x,) = args
    kept = [1 if axis in params["dim"] else n for axis, n in enumerate(x.shape)]
    return (np.broadcast_to(delta.reshape(kept), x.shape),)


def _count(x: Array, params: Params) -> int:
    return prod(x.shape[axis] for axis in params["dim"])


def _mean_forward(args: Sequence[Array], params: Params) -> Array:
    return divide(_sum_forward(args, params), _count(args[0], params))


def _mean_backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    return _sum_backward(divide(delta, _count(args[0], params)), args, params)


def _flatten(args: Sequence[Array], params: Params) -> Array:
    (x,) = args
    start, end = (params.get(word, last) % max(x.ndim, 1) for word, last in (("start_dim", 0), ("end_dim", -1)))
    return x.reshape((*x.shape[:start], -1, *x.shape[end + 1 :]))


def _reshape(args: Sequence[Array], params: Params) -> Array:
    return args[0].reshape(params["shape"])


def _unreshape(delta: Array, args: Sequence[Array], _params: Params) -> Sequence[Array]:
    return (delta.reshape(args[0].shape),)


def _cat(args: Sequence[Array], params: Params) -> Array:
    return np.concatenate(args, axis=params["dim"])


def _split(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    ends = np.cumsum([a.shape[params["dim"]] for a in args])[:-1]
    return np.split(delta, ends, axis=params["dim"])


ROWS = {
    "linear": Operator(_linear_forward, _linear_backward),
    "sum": Operator(_sum_forward, _sum_backward),
    "mean": Operator(_mean_forward, _mean_backward),
    "flatten": Operator(_flatten, _unreshape),
    "reshape": Operator(_reshape, _unreshape),
    "cat": Operator(_cat, _split),
}
