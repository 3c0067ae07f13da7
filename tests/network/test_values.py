"""Reading numbers: exact where they are exact, every misfit named in one sentence."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

import symbolic as s
from symbolic.errors import GradproofError
from symbolic.network.values import ByTensor, read_array, read_values

X, w = s.tensor("X", (2, 2)), s.tensor("w")
GOOD = [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (GOOD, [[1, 2], [3, 4]]),
        (((1, Fraction(4, 2)), (3, Fraction(1, 3))), [[1, 2], [3, Fraction(1, 3)]]),
        (np.array(GOOD), [[1, 2], [3, 4]]),
        (np.array(GOOD, dtype=np.uint8), [[1, 2], [3, 4]]),
        ([[sympy.Rational(1, 2), sympy.Integer(2)], [3, 4]], [[Fraction(1, 2), 2], [3, 4]]),
        ([[2**80, 1], [0, -1]], [[2**80, 1], [0, -1]]),
        ([np.array([1, 2]), np.array([3, 4])], [[1, 2], [3, 4]]),
    ],
)
def test_exact_numbers_stay_exact(value: Any, expected: Any) -> None:
    array = read_array("X", value, (2, 2))
    assert array.dtype == object
    assert array.tolist() == expected
    assert all(type(x) in {int, Fraction} for x in array.reshape(-1))


@pytest.mark.parametrize("value", [[[1.0, 2], [3, Fraction(1, 2)]], np.ones((2, 2)), np.ones((2, 2), dtype=np.float32)])
def test_one_float_makes_the_array_float64(value: Any) -> None:
    assert read_array("X", value, (2, 2)).dtype == np.float64


BAD: dict[str, tuple[Any, str]] = {
    "too few": ([[1, 2]], r"X: expected values of shape \(2, 2\); got shape \(1, 2\)"),
    "too deep": ([[[1, 2], [3, 4]]], r"expected values of shape \(2, 2\); got shape \(1, 2, 2\)"),
    "a number": (5, r"expected values of shape \(2, 2\); got shape \(\)"),
    "ragged": ([[1, 2], [3]], "rows have different shapes"),
    "nan": ([[1, 2], [3, float("nan")]], "X: every value must be finite; got nan"),
    "infinity": (np.array([[1, np.inf], [3, 4]]), "X: every value must be finite"),
    "text": ([[1, 2], [3, "4"]], "X: expected numbers .* got '4'"),
    "all text": ("1234", "X: "),
    "nothing": ([[1, 2], [3, None]], "X: expected numbers .* got None"),
    "a truth value": ([[1, 2], [3, True]], "X: expected numbers .* got True"),
    "truth values": (np.ones((2, 2), dtype=bool), "X: expected numbers"),
    "complex": ([[1, 2], [3, 4j]], "X: expected numbers"),
    "complex array": (np.ones((2, 2), dtype=complex), "X: expected numbers"),
    "a symbol": ([[1, 2], [3, sympy.Symbol("a")]], "X: expected numbers"),
    "a decimal": ([[1, 2], [3, Decimal("0.5")]], "X: expected numbers"),
    "a set": ({1, 2, 3, 4}, "X: expected"),
    "a dictionary": ({"a": 1}, "X: expected"),
    "words in an array": (np.array([["a", "b"], ["c", "d"]]), "X: expected numbers"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_array_of_numbers_is_refused(kind: str) -> None:
    value, words = BAD[kind]
    with pytest.raises(GradproofError, match=words) as error:
        read_array("X", value, (2, 2))
    assert len(str(error.value)) < 300


def test_the_inputs_must_be_exactly_those_of_the_network() -> None:
    for values, words in (
        ({}, "no value for X, w"),
        ({"X": GOOD}, "no value for w; the inputs are X, w"),
        ({"X": GOOD, "w": 1, "b": 2}, "the network has no input 'b'.*X, w"),
        ({"X": GOOD, "W": 1}, "the network has no input 'W'"),
        ({"X": GOOD, "w": 1, 3: 2}, "the network has no input 3"),
        ([GOOD, 1], "expected a dict"),
        (None, "expected a dict"),
    ):
        with pytest.raises(GradproofError, match=words):
            read_values(values, (X, w))  # type: ignore[arg-type]


def test_a_tensor_of_another_shape_is_not_taken_by_its_name() -> None:
    with pytest.raises(GradproofError, match="X"):
        read_values({s.tensor("X", (3, 3)): GOOD, "w": 1}, (X, w))


def test_one_tensor_is_not_given_twice() -> None:
    with pytest.raises(GradproofError, match="X"):
        read_values({"X": GOOD, X: [[0, 0], [0, 0]], "w": 1}, (X, w))


def test_one_float_makes_every_input_float64() -> None:
    arrays = read_values({X: GOOD, "w": 0.5}, (X, w))
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float64)}
    exact = read_values({"X": GOOD, w: Fraction(1, 2)}, (X, w))
    assert {array.dtype for array in exact.values()} == {np.dtype(object)}


def test_an_exact_number_beyond_floats_beside_a_float_is_named() -> None:
    with pytest.raises(GradproofError, match="X"):
        read_values({"X": [[10**400, 1], [1, 1]], "w": 0.5}, (X, w))


def test_arrays_by_tensor_or_name() -> None:
    hidden = s.mul(X, 2)
    arrays = ByTensor({X: np.ones((2, 2)), hidden: np.zeros((2, 2))})
    assert arrays["X"] is arrays[X]
    assert (arrays[hidden] == 0).all()
    assert list(arrays) == ["X"]
    assert len(arrays) == 1
    assert [tensor for tensor, _ in arrays.items_by_tensor()] == [X, hidden]
    assert "X" in arrays
    assert "Y" not in arrays
    with pytest.raises(KeyError, match="no tensor 'Y' in this network; it has X"):
        arrays["Y"]
