"""What learners do to a finished array: Grid -> Grid. Every change raises NotHere where it has no meaning."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from symbolic.exercises.arrays import Grid
from symbolic.exercises.names import entry_names
from symbolic.exercises.polynomial import Polynomial

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from symbolic.exercises.work import Change


class NotHere(Exception):  # noqa: N818 -- not an error: this misconception is impossible here
    """The change has no meaning for this array."""


def scaled(factor: Fraction | int) -> Change:
    """Every entry times a number."""
    return lambda grid: grid.map(lambda entry: entry.scaled(Fraction(factor)))


def permuted(grid: Grid, axes: Sequence[int]) -> Grid:
    """Axes in another order, as numpy.transpose."""
    shape = tuple(grid.shape[axis] for axis in axes)
    entries = []
    for index in product(*map(range, shape)):
        source = [0] * len(axes)
        for position, axis in zip(index, axes, strict=True):
            source[axis] = position
        entries.append(grid.entries[flat(source, grid.shape)])
    return Grid(shape, tuple(entries))


def transposed(grid: Grid) -> Grid:
    """The last two axes exchanged."""
    if len(grid.shape) < 2:
        raise NotHere
    rank = len(grid.shape)
    return permuted(grid, (*range(rank - 2), rank - 1, rank - 2))


def flipped(*axes: int) -> Change:
    """Reversed along axes, counted from the end as -1, -2."""

    def change(grid: Grid) -> Grid:
        rank = len(grid.shape)
        if any(-axis > rank for axis in axes):
            raise NotHere
        turned = {axis % rank for axis in axes}
        index = [
            [n - 1 - i if axis in turned else i for axis, (i, n) in enumerate(zip(at, grid.shape, strict=True))]
            for at in product(*map(range, grid.shape))
        ]
        return Grid(grid.shape, tuple(grid.entries[flat(at, grid.shape)] for at in index))

    return change


def rot180(grid: Grid) -> Grid:
    """A matrix turned by 180 degrees, or a vector reversed; of more axes the last two."""
    return flipped(*(-1, -2)[: len(grid.shape)])(grid) if grid.shape else _nowhere()


def _nowhere() -> Grid:
    raise NotHere


def cropped(lows: Sequence[int], shape: Sequence[int]) -> Change:
    """The part of `shape` that begins at `lows`."""

    def change(grid: Grid) -> Grid:
        ends = [low + n for low, n in zip(lows, shape, strict=True)]
        if len(grid.shape) != len(lows) or any(e > n for e, n in zip(ends, grid.shape, strict=True)) or min(shape) < 1:
            raise NotHere
        index = product(*(range(low, end) for low, end in zip(lows, ends, strict=True)))
        return Grid(tuple(shape), tuple(grid.entries[flat(at, grid.shape)] for at in index))

    return change


def part(shape: Sequence[int], low: Callable[[int], int]) -> Change:
    """The part of `shape` that begins, per axis, at `low` of how many entries are left out."""

    def change(grid: Grid) -> Grid:
        if len(shape) != len(grid.shape) or any(n > whole for n, whole in zip(shape, grid.shape, strict=True)):
            raise NotHere
        return cropped([low(whole - n) for n, whole in zip(shape, grid.shape, strict=True)], shape)(grid)

    return change


def framed(lows: Sequence[int], shape: Sequence[int], whole: Sequence[int]) -> Change:
    """The part of `shape` at `lows` kept, everything around it 0, in an array of shape `whole`."""
    crop = cropped(lows, shape)

    def change(grid: Grid) -> Grid:
        part = crop(grid)
        entries = [Polynomial({})] * prod(whole)
        places = product(*(range(low, low + n) for low, n in zip(lows, shape, strict=True)))
        for place, entry in zip(places, part.entries, strict=True):
            entries[flat(place, tuple(whole))] = entry
        return Grid(tuple(whole), tuple(entries))

    return change


def copied(position: int) -> Change:
    """One entry written everywhere."""

    def change(grid: Grid) -> Grid:
        if position >= len(grid.entries):
            raise NotHere
        return Grid(grid.shape, (grid.entries[position],) * len(grid.entries))

    return change


def reordered(*order: int) -> Change:
    """The entries in another order."""

    def change(grid: Grid) -> Grid:
        if len(grid.entries) != len(order):
            raise NotHere
        return Grid(grid.shape, tuple(grid.entries[k] for k in order))

    return change


def at(position: int, change: Change) -> Change:
    """Only one entry changed."""

    def changed(grid: Grid) -> Grid:
        entries = list(grid.entries)
        entries[position] = change(Grid((), (entries[position],))).entries[0]
        return Grid(grid.shape, tuple(entries))

    return changed


def put(position: int, value: Fraction | int) -> Change:
    """One entry replaced by a number."""
    return at(position, lambda _grid: Grid.number(value))


def rounded(digits: int) -> Change:
    """Numbers rounded to decimals, or to powers of ten before the point; halves go to the even neighbour."""

    def number(entry: Polynomial) -> Polynomial:
        value = entry.constant
        if value is None:
            raise NotHere
        return Polynomial.number(Fraction(round(value, digits)))

    return lambda grid: grid.map(number)


def cut_off(digits: int) -> Change:
    """Numbers with the decimals after so many left out."""

    def number(entry: Polynomial) -> Polynomial:
        value = entry.constant
        if value is None:
            raise NotHere
        return Polynomial.number(Fraction(int(value * 10**digits), 10**digits))

    return lambda grid: grid.map(number)


def kept(positions: Sequence[int], before: Grid) -> Change:
    """Some entries as they were before."""
    return lambda grid: Grid(
        grid.shape,
        tuple(before.entries[k] if k in positions else entry for k, entry in enumerate(grid.entries)),
    )


def significant(figures: int) -> Change:
    """Numbers rounded to so many significant figures."""

    def number(entry: Polynomial) -> Polynomial:
        value = entry.constant
        if value is None:
            raise NotHere
        if not value:
            return entry
        size = len(str(abs(int(value)))) if abs(value) >= 1 else 0
        return Polynomial.number(Fraction(round(value, figures - size)))

    return lambda grid: grid.map(number)


def coefficients(name: str, shape: tuple[int, ...]) -> Change:
    """The matrix of what stands in front of the entries of `name`: one row per entry, one column per polynomial.

    From dL/dx, which is linear in delta, this makes the matrix C with y = C x.
    """

    def change(grid: Grid) -> Grid:
        rows = [[_in_front(entry, symbol) for entry in grid.entries] for symbol in entry_names(name, shape)]
        return Grid((len(rows), len(grid.entries)), tuple(entry for row in rows for entry in row))

    return change


def _in_front(polynomial: Polynomial, symbol: str) -> Polynomial:
    """The factor of a symbol that occurs with power 1."""
    return Polynomial(
        {
            tuple(power for power in monomial if power != (symbol, 1)): value
            for monomial, value in polynomial.terms.items()
            if (symbol, 1) in monomial
        }
    )


def one_term(which: int) -> Change:
    """Of every sum one term alone, in the order of its symbols: the first (0) or the last (-1)."""

    def chosen(entry: Polynomial) -> Polynomial:
        ordered = sorted(entry.terms.items())
        return Polynomial(dict([ordered[which]])) if ordered else entry

    return lambda grid: grid.map(chosen)


def column_sums(grid: Grid) -> Grid:
    """In every row the sum of all rows."""
    rows, columns = grid.shape
    sums = tuple(Polynomial.total(grid.entries[j::columns]) for j in range(columns))
    return Grid(grid.shape, sums * rows)


def flat(index: Sequence[int], shape: Sequence[int]) -> int:
    """Row-major position of an index."""
    place = 0
    for i, n in zip(index, shape, strict=True):
        place = place * n + i
    return place
