"""A failure made smaller: sizes first, then numbers, as long as the same thing stays wrong."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from symbolic.exercises.cases import usable
from symbolic.exercises.probes import LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from symbolic.exercises.cases import Case
    from symbolic.exercises.trials import Source

SECONDS = 3.0  # that making a failure smaller may take


class Shrinker:
    """Makes one failure smaller.

    fails  whether the same thing is wrong at another case.     smooth  whether cases must stay off the kinks
    """

    def __init__(self, source: Source, fails: Callable[[Case], bool], *, smooth: bool) -> None:
        self.source, self.fails, self.smooth = source, fails, smooth
        self.end = time.monotonic() + SECONDS

    def smallest(self, case: Case) -> Case:
        """The smallest that is found in the time."""
        if self.smooth:
            case = self._sizes(case)
        loose = [name for name in case.inputs if name not in case.rigid]
        for name in reversed(loose):
            case = self._zeros(case, name, list(range(case.inputs[name].size)))
        for name in loose:
            case = self._nearer_to_zero(case, name)
        return case

    def _sizes(self, case: Case) -> Case:
        """One step smaller after another, until no step fails any more."""
        while True:
            step = next((found for found in self.source.smaller(case) if self._good(found)), None)
            if step is None:
                return case
            case = step

    def _good(self, case: Case) -> bool:
        if time.monotonic() > self.end:
            return False
        return (not self.smooth or usable(case)) and self.fails(case)

    def _zeros(self, case: Case, name: str, places: list[int]) -> Case:
        """All these numbers 0, or else each half of them by itself."""
        array = case.inputs[name].reshape(-1)
        places = [place for place in places if array[place]]
        if not places:
            return case
        trial = self._with(case, name, places, 0)
        if self._good(trial):
            return trial
        if len(places) > 1:
            middle = len(places) // 2
            for half in (places[:middle], places[middle:]):
                case = self._zeros(case, name, half)
        return case

    def _nearer_to_zero(self, case: Case, name: str) -> Case:
        """1, -1 or half as much instead of a number that could not become 0."""
        for place in np.flatnonzero(case.inputs[name]).tolist():
            for value in _simpler(case.inputs[name].reshape(-1)[place], whole=name == LABELS):
                trial = self._with(case, name, [place], value)
                if self._good(trial):
                    case = trial
                    break
        return case

    @staticmethod
    def _with(case: Case, name: str, places: list[int], value: float) -> Case:
        array: NDArray[Any] = case.inputs[name].copy()
        array.reshape(-1)[places] = value
        return case.at({**case.inputs, name: array})


def _simpler(number: float, *, whole: bool) -> Iterator[float]:
    if whole or number == 1:
        return
    yield 1.0
    if number not in {1.0, -1.0}:
        yield -1.0
        yield float(int(number / 2)) or 1.0
