"""linear: the dense layer."""

from __future__ import annotations

from symbolic.errors import ShapeError
from symbolic.functional.arguments import as_tensor, node
from symbolic.terms.layers import CARRIED, form
from symbolic.terms.term import Multi, Node, Sum, Tensor, Term


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None, *, name: str = "") -> Node:
    """input @ weight.T + bias.

    Shapes  input (*, in), weight (out, in), bias (out,); output (*, out).
    Raises  ShapeError.     Source  torch.nn.functional.linear.
    """
    x, w = as_tensor("linear", "input", input), as_tensor("linear", "weight", weight)
    carried = len(x.shape) - 1
    if not 0 <= carried <= len(CARRIED) or len(w.shape) != 2 or x.shape[-1] != w.shape[1]:
        raise ShapeError(f"linear: input (*, in) goes with weight (out, in); got {x.shape} and {w.shape}")
    sizes = dict(zip(CARRIED, x.shape[:-1], strict=False)) | {"c": w.shape[1], "o": w.shape[0]}
    body: Term = Multi(form("linear", sizes, carried=carried), (x, w))
    if bias is None:
        return node("linear", (x, w), body, name)
    b = as_tensor("linear", "bias", bias)
    if b.shape != (w.shape[0],):
        raise ShapeError(f"linear: bias must have shape {(w.shape[0],)}; got {b.shape}")
    body = Sum((body, Multi(form("linear_bias", sizes, carried=carried), (b,))), body.shape)
    return node("linear", (x, w, b), body, name)
