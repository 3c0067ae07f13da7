"""A class of answers: one row each, in order, whatever a single answer does."""

import json
from pathlib import Path
from typing import Any

import pytest

from symbolic.errors import GradproofError
from symbolic.exercises import batch
from symbolic.exercises.batch import FIELDS, Handed, check_many, read_answers, summary
from symbolic.exercises.judge import check
from symbolic.exercises.own import own
from symbolic.exercises.variants import variant

RIGHT, WRONG = "conv(X, delta)", "conv(X, rot180(delta))"
DATA = Path(__file__).parent / "data"


def verdicts(rows: Any) -> list[str]:
    return [row["verdict"] for row in rows]


def test_rows_come_in_order_with_all_fields() -> None:
    rows = list(check_many("conv-grad-filter", [RIGHT, Handed("b", WRONG), "", Handed("d", "[[1]]", "yaml")], first=7))
    assert verdicts(rows) == ["correct", "wrong", "unreadable", "unreadable"]
    assert [row["row"] for row in rows] == [7, 8, 9, 10]
    assert [row["id"] for row in rows] == ["", "b", "", "d"]
    assert all(tuple(sorted(row)) == tuple(sorted(FIELDS)) for row in rows)
    assert "rot180_applied_where_not_needed" in rows[1]["misconceptions"]
    assert rows[3]["reason"] == "format"
    json.dumps(rows)


def test_our_own_mistake_costs_one_row_only(monkeypatch: pytest.MonkeyPatch) -> None:
    real = check

    def failing(exercise: Any, answer: str, format: str) -> Any:  # noqa: A002 -- the name that check has
        if answer == "boom":
            raise ZeroDivisionError
        return real(exercise, answer, format)

    monkeypatch.setattr(batch, "check", failing)
    rows = list(check_many("conv-grad-filter", [RIGHT, "boom", RIGHT]))
    assert verdicts(rows) == ["correct", "unreadable", "correct"]
    assert rows[1]["reason"] == "internal"
    assert "ZeroDivisionError" in rows[1]["message"]


def test_an_exercise_of_ones_own_and_other_languages() -> None:
    mine = own("conv2d(X, F)", {"X": (3, 3), "F": (2, 2)}, "F")
    (row,) = check_many(mine, [WRONG], lang="zh")
    assert "可能的原因" in row["message"]


def test_two_processes_give_the_same_rows() -> None:
    pytest.importorskip("joblib", reason="more than one job runs on joblib")
    answers = [Handed(str(n), (RIGHT, WRONG, "?")[n % 3]) for n in range(130)]
    alone = list(check_many("conv-grad-filter", answers))
    assert list(check_many("conv-grad-filter", answers, jobs=2)) == alone
    mine = own("conv2d(X, F)", {"X": (3, 3), "F": (2, 2)}, "F")
    assert verdicts(check_many(mine, [RIGHT, WRONG] * 30, jobs=2)) == ["correct", "wrong"] * 30


def test_csv_and_jsonl_are_read_and_bad_rows_stay_rows() -> None:
    rows = read_answers('id,answer,format\nanna,"[[1, 2],\n[3, 4]]",sympy\nben,\ncarl\n"d\x1b",[[1]],\n', "csv")
    assert rows[0] == Handed("anna", "[[1, 2],\n[3, 4]]", "sympy")
    assert rows[1] == Handed("ben", "")
    assert rows[2].broken == "the row has no answer"
    assert rows[3].id == "dU+001B"
    lines = ['{"id": 3, "answer": "x"}', "", "{", "[1]", '{"id": "e"}', '{"answer": 4}', '{"answer": "y", "format": 7}']
    found = read_answers("\n".join(lines), "jsonl")
    assert found[0] == Handed("3", "x")
    assert [bool(row.broken) for row in found] == [False, True, True, True, False, False]
    assert verdicts(check_many("conv-cost", found)) == ["unreadable"] * 6
    unbalanced = read_answers('id,answer\na,"[[1\n', "csv")
    assert unbalanced[-1].broken


def test_a_malformed_csv_row_costs_itself_only() -> None:
    good = f'"{RIGHT}"'
    for bad in ('"conv(X, delta)', '"a"b', '"conv(X,\ndelta)" x', '"', "9" * 3_000_000):
        found = read_answers(f"id,answer\na,{good}\nbad,{bad}\nb,{good}\n\nc,{good}\n", "csv")
        assert [row.id for row in found if not row.broken and row.answer == RIGHT] == ["a", "b", "c"], bad
        rows = list(check_many("conv-grad-filter", found))
        assert (rows[0]["verdict"], rows[1]["reason"], rows[-1]["verdict"]) == ("correct", "row", "correct")


def test_a_jsonl_answer_may_be_lists_numbers_or_an_object() -> None:
    lines = [
        '{"answer": [[48, 64], [96, "112"]]}', "", '{"answer": [[48.0, 64], [96, 112]]}\r', "   ",
        '{"answer": [[48, 64], [96, NaN]]}', '{"answer": [1, [2]]}', '{"answer": null}', '{"answer": 48}',
    ]  # fmt: skip
    rows = list(check_many("conv-sum-mse-gradient", read_answers("\n".join(lines), "jsonl")))
    assert verdicts(rows) == ["correct", "correct", *["unreadable"] * 4]
    assert [row["row"] for row in rows] == [1, 3, 5, 6, 7, 8]
    labelled = read_answers('{"answer": {"dw1": -4800, "db1": -4800, "dw2": -2640}}', "jsonl")
    assert verdicts(check_many("scalar-net-gradients", labelled)) == ["correct"]


def test_every_row_may_have_its_own_exercise_and_variant() -> None:
    solution = variant("scalar-net-gradients", 7).solution
    text = (
        "Exercise;ID;Variant;Answer\n"
        f"conv-grad-filter;anna;;{RIGHT}\n;ben;;full_conv(delta, rot180(F))\nscalar-net-gradients;carl;7;{solution}\n"
        f"scalar-net-gradients;dora;8;{solution}\nconv-grad-filters;emil;;1\nconv-cost;fay;x;1\n"
    )
    found = read_answers(text, "csv")
    assert found[2] == Handed("carl", solution, exercise="scalar-net-gradients", variant="7")
    rows = list(check_many("conv-grad-input", found))
    assert verdicts(rows) == ["correct", "correct", "correct", "wrong", "unreadable", "unreadable"]
    assert [row["exercise"] for row in rows[:2]] == ["conv-grad-filter", "conv-grad-input"]
    assert [row["reason"] for row in rows[4:]] == ["exercise", "exercise"]
    assert "did you mean 'conv-grad-filter'" in rows[4]["message"]
    assert "whole number of at least 0; got 'x'" in rows[5]["message"]
    nameless = list(check_many(None, found))
    assert nameless[1]["message"].startswith("the row names no exercise")
    told = summary(rows)
    assert told["exercises"]["scalar-net-gradients"]["verdicts"] == {"correct": 1, "wrong": 1, "unreadable": 0}
    assert sum(counted["answers"] for counted in told["exercises"].values()) == told["answers"] == 6


def test_ids_that_occur_twice_are_told() -> None:
    rows = [
        Handed("a", RIGHT),
        Handed("b", RIGHT),
        Handed("a", WRONG),
        Handed("a", "1", exercise="conv-cost"),
        Handed("", ""),
    ]
    told = summary(check_many("conv-grad-filter", rows))
    assert told["duplicates"] == {"a": [1, 3]}
    assert told["answers"] == 5


def test_an_own_exercise_travels_once_and_calls_do_not_mix() -> None:
    mine = own("conv2d(X, F)", {"X": (3, 3), "F": (2, 2)}, "F")
    other = own("conv2d(X, F)", {"X": (3, 3), "F": (2, 2)}, "X")
    assert verdicts(check_many(mine, [RIGHT])) == ["correct"]
    assert verdicts(check_many(other, [RIGHT])) != ["correct"]
    both = [check_many(exercise, [RIGHT] * 150) for exercise in (mine, other)]
    assert {*verdicts(both[0])} == {"correct"}
    assert "correct" not in verdicts(both[1])


def test_wide_cells_and_deep_lines_do_not_stop_the_file() -> None:
    found = read_answers("id,answer\na," + "9" * 3_000_000 + "\n", "csv")
    assert found[0].broken
    deep = read_answers('{"answer": "1"}\n' + "[" * 100_000 + '\n{"answer": "2"}', "jsonl")
    assert [bool(row.broken) for row in deep] == [False, True, False]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: read_answers("id,answer,Answer\n", "csv"), "two columns answer"),
        (lambda: read_answers("name,text\n", "csv"), "header with the columns id and answer"),
        (lambda: read_answers("", "csv"), "header with the columns"),
        (lambda: read_answers("", "xlsx"), "unknown kind of file 'xlsx'; there are csv and jsonl"),
        (lambda: check_many("conv-costs", []), "did you mean 'conv-cost'"),
        (lambda: check_many("conv-cost", [], jobs=0), "at least 1; got 0"),
    ],
)
def test_the_callers_mistakes_are_one_sentence(call: Any, message: str) -> None:
    with pytest.raises(GradproofError, match=message):
        call()


def test_the_summary_counts_verdicts_and_misconceptions() -> None:
    told = summary(check_many("conv-grad-filter", [RIGHT, WRONG, WRONG, "-conv(X, delta)", "?"]))
    assert told["answers"] == 5
    assert told["verdicts"] == {"correct": 1, "wrong": 3, "unreadable": 1}
    assert told["misconceptions"]["rot180_applied_where_not_needed"] == 2
    assert told["misconceptions"]["sign_error"] == 1
    assert list(told["misconceptions"].values()) == sorted(told["misconceptions"].values(), reverse=True)
    assert told["wrong_entries"] == dict.fromkeys(("1,1", "1,2", "2,1", "2,2"), 3)
    assert set(told["exercises"]) == {"conv-grad-filter"}
    assert told["duplicates"] == {}
