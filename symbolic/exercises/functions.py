"""TABLE of the functions that an answer may call. A new one is one row.

"conv" is cross-correlation, as in the frameworks: the kernel is not flipped, and rot180 is written out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from symbolic.exercises import arrays
from symbolic.exercises.arrays import Grid
from symbolic.exercises.refusal import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from symbolic.exercises.meter import Meter

WINDOW_LIMIT = 64  # of a stride, padding or dilation


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments, which integer options, and what is computed from (meter, arguments, options)."""

    arity: frozenset[int]
    apply: Callable[[Meter, tuple[Grid, ...], Mapping[str, int]], Grid]
    options: frozenset[str] = frozenset()


def plain(name: str) -> str:
    """full_conv, fullConv and conv2d's relatives: case and underscores do not matter."""
    return name.replace("_", "").lower()


def _correlate(mode: str, meter: Meter, given: tuple[Grid, ...], options: Mapping[str, int]) -> Grid:
    return arrays.correlate(meter, given[0], given[1], mode=mode, **options)


def _matrix(_meter: Meter, given: tuple[Grid, ...], _options: Mapping[str, int]) -> Grid:
    """Matrix([[a, b], [c, d]]), Matrix([a, b]) as a column, Matrix(2, 2, [a, b, c, d])."""
    if len(given) == 3:
        rows, columns = (whole(size) for size in given[:2])
        if rows < 1 or columns < 1 or given[2].shape != (rows * columns,):
            raise Unreadable("matrix_sizes")
        return Grid((rows, columns), given[2].entries)
    (grid,) = given
    if not grid.shape:
        raise Unreadable("not_a_list")
    return Grid((*grid.shape, 1), grid.entries) if len(grid.shape) == 1 else grid


def whole(grid: Grid) -> int:
    """Return the whole number that a scalar is, or -1."""
    number = None if grid.shape else grid.entries[0].constant
    return int(number) if number is not None and number.denominator == 1 else -1


def _array(_meter: Meter, given: tuple[Grid, ...], _options: Mapping[str, int]) -> Grid:
    if not given[0].shape:
        raise Unreadable("not_a_list")
    return given[0]


def _rational(meter: Meter, given: tuple[Grid, ...], _options: Mapping[str, int]) -> Grid:
    values = [grid.entries[0].constant if not grid.shape else None for grid in given]
    if None in values:
        raise Unreadable("not_numbers")
    if values[-1] == 0 and len(values) == 2:
        raise Unreadable("division_by_zero")
    below = values[1] if len(values) == 2 else None
    return given[0] if below is None else given[0].map(lambda above: meter.scaled(above, 1 / below))


_TWO = frozenset({2})
_ONE = frozenset({1})
_WINDOW = frozenset({"stride", "padding", "dilation"})
_VALID = Function(_TWO, partial(_correlate, "valid"), _WINDOW)
_FULL = Function(_TWO, partial(_correlate, "full"), frozenset({"dilation"}))
_SAME = Function(_TWO, partial(_correlate, "same"), frozenset({"dilation"}))
_ROT180 = Function(_ONE, lambda _meter, given, _options: arrays.rot180(given[0]))
_MATRIX = Function(frozenset({1, 3}), _matrix)
_ARRAY = Function(_ONE, _array)
_RATIONAL = Function(frozenset({1, 2}), _rational)

FUNCTIONS: dict[str, Function] = {
    **dict.fromkeys(("conv", "corr", "conv1d", "conv2d", "validconv", "convvalid", "validcorr"), _VALID),
    **dict.fromkeys(("fullconv", "convfull", "fullcorr", "wideconv"), _FULL),
    **dict.fromkeys(("sameconv", "convsame", "samecorr"), _SAME),
    **dict.fromkeys(("rot180", "rotate180", "flip"), _ROT180),
    **dict.fromkeys(("matrix", "immutablematrix", "mutabledensematrix", "immutabledensematrix"), _MATRIX),
    **dict.fromkeys(("array", "immutabledensendimarray", "asarray"), _ARRAY),
    **dict.fromkeys(("rational", "fraction", "integer"), _RATIONAL),
    "transpose": Function(_ONE, lambda _meter, given, _options: arrays.transpose(given[0])),
    "matmul": Function(_TWO, lambda meter, given, _options: arrays.matmul(meter, *given)),
    "hadamard": Function(_TWO, lambda meter, given, _options: arrays.hadamard(meter, *given)),
}
