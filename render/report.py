"""`gradproof check [ID] --batch`: a class's answers to one report, resumed where it was stopped.

While it runs, finished rows stand in REPORT.part, one JSON object a line; a second run with the same answers goes
on behind them. At the end the report is written at once and the .part file removed.
"""

from __future__ import annotations

import csv
import io
import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from render.progress import tracked
from render.report_page import page
from render.write import write_file
from symbolic.errors import GradproofError
from symbolic.exercises.batch import FIELDS, check_many, summary
from symbolic.exercises.handed import Handed, read_answers
from symbolic.files import WriteError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from symbolic.exercises.exercise import Exercise

STEP = 200  # answers between two lines of the progress bar and two flushes


def report(exercise: str | Exercise | None, source: Path, out: Path, *, jobs: int, lang: str) -> dict[str, Any]:
    """Judge a file of answers and write the report; the summary is returned.

    exercise  of the rows that name none of their own; None if every row has to.
    source  .csv or .jsonl     out  .csv, .json or .html
    Raises  GradproofError: files that cannot be read or written, or have another ending.
    """
    if out.suffix not in WRITERS:
        raise GradproofError(f"cannot write a report '{out.name:.60}'; its name must end in {', '.join(WRITERS)}")
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = getattr(error, "strerror", None) or "it is not UTF-8 text; save it as UTF-8"
        raise GradproofError(f"cannot read {source}: {what}") from error
    answers = read_answers(text, source.suffix.removeprefix("."))
    if exercise is None and answers and not any(handed.exercise for handed in answers):
        raise GradproofError(f"name the exercise of these answers, or give {source.name} a column exercise")
    name = exercise if isinstance(exercise, str) else exercise.id if exercise else ""
    rows = _resumed(exercise, answers, out.with_name(out.name + ".part"), jobs, lang)
    told = {"exercise": name, **summary(rows)}
    write_file(out, WRITERS[out.suffix](told, rows, lang))
    out.with_name(out.name + ".part").unlink(missing_ok=True)
    return told


def _resumed(
    exercise: str | Exercise | None, answers: list[Handed], part: Path, jobs: int, lang: str
) -> list[dict[str, Any]]:
    mark = _mark(exercise, answers, lang)
    rows = _earlier(part, mark, answers)
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write("\n".join([mark, *map(json.dumps, rows)]) + "\n")
            left = answers[len(rows) :]
            found = check_many(exercise, left, jobs=jobs, lang=lang, first=len(rows) + 1)
            starts = [str(start) for start in range(len(rows), len(answers), STEP)]
            for start in tracked(starts):
                for _ in range(min(STEP, len(answers) - int(start))):
                    rows.append(next(found))
                    file.write(json.dumps(rows[-1]) + "\n")
                file.flush()
    except OSError as error:
        raise WriteError(f"cannot write {part}: {error.strerror or error}") from error
    return rows


def _mark(exercise: str | Exercise | None, answers: list[Handed], lang: str) -> str:
    """What a .part file belongs to: the exercise's question and truth, the answers and the language."""
    digest = blake2b(digest_size=16)
    plain = exercise is None or isinstance(exercise, str)
    known = exercise if plain else f"{exercise.id} {exercise.words} {exercise.solution}"  # type: ignore[union-attr]
    digest.update(repr((known, lang, answers)).encode("utf-8", "surrogatepass"))
    return json.dumps({"gradproof": digest.hexdigest()})


def _earlier(part: Path, mark: str, answers: list[Handed]) -> list[dict[str, Any]]:
    """The rows of an earlier run with the same answers; the last line may be cut off."""
    try:
        first, *lines = part.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []
    rows: list[dict[str, Any]] = []
    if first == mark:
        for line, handed in zip(lines, answers, strict=False):
            try:
                row = json.loads(line)
            except ValueError:
                break
            number = handed.row or len(rows) + 1
            if not isinstance(row, dict) or row.get("row") != number or not set(FIELDS) <= set(row):
                break
            rows.append(row)
    return rows


def _csv(_told: dict[str, Any], rows: list[dict[str, Any]], _lang: str) -> str:
    """One line per answer; cells that a spreadsheet would calculate are written as text."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    for row in rows:
        writer.writerow([_cell(row[field]) for field in FIELDS])
    return text.getvalue()


def _cell(value: Any) -> str:  # noqa: ANN401 -- a number, a text or a list of them
    if isinstance(value, list):
        return " ".join("(" + ",".join(map(str, item)) + ")" if isinstance(item, list) else str(item) for item in value)
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t")) else text


def _json(told: dict[str, Any], rows: list[dict[str, Any]], _lang: str) -> str:
    return json.dumps({**told, "rows": rows}, ensure_ascii=False, indent=1) + "\n"


WRITERS: dict[str, Callable[[dict[str, Any], list[dict[str, Any]], str], str]] = {
    ".csv": _csv,
    ".json": _json,
    ".html": page,
}
