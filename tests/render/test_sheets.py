"""Sheets of variants in every format, with solutions and without."""

import re
import subprocess
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from render import cli
from render.questions import sentences
from render.sheet_math import tex as formula
from render.sheet_math import tex_matrix
from render.sheets import FORMS, Question, markdown, page, questions, tex
from symbolic.exercises.sheet import shape
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
    assert "pmatrix" in text


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


def test_entries_of_solutions_are_set() -> None:
    assert formula("2*X_11*delta_12**2 - 1/4*X_1_10") == r"2\,X_{11}\,\delta_{12}^{2} - \tfrac{1}{4}\,X_{1,10}"
    assert tex_matrix([["1", "X_11"]]) == r"\begin{pmatrix}1 & X_{11}\end{pmatrix}"


def test_formulas_of_questions_are_set_three_ways() -> None:
    asked = [Question("t", ("O = X ⋆ F with K = [[3, -2], [1, 5]].",), (), (("-X_11",),))]
    assert r"$`O = X \star F`$ with $`K = \begin{pmatrix}3 & -2 \\ 1 & 5\end{pmatrix}`$." in markdown(asked, "en")
    typeset = tex(asked, "en")
    assert r"$O = X \star F$ with \mbox{$K = \begin{pmatrix}3 & -2 \\ 1 & 5\end{pmatrix}$}." in typeset
    shown = page(asked, "en")
    assert shown.count("<math>") == 3
    assert "<mtable>" in shown


def test_names_of_the_answer_are_code() -> None:
    from symbolic.exercises.own import own

    for known, names in (
        (own("conv2d(img, weights)", {"img": (3, 3), "weights": (2, 2)}, "weights"), ("img", "weights", "delta")),
        (variant("softmax-cross-entropy", 1), ("p",)),
        (variant("conv-cost", 1), ()),
    ):
        for lang in ("en", "zh"):
            note = questions([known], lang, solutions=False)[0].notes[0]
            assert tuple(re.findall("`([^`]*)`", note)) == names
            assert note.replace("`", "") == shape(known, lang)


def test_long_sums_may_be_broken_between_their_terms() -> None:
    asked = [Question("t", ("q",), (), (("-X_11 + 2*X_12 - X_13",),), ("a",))]
    assert "</math> + <math>" in page(asked, "en")
    assert "</math> − <math>" in page(asked, "en")
    shown = page([Question("t", ("`conv2d(X, F)` and `" + "X + " * 30 + "X`",))], "en")
    assert '<code class="short">conv2d(X, F)</code> and <code>X + X' in shown
    assert r"X_{11} +\allowbreak 2\,X_{12} -\allowbreak X_{13}" in tex(asked, "en")


def test_lines_that_were_broken_for_their_length_go_on() -> None:
    assert sentences("One has a\nlong line.\nGive X.\n", "en") == ("One has a long line.", "Give X.")
    assert sentences("填充为 1；\n核为 3。\n请给出\nX。", "zh") == ("填充为 1；核为 3。", "请给出 X。")


def test_two_hyphens_of_a_command_stay_two() -> None:
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
    assert "<code>" not in re.sub(r"\$<code>[a-z]</code>\$", "", rendered)  # a letter is a formula
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
