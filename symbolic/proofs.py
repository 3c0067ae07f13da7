"""The proof of one gradient of one network: from the definition to "this is a convolution".

dL/dX = sum over the relation of delta * F      the kernel differentiates (`Derive`)
      = delta window rot180 F                   the theorem for all sizes, and every entry compared here
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.equality import Both, Cite, Derivation, Derive, Expand, Proof, Rewrite, Rule, Step, kinks
from symbolic.errors import ProofError
from symbolic.term import Grad, Multi, Sum, Tensor, Term
from symbolic.theorems import citation
from symbolic.window import as_window

if TYPE_CHECKING:
    from symbolic.calculus import Sweep


def proof_of(sweep: Sweep, tensor: Tensor) -> Derivation:
    """The checked chain for dL/dtensor."""
    view = sweep.rules[tensor]
    first = Step(Grad(sweep.loss, tensor), view, Rule.DROP_OPERAND, Derive(), conditions(sweep, tensor))
    parts = view.terms if isinstance(view, Sum) else (view,)
    inner = [step for part in parts if (step := recognized(part)) is not None]
    if not inner:
        return Derivation((first,), tensor.name)
    if isinstance(view, Sum):
        from symbolic.substitution import replaced

        target = replaced(view, {step.lhs: step.rhs for step in inner})
        return Derivation((first, Step(view, target, Rule.WINDOW, Rewrite(tuple(inner)))), tensor.name)
    return Derivation((first, inner[0]), tensor.name)


def recognized(part: Term) -> Step | None:
    """The step from a view of a form to the window it is; None where there is nothing to recognize."""
    if not isinstance(part, Multi):
        return None
    window = as_window(part)
    if window is None or window == part:
        return None
    proof: Proof = Expand()
    theorem = cited(part, window)
    return Step(part, window, Rule.WINDOW, Both(theorem, proof) if theorem else proof)


def cited(part: Multi, window: Term) -> Cite | None:
    """The citation of the theorem for all sizes, if this very step is an instance of one."""
    theorem = citation(part)
    if theorem is None:
        return None
    try:
        theorem.check(part, window)
    except ProofError:
        return None
    return theorem


def conditions(sweep: Sweep, tensor: Tensor) -> tuple[str, ...]:
    """The kink conventions that the consumers of a tensor bring in."""
    readers = [node for node in sweep.nodes if tensor in node.args]
    return tuple(dict.fromkeys(kink for node in readers for kink in kinks(node.body)))
