"""avg_pool1d, avg_pool2d, avg_pool3d: correlation with a constant kernel, channel by channel."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from symbolic.errors import ShapeError, shown
from symbolic.functional.arguments import (
    LARGEST_SIZE,
    as_tensor,
    documented,
    flag,
    node,
    output_sizes,
    per_axis,
    whole,
)
from symbolic.functional.conv import spatial
from symbolic.terms.layers import CARRIED, form
from symbolic.terms.term import Data, Multi, Node, Tensor, Term

if TYPE_CHECKING:
    from collections.abc import Callable

    from symbolic.terms.size import Extent


def _avg_pool(
    rank: int,
    input: Tensor,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
    name: str,
) -> Node:
    operator = f"avg_pool{rank}d"
    x, leading = carried_axes(operator, input, rank)
    kernel = per_axis(operator, "kernel_size", kernel_size, rank, 1)
    strides = kernel if stride is None else per_axis(operator, "stride", stride, rank, 1)
    low = pool_padding(operator, padding, kernel)
    size = tuple(int(n) for n in x.shape[len(leading) :])  # type: ignore[arg-type]
    ceil_mode = flag(operator, "ceil_mode", ceil_mode)
    include_pad = flag(operator, "count_include_pad", count_include_pad)
    if rank == 3 and any(k > n for k, n in zip(kernel, size, strict=True)):
        raise ShapeError(
            f"{operator}: kernel_size must be at most the input size {size}, padding not counted; got {kernel}"
        )
    pads = tuple(
        (p, p + overhang(n, k, s, p, ceil_mode=ceil_mode))
        for n, k, s, p in zip(size, kernel, strides, low, strict=True)
    )
    ones = (1,) * rank
    out = output_sizes(operator, size, kernel, strides, pads, ones)
    sizes = spatial(size, kernel, out, strides, ones, pads) | leading
    if divisor_override is None:
        counts = [
            _counts(m, n, k, s, p, include_pad=include_pad)
            for m, n, k, s, p in zip(out, size, kernel, strides, low, strict=True)
        ]
        divisors = _outer(counts)
    else:
        divisors = [whole(operator, "divisor_override", divisor_override, -LARGEST_SIZE)]
        if divisors == [0]:
            raise ShapeError(f"{operator}: divisor_override must not be 0; got 0")
    body: Term
    if len(set(divisors)) == 1:
        body = Multi(form("avg_pool", sizes, scale=Fraction(1, divisors[0]), rank=rank, carried=len(leading)), (x,))
    else:
        uneven = Data(tuple(Fraction(1, n) for n in divisors), out)
        body = Multi(form("avg_pool_uneven", sizes, rank=rank, carried=len(leading)), (uneven, x))
    return node(
        operator, (x,), body, name, kernel_size=kernel, stride=strides, padding=low, ceil_mode=ceil_mode,
        count_include_pad=include_pad, divisor_override=None if divisor_override is None else divisors[0],
    )  # fmt: skip


def carried_axes(operator: str, value: Tensor, rank: int) -> tuple[Tensor, dict[str, Extent]]:
    """The input and the letters of its leading axes: up to two, batch and channel."""
    x = as_tensor(operator, "input", value)
    carried = len(x.shape) - rank
    if not 0 <= carried <= 2:
        raise ShapeError(f"{operator}: the input has {rank} to {rank + 2} axes; got shape {x.shape}")
    return x, dict(zip(CARRIED, x.shape[:carried], strict=False))


def pool_padding(operator: str, padding: Any, kernel: tuple[int, ...]) -> tuple[int, ...]:
    """Padding of a pooling layer: at most half the kernel, as PyTorch requires."""
    low = per_axis(operator, "padding", padding, len(kernel), 0)
    if any(2 * p > k for p, k in zip(low, kernel, strict=True)):
        raise ShapeError(
            f"{operator}: padding must be at most half the kernel size; got padding {low}, kernel {kernel}"
        )
    return low


def overhang(n: int, k: int, s: int, p: int, *, ceil_mode: bool) -> int:
    """How far ceil_mode lets the last window reach beyond the padding; it must begin inside input or low padding."""
    if not ceil_mode:
        return 0
    m = -((k - n - 2 * p) // s) + 1
    if (m - 1) * s >= n + p:
        m -= 1
    return max(0, (m - 1) * s + k - n - 2 * p)


def _counts(m: int, n: int, k: int, s: int, p: int, *, include_pad: bool) -> list[int]:
    """Per window: entries it averages over along one axis; beyond the padding nothing counts."""
    if include_pad:
        return [min(i * s + k, n + 2 * p) - i * s for i in range(m)]
    return [min(i * s - p + k, n) - max(i * s - p, 0) for i in range(m)]


def adaptive_avg_pool2d(input: Tensor, output_size: Any, *, name: str = "") -> Node:
    """The mean over both spatial axes: output_size 1 (global average pooling) is the only one supported.

    Shapes  input (H, W), (C, H, W) or (N, C, H, W); output (..., 1, 1).     Raises  ShapeError.
    """
    x, leading = carried_axes("adaptive_avg_pool2d", input, 2)
    single = isinstance(output_size, Sequence) and len(output_size) == 1  # PyTorch takes one number or two
    if single or per_axis("adaptive_avg_pool2d", "output_size", output_size, 2, 1) != (1, 1):
        raise ShapeError(
            f"adaptive_avg_pool2d: output_size must be 1; got {shown(output_size)}; use avg_pool2d for others"
        )
    pooled = avg_pool2d(x, tuple(int(n) for n in x.shape[len(leading) :]))  # type: ignore[arg-type]
    return node("adaptive_avg_pool2d", (x,), pooled.body, name, output_size=(1, 1))


def _outer(counts: list[list[int]]) -> list[int]:
    from itertools import product

    return [prod(combination) for combination in product(*counts)]


_DOC = """Average over windows: O[i] = (1/k) sum X[s i + u - p], channel by channel.

Shapes  input ({axes}), (C, {axes}) or (N, C, {axes}); stride defaults to kernel_size; padding at most half the kernel.
count_include_pad  zeros of the padding count in the divisor.   divisor_override  divides by this instead.
ceil_mode          a last window may begin inside the input and reach beyond it.
Raises  ShapeError.     Source  torch.nn.functional.avg_pool{rank}d.
"""


def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    *,
    name: str = "",
) -> Node:
    """As `avg_pool2d`, over one spatial axis; PyTorch gives it no divisor_override."""
    return _avg_pool(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None, name)


def _of_rank(rank: int) -> Callable[..., Node]:
    def avg_pool(
        input: Tensor,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
        *,
        name: str = "",
    ) -> Node:
        return _avg_pool(
            rank, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, name
        )

    return documented(avg_pool, f"avg_pool{rank}d", _DOC, rank)


avg_pool2d, avg_pool3d = (_of_rank(rank) for rank in (2, 3))
