"""Step and Derivation: equalities that exist only when they are checked, and chains of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.showing import Shown

if TYPE_CHECKING:
    from symbolic.terms.term import Term


class Scope(Enum):
    """For what an equality is shown, the weakest last; a screen has only been tried and is no proof."""

    ALL_SIZES = "all sizes"
    THESE_SIZES = "these sizes"
    SCREEN = "sample points"


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
    COUNT = "the last window fits, the next one would not"
    CITE = "by the theorem, with s = 1, k = 2"


class Proof:
    """A kind of evidence; `check` raises ProofError unless it shows lhs = rhs."""

    scope = Scope.THESE_SIZES
    general = True  # the tensors named may be any: what is shown can be cited for others

    def fixes(self, _lhs: Term, _rhs: Term) -> tuple[Term, Term] | None:
        """The tensor that a step with this evidence gives a value, and the value."""
        return None

    def check(self, lhs: Term, rhs: Term) -> None:
        """Raise unless the evidence shows lhs = rhs."""
        raise ProofError(f"{type(self).__name__} shows nothing about {lhs} and {rhs}")

    @property
    def uses(self) -> tuple[Step, ...]:
        """The steps that this evidence takes for granted, each checked before."""
        return ()

    def requires(self, _lhs: Term, _rhs: Term) -> tuple[str, ...]:
        """The conditions that a step with this evidence must state: at least those of the steps it uses."""
        return tuple(dict.fromkeys(condition for step in self.uses for condition in step.given))

    @property
    def kinds(self) -> tuple[Proof, ...]:
        """This evidence and all it rests on, in order."""
        return self, *(kind for step in self.uses for kind in step.proof.kinds)

    @property
    def cited(self) -> Derivation | None:
        """The theorem for all sizes that this evidence is an instance of."""
        return None


@dataclass(frozen=True)
class Step(Shown):
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
        missing = [condition for condition in self.proof.requires(self.lhs, self.rhs) if condition not in self.given]
        if missing:
            raise ProofError(f"the step holds only under the condition '{missing[0]}', which it does not state")
        refuse_two_meanings((*self.proof.uses, self))

    def __reduce__(self) -> tuple[type[Step], tuple[Term, Term, Rule, Proof, tuple[str, ...]]]:
        return Step, (self.lhs, self.rhs, self.rule, self.proof, self.given)

    def __copy__(self) -> Step:
        return Step(self.lhs, self.rhs, self.rule, self.proof, self.given)

    def __deepcopy__(self, _memo: object) -> Step:
        return self.__copy__()


@dataclass(frozen=True)
class Derivation(Shown):
    """A chain of steps, each beginning where the one before ended: it proves steps[0].lhs = steps[-1].rhs."""

    steps: tuple[Step, ...]
    name: str = ""

    def __post_init__(self) -> None:
        if not self.steps:
            raise ProofError("a derivation needs at least one step")
        for k, (one, two) in enumerate(zip(self.steps, self.steps[1:], strict=False), 1):
            if one.rhs != two.lhs:
                raise ProofError(f"step {k + 1} does not begin where step {k} ended")
        refuse_two_meanings(self.steps)

    def __reduce__(self) -> tuple[type[Derivation], tuple[tuple[Step, ...], str]]:
        return Derivation, (self.steps, self.name)

    def __copy__(self) -> Derivation:
        return Derivation(self.steps, self.name)

    def __deepcopy__(self, _memo: object) -> Derivation:
        return self.__copy__()

    def __str__(self) -> str:
        """One line per step: its rule and how it is shown. The formulas are printed by `gradproof` and by notebooks."""
        head = f"{self.name or 'derivation'}: {len(self.steps)} steps, shown for {self.scope.value}"
        lines = []
        for number, step in enumerate(self.steps, 1):
            shown = ", ".join(type(kind).__name__ for kind in step.proof.kinds)
            lines.append(f"  {number}. {step.rule.name.lower().replace('_', ' ')}: {shown}")
        if self.theorems:
            lines.append("  theorems for all sizes: " + ", ".join(theorem.name for theorem in self.theorems))
        if self.given:
            lines.append("  under: " + "; ".join(self.given))
        return "\n".join([head, *lines])

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
        return weakest(self.steps)

    @property
    def evidence(self) -> tuple[str, ...]:
        """The kinds of evidence used, each once, in order."""
        return tuple(dict.fromkeys(type(kind).__name__ for step in self.steps for kind in step.proof.kinds))

    @property
    def theorems(self) -> tuple[Derivation, ...]:
        """The theorems for all sizes that the steps cite."""
        cited = (kind.cited for step in self.steps for kind in step.proof.kinds)
        return tuple(dict.fromkeys(theorem for theorem in cited if theorem is not None))


def refuse_two_meanings(steps: tuple[Step, ...]) -> None:
    """Raise where one tensor is given two values by the steps or by anything that they rest on."""
    values: dict[Term, Term] = {}
    seen: set[int] = set()
    stack = list(steps)
    while stack:
        step = stack.pop()
        if id(step) in seen:
            continue
        seen.add(id(step))
        fixed = step.proof.fixes(step.lhs, step.rhs)
        if fixed is not None and values.setdefault(*fixed) != fixed[1]:
            raise ProofError(f"{getattr(fixed[0], 'name', 'a tensor')} is given two different values")
        stack.extend(step.proof.uses)


def weakest(steps: tuple[Step, ...]) -> Scope:
    """The scope that all the steps share."""
    order = list(Scope)
    return max((step.proof.scope for step in steps), key=order.index, default=Scope.ALL_SIZES)
