"""The truths of the catalogue beside published numbers and plain loops over the definitions."""

from dataclasses import replace

import pytest

from symbolic.errors import GradproofError, ProofError
from symbolic.exercises import changes
from symbolic.exercises.catalogue import HOMES, exercise
from symbolic.exercises.judge import check
from symbolic.exercises.polynomial import Polynomial

RIGHT = {
    "scalar-net-update": '{"w1": 34, "b1": 25, "w2": 33.2}',
    "wide-conv": "full_conv(X, rot180(W))",
    "one-by-one-conv": '{"direct": 387072, "reduced": 157184}',
    "conv-transpose": "[[F_11,F_12,0,F_21,F_22,0,0,0,0],[0,F_11,F_12,0,F_21,F_22,0,0,0],"
    "[0,0,0,F_11,F_12,0,F_21,F_22,0],[0,0,0,0,F_11,F_12,0,F_21,F_22]]",
    "avg-pool-backward": "[[.5,.5,2,2],[.5,.5,2,2],[1,1,1.5,1.5],[1,1,1.5,1.5]]",
    "max-pool-backward": "[[2,0,0,0],[0,0,0,8],[0,4,0,0],[0,0,6,0]]",
    "relu-backward": "[[0,-3,0],[2,0,-1],[6,0,-9]]",
    "bias-gradient": "(delta_111+delta_112+delta_121+delta_122, delta_211+delta_212+delta_221+delta_222)",
    "stride-grad-input": "(F_1 d_1, F_2 d_1, F_3 d_1 + F_1 d_2, F_2 d_2, F_3 d_2 + F_1 d_3, F_2 d_3, F_3 d_3, 0)",
    "stride-grad-filter": "conv(X, delta, dilation=2)",
    "dilation-grad-input": "(F_1 d_1, F_1 d_2, F_1 d_3 + F_2 d_1, F_2 d_2, F_2 d_3 + F_3 d_1, F_3 d_2, F_3 d_3)",
    "padding-grad-filter": "conv(X, delta, padding=1)",
    "padding-grad-input": "conv(delta, rot180(F), padding=1)",
    "groups-grad-input": "[[F_111 d_11, F_111 d_12 + F_112 d_11, F_112 d_12],"
    "[F_211 d_21, F_211 d_22 + F_212 d_21, F_212 d_22]]",
    "transposed-conv": "(F_1 X_1, F_2 X_1, F_3 X_1 + F_1 X_2, F_2 X_2, F_3 X_2 + F_1 X_3, F_2 X_3, F_3 X_3)",
    "softmax-cross-entropy": "1/2*[[p_11, p_12 - 1, p_13], [p_21, p_22, p_23 - 1]]",
    "receptive-field": "(3, 5, 7, 23)",
    "output-sizes": "(26, 12, 14, 24)",
}


@pytest.mark.parametrize("key", RIGHT)
def test_the_answer_written_down_from_the_definition_is_correct(key: str) -> None:
    assert check(key, RIGHT[key]).verdict == "correct"


@pytest.mark.parametrize("key", HOMES)
def test_the_solution_that_the_last_hint_shows_is_correct(key: str) -> None:
    known = exercise(key)
    text = known.solution
    if known.labels:
        values = [part.split(" = ")[1] for part in text.split(", ")]
        text = "(" + ", ".join(values) + ")"
    assert check(key, text).verdict == "correct"


def test_batch_norm_may_be_written_in_y_or_in_x() -> None:
    y = [f"r/3*(3*delta_{i} - delta_1 - delta_2 - delta_3 - y_{i}*(" for i in (1, 2, 3)]
    whole = "delta_1*y_1 + delta_2*y_2 + delta_3*y_3))"
    answer = "(" + ", ".join(part + whole for part in y) + ")"
    assert check("batch-norm", answer).verdict == "correct"
    for i in (1, 2, 3):
        answer = answer.replace(f"y_{i}", f"(r*(x_{i} - (x_1 + x_2 + x_3)/3))")
    assert check("batch-norm", answer).verdict == "correct"
    assert check("batch-norm", answer.replace("/3))", "/4))")).verdict == "wrong"


def test_probabilities_of_one_sample_add_up_to_one() -> None:
    assert (
        check("softmax-cross-entropy", "1/2*[[p_11, -p_11 - p_13, p_13], [p_21, p_22, -p_21-p_22]]").verdict
        == "correct"
    )
    assert check(
        "softmax-cross-entropy", "1/2*[[p_11, -p_11 - p_23, p_13], [p_21, p_22, -p_21-p_22]]"
    ).wrong_entries == ((1, 2),)


def test_what_a_sheet_calls_the_answer_is_compared_with_what_the_engine_derives() -> None:
    known = exercise("batch-norm")
    assert known.restated is not None
    planted = replace(known, restated=known.restated.then(changes.at(0, changes.scaled(2))))
    with pytest.raises(ProofError, match="batch-norm"):
        planted.truth  # noqa: B018 -- deriving it is the test


def test_the_matrix_of_a_convolution_gives_its_value_and_its_gradient() -> None:
    matrix, back = exercise("conv-transpose").truth, exercise("conv-grad-input").truth
    delta = [Polynomial.symbol(f"delta_{i}{j}") for i in (1, 2) for j in (1, 2)]
    for column, entry in enumerate(back.entries):
        assert entry == Polynomial.total(matrix.entries[row * 9 + column] * delta[row] for row in range(4))


def test_wide_convolution_commutes() -> None:
    assert check("wide-conv", "full_conv(W, rot180(X))").verdict == "correct"
    assert check("wide-conv", "full_conv(X, W)").misconceptions == ("forgot_rot180",)


def test_hidden_tensors_are_no_letters_of_an_answer() -> None:
    assert check("stride-grad-input", "X_1").reason == "unknown_symbol"
    assert "S" not in exercise("wide-conv").written_shapes


def test_there_are_the_seven_fixed_exercises_first_and_twelve_more() -> None:
    assert list(HOMES)[:7] == [
        "conv-grad-filter", "conv-grad-input", "conv-sum-mse-gradient", "conv-sum-mse-update",
        "conv-avgpool-mse-gradient", "scalar-net-gradients", "conv-cost",
    ]  # fmt: skip
    assert len(HOMES) >= 19
    assert set(RIGHT) | {"batch-norm"} == set(list(HOMES)[7:])


def test_an_unknown_exercise_is_one_sentence() -> None:
    with pytest.raises(GradproofError, match=r"unknown exercise 'wide_conv'; there are .*; did you mean 'wide-conv'"):
        exercise("wide_conv")
