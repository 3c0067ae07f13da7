"""The kernel: an equality that is wrong cannot be constructed.

    Step(lhs, rhs, rule, proof, given)     checks itself when it is built, raises ProofError otherwise
    Derivation(steps)                      a chain; unions conditions, reports the weakest evidence

Evidence, strongest first, and what each shows:

    Definition  the left side is a name for the right side                                     all sizes
    Derive      the kernel differentiates the printed term itself                              these sizes
    Reindex     an affine bijection of index sets, checked coefficient by coefficient          all sizes
    Cite        an instance of a theorem already built                                         the theorem's
    Expand      both sides are the same polynomial, monomial by monomial                       these sizes

A step holds immutable terms only, builds both sides from them and trusts nothing that the search hands in.
It guards against our mistakes; it is no barrier against somebody who edits the objects' memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from symbolic import local
from symbolic.errors import ProofError
from symbolic.expand import Expansion, atom_entry
from symbolic.steps import Derivation, Proof, Rule, Scope, Step, weakest
from symbolic.table import Table, added, joined
from symbolic.term import AxisMap, Const, Data, Grad, Leaf, Map, Node, Tensor, Term, Winner, direct, walk

WINNERS = "winner-pattern"  # the largest entry of every window stays where it is

if TYPE_CHECKING:
    from symbolic.index import Extent

__all__ = [
    "Both",
    "Cite",
    "Definition",
    "Derivation",
    "Derive",
    "Expand",
    "Proof",
    "Rewrite",
    "Rule",
    "Scope",
    "Step",
    "facts_of",
    "kinks",
    "refuse_difference",
]


@dataclass(frozen=True)
class Definition(Proof):
    """The left side is a name; the right side is what it abbreviates, or the value it is given."""

    scope = Scope.ALL_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        if isinstance(lhs, Node) and lhs.body == rhs:
            return
        if isinstance(lhs, Leaf) and isinstance(rhs, Data | Const):
            return
        raise ProofError("a definition needs a name on the left and, on the right, what it abbreviates")


def facts_of(using: tuple[Step, ...]) -> dict[Term, Term]:
    """Atom -> meaning, from steps whose left side is a tensor or a gradient."""
    facts: dict[Term, Term] = {}
    for step in using:
        if not isinstance(step.lhs, Tensor | Grad | Map | AxisMap):
            raise ProofError("only a step about a tensor, a gradient or a function of one can be used as a fact")
        if facts.setdefault(step.lhs, step.rhs) != step.rhs:
            raise ProofError("two facts give one name two meanings")
    return facts


@dataclass(frozen=True)
class Expand(Proof):
    """Both sides expand to the same polynomials over the rationals, given the facts of steps already checked."""

    using: tuple[Step, ...] = ()

    @property
    def uses(self) -> tuple[Step, ...]:
        return self.using

    def check(self, lhs: Term, rhs: Term) -> None:
        expansion = Expansion(facts_of(self.using))
        refuse_difference(expansion, expansion.table(lhs), expansion.table(rhs), lhs)


@dataclass(frozen=True)
class Derive(Proof):
    """The kernel differentiates what the left side's `of` says.

    dO/dX  with O a node made from X directly: the formal derivative of every entry of O's body.
    dL/dX  the sum over all nodes C below L that read X of dL/dC times dC/dX, dL/dC staying a name; where
           `chain` is set dC/dX stays a name as well, which is the chain rule as textbooks print it.
    """

    chain: bool = False

    def check(self, lhs: Term, rhs: Term) -> None:
        if not isinstance(lhs, Grad) or not isinstance(lhs.of, Node) or not isinstance(lhs.wrt, Tensor):
            raise ProofError("a derivative needs d(node)/d(tensor) on the left")
        expansion = Expansion()
        refuse_difference(expansion, self._differentiate(expansion, lhs.of, lhs.wrt), expansion.table(rhs), lhs)

    def requires(self, lhs: Term, _rhs: Term) -> tuple[str, ...]:
        if not isinstance(lhs, Grad) or self.chain:  # with dC/dX as names nothing has been differentiated yet
            return ()
        nodes = [node for node in walk(lhs.of) if isinstance(node, Node) and lhs.wrt in node.args]
        return tuple(dict.fromkeys(kink for node in nodes for kink in kinks(node.body)))

    def _differentiate(self, expansion: Expansion, of: Node, wrt: Tensor) -> Table:
        readers = [node for node in walk(of) if isinstance(node, Node) and wrt in node.args]
        if of.shape != ():
            if readers != [of]:
                raise ProofError("a local derivative is asked of a node that reads the tensor by other ways too")
            return expansion.derivative(expansion.table(of.body), wrt)
        pieces = []
        for node in readers:
            incoming: Term = Const(Fraction(1), ()) if node is of else Grad(of, node)
            if self.chain and node is not of:
                local = expansion.table(Grad(node, wrt))
            else:
                local = expansion.derivative(expansion.table(node.body), wrt)
            pieces.append(_product(expansion.table(incoming), local, wrt.size))
        return added(pieces, wrt.size)


def kinks(body: Term) -> tuple[str, ...]:
    """The conditions under which the derivative of a node's body is what the rules say."""
    found = []
    for part in direct(body):
        if isinstance(part, Map) and local.TABLE[part.function].kink:
            found.append(local.TABLE[part.function].kink)
        if isinstance(part, Winner):
            found.append(WINNERS)
    return tuple(dict.fromkeys(found))


def _product(cotangent: Table, jacobian: Table, columns: int) -> Table:
    """The vector-Jacobian product: sum over y of cotangent[y] * jacobian[y, a]."""
    used = np.unique(jacobian.entries)
    y, a = np.divmod(used, columns)
    return joined(columns, a, [cotangent, jacobian], [y, used], Fraction(1))


@dataclass(frozen=True)
class Cite(Proof):
    """An instance of a theorem: two links of its chain, with sizes and operands put in, are these two sides.

    A link that is the name of a gradient is passed over: the instance differentiates for itself.
    """

    theorem: Derivation
    sizes: tuple[tuple[str, Extent], ...]
    operands: tuple[tuple[str, Term], ...]

    @property
    def cited(self) -> Derivation | None:
        return self.theorem

    def requires(self, _lhs: Term, _rhs: Term) -> tuple[str, ...]:
        return self.theorem.given

    @property
    def scope(self) -> Scope:  # type: ignore[override]
        return self.theorem.scope

    def check(self, lhs: Term, rhs: Term) -> None:
        from symbolic.substitution import instance

        sizes, operands = dict(self.sizes), dict(self.operands)
        points = [self.theorem.lhs, *(step.rhs for step in self.theorem.steps)]
        links = [instance(point, sizes, operands) for point in points if not isinstance(point, Grad)]
        for side, given in (("left", lhs), ("right", rhs)):
            if given not in links:
                raise ProofError(
                    f"the {side} side is not the instance of theorem '{self.theorem.name}' it claims to be"
                )


@dataclass(frozen=True)
class Rewrite(Proof):
    """Parts replaced by their equals: the left side with each step's left side exchanged for its right side."""

    steps: tuple[Step, ...]

    @property
    def uses(self) -> tuple[Step, ...]:
        return self.steps

    @property
    def scope(self) -> Scope:  # type: ignore[override]
        return weakest(self.steps)

    def check(self, lhs: Term, rhs: Term) -> None:
        from symbolic.substitution import replaced

        if replaced(lhs, {step.lhs: step.rhs for step in self.steps}) != rhs:
            raise ProofError("the right side is not the left side with the parts of the given steps replaced")


@dataclass(frozen=True)
class Both(Proof):
    """Two pieces of evidence, each enough by itself: a theorem for all sizes, and every entry of this instance."""

    first: Proof
    second: Proof

    def requires(self, lhs: Term, rhs: Term) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.first.requires(lhs, rhs), *self.second.requires(lhs, rhs))))

    @property
    def kinds(self) -> tuple[Proof, ...]:
        return self.first.kinds + self.second.kinds

    @property
    def scope(self) -> Scope:  # type: ignore[override]
        return Scope.ALL_SIZES if Scope.ALL_SIZES in (self.first.scope, self.second.scope) else Scope.THESE_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        self.first.check(lhs, rhs)
        self.second.check(lhs, rhs)


def refuse_difference(expansion: Expansion, left: Table, right: Table, lhs: Term) -> None:
    """Raise ProofError naming the first entry and monomial in which two tables differ."""
    if left.same(right):
        return
    entry, ids, coefficient = left.minus(right).monomial(0)
    sides = [_coefficient(table, entry, ids) for table in (left, right)]
    text = expansion.monomial_text(ids, Fraction(1))
    where = atom_entry(lhs, entry) if isinstance(lhs, Tensor | Grad) else f"entry {entry + 1}"
    raise ProofError(
        f"{where}: the left side has {sides[0]} times {text}, the right side has {sides[1]} (difference {coefficient})"
    )


def _coefficient(table: Table, entry: int, ids: tuple[int, ...]) -> Fraction:
    low, high = np.searchsorted(table.entries, [entry, entry + 1])
    for row in range(int(low), int(high)):
        _, here, coefficient = table.monomial(row)
        if here == ids:
            return coefficient
    return Fraction(0)
