"""The commands `exercises` and `check`: what they print, and their exit status."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from render import cli
from render.exercises import answer
from symbolic.exercises import limits
from symbolic.exercises.catalogue import FUNCTIONS, HOMES, exercise
from symbolic.exercises.phrasebook import book
from symbolic.exercises.sheet import sheet
from symbolic.exercises.verdict import LEVELS

RIGHT, WRONG = "conv(X, delta)", "conv(X, rot180(delta))"


class Bytes:
    """Standard input that holds these bytes."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.mark.parametrize(("text", "status"), [(RIGHT, 0), (WRONG, 1), ("Y_11", 2), ("", 2)])
def test_the_exit_status_is_the_verdict(
    text: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(text, encoding="utf-8")
    assert cli.main(["check", "conv-grad-filter", str(file)]) == status
    first = capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", Bytes(text.encode()))
    assert cli.main(["check", "conv-grad-filter", "-"]) == status
    assert capsys.readouterr() == first
    assert first.out
    assert first.err == ""


def test_a_npy_file_is_judged(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[48.0, 64.0], [96.0, 112.0]]))
    assert cli.main(["check", "conv-sum-mse-gradient", str(tmp_path / "a.npy")]) == 0


def test_json_hints_and_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(WRONG, encoding="utf-8")
    assert cli.main(["check", "conv-grad-filter", str(file), "--json"]) == 1
    assert "rot180_applied_where_not_needed" in json.loads(capsys.readouterr().out)["misconceptions"]
    told = []
    for level in range(1, LEVELS + 1):
        assert cli.main(["check", "conv-grad-filter", str(file), "--hint", str(level)]) == 1
        told.append(capsys.readouterr().out)
    assert [len(text) for text in told] == sorted({len(text) for text in told})
    assert "Solution" in told[-1]
    assert cli.main(["check", "conv-grad-filter", str(file), "--lang", "zh"]) == 1
    assert "误差项" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["check", "conv-grad-filtre", "x"], "unknown exercise 'conv-grad-filtre'"),
        (["check", "conv-cost", "nowhere/x.txt"], "cannot read nowhere/x.txt: No such file"),
        (["check", "conv-cost", "."], "cannot read .: Is a directory"),
        (["check", "conv-cost", "{file}", "--format", "yaml"], "unknown format 'yaml'"),
        (["check", "conv-cost", "{file}", "--hint", "9"], "the level must be a whole number from 1 to 5; got 9"),
        (["check", "conv-cost", "{file}", "--hint", "x"], "--hint"),
        (["check", "conv-cost", "{file}", "--lang", "fr"], "unknown language 'fr'"),
        (["exercises", "conv-costs"], "did you mean 'conv-cost'"),
        (["exercises", "--lang", "fr"], "unknown language 'fr'"),
    ],
)
def test_mistakes_are_one_sentence_and_status_2(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.txt"
    file.write_text("[1, 2]", encoding="utf-8")
    assert cli.main([argument.format(file=file) for argument in arguments]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("gradproof: ")
    assert sentence in output.err
    assert len(output.err.splitlines()) == 1


@pytest.mark.parametrize("option", [[], ["--json"], ["--hint", "2"]])
@pytest.mark.parametrize("text", ["foo(", "", "(((((", "\\input{x}", "[1, 2]", "[5898240000, 1638400000]"])
def test_an_unknown_language_is_one_sentence_whatever_the_answer_is(
    text: str, option: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.txt"
    file.write_text(text, encoding="utf-8")
    assert cli.main(["check", "conv-cost", str(file), "--lang", "fr", *option]) == 2
    output = capsys.readouterr()
    assert (output.out, output.err) == ("", "gradproof: unknown language 'fr'; there are en, zh\n")


def test_a_huge_file_is_cut_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.txt"
    file.write_bytes(b" " * (10 * limits.BYTES))
    assert len(answer(str(file))) == limits.BYTES + 1
    assert cli.main(["check", "conv-cost", str(file)]) == 2


def test_the_list_has_a_line_for_every_exercise(capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("en", "zh"):
        assert cli.main(["exercises", "--lang", lang]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[0] for line in lines] == [*HOMES, *FUNCTIONS]
        assert all(len(line.split()) > 1 for line in lines)


@pytest.mark.parametrize("name", HOMES)
def test_a_sheet_asks_its_question_in_both_languages_and_never_answers_it(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for lang in ("en", "zh"):
        assert cli.main(["exercises", name, "--lang", lang]) == 0
        text = capsys.readouterr().out
        assert text == sheet(exercise(name), lang) + "\n"
        assert f"gradproof check {name}" in text
        assert "{" not in text.replace(chr(123) + chr(34), "")
        assert exercise(name).solution not in text


def test_an_exercise_that_asks_for_a_function_says_how_it_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("en", "zh"):
        assert cli.main(["exercises", "numpy-operators", "--lang", lang]) == 0
        assert 'check_function("numpy-operators", backward)' in capsys.readouterr().out
    assert cli.main(["check", "numpy-operators"]) == 2
    assert "asks for a function" in capsys.readouterr().err


def test_the_file_may_stand_behind_the_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "answer.txt"
    file.write_text("conv(X, delta)", encoding="utf-8")
    before, behind = ["check", "conv-grad-filter"], ["--lang", "zh"]
    for words in (
        [*before, str(file), *behind],
        [*before, *behind, str(file)],
        ["check", *behind, before[1], str(file)],
    ):
        assert cli.main(words) == 0
        assert "正确" in capsys.readouterr().out
    own = ["--expr", "conv2d(X, F)", "--shape", "X=3x3", "--shape", "F=2x2", "--wrt", "F"]
    assert cli.main(["check", *own, str(file)]) == 0
    assert cli.main([*before, *behind, str(file), "more"]) == 2
    assert "unrecognized arguments" in capsys.readouterr().err


def test_statements_are_complete() -> None:
    statements = book("statements")
    own = [f"{base}{rest}" for base in ("own", "own-delta") for rest in ("", "-numbers", "-stated")]
    small = {f"{name}.small" for name in HOMES if exercise(name).small is not None}
    assert set(statements) == small | {key for name in (*HOMES, *FUNCTIONS, *own) for key in (name, f"{name}.title")}
    for phrase in statements.values():
        assert set(phrase) == {"en", "zh"}
        assert any("\u4e00" <= letter <= "\u9fff" for letter in phrase["zh"])


def test_an_exercise_of_ones_own_is_printed_and_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = ["--expr", "conv2d(X, F, stride=2)", "--shape", "X=5x5", "--shape", "F=3x3", "--wrt", "F"]
    file = tmp_path / "answer.txt"
    file.write_text("conv(X, delta, dilation=2)", encoding="utf-8")
    assert cli.main(["exercises", *own]) == 0
    assert "conv2d(X, F, stride=2) with X 5×5, F 3×3" in capsys.readouterr().out
    assert cli.main(["check", *own, str(file)]) == 0
    file.write_text("conv(X, rot180(delta), dilation=2)", encoding="utf-8")
    assert cli.main(["check", str(file), *own, "--json"]) == 1
    assert "rot180_applied_where_not_needed" in capsys.readouterr().out
    shared = tmp_path / "mine.toml"
    shared.write_text('expr = "conv2d(X, F, stride=2)"\nwrt = "F"\n[shape]\nX = [5, 5]\nF = [3, 3]\n', encoding="utf-8")
    assert cli.main(["check", str(shared), str(file)]) == 1
    assert cli.main(["exercises", str(shared)]) == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["check", "--expr", "sum(X)"], "--expr needs --wrt NAME"),
        (["check", "--wrt", "X"], "--shape and --wrt belong to --expr"),
        (["check"], "name an exercise"),
        (["exercises", "conv-cost", "--expr", "sum(X)"], "give either an exercise or --expr"),
        (["exercises", "--expr", "sum(X)", "--wrt", "X", "--shape", "X"], "expected NAME=SIZES such as X=4x4"),
        (["exercises", "nowhere.toml"], "cannot read nowhere.toml"),
    ],
)
def test_mistakes_with_ones_own_exercise(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    assert sentence in capsys.readouterr().err


def test_a_later_step_is_judged_from_an_earlier_file(tmp_path: Path) -> None:
    earlier, later = tmp_path / "gradient.txt", tmp_path / "update.txt"
    earlier.write_text("[[24, 32], [48, 56]]", encoding="utf-8")
    later.write_text("[[2.76, 1.68], [0.52, 4.44]]", encoding="utf-8")
    assert cli.main(["check", "conv-sum-mse-update", str(later)]) == 1
    assert cli.main(["check", "conv-sum-mse-update", str(later), "--earlier", str(earlier)]) == 0
