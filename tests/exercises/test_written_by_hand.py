"""Answers with one misconception each, worked out here by plain loops over Fractions and text, not by the engine."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import pytest

from symbolic.exercises.judge import check

Matrix = list[list[str]]
PLACES = list(product((0, 1), repeat=2))


def entry(name: str, i: int, j: int) -> str:
    return f"{name}_{i + 1}{j + 1}"


def filter_gradient(x: Callable[[int, int], str], delta: Callable[[int, int], str]) -> Matrix:
    """Sum over a, b of X[i+a, j+b] delta[a, b] with other letters in their places."""
    return [
        [
            " + ".join(f"{x(i + a, j + b)}*{delta(a, b)}" for a, b in PLACES if x(i + a, j + b) != "0") or "0"
            for j in (0, 1)
        ]
        for i in (0, 1)
    ]


def input_gradient(
    f: Callable[[int, int], str], delta: Callable[[int, int], str], keep: Callable[[list[str]], list[str]] = list
) -> Matrix:
    """For every output i, j and tap a, b the product F[a, b] delta[i, j] lands on X[i+a, j+b]."""
    landed: dict[tuple[int, int], list[str]] = {}
    for (i, j), (a, b) in product(PLACES, PLACES):
        landed.setdefault((i + a, j + b), []).append(f"{f(a, b)}*{delta(i, j)}")
    return [[" + ".join(keep(landed[row, column])) for column in range(3)] for row in range(3)]


def text(matrix: Matrix, factor: str = "1") -> str:
    return "Matrix([" + ", ".join("[" + ", ".join(f"{factor}*({cell})" for cell in row) + "]" for row in matrix) + "])"


def X(i: int, j: int) -> str:
    return entry("X", i, j)


def F(i: int, j: int) -> str:
    return entry("F", i, j)


def D(i: int, j: int) -> str:
    return entry("delta", i, j)


def turned(of: Callable[[int, int], str]) -> Callable[[int, int], str]:
    return lambda i, j: of(1 - i, 1 - j)


def one(_i: int, _j: int) -> str:
    return "1"


RIGHT_F, RIGHT_X = filter_gradient(X, D), input_gradient(F, D)
FILTER = {
    "rot180_applied_where_not_needed": text(filter_gradient(X, turned(D))),
    "result_rot180": text([row[::-1] for row in RIGHT_F[::-1]]),
    "swapped_indices_transposed_result": text([list(column) for column in zip(*RIGHT_F, strict=True)]),
    "swapped_indices_of_X": text(filter_gradient(lambda i, j: X(j, i), D)),
    "swapped_indices_of_delta": text(filter_gradient(X, lambda i, j: D(j, i))),
    "sign_error": text(RIGHT_F, "-1"),
    "spurious_factor_2": text(RIGHT_F, "2"),
    "spurious_factor_1_over_n": text(RIGHT_F, "1/4"),
    "missing_chain_factor_delta": text(filter_gradient(X, one)),
    "elementwise_product_instead_of_convolution": text([[f"{X(i, j)}*{D(i, j)}" for j in (0, 1)] for i in (0, 1)]),
    "used_same_window_everywhere": text([[RIGHT_F[0][0]] * 2] * 2),
    "missing_term": text([[cell.rpartition(" + ")[0] for cell in row] for row in RIGHT_F]),
    "used_filter_instead_of_input": text(filter_gradient(lambda i, j: F(i % 2, j % 2), D)),
    "full_instead_of_valid": "full_conv(X, delta)",
    "wrong_entry": text([[RIGHT_F[0][0], "X_11*delta_22"], RIGHT_F[1]]),
}
INPUT = {
    "forgot_rot180": text(input_gradient(turned(F), D)),
    "flipped_only_rows_instead_of_rot180": text(input_gradient(lambda i, j: F(i, 1 - j), D)),
    "flipped_only_columns_instead_of_rot180": text(input_gradient(lambda i, j: F(1 - i, j), D)),
    "rot180_applied_to_delta_too": text(input_gradient(F, turned(D))),
    "swapped_indices_of_F": text(input_gradient(lambda i, j: F(j, i), D)),
    "swapped_indices_transposed_result": text([list(column) for column in zip(*RIGHT_X, strict=True)]),
    "ignored_overlap_kept_only_first_path": text(input_gradient(F, D, lambda paths: paths[:1])),
    "missing_chain_factor_delta": text(input_gradient(F, one)),
    "missing_term": text([RIGHT_X[0], [RIGHT_X[1][0], RIGHT_X[1][1].rpartition(" + ")[0], RIGHT_X[1][2]], RIGHT_X[2]]),
    "sign_error": text(RIGHT_X, "-1"),
    "spurious_factor_2": text(RIGHT_X, "2"),
    "same_instead_of_full": text([row[:2] for row in RIGHT_X[:2]]),
    "valid_instead_of_full": text([[RIGHT_X[1][1]]]),
}
W = [[" + ".join(X(i + a, j + b) for a, b in PLACES) for j in (0, 1)] for i in (0, 1)]
Z = "(" + " + ".join(f"w_{a + 1}{b + 1}*({W[a][b]})" for a, b in PLACES) + ")/4"
TAPS = [[entry("w", i, j) for j in (0, 1)] for i in (0, 1)]
POOLED = {
    "missing_factor_2": (W, "(z - t)/4"),
    "missing_factor_1_over_n": (W, "2*(z - t)"),
    "missing_both_2_and_1_over_n": (W, "(z - t)"),
    "average_over_9_instead_of_4": (W, "2/9*(z - t)"),
    "missing_residual": (W, "1/2"),
    "residual_not_squared_derivative_kept_square": (W, "(z - t)**2/4"),
    "sign_error": (W, "(t - z)/2"),
    "used_only_first_window": ([[X(i, j) for j in (0, 1)] for i in (0, 1)], "(z - t)/2"),
    "max_pool_style_single_window_routed": ([[X(i + 1, j + 1) for j in (0, 1)] for i in (0, 1)], "2*(z - t)"),
    "used_weights_instead_of_input": (TAPS, "(z - t)/2"),
    "missing_term": ([[W[0][0], W[0][1]], ["X_21 + X_22 + X_31", W[1][1]]], "(z - t)/2"),
    "result_rot180": ([row[::-1] for row in W[::-1]], "(z - t)/2"),
}


@pytest.mark.parametrize("key", FILTER)
def test_filter(key: str) -> None:
    assert check("conv-grad-filter", text(RIGHT_F)).verdict == "correct"
    found = check("conv-grad-filter", FILTER[key])
    assert (found.verdict, key in found.misconceptions) == ("wrong", True)
    assert len(found.misconceptions) <= 2


@pytest.mark.parametrize("key", INPUT)
def test_input(key: str) -> None:
    assert check("conv-grad-input", text(RIGHT_X)).verdict == "correct"
    found = check("conv-grad-input", INPUT[key])
    assert (found.verdict, key in found.misconceptions) == ("wrong", True)
    assert len(found.misconceptions) <= 2


@pytest.mark.parametrize("key", POOLED)
@pytest.mark.parametrize("pooled", ["z", Z], ids=["z", "written out"])
def test_pooled_with_z_as_a_symbol_or_written_out(key: str, pooled: str) -> None:
    name = "conv-avgpool-mse-gradient"
    assert check(name, text(W, "(z - t)/2".replace("z", pooled))).verdict == "correct"
    cells, factor = POOLED[key]
    found = check(name, text(cells, factor.replace("z", pooled)))
    assert (found.verdict, key in found.misconceptions) == ("wrong", True)
    assert len(found.misconceptions) <= 2


def net(w1: Fraction, b1: Fraction, w2: Fraction) -> list[Fraction]:
    y1 = w1 + b1
    outer = 4 * (2 * y1 * w2 - 500)
    return [outer * w2, outer * w2, outer * y1]


def test_updated_parameters_in_the_other_gradients() -> None:
    old = [Fraction(10), Fraction(1), Fraction(20)]
    right = net(*old)
    new = [value - Fraction(5, 1000) * slope for value, slope in zip(old, right, strict=True)]
    readings = [
        net(*new),
        net(old[0], old[1], new[2]),
        [*net(old[0], old[1], new[2])[:2], right[2]],
        net(new[0], new[1], old[2]),
        [*right[:2], net(new[0], old[1], old[2])[2]],
        [*right[:2], 4 * Fraction(-60) * (new[0] + new[1])],
        [4 * Fraction(-60) * new[2]] * 2 + [right[2]],
    ]
    for values in readings:
        found = check("scalar-net-gradients", "(" + ", ".join(map(str, values)) + ")")
        assert "used_updated_parameter" in found.misconceptions, values


D3, B1, B3 = 10**4 * 9 * 256 * 256, 10**4 * 256 * 64, 10**4 * 9 * 64 * 256
COSTS = {
    "forgot_input_channels": [(D3 // 256, B1 // 256 + B3 // 64), (D3 // 256, B1 + B3 // 64)],
    "forgot_kernel_area": [(D3 // 9, B1 + B3 // 9)],
    "used_kernel_side_3_not_9": [(D3 // 3, B1 + B3 // 3)],
    "used_100_instead_of_100x100": [(D3 // 100, (B1 + B3) // 100), (D3 // 100, B1 + B3 // 100)],
    "counted_parameters_not_operations": [(D3 // 10**4, (B1 + B3) // 10**4), (2_560_000, 3_200_000)],
    "no_padding_98x98_output": [(98**2 * D3 // 10**4, B1 + 98**2 * B3 // 10**4), (D3, B1 + 98**2 * B3 // 10**4)],
    "counted_mult_and_add_as_two": [(2 * D3, 2 * (B1 + B3))],
    "multiplied_stages_instead_of_adding": [(D3, B1 * B3)],
    "bottleneck_output_64": [(D3, B1 + B3 // 4)],
    "forgot_1x1_cost": [(D3, B3)],
    "only_1x1_counted": [(D3, B1)],
    "rounded_too_coarsely": [(5_900_000_000, 1_600_000_000), (D3, 1_638_000_000), (5_000_000_000, 1_000_000_000)],
    "arithmetic_slip": [(D3, B1 + B3 + 10**6), (D3 * 10, B1 + B3), (D3 // 10, (B1 + B3) // 10)],
}


@pytest.mark.parametrize("key", COSTS)
def test_costs(key: str) -> None:
    assert check("conv-cost", f"({D3}, {B1 + B3})").verdict == "correct"
    for pair in COSTS[key]:
        found = check("conv-cost", str(pair))
        assert (found.verdict, key in found.misconceptions) == ("wrong", True), pair
        assert len(found.misconceptions) <= 2
