"""The steps of a reader's network: forward, backward, and with numbers; every one of them checked when it is made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from render.lines import ALONE, WIDEST, width
from render.math import tex
from render.notes.steps import at
from render.own.unfolding import Writing, unfolded
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.term import Grad, Leaf, Multi, Node, Sum, Tensor, Term, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symbolic.network.derived import Derived

DEEPEST = 2  # sums inside one another that a reader can follow


def written_whole(first: Step) -> Step:
    """The array of a step's right side, entry by entry."""
    return Step(first.lhs, unfolded(first.rhs), Rule.EXPAND, Expand((first,)), first.given)


def written_once(first: Step) -> Step:
    """One entry of it, in the middle, where no border is met."""
    shape = [int(n) for n in first.lhs.shape]  # type: ignore[arg-type]
    index, place = [], 0
    for n in shape:
        index.append(n // 2)
        place = place * n + n // 2
    entry = Writing().scalar(first.rhs, place)
    return Step(at(first.lhs, *index), entry, Rule.EXPAND, Expand((first,)), first.given)


def collected(step: Step) -> Step | None:
    """Numbers inside the right side's products drawn together, (1/4) (2 x) as (1/2) x; None where nothing changes."""
    simple = _collected(step.rhs)
    return None if tex(simple) == tex(step.rhs) else Step(step.rhs, simple, Rule.COLLECT, Expand())


def _collected(term: Term) -> Term:
    if isinstance(term, Sum):
        return Sum(tuple(_collected(part) for part in term.terms), term.shape)
    if not isinstance(term, Multi):
        return term
    scale, operands = term.form.scale, [_collected(operand) for operand in term.operands]
    for k, operand in enumerate(operands):
        if isinstance(operand, Multi) and _multiple(operand):
            scale *= operand.form.scale
            operands[k] = operand.operands[0]
    return Multi(replace(term.form, scale=scale), tuple(operands))


def _multiple(term: Multi) -> bool:
    """A number times one array."""
    form = term.form
    return len(term.operands) == 1 and not form.rows and form.output == form.operands[0] and form.divisor == 1


def fits(term: Term) -> bool:
    """Whether a formula can be read and broken into lines of a page: every summand of it fits one."""
    parts = term.terms if isinstance(term, Sum) else (term,)
    widest = WIDEST if isinstance(term, Sum) else ALONE
    return sums_deep(term) <= DEEPEST and all(width(tex(part)) <= widest for part in parts)


def sums_deep(term: Term) -> int:
    """How many sums over indices stand inside one another."""
    if isinstance(term, Tensor):
        return 0
    own = 0
    if isinstance(term, Multi):
        out = {letter for axis in term.form.output for letter in axis}
        own = any(letter not in out and extent != 1 for letter, extent in term.form.sizes)
    return own + max((sums_deep(part) for part in term.parts if not isinstance(part, Grad)), default=0)


def order(derived: Derived, wrt: Iterable[Tensor]) -> tuple[list[Node], list[Leaf]]:
    """The nodes whose error terms are needed, from the back, and the inputs asked for."""
    chosen = set(wrt)
    nodes = [
        node
        for node in reversed(derived.sweep.nodes)
        if node is not derived.loss and (node in chosen or any(part in chosen for part in walk(node)))
    ]
    return nodes, [leaf for leaf in derived.inputs if leaf in chosen]


def readers(derived: Derived, tensor: Tensor) -> list[Node]:
    """The operators that read a tensor."""
    return [node for node in derived.sweep.nodes if tensor in node.args]


def error(derived: Derived, tensor: Tensor) -> Grad:
    """dL/d(tensor)."""
    return Grad(derived.loss, tensor)
