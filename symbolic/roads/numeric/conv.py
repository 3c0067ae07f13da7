"""Cross-correlation layers and their gradients, as the textbooks state them.

    filter gradient   the columns of im2col times delta
    input gradient    zeros inserted into delta (stride), then the full correlation with the rotated filter;
                      rows that no window reaches (the remainder of the stride) get 0
    bias gradient     the sum of delta per channel

Source  Dumoulin & Visin 2016, arXiv:1603.07285, sections 4 and 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symbolic.roads.numeric.arrays import Array, Operator, Params, settle
from symbolic.roads.numeric.windows import Sizes, fit, insert_zeros, reach, rot180, windows

if TYPE_CHECKING:
    from collections.abc import Sequence


def correlate(x: Array, f: Array, stride: Sizes, dilation: Sizes, groups: int) -> Array:
    """O[n, o, i] = sum F[o, c, u] X[n, c, s i + d u], group by group; x is padded already.

    Shapes  x (N, C, n...), f (C_out, C/groups, k...), out (N, C_out, m...).
    """
    rank = len(stride)
    columns = windows(x, f.shape[2:], stride, dilation)
    inner = (1, *range(2 + rank, 2 + 2 * rank))
    parts = [
        np.tensordot(column, kernel, axes=(inner, (1, *range(2, 2 + rank))))
        for column, kernel in zip(np.split(columns, groups, axis=1), np.split(f, groups), strict=True)
    ]
    return np.moveaxis(np.concatenate(parts, axis=-1), -1, 1)


def filter_gradient(x: Array, delta: Array, kernel: Sizes, stride: Sizes, dilation: Sizes, groups: int) -> Array:
    """dF[o, c, u] = sum over n, i of delta[n, o, i] X[n, c, s i + d u]; x is padded already."""
    columns = windows(x, kernel, stride, dilation)
    summed = (0, *range(2, delta.ndim))
    parts = [
        np.tensordot(d, column, axes=(summed, summed))
        for d, column in zip(np.split(delta, groups, axis=1), np.split(columns, groups, axis=1), strict=True)
    ]
    return np.concatenate(parts, axis=0)


def turned(f: Array, groups: int) -> Array:
    """The filter rotated by 180 degrees, its input and output channels exchanged inside each group."""
    swapped = [np.swapaxes(part, 0, 1) for part in np.split(f, groups)]
    return rot180(np.concatenate(swapped, axis=0), f.ndim - 2)


def input_gradient(delta: Array, f: Array, size: Sizes, stride: Sizes, dilation: Sizes, groups: int) -> Array:
    """dL/d(padded input of that size): the full correlation of the widened delta with the turned filter."""
    border = reach(f.shape[2:], dilation)
    wide = fit(insert_zeros(delta, stride), border, border)
    full = correlate(wide, turned(f, groups), (1,) * len(stride), dilation, groups)
    remainder = [n - m for n, m in zip(size, full.shape[2:], strict=True)]
    return fit(full, (0,) * len(remainder), remainder)


def lift(array: Array, ndim: int) -> Array:
    """Leading axes of size 1 for the batch and channels that a plain matrix or a single image lacks."""
    return array.reshape((1,) * (ndim - array.ndim) + array.shape)


def _conv_forward(args: Sequence[Array], params: Params) -> Array:
    rank = len(params["stride"])
    x, f = (lift(a, rank + 2) for a in args[:2])
    low, high = zip(*params["padding"], strict=True)
    out = correlate(fit(x, low, high), f, params["stride"], params["dilation"], params["groups"])
    return add_bias(out, args).reshape(out.shape[rank + 2 - args[0].ndim :])


def add_bias(out: Array, args: Sequence[Array]) -> Array:
    """The output (N, C, m...) plus the third argument, if there is one, per channel."""
    return out + args[2].reshape((-1,) + (1,) * (out.ndim - 2)) if len(args) > 2 else out


def bias_gradient(delta: Array, args: Sequence[Array]) -> tuple[Array, ...]:
    """The sum of delta (N, C, m...) per channel, for a third argument, if there is one."""
    if len(args) == 2:
        return ()
    return (settle(delta.sum(axis=(0, *range(2, delta.ndim)))).reshape(args[2].shape),)


def _conv_backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    rank = len(params["stride"])
    x, f, d = (lift(a, rank + 2) for a in (*args[:2], delta))
    low, high = zip(*params["padding"], strict=True)
    padded = fit(x, low, high)
    geometry = params["stride"], params["dilation"], params["groups"]
    whole = input_gradient(d, f, padded.shape[2:], *geometry)
    dx = fit(whole, [-p for p in low], [-p for p in high])
    df = filter_gradient(padded, d, f.shape[2:], *geometry)
    return dx.reshape(args[0].shape), df.reshape(args[1].shape), *bias_gradient(d, args)


ROWS = {f"conv{rank}d": Operator(_conv_forward, _conv_backward) for rank in (1, 2, 3)}
