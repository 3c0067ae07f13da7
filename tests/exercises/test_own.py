"""A teacher's own exercise: truth, misconceptions and refusals, from a call text or a TOML file."""

import pytest

from symbolic.errors import GradproofError
from symbolic.exercises.batch import check_many
from symbolic.exercises.catalogue import exercise
from symbolic.exercises.exercise import grids
from symbolic.exercises.handed import Handed
from symbolic.exercises.judge import check
from symbolic.exercises.mutants import mutants
from symbolic.exercises.own import from_toml, own
from symbolic.exercises.sheet import sheet, statement

SHAPES = {"X": (5, 5), "F": (3, 3), "T": (2, 2)}
STRIDED = "mse_loss(conv2d(X, F, stride=2, name='O'), T)"
FILE = """
expr = "mse_loss(conv2d(X, F), T)"
wrt = "F"
title = "Mine"
[shape]
X = [3, 3]
F = [2, 2]
T = [2, 2]
[values]
X = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
F = [[1, 0], [0.5, 1]]
T = [[7, 9], [12, 15]]
"""


def test_the_built_in_exercise_again_from_its_call_text() -> None:
    mine = own("conv2d(X, F, name='O')", {"X": (3, 3), "F": (2, 2)}, "X")
    assert mine.truth == exercise("conv-grad-input").truth
    assert "forgot_rot180" in check(mine, "full_conv(delta, F)").misconceptions
    assert check(mine, "full_conv(delta, rot180(F))").verdict == "correct"


def test_a_named_result_may_be_a_symbol_or_be_written_out() -> None:
    mine = own(STRIDED, SHAPES, "F")
    assert check(mine, "1/2*conv(X, O - T, dilation=2)").verdict == "correct"
    assert check(mine, "1/2*conv(X, conv(X, F, stride=2) - T, dilation=2)").verdict == "correct"
    wrong = check(mine, "1/2*crop(X)")
    assert wrong.verdict == "unreadable"
    assert check(mine, "2*conv(X, O - T, dilation=2)").misconceptions == ("missing_factor_1_over_n",)


def test_misconceptions_are_derived_for_it_and_differ_from_its_truth() -> None:
    mine = own(STRIDED, SHAPES, "F")
    keys = {offered.key for offered in mine.offers}
    assert {"ignored_stride", "rot180_applied_where_not_needed", "missing_factor_1_over_n"} <= keys
    assert "rot180_applied_to_delta_too" not in keys
    assert "spurious_factor_2" not in keys
    for offered in mine.offers:
        if offered.transform is not None:
            assert any(grid != mine.truth for grid in grids(offered.works(mine.work)))
    ignored = next(offered for offered in mine.offers if offered.key == "ignored_stride")
    grid = grids(ignored.works(mine.work))[0]
    rows = [", ".join(str(entry) for entry in grid.entries[k : k + 3]) for k in (0, 3, 6)]
    assert check(mine, "[[" + "], [".join(rows) + "]]").misconceptions == ("ignored_stride",)


def test_numbers_make_a_numeric_exercise_of_it() -> None:
    mine = from_toml(FILE)
    # O = X corr F - T by hand: [[1+2+5, 2+2.5+6], [4+3.5+8, 5+4+9]] = [[8, 10.5], [15.5, 18]]
    residual = ((1, 1.5), (3.5, 3))
    X = ((1, 2, 3), (4, 5, 6), (7, 8, 9))
    expected = [
        [sum(residual[i][j] * X[i + u][j + v] for i in (0, 1) for j in (0, 1)) / 2 for v in (0, 1)] for u in (0, 1)
    ]
    assert check(mine, str(expected)).verdict == "correct"
    assert check(mine, str([[-x for x in row] for row in expected])).misconceptions == ("sign_error",)
    text = sheet(mine)
    assert text.startswith("Mine\n====\n")
    assert "T = [[7, 9], [12, 15]]" in text
    assert "数值" in sheet(mine, "zh")


@pytest.mark.parametrize(
    ("expr", "wrt", "told", "right", "wrong", "key"),
    [
        (
            "sigmoid(conv2d(X, F, name='Z'))",
            "F",
            "a = sigmoid(Z)",
            "conv(X, hadamard(delta, a - hadamard(a, a)))",
            "conv(X, delta)",
            "",
        ),
        (
            "relu(conv2d(X, F))",
            "F",
            "a = relu(conv2d(X, F)), m = relu′(conv2d(X, F))",
            "conv(X, hadamard(delta, m))",
            "-conv(X, hadamard(delta, m))",
            "sign_error",
        ),
        (
            "tanh(T)",
            "T",
            "a = tanh(T)",
            "delta - hadamard(delta, hadamard(a, a))",
            "hadamard(delta, hadamard(a, a)) - delta",
            "sign_error",
        ),
        (
            "cross_entropy(V, [1])",
            "V",
            "p = softmax(V, 1)",
            "[[p_11, p_12 - 1, 1 - p_11 - p_12]]",
            "[[p_11, p_12, p_13]]",
            "",
        ),
        ("leaky_relu(T, 0.2)", "T", "m = leaky_relu′(T)", "hadamard(delta, m)", "delta", ""),
    ],
)
def test_functions_that_are_no_polynomials_get_symbols(
    expr: str, wrt: str, told: str, right: str, wrong: str, key: str
) -> None:
    used = {name: shape for name, shape in {**SHAPES, "V": (1, 3)}.items() if f"{name}" in expr.replace("'Z'", "")}
    mine = own(expr, used, wrt)
    for lang in ("en", "zh"):
        assert told in sheet(mine, lang)
    assert check(mine, mine.solution).verdict == "correct"
    assert check(mine, right).verdict == "correct", check(mine, right).message()
    found = check(mine, wrong)
    assert found.verdict == "wrong"
    assert key in (*found.misconceptions, "")
    assert found.counterexample is not None


def test_numbers_that_would_have_to_be_rounded_are_refused_and_exact_ones_are_not() -> None:
    shapes: dict[str, tuple[int, ...]] = {"X": (2,), "T": (2,)}
    values = {"X": [1, -2], "T": [3, 4]}
    with pytest.raises(GradproofError, match=r"sigmoid\(X\) has no exact one; leave the values out"):
        own("mse_loss(sigmoid(X), T)", shapes, "X", values=values)
    assert own("mse_loss(relu(X), T)", shapes, "X", values=values).solution == "[-2, 0]"


def test_variants_have_other_sizes_or_other_numbers() -> None:
    mine = own(STRIDED, SHAPES, "F")
    assert mine.vary is not None
    made = [mine.vary(seed) for seed in range(4)]
    assert len({one.words["shapes"] for one in made}) > 1
    assert all(one.words["shapes"] != mine.words["shapes"] for one in made)
    assert mine.vary(2).solution == made[2].solution
    numbered = from_toml(FILE, "mine.toml")
    assert numbered.vary is not None
    other = numbered.vary(1)
    assert (other.words["shapes"], other.truth.shape) == (numbered.words["shapes"], numbered.truth.shape)
    assert other.words["values"] != numbered.words["values"]
    assert "mine.toml --variant 1 FILE" in sheet(other)
    for one in (*made, other):
        assert check(one, one.solution).verdict == "correct"
        assert [offered.key for offered in one.offers if offered.transform is not None]
    with pytest.raises(GradproofError, match="whole number of at least 0; got -1"):
        mine.vary(-1)


def test_a_class_may_have_variants_of_an_own_exercise() -> None:
    mine = own(STRIDED, SHAPES, "F")
    assert mine.vary is not None
    handed = [Handed(str(seed), mine.vary(seed).solution, variant=str(seed)) for seed in (0, 1)]
    rows = list(check_many(mine, [*handed, Handed("c", mine.solution), Handed("d", mine.solution, variant="0")]))
    assert [row["verdict"] for row in rows[:3]] == ["correct"] * 3
    assert rows[3]["verdict"] != "correct"


def test_a_named_result_and_its_symbol_are_the_same() -> None:
    mine = own("mse_loss(sigmoid(X, name='A'), T)", {"X": (1, 2), "T": (1, 2)}, "X")
    assert check(mine, "[[(A_11 - T_11) A_11 (1 - A_11), (a_12 - T_12) a_12 (1 - A_12)]]").verdict == "correct"


def test_the_sheet_names_the_command_that_finds_the_exercise_again() -> None:
    text = sheet(own(STRIDED, SHAPES, "F"))
    assert f'gradproof check --expr "{STRIDED}" --shape X=5x5 --shape F=3x3 --shape T=2x2 --wrt F FILE' in text
    assert "gradproof check week3.toml FILE" in sheet(from_toml(FILE, "week3.toml"))


@pytest.mark.parametrize(
    ("expr", "wrt", "message"),
    [
        ("mse_loss(conv2d(X, F), G)", "F", "'G' has no shape"),
        (STRIDED, "G", "no input 'G'; its inputs are X, F, T|no input 'G'"),
        ("sum(conv2d(X, F) / T)", "X", "conv2d|shapes"),
        ("sum(max_pool2d(X, 2))", "X", "leave out functions such as max_pool2d"),
        ("sum(conv2d(conv2d(X, F, padding=99), F, padding=99))", "F", "at most 3,000 are judged"),
        ("sum(X ** 64) ** 64", "X", "no polynomial of a size|terms"),
    ],
)
def test_what_cannot_be_an_exercise_is_refused_in_a_sentence(expr: str, wrt: str, message: str) -> None:
    with pytest.raises(GradproofError, match=message):
        own(expr, SHAPES, wrt)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('wrt = "F"', "", 'needs wrt = "..."'),
        ('expr = "mse_loss(conv2d(X, F), T)"', "expr = 3", 'needs expr = "..."; got 3'),
        ("[shape]", "[shapes]", "unknown key 'shapes'; did you mean 'shape'"),
        ("X = [3, 3]", 'X = "3x3"', r"needs a table \[shape\]"),
        ("X = [3, 3]", "X = [3, 3.5]", "whole number"),
        ("[values]\n", "", "twice|overwrite|no TOML"),
        ("T = [[7, 9], [12, 15]]", "", "no value for T"),
        ("F = [[1, 0], [0.5, 1]]", "F = [[1, nan], [0.5, 1]]", "finite"),
        ("F = [[1, 0], [0.5, 1]]", "F = [[1, 0]]", "shape"),
        ('title = "Mine"', "title = [", "no TOML"),
    ],
)
def test_a_damaged_file_is_refused_in_a_sentence(old: str, new: str, message: str) -> None:
    assert old in FILE
    with pytest.raises(GradproofError, match=message):
        from_toml(FILE.replace(old, new, 1))


def test_a_title_prints_nothing_that_moves_the_cursor() -> None:
    text = sheet(from_toml(FILE.replace('"Mine"', '"a\\u001b[2J\\n2026 INFO forged"')))
    assert text.replace("\n", "").isprintable()
    assert text.startswith("aU+001B[2JU+000A2026 INFO forged\n")


def test_a_file_that_is_too_long_or_too_deep_is_refused() -> None:
    for text in ("x = " + "[" * 50_000, "#" * 200_000):
        with pytest.raises(GradproofError, match="exercise's file"):
            from_toml(text)


def test_large_exercises_are_judged_with_fewer_ideas_tried() -> None:
    large = own("conv2d(X, F)", {"X": (14, 14), "F": (3, 3)}, "X")
    found = check(large, "-1*full_conv(delta, rot180(F))")
    assert (found.verdict, found.misconceptions) == ("wrong", ("sign_error",))
    assert mutants(large).pairs == {}
    assert check(large, "full_conv(delta, rot180(F))").verdict == "correct"
    small = own("conv2d(X, F)", {"X": (4, 4), "F": (3, 3)}, "X")
    assert set(check(small, "2*full_conv(delta, F)").misconceptions) >= {"forgot_rot180", "spurious_factor_2"}


def test_stated_symbols_name_their_layer_with_its_options() -> None:
    shapes = {"X": (5, 5), "F": (3, 3), "T": (2, 2)}
    told = statement(own("mse_loss(relu(conv2d(X, F, stride=2)), T)", shapes, "F"))
    assert "a = relu(conv2d(X, F, stride=2)), m = relu′(conv2d(X, F, stride=2))" in told
    assert "a = sigmoid(mul(2, X))" in statement(own("sigmoid(2*X)", {"X": (2,)}, "X"))
