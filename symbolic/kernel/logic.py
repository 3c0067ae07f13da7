"""The kernel: an equality that is wrong cannot be constructed.

    Step(lhs, rhs, rule, proof, given)     checks itself when it is built, raises ProofError otherwise
    Derivation(steps)                      a chain; unions conditions, reports the weakest evidence

Evidence, strongest first, and what each shows:

    Definition  the left side is a name for the right side, or the right side names its parts  all sizes
    Derive      the kernel differentiates the printed term itself                              these sizes
    Reindex     an affine bijection of index sets, checked coefficient by coefficient          all sizes
    Cite        an instance of a theorem already built                                         the theorem's
    Expand      both sides are the same polynomial, monomial by monomial                       these sizes
    Rewrite     parts exchanged for their equals                                               the steps'
    Sample      the same numbers at stated points, in `sample`                                 no proof

In modules of their own, for all sizes: DropOperand (`reindex`), Tangent (`tangent`), Distribute (`distribute`),
Elementary and Normalized (`elementary`), Bounds (`bounds`), SumsToOne (`theorems.losses`, a hypothesis), HandedBack
(`handed_back`, the theorem's scope).

A step holds immutable terms only, builds both sides from them and trusts nothing that the search hands in.
It guards against our mistakes; it is no barrier against somebody who edits the objects' memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.kernel.comparison import refuse_difference
from symbolic.kernel.derivative import WINNERS, Derive, kinks
from symbolic.kernel.expansion import Expansion
from symbolic.kernel.step import Derivation, Proof, Rule, Scope, Step, weakest
from symbolic.terms.term import AxisMap, Const, Data, Grad, Leaf, Map, Node, Tensor, Term, direct

if TYPE_CHECKING:
    from symbolic.terms.size import Extent

__all__ = [
    "WINNERS",
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
    """The left side is a name; the right side is what it abbreviates, or the value it is given.

    Or the right side says the same by more names: with these replaced by what they abbreviate, it is the left side.
    """

    scope = Scope.ALL_SIZES
    general = False

    def fixes(self, lhs: Term, rhs: Term) -> tuple[Term, Term] | None:
        return (lhs, rhs) if isinstance(lhs, Leaf) else None

    def check(self, lhs: Term, rhs: Term) -> None:
        from symbolic.terms.rewriting import opened

        if isinstance(lhs, Node) and lhs.body == rhs:
            return
        if isinstance(lhs, Leaf) and isinstance(rhs, Data | Const):
            return
        what = lhs.body if isinstance(lhs, Node) else lhs
        kept = frozenset(part for part in direct(what) if isinstance(part, Tensor))
        if lhs == rhs or opened(rhs, kept) != what:
            raise ProofError(
                "a definition needs a name on the left and, on the right, what it abbreviates; or the same on both "
                "sides, with names on the right for parts of it"
            )


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
    def general(self) -> bool:  # type: ignore[override]
        return not self.using

    @property
    def scope(self) -> Scope:  # type: ignore[override]
        return max((Scope.THESE_SIZES, weakest(self.using)), key=list(Scope).index)

    @property
    def uses(self) -> tuple[Step, ...]:
        return self.using

    def check(self, lhs: Term, rhs: Term) -> None:
        expansion = Expansion(facts_of(self.using))
        refuse_difference(expansion, expansion.table(lhs), expansion.table(rhs), lhs)


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
        from symbolic.terms.rewriting import instance

        if not all(kind.general for step in self.theorem.steps for kind in step.proof.kinds):
            raise ProofError(f"'{self.theorem.name}' is about the values of its tensors: no theorem that can be cited")
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
        from symbolic.terms.rewriting import replaced

        parts: dict[Term, Term] = {}
        for step in self.steps:
            if parts.setdefault(step.lhs, step.rhs) != step.rhs:
                raise ProofError("two of the steps replace one part by two others")
        if replaced(lhs, parts) != rhs:
            raise ProofError("the right side is not the left side with the parts of the given steps replaced")


@dataclass(frozen=True)
class Both(Proof):
    """Two pieces of evidence, each enough by itself: a theorem for all sizes, and every entry of this instance."""

    first: Proof
    second: Proof

    @property
    def uses(self) -> tuple[Step, ...]:
        return self.first.uses + self.second.uses

    def fixes(self, lhs: Term, rhs: Term) -> tuple[Term, Term] | None:
        return self.first.fixes(lhs, rhs) or self.second.fixes(lhs, rhs)

    def requires(self, lhs: Term, rhs: Term) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.first.requires(lhs, rhs), *self.second.requires(lhs, rhs))))

    @property
    def kinds(self) -> tuple[Proof, ...]:
        return self.first.kinds + self.second.kinds

    @property
    def scope(self) -> Scope:  # type: ignore[override]
        return min((self.first.scope, self.second.scope), key=list(Scope).index)

    def check(self, lhs: Term, rhs: Term) -> None:
        self.first.check(lhs, rhs)
        self.second.check(lhs, rhs)
