"""Every layer against textbook loops: values, and gradients by dual numbers through those loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symbolic as s
from tests import brute
from tests.agreement import agree, numbers


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A layer's parameters and values: groups, asymmetric padding beyond k - 1, stride, dilation, remainders."""
    rank = draw(st.integers(1, 2))
    groups = draw(st.sampled_from([1, 1, 2]))
    stride = [draw(st.integers(1, 3)) for _ in range(rank)]
    dilation = [draw(st.integers(1, 2)) for _ in range(rank)]
    kernel = [draw(st.integers(1, 2)) for _ in range(rank)]
    pads = [(draw(st.integers(0, 3)), draw(st.integers(0, 2))) for _ in range(rank)]
    size = [
        max(1, d * (k - 1) + 1 - low - high) + draw(st.integers(0, 2))
        for k, d, (low, high) in zip(kernel, dilation, pads, strict=True)
    ]
    per_in, per_out = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    values = {
        "X": numbers(draw, 1, groups * per_in, *size),
        "F": numbers(draw, groups * per_out, per_in, *kernel),
        "b": numbers(draw, groups * per_out),
    }
    return {"rank": rank, "groups": groups, "stride": stride, "dilation": dilation, "pads": pads}, values


@settings(max_examples=25)
@given(convolutions())
def test_convolutions(drawn: tuple[dict[str, Any], dict[str, Any]]) -> None:
    how, values = drawn
    X, F, b = (s.tensor(name, np.array(values[name]).shape) for name in ("X", "F", "b"))
    layer = (s.conv1d, s.conv2d)[how["rank"] - 1]
    node = layer(
        X,
        F,
        b,
        stride=tuple(how["stride"]),
        padding=tuple(how["pads"]),
        dilation=tuple(how["dilation"]),
        groups=how["groups"],
    )

    def loop(X: Any, F: Any, b: Any) -> Any:
        out = brute.conv(X, F, how["stride"], how["pads"], how["dilation"], how["groups"])
        return out + b.reshape(1, -1, *[1] * how["rank"])

    agree(node, loop, values)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("word", ["valid", "same", "full"])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_paddings_by_name(rank: int, word: str, k: int) -> None:
    """Valid n - k + 1, same n, full n + k - 1; "same" puts the odd zero on the high side, as PyTorch does."""
    n = 3
    X, F = s.tensor("X", (n,) * rank), s.tensor("F", (k,) * rank)
    node = (s.conv1d, s.conv2d, s.conv3d)[rank - 1](X, F, padding=word)
    pads = {"valid": (0, 0), "same": ((k - 1) // 2, k // 2), "full": (k - 1, k - 1)}[word]
    x, f = np.arange(n**rank).reshape((n,) * rank), np.arange(1, 1 + k**rank).reshape((k,) * rank)
    found = s.derive(s.sum(node)).evaluate({"X": x, "F": f}).values[node]
    ones = (1,) * rank
    assert (
        found == brute.conv(brute.exact(x)[None, None], brute.exact(f)[None, None], ones, (pads,) * rank, ones)[0, 0]
    ).all()
    assert found.shape == ({"valid": n - k + 1, "same": n, "full": n + k - 1}[word],) * rank


@pytest.mark.parametrize("padding", [1, (1, 1), ((1, 1), (1, 1)), [1, 1]])
def test_ways_of_writing_one_padding(padding: Any) -> None:
    node = s.conv2d(s.tensor("X", (3, 3)), s.tensor("F", (2, 2)), padding=padding)
    assert node.params["padding"] == ((1, 1), (1, 1))
    assert node.shape == (4, 4)


@pytest.mark.parametrize(
    "layout", [((4, 4), (2, 2), ()), ((2, 4, 4), (3, 2, 2, 2), (3,)), ((2, 2, 4, 4), (3, 2, 2, 2), (3,))]
)
def test_plain_matrices_images_and_batches(layout: Any) -> None:
    """One definition in three layouts: values as if the missing axes had size 1."""
    x_shape, f_shape, b_shape = layout
    X, F, b = s.tensor("X", x_shape), s.tensor("F", f_shape), s.tensor("b", b_shape)
    node = s.conv2d(X, F, b, stride=2, padding=1)
    random = np.random.default_rng(2)
    values = {leaf.name: random.integers(-3, 4, leaf.shape).tolist() for leaf in (X, F, b)}

    def loop(X: Any, F: Any, b: Any) -> Any:
        x = X.reshape((1,) * (4 - X.ndim) + X.shape)
        f = F.reshape((1,) * (4 - F.ndim) + F.shape)
        out = brute.conv(x, f, (2, 2), ((1, 1), (1, 1)), (1, 1)) + np.asarray(b, dtype=object).reshape(1, -1, 1, 1)
        return out.reshape(out.shape[4 - X.ndim :]) if X.ndim < 4 else out

    agree(node, loop, values)


@settings(max_examples=20)
@given(st.data())
def test_transposed_convolutions(data: st.DataObject) -> None:
    """O[s i + d u - p] += F[u] X[i], channel by channel; output_padding adds rows that stay bias alone."""
    rank, groups = data.draw(st.integers(1, 2)), data.draw(st.sampled_from([1, 2]))
    stride = [data.draw(st.integers(1, 3)) for _ in range(rank)]
    dilation = [data.draw(st.integers(1, 2)) for _ in range(rank)]
    kernel = [data.draw(st.integers(1, 2)) for _ in range(rank)]
    pads = [data.draw(st.integers(0, 1)) for _ in range(rank)]
    extra = [data.draw(st.integers(0, max(a, b) - 1)) for a, b in zip(stride, dilation, strict=True)]
    size = [data.draw(st.integers(2, 3)) for _ in range(rank)]
    out = [
        (n - 1) * q - 2 * p + d * (k - 1) + o + 1
        for n, q, p, d, k, o in zip(size, stride, pads, dilation, kernel, extra, strict=True)
    ]
    if min(out) < 1:
        return
    values = {
        "X": data.draw(brute.arrays((1, groups, *size))).tolist(),
        "F": data.draw(brute.arrays((groups, 2, *kernel))).tolist(),
        "b": data.draw(brute.arrays((2 * groups,))).tolist(),
    }
    X, F, b = (s.tensor(name, np.array(values[name]).shape) for name in ("X", "F", "b"))
    layer = (s.conv_transpose1d, s.conv_transpose2d)[rank - 1]
    node = layer(
        X,
        F,
        b,
        stride=tuple(stride),
        padding=tuple(pads),
        output_padding=tuple(extra),
        groups=groups,
        dilation=tuple(dilation),
    )

    def loop(X: Any, F: Any, b: Any) -> Any:
        total = brute.filled((1, 2 * groups, *out)) + b.reshape(1, -1, *[1] * rank)
        for g, o in np.ndindex(groups, 2):
            for i in np.ndindex(*size):
                for u in np.ndindex(*kernel):
                    at = tuple(stride[a] * i[a] + dilation[a] * u[a] - pads[a] for a in range(rank))
                    if all(0 <= at[a] < out[a] for a in range(rank)):
                        place = (0, 2 * g + o, *at)
                        total[place] = total[place] + F[g, o, *u] * X[0, g, *i]
        return total

    agree(node, loop, values)


@pytest.mark.parametrize("lead", [(), (2,), (2, 3)])
def test_linear(lead: tuple[int, ...]) -> None:
    random = np.random.default_rng(4)
    shapes = {"X": (*lead, 3), "W": (2, 3), "b": (2,)}
    values = {name: random.integers(-4, 5, shape).tolist() for name, shape in shapes.items()}
    tensors = [s.tensor(name, shape) for name, shape in shapes.items()]

    def loop(X: Any, W: Any, b: Any) -> Any:
        out = brute.filled((*lead, 2))
        for at in np.ndindex(*lead, 2):
            out[at] = b[at[-1]]
            for k in range(3):
                out[at] = out[at] + X[(*at[:-1], k)] * W[at[-1], k]
        return out

    agree(s.linear(*tensors), loop, values)
    agree(s.linear(*tensors[:2]), lambda X, W: loop(X, W, [0, 0]), {k: values[k] for k in ("X", "W")})


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("k", [(1, 2), (2, 3), (3, 3)])
def test_true_convolution_and_correlation(mode: str, k: tuple[int, int]) -> None:
    n = (3, 4)
    random = np.random.default_rng(8)
    values = {"X": random.integers(-4, 5, n).tolist(), "F": random.integers(-4, 5, k).tolist()}
    X, F = s.tensor("X", n), s.tensor("F", k)

    def whole(X: Any, F: Any) -> Any:
        out = brute.filled((n[0] + k[0] - 1, n[1] + k[1] - 1))
        for a in np.ndindex(*n):
            for u in np.ndindex(*k):
                at = (a[0] + u[0], a[1] + u[1])
                out[at] = out[at] + X[a] * F[u]
        return out

    def convolved(X: Any, F: Any) -> Any:
        out = whole(X, F)
        if mode == "same":
            low = [(x - 1) // 2 for x in k]
            return out[low[0] : low[0] + n[0], low[1] : low[1] + n[1]]
        return out if mode == "full" else out[k[0] - 1 : n[0], k[1] - 1 : n[1]]

    agree(s.convolve2d(X, F, mode), convolved, values)
    if mode != "same":
        agree(s.correlate2d(X, F, mode), lambda X, F: convolved(X, F[::-1, ::-1]), values)
