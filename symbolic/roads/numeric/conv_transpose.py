"""Transposed convolution: zeros inserted into the input, then a correlation with the rotated filter.

Output size (n - 1) s - 2 p + d (k - 1) + output_padding + 1; output_padding adds rows on the high side only.
Its input gradient is the ordinary strided correlation of delta with the filter as it stands.

Source  torch.nn.functional.conv_transpose2d; Dumoulin & Visin 2016, arXiv:1603.07285, section 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.roads.numeric.arrays import Array, Operator, Params
from symbolic.roads.numeric.conv import add_bias, bias_gradient, correlate, filter_gradient, lift, turned
from symbolic.roads.numeric.windows import fit, insert_zeros, reach

if TYPE_CHECKING:
    from collections.abc import Sequence


def _forward(args: Sequence[Array], params: Params) -> Array:
    rank, groups = len(params["stride"]), params["groups"]
    x, f = (lift(a, rank + 2) for a in args[:2])
    border = reach(f.shape[2:], params["dilation"])
    low = [r - p for r, p in zip(border, params["padding"], strict=True)]
    high = [r + extra for r, extra in zip(low, params["output_padding"], strict=True)]
    wide = fit(insert_zeros(x, params["stride"]), low, high)
    out = correlate(wide, turned(f, groups), (1,) * rank, params["dilation"], groups)
    return add_bias(out, args).reshape(out.shape[rank + 2 - args[0].ndim :])


def _backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    """The windows of delta that belong to an input; rows of output_padding beyond them belong to none."""
    rank = len(params["stride"])
    x, f, d = (lift(a, rank + 2) for a in (*args[:2], delta))
    low = params["padding"]
    high = [p - extra for p, extra in zip(low, params["output_padding"], strict=True)]
    seen = fit(d, low, high)
    geometry = params["stride"], params["dilation"], params["groups"]
    dx = correlate(seen, f, *geometry)
    df = filter_gradient(seen, x, f.shape[2:], *geometry)
    return dx.reshape(args[0].shape), df.reshape(args[1].shape), *bias_gradient(d, args)


ROWS = {f"conv_transpose{rank}d": Operator(_forward, _backward) for rank in (1, 2, 3)}
