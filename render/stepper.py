"""The stepper of a layer: for every entry of O and of every gradient the entries that feed it, and its window.

Everything is read off the layer's relation: which products make an entry from `meetings`, where the sliding window
lies from the rows s*i + d*u - e*a = p. The array that windows read stands on a fine grid, one cell per step of the
window, with zeros for padding and for what an input dilation inserts; so does the array that is read on the way back,
where a kernel slides over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from symbolic.terms.size import ints
from symbolic.terms.term import Flip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from render.stepper_layer import Alone, Part
    from symbolic.terms.form import Form
    from symbolic.terms.size import Row
    from symbolic.terms.term import Index, Term

MOST_ENTRIES = 200  # to choose from; beyond, nobody plays
MOST_FACTORS = 4_000  # in the equalities of all of them


@dataclass(frozen=True)
class Grid:
    """Cells row-major: the number of an entry, or None for a zero that was put in; `sizes` are those of the axes.

    places   for every axis where its entries stand.
    """

    sizes: tuple[int, ...]
    places: tuple[tuple[int, ...], ...]

    @cached_property
    def cells(self) -> tuple[int | None, ...]:
        """Cell -> entry."""
        found: list[int | None] = [None] * prod(self.sizes)
        for entry, place in enumerate(product(*self.places)):
            found[self.cell_at(place)] = entry
        return tuple(found)

    @cached_property
    def cell(self) -> dict[int, int]:
        """Entry -> cell."""
        return {entry: cell for cell, entry in enumerate(self.cells) if entry is not None}

    def cell_at(self, place: Sequence[int]) -> int:
        """The cell at a place."""
        total = 0
        for k, size in zip(place, self.sizes, strict=True):
            total = total * size + k
        return total

    @property
    def planes(self) -> tuple[tuple[Index, tuple[tuple[tuple[int, int | None], ...], ...]], ...]:
        """Tables of (cell, entry) along the last two axes, one for every place on the others."""
        height, width = (1, 1, *self.sizes)[-2:]
        numbered = tuple(enumerate(self.cells))
        found = []
        for k, place in enumerate(product(*(range(size) for size in self.sizes[:-2]))):
            starts = range(k * height * width, (k + 1) * height * width, width)
            found.append((place, tuple(numbered[start : start + width] for start in starts)))
        return tuple(found)


@dataclass(frozen=True)
class Choice:
    """What lights up for one entry: (array, cell, number of the product), and the window's cells on one array."""

    lit: tuple[tuple[int, int, int], ...]
    window: tuple[int, tuple[int, ...]] | None


@dataclass(frozen=True)
class Stepping:
    """A grid for every array (the first is that of the error term), and a choice for every entry of every view."""

    grids: tuple[Grid, ...]
    choices: tuple[tuple[Choice, ...], ...]


def weight(layer: Term) -> tuple[int, int]:
    """How many entries there are to choose from, and at most how many factors in the equalities of all."""
    from render.own.unfolding import cost

    arrays = [layer, *layer.parts]
    # every product is written once for each array of it, and holds the others
    return sum(array.size for array in arrays), len(arrays) * cost(layer.body)  # type: ignore[attr-defined]


def stepping(alone: Alone) -> Stepping:
    """The grids and choices of a layer."""
    geometry = _Geometry(alone)
    grids = tuple(geometry.grid(k) for k in range(len(alone.arrays)))
    choices = []
    for view, rows in enumerate(alone.meetings):
        sizes = ints(alone.arrays[view].shape)
        places = product(*(range(n) for n in sizes))
        choices.append(
            tuple(
                Choice(_lit(meetings, grids), geometry.window(view, place, grids))
                for place, meetings in zip(places, rows, strict=True)
            )
        )
    return Stepping(grids, tuple(choices))


def _lit(meetings: Sequence[tuple[Part, ...]], grids: Sequence[Grid]) -> tuple[tuple[int, int, int], ...]:
    numbered = enumerate(meetings, 1)
    return tuple((array, grids[array].cell[entry], number) for number, meeting in numbered for array, entry in meeting)


class _Geometry:
    """Where the entries of a layer's arrays stand on their grids, and where its windows lie."""

    def __init__(self, alone: Alone) -> None:
        self.form: Form = alone.form
        self.shapes = [ints(array.shape) for array in alone.arrays]
        self.slots: dict[int, tuple[tuple[str, ...], ...]] = {0: alone.form.output}
        self.flips: dict[int, tuple[int, ...]] = {}
        twice: set[int] = set()
        for slot, operand in zip(alone.form.operands[-len(alone.slots) :], alone.slots, strict=True):
            source = operand.source if isinstance(operand, Flip) else operand
            k = alone.arrays.index(source)
            twice |= {k} & self.slots.keys()
            self.slots[k] = slot
            self.flips[k] = operand.axes if isinstance(operand, Flip) else ()
        self.lines = {letter: _Line(row, self.form) for row in self.form.rows for letter in (row.i, row.u, row.a)}
        # an array in two places of one product has no window of its own
        self.holder = {} if twice else {role: self._holder(role) for role in "iua"}

    def _holder(self, role: str) -> int | None:
        """The array along whose axes the output (i), the kernel (u) or the input (a) positions run."""
        letters = {getattr(row, role) for row in self.form.rows}
        found = [k for k, slot in self.slots.items() if letters and letters <= {x for axis in slot for x in axis}]
        return found[0] if found else None

    def grid(self, k: int) -> Grid:
        """The cells of an array."""
        sizes, places = [], []
        for axis, extent in enumerate(self.shapes[k]):
            line = self._fine(k, axis)
            sizes.append(line[1] if line else extent)
            places.append(line[0] if line else tuple(range(extent)))
        return Grid(tuple(sizes), tuple(places))

    def _fine(self, k: int, axis: int) -> tuple[tuple[int, ...], int] | None:
        """The places and the extent of an axis along which windows slide."""
        slot = self.slots.get(k, ())
        if axis >= len(slot) or len(slot[axis]) != 1 or slot[axis][0] not in self.lines:
            return None
        letter, line = slot[axis][0], self.lines[slot[axis][0]]
        if k == self.holder.get("a") and letter == line.row.a:
            return tuple(line.e * a - line.first_read for a in range(line.n)), line.reads
        if k == self.holder.get("i") and letter == line.row.i and self.holder.get("u") is not None:
            return tuple(line.s * i - line.first_heard for i in range(line.m)), line.hears
        return None

    def window(self, view: int, place: Index, grids: Sequence[Grid]) -> tuple[int, tuple[int, ...]] | None:
        """The cells that the window for an entry of a view covers, on the input, or for the input on the output."""
        role = next((role for role, k in self.holder.items() if k == view), "")
        over = self.holder.get({"i": "a", "u": "a", "a": "i"}.get(role, ""))
        if over is None or (role == "a" and self.holder.get("u") is None):
            return None
        at = self._letters(view, place)
        sides = [self._side(axis, at, role) for axis in self.slots[over]]
        return over, tuple(grids[over].cell_at(cell) for cell in product(*sides))

    def _letters(self, view: int, place: Index) -> dict[str, int]:
        """The value of every letter at an entry."""
        found: dict[str, int] = {}
        for k, (axis, value) in enumerate(zip(self.slots[view], place, strict=True)):
            rest = self.shapes[view][k] - 1 - value if k in self.flips.get(view, ()) else value
            for letter in reversed(axis):
                rest, found[letter] = divmod(rest, ints((self.form.extent[letter],))[0])
        return found

    def _side(self, axis: tuple[str, ...], at: dict[str, int], role: str) -> list[int]:
        """The places of a window along one axis."""
        if len(axis) == 1 and axis[0] in self.lines:
            line = self.lines[axis[0]]
            return line.window(role, at[getattr(line.row, role)])
        extents = [ints((self.form.extent[letter],))[0] for letter in axis]
        ranges = [[at[letter]] if letter in at else range(n) for letter, n in zip(axis, extents, strict=True)]
        places = []
        for values in product(*ranges):
            place = 0
            for value, n in zip(values, extents, strict=True):
                place = place * n + value
            places.append(place)
        return places


class _Line:
    """One axis: the relation's coefficients and the extents of output (m), kernel (k) and input (n)."""

    def __init__(self, row: Row, form: Form) -> None:
        self.row = row
        self.s, self.d, self.e, self.p = ints((row.s, row.d, row.e, row.p))
        self.m, self.k, self.n = ints(form.extent[letter] for letter in (row.i, row.u, row.a))

    @property
    def first_read(self) -> int:
        """The leftmost fine position of the input that a window reaches or an entry takes."""
        return min(0, -self.p)

    @property
    def reads(self) -> int:
        """Cells of the input's fine grid."""
        last = max(self.e * (self.n - 1), self.s * (self.m - 1) + self.d * (self.k - 1) - self.p)
        return last - self.first_read + 1

    @property
    def first_heard(self) -> int:
        """The same for the output, whose entries lie s apart."""
        return min(0, self.p - self.d * (self.k - 1))

    @property
    def hears(self) -> int:
        """Cells of the output's fine grid."""
        return max(self.s * (self.m - 1), self.e * (self.n - 1) + self.p) - self.first_heard + 1

    def window(self, role: str, at: int) -> list[int]:
        """Where the window for the entry at position `at` of a role lies on this axis."""
        if role == "i":
            return [self.s * at + self.d * u - self.p - self.first_read for u in range(self.k)]
        if role == "u":
            return [self.s * i + self.d * at - self.p - self.first_read for i in range(self.m)]
        return [self.e * at + self.p - self.d * u - self.first_heard for u in reversed(range(self.k))]
