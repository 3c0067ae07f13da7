"""Search, not proof: a renaming of summed letters that turns one reading of a term into another.

Operands with the same name are paired, which fixes the letters they are read at; letters that only rows
hold are tried both ways. `reindex` judges the result.
"""

from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.flat import Affine, Flat, flat, refuse_difference
from symbolic.reindex import Reindex, Renaming
from symbolic.steps import Rule, Step
from symbolic.tangent import Tangent, sides
from symbolic.term import Grad

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symbolic.term import Leaf, Node, Term

Known = dict[str, tuple[str, bool]]


def reindexed(lhs: Term, rhs: Term, rule: Rule = Rule.REINDEX) -> Step:
    """The step lhs = rhs by renaming letters; ProofError where none is found."""
    return Step(lhs, rhs, rule, Reindex(renaming(flat(lhs), flat(rhs))))


def differentiated(loss: Node, wrt: Leaf, gradient: Term, rule: Rule = Rule.LOCAL) -> Step:
    """The step d(loss)/d(wrt) = gradient by the tangent, partners and renamings looked for."""
    left = Grad(loss, wrt)
    forward, backward = sides(left, gradient)
    free = dict(enumerate(backward))
    pairs = []
    for one in forward:
        for number, other in free.items():
            try:
                found = renaming(flat(one), flat(other))
            except ProofError:
                continue
            pairs.append((number, found))
            del free[number]
            break
        else:
            raise ProofError("a term of the derivative has no partner in the claimed gradient")
    return Step(left, gradient, rule, Tangent(tuple(pairs)))


def renaming(left: Flat, right: Flat) -> Renaming:
    """(letter on the right, letter on the left, read backwards) for every letter that changes."""
    reason = "no operands correspond"
    for known in _pairings(left, right):
        for whole in _completed(known, left, right):
            try:
                refuse_difference(left, right, whole)
            except ProofError as refused:
                reason = str(refused)
                continue
            return tuple((new, old, back) for new, (old, back) in sorted(whole.items()) if (new, False) != (old, back))
    raise ProofError(f"no renaming of letters turns one side into the other: {reason}")


def _pairings(left: Flat, right: Flat) -> Iterator[Known]:
    """Every way to pair equal operands, as the letters that it fixes."""
    if len(left.reads) != len(right.reads) or len(left.output) != len(right.output):
        return
    outputs = _meet(list(zip(_places(left.output), _places(right.output), strict=False)))
    if outputs is None:
        return
    for order in permutations(right.reads):
        if any(one[0] != two[0] for one, two in zip(left.reads, order, strict=True)):
            continue
        pairs = [
            pair
            for one, two in zip(left.reads, order, strict=True)
            for pair in zip(_places(one[1]), _places(two[1]), strict=True)
        ]
        known = _meet(pairs, dict(outputs))
        if known is not None:
            yield known


def _places(axes: tuple[tuple[tuple[Affine, object], ...], ...]) -> list[Affine]:
    return [affine for axis in axes for affine, _ in axis]


def _meet(pairs: list[tuple[Affine, Affine]], known: Known | None = None) -> Known | None:
    """The letters of the right places in terms of the left ones; None where two pairs contradict."""
    known = {} if known is None else known
    for one, two in pairs:
        if len(one.terms) != 1 or len(two.terms) != 1:
            if one.terms or two.terms:
                return None
            continue
        (old, a), (new, b) = one.terms[0], two.terms[0]
        if known.setdefault(new, (old, a != b)) != (old, a != b):
            return None
    return known


def _completed(known: Known, left: Flat, right: Flat) -> Iterator[Known]:
    """The letters that no operand shows, paired and turned in every way."""
    used = {old for old, _ in known.values()}
    free_left = [x for x, _ in left.letters if x not in used]
    free_right = [x for x, _ in right.letters if x not in known]
    if len(free_left) != len(free_right):
        return
    for order in permutations(free_left):
        for turns in product((False, True), repeat=len(order)):
            yield known | dict(zip(free_right, zip(order, turns, strict=True), strict=True))
