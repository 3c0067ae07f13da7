"""Misconceptions are transformations: each leads to its own wrong answer, and that answer leads back to it."""

import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

import symbolic.exercises.judge
from symbolic.exercises.arrays import Grid
from symbolic.exercises.catalogue import HOMES, exercise
from symbolic.exercises.diagnose import diagnose, named
from symbolic.exercises.exercise import grids
from symbolic.exercises.judge import check
from symbolic.exercises.misconceptions import TABLE
from symbolic.exercises.mutants import mutants
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.reader import Answer

FOLDER = Path(symbolic.exercises.judge.__file__).parent
PHRASES = tomllib.loads((FOLDER / "misconceptions.toml").read_text(encoding="utf-8"))
OFFERS = [(key, offered.key) for key in HOMES for offered in exercise(key).offers if offered.transform is not None]


@pytest.mark.parametrize(("key", "misconception"), OFFERS)
def test_each_misconception_differs_from_the_truth_and_is_named(key: str, misconception: str) -> None:
    known = exercise(key)
    offered = next(offered for offered in known.offers if offered.key == misconception)
    wrong = [grid for grid in grids(offered.works(known.work)) if grid != known.truth]
    assert wrong
    for grid in wrong:
        assert misconception in named(known, diagnose(known, grid))
        if grid.shape:
            verdict = check(known, Answer(grid, "sympy").understood)
            assert verdict.verdict == "wrong"
            assert misconception in verdict.misconceptions


@pytest.mark.parametrize("key", HOMES)
def test_two_misconceptions_together_are_both_named(key: str) -> None:
    known = mutants(exercise(key))
    assert known.pairs
    for (shape, values), ways in list(known.pairs.items())[::7]:
        entries = [mutant for mutant in known.singles if (mutant.shape, mutant.values) == (shape, values)]
        assert not entries
        assert all(len(keys) == 2 for keys in ways)


def test_a_pair_is_diagnosed_where_no_single_one_explains() -> None:
    found = check("conv-grad-input", "2*full_conv(delta, F)")
    assert set(found.misconceptions) == {"spurious_factor_2", "forgot_rot180"}
    assert check("conv-grad-input", "-2*full_conv(delta, F)").misconceptions == ()  # three are not searched


def test_a_misconception_in_some_entries_only_is_named() -> None:
    truth = [str(entry) for entry in exercise("conv-grad-filter").truth.entries]
    doubled = f"[[2*({truth[0]}), {truth[1]}], [{truth[2]}, 2*({truth[3]})]]"
    assert check("conv-grad-filter", doubled).misconceptions == ("spurious_factor_2",)


def test_a_missing_term_and_a_single_wrong_sign_are_named() -> None:
    truth = [str(entry) for entry in exercise("conv-grad-filter").truth.entries]
    lacking = truth[0].replace(" + X_22*delta_22", "")
    found = check("conv-grad-filter", f"[[{lacking}, {truth[1]}], [{truth[2]}, {truth[3]}]]")
    assert "missing_term" in found.misconceptions
    assert found.wrong_entries == ((1, 1),)
    signed = truth[0].replace("+ X_22", "- X_22")
    found = check("conv-grad-filter", f"[[{signed}, {truth[1]}], [{truth[2]}, {truth[3]}]]")
    assert "sign_error" in found.misconceptions


def test_numbers_that_two_misconceptions_share_name_both() -> None:
    found = check("scalar-net-gradients", '{"dw1": -2640, "db1": -4800, "dw2": -4800}')
    assert found.misconceptions == ("order_swapped", "labels_swapped")


@pytest.mark.parametrize(
    ("key", "answer", "expected"),
    [
        ("conv-sum-mse-gradient", "[[48, 64], [96, 113]]", "arithmetic_slip"),
        ("conv-sum-mse-update", "[[2.52, 1.36], [0.4, 3.88]]", "decimal_slip"),
        ("conv-sum-mse-update", "[[2.5, 1.4], [0.0, 3.9]]", "rounded_too_coarsely"),
        ("conv-sum-mse-update", "[[2.5, 1.3], [0.0, 3.8]]", "rounded_too_coarsely"),
        ("conv-sum-mse-update", "[[2.62, 1.36], [0.04, 3.88]]", "arithmetic_slip"),
        ("conv-cost", "(5.9e9, 1.6e9)", "rounded_too_coarsely"),
        ("conv-cost", "(5898250000, 1638400000)", "arithmetic_slip"),
        ("conv-grad-filter", "[[F_11, F_12], [F_21, F_22]]", "used_filter_instead_of_input"),
        ("conv-grad-filter", "[[X_11, X_12], [X_21, X_22]]", "missing_chain_factor_delta"),
        ("conv-avgpool-mse-gradient", "[[X_11, X_12], [X_21, X_22]]", "missing_residual"),
        ("scalar-net-gradients", "(-4800, -4800, -14160)", "used_updated_parameter"),
    ],
)
def test_what_an_answer_shows_without_a_derivation(key: str, answer: str, expected: str) -> None:
    assert expected in check(key, answer).misconceptions


def test_an_answer_that_nothing_explains_gets_no_misconception() -> None:
    found = check("conv-sum-mse-gradient", "[[17, 3], [5, 71]]")
    assert (found.verdict, found.misconceptions) == ("wrong", ())
    assert "No known misconception" in found.message()


def test_different_polynomials_have_different_values_at_the_point() -> None:
    known = mutants(exercise("conv-grad-filter"))
    x, y = Polynomial.symbol("X_11"), Polynomial.symbol("X_12")
    seen = {known.value(p) for p in (x, y, x + y, x * y, x * x, y * y, x - y, x.scaled(Fraction(2)))}
    assert len(seen) == 8
    assert known.value(x + x) == known.value(x.scaled(Fraction(2)))
    assert known.values(Grid((1,), (x * y - y * x,))) == (0,)


def test_every_key_has_a_phrase_and_every_phrase_a_key() -> None:
    offered = {offered.key for key in HOMES for offered in exercise(key).offers}
    assert offered | set(TABLE) == set(PHRASES)
    for phrase in PHRASES.values():
        assert set(phrase) == {"en", "zh"}
        assert phrase["en"].endswith(".")
        assert phrase["zh"].endswith("。")


@pytest.mark.parametrize(
    ("key", "answer", "misconceptions"),
    [
        # one winner, or two, taken wrongly: no composition of exotic ideas
        ("max-pool-backward", "[[2,0,0,0],[0,0,8,0],[0,4,0,0],[0,0,6,0]]", {"wrong_winner"}),
        ("max-pool-backward", "[[2,0,0,0],[0,0,0,8],[0,0,0,6],[0,4,0,0]]", {"wrong_winner"}),
        ("max-pool-backward", "[[2,0,0,0],[0,0,0,8],[0,4,0,0],[0,0,5,0]]", {"arithmetic_slip"}),
        # right by chance is no sign of a slip
        ("relu-backward", "[[4,0,7],[0,5,0],[0,8,0]]", {"inverted_mask"}),
        ("relu-backward", "[[0,1,0],[1,0,1],[1,0,1]]", {"missing_chain_factor_delta"}),
        ("relu-backward", "[[0,3,0],[5,0,4],[2,0,1]]", {"reported_output"}),
        ("relu-backward", "[[0,7,0],[1,0,2],[3,0,5]]", set()),
        ("relu-backward", "[[0,0,0],[0,0,0],[0,0,0]]", set()),
        ("wide-conv", "[[0,0,0],[0,0,0],[0,0,X_22*W_22]]", set()),
        # numbers
        ("conv-sum-mse-gradient", "[[72, 96], [144, 168]]", {"arithmetic_slip"}),
        ("conv-sum-mse-gradient", "[[-46, -64], [-96, -112]]", {"sign_error", "arithmetic_slip"}),
        (
            "conv-sum-mse-update",
            "[[-1.8, 1.36], [0.04, 3.88]]",
            {"learning_rate_0.1", "decimal_slip", "arithmetic_slip"},
        ),
        ("conv-sum-mse-update", "[[2.52, 1.36], [0, 3.88]]", {"rounded_too_coarsely", "arithmetic_slip"}),
        ("conv-cost", "(589824000, 163840000)", {"arithmetic_slip"}),
        ("conv-cost", "(5898240000, 1638500000)", {"arithmetic_slip"}),
        ("scalar-net-gradients", "(-2400, -2400, -2640)", {"missing_factor_2_of_square", "multiplied_by_w1"}),
    ],
)  # fmt: skip
def test_the_simplest_explanation_is_taken(key: str, answer: str, misconceptions: set[str]) -> None:
    assert set(check(key, answer).misconceptions) == misconceptions


def test_two_slips_of_different_kinds_are_told_with_their_places() -> None:
    truth = [str(entry) for entry in exercise("conv-grad-filter").truth.entries]
    lacking = truth[0].replace("X_11*delta_11 + ", "")
    signed = truth[3].replace("+ X_33", "- X_33")
    found = check("conv-grad-filter", f"[[{lacking}, {truth[1]}], [{truth[2]}, {signed}]]")
    assert set(found.misconceptions) == {"missing_term", "sign_error"}
    (way,) = found.explanations
    assert way.kind == "apart"
    assert dict(zip(way.keys, way.places, strict=True)) == {"missing_term": (0,), "sign_error": (3,)}


@pytest.mark.parametrize(
    ("key", "answer", "misconception"),
    [
        ("conv-sum-mse-gradient", "[[2784, 3712], [5568, 6496]]", "forgot_target"),  # 232 times the sums of the windows
        ("conv-sum-mse-gradient", "[[2.52, 1.36], [0.04, 3.88]]", "reported_update_not_gradient"),
        ("scalar-net-gradients", "(35200, 35200, 19360)", "forgot_target"),  # 2 * 440 * 2 * 20
        ("scalar-net-gradients", "(34, 25, 33.2)", "reported_update_not_gradient"),
        ("conv-sum-mse-update", "[[1.88, 1.04], [0.36, 4.52]]", "gradient_rotated"),  # 3 - 1.12, 2 - 0.96, ...
    ],
)
def test_an_answer_to_another_step_is_named(key: str, answer: str, misconception: str) -> None:
    assert check(key, answer).misconceptions == (misconception,)
