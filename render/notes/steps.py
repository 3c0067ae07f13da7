"""Building the steps that the notes print. Nothing here is trusted: a Step that is wrong cannot be built.

definition(O)              O = X * F                          expanded(O)     O = its entries, written out
local(O, F)                dO/dF, entry by entry              chain(L, F)     dL/dF by the chain rule
picked(step, (0, 0))       the same step about one entry      follows(a, b)   a = b, both sides multiplied out
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from symbolic.kernel.logic import Definition, Derivation, Derive, Expand, Rule, Step
from symbolic.terms.term import (
    Const,
    Data,
    Entry,
    Flip,
    Grad,
    Index,
    Multi,
    Node,
    Stack,
    Sum,
    Tensor,
    Term,
    scalars,
    walk,
)
from symbolic.terms.unrolled import entries, entry_of, summed, unrolled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from symbolic.network.derived import Derived


def indices(shape: Sequence[Any]) -> list[Index]:
    """Every index of a shape, row-major."""
    return list(product(*(range(n) for n in shape)))


def at(term: Term, *index: int) -> Term:
    """One entry, 0-based; a scalar itself."""
    return Entry(term, index) if index else term


def number(value: int | Fraction) -> Const:
    """An exact number as a term."""
    return Const(Fraction(value))


# ---------------------------------------------------------------------- definitions and expansions


def definition(node: Node) -> Step:
    """The name and what it stands for."""
    return Step(node, node.body, Rule.DEFINITION, Definition())


def written(term: Term) -> Term:
    """A form written out with the image before the kernel, X_11 F_11 + ...; anything else as it is."""
    if not isinstance(term, Multi):
        return term
    operands = tuple(entries(x) if isinstance(x, Data) and x.shape else x for x in term.operands)
    turned = len(operands) == 2 and bool(term.form.rows)
    form = replace(term.form, operands=term.form.operands[::-1]) if turned else term.form
    array = unrolled(Multi(form, operands[::-1] if turned else operands))
    return array if array.shape else array.entries[0]


def expanded(node: Node) -> Step:
    """The node's entries as sums of products."""
    return Step(node, written(node.body), Rule.EXPAND, Expand((definition(node),)))


def spelled(term: Term) -> Step:
    """An array as the grid of its entries."""
    return Step(term, entries(term), Rule.EXPAND, Expand())


def spelled_out(term: Multi) -> Multi:
    """A form with its operands written as matrices of their entries."""
    return Multi(term.form, tuple(entries(operand) for operand in term.operands))


def follows(lhs: Term, rhs: Term, rule: Rule, *using: Step) -> Step:
    """lhs = rhs by multiplying out, given the facts of earlier steps."""
    return Step(lhs, rhs, rule, Expand(using))


def picked(step: Step, index: Index) -> Step:
    """The same equality about one entry."""
    place = indices(step.lhs.shape).index(index)
    return Step(Entry(step.lhs, index), entry_of(step.rhs, place), step.rule, Expand((step,)))


def chained(lhs: Term, *links: tuple[Term, Rule], using: Iterable[Step] = ()) -> Derivation:
    """A chain lhs = ... of terms with the rule of each link, every link by multiplying out."""
    steps, facts = [], tuple(using)
    for term, rule in links:
        steps.append(follows(lhs, term, rule, *facts))
        lhs = term
    return Derivation(tuple(steps))


def two_flips(kernel: Tensor) -> Derivation:
    """rot180 of a matrix: upside down, then left to right."""
    down = Flip(kernel, (0,))
    both = Flip(down, (1,))
    grid = Flip(entries(down), (1,))
    return chained(Flip(kernel, (0, 1)), (both, Rule.FLIPS), (grid, Rule.FLIPS), (entries(both), Rule.FLIPS))


def minus(one: Term, other: Term) -> Sum:
    """one - other, both scalars."""
    if isinstance(other, Const):
        return Sum((one, Const(-other.value)), ())
    return Sum((one, scalars(other, scale=Fraction(-1))), ())


# ---------------------------------------------------------------------- derivatives


def gradient(derived: Derived, tensor: Tensor) -> Step:
    """dL/d(tensor) in the error terms of its consumers, as the reverse sweep found it."""
    return Step(Grad(derived.loss, tensor), derived.gradient(tensor), Rule.DROP_OPERAND, Derive())


def local(node: Node, tensor: Tensor) -> Step:
    """Every dO/dF: what the body's other factors are where O and F meet, 0 where they do not."""
    body = node.body
    pieces: dict[tuple[int, int], list[Term]] = {}
    for part in body.terms if isinstance(body, Sum) else (body,):
        for place, source, factor in _slopes(part, tensor):
            pieces.setdefault((place, source), []).append(factor)
    slopes = tuple(summed(pieces.get(key, [])) for key in product(range(node.size), range(tensor.size)))
    array = Stack(slopes, node.shape + tensor.shape)
    return Step(Grad(node, tensor), array if array.shape else slopes[0], Rule.LOCAL, Derive())


def _slopes(part: Term, tensor: Tensor) -> list[tuple[int, int, Term]]:
    """(output entry, tensor entry, factor) of one term of a body, which must be linear in the tensor."""
    if part is tensor:
        return [(place, place, number(1)) for place in range(tensor.size)]
    if not isinstance(part, Multi) or tensor not in part.operands:
        return []
    slot = part.operands.index(tensor)
    out, ins = part.form.solutions()
    found = []
    for row in range(len(out)):
        others = [entry_of(operand, int(ins[k][row])) for k, operand in enumerate(part.operands) if k != slot]
        found.append((int(out[row]), int(ins[slot][row]), times(part.form.scale, *others)))
    return found


def times(scale: Fraction, *factors: Term) -> Term:
    """A product of scalars, as simple as it can be written."""
    if not factors:
        return Const(scale)
    return factors[0] if len(factors) == 1 and scale == 1 else scalars(*factors, scale=scale)


def chain(loss: Node, tensor: Tensor) -> Step:
    """The chain rule: for every entry the sum over all outputs that read the tensor, dL/dO_i times dO_i/dF."""
    readers = [node for node in walk(loss) if isinstance(node, Node) and tensor in node.args]
    sums = [
        summed(
            [
                scalars(at(Grad(loss, node), *place), at(Grad(node, tensor), *place, *index))
                for node in readers
                for place in indices(node.shape)
            ]
        )
        for index in indices(tensor.shape)
    ]
    array = Stack(tuple(sums), tensor.shape)
    return Step(Grad(loss, tensor), array if array.shape else sums[0], Rule.CHAIN, Derive(chain=True))


def shares(derived: Derived, tensor: Tensor) -> Step:
    """dL/d(tensor) written out in the error terms above: delta_11 F_11 + ..., the chain rule with its zeros gone."""
    rule = derived.gradient(tensor)
    array = unrolled(rule) if isinstance(rule, Multi) else rule
    body = array.entries[0] if isinstance(array, Stack) and not array.shape else array
    return Step(Grad(derived.loss, tensor), _error_first(body), Rule.LOCAL, Derive())


def _error_first(term: Term) -> Term:
    """Products with the error term in front."""
    match term:
        case Stack(parts, shape):
            return Stack(tuple(_error_first(part) for part in parts), shape)
        case Sum(parts, shape):
            return Sum(tuple(_error_first(part) for part in parts), shape)
        case Multi(form, operands) if not form.sizes:
            return scalars(*sorted(operands, key=lambda x: not _is_gradient(x)), scale=form.scale)
    return term


def _is_gradient(term: Term) -> bool:
    return isinstance(term.source if isinstance(term, Entry) else term, Grad)
