"""What one entry shows beside the right one."""

from fractions import Fraction

import pytest

from symbolic.exercises import slips
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.reader import read


def entry(text: str) -> Polynomial:
    return read(text, symbols=("x", "y"), shapes={"delta": (2, 2)}).entries[0]


@pytest.mark.parametrize(
    ("mine", "right", "lacks", "sign", "delta"),
    [
        ("x", "x + y", True, False, False),
        ("0", "x + y", False, False, False),
        ("0", "x", True, False, False),
        ("x + x", "x + y", False, False, False),
        ("x - y", "x + y", False, True, False),
        ("-x - y", "x + y", False, True, False),
        ("x - 2*y", "x + y", False, False, False),
        ("x*delta_11 + y", "x*delta_11 + y*delta_12", False, False, True),
        ("x + y", "x*delta_11 + y*delta_12", False, False, True),
        ("x + x", "x*delta_11 + x*delta_12", False, False, True),
        ("x", "x*delta_11 + y*delta_12", False, False, False),
        ("x*delta_11", "x*delta_11 + y*delta_12", True, False, False),
    ],
)
def test_terms(mine: str, right: str, lacks: bool, sign: bool, delta: bool) -> None:
    pair = entry(mine), entry(right)
    assert (slips.lacks(*pair), slips.other_sign(*pair), slips.without_delta(*pair)) == (lacks, sign, delta)


@pytest.mark.parametrize(
    ("mine", "right", "coarse"),
    [
        ("2.5", "2.52", True), ("2.6", "2.52", True), ("2", "2.52", True), ("0", "0.04", True), ("3.8", "3.88", True),
        ("5.9e9", "5898240000", True), ("5e9", "5898240000", True), ("2.53", "2.52", False), ("1.5", "1.36", False),
        ("4e9", "5898240000", False), ("2.52", "2.5", False), ("1/3", "0.34", False),
    ],
)  # fmt: skip
def test_fewer_digits(mine: str, right: str, coarse: bool) -> None:
    assert slips.coarser(entry(mine), entry(right)) is coarse


@pytest.mark.parametrize(
    ("mine", "right", "slipped"),
    [
        ("46", "48", True), ("84", "48", True), ("480", "48", True), ("0.48", "48", True), ("17", "48", False),
        ("0", "48", False), ("x", "48", False), ("-48", "48", False),
    ],
)  # fmt: skip
def test_slips_of_the_pen(mine: str, right: str, slipped: bool) -> None:
    assert slips.slipped(entry(mine), entry(right)) is slipped


def test_one_wrong_factor_in_everything() -> None:
    right = [Polynomial.number(n) for n in (12, 16, 24)]
    thrice = [number.scaled(Fraction(3)) for number in right]
    assert slips.proportional(list(zip(thrice, right, strict=True)))
    assert not slips.proportional(list(zip(thrice[:2], right[:2], strict=True)))
    assert not slips.proportional([*zip(thrice[:2], right[:2], strict=True), (right[0], right[2])])
