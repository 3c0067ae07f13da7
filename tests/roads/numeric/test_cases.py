"""The numeric road against numbers of PyTorch and JAX, exactly where they are rational."""

from fractions import Fraction

import numpy as np
import pytest

from symbolic.roads.numeric import run
from symbolic.roads.numeric.arrays import Array
from tests.roads.numeric.build import Case, document, exact

CASES = {raw["id"]: raw for raw in document("cases.json")["cases"]}


def agree(got: Array, wanted: object, tolerance: float) -> bool:
    """Equal shapes, and equal numbers; with a tolerance, equal up to it in units of max(1, |wanted|)."""
    want = exact(wanted)
    if got.shape != want.shape:
        return False
    if not tolerance:
        return got.dtype == object and bool((got == want).all())
    want = want.astype(np.float64)
    return bool((np.abs(got.astype(np.float64) - want) <= tolerance * np.maximum(1, np.abs(want))).all())


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_those_of_the_engines(name: str) -> None:
    raw = CASES[name]
    case = Case(raw)
    opinion = run(case.loss, case.values)
    tolerance = raw["tol"]
    assert agree(opinion.values[case.loss], raw["loss_value"], tolerance)
    assert agree(opinion.values[case.output], raw["output"], tolerance)
    assert raw["grads"]
    for part, found in (
        ("grads", opinion.grads),
        ("node_grads", opinion.grads),
        ("node_values", opinion.values),
    ):
        for key, wanted in raw.get(part, {}).items():
            assert agree(found[case.tensors[key]], wanted, tolerance), f"{part} of {key}"


@pytest.mark.parametrize("name", CASES)
def test_floats_give_the_same_up_to_rounding(name: str) -> None:
    raw = CASES[name]
    case = Case(raw)
    opinion = run(case.loss, {key: value.astype(np.float64) for key, value in case.values.items()})
    for key, wanted in raw["grads"].items():
        assert opinion.grads[case.tensors[key]].dtype == np.float64
        assert agree(opinion.grads[case.tensors[key]], wanted, 1e-10), key


def test_a_damaged_gradient_is_noticed() -> None:
    raw = CASES["conv2d-001-vjp"]
    case = Case(raw)
    grad = run(case.loss, case.values).grads[case.tensors["F"]].copy()
    grad[0, 0, 0, 0] += Fraction(1, 10**9)
    assert not agree(grad, raw["grads"]["F"], raw["tol"])
