"""Losses: one scalar from a prediction and a target."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from numbers import Integral
from typing import Any

import numpy as np

from symbolic.errors import ShapeError, shown
from symbolic.functional.activation import log_probabilities
from symbolic.functional.arguments import as_tensor, node, word
from symbolic.functional.arithmetic import difference
from symbolic.terms import layers
from symbolic.terms.term import Data, Map, Multi, Node, Shape, Tensor, Term

REDUCTIONS = ("mean", "sum", "none")


def _reduced(terms: Term, kind: str) -> Term:
    """The elementwise losses as they are, their sum, or their mean."""
    if kind == "none":
        return terms
    scale = Fraction(1, terms.size) if kind == "mean" else Fraction(1)
    return Multi(layers.reduction(terms.shape, tuple(range(len(terms.shape))), scale, keepdim=False), (terms,))


def _residual(operator: str, x: Tensor, t: Tensor, kind: str) -> Term:
    word(operator, "reduction", kind, REDUCTIONS)
    if x.shape != t.shape:
        raise ShapeError(f"{operator}: input and target must have one shape; got {x.shape} and {t.shape}")
    return difference(x, t, x.shape)


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean", *, name: str = "") -> Node:
    """Squared error: the mean, the sum, or ("none") the array of (input - target)^2.

    Shapes  input and target alike (PyTorch broadcasts them with a warning; here a mismatch is refused).
    Raises  ShapeError.     Source  torch.nn.functional.mse_loss.
    """
    x, t = as_tensor("mse_loss", "input", input), as_tensor("mse_loss", "target", target)
    residual = _residual("mse_loss", x, t, reduction)
    body = _reduced(Map("pow", residual, param=Fraction(2)), reduction)
    return node("mse_loss", (x, t), body, name, reduction=reduction)


def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean", *, name: str = "") -> Node:
    """Absolute error: the mean, the sum, or ("none") the array of |input - target|; the derivative at 0 is 0.

    Shapes  input and target alike.     Raises  ShapeError.     Source  torch.nn.functional.l1_loss.
    """
    x, t = as_tensor("l1_loss", "input", input), as_tensor("l1_loss", "target", target)
    residual = _residual("l1_loss", x, t, reduction)
    return node("l1_loss", (x, t), _reduced(Map("abs", residual), reduction), name, reduction=reduction)


def cross_entropy(input: Tensor, target: Any, reduction: str = "mean", *, name: str = "") -> Node:
    """Minus the log of the softmax probability of the target class.

    Shapes   input logits (C,), (N, C) or (N, C, ...); the class axis is 1, or 0 for (C,).
    target   class indices: an int for (C,), else nested sequences of ints of shape (N, ...); or a tensor of
             probabilities of the input's shape.
    mean     over the N * ... positions.
    Raises   ShapeError for labels out of range or of another shape.     Source  torch.nn.functional.cross_entropy.
    """
    x = as_tensor("cross_entropy", "input", input)
    word("cross_entropy", "reduction", reduction, REDUCTIONS)
    if not x.shape:
        raise ShapeError("cross_entropy: logits need a class axis; got shape ()")
    axis = 0 if len(x.shape) == 1 else 1
    args: tuple[Tensor, ...] = (x,)
    params: dict[str, Any] = {"reduction": reduction}
    weights: Term
    if isinstance(target, Tensor):
        if target.shape != x.shape:
            raise ShapeError(f"cross_entropy: probabilities must have the logits' shape {x.shape}; got {target.shape}")
        weights, args = target, (x, target)
    else:
        labels = read_labels(target, x.shape, axis)
        weights, params["target"] = _one_hot(labels, x.shape, axis), labels
    log_p = log_probabilities(x, axis)
    letters = layers.reduction(x.shape, (axis,), Fraction(-1), keepdim=False)
    pairing = replace(letters, operands=(letters.operands[0], letters.operands[0]), label="sum")
    return node("cross_entropy", args, _reduced(Multi(pairing, (weights, log_p)), reduction), name, **params)


def read_labels(target: Any, shape: Shape, axis: int) -> Any:
    """Class indices of the shape that the logits have without their class axis, each in range; nested tuples."""
    classes, expected = int(shape[axis]), tuple(int(n) for n in shape[:axis] + shape[axis + 1 :])  # type: ignore[arg-type]
    array = np.array(target, dtype=object)
    if array.shape != expected:
        raise ShapeError(f"cross_entropy: class indices must have shape {expected}; got shape {array.shape}")
    for label in array.reshape(-1):
        if isinstance(label, bool) or not isinstance(label, Integral) or not 0 <= int(label) < classes:
            raise ShapeError(
                f"cross_entropy: a class index must be a whole number from 0 to {classes - 1}; got {shown(label)}"
            )
    return _nested(array.tolist())


def _nested(value: Any) -> Any:
    return tuple(_nested(item) for item in value) if isinstance(value, list) else int(value)


def _one_hot(labels: Any, shape: Shape, axis: int) -> Data:
    classes = int(shape[axis])  # type: ignore[arg-type]
    hot = np.moveaxis(np.arange(classes) == np.array(labels)[..., None], -1, axis)
    return Data(tuple(Fraction(int(x)) for x in hot.reshape(-1)), shape)
