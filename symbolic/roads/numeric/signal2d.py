"""convolve2d and correlate2d of two matrices: the full result, or a part of it, as scipy.signal cuts it.

    full    C[i] = sum F[u] X[i - u] (convolution), sum F[u] X[i + u - (k - 1)] (correlation); size n + k - 1
    same    n entries, beginning at (k - 1) // 2 for convolution and at k // 2 for correlation
    valid   the max(n, k) - min(n, k) + 1 entries for which no zero padding is read

Source  scipy.signal.convolve2d, scipy.signal.correlate2d (boundary="fill", fillvalue=0).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from symbolic.roads.numeric.arrays import Array, Operator, Params
from symbolic.roads.numeric.conv import correlate, filter_gradient, input_gradient, lift
from symbolic.roads.numeric.windows import Sizes, fit, rot180

if TYPE_CHECKING:
    from collections.abc import Sequence

ONES = (1, 1)


def _cut(n: Sizes, k: Sizes, mode: str, flip: bool) -> tuple[list[int], list[int]]:
    """How much of the full result is cut away per axis, at the low and at the high end."""
    low, high = [], []
    for size, kernel in zip(n, k, strict=True):
        if mode == "full":
            start, length = 0, size + kernel - 1
        elif mode == "same":
            start, length = ((kernel - 1) // 2 if flip else kernel // 2), size
        else:
            start, length = min(size, kernel) - 1, abs(size - kernel) + 1
        low.append(start)
        high.append(size + kernel - 1 - start - length)
    return low, high


def _padded(x: Array, f: Array, flip: bool) -> tuple[Array, Array]:
    border = [k - 1 for k in f.shape]
    return lift(fit(x, border, border), 4), lift(rot180(f, 2) if flip else f, 4)


def _forward(args: Sequence[Array], params: Params, *, flip: bool) -> Array:
    x, f = args
    full = correlate(*_padded(x, f, flip), ONES, ONES, 1)[0, 0]
    low, high = _cut(x.shape, f.shape, params["mode"], flip)
    return fit(full, [-a for a in low], [-a for a in high])


def _backward(delta: Array, args: Sequence[Array], params: Params, *, flip: bool) -> Sequence[Array]:
    x, f = args
    padded, kernel = _padded(x, f, flip)
    full = lift(fit(delta, *_cut(x.shape, f.shape, params["mode"], flip)), 4)
    border = [1 - k for k in f.shape]
    dx = fit(input_gradient(full, kernel, padded.shape[2:], ONES, ONES, 1), border, border)[0, 0]
    df = filter_gradient(padded, full, f.shape, ONES, ONES, 1)[0, 0]
    return dx, rot180(df, 2) if flip else df


def _row(*, flip: bool) -> Operator:
    return Operator(partial(_forward, flip=flip), partial(_backward, flip=flip))


ROWS = {"convolve2d": _row(flip=True), "correlate2d": _row(flip=False)}
