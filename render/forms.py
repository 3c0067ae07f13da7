"""How a multilinear form reads in mathematics: decided by its letters and rows, never by its label.

pointwise   scalars and arrays of the output's shape, multiplied entry by entry
ones        an array of one number
matrix      a product of matrices and vectors
window      a kernel sliding over an image: the output's position is the rows' letter i
channels    a kernel sliding over an image, summed over channels in another way than a layer does
average     the same with a constant kernel and the scale 1 / (number of cells)
blocks      a constant kernel over an input spread without gaps or overlaps: every entry becomes a block
explicit    anything else: a sum over indices with the relation beneath
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from symbolic.terms.size import Size, simplest
from symbolic.terms.term import Const, Multi

if TYPE_CHECKING:
    from symbolic.terms.form import Form, Slot
    from symbolic.terms.size import Extent, Row
    from symbolic.terms.term import Term


@dataclass(frozen=True, slots=True)
class Reading:
    """A form as it will be printed: `scale / divisor` times what `kind` says of the factors.

    turned   for "matrix": which factors are transposed.    groups   for "window": the number of groups of channels.
    slots    for "channels": where each factor is read.
    """

    kind: str
    form: Form
    factors: tuple[Term, ...]
    scale: Fraction
    divisor: Extent = 1
    turned: tuple[bool, ...] = ()
    groups: Extent = 1
    slots: tuple[Slot, ...] = ()


def reading(form: Form, operands: tuple[Term, ...]) -> Reading:
    """The first kind that fits, the explicit sum otherwise."""
    plain = Reading("explicit", form, operands, form.scale, form.divisor)
    if not form.sizes:
        return replace(plain, kind="pointwise")
    found = _window(plain) if form.rows else (_pointwise(plain) or _matrix(plain))
    return found or plain


def summed(form: Form) -> list[str]:
    """The letters that the output lacks, those of size 1 left out."""
    kept = {letter for axis in form.output for letter in axis}
    return [letter for letter in form.letters if letter not in kept and form.extent[letter] != 1]


def constant(term: Term) -> Fraction | None:
    """The number that every entry of a term is, if it is an array of one number."""
    if isinstance(term, Const):
        return term.value
    if isinstance(term, Multi) and not term.operands and not term.form.rows and term.form.divisor == 1:
        counts = [term.form.extent[letter] for letter in summed(term.form)]
        if all(isinstance(count, int) for count in counts):
            return term.form.scale * prod(count for count in counts if isinstance(count, int))
    return None


def _pointwise(plain: Reading) -> Reading | None:
    form = plain.form
    if summed(form):
        return None
    factors, scale = [], plain.scale
    for slot, operand in zip(form.operands, plain.factors, strict=True):
        value = constant(operand)
        if value is not None:
            scale *= value
        elif operand.shape == () or _aligned(slot, form):
            factors.append(operand)
        else:
            return None
    whole = any(factor.shape == form.output_shape for factor in factors)
    if whole or not form.output:
        return replace(plain, kind="pointwise", factors=tuple(factors), scale=scale)
    return replace(plain, kind="ones", factors=tuple(factors), scale=scale)


def _aligned(slot: Slot, form: Form) -> bool:
    """Whether a slot is the output's, axis by axis, but for axes of size 1."""
    return form.shape(slot) == form.output_shape and all(
        here == there or size == 1 for here, there, size in zip(slot, form.output, form.output_shape, strict=True)
    )


def _matrix(plain: Reading) -> Reading | None:
    form = plain.form
    if len(form.operands) != 2 or any(len(axis) != 1 for slot in (form.output, *form.operands) for axis in slot):
        return None
    out = tuple(axis[0] for axis in form.output)
    slots = [tuple(axis[0] for axis in slot) for slot in form.operands]
    if len(out) > 2 or any(len(slot) not in {1, 2} or len(set(slot)) != len(slot) for slot in slots):
        return None
    if {x for slot in (out, *slots) for x in slot} != set(form.letters):
        return None
    for left, right in ((0, 1), (1, 0)):
        turned = _product(out, slots[left], slots[right])
        if turned is not None:
            factors = (plain.factors[left], plain.factors[right])
            return replace(plain, kind="matrix", factors=factors, turned=turned)
    return None


def _product(out: tuple[str, ...], left: tuple[str, ...], right: tuple[str, ...]) -> tuple[bool, bool] | None:
    """Which of the two is transposed in `left @ right`; None where it is no product of matrices.

    A vector is a column; as a left factor it lies down.
    """
    shared = [x for x in left if x in right and x not in out]
    if len(shared) != 1:
        outer = not shared and len(out) == 2 and (left, right) == ((out[0],), (out[1],))
        return (False, True) if outer else None
    (k,) = shared
    rows = tuple(x for x in left if x != k)
    columns = tuple(x for x in right if x != k)
    if rows + columns != out or (columns and not rows):
        return None
    return left[0] == k, bool(columns) and right[1] == k


def _window(plain: Reading) -> Reading | None:
    form = plain.form
    if not _holds(form.output, {row.i for row in form.rows}):
        return None
    images = [k for k, slot in enumerate(form.operands) if _holds(slot, {row.a for row in form.rows})]
    kernels = [k for k, slot in enumerate(form.operands) if _holds(slot, {row.u for row in form.rows})]
    if len(images) != 1 or len(kernels) > 1 or len(form.operands) != 1 + len(kernels):
        return None
    image = form.operands[images[0]]
    channels = [others(slot, form) for slot in (form.output, image)]
    if not kernels:
        return _constant_window(plain) if channels[0] == channels[1] else None
    factors = (plain.factors[images[0]], plain.factors[kernels[0]])
    groups = _channels(channels[0], channels[1], others(form.operands[kernels[0]], form), form)
    if groups is None:
        slots = (image, form.operands[kernels[0]])
        found = replace(plain, kind="channels", factors=factors, slots=slots)
        return found if _slides((form.output, *slots), form) else None
    return replace(plain, kind="window", factors=factors, groups=groups)


def _constant_window(plain: Reading) -> Reading | None:
    """Average pooling and its way back."""
    form = plain.form
    cells = [form.extent[row.u] for row in form.rows]
    if all(_tiles(row, form) for row in form.rows):
        return replace(plain, kind="blocks")
    counts = [cell for cell in cells if isinstance(cell, int)]
    if len(counts) == len(cells) and form.divisor == 1 and form.scale * prod(counts) == 1:
        return replace(plain, kind="average", scale=Fraction(1))
    return None


def _tiles(row: Row, form: Form) -> bool:
    """Whether the window over a spread input repeats every entry k times: e = k, padding k - 1, no remainder."""
    k, n, m = (Size.of(form.extent[letter]) for letter in (row.u, row.a, row.i))
    same = [simplest(left - right) == 0 for left, right in ((Size.of(row.e), k), (Size.of(row.p), k - 1), (m, n * k))]
    return row.s == 1 and row.d == 1 and all(same)


def _holds(slot: Slot, letters: set[str]) -> bool:
    """Whether each of the letters is an axis of its own in a slot."""
    return letters <= {axis[0] for axis in slot if len(axis) == 1}


def others(slot: Slot, form: Form) -> Slot:
    """The axes of a slot that no row ties: batch and channels."""
    tied = {letter for row in form.rows for letter in (row.i, row.u, row.a)}
    return tuple(axis for axis in slot if not set(axis) & tied)


def _slides(slots: tuple[Slot, ...], form: Form) -> bool:
    """Whether output, image and kernel end in the letters of the rows, each in its own and in their order."""
    rank = len(form.rows)
    ends = [tuple((getattr(row, role),) for row in form.rows) for role in ("i", "a", "u")]
    alone = all(slot[len(slot) - rank :] == end for slot, end in zip(slots, ends, strict=True))
    return alone and all(len(others(slot, form)) == len(slot) - rank for slot in slots)


def _channels(out: Slot, image: Slot, kernel: Slot, form: Form) -> Extent | None:
    """The number of groups if the channels meet as in a convolution layer, out = kernel x image; else None."""
    if not kernel:
        return 1 if not out and not image else None
    if len(kernel) != 2 or not out or not image or out[-1] != kernel[0] or out[:-1] != image[:-1]:
        return None
    inner = kernel[1]
    group = image[-1][: len(image[-1]) - len(inner)]
    if image[-1] != (*group, *inner) or kernel[0][: len(group)] != group:
        return None
    return form.extent[group[0]] if group else 1
