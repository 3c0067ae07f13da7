"""Moves of whole arrays: what a NumPy or PyTorch user does to a filter before the convolution.

Axes and slices count from 0, as there. Nothing is multiplied here; sizes are bounded before anything is built.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from symbolic.exercises import limits
from symbolic.exercises.arrays import Grid, show
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.refusal import Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

Part = int | slice


def transpose(grid: Grid) -> Grid:
    """Exchange the two axes of a matrix; a list becomes a column."""
    if len(grid.shape) == 1:
        return Grid((*grid.shape, 1), grid.entries)
    if len(grid.shape) != 2:
        raise Unreadable("transpose_rank", got=show(grid.shape))
    rows, columns = grid.shape
    return Grid((columns, rows), tuple(grid.entries[i * columns + j] for j, i in product(range(columns), range(rows))))


def rot180(grid: Grid) -> Grid:
    """Rotate a matrix by 180 degrees, or reverse a vector."""
    if len(grid.shape) not in {1, 2}:
        raise Unreadable("rotate_rank", got=show(grid.shape))
    return Grid(grid.shape, grid.entries[::-1])


def flip(grid: Grid, axes: Sequence[int] | None = None) -> Grid:
    """Reverse the given axes, or all of them; axis 0 is F[::-1, :].

    Raises  Unreadable (axes): an axis that the array does not have, or twice the same.
    """
    chosen = range(len(grid.shape)) if axes is None else [_axis(axis, grid) for axis in axes]
    if len(set(chosen)) != len(chosen):
        raise Unreadable("axes", got=", ".join(map(str, axes or ())), rank=len(grid.shape))
    return part(grid, [slice(None, None, -1 if axis in chosen else 1) for axis in range(len(grid.shape))])


def _axis(axis: int, grid: Grid) -> int:
    if not -len(grid.shape) <= axis < len(grid.shape):
        raise Unreadable("axes", got=axis, rank=len(grid.shape))
    return axis % len(grid.shape)


def quarter_turns(grid: Grid, times: int) -> Grid:
    """Rotate a matrix by 90 degrees, against the clock as numpy.rot90, so many times."""
    for _ in range(times % 4):
        grid = flip(transpose(grid), [0])
    return grid


def pad(grid: Grid, width: int) -> Grid:
    """Zeros around every axis, as numpy.pad(A, width)."""
    shape = tuple(size + 2 * width for size in grid.shape)
    if prod(shape) > limits.ENTRIES:
        raise Unreadable("too_many_entries", limit=limits.ENTRIES)
    inside = dict(zip(product(*map(range, grid.shape)), grid.entries, strict=True))
    zero = Polynomial({})
    places = product(*(range(-width, size + width) for size in grid.shape))
    return Grid(shape, tuple(inside.get(place, zero) for place in places))


def part(grid: Grid, parts: Sequence[Part]) -> Grid:
    """A[0, 1:], A[::-1]: integers take one place away from the shape, slices keep the axis, the rest is whole.

    Raises  Unreadable: more parts than axes, no such place, nothing left.
    """
    if len(parts) > len(grid.shape):
        raise Unreadable("index_count", got=len(parts), rank=len(grid.shape))
    chosen: list[Sequence[int]] = []
    for given, size in zip([*parts, *[slice(None)] * (len(grid.shape) - len(parts))], grid.shape, strict=True):
        if isinstance(given, slice):
            chosen.append(range(size)[given])
        elif not -size <= given < size:
            raise Unreadable("no_such_place", name=f"[{given}]", last=size - 1, first="X_11")
        else:
            chosen.append([given % size])
    if not all(chosen):
        raise Unreadable("empty_list")
    strides = [prod(grid.shape[axis + 1 :]) for axis in range(len(grid.shape))]
    entries = tuple(
        grid.entries[sum(i * stride for i, stride in zip(place, strides, strict=True))] for place in product(*chosen)
    )
    kept = [len(places) for axis, places in enumerate(chosen) if axis >= len(parts) or isinstance(parts[axis], slice)]
    return Grid(tuple(kept), entries)
