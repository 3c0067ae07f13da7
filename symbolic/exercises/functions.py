"""TABLE of the functions that an answer may call. A new one is one row.

"conv" is cross-correlation, as in the frameworks: the kernel is not flipped, and rot180 is written out. Names that
a library has mean what they mean there: convolve2d flips the kernel and is full by default, as in SciPy; flip, rot90
and pad are NumPy's; conv_transpose2d is PyTorch's. Which library a name came from is not asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from symbolic.exercises import arrays, moves
from symbolic.exercises.arrays import Grid
from symbolic.exercises.refusal import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from symbolic.exercises.meter import Meter

WINDOW_LIMIT = 64  # of a stride, padding or dilation
Option: TypeAlias = "int | str | tuple[int, ...]"
Options: TypeAlias = "Mapping[str, Option]"
Given: TypeAlias = tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments, which options, and what is computed from (meter, arguments, options).

    Options are whole numbers (stride, padding, dilation, output_padding, k), words (mode) or axes (axis, dims).
    """

    arity: frozenset[int]
    apply: Callable[[Meter, Given, Options], Grid]
    options: frozenset[str] = frozenset()


def plain(name: str) -> str:
    """full_conv, fullConv and conv2d's relatives: case and underscores do not matter."""
    return name.replace("_", "").lower()


def whole(grid: Grid) -> int | None:
    """Return the whole number that a scalar is, or None."""
    number = None if grid.shape else grid.entries[0].constant
    return int(number) if number is not None and number.denominator == 1 else None


def axes(grid: Grid, at: int | None = None) -> tuple[int, ...]:
    """Whole numbers of a scalar or a list: an axis, or several.

    Raises  Unreadable (whole_numbers).
    """
    found = [whole(Grid.scalar(entry)) for entry in grid.entries[:9]]
    if len(grid.shape) > 1 or None in found:
        raise Unreadable("whole_numbers", at)
    return tuple(number for number in found if number is not None)


# -- convolutions ----------------------------------------------------------------------------------


def _correlate(default: str, meter: Meter, given: Given, options: Options) -> Grid:
    """Cross-correlation; `mode`, or a word as `padding`, names the part that is kept."""
    numbers = {name: value for name, value in options.items() if isinstance(value, int)}
    words = [value for value in options.values() if isinstance(value, str)]
    mode = words[0] if words else default
    if not mode:
        raise Unreadable("which_mode")
    if len(words) > 1 or (mode != "valid" and numbers.keys() - {"dilation"}):
        raise Unreadable("mode_alone", name=mode)
    return arrays.correlate(meter, given[0], given[1], mode=mode, **numbers)


def _convolve(default: str, meter: Meter, given: Given, options: Options) -> Grid:
    """True convolution: everything seen from the other end, the kernel as it stands."""
    turned = (moves.rot180(given[0]), given[1])
    return moves.rot180(_correlate(default, meter, turned, options))


def _transposed(_default: str, meter: Meter, given: Given, options: Options) -> Grid:
    numbers = {name: value for name, value in options.items() if isinstance(value, int)}
    return arrays.scatter(meter, given[0], given[1], **numbers)


# -- moves -----------------------------------------------------------------------------------------


def _flip(_meter: Meter, given: Given, options: Options) -> Grid:
    """flip(F), flip(F, 0), flip(F, [0, 1]), F.flip(0, 1), flip(F, axis=(0, 1))."""
    named = [value for value in options.values() if isinstance(value, tuple)]
    chosen = [axis for grid in given[1:] for axis in axes(grid)]
    if len(named) + bool(chosen) > 1:
        raise Unreadable("axes_twice")
    return moves.flip(given[0], named[0] if named else chosen or None)


def _turned(_meter: Meter, given: Given, options: Options) -> Grid:
    """rot90(F), rot90(F, 2), rot90(F, k=2); the plane of the axes (0, 1) is the only one a matrix has."""
    times = options.get("k", whole(given[1]) if len(given) > 1 else 1)
    plane = axes(given[2]) if len(given) > 2 else options.get("dims", options.get("axes", (0, 1)))
    if not isinstance(times, int) or plane != (0, 1):
        raise Unreadable("whole_numbers")
    return moves.quarter_turns(given[0], times)


def _by_degrees(_meter: Meter, given: Given, _options: Options) -> Grid:
    degrees = whole(given[1])
    if degrees != 180:
        raise Unreadable("degrees")
    return moves.rot180(given[0])


def _transpose(_meter: Meter, given: Given, _options: Options) -> Grid:
    """transpose(F), F.transpose(0, 1)."""
    chosen = [axis for grid in given[1:] for axis in axes(grid)]
    if len(given) > 1 and sorted(axis % 2 for axis in chosen if -2 <= axis < 2) != [0, 1]:
        raise Unreadable("axes", got=", ".join(map(str, chosen)), rank=2)
    return moves.transpose(given[0])


def _sum(meter: Meter, given: Given, options: Options) -> Grid:
    """sum(A), sum(A, axis=0), A.sum((1, 2)): over all axes, or over the given ones."""
    named = [value for value in options.values() if isinstance(value, tuple)]
    chosen = [axis for grid in given[1:] for axis in axes(grid)]
    if len(named) + bool(chosen) > 1:
        raise Unreadable("axes_twice")
    return arrays.summed(meter, given[0], named[0] if named else chosen or range(len(given[0].shape)))


def _mean(meter: Meter, given: Given, options: Options) -> Grid:
    total = _sum(meter, given, options)
    count = Fraction(len(total.entries), len(given[0].entries))
    return total.map(lambda entry: meter.scaled(entry, count))


def _pad(_meter: Meter, given: Given, _options: Options) -> Grid:
    width = whole(given[1])
    if width is None or not 0 <= width <= WINDOW_LIMIT:
        raise Unreadable("option_value", name="pad", least=0, most=WINDOW_LIMIT)
    return moves.pad(given[0], width)


# -- constructors ----------------------------------------------------------------------------------


def _matrix(_meter: Meter, given: Given, _options: Options) -> Grid:
    """Matrix([[a, b], [c, d]]), Matrix([a, b]) as a column, Matrix(2, 2, [a, b, c, d])."""
    if len(given) == 3:
        rows, columns = whole(given[0]) or 0, whole(given[1]) or 0
        if rows < 1 or columns < 1 or given[2].shape not in {(rows * columns,), (rows, columns)}:
            raise Unreadable("matrix_sizes")
        return Grid((rows, columns), given[2].entries)
    (grid,) = given
    if not grid.shape:
        raise Unreadable("not_a_list")
    return Grid((*grid.shape, 1), grid.entries) if len(grid.shape) == 1 else grid


def _number(_meter: Meter, given: Given, _options: Options) -> Grid:
    """float64(48.0), as NumPy prints the numbers of a list; S(48), as SymPy users make them exact."""
    if given[0].shape:
        raise Unreadable("not_numbers")
    return given[0]


def _rational(meter: Meter, given: Given, _options: Options) -> Grid:
    values = [grid.entries[0].constant if not grid.shape else None for grid in given]
    if None in values:
        raise Unreadable("not_numbers")
    if values[-1] == 0 and len(values) == 2:
        raise Unreadable("division_by_zero")
    below = values[1] if len(values) == 2 else None
    return given[0] if below is None else given[0].map(lambda above: meter.scaled(above, 1 / below))


_ONE, _TWO = frozenset({1}), frozenset({2})
_VALID = Function(_TWO, partial(_correlate, "valid"), frozenset({"stride", "padding", "dilation", "mode"}))
_FULL = Function(_TWO, partial(_correlate, "full"), frozenset({"dilation"}))
_SAME = Function(_TWO, partial(_correlate, "same"), frozenset({"dilation"}))
_MODE = frozenset({"mode"})
_AXES = frozenset({"axis", "axes", "dims", "dim"})
_ARRAY = Function(_ONE, lambda _meter, given, _options: given[0])
_ROT180 = Function(_ONE, lambda _meter, given, _options: moves.rot180(given[0]))
_TRANSPOSE = Function(frozenset({1, 3}), _transpose)
_PRODUCT = Function(_TWO, lambda meter, given, _options: arrays.matmul(meter, *given))
_ELEMENTWISE = Function(_TWO, lambda meter, given, _options: arrays.hadamard(meter, *given))
_SCATTER = Function(_TWO, partial(_transposed, ""), frozenset({"stride", "padding", "dilation", "output_padding"}))

FUNCTIONS: dict[str, Function] = {
    **dict.fromkeys(("conv", "corr", "conv1d", "conv2d", "validconv", "convvalid", "validcorr", "xcorr"), _VALID),
    **dict.fromkeys(("fullconv", "convfull", "fullcorr", "wideconv"), _FULL),
    **dict.fromkeys(("sameconv", "convsame", "samecorr"), _SAME),
    "correlate": Function(_TWO, partial(_correlate, ""), _MODE),  # full in SciPy, valid in NumPy: it must be said
    "correlate2d": Function(_TWO, partial(_correlate, "full"), _MODE),
    **dict.fromkeys(("convolve2d", "convolve", "conv2"), Function(_TWO, partial(_convolve, "full"), _MODE)),
    **dict.fromkeys(("convtranspose", "convtranspose1d", "convtranspose2d", "transposedconv"), _SCATTER),
    **dict.fromkeys(("rot180", "rotate180"), _ROT180),
    **dict.fromkeys(("rot", "rotate"), Function(_TWO, _by_degrees)),
    "flip": Function(frozenset({1, 2, 3}), _flip, _AXES),
    "flipud": Function(_ONE, lambda _meter, given, _options: moves.flip(given[0], [0])),
    "fliplr": Function(_ONE, lambda _meter, given, _options: moves.flip(given[0], [1])),
    "rot90": Function(frozenset({1, 2, 3}), _turned, frozenset({"k", "axes", "dims"})),
    "pad": Function(_TWO, _pad),
    "sum": Function(frozenset({1, 2}), _sum, _AXES),
    "mean": Function(frozenset({1, 2}), _mean, _AXES),
    **dict.fromkeys(("transpose", "t"), _TRANSPOSE),
    **dict.fromkeys(("matrix", "immutablematrix", "mutabledensematrix", "immutabledensematrix"),
                    Function(frozenset({1, 3}), _matrix)),
    **dict.fromkeys(("array", "immutabledensendimarray", "asarray", "tensor"), _ARRAY),
    **dict.fromkeys(("s", "float16", "float32", "float64", "int32", "int64"), Function(_ONE, _number)),
    **dict.fromkeys(("rational", "fraction", "integer"), Function(frozenset({1, 2}), _rational)),
    **dict.fromkeys(("matmul", "dot", "mm"), _PRODUCT),
    **dict.fromkeys(("hadamard", "multiply"), _ELEMENTWISE),
}  # fmt: skip
