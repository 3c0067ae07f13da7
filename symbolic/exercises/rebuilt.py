"""Misconceptions about the network itself: its operators rewritten, and everything derived again from there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symbolic.exercises.transforms import Rewrite, Transform, rewritten, role
from symbolic.exercises.work import Gradient
from symbolic.terms.rewriting import replaced
from symbolic.terms.term import Flip, Multi, Node, Term, Winner, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symbolic.exercises.work import Work


def network(rebuild: Rewrite, only: Iterable[str] | None = None) -> Transform:
    """Another network: the bodies of its operators rewritten, and everything derived again from there."""
    chosen = None if only is None else set(only)

    def transform(work: Work) -> Iterable[Work]:
        if not isinstance(work, Gradient):
            return
        fresh: dict[Term, Term] = {}
        for term in walk(work.loss):
            if isinstance(term, Node):
                body = replaced(term.body, fresh)
                if chosen is None or term.name in chosen:
                    body = rewritten(body, rebuild)
                args = tuple(fresh.get(arg, arg) for arg in term.args)
                fresh[term] = Node(term.op, args, body, term.params, term.name)  # type: ignore[arg-type]
        loss = fresh[work.loss]
        if isinstance(loss, Node):
            stands = {replaced(term, fresh): replaced(symbol, fresh) for term, symbol in work.stands.items()}
            yield replace(work, loss=loss, rules={}, stands=stands)

    return transform


def kernels_flipped(term: Term) -> Term | None:
    """For `network`: cross-correlation becomes convolution, the kernel is flipped."""
    if not isinstance(term, Multi) or len(term.operands) != 2 or not term.form.rows:
        return None
    found = role(term.form, "u")
    if found is None:
        return None
    k, axes = found
    if isinstance(term.operands[k], Winner):  # a pattern of winners is no kernel
        return None
    operands = (*term.operands[:k], Flip(term.operands[k], tuple(axes)), *term.operands[k + 1 :])
    return Multi(term.form, operands)
