"""Wide convolutions as terms: one row, two axes, and the step that exchanges image and kernel."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from render.notes.steps import at
from symbolic import tensor
from symbolic.kernel.logic import Both, Cite, Expand, Rule, Step
from symbolic.terms.layers import SPATIAL, form
from symbolic.terms.term import Flip, Leaf, Map, Multi, Sum, Term, scalars
from symbolic.terms.unrolled import summed, unrolled
from symbolic.theorems import theorem

if TYPE_CHECKING:
    from symbolic.terms.form import Form
    from symbolic.terms.size import Extent


def full_form(image: Leaf, kernel: Leaf) -> Form:
    """Full cross-correlation of two arrays of one or two axes: padding k - 1, output n + k - 1."""
    sizes: dict[str, Extent] = {}
    for axis, (i, u, a) in enumerate(SPATIAL[: len(image.shape)], 1):
        k, n = int(kernel.shape[axis - 1]), int(image.shape[axis - 1])  # type: ignore[arg-type]
        sizes |= {u: k, a: n, i: k + n - 1, f"p{axis}": k - 1, f"s{axis}": 1, f"d{axis}": 1}
    return form("conv", sizes, rank=len(image.shape), without="ngoc")


def wide(image: Leaf, kernel: Leaf) -> Multi:
    """The kernel slides over the image, as it is."""
    return Multi(full_form(image, kernel), (kernel, image))


def wide_turned(image: Leaf, kernel: Leaf) -> Multi:
    """The kernel turned by 180 degrees (in one row: read backwards) slides over the image."""
    axes = tuple(range(len(kernel.shape)))
    return Multi(full_form(image, kernel), (Flip(kernel, axes), image))


def commutes(image: Leaf, kernel: Leaf) -> Step:
    """image wide rot180(kernel) = kernel wide rot180(image), entry by entry; in 2-D an instance of the theorem too."""
    one, other = wide_turned(image, kernel), wide_turned(kernel, image)
    if len(image.shape) == 1:
        return Step(one, other, Rule.COLLECT, Expand())
    names = {**_numbered("k", kernel), **_numbered("n", image)}
    operands = (("W", kernel), ("X", image))
    cite = Cite(theorem("wide-convolution-commutes").parts[0], tuple(sorted(names.items())), operands)
    return Step(one, other, Rule.CITE, Both(cite, Expand()))


def _numbered(letter: str, array: Leaf) -> dict[str, int]:
    return {f"{letter}{axis}": int(n) for axis, n in enumerate(array.shape, 1)}  # type: ignore[arg-type]


class Row:
    """x of 3 and w of 2 entries, and the polynomials with these coefficients."""

    def __init__(self) -> None:
        self.x, self.w, self.t = tensor("x", (3,)), tensor("w", (2,)), tensor("t", ())

    def written(self, term: Multi) -> Step:
        """A wide convolution entry by entry, factors in the order of the letters x, w."""
        array = unrolled(term)
        rows = tuple(_sorted(part) for part in array.entries)
        return Step(term, type(array)(rows, array.shape), Rule.EXPAND, Expand())

    @property
    def polynomials(self) -> Step:
        """(x_1 + x_2 t + x_3 t^2) (w_1 + w_2 t), collected by powers of t."""
        coefficients = self.written(wide_turned(self.x, self.w)).rhs.parts
        left = scalars(
            self.polynomial([at(self.x, k) for k in range(3)]), self.polynomial([at(self.w, k) for k in range(2)])
        )
        return Step(left, self.polynomial(list(coefficients)), Rule.COLLECT, Expand())

    def polynomial(self, coefficients: list[Term]) -> Term:
        """c_1 + c_2 t + c_3 t^2 ..."""
        powers: list[Term] = [coefficients[0], scalars(coefficients[1], self.t)]
        powers += [scalars(c, Map("pow", self.t, param=Fraction(k))) for k, c in enumerate(coefficients[2:], 2)]
        return summed(powers)


def _sorted(term: Term) -> Term:
    """Products with the letter x in front; sums by the place in x."""
    if isinstance(term, Multi):
        return scalars(*sorted(term.operands, key=_place))
    if isinstance(term, Sum):
        parts = sorted((_sorted(part) for part in term.terms), key=lambda part: _place(part.parts[0]))
        return Sum(tuple(parts), ())
    return term


def _place(term: Term) -> tuple[bool, object]:
    name = getattr(term.parts[0], "name", "")
    return name != "x", getattr(term, "index", ())
