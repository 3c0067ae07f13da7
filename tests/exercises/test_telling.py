"""What a verdict says in words: reasons that are tied, mistakes in different places, examples that tell no solution."""

import pytest

from symbolic.exercises.catalogue import HOMES, exercise
from symbolic.exercises.function_verdict import FunctionVerdict
from symbolic.exercises.judge import check
from symbolic.exercises.telling import one_of
from symbolic.exercises.work import Gradient


def test_two_mistakes_together_and_two_tied_reasons_are_told_apart() -> None:
    both = check("conv-grad-input", "2*full_conv(delta, F)").message()
    assert "Likely reason: Two things came together. A factor 2" in both
    tied = check("scalar-net-gradients", "(-2640, -4800, -4800)").message()
    assert "Likely one of these reasons: (1) The values stand in another order than asked. (2) " in tied
    chinese = check("scalar-net-gradients", "(-2640, -4800, -4800)").message("zh")
    assert "可能的原因（其中之一）：（1）各个值的次序与要求的不同。（2）" in chinese


def test_different_mistakes_are_told_with_their_places() -> None:
    truth = [str(entry) for entry in exercise("conv-grad-filter").truth.entries]
    lacking = truth[0].replace("X_11*delta_11 + ", "")
    signed = truth[3].replace("+ X_33", "- X_33")
    message = check("conv-grad-filter", f"[[{lacking}, {truth[1]}], [{truth[2]}, {signed}]]").message()
    assert "(1,1): A term is missing in a sum. (2,2): A sign is the other way round." in message


def test_a_slip_besides_is_told_with_its_place() -> None:
    message = check("conv-sum-mse-gradient", "[[-46, -64], [-96, -112]]").message()
    assert "(1,1): The way seems right" in message
    assert "(1,2), (2,1), (2,2): A sign is the other way round." in message


def test_where_the_numbers_are_given_the_learners_own_slope_is_tried_out() -> None:
    hint = check("conv-sum-mse-gradient", "[[48, 64], [90, 112]]").hint(4)
    # L at K_21 = 1.01 is (2 + 0.24)^2, at 0.99 (2 - 0.24)^2: they differ by 1.92 = 0.02 * 96, not by 1.8
    assert "L at K_21 + 0.01 and L at K_21 - 0.01 would differ by 1.8; calculate both" in hint
    assert "96" not in hint
    third = check("scalar-net-gradients", "(-4800, -4800, -240)").hint(4)
    assert "L at w2 + 0.01 and L at w2 - 0.01 would differ by -4.8" in third


SMALL = {
    # 4 positions of 9 * 2 * 2; through one channel 4 * 1 * 2 * 1 + 4 * 9 * 1 * 2
    "conv-cost": "144, 80",
    "one-by-one-conv": "180, 98",  # 9 * 4 * 5; 4 * 2 + 9 * 2 * 5
    "receptive-field": "2, 4, 8",  # 2; 2 + 1 * 2; 4 + 2 * 2
    "output-sizes": "4, 2, 3, 2",
    "conv-sum-mse-update": "2.94",  # 3 - 0.01 * 6
    "scalar-net-update": "2.97",
}


@pytest.mark.parametrize("key", SMALL)
def test_a_smaller_case_is_told_where_no_loss_can_be_tried(key: str) -> None:
    known = exercise(key)
    wrong = ", ".join(["1"] * len(known.truth.entries))
    text = f"({wrong})" if len(known.truth.shape) == 1 else "[[1, 1], [1, 1]]"
    for lang in ("en", "zh"):
        assert SMALL[key] in check(key, text).hint(4, lang)
    assert known.solution not in check(key, text).hint(4)


@pytest.mark.parametrize("key", HOMES)
def test_every_exercise_has_an_example_in_symbols_a_loss_or_a_smaller_case(key: str) -> None:
    known = exercise(key)
    assert known.truth_symbols or known.small is not None or isinstance(known.work, Gradient)


def test_probabilities_of_an_example_add_up_to_one() -> None:
    found = check("softmax-cross-entropy", "[[p_11, p_12 - 1, p_13], [p_21, p_22, p_23 - 1]]").counterexample
    assert found is not None
    for row in (1, 2):
        assert sum(value for name, value in found.values.items() if name.startswith(f"p_{row}")) == 1


def test_another_shape_has_no_example_and_says_why() -> None:
    assert "as long as the shape is another one" in check("conv-grad-input", "conv(delta, F)").hint(4)


def test_entries_with_names_are_called_by_them() -> None:
    message = check("scalar-net-gradients", "(-4800, -4800, -240)").message()
    assert "Entries that differ (1 of 3): dw2." in message
    assert "(1,3)" not in message
    assert "(1,2)" in check("conv-sum-mse-gradient", "[[48, 65], [96, 112]]").message()


def test_a_factor_is_told_as_a_number_only_where_a_formula_suggests_it() -> None:
    assert "Up to a factor of 2 it would be right" in check("conv-sum-mse-gradient", "[[24, 32], [48, 56]]").message()
    found = check("conv-sum-mse-gradient", "[[-4656, -6208], [-9312, -10864]]")
    assert found.up_to == ("factor -1/97",)
    assert "times one common factor" in found.message()
    assert "97" not in found.message().split("I read")[0]
    assert found.data()["up_to"] == ["factor"]


def test_where_all_entries_are_wrong_in_one_way_their_terms_are_not_listed() -> None:
    message = check("conv-grad-filter", "-conv(X, delta)").message()
    assert "Up to the sign it would be right." in message
    assert "Entry (1,1)" not in message


def test_a_loss_that_the_sheet_does_not_name_is_not_called_L() -> None:
    assert "Finite differences of L" in check("conv-grad-filter", "2*conv(X, delta)").message()
    assert "Finite differences of L" not in check("wide-conv", "2*full_conv(X, rot180(W))").message()


def test_explanations_are_plain_data_too() -> None:
    data = check("conv-sum-mse-gradient", "[[-46, -64], [-96, -112]]").data()
    (way,) = data["explanations"]
    told = dict(zip(way["keys"], way["entries"], strict=True))
    assert way["kind"] == "apart"
    assert told == {"sign_error": [[1, 2], [2, 1], [2, 2]], "arithmetic_slip": [[1, 1]]}
    (way,) = check("scalar-net-gradients", "(-4700, -4700, -2640)").data()["explanations"]
    assert way["carried"] == {"∂L/∂y1": "-4700"}


def test_entries_of_a_list_have_one_number() -> None:
    wrong = check("bias-gradient", "[delta_111 + delta_112 + delta_121 + delta_122, 0]")
    assert wrong.wrong_entries == ((1, 2),)
    assert "(1 of 2): (2).\nEntry (2): none" in wrong.message("en")
    assert "(2)" in wrong.message("zh")


def test_tied_reasons_are_numbered_alike_for_answers_and_functions() -> None:
    assert one_of(["A."], "en") == "Likely reason: A."
    assert one_of(["A.", "B."], "en") == "Likely one of these reasons: (1) A. (2) B."
    words = {"name": "X", "entry": "[0]", "right": "1", "mine": "2"}
    found = FunctionVerdict("wrong", misconceptions=("doubled", "ignored_delta"), words=words)
    told = found.message().split("\n")[-1]
    assert told.startswith("Likely one of these reasons: (1) The gradient is twice")
    assert "(2) The error terms" in told
