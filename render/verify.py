"""`gradproof verify`: builds every theorem for all sizes, and prints what is proved, under which conditions and how.

A theorem exists only if every step of it has been checked, so that building it is verifying it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from render.teller import Checked, Teller
from symbolic.errors import GradproofError, ProofError, nearest
from symbolic.theorems import THEOREMS, theorem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from symbolic.recheck import Result

__all__ = ["Answer", "Checked", "Teller", "as_json", "checked", "recheck", "verify"]


def checked(key: str) -> Checked:
    """Build a theorem and take the time; a step that is not shown makes it fail."""
    start = perf_counter()
    try:
        built = theorem(key)
    except ProofError as refused:
        return Checked(key, None, perf_counter() - start, str(refused))
    return Checked(key, built, perf_counter() - start)


@dataclass(frozen=True)
class Answer:
    """What the command prints, and its status."""

    text: str
    status: int


def verify(
    names: Sequence[str],
    lang: str,
    form: str,
    *,
    steps: bool = False,
    export: Path | None = None,
    terminal: bool = False,
) -> Answer:
    """Build the theorems of these names, all by default; write their derivations where asked to.

    form  "text" or "json".    steps  with every derivation.    terminal  whether a person sees the text.

    Raises GradproofError for an unknown name, and for a folder that cannot be written to.
    """
    for name in names:
        if name not in THEOREMS:
            known = ", ".join(THEOREMS)
            raise GradproofError(f"unknown theorem '{name:.60}'; there are {known}{nearest(name, THEOREMS)}")
    rows = [checked(key) for key in dict.fromkeys(names or THEOREMS)]
    failed = any(row.theorem is None for row in rows)
    tell = Teller(lang)
    written: list[Path] = []
    if export is not None and not failed:
        from symbolic.export.schema import export as write

        written = write([row.theorem for row in rows if row.theorem], export)
    if form == "json":
        return Answer(as_json([tell.record(row, steps=steps) for row in rows]), int(failed))
    body = [tell.table(rows)] if terminal and not steps else [tell.entry(row, steps=steps) for row in rows]
    if written:
        body.append(tell.say("verify.exported", count=len(written), folder=str(export)))
    return Answer("\n\n".join([*body, tell.legend(), tell.summary(rows)]), int(failed))


def recheck(names: Sequence[str], lang: str, form: str, folder: Path) -> Answer:
    """Prove the theorems of a folder anew from its files alone, all by default.

    Raises GradproofError where a file is damaged or a name is not among them.
    """
    from symbolic.recheck import recheck as read

    results = {result.name: result for result in read(folder)}
    for name in names:
        if name not in results:
            known = ", ".join(results)
            raise GradproofError(f"no theorem '{name:.60}' in {folder}; there are {known}{nearest(name, results)}")
    chosen = [results[name] for name in dict.fromkeys(names or results)]
    status = int(not all(result.ok for result in chosen))
    if form == "json":
        return Answer(as_json([result_record(result) for result in chosen]), status)
    tell = Teller(lang)
    return Answer("\n".join([*(tell.result(result) for result in chosen), "", tell.rechecked(chosen)]), status)


def as_json(records: list[dict[str, Any]]) -> str:
    """Records as a person can read them."""
    return json.dumps(records, indent=2, ensure_ascii=False)


def result_record(result: Result) -> dict[str, Any]:
    """A result of the recheck as JSON; `screen` counts the sizes it was tried at."""
    fields = ("name", "ok", "steps", "conditions", "screen", "message")
    return {field: getattr(result, field) for field in fields}
