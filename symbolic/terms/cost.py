"""What a layer costs, read off its form: multiply-adds, parameters, activations; with letters for sizes, as formulas.

multiply_adds(form)       output entries times the products that each adds up; zeros of the padding count
parameters(form)          entries of the kernel
activations(form)         entries of the output
both_gradients(form)      multiply-adds of the two gradients together
square_layer(k, c, o, h, w)   the form of a k x k convolution, stride 1, that keeps height and width
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.terms.layers import SPATIAL, form
from symbolic.terms.size import Extent, Size, simplest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symbolic.terms.form import Form


def product(extents: Iterable[Extent]) -> Extent:
    """The product of some extents."""
    total = Size.of(1)
    for extent in extents:
        total = total * Size.of(extent)
    return simplest(total)


def multiply_adds(layer: Form) -> Extent:
    """How many products a direct program computes: one per index tuple of the relation.

    The position a in the input follows from i and u, so its letter is no loop of its own. A product with a zero of
    the padding is counted, as in every published table.
    """
    follows = {row.a for row in layer.rows}
    return product(layer.extent[letter] for letter in layer.letters if letter not in follows)


def parameters(layer: Form, operand: int = 0) -> Extent:
    """The entries of one operand, by default the kernel; a bias would add one per output channel."""
    return product(layer.shape(layer.operands[operand]))


def activations(layer: Form) -> Extent:
    """The entries of the output."""
    return product(layer.output_shape)


def both_gradients(layer: Form) -> Extent:
    """The multiply-adds of dL/dF and dL/dX together: dropping an operand leaves the relation, so each costs as much."""
    return simplest(Size.of(2) * Size.of(multiply_adds(layer)))


def square_layer(kernel: Extent, inputs: Extent, outputs: Extent, height: Extent, width: Extent) -> Form:
    """A convolution with a square kernel, stride 1 and as much padding as keeps height and width.

    For an odd kernel the padding is (k - 1)/2; where k is a letter it is left at 0, because no count depends on it.
    """
    padding = (kernel - 1) // 2 if isinstance(kernel, int) else 0
    sizes: dict[str, Extent] = {"n": 1, "g": 1, "o": outputs, "c": inputs}
    for axis, ((i, u, a), extent) in enumerate(zip(SPATIAL[:2], (height, width), strict=True), 1):
        sizes |= {i: extent, u: kernel, a: extent, f"s{axis}": 1, f"d{axis}": 1, f"p{axis}": padding}
    return form("conv", sizes, rank=2)
