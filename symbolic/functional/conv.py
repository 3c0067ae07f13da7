"""conv1d, conv2d, conv3d: cross-correlation, as in every framework; the kernel is not flipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symbolic.errors import ShapeError
from symbolic.functional.arguments import as_tensor, documented, node, output_sizes, paddings, per_axis, whole
from symbolic.terms.layers import SPATIAL, form
from symbolic.terms.term import Multi, Node, Shape, Sum, Tensor, Term

if TYPE_CHECKING:
    from collections.abc import Callable

    from symbolic.terms.size import Extent


def _conv(
    rank: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: Any,
    name: str,
) -> Node:
    operator = f"conv{rank}d"
    x, f = as_tensor(operator, "input", input), as_tensor(operator, "weight", weight)
    without = layout(operator, rank, x, f)
    kernel = f.shape[-rank:]
    strides = per_axis(operator, "stride", stride, rank, 1)
    dilations = per_axis(operator, "dilation", dilation, rank, 1)
    pads = paddings(operator, padding, kernel, strides, dilations)  # type: ignore[arg-type]
    out = output_sizes(operator, x.shape[-rank:], kernel, strides, pads, dilations)  # type: ignore[arg-type]
    sizes = channels(operator, x, f, whole(operator, "groups", groups, 1), rank)
    sizes |= spatial(x.shape[-rank:], kernel, out, strides, dilations, pads)
    body: Term = Multi(form("conv", sizes, rank=rank, without=without), (f, x))
    args: tuple[Tensor, ...] = (x, f)
    if bias is not None:
        b = as_tensor(operator, "bias", bias)
        expected: Shape = () if "o" in without else (f.shape[0],)
        if b.shape != expected:
            raise ShapeError(f"{operator}: bias must have shape {expected}, one per output channel; got {b.shape}")
        body = Sum((body, Multi(form("bias", sizes, rank=rank, without=without), (b,))), body.shape)
        args = (x, f, b)
    return node(operator, args, body, name, stride=strides, padding=pads, dilation=dilations, groups=sizes["g"])


def layout(operator: str, rank: int, x: Tensor, f: Tensor) -> str:
    """Which letters the tensors do without: plain matrices, one image, or a batch."""
    layouts = {(rank, rank): "ngoc", (rank + 1, rank + 2): "n", (rank + 2, rank + 2): ""}
    found = layouts.get((len(x.shape), len(f.shape)))
    if found is None:
        axes = ("L", "H, W", "D, H, W")[rank - 1]
        kernel = ("k", "kH, kW", "kD, kH, kW")[rank - 1]
        raise ShapeError(
            f"{operator}: input ({axes}) goes with weight ({kernel}), and input (C, {axes}) or (N, C, {axes}) "
            f"with weight (C_out, C_in/groups, {kernel}); got input {x.shape} and weight {f.shape}"
        )
    return found


def channels(operator: str, x: Tensor, f: Tensor, groups: int, rank: int) -> dict[str, Extent]:
    """Extents of n, g, o, c; groups must divide both channel counts and match the weight."""
    if len(f.shape) == rank:
        if groups != 1:
            raise ShapeError(f"{operator}: groups needs channel axes; got groups={groups} for input {x.shape}")
        return {"n": 1, "g": 1, "o": 1, "c": 1}
    c_in, c_out, per_group = (int(n) for n in (x.shape[-rank - 1], f.shape[0], f.shape[1]))  # type: ignore[arg-type]
    if c_in % groups or c_out % groups:
        raise ShapeError(
            f"{operator}: groups must divide both channel counts; got groups={groups}, {c_in} input channels and "
            f"{c_out} output channels"
        )
    if per_group * groups != c_in:
        raise ShapeError(
            f"{operator}: weight {f.shape} with groups={groups} reads {per_group * groups} input channels; "
            f"the input {x.shape} has {c_in}"
        )
    batch = x.shape[0] if len(x.shape) == rank + 2 else 1
    return {"n": batch, "g": groups, "o": c_out // groups, "c": per_group}


def spatial(size: Shape, kernel: Shape, out: Shape, stride: Any, dilation: Any, pads: Any) -> dict[str, Extent]:
    """Extents of i, u, a and the parameters s, d, p of every spatial axis."""
    sizes: dict[str, Extent] = {}
    for axis, (i, u, a) in enumerate(SPATIAL[: len(size)]):
        sizes |= {i: out[axis], u: kernel[axis], a: size[axis]}
        sizes |= {f"s{axis + 1}": stride[axis], f"d{axis + 1}": dilation[axis], f"p{axis + 1}": pads[axis][0]}
    return sizes


_DOC = """Cross-correlation over {rank} spatial axes: O[i] = sum F[u] X[s i + d u - p] (+ bias).

Shapes  input (N, C_in, {axes}), (C_in, {axes}) or ({axes}); weight (C_out, C_in/groups, {kernel}) or ({kernel});
        bias (C_out,), or () for a plain input; output floor((n + low + high - d (k-1) - 1) / s) + 1 per axis.
padding a number, one per axis, (low, high) pairs, "valid", "same" (stride 1 only) or "full".
name    what the result is called in print and in `evaluate(...).values`.
Raises  ShapeError.
Source  torch.nn.functional.conv{rank}d; Dumoulin & Visin 2016, arXiv:1603.07285.
"""


def _of_rank(rank: int) -> Callable[..., Node]:
    def conv(
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        *,
        name: str = "",
    ) -> Node:
        return _conv(rank, input, weight, bias, stride, padding, dilation, groups, name)

    return documented(conv, f"conv{rank}d", _DOC, rank)


conv1d, conv2d, conv3d = (_of_rank(rank) for rank in (1, 2, 3))
