"""Pooling. Backward is upsampling: an average spreads delta over its window, a maximum gives it to one entry.

Source  torch.nn.functional.avg_pool2d, max_pool2d, adaptive_avg_pool2d.
"""

from __future__ import annotations

from functools import reduce
from itertools import product
from math import inf, prod
from typing import TYPE_CHECKING

import numpy as np

from symbolic.errors import GradproofError
from symbolic.roads.numeric.arrays import Array, Operator, Params, divide
from symbolic.roads.numeric.windows import fit, last, reach, upsample, windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def _counts(x: Array, params: Params, dilation: Sequence[int]) -> tuple[int, ...]:
    """Windows per axis; with ceil_mode one more may begin, but inside the input or the low padding."""
    rank = len(params["kernel_size"])
    found = []
    for n, span, s, p in zip(
        x.shape[-rank:],
        reach(params["kernel_size"], dilation),
        params["stride"],
        params["padding"],
        strict=True,
    ):
        room = n + 2 * p - span - 1
        m = (-(-room // s) if params["ceil_mode"] else room // s) + 1
        found.append(m - 1 if params["ceil_mode"] and (m - 1) * s >= n + p else m)
    return tuple(found)


def _borders(x: Array, params: Params, dilation: Sequence[int]) -> tuple[Sequence[int], list[int], list[int]]:
    """Padding low and high such that exactly the windows to use fit in, and the size that makes."""
    low, counts = params["padding"], _counts(x, params, dilation)
    spans = reach(params["kernel_size"], dilation)
    size = [s * (m - 1) + r + 1 for s, m, r in zip(params["stride"], counts, spans, strict=True)]
    high = [total - n - p for total, n, p in zip(size, x.shape[-len(low) :], low, strict=True)]
    return low, high, size


def _divisors(x: Array, params: Params) -> Array:
    """What each window divides by: its entries inside input and padding, or inside the input alone."""
    rank = len(params["kernel_size"])
    ones = (1,) * rank
    counts = _counts(x, params, ones)
    if params["divisor_override"] is not None:
        return np.full(counts, params["divisor_override"], dtype=object)
    lengths = []
    for m, n, k, s, p in zip(
        counts, x.shape[-rank:], params["kernel_size"], params["stride"], params["padding"], strict=True
    ):
        first, last = (-p, n + p) if params["count_include_pad"] else (0, n)
        starts = [s * i - p for i in range(m)]
        lengths.append(np.array([min(a + k, last) - max(a, first) for a in starts], dtype=object))
    return np.asarray(reduce(np.multiply.outer, lengths), dtype=object)


def _avg_forward(args: Sequence[Array], params: Params) -> Array:
    (x,) = args
    rank = len(params["kernel_size"])
    low, high, _ = _borders(x, params, (1,) * rank)
    seen = windows(fit(x, low, high), params["kernel_size"], params["stride"], (1,) * rank)
    return divide(seen.sum(axis=tuple(range(-rank, 0))), _divisors(x, params))


def _avg_backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    (x,) = args
    kernel = params["kernel_size"]
    ones = (1,) * len(kernel)
    low, high, size = _borders(x, params, ones)
    share = divide(delta, _divisors(x, params))
    columns = np.broadcast_to(share.reshape(share.shape + ones), share.shape + tuple(kernel))
    whole = upsample(columns, size, params["stride"], ones)
    return (fit(whole, [-p for p in low], [-p for p in high]),)


def _max_columns(x: Array, params: Params) -> Array:
    """The windows, each in one row-major line; the padding holds -inf, which never wins."""
    kernel = params["kernel_size"]
    low, high, _ = _borders(x, params, params["dilation"])
    seen = windows(fit(x, low, high, -inf), kernel, params["stride"], params["dilation"])
    columns = seen.reshape(*seen.shape[: -len(kernel)], -1)
    if (columns == -inf).all(axis=-1).any():
        raise GradproofError(
            f"max_pool: with padding {low} and dilation {params['dilation']} a window of kernel {kernel} "
            f"sees nothing of the input {x.shape}; use less padding"
        )
    return columns


def _max_forward(args: Sequence[Array], params: Params) -> Array:
    return np.asarray(_max_columns(args[0], params).max(axis=-1))


def _max_backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    """argmax returns the first of equal entries, row-major: the convention for ties."""
    (x,) = args
    low, high, size = _borders(x, params, params["dilation"])
    columns = _max_columns(x, params)
    winner = columns.argmax(axis=-1)[..., None] == np.arange(columns.shape[-1])
    shares = np.where(winner, delta[..., None], 0).reshape(*delta.shape, *params["kernel_size"])
    whole = upsample(shares, size, params["stride"], params["dilation"])
    return (fit(whole, [-p for p in low], [-p for p in high]),)


def _cells(x: Array, params: Params) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """Each output cell i and the part of the input it averages: floor(i n / m) to ceil((i + 1) n / m)."""
    out = params["output_size"]
    for cell in product(*map(range, out)):
        yield (
            cell,
            tuple(
                slice(i * n // m, -(-(i + 1) * n // m)) for i, n, m in zip(cell, x.shape[-len(out) :], out, strict=True)
            ),
        )


def _adaptive_forward(args: Sequence[Array], params: Params) -> Array:
    (x,) = args
    rank = len(params["output_size"])
    out = np.empty(x.shape[:-rank] + tuple(params["output_size"]), dtype=x.dtype)
    for cell, part in _cells(x, params):
        total = x[last(part)].sum(axis=tuple(range(-rank, 0)))
        out[last(cell)] = divide(total, prod(n.stop - n.start for n in part))
    return out


def _adaptive_backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    (x,) = args
    rank = len(params["output_size"])
    dx = np.zeros(x.shape, dtype=delta.dtype)
    for cell, part in _cells(x, params):
        size = prod(n.stop - n.start for n in part)
        dx[last(part)] += divide(delta[last(cell)], size)[last((None,) * rank)]
    return (dx,)


ROWS = {
    **{f"avg_pool{rank}d": Operator(_avg_forward, _avg_backward) for rank in (1, 2, 3)},
    **{f"max_pool{rank}d": Operator(_max_forward, _max_backward) for rank in (1, 2, 3)},
    "adaptive_avg_pool2d": Operator(_adaptive_forward, _adaptive_backward),
}
