"""batch_norm in training mode: batch statistics, differentiated through."""

from __future__ import annotations

from typing import Any

from symbolic.errors import GradproofError, ShapeError, shown
from symbolic.functional.arguments import as_tensor, exact, flag, node
from symbolic.terms.normalization import Channels, Normalization
from symbolic.terms.term import Const, Node, Tensor


def batch_norm(
    input: Tensor,
    running_mean: None = None,
    running_var: None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: Any = 0.1,
    eps: Any = 1e-5,
    *,
    name: str = "",
) -> Node:
    """(x - mean) / sqrt(var + eps) * weight + bias per channel, with the batch's own mean and biased variance.

    Shapes  input (N, C) or (N, C, ...); weight and bias (C,).
    training=True is required: running statistics are no part of the network; momentum only concerns them.
    Raises  ShapeError, GradproofError.     Source  torch.nn.functional.batch_norm.
    """
    x = as_tensor("batch_norm", "input", input)
    if not flag("batch_norm", "training", training):
        raise GradproofError("batch_norm: training=True (the batch's own statistics) is required; got training=False")
    for argument, given in (("running_mean", running_mean), ("running_var", running_var)):
        if given is not None:
            raise GradproofError(f"batch_norm: {argument} must be None, statistics are the batch's; got {shown(given)}")
    exact("batch_norm: momentum", momentum)
    epsilon = exact("batch_norm: eps", eps)
    if len(x.shape) < 2:
        raise ShapeError(f"batch_norm: input must have shape (N, C) or (N, C, ...); got {x.shape}")
    if epsilon <= 0:
        raise GradproofError(f"batch_norm: eps must be positive; got {shown(eps)}")
    if Channels(x.shape).count < 2:  # type: ignore[operator] # a tensor's sizes are numbers
        raise ShapeError(f"batch_norm: expected more than one value per channel; got input {x.shape}")
    vectors: dict[str, Tensor | None] = {"weight": weight, "bias": bias}
    for argument, value in vectors.items():
        if value is not None and as_tensor("batch_norm", argument, value).shape != (x.shape[1],):
            raise ShapeError(f"batch_norm: {argument} must have shape {(x.shape[1],)}; got {value.shape}")
    layer = Normalization(x, weight, bias, Const(epsilon, (x.shape[1],)))
    return node(
        "batch_norm",
        tuple(tensor for tensor in (x, weight, bias) if tensor is not None),
        layer.y,
        name,
        eps=epsilon,
        has_weight=weight is not None,
        has_bias=bias is not None,
    )
