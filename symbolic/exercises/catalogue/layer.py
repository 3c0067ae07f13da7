"""The two gradients of the 2x2 filter on the 3x3 input, in symbols."""

from __future__ import annotations

from fractions import Fraction

from symbolic.exercises import changes
from symbolic.exercises.exercise import Exercise, Misconception
from symbolic.exercises.misconceptions import (
    elementwise_product,
    full_for_valid,
    general,
    kernel_for_input,
    missing_delta,
    smaller,
    swapped_indices,
)
from symbolic.exercises.transforms import result
from symbolic.exercises.work import Gradient
from symbolic.functional import conv2d
from symbolic.functional.arguments import tensor
from symbolic.network.derived import derive


def _layer(wrt: str) -> Gradient:
    O = conv2d(tensor("X", (3, 3)), tensor("F", (2, 2)), name="O")
    return Gradient(loss=derive(O, gradient=tensor("delta", (2, 2))).loss, wrt=(wrt,))


def conv_grad_filter() -> Exercise:
    """dL/dF is the correlation of X with delta."""
    return Exercise(
        "conv-grad-filter",
        _layer("F"),
        (
            *general("sign_error", "result_rot180", "swapped_indices_transposed_result", "spurious_factor_2"),
            *general("rot180_applied_where_not_needed", "used_same_window_everywhere", "missing_term", "wrong_entry"),
            Misconception(
                "spurious_factor_1_over_n", result(*(changes.scaled(Fraction(1, n)) for n in (2, 3, 4, 9, 16)))
            ),
            Misconception("missing_chain_factor_delta", missing_delta("O")),
            Misconception("swapped_indices_of_X", swapped_indices("X")),
            Misconception("swapped_indices_of_delta", swapped_indices("delta")),
            Misconception("elementwise_product_instead_of_convolution", elementwise_product("F", "X", "O"), whole=True),
            Misconception("used_filter_instead_of_input", kernel_for_input("F", "X", "O"), whole=True),
            Misconception("full_instead_of_valid", full_for_valid, whole=True),
        ),
    )


def conv_grad_input() -> Exercise:
    """dL/dX is the full correlation of delta with the rotated filter."""
    return Exercise(
        "conv-grad-input",
        _layer("X"),
        (
            *general("sign_error", "swapped_indices_transposed_result", "spurious_factor_2"),
            *general("forgot_rot180", "flipped_only_rows_instead_of_rot180", "flipped_only_columns_instead_of_rot180"),
            *general("rot180_applied_to_delta_too", "ignored_overlap_kept_only_first_path", "swapped_operands"),
            *general("missing_term", "wrong_entry"),
            Misconception("missing_chain_factor_delta", missing_delta("O")),
            Misconception("swapped_indices_of_F", swapped_indices("F")),
            Misconception("same_instead_of_full", smaller("same", kernel=2, output=2), whole=True),
            Misconception("valid_instead_of_full", smaller("valid", kernel=2, output=2), whole=True),
        ),
    )
