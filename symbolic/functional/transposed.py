"""conv_transpose1d, conv_transpose2d, conv_transpose3d: the adjoint of a convolution, as a layer of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symbolic.errors import ShapeError
from symbolic.functional.arguments import as_tensor, documented, node, per_axis, whole
from symbolic.functional.conv import layout, spatial
from symbolic.terms.layers import form
from symbolic.terms.term import Multi, Node, Shape, Sum, Tensor, Term

if TYPE_CHECKING:
    from collections.abc import Callable

    from symbolic.terms.size import Extent


def _conv_transpose(
    rank: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: Any,
    dilation: Any,
    name: str,
) -> Node:
    operator = f"conv_transpose{rank}d"
    x, f = as_tensor(operator, "input", input), as_tensor(operator, "weight", weight)
    without = layout(operator, rank, x, f)
    kernel: tuple[int, ...] = tuple(int(n) for n in f.shape[-rank:])  # type: ignore[arg-type]
    strides = per_axis(operator, "stride", stride, rank, 1)
    dilations = per_axis(operator, "dilation", dilation, rank, 1)
    pads = per_axis(operator, "padding", padding, rank, 0)
    extra = per_axis(operator, "output_padding", output_padding, rank, 0)
    if any(o >= max(s, d) for o, s, d in zip(extra, strides, dilations, strict=True)):
        raise ShapeError(
            f"{operator}: output_padding must be smaller than the stride or the dilation; got {extra} with stride "
            f"{strides} and dilation {dilations}"
        )
    size: tuple[int, ...] = tuple(int(n) for n in x.shape[-rank:])  # type: ignore[arg-type]
    out = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + o + 1
        for n, s, p, d, k, o in zip(size, strides, pads, dilations, kernel, extra, strict=True)
    )
    if min(out) < 1:
        raise ShapeError(f"{operator}: padding {pads} leaves an output of size {out}; each size must be at least 1")
    sizes = _channels(operator, x, f, whole(operator, "groups", groups, 1), rank)
    sizes |= spatial(out, kernel, size, strides, dilations, tuple((p, p) for p in pads))
    body: Term = Multi(form("conv_transpose", sizes, rank=rank, without=without), (f, x))
    args: tuple[Tensor, ...] = (x, f)
    if bias is not None:
        b = as_tensor(operator, "bias", bias)
        expected: Shape = () if "o" in without else (int(sizes["g"]) * int(sizes["o"]),)  # type: ignore[arg-type]
        if b.shape != expected:
            raise ShapeError(f"{operator}: bias must have shape {expected}, one per output channel; got {b.shape}")
        over = sizes | spatial(size, kernel, out, strides, dilations, tuple((p, p) for p in pads))
        body = Sum((body, Multi(form("bias", over, rank=rank, without=without), (b,))), body.shape)
        args = (x, f, b)
    return node(
        operator, args, body, name, stride=strides, padding=pads, output_padding=extra, dilation=dilations,
        groups=sizes["g"],
    )  # fmt: skip


def _channels(operator: str, x: Tensor, f: Tensor, groups: int, rank: int) -> dict[str, Extent]:
    """Extents of n, g, o, c for a weight (C_in, C_out/groups, ...)."""
    if len(f.shape) == rank:
        if groups != 1:
            raise ShapeError(f"{operator}: groups needs channel axes; got groups={groups} for input {x.shape}")
        return {"n": 1, "g": 1, "o": 1, "c": 1}
    c_in, weight_in, per_group = (int(n) for n in (x.shape[-rank - 1], f.shape[0], f.shape[1]))  # type: ignore[arg-type]
    if c_in != weight_in:
        raise ShapeError(
            f"{operator}: weight {f.shape} takes {weight_in} input channels; the input {x.shape} has {c_in}"
        )
    if c_in % groups:
        raise ShapeError(f"{operator}: groups must divide the input channels; got groups={groups} for {c_in} channels")
    batch = x.shape[0] if len(x.shape) == rank + 2 else 1
    return {"n": batch, "g": groups, "o": per_group, "c": c_in // groups}


_DOC = """Transposed convolution: O[s i + d u - p] = sum F[u] X[i] (+ bias), the adjoint of conv{rank}d.

Shapes  input (N, C_in, {axes}), (C_in, {axes}) or ({axes}); weight (C_in, C_out/groups, {kernel}) or ({kernel});
        bias (C_out,), or () for a plain input; output (n - 1) s - 2 p + d (k - 1) + output_padding + 1 per axis.
Raises  ShapeError.
Source  torch.nn.functional.conv_transpose{rank}d; Dumoulin & Visin 2016, arXiv:1603.07285, section 4.
"""


def _of_rank(rank: int) -> Callable[..., Node]:
    def conv_transpose(
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
        *,
        name: str = "",
    ) -> Node:
        return _conv_transpose(rank, input, weight, bias, stride, padding, output_padding, groups, dilation, name)

    return documented(conv_transpose, f"conv_transpose{rank}d", _DOC, rank)


conv_transpose1d, conv_transpose2d, conv_transpose3d = (_of_rank(rank) for rank in (1, 2, 3))
