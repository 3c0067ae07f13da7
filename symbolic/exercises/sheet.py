"""The sheet of an exercise as plain text: title, question, and how to hand in an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.exercises.arrays import show
from symbolic.exercises.phrasebook import sentence

if TYPE_CHECKING:
    from symbolic.exercises.exercise import Exercise


def title(name: str, lang: str = "en") -> str:
    """The title of an exercise of the catalogue."""
    return sentence("statements", f"{name}.title", lang)


def statement(exercise: Exercise, lang: str = "en") -> str:
    """What is asked, one line per sentence or two."""
    return sentence("statements", exercise.id, lang, **exercise.words).strip()


def shape(exercise: Exercise, lang: str = "en") -> str:
    """The shape of the answer, and what it may be written in."""
    expected = show(exercise.truth.shape)
    names = [*exercise.written_shapes, *exercise.written_symbols]
    if exercise.labels:
        return sentence("verdicts", "shape_labels", lang, expected=expected, symbols=", ".join(exercise.labels))
    return sentence(
        "verdicts", "shape_symbols" if names else "shape", lang, expected=expected, symbols=", ".join(names)
    )


def heading(exercise: Exercise, lang: str = "en") -> str:
    """The title of any exercise, its author's own before ours."""
    return exercise.words.get("title") or title(exercise.id, lang)


def how(exercise: Exercise, lang: str = "en") -> str:
    """How an answer is handed in."""
    return sentence("verdicts", "hand_in", lang, id=exercise.words.get("command") or exercise.id)


def sheet(exercise: Exercise, lang: str = "en") -> str:
    """The whole sheet."""
    head = heading(exercise, lang)
    question = f"{head}\n{'=' * _width(head)}\n{statement(exercise, lang)}"
    return f"{question}\n\n{shape(exercise, lang)}\n{how(exercise, lang)}"


def function_sheet(name: str, lang: str = "en") -> str:
    """The sheet of an exercise that asks for a function."""
    head = title(name, lang)
    return f"{head}\n{'=' * _width(head)}\n{sentence('statements', name, lang).strip()}"


def _width(text: str) -> int:
    """Columns in a terminal: full-width letters take two."""
    from unicodedata import east_asian_width

    return sum(1 + (east_asian_width(letter) in "WF") for letter in text)
