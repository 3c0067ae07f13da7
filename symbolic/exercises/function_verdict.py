"""The judgement of somebody's backward pass, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from symbolic.exercises.phrasebook import book, sentence
from symbolic.exercises.telling import one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MOST_SHOWN = 400  # characters of one array


@dataclass(frozen=True)
class FunctionVerdict:
    """The judgement of one function.

    verdict  correct, wrong or unreadable (it could not be run, raised, or returned no arrays: see `reason`)
    inputs   the smallest failing input that was found, arrays by name; empty if none failed
    options  the arguments by name with which the function was called there
    tensor   whose gradient is wrong there, with what was `returned` and what was `expected`
    entry    the first entry that differs, 0-based; None where the shapes differ
    wrong    every tensor whose gradient is wrong at some input
    misconceptions  keys of what the function does instead, where that is known
    kink     key of the convention that the function breaks, if it is right everywhere but on the operator's kinks
    """

    verdict: Literal["correct", "wrong", "unreadable"]
    reason: str = ""
    inputs: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    tensor: str = ""
    returned: NDArray[Any] | None = None
    expected: NDArray[Any] | None = None
    entry: tuple[int, ...] | None = None
    wrong: tuple[str, ...] = ()
    misconceptions: tuple[str, ...] = ()
    words: Mapping[str, object] = field(default_factory=dict)
    kink: str = ""

    def message(self, lang: str = "en") -> str:
        """What was found, the smallest case, and the likely reason."""
        lines = [sentence("functions", self.reason or self.verdict, lang, **self.words)]
        if self.verdict == "wrong" and self.inputs:
            lines += self._case(lang)
        if self.misconceptions:
            lines.append(one_of([explained(key, lang, self.words) for key in self.misconceptions], lang))
        if self.kink:
            lines.append(sentence("functions", self.kink, lang))
        return "\n".join(lines)

    def _case(self, lang: str) -> list[str]:
        """The call, its arrays, and both results, one line each."""
        told = [sentence("functions", "case", lang, call=self.words["call"])]
        told += [f"    {name} = {written(array)}{_shape(array)}" for name, array in self.inputs.items()]
        for key, array in (("expected", self.expected), ("returned", self.returned)):
            if array is not None:
                text = written(array) + _shape(array)
                told.append("    " + sentence("functions", key, lang, name=self.tensor, array=text))
        right = [name for name in self.words["wrt"] if name not in self.wrong]  # type: ignore[attr-defined]
        for key, names in (("others_wrong", [n for n in self.wrong if n != self.tensor]), ("others_right", right)):
            if names and self.tensor:
                told.append(sentence("functions", key, lang, names=", ".join(f"d{name}" for name in names)))
        return told

    def __str__(self) -> str:
        """The English message."""
        return self.message()


def explained(key: str, lang: str, words: Mapping[str, object]) -> str:
    """The sentence of a blunder."""
    name = "blunders" if key in book("blunders") else "misconceptions"
    return sentence(name, key, lang, **words)


def entry_text(entry: tuple[int, ...]) -> str:
    """`[0, 0, 1, 2]`; nothing for a single number."""
    return f"[{', '.join(map(str, entry))}]" if entry else ""


def number(value: Any) -> str:
    """A number as short as it is; whole ones without a point."""
    return f"{value:.10g}" if np.isrealobj(value) else str(value)


def written(array: NDArray[Any]) -> str:
    """Nested lists, whole numbers without a point; long ones are cut."""
    values = np.vectorize(number, otypes=[object])(array) if array.size else array
    text = str(values.tolist()).replace("'", "")
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def _shape(array: NDArray[Any]) -> str:
    """`    (1, 1, 2, 3)`, where lists alone do not say it at a glance."""
    return f"    {array.shape}" if array.ndim > 2 or not array.size else ""


__all__ = ["FunctionVerdict", "entry_text", "explained", "number", "written"]
