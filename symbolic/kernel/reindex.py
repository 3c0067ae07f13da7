"""Kernel, for all sizes: renaming indices, and dropping an operand. Small enough to read at once.

`Reindex` shows that two terms are one sum of products in two orders; `DropOperand` that the derivative of
such a sum by an operand that stands in it once is the sum without it. Both compare the readings of `flat`;
how the renaming was found is none of their business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.kernel.step import Proof, Scope
from symbolic.kernel.sums import flat, refuse_difference
from symbolic.terms.term import Grad, Node, walk

if TYPE_CHECKING:
    from symbolic.terms.term import Term

Renaming = tuple[tuple[str, str, bool], ...]  # (letter on the right, letter on the left, read backwards)


@dataclass(frozen=True)
class Reindex(Proof):
    """The right side is the left side with summed letters renamed, some of them read backwards."""

    renaming: Renaming = ()
    scope = Scope.ALL_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        refuse_difference(flat(lhs), flat(rhs), {new: (old, back) for new, old, back in self.renaming})


@dataclass(frozen=True)
class DropOperand(Proof):
    """d/dX of a sum of products in which X stands once: the same sum without X, at X's place."""

    renaming: Renaming = ()
    scope = Scope.ALL_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        if not (isinstance(lhs, Grad) and isinstance(lhs.of, Node)):
            raise ProofError("dropping an operand needs d(a multilinear scalar)/d(an operand) on the left")
        whole = flat(lhs.of.body)
        found = [places for term, places in whole.reads if term == lhs.wrt]
        inside = [term for term, _ in whole.reads if term != lhs.wrt and lhs.wrt in walk(term)]
        if len(found) != 1 or inside or whole.output != ():
            raise ProofError("the form must be a scalar in which the operand stands exactly once")
        letters = [affine for axis in found[0] for affine, _ in axis if affine.terms]
        plain = all(len(affine.terms) == 1 and affine.terms[0][1] == 1 and affine.constant == 0 for affine in letters)
        if not plain or len(set(letters)) != len(letters):
            raise ProofError("the operand must be read at letters of its own, each once")
        rest = replace(whole, output=found[0], reads=tuple(read for read in whole.reads if read[0] != lhs.wrt))
        refuse_difference(rest, flat(rhs), {new: (old, back) for new, old, back in self.renaming})
