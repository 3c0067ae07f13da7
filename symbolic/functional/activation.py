"""Activations: elementwise functions, and softmax and log_softmax along an axis."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symbolic.errors import GradproofError, ShapeError, shown
from symbolic.functional.arguments import as_tensor, axis, exact, node
from symbolic.functional.arithmetic import difference
from symbolic.terms.layers import pointwise
from symbolic.terms.term import AxisMap, Map, Multi, Node, Sum, Tensor, Term

if TYPE_CHECKING:
    from collections.abc import Callable


def _elementwise(function: str, formula: str) -> Callable[..., Node]:
    def activation(input: Tensor, *, name: str = "") -> Node:
        x = as_tensor(function, "input", input)
        return node(function, (x,), Map(function, x), name)

    activation.__name__ = activation.__qualname__ = function
    activation.__doc__ = f"{formula}, elementwise.  Source  torch.nn.functional.{function}."
    return activation


relu = _elementwise("relu", "max(x, 0), relu'(0) = 0")
sigmoid = _elementwise("sigmoid", "1 / (1 + exp(-x))")
tanh = _elementwise("tanh", "tanh x")


def softplus(input: Tensor, beta: Any = 1, threshold: Any = 20, *, name: str = "") -> Node:
    """log(1 + exp x), elementwise.  beta other than 1 is refused; the exact function is used at any threshold.

    Source  torch.nn.functional.softplus.
    """
    if exact("softplus: beta", beta) != 1 or exact("softplus: threshold", threshold) <= 0:
        raise GradproofError(
            f"softplus: beta must be 1 and threshold positive; got beta={shown(beta)}, threshold={shown(threshold)}"
        )
    x = as_tensor("softplus", "input", input)
    return node("softplus", (x,), Map("softplus", x), name)


def gelu(input: Tensor, approximate: str = "none", *, name: str = "") -> Node:
    """x times the normal distribution function of x, by erf; the tanh approximation is refused.

    Source  torch.nn.functional.gelu.
    """
    if not isinstance(approximate, str) or approximate != "none":
        raise GradproofError(f'gelu: approximate must be "none" (the erf form); got {shown(approximate)}')
    x = as_tensor("gelu", "input", input)
    return node("gelu", (x,), Map("gelu", x), name)


def leaky_relu(input: Tensor, negative_slope: Any = 0.01, *, name: str = "") -> Node:
    """x for x > 0, else negative_slope * x; the derivative at 0 is the slope.

    negative_slope  read exactly, 0.01 is 1/100.     Source  torch.nn.functional.leaky_relu.
    """
    x = as_tensor("leaky_relu", "input", input)
    slope = exact("leaky_relu: negative_slope", negative_slope)
    return node("leaky_relu", (x,), Map("leaky_relu", x, param=slope), name, negative_slope=slope)


def _line(operator: str, input: Any, dim: Any) -> tuple[Tensor, int]:
    """The input and the axis along which its entries compete; a scalar has none."""
    x = as_tensor(operator, "input", input)
    if not x.shape:
        raise ShapeError(f"{operator}: the input must have at least one axis; got shape ()")
    return x, axis(operator, "dim", dim, len(x.shape))


def softmax(input: Tensor, dim: int, *, name: str = "") -> Node:
    """exp x / sum exp x along `dim`; logits of any size, nothing overflows.  Source  torch.nn.functional.softmax."""
    x, along = _line("softmax", input, dim)
    return node("softmax", (x,), AxisMap("softmax", x, along), name, dim=along)


def log_softmax(input: Tensor, dim: int, *, name: str = "") -> Node:
    """x - log sum exp x along `dim`.  Source  torch.nn.functional.log_softmax."""
    x, along = _line("log_softmax", input, dim)
    return node("log_softmax", (x,), log_probabilities(x, along), name, dim=along)


def log_probabilities(x: Term, along: int) -> Sum:
    """log softmax along an axis, as a term."""
    return difference(x, AxisMap("logsumexp", x, along), x.shape)


def product(one: Term, other: Term, scale: Fraction = Fraction(1)) -> Multi:
    """The elementwise product of two terms that broadcast to the shape of the first."""
    return Multi(pointwise([one.shape, other.shape], one.shape, scale=scale), (one, other))
