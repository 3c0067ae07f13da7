"""Mistakes whose result has another size are wrong with their reason, not unreadable."""

import pytest

from symbolic.exercises.judge import check

STAMPED = ["F_1 X_1", "F_2 X_1", "F_3 X_1", "F_1 X_2", "F_2 X_2", "F_3 X_2", "F_1 X_3", "F_2 X_3", "F_3 X_3"]


@pytest.mark.parametrize(
    ("key", "answer", "misconceptions"),
    [
        ("stride-grad-input", "full_conv(delta, rot180(F))", {"ignored_stride"}),
        ("stride-grad-input", "full_conv(delta, F)", {"ignored_stride", "forgot_rot180"}),
        (
            "stride-grad-input",
            "(F_1 d_1, F_2 d_1, F_3 d_1 + F_1 d_2, F_2 d_2, F_3 d_2 + F_1 d_3, F_2 d_3, F_3 d_3)",
            {"forgot_remainder"},
        ),
        ("stride-grad-filter", "conv(X, delta)", {"ignored_stride"}),
        ("dilation-grad-input", "full_conv(delta, rot180(F))", {"ignored_dilation"}),
        ("padding-grad-filter", "conv(X, delta)", {"ignored_padding"}),
        ("padding-grad-filter", "full_conv(X, delta)", {"full_instead_of_valid"}),
        ("padding-grad-input", "full_conv(delta, rot180(F))", {"ignored_padding"}),
        ("padding-grad-input", "conv(delta, rot180(F))", {"valid_instead_of_full"}),
        ("conv-grad-filter", "same_conv(X, delta)", {"full_instead_of_valid"}),
        ("conv-grad-input", "same_conv(delta, rot180(F))", {"same_instead_of_full"}),
        ("wide-conv", "same_conv(X, rot180(W))", {"same_instead_of_full"}),
        (
            "transposed-conv",
            "(F_1 X_1, F_2 X_1 + F_1 X_2, F_3 X_1 + F_2 X_2 + F_1 X_3, F_3 X_2 + F_2 X_3, F_3 X_3)",
            {"ignored_stride"},
        ),
        ("transposed-conv", f"({', '.join(STAMPED)})", {"forgot_overlap"}),
        (
            "bias-gradient",
            "[[delta_111+delta_211, delta_112+delta_212], [delta_121+delta_221, delta_122+delta_222]]",
            {"summed_over_channels"},
        ),
        ("avg-pool-backward", "[[0.5, 2], [1, 1.5]]", {"forgot_upsampling"}),
        ("max-pool-backward", "[[2, 8], [4, 6]]", {"forgot_upsampling"}),
    ],
)
def test_another_size_is_explained(key: str, answer: str, misconceptions: set[str]) -> None:
    found = check(key, answer)
    assert (found.verdict, set(found.misconceptions)) == ("wrong", misconceptions)
    assert found.wrong_entries == ()
    assert "the shape should be" in found.message()


@pytest.mark.parametrize("key", ["stride-grad-input", "dilation-grad-input", "padding-grad-input"])
def test_another_size_that_nothing_explains_stays_unreadable(key: str) -> None:
    assert check(key, "(F_1*delta_1, F_2*delta_2)").reason == "wrong_shape"


def test_the_gradient_of_another_tensor_has_its_shape_and_is_unreadable_here() -> None:
    assert check("conv-grad-filter", "full_conv(delta, rot180(F))").reason == "wrong_shape"
    assert check("conv-grad-input", "conv(X, delta)").reason == "wrong_shape"


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("conv-grad-input", "full_conv(rot180(F), delta)"),
        ("wide-conv", "full_conv(rot180(W), X)"),
        ("padding-grad-input", "rot180(conv(delta, rot180(F), padding=1))"),
    ],
)
def test_operands_that_changed_places_are_named(key: str, answer: str) -> None:
    assert check(key, answer).misconceptions == ("swapped_operands",)
