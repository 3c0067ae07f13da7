"""Backward passes as engineers write them: right ones, and those with mistakes that many make.

conv(X, F, delta, ...)   by loops over output positions; keyword arguments switch one mistake on
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[np.float64]


def conv(
    X: Array,
    F: Array,
    delta: Array,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
    mistake: str = "",
) -> tuple[Array, Array]:
    """conv2d by its definition, window by window."""
    step = 1 if mistake == "ignores stride" else stride
    reach = 1 if mistake == "ignores dilation" else dilation
    edge = 0 if mistake == "ignores padding" else padding
    padded = np.pad(X, [(0, 0), (0, 0), (edge, edge), (edge, edge)])
    room = [(0, 0), (0, 0), (0, 40), (0, 40)]
    wide, dwide, dF = np.pad(padded, room), np.pad(np.zeros_like(padded), room), np.zeros_like(F)
    kh, kw = F.shape[2:]
    turned = {
        "unflipped kernel": F[:, :, ::-1, ::-1],
        "flips rows only": F[:, :, ::-1],
        "flips every axis": F[::-1, ::-1],
        "rot90 of the wrong axes": np.rot90(F, 2)[:, :, ::-1, ::-1],
    }.get(mistake, F)
    per_in, per_out = X.shape[1] // groups, F.shape[0] // groups
    for n, o, i, j in np.ndindex(*delta.shape):
        if mistake == "last sample" and n < len(delta) - 1:
            continue
        group = o % groups if mistake == "interleaves groups" else o // per_out
        if mistake == "first group only" and group:
            continue
        channels = slice(group * per_in, (group + 1) * per_in)
        rows = slice(step * i, step * i + reach * (kh - 1) + 1, reach)
        columns = slice(step * j, step * j + reach * (kw - 1) + 1, reach)
        dF[o] += delta[n, o, i, j] * wide[n, channels, rows, columns]
        if mistake == "overwrites":
            dwide[n, channels, rows, columns] = delta[n, o, i, j] * turned[o]
        else:
            dwide[n, channels, rows, columns] += delta[n, o, i, j] * turned[o]
    full = dwide[:, :, : padded.shape[2], : padded.shape[3]]
    height, width = X.shape[2:]
    if mistake == "keeps the padding":
        return full, dF
    if mistake == "drops the remainder":
        used = [stride * (m - 1) + dilation * (k - 1) + 1 for m, k in zip(delta.shape[2:], (kh, kw), strict=True)]
        height, width = (min(n, u - padding) for n, u in zip((height, width), used, strict=True))
    dX = full[:, :, edge : edge + height, edge : edge + width]
    if mistake == "mean over the batch":
        dF = dF / len(X)
    return dX, dF


def conv_by_correlation(X: Array, F: Array, delta: Array, *, crop: bool = True) -> tuple[Array, Array]:
    """Stride 2: zeros put between the errors, then ordinary correlations; without `crop` dF is too large."""
    n, o, m, w = delta.shape
    spread = np.zeros((n, o, 2 * m - 1, 2 * w - 1))
    spread[:, :, ::2, ::2] = delta
    kh, kw = F.shape[2:]
    dF = np.einsum("nohw,ncuvhw->ocuv", spread, sliding_window_view(X, spread.shape[2:], axis=(2, 3)))
    if crop:
        dF = dF[:, :, :kh, :kw]
    wide = np.pad(spread, [(0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)])
    body = np.einsum("ocuv,nohwuv->nchw", F[:, :, ::-1, ::-1], sliding_window_view(wide, (kh, kw), axis=(2, 3)))
    dX = np.zeros_like(X)
    dX[:, :, : body.shape[2], : body.shape[3]] = body
    return dX, dF


def biased(X: Array, F: Array, b: Array, delta: Array, *, mistake: str = "") -> Any:
    """conv2d with bias."""
    db = delta.sum(axis=(0, 2, 3))
    if mistake == "mean":
        db = delta.mean(axis=(0, 2, 3))
    if mistake == "batch kept":
        db = delta.sum(axis=(2, 3))
    if mistake == "keepdims":
        db = delta.sum(axis=(0, 2, 3), keepdims=True)
    if mistake == "one number":
        db = np.full(b.shape, delta.sum())
    return (*conv(X, F, delta), db)


def linear(X: Array, W: Array, b: Array, delta: Array, *, mistake: str = "") -> Any:
    """The dense layer."""
    dX, dW = delta @ W, delta.reshape(-1, W.shape[0]).T @ X.reshape(-1, W.shape[1])
    db = delta.reshape(-1, W.shape[0]).sum(axis=0).reshape(b.shape)
    if mistake == "transposed":
        dW = dW.T
    if mistake == "first sample":
        db = delta.reshape(-1, W.shape[0])[0]
    if mistake == "other order":
        return dW, dX, db
    return dX, dW, db


def softmax(X: Array, dim: int = 1) -> Array:
    e = np.exp(X - X.max(axis=dim, keepdims=True))
    return np.asarray(e / e.sum(axis=dim, keepdims=True))


def soft(X: Array, delta: Array, *, mistake: str = "") -> Array:
    """softmax along axis 1."""
    p = softmax(X)
    if mistake == "diagonal":
        return np.asarray(delta * p * (1 - p))
    if mistake == "no sum":
        return np.asarray(delta * p)
    if mistake == "whole sum":
        return np.asarray(p * (delta - (p * delta).sum()))
    return np.asarray(p * (delta - (p * delta).sum(axis=1, keepdims=True)))


def cross_entropy(X: Array, labels: NDArray[np.int64], delta: Array, *, mistake: str = "") -> Array:
    """Labels along axis 1, or 0 of a single sample."""
    axis = 0 if X.ndim == 1 else 1
    hot = np.moveaxis(np.eye(X.shape[axis])[labels], -1, axis)
    dX = softmax(X, axis) - (0 if mistake == "no one-hot" else hot)
    if mistake != "no mean":
        dX = dX / max(labels.size, 1)
    return np.asarray(dX if mistake == "no delta" else dX * delta)


def batch_norm(X: Array, gamma: Array, beta: Array, delta: Array, *, mistake: str = "") -> tuple[Array, Array, Array]:
    """Batch statistics, eps 1e-5."""
    axes = (0, *range(2, X.ndim))
    shape = (1, -1, *(1,) * (X.ndim - 2))
    mean, var = X.mean(axis=axes, keepdims=True), X.var(axis=axes, keepdims=True)
    r = 1 / np.sqrt(var + 1e-5)
    y = (X - mean) * r
    dy = delta * gamma.reshape(shape)
    centred = dy - (0 if mistake in {"constants", "no mean"} else dy.mean(axis=axes, keepdims=True))
    slope = 0 if mistake in {"constants", "no variance"} else y * (dy * y).mean(axis=axes, keepdims=True)
    return r * (centred - slope), (delta * y).sum(axis=axes), delta.sum(axis=axes) + 0 * beta


def max_pool(X: Array, delta: Array, stride: int = 2, *, mistake: str = "") -> Array:
    """Windows of 2, the first winner of a tie."""
    dX = np.zeros_like(X)
    for n, c, i, j in np.ndindex(*delta.shape):
        window = X[n, c, stride * i : stride * i + 2, stride * j : stride * j + 2]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        place = (n, c, stride * i + a, stride * j + b)
        if mistake == "whole window":
            dX[n, c, stride * i : stride * i + 2, stride * j : stride * j + 2] += delta[n, c, i, j]
        elif mistake == "overwrites":
            dX[place] = delta[n, c, i, j]
        else:
            dX[place] += delta[n, c, i, j]
    return dX


def avg_pool(X: Array, delta: Array, padding: int = 0, *, mistake: str = "") -> Array:
    """Windows of 2, stride 2."""
    dX = np.pad(np.zeros_like(X), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    inside = np.pad(np.ones_like(X), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    for n, c, i, j in np.ndindex(*delta.shape):
        at = (n, c, slice(2 * i, 2 * i + 2), slice(2 * j, 2 * j + 2))
        count = {"no division": 1, "inside only": inside[at].sum()}.get(mistake, 4)
        dX[at] += delta[n, c, i, j] / count
    return dX[:, :, padding : padding + X.shape[2], padding : padding + X.shape[3]]


def mse(X: Array, T: Array, delta: Array, *, mistake: str = "") -> tuple[Array, Array]:
    """The mean of the squares."""
    dX = delta * 2 * (X - T) / X.size
    if mistake == "no mean":
        dX = delta * 2 * (X - T)
    if mistake == "no 2":
        dX = dX / 2
    return dX, dX if mistake == "sign of the target" else -dX


def conv_transpose(X: Array, F: Array, delta: Array, *, flipped: bool = False) -> tuple[Array, Array]:
    """conv_transpose2d with stride 2: its backward is an ordinary convolution."""
    kernel = F[:, :, ::-1, ::-1] if flipped else F
    windows = sliding_window_view(delta, F.shape[2:], axis=(2, 3))[:, :, ::2, ::2]
    dX = np.einsum("iouv,nohwuv->nihw", kernel, windows)
    return dX, np.einsum("nihw,nohwuv->iouv", X, windows)
