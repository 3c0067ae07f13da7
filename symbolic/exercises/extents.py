"""Windows with another stride, dilation or padding: at the size that was asked for, and at the size they then have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from symbolic.exercises.transforms import Transform, either, rows_changed, rules
from symbolic.exercises.work import Gradient, Work
from symbolic.index import Row
from symbolic.term import Multi, Term

Extents = Mapping[str, int]
Change = Callable[[Row, Extents], Row]  # a row, and the extents of its letters


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
        rows = tuple(change(row, sizes) for row in form.rows)
        free = {letter for axis in form.output for letter in axis}
        found = {
            letter: _extent(row, letter, sizes) for row in rows for letter in (row.i, row.u, row.a) if letter in free
        }
        if min(found.values(), default=0) < 1:
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
    return lambda row, sizes: replace(row, p=amount(int(row.d) * (sizes[row.u] - 1)))  # type: ignore[arg-type]


def spread(part: int) -> Change:
    """The full (1) or same (2) correlation in place of dL/dF: the input is padded by the reach of the error terms."""
    return lambda row, sizes: replace(row, p=int(row.s) * (sizes[row.i] - 1) // part)  # type: ignore[arg-type]
