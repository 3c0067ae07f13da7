"""Reports of a class: every format, resumed after a stop, safe to open."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from render import cli, report
from symbolic.exercises import batch
from symbolic.exercises.judge import check

RIGHT, WRONG = "conv(X, delta)", "conv(X, rot180(delta))"


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["id", "answer"], ["anna", RIGHT], ["=1+1", WRONG], ["<script>", ""], ["dora"]])
    return path


def run(answers: Path, out: Path, *more: str) -> int:
    return cli.main(["check", "conv-grad-filter", "--batch", str(answers), "--out", str(out), *more])


def test_every_format_has_every_answer(answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for suffix in report.WRITERS:
        out = tmp_path / f"report{suffix}"
        assert run(answers, out) == 0
        assert "4 answers" in capsys.readouterr().out
        assert not out.with_name(out.name + ".part").exists()
    with (tmp_path / "report.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["verdict"] for row in rows] == ["correct", "wrong", "unreadable", "unreadable"]
    assert rows[1]["id"] == "'=1+1"
    assert rows[1]["wrong_entries"] == "(1,1) (1,2) (2,1) (2,2)"
    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert data["misconceptions"]["rot180_applied_where_not_needed"] == 1
    assert [row["id"] for row in data["rows"]] == ["anna", "=1+1", "<script>", "dora"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page


def test_a_mixed_class_is_reported_by_exercise_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mixed.csv"
    lines = [
        "id,exercise,answer",
        f'a,conv-grad-filter,"{RIGHT}"',
        f'a,conv-grad-filter,"{WRONG}"',
        "b,conv-cost,1 2",
        'c,conv-cost,"[1, 2]"',
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for lang, words in (
        ("en", ("wrong", "Ids that occur more than once", "(1,1): 1", "direct: 1")),
        ("zh", ("错误", "可能的原因", "题目", "重复出现的学号", "(1,1)：1")),
    ):
        out = tmp_path / f"{lang}.html"
        assert cli.main(["check", "--batch", str(path), "--out", str(out), "--lang", lang]) == 0
        told = capsys.readouterr().out
        assert "conv-cost" in told
        assert all(word in told for word in words[:1])
        assert "(each answer was judged): a" in told or "（每份答案都已判定）：a" in told
        page = out.read_text(encoding="utf-8")
        for word in (*words, "conv-cost", "conv-grad-filter", f'<html lang="{lang}">'):
            assert word in page
        assert "wrong entries" not in page or lang == "en"
    path.write_text("id,answer\na,1\n", encoding="utf-8")
    assert cli.main(["check", "--batch", str(path), "--out", str(tmp_path / "x.csv")]) == 2
    assert "give mixed.csv a column exercise" in capsys.readouterr().err


def test_an_own_exercise_is_called_by_its_title_or_its_file(tmp_path: Path) -> None:
    path, out = tmp_path / "class.csv", tmp_path / "report.json"
    path.write_text('id,variant,answer\na,,"conv(X, delta)"\nb,3,1\n', encoding="utf-8")
    text = 'expr = "conv2d(X, F)"\nwrt = "F"\n[shape]\nX = [3, 3]\nF = [2, 2]\n'
    for head, name in (("", "mine.toml"), ('title = "Week 3"\n', "Week 3")):
        (tmp_path / "mine.toml").write_text(head + text, encoding="utf-8")
        assert cli.main(["check", str(tmp_path / "mine.toml"), "--batch", str(path), "--out", str(out)]) == 0
        data = json.loads(out.read_text(encoding="utf-8"))
        assert list(data["exercises"]) == [name]
        assert [row["verdict"] for row in data["rows"]] == ["correct", "unreadable"]


def test_a_stopped_run_goes_on_where_it_was(answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []
    real = check

    def watched(exercise: Any, answer: str, format: str) -> Any:  # noqa: A002 -- the name that check has
        judged.append(answer)
        if len(judged) == 3:
            raise KeyboardInterrupt
        return real(exercise, answer, format)

    monkeypatch.setattr(batch, "CHUNK", 1)
    monkeypatch.setattr(batch, "check", watched)
    out = tmp_path / "report.json"
    assert run(answers, out) == 130
    assert not out.exists()
    assert run(answers, out) == 0
    assert judged == [RIGHT, WRONG, "", ""]
    resumed = out.read_text(encoding="utf-8")
    assert run(answers, out) == 0
    assert out.read_text(encoding="utf-8") == resumed


def test_what_is_left_of_other_answers_is_not_used(answers: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    part = tmp_path / "report.json.part"
    row = dict.fromkeys(batch.FIELDS, "planted") | {"row": 1, "misconceptions": []}
    part.write_text('{"gradproof": "other"}\n' + json.dumps(row) + "\n", encoding="utf-8")
    assert run(answers, out) == 0
    assert "planted" not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--batch", "{answers}"], "a class needs both"),
        (["--out", "x.csv"], "a class needs both"),
        (["--batch", "{answers}", "--out", "x.pdf"], "must end in .csv, .json, .html"),
        (["--batch", "nowhere.csv", "--out", "x.csv"], "cannot read nowhere.csv: No such file"),
        (["--batch", "{answers}", "--out", "nowhere/x/../../{answers}/x.csv"], "cannot write"),
        (["--batch", "{answers}", "--out", "x.csv", "--hint", "1"], "give it without"),
        (["--batch", "{answers}", "--out", "x.csv", "--lang", "fr"], "unknown language 'fr'"),
        (["--batch", "{answers}", "--out", "x.csv", "--jobs", "0"], "at least 1; got 0"),
    ],
)
def test_mistakes_are_one_sentence(
    arguments: list[str],
    sentence: str,
    answers: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    filled = [argument.replace("{answers}", answers.name) for argument in arguments]
    assert cli.main(["check", "conv-grad-filter", *filled]) == 2
    output = capsys.readouterr()
    assert sentence in output.err
    assert len(output.err.splitlines()) == 1
