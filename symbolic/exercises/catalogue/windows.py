"""Windows with stride, dilation, padding and groups, mostly along one axis, in symbols."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.exercises import changes
from symbolic.exercises.exercise import Exercise, Misconception
from symbolic.exercises.misconceptions import general, missing_delta, smaller, swapped_indices
from symbolic.exercises.rebuilt import kernels_flipped, network
from symbolic.exercises.transforms import either, instead, result, written
from symbolic.exercises.work import Gradient
from symbolic.functional import conv1d, conv2d, conv_transpose1d, convolve2d
from symbolic.functional.arguments import tensor
from symbolic.network.derived import derive
from symbolic.terms.layers import reduction
from symbolic.terms.size import ints
from symbolic.terms.term import Flip, Multi, Node, Route, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from symbolic.exercises.work import Work

_ALWAYS = ("sign_error", "missing_term", "wrong_entry")


def _through(O: Node, wrt: str) -> Gradient:
    """dL/d(wrt) with the error terms of O given."""
    return Gradient(loss=derive(O, gradient=tensor("delta", ints(O.shape))).loss, wrt=(wrt,))


def _forward(O: Node) -> Gradient:
    """The value of O: the gradient of the sum of S * O by S."""
    return Gradient(loss=derive(O, gradient=tensor("S", ints(O.shape))).loss, wrt=("S",))


def _line(n: int, k: int, **options: int) -> Node:
    return conv1d(tensor("X", (n,)), tensor("F", (k,)), name="O", **options)


def _unflipped(term: Term) -> Term | None:
    """For `network`: convolution becomes cross-correlation."""
    return term.source if isinstance(term, Flip) else None


def wide_conv() -> Exercise:
    """The wide convolution of two 2x2 matrices: rot180(W) full-correlated with X."""
    X, W = tensor("X", (2, 2)), tensor("W", (2, 2))
    return Exercise(
        "wide-conv",
        _forward(convolve2d(X, W, "full", name="O")),
        (
            *general(*_ALWAYS, "swapped_indices_transposed_result", "swapped_operands"),
            Misconception("forgot_rot180", network(_unflipped), early=True),
            Misconception("same_instead_of_full", smaller("same", kernel=2, output=2), whole=True),
            Misconception("valid_instead_of_full", smaller("valid", kernel=2, output=2), whole=True),
        ),
        hidden=frozenset({"S"}),
        called=("O", "Y"),
    )


def conv_transpose() -> Exercise:
    """The matrix C with y = C x for a 3x3 input and a 2x2 filter."""
    O = conv2d(tensor("X", (3, 3)), tensor("F", (2, 2)), name="O")
    matrix = changes.coefficients("delta", (2, 2))
    return Exercise(
        "conv-transpose",
        _through(O, "X").lastly(matrix),
        (
            *general("flipped_kernel_true_convolution", "sign_error", "wrong_entry"),
            Misconception("transpose_instead_of_matrix", written(changes.transposed)),
            Misconception("swapped_indices_of_F", swapped_indices("F")),
            Misconception("columns_of_X_first", result(changes.transposed)),
        ),
        hidden=frozenset({"X", "delta"}),
        called=("C",),
    )


def bias_gradient() -> Exercise:
    """dL/db of a layer with one bias per channel."""
    O = conv2d(tensor("X", (1, 3, 3)), tensor("F", (2, 1, 2, 2)), tensor("b", (2,)), name="O")
    return Exercise(
        "bias-gradient",
        _through(O, "b"),
        (
            *general(*_ALWAYS),
            Misconception("averaged_instead_of_summed", result(changes.scaled(Fraction(1, 4)))),
            Misconception("summed_over_channels", _over_channels),
            Misconception("used_only_first_position", instead({"delta": _only_first_position})),
            Misconception("missing_chain_factor_delta", missing_delta("O")),
        ),
        hidden=frozenset({"X", "F", "b"}),
    )


def _over_channels(work: Work) -> Iterable[Work]:
    """The error terms of one position added up over the channels: a map, where each channel has one number."""
    if isinstance(work, Gradient):
        delta, b = work.tensors["delta"], work.tensors["b"]
        summed = Multi(reduction(delta.shape, (0,), Fraction(1), keepdim=False), (delta,))
        yield replace(work, rules={**work.rules, b: summed})


def _only_first_position(work: Gradient) -> Term:
    delta = work.tensors["delta"]
    area = ints(delta.shape)[1] * ints(delta.shape)[2]
    return Route(delta, delta.shape, tuple((k * area, k * area) for k in range(ints(delta.shape)[0])))


def _input_exercise(key: str, O: Node, *extra: Misconception, more: tuple[str, ...] = ()) -> Exercise:
    """dL/dX of a layer along one axis."""
    keys = (*_ALWAYS, "forgot_rot180", "ignored_overlap_kept_only_first_path", "swapped_operands", *more)
    return Exercise(key, _through(O, "X"), (*general(*keys), *extra), hidden=frozenset({"X"}))


def stride_grad_input() -> Exercise:
    """dL/dX for n = 8, k = 3, s = 2: zeros between the error terms, and a remainder that no window reaches."""
    return _input_exercise(
        "stride-grad-input",
        _line(8, 3, stride=2),
        Misconception("remainder_not_zero", _wrapped_remainder),
        more=(
            "same_instead_of_full",
            "valid_instead_of_full",
            "ignored_stride",
            "forgot_remainder",
            "swapped_stride_and_dilation",
            "rot180_applied_to_delta_too",
        ),
    )


def _wrapped_remainder(work: Work) -> Iterable[Work]:
    """The entry that no window reads gets its neighbour's gradient."""
    yield work.then(changes.reordered(*range(7), 6))


def stride_grad_filter() -> Exercise:
    """dL/dF for n = 7, k = 3, s = 2: the error terms read X with dilation 2."""
    keys = (*_ALWAYS, "ignored_stride", "rot180_applied_where_not_needed", "result_rot180")
    offers = (
        *general(*keys, "swapped_stride_and_dilation"),
        Misconception("missing_chain_factor_delta", missing_delta("O")),
        *general("full_instead_of_valid"),
    )
    return Exercise("stride-grad-filter", _through(_line(7, 3, stride=2), "F"), offers, hidden=frozenset({"F"}))


def dilation_grad_input() -> Exercise:
    """dL/dX for n = 7, k = 3, d = 2."""
    return _input_exercise(
        "dilation-grad-input",
        _line(7, 3, dilation=2),
        more=("same_instead_of_full", "ignored_dilation", "swapped_stride_and_dilation", "rot180_applied_to_delta_too"),
    )


def padding_grad_filter() -> Exercise:
    """dL/dF for n = 4, k = 3, p = 1: the padding meets some error terms with 0."""
    keys = (*_ALWAYS, "ignored_padding", "rot180_applied_where_not_needed", "result_rot180", "full_instead_of_valid")
    offers = (*general(*keys), Misconception("missing_chain_factor_delta", missing_delta("O")))
    return Exercise("padding-grad-filter", _through(_line(4, 3, padding=1), "F"), offers, hidden=frozenset({"F"}))


def padding_grad_input() -> Exercise:
    """dL/dX for n = 4, k = 3, p = 1: the full convolution is cut to the input's size."""
    return _input_exercise(
        "padding-grad-input", _line(4, 3, padding=1), more=("ignored_padding", "valid_instead_of_full")
    )


def groups_grad_input() -> Exercise:
    """dL/dX for two channels in two groups."""
    O = conv1d(tensor("X", (2, 3)), tensor("F", (2, 1, 2)), groups=2, name="O")
    return Exercise(
        "groups-grad-input",
        _through(O, "X"),
        (
            *general(*_ALWAYS, "forgot_rot180", "ignored_overlap_kept_only_first_path", "swapped_operands"),
            *general("valid_instead_of_full"),
            Misconception("ignored_groups", result(changes.column_sums)),
            Misconception("swapped_channels", instead({"F": _other_channel})),
        ),
        hidden=frozenset({"X"}),
    )


def _other_channel(work: Gradient) -> Term:
    F = work.tensors["F"]
    return Flip(F, (0,))


def transposed_conv() -> Exercise:
    """The transposed convolution of 3 entries with 3, stride 2."""
    return Exercise(
        "transposed-conv",
        _stamped(2),
        (
            *general(*_ALWAYS),
            Misconception("flipped_kernel_true_convolution", network(kernels_flipped), early=True),
            Misconception("ignored_stride", either(network(_rows(lambda s: min(s, 1))), _unstrided), early=True),
            Misconception("forgot_overlap", _side_by_side),
            Misconception("ignored_overlap_kept_only_first_path", result(changes.one_term(0), changes.one_term(-1))),
        ),
        hidden=frozenset({"S"}),
        called=("O", "Y"),
    )


def _stamped(stride: int) -> Gradient:
    O = conv_transpose1d(tensor("X", (3,)), tensor("F", (3,)), stride=stride, name="O")
    return _forward(O)


def _unstrided(_work: Work) -> Iterable[Work]:
    """Stamped at every position: 5 entries."""
    yield _stamped(1)


def _side_by_side(_work: Work) -> Iterable[Work]:
    """The stamps laid side by side, as if the stride were the kernel's size: 9 entries."""
    yield _stamped(3)


def _rows(stride: Callable[[int], int]) -> Callable[[Term], Term | None]:
    """For `network`: other strides in the layers' relations."""

    def rebuild(term: Term) -> Term | None:
        if not isinstance(term, Multi) or not term.form.rows:
            return None
        rows = tuple(replace(row, s=stride(int(row.s))) for row in term.form.rows)  # type: ignore[arg-type]
        return Multi(replace(term.form, rows=rows), term.operands)

    return rebuild
