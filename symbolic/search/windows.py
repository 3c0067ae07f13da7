"""Recognition: a form in which two arrays remain is a window of one sliding over the other again.

The table of the project. For a layer whose row is s*i + d*u - e*a = p:

    view                        stride  dilation  input dilation  padding
    forward, X by F             s       d         e               p
    dL/dF: X by delta           d       s         e               p
    dL/dX: delta by rot180 F    e       d         s               d*(k-1) - p

This is search, not proof: `reindex` and `expand` judge what it finds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symbolic.terms.build import multi
from symbolic.terms.size import Row, Size, simplest
from symbolic.terms.term import Flip, Multi, Term

if TYPE_CHECKING:
    from symbolic.terms.form import Form, Slot


def by_error_term(form: Form) -> Form:
    """The filter gradient as a window of delta over X: output u, kernel i, so stride and dilation change places."""
    return replace(form, rows=tuple(swapped(row) for row in form.rows))


def swapped(row: Row) -> Row:
    """sigma: output and kernel letter change places, stride and dilation with them."""
    return Row(row.u, row.i, row.a, row.d, row.s, row.e, row.p)


def turned(row: Row, kernel: Size | int) -> Row:
    """tau: output and input change places, the kernel is read backwards; padding d*(k-1) - p."""
    padding = simplest(Size.of(row.d) * (Size.of(kernel) - 1) - row.p)
    return Row(row.a, row.u, row.i, row.e, row.d, row.s, padding)


def by_turned_kernel(form: Form, kernel: int) -> tuple[Form, tuple[int, ...]]:
    """The input gradient as a window of rot180 F over delta, and the axes of F (operand `kernel`) to flip."""
    rows = tuple(turned(row, form.extent[row.u]) for row in form.rows)
    letters = {row.u for row in form.rows}
    axes = tuple(k for k, axis in enumerate(form.operands[kernel]) if set(axis) & letters)
    return replace(form, rows=rows), axes


def holds(slot: Slot, letters: set[str]) -> bool:
    """Whether all the letters occur in a slot."""
    return letters <= {x for axis in slot for x in axis}


def as_window(term: Multi) -> Term | None:
    """The same sum as a cross-correlation with an explicit kernel, or None where it is none.

    A form that already gathers its window (output i, kernel u) is a window as it stands; one whose output is
    the kernel's position is a window of the error term; one whose output is the input's position is a window
    of the rotated kernel.
    """
    form, operands = term.form, term.operands
    if not form.rows:
        return None
    roles = [{getattr(row, role) for row in form.rows} for role in ("i", "u", "a")]
    if holds(form.output, roles[0]):
        return term
    if holds(form.output, roles[1]):
        return Multi(by_error_term(form), operands)
    if not holds(form.output, roles[2]):
        return None
    kernels = [k for k, slot in enumerate(form.operands) if holds(slot, roles[1]) and not holds(slot, roles[0])]
    if not kernels and any(holds(slot, roles[1]) for slot in form.operands):
        return None  # a weight for every window, as the winners of a max-pool, is no kernel
    if not kernels:  # a constant kernel, as in average pooling, is its own rotation
        return Multi(replace(form, rows=tuple(turned(row, form.extent[row.u]) for row in form.rows)), operands)
    (kernel,) = kernels
    window, axes = by_turned_kernel(form, kernel)
    flipped = Flip(operands[kernel], axes)
    return multi(Multi(window, (*operands[:kernel], flipped, *operands[kernel + 1 :])))


def is_full(term: Multi) -> bool:
    """Whether a window's padding is d*(k-1) on every axis: every overlap counts."""
    return all(row.p == simplest(Size.of(row.d) * (Size.of(term.form.extent[row.u]) - 1)) for row in term.form.rows)
