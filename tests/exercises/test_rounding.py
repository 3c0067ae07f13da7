"""Floating-point results of a program count as right within the stated rule, and only they."""

import io
import json

import numpy as np
import pytest

from symbolic.exercises.judge import check

NAME = "conv-sum-mse-update"  # [[2.52, 1.36], [0.04, 3.88]]


def npy(values: list[list[float]], kind: str = "f8") -> bytes:
    file = io.BytesIO()
    np.save(file, np.array(values, dtype=kind))
    return file.getvalue()


@pytest.mark.parametrize("write", [npy, json.dumps])
def test_a_rounded_result_is_correct_with_a_remark(write: object) -> None:
    assert callable(write)
    found = check(
        NAME, write([[2.52, 1.3599999999999999], [0.040000000000000036, 3.88]]), "auto" if write is npy else "json"
    )
    assert (found.verdict, found.remarks) == ("correct", ("rounding",))
    assert "floating-point rounding" in found.message()
    assert found.data()["remarks"] == ["rounding"]


@pytest.mark.parametrize("write", [npy, json.dumps])
def test_the_exact_numbers_get_no_remark_and_others_stay_wrong(write: object) -> None:
    assert callable(write)
    kind = "auto" if write is npy else "json"
    exact = check(NAME, write([[2.52, 1.36], [0.04, 3.88]]), kind)
    assert (exact.verdict, exact.remarks, exact.message()) == ("correct", (), "Correct.")
    off = check(NAME, write([[2.52, 1.36 * (1 + 1e-8)], [0.04 * (1 + 1e-12), 3.88]]), kind)
    assert (off.verdict, off.wrong_entries, off.remarks) == ("wrong", ((1, 2),), ("rounding",))


def test_numbers_written_by_hand_and_whole_numbers_are_never_rounded() -> None:
    assert check(NAME, "[[2.52, 1.3599999999999], [0.04, 3.88]]", "sympy").verdict == "wrong"
    printed = check(NAME, "[[2.52, 1.3599999999999999], [0.04, 3.88]]", "sympy")
    assert (printed.verdict, printed.remarks) == ("correct", ("rounding",))
    long = "0." + "9" * 90 + "8"
    assert check(NAME, f"[[2.52, {long}], [0.04, 3.88]]").verdict == "wrong"
    assert check("conv-cost", "[5898240001, 1638400000]", "json").verdict == "wrong"
    assert check("conv-cost", "[5898240000, 1638400000]", "json").verdict == "correct"
