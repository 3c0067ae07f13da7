"""Numbers of forms against plain loops, exact and in floats."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.roads.evaluate import Numbers
from symbolic.roads.evaluate import contract as contracted
from symbolic.terms.form import Form
from symbolic.terms.layers import form
from symbolic.terms.term import Const, Data, Entry, Flip, Leaf, Map, Route, Stack, Sum
from tests import brute


def contract(form: Form, arrays: list[Any]) -> Any:
    """The package's numbers; `kind` only matters where no operand has a type."""
    return contracted(form, arrays, np.dtype(object))


X = Leaf("X", (2, 3))
VALUES = brute.exact([[1, -2, 3], [4, 5, -6]])


@settings(max_examples=80)
@given(brute.table_forms(), st.data())
def test_a_form_is_the_sum_it_says(layer: Form, data: st.DataObject) -> None:
    view = data.draw(st.sampled_from([layer, *(layer.wrt(k) for k in range(len(layer.operands)))]))
    operands = data.draw(brute.operands(view))
    expected = brute.contract(view, operands)
    exact = contract(view, operands)
    assert exact.dtype == object
    assert exact.shape == expected.shape
    assert (exact == expected).all()
    floats = contract(view, [array.astype(np.float64) for array in operands])
    assert floats.dtype == np.float64
    np.testing.assert_allclose(floats, expected.astype(np.float64), rtol=1e-12, atol=1e-12)


def test_exact_numbers_never_overflow() -> None:
    big = 2**62
    square = Form((), ((("i",),), (("i",),)), (("i", 2),))
    out = contract(square, [brute.exact([big, big])] * 2)
    assert out[()] == 2 * big * big
    assert out.dtype == object
    scaled = Form((("i",),), ((("i",),),), (("i", 1),), scale=Fraction(10**40, 3))
    assert contract(scaled, [brute.exact([3])])[0] == 10**40


def test_letters_that_stand_nowhere_are_counted() -> None:
    counted = Form((), ((),), (("k", 5),))
    assert contract(counted, [brute.exact(3)])[()] == 15
    assert contract(counted, [np.array(3.0)])[()] == 15.0
    spread = Form((("i",),), ((),), (("i", 2), ("k", 5)))
    assert contract(spread, [brute.exact(3)]).tolist() == [15, 15]


@pytest.mark.parametrize("kind", [object, np.float64])
def test_a_form_without_operands_has_the_type_asked_for(kind: type) -> None:
    spread = Form((("i",),), (), (("i", 2), ("k", 3)), scale=Fraction(1, 4))
    found = contracted(spread, [], np.dtype(kind))
    assert found.dtype == kind
    assert found.tolist() == [Fraction(3, 4)] * 2


@settings(max_examples=20)
@given(brute.table_forms(["conv"], most_rank=1), st.data())
def test_a_toeplitz_matrix_is_a_form_too(layer: Form, data: st.DataObject) -> None:
    """C[i, a] = F[u] over the relation: both ends of a row stand in the output."""
    ends = dict.fromkeys(x for slot in (*layer.output, *layer.operands[1]) for x in slot)
    slots = tuple((x,) for x in ends)
    letters = {x for slot in (*slots, *layer.operands[0]) for x in slot}
    sizes = tuple((x, n) for x, n in layer.sizes if x in letters)
    matrix = Form(slots, (layer.operands[0],), sizes, layer.rows)
    kernel = data.draw(brute.operands(matrix))
    assert (contract(matrix, kernel) == brute.contract(matrix, kernel)).all()


def test_operands_are_left_as_they_were() -> None:
    layer = form("conv", {"i": 3, "u": 2, "a": 3, "s1": 1, "d1": 1, "p1": 1}, without="ngoc")
    x, f = np.arange(3.0), np.arange(2.0)
    contract(layer, [f, x])
    assert x.tolist() == [0, 1, 2]
    assert f.tolist() == [0, 1]


def numbers() -> Numbers:
    return Numbers({X: VALUES}, {})


def test_every_kind_of_term_has_its_numbers() -> None:
    at = numbers()
    assert (at.of(Flip(X, (1,))) == VALUES[:, ::-1]).all()
    assert at.of(Entry(X, (1, 0)))[()] == 4
    assert at.of(Route(X, (2,), ((0, 1), (0, 2), (1, 5)))).tolist() == [1, -6]
    assert at.of(Sum((X, X, Const(Fraction(1, 2), (2, 3))), (2, 3)))[0, 0] == Fraction(5, 2)
    assert at.of(Data((Fraction(1, 3), Fraction(2)), (2,))).tolist() == [Fraction(1, 3), 2]
    assert at.of(Map("pow", X, param=Fraction(-1)))[0, 1] == Fraction(-1, 2)
    assert at.of(Map("pow", X, param=Fraction(3)))[1, 2] == -216
    stack = at.of(Stack((Entry(X, (0, 0)), Const(Fraction(7))), (2,)))
    assert stack.tolist() == [1, 7]
    assert stack.dtype == object


def test_stacks_of_big_numbers_stay_exact() -> None:
    big = Numbers({Leaf("x", ()): brute.exact(2**62)}, {})
    stack = big.of(Stack((Leaf("x", ()), Leaf("x", ())), (2,)))
    product = contract(Form((), ((("i",),), (("i",),)), (("i", 2),)), [stack, stack])
    assert product[()] == 2 * 2**124


def test_floats_stay_floats() -> None:
    at = Numbers({X: VALUES.astype(np.float64)}, {})
    for term in (Const(Fraction(1, 4), (2,)), Data((Fraction(1, 4),), (1,)), Entry(X, (0, 0)), Flip(X, (0,))):
        assert at.of(term).dtype == np.float64
    assert at.of(Stack((Entry(X, (0, 0)), Entry(X, (0, 1))), (2,))).dtype == np.float64
