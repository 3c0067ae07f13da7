"""Finite differences: when they are exact, when they are extrapolated, what they say at kinks."""

from fractions import Fraction

import numpy as np
import pytest

from symbolic.errors import GradproofError, NameInvalidError, ShapeError
from symbolic.roads.numeric import finite_differences
from symbolic.roads.numeric.difference import difference_at
from symbolic.terms.term import Leaf, Node, Tensor
from tests.roads.numeric.build import node

X = Leaf("X", (3,))


def total(y: Tensor) -> Node:
    return node("sum", (y,), (), dim=(0,), keepdim=False)


def power(exponent: int) -> Node:
    return total(node("pow", (X,), (3,), "P", exponent=exponent))


@pytest.mark.parametrize("exponent", range(8))
def test_polynomials_are_differentiated_exactly(exponent: int) -> None:
    found = finite_differences(power(exponent), {"X": [2, Fraction(-1, 3), 0]}, "X")
    want = [exponent * Fraction(x) ** (exponent - 1) if exponent else 0 for x in (2, Fraction(-1, 3), 1)]
    want[2] = int(exponent == 1)
    assert found.exact
    assert found.array.dtype == object
    assert found.array.tolist() == want
    assert not found.kinks.any()


def test_a_pole_within_reach_of_the_step_needs_floats() -> None:
    found = finite_differences(power(-1), {"X": [1, 2, Fraction(1, 10)]}, "X")
    assert not found.exact
    assert found.array.dtype == np.float64
    np.testing.assert_allclose(found.array, [-1, -0.25, -100], rtol=1e-8)


def test_floats_are_extrapolated() -> None:
    values = {"X": np.array([0.3, -2.0, 30.0])}
    found = finite_differences(total(node("tanh", (X,), (3,))), values, "X")
    assert not found.exact
    np.testing.assert_allclose(found.array, 1 / np.cosh(values["X"]) ** 2, rtol=1e-10, atol=1e-12)
    assert not found.kinks.any()


def test_exact_inputs_of_a_transcendental_network_are_differentiated_in_floats() -> None:
    found = finite_differences(total(node("sigmoid", (X,), (3,))), {"X": [0, 1, -1]}, "X")
    assert not found.exact
    np.testing.assert_allclose(found.array, [0.25, 0.19661193324148185, 0.19661193324148185], rtol=1e-10)


@pytest.mark.parametrize("kind", [int, float])
def test_a_kink_is_marked_and_has_the_mean_of_both_slopes(kind: type) -> None:
    loss = total(node("relu", (X,), (3,)))
    found = finite_differences(loss, {"X": [kind(-3), kind(0), kind(2)]}, "X")
    assert found.exact is (kind is int)
    assert found.kinks.tolist() == [False, True, False]
    np.testing.assert_allclose(found.array.astype(float), [0, 0.5, 1], atol=1e-12)


@pytest.mark.parametrize("kind", [int, float])
def test_a_jump_of_the_curvature_alone_is_no_kink(kind: type) -> None:
    """relu(x)^2 and relu(x)^3 have a slope at 0, though not every power of h leaves their differences."""
    for exponent in (2, 3):
        loss = total(node("pow", (node("relu", (X,), (3,)),), (3,), exponent=exponent))
        found = finite_differences(loss, {"X": [kind(-1), kind(0), kind(2)]}, "X")
        assert found.exact is (kind is int)
        assert not found.kinks.any()
        np.testing.assert_allclose(found.array.astype(float), [0, 0, exponent * 2 ** (exponent - 1)], atol=1e-11)


def test_a_kink_between_two_curves_is_marked() -> None:
    """relu(x)^2 + |x|: the slope jumps at 0, and so does the curvature."""
    squares = total(node("pow", (node("relu", (X,), (3,)),), (3,), exponent=2))
    away = node("l1_loss", (X, Leaf("T", (3,))), (), reduction="sum")
    found = finite_differences(node("add", (squares, away), ()), {"X": [-1, 0, 2], "T": [0, 0, 0]}, "X")
    assert found.exact
    assert found.array.tolist() == [-1, 0, 5]
    assert found.kinks.tolist() == [False, True, False]


def test_a_kink_nearer_than_the_first_step_does_not_mislead() -> None:
    near = [Fraction(1, 20), Fraction(-1, 20), Fraction(1, 3)]
    loss = total(node("relu", (X,), (3,)))
    found = finite_differences(loss, {"X": near}, "X")
    assert found.exact
    assert found.array.tolist() == [1, 0, 1]
    assert not found.kinks.any()
    rounded = finite_differences(loss, {"X": [float(x) for x in near]}, "X")
    np.testing.assert_allclose(rounded.array, [1, 0, 1], atol=1e-10)


def test_intermediate_results_are_differentiated_as_if_they_were_inputs() -> None:
    p = node("pow", (X,), (3,), "P", exponent=2)
    loss = total(node("mul", (p, X), (3,)))
    found = finite_differences(loss, {"X": [2, 3, 5]}, "P")
    assert found.exact
    assert found.array.tolist() == [2, 3, 5]


def test_a_scalar_and_the_loss_itself_have_shape_nothing() -> None:
    s = Leaf("s", ())
    loss = node("pow", (s,), (), "L", exponent=2)
    found = finite_differences(loss, {"s": 3}, "s")
    assert found.array.shape == found.kinks.shape == ()
    assert found.array == 6
    assert finite_differences(loss, {"s": 3}, "L").array == 1


def test_the_values_given_are_not_changed() -> None:
    values = {"X": np.array([1.0, 2.0, 3.0])}
    finite_differences(power(2), values, "X")
    assert values["X"].tolist() == [1, 2, 3]


def test_unknown_and_ambiguous_names_are_refused() -> None:
    values = {"X": [1, 2, 3]}
    with pytest.raises(GradproofError, match="no tensor is called 'Y'; there are X, P"):
        finite_differences(power(2), values, "Y")
    with pytest.raises(GradproofError, match="no tensor is called ''"):
        finite_differences(power(2), values, "")
    twice = total(node("relu", (node("relu", (X,), (3,), "A"),), (3,), "A"))
    with pytest.raises(NameInvalidError, match="2 tensors are called 'A'"):
        finite_differences(twice, values, "A")


def test_a_loss_that_is_no_number_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"the loss must have shape \(\)"):
        finite_differences(node("relu", (X,), (3,)), {"X": [1, 2, 3]}, "X")


def test_one_entry_alone_is_differentiated_exactly_or_not_at_all() -> None:
    values: dict[str, object] = {"X": [2, Fraction(-1, 3), 0]}
    assert [difference_at(power(3), values, "X", entry) for entry in range(3)] == [12, Fraction(1, 3), 0]
    kinked = total(node("relu", (X,), (3,)))
    assert [difference_at(kinked, {"X": [-3, 0, 2]}, "X", entry) for entry in range(3)] == [0, None, 1]
    assert difference_at(power(2), {"X": [2.0, 1.0, 0.5]}, "X", 0) is None
    assert difference_at(power(-1), {"X": [1, 2, 3]}, "X", 0) is None
