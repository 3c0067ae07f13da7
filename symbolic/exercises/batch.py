"""A class of answers: many verdicts as plain rows, one bad answer never stops the rest.

    for row in check_many("conv-grad-filter", [Handed("anna", "conv(X, delta)"), ...], jobs=2): ...

With jobs > 1 the work runs on joblib, so that `joblib.parallel_config(backend="dask")` puts it on a cluster.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any

from symbolic.errors import GradproofError, shown
from symbolic.exercises import limits
from symbolic.exercises.judge import check
from symbolic.exercises.phrasebook import known_language
from symbolic.exercises.reader import FORMATS
from symbolic.exercises.refusal import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from symbolic.exercises.exercise import Exercise

CHUNK = 50  # answers that travel to a worker together
FIELDS = ("row", "id", "verdict", "score", "wrong_entries", "misconceptions", "reason", "message")
ROWS = 1_000_000


@dataclass(frozen=True)
class Handed:
    """One handed-in answer; `broken` says why a row of the file is none, `row` is its number if it is not the next."""

    id: str
    answer: str
    format: str = "auto"
    broken: str = ""
    row: int = field(default=0, compare=False)


def check_many(
    exercise: str | Exercise, answers: Iterable[Handed | str], *, jobs: int = 1, lang: str = "en", first: int = 1
) -> Iterator[dict[str, Any]]:
    """One row of plain data per answer, in their order; see FIELDS.

    jobs     processes to use; more than one needs joblib.     first  number of the first row
    Raises   GradproofError: no such exercise or language, a number of jobs below 1, or no joblib.
    """
    if isinstance(exercise, str):
        from symbolic.exercises.catalogue import exercise as catalogued

        catalogued(exercise)  # an unknown one is refused before anything is judged
    known_language(lang)
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise GradproofError(f"check_many: jobs must be a whole number of at least 1; got {shown(jobs)}")
    handed = (answer if isinstance(answer, Handed) else Handed("", answer) for answer in answers)
    chunks = _chunks(enumerate(handed, start=first))
    if jobs == 1:
        return (row for chunk in chunks for row in _judged(exercise, chunk, lang))
    return _parallel(exercise, chunks, lang, jobs)


def _chunks(numbered: Iterator[tuple[int, Handed]]) -> Iterator[list[tuple[int, Handed]]]:
    while chunk := list(islice(numbered, CHUNK)):
        yield chunk


def _parallel(
    exercise: str | Exercise, chunks: Iterator[list[tuple[int, Handed]]], lang: str, jobs: int
) -> Iterator[dict[str, Any]]:
    try:
        joblib = import_module("joblib")  # optional, and without types
    except ImportError:
        raise GradproofError(
            "check_many: more than one job needs joblib; install it with `pip install joblib`"
        ) from None
    run = joblib.Parallel(n_jobs=jobs, return_as="generator")
    return (row for rows in run(joblib.delayed(_judged)(exercise, chunk, lang) for chunk in chunks) for row in rows)


def _judged(exercise: str | Exercise, chunk: list[tuple[int, Handed]], lang: str) -> list[dict[str, Any]]:
    return [{"row": handed.row or number, "id": handed.id, **_one(exercise, handed, lang)} for number, handed in chunk]


def _one(exercise: str | Exercise, handed: Handed, lang: str) -> dict[str, Any]:
    """The verdict as a row; whatever goes wrong with one answer stays with it."""
    if handed.broken:
        return _unreadable("row", handed.broken)
    if handed.format not in FORMATS:
        return _unreadable("format", f"unknown format '{clean(handed.format)}'; known are {', '.join(FORMATS)}")
    try:
        data = check(exercise, handed.answer, handed.format).data(lang)
    except Exception as error:  # noqa: BLE001 -- a mistake of ours must not cost a class its other verdicts
        return _unreadable("internal", f"{type(error).__name__}; please report this answer")
    return {key: data[key] for key in FIELDS if key in data}


def _unreadable(reason: str, message: str) -> dict[str, Any]:
    return {"verdict": "unreadable", "score": 0.0, "wrong_entries": [], "misconceptions": [], "reason": reason,
            "message": message}  # fmt: skip


def read_answers(text: str, kind: str) -> list[Handed]:
    """The answers of a file: csv with a header id,answer[,format], or one JSON object per line with these keys.

    In the latter `answer` may be text, nested lists or an object with the labels of the exercise.

    A row that is none becomes a Handed with `broken` set.
    Raises  GradproofError: no such kind, no answer column, or too many rows.
    """
    if kind not in {"csv", "jsonl"}:
        raise GradproofError(f"batch: unknown kind of file '{clean(kind)}'; there are csv and jsonl")
    rows = list(islice(_csv(text) if kind == "csv" else _jsonl(text), ROWS + 1))
    if len(rows) > ROWS:
        raise GradproofError(f"batch: more than {ROWS:,} rows; split the file")
    return rows


def _csv(text: str) -> Iterator[Handed]:
    before = csv.field_size_limit(10 * limits.BYTES)
    try:
        lines = io.StringIO(text, newline="").readlines()
        header, start = _header(lines)
        while start < len(lines):
            used = [0]
            try:
                cells = next(csv.reader(_counted(lines, start, used), strict=True))
            except csv.Error as error:
                yield Handed("", "", broken=f"no row of a csv file: {error}")
                start += 1  # the row's quotes do not close where they should: go on with the next line
                continue
            start += used[0]
            if cells:
                yield _handed(dict(zip(header, [*cells, *[None] * len(header)], strict=False)))
    finally:
        csv.field_size_limit(before)


def _header(lines: list[str]) -> tuple[list[str], int]:
    """The names of the columns, and the line where the rows begin."""
    used = [0]
    try:
        header = next(csv.reader(_counted(lines, 0, used), strict=True), [])
    except csv.Error:
        header = []
    if "answer" not in header:
        raise GradproofError("batch: the csv file needs a header with the columns id and answer")
    return header, used[0]


def _counted(lines: list[str], start: int, used: list[int]) -> Iterator[str]:
    """Lines for one row, counted; no row is longer than an answer may be, so a lost quote costs no whole file."""
    length = 0
    for place in range(start, len(lines)):
        length += len(lines[place])
        if place > start and length > 10 * limits.BYTES:
            return
        used[0] += 1
        yield lines[place]


def _jsonl(text: str) -> Iterator[Handed]:
    """One answer per line, with the number of its line: blank ones count, but are no answers."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield replace(_json_line(line), row=number)


def _json_line(line: str) -> Handed:
    if len(line) > 10 * limits.BYTES:
        return Handed("", "", broken="the line is too long")
    try:
        row = json.loads(line, parse_float=str, parse_int=str)  # digits as they stand
    except (ValueError, RecursionError):
        row = None
    return _handed(row) if isinstance(row, dict) else Handed("", "", broken="the line is no JSON object")


def _handed(row: dict[str, Any]) -> Handed:
    name, answer, kind = row.get("id", ""), row.get("answer"), row.get("format") or "auto"
    name = clean(str(name)[:200]) if isinstance(name, str | int) else ""
    if isinstance(answer, list | dict):
        return Handed(name, json.dumps(answer, ensure_ascii=False), "json")
    if not isinstance(answer, str):
        return Handed(name, "", broken="the row has no answer")
    return Handed(name, answer, kind if isinstance(kind, str) else "?")


def summary(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """How many answers got which verdict, and how often each misconception was named."""
    verdicts: Counter[str] = Counter()
    keys: Counter[str] = Counter()
    for row in rows:
        verdicts[row["verdict"]] += 1
        keys.update(row["misconceptions"])
    ordered = sorted(keys.items(), key=lambda item: (-item[1], item[0]))
    return {
        "answers": sum(verdicts.values()),
        "verdicts": {key: verdicts[key] for key in ("correct", "wrong", "unreadable")},
        "misconceptions": dict(ordered),
    }
