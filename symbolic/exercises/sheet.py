"""The sheet of an exercise as plain text: title, question, and how to hand in an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.exercises.arrays import show
from symbolic.exercises.names import entry_names
from symbolic.exercises.phrasebook import book, sentence

if TYPE_CHECKING:
    from symbolic.exercises.exercise import Exercise


def title(name: str, lang: str = "en") -> str:
    """The title of an exercise of the catalogue."""
    return sentence("statements", f"{name}.title", lang)


def statement(exercise: Exercise, lang: str = "en") -> str:
    """What is asked, one line per sentence or two; a call text stands between backticks."""
    return sentence(exercise.words.get("book", "statements"), exercise.id, lang, **exercise.words).strip()


def shape(exercise: Exercise, lang: str = "en") -> str:
    """The shape of the answer, and what it may be written in."""
    expected = show(exercise.truth.shape)
    rank = len(exercise.truth.shape)
    names = [*exercise.written_shapes, *exercise.written_symbols]
    if exercise.labels:
        return sentence("verdicts", "shape_labels", lang, expected=expected, symbols=", ".join(exercise.labels))
    key = ("row_symbols" if names else "row") if rank == 1 else "shape_symbols" if names else "shape"
    return sentence("verdicts", key, lang, expected=expected, symbols=", ".join(names))


def heading(exercise: Exercise, lang: str = "en") -> str:
    """The title of any exercise, its author's own before ours, and a variant's before the fixed one's."""
    key, name = f"{exercise.id}.title", exercise.words.get("book", "statements")
    varied = sentence(name, key, lang, **exercise.words) if key in book(name) else ""
    return exercise.words.get("title") or varied or title(exercise.id, lang)


def writing(exercise: Exercise, lang: str = "en") -> str:
    """How entries, whole arrays and numbers are written."""
    if exercise.labels:
        pairs = ", ".join(f'"{label}": …' for label in exercise.labels)
        return sentence("verdicts", "write_labels", lang, pairs=f"{{{pairs}}}")
    names = {**exercise.written_shapes}
    if names or exercise.written_symbols:
        examples = [entry_names(name, shape)[0] for name, shape in names.items()]
        short = any(example.startswith("delta_") for example in examples)
        key = "write_short" if short else "write_symbols"
        return sentence("verdicts", key, lang, examples=", ".join([*examples, *exercise.written_symbols]))
    return sentence("verdicts", "write_numbers", lang)


def how(exercise: Exercise, lang: str = "en") -> str:
    """How an answer is handed in."""
    return sentence("verdicts", "hand_in", lang, id=exercise.words.get("command") or exercise.id)


def sheet(exercise: Exercise, lang: str = "en") -> str:
    """The whole sheet."""
    head = heading(exercise, lang)
    question = f"{head}\n{'=' * _width(head)}\n{statement(exercise, lang).replace('`', '')}"
    return "\n".join([question, "", shape(exercise, lang), writing(exercise, lang), how(exercise, lang)])


def function_sheet(name: str, lang: str = "en") -> str:
    """The sheet of an exercise that asks for a function."""
    head = title(name, lang)
    return f"{head}\n{'=' * _width(head)}\n{sentence('statements', name, lang).strip()}"


def _width(text: str) -> int:
    """Columns in a terminal: full-width letters take two."""
    from unicodedata import east_asian_width

    return sum(1 + (east_asian_width(letter) in "WF") for letter in text)
