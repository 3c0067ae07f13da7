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

from symbolic.batch import Normalization
from symbolic.elementary import Elementary
from symbolic.equality import Cite, Rewrite
from symbolic.form import Form
from symbolic.index import letter_size
from symbolic.matching import differentiated, distributed
from symbolic.steps import Derivation, Rule, Step
from symbolic.substitution import replaced
from symbolic.term import Const, Leaf, Multi, Node, Term
from symbolic.theorems.theorem import Theorem

if TYPE_CHECKING:
    from symbolic.index import Extent
    from symbolic.term import Tensor

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
    slot = tuple((f"x{axis}",) for axis in range(axes))
    form = Form((), (slot, slot), tuple((f"x{axis}", n) for axis, n in enumerate(shape)), label="mul")
    y = pieces.y
    if not isinstance(y, Node):
        raise TypeError("a named piece is a node")
    return pieces, Node("pairing", (y, delta), Multi(form, (delta, y)), name="T"), delta


@cache
def input_gradient(axes: int, *, weight: bool, bias: bool) -> Derivation:
    """dL/dx for arrays with this many axes, with or without gamma and beta."""
    pieces, pairing, delta = layer(axes, weight=weight, bias=bias)
    if not isinstance(pieces.x, Leaf):
        raise TypeError("the theorem is about a leaf x")
    first = differentiated(pairing, pieces.x, pieces.paths(delta), Rule.CHAIN)
    root = root_slope(pieces)
    with_root = replaced(first.rhs, {root.lhs: root.rhs})
    second = Step(first.rhs, with_root, Rule.LOCAL, Rewrite((root,)))
    return Derivation((first, second, distributed(with_root, pieces.three_terms(delta))), f"{KEY}/input")


def root_slope(pieces: Normalization) -> Step:
    """r' = -r^3/2."""
    return Step(pieces.slope, pieces.cube, Rule.LOCAL, Elementary(pieces.shifted))


def batch_norm_backward() -> Theorem:
    """The three gradients for images, and that the deviations from the mean have mean 0."""
    pieces, pairing, delta = layer(AXES)
    over = pieces.over
    deviations = distributed(over.mean(pieces.centred), Const(Fraction(0), pieces.mu.shape))
    gradients = {"gamma": over.total(delta, pieces.x_hat), "beta": over.total(delta)}
    leaves = {leaf.name: leaf for leaf in (pieces.gamma, pieces.beta) if isinstance(leaf, Leaf)}
    return Theorem(
        KEY,
        (
            Derivation((deviations,), f"{KEY}/deviations"),
            input_gradient(AXES, weight=True, bias=True),
            *(
                Derivation((differentiated(pairing, leaves[name], gradient),), f"{KEY}/{name}")
                for name, gradient in gradients.items()
            ),
        ),
    )


def instance_of(pieces: Normalization, delta: Term) -> Cite:
    """What cites `input_gradient` for a layer: the first way back, all paths, is the second, three terms."""
    general, _, _ = layer(axes := len(pieces.x.shape), weight=pieces.gamma is not None, bias=pieces.beta is not None)
    theorem = input_gradient(axes, weight=pieces.gamma is not None, bias=pieces.beta is not None)
    sizes = {str(letter): n for letter, n in zip(general.x.shape, pieces.x.shape, strict=True)}
    tensors: dict[str, Tensor | None] = {"x": pieces.x, "gamma": pieces.gamma, "beta": pieces.beta}
    operands: dict[str, Term] = {name: tensor for name, tensor in tensors.items() if tensor is not None}
    operands |= {"delta": delta, "epsilon": pieces.epsilon, "mu": pieces.mu, "v": pieces.v}
    operands |= {"r": pieces.r, "x_hat": pieces.x_hat}
    return Cite(theorem, tuple(sorted(sizes.items())), tuple(sorted(operands.items())))


THEOREMS = {KEY: batch_norm_backward}
