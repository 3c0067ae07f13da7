"""What happens to a derivation when a backward pass goes wrong; the rows of `blunders` are made from these."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from symbolic.exercises import changes
from symbolic.exercises.misconceptions import rule
from symbolic.exercises.rebuilt import network
from symbolic.exercises.transforms import either, instead, role, rules, times
from symbolic.exercises.work import Gradient, Work
from symbolic.terms.size import ints
from symbolic.terms.term import (
    AxisMap,
    Const,
    Data,
    Flip,
    Map,
    Multi,
    Node,
    Route,
    Sum,
    Term,
    Winner,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from symbolic.exercises.transforms import Rewrite, Transform


def output(work: Gradient) -> Node:
    """The result that the error terms delta belong to."""
    found = work.loss.args[0]
    assert isinstance(found, Node)  # noqa: S101 -- a case pairs an operator's result with delta
    return found


def delta(work: Gradient) -> Term | None:
    """The error terms; None where the network is a scalar of its own."""
    return work.tensors.get("delta")


def masked(keep: Callable[[tuple[int, ...], tuple[int, ...]], bool]) -> Transform:
    """The error terms at some places only: keep(index, shape)."""

    def make(work: Gradient) -> Term | None:
        old = delta(work)
        if old is None:
            return None
        shape = ints(old.shape)
        places = [k for k, index in enumerate(np.ndindex(*shape)) if keep(index, shape)]
        return Route(old, old.shape, tuple((k, k) for k in places))

    return instead({"delta": make})


def _groups(work: Gradient) -> int:
    groups = output(work).params.get("groups", 1)
    return groups if isinstance(groups, int) else 1


def interleaved(work: Work) -> Iterable[Work]:
    """Output channel o taken for one of group o mod g instead of o div (channels / g)."""
    groups = _groups(work) if isinstance(work, Gradient) else 1
    if not isinstance(work, Gradient) or groups < 2 or not output(work).op.startswith("conv") or delta(work) is None:
        return ()
    channels = ints(output(work).shape)[1]
    order = np.arange(channels).reshape(channels // groups, groups).T.reshape(-1)

    def dealt(name: str, axis: int) -> Callable[[Gradient], Term | None]:
        def make(work: Gradient) -> Term | None:
            old = work.tensors[name]
            places = np.arange(old.size).reshape(ints(old.shape)).take(order, axis=axis)
            return Route(old, old.shape, tuple(enumerate(places.reshape(-1).tolist())))

        return make

    return instead({"delta": dealt("delta", 1), "F": dealt("F", 0)})(work)


def first_group(work: Work) -> Iterable[Work]:
    """The error terms of the first group alone."""
    groups = _groups(work) if isinstance(work, Gradient) else 1
    if groups < 2:
        return ()
    return masked(lambda index, shape: len(shape) > 2 and index[1] < shape[1] // groups)(work)


def kernel_turned(*axes: int, spatial: bool) -> Transform:
    """The kernel's channel axes reversed, together with the spatial ones or alone."""

    def rewrite(term: Term) -> Term | None:
        if not isinstance(term, Multi) or len(term.operands) < 2 or not term.form.rows:
            return None
        found = role(term.form, "u")
        if found is None or found[1][0] < len(axes):
            return None
        k, inner = found
        turned = tuple(sorted({*axes, *(inner if spatial else ())}))
        return Multi(term.form, (*term.operands[:k], Flip(term.operands[k], turned), *term.operands[k + 1 :]))

    return rules(lambda _work: rewrite)


def exchanged_rows(term: Term) -> Term | None:
    """Stride, dilation and padding of the height used for the width, and the other way round."""
    if not isinstance(term, Multi) or len(term.form.rows) != 2:
        return None
    first, second = term.form.rows
    rows = (replace(first, s=second.s, d=second.d, p=second.p), replace(second, s=first.s, d=first.d, p=first.p))
    return Multi(replace(term.form, rows=rows), term.operands)


def detached(*, mean: bool, variance: bool) -> Transform:
    """Batch normalization with its mean or variance taken as constants."""

    def transform(work: Work) -> Iterator[Work]:
        if not isinstance(work, Gradient) or output(work).op != "batch_norm":
            return
        x = output(work).args[0]

        def rebuild(term: Term) -> Term | None:
            root = isinstance(term, Map) and term.function == "rsqrt"
            average = isinstance(term, Multi) and term.operands == (x,)
            if (root and variance) or (average and mean):
                values = tuple(entry.constant or Fraction(0) for entry in work.value(term).entries)
                return Data(values, term.shape)
            return None

        yield from network(rebuild)(work)

    return transform


def along(make: Callable[[Term, Term], Term]) -> Transform:
    """softmax: another formula for dX from the error terms and p."""

    def transform(work: Work) -> Iterable[Work]:
        if not isinstance(work, Gradient) or output(work).op != "softmax" or delta(work) is None:
            return ()
        body = output(work).body
        given = delta(work)
        return rule("X", lambda _work: make(given, body))(work) if isinstance(body, AxisMap) and given else ()

    return transform


def log_along(work: Work) -> Iterable[Work]:
    """log_softmax: delta (1 - p), where every delta belongs to every p."""
    given = delta(work) if isinstance(work, Gradient) else None
    if not isinstance(work, Gradient) or given is None or output(work).op != "log_softmax":
        return ()
    dim, X = output(work).params["dim"], output(work).args[0]
    p = AxisMap("softmax", X, int(dim) % len(X.shape))
    return rule("X", lambda _work: minus(given, times(given, p)))(work)


def squared(term: Term) -> Term:
    """Every entry times itself."""
    return Map("pow", term, param=Fraction(2))


def minus(left: Term, right: Term) -> Term:
    """A difference of two arrays of one shape."""
    return Sum((left, times(right, Const(Fraction(-1), right.shape))), left.shape)


def elementwise(*makes: Callable[[Gradient, Term], Term]) -> Transform:
    """Another slope: dX is delta times what `make` says, where the result has the input's shape."""

    def transform(work: Work) -> Iterable[Work]:
        given = delta(work) if isinstance(work, Gradient) else None
        if not isinstance(work, Gradient) or given is None or "X" not in work.tensors:
            return ()
        X = work.tensors["X"]
        if X.shape != given.shape or len(output(work).args) != 1 or output(work).op in {"sum", "mean"}:
            return ()
        return either(*(rule("X", lambda w, make=make: times(given, make(w, X))) for make in makes))(work)  # type: ignore[misc]

    return transform


def windowed(change: Callable[[Winner], Term], factor: bool = False) -> Transform:
    """Max pooling: another pattern of winners."""

    def make(_work: Gradient) -> Rewrite:
        return lambda term: change(term) if isinstance(term, Winner) else None

    def transform(work: Work) -> Iterable[Work]:
        for found in rules(make)(work):
            yield found.then(changes.scaled(Fraction(1, _area(work)))) if factor else found

    return transform


def _area(work: Work) -> int:
    """Entries of a window."""
    if not isinstance(work, Gradient):
        return 1
    rank = max(len(ints(output(work).shape)) - 2, 1)
    size = output(work).params.get("kernel_size", 1)
    return prod(size) if isinstance(size, tuple) else int(size) ** rank


def divided(count: Callable[[Gradient], Iterable[int]], *, inverse: bool = False) -> Transform:
    """The result divided by some number of entries, or multiplied by it."""

    def transform(work: Work) -> Iterable[Work]:
        if not isinstance(work, Gradient):
            return
        for n in sorted({n for n in count(work) if n > 0}):
            yield work.then(changes.scaled(Fraction(n) if inverse else Fraction(1, n)))

    return transform


def positions(work: Gradient) -> Iterable[int]:
    """Numbers by which people average: the batch, the places of a channel, both."""
    shape = ints(output(work).shape) or (1,)
    return (prod(shape[2:]), prod(shape[2:]) * shape[0], prod(shape))


def batch(work: Gradient) -> Iterable[int]:
    """The number of samples."""
    return ints(output(work).shape)[:1]


def averaged(work: Gradient) -> Iterable[int]:
    """By how many entries a mean in the operator divides."""
    X = ints(output(work).args[0].shape)
    whole = prod(X) // max(output(work).size, 1)
    return {whole, prod(X), X[0] if X else 1, prod(X) // (X[1] if len(X) > 1 else prod(X) or 1), _area(work)}
