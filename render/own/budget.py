"""How much of a network a page can hold: decided before anything is written, from sizes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from render.own.pieces import Pieces
from render.own.unfolding import cost, elementwise, knotted, per_entry
from symbolic.errors import GradproofError
from symbolic.network.proof import received
from symbolic.terms.rewriting import replaced
from symbolic.terms.term import Winner, direct

if TYPE_CHECKING:
    from symbolic.network.derived import Derived
    from symbolic.terms.term import Term

WHOLE = 300  # factors in an array that is written out whole
ONE = 60  # factors in the one entry that stands for a larger array
PAGE = 2_500  # factors in all that is written out
MOST = 4_000_000  # factors in a network that a note is written about
FEW = 400  # entries of the inputs up to which the other roads are taken
TRIED = 20_000_000  # factors times entries of the inputs, for the finite differences


@dataclass
class Budget:
    """What is left of the page."""

    left: int = PAGE

    def whole(self, term: Term) -> bool:
        """Whether the array may be written out whole; if so, that much of the page is spent."""
        if cost(term) > min(WHOLE, self.left):
            return False
        self.left -= cost(term)
        return True

    def one(self, term: Term) -> bool:
        """Whether one entry may be written out."""
        return per_entry(term) <= ONE


def length(derived: Derived) -> int:
    """At most so many factors stand in the network and its gradients written out in full.

    Of a batch normalization they are counted in the names of its pieces, as the note tells it.
    """
    pieces = Pieces(derived.sweep.nodes, derived.sweep.rules)
    bodies = [node.body for node in (*derived.sweep.nodes, *pieces.nodes)]
    gradients = [received(derived.sweep, tensor)[0] for tensor in derived.sweep.rules]
    return sum(cost(replaced(term, pieces.parts)) for term in (*bodies, *gradients))


def refuse_huge(derived: Derived) -> int:
    """The length, or one sentence for a network that no note can be written about."""
    found = length(derived)
    if found > MOST:
        raise GradproofError(
            f"this network and its gradients have about {found:,} factors written out; a note is written up to "
            f"{MOST:,}; take smaller shapes, the formulas are the same"
        )
    return found


def tried(derived: Derived) -> bool:
    """Whether the cross-check by other roads takes seconds and not minutes."""
    entries = sum(leaf.size for leaf in derived.inputs)
    return entries <= FEW and entries * length(derived) <= TRIED


def readable(term: Term) -> bool:
    """Whether entries of the term, written out, are sums that a person can read."""
    return not knotted(term) and not any(isinstance(part, Winner) for part in direct(term))


def worth_writing(term: Term) -> bool:
    """Whether writing the entries out says more than the formula."""
    return not elementwise(term)
