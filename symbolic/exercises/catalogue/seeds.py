"""Exercises with the numbers of the published examples: convolution and sum, average pooling."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
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
    instead,
    ones,
    result,
    written,
)
from symbolic.exercises.work import Descent, Gradient, Work
from symbolic.functional import avg_pool2d, conv2d, mse_loss, pow, sub, sum
from symbolic.functional.arguments import tensor
from symbolic.terms.layers import pointwise
from symbolic.terms.term import Const, Data, Entry, Map, Multi, Node, Sum, Term

if TYPE_CHECKING:
    from collections.abc import Callable

    from symbolic.exercises.transforms import Transform


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


def _first_residual(work: Gradient) -> Term:
    """The sum forgotten on the way forward only: 2 (O_11 - 230), and the way back is right."""
    residual = Sum((Entry(work.tensors["O"], (0, 0)), Const(Fraction(-230), ())), ())
    return Multi(pointwise([()], (), scale=Fraction(2)), (residual,))


_FLIPPED = general("flipped_kernel_true_convolution")
_FIRST_WINDOW = Misconception(
    "forgot_sum_used_first_window",
    either(only_window("O", 0), network(_only_first, only=("S",)), rule("r", _first_residual)),
    early=True,
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
            Misconception("rot180_of_result", result(changes.rot180), whole=True),
            Misconception("forgot_target", rule("r", whole_value("S", 1), whole_value("S", 2))),
            Misconception("reported_update_not_gradient", updated(Fraction(1, 100)), whole=True),
            Misconception("used_K_instead_of_X", kernel_for_input("K", "X", "O"), whole=True),
        ),
    )


def whole_value(name: str, factor: int) -> Callable[[Gradient], Term]:
    """The value itself where its distance to the target belongs, with the 2 in front or without."""
    return lambda work: Multi(pointwise([()], (), scale=Fraction(factor)), (work.tensors[name],))


def updated(rate: Fraction) -> Transform:
    """The parameters after the step where their gradients are asked."""
    return lambda work: [replace(work, descent=Descent(rate))] if isinstance(work, Gradient) else []


def _residual_everywhere(work: Work) -> list[Work]:
    """The outer derivative alone in every entry, or as often as there are windows: X is left out."""
    if not isinstance(work, Gradient):
        return []
    without = list(instead({"X": ones("X")}, only=("K",))(work))
    return [*without, *(other.then(changes.scaled(QUARTER)) for other in without)]


def one_number(rate: Fraction) -> Gradient:
    """The step of one number k = 3 under L = k^2."""
    loss = pow(tensor("k"), 2)
    return Gradient(loss=loss, wrt=("k",), numbers={"k": data((), 3)}, descent=Descent(rate))


def conv_sum_mse_update() -> Exercise:
    """The kernel after one step of gradient descent with rate 0.01."""
    slips = [written(*(changes.at(k, changes.scaled(factor)) for factor in _TENS)) for k in range(4)]
    slips += [result(*(changes.at(k, changes.scaled(factor)) for factor in _TENS)) for k in range(4)]
    coarse = [changes.rounded(1), changes.rounded(0), changes.significant(2), changes.significant(1)]
    coarse += [changes.cut_off(1), changes.cut_off(0)]
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
            Misconception("gradient_rotated", result(changes.rot180), whole=True),
            Misconception("gradient_transposed", result(changes.transposed), whole=True),
            Misconception("update_divided_by_n", result(changes.scaled(QUARTER), changes.scaled(Fraction(1, 9)))),
            *_FLIPPED,
            _FIRST_WINDOW,
            Misconception("rounded_too_coarsely", written(*coarse)),
            Misconception("decimal_slip", either(*slips, written(*map(changes.scaled, _TENS)))),
            *general("arithmetic_slip"),
        ),
        follows="conv-sum-mse-gradient",
        small=one_number(Fraction(1, 100)),
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
            Misconception("missing_residual", constant_rule("z", 1, 2, 4, 8)),
            Misconception("residual_not_squared_derivative_kept_square", rule("z", *map(_kept_square, (1, 2, 4, 8)))),
            Misconception("used_only_first_window", either(*_FIRST, result(changes.copied(0)))),
            Misconception(
                "max_pool_style_single_window_routed",
                either(*(only_window("O", 0, 1, 2, 3, factor=factor) for factor in (1, 2, 4))),
            ),
            Misconception("used_weights_instead_of_input", kernel_for_input("w", "X", "O"), whole=True),
        ),
    )


_FIRST = (only_window("O", 0), only_window("O", 0, factor=4), only_window("O", 0, factor=2))


def _kept_square(factor: int) -> Callable[[Gradient], Term | None]:
    """The square itself where its derivative belongs, with the 2 in front or without, averaged or (times 4) not."""

    def make(work: Gradient) -> Term | None:
        z, t = work.tensors["z"], work.tensors["t"]
        residual = sub(z, t).body
        square = Map("pow", residual, param=Fraction(2))
        return Multi(pointwise([()], (), scale=Fraction(factor)), (square,))

    return make
