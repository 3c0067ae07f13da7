"""Kinks, ties, extreme arguments, and the published numbers."""

import math
from fractions import Fraction

import numpy as np
import pytest

from symbolic.errors import GradproofError
from symbolic.roads.numeric import OPERATORS, finite_differences, run
from symbolic.roads.numeric.arrays import Array
from symbolic.terms.term import Leaf
from tests.roads.numeric.build import document, exact, node, paired

SQUARE = {"stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1}
POOL = {"kernel_size": (2, 2), "stride": (2, 2), "padding": (0, 0), "ceil_mode": False}
AVERAGE = {"count_include_pad": True, "divisor_override": None}


def gradient(op: str, value: object, cotangent: object, **params: object) -> Array:
    """dX of sum(op(X) * cotangent)."""
    array, seed = exact(value), exact(cotangent)
    x = Leaf("X", array.shape)
    return run(paired(node(op, (x,), seed.shape, **params), cotangent), {"X": array}).grads[x]


@pytest.mark.parametrize(
    ("op", "params", "slopes"),
    [
        ("relu", {}, [0, 0, 1]),
        ("leaky_relu", {"negative_slope": Fraction(1, 3)}, [Fraction(1, 3), Fraction(1, 3), 1]),
    ],
)
def test_slopes_at_and_around_the_kink(op: str, params: dict[str, object], slopes: list[object]) -> None:
    assert gradient(op, [-1, 0, 1], [1, 1, 1], **params).tolist() == slopes


def test_the_slope_of_an_absolute_value_at_0_is_0() -> None:
    x, t = Leaf("X", (3,)), Leaf("T", (3,))
    grads = run(node("l1_loss", (x, t), (), reduction="sum"), {"X": exact([1, 2, 3]), "T": exact([2, 2, 2])}).grads
    assert grads[x].tolist() == [-1, 0, 1]
    assert grads[t].tolist() == [1, 0, -1]


def test_ties_go_to_the_first_entry_in_row_major_order() -> None:
    tied = gradient("max_pool2d", [[0, 7, 5, 5], [7, 7, 5, 5]], [[2, 3]], **POOL, dilation=(1, 1))
    assert tied.tolist() == [[0, 2, 3, 0], [0, 0, 0, 0]]


def test_padding_never_wins_against_negative_numbers() -> None:
    params = {**POOL, "padding": (1, 1), "dilation": (1, 1)}
    assert gradient("max_pool2d", [[-3, -2], [-5, -4]], [[1, 2], [3, 4]], **params).tolist() == [[1, 2], [3, 4]]


def test_a_window_that_sees_only_padding_is_refused() -> None:
    with pytest.raises(GradproofError, match=r"sees nothing of the input \(1,\); use less padding"):
        gradient("max_pool1d", [5], [1], kernel_size=(2,), stride=(1,), padding=(1,), dilation=(2,), ceil_mode=False)


def test_upsampling_as_the_textbooks_print_it() -> None:
    delta = [[2, 8], [4, 6]]
    half = Fraction(1, 2)
    assert gradient("avg_pool2d", np.zeros((4, 4), dtype=int).tolist(), delta, **POOL, **AVERAGE).tolist() == [
        [half, half, 2, 2],
        [half, half, 2, 2],
        [1, 1, 3 * half, 3 * half],
        [1, 1, 3 * half, 3 * half],
    ]
    winners = [[9, 0, 0, 0], [0, 0, 0, 9], [0, 9, 0, 0], [0, 0, 9, 0]]
    assert gradient("max_pool2d", winners, delta, **POOL, dilation=(1, 1)).tolist() == [
        [2, 0, 0, 0],
        [0, 0, 0, 8],
        [0, 4, 0, 0],
        [0, 0, 6, 0],
    ]


def test_pixels_that_no_window_reaches_get_0() -> None:
    x, f = Leaf("X", (6,)), Leaf("F", (2,))
    params = {"stride": (3,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}
    loss = paired(node("conv1d", (x, f), (2,), **params), [1, 10])
    assert run(loss, {"X": exact([1] * 6), "F": exact([2, 3])}).grads[x].tolist() == [2, 3, 0, 20, 30, 0]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_cross_entropy_of_enormous_logits(reduction: str) -> None:
    z = Leaf("Z", (2, 2))
    loss = node("cross_entropy", (z,), (), target=(1, 0), reduction=reduction)
    opinion = run(loss, {"Z": exact([[1000, -1000], [1000, -1000]])})
    count = 2 if reduction == "mean" else 1
    assert opinion.values[loss] == 2000 / count
    assert opinion.grads[z].tolist() == [[1 / count, -1 / count], [0, 0]]


def test_cross_entropy_averages_over_samples_and_positions() -> None:
    z, p = Leaf("Z", (2, 3, 2)), Leaf("P", (2, 3, 2))
    logits = np.arange(12, dtype=object).reshape(2, 3, 2) % 5
    target = (0, 2, 1, 1)
    chosen = np.zeros((2, 3, 2), dtype=object)
    for place, label in enumerate(target):
        chosen[place // 2, label, place % 2] = 1
    by_class = node("cross_entropy", (z,), (), target=target, reduction="mean")
    by_probability = node("cross_entropy", (z, p), (), reduction="mean")
    log = logits - np.log(np.exp(logits.astype(float)).sum(axis=1, keepdims=True))
    want = -float((chosen * log).sum()) / 4
    first = run(by_class, {"Z": logits})
    second = run(by_probability, {"Z": logits, "P": chosen})
    assert float(first.values[by_class]) == pytest.approx(want, rel=1e-12)
    assert float(second.values[by_probability]) == pytest.approx(want, rel=1e-12)
    np.testing.assert_allclose(first.grads[z], second.grads[z], rtol=1e-12)
    np.testing.assert_allclose(second.grads[p], -log.astype(float) / 4, rtol=1e-12)


@pytest.mark.parametrize(
    ("op", "value", "slope"),
    [
        ("sigmoid", [0.0, 1.0], [0.0, 0.0]),
        ("tanh", [-1.0, 1.0], [0.0, 0.0]),
        ("softplus", [0.0, 1000.0], [0.0, 1.0]),
        ("gelu", [0.0, 1000.0], [0.0, 1.0]),
    ],
)
def test_activations_of_enormous_arguments(op: str, value: list[float], slope: list[float]) -> None:
    x = np.array([-1000.0, 1000.0])
    row = OPERATORS[op]
    with np.errstate(under="ignore"):
        assert np.asarray(row.forward([x], {})).tolist() == value
        assert np.asarray(row.backward(np.ones(2), [x], {})[0]).tolist() == slope


def test_values_of_the_smooth_activations_at_1() -> None:
    one = np.array(1.0)
    want = {"sigmoid": 0.7310585786300049, "tanh": 0.7615941559557649}
    want |= {"softplus": 1.3132616875182228, "gelu": 0.8413447460685429}
    for op, value in want.items():
        assert float(OPERATORS[op].forward([one], {})) == pytest.approx(value, rel=1e-14)


def test_softmax_adds_up_to_1_and_log_softmax_is_its_logarithm() -> None:
    x = np.array([[1.0, 2.0, 4.0], [-900.0, 0.0, 900.0]])
    soft = OPERATORS["softmax"].forward([x], {"dim": -1})
    np.testing.assert_allclose(soft.sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_allclose(soft[0], np.array([1, math.e, math.e**3]) / (1 + math.e + math.e**3), rtol=1e-15)
    logs = OPERATORS["log_softmax"].forward([x], {"dim": -1})
    np.testing.assert_allclose(logs[0], np.log(soft[0]), rtol=1e-14)
    assert logs[1].tolist() == [-1800, -900, 0]


def test_batch_norm_uses_the_biased_variance() -> None:
    x = np.array([[0.0], [2.0], [4.0]])
    params = {"eps": Fraction(0), "has_weight": True, "has_bias": True}
    out = OPERATORS["batch_norm"].forward([x, np.array([3.0]), np.array([1.0])], params)
    root = np.sqrt(8 / 3)
    np.testing.assert_allclose(out[:, 0], [1 - 6 / root, 1, 1 + 6 / root], rtol=1e-15)


def test_the_first_published_example() -> None:
    """Convolution, sum and squared error of the numbers of seed_numbers.json."""
    seed = document("seed_numbers.json")["i"]
    x, k, t = Leaf("X", (3, 3)), Leaf("K", (2, 2)), Leaf("T", ())
    o = node("conv2d", (x, k), (2, 2), "O", **SQUARE)
    s = node("sum", (o,), (), "S", dim=(0, 1), keepdim=False)
    loss = node("mse_loss", (s, t), (), "L", reduction="mean")
    values = {"X": exact(seed["X"]), "K": exact(seed["K"]), "T": exact(230)}
    opinion = run(loss, values)
    assert opinion.values[o].tolist() == seed["O"]
    assert opinion.values[s] == seed["S"]
    assert opinion.values[loss] == seed["L"]
    grads = {o: "dL_dO", k: "dL_dK", x: "dL_dX", s: "dL_dS"}
    assert all(opinion.grads[tensor].tolist() == seed[key] for tensor, key in grads.items())
    assert finite_differences(loss, values, "K").array.tolist() == seed["dL_dK"]
