"""TABLE of what goes wrong in backward passes: transformations of the derivation, as for learners, for every operator.

A blunder is named if it returns what the function returned at every input that was tried. Those that change the
shape (`SHAPES`) are read off the arrays themselves. Every key has a sentence in blunders.toml or misconceptions.toml.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from symbolic.exercises import changes
from symbolic.exercises.backward_changes import (
    along,
    averaged,
    batch,
    detached,
    divided,
    elementwise,
    exchanged_rows,
    first_group,
    interleaved,
    kernel_turned,
    log_along,
    masked,
    minus,
    output,
    positions,
    squared,
    windowed,
)
from symbolic.exercises.misconceptions import TABLE as GENERAL
from symbolic.exercises.overlaps import overwritten
from symbolic.exercises.transforms import either, instead, ones, result, rows_changed, rules, times
from symbolic.exercises.work import Gradient
from symbolic.terms.term import Const

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from symbolic.exercises.transforms import Transform
    from symbolic.exercises.work import Work


def _where_both(transform: Transform) -> Transform:
    """A transform for layers that have a stride and a dilation; elsewhere it would be the name of one alone."""

    def chosen(work: Work) -> Iterable[Work]:
        params = output(work).params if isinstance(work, Gradient) else {}
        both = all(np.any(np.asarray(params.get(key, 1)) != 1) for key in ("stride", "dilation"))
        return transform(work) if both else ()

    return chosen


TABLE: dict[str, Transform] = {
    **{
        key: transform
        for key, transform in GENERAL.items()
        if transform is not None
        and key not in {"used_same_window_everywhere", "ignored_overlap_kept_only_first_path", "spurious_factor_2"}
    },
    "doubled": result(changes.scaled(2)),
    "flipped_every_axis_of_kernel": kernel_turned(0, 1, spatial=False),
    "rotated_channels_not_space": kernel_turned(0, 1, spatial=True),
    "height_and_width_exchanged": rules(lambda _work: exchanged_rows),
    "overwrote_where_windows_overlap": either(overwritten(channels=True), overwritten(channels=False)),
    "ignored_delta": instead({"delta": ones("delta")}),
    "only_first_sample": either(
        masked(lambda index, shape: len(shape) > 1 and index[0] == 0), masked(lambda index, _shape: not any(index[:-1]))
    ),
    "only_last_sample": masked(lambda index, shape: len(shape) > 1 and index[0] == shape[0] - 1),
    "only_first_group": first_group,
    "interleaved_groups": interleaved,
    "averaged_over_batch": divided(batch),
    "averaged_over_positions": divided(positions),
    "missing_1_over_n": divided(averaged, inverse=True),
    "only_first_position": masked(lambda index, _shape: not any(index[2:])),
    "statistics_taken_as_constants": detached(mean=True, variance=True),
    "forgot_path_through_variance": detached(mean=False, variance=True),
    "forgot_path_through_mean": detached(mean=True, variance=False),
    "softmax_diagonal_only": along(lambda given, p: times(given, minus(p, squared(p)))),
    "softmax_without_its_sum": along(times),
    "log_softmax_without_its_sum": log_along,
    "forgot_activation_derivative": elementwise(lambda _work, X: Const(Fraction(1), X.shape)),
    "multiplied_by_value": elementwise(lambda _work, X: X, lambda work, _X: output(work)),
    "derivative_of_output_at_input": elementwise(
        lambda _work, X: minus(X, squared(X)), lambda _work, X: minus(Const(Fraction(1), X.shape), squared(X))
    ),
    "copied_to_whole_window": windowed(lambda winner: Const(Fraction(1), winner.shape)),
    "average_instead_of_max": windowed(lambda winner: Const(Fraction(1), winner.shape), factor=True),
    "ignored_stride_and_dilation": _where_both(rows_changed(lambda row: replace(row, s=1, d=1))),
}


def _cropped(mine: NDArray[Any], right: NDArray[Any], lows: Iterable[int]) -> NDArray[Any]:
    return mine[tuple(slice(low, low + n) for low, n in zip(lows, right.shape, strict=True))]


def _same(mine: NDArray[Any], right: NDArray[Any]) -> bool:
    scale = max(1.0, float(np.abs(right).max(initial=0)))
    return mine.shape == right.shape and bool(np.allclose(mine, right, rtol=1e-9, atol=1e-9 * scale))


def padding_not_cropped(mine: NDArray[Any], right: NDArray[Any]) -> bool:
    """The gradient of the padded input was returned."""
    lows = [(m - n) // 2 for m, n in zip(mine.shape, right.shape, strict=False)]
    return mine.ndim == right.ndim and max(lows) > 0 and min(lows) >= 0 and _same(_cropped(mine, right, lows), right)


def empty(mine: NDArray[Any], right: NDArray[Any]) -> bool:
    """Nothing is left of it."""
    return mine.size == 0 < right.size


def remainder_missing(mine: NDArray[Any], right: NDArray[Any]) -> bool:
    """The last rows and columns, which no window reaches, are left out."""
    return (
        mine.ndim == right.ndim
        and mine.shape != right.shape
        and all(m <= n for m, n in zip(mine.shape, right.shape, strict=True))
        and _same(mine, _cropped(right, mine, [0] * right.ndim))
    )


def remainder_not_cropped(mine: NDArray[Any], right: NDArray[Any]) -> bool:
    """The kernel's gradient reaches on into the remainder of the input."""
    return (
        mine.ndim == right.ndim
        and mine.shape != right.shape
        and all(m >= n for m, n in zip(mine.shape, right.shape, strict=True))
        and _same(_cropped(mine, right, [0] * right.ndim), right)
    )


def not_summed(mine: NDArray[Any], right: NDArray[Any]) -> bool:
    """Axes over which the gradient is a sum are still there."""
    if mine.ndim <= right.ndim and not (mine.ndim == right.ndim and mine.shape != right.shape):
        return False
    axes = range(mine.ndim)
    subsets = [tuple(k for k in axes if mask >> k & 1) for mask in range(1, 1 << mine.ndim)]
    found = (np.asarray(mine.sum(axis=over)) for over in subsets)
    return any(total.size == right.size and _same(total.reshape(right.shape), right) for total in found)


def transposed(mine: NDArray[Any], right: NDArray[Any]) -> bool:
    """Two axes are exchanged."""
    return mine.ndim == right.ndim >= 2 and any(
        _same(mine.swapaxes(a, b), right) for a in range(mine.ndim) for b in range(a)
    )


def reshaped(mine: NDArray[Any], right: NDArray[Any]) -> bool:
    """The right numbers in another shape."""
    return mine.shape != right.shape and mine.size == right.size and _same(mine.reshape(right.shape), right)


# Key -> whether the arrays returned and expected differ in that way; the first that holds in every case is named.
SHAPES: dict[str, Callable[[NDArray[Any], NDArray[Any]], bool]] = {
    "empty": empty,
    "padding_not_cropped": padding_not_cropped,
    "remainder_missing": remainder_missing,
    "remainder_not_cropped": remainder_not_cropped,
    "reshaped": reshaped,
    "axes_exchanged": transposed,
    "not_summed": not_summed,
}
