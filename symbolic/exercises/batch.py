"""A class of answers: many verdicts as plain rows, one bad answer never stops the rest.

    for row in check_many("conv-grad-filter", [Handed("anna", "conv(X, delta)"), ...], jobs=2): ...
    for row in check_many(None, [Handed("ben", "...", exercise="conv-cost", variant="5"), ...]): ...

With jobs > 1 the work runs on joblib, so that `joblib.parallel_config(backend="dask")` puts it on a cluster.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from importlib import import_module
from itertools import count, islice
from typing import TYPE_CHECKING, Any

from symbolic.errors import GradproofError, shown
from symbolic.exercises.catalogue import exercise as catalogued
from symbolic.exercises.handed import Handed, read_answers
from symbolic.exercises.judge import check
from symbolic.exercises.phrasebook import known_language
from symbolic.exercises.reader import FORMATS
from symbolic.exercises.refusal import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from symbolic.exercises.exercise import Exercise

CHUNK = 100  # answers that travel to a worker together
FIELDS = (
    "row", "id", "exercise", "variant", "verdict", "score", "wrong_entries", "misconceptions", "reason", "message",
)  # fmt: skip
_CALLS = count()
_KEPT: dict[int, Exercise] = {}  # by call: a worker gets an own exercise with every chunk, and keeps the first one


def check_many(
    exercise: str | Exercise | None,
    answers: Iterable[Handed | str],
    *,
    jobs: int = 1,
    lang: str = "en",
    first: int = 1,
) -> Iterator[dict[str, Any]]:
    """One row of plain data per answer, in their order; see FIELDS.

    exercise  of all answers that name none of their own; None if every one does.
    jobs     processes to use; more than one needs joblib.     first  number of the first row
    Raises   GradproofError: no such exercise or language, a number of jobs below 1, or no joblib.
    """
    if isinstance(exercise, str):
        catalogued(exercise)  # an unknown one is refused before anything is judged
    known_language(lang)
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise GradproofError(f"check_many: jobs must be a whole number of at least 1; got {shown(jobs)}")
    handed = (answer if isinstance(answer, Handed) else Handed("", answer) for answer in answers)
    chunks = _chunks(enumerate(handed, start=first))
    call = next(_CALLS)
    if jobs == 1:
        return (row for chunk in chunks for row in _judged(call, exercise, chunk, lang))
    return _parallel(call, exercise, chunks, lang, jobs)


def _chunks(numbered: Iterator[tuple[int, Handed]]) -> Iterator[list[tuple[int, Handed]]]:
    while chunk := list(islice(numbered, CHUNK)):
        yield chunk


def _parallel(
    call: int, exercise: str | Exercise | None, chunks: Iterator[list[tuple[int, Handed]]], lang: str, jobs: int
) -> Iterator[dict[str, Any]]:
    try:
        joblib = import_module("joblib")  # optional, and without types
    except ImportError:
        raise GradproofError(
            "check_many: more than one job needs joblib; install it with `pip install joblib`"
        ) from None
    run = joblib.Parallel(n_jobs=jobs, return_as="generator")
    found = run(joblib.delayed(_judged)(call, exercise, chunk, lang) for chunk in chunks)
    return (row for rows in found for row in rows)


def _judged(
    call: int, exercise: str | Exercise | None, chunk: list[tuple[int, Handed]], lang: str
) -> list[dict[str, Any]]:
    if exercise is not None and not isinstance(exercise, str):
        if call not in _KEPT:
            _KEPT.clear()
            _KEPT[call] = exercise
        exercise = _KEPT[call]
    return [_row(number, handed, exercise, lang) for number, handed in chunk]


def _row(number: int, handed: Handed, exercise: str | Exercise | None, lang: str) -> dict[str, Any]:
    """All FIELDS of one answer."""
    name = handed.exercise or (exercise if isinstance(exercise, str) else _called(exercise))
    head = {"row": handed.row or number, "id": handed.id, "exercise": name, "variant": handed.variant}
    return {**head, **_one(exercise, handed, lang)}


def _called(exercise: Exercise | None) -> str:
    """What a report calls an own exercise: its title, or the name of its file."""
    if exercise is None:
        return ""
    command = exercise.words.get("command", "--").split(" --")[0]
    return exercise.words.get("title") or (exercise.id if command.startswith("--") else command)


def _one(exercise: str | Exercise | None, handed: Handed, lang: str) -> dict[str, Any]:
    """The verdict as a row; whatever goes wrong with one answer stays with it."""
    if handed.broken:
        return _unreadable("row", handed.broken)
    if handed.format not in FORMATS:
        return _unreadable("format", f"unknown format '{clean(handed.format)}'; known are {', '.join(FORMATS)}")
    try:
        known = _named(exercise, handed)
    except GradproofError as error:
        return _unreadable("exercise", str(error))
    try:
        data = check(known, handed.answer, handed.format).data(lang)
    except Exception as error:  # noqa: BLE001 -- a mistake of ours must not cost a class its other verdicts
        return _unreadable("internal", f"{type(error).__name__}; please report this answer")
    return {key: data[key] for key in FIELDS if key in data and key not in {"exercise", "variant"}}


def _named(exercise: str | Exercise | None, handed: Handed) -> str | Exercise:
    """The exercise of one row, its own before that of all.

    Raises  GradproofError: there is none, none of that id, or no such variant.
    """
    if handed.variant:
        from symbolic.exercises.variants import variant

        name = handed.exercise or exercise
        if name is None:
            raise GradproofError("the row names a variant, but no exercise")
        if not (handed.variant.isascii() and handed.variant.isdecimal()):
            raise GradproofError(f"variant: the seed must be a whole number of at least 0; got {shown(handed.variant)}")
        seed = int(handed.variant[:20])
        if isinstance(name, str):
            return variant(name, seed)
        return _varied(name, seed)
    found = handed.exercise or exercise
    if found is None:
        raise GradproofError("the row names no exercise; give it a column exercise, or name one for all rows")
    return catalogued(found) if isinstance(found, str) else found


@lru_cache(maxsize=1_000)
def _varied(exercise: Exercise, seed: int) -> Exercise:
    """A variant of an own exercise, kept for the next answer to it."""
    if exercise.vary is None:
        raise GradproofError("this exercise is a variant itself")
    return exercise.vary(seed)


def _unreadable(reason: str, message: str) -> dict[str, Any]:
    return {"verdict": "unreadable", "score": 0.0, "wrong_entries": [], "misconceptions": [], "reason": reason,
            "message": message}  # fmt: skip


def summary(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """How many answers got which verdict, how often each misconception was named, both per exercise as well.

    duplicates  ids that occur more than once for one exercise, with the numbers of their rows.
    """
    rows = list(rows)
    names = dict.fromkeys(row["exercise"] for row in rows)
    return {
        **_counted(rows),
        "exercises": {name: _counted([row for row in rows if row["exercise"] == name]) for name in names},
        "duplicates": _duplicates(rows),
    }


def _counted(rows: list[dict[str, Any]]) -> dict[str, Any]:
    verdicts = Counter(row["verdict"] for row in rows)
    keys = Counter(key for row in rows for key in row["misconceptions"])
    entries = Counter(",".join(map(str, entry)) for row in rows for entry in row["wrong_entries"])
    return {
        "answers": len(rows),
        "verdicts": {key: verdicts[key] for key in ("correct", "wrong", "unreadable")},
        "misconceptions": dict(_ordered(keys)),
        "wrong_entries": dict(_ordered(entries)),
    }


def _ordered(found: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first."""
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def _duplicates(rows: list[dict[str, Any]]) -> dict[str, list[int]]:
    places: dict[tuple[str, str, str], list[int]] = {}
    for row in rows:
        if row["id"]:
            places.setdefault((row["id"], row["exercise"], row["variant"]), []).append(row["row"])
    found: dict[str, list[int]] = {}
    for (name, _, _), numbers in places.items():
        if len(numbers) > 1:
            found.setdefault(name, []).extend(numbers)
    return found


__all__ = ["FIELDS", "Handed", "check_many", "read_answers", "summary"]
