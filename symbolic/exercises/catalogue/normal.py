"""Softmax with cross entropy, and batch normalization, in stated symbols: p, r and the normalized y."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from symbolic.exercises import changes
from symbolic.exercises.exercise import Exercise, Misconception
from symbolic.exercises.misconceptions import general, rule
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.transforms import result, times
from symbolic.exercises.work import Gradient
from symbolic.functional import batch_norm as normalized
from symbolic.functional import cross_entropy, reshape
from symbolic.functional.arguments import tensor
from symbolic.network.derived import derive
from symbolic.terms.layers import pointwise, reduction
from symbolic.terms.size import ints
from symbolic.terms.term import AxisMap, Data, Leaf, Map, Multi, Node, Sum, Term, walk

if TYPE_CHECKING:
    from collections.abc import Callable

LABELS = (1, 2)  # 0-based classes of the two samples


def softmax_cross_entropy(labels: tuple[int, ...] = LABELS, classes: int = 3) -> Exercise:
    """dL/dx of the mean cross entropy of samples with these 0-based labels, in p = softmax(x)."""
    n = len(labels)
    shape = (n, classes)
    x = tensor("x", shape)
    loss = cross_entropy(x, list(labels), name="L")
    softmax = AxisMap("softmax", x, 1)
    one = Polynomial.number(1)
    rows = [[Polynomial.symbol(f"p_{row}{column}") for column in range(1, classes)] for row in range(1, n + 1)]
    last = {f"p_{k}{classes}": one - Polynomial.total(row) for k, row in enumerate(rows, start=1)}
    hot = partial(_targets, labels, classes)
    return Exercise(
        "softmax-cross-entropy",
        Gradient(loss=loss, wrt=("x",), stands={softmax: Leaf("p", shape)}),
        (
            *general("sign_error", "missing_term", "wrong_entry"),
            Misconception("missing_factor_1_over_n", result(changes.scaled(n))),
            Misconception(
                "averaged_over_classes", result(*(changes.scaled(Fraction(n, c)) for c in (classes, n * classes)))
            ),
            Misconception("forgot_one_hot", rule("x", *_averaged(softmax))),
            Misconception("one_hot_only", rule("x", *_averaged(hot(-1)), *_averaged(hot(1)))),
            Misconception("swapped_target_and_other", rule("x", *_averaged(Sum((softmax, hot(-1, shift=1)), shape)))),
            Misconception("multiplied_by_softmax_derivative", rule("x", *_averaged(_doubly(softmax, hot(-1))))),
        ),
        relations=last,
        hidden=frozenset({"x"}),
    )


def _targets(labels: tuple[int, ...], classes: int, sign: int, shift: int = 0) -> Data:
    """The one-hot targets times a sign; with a shift the next class is taken for the label."""
    hot = [Fraction(sign * (column == (label + shift) % classes)) for label in labels for column in range(classes)]
    return Data(tuple(hot), (len(labels), classes))


def _averaged(term: Term) -> tuple[Callable[[Gradient], Term], ...]:
    """The term with the 1/n of the mean, and without it."""
    part = Multi(pointwise([term.shape], term.shape, scale=Fraction(1, *ints(term.shape[:1]))), (term,))
    return (lambda _work: part, lambda _work: term)


def _doubly(softmax: Term, minus_hot: Term) -> Term:
    """(p - t) p (1 - p): the derivative of softmax multiplied in once more, as for a squared error."""
    shape = softmax.shape
    error = Sum((softmax, minus_hot), shape)
    square = Multi(pointwise([shape] * 2, shape, scale=Fraction(-1)), (softmax, softmax))
    return times(error, Sum((softmax, square), shape))


def batch_normalization(n: int = 3) -> Gradient:
    """dL/dx of n values normalized together; r = 1 / sqrt(variance + eps) and y = r (x - mean)."""
    x = tensor("x", (n,))
    inner = normalized(reshape(x, (n, 1)), training=True)
    y = reshape(inner, (n,), name="y")
    loss = derive(y, gradient=tensor("delta", (n,))).loss
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


def batch_norm(n: int = 3) -> Exercise:
    """The exercise on it: the mean and the variance depend on every x."""
    derived = batch_normalization(n)
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


def _of(*, mean: bool, variance: bool, root: bool = True, count: int = 0) -> Callable[[Gradient], Term]:
    """r (delta - mean of delta - y * mean of delta y) with parts left out.

    count  divides the means; 0 stands for how many values there are.
    """

    def make(work: Gradient) -> Term:
        delta, y = work.tensors["delta"], work.tensors["y"]
        parts: list[Term] = [delta]
        if mean:
            parts.append(Multi(pointwise([()], delta.shape), (_total(delta, count or delta.size),)))
        if variance:
            parts.append(times(y, _total(times(delta, y), count or delta.size)))
        whole = Sum(tuple(parts), delta.shape)
        return times(whole, Leaf("r", ())) if root else whole

    return make


def _total(term: Term, count: int) -> Term:
    """Minus the sum, divided by `count`."""
    return Multi(reduction(term.shape, (0,), Fraction(-1, count), keepdim=False), (term,))
