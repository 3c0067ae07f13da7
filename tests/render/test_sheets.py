"""Sheets of variants in every format, with solutions and without."""

import subprocess
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from render import cli
from render.sheet_math import markup, pieces, tex_matrix
from render.sheet_math import tex as formula
from render.sheets import FORMS, Question, markdown, page, tex
from symbolic.exercises.variants import TABLE, variant
from tests.tools import require_tool

HOSTILE = Question("<b>{{7*7}}</b> | $q$ `a`", (r"\input{/etc/passwd} 100% & $5_#{}~^\ ` *b*", "[q](javascript:1)"))


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
    entries = [str(entry) for entry in variant("relu-backward", 4).truth.entries]
    assert all(f"{entry} " in text or f"{entry}\\end" in text for entry in entries)
    assert "bmatrix" in text


def test_without_solutions_there_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path)]
    assert cli.main(["exercises", "relu-backward", "--variant", "3", "--format", "md,tex,html", *out]) == 0
    for path in tmp_path.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "Solution" not in text
        assert " & ".join(str(entry) for entry in variant("relu-backward", 3).truth.entries[:3]) not in text
        assert "<details" not in text
    capsys.readouterr()
    assert cli.main(["exercises", "relu-backward", "--variant", "3"]) == 0
    assert "Solution" not in capsys.readouterr().out


def test_an_answer_to_a_variant_is_judged(tmp_path: Path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(variant("stride-grad-input", 5).solution, encoding="utf-8")
    assert cli.main(["check", "stride-grad-input", str(file), "--variant", "5"]) == 0
    assert cli.main(["check", "stride-grad-input", str(file), "--variant", "6"]) != 0


def test_formulas_are_found_in_sentences_and_set_three_ways() -> None:
    line = (
        "X is 3×3, delta = ∂L/∂O; O_ij sums X_(i+u−1, j+v−1), K = [[3, -2], [1, 5]] and y1 = w1·x. A layer: conv(A, B)"
    )
    found = [(piece.kind, piece.text) for piece in pieces(line) if piece.kind != "text"]
    assert found == [
        ("math", "X"), ("math", "delta"), ("math", "∂L/∂O"), ("math", "O_ij"), ("math", "X_(i+u−1, j+v−1)"),
        ("matrix", "K = [[3, -2], [1, 5]]"), ("math", "y1"), ("math", "w1"), ("math", "x"), ("code", "conv(A, B)"),
    ]  # fmt: skip
    assert "".join(piece.text for piece in pieces(line)) == line
    assert formula("2*X_11*delta_12**2 - 1/4*X_1_10") == r"2\,X_{11}\,\delta_{12}^{2} - \tfrac{1}{4}\,X_{1,10}"
    assert formula("∂L/∂b_1") == r"\partial L/\partial b_{1}"
    assert markup("-F_11*delta_11") == "−<i>F</i><sub>11</sub>&hairsp;<i>δ</i><sub>11</sub>"
    assert tex_matrix([["1", "X_11"]]) == r"\begin{bmatrix}1 & X_{11}\end{bmatrix}"
    command = tex([Question("t", ("gradproof check conv-cost --variant 3 FILE",))], "en")
    assert r"\texttt{gradproof check conv-cost -{}-variant 3 FILE}" in command


def test_an_own_exercise_is_saved_varied_and_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.toml"
    call = ["--expr", "mse_loss(conv2d(X, F, stride=2), T)", "--wrt", "F"]
    call += [part for shape in ("X=5x5", "F=3x3", "T=2x2") for part in ("--shape", shape)]
    assert cli.main(["exercises", *call, "--save", str(file)]) == 0
    assert file.read_text(encoding="utf-8").startswith('expr = "mse_loss(conv2d(X, F, stride=2), T)"\nwrt = "F"\n')
    capsys.readouterr()
    sheets = ["exercises", str(file), "--variant", "4", "--count", "3", "--format", "md,html", "--solutions"]
    assert cli.main([*sheets, "--out", str(tmp_path)]) == 0
    page = (tmp_path / "mine-4.en.md").read_text(encoding="utf-8")
    assert page.count("## ") == 3
    assert "`mse_loss(conv2d(X, F, stride=2), T)`" in page
    assert "`gradproof check mine.toml --variant 5 FILE`" in page
    capsys.readouterr()
    for seed in ("4", "5"):
        assert cli.main(["exercises", str(file), "--variant", seed, "--solutions"]) == 0
        answer = tmp_path / "answer.txt"
        answer.write_text(capsys.readouterr().out.strip().split("\n")[-1], encoding="utf-8")
        assert cli.main(["check", str(file), str(answer), "--variant", seed]) == 0
        capsys.readouterr()
    assert cli.main(["exercises", "conv-cost", "--save", str(file)]) == 2
    assert "--save FILE.toml belongs to --expr" in capsys.readouterr().err


def test_every_sheet_says_how_answers_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    for name in TABLE:
        for lang in ("en", "zh"):
            assert cli.main(["exercises", name, "--lang", lang]) == 0
            told = capsys.readouterr().out
            assert "rot180(A)" in told or "3/4" in told
            assert "`" not in told


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
        (["check", "--variant", "1"], "name an exercise, as listed by"),
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
