"""The reader meets every collected answer and refuses every hostile input."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from symbolic.errors import GradproofError
from symbolic.exercises.reader import Unreadable, read
from tests.exercises.settings_of_sheets import SHEETS

DATA = Path(__file__).parent / "data"
CANARY = Path("/tmp/pwned_canary")  # noqa: S108 -- the name that the hostile inputs try to create
ANSWERS: list[dict[str, Any]] = json.loads((DATA / "answers.json").read_text(encoding="utf-8"))
HOSTILE: list[dict[str, Any]] = [
    row
    for row in json.loads((DATA / "hostile.json").read_text(encoding="utf-8"))
    if row["format"] in {"sympy", "latex", "json", "npy"}
]
READABLE = [row for row in ANSWERS if row["verdict"] != "unreadable"]
UNREADABLE = [row for row in ANSWERS if row["verdict"] == "unreadable"]


def label(row: dict[str, Any]) -> str:
    return f"{row['exercise']}-{row['format']}-{row.get('misconception') or row.get('reason') or 'correct'}"


def hostile_input(row: dict[str, Any]) -> str | bytes:
    if row["input"] is None:
        build = row["build"]
        return str(build["prefix"] + build["repeat"] * build["times"] + build["suffix"])
    return base64.b64decode(row["input"]) if row["format"] == "npy" else str(row["input"])


@pytest.mark.parametrize("fmt", ["as stated", "auto"])
@pytest.mark.parametrize("row", READABLE, ids=label)
def test_readable_answers_are_read_exactly_and_their_wrong_entries_are_where_they_are_said_to_be(
    row: dict[str, Any], fmt: str
) -> None:
    sheet = SHEETS[row["exercise"]]
    answer = sheet.read(
        row["answer"], row["format"] if fmt == "as stated" else "auto", fit=not row.get("shape_mismatch")
    )
    if row.get("shape_mismatch"):
        assert answer.shape != sheet.expected
        return
    columns = sheet.expected[1] if len(sheet.expected) == 2 else len(answer.entries)
    wrong = [
        [at // columns + 1, at % columns + 1]
        for at, (given, true) in enumerate(zip(answer.entries, sheet.truth, strict=True))
        if given != true
    ]
    assert wrong == row.get("wrong_entries", [])
    assert (row["verdict"] == "correct") == (not wrong)


@pytest.mark.parametrize("row", UNREADABLE, ids=label)
def test_unreadable_answers_are_refused_for_a_reason_that_fits(row: dict[str, Any]) -> None:
    reasons = {
        "empty": "empty",
        "blank": "empty",
        "empty list": "empty",
        "scalar, not a matrix": "wrong_shape",
        "one of two": "wrong_shape",
        "symbolic index": "index",
        "symbol in a numeric exercise": "unknown_symbol",
        "unknown symbol y": "unknown_symbol",
        "big-O instead of a number": "unknown_function",
    }
    with pytest.raises(Unreadable) as refused:
        SHEETS[row["exercise"]].read(row["answer"], row["format"])
    assert refused.value.reason == reasons.get(row["reason"], "syntax")


@pytest.mark.parametrize("exercise", sorted(SHEETS))
@pytest.mark.parametrize("row", HOSTILE, ids=lambda row: row["why"])
def test_hostile_inputs_are_refused_within_a_second_and_leave_nothing_behind(
    row: dict[str, Any], exercise: str
) -> None:
    sheet, data = SHEETS[exercise], hostile_input(row)
    start = time.perf_counter()
    with pytest.raises(Unreadable) as refused:
        sheet.read(data, row["format"], fit=False)
    seconds = time.perf_counter() - start
    assert seconds < 1
    for lang in ("en", "zh"):
        message = refused.value.message(lang)
        assert message.replace("\n", "").isprintable()
        assert len(message) < 600
        message.encode()
    assert not CANARY.exists()


def test_a_refusal_points_at_the_column_and_suggests_the_nearest_name() -> None:
    with pytest.raises(GradproofError) as refused:
        SHEETS["a"].read("Matrix([[Y_11*delta_11, 0], [0, 0]])")
    refusal = refused.value
    assert isinstance(refusal, Unreadable)
    assert (refusal.reason, refusal.line, refusal.column) == ("unknown_symbol", 1, 10)
    assert refusal.message() == (
        "column 10: unknown Y_11; did you mean X_11?\n  Matrix([[Y_11*delta_11, 0], [0, 0]])\n           ^"
    )
    assert refusal.message("zh").startswith("第 10 列\uff1a未知的名称 Y_11\uff1b是否想写 X_11\uff1f\n")
    assert str(refusal) == refusal.message("en")


def test_the_caret_stands_under_the_place_on_later_lines_in_long_lines_and_behind_wide_letters() -> None:
    sheet = SHEETS["a"]
    with pytest.raises(Unreadable) as later:
        sheet.read("[[1, 2],\n [3, Y_11]]")
    assert (later.value.line, later.value.column) == (2, 6)
    assert later.value.caret() == "   [3, Y_11]]\n       ^"
    assert later.value.sentence() == "line 2, column 6: unknown Y_11; did you mean X_11?"
    with pytest.raises(Unreadable) as long:
        sheet.read("1 + " * 100 + "Y_11" + " + 1" * 100)
    shown, caret = long.value.caret().split("\n")
    assert shown[caret.index("^") :].startswith("Y_11")
    assert len(shown) < 80
    with pytest.raises(Unreadable) as wide:
        sheet.read("\uff081\uff09*Y_11")
    assert wide.value.caret() == "  \uff081\uff09*Y_11\n        ^"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "conv(delta, X)",
            "column 1: the kernel 3×3 does not fit into 2×2: conv(A, B) slides B over A, so exchange the",
        ),
        (
            "conv(delta, [[1, 1, 1]])",
            "column 1: the kernel 1×3 does not fit into 2×2; for the full convolution write full",
        ),
        ("[[X11d11, 0], [0, 0]]", "column 3: unknown X11d11; did you mean X11*d11?"),
        ("[[X_11d_11, 0], [0, 0]]", "column 3: unknown X_11d_11; did you mean X_11*d_11?"),
        ("[[X11q11, 0], [0, 0]]", "column 3: unknown X11q11; did you mean X_11?"),
        (r"\hat{X}", r"column 1: the LaTeX command \hat is not read; an answer needs"),
        (r"\detla_{11}", r"column 1: the LaTeX command \detla is not read; did you mean \delta?"),
        (r"\begin{pmatrix} X_{11} & 0", r"column 27: the answer ends too early; \end{pmatrix} is missing"),
        ("[[X_11, 0], [0, 0]", "column 19: the answer ends too early; ] is missing"),
    ],
)
def test_what_a_refusal_suggests(text: str, sentence: str) -> None:
    with pytest.raises(Unreadable) as refused:
        SHEETS["a"].read(text)
    assert refused.value.sentence().startswith(sentence)


def test_a_text_entry_of_json_is_named_by_its_place() -> None:
    with pytest.raises(Unreadable) as refused:
        SHEETS["a"].read('[["1", "X_11"], ["0", "2*Y_11"]]', "json")
    assert refused.value.message() == ("column 3: entry [2][2]: unknown Y_11; did you mean X_11?\n  2*Y_11\n    ^")


def test_the_echo_is_sympy_style_text_of_what_was_read() -> None:
    answer = SHEETS["e"].read(
        r"\frac{\partial L}{\partial w} = \frac{z-t}{2} \begin{pmatrix} X_{11} & 1 \\ 0 & .5 \end{pmatrix}."
    )
    assert answer.format == "latex"
    assert answer.understood == "Matrix([[-1/2*X_11*t + 1/2*X_11*z, -1/2*t + 1/2*z], [0, -1/4*t + 1/4*z]])"
    assert answer.echo() == f"I read this as {answer.understood}"
    assert answer.echo("zh") == f"我读到的是 {answer.understood}"
    assert SHEETS["e"].read(answer.understood).value == answer.value


@pytest.mark.parametrize("exercise", ["a", "b"])
def test_whole_matrix_answers_are_evaluated_with_the_given_shapes(exercise: str) -> None:
    text = {"a": "conv(X, delta)", "b": "full_conv(delta, rot180(F))"}[exercise]
    assert SHEETS[exercise].read(text).entries == SHEETS[exercise].truth


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("[[1, 2, 3]]", (3,)),
        ("[[1], [2], [3]]", (3,)),
        ("(1, 2, 3)", (3, 1)),
        ("(1, 2, 3)", (1, 3)),
        ("[[1, 2], [3, 4]]", (1, 1, 2, 2)),
        ("[[[1, 2], [3, 4]]]", (2, 2)),
        ("7", (1,)),
        ("[[7]]", ()),
    ],
)
def test_unit_axes_do_not_matter_where_nothing_can_be_confused(given: str, expected: tuple[int, ...]) -> None:
    assert read(given, expected=expected).shape == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [("[[1, 2, 3, 4]]", (2, 2)), ("[1, 2, 3, 4]", (2, 2)), ("[[1, 2], [3, 4]]", (4,)), ("[[1, 2]]", (2, 1)),
     ("7", (2, 2)), ("[[1, 2], [3, 4]]", (2, 1, 2))],
)  # fmt: skip
def test_other_shapes_are_refused_naming_both(given: str, expected: tuple[int, ...]) -> None:
    with pytest.raises(Unreadable, match="expected is .*" + "×".join(map(str, expected))) as refused:
        read(given, expected=expected)
    assert refused.value.reason == "wrong_shape"


def test_an_unknown_format_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="unknown format 'yaml'; known are auto, sympy") as refused:
        read("1", "yaml")
    assert not isinstance(refused.value, Unreadable)


def test_reading_needs_no_sympy() -> None:
    import subprocess
    import sys

    code = "import sys, symbolic.exercises.reader as r; r.read('[1]'); sys.exit('sympy' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
