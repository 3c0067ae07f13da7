"""The smallest whole numbers at which a wrong answer fails, checked by finite differences of L itself."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from symbolic.exercises.arrays import Grid
from symbolic.exercises.compare import Index, index_of
from symbolic.exercises.names import entry_names
from symbolic.exercises.polynomial import ONE, Polynomial
from symbolic.exercises.work import Gradient
from symbolic.roads.numeric.difference import difference_at
from symbolic.terms.size import ints
from symbolic.terms.term import Leaf

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symbolic.exercises.exercise import Exercise

LARGEST = 6  # of the whole numbers tried; a polynomial of degree n has a non-zero among 1 ... n + 1


@dataclass(frozen=True)
class Counterexample:
    """Values at which answer and truth differ.

    values   symbol -> whole number; symbols that are left out are 0. Empty where the exercise gives the numbers.
    entry    1-based.     yours, truth  both results there.
    checked  whether central differences of L gave the truth, exactly; None where no L belongs to the exercise.
    """

    values: Mapping[str, int]
    entry: Index
    yours: Fraction
    truth: Fraction
    checked: bool | None


def counterexample(exercise: Exercise, given: Sequence[Polynomial], wrong: Sequence[int]) -> Counterexample | None:
    """The example with the fewest symbols that are not 0, and among those the smallest numbers.

    given  the entries of the answer, its kept symbols written out.     wrong  flat positions that differ.
    """
    best: tuple[tuple[int, int, int], int, dict[str, int]] | None = None
    for place in wrong:
        found = smallest(given[place] - exercise.spelled_out(exercise.truth.entries[place]))
        if found is not None:
            size = (len(found), sum(found.values()), place)
            best = min(best, (size, place, found)) if best is not None else (size, place, found)
    if best is None:
        return None
    _, place, values = best
    symbols = {*given[place].symbols, *exercise.spelled_out(exercise.truth.entries[place]).symbols}
    point: dict[str, Fraction | int] = {symbol: values.get(symbol, 0) for symbol in symbols}
    truth = exercise.spelled_out(exercise.truth.entries[place]).at(point)
    return Counterexample(
        values | _settled(exercise, values),
        index_of(place, exercise.truth.shape),
        given[place].at(point),
        truth,
        checked_by_differences(exercise, values, place, truth),
    )


def _settled(exercise: Exercise, values: Mapping[str, int]) -> dict[str, int]:
    """The symbols that others determine, where they are not 0: with p_1 = p_2 = 0 it is p_3 = 1."""
    found = {}
    for name, meaning in exercise.relations.items():
        value = meaning.at({symbol: values.get(symbol, 0) for symbol in meaning.symbols})
        if value:
            found[name] = int(value)
    return found


def smallest(difference: Polynomial) -> dict[str, int] | None:
    """Whole numbers for as few symbols as possible where the polynomial is not 0; None if it is 0."""
    if not difference:
        return None
    if ONE in difference.terms:
        return {}
    support = min((tuple(name for name, _ in monomial) for monomial in difference.terms), key=lambda s: (len(s), s))
    rest = {m: value for m, value in difference.terms.items() if {name for name, _ in m} <= set(support)}
    alone = Polynomial(rest)
    choices = sorted(product(range(1, LARGEST + 1), repeat=len(support)), key=lambda c: (sum(c), c))
    for choice in choices:
        values = dict(zip(support, choice, strict=True))
        if alone.at(values):
            return values
    return None


def checked_by_differences(exercise: Exercise, values: Mapping[str, int], place: int, truth: Fraction) -> bool | None:
    """Whether central differences of L in that entry, by plain loops over its definition, give the same number."""
    work = exercise.work
    if not isinstance(work, Gradient) or work.stands or work.changes or work.last:
        return None
    numbers = {leaf.name: _numbers(work, leaf, values) for leaf in work.tensors.values() if isinstance(leaf, Leaf)}
    slopes = [Polynomial({})] * len(exercise.truth.entries)
    before = 0
    for name in work.wrt:
        size = work.tensors[name].size
        if before <= place < before + size:
            slope = difference_at(work.loss, numbers, name, place - before)
            if slope is None:
                return None
            slopes[place] = Polynomial.number(slope)
        before += size
    result = work.finished(Grid(exercise.truth.shape, tuple(slopes))).entries[place]
    return exercise.spelled_out(result).at({symbol: values.get(symbol, 0) for symbol in result.symbols}) == truth


def _numbers(work: Gradient, leaf: Leaf, values: Mapping[str, int]) -> object:
    """An array of exact numbers for an input: the given ones, or those of the example with 0 elsewhere."""
    shape = ints(leaf.shape)
    found = (
        list(work.numbers[leaf.name].values)
        if leaf.name in work.numbers
        else [Fraction(values.get(name, 0)) for name in entry_names(leaf.name, shape)]
    )
    array = np.empty(len(found), dtype=object)
    array[:] = found
    return array.reshape(shape)
