"""The two counts against sliding and spreading in plain loops, and the conditions in words."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from symbolic.errors import ProofError
from symbolic.kernel.counts import AtLeast, Count, Equals, Integer, Outputs, TransposedOutputs, Whole, meets
from symbolic.kernel.integers import Floor, Letter, Mod, Number
from tests.sizes import outputs, transposed_outputs

i, k, s, p, q, d, e = map(Letter, "ikspqde")


def test_outputs_are_the_positions_of_a_sliding_kernel() -> None:
    count = Outputs(i, k, s, p, q, d, e)
    tried = set()
    for numbers in product((1, 2, 5), (1, 2, 3), (1, 2, 3), (-2, 0, 1, 3), (-1, 0, 2), (1, 2), (1, 2, 3)):
        n, kernel, stride, low, high, dilation, inner = numbers
        expected = outputs(n, kernel, stride, low, high, dilation, inner)
        assert count.at(dict(zip("ikspqde", numbers, strict=True))) == expected, numbers
        tried.add(expected)
    assert tried >= {0, 1, 2, 3, 4, 5, 6}


def test_transposed_outputs_are_the_places_that_are_covered() -> None:
    count = TransposedOutputs(i, k, s, p, q, d)
    tried = set()
    for numbers in product((1, 2, 4), (1, 2, 3), (1, 2, 5), (-1, 0, 1, 4), (-1, 0, 2), (1, 2)):
        n, kernel, stride, low, high, dilation = numbers
        expected = transposed_outputs(n, kernel, stride, low, high, dilation)
        assert count.at(dict(zip("ikspqd", numbers, strict=True))) == expected, numbers
        tried.add(expected)
    assert tried >= {0, 1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("letter", "iksde")
def test_sizes_and_steps_below_1_have_no_meaning(letter: str) -> None:
    at = dict.fromkeys("ikspqde", 1) | {letter: 0}
    with pytest.raises(ProofError, match="less than 1 at these sizes"):
        Outputs(i, k, s, p, q, d, e).at(at)


def test_counts_name_what_is_not_the_usual() -> None:
    assert str(Outputs(i, k)) == "outputs(input i, kernel k)"
    assert str(Outputs(i, k, s, p, p)) == "outputs(input i, kernel k, stride s, padding p)"
    assert str(Outputs(i, k, low=p, input_dilation=s)) == (
        "outputs(input i, kernel k, input_dilation s, padding (p, 0))"
    )
    assert str(TransposedOutputs(i, k, s, dilation=d)) == (
        "transposed outputs(input i, kernel k, stride s, dilation d)"
    )
    assert str(Whole(Floor(i, s))) == "⌊i/s⌋"


def test_conditions_read_as_words() -> None:
    assert str(AtLeast(i + 2 * p, k)) == "i + 2p >= k"
    assert str(Equals(Mod(i - k, s), Number(0))) == "s divides i - k"
    assert str(Equals(Mod(k, Number(2)), Number(1))) == "k odd"
    assert str(Equals(Mod(k, Number(3)), Number(1))) == "(k mod 3) = 1"
    assert str(Equals(p, Floor(k, Number(2)))) == "p = ⌊k/2⌋"


def test_a_term_is_meant_where_its_conditions_are_met() -> None:
    term = Whole(i, given=(AtLeast(i, k), Equals(Mod(i, s), Number(0))))
    assert term.letters() == ("i", "k", "s")
    assert meets(term, {"i": 4, "k": 3, "s": 2})
    assert not meets(term, {"i": 4, "k": 5, "s": 2})
    assert not meets(term, {"i": 4, "k": 3, "s": 3})
    assert not meets(term, {"i": 4, "k": 0, "s": 2}), "a size below 1"
    assert not meets(term, {"i": 4, "k": 3}), "a letter without a size"
    assert not meets(Whole(i, given=(Equals(Mod(i, s - 1), Number(0)),)), {"i": 4, "s": 1}), "divided by 0"


def test_terms_are_equal_by_what_they_say() -> None:
    assert Outputs(i, k, s) == Outputs(i, k, s)
    assert Outputs(i, k, s) != Outputs(i, s, k)
    assert len({Outputs(i, k), TransposedOutputs(i, k)}) == 2
    assert Whole(i) != Whole(i, given=(AtLeast(i, k),))
    assert Outputs(i, k).shape == ()


@pytest.mark.parametrize("kind", [Integer, Count])
def test_what_has_no_value_of_its_own_cannot_be_made(kind: Any) -> None:
    with pytest.raises(TypeError, match="abstract"):
        kind(Letter("i"), Letter("k"))
