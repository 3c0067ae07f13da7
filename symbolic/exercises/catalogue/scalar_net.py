"""The scalar net with the numbers of the published example."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING

from symbolic.exercises import changes
from symbolic.exercises.catalogue.seeds import HALF, QUARTER, data, one_number, updated, whole_value
from symbolic.exercises.exercise import Exercise, Misconception
from symbolic.exercises.misconceptions import descent, general, rule
from symbolic.exercises.transforms import either, given, instead, numbers_changed, ones, result, times, written
from symbolic.exercises.work import Descent, Gradient, Work
from symbolic.functional import add, mse_loss, mul, sub
from symbolic.functional.arguments import tensor

if TYPE_CHECKING:
    from symbolic.exercises.transforms import Transform
    from symbolic.terms.term import Data

RATE = Fraction(5, 1000)


def _net(step: Descent | None = None) -> Gradient:
    w1, b1, w2, x, t = (tensor(name) for name in ("w1", "b1", "w2", "x", "t"))
    y1 = add(mul(w1, x, name="m"), b1, name="y1")
    loss = mse_loss(mul(mul(y1, w2, name="y2"), 2, name="y3"), t)
    given_numbers = {"w1": 10, "b1": 1, "w2": 20, "x": 1, "t": 500}
    numbers = {name: data((), value) for name, value in given_numbers.items()}
    return Gradient(loss=loss, wrt=("w1", "b1", "w2"), numbers=numbers, descent=step)


ORDERS = [changes.reordered(*order) for order in permutations(range(3)) if order != (0, 1, 2)]


def scalar_net_gradients() -> Exercise:
    """dL/dw1, dL/db1 and dL/dw2 of y1 = w1 x + b1, y2 = y1 w2, y3 = 2 y2, L = (y3 - t)^2."""
    return Exercise(
        "scalar-net-gradients",
        _net(),
        (
            Misconception("forgot_bias_everywhere_forward", numbers_changed(b1=data((), 0)), early=True),
            Misconception("used_updated_parameter", _updated_parameters, early=True),
            Misconception("forgot_bias_in_y1", instead({"y1": given("m")}, only=("w2",))),
            Misconception("used_x_instead_of_y1_for_w2", instead({"y1": given("x")}, only=("w2",))),
            Misconception("used_y2_instead_of_y1", instead({"y1": given("y2")}, only=("w2",))),
            Misconception("missing_w2_in_chain", instead({"w2": ones("w2")}, only=("y1",))),
            Misconception("multiplied_by_w1", either(_by_first_weight, instead({"w2": given("w1")}, only=("y1",)))),
            Misconception("residual_only", _residual_as_gradient(Fraction(1), Fraction(2))),
            Misconception("missing_factor_2_of_square", result(changes.scaled(HALF))),
            Misconception("missing_both_factors_2", result(changes.scaled(QUARTER))),
            *general("sign_error"),
            Misconception("forgot_target", rule("y3", whole_value("y3", 1), whole_value("y3", 2))),
            Misconception("reported_update_not_gradient", updated(RATE), whole=True),
            Misconception("bias_gradient_0", result(changes.put(1, 0))),
            Misconception("bias_gradient_1", result(changes.put(1, 1))),
            Misconception("order_swapped", written(*ORDERS)),
            Misconception("labels_swapped", written(*ORDERS)),
            *general("arithmetic_slip"),
        ),
        labels=("dw1", "db1", "dw2"),
    )


def scalar_net_update() -> Exercise:
    """w1, b1 and w2 after one step of gradient descent with rate 0.005."""
    tens = (Fraction(10), Fraction(1, 10), Fraction(100), Fraction(1, 100))
    slips = [written(*(changes.at(k, changes.scaled(ten)) for ten in tens)) for k in range(3)]
    return Exercise(
        "scalar-net-update",
        _net(Descent(RATE)),
        (
            Misconception("forgot_learning_rate", descent(lambda step: replace(step, rate=Fraction(1)))),
            Misconception("gradient_ascent_sign", descent(lambda step: replace(step, sign=1))),
            Misconception("reported_gradient_not_update", descent(lambda _step: None)),
            Misconception("reported_step_not_kernel", descent(lambda step: replace(step, start=False, sign=1))),
            Misconception("reported_minus_step", descent(lambda step: replace(step, start=False))),
            Misconception("used_updated_parameter", _updated_parameters, early=True),
            Misconception("missing_factor_2_of_square", result(changes.scaled(HALF))),
            Misconception("missing_both_factors_2", result(changes.scaled(QUARTER))),
            Misconception("order_swapped", written(*ORDERS)),
            Misconception("decimal_slip", either(*slips)),
            Misconception("rounded_too_coarsely", written(changes.rounded(0))),
            *general("arithmetic_slip"),
        ),
        labels=("w1", "b1", "w2"),
        follows="scalar-net-gradients",
        small=one_number(RATE),
    )


def _updated_parameters(work: Work) -> list[Work]:
    """Updated values used for the other gradients.

    w2 on the way to w1 and b1, some of w1 and b1 in the y1 of w2, or any of the three from the forward pass on, where
    the gradients that were found before may have been kept.
    """
    if not isinstance(work, Gradient):
        return []
    new: dict[str, Data] = {}
    for name in work.wrt:
        slope = work.value(work.rules[work.tensors[name]]).entries[0].constant
        if slope is None or name not in work.numbers:
            return []
        new[name] = data((), work.numbers[name].values[0] - RATE * slope)
    weight = instead({"w2": lambda _work: new["w2"]}, only=("y1",))
    found = list(weight(work))
    for names in (("w1",), ("b1",), ("w2",), ("w1", "b1"), ("w1", "b1", "w2")):
        later = replace(work, numbers={**work.numbers, **{name: new[name] for name in names}})
        first = list(_with_input(later)(work))
        old = [k for k, name in enumerate(work.wrt) if name in names]
        found += [*first, later, later.then(changes.kept(old, work.result()))]
        if "w2" in names:
            found += [after for before in first for after in weight(before)]
    return found


def _with_input(later: Gradient) -> Transform:
    """The gradient of w2 with the y1 of another forward pass."""
    y1 = later.value(later.tensors["y1"]).entries[0].constant
    return instead({"y1": lambda _work: None if y1 is None else data((), y1)}, only=("w2",))


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
