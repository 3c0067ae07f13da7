"""Error terms of results that bear names may be written in answers: dL/dO where O = conv2d(X, F, name='O')."""

import pytest

from symbolic.exercises.exercise import Exercise
from symbolic.exercises.judge import check
from symbolic.exercises.own import own

SHAPES = {"X": (3, 3), "F": (2, 2), "T": (2, 2)}


def one() -> Exercise:
    return own("mse_loss(conv2d(X, F, name='O'), T)", SHAPES, "F")


@pytest.mark.parametrize(
    "text",
    [
        "conv(X, dL/dO)", "conv(X, ∂L/∂O)", "conv(X, delta)", "conv(X, dO)", "conv(X, dout)", "conv(X, (O - T)/2)",
        "conv(X, (conv(X, F) - T)/2)", r"\frac{\partial L}{\partial F} = X \star \frac{\partial L}{\partial O}",
        "conv(X, delta) = conv(X, (O - T)/2)",
        "[[sum(hadamard(X[:2, :2], d)), sum(hadamard(X[:2, 1:], d))], [sum(X[1:, :2]⊙d), sum(X[1:, 1:]⊙d)]]",
    ],
)  # fmt: skip
def test_the_error_terms_of_the_one_result_with_a_name(text: str) -> None:
    found = check(one(), text)
    assert (found.verdict, found.remarks) == ("correct", ())


def test_they_stand_for_what_the_engine_derives() -> None:
    assert str(one().upstream["delta_11"]) == "1/2*O_11 - 1/2*T_11"
    wrong = check(one(), "2*conv(X, delta)")
    assert (wrong.verdict, wrong.up_to) == ("wrong", ("factor 1/2",))
    assert check(one(), "conv(X, rot180(delta))").misconceptions == ("rot180_applied_where_not_needed",)


def test_several_results_are_told_apart_and_a_tensor_of_that_name_keeps_it() -> None:
    two = own("mse_loss(avg_pool2d(conv2d(X, F, name='O'), 2, name='P'), T)", SHAPES | {"T": (1, 1)}, "F")
    for text in ("conv(X, dL/dO)", "conv(X, delta_O)", "dL/dP_11/4 conv(X, [[1, 1], [1, 1]])"):
        assert check(two, text).verdict == "correct"
    assert check(two, "conv(X, delta)").reason == "unknown_symbol"
    taken = own("mse_loss(conv2d(X, delta, name='O'), T)", {"X": (3, 3), "delta": (2, 2), "T": (2, 2)}, "delta")
    assert check(taken, "conv(X, dL/dO)").verdict == "correct"
    assert check(taken, "conv(X, delta)").verdict == "wrong"


def test_a_catalogued_exercise_with_a_kept_result_takes_them_too() -> None:
    assert check("conv-avgpool-mse-gradient", "dL/dz conv(X, [[1,1],[1,1]])/4").verdict == "correct"
    assert check("batch-norm", "[dL/dy_1, 0, 0]").verdict == "wrong"
