"""batch_norm in training mode: batch statistics, differentiated through."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

from symbolic.errors import GradproofError, ShapeError, shown
from symbolic.functional.activation import product
from symbolic.functional.arguments import as_tensor, exact, flag, node
from symbolic.functional.arithmetic import difference
from symbolic.index import ints
from symbolic.layers import pointwise, reduction
from symbolic.term import Const, Map, Multi, Node, Route, Sum, Tensor, Term


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
    over = tuple(axis for axis in range(len(x.shape)) if axis != 1)
    count = prod(ints(x.shape[axis] for axis in over))
    if count < 2:
        raise ShapeError(f"batch_norm: expected more than one value per channel; got input {x.shape}")
    average = reduction(x.shape, over, Fraction(1, count), keepdim=True)
    centred = difference(x, Multi(average, (x,)), x.shape)
    variance = Multi(average, (Map("pow", centred, param=Fraction(2)),))
    shifted = Sum((variance, Const(epsilon, variance.shape)), variance.shape)
    body: Term = product(centred, Map("rsqrt", shifted))
    args: list[Tensor] = [x]
    for argument, value in (("weight", weight), ("bias", bias)):
        if value is None:
            continue
        tensor = as_tensor("batch_norm", argument, value)
        if tensor.shape != (x.shape[1],):
            raise ShapeError(f"batch_norm: {argument} must have shape {(x.shape[1],)}; got {tensor.shape}")
        args.append(tensor)
        channels = _per_channel(tensor, len(x.shape))
        if argument == "weight":
            body = product(body, channels)
        else:
            body = Sum((body, Multi(pointwise([channels.shape], x.shape), (channels,))), x.shape)
    return node(
        "batch_norm",
        tuple(args),
        body,
        name,
        eps=epsilon,
        has_weight=weight is not None,
        has_bias=bias is not None,
    )


def _per_channel(tensor: Tensor, rank: int) -> Route:
    """A vector (C,) as (1, C, 1, ...), so that it broadcasts over batch and space."""
    shape = (1, *tensor.shape, *((1,) * (rank - 2)))
    return Route(tensor, shape, tuple((k, k) for k in range(tensor.size)))
