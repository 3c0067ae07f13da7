"""The examples in the README's section on exercises do what it says."""

from __future__ import annotations

import contextlib
import io
import re
from typing import TYPE_CHECKING

from render import cli
from symbolic.exercises.handed import COLUMNS
from symbolic.exercises.judge import check
from symbolic.exercises.own import from_toml
from tests.tools import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = TEXT[TEXT.index("## Exercises") : TEXT.index("## Proofs")]


def block(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", SECTION, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_function_is_judged_as_shown() -> None:
    shown = re.findall(r"```text\n(.*?)```", SECTION, re.DOTALL)[1]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block("python"), "README.md", "exec"), {})  # noqa: S102 (our own README)
    assert printed.getvalue() == shown


def test_the_file_is_an_exercise() -> None:
    mine = from_toml(block("toml"))
    assert check(mine, "1/2*conv(X, O - T)").verdict == "correct"


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answer.txt").write_text("full_conv(delta, rot180(F))", encoding="utf-8")
    (tmp_path / "FILE").write_text("full_conv(delta, F)", encoding="utf-8")
    (tmp_path / "answers.csv").write_text(f'{",".join(COLUMNS)}\na,,,,"conv(X, delta)"\n', encoding="utf-8")
    (tmp_path / "mine.toml").write_text(block("toml"), encoding="utf-8")
    own = re.search(r"`--expr '(.*?)' (.*?)`", SECTION)
    assert own is not None
    calls = [(line.split("   ")[0].split()[1:], 0) for line in block("text").splitlines()]
    calls += [(["exercises", "--expr", own[1], *own[2].split(), "--save", "other.toml"], 0)]
    calls += [(["exercises", "mine.toml"], 0)]
    for words, _ in calls:
        arguments = ["conv-grad-input" if word == "ID" else word for word in words]
        assert cli.main(arguments) == ("FILE" in words), arguments
    assert (tmp_path / "report.html").exists()
    assert (tmp_path / "other.toml").exists()
    assert len(list((tmp_path / "sheets").iterdir())) == 3
    assert "gradproof check mine.toml FILE" in capsys.readouterr().out


def test_the_columns_are_named() -> None:
    for column in COLUMNS:
        assert f"`{column}`" in SECTION
