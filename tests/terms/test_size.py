"""Sizes are integer polynomials; rows are relations."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic.terms.size import Row, Size, letter_size, simplest, substitute

LETTERS = ("d", "k", "p")


@st.composite
def sizes(draw: st.DrawFn) -> tuple[Size, Any]:
    """A Size built by + - * and the same arithmetic as a function of numbers."""
    steps: list[tuple[str, Any]] = draw(
        st.lists(st.tuples(st.sampled_from("+-*"), st.sampled_from([*LETTERS, -2, 0, 3])), max_size=5)
    )
    total: Any = Size.of(draw(st.integers(-3, 3)))
    start = total.at({})

    def number(at: dict[str, int]) -> int:
        value = int(start)
        for sign, x in steps:
            y = at[x] if isinstance(x, str) else int(x)
            value = {"+": value + y, "-": value - y, "*": value * y}[sign]
        return value

    for sign, x in steps:
        y = letter_size(x) if isinstance(x, str) else x
        total = {"+": total + y, "-": total - y, "*": total * y}[sign]
    return total, number


@given(sizes(), st.tuples(*[st.integers(-4, 4)] * 3))
def test_a_size_is_the_polynomial_it_was_built_as(built: tuple[Size, Any], numbers: tuple[int, ...]) -> None:
    size, number = built
    at = dict(zip(LETTERS, numbers, strict=True))
    assert size.at(at) == number(at)
    assert isinstance(size.at(at), int)


@given(sizes(), sizes())
def test_equal_polynomials_are_equal_sizes(one: tuple[Size, Any], two: tuple[Size, Any]) -> None:
    a, b = one[0], two[0]
    assert a + b == b + a
    assert a * b == b * a
    assert (a + b) * (a - b) == a * a - b * b
    assert a - a == Size(())
    assert all(number for _, number in (a * b).terms)


def test_sizes_with_letters_left_stay_sizes() -> None:
    k, d = letter_size("k"), letter_size("d")
    size = d * (k - 1)
    assert size.at({"d": 2}) == 2 * k - 2
    assert size.at({"k": 1}) == 0
    assert size.at({"k": letter_size("m") + 1}) == d * letter_size("m")
    assert 3 - k == -(k - 3)
    assert 3 * k == k * 3 == k + k + k
    assert substitute(7, {"k": 1}) == 7


def test_a_constant_size_becomes_an_int() -> None:
    assert simplest(letter_size("k") - letter_size("k") + 4) == 4
    assert simplest(Size(())) == 0
    assert simplest(letter_size("k")) == letter_size("k")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (letter_size("d") * (letter_size("k") - 1) - letter_size("p"), "-d + d*k - p"),
        (Size.of(0), "0"),
        (Size.of(-3), "-3"),
        (letter_size("k") + 1, "k + 1"),
        (2 * letter_size("k") - 1, "2*k - 1"),
    ],
)
def test_sizes_print_as_one_would_type_them(size: Size, text: str) -> None:
    assert str(size) == text
    letters = dict(zip("dkp", (5, 7, 11), strict=True))
    assert eval(str(size), {"__builtins__": {}}, letters) == size.at(letters)  # noqa: S307 (our own text)


def test_a_row_is_its_relation() -> None:
    row = Row("i", "u", "a", 2, 3, 1, 4)
    assert row.coefficients() == {"i": 2, "u": 3, "a": -1}
    assert str(row) == "2*i + 3*u - a = 4"
    general = Row("i", "u", "a", letter_size("s"), letter_size("d"), 1, letter_size("d") * 2)
    assert general.at({"s": 2, "d": 3}) == Row("i", "u", "a", 2, 3, 1, 6)
    assert general.at({"s": 2}).d == letter_size("d")


@pytest.mark.parametrize("letters", [("i", "i", "a"), ("i", "u", "i"), ("i", "u", "u")])
def test_a_row_ties_three_different_letters(letters: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="different"):
        Row(*letters)


def test_an_input_dilation_of_nothing_is_refused() -> None:
    """With e = 0 every a would solve the row, and dividing by e would lose all but one."""
    with pytest.raises(ValueError, match="input dilation"):
        Row("i", "u", "a", e=0)
