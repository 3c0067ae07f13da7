"""Properties of every row: backward is what forward says it is."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.roads.numeric import OPERATORS, Operator, finite_differences, run
from symbolic.roads.numeric.arrays import Array, Params, floats, settle
from symbolic.terms.term import Leaf, Node
from tests.roads.numeric.build import node
from tests.roads.numeric.examples import EXAMPLES, Example, array

SEEDS = st.integers(0, 2**32 - 1)

# In which arguments, taken alone and the others fixed, the operator is linear.
LINEAR = {
    **{f"conv{rank}d": (0, 1) for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": (0, 1) for rank in (1, 2, 3)},
    **dict.fromkeys(("convolve2d", "correlate2d", "linear", "vjp"), (0, 1)),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d", "adaptive_avg_pool2d"), (0,)),
    **dict.fromkeys(("sum", "mean", "flatten", "reshape"), (0,)),
    "mul": (0, 1),
}
KINKED = ("relu", "leaky_relu", "l1_loss")  # the examples of max_pool have no ties


def network(op: str, example: Example, rng: np.random.Generator) -> tuple[Node, list[Leaf], dict[str, Array]]:
    """sum(op(A0, A1, ...) * S) with a random cotangent S, its leaves and their values."""
    row = OPERATORS[op]
    args = example.args if row.exact else tuple(floats(arg) for arg in example.args)
    shape = settle(row.forward(args, example.params)).shape
    leaves = [Leaf(f"A{i}", arg.shape) for i, arg in enumerate(example.args)]
    y = node(op, tuple(leaves), shape, "Y", **example.params)
    loss = node("vjp", (y,), (), cotangent=array(rng, shape))
    return loss, leaves, {leaf.name: arg for leaf, arg in zip(leaves, example.args, strict=True)}


def test_every_row_has_examples() -> None:
    assert EXAMPLES.keys() == OPERATORS.keys()
    assert LINEAR.keys() <= OPERATORS.keys()


def differences_agree(op: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    loss, leaves, values = network(op, EXAMPLES[op](rng), rng)
    grads = run(loss, values).grads
    for leaf in leaves:
        differences = finite_differences(loss, values, leaf.name)
        smooth = ~differences.kinks
        assert op in KINKED or smooth.all()
        got, want = grads[leaf][smooth], differences.array[smooth]
        if differences.exact:
            assert (got == want).all()
        else:
            np.testing.assert_allclose(floats(got), want, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("op", OPERATORS)
@settings(max_examples=12)
@given(SEEDS)
def test_backward_agrees_with_finite_differences(op: str, seed: int) -> None:
    differences_agree(op, seed)


def adjoint_holds(op: str, seed: int) -> None:
    """<S, A x> = <A* S, x> for an x that backward never saw."""
    rng = np.random.default_rng(seed)
    example = EXAMPLES[op](rng)
    args = list(example.args)[:2]  # a bias is not part of the linear map
    params = example.params
    row = OPERATORS[op]
    cotangent = array(rng, settle(row.forward(args, params)).shape)
    for place in LINEAR[op][: len(args)]:
        adjoint = settle(row.backward(cotangent, args, params)[place])
        other = array(rng, args[place].shape)
        elsewhere = [*args[:place], other, *args[place + 1 :]]
        left = settle(cotangent * settle(row.forward(elsewhere, params))).sum()
        assert left == settle(adjoint * other).sum()


@pytest.mark.parametrize("op", LINEAR)
@settings(max_examples=15)
@given(SEEDS)
def test_backward_is_the_adjoint_of_a_linear_operator(op: str, seed: int) -> None:
    adjoint_holds(op, seed)


@pytest.mark.parametrize("op", [op for op, row in OPERATORS.items() if row.exact])
@settings(max_examples=5)
@given(SEEDS)
def test_exact_rows_stay_exact_and_agree_with_floats(op: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    loss, leaves, values = network(op, EXAMPLES[op](rng), rng)
    rational = run(loss, values)
    rounded = run(loss, {name: floats(value) for name, value in values.items()})
    assert not any(isinstance(x, float) for leaf in leaves for x in rational.grads[leaf].reshape(-1))
    assert rounded.values[loss].dtype == np.float64
    for tensor, grad in rational.grads.items():
        np.testing.assert_allclose(rounded.values[tensor], floats(rational.values[tensor]), atol=1e-11)
        np.testing.assert_allclose(rounded.grads[tensor], floats(grad), atol=1e-11)


def test_a_wrong_backward_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparisons above can fail: one gradient off by one part in a million."""

    def wrong(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
        dx, df, *rest = right.backward(delta, args, params)
        return [dx, df * Fraction(1000001, 1000000), *rest]

    right = OPERATORS["conv2d"]
    monkeypatch.setitem(OPERATORS, "conv2d", Operator(right.forward, wrong))
    with pytest.raises(AssertionError):
        differences_agree("conv2d", 0)
    with pytest.raises(AssertionError):
        adjoint_holds("conv2d", 0)
