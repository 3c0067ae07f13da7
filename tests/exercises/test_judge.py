"""check: verdicts, wrong entries, differing terms, scores and messages."""

import base64
import json
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import symbolic
from symbolic import GradproofError, check
from symbolic.exercises.catalogue import HOMES, exercise
from symbolic.exercises.polynomial import Polynomial

DATA = Path(__file__).parent / "data"
CANARY = Path("/tmp/pwned_canary")  # noqa: S108 -- the name that the hostile inputs try to create
IDS = dict(zip("abcdefg", HOMES, strict=False))
ANSWERS: list[dict[str, Any]] = json.loads((DATA / "answers.json").read_text(encoding="utf-8"))
HOSTILE: list[dict[str, Any]] = [
    row
    for row in json.loads((DATA / "hostile.json").read_text(encoding="utf-8"))
    if row["format"] in {"sympy", "latex", "json", "npy"}
]
ROTATED = "conv(X, rot180(delta))"


def name(row: dict[str, Any]) -> str:
    return f"{row['exercise']}-{row.get('misconception') or row.get('reason') or row['verdict']}"


@pytest.mark.parametrize("row", ANSWERS, ids=name)
def test_every_collected_answer_gets_its_verdict_and_its_wrong_entries(row: dict[str, Any]) -> None:
    verdict = check(IDS[row["exercise"]], row["answer"], row["format"])
    assert verdict.verdict == row["verdict"]
    if "wrong_entries" in row:
        assert [list(entry) for entry in verdict.wrong_entries] == row["wrong_entries"]
    assert bool(verdict.misconceptions) <= (verdict.verdict == "wrong")
    assert (verdict.reason is None) == (verdict.verdict != "unreadable")


def test_nine_in_ten_misconceptions_of_the_collected_answers_are_named() -> None:
    rows = [row for row in ANSWERS if row["misconception"]]
    named = [
        row["misconception"] in check(IDS[row["exercise"]], row["answer"], row["format"]).misconceptions for row in rows
    ]
    assert len(rows) > 20
    assert sum(named) >= 0.9 * len(rows)


@pytest.mark.parametrize("key", HOMES)
def test_hostile_inputs_are_unreadable_within_a_second_and_leave_nothing_behind(key: str) -> None:
    for row in HOSTILE:
        data: str | bytes = row["input"] or ""
        if row["input"] is None:
            build = row["build"]
            data = build["prefix"] + build["repeat"] * build["times"] + build["suffix"]
        elif row["format"] == "npy":
            data = base64.b64decode(row["input"])
        start = time.perf_counter()
        verdict = check(key, data, row["format"])
        assert time.perf_counter() - start < 1
        assert verdict.verdict == "unreadable", row["why"]
        assert not CANARY.exists()


def test_the_truth_is_what_the_definitions_say() -> None:
    from tests.exercises.settings_of_sheets import SHEETS

    for letter, key in IDS.items():
        assert exercise(key).truth.entries == SHEETS[letter].truth
        assert exercise(key).truth.shape == SHEETS[letter].expected


def test_a_verdict_says_what_is_missing_what_is_too_much_and_whose_sign_is_wrong() -> None:
    right = exercise("conv-grad-input").truth.entries
    entries = [str(entry) for entry in right]
    entries[1] = "F_11*delta_12"
    entries[4] = "F_11*delta_22 - F_12*delta_21 + F_21*delta_12 + F_22*delta_11 + F_11"
    entries[7] = "2*F_21*delta_22 + F_22*delta_21"
    rows = [", ".join(entries[k : k + 3]) for k in (0, 3, 6)]
    verdict = check("conv-grad-input", f"[[{rows[0]}], [{rows[1]}], [{rows[2]}]]")
    assert verdict.wrong_entries == ((1, 2), (2, 2), (3, 2))
    first, second, third = verdict.differences
    assert (first.missing, first.extra) == (("F_12*delta_11",), ())
    assert (second.wrong_sign, second.extra) == (("-F_12*delta_21",), ("F_11",))
    assert third.wrong_factor == ("2*F_21*delta_22",)
    assert verdict.score == pytest.approx(6 / 9)
    message = verdict.message()
    assert "Entry (1,2): missing F_12*delta_11." in message
    assert "wrong sign in -F_12*delta_21" in message


def test_the_pooled_value_may_be_a_symbol_or_be_written_out() -> None:
    windows = ["X_11+X_12+X_21+X_22", "X_12+X_13+X_22+X_23", "X_21+X_22+X_31+X_32", "X_22+X_23+X_32+X_33"]
    taps = ["w_11", "w_12", "w_21", "w_22"]
    z = "(" + " + ".join(f"{w}*({x})" for w, x in zip(taps, windows, strict=True)) + ")/4"
    for pooled in ("z", z):
        for factor, verdict, keys in (("2", "correct", ()), ("4", "wrong", ("missing_factor_2",))):
            cells = [f"({pooled} - t)*({window})/{factor}" for window in windows]
            found = check("conv-avgpool-mse-gradient", f"[[{cells[0]}, {cells[1]}], [{cells[2]}, {cells[3]}]]")
            assert (found.verdict, found.misconceptions) == (verdict, keys)


def test_what_is_too_large_to_decide_is_unreadable_and_says_so() -> None:
    start = time.perf_counter()
    verdict = check("conv-avgpool-mse-gradient", "[[z**32, z**32], [z**32, 0]]")
    assert (verdict.verdict, verdict.reason) == ("unreadable", "too_large")
    assert time.perf_counter() - start < 1


def test_another_shape_is_unreadable_unless_a_misconception_leads_to_it() -> None:
    assert check("conv-grad-input", "[[F_11, F_12], [F_21, F_22]]").reason == "wrong_shape"
    valid = "[[F_11*delta_22 + F_12*delta_21 + F_21*delta_12 + F_22*delta_11]]"
    assert check("conv-grad-input", valid).misconceptions == ("valid_instead_of_full",)
    assert check("conv-grad-input", valid[2:-2]).verdict == "unreadable"
    full = check("conv-grad-filter", "full_conv(X, rot180(delta))")
    assert (full.verdict, full.misconceptions) == ("wrong", ("full_instead_of_valid",))
    assert "the shape should be 2×2, this is 4×4" in full.message()


def test_up_to_names_a_factor_a_transpose_or_a_rotation() -> None:
    truth = "conv(X, delta)"
    assert check("conv-grad-filter", f"-2*{truth}").up_to == ("factor -1/2",)
    assert check("conv-grad-filter", f"transpose({truth})").up_to == ("transpose",)
    assert check("conv-grad-filter", f"rot180({truth})").up_to == ("rot180",)
    assert check("conv-grad-filter", ROTATED).up_to == ()
    assert "Up to the sign" in check("conv-grad-filter", f"-{truth}").message()


def test_hints_come_in_levels_and_only_the_last_is_the_solution() -> None:
    verdict = check("conv-grad-filter", ROTATED)
    hints = [verdict.hint(level) for level in range(1, 6)]
    for before, after in pairwise(hints):
        assert after.startswith(before)
        assert len(after) > len(before)
    assert hints[0] == "The answer has the shape 2×2 and is written in X, F, delta."
    assert "all 4 entries differ" in hints[1]
    assert "rotated by 180 degrees" in hints[2]
    assert "at X_11 = 1, delta_11 = 1" in hints[3]
    solution = hints[4].splitlines()[-1].removeprefix("Solution: ")
    assert check("conv-grad-filter", solution).verdict == "correct"
    assert "Solution" not in hints[3]
    for level in (0, 6):
        with pytest.raises(GradproofError, match="from 1 to 5"):
            verdict.hint(level)
    assert check("conv-grad-filter", "conv(X, delta)").hint(5) == "The answer is correct; there is nothing to hint at."
    assert len(check("conv-grad-filter", "Y").hint(2).splitlines()) >= 2


def test_no_message_below_the_last_hint_shows_a_whole_right_entry() -> None:
    for key in ("conv-grad-filter", "conv-grad-input"):
        known = exercise(key)
        answer = f"zeros{known.truth.shape}"
        rows = ", ".join("[" + ", ".join(["0"] * known.truth.shape[1]) + "]" for _ in range(known.truth.shape[0]))
        verdict = check(known, f"[{rows}]")
        told = verdict.message() + verdict.hint(4)
        assert verdict.verdict == "wrong", answer
        for entry in known.truth.entries:
            assert len(entry) == 1 or str(entry) not in told


def test_messages_exist_in_both_languages_and_an_unknown_one_is_refused() -> None:
    verdict = check("conv-grad-filter", ROTATED)
    assert "可能的原因" in verdict.message("zh")
    assert str(verdict) == verdict.message("en")
    with pytest.raises(GradproofError, match="unknown language 'fr'; there are en, zh"):
        verdict.message("fr")


def test_data_is_plain_and_complete() -> None:
    data = json.loads(json.dumps(check("conv-grad-filter", ROTATED).data()))
    assert data["verdict"] == "wrong"
    assert data["wrong_entries"] == [[1, 1], [1, 2], [2, 1], [2, 2]]
    assert data["misconceptions"] == ["rot180_applied_where_not_needed"]
    assert data["counterexample"]["checked_by_finite_differences"] is True
    assert json.loads(json.dumps(check("conv-grad-filter", "").data()))["reason"] == "empty"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("conv-grad-filtre", "1"), "unknown exercise 'conv-grad-filtre'.*did you mean 'conv-grad-filter'"),
        (("conv-grad-filter", "1", "yaml"), "unknown format 'yaml'; known are auto"),
        (("conv-grad-filter", 3), "expected an answer as text or bytes; got int 3"),
        ((7, "1"), "expected the id of an exercise; got 7"),
    ],
)
def test_the_callers_mistakes_are_one_sentence(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(GradproofError, match=message):
        check(*arguments)


def test_check_is_public_and_no_module_has_its_name() -> None:
    assert symbolic.check is check
    assert not (Path(symbolic.__file__).parent / "check.py").exists()


def test_polynomials_of_the_truth_are_exact_fractions() -> None:
    update = exercise("conv-sum-mse-update").truth.entries
    assert update[0] == Polynomial.number(Fraction(63, 25))


def test_the_square_of_a_written_out_residual_is_wrong_and_not_too_large() -> None:
    windows = ["X_11+X_12+X_21+X_22", "X_12+X_13+X_22+X_23", "X_21+X_22+X_31+X_32", "X_22+X_23+X_32+X_33"]
    taps = ["w_11", "w_12", "w_21", "w_22"]
    z = "(" + " + ".join(f"{w}*({x})" for w, x in zip(taps, windows, strict=True)) + ")/4"
    cells = [f"({z} - t)**2*({window})/2" for window in windows]
    found = check("conv-avgpool-mse-gradient", f"[[{cells[0]}, {cells[1]}], [{cells[2]}, {cells[3]}]]")
    assert (found.verdict, found.misconceptions) == ("wrong", ("residual_not_squared_derivative_kept_square",))
