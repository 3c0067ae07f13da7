"""Other sizes: windows with another stride, dilation or padding; full, same and valid taken for each other.

A learner writes the result at the size that was asked for, or at the one that comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import product

from symbolic.exercises import changes
from symbolic.exercises.transforms import (
    Transform,
    either,
    flipped_operand,
    result,
    role,
    rows_changed,
    rules,
    sizes_changed,
)
from symbolic.exercises.work import Gradient, Work
from symbolic.terms.size import Row, ints
from symbolic.terms.term import Multi, Term

Extents = Mapping[str, int]
Change = Callable[[Row, Extents], "Row | None"]  # a row, and the extents of its letters; None: impossible here


def otherwise(change: Callable[[Row], Row]) -> Transform:
    """Other rows in every window: learners write the result at the size asked for, or at the one that comes out."""
    return either(rows_changed(change), natural(lambda row, _sizes: change(row)))


def natural(change: Change) -> Transform:
    """Other rows in the gradients that are asked for, and the size that these rows lead to."""

    def rewrite(term: Term) -> Term | None:
        if not isinstance(term, Multi) or not term.form.rows:
            return None
        form = term.form
        sizes = {letter: int(n) for letter, n in form.sizes}  # type: ignore[arg-type]
        changed = [change(row, sizes) for row in form.rows]
        rows = tuple(row for row in changed if row is not None)
        free = {letter for axis in form.output for letter in axis}
        found = {
            letter: _extent(row, letter, sizes) for row in rows for letter in (row.i, row.u, row.a) if letter in free
        }
        if min(found.values(), default=0) < 1 or len(rows) < len(changed):
            return None
        return Multi(replace(form, rows=rows, sizes=tuple((sizes | found).items())), term.operands)

    def transform(work: Work) -> Iterable[Work]:
        return rules(lambda _work: rewrite, work.wrt)(work) if isinstance(work, Gradient) else ()

    return transform


def _extent(row: Row, letter: str, sizes: Extents) -> int:
    """How many values of one letter s i + d u - a = p allows, with the padding p at both ends."""
    s, d, p = int(row.s), int(row.d), int(row.p)  # type: ignore[arg-type]
    if letter == row.a:
        return s * (sizes[row.i] - 1) + d * (sizes[row.u] - 1) + 1 - 2 * p
    other, step, mine = (row.u, d, s) if letter == row.i else (row.i, s, d)
    return (sizes[row.a] + 2 * p - step * (sizes[other] - 1) - 1) // mine + 1


def padded(amount: Callable[[int], int]) -> Change:
    """The padding of dL/dX that goes with another kind of convolution; `amount` gets d (k - 1)."""

    def change(row: Row, sizes: Extents) -> Row | None:
        p = amount(int(row.d) * (sizes[row.u] - 1))  # type: ignore[arg-type]
        return replace(row, p=p) if p else None

    return change


def spread(part: int) -> Change:
    """The full (1) or same (2) correlation in place of dL/dF: the input is padded by the reach of the error terms."""
    return lambda row, sizes: replace(row, p=int(row.s) * (sizes[row.i] - 1) // part)  # type: ignore[arg-type]


_ENDS: tuple[Callable[[int], int], ...] = (lambda _gap: 0, lambda gap: gap)
_MIDDLES: tuple[Callable[[int], int], ...] = (lambda gap: gap // 2, lambda gap: gap - gap // 2)


def full_for_valid(work: Work) -> Iterable[Work]:
    """The full correlation of input and error terms where the valid one belongs, both ways round.

    All of it, or cut to the size that is asked for or to the input's (a same convolution).
    """

    def rewrite(term: Term) -> Term | None:
        if not isinstance(term, Multi) or not term.form.rows or role(term.form, "u") is not None:
            return None
        sizes = {x: int(n) for x, n in term.form.sizes}  # type: ignore[arg-type]
        wider = {row.u: sizes[row.a] + sizes[row.i] - 1 for row in term.form.rows}

        return sizes_changed(term, wider, lambda row: replace(row, p=sizes[row.i] - 1))

    if not isinstance(work, Gradient):
        return
    asked, whole = (work.tensors.get(name) for name in (work.wrt[0], "X"))
    cuts = [changes.part(ints(asked.shape), low) for low in _ENDS] if asked is not None else []
    cuts += [changes.part(ints(whole.shape), low) for low in (*_ENDS, *_MIDDLES)] if whole is not None else []
    for wide in rules(lambda _work: rewrite)(work):
        for found in (wide, *flipped_operand("i")(wide)):
            yield found
            yield from result(*cuts)(found)


def smaller(kind: str, kernel: int, output: int) -> Transform:
    """Of a full convolution only the same or the valid part; the rest is left out, or filled with 0.

    Shapes  full output + kernel - 1, same output, valid output - kernel + 1, per axis of a matrix.
    """
    whole = (output + kernel - 1,) * 2
    size = output if kind == "same" else output - kernel + 1
    lows = {(kernel - 1) // 2, kernel // 2} if kind == "same" else {kernel - 1}
    corners = sorted(product(lows, repeat=2), key=lambda low: (low[0] != low[1], low))
    crops = [changes.cropped(low, (size, size)) for low in corners]
    frames = [changes.framed(low, (size, size), whole) for low in corners]
    return result(*crops, *frames)
