"""One wrong value on the way, carried on correctly, is one mistake."""

from fractions import Fraction

import pytest

from symbolic.exercises.judge import check


def net(*, y1: int = 11, y2: int | None = None) -> str:
    """The gradients of the scalar net from a wrong y1 or y2, calculated on by hand."""
    y2 = 20 * y1 if y2 is None else y2
    outer = 2 * (2 * y2 - 500)
    return f"({outer * 2 * 20}, {outer * 2 * 20}, {outer * 2 * y1})"


@pytest.mark.parametrize(
    ("key", "answer", "value"),
    [
        ("conv-sum-mse-gradient", "[[72, 96], [144, 168]]", ("S", Fraction(233))),  # 2 (233 - 230) times 12, 16, 24, 28
        ("conv-sum-mse-update", "[[2.28, 1.04], [-0.44, 3.32]]", ("S", Fraction(233))),
        ("scalar-net-gradients", net(y1=12), ("y1", Fraction(12))),
        ("scalar-net-gradients", net(y2=222), ("y2", Fraction(222))),
        ("scalar-net-gradients", "(-4700, -4700, -2640)", ("∂L/∂y1", Fraction(-4700))),
    ],
)
def test_the_value_is_found_from_which_everything_follows(key: str, answer: str, value: tuple[str, Fraction]) -> None:
    found = check(key, answer)
    assert found.misconceptions == ("arithmetic_slip",)
    (way,) = found.explanations
    assert value in [(carried.name, carried.value) for carried in way.carried]
    assert f"{value[0]} = {value[1]}" in found.message()
    assert f"{value[0]} = {value[1]}" in found.message("zh")


@pytest.mark.parametrize("answer", ["(-4700, -4600, -2640)", "(-4800, -4800, -2600)", "(-4000, -4000, -2201)"])
def test_what_follows_from_no_single_value_is_not_called_carried(answer: str) -> None:
    assert not any(way.carried for way in check("scalar-net-gradients", answer).explanations)


def test_a_misconception_is_simpler_than_a_wrong_value_that_does_the_same() -> None:
    found = check("conv-sum-mse-gradient", "[[24, 32], [48, 56]]")  # S = 231, or the 2 was lost
    assert "missing_factor_2" in found.misconceptions
    assert "arithmetic_slip" not in found.misconceptions
