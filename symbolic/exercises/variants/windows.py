"""Variants of the exercises on layers, in symbols: other sizes, strides, dilations and paddings."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from symbolic.exercises import changes
from symbolic.exercises.misconceptions import kernel_for_input
from symbolic.exercises.names import entry_names
from symbolic.exercises.rebuilt import network
from symbolic.exercises.transforms import either, result
from symbolic.exercises.variants.parts import Recipe, Shape, Variation, forward, given, sizes, span, through
from symbolic.exercises.work import Gradient
from symbolic.functional import avg_pool2d as pooled
from symbolic.functional import conv1d, conv2d, conv_transpose1d, convolve2d, mse_loss
from symbolic.functional import sum as total
from symbolic.functional.arguments import tensor
from symbolic.terms.size import ints
from symbolic.terms.term import Multi, Node, Term

if TYPE_CHECKING:
    import random

    from symbolic.exercises.transforms import Transform


def plane(draw: random.Random) -> tuple[Shape, Shape]:
    """An input and a filter on it: not both square, at least two outputs and at most 3 x 3."""
    k, m = draw.choice([(2, 2), (2, 3), (3, 2), (1, 2), (2, 1)])
    more = [(i, j) for i, j in product((1, 2), repeat=2) if (k, m) != (2, 2) or (i, j) != (1, 1)]
    rows, columns = draw.choice(more)
    return (k + rows, m + columns), (k, m)


def layer(wrt: str) -> Recipe:
    """The gradient of the filter or of the input of a plain layer."""

    def recipe(draw: random.Random) -> Variation:
        X, F = plane(draw)
        O = conv2d(tensor("X", X), tensor("F", F), name="O")
        shape = ints(O.shape)
        words = {"X": sizes(X), "F": sizes(F), "O": sizes(shape), "delta": span("delta", shape), "d": span("d", shape)}
        known: dict[str, Transform | None] = {"used_filter_instead_of_input": kernel_for_input("F", "X", "O")}
        if shape != F:
            known["elementwise_product_instead_of_convolution"] = None
        if wrt == "X":
            known = smaller(F, shape)
        return Variation(through(O, wrt), words, known)

    return recipe


def smaller(kernel: Shape, output: Shape) -> dict[str, Transform | None]:
    """Of a full convolution only the same or the valid part, alone or in a frame of zeros."""
    whole = tuple(k + n - 1 for k, n in zip(kernel, output, strict=True))
    low = tuple(k - 1 for k in kernel)
    valid = tuple(n - k + 1 for k, n in zip(kernel, output, strict=True))
    starts = product(*({(k - 1) // 2, k // 2} for k in kernel))
    same = [part for start in starts for part in (changes.cropped(start, output), changes.framed(start, output, whole))]
    parts = [changes.cropped(low, valid), changes.framed(low, valid, whole)]
    return {
        "same_instead_of_full": result(*same) if min(output) > 0 else None,
        "valid_instead_of_full": result(*parts) if min(valid) > 0 else None,
    }


def wide(draw: random.Random) -> Variation:
    """The wide convolution of two matrices of unlike sizes."""
    X, W = draw.choice([((2, 3), (2, 2)), ((3, 2), (2, 2)), ((2, 3), (1, 2)), ((3, 3), (2, 2)), ((2, 2), (3, 2))])
    O = convolve2d(tensor("X", X), tensor("W", W), "full", name="O")
    return Variation(forward(O), {"X": sizes(X), "W": sizes(W), "O": sizes(ints(O.shape))}, smaller(W, X))


def matrix(draw: random.Random) -> Variation:
    """The matrix of a small layer."""
    X, F = draw.choice([((2, 4), (2, 2)), ((3, 4), (2, 3)), ((4, 2), (2, 2)), ((3, 3), (2, 1)), ((4, 3), (3, 2))])
    O = conv2d(tensor("X", X), tensor("F", F), name="O")
    n, m = prod(X), prod(ints(O.shape))
    words = {"X": sizes(X), "F": sizes(F), "O": sizes(ints(O.shape)), "n": str(n), "m": str(m)}
    return Variation(through(O, "X").lastly(changes.coefficients("delta", ints(O.shape))), words)


def bias(draw: random.Random) -> Variation:
    """One bias per channel."""
    channels, rows, columns = draw.choice([(2, 2, 3), (3, 2, 2), (3, 1, 3), (2, 3, 2), (3, 2, 1)])
    X, F = (1, rows + 1, columns + 1), (channels, 1, 2, 2)
    O = conv2d(tensor("X", X), tensor("F", F), tensor("b", (channels,)), name="O")
    places = ", ".join(f"∂L/∂b_{c + 1}" for c in range(channels))
    words = {"channels": str(channels), "map": sizes((rows, columns)), "delta": span("delta", ints(O.shape))}
    averaged = result(changes.scaled(Fraction(1, rows * columns)))
    return Variation(through(O, "b"), words | {"asked": places}, {"averaged_instead_of_summed": averaged})


def line(wrt: str, option: str, *values: int) -> Recipe:
    """One axis with a stride, dilation or padding."""

    def recipe(draw: random.Random) -> Variation:
        value, k = draw.choice(values), draw.choice((2, 3))
        s, d, p = (value if option == name else 1 - (name == "padding") for name in ("stride", "dilation", "padding"))
        n = d * (k - 1) + 1 - 2 * p + s * draw.randint(1, 2 if s > 1 else 3) + draw.randint(0, s - 1)
        n = max(n, 3)
        O = conv1d(tensor("X", (n,)), tensor("F", (k,)), stride=s, dilation=d, padding=p, name="O")
        (m,) = ints(O.shape)
        outputs = ", ".join(entry_names("O", (m,))) if m < 4 else span("O", (m,))
        words = {"n": str(n), "k": str(k), "outputs": outputs, "value": str(value), "formula": formula(k, s, d, p)}
        left = n - (s * (m - 1) + d * (k - 1) + 1)
        known: dict[str, Transform | None] = {"remainder_not_zero": None}
        if option == "stride" and wrt == "X" and left > 0:
            copied = changes.reordered(*range(n - left), *[n - left - 1] * left)
            known = {"remainder_not_zero": result(copied)}
        return Variation(through(O, wrt), words, known)

    return recipe


def formula(k: int, s: int, d: int, p: int) -> str:
    """`O_i = F_1 X_(2i−1) + F_2 X_(2i)`."""
    parts = []
    for u in range(k):
        shift = 1 - s + d * u - p
        place = "i" if s == 1 else f"{s}i"
        place += "" if not shift else f"+{shift}" if shift > 0 else f"−{-shift}"
        parts.append(f"F_{u + 1} X_{place if place == 'i' else f'({place})'}")
    return "O_i = " + " + ".join(parts)


def groups(draw: random.Random) -> Variation:
    """Two channels, each a group of its own."""
    k = draw.choice((2, 3))
    n = k + draw.randint(1, 2)
    O = conv1d(tensor("X", (2, n)), tensor("F", (2, 1, k)), groups=2, name="O")
    filters = ", ".join(f"F_1 1 {u + 1}".replace(" ", "") for u in range(k))
    second = ", ".join(f"F_21{u + 1}" for u in range(k))
    words = {"n": str(n), "k": str(k), "m": str(n - k + 1), "first": filters, "second": second, "X": sizes((2, n))}
    return Variation(through(O, "X"), words)


def stamps(draw: random.Random) -> Variation:
    """A transposed convolution whose copies overlap."""
    n, k, s = draw.choice([(3, 3, 2), (4, 3, 2), (2, 3, 2), (3, 4, 2), (3, 4, 3), (2, 4, 3), (4, 2, 1)])
    work = partial(_stamped, n, k)
    known = {"ignored_stride": either(network(partial(_strided, 1)), given(work(1))) if s > 1 else None}
    words = {"n": str(n), "k": str(k), "s": str(s), "m": str(s * (n - 1) + k)}
    return Variation(work(s), words, {**known, "forgot_overlap": given(work(k))})


def _stamped(n: int, k: int, s: int) -> Gradient:
    return forward(conv_transpose1d(tensor("X", (n,)), tensor("F", (k,)), stride=s, name="O"))


def _strided(s: int, term: Term) -> Term | None:
    """For `network`: another stride in the layer's relation, at the sizes there are."""
    if not isinstance(term, Multi) or not term.form.rows:
        return None
    return Multi(replace(term.form, rows=tuple(replace(row, s=s) for row in term.form.rows)), term.operands)


def average(draw: random.Random) -> Variation:
    """A convolution, one average over four entries, a squared error."""
    k, m = draw.choice([(2, 3), (3, 2), (1, 2), (2, 1), (3, 3)])
    O: Node = conv2d(tensor("X", (k + 1, m + 1)), tensor("w", (k, m)), name="O")
    loss = mse_loss(total(pooled(O, 2), name="z"), tensor("t"))
    work = Gradient(loss=loss, wrt=("w",), kept=frozenset({"z"}))
    return Variation(work, {"X": sizes((k + 1, m + 1)), "w": sizes((k, m))})
