"""SymPy expressions of entries: exact, factored, one at a time."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symbolic as s
from symbolic.roads.expressions import Expressions, flat_of, index_of
from symbolic.terms.term import Const, Data, Entry, Flip, Grad, Leaf, Map, Multi, Route, Stack, Sum
from tests import brute

if TYPE_CHECKING:
    from symbolic.terms.form import Form

X = s.tensor("X", (2, 3))


@settings(max_examples=30)
@given(brute.table_forms(most_rank=1), st.data())
def test_a_form_at_numbers_is_its_expression_at_numbers(layer: Form, data: st.DataObject) -> None:
    values = data.draw(brute.operands(layer))
    leaves = [Leaf(f"V{k}", array.shape) for k, array in enumerate(values)]
    point = {
        leaf[index]: sympy.Rational(str(array[index]))
        for leaf, array in zip(leaves, values, strict=True)
        for index in np.ndindex(*array.shape)
    }
    found = Expressions().array(Multi(layer, tuple(leaves)))
    expected = brute.contract(layer, values)
    assert found.shape == expected.shape
    for entry, number in zip(sympy.flatten(found), expected.reshape(-1), strict=True):
        assert sympy.sympify(entry).xreplace(point).doit() == sympy.Rational(number.numerator, number.denominator)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (Flip(X, (1,)), [X[0, 2], X[0, 1], X[0, 0], X[1, 2], X[1, 1], X[1, 0]]),
        (Entry(X, (1, 0)), [X[1, 0]]),
        (Route(X, (2,), ((0, 1), (0, 2))), [X[0, 1] + X[0, 2], 0]),
        (Sum((X, X), (2, 3)), [2 * X[i, j] for i in range(2) for j in range(3)]),
        (Data((Fraction(1, 3), Fraction(2)), (2,)), [sympy.Rational(1, 3), 2]),
        (Const(Fraction(-1, 2)), [sympy.Rational(-1, 2)]),
        (Stack((Entry(X, (0, 0)), Const(Fraction(1))), (2,)), [X[0, 0], 1]),
        (Map("pow", Entry(X, (0, 0)), param=Fraction(-2)), [X[0, 0] ** -2]),
        (Map("tanh", Entry(X, (0, 0)), order=1), [1 - sympy.tanh(X[0, 0]) ** 2]),
        (Map("abs", Entry(X, (0, 0)), order=1), [sympy.sign(X[0, 0])]),
    ],
)
def test_every_kind_of_term(term: Any, expected: list[Any]) -> None:
    assert sympy.flatten(Expressions().array(term)) == expected


def test_symbols_stand_for_chosen_terms_and_rules_for_gradients() -> None:
    node = s.mul(X, X, name="O")
    loss = s.sum(node, name="L")
    delta = Grad(loss, node)
    assert Expressions(symbols={delta: "delta"}).entry(delta, 4) == sympy.Symbol("delta_22")
    assert Expressions(rules={node: X}).entry(delta, 0) == X[0, 0]
    assert Expressions(symbols={node: "O"}).entry(node, 0) == sympy.Symbol("O_11")
    assert Expressions().entry(node, 0) == X[0, 0] ** 2


def test_an_array_of_shape_nothing_is_an_array() -> None:
    found = Expressions().array(s.sum(X))
    assert isinstance(found, sympy.ImmutableDenseNDimArray)
    assert found.shape == ()
    assert found[()] == sum(X[i, j] for i in range(2) for j in range(3))


@pytest.mark.parametrize("place", range(6))
def test_flat_positions_and_indices_are_inverse(place: int) -> None:
    assert flat_of(X, index_of(X, place)) == place
    assert index_of(X, place) == divmod(place, 3)


def test_a_number_is_not_multiplied_into_a_sum() -> None:
    """The sum over windows, as a person writes it: 2 (a + b + ...) and not 2 a + 2 b + ..."""
    Y, F = s.tensor("Y", (3, 3)), s.tensor("F", (2, 2))
    d = s.derive(s.mse_loss(s.conv2d(Y, F), s.tensor("T", (2, 2))))
    entry = d.entry(F, (0, 0))
    assert entry.count_ops() < sympy.expand(entry).count_ops()
    assert entry.func is not sympy.Add or len(entry.args) <= 4
