"""A later step is judged from the learner's own earlier value."""

import pytest

from symbolic.errors import GradproofError
from symbolic.exercises.catalogue import exercise
from symbolic.exercises.judge import check
from symbolic.exercises.work import Gradient

UPDATE = "conv-sum-mse-update"
HALF = "[[24, 32], [48, 56]]"  # the factor 2 was lost in the gradient
FROM_HALF = "[[2.76, 1.68], [0.52, 4.44]]"  # K - 0.01 * HALF by hand


def test_the_step_from_a_wrong_gradient_is_right_if_the_step_is() -> None:
    assert check(UPDATE, FROM_HALF).verdict == "wrong"
    found = check(UPDATE, FROM_HALF, earlier=HALF)
    assert (found.verdict, found.score) == ("correct", 1.0)


def test_a_mistake_in_the_step_itself_is_still_named() -> None:
    found = check(UPDATE, "[[3.24, 2.32], [1.48, 5.56]]", earlier=HALF)
    assert (found.verdict, found.misconceptions) == ("wrong", ("gradient_ascent_sign",))
    assert check(UPDATE, "[[2.52, 1.36], [0.04, 3.88]]", earlier=HALF).verdict == "wrong"


def test_the_right_gradient_changes_nothing() -> None:
    assert check(UPDATE, "[[2.52, 1.36], [0.04, 3.88]]", earlier="[[48, 64], [96, 112]]").verdict == "correct"


def test_an_earlier_answer_that_cannot_be_read_makes_the_later_one_unreadable() -> None:
    assert check(UPDATE, FROM_HALF, earlier="[[1, 2]]").reason == "wrong_shape"
    assert check(UPDATE, FROM_HALF, earlier="").reason == "empty"


def test_where_nothing_goes_before_an_earlier_answer_is_the_callers_mistake() -> None:
    with pytest.raises(GradproofError, match="'conv-cost' follows no other"):
        check("conv-cost", "(1, 2)", earlier="1")


def test_every_parameter_is_judged_from_its_own_earlier_gradient() -> None:
    earlier = '{"dw1": -4800, "db1": -4800, "dw2": -240}'  # x in place of y1 for w2
    assert check("scalar-net-update", "(34, 25, 21.2)", earlier=earlier).verdict == "correct"
    found = check("scalar-net-update", "(34, 25, 33.2)", earlier=earlier)
    assert (found.verdict, found.wrong_entries) == ("wrong", ((1, 3),))
    found = check("scalar-net-update", "(-14, -23, 18.8)", earlier=earlier)
    assert (found.verdict, found.misconceptions) == ("wrong", ("gradient_ascent_sign",))


def test_a_slip_in_a_step_from_an_earlier_value_is_a_slip() -> None:
    found = check(UPDATE, "[[2.76, 1.68], [0.52, 4.45]]", earlier=HALF)
    assert found.wrong_entries == ((2, 2),)
    assert "arithmetic_slip" in found.misconceptions
    rounded = check(UPDATE, "[[2.8, 1.7], [0.5, 4.4]]", earlier=HALF)
    assert "rounded_too_coarsely" in rounded.misconceptions


def test_hints_and_examples_belong_to_the_learners_own_earlier_value() -> None:
    found = check(UPDATE, "[[3.24, 2.32], [1.48, 5.56]]", earlier=HALF)
    assert "2.76" not in found.hint(4)
    assert "69/25" in found.hint(5)  # 2.76 from 24, not the 2.52 of the right gradient
    assert "63/25" not in found.hint(5)


def test_a_class_that_goes_on_from_its_own_values_leaves_nothing_behind() -> None:
    work = exercise(UPDATE).work
    assert isinstance(work, Gradient)
    check(UPDATE, "[[1, 2], [3, 4]]", earlier=HALF)
    before = len(work.known)
    for k in range(5):
        check(UPDATE, f"[[1, 2], [3, {k}]]", earlier=f"[[24, 32], [48, {k}]]")
    assert len(work.known) == before
