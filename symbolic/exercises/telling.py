"""How a verdict tells the likely reasons and a small example, in words."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.exercises.compare import index_of
from symbolic.exercises.names import entry_names
from symbolic.exercises.phrasebook import sentence
from symbolic.exercises.sheet import statement
from symbolic.exercises.work import Gradient
from symbolic.terms.size import ints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symbolic.exercises.compare import Index
    from symbolic.exercises.counterexample import Counterexample
    from symbolic.exercises.diagnose import Explanation
    from symbolic.exercises.exercise import Exercise

LISTED = 4  # parts of a list
STEP = Fraction(1, 100)  # that a learner takes to both sides


def say(key: str, lang: str, **params: object) -> str:
    """A sentence of a verdict."""
    return sentence("verdicts", key, lang, **params)


def place(exercise: Exercise, entry: Index) -> str:
    """(1,2), of a list (2), or the name that the sheet gives to the entry."""
    if exercise.labels and len(entry) == 2:
        return exercise.labels[entry[1] - 1]
    return "(" + ",".join(map(str, entry[1:] if len(exercise.truth.shape) == 1 else entry)) + ")"


def listed(parts: Sequence[str], lang: str, most: int = LISTED) -> str:
    """The first parts of a list, and a sign where there are more."""
    return say("comma", lang).join([*parts[:most], *["…"] * (len(parts) > most)])


def reasons(exercise: Exercise, explanations: tuple[Explanation, ...], lang: str) -> str:
    """Why the answer may have come about: one reason, or the tied ones with numbers in front."""
    if not explanations:
        return say("no_reason", lang)
    ways = list(dict.fromkeys(_way(way, exercise, lang) for way in explanations if way.keys != ("wrong_entry",)))
    if not ways:
        return say("reason", lang, reason=sentence("misconceptions", "wrong_entry", lang))
    return one_of(ways, lang)


def one_of(ways: Sequence[str], lang: str) -> str:
    """One likely reason, or several with numbers in front."""
    if len(ways) == 1:
        return say("reason", lang, reason=ways[0])
    join = say("space", lang)
    numbered = [say("numbered", lang, number=k, reason=way) for k, way in enumerate(ways, start=1)]
    return say("reasons", lang, reason=join.join(numbered))


def _way(way: Explanation, exercise: Exercise, lang: str) -> str:
    texts = [sentence("misconceptions", key, lang) for key in way.keys]
    if way.carried:
        values = (f"{value.name} = {_decimal(value.value)}" for value in way.carried)
        return say("carried", lang, values=say("or", lang).join(values))
    if way.kind == "together":
        return say("together", lang, first=texts[0], second=texts[1])
    if way.kind == "apart":
        shape = exercise.truth.shape
        parts = []
        for places, text in sorted(zip(way.places, texts, strict=True)):
            entries = listed([place(exercise, index_of(k, shape)) for k in places], lang)
            parts.append(say("in_entries", lang, entries=entries, reason=text))
        return say("space", lang).join(parts)
    return texts[0]


def example(exercise: Exercise, found: Counterexample | None, lang: str) -> str:
    """Small numbers where the answer fails; where the numbers are given, how to see it without being told."""
    if found is None:
        return say("no_counterexample", lang)
    entry = place(exercise, found.entry)
    if found.values:
        values = listed([f"{name} = {value}" for name, value in sorted(found.values.items())], lang, len(found.values))
        text = say("at_values", lang, values=values, entry=entry, yours=found.yours, truth=found.truth)
        named = found.checked and re.search(r"\bL\b", statement(exercise))  # some sheets speak of no loss
        return text + say("space", lang) + say("differences", lang) if named else text
    text = say("at_given", lang, entry=entry, yours=found.yours)
    more = _step(exercise, found, lang) or _smaller(exercise, lang)
    return text + say("space", lang) + more if more else text


def _step(exercise: Exercise, found: Counterexample, lang: str) -> str:
    """What the learner's slope says about L a little to both sides; exact for losses that are quadratic."""
    work = exercise.work
    if not found.checked or not isinstance(work, Gradient) or work.descent is not None:
        return ""
    if not re.search(r"\bL\s*=", statement(exercise)):  # where only delta is given no one can calculate L
        return ""
    names = [name for wrt in work.wrt for name in entry_names(wrt, ints(work.tensors[wrt].shape))]
    place = 0
    for position, size in zip(found.entry, (1,) * (2 - len(exercise.truth.shape)) + exercise.truth.shape, strict=False):
        place = place * size + position - 1
    change = 2 * STEP * found.yours
    return say("try_step", lang, symbol=names[place], step=_decimal(STEP), yours=found.yours, change=_decimal(change))


def _decimal(value: Fraction) -> str:
    """A whole number, or a short decimal where there is one."""
    return str(value) if value.denominator == 1 or (value * 10**6).denominator > 1 else str(float(value))


def _smaller(exercise: Exercise, lang: str) -> str:
    if exercise.small is None:
        return ""
    values = [entry.constant for entry in exercise.small.grid().entries]
    numbers = ", ".join(_decimal(value) for value in values if value is not None)
    return sentence("statements", f"{exercise.id}.small", lang, numbers=numbers)
