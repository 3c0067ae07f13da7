"""The answers of a class as they come from a file: .csv or .jsonl, one answer a row, a bad row costs itself only.

id,answer                                 one exercise for all, named on the command line
id,exercise,variant,format,answer         every row with its own exercise; columns in any order, others are ignored
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from symbolic.errors import GradproofError
from symbolic.exercises import limits
from symbolic.exercises.refusal import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("id", "exercise", "variant", "format", "answer")
ROWS = 1_000_000


@dataclass(frozen=True)
class Handed:
    """One handed-in answer.

    exercise, variant  id of the catalogue and seed, where the row names them
    broken   why a row of the file is no answer     row  its number if it is not the next
    """

    id: str
    answer: str
    format: str = "auto"
    broken: str = ""
    row: int = field(default=0, compare=False)
    exercise: str = ""
    variant: str = ""


def read_answers(text: str, kind: str) -> list[Handed]:
    """The answers of a file: csv with a header, or one JSON object per line with the columns as keys.

    csv      columns id, answer and where needed exercise, variant, format; commas, semicolons or tabs between them.
    jsonl    `answer` may be text, nested lists or an object with the labels of the exercise.

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
        header, start, delimiter = _header(lines)
        while start < len(lines):
            used = [0]
            try:
                cells = next(csv.reader(_counted(lines, start, used), strict=True, delimiter=delimiter))
            except csv.Error as error:
                yield Handed("", "", broken=f"no row of a csv file: {error}")
                start += 1  # the row's quotes do not close where they should: go on with the next line
                continue
            start += used[0]
            if cells:
                yield _handed(dict(zip(header, [*cells, *[None] * len(header)], strict=False)))
    finally:
        csv.field_size_limit(before)


def _header(lines: list[str]) -> tuple[list[str], int, str]:
    """The names of the columns, the line where the rows begin, and what stands between columns."""
    for delimiter in (",", ";", "\t"):
        used = [0]
        try:
            cells = next(csv.reader(_counted(lines, 0, used), strict=True, delimiter=delimiter), [])
        except csv.Error:
            continue
        header = [cell.strip().lower() for cell in cells]
        if "answer" in header:
            twice = next((name for name in COLUMNS if header.count(name) > 1), None)
            if twice is not None:
                raise GradproofError(f"batch: the csv file has two columns {twice}")
            return header, used[0], delimiter
    raise GradproofError(
        "batch: the csv file needs a header with the columns id and answer (exercise, variant, format are optional)"
    )


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
    answer, kind = row.get("answer"), row.get("format") or "auto"
    name, exercise, variant = (_text(row.get(key)) for key in ("id", "exercise", "variant"))
    found = Handed(name, "", kind if isinstance(kind, str) else "?", exercise=exercise, variant=variant)
    if isinstance(answer, list | dict):
        return replace(found, answer=json.dumps(answer, ensure_ascii=False), format="json")
    if not isinstance(answer, str):
        return replace(found, broken="the row has no answer")
    return replace(found, answer=answer)


def _text(value: Any) -> str:
    """A short cell, safe to print."""
    return clean(str(value)[:200]).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
