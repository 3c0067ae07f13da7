"""Losses, with gradients for prediction and target alike, and the pairing with a cotangent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symbolic.roads.numeric.arrays import Array, Operator, Params, divide, floats, is_exact, settle
from symbolic.roads.numeric.normalize import log_softmax, softmax

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def _reduced(terms: Array, reduction: str) -> Array:
    """The terms as they are ("none"), their sum, or their mean."""
    if reduction == "none":
        return terms
    total = settle(terms.sum())
    return divide(total, terms.size) if reduction == "mean" else total


def _unreduced(delta: Array, shape: tuple[int, ...], reduction: str) -> Array:
    """dL/d(term) for every term."""
    share = divide(delta, int(np.prod(shape))) if reduction == "mean" else delta
    return np.broadcast_to(share, shape)


def _residual_loss(value: Callable[[Array], Array], slope: Callable[[Array], Array]) -> Operator:
    """A loss of x - t, entry by entry; the target's gradient is the negative of the prediction's."""

    def forward(args: Sequence[Array], params: Params) -> Array:
        return _reduced(settle(value(args[0] - args[1])), params["reduction"])

    def backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
        share = _unreduced(delta, args[0].shape, params["reduction"])
        grad = share * slope(args[0] - args[1])
        return grad, -grad

    return Operator(forward, backward)


def _expected(args: Sequence[Array], params: Params, axis: int) -> Array:
    """The target as probabilities; class numbers become 1 at the class and 0 elsewhere."""
    if len(args) == 2:
        return args[1]
    logits = args[0]
    places = logits.shape[:axis] + logits.shape[axis + 1 :]
    target = np.asarray(params["target"], dtype=np.int64).reshape(places)
    classes = np.arange(logits.shape[axis]).reshape((-1,) + (1,) * (logits.ndim - axis - 1))
    return np.where(np.expand_dims(target, axis) == classes, 1.0, 0.0)


def _class_axis(logits: Array) -> int:
    return 0 if logits.ndim == 1 else 1


def _cross_entropy(args: Sequence[Array], params: Params) -> Array:
    """-sum over classes of p log softmax(z); the mean is over samples and positions, not over classes."""
    axis = _class_axis(args[0])
    expected = _expected(args, params, axis)
    return _reduced(settle(-(expected * log_softmax(args[0], axis)).sum(axis=axis)), params["reduction"])


def _cross_entropy_backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    """dz = softmax(z) sum(p) - p, also for p that do not add up to 1; dp = -log softmax(z)."""
    logits, axis = args[0], _class_axis(args[0])
    expected = _expected(args, params, axis)
    places = logits.shape[:axis] + logits.shape[axis + 1 :]
    share = np.expand_dims(_unreduced(delta, places, params["reduction"]), axis)
    dz = share * (softmax(logits, axis) * expected.sum(axis=axis, keepdims=True) - expected)
    return [dz] if len(args) == 1 else [dz, -share * log_softmax(logits, axis)]


def _cotangent(args: Sequence[Array], params: Params) -> Array:
    if len(args) == 2:
        return args[1]
    fixed = settle(params["cotangent"])
    return fixed if is_exact(args[0]) else floats(fixed)


def _vjp(args: Sequence[Array], params: Params) -> Array:
    return settle((settle(args[0] * _cotangent(args, params))).sum())


def _vjp_backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    """sum(y s) is linear in both."""
    return [delta * other for other in (_cotangent(args, params), args[0])][: len(args)]


ROWS = {
    "mse_loss": _residual_loss(lambda r: r * r, lambda r: 2 * r),
    "l1_loss": _residual_loss(np.abs, np.sign),
    "cross_entropy": Operator(_cross_entropy, _cross_entropy_backward, exact=False),
    "vjp": Operator(_vjp, _vjp_backward),
}
