"""The sentences of verdicts: both languages say the same, every one is used, none is asked for in vain."""

import ast
import string
from pathlib import Path
from typing import Any

import pytest

import symbolic.exercises.phrasebook
from symbolic.errors import GradproofError
from symbolic.exercises.judge import check
from symbolic.exercises.phrasebook import book, sentence

FOLDER = Path(symbolic.exercises.phrasebook.__file__).parent
REMARKS = (
    "left_side_other", "left_side_unknown", "brackets_from_0", "side_passed_over", "sides_differ",
)  # fmt: skip
BOOKS = ("verdicts", "misconceptions", "statements", "functions", "blunders", "variants", "reports")


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("name", BOOKS)
def test_both_languages_have_the_same_placeholders_and_their_own_punctuation(name: str) -> None:
    for key, phrase in book(name).items():
        assert set(phrase) == {"en", "zh"}, key
        assert placeholders(phrase["en"]) == placeholders(phrase["zh"]), key
        for mark in (" 。", "?", ";"):
            assert mark not in phrase["zh"], key


def test_every_sentence_of_a_verdict_is_used() -> None:
    used = {
        node.value
        for module in ("verdict", "sheet", "telling")
        for node in ast.walk(ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    made = {"up_to_factor", "up_to_transpose", "up_to_rot180", "remark_rounding", *map("remark_{}".format, REMARKS)}
    assert set(book("verdicts")) <= used | made


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(GradproofError, match="unknown language 'de'; there are en, zh"):
        sentence("verdicts", "correct", "de")


@pytest.mark.parametrize("answer", ["foo(", "conv(X, delta)", "[[1, 2], [3, 4]]", "[1]"])
@pytest.mark.parametrize("lang", ["fr", None, ""])
def test_every_verdict_refuses_an_unknown_language(answer: str, lang: Any) -> None:
    found = check("conv-grad-filter", answer)
    for call in (found.message, found.data, lambda lang: found.hint(5, lang)):
        with pytest.raises(GradproofError, match=r"unknown language .*; there are en, zh"):
            call(lang)
    if found.refusal is not None:
        with pytest.raises(GradproofError, match="unknown language"):
            found.refusal.message(lang)


@pytest.mark.parametrize("level", [2.5, 2.0, 0, 6, True, "2", None, float("nan")])
def test_a_hint_level_is_a_whole_number(level: Any) -> None:
    with pytest.raises(GradproofError, match="the level must be a whole number from 1 to 5; got "):
        check("conv-grad-filter", "[[1, 2], [3, 4]]").hint(level)
