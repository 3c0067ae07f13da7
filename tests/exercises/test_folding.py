"""What was written out is put together again, exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic.exercises import folding
from symbolic.exercises.catalogue import exercise
from symbolic.exercises.folding import folded
from symbolic.exercises.polynomial import Polynomial

POOLED = exercise("conv-avgpool-mse-gradient")
LETTERS = [Polynomial.symbol(name) for name in ("z", "t", "X_11", "X_22", "w_11", "w_12")]


def test_the_pooled_value_comes_back_from_its_sixteen_products() -> None:
    for entry in POOLED.truth.entries:
        assert len(POOLED.spelled_out(entry)) > 40
        assert folded(POOLED.spelled_out(entry), POOLED.kept) == entry
        assert folded(POOLED.spelled_out(entry * entry + entry), POOLED.kept) == entry * entry + entry


@given(st.lists(st.tuples(st.integers(-3, 3), st.lists(st.sampled_from(LETTERS), max_size=3)), max_size=4))
def test_equal_polynomials_get_one_form_and_it_means_the_same(terms: list[tuple[int, list[Polynomial]]]) -> None:
    total = Polynomial({})
    for number, factors in terms:
        product = Polynomial.number(number)
        for factor in factors:
            product = product * factor
        total = total + product
    written = POOLED.spelled_out(total)
    form = folded(total, POOLED.kept)
    assert form == folded(written, POOLED.kept)
    assert POOLED.spelled_out(form) == written


def test_too_much_work_or_several_symbols_leave_an_answer_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    written = POOLED.spelled_out(POOLED.truth.entries[0])
    monkeypatch.setattr(folding, "MOST", 10)
    assert folded(written, POOLED.kept) == written
    assert folded(written, {**POOLED.kept, "y": LETTERS[1]}) == written
