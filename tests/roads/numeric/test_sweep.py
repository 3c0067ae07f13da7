"""Reading values, the kinds of numbers, the reverse sweep, and what is refused."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from symbolic.errors import GradproofError, NameInvalidError, ShapeError
from symbolic.roads.numeric import run
from symbolic.terms.term import Leaf, Node, Tensor
from tests.roads.numeric.build import exact, node, paired
from tests.tools import ROOT

X = Leaf("X", (2,))


def total(y: Tensor) -> Node:
    return node("sum", (y,), (), dim=tuple(range(len(y.shape))), keepdim=False)


def test_ints_stay_ints_fractions_stay_fractions_and_division_is_exact() -> None:
    y = node("mul", (X,), (2,), number=Fraction(1, 3), position=0)
    loss = total(y)
    for given in ([1, 2], np.array([1, 2]), np.array([1, 2], dtype=object), (Fraction(1), np.int8(2))):
        opinion = run(loss, {"X": given})
        assert opinion.values[X].tolist() == [1, 2]
        assert opinion.values[y].tolist() == [Fraction(1, 3), Fraction(2, 3)]
        assert opinion.values[loss] == 1
        assert {array.dtype for array in (*opinion.values.values(), *opinion.grads.values())} == {np.dtype(object)}


def test_floats_are_float64_and_one_float_makes_its_tensor_float() -> None:
    for given in ([0.5, 2], np.array([0.5, 2], dtype=np.float32), [Fraction(1, 2), 2.0]):
        opinion = run(total(X), {"X": given})
        assert opinion.values[X].dtype == opinion.grads[X].dtype == np.float64


def test_exact_and_float_tensors_meet_as_floats() -> None:
    y = Leaf("Y", (2,))
    loss = total(node("mul", (X, y), (2,)))
    opinion = run(loss, {"X": [1, 2], "Y": [0.5, 0.25]})
    assert opinion.values[X].dtype == object
    assert opinion.values[loss] == 1.0
    assert opinion.grads[X].tolist() == [0.5, 0.25]
    assert {grad.dtype for grad in opinion.grads.values()} == {np.dtype(np.float64)}


def test_what_comes_before_a_sigmoid_stays_exact() -> None:
    y = node("mul", (X,), (2,), number=Fraction(1, 3), position=1)
    z = node("sigmoid", (y,), (2,))
    opinion = run(total(z), {"X": [1, 2]})
    assert opinion.values[y].tolist() == [Fraction(1, 3), Fraction(2, 3)]
    assert opinion.values[z].dtype == np.float64
    assert opinion.grads[X].dtype == np.float64


def test_a_tensor_used_twice_adds_up_its_shares() -> None:
    square = node("mul", (X, X), (2,))
    loss = total(node("add", (square, X), (2,)))
    assert run(loss, {"X": [3, 5]}).grads[X].tolist() == [7, 11]


def test_equal_leaves_are_one_tensor() -> None:
    loss = total(node("mul", (X, Leaf("X", (2,))), (2,)))
    assert run(loss, {"X": [3, 5]}).grads[X].tolist() == [6, 10]


def test_the_loss_may_be_a_leaf() -> None:
    leaf = Leaf("L", ())
    opinion = run(leaf, {"L": 3})  # type: ignore[arg-type]
    assert opinion.values[leaf] == 3
    assert opinion.grads[leaf] == 1


def test_the_gradient_of_the_loss_by_itself_is_1_and_every_tensor_has_one() -> None:
    y = node("relu", (X,), (2,))
    loss = total(y)
    opinion = run(loss, {"X": [1, -1]})
    assert opinion.grads[loss] == 1
    assert opinion.grads.keys() == opinion.values.keys() == {X, y, loss}


def test_deep_networks_do_not_exhaust_the_stack() -> None:
    y: Tensor = X
    for _ in range(3000):
        y = node("add", (y,), (2,), number=Fraction(1), position=1)
    assert run(total(y), {"X": [0, 0]}).grads[X].tolist() == [1, 1]


def test_names_beyond_the_leaves_are_ignored() -> None:
    assert run(total(X), {"X": [1, 2], "Z": "anything"}).values[X].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1, 2, 3], r"tensor 'X' has shape \(2,\); got a value of shape \(3,\)"),
        ([[1], [2, 3]], r"tensor 'X': rows of different lengths; give an array of shape \(2,\)"),
        ([True, False], "tensor 'X': expected numbers .* got dtype bool"),
        ([Fraction(1), True], "tensor 'X': expected numbers .* got True"),
        (["1", "2"], "tensor 'X': expected numbers .* got dtype <U1"),
        ([1j, 2], "tensor 'X': expected numbers .* got dtype complex128"),
        ([None, 2], "tensor 'X': expected numbers .* got None"),
        ([1.0, float("nan")], r"tensor 'X': the number at index \(1,\) is nan; give values"),
        ([float("inf"), Fraction(1)], r"tensor 'X': the number at index \(0,\) is inf"),
        ([10**400, 1.0], "exceeds the range of float64"),
    ],
)
def test_unusable_values_are_refused(value: object, message: str) -> None:
    with pytest.raises(GradproofError, match=message):
        run(total(X), {"X": value})


def test_a_missing_value_is_named() -> None:
    with pytest.raises(GradproofError, match=r"no value for tensor 'X' of shape \(2,\)"):
        run(total(X), {"Y": [1, 2]})


def test_two_leaves_of_one_name_are_refused() -> None:
    loss = total(node("add", (X, Leaf("X", (1,))), (2,)))
    with pytest.raises(NameInvalidError, match="two different tensors are called 'X'"):
        run(loss, {"X": [1, 2]})


def test_a_loss_that_is_no_number_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"the loss must have shape \(\); got \(2,\)"):
        run(node("relu", (X,), (2,)), {"X": [1, 2]})


def test_an_unknown_operator_is_named_with_the_nearest_known() -> None:
    with pytest.raises(GradproofError, match="has no operator 'rulu'; did you mean 'relu'"):
        run(total(node("rulu", (X,), (2,))), {"X": [1, 2]})


def test_a_node_of_another_shape_than_the_definition_gives_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"relu: its value has shape \(2,\) by definition, and \(3,\)"):
        run(total(node("relu", (X,), (3,))), {"X": [1, 2]})


@pytest.mark.parametrize("value", [[4, 0], [4.0, 0.0]])
@pytest.mark.parametrize(("op", "params"), [("pow", {"exponent": -1}), ("div", {"number": Fraction(1), "position": 0})])
def test_a_zero_divisor_is_refused(op: str, params: dict[str, object], value: list[float]) -> None:
    with pytest.raises(GradproofError, match=rf"{op}: the divisor is 0 at index \(1,\)"):
        run(total(node(op, (X,), (2,), **params)), {"X": value})


def test_an_overflow_is_refused() -> None:
    with pytest.raises(GradproofError, match=r"pow: its value: the number at index \(0,\) is inf"):
        run(total(node("pow", (X,), (2,), exponent=64)), {"X": [1e100, 1.0]})


def test_a_plain_matrix_takes_a_scalar_bias() -> None:
    x, f, b = Leaf("X", (2, 2)), Leaf("F", (1, 2)), Leaf("b", ())
    params = {"stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1}
    y = node("conv2d", (x, f, b), (2, 1), **params)
    opinion = run(paired(y, [[1], [2]]), {"X": exact([[1, 2], [3, 4]]), "F": exact([[1, 1]]), "b": exact(5)})
    assert opinion.values[y].tolist() == [[8], [12]]
    assert opinion.grads[b].shape == ()
    assert opinion.grads[b] == 3


def test_the_numeric_road_runs_without_sympy_and_the_other_roads() -> None:
    script = (
        "import sys, symbolic.roads.numeric\n"
        "print(*sorted(m for m in sys.modules if m.partition('.')[0] in {'sympy', 'symbolic'}))"
    )
    done = subprocess.run((sys.executable, "-c", script), cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "symbolic.roads.numeric.conv" in loaded
    others = {name for name in loaded if not name.startswith("symbolic.roads.numeric")}
    assert others == {"symbolic", "symbolic.errors", "symbolic.roads"}
