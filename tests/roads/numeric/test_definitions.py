"""Forward values against the definitions written out as loops over single entries."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.roads.numeric import OPERATORS
from symbolic.roads.numeric.arrays import Array, settle
from tests.roads.numeric.examples import EXAMPLES, Example

SEEDS = st.integers(0, 2**32 - 1)
Index = tuple[int, ...]


def cells(shape: Sequence[int]) -> Iterator[Index]:
    return product(*map(range, shape))


def inside(index: Sequence[int], shape: Sequence[int]) -> bool:
    return all(0 <= i < n for i, n in zip(index, shape, strict=True))


def sized(op: str, example: Example) -> Array:
    """What the row computes."""
    return settle(OPERATORS[op].forward(example.args, example.params))


def channelled(args: Sequence[Array], rank: int) -> tuple[Array, Array, Any]:
    """Input (N, C, ...), filter with two channel axes, bias per channel or zeros."""
    x, f = (a.reshape((1,) * (rank + 2 - a.ndim) + a.shape) for a in args[:2])
    return x, f, (args[2].reshape(-1) if len(args) > 2 else None)


def conv_by_loops(args: Sequence[Array], p: dict[str, Any], out_shape: tuple[int, ...]) -> Array:
    """O[n, o, i] = b[o] + sum over c, u of F[o, c, u] X[n, group of o, s i + d u - p]."""
    rank = len(p["stride"])
    x, f, bias = channelled(args, rank)
    out = np.zeros((x.shape[0], f.shape[0], *out_shape[-rank:]), dtype=object)
    per_group = f.shape[0] // p["groups"]
    for n, o, *i in cells(out.shape):
        total = bias[o] if bias is not None else 0
        for c, *u in cells(f.shape[1:]):
            geometry = zip(i, u, p["stride"], p["dilation"], p["padding"], strict=True)
            a = [s * row + d * tap - low for row, tap, s, d, (low, _) in geometry]
            if inside(a, x.shape[2:]):
                total += f[(o, c, *u)] * x[(n, o // per_group * f.shape[1] + c, *a)]
        out[(n, o, *i)] = total
    return out.reshape(out_shape)


def transpose_by_loops(args: Sequence[Array], p: dict[str, Any], out_shape: tuple[int, ...]) -> Array:
    """Every X[n, c, a] is added, times F[c, o, u], at O[n, o, s a + d u - p]."""
    rank = len(p["stride"])
    x, f, bias = channelled(args, rank)
    per_group = f.shape[0] // p["groups"]
    out = np.zeros((x.shape[0], f.shape[1] * p["groups"], *out_shape[-rank:]), dtype=object)
    if bias is not None:
        out += bias.reshape(-1, *(1,) * rank)
    for n, c, *a in cells(x.shape):
        for o, *u in cells(f.shape[1:]):
            geometry = zip(a, u, p["stride"], p["dilation"], p["padding"], strict=True)
            i = [s * row + d * tap - low for row, tap, s, d, low in geometry]
            if inside(i, out.shape[2:]):
                out[(n, c // per_group * f.shape[1] + o, *i)] += f[(c, o, *u)] * x[(n, c, *a)]
    return out.reshape(out_shape)


@pytest.mark.parametrize("rank", [1, 2, 3])
@settings(max_examples=15)
@given(SEEDS)
def test_convolutions(rank: int, seed: int) -> None:
    for op, by_loops in (("conv", conv_by_loops), ("conv_transpose", transpose_by_loops)):
        example = EXAMPLES[f"{op}{rank}d"](np.random.default_rng(seed))
        got = sized(f"{op}{rank}d", example)
        assert (got == by_loops(example.args, example.params, got.shape)).all()


@settings(max_examples=30)
@given(SEEDS)
def test_output_sizes_of_convolutions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for op in ("conv2d", "conv_transpose2d"):
        example = EXAMPLES[op](rng)
        p, n, k = example.params, example.args[0].shape[-2:], example.args[1].shape[-2:]
        want = []
        for axis in range(2):
            s, reach = p["stride"][axis], p["dilation"][axis] * (k[axis] - 1)
            if op == "conv2d":
                want.append((n[axis] + sum(p["padding"][axis]) - reach - 1) // s + 1)
            else:
                extra = p["output_padding"][axis] + 1 - 2 * p["padding"][axis]
                want.append((n[axis] - 1) * s + reach + extra)
        assert sized(op, example).shape[-2:] == tuple(want)


@settings(max_examples=40)
@given(SEEDS)
def test_convolution_and_correlation_of_matrices(seed: int) -> None:
    """The full result entry by entry, and the parts of it that scipy.signal documents."""
    example = EXAMPLES["convolve2d"](np.random.default_rng(seed))
    (x, f), mode = example.args, example.params["mode"]
    for op in ("convolve2d", "correlate2d"):
        kernel = f if op == "convolve2d" else f[::-1, ::-1]
        full = np.zeros([n + k - 1 for n, k in zip(x.shape, f.shape, strict=True)], dtype=object)
        for a in cells(x.shape):
            for u in cells(f.shape):
                full[a[0] + u[0], a[1] + u[1]] += x[a] * kernel[u]
        half = [(k - 1) // 2 if op == "convolve2d" else k // 2 for k in f.shape]
        least = [min(n, k) - 1 for n, k in zip(x.shape, f.shape, strict=True)]
        part = {
            "full": full,
            "same": full[half[0] : half[0] + x.shape[0], half[1] : half[1] + x.shape[1]],
            "valid": full[least[0] : full.shape[0] - least[0], least[1] : full.shape[1] - least[1]],
        }[mode]
        assert np.array_equal(sized(op, example), part)


def windows_by_loops(x: Array, p: dict[str, Any], i: Index) -> tuple[list[Index], int]:
    """Positions of the input inside window i, and how many of its positions lie in input or padding."""
    size = x.shape[-len(i) :]
    seen, counted = [], 0
    for u in cells(p["kernel_size"]):
        geometry = zip(i, u, p["stride"], p.get("dilation", (1,) * len(i)), p["padding"], strict=True)
        a = tuple(s * row + d * tap - low for row, tap, s, d, low in geometry)
        if inside(a, size):
            seen.append(a)
        counted += all(-low <= at < n + low for at, n, low in zip(a, size, p["padding"], strict=True))
    return seen, counted


@pytest.mark.parametrize("rank", [1, 2, 3])
@settings(max_examples=25)
@given(SEEDS)
def test_poolings(rank: int, seed: int) -> None:
    for op in ("avg_pool", "max_pool"):
        example = EXAMPLES[f"{op}{rank}d"](np.random.default_rng(seed))
        (x,), p = example.args, example.params
        got = sized(f"{op}{rank}d", example)
        for index in cells(got.shape):
            lead, i = index[:-rank], index[-rank:]
            seen, counted = windows_by_loops(x, p, i)
            entries = [x[lead + a] for a in seen]
            if op == "max_pool":
                assert got[index] == max(entries)
                continue
            divisor = p["divisor_override"] or (counted if p["count_include_pad"] else len(seen))
            assert got[index] == Fraction(sum(entries)) / divisor


@settings(max_examples=60)
@given(SEEDS)
def test_sizes_of_poolings(seed: int) -> None:
    """The windows that fit; with ceil_mode one more if it begins inside the input or the low padding."""
    example = EXAMPLES["max_pool1d"](np.random.default_rng(seed))
    (x,), p = example.args, example.params
    n, (k,), (s,), (low,), (d,) = x.shape[-1], *(p[w] for w in ("kernel_size", "stride", "padding", "dilation"))
    reach = d * (k - 1)
    begins = [i for i in range(n + 2 * low + 1) if s * i + reach < n + 2 * low]
    extra = s * len(begins)
    overhangs = p["ceil_mode"] and extra < n + low and s * (len(begins) - 1) + reach < n + 2 * low - 1
    assert sized("max_pool1d", example).shape[-1] == len(begins) + overhangs


@settings(max_examples=25)
@given(SEEDS)
def test_adaptive_average(seed: int) -> None:
    """With m dividing n every cell averages n / m entries; in general the cells may overlap by one."""
    example = EXAMPLES["adaptive_avg_pool2d"](np.random.default_rng(seed))
    (x,), (rows, columns) = example.args, example.params["output_size"]
    got = sized("adaptive_avg_pool2d", example)
    h, w = x.shape[-2:]
    for *lead, i, j in cells(got.shape):
        seen = [
            x[(*lead, a, b)]
            for a, b in cells((h, w))
            if i * h < (a + 1) * rows and a * rows < (i + 1) * h  # [a, a+1) meets [i h / m, (i+1) h / m)
            if j * w < (b + 1) * columns and b * columns < (j + 1) * w
        ]
        assert got[(*lead, i, j)] == Fraction(sum(seen)) / len(seen)


@settings(max_examples=25)
@given(SEEDS)
def test_linear_and_sums(seed: int) -> None:
    rng = np.random.default_rng(seed)
    example = EXAMPLES["linear"](rng)
    x, w, *bias = example.args
    got = sized("linear", example)
    for *lead, o in cells(got.shape):
        total = sum(w[o, c] * x[(*lead, c)] for c in range(w.shape[1]))
        assert got[(*lead, o)] == total + (bias[0][o] if bias else 0)
    example = EXAMPLES["sum"](rng)
    (x,), dim = example.args, example.params["dim"]
    total, mean = sized("sum", example), sized("mean", example)
    assert total.sum() == x.sum()
    assert total.ndim == x.ndim - (0 if example.params["keepdim"] else len(dim))
    assert (mean * prod(x.shape[axis] for axis in dim) == total).all()


def test_flatten_reshape_and_cat_keep_the_row_major_order() -> None:
    x = np.arange(120).astype(object).reshape(2, 3, 4, 5)
    for params, shape in (
        ({"start_dim": 1}, (2, 60)),
        ({"start_dim": 0, "end_dim": -1}, (120,)),
        ({"start_dim": 1, "end_dim": 2}, (2, 12, 5)),
        ({"start_dim": -3, "end_dim": -3}, (2, 3, 4, 5)),
    ):
        got = OPERATORS["flatten"].forward([x], params)
        assert got.shape == shape
        assert got.reshape(-1).tolist() == list(range(120))
    assert OPERATORS["flatten"].forward([np.asarray(7, dtype=object)], {"start_dim": 0}).tolist() == [7]
    assert OPERATORS["reshape"].forward([x], {"shape": (6, 20)})[1, 0] == 20
    joined = OPERATORS["cat"].forward([x[:, :1], x[:, 1:]], {"dim": 1})
    assert (joined == x).all()
