"""Exercises with the numbers of the published examples: convolution and sum, average pooling, the scalar net."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING

from symbolic.exercises import changes
from symbolic.exercises.exercise import Exercise, Misconception
from symbolic.exercises.misconceptions import (
    constant_rule,
    descent,
    general,
    kernel_for_input,
    only_window,
    rule,
)
from symbolic.exercises.rebuilt import network
from symbolic.exercises.transforms import (
    either,
    given,
    instead,
    numbers_changed,
    ones,
    result,
    times,
    written,
)
from symbolic.exercises.work import Descent, Gradient, Work
from symbolic.functional import add, avg_pool2d, conv2d, mse_loss, mul, pow, sub, sum
from symbolic.functional.arguments import tensor
from symbolic.layers import pointwise
from symbolic.term import Data, Entry, Map, Multi, Node, Term

if TYPE_CHECKING:
    from collections.abc import Callable

    from symbolic.exercises.transforms import Transform

RATE = Fraction(5, 1000)  # of the scalar net
HALF = Fraction(1, 2)
QUARTER = Fraction(1, 4)


def data(shape: tuple[int, ...], *values: Fraction | int) -> Data:
    """Numbers of a tensor, row-major."""
    return Data(tuple(map(Fraction, values)), shape)


def _sum_mse(step: Descent | None = None) -> Gradient:
    sigma = conv2d(tensor("X", (3, 3)), tensor("K", (2, 2)), name="O")
    loss = pow(sub(sum(sigma, name="S"), 230, name="r"), 2)
    numbers = {"X": data((3, 3), *range(1, 10)), "K": data((2, 2), 3, 2, 1, 5)}
    return Gradient(loss=loss, wrt=("K",), numbers=numbers, descent=step)


def _only_first(term: Term) -> Term | None:
    """For `network`: the sum over O becomes its first entry."""
    source = term.operands[0] if isinstance(term, Multi) else None
    return Entry(source, (0, 0)) if isinstance(source, Node) and source.name == "O" else None


_FLIPPED = general("flipped_kernel_true_convolution")
_FIRST_WINDOW = Misconception(
    "forgot_sum_used_first_window", either(only_window("O", 0), network(_only_first, only=("S",))), early=True
)


def conv_sum_mse_gradient() -> Exercise:
    """dL/dK of (sum of X correlated with K, minus 230) squared."""
    return Exercise(
        "conv-sum-mse-gradient",
        _sum_mse(),
        (
            *_FLIPPED,
            _FIRST_WINDOW,
            *general("missing_factor_2", "sign_error", "swapped_indices_transposed_result", "arithmetic_slip"),
            Misconception("missing_chain_factor", either(constant_rule("S", 1, 2), _residual_everywhere)),
            Misconception("rot180_of_result", result(changes.rot180)),
            Misconception("used_K_instead_of_X", kernel_for_input("K", "X", "O")),
        ),
    )


def _residual_everywhere(work: Work) -> list[Work]:
    """The outer derivative alone in every entry, or as often as there are windows: X is left out."""
    if not isinstance(work, Gradient):
        return []
    without = list(instead({"X": ones("X")}, only=("K",))(work))
    return [*without, *(other.then(changes.scaled(QUARTER)) for other in without)]


def conv_sum_mse_update() -> Exercise:
    """The kernel after one step of gradient descent with rate 0.01."""
    slips = [changes.at(k, changes.scaled(factor)) for k in range(4) for factor in _TENS]
    coarse = [changes.rounded(1), changes.rounded(0), changes.significant(2), changes.significant(1)]
    return Exercise(
        "conv-sum-mse-update",
        _sum_mse(Descent(Fraction(1, 100))),
        (
            Misconception("forgot_learning_rate", descent(lambda step: replace(step, rate=Fraction(1)))),
            Misconception("learning_rate_0.1", descent(lambda step: replace(step, rate=Fraction(1, 10)))),
            Misconception("learning_rate_0.001", descent(lambda step: replace(step, rate=Fraction(1, 1000)))),
            Misconception("gradient_ascent_sign", descent(lambda step: replace(step, sign=1))),
            Misconception("reported_gradient_not_update", descent(lambda _step: None)),
            Misconception("reported_step_not_kernel", descent(lambda step: replace(step, start=False, sign=1))),
            Misconception("reported_minus_step", descent(lambda step: replace(step, start=False))),
            Misconception("gradient_missing_factor_2", result(changes.scaled(HALF))),
            Misconception("gradient_transposed", result(changes.transposed)),
            Misconception("update_divided_by_n", result(changes.scaled(QUARTER), changes.scaled(Fraction(1, 9)))),
            *_FLIPPED,
            _FIRST_WINDOW,
            Misconception("rounded_too_coarsely", written(*coarse)),
            Misconception("decimal_slip", written(*slips, *map(changes.scaled, _TENS))),
            *general("arithmetic_slip"),
        ),
        follows="conv-sum-mse-gradient",
    )


_TENS = (Fraction(10), Fraction(1, 10), Fraction(100), Fraction(1, 100))


def conv_avgpool_mse_gradient() -> Exercise:
    """dL/dw of (average pool of X correlated with w, minus t) squared; z is the pooled value."""
    O = conv2d(tensor("X", (3, 3)), tensor("w", (2, 2)), name="O")
    loss = mse_loss(sum(avg_pool2d(O, 2), name="z"), tensor("t"))
    return Exercise(
        "conv-avgpool-mse-gradient",
        Gradient(loss=loss, wrt=("w",), kept=frozenset({"z"})),
        (
            *general("sign_error", "result_rot180", "swapped_indices_transposed_result", "missing_factor_2"),
            *general("missing_term", "wrong_entry"),
            Misconception("missing_factor_1_over_n", result(changes.scaled(4))),
            Misconception("missing_both_2_and_1_over_n", result(changes.scaled(2))),
            Misconception("average_over_9_instead_of_4", result(changes.scaled(Fraction(4, 9)))),
            Misconception("missing_residual", constant_rule("z", 1, 2)),
            Misconception("residual_not_squared_derivative_kept_square", rule("z", _kept_square(1), _kept_square(2))),
            Misconception("used_only_first_window", either(only_window("O", 0), only_window("O", 0, factor=4))),
            Misconception(
                "max_pool_style_single_window_routed",
                either(only_window("O", 0, 1, 2, 3, factor=4), only_window("O", 1, 2, 3)),
            ),
            Misconception("used_weights_instead_of_input", kernel_for_input("w", "X", "O")),
        ),
    )


def _kept_square(factor: int) -> Callable[[Gradient], Term | None]:
    """The square itself where its derivative belongs, with the 2 in front or without."""

    def make(work: Gradient) -> Term | None:
        z, t = work.tensors["z"], work.tensors["t"]
        residual = sub(z, t).body
        square = Map("pow", residual, param=Fraction(2))
        return Multi(pointwise([()], (), scale=Fraction(factor)), (square,))

    return make


def scalar_net_gradients() -> Exercise:
    """dL/dw1, dL/db1 and dL/dw2 of y1 = w1 x + b1, y2 = y1 w2, y3 = 2 y2, L = (y3 - t)^2."""
    w1, b1, w2, x, t = (tensor(name) for name in ("w1", "b1", "w2", "x", "t"))
    y1 = add(mul(w1, x, name="m"), b1, name="y1")
    loss = mse_loss(mul(mul(y1, w2, name="y2"), 2, name="y3"), t)
    given_numbers = {"w1": 10, "b1": 1, "w2": 20, "x": 1, "t": 500}
    numbers = {name: data((), value) for name, value in given_numbers.items()}
    orders = [changes.reordered(*order) for order in permutations(range(3)) if order != (0, 1, 2)]
    return Exercise(
        "scalar-net-gradients",
        Gradient(loss=loss, wrt=("w1", "b1", "w2"), numbers=numbers),
        (
            Misconception("forgot_bias_everywhere_forward", numbers_changed(b1=data((), 0)), early=True),
            Misconception("used_updated_parameter", _updated_parameters, early=True),
            Misconception("forgot_bias_in_y1", instead({"y1": given("m")}, only=("w2",))),
            Misconception("used_x_instead_of_y1_for_w2", instead({"y1": given("x")}, only=("w2",))),
            Misconception("used_y2_instead_of_y1", instead({"y1": given("y2")}, only=("w2",))),
            Misconception("missing_w2_in_chain", instead({"w2": ones("w2")}, only=("y1",))),
            Misconception("multiplied_by_w1", _by_first_weight),
            Misconception("residual_only", _residual_as_gradient(Fraction(1), Fraction(2))),
            Misconception("missing_factor_2_of_square", result(changes.scaled(HALF))),
            Misconception("missing_both_factors_2", result(changes.scaled(QUARTER))),
            *general("sign_error"),
            Misconception("bias_gradient_0", result(changes.put(1, 0))),
            Misconception("bias_gradient_1", result(changes.put(1, 1))),
            Misconception("order_swapped", written(*orders)),
            Misconception("labels_swapped", written(*orders)),
            *general("arithmetic_slip"),
        ),
        labels=("dw1", "db1", "dw2"),
    )


def _updated_parameters(work: Work) -> list[Work]:
    """Updated values used for the other gradients: w2 on the way to w1 and b1, or w1 and b1 in the y1 of w2."""
    if not isinstance(work, Gradient):
        return []
    new: dict[str, Data] = {}
    for name in work.wrt:
        slope = work.value(work.rules[work.tensors[name]]).entries[0].constant
        if slope is None or name not in work.numbers:
            return []
        new[name] = data((), work.numbers[name].values[0] - RATE * slope)
    w1, b1, x = (data_of.values[0] for data_of in (new["w1"], new["b1"], work.numbers["x"]))
    return [
        *instead({"w2": lambda _work: new["w2"]}, only=("y1",))(work),
        *instead({"y1": lambda _work: data((), w1 * x + b1)}, only=("w2",))(work),
        replace(work, numbers={**work.numbers, "w2": new["w2"]}),
        replace(work, numbers={**work.numbers, "w1": new["w1"], "b1": new["b1"]}),
    ]


def _by_first_weight(work: Work) -> list[Work]:
    """w1 multiplied in: in its own gradient, in that of b1 as well, or in every one."""
    if not isinstance(work, Gradient):
        return []
    w1 = work.tensors["w1"]
    found: list[Work] = []
    for names in (("w1",), ("b1",), ("w1", "b1"), ("w1", "b1", "w2"), ("w2",)):
        rules = {t: times(r, w1) if t.name in names else r for t, r in work.rules.items()}
        found.append(replace(work, rules=rules))
    return found


def _residual_as_gradient(*factors: Fraction) -> Transform:
    """The residual y3 - t alone, or with a factor, as every gradient."""

    def transform(work: Work) -> list[Work]:
        if not isinstance(work, Gradient):
            return []
        residual = sub(work.tensors["y3"], work.tensors["t"]).body
        chosen = {tensor: residual if tensor.name in work.wrt else r for tensor, r in work.rules.items()}
        return [replace(work, rules=chosen).then(changes.scaled(factor)) for factor in factors]

    return transform
