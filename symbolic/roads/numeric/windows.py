"""Sliding windows over the last axes, and what their backward formulas need: zeros inserted, padded, flipped.

Every argument per axis (kernel, stride, dilation, ...) speaks of the last axes, as many as it has entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from symbolic.roads.numeric.arrays import Array

Sizes = Sequence[int]


def last(places: Iterable[int | slice | None]) -> tuple[Any, ...]:
    """The index that says something about the last axes only."""
    return (Ellipsis, *places)


def reach(kernel: Sizes, dilation: Sizes) -> tuple[int, ...]:
    """d (k - 1) per axis: the distance from a window's first entry to its last."""
    return tuple(d * (k - 1) for k, d in zip(kernel, dilation, strict=True))


def windows(x: Array, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Array:
    """im2col: out[..., i, u] = x[..., s i + d u] for every window that lies inside.

    Shapes  x (..., n), out (..., m, k) with one n, m, k per axis and m = floor((n - d (k-1) - 1) / s) + 1.
    """
    spans = [r + 1 for r in reach(kernel, dilation)]
    view = sliding_window_view(x, spans, axis=tuple(range(-len(spans), 0)))
    return np.asarray(view[last(slice(None, None, step) for step in (*stride, *dilation))])


def upsample(columns: Array, size: Sizes, stride: Sizes, dilation: Sizes) -> Array:
    """Every entry of every window back at its place, overlaps added: the adjoint of `windows`.

    Shapes  columns (..., m, k), out (..., n) with n = size.
    """
    rank = len(size)
    counts, kernel = columns.shape[-2 * rank : -rank], columns.shape[-rank:]
    out = np.zeros((*columns.shape[: -2 * rank], *size), dtype=columns.dtype)
    for u in product(*map(range, kernel)):
        starts = [d * offset for d, offset in zip(dilation, u, strict=True)]
        places = last(slice(a, a + s * (m - 1) + 1, s) for a, s, m in zip(starts, stride, counts, strict=True))
        out[places] += columns[last(u)]
    return out


def fit(x: Array, low: Sizes, high: Sizes, fill: float = 0) -> Array:
    """Pads the last axes with `fill`; a negative amount crops."""
    lead = [(0, 0)] * (x.ndim - len(low))
    grown = np.pad(
        x,
        [*lead, *((max(a, 0), max(b, 0)) for a, b in zip(low, high, strict=True))],
        constant_values=fill,
    )
    kept = last(slice(max(-a, 0), n - max(-b, 0)) for a, b, n in zip(low, high, grown.shape[len(lead) :], strict=True))
    return np.asarray(grown[kept])


def insert_zeros(x: Array, stride: Sizes) -> Array:
    """s - 1 zeros between neighbours: out[..., s i] = x[..., i], of size s (n - 1) + 1."""
    sizes = [s * (n - 1) + 1 for n, s in zip(x.shape[-len(stride) :], stride, strict=True)]
    out = np.zeros((*x.shape[: -len(stride)], *sizes), dtype=x.dtype)
    out[last(slice(None, None, s) for s in stride)] = x
    return out


def rot180(f: Array, rank: int) -> Array:
    """The last `rank` axes reversed."""
    return np.flip(f, axis=tuple(range(-rank, 0)))
