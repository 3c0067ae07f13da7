"""Softmax with cross entropy, and batch normalization, in stated symbols: p, r and the normalized y."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.derived import derive
from symbolic.exercises import changes
from symbolic.exercises.exercise import Exercise, Misconception
from symbolic.exercises.misconceptions import general, rule
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.transforms import result, times
from symbolic.exercises.work import Gradient
from symbolic.functional import batch_norm as normalized
from symbolic.functional import cross_entropy, reshape
from symbolic.functional.arguments import tensor
from symbolic.layers import pointwise, reduction
from symbolic.term import AxisMap, Data, Leaf, Map, Multi, Node, Sum, Term, walk

if TYPE_CHECKING:
    from collections.abc import Callable

LABELS = (1, 2)  # 0-based classes of the two samples


def softmax_cross_entropy() -> Exercise:
    """dL/dx of the mean cross entropy of two samples with three classes, in p = softmax(x)."""
    x = tensor("x", (2, 3))
    loss = cross_entropy(x, list(LABELS), name="L")
    softmax = AxisMap("softmax", x, 1)
    one = Polynomial.number(1)
    last = {f"p_{row}3": one - Polynomial.symbol(f"p_{row}1") - Polynomial.symbol(f"p_{row}2") for row in (1, 2)}
    return Exercise(
        "softmax-cross-entropy",
        Gradient(loss=loss, wrt=("x",), stands={softmax: Leaf("p", (2, 3))}),
        (
            *general("sign_error", "missing_term", "wrong_entry"),
            Misconception("missing_factor_1_over_n", result(changes.scaled(2))),
            Misconception(
                "averaged_over_classes", result(changes.scaled(Fraction(2, 6)), changes.scaled(Fraction(2, 3)))
            ),
            Misconception("forgot_one_hot", rule("x", *_halved(softmax))),
            Misconception("one_hot_only", rule("x", *_halved(_targets(-1)), *_halved(_targets(1)))),
            Misconception(
                "swapped_target_and_other", rule("x", *_halved(Sum((softmax, _targets(-1, shift=1)), (2, 3))))
            ),
            Misconception("multiplied_by_softmax_derivative", rule("x", *_halved(_doubly(softmax)))),
        ),
        relations=last,
        hidden=frozenset({"x"}),
    )


def _targets(sign: int, shift: int = 0) -> Data:
    """The one-hot targets times a sign; with a shift the next class is taken for the label."""
    hot = [Fraction(sign * (column == (label + shift) % 3)) for label in LABELS for column in range(3)]
    return Data(tuple(hot), (2, 3))


def _halved(term: Term) -> tuple[Callable[[Gradient], Term], ...]:
    """The term with the 1/n of the mean, and without it."""
    half = Multi(pointwise([term.shape], term.shape, scale=Fraction(1, 2)), (term,))
    return (lambda _work: half, lambda _work: term)


def _doubly(softmax: Term) -> Term:
    """(p - t) p (1 - p): the derivative of softmax multiplied in once more, as for a squared error."""
    error = Sum((softmax, _targets(-1)), (2, 3))
    square = Multi(pointwise([(2, 3)] * 2, (2, 3), scale=Fraction(-1)), (softmax, softmax))
    return times(error, Sum((softmax, square), (2, 3)))


def batch_normalization() -> Gradient:
    """dL/dx of three values normalized together; r = 1 / sqrt(variance + eps) and y = r (x - mean)."""
    x = tensor("x", (3,))
    inner = normalized(reshape(x, (3, 1)), training=True)
    y = reshape(inner, (3,), name="y")
    loss = derive(y, gradient=tensor("delta", (3,))).loss
    return Gradient(loss=loss, wrt=("x",), stands=_roots(inner), kept=frozenset({"y"}))


def _roots(node: Node) -> dict[Term, Term]:
    """1/sqrt of the variance is r, and its slope -r^3/2, wherever they stand."""
    r = Leaf("r", ())
    shape = (1, 1)
    cube = Map("pow", r, param=Fraction(3))
    root = next(part for part in walk(node.body) if isinstance(part, Map) and part.function == "rsqrt")
    return {
        root: Multi(pointwise([()], shape), (r,)),
        replace(root, order=1): Multi(pointwise([()], shape, scale=Fraction(-1, 2)), (cube,)),
    }


def batch_norm() -> Exercise:
    """The exercise on it: the mean and the variance depend on every x."""
    derived = batch_normalization()
    (told,) = rule("x", _of(mean=True, variance=True))(derived)
    return Exercise(
        "batch-norm",
        derived,
        (
            *general("sign_error", "missing_term", "wrong_entry"),
            Misconception("statistics_taken_as_constants", rule("x", _of(mean=False, variance=False))),
            Misconception("forgot_path_through_variance", rule("x", _of(mean=True, variance=False))),
            Misconception("forgot_path_through_mean", rule("x", _of(mean=False, variance=True))),
            Misconception("missing_factor_r", rule("x", _of(mean=True, variance=True, root=False))),
            Misconception("summed_instead_of_averaged", rule("x", _of(mean=True, variance=True, count=1))),
        ),
        restated=told,
    )


def _of(*, mean: bool, variance: bool, root: bool = True, count: int = 3) -> Callable[[Gradient], Term]:
    """r (delta - mean of delta - y * mean of delta y) with parts left out; `count` divides the means."""

    def make(work: Gradient) -> Term:
        delta, y = work.tensors["delta"], work.tensors["y"]
        parts: list[Term] = [delta]
        if mean:
            parts.append(_spread(_total(delta, count)))
        if variance:
            parts.append(times(y, _total(times(delta, y), count)))
        whole = Sum(tuple(parts), (3,))
        return times(whole, Leaf("r", ())) if root else whole

    return make


def _total(term: Term, count: int) -> Term:
    """Minus the sum, divided by `count`."""
    return Multi(reduction(term.shape, (0,), Fraction(-1, count), keepdim=False), (term,))


def _spread(term: Term) -> Term:
    return Multi(pointwise([()], (3,)), (term,))
