"""Table: the exact polynomial in every entry of an array, as integer arrays.

One row is one monomial: the flat position of the entry it belongs to, the ids of its generators in ascending
order (-1 where there are fewer), and an integer coefficient over one common denominator. Sorted and merged,
two arrays are equal exactly when their tables are, so that comparing (28,5) takes milliseconds and no
polynomial over thousands of symbols is ever built.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Numbers = NDArray[Any]  # int64, or Python ints (dtype object) where int64 would overflow
_LIMIT = 2**62


@dataclass(frozen=True, eq=False)
class Table:
    """Polynomials over the rationals, one per entry of an array with `size` entries, in canonical order."""

    size: int
    entries: Ints
    gens: Ints
    num: Numbers
    den: int = 1

    @property
    def degree(self) -> int:
        """The number of generator columns."""
        return int(self.gens.shape[1])

    def __len__(self) -> int:
        """The number of monomials in all entries together."""
        return len(self.entries)

    def same(self, other: Table) -> bool:
        """Whether the two arrays of polynomials are equal, entry by entry and monomial by monomial."""
        if self.size != other.size or len(self) != len(other):
            return False
        degree = max(self.degree, other.degree)
        return bool(
            np.array_equal(self.entries, other.entries)
            and np.array_equal(padded(self.gens, degree), padded(other.gens, degree))
            and np.array_equal(multiplied(self.num, other.den), multiplied(other.num, self.den))
        )

    def minus(self, other: Table) -> Table:
        """The difference, canonical: empty exactly when the two are equal."""
        return added([self, scaled(other, Fraction(-1))], self.size)

    def monomial(self, row: int) -> tuple[int, tuple[int, ...], Fraction]:
        """(entry, generator ids, coefficient) of one row."""
        ids = tuple(int(g) for g in self.gens[row] if g >= 0)
        return int(self.entries[row]), ids, Fraction(int(self.num[row]), self.den)

    def key(self, entry: int) -> bytes:
        """A canonical name of one entry's polynomial, for generators such as f(z)."""
        low, high = np.searchsorted(self.entries, [entry, entry + 1])
        used = self.gens[low:high]
        used = used[:, (used >= 0).any(axis=0)] if len(used) else used[:, :0]
        numbers = [Fraction(int(n), self.den) for n in self.num[low:high]]
        return repr((used.tolist(), [(x.numerator, x.denominator) for x in numbers])).encode()


def canonical(size: int, entries: Ints, gens: Ints, num: Numbers, den: int = 1) -> Table:
    """Sort generators inside each monomial, sort monomials, merge equal ones, drop zeros."""
    if gens.shape[1] > 1:
        gens = np.sort(gens, axis=1)
    order, fresh = _sorted_order(entries, gens)
    entries, gens, num = entries[order], gens[order], num[order]
    if not fresh.all():
        starts = np.flatnonzero(fresh)
        if num.dtype != object and int(np.abs(num).max(initial=0)) * len(num) >= _LIMIT:
            num = num.astype(object)
        num = np.add.reduceat(num, starts)
        entries, gens = entries[starts], gens[starts]
    keep = num != 0
    if not keep.all():
        entries, gens, num = entries[keep], gens[keep], num[keep]
    return Table(size, entries, gens, num, den)


def _sorted_order(entries: Ints, gens: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """The order that sorts (entry, generators), and where a new monomial begins in it."""
    columns = [entries, *(gens[:, j] for j in range(gens.shape[1]))]
    fresh = np.ones(len(entries), dtype=bool)
    widths = [(int(column.max(initial=0)) + 2).bit_length() for column in columns]
    if sum(widths) <= 62:  # one integer per monomial: sorting it is several times faster than lexsort
        key = columns[0].copy()
        for column, width in zip(columns[1:], widths[1:], strict=True):
            key = (key << width) + (column + 1)
        order = np.argsort(key, kind="stable")
        key = key[order]
        fresh[1:] = key[1:] != key[:-1]
        return order, fresh
    order = np.lexsort(columns[::-1])
    fresh[1:] = False
    for column in columns:
        ranked = column[order]
        fresh[1:] |= ranked[1:] != ranked[:-1]
    return order, fresh


def padded(gens: Ints, degree: int) -> Ints:
    """Generator columns widened with -1 at the front, where canonical order puts it."""
    missing = degree - gens.shape[1]
    return gens if missing == 0 else np.hstack([np.full((len(gens), missing), -1, dtype=np.int64), gens])


def multiplied(num: Numbers, factor: int | Numbers) -> Numbers:
    """Coefficients times a number or times each other; Python ints as soon as int64 might overflow."""
    if isinstance(factor, int):
        if factor == 1:
            return num
        bound = abs(factor)
    else:
        bound = int(np.abs(factor).max(initial=0))
    if num.dtype != object and max(1, int(np.abs(num).max(initial=0))) * bound >= _LIMIT:
        num = num.astype(object)
    return num * factor


def scaled(table: Table, factor: Fraction) -> Table:
    """Every polynomial times a rational number."""
    if factor == 1:
        return table
    if factor == 0:
        return zero(table.size)
    common = gcd(factor.numerator, table.den)
    num = multiplied(table.num, factor.numerator // common)
    return Table(table.size, table.entries, table.gens, num, table.den // common * factor.denominator)


def zero(size: int) -> Table:
    """Zero in every entry."""
    none = np.zeros(0, dtype=np.int64)
    return Table(size, none, none.reshape(0, 0), none)


def added(tables: list[Table], size: int) -> Table:
    """The sum of arrays of one size."""
    degree = max((table.degree for table in tables), default=0)
    den = 1
    for table in tables:
        den = den * table.den // gcd(den, table.den)
    if not tables:
        return zero(size)
    return canonical(
        size,
        np.concatenate([table.entries for table in tables]),
        np.concatenate([padded(table.gens, degree) for table in tables]),
        np.concatenate([multiplied(table.num, den // table.den) for table in tables]),
        den,
    )


def constants(values: list[Fraction] | tuple[Fraction, ...]) -> Table:
    """Numbers without generators."""
    den = 1
    for value in values:
        den = den * value.denominator // gcd(den, value.denominator)
    numbers = [value.numerator * (den // value.denominator) for value in values]
    small = all(abs(number) < _LIMIT for number in numbers)
    num = np.array(numbers, dtype=np.int64 if small else object)
    return canonical(len(values), np.arange(len(values)), np.zeros((len(values), 0), dtype=np.int64), num, den)


def generators(first: int, size: int) -> Table:
    """An array whose entries are the generators first, first + 1, ..."""
    entries = np.arange(size, dtype=np.int64)
    return Table(size, entries, entries.reshape(-1, 1) + first, np.ones(size, dtype=np.int64))


def one_entry(table: Table, entry: int) -> Table:
    """The polynomial of one entry."""
    low, high = np.searchsorted(table.entries, [entry, entry + 1])
    rows = slice(int(low), int(high))
    return Table(1, table.entries[rows] * 0, table.gens[rows], table.num[rows], table.den)


def lined(tables: list[Table]) -> Table:
    """Single polynomials as the entries of one array."""
    parts = [Table(len(tables), t.entries + k, t.gens, t.num, t.den) for k, t in enumerate(tables)]
    return added(parts, len(tables))


def joined(size: int, out: Ints, tables: list[Table], positions: list[Ints], scale: Fraction) -> Table:
    """The sum over t of scale * product over k of tables[k][positions[k][t]], collected at out[t]."""
    chosen = np.arange(len(out))
    gens: list[Ints] = []
    num: Numbers = np.ones(len(out), dtype=np.int64)
    den = 1
    for table, position in zip(tables, positions, strict=True):
        rows, repeat = _matching(table, position[chosen])
        if repeat is not None:
            chosen, num, gens = chosen[repeat], num[repeat], [columns[repeat] for columns in gens]
        gens.append(table.gens[rows])
        if table.num.dtype == object or not (table.num == 1).all():
            num = multiplied(num, table.num[rows])
        den *= table.den
    columns = np.hstack(gens) if gens else np.zeros((len(out), 0), dtype=np.int64)
    return scaled(canonical(size, out[chosen], columns, num, den), scale)


def _matching(table: Table, wanted: Ints) -> tuple[Ints, Ints | None]:
    """For each wanted entry all rows of the table that belong to it: (rows, which wanted entry each is for).

    None for the second where each entry has exactly one row.
    """
    if table.size > 4 * len(table) + 1000:  # a sparse Jacobian has more entries than memory has room to count
        starts = np.searchsorted(table.entries, wanted, side="left")
        counts = np.searchsorted(table.entries, wanted, side="right") - starts
    else:
        every = np.bincount(table.entries, minlength=table.size)
        if len(table) == table.size and (every == 1).all():
            return wanted, None
        starts, counts = (np.cumsum(every) - every)[wanted], every[wanted]
    repeat = np.repeat(np.arange(len(wanted)), counts)
    first = np.cumsum(counts) - counts
    return starts[repeat] + np.arange(len(repeat)) - first[repeat], repeat
