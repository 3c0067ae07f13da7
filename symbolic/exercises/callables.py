"""An engineer's own backward pass against ours.

    check_function("numpy-operators", backward)               # backward(X, F, delta) -> (dX, dF)
    check_backward("conv2d", backward, stride=2)              # the same with other arguments of the operator
    check_backward("max_pool2d", backward, kernel_size=2)     # backward(X, delta) -> dX

The function gets the operator's tensors in order and the error terms of its output, as float64 arrays, and returns
the gradients of those tensors in order. Sizes grow from the smallest upwards, not square, with small whole
numbers, so that the first failure is a small one; its numbers are then set to 0 one by one as long as it still
fails. Inputs on the operator's kinks (`kinks.py`) come last. The function runs in a process of its own (`child.py`),
which is no security boundary.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from symbolic.errors import GradproofError, nearest
from symbolic.exercises.catalogue import FUNCTIONS
from symbolic.exercises.child import SECONDS, Child, Misbehaved
from symbolic.exercises.exercise import grids
from symbolic.exercises.kinks import convention
from symbolic.exercises.misconceptions import TABLE
from symbolic.exercises.phrasebook import sentence
from symbolic.exercises.trials import Case, cases, edges
from symbolic.exercises.work import Gradient
from symbolic.term import Data

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

SHRINKING = 60  # calls that making a failure smaller may cost
TOLERANCE = 1e-9
_UNNAMED = frozenset({"used_same_window_everywhere", "ignored_overlap_kept_only_first_path"})


@dataclass(frozen=True)
class FunctionVerdict:
    """The judgement of one function.

    verdict  correct, wrong or unreadable (it could not be run, raised, or returned no arrays: see `reason`)
    inputs   the smallest failing input, arrays by name; empty if none failed
    tensor   whose gradient is wrong there, with what was `returned` and what was `expected`
    kink     key of the convention that the function breaks, if it is right everywhere but on the operator's kinks
    """

    verdict: Literal["correct", "wrong", "unreadable"]
    reason: str = ""
    inputs: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    tensor: str = ""
    returned: NDArray[Any] | None = None
    expected: NDArray[Any] | None = None
    misconceptions: tuple[str, ...] = ()
    words: Mapping[str, object] = field(default_factory=dict)
    kink: str = ""

    def message(self, lang: str = "en") -> str:
        """What was found, and the likely reason."""
        lines = [sentence("functions", self.reason or self.verdict, lang, **self.words)]
        lines += [sentence("misconceptions", key, lang) for key in self.misconceptions]
        if self.kink:
            lines.append(sentence("functions", self.kink, lang))
        return "\n".join(lines)

    def __str__(self) -> str:
        """The English message."""
        return self.message()


def check_function(name: str, function: Callable[..., Any] | str) -> FunctionVerdict:
    """Check a function of the catalogue: "numpy-operators" is the backward pass of conv2d.

    function  a callable, or source text that defines `backward`.
    Raises    GradproofError: no such exercise, or neither callable nor text.
    """
    if name not in FUNCTIONS:
        raise GradproofError(
            f"check_function: unknown exercise '{name!s:.60}'; there are {', '.join(FUNCTIONS)}"
            f"{nearest(str(name), FUNCTIONS)}"
        )
    operator, options = FUNCTIONS[name]
    return check_backward(operator, function, **options)


def check_backward(
    operator: str, function: Callable[..., Any] | str, *, seconds: float = SECONDS, **options: Any
) -> FunctionVerdict:
    """Check the backward pass of any operator of `symbolic.functional`.

    function  called with the operator's tensors and delta; returns one gradient per tensor, in order.
    seconds   for one call.     options   the operator's other arguments, such as stride=2.
    Raises    GradproofError: no such operator, options that fit no size, or neither callable nor text.
    """
    if not callable(function) and not isinstance(function, str):
        raise GradproofError(f"expected a function or its source text; got {type(function).__name__}")
    found = cases(operator, options)
    with Child(function, seconds) as child:
        for case in found:
            verdict = judged(child, case)
            if verdict is not None:
                return _told(verdict, child, case, found)
        on_kinks = edges(operator, found)
        for case in on_kinks:
            verdict = judged(child, case)
            if verdict is not None:
                return _on_a_kink(verdict, child, case, convention(operator))
    largest = " ".join("×".join(map(str, array.shape)) or "1" for array in found[-1].inputs.values())
    return FunctionVerdict("correct", words={"count": len(found) + len(on_kinks), "largest": largest})


def judged(child: Child, case: Case) -> FunctionVerdict | None:
    """What is wrong at one input; None if nothing is."""
    told = _written(case.inputs)
    try:
        returned = child.call(list(case.inputs.values()))
    except Misbehaved as found:
        words = {"what": _one_line(found.what), "inputs": told}
        return FunctionVerdict("unreadable", found.reason, case.inputs, words=words)
    if len(returned) != len(case.wrt):
        names = ", ".join(f"d{name}" for name in case.wrt)
        counts = {"returned": len(returned), "expected": len(case.wrt), "names": names}
        return FunctionVerdict("wrong", "wrong_count", case.inputs, words=counts)
    for (name, right), mine in zip(case.expected().items(), returned, strict=True):
        words = {"name": name, "inputs": told}
        if mine.shape != right.shape:
            words |= {"returned": str(mine.shape), "expected": str(right.shape)}
            return FunctionVerdict("wrong", "wrong_shape", case.inputs, name, mine, right, words=words)
        if not _close(mine, right):
            words |= {"returned": _list(mine), "expected": _list(right)}
            return FunctionVerdict("wrong", "", case.inputs, name, mine, right, words=words)
    return None


def _one_line(text: str) -> str:
    """Text from the function, safe to print in a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def _close(mine: NDArray[Any], right: NDArray[Any]) -> bool:
    scale = max(1.0, float(np.abs(right).max(initial=0)))
    return bool(np.isfinite(mine).all() and np.abs(mine - right).max(initial=0) <= TOLERANCE * scale)


def _told(verdict: FunctionVerdict, child: Child, case: Case, found: list[Case]) -> FunctionVerdict:
    """The failure with as many numbers 0 as possible, and the misconceptions that give the same in every case."""
    if verdict.verdict != "wrong" or verdict.reason:
        return verdict
    named = _misconceptions(child, verdict.tensor, found)
    smaller = _shrunk(child, case, verdict)
    return FunctionVerdict(
        "wrong", "", smaller.inputs, smaller.tensor, smaller.returned, smaller.expected, named, smaller.words
    )


def _on_a_kink(verdict: FunctionVerdict, child: Child, case: Case, key: str) -> FunctionVerdict:
    """A failure where everything off the kinks was right: made smaller, and the convention named."""
    if verdict.verdict != "wrong" or verdict.reason:
        return verdict
    return replace(_shrunk(child, case, verdict), kink=key)


def _shrunk(child: Child, case: Case, verdict: FunctionVerdict) -> FunctionVerdict:
    """Numbers set to 0 one at a time while the same gradient stays wrong."""
    calls = 0
    inputs = dict(case.inputs)
    for name in reversed(inputs):
        for place in range(inputs[name].size):
            if calls == SHRINKING:
                return verdict
            calls += 1
            trial = inputs[name].copy()
            trial.reshape(-1)[place] = 0
            found = judged(child, Case(case.loss, {**inputs, name: trial}, case.wrt))
            if found is not None and found.verdict == "wrong" and found.tensor == verdict.tensor:
                inputs[name], verdict = trial, found
    return verdict


def _misconceptions(child: Child, name: str, found: list[Case]) -> tuple[str, ...]:
    """Keys of TABLE whose mutant returns what the function returns, in every case where mutant or function fail."""
    position = found[0].wrt.index(name)
    try:
        returned = [child.call(list(case.inputs.values()))[position] for case in found]
    except (Misbehaved, IndexError):
        return ()
    left = [key for key, transform in TABLE.items() if transform is not None and key not in _UNNAMED]
    for case, mine in zip(found, returned, strict=True):
        numbers = {
            leaf: Data(tuple(map(_whole, case.inputs[leaf].reshape(-1))), case.inputs[leaf].shape)
            for leaf in case.inputs
        }
        work = Gradient(loss=case.loss, wrt=(name,), numbers=numbers)
        left = [key for key in left if _same(key, work, mine, case.expected()[name])]
    return tuple(left)


def _whole(number: float) -> Fraction:
    return Fraction(int(number))


def _same(key: str, work: Gradient, mine: NDArray[Any], right: NDArray[Any]) -> bool:
    """Whether one reading of the misconception gives the returned array; where there is none, it must be right."""
    transform = TABLE[key]
    readings = [] if transform is None else grids(list(transform(work)))
    arrays = [np.array([float(entry.constant or 0) for entry in grid.entries]).reshape(grid.shape) for grid in readings]
    if not arrays:
        return _close(mine, right)
    return any(array.shape == mine.shape and _close(mine, array) for array in arrays)


def _written(inputs: Mapping[str, NDArray[Any]]) -> str:
    return ", ".join(f"{name} = {_list(array)}" for name, array in inputs.items())


def _list(array: NDArray[Any]) -> str:
    """Nested lists, whole numbers without a point; long ones are cut."""
    values = np.vectorize(lambda x: f"{x:g}", otypes=[object])(array) if array.size else array
    text = str(values.tolist()).replace("'", "")
    return text if len(text) <= 400 else text[:399] + "…"
