"""Small examples are small, true, and checked by differences of L itself."""

from fractions import Fraction

import pytest

from symbolic.exercises.catalogue import HOMES, exercise
from symbolic.exercises.counterexample import checked_by_differences, smallest
from symbolic.exercises.exercise import grids
from symbolic.exercises.judge import check
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.reader import Answer

# counts have no loss; C is not a gradient; p and r are no inputs
UNCHECKED = {
    "conv-cost", "one-by-one-conv", "receptive-field", "output-sizes", "conv-transpose", "softmax-cross-entropy",
    "batch-norm",
}  # fmt: skip


def polynomial(text: str) -> Polynomial:
    from symbolic.exercises.reader import read

    return read(text, symbols=("x", "y", "z")).entries[0]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("x*y + z", {"z": 1}),
        ("x*y*z - 2*x*y", {"x": 1, "y": 1}),
        ("x**2 - x", {"x": 2}),
        ("x*y - x**2*y", {"x": 2, "y": 1}),
        ("5 + x", {}),
        ("x**2*y - x*y**2", {"x": 1, "y": 2}),
    ],
)
def test_the_smallest_numbers_where_a_polynomial_is_not_zero(text: str, values: dict[str, int]) -> None:
    difference = polynomial(text)
    assert smallest(difference) == values
    assert difference.at({"x": 0, "y": 0, "z": 0} | values) != 0


def test_a_zero_difference_has_no_example() -> None:
    assert smallest(Polynomial({})) is None


@pytest.mark.parametrize("key", HOMES)
def test_every_misconception_has_an_example_where_both_results_differ(key: str) -> None:
    known = exercise(key)
    for offered in known.offers:
        for grid in grids(offered.works(known.work))[:2]:
            if grid == known.truth or grid.shape != known.truth.shape:
                continue
            found = check(known, Answer(grid, "sympy").understood).counterexample
            assert found is not None
            assert found.yours != found.truth
            assert found.entry in check(known, Answer(grid, "sympy").understood).wrong_entries
            if key != "relu-backward":  # at the 0 of its sheet there is a kink
                assert found.checked is (None if key in UNCHECKED else True)


def test_differences_of_the_loss_refuse_a_wrong_truth() -> None:
    known = exercise("conv-grad-filter")
    values = {"X_11": 1, "delta_11": 1}
    assert checked_by_differences(known, values, 0, Fraction(1)) is True
    assert checked_by_differences(known, values, 0, Fraction(2)) is False
    assert checked_by_differences(exercise("conv-sum-mse-update"), {}, 0, Fraction(63, 25)) is True
    assert checked_by_differences(exercise("conv-sum-mse-update"), {}, 0, Fraction(48)) is False
    assert checked_by_differences(exercise("conv-cost"), {}, 0, Fraction(1)) is None
