"""Without the last hint nothing that is said, as text or as JSON, is the solution."""

import json
from fractions import Fraction

import pytest

from symbolic.exercises.catalogue import HOMES, exercise
from symbolic.exercises.judge import check
from symbolic.exercises.own import own
from symbolic.exercises.reader import Answer


def zeros(shape: tuple[int, ...]) -> object:
    return [zeros(shape[1:]) for _ in range(shape[0])] if shape else 0


@pytest.mark.parametrize("name", HOMES)
def test_an_answer_of_zeros_is_told_no_whole_entry(name: str) -> None:
    known = exercise(name)
    found = check(known, json.dumps(zeros(known.truth.shape)))
    assert found.verdict == "wrong"
    for row in found.data()["differences"]:
        assert row["missing"] == []
        assert row["missing_count"] > 0
    told = found.message() + found.hint(4) + json.dumps(found.data())
    for entry in known.truth.entries:
        if len(entry.terms) > 1 or not -12 <= (entry.constant or 0) <= 12:
            assert str(entry) not in told


def test_missing_terms_are_counted_and_one_alone_is_named_where_half_of_them_are_right() -> None:
    entries = [str(entry) for entry in exercise("conv-grad-filter").truth.entries]
    terms = entries[0].split(" + ")
    entries[0] = " + ".join(terms[:-1])
    entries[1] = " + ".join(entries[1].split(" + ")[:2])
    found = check("conv-grad-filter", f"[[{entries[0]}, {entries[1]}], [{entries[2]}, {entries[3]}]]")
    assert f"Entry (1,1): missing {terms[-1]}." in found.message()
    assert "Entry (1,2): missing 2 of its 4 terms." in found.message()
    assert [row["missing"] for row in found.data()["differences"]] == [[terms[-1]], []]


def test_the_factor_of_a_single_term_is_not_said_but_that_of_several_is() -> None:
    values = {"X": [[3]], "F": [[2]], "T": [[-50]]}
    single = own("mse_loss(conv2d(X, F), T)", dict.fromkeys("XFT", (1, 1)), "F", values=values)
    assert single.solution == "Matrix([[336]])"
    found = check(single, "7")
    assert found.up_to == ()
    assert "336" not in found.message() + found.hint(4) + json.dumps(found.data())
    assert "48" not in found.message()
    assert check(single, "-336").up_to == ("factor -1",)
    assert check("conv-grad-filter", "2*conv(X, delta)").up_to == ("factor 1/2",)


@pytest.mark.parametrize("name", ["conv-sum-mse-gradient", "conv-sum-mse-update", "conv-cost", "scalar-net-gradients"])
def test_the_fourth_hint_of_numbers_does_not_say_them(name: str) -> None:
    known = exercise(name)
    found = check(known, Answer(known.truth.map(lambda entry: entry.scaled(Fraction(3))), "sympy").understood)
    for entry in known.truth.entries:
        if entry:
            assert str(entry) not in found.hint(4).replace(str(entry.scaled(Fraction(3))), "")
    assert found.data()["counterexample"]["truth"] is None


def test_a_long_answer_gets_a_message_of_bounded_length() -> None:
    long = " + ".join(f"{n}*X_11^{n % 30 + 2}*delta_11^{n // 30 + 2}" for n in range(1, 400))
    found = check("conv-grad-filter", f"[[{long}, 0], [0, 0]]")
    assert found.verdict == "wrong"
    assert len(found.message()) == 4_000
    assert found.message().endswith("…")
