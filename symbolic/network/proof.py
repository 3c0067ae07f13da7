"""The proof of one gradient of one network: from the definition to "this is a convolution".

dL/dX = sum over the relation of delta * F      the kernel differentiates (`Derive`)
      = delta window rot180 F                   the theorem for all sizes, and every entry compared here

What a batch normalization sends back is told in the same two lines: along all paths, and as its three terms.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.kernel.handed_back import HandedBack
from symbolic.kernel.logic import Both, Cite, Derivation, Derive, Expand, Proof, Rewrite, Rule, Step, kinks
from symbolic.roads.reverse import pull, total
from symbolic.search.windows import as_window
from symbolic.terms.normalization import pieces_of
from symbolic.terms.term import AxisMap, Const, Grad, Map, Multi, Sum, Tensor, Term, Winner, walk
from symbolic.theorems import citation
from symbolic.theorems.normalization import instance_of, root_slope

if TYPE_CHECKING:
    from symbolic.roads.reverse import Sweep
    from symbolic.terms.term import Node

FEW = 40  # entries of a normalized array up to which its gradient is also differentiated and compared entry by entry


def proof_of(sweep: Sweep, tensor: Tensor) -> Derivation:
    """The checked chain for dL/dtensor."""
    view, inner = received(sweep, tensor)
    first = _first(sweep, tensor, view)
    parts = view.terms if isinstance(view, Sum) else (view,)
    inner += [step for part in parts if (step := recognized(part)) is not None]
    if not inner:
        return Derivation((first,), tensor.name)
    if inner[0].lhs == view:
        return Derivation((first, inner[0]), tensor.name)
    from symbolic.terms.rewriting import replaced

    target = replaced(view, {step.lhs: step.rhs for step in inner})
    last = Rule.WINDOW if any(step.rule is Rule.WINDOW for step in inner) else Rule.COLLECT
    return Derivation((first, Step(view, target, last, Rewrite(tuple(inner)))), tensor.name)


def _first(sweep: Sweep, tensor: Tensor, view: Term) -> Step:
    """dL/dtensor = what it receives: differentiated here, or by the theorem about a large normalization."""
    left, why, given = Grad(sweep.loss, tensor), rule(sweep, tensor), conditions(sweep, tensor)
    readers = [node for node in sweep.nodes if tensor in node.args]
    if len(readers) == 1 and readers[0].op == "batch_norm" and readers[0].size > FEW:
        (node,) = readers
        pieces = pieces_of(node)
        of = "input" if tensor == pieces.x else "gamma" if tensor == pieces.gamma else "beta"
        try:
            return Step(left, view, why, HandedBack(instance_of(pieces, Grad(sweep.loss, node), of)), given)
        except ProofError:  # the input is the weight as well: no instance
            return Step(left, view, why, Derive(), given)
    return Step(left, view, why, Derive(), given)


def received(sweep: Sweep, tensor: Tensor) -> tuple[Term, list[Step]]:
    """What the tensor receives, as the sweep has it but for what comes from a normalization; and what that is."""
    readers = [node for node in reversed(sweep.nodes) if tensor in node.args]
    if not any(_normalizes(node, tensor) for node in readers):
        return sweep.rules[tensor], []
    terms: list[Term] = []
    steps: list[Step] = []
    for node in readers:
        cotangent = Grad(sweep.loss, node)
        if _normalizes(node, tensor):
            steps.append(three_terms(node, cotangent))
            terms.append(steps[-1].lhs)
        else:
            received: dict[Tensor, list[Term]] = {}
            pull(node.body, Const(Fraction(1)) if node is sweep.loss else cotangent, received)
            terms += received.get(tensor, [])
    return total(terms, tensor.shape), steps


def _normalizes(node: Node, tensor: Tensor) -> bool:
    """Whether the node is a batch normalization of this tensor, which is not its weight or bias as well."""
    return node.op == "batch_norm" and node.args[0] == tensor and tensor not in node.args[1:]


def three_terms(node: Node, delta: Term) -> Step:
    """What a batch normalization sends back, along all paths, as gamma r (delta - mean - x_hat mean)."""
    pieces = pieces_of(node)
    proof: Proof = instance_of(pieces, delta)
    if pieces.x.size <= FEW:
        proof = Both(proof, Expand((root_slope(pieces),)))
    return Step(pieces.paths(delta), pieces.three_terms(delta), Rule.COLLECT, proof)


def rule(sweep: Sweep, tensor: Tensor) -> Rule:
    """Why the first line holds: an operand dropped where all that read the tensor are linear in it."""
    readers = [node for node in sweep.nodes if tensor in node.args]
    if all(linear(node.body, tensor) for node in readers):
        return Rule.DROP_OPERAND
    return Rule.LOCAL if readers == [sweep.loss] else Rule.CHAIN


def linear(body: Term, tensor: Tensor) -> bool:
    """Whether a body is linear in a tensor, or does not depend on it, as far as its writing shows."""
    match body:
        case Multi(_, operands):
            inside = [operand for operand in operands if tensor in walk(operand) and not isinstance(operand, Winner)]
            return len(inside) <= 1 and all(linear(operand, tensor) for operand in inside)
        case Map() | AxisMap():
            return tensor not in walk(body)
        case Tensor() | Winner():
            return True
    return all(linear(part, tensor) for part in body.parts)


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
