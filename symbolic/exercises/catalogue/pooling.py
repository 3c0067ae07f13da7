"""The way back through pooling and ReLU, with numbers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from symbolic.exercises import changes
from symbolic.exercises.catalogue.seeds import data
from symbolic.exercises.exercise import Exercise, Misconception
from symbolic.exercises.misconceptions import general, missing_delta, rule
from symbolic.exercises.transforms import either, given, result, times
from symbolic.exercises.work import Gradient
from symbolic.functional import avg_pool2d, max_pool2d, relu
from symbolic.functional.arguments import tensor
from symbolic.network.derived import derive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from symbolic.exercises.transforms import Transform
    from symbolic.exercises.work import Work
    from symbolic.terms.term import Node, Tensor, Term

DELTA = (2, 8, 4, 6)  # of the published example
WINNERS = (9, 3, 1, 7, 2, 4, 5, 8, 1, 6, 2, 4, 3, 5, 9, 3)  # top-left, bottom-right, top-right, bottom-left
MIXED = (-2, 3, 0, 5, -1, 4, 2, -6, 1)
ERRORS = (4, -3, 7, 2, 5, -1, 6, 8, -9)


def _pool(pool: Callable[..., Node], *values: int) -> Gradient:
    """dL/dZ through a pooling layer of 2x2 windows on a 4x4 input."""
    O = pool(tensor("Z", (4, 4)), 2, name="O")
    loss = derive(O, gradient=tensor("delta", (2, 2))).loss
    return Gradient(loss=loss, wrt=("Z",), numbers={"Z": data((4, 4), *values), "delta": data((2, 2), *DELTA)})


def _other(work: Callable[[], Work]) -> Transform:
    """Another layer's gradient at the same numbers."""

    def transform(_work: Work) -> Iterable[Work]:
        yield work()

    return transform


def _max_pooled() -> Gradient:
    return _pool(max_pool2d, *WINNERS)


def _avg_pooled() -> Gradient:
    return _pool(avg_pool2d, *WINNERS)


def _winner_first() -> Gradient:
    """The winner is taken to be the first entry of every window."""
    return _pool(max_pool2d, *range(16, 0, -1))


def _winner_least() -> Gradient:
    """The smallest entry wins."""
    return _pool(max_pool2d, *(-value for value in WINNERS))


def avg_pool_backward() -> Exercise:
    """delta = [[2, 8], [4, 6]] shared out over 2x2 windows."""
    return Exercise(
        "avg-pool-backward",
        _avg_pooled(),
        (
            *general("sign_error", "swapped_indices_transposed_result", "arithmetic_slip"),
            Misconception("forgot_to_divide_by_window", result(changes.scaled(4))),
            Misconception("divided_by_side_not_area", result(changes.scaled(2))),
            Misconception("routed_to_one_entry", either_max),
            Misconception("forgot_upsampling", _not_upsampled),
        ),
    )


def _not_upsampled(work: Work) -> Iterable[Work]:
    """The error terms as they came, or a quarter of them, still at the size of the pooled map."""
    if isinstance(work, Gradient):
        came = replace(work, rules={**work.rules, work.tensors["Z"]: work.rules[work.tensors["O"]]})
        yield came
        yield came.then(changes.scaled(Fraction(1, 4)))


def _other_winners(_work: Work) -> Iterable[Work]:
    """In one window another entry is taken for the largest."""
    for window in range(4):
        top, left = 2 * (window // 2), 2 * (window % 2)
        for place in (4 * (top + i) + left + j for i in (0, 1) for j in (0, 1)):
            yield _pool(max_pool2d, *(10 if k == place else value for k, value in enumerate(WINNERS)))


def either_max(_work: Work) -> Iterable[Work]:
    """As max pooling does: everything to one entry, with the division or without it."""
    yield _winner_first()
    yield _winner_first().then(changes.scaled(Fraction(1, 4)))


def max_pool_backward() -> Exercise:
    """The same delta through max pooling; the winners are read off Z."""
    return Exercise(
        "max-pool-backward",
        _max_pooled(),
        (
            *general("sign_error", "swapped_indices_transposed_result", "arithmetic_slip"),
            Misconception("average_instead_of_max", _other(_avg_pooled)),
            Misconception("copied_to_whole_window", _other(lambda: _avg_pooled().then(changes.scaled(4)))),
            Misconception("winner_taken_as_first", _other(_winner_first)),
            Misconception("least_instead_of_largest", _other(_winner_least)),
            Misconception("multiplied_by_value", rule("Z", _times_value)),
            Misconception("missing_chain_factor_delta", missing_delta("O")),
            Misconception("forgot_upsampling", _not_upsampled),
            Misconception("wrong_winner", _other_winners),
        ),
        words={"Z": _matrix(WINNERS, 4)},
    )


def _times_value(work: Gradient) -> Term:
    Z: Tensor = work.tensors["Z"]
    return times(work.rules[Z], Z)


def _relu(*values: int) -> Gradient:
    """dL/dZ through ReLU at some values of Z."""
    A = relu(tensor("Z", (3, 3)), name="A")
    loss = derive(A, gradient=tensor("delta", (3, 3))).loss
    return Gradient(loss=loss, wrt=("Z",), numbers={"Z": data((3, 3), *values), "delta": data((3, 3), *ERRORS)})


def relu_backward() -> Exercise:
    """delta through ReLU at nine given inputs; the derivative at 0 is 0."""
    turned = ([-z for z in MIXED], [-z or 1 for z in MIXED])
    return Exercise(
        "relu-backward",
        _relu(*MIXED),
        (
            *general("sign_error", "swapped_indices_transposed_result", "arithmetic_slip"),
            Misconception("forgot_activation_derivative", rule("Z", given("dA"))),
            Misconception("inverted_mask", either(*(_other(partial(_relu, *values)) for values in turned))),
            Misconception("missing_chain_factor_delta", missing_delta("A")),
            Misconception("reported_output", rule("Z", lambda work: work.tensors["A"])),
            Misconception("slope_at_zero_1", _other(lambda: _relu(*(z or 1 for z in MIXED)))),
            Misconception("relu_of_delta", _other(lambda: _relu(*ERRORS))),
            Misconception(
                "multiplied_by_value", rule("Z", _times_value, lambda work: times(work.tensors["A"], _delta(work)))
            ),
        ),
        words={"Z": _matrix(MIXED, 3), "delta": _matrix(ERRORS, 3)},
    )


def _delta(work: Gradient) -> Term:
    return work.tensors["delta"]


def _matrix(values: tuple[int, ...], columns: int) -> str:
    """Numbers as a nested list."""
    rows = [values[k : k + columns] for k in range(0, len(values), columns)]
    return "[" + ", ".join("[" + ", ".join(map(str, row)) + "]" for row in rows) + "]"
