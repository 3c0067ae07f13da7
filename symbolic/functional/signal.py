"""convolve2d and correlate2d as in `scipy.signal`: the one flips the kernel, the other does not."""

from __future__ import annotations

from symbolic.errors import ShapeError
from symbolic.functional.arguments import as_tensor, node, output_sizes, word
from symbolic.functional.conv import spatial
from symbolic.terms.layers import form
from symbolic.terms.size import ints
from symbolic.terms.term import Flip, Multi, Node, Tensor

MODES = ("full", "same", "valid")


def _signal(operator: str, x: Tensor, f: Tensor, mode: str, name: str) -> Node:
    x, f = as_tensor(operator, "in1", x), as_tensor(operator, "in2", f)
    if len(x.shape) != 2 or len(f.shape) != 2:
        raise ShapeError(f"{operator}: both inputs must be matrices; got shapes {x.shape} and {f.shape}")
    word(operator, "mode", mode, MODES)
    kernel = ints(f.shape)
    size = ints(x.shape)
    ones = (1, 1)
    low = {
        "full": tuple(k - 1 for k in kernel),
        "valid": (0, 0),
        # the middle of "full": it begins at (k - 1) // 2 there, counted from the other end when correlating
        "same": tuple((k - 1) // 2 if operator == "correlate2d" else k // 2 for k in kernel),
    }[mode]
    high = low if mode != "same" else tuple(k - 1 - p for k, p in zip(kernel, low, strict=True))
    pads = tuple(zip(low, high, strict=True))
    out = output_sizes(operator, size, kernel, ones, pads, ones)
    sizes = spatial(size, kernel, out, ones, ones, pads)
    weight = Flip(f, (0, 1)) if operator == "convolve2d" else f
    body = Multi(form("conv", sizes, rank=2, without="ngoc"), (weight, x))
    return node(operator, (x, f), body, name, mode=mode)


def convolve2d(in1: Tensor, in2: Tensor, mode: str = "full", *, name: str = "") -> Node:
    """True convolution: correlation with the kernel rotated by 180 degrees.

    Shapes  matrices; in2 is the kernel, no larger than in1 for mode "valid" (SciPy exchanges them; refused here).
    mode    "full" n + k - 1, "same" n (the middle of full), "valid" n - k + 1.
    Raises  ShapeError, GradproofError.     Source  scipy.signal.convolve2d.
    """
    return _signal("convolve2d", in1, in2, mode, name)


def correlate2d(in1: Tensor, in2: Tensor, mode: str = "full", *, name: str = "") -> Node:
    """Cross-correlation of two matrices; modes and errors as for `convolve2d`.  Source  scipy.signal.correlate2d."""
    return _signal("correlate2d", in1, in2, mode, name)
