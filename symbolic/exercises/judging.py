"""Somebody's backward pass, judged case by case, and what is told about its first failure."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from symbolic.errors import GradproofError
from symbolic.exercises.blunders import SHAPES, TABLE
from symbolic.exercises.cases import exact
from symbolic.exercises.changes import NotHere
from symbolic.exercises.child import Misbehaved
from symbolic.exercises.exercise import grids
from symbolic.exercises.function_verdict import FunctionVerdict, entry_text, number
from symbolic.exercises.shrinking import Shrinker
from symbolic.exercises.work import Gradient
from symbolic.terms.size import ints
from symbolic.terms.term import Data

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symbolic.exercises.cases import Case
    from symbolic.exercises.child import Child
    from symbolic.exercises.trials import Source

Array = Any


class Judge:
    """Judges one function.

    tolerance  relative to the largest entry of the right gradient.     errors_first  delta is its first argument
    """

    def __init__(self, source: Source, child: Child, tolerance: float, *, errors_first: bool = False) -> None:
        self.source, self.child, self.tolerance = source, child, tolerance
        self.errors_first = errors_first

    def verdict(self, cases: list[Case]) -> FunctionVerdict:
        """The verdict over all cases, those on kinks last."""
        for case in cases:
            found = self.judged(case)
            if found is not None:
                return self._told(found, case, cases)
        on_kinks = self.source.edges(cases)
        for case in on_kinks:
            found = self.judged(case)
            if found is not None:
                smaller = self._shrunk(found, case, smooth=False)
                return replace(smaller, wrong=(smaller.tensor,), kink=self.source.convention)
        largest = " ".join("×".join(map(str, array.shape)) or "1" for array in cases[-1].inputs.values())
        return FunctionVerdict("correct", words={"count": len(cases) + len(on_kinks), "largest": largest})

    def judged(self, case: Case) -> FunctionVerdict | None:
        """What is wrong at one input; None if nothing is."""
        words: dict[str, object] = {"call": self.source.called(case), "wrt": case.wrt}
        try:
            returned = self.called(case)
        except Misbehaved as found:
            arguments = ", ".join([*self._order(case), *(f"{key}={value!r}" for key, value in case.taken.items())])
            words |= {"what": _one_line(found.what), "arguments": arguments}
            words["shapes"] = ", ".join(f"{name} {array.shape}" for name, array in case.inputs.items())
            words["names"] = ", ".join(case.wrt)
            return FunctionVerdict("unreadable", found.reason, case.inputs, case.taken, words=words)
        if len(returned) != len(case.wrt):
            words |= {"returned": len(returned), "expected": len(case.wrt)}
            words["names"] = ", ".join(f"d{name}" for name in case.wrt)
            return FunctionVerdict("wrong", "wrong_count", case.inputs, case.taken, words=words)
        for (name, right), mine in zip(case.expected.items(), returned, strict=True):
            if mine.shape != right.shape:
                words |= {"name": name, "returned": str(mine.shape), "expected": str(right.shape)}
                return FunctionVerdict("wrong", "wrong_shape", case.inputs, case.taken, name, mine, right, words=words)
            if not self.close(mine, right):
                entry = self._first_difference(mine, right)
                words |= {"name": name, "entry": entry_text(entry)}
                words |= {"mine": number(mine[entry]), "right": number(right[entry])}
                return FunctionVerdict("wrong", "", case.inputs, case.taken, name, mine, right, entry, words=words)
        return None

    def called(self, case: Case) -> tuple[NDArray[Any], ...]:
        """What the function returns there. Raises Misbehaved."""
        arrays = [case.inputs[name] for name in self._order(case)]
        return self.child.call(arrays, case.taken, case.wrt)

    def _order(self, case: Case) -> list[str]:
        """The arguments' names as the function takes them."""
        names = list(case.inputs)
        return [names[-1], *names[:-1]] if self.errors_first and names[-1:] == ["delta"] else names

    def close(self, mine: NDArray[Any], right: NDArray[Any]) -> bool:
        """Whether two gradients agree."""
        if mine.shape != right.shape:
            return False
        scale = max(1.0, float(np.abs(right).max(initial=0)))
        return bool(np.isfinite(mine).all() and np.abs(mine - right).max(initial=0) <= self.tolerance * scale)

    def _first_difference(self, mine: NDArray[Any], right: NDArray[Any]) -> tuple[int, ...]:
        scale = max(1.0, float(np.abs(right).max(initial=0)))
        with np.errstate(invalid="ignore"):
            off = ~(np.abs(mine - right) <= self.tolerance * scale)
        return tuple(int(i) for i in np.argwhere(off)[0])

    def _told(self, found: FunctionVerdict, case: Case, cases: list[Case]) -> FunctionVerdict:
        """The failure as small as possible, which gradients are wrong, and what the function does instead."""
        if found.verdict != "wrong":
            return self._shrunk(found, case, smooth=True) if found.reason == "raised" else found
        if found.reason == "wrong_count":
            return found
        answers = list(self._answers(cases))
        wrong = tuple(
            name
            for place, name in enumerate(case.wrt)
            if any(not self.close(returned[place], one.expected[name]) for one, returned in answers)
        )
        named = self._named(found.tensor, answers)
        smaller = self._shrunk(found, case, smooth=True)
        words = {**smaller.words, **named[1]}
        return replace(smaller, wrong=wrong, misconceptions=named[0], words=words)

    def _shrunk(self, found: FunctionVerdict, case: Case, *, smooth: bool) -> FunctionVerdict:
        def same(other: Case) -> bool:
            try:
                verdict = self.judged(other)
            except GradproofError:
                return False
            return verdict is not None and _kind(verdict) == _kind(found)

        smallest = Shrinker(self.source, same, smooth=smooth).smallest(case)
        return (found if smallest is case else self.judged(smallest)) or found

    def _answers(self, cases: list[Case]) -> Iterator[tuple[Case, tuple[NDArray[Any], ...]]]:
        for case in cases:
            try:
                returned = self.called(case)
            except Misbehaved:
                continue
            if len(returned) == len(case.wrt):
                yield case, returned

    def _named(
        self, name: str, answers: list[tuple[Case, tuple[NDArray[Any], ...]]]
    ) -> tuple[tuple[str, ...], dict[str, object]]:
        """Keys of blunders that give what the function returned in every case, and words for their sentences."""
        place = answers[0][0].wrt.index(name)
        order = self._other_order(answers)
        if order:
            return ("gradients_in_other_order",), {"order": ", ".join(f"d{one}" for one in order)}
        pairs = [(case, returned[place], case.expected[name]) for case, returned in answers]
        misshaped = [(mine, right) for _, mine, right in pairs if mine.shape != right.shape]
        if misshaped:
            fitting = all(self.close(mine, right) for _, mine, right in pairs if mine.shape == right.shape)
            keys = [key for key, differs in SHAPES.items() if all(differs(*pair) for pair in misshaped)]
            if keys and fitting:
                return tuple(keys[:1]), {}
        left = self._matching(name, pairs)
        if left:
            return left, {}
        for option in self._other_options(name, pairs):
            return ("right_for_other_options",), {"option": option}
        return (), {}

    def _other_order(self, answers: list[tuple[Case, tuple[NDArray[Any], ...]]]) -> tuple[str, ...]:
        """The names of the gradients as they were returned, if they were right in another order."""
        names = answers[0][0].wrt
        for order in permutations(names) if len(names) <= 4 else ():
            if order != names and all(
                all(self.close(mine, case.expected[name]) for name, mine in zip(order, returned, strict=True))
                for case, returned in answers
            ):
                return order
        return ()

    def _matching(self, name: str, pairs: Sequence[tuple[Case, Array, Array]]) -> tuple[str, ...]:
        left = list(TABLE)
        for case, mine, right in pairs:
            work = _work(case, name)
            left = [key for key in left if self._same(key, work, mine, right)]
            if not left:
                break
        return tuple(left)

    def _same(self, key: str, work: Gradient, mine: Array, right: Array) -> bool:
        """Whether one reading of the blunder gives the returned array; where there is none, it must be right."""
        try:
            readings = grids(list(TABLE[key](work)))
        except (GradproofError, NotHere, ArithmeticError, ValueError):
            readings = []
        arrays = [np.array([float(x.constant or 0) for x in grid.entries]).reshape(grid.shape) for grid in readings]
        return any(self.close(mine, array) for array in arrays) or (not arrays and self.close(mine, right))

    def _other_options(self, name: str, pairs: Sequence[tuple[Case, Array, Array]]) -> Iterator[str]:
        """Options with which the function is right in every case."""
        found: set[str] | None = None
        for case, mine, _ in pairs:
            fits = set()
            for told, other in self.source.otherwise(case):
                try:
                    fits |= {told} if self.close(mine, other.expected[name]) else set()
                except GradproofError:
                    continue
            found = fits if found is None else found & fits
            if not found:
                return
        yield from sorted(found or ())


def _kind(verdict: FunctionVerdict) -> tuple[str, str, str]:
    what = str(verdict.words.get("what", "")).split(":")[0] if verdict.verdict == "unreadable" else ""
    return verdict.verdict + what, verdict.reason, verdict.tensor


def _work(case: Case, name: str) -> Gradient:
    """The derivation at these numbers, for the transforms."""
    numbers = {
        leaf.name: Data(tuple(exact(case.inputs[leaf.name]).reshape(-1).tolist()), ints(leaf.shape))
        for leaf in case.derived.inputs
    }
    return Gradient(loss=case.derived.loss, wrt=(name,), numbers=numbers)


def _one_line(text: str) -> str:
    """Text from the function, safe to print in a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
