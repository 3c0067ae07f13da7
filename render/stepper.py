"""The stepper of a convolution: for every entry of O, dL/dF and dL/dX the entries that feed it, and its window.

Everything is read off the layer's relation: which products make an entry from `Form.solutions`, where the sliding
window lies from the row s*i + d*u - e*a = p. The image and the error term stand on fine grids, one cell per step of
the window, with zeros for padding and for what a stride or an input dilation inserts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from symbolic.index import ints
from symbolic.term import Multi

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symbolic.form import Form
    from symbolic.term import Index, Node

OUT, KERNEL, IMAGE = "out", "kernel", "image"
MOST_CELLS = 400  # entries to choose from; beyond, nobody plays


@dataclass(frozen=True)
class Grid:
    """Cells of a table, row-major: the number of an entry, or None for a zero that was put in."""

    columns: int
    cells: tuple[int | None, ...]

    @property
    def rows(self) -> tuple[tuple[tuple[int, int | None], ...], ...]:
        """Rows of (cell, entry)."""
        numbered = tuple(enumerate(self.cells))
        return tuple(numbered[k : k + self.columns] for k in range(0, len(numbered), self.columns))

    def cell(self, entry: int) -> int:
        """The cell of an entry."""
        return self.cells.index(entry)


@dataclass(frozen=True)
class Choice:
    """What lights up for one entry: (grid, cell, number of the product), and the window's cells in one grid."""

    lit: tuple[tuple[str, int, int], ...]
    window: tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class Stepping:
    """Grids by name (out is that of the error term) and, by what is computed, a choice for every entry."""

    grids: dict[str, Grid]
    choices: dict[str, tuple[Choice, ...]]


def stepping(layer: Node) -> Stepping:
    """The grids and choices of a layer O = conv(image, kernel) on one image, in one or two dimensions.

    Raises TypeError for any other layer, ValueError for one with too many entries.
    """
    form = form_of(layer)
    extents = [ints(form.extent[letter] for letter in (row.i, row.u, row.a)) for row in form.rows]
    steps = [ints((row.s, row.d, row.e, row.p)) for row in form.rows]
    lines = [_Line(*step, *extent) for step, extent in zip(steps, extents, strict=True)]
    entries = sum(prod(line.extent(of) for line in lines) for of in (OUT, KERNEL, IMAGE))
    if entries > MOST_CELLS:
        raise ValueError(f"a stepper has at most {MOST_CELLS} entries to choose from; {layer!r} has {entries}")
    read = [[line.e * a - line.first_read for a in range(line.n)] for line in lines]
    heard = [[line.s * i - line.first_heard for i in range(line.m)] for line in lines]
    grids = {
        OUT: _grid(heard, [line.hears for line in lines]),
        KERNEL: _grid([range(line.k) for line in lines], [line.k for line in lines]),
        IMAGE: _grid(read, [line.reads for line in lines]),
    }
    return Stepping(grids, {of: _choices(of, form, grids, lines) for of in grids})


def form_of(layer: Node) -> Form:
    """The relation of a layer whose operands are a kernel and an image, in this order, and nothing else."""
    body = layer.body
    if isinstance(body, Multi) and body.operands == layer.args[::-1] and 1 <= len(body.form.rows) <= 2:
        form, rows = body.form, body.form.rows
        tied = [tuple((getattr(row, letter),) for row in rows) for letter in ("i", "u", "a")]
        slots = [
            tuple(axis for axis in slot if axis in found)
            for slot, found in zip((form.output, *form.operands), tied, strict=True)
        ]
        bound = {letter for found in tied for (letter,) in found}
        if slots == tied and all(form.extent[letter] == 1 for letter in form.letters if letter not in bound):
            return form
    raise TypeError(f"a stepper shows one image and one filter in one or two dimensions, without bias; got {layer!r}")


@dataclass(frozen=True)
class _Line:
    """One axis: the relation's coefficients and the extents of output, kernel and image."""

    s: int
    d: int
    e: int
    p: int
    m: int
    k: int
    n: int

    @property
    def first_read(self) -> int:
        """The leftmost fine position of the image that a window reaches or an entry takes."""
        return min(0, -self.p)

    @property
    def reads(self) -> int:
        """Cells of the image's fine grid."""
        last = max(self.e * (self.n - 1), self.s * (self.m - 1) + self.d * (self.k - 1) - self.p)
        return last - self.first_read + 1

    @property
    def first_heard(self) -> int:
        """The same for the error term, whose entries lie s apart."""
        return min(0, self.p - self.d * (self.k - 1))

    @property
    def hears(self) -> int:
        """Cells of the error term's fine grid."""
        return max(self.s * (self.m - 1), self.e * (self.n - 1) + self.p) - self.first_heard + 1

    def window(self, of: str, at: int) -> list[int]:
        """Where the window for entry `at` of `of` lies on this axis: on the image, for the image on the error term."""
        if of == OUT:
            return [self.s * at + self.d * u - self.p - self.first_read for u in range(self.k)]
        if of == KERNEL:
            return [self.s * i + self.d * at - self.p - self.first_read for i in range(self.m)]
        return [self.e * at + self.p - self.d * u - self.first_heard for u in reversed(range(self.k))]

    def extent(self, of: str) -> int:
        """The number of entries along this axis."""
        return {OUT: self.m, KERNEL: self.k, IMAGE: self.n}[of]


def _choices(of: str, form: Form, grids: dict[str, Grid], lines: Sequence[_Line]) -> tuple[Choice, ...]:
    """One per entry; its products are numbered in the order in which the window runs."""
    out, (kernel, image) = form.solutions()
    flat = {OUT: out.tolist(), KERNEL: kernel.tolist(), IMAGE: image.tolist()}
    first, second = {OUT: (IMAGE, KERNEL), KERNEL: (OUT, IMAGE), IMAGE: (OUT, KERNEL)}[of]
    products = sorted(zip(flat[of], flat[first], flat[second], strict=True))
    found = []
    for entry, place in enumerate(product(*(range(line.extent(of)) for line in lines))):
        terms = [(one, other) for made, one, other in products if made == entry]
        lit = [
            (name, grids[name].cell(part), number)
            for number, term in enumerate(terms, 1)
            for name, part in zip((first, second), term, strict=True)
        ]
        found.append(Choice(tuple(lit), _window(of, place, grids, lines)))
    return tuple(found)


def _window(of: str, place: Index, grids: dict[str, Grid], lines: Sequence[_Line]) -> tuple[str, tuple[int, ...]]:
    over = OUT if of == IMAGE else IMAGE
    sides = [line.window(of, at) for line, at in zip(lines, place, strict=True)]
    return over, tuple(_cell(cell, grids[over].columns) for cell in product(*sides))


def _grid(positions: Sequence[Sequence[int]], sizes: Sequence[int]) -> Grid:
    """Entries at the given positions of every axis, zeros elsewhere; one axis makes one row."""
    cells: list[int | None] = [None] * prod(sizes)
    for entry, place in enumerate(product(*positions)):
        cells[_cell(place, sizes[-1])] = entry
    return Grid(sizes[-1], tuple(cells))


def _cell(place: Index, columns: int) -> int:
    return place[0] if len(place) == 1 else place[0] * columns + place[1]
