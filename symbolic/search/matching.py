"""Search, not proof: a renaming of summed letters that turns one reading of a term into another.

Operands with the same name are paired, which fixes the letters they are read at; letters that only rows
hold are tried both ways. `reindex` judges the result.
"""

from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.kernel.products import Distribute, read
from symbolic.kernel.reindex import Reindex, Renaming
from symbolic.kernel.step import Rule, Step
from symbolic.kernel.sums import Affine, Flat, Places, flat, refuse_difference
from symbolic.kernel.tangent import Tangent, sides
from symbolic.terms.term import Grad, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symbolic.terms.term import Leaf, Node

Known = dict[str, tuple[str, bool]]
Read = tuple[Term, Places]


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


def distributed(lhs: Term, rhs: Term, rule: Rule = Rule.COLLECT) -> Step:
    """The step lhs = rhs by multiplying out, products that a renaming makes alike looked for."""
    left = read(lhs)
    both = [*left, *read(rhs)]
    groups: list[list[tuple[int, Renaming]]] = []
    for number, one in enumerate(both):
        for group in groups:
            try:
                found = renaming(both[group[0][0]].reading, one.reading)
            except ProofError:
                continue
            group.append((number, found))
            break
        else:
            groups.append([(number, ())])
    return Step(lhs, rhs, rule, Distribute(tuple(map(tuple, groups))))


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
    yield from _paired(list(left.reads), list(right.reads), outputs)


def _paired(left: list[Read], right: list[Read], known: Known) -> Iterator[Known]:
    """The letters fixed by pairing the first operand on the left with an equal one on the right, and so on."""
    if not left:
        yield known
        return
    (term, axes), *others = left
    for k, (other, places) in enumerate(right):
        split = [len(axis) for axis in axes] == [len(axis) for axis in places]
        if other != term or not split or right[k] in right[:k]:
            continue
        more = _meet(list(zip(_places(axes), _places(places), strict=True)), dict(known))
        if more is not None:
            yield from _paired(others, right[:k] + right[k + 1 :], more)


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
