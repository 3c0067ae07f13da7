"""softmax, log_softmax and batch_norm: every entry of a line or a channel depends on all of it.

Source  Ioffe & Szegedy 2015, arXiv:1502.03167, section 3, for the gradients of batch_norm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symbolic.roads.numeric.arrays import Array, Operator, Params

if TYPE_CHECKING:
    from collections.abc import Sequence


def log_softmax(x: Array, axis: int) -> Array:
    """x - log sum exp x along the axis; the maximum is taken out first, so nothing overflows."""
    shifted = x - x.max(axis=axis, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))


def softmax(x: Array, axis: int) -> Array:
    """exp x / sum exp x along the axis."""
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def _softmax(args: Sequence[Array], params: Params) -> Array:
    return softmax(args[0], params["dim"])


def _softmax_backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    s = _softmax(args, params)
    return (s * (delta - (s * delta).sum(axis=params["dim"], keepdims=True)),)


def _log_softmax(args: Sequence[Array], params: Params) -> Array:
    return log_softmax(args[0], params["dim"])


def _log_softmax_backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    return (delta - _softmax(args, params) * delta.sum(axis=params["dim"], keepdims=True),)


def _normalized(x: Array, params: Params) -> tuple[Array, Array]:
    """(x - mean) / sqrt(var + eps) and 1 / sqrt(var + eps) per channel (axis 1); biased variance."""
    axes = (0, *range(2, x.ndim))
    centred = x - x.mean(axis=axes, keepdims=True)
    spread = 1 / np.sqrt((centred**2).mean(axis=axes, keepdims=True) + float(params["eps"]))
    return centred * spread, spread


def _per_channel(vector: Array, ndim: int) -> Array:
    return vector.reshape((-1,) + (1,) * (ndim - 2))


def _batch_norm(args: Sequence[Array], params: Params) -> Array:
    x, rest = args[0], list(args[1:])
    out, _ = _normalized(x, params)
    if params["has_weight"]:
        out = out * _per_channel(rest.pop(0), x.ndim)
    return out + _per_channel(rest.pop(0), x.ndim) if params["has_bias"] else out


def _batch_norm_backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    """With d = dL/d(x_hat): dx = (d - mean d - x_hat mean(d x_hat)) / sqrt(var + eps)."""
    x = args[0]
    axes = (0, *range(2, x.ndim))
    x_hat, spread = _normalized(x, params)
    d = delta * _per_channel(args[1], x.ndim) if params["has_weight"] else delta
    centred = d - d.mean(axis=axes, keepdims=True)
    grads = [spread * (centred - x_hat * (d * x_hat).mean(axis=axes, keepdims=True))]
    if params["has_weight"]:
        grads.append((delta * x_hat).sum(axis=axes))
    if params["has_bias"]:
        grads.append(delta.sum(axis=axes))
    return grads


ROWS = {
    "softmax": Operator(_softmax, _softmax_backward, exact=False),
    "log_softmax": Operator(_log_softmax, _log_softmax_backward, exact=False),
    "batch_norm": Operator(_batch_norm, _batch_norm_backward, exact=False),
}
