"""Integer tables against polynomials as plain dictionaries."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.kernel.polynomials import (
    Table,
    added,
    canonical,
    constants,
    generators,
    joined,
    multiplied,
    scaled,
    zero,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Monomial = tuple[int, tuple[int, ...]]  # entry, sorted generators
Polys = dict[Monomial, Fraction]
SIZE = 4
WIDE = 2**40  # ids so large that a monomial no longer fits into one integer


def ints(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def naive(table: Table) -> Polys:
    return {(entry, ids): c for entry, ids, c in map(table.monomial, range(len(table)))}


def plus(one: Mapping[Monomial, Fraction], two: Mapping[Monomial, Fraction]) -> Polys:
    total = dict(one)
    for monomial, c in two.items():
        total[monomial] = total.get(monomial, Fraction(0)) + c
    return {monomial: c for monomial, c in total.items() if c}


def times(one: Polys, two: Polys) -> Polys:
    """The products of polynomials of one entry each (entry 0)."""
    total: Polys = {}
    for (_, x), c in one.items():
        for (_, y), d in two.items():
            total = plus(total, {(0, tuple(sorted(x + y))): c * d})
    return total


def at(polys: Polys, entry: int) -> Polys:
    return {(0, ids): c for (e, ids), c in polys.items() if e == entry}


Rows = list[tuple[int, list[int], int]]


@st.composite
def rows(draw: st.DrawFn, size: int = SIZE) -> tuple[Rows, int, int]:
    """Unsorted monomials with repetitions: (entry, generators, coefficient), the degree, the denominator."""
    degree = draw(st.integers(0, 3))
    step = draw(st.sampled_from([1, WIDE]))
    coefficient = st.sampled_from([1, -1, 2, 3, -5, 2**61, -(2**61)])
    ids = st.lists(st.integers(-1, 3), min_size=degree, max_size=degree)
    monomial = st.tuples(st.integers(0, size - 1), ids, coefficient)
    found = draw(st.lists(monomial, max_size=8))
    spread = [(entry, [g * step if g >= 0 else g for g in gens], c) for entry, gens, c in found]
    return spread, degree, draw(st.sampled_from([1, 2, 6]))


def summed(given_rows: tuple[Rows, int, int]) -> Polys:
    total: Polys = {}
    for entry, gens, c in given_rows[0]:
        total = plus(total, {(entry, tuple(sorted(g for g in gens if g >= 0))): Fraction(c, given_rows[2])})
    return total


def table(given_rows: tuple[Rows, int, int], size: int = SIZE) -> Table:
    monomials, degree, den = given_rows
    gens = np.array([gens for _, gens, _ in monomials], dtype=np.int64).reshape(len(monomials), degree)
    return canonical(size, ints([e for e, _, _ in monomials]), gens, ints([c for *_, c in monomials]), den)


@given(rows())
def test_canonical_merges_sorts_and_drops_zeros(given_rows: tuple[Rows, int, int]) -> None:
    result = table(given_rows)
    assert naive(result) == summed(given_rows)
    assert len(naive(result)) == len(result), "a monomial stands twice"
    order = [(e, [-1] * (result.degree - len(ids)) + list(ids)) for e, ids in naive(result)]
    assert order == sorted(order)


@given(rows())
def test_one_polynomial_has_one_table(given_rows: tuple[Rows, int, int]) -> None:
    monomials, degree, den = given_rows
    shuffled = [(e, list(reversed(gens)), c) for e, gens, c in reversed(monomials)]
    one, two = table(given_rows), table((shuffled, degree, den))
    assert one.same(two)
    assert all(one.key(entry) == two.key(entry) for entry in range(SIZE))


@given(rows(), rows())
def test_sums_and_differences(left: tuple[Rows, int, int], right: tuple[Rows, int, int]) -> None:
    one, two = table(left), table(right)
    assert naive(added([one, two], SIZE)) == plus(summed(left), summed(right))
    difference = plus(summed(left), {m: -c for m, c in summed(right).items()})
    assert naive(one.minus(two)) == difference
    assert one.same(two) == (not difference)
    assert all((one.key(e) == two.key(e)) == (not at(difference, e)) for e in range(SIZE))


@given(rows(), rows())
def test_the_first_difference_is_the_smallest(left: tuple[Rows, int, int], right: tuple[Rows, int, int]) -> None:
    difference = table(left).minus(table(right))
    expected = plus(summed(left), {m: -c for m, c in summed(right).items()})
    if expected:
        degree = max(len(ids) for _, ids in expected)
        first = min(expected, key=lambda m: (m[0], (-1,) * (degree - len(m[1])) + m[1]))
        assert difference.monomial(0) == (*first, expected[first])


@given(rows(), st.sampled_from([Fraction(1), Fraction(0), Fraction(-2, 3), Fraction(6), Fraction(10**30, 7)]))
def test_multiples(given_rows: tuple[Rows, int, int], factor: Fraction) -> None:
    expected = {m: c * factor for m, c in summed(given_rows).items() if factor}
    assert naive(scaled(table(given_rows), factor)) == expected


@settings(max_examples=150)
@given(
    rows(3),
    rows(2),
    st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, 2), st.integers(0, 1)), max_size=6),
    st.sampled_from([Fraction(1), Fraction(-3, 2)]),
)
def test_joined_is_the_sum_of_products(
    left: tuple[Rows, int, int],
    right: tuple[Rows, int, int],
    relation: list[tuple[int, int, int]],
    scale: Fraction,
) -> None:
    expected: Polys = {}
    for out, a, b in relation:
        product = times(at(summed(left), a), at(summed(right), b))
        expected = plus(expected, {(out, ids): c * scale for (_, ids), c in product.items()})
    columns = [ints([row[k] for row in relation]) for k in range(3)]
    result = joined(SIZE, columns[0], [table(left, 3), table(right, 2)], columns[1:], scale)
    assert naive(result) == expected


def test_joined_finds_the_rows_of_a_sparse_table() -> None:
    sparse = canonical(10**6, ints([3, 10**5, 10**5]), ints([7, 8, 9]).reshape(-1, 1), ints([1, 2, 3]))
    result = joined(2, ints([0, 1, 1]), [sparse], [ints([3, 10**5, 4])], Fraction(1))
    assert naive(result) == {(0, (7,)): 1, (1, (8,)): 2, (1, (9,)): 3}


@pytest.mark.parametrize("step", [1, WIDE])
def test_both_ways_of_sorting_agree(step: int) -> None:
    random = np.random.default_rng(3)
    entries, gens = random.integers(0, 5, 300), random.integers(-1, 4, (300, 3))
    one = canonical(5, entries, gens, np.ones(300, dtype=np.int64))
    two = canonical(5, entries, np.where(gens > 0, gens * step, gens), np.ones(300, dtype=np.int64))
    assert one.entries.tolist() == two.entries.tolist()
    assert one.num.tolist() == two.num.tolist()
    assert np.where(one.gens > 0, one.gens * step, one.gens).tolist() == two.gens.tolist()


def test_coefficients_grow_into_python_ints() -> None:
    big = 2**61
    many = canonical(1, ints([0] * 9), np.zeros((9, 0), dtype=np.int64), ints([big] * 9))
    assert naive(many) == {(0, ()): 9 * big}
    power = many
    for _ in range(3):
        power = joined(1, ints([0]), [power, many], [ints([0]), ints([0])], Fraction(1))
    assert naive(power) == {(0, ()): (9 * big) ** 4}
    assert naive(scaled(generators(0, 1), Fraction(2**80, 3))) == {(0, (0,)): Fraction(2**80, 3)}
    assert multiplied(ints([2**40]), ints([2**40])).tolist() == [2**80]
    assert multiplied(ints([2**40]), 2**40).tolist() == [2**80]


def test_numbers_beyond_the_range_of_floats_are_exact_too() -> None:
    huge = 10**400
    assert naive(scaled(constants([Fraction(3)]), Fraction(huge))) == {(0, ()): 3 * huge}
    two = joined(1, ints([0]), [constants([Fraction(huge)])] * 2, [ints([0])] * 2, Fraction(1))
    assert naive(two) == {(0, ()): huge**2}
    mixed = added([constants([Fraction(1, huge)]), constants([Fraction(1)])], 1)
    assert naive(mixed) == {(0, ()): 1 + Fraction(1, huge)}


def test_zero_times_anything_is_zero() -> None:
    for factor in (Fraction(10**30), Fraction(10**400), Fraction(-1, 10**30)):
        assert scaled(zero(2), factor).same(zero(2))
        assert scaled(constants([Fraction(0)] * 2), factor).same(zero(2))
    assert added([zero(2), constants([Fraction(1, 10**30)] * 2)], 2).same(constants([Fraction(1, 10**30)] * 2))
    assert added([], 2).same(zero(2))


def test_denominators_need_not_be_lowest() -> None:
    half = Table(1, ints([0]), np.zeros((1, 0), dtype=np.int64), ints([2]), 4)
    assert half.same(constants([Fraction(1, 2)]))
    assert half.key(0) == constants([Fraction(1, 2)]).key(0)
    assert not half.same(constants([Fraction(1, 4)]))


def test_arrays_of_different_sizes_differ() -> None:
    assert not constants([Fraction(1)]).same(constants([Fraction(1), Fraction(0)]))
