"""Identities of convolutions themselves: rotating, exchanging image and kernel, kernels of size one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symbolic.kernel.step import Derivation, Rule
from symbolic.search.matching import differentiated, reindexed
from symbolic.search.windows import as_window
from symbolic.terms.layers import SPATIAL, form
from symbolic.terms.size import Extent, letter_size, simplest
from symbolic.terms.term import Flip, Leaf, Multi, Node
from symbolic.theorems.gradients import letter_sizes
from symbolic.theorems.theorem import Theorem

if TYPE_CHECKING:
    from symbolic.terms.form import Form

RANK = 2


def rot180_is_two_flips() -> Theorem:
    """Rotating a kernel by 180 degrees is flipping it upside down and then left to right, or the other way."""
    f = Leaf("F", (letter_size("k1"), letter_size("k2")))
    turned = Flip(f, (0, 1))
    return Theorem(
        "rot180-is-two-flips",
        (
            Derivation((reindexed(turned, Flip(Flip(f, (0,)), (1,)), Rule.FLIPS),), "rows-first"),
            Derivation((reindexed(turned, Flip(Flip(f, (1,)), (0,)), Rule.FLIPS),), "columns-first"),
            Derivation((reindexed(Flip(turned, (0, 1)), f, Rule.FLIPS),), "twice"),
        ),
    )


def wide_convolution_commutes() -> Theorem:
    """rot180(W) full X = rot180(X) full W for the full cross-correlation: image and kernel change places."""
    k: dict[int, Extent] = {axis: letter_size(f"k{axis}") for axis in range(1, RANK + 1)}
    n: dict[int, Extent] = {axis: letter_size(f"n{axis}") for axis in range(1, RANK + 1)}
    w = Leaf("W", tuple(k.values()))
    x = Leaf("X", tuple(n.values()))
    one = Multi(_full(k, n), (Flip(w, (0, 1)), x))
    other = Multi(_full(n, k), (Flip(x, (0, 1)), w))
    return Theorem("wide-convolution-commutes", (Derivation((reindexed(one, other),), "commutes"),))


def _full(kernel: dict[int, Extent], image: dict[int, Extent]) -> Form:
    """Full cross-correlation of two plain arrays: padding k - 1, output n + k - 1."""
    sizes: dict[str, Extent] = {}
    for axis, (i, u, a) in enumerate(SPATIAL[:RANK], 1):
        k, n = kernel[axis], image[axis]
        sizes |= {u: k, a: n, i: simplest(k + n - 1), f"p{axis}": simplest(k - 1), f"s{axis}": 1, f"d{axis}": 1}
    return form("conv", sizes, rank=RANK, without="ngoc")


def one_by_one_is_linear() -> Theorem:
    """A 1x1 kernel is one linear map across channels at every pixel; so are its gradients W^T delta and delta X^T."""
    sizes = letter_sizes(RANK)
    for axis, (i, u, a) in enumerate(SPATIAL[:RANK], 1):
        sizes |= {u: 1, i: sizes[a], f"s{axis}": 1, f"d{axis}": 1, f"e{axis}": 1, f"p{axis}": 0}
    conv = form("conv", sizes, rank=RANK)
    f, x, delta = (
        Leaf("F", conv.shape(conv.operands[0])),
        Leaf("X", conv.shape(conv.operands[1])),
        Leaf("delta", conv.output_shape),
    )
    pixels = {row.a: row.i for row in conv.rows}
    image = tuple(tuple(pixels.get(letter, letter) for letter in axis) for axis in conv.operands[1])
    kept = tuple((letter, n) for letter, n in conv.sizes if letter not in pixels)
    linear = replace(conv, operands=(conv.operands[0], image), sizes=kept, rows=(), label="matmul")
    parts = [("forward", Multi(conv, (f, x)), Multi(linear, (f, x)))]
    for name, k, others in (("filter", 0, (delta, x)), ("input", 1, (f, delta))):
        parts.append((name, Multi(conv.wrt(k), others), Multi(linear.wrt(k), others)))
    steps = [Derivation((reindexed(one, other),), name) for name, one, other in parts]
    return Theorem("one-by-one-is-linear", tuple(steps))


def true_convolution() -> Theorem:
    """Where the layer flips its kernel, dL/dX needs no rotation and dL/dW is rotated; for correlation the reverse."""
    layer = form("conv", letter_sizes(RANK), rank=RANK)
    w, x, delta = (
        Leaf("W", layer.shape(layer.operands[0])),
        Leaf("X", layer.shape(layer.operands[1])),
        Leaf("delta", layer.output_shape),
    )
    kernel = (len(w.shape) - 2, len(w.shape) - 1)
    scalar = replace(layer, output=(), operands=(*layer.operands, layer.output))
    paired = Node("pairing", (w, x, delta), Multi(scalar, (Flip(w, kernel), x, delta)), name="T")
    correlated = as_window(Multi(layer.wrt(0), (delta, x)))
    spread = as_window(Multi(layer.wrt(1), (w, delta)))
    if not isinstance(correlated, Multi) or not isinstance(spread, Multi):
        raise TypeError("a convolution's views are windows")
    straight = Multi(spread.form, (w, delta))
    return Theorem(
        "true-convolution-gradients",
        (
            Derivation((differentiated(paired, w, Flip(correlated, kernel), Rule.DROP_OPERAND),), "filter"),
            Derivation((differentiated(paired, x, straight, Rule.DROP_OPERAND),), "input"),
        ),
    )


THEOREMS = {
    "true-convolution-gradients": true_convolution,
    "rot180-is-two-flips": rot180_is_two_flips,
    "wide-convolution-commutes": wide_convolution_commutes,
    "one-by-one-is-linear": one_by_one_is_linear,
}
