"""max_pool1d, max_pool2d, max_pool3d: with its winners fixed, a 0/1 form like any other layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symbolic.errors import ShapeError
from symbolic.functional.arguments import documented, flag, node, output_sizes, per_axis
from symbolic.functional.conv import spatial
from symbolic.functional.pool import carried_axes, overhang, pool_padding
from symbolic.terms.layers import form
from symbolic.terms.term import Multi, Node, Tensor, Winner

if TYPE_CHECKING:
    from collections.abc import Callable


def _max_pool(
    rank: int,
    input: Tensor,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
    name: str,
) -> Node:
    operator = f"max_pool{rank}d"
    x, leading = carried_axes(operator, input, rank)
    kernel = per_axis(operator, "kernel_size", kernel_size, rank, 1)
    strides = kernel if stride is None else per_axis(operator, "stride", stride, rank, 1)
    dilations = per_axis(operator, "dilation", dilation, rank, 1)
    low = pool_padding(operator, padding, kernel)
    size = tuple(int(n) for n in x.shape[len(leading) :])  # type: ignore[arg-type]
    ceil_mode = flag(operator, "ceil_mode", ceil_mode)
    reach = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilations, strict=True))
    pads = tuple(
        (p, p + overhang(n, k, s, p, ceil_mode=ceil_mode)) for n, k, s, p in zip(size, reach, strides, low, strict=True)
    )
    out = output_sizes(operator, size, kernel, strides, pads, dilations)
    for m, n, k, s, p, d in zip(out, size, kernel, strides, low, dilations, strict=True):
        _refuse_empty_windows(operator, m, n, k, s, p, d)
    sizes = spatial(size, kernel, out, strides, dilations, pads) | leading
    layer = form("max_pool", sizes, rank=rank, carried=len(leading))
    body = Multi(layer, (Winner(x, layer), x))
    return node(
        operator, (x,), body, name, kernel_size=kernel, stride=strides, padding=low, dilation=dilations,
        ceil_mode=ceil_mode,
    )  # fmt: skip


def _refuse_empty_windows(operator: str, m: int, n: int, k: int, s: int, p: int, d: int) -> None:
    """Along one axis every window must see the input: the maximum of nothing would be minus infinity."""
    for i in range(m):
        if not any(0 <= s * i + d * u - p < n for u in range(k)):
            raise ShapeError(
                f"{operator}: window {i} on an axis of size {n} lies in the padding alone (kernel_size {k}, "
                f"stride {s}, padding {p}, dilation {d}); every window must reach the input"
            )


_DOC = """The largest entry of every window, channel by channel.

Shapes  input ({axes}), (C, {axes}) or (N, C, {axes}); stride defaults to kernel_size; padding (minus infinity) at
        most half the kernel.
Ties    the first largest entry in row-major order gets the whole gradient, as in PyTorch.
Raises  ShapeError.     Source  torch.nn.functional.max_pool{rank}d.
"""


def _of_rank(rank: int) -> Callable[..., Node]:
    def max_pool(
        input: Tensor,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: bool = False,
        *,
        name: str = "",
    ) -> Node:
        return _max_pool(rank, input, kernel_size, stride, padding, dilation, ceil_mode, name)

    return documented(max_pool, f"max_pool{rank}d", _DOC, rank)


max_pool1d, max_pool2d, max_pool3d = (_of_rank(rank) for rank in (1, 2, 3))
