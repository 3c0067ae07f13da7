"""Kernel, for all sizes: the derivative of a term as a linear map of a perturbation h.

    X -> h                      a sum of products: Leibniz, one term per occurrence      z^n -> n z^(n-1) * dz
    f(z) -> f'(z) * dz          softmax p -> p * (dz - sum of p dz)      logsumexp -> sum of p dz

dL/dX is the one array G with dL(h) = <G, h> for every h. `Tangent` compares the two sides as sums of
products, names opened; going forward here and backward in `calculus` are two different ways to the same gradient.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.kernel.logic import kinks
from symbolic.kernel.step import Proof, Scope
from symbolic.kernel.sums import flat, refuse_difference
from symbolic.terms.form import Form
from symbolic.terms.layers import pointwise, reduction
from symbolic.terms.rewriting import opened
from symbolic.terms.term import AxisMap, Const, Data, Flip, Grad, Leaf, Map, Multi, Node, Sum, Term, Winner, walk

if TYPE_CHECKING:
    from symbolic.kernel.reindex import Renaming


@dataclass(frozen=True)
class Tangent(Proof):
    """pairs: for every product of dL(h) the number of its partner in <G, h>, and the renaming between them."""

    pairs: tuple[tuple[int, Renaming], ...]
    scope = Scope.ALL_SIZES

    def requires(self, lhs: Term, _rhs: Term) -> tuple[str, ...]:
        return kinks(lhs.of.body) if isinstance(lhs, Grad) and isinstance(lhs.of, Node) else ()

    def check(self, lhs: Term, rhs: Term) -> None:
        forward, backward = sides(lhs, rhs)
        if sorted(partner for partner, _ in self.pairs) != list(range(len(backward))) or len(forward) != len(backward):
            raise ProofError(f"the derivative has {len(forward)} terms, the claimed gradient {len(backward)}")
        for one, (partner, renaming) in zip(forward, self.pairs, strict=True):
            changes = {new: (old, back) for new, old, back in renaming}
            refuse_difference(flat(one), flat(backward[partner]), changes)


def sides(lhs: Term, rhs: Term) -> tuple[list[Term], list[Term]]:
    """The products of dL(h) and of <rhs, h> for a fresh h."""
    if not (isinstance(lhs, Grad) and isinstance(lhs.of, Node) and lhs.of.shape == ()):
        raise ProofError("a tangent needs d(scalar node)/d(tensor) on the left")
    names = {getattr(part, "name", "") for part in (*walk(lhs.of.body), *walk(rhs))}
    if "h" in names:
        raise ProofError("the name h is kept for the perturbation")
    h, bare = Leaf("h", lhs.wrt.shape), opened(rhs)
    terms = bare.terms if isinstance(bare, Sum) else (bare,)
    return tangent(opened(lhs.of.body), lhs.wrt, h), [_paired(term, h) for term in terms]


def _paired(term: Term, h: Leaf) -> Multi:
    """<term, h>, every axis split into the letters that the term splits it into."""
    slot, sizes = [], []
    for axis, places in enumerate(flat(term).output):
        letters = [(f"x{axis}_{place}", n) for place, (_, n) in enumerate(places)]
        slot.append(tuple(x for x, _ in letters))
        sizes += letters
    return Multi(Form((), (tuple(slot), tuple(slot)), tuple(sizes), label="mul"), (term, h))


def tangent(term: Term, wrt: Term, h: Term) -> list[Term]:
    """The products whose sum is the derivative of `term` at `wrt` in direction h."""
    if term == wrt:
        return [h]
    match term:
        case Const() | Data() | Leaf() | Winner():
            return []
        case Multi(form, operands):
            return [
                Multi(form, (*operands[:k], moved, *operands[k + 1 :]))
                for k, operand in enumerate(operands)
                for moved in tangent(operand, wrt, h)
            ]
        case Sum(terms, _):
            return [moved for part in terms for moved in tangent(part, wrt, h)]
        case Flip(source, axes):
            return [Flip(moved, axes) for moved in tangent(source, wrt, h)]
        case Map("pow", source, 0, exponent) if exponent is not None and exponent >= 2:
            lower = source if exponent == 2 else replace(term, param=exponent - 1)
            slope = Multi(pointwise([source.shape], source.shape, scale=exponent), (lower,))
            return [_times(slope, moved) for moved in tangent(source, wrt, h)]
        case Map(function, source, order, _) if function != "pow":
            return [_times(replace(term, order=order + 1), moved) for moved in tangent(source, wrt, h)]
        case AxisMap():
            return [step for moved in tangent(term.source, wrt, h) for step in _along(term, moved)]
    raise ProofError(f"no rule for the derivative of {type(term).__name__} for all sizes")


def _times(one: Term, other: Term) -> Multi:
    return Multi(pointwise([one.shape, other.shape], one.shape), (one, other))


def _along(term: AxisMap, moved: Term) -> list[Term]:
    """d logsumexp = sum of p dz;  d softmax = p dz - p * (sum of p dz)."""
    softmax = AxisMap("softmax", term.source, term.axis)
    total = Multi(reduction(moved.shape, (term.axis,), Fraction(1), keepdim=True), (_times(softmax, moved),))
    if term.function == "logsumexp":
        return [total]
    less = pointwise([softmax.shape, total.shape], softmax.shape, scale=Fraction(-1))
    return [_times(softmax, moved), Multi(less, (softmax, total))]
