"""Small random arguments and parameters for every row of the table."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from symbolic.roads.numeric.arrays import Array, settle

Rng = np.random.Generator


@dataclass(frozen=True)
class Example:
    """Arguments (ints and Fractions) and parameters of one application of an operator."""

    args: tuple[Array, ...]
    params: dict[str, Any]


def one(rng: Rng, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


def several(rng: Rng, low: int, high: int, count: int) -> tuple[int, ...]:
    return tuple(one(rng, low, high) for _ in range(count))


def array(rng: Rng, shape: tuple[int, ...], low: int = -5, high: int = 5) -> Array:
    """Small ints, some of them halved."""
    out = np.empty(int(np.prod(shape)), dtype=object)
    for i in range(out.size):
        number = Fraction(one(rng, low, high), one(rng, 1, 2))
        out[i] = int(number) if number.denominator == 1 else number
    return out.reshape(shape)


def distinct(rng: Rng, shape: tuple[int, ...]) -> Array:
    """Ints of which no two are equal: no tie for a maximum."""
    numbers = rng.permutation(int(np.prod(shape))) - 2
    return numbers.astype(object).reshape(shape)


def nonzero(rng: Rng, shape: tuple[int, ...]) -> Array:
    return settle(array(rng, shape, 1, 4) * rng.choice(np.array([-1, 1], dtype=object), size=shape))


def layout(rng: Rng, rank: int) -> tuple[str, int, int, int, int]:
    """Plain, one image or a batch; batch size, groups, channels in and out per group."""
    kind = ("plain", "image", "batch")[one(rng, 0, 2)]
    if kind == "plain":
        return kind, 1, 1, 1, 1
    largest = 2 if rank < 3 else 1
    return kind, one(rng, 1, 2), one(rng, 1, 2), one(rng, 1, largest), one(rng, 1, largest)


def conv(rank: int) -> Callable[[Rng], Example]:
    """A convolution whose padding may differ at both ends and whose stride may leave a remainder."""

    def make(rng: Rng) -> Example:
        kind, n, groups, c_in, c_out = layout(rng, rank)
        kernel, stride = several(rng, 1, 3 if rank < 3 else 2, rank), several(rng, 1, 3, rank)
        dilation = several(rng, 1, 2, rank)
        pads = tuple(several(rng, 0, 2, 2) for _ in range(rank))
        spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
        size = tuple(max(1, span - sum(pad)) + one(rng, 0, 2) for span, pad in zip(spans, pads, strict=True))
        shapes = {
            "plain": (size, kernel, ()),
            "image": ((groups * c_in, *size), (groups * c_out, c_in, *kernel), (groups * c_out,)),
            "batch": ((n, groups * c_in, *size), (groups * c_out, c_in, *kernel), (groups * c_out,)),
        }[kind]
        args = tuple(array(rng, shape) for shape in shapes[: one(rng, 2, 3)])
        return Example(args, {"stride": stride, "padding": pads, "dilation": dilation, "groups": groups})

    return make


def conv_transpose(rank: int) -> Callable[[Rng], Example]:
    """A transposed convolution; output_padding below the larger of stride and dilation, as PyTorch allows."""

    def make(rng: Rng) -> Example:
        kind, n, groups, c_in, c_out = layout(rng, rank)
        kernel, stride = several(rng, 1, 3 if rank < 3 else 2, rank), several(rng, 1, 3, rank)
        dilation = several(rng, 1, 3, rank)
        extra = tuple(one(rng, 0, max(s, d) - 1) for s, d in zip(stride, dilation, strict=True))
        size = several(rng, 1, 3, rank)
        geometry = zip(size, stride, dilation, kernel, extra, strict=True)
        largest = [((m - 1) * s + d * (k - 1) + e) // 2 for m, s, d, k, e in geometry]
        padding = tuple(one(rng, 0, min(2, most)) for most in largest)
        shapes = {
            "plain": (size, kernel, ()),
            "image": ((groups * c_in, *size), (groups * c_in, c_out, *kernel), (groups * c_out,)),
            "batch": ((n, groups * c_in, *size), (groups * c_in, c_out, *kernel), (groups * c_out,)),
        }[kind]
        args = tuple(array(rng, shape) for shape in shapes[: one(rng, 2, 3)])
        params = {"stride": stride, "padding": padding, "output_padding": extra, "dilation": dilation}
        return Example(args, {**params, "groups": groups})

    return make


def signal(rng: Rng) -> Example:
    """Matrices with a mode of scipy.signal; "valid" also with the larger one second."""
    n, k = several(rng, 1, 4, 2), several(rng, 1, 4, 2)
    if one(rng, 0, 1):
        n, k = tuple(map(max, n, k)), tuple(map(min, n, k))
    comparable = all(a >= b for a, b in zip(n, k, strict=True)) or all(a <= b for a, b in zip(n, k, strict=True))
    mode = ("full", "same", "valid")[one(rng, 0, 2 if comparable else 1)]
    return Example((array(rng, n), array(rng, k)), {"mode": mode})


def pool(rank: int, *, maximum: bool) -> Callable[[Rng], Example]:
    """A pooling whose last window may reach over the edge."""

    def make(rng: Rng) -> Example:
        kernel, stride = several(rng, 1, 3 if rank < 3 else 2, rank), several(rng, 1, 3, rank)
        dilation = several(rng, 1, 2, rank) if maximum else (1,) * rank
        padding = tuple(one(rng, 0, k // 2) for k in kernel)
        spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
        size = tuple(span + one(rng, 0, 2) for span in spans)
        lead = several(rng, 1, 2, one(rng, 0, 2))
        params = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": bool(one(rng, 0, 1))}
        if maximum:
            return Example((distinct(rng, lead + size),), {**params, "dilation": dilation})
        params["count_include_pad"] = bool(one(rng, 0, 1))
        params["divisor_override"] = (None, None, one(rng, 1, 5))[one(rng, 0, 2)]
        return Example((array(rng, lead + size),), params)

    return make


def adaptive(rng: Rng) -> Example:
    shape = several(rng, 1, 4, one(rng, 2, 4))
    size = (1, 1) if one(rng, 0, 1) else tuple(one(rng, 1, n) for n in shape[-2:])
    return Example((array(rng, shape),), {"output_size": size})


def linear(rng: Rng) -> Example:
    lead, (c_in, c_out) = several(rng, 1, 3, one(rng, 0, 2)), several(rng, 1, 3, 2)
    shapes = ((*lead, c_in), (c_out, c_in), (c_out,))
    return Example(tuple(array(rng, shape) for shape in shapes[: one(rng, 2, 3)]), {})


def reduction(rng: Rng) -> Example:
    shape = several(rng, 1, 3, one(rng, 0, 3))
    dim = tuple(axis for axis in range(len(shape)) if one(rng, 0, 1))
    return Example((array(rng, shape),), {"dim": dim, "keepdim": bool(one(rng, 0, 1))})


def binary(rng: Rng) -> Example:
    """Two shapes that broadcast, or a number at either side."""
    shape = several(rng, 1, 3, one(rng, 0, 3))
    if one(rng, 0, 2) == 0:
        return Example((nonzero(rng, shape),), {"number": Fraction(one(rng, 1, 3), 2), "position": one(rng, 0, 1)})
    shapes = [shape, tuple(1 if one(rng, 0, 1) else n for n in shape)[one(rng, 0, len(shape)) :]]
    first = one(rng, 0, 1)
    return Example((nonzero(rng, shapes[first]), nonzero(rng, shapes[1 - first])), {})


def power(rng: Rng) -> Example:
    return Example((nonzero(rng, several(rng, 1, 3, one(rng, 0, 2))),), {"exponent": one(rng, -2, 4)})


def flatten(rng: Rng) -> Example:
    shape = several(rng, 1, 3, one(rng, 0, 3))
    start = one(rng, 0, max(len(shape) - 1, 0))
    end = {"end_dim": one(rng, start, max(len(shape) - 1, 0))} if one(rng, 0, 1) else {}
    return Example((array(rng, shape),), {"start_dim": start, **end})


def reshape(rng: Rng) -> Example:
    a, b, c = several(rng, 1, 3, 3)
    return Example((array(rng, (a, b, c)),), {"shape": ((a * b, c), (c, a, b), (a * b * c,))[one(rng, 0, 2)]})


def cat(rng: Rng) -> Example:
    rank = one(rng, 1, 3)
    dim, shape = one(rng, 0, rank - 1), several(rng, 1, 3, rank)
    shapes = [(*shape[:dim], one(rng, 1, 3), *shape[dim + 1 :]) for _ in range(one(rng, 1, 3))]
    return Example(tuple(array(rng, s) for s in shapes), {"dim": dim - rank if one(rng, 0, 1) else dim})


def activation(rng: Rng) -> Example:
    shape = several(rng, 1, 3, one(rng, 0, 3))
    return Example((array(rng, shape),), {"negative_slope": Fraction(1, 10)})


def along(rng: Rng) -> Example:
    shape = several(rng, 1, 3, one(rng, 1, 3))
    return Example((array(rng, shape),), {"dim": one(rng, -len(shape), len(shape) - 1)})


def batch_norm(rng: Rng) -> Example:
    """At least two numbers per channel."""
    shape = (one(rng, 2, 3), one(rng, 1, 2), *several(rng, 1, 2, one(rng, 0, 2)))
    has = {"has_weight": bool(one(rng, 0, 1)), "has_bias": bool(one(rng, 0, 1))}
    vectors = [array(rng, shape[1:2]) for wanted in has.values() if wanted]
    return Example((array(rng, shape), *vectors), {"eps": Fraction(1, 10), **has})


def residual(rng: Rng) -> Example:
    shape = several(rng, 1, 3, one(rng, 0, 3))
    reduction = ("mean", "sum", "none")[one(rng, 0, 2)]
    return Example((array(rng, shape), array(rng, shape)), {"reduction": reduction})


def cross_entropy(rng: Rng) -> Example:
    """Class numbers or probabilities (which need not add up to 1) for (C,), (N, C) or (N, C, ...)."""
    shape = several(rng, 1, 3, one(rng, 1, 4))
    params: dict[str, Any] = {"reduction": ("mean", "sum", "none")[one(rng, 0, 2)]}
    logits = array(rng, shape)
    if one(rng, 0, 1):
        return Example((logits, array(rng, shape, 0, 3)), params)
    axis = 0 if len(shape) == 1 else 1
    count = int(np.prod(shape)) // shape[axis]
    return Example((logits,), {**params, "target": several(rng, 0, shape[axis] - 1, count)})


def vjp(rng: Rng) -> Example:
    shape = several(rng, 1, 3, one(rng, 0, 3))
    y, s = array(rng, shape), array(rng, shape)
    return Example((y, s), {}) if one(rng, 0, 1) else Example((y,), {"cotangent": s})


EXAMPLES: dict[str, Callable[[Rng], Example]] = {
    **{f"conv{rank}d": conv(rank) for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": conv_transpose(rank) for rank in (1, 2, 3)},
    **dict.fromkeys(("convolve2d", "correlate2d"), signal),
    **{f"avg_pool{rank}d": pool(rank, maximum=False) for rank in (1, 2, 3)},
    **{f"max_pool{rank}d": pool(rank, maximum=True) for rank in (1, 2, 3)},
    "adaptive_avg_pool2d": adaptive,
    "linear": linear,
    **dict.fromkeys(("sum", "mean"), reduction),
    **dict.fromkeys(("add", "sub", "mul", "div"), binary),
    "pow": power,
    "flatten": flatten,
    "reshape": reshape,
    "cat": cat,
    **dict.fromkeys(("relu", "leaky_relu", "sigmoid", "tanh", "softplus", "gelu"), activation),
    **dict.fromkeys(("softmax", "log_softmax"), along),
    "batch_norm": batch_norm,
    **dict.fromkeys(("mse_loss", "l1_loss"), residual),
    "cross_entropy": cross_entropy,
    "vjp": vjp,
}
