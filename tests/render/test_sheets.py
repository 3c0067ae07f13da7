"""Sheets of variants in every format, with solutions and without."""

import subprocess
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from render import cli
from render.sheets import FORMS, Question, markdown, page, tex
from symbolic.exercises.variants import TABLE, variant
from tests.tools import require_tool

HOSTILE = Question("<b>{{7*7}}</b> | $x$", (r"\input{/etc/passwd} 100% & $5_#{}~^\ `a` *b*", "[x](javascript:1)"), "")


def test_files_are_written_in_every_format_and_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("en", "zh"):
        arguments = ["exercises", "relu-backward", "--variant", "3", "--count", "2", "--lang", lang]
        assert cli.main([*arguments, "--format", "md,tex,html", "--solutions", "--out", str(tmp_path)]) == 0
        written = [Path(line) for line in capsys.readouterr().out.splitlines()]
        assert [path.name for path in written] == [f"relu-backward-3.{lang}.{form}" for form in FORMS]
        for path in written:
            text = path.read_text(encoding="utf-8")
            assert text.count("--variant 3") == text.count("--variant 4") == 1 or path.suffix == ".tex"
    text = (tmp_path / "relu-backward-3.en.md").read_text(encoding="utf-8")
    assert variant("relu-backward", 4).solution in text


def test_without_solutions_there_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path)]
    assert cli.main(["exercises", "relu-backward", "--variant", "3", "--format", "md,tex,html", *out]) == 0
    for path in tmp_path.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "Solution" not in text
        assert variant("relu-backward", 3).solution not in text
    capsys.readouterr()
    assert cli.main(["exercises", "relu-backward", "--variant", "3"]) == 0
    assert "Solution" not in capsys.readouterr().out


def test_an_answer_to_a_variant_is_judged(tmp_path: Path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(variant("stride-grad-input", 5).solution, encoding="utf-8")
    assert cli.main(["check", "stride-grad-input", str(file), "--variant", "5"]) == 0
    assert cli.main(["check", "stride-grad-input", str(file), "--variant", "6"]) != 0


def test_nothing_in_a_text_becomes_markup() -> None:
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(markdown([HOSTILE], "en"))
    assert "<b>" not in rendered
    assert "<a " not in rendered
    assert "<em>" not in rendered
    assert "<code>" not in rendered
    assert "<b>" not in page([HOSTILE], "en")
    typeset = tex([HOSTILE], "en")
    assert r"\input{" not in typeset
    assert r"\textbackslash{}input" in typeset or r"\textbackslash input" in typeset
    assert "100\\%" in typeset


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["exercises", "relu-backward", "--format", "pdf"], "unknown format 'pdf'; there are md, tex, html"),
        (["exercises", "numpy-operators", "--variant", "1"], "has no variants: it asks for a function"),
        (["exercises", "relu-backward", "--count", "2"], "--count needs --variant SEED"),
        (["exercises", "relu-backward", "--variant", "1", "--count", "0"], "from 1 to 1000; got 0"),
        (["exercises", "relu-backward", "--variant", "-1"], "at least 0; got -1"),
        (["check", "--variant", "1"], "--variant belongs to an exercise"),
    ],
)
def test_mistakes_are_one_sentence(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert len(error.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_latex_sheets_compile(lang: str, tmp_path: Path) -> None:
    require_tool("xelatex")
    for name in TABLE:
        assert cli.main(["exercises", name, "--variant", "1", "--lang", lang, "--format", "tex", "--solutions",
                         "--out", str(tmp_path)]) == 0  # fmt: skip
        command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}-1.{lang}.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
        assert b"Missing character" not in done.stdout
