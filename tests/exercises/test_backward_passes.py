"""Right backward passes pass, and each usual mistake is caught by a small case and named."""

from typing import Any

import numpy as np
import pytest

from symbolic import check_backward
from tests.exercises import backward_passes as b

RIGHT: list[tuple[str, Any, dict[str, Any]]] = [
    ("conv2d", b.conv, {}),
    ("conv2d", lambda X, F, d: b.conv(X, F, d, 2, 1, 2, 2), {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}),
    ("conv2d", b.conv_by_correlation, {"stride": 2}),
    ("conv2d", b.biased, {"bias": True}),
    ("linear", b.linear, {"bias": True}),
    ("softmax", b.soft, {"dim": 1}),
    ("cross_entropy", b.cross_entropy, {}),
    ("batch_norm", b.batch_norm, {"training": True, "weight": True, "bias": True}),
    ("max_pool2d", b.max_pool, {"kernel_size": 2}),
    ("avg_pool2d", b.avg_pool, {"kernel_size": 2}),
    ("mse_loss", b.mse, {}),
    ("conv_transpose2d", b.conv_transpose, {"stride": 2}),
    ("sigmoid", lambda X, d: d / (1 + np.exp(-X)) / (1 + np.exp(X)), {}),
    ("mul", lambda X, T, d: ((d * T), np.sum(d * X, axis=tuple(range(X.ndim - T.ndim))).reshape(T.shape)
                             if T.ndim < X.ndim or T.shape == X.shape else (d * X).sum(axis=0, keepdims=True)), {}),
    ("relu", lambda X, d: (d * (X > 0)).tolist(), {}),
    ("cat", lambda A, B, d: (d[: len(A)], d[-len(B) :]), {}),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "function", "options"), RIGHT)
def test_right_ones_pass(operator: str, function: Any, options: dict[str, Any]) -> None:
    found = check_backward(operator, function, **options)
    assert found.verdict == "correct", found.message()


def convolution(mistake: str, **fixed: int) -> Any:
    return lambda X, F, delta: b.conv(X, F, delta, **fixed, mistake=mistake)


WRONG: list[tuple[str, Any, dict[str, Any], str]] = [
    ("conv2d", convolution("unflipped kernel"), {}, "forgot_rot180"),
    ("conv2d", convolution("flips rows only"), {}, "flipped_only_columns_instead_of_rot180"),
    ("conv2d", convolution("flips every axis"), {}, "flipped_every_axis_of_kernel"),
    ("conv2d", convolution("rot90 of the wrong axes"), {}, "rotated_channels_not_space"),
    ("conv2d", convolution("ignores stride", stride=2), {"stride": 2}, "ignored_stride"),
    ("conv2d", convolution("ignores dilation", dilation=2), {"dilation": 2}, "ignored_dilation"),
    ("conv2d", convolution("ignores padding", padding=1), {"padding": 1}, "ignored_padding"),
    ("conv2d", convolution("keeps the padding", padding=1), {"padding": 1}, "padding_not_cropped"),
    ("conv2d", convolution("drops the remainder", stride=3), {"stride": 3}, "remainder_missing"),
    ("conv2d", lambda X, F, d: b.conv_by_correlation(X, F, d, crop=False), {"stride": 2}, "remainder_not_cropped"),
    ("conv2d", convolution("overwrites"), {}, "overwrote_where_windows_overlap"),
    ("conv2d", convolution("last sample"), {}, "only_last_sample"),
    ("conv2d", convolution("mean over the batch"), {}, "averaged_over_batch"),
    ("conv2d", convolution("first group only", groups=2), {"groups": 2}, "only_first_group"),
    ("conv2d", convolution("interleaves groups", groups=2), {"groups": 2}, "interleaved_groups"),
    ("conv2d", lambda X, F, d: b.conv(X, F, d, 1)[::-1], {}, "gradients_in_other_order"),
    ("conv2d", lambda *a: b.biased(*a, mistake="mean"), {"bias": True}, "averaged_over_positions"),
    ("conv2d", lambda *a: b.biased(*a, mistake="batch kept"), {"bias": True}, "not_summed"),
    ("conv2d", lambda *a: b.biased(*a, mistake="keepdims"), {"bias": True}, "reshaped"),
    ("conv2d", lambda *a: b.biased(*a, mistake="one number"), {"bias": True}, ""),
    ("linear", lambda *a: b.linear(*a, mistake="transposed"), {"bias": True}, "swapped_indices_transposed_result"),
    ("linear", lambda *a: b.linear(*a, mistake="first sample"), {"bias": True}, "only_first_sample"),
    ("linear", lambda *a: b.linear(*a, mistake="other order"), {"bias": True}, "gradients_in_other_order"),
    ("softmax", lambda *a: b.soft(*a, mistake="diagonal"), {"dim": 1}, "softmax_diagonal_only"),
    ("softmax", lambda *a: b.soft(*a, mistake="no sum"), {"dim": 1}, "softmax_without_its_sum"),
    ("softmax", lambda *a: b.soft(*a, mistake="whole sum"), {"dim": 1}, ""),
    ("cross_entropy", lambda *a: b.cross_entropy(*a, mistake="no mean"), {}, "missing_1_over_n"),
    ("cross_entropy", lambda *a: b.cross_entropy(*a, mistake="no delta"), {}, "ignored_delta"),
    ("cross_entropy", lambda *a: b.cross_entropy(*a, mistake="no one-hot"), {}, ""),
    ("batch_norm", lambda *a: b.batch_norm(*a, mistake="constants"),
     {"training": True, "weight": True, "bias": True}, "statistics_taken_as_constants"),
    ("batch_norm", lambda *a: b.batch_norm(*a, mistake="no variance"),
     {"training": True, "weight": True, "bias": True}, "forgot_path_through_variance"),
    ("batch_norm", lambda *a: b.batch_norm(*a, mistake="no mean"),
     {"training": True, "weight": True, "bias": True}, "forgot_path_through_mean"),
    ("max_pool2d", lambda *a: b.max_pool(*a, mistake="whole window"), {"kernel_size": 2}, "copied_to_whole_window"),
    ("max_pool2d", lambda X, d: b.max_pool(X, d, 1, mistake="overwrites"), {"kernel_size": 2, "stride": 1},
     "overwrote_where_windows_overlap"),
    ("avg_pool2d", lambda *a: b.avg_pool(*a, mistake="no division"), {"kernel_size": 2}, "missing_1_over_n"),
    ("avg_pool2d", lambda X, d: b.avg_pool(X, d, 1, mistake="inside only"), {"kernel_size": 2, "padding": 1},
     "right_for_other_options"),
    ("mse_loss", lambda *a: b.mse(*a, mistake="no mean"), {}, "missing_1_over_n"),
    ("mse_loss", lambda *a: b.mse(*a, mistake="no 2"), {}, "missing_factor_2"),
    ("mse_loss", lambda *a: b.mse(*a, mistake="sign of the target"), {}, "sign_error"),
    ("conv_transpose2d", lambda *a: b.conv_transpose(*a, flipped=True), {"stride": 2}, "forgot_rot180"),
    ("sigmoid", lambda X, d: d * X * (1 - X), {}, "derivative_of_output_at_input"),
    ("tanh", lambda X, d: d + 0 * X, {}, "forgot_activation_derivative"),
    ("mul", lambda X, T, d: (d * T, d * X), {}, "not_summed"),
    ("log_softmax", lambda X, d: d - b.softmax(X) * d, {"dim": 1}, "log_softmax_without_its_sum"),
    ("mean", lambda X, d: (d + 0 * X).reshape(X.shape), {}, "missing_1_over_n"),
    ("adaptive_avg_pool2d", lambda X, d: d + 0 * X, {"output_size": 1}, "missing_1_over_n"),
    ("conv2d", lambda X, F, d: (b.conv(X, F, d)[0][:, :, 0:-0], b.conv(X, F, d)[1]), {}, "empty"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("operator", "function", "options", "key"), WRONG)
def test_wrong_ones_are_caught_small_and_named(operator: str, function: Any, options: dict[str, Any], key: str) -> None:
    found = check_backward(operator, function, **options)
    assert found.verdict == "wrong", found.message()
    assert sum(array.size for array in found.inputs.values()) <= 30, found.message()
    if key:
        assert key in found.misconceptions, found.message()
    for lang in ("en", "zh"):
        told = found.message(lang)
        assert f"{operator}(" in told
        assert f"d{found.tensor} = " in told
        assert len(told) < 3_000
