"""Losses: one scalar from a prediction and a target."""

from __future__ import annotations

from fractions import Fraction

from symbolic.errors import GradproofError, ShapeError, nearest
from symbolic.functional.arguments import as_tensor, node
from symbolic.functional.arithmetic import difference
from symbolic import layers
from symbolic.term import Map, Multi, Node, Shape, Tensor, Term

REDUCTIONS = ("mean", "sum", "none")


def _reduced(terms: Term, kind: str) -> Term:
    """The elementwise losses as they are, their sum, or their mean."""
    if kind == "none":
        return terms
    scale = Fraction(1, terms.size) if kind == "mean" else Fraction(1)
    return Multi(layers.reduction(terms.shape, tuple(range(len(terms.shape))), scale, keepdim=False), (terms,))


def _residual(operator: str, x: Tensor, t: Tensor, kind: str) -> tuple[Term, Shape]:
    if kind not in REDUCTIONS:
        raise GradproofError(
            f"{operator}: reduction must be one of {', '.join(REDUCTIONS)}; got {kind!r:.60}{nearest(str(kind), REDUCTIONS)}"
        )
    if x.shape != t.shape:
        raise ShapeError(f"{operator}: input and target must have one shape; got {x.shape} and {t.shape}")
    return difference(x, t, x.shape), x.shape


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean", *, name: str = "") -> Node:  # noqa: A002
    """Squared error: the mean, the sum, or ("none") the array of (input - target)^2.

    Shapes  input and target alike (PyTorch broadcasts them with a warning; here a mismatch is refused).
    Raises  ShapeError.     Source  torch.nn.functional.mse_loss.
    """
    x, t = as_tensor("mse_loss", "input", input), as_tensor("mse_loss", "target", target)
    residual, _ = _residual("mse_loss", x, t, reduction)
    body = _reduced(Map("pow", residual, param=Fraction(2)), reduction)
    return node("mse_loss", (x, t), body, name, reduction=reduction)
