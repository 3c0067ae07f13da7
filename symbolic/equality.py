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
from enum import Enum
from fractions import Fraction

import numpy as np

from symbolic.errors import ProofError
from symbolic.expand import Expansion, atom_entry
from symbolic.index import Extent
from symbolic.table import Table, added, joined
from symbolic.term import Const, Data, Grad, Leaf, Node, Tensor, Term, walk


class Scope(Enum):
    """For which sizes an equality holds."""

    ALL_SIZES = "all sizes"
    THESE_SIZES = "these sizes"


class Rule(Enum):
    """Why a line follows from the one before; an example beside each name, the phrase in the words files."""

    DEFINITION = "O = X * F, the name and what it stands for"
    ERROR_TERM = "delta = dL/dO, as the layer above sends it"
    CHAIN = "dL/dF_11 = sum over i of dL/dO_i * dO_i/dF_11"
    LOCAL = "dO_11/dF_12 = X_12"
    DROP_OPERAND = "dL/dX_a = sum over s*i + d*u - e*a = p of delta_i * F_u"
    EXPAND = "X_11*F_11 + ... written out, entry by entry"
    COLLECT = "the four sums are the entries of one matrix"
    WINDOW = "a sum over products of neighbours is a window sliding over an array"
    FLIPS = "rot180 F = F flipped upside down, then left to right"
    GIVEN = "X = [[1, 2], [3, 4]], the values chosen"
    NUMBERS = "36 = 1*3 + 2*2 + 4*1 + 5*5"
    UPDATE = "F - lr * dL/dF"
    REINDEX = "u = k - 1 - u', the kernel read backwards"
    CITE = "by the theorem, with s = 1, k = 2"


class Proof:
    """A kind of evidence; `check` raises ProofError unless it shows lhs = rhs."""

    scope = Scope.THESE_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        """Raise unless the evidence shows lhs = rhs."""
        raise ProofError(f"{type(self).__name__} shows nothing")


@dataclass(frozen=True)
class Step:
    """One equality with its reason. It exists, so it is checked; copying or unpickling checks again.

    given: conditions in words under which it holds (a kink avoided, a winner pattern), keys of the words files.
    """

    lhs: Term
    rhs: Term
    rule: Rule
    proof: Proof
    given: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.lhs.shape != self.rhs.shape:
            raise ProofError(f"the sides have shapes {self.lhs.shape} and {self.rhs.shape}")
        self.proof.check(self.lhs, self.rhs)

    def __reduce__(self) -> tuple[type[Step], tuple[Term, Term, Rule, Proof, tuple[str, ...]]]:
        return Step, (self.lhs, self.rhs, self.rule, self.proof, self.given)

    def __copy__(self) -> Step:
        return Step(self.lhs, self.rhs, self.rule, self.proof, self.given)

    def __deepcopy__(self, _memo: object) -> Step:
        return self.__copy__()


@dataclass(frozen=True)
class Derivation:
    """A chain of steps, each beginning where the one before ended: it proves steps[0].lhs = steps[-1].rhs."""

    steps: tuple[Step, ...]
    name: str = ""

    def __post_init__(self) -> None:
        if not self.steps:
            raise ProofError("a derivation needs at least one step")
        for k, (one, two) in enumerate(zip(self.steps, self.steps[1:], strict=False), 1):
            if one.rhs != two.lhs:
                raise ProofError(f"step {k + 1} does not begin where step {k} ended")

    @property
    def lhs(self) -> Term:
        """The left side of what is proved."""
        return self.steps[0].lhs

    @property
    def rhs(self) -> Term:
        """The right side of what is proved."""
        return self.steps[-1].rhs

    @property
    def given(self) -> tuple[str, ...]:
        """Every condition any step holds under, each once."""
        return tuple(dict.fromkeys(condition for step in self.steps for condition in step.given))

    @property
    def scope(self) -> Scope:
        """The weakest scope of any step."""
        return _weakest(self.steps)

    @property
    def evidence(self) -> tuple[str, ...]:
        """The kinds of evidence used, each once, in order."""
        used = (type(proof).__name__ for step in self.steps for proof in proofs_of(step.proof))
        return tuple(dict.fromkeys(used))

    @property
    def theorems(self) -> tuple[Derivation, ...]:
        """The theorems for all sizes that the steps cite."""
        parts = (proof for step in self.steps for proof in proofs_of(step.proof))
        return tuple(dict.fromkeys(proof.theorem for proof in parts if isinstance(proof, Cite)))


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
        if not isinstance(step.lhs, Tensor | Grad):
            raise ProofError("only a step about a tensor or a gradient can be used as a fact")
        if facts.setdefault(step.lhs, step.rhs) != step.rhs:
            raise ProofError("two facts give one name two meanings")
    return facts


@dataclass(frozen=True)
class Expand(Proof):
    """Both sides expand to the same polynomials over the rationals, given the facts of steps already checked."""

    using: tuple[Step, ...] = ()

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
    def scope(self) -> Scope:  # type: ignore[override]
        return self.theorem.scope

    def check(self, lhs: Term, rhs: Term) -> None:
        from symbolic.substitution import instance

        sizes, operands = dict(self.sizes), dict(self.operands)
        points = [self.theorem.lhs, *(step.rhs for step in self.theorem.steps)]
        links = [instance(point, sizes, operands) for point in points if not isinstance(point, Grad)]
        for side, given in (("left", lhs), ("right", rhs)):
            if given not in links:
                raise ProofError(f"the {side} side is not the instance of theorem '{self.theorem.name}' it claims to be")


@dataclass(frozen=True)
class Rewrite(Proof):
    """Parts replaced by their equals: the left side with each step's left side exchanged for its right side."""

    steps: tuple[Step, ...]

    @property
    def scope(self) -> Scope:  # type: ignore[override]
        return _weakest(self.steps)

    def check(self, lhs: Term, rhs: Term) -> None:
        from symbolic.substitution import replaced

        if replaced(lhs, {step.lhs: step.rhs for step in self.steps}) != rhs:
            raise ProofError("the right side is not the left side with the parts of the given steps replaced")


@dataclass(frozen=True)
class Both(Proof):
    """Two pieces of evidence, each enough by itself: a theorem for all sizes, and every entry of this instance."""

    first: Proof
    second: Proof

    @property
    def scope(self) -> Scope:  # type: ignore[override]
        return Scope.ALL_SIZES if Scope.ALL_SIZES in (self.first.scope, self.second.scope) else Scope.THESE_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        self.first.check(lhs, rhs)
        self.second.check(lhs, rhs)


def _weakest(steps: tuple[Step, ...]) -> Scope:
    weak = any(step.proof.scope is Scope.THESE_SIZES for step in steps)
    return Scope.THESE_SIZES if weak else Scope.ALL_SIZES


def proofs_of(proof: Proof) -> tuple[Proof, ...]:
    """A piece of evidence and everything it rests on, in order."""
    inner: tuple[Proof, ...] = ()
    if isinstance(proof, Both):
        inner = (proof.first, proof.second)
    elif isinstance(proof, Rewrite):
        inner = tuple(step.proof for step in proof.steps)
    elif isinstance(proof, Expand):
        inner = tuple(step.proof for step in proof.using)
    own = () if isinstance(proof, Both | Rewrite) else (proof,)
    return own + tuple(part for each in inner for part in proofs_of(each))


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


