"""Integer expressions: printed as they were written, worked out as Python works them out, built from polynomials."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic.errors import ProofError
from symbolic.kernel.integers import Add, Expression, Floor, Letter, Mod, Number, Times, expression, least
from symbolic.terms.size import letter_size
from tests.sizes import value

i, k, s, p, d = map(Letter, "ikspd")

PRINTED: dict[str, Expression] = {
    "i - k + 1": i - k + 1,
    "i + 2p - k": i + 2 * p - k,
    "⌊(i + 2p - k)/s⌋ + 1": Floor(i + 2 * p - k, s) + 1,
    "s(i - 1) + ((i - k) mod s) + k": s * (i - 1) + Mod(i - k, s) + k,
    "i - (k - 1)": i - (k - 1),
    "k + (k - 1)(d - 1)": k + (k - 1) * (d - 1),
    "d*k - d - p": d * k - d - p,
    "2d*k": d * 2 * k,
    "-k": -k,
    "-k + 1": 1 * (-k) + 1,
    "-(k - 1)": -(k - 1),
    "-2p": p * -2,
    "-3": Number(-3),
    "1 - k": 1 - k,
    "i - 2p": i - 2 * p,
    "s⌊k/2⌋": s * Floor(k, Number(2)),
    "⌊i/(2s)⌋": Floor(i, 2 * s),
    "2⌊i/s⌋*s": Times((Number(2), Floor(i, s), s)),
    "0": i * 0,
    "i": i + 0,
    "i - 1": i - 2 + 1,
    "i''": Letter("i''"),
}


@pytest.mark.parametrize("text", PRINTED)
def test_expressions_print_as_they_are_written(text: str) -> None:
    assert str(PRINTED[text]) == text


@pytest.mark.parametrize("text", PRINTED)
@given(st.lists(st.integers(-7, 7), min_size=4, max_size=4), st.integers(1, 5))
def test_they_are_worked_out(text: str, numbers: list[int], stride: int) -> None:
    at = dict(zip(("i", "k", "p", "d"), numbers, strict=True)) | {"s": stride, "i''": 4}
    assert PRINTED[text].at(at) == value(PRINTED[text], at)


def test_letters_are_listed_in_the_order_of_writing() -> None:
    assert list((Floor(s * k, i) + Mod(k, p) - 1).letters()) == ["s", "k", "i", "k", "p"]


@pytest.mark.parametrize("divided", [Floor(i, s), Mod(i, s)])
@pytest.mark.parametrize("by", [0, -2])
def test_a_divisor_below_1_has_no_meaning(divided: Expression, by: int) -> None:
    with pytest.raises(ProofError, match=f"the divisor s is {by} at these sizes; it must be at least 1"):
        divided.at({"i": 3, "s": by})


@pytest.mark.parametrize("name", ["", "'", "i j", "⌊i⌋", "1i", r"\input{x}", "i'j", 3, None])
def test_a_letter_is_an_identifier(name: Any) -> None:
    with pytest.raises((ProofError, AttributeError), match=r"."):
        Letter(name)


@pytest.mark.parametrize("number", [0.5, 1.0, True, "1"])
def test_numbers_are_integers(number: Any) -> None:
    with pytest.raises(ProofError, match="the arithmetic of sizes takes integers"):
        Number(number)


@pytest.mark.parametrize("kind", [Add, Times])
def test_there_is_no_empty_sum_or_product(kind: Any) -> None:
    with pytest.raises(ProofError, match="needs parts"):
        kind(())


def test_a_polynomial_is_written_with_what_its_letters_mean() -> None:
    o, kernel = letter_size("o"), letter_size("k")
    size = letter_size("s") * (o - 1) + kernel - 2 * letter_size("p")
    assert str(expression(size)) == "k + o*s - 2p - s"
    assert str(expression(size, {"o": Floor(i - k, s) + 1})) == "k + (⌊(i - k)/s⌋ + 1)*s - 2p - s"
    assert str(expression(kernel - 1)) == "k - 1"
    assert expression(0) == Number(0)
    assert expression(-3) == Number(-3)
    at = {"o": 4, "k": 3, "s": 2, "p": 1}
    assert expression(size).at(at) == size.at(at)


def test_paddings_may_be_0_and_other_sizes_are_at_least_1() -> None:
    assert [least(letter) for letter in ("p", "p'", "p1", "i", "s", "pool", "k2")] == [0, 0, 0, 1, 1, 1, 1]


def test_an_expression_without_a_value_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Expression()  # type: ignore[abstract]
