"""Batch normalization, for every number of examples, channels and pixels: the three gradients.

    dL/dx = gamma r (delta - mean of delta - x_hat times the mean of delta x_hat)      per channel, delta = dL/dy
    dL/dgamma = sum of delta x_hat          dL/dbeta = sum of delta

The kernel differentiates y = gamma (x - mu) r + beta through mean, variance and root (`Tangent`), puts in
r' = -r^3/2 (`Elementary`) and multiplies out (`Distribute`): the deviations from the mean have mean 0, which takes
away the way back through the mean inside the variance.  Source  Ioffe & Szegedy 2015, arXiv:1502.03167, section 3.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from symbolic.kernel.functions import Elementary
from symbolic.kernel.logic import Cite, Rewrite
from symbolic.kernel.step import Derivation, Rule, Step
from symbolic.search.matching import differentiated, distributed
from symbolic.terms.form import Form
from symbolic.terms.normalization import Channels, Normalization
from symbolic.terms.rewriting import replaced
from symbolic.terms.size import letter_size
from symbolic.terms.term import Const, Leaf, Multi, Node, Sum, Tensor, Term
from symbolic.theorems.theorem import Theorem

if TYPE_CHECKING:
    from symbolic.terms.size import Extent

KEY = "batch-norm-backward"
AXES = 4  # of the statement that is listed: (N, C, n1, n2)
NAMES = {name: name for name in ("mu", "v", "r", "x_hat", "y")}


def letters(axes: int) -> tuple[Extent, ...]:
    """N, C, n1, n2, ...: the sizes of x."""
    return tuple(letter_size(n) for n in ("N", "C", *(f"n{k}" for k in range(1, axes - 1))))


@cache
def layer(axes: int, *, weight: bool = True, bias: bool = True) -> tuple[Normalization, Node, Leaf]:
    """The pieces for letters as sizes; T, the sum of delta y, whose derivatives are the gradients; and delta."""
    shape = letters(axes)
    x, delta = Leaf("x", shape), Leaf("delta", shape)
    gamma, beta, epsilon = (Leaf(name, shape[1:2]) for name in ("gamma", "beta", "epsilon"))
    pieces = Normalization(x, gamma if weight else None, beta if bias else None, epsilon, tuple(NAMES.items()))
    return pieces, pairing(pieces.y, delta), delta


def pairing(y: Term, delta: Leaf) -> Node:
    """T, the sum of delta y."""
    slot = tuple((f"x{axis}",) for axis in range(len(delta.shape)))
    form = Form((), (slot, slot), tuple((f"x{axis}", n) for axis, n in enumerate(delta.shape)), label="mul")
    args = tuple(part for part in (y, delta) if isinstance(part, Tensor))
    return Node("pairing", args, Multi(form, (delta, y)), name="T")


@cache
def input_gradient(axes: int, *, weight: bool, bias: bool) -> Derivation:
    """dL/dx for arrays with this many axes, with or without gamma and beta."""
    pieces, whole, delta = layer(axes, weight=weight, bias=bias)
    if not isinstance(pieces.x, Leaf):
        raise TypeError("the theorem is about a leaf x")
    first = differentiated(whole, pieces.x, pieces.paths(delta), Rule.CHAIN)
    root = root_slope(pieces)
    with_root = replaced(first.rhs, {root.lhs: root.rhs})
    second = Step(first.rhs, with_root, Rule.LOCAL, Rewrite((root,)))
    return Derivation((first, second, distributed(with_root, pieces.three_terms(delta))), f"{KEY}/input")


def root_slope(pieces: Normalization) -> Step:
    """r' = -r^3/2."""
    return Step(pieces.slope, pieces.cube, Rule.LOCAL, Elementary(pieces.shifted))


@cache
def affine_gradient(of: str, axes: int, *, weight: bool, bias: bool) -> Derivation:
    """dL/dgamma or dL/dbeta; x_hat is any array of its shape here."""
    shape = letters(axes)
    over, x_hat, delta = Channels(shape), Leaf("x_hat", shape), Leaf("delta", shape)
    gamma, beta = Leaf("gamma", shape[1:2]), Leaf("beta", shape[1:2])
    stretched = over.product(gamma, x_hat) if weight else x_hat
    body = Sum((stretched, over.product(beta)), shape) if bias else stretched
    y = Node("affine", (*((gamma,) if weight else ()), x_hat, *((beta,) if bias else ())), body, name="y")
    leaf, gradient = {"gamma": (gamma, over.total(delta, x_hat)), "beta": (beta, over.total(delta))}[of]
    return Derivation((differentiated(pairing(y, delta), leaf, gradient),), f"{KEY}/{of}")


def batch_norm_backward() -> Theorem:
    """The three gradients for images, and that the deviations from the mean have mean 0."""
    pieces, _, _ = layer(AXES)
    deviations = distributed(pieces.over.mean(pieces.centred), Const(Fraction(0), pieces.mu.shape))
    first = Derivation((deviations,), f"{KEY}/deviations"), input_gradient(AXES, weight=True, bias=True)
    return Theorem(KEY, (*first, *(affine_gradient(of, AXES, weight=True, bias=True) for of in ("gamma", "beta"))))


def instance_of(pieces: Normalization, delta: Term, of: str = "input") -> Cite:
    """What cites the theorem about a layer's x, gamma or beta: "input", "gamma" or "beta".

    Of the first, all paths back and three terms are two links; delta is what stands for dL/dy.
    """
    axes, weight, bias = len(pieces.x.shape), pieces.gamma is not None, pieces.beta is not None
    if of == "input":
        theorem = input_gradient(axes, weight=weight, bias=bias)
    else:
        theorem = affine_gradient(of, axes, weight=weight, bias=bias)
    sizes = {str(letter): n for letter, n in zip(letters(axes), pieces.x.shape, strict=True)}
    tensors: dict[str, Tensor | None] = {"x": pieces.x, "gamma": pieces.gamma, "beta": pieces.beta}
    operands: dict[str, Term] = {name: tensor for name, tensor in tensors.items() if tensor is not None}
    operands |= {"delta": delta, "epsilon": pieces.epsilon}
    if of != "input":
        operands["x_hat"] = pieces.x_hat
    return Cite(theorem, tuple(sorted(sizes.items())), tuple(sorted(operands.items())))


THEOREMS = {KEY: batch_norm_backward}
