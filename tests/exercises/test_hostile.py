"""A wider table of hostile inputs: nesting, bombs, code, TeX, characters, regex traps, damaged JSON and .npy files.

data/hostile_more.json has the columns of data/hostile.json; the format "bytes" is base64 of a file read as "auto".
"""

import base64
import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from symbolic.exercises.judge import check

DATA = Path(__file__).parent / "data"
CANARY = Path("/tmp/pwned_canary")  # noqa: S108 -- the name that the hostile inputs try to create
ROWS: list[dict[str, Any]] = json.loads((DATA / "hostile_more.json").read_text(encoding="utf-8"))
KEYS = ("conv-grad-filter", "scalar-net-gradients", "conv-avgpool-mse-gradient")
FORMATS = sorted({row["format"] for row in ROWS})


def given(row: dict[str, Any]) -> tuple[str | bytes, str]:
    """Input and format for `check`."""
    if row["input"] is None:
        build = row["build"]
        return build["prefix"] + build["repeat"] * build["times"] + build["suffix"], row["format"]
    if row["format"] in {"npy", "bytes"}:
        return base64.b64decode(row["input"]), row["format"].replace("bytes", "auto")
    return row["input"], row["format"]


def test_the_table_is_wide() -> None:
    assert len(ROWS) > 300
    assert {"sympy", "latex", "json", "npy", "bytes", "auto"} >= set(FORMATS) > {"sympy", "latex", "json", "npy"}


@pytest.mark.slow
@pytest.mark.parametrize("fmt", FORMATS)
def test_every_input_is_unreadable_within_a_second_and_leaves_nothing_behind(fmt: str) -> None:
    for key in KEYS:
        check(key, "1")  # the exercises are derived once
    slow, read = [], []
    for number, row in enumerate(ROWS):
        if row["format"] != fmt:
            continue
        key = KEYS[number % len(KEYS)]
        data, form = given(row)
        start = time.process_time()
        found = check(key, data, form)
        told = [found.message("en"), found.message("zh"), found.hint(4), json.dumps(found.data())]
        if time.process_time() - start >= 1:
            slow.append(row)
        if found.verdict != "unreadable":
            read.append(row)
        for text in told[:3]:
            assert len(text) <= 4_000
            assert text.replace("\n", "").isprintable()
    assert (slow, read) == ([], [])
    assert not CANARY.exists()


@pytest.mark.slow
def test_memory_stays_bounded() -> None:
    check("conv-grad-filter", "1")
    tracemalloc.start()
    try:
        for data, form in [pair for pair in map(given, ROWS) if len(pair[0]) >= 20_000][::6]:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            check("conv-grad-filter", data, form)
            assert tracemalloc.get_traced_memory()[1] - before < 50_000_000, data[:40]
    finally:
        tracemalloc.stop()
