"""Every operator of the interface, one property at a time, at random sizes, parameters and numbers."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import symbolic as s
from symbolic.roads.numeric import finite_differences, run
from tests.operators import BUILDERS, Application, applications, numbers

SMOOTH_ONLY = {"sigmoid", "tanh", "softplus", "gelu", "softmax", "log_softmax", "cross_entropy", "batch_norm"}
LINEAR = [
    *(f"{name}{rank}d" for name in ("conv", "conv_transpose", "avg_pool") for rank in (1, 2, 3)),
    *("convolve2d", "correlate2d", "mul", "sum", "mean", "linear", "flatten", "reshape", "adaptive_avg_pool2d"),
]
WINDOWS = [f"{kind}{rank}d" for kind in ("conv", "avg_pool", "max_pool") for rank in (1, 2, 3)]
Array = np.ndarray[Any, Any]


def same(one: Any, other: Any, *, rounding: float = 1e-10) -> None:
    """Equal exactly where both are exact, else to the stated rounding."""
    one, other = np.asarray(one), np.asarray(other)
    assert one.shape == other.shape
    if one.dtype == object and other.dtype == object:
        assert (one == other).all()
    else:
        np.testing.assert_allclose(one.astype(float), other.astype(float), rtol=rounding, atol=rounding)


def derived(draw: st.DataObject, application: Application) -> Any:
    """The derivation of the sum of the result times a drawn cotangent."""
    return s.derive(application.node, gradient=draw.draw(cotangents(application.node.shape)))


@st.composite
def cotangents(draw: st.DrawFn, shape: tuple[int, ...]) -> Any:
    return numbers(draw, shape)


def exact(values: Any) -> Array:
    return np.array(values, dtype=object)


def test_every_operator_is_here() -> None:
    from symbolic import _OPERATORS

    assert BUILDERS.keys() == set(_OPERATORS)


@pytest.mark.parametrize("operator", BUILDERS)
@settings(max_examples=15)
@given(st.data())
def test_the_form_and_the_textbook_agree(operator: str, data: st.DataObject) -> None:
    """Road 1 equals road 3: exactly where the function is rational."""
    application = data.draw(applications(operator))
    d = derived(data, application)
    result, opinion = d.evaluate(application.values), run(d.loss, {k: exact(v) for k, v in application.values.items()})
    same(result.values[application.node], opinion.values[application.node])
    for leaf in d.inputs:
        same(result.grads[leaf], opinion.grads[leaf])
        assert operator in SMOOTH_ONLY or result.grads[leaf].dtype == object


@pytest.mark.parametrize("operator", BUILDERS)
@settings(max_examples=5)
@given(st.data())
def test_differences_agree_away_from_kinks(operator: str, data: st.DataObject) -> None:
    application = data.draw(applications(operator))
    d = derived(data, application)
    result = d.evaluate(application.values)
    for leaf in d.inputs:
        found = finite_differences(d.loss, {k: exact(v) for k, v in application.values.items()}, leaf.name)
        smooth = ~found.kinks
        same(result.grads[leaf][smooth], found.array[smooth], rounding=1e-10 if found.exact else 1e-6)


@pytest.mark.parametrize("operator", BUILDERS)
@settings(max_examples=5)
@given(st.data())
def test_the_expressions_say_the_same_numbers(operator: str, data: st.DataObject) -> None:
    """`grad` at the numbers is `evaluate`, and `entry` is the entry of `grad`."""
    application = data.draw(applications(operator))
    d = derived(data, application)
    assume(sum(leaf.size for leaf in d.inputs) * application.node.size <= 400)
    result = d.evaluate(application.values)
    point = {
        leaf[index] if index else leaf[()]: sympy.Integer(exact(application.values[leaf.name])[index])
        for leaf in d.inputs
        for index in np.ndindex(*leaf.shape)
    }
    for leaf in d.inputs:
        written = d.grad(leaf)
        assert tuple(written.shape) == leaf.shape
        for index in np.ndindex(*leaf.shape):
            number = written[index].xreplace(point)
            want = result.grads[leaf][index]
            assert number == want if result.grads[leaf].dtype == object else abs(float(number) - want) < 1e-9
            assert d.entry(leaf, index) == written[index]


@pytest.mark.parametrize("operator", BUILDERS)
@settings(max_examples=5)
@given(st.data())
def test_every_gradient_is_proved(operator: str, data: st.DataObject) -> None:
    """The chain begins at dL/d(input), and every gradient of the network has one."""
    application = data.draw(applications(operator))
    d = s.derive(s.sum(s.mul(application.node, application.node)))
    for leaf in d.inputs:
        proof = d.proof(leaf)
        assert proof.steps[0].lhs.wrt == leaf
        assert proof.steps[0].lhs.of == d.loss


@pytest.mark.parametrize("operator", LINEAR)
@settings(max_examples=15)
@given(st.data())
def test_backward_is_the_adjoint_of_forward(operator: str, data: st.DataObject) -> None:
    """<C x, y> = <x, C^T y> for each operand in which the operator is linear."""
    application = data.draw(applications(operator))
    assert application.linear
    y = data.draw(cotangents(application.node.shape))
    result = s.derive(application.node, gradient=y).evaluate(application.values)
    left = np.sum(result.values[application.node] * exact(y))
    for name in application.linear:
        assert left == np.sum(exact(application.values[name]) * result.grads[name])


def reached(window: tuple[tuple[int, ...], ...], at: tuple[int, ...]) -> bool:
    """Whether any window reads a position, by the definition of the layer."""
    return all(
        any(s * i + d * u - p == a for i in range(m) for u in range(k))
        for a, (_, k, s, p, d, m) in zip(at, window, strict=True)
    )


@pytest.mark.parametrize("operator", WINDOWS)
@settings(max_examples=20)
@given(st.data())
def test_what_no_window_reads_has_gradient_zero(operator: str, data: st.DataObject) -> None:
    """The remainder of a stride, the gaps of a dilation: 0 there, whatever the cotangent is."""
    application = data.draw(applications(operator))
    gradient = derived(data, application).evaluate(application.values).grads["X"]
    spatial = product(*(range(n) for n, *_ in application.window))
    for at in spatial:
        if not reached(application.window, at):
            assert (gradient[(..., *at)] == 0).all()


@pytest.mark.parametrize("operator", WINDOWS)
@settings(max_examples=10)
@given(st.data())
def test_what_a_window_reads_has_a_gradient(operator: str, data: st.DataObject) -> None:
    """The test above is not vacuous: ones as kernel and cotangent make every entry that is read positive."""
    application = data.draw(applications(operator))
    ones = {name: np.ones(np.shape(value), dtype=int).tolist() for name, value in application.values.items()}
    d = s.derive(application.node, gradient=np.ones(application.node.shape, dtype=int).tolist())
    gradient = d.evaluate(ones).grads["X"]
    read = [at for at in product(*(range(n) for n, *_ in application.window)) if reached(application.window, at)]
    assert (gradient.sum() > 0) == bool(read)
    for at in read:
        assert operator.startswith("max_pool") or (gradient[(..., *at)] > 0).all()


@settings(max_examples=20)
@given(st.data())
def test_large_logits_do_not_overflow(data: st.DataObject) -> None:
    """cross_entropy, softmax and log_softmax at logits of +-1000: finite, and softmax minus target as gradient."""
    n, c = data.draw(st.integers(1, 3)), data.draw(st.integers(2, 4))
    logits = data.draw(
        st.lists(st.lists(st.sampled_from([-1000, 0, 1000]), min_size=c, max_size=c), min_size=n, max_size=n)
    )
    labels = data.draw(st.lists(st.integers(0, c - 1), min_size=n, max_size=n))
    X = s.tensor("X", (n, c))
    result = s.derive(s.cross_entropy(X, labels, reduction="sum")).evaluate({"X": logits})
    exps = np.exp(np.array(logits, dtype=float) - np.max(logits, axis=1, keepdims=True))
    probabilities = exps / exps.sum(axis=1, keepdims=True)
    same(result.grads["X"], probabilities - np.eye(c)[labels])
    largest = [max(row) for row in logits]
    ways = [row.count(top) for row, top in zip(logits, largest, strict=True)]
    want = sum(top + np.log(w) - row[k] for top, w, row, k in zip(largest, ways, logits, labels, strict=True))
    same(result.value, want)
    for operator in (s.softmax, s.log_softmax):
        y = operator(X, 1)
        assert np.isfinite(s.derive(s.sum(y * y)).evaluate({"X": logits}).grads["X"]).all()


@pytest.mark.parametrize("operator", BUILDERS)
@settings(max_examples=2)
@given(st.data())
def test_three_roads(operator: str, data: st.DataObject) -> None:
    """`check` at the drawn numbers: all roads that apply agree, and on something this small SymPy's road applies."""
    application = data.draw(applications(operator))
    d = derived(data, application)
    assume(sum(leaf.size for leaf in d.inputs) <= 40)
    report = d.check(application.values)
    assert report.ok, str(report)
    assert report.entries_ran
