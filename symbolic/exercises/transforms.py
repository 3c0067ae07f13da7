"""What learners do on the way: a Work to the works that a misconception makes of it.

A transform yields nothing where the misconception is impossible. Several works are several readings of one
mistake. `rules` are the engine's gradients written in named error terms; rewriting them, or the network
before it is derived, is what makes every mutant a consistent calculation with one wrong idea in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.exercises.work import Gradient, Work
from symbolic.terms.layers import pointwise
from symbolic.terms.size import ints, substitute
from symbolic.terms.term import (
    AxisMap,
    Const,
    Data,
    Entry,
    Flip,
    Grad,
    Map,
    Multi,
    Route,
    Stack,
    Sum,
    Term,
    Winner,
)
from symbolic.terms.unrolled import unrolled

if TYPE_CHECKING:
    from symbolic.exercises.work import Change
    from symbolic.terms.form import Form
    from symbolic.terms.size import Row

Transform = Callable[[Work], Iterable[Work]]
Rewrite = Callable[[Term], "Term | None"]


def result(*changes: Change) -> Transform:
    """The gradient found is changed; each change is a reading of its own."""
    return lambda work: [work.then(change) for change in changes]


def written(*changes: Change) -> Transform:
    """The finished answer is changed."""
    return lambda work: [work.lastly(change) for change in changes]


def rewritten(term: Term, rewrite: Rewrite) -> Term:
    """The term with every part rewritten once, innermost first; None leaves a part as it is."""
    match term:
        case Multi(form, operands):
            term = Multi(form, tuple(rewritten(part, rewrite) for part in operands))
        case Sum(terms, shape):
            term = Sum(tuple(rewritten(part, rewrite) for part in terms), shape)
        case Stack(entries, shape):
            term = Stack(tuple(rewritten(part, rewrite) for part in entries), shape)
        case Flip() | Route() | Map() | AxisMap() | Entry() | Winner():
            term = replace(term, source=rewritten(term.source, rewrite))
    new = rewrite(term)
    return term if new is None else new


def edited(work: Gradient, rewrite: Rewrite, only: Iterable[str] | None = None) -> Iterator[Gradient]:
    """The work with its rules rewritten, all or those of the tensors called so."""
    chosen = None if only is None else set(only)
    rules = {
        tensor: rewritten(rule, rewrite) if chosen is None or tensor.name in chosen else rule
        for tensor, rule in work.rules.items()
    }
    if rules != work.rules:
        yield replace(work, rules=rules)


def rules(make: Callable[[Gradient], Rewrite], only: Iterable[str] | None = None) -> Transform:
    """A transform that rewrites the rules of a gradient; other works are left alone."""
    return lambda work: edited(work, make(work), only) if isinstance(work, Gradient) else ()


def instead(parts: Mapping[str, Callable[[Gradient], Term | None]], only: Iterable[str] | None = None) -> Transform:
    """In the rules, a tensor (`X`) or an error term (`dO`) replaced by another term of its shape."""

    def transform(work: Work) -> Iterable[Work]:
        if not isinstance(work, Gradient):
            return ()
        exchange: dict[Term, Term] = {}
        for name, make in parts.items():
            old = named(work, name)
            new = make(work)
            if old is None or new is None or new.shape != old.shape:
                return ()
            exchange[old] = new
        return edited(work, exchange.get, only)

    return transform


def named(work: Gradient, name: str) -> Term | None:
    """The tensor of that name, or with a `d` in front the error term dL/d(tensor)."""
    if name in work.tensors:
        return work.tensors[name]
    tensor = work.tensors.get(name[1:]) if name.startswith("d") else None
    return None if tensor is None else Grad(work.loss, tensor)


def given(name: str) -> Callable[[Gradient], Term | None]:
    """The tensor or error term of that name, for `instead`."""
    return lambda work: named(work, name)


def ones(name: str) -> Callable[[Gradient], Term | None]:
    """Ones in the shape of that tensor."""

    def make(work: Gradient) -> Term | None:
        old = named(work, name)
        return None if old is None else Const(Fraction(1), old.shape)

    return make


def swapped(name: str) -> Callable[[Gradient], Term | None]:
    """The tensor with its last two indices exchanged; only where both have one size."""

    def make(work: Gradient) -> Term | None:
        old = named(work, name)
        return None if old is None else exchanged(old)

    return make


def exchanged(term: Term) -> Term | None:
    """X_ji for X_ij; None where the last two sizes differ."""
    shape = ints(term.shape)
    if len(shape) < 2 or shape[-1] != shape[-2] or shape[-1] < 2:
        return None
    n = shape[-1]
    pairs = []
    for place in range(term.size):
        outer, i, j = place // (n * n), place // n % n, place % n
        pairs.append((place, outer * n * n + j * n + i))
    return Route(term, term.shape, tuple(pairs))


def role(form: Form, letter: str) -> tuple[int, list[int]] | None:
    """Which operand holds the letters i, u or a of the rows, and on which axes; None if it is the output."""
    letters = {getattr(row, letter) for row in form.rows}
    for k, slot in enumerate(form.operands):
        axes = [axis for axis, inside in enumerate(slot) if letters & set(inside)]
        if axes:
            return k, axes
    return None


def flipped_operand(letter: str, which: tuple[int, ...] | None = None, only: Iterable[str] | None = None) -> Transform:
    """In every window of the rules the operand with letter i, u or a is reversed along its axes, all or some."""

    def rewrite(term: Term) -> Term | None:
        if not isinstance(term, Multi) or len(term.operands) < 2 or not term.form.rows:
            return None
        found = role(term.form, letter)
        if found is None or (which is not None and max(which) >= len(found[1])):
            return None
        k, axes = found
        turned = tuple(axes if which is None else (axes[axis] for axis in which))
        operands = (*term.operands[:k], Flip(term.operands[k], turned), *term.operands[k + 1 :])
        return Multi(term.form, operands)

    return rules(lambda _work: rewrite, only)


def rows_changed(change: Callable[[Row], Row], only: Iterable[str] | None = None) -> Transform:
    """In every window of the rules the relation is another one: a stride forgotten, a padding left out."""

    def rewrite(term: Term) -> Term | None:
        if not isinstance(term, Multi) or not term.form.rows:
            return None
        return Multi(replace(term.form, rows=tuple(map(change, term.form.rows))), term.operands)

    return rules(lambda _work: rewrite, only)


def sizes_changed(term: Multi, sizes: Mapping[str, int], rows: Callable[[Row], Row]) -> Multi:
    """The same sum over other extents and rows; operands must keep their shapes."""
    form = replace(
        term.form,
        sizes=tuple((letter, sizes.get(letter, substitute(n, {}))) for letter, n in term.form.sizes),
        rows=tuple(map(rows, term.form.rows)),
    )
    return Multi(form, term.operands)


def first_path(*, kernel_first: bool, only: Iterable[str] | None = None) -> Transform:
    """Of every sum over a window only the first product is kept, in the order of the kernel or of the output."""

    def rewrite(term: Term) -> Term | None:
        if not isinstance(term, Multi) or len(term.operands) < 2 or not term.form.rows:
            return None
        entries = []
        for entry in unrolled(term).entries:
            paths = entry.terms if isinstance(entry, Sum) else (entry,)
            entries.append(min(paths, key=lambda path: _order(path, 0 if kernel_first else 1)))
        return Stack(tuple(entries), term.shape)

    return rules(lambda _work: rewrite, only)


def _order(path: Term, operand: int) -> tuple[int, ...]:
    chosen = path.parts[operand] if len(path.parts) > operand else path
    return chosen.index if isinstance(chosen, Entry) else ()


def numbers_changed(**values: Data) -> Transform:
    """Other numbers for some inputs."""

    def transform(work: Work) -> Iterable[Work]:
        if isinstance(work, Gradient) and set(values) <= set(work.numbers):
            yield replace(work, numbers={**work.numbers, **values})

    return transform


def times(term: Term, factor: Term) -> Term:
    """An elementwise product in the shape of `term`."""
    return Multi(pointwise([term.shape, factor.shape], term.shape), (term, factor))


def both(*transforms: Transform) -> Transform:
    """One mistake made of several changes, one after the other."""

    def transform(work: Work) -> Iterable[Work]:
        works: list[Work] = [work]
        for change in transforms:
            works = [after for before in works for after in change(before)]
        return works

    return transform


def either(*transforms: Transform) -> Transform:
    """Several readings of one mistake."""
    return lambda work: [after for transform in transforms for after in transform(work)]
