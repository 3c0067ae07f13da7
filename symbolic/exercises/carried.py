"""One wrong value in the middle, carried on correctly: every wrong number follows from it.

In a calculation with numbers each named scalar on the way (S, y1) and each of their error terms may be the place of
the slip. The answer is written as a polynomial in that one value; an entry in which it is linear gives the value, and
all the others have to agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from symbolic.exercises.sheet import statement
from symbolic.exercises.work import Gradient
from symbolic.terms.term import Grad, Leaf, Node, Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from symbolic.exercises.arrays import Grid
    from symbolic.exercises.exercise import Exercise

LEAST = 2  # wrong entries: one gives the value, another has to confirm it
FINEST = 1000  # denominator of a value that someone may have calculated with


@dataclass(frozen=True)
class Carried:
    """A value on the way and what was taken for it: S = 233, or dL/dy1 = -4700."""

    name: str
    value: Fraction


class Chain:
    """The answer of an exercise as polynomials in one value on the way."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise

    def carried(self, given: Grid, wrong: list[int]) -> Iterator[Carried]:
        """The values from which all wrong entries, and the right ones, follow."""
        if len(wrong) < LEAST or any(entry.constant is None for entry in given.entries) or not any(given.entries):
            return
        for name, symbol, grid in self._written:
            value = next(filter(None, (_solved(given, grid, symbol, place) for place in wrong)), None)
            if value is None or value.denominator > FINEST or grid.shape != given.shape:
                continue
            if all(
                entry.at({symbol: value}) == mine.constant
                for entry, mine in zip(grid.entries, given.entries, strict=True)
            ):
                yield Carried(name, value)

    @cached_property
    def _written(self) -> list[tuple[str, str, Grid]]:
        """Name, symbol and the answer in that symbol, for every scalar that the sheet names."""
        work = self.exercise.work
        if not isinstance(work, Gradient) or work.stands or work.kept or work.changes or self.exercise.truth_symbols:
            return []
        work = work.fresh()
        text = statement(self.exercise)
        found = []
        for name, tensor in work.tensors.items():
            if isinstance(tensor, Node) and not tensor.shape and re.search(rf"\b{re.escape(name)}\b", text):
                found.append((name, name, replace(work, kept=frozenset({name})).grid()))
                found.append((f"∂L/∂{name}", "slope", _with_slope(work, tensor).grid()))
        return found


def _with_slope(work: Gradient, tensor: Tensor) -> Gradient:
    """The work with the symbol `slope` for the error term of a result."""
    slope = Leaf("slope", ())
    return replace(work, rules={**work.rules, tensor: slope}, stands={Grad(work.loss, tensor): slope})


def _solved(given: Grid, grid: Grid, symbol: str, place: int) -> Fraction | None:
    """The value of the symbol that an entry was calculated with; None where the entry is not linear in it."""
    terms, mine = grid.entries[place].terms, given.entries[place].constant
    slope = terms.get(((symbol, 1),))
    if slope is None or mine is None or not set(terms) <= {(), ((symbol, 1),)}:
        return None
    return (mine - terms.get((), 0)) / slope
