"""Kernel: what a layer hands back, by a theorem about the layer, whatever stands above it.

Where one node y alone reads X, dL/dX is the gradient of <delta, y(X)> by X with delta = dL/dy held fixed. A theorem
that begins with this gradient says what it is, for all sizes; nothing is expanded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.kernel.step import Derivation, Proof, Scope
from symbolic.terms.rewriting import instance, opened
from symbolic.terms.term import Grad, Leaf, Multi, Node, Tensor, Term, direct, walk

if TYPE_CHECKING:
    from symbolic.kernel.logic import Cite


@dataclass(frozen=True)
class HandedBack(Proof):
    """dL/dX is the instance of a link of the theorem, which is about the body of the one node that reads X."""

    cite: Cite
    general = False

    @property
    def cited(self) -> Derivation | None:
        return self.cite.theorem

    @property
    def scope(self) -> Scope:  # type: ignore[override]
        return self.cite.theorem.scope

    def requires(self, _lhs: Term, _rhs: Term) -> tuple[str, ...]:
        return self.cite.theorem.given

    def check(self, lhs: Term, rhs: Term) -> None:
        if not (isinstance(lhs, Grad) and isinstance(lhs.of, Node) and isinstance(lhs.wrt, Tensor)):
            raise ProofError("what is handed back is d(node)/d(tensor), on the left")
        reader = _only_reader(lhs.of, lhs.wrt)
        theorem = self.cite.theorem
        if not all(kind.general for step in theorem.steps for kind in step.proof.kinds):
            raise ProofError(f"'{theorem.name}' is about the values of its tensors: no theorem that can be cited")
        x, delta, result = _paired(theorem)
        sizes, operands = dict(self.cite.sizes), dict(self.cite.operands)
        if operands.get(x.name) != lhs.wrt or operands.get(delta.name) != Grad(lhs.of, reader):
            raise ProofError(
                f"{x.name} of the theorem must stand for the tensor, {delta.name} for the gradient above it"
            )
        for leaf in {part for part in walk(opened(result)) if isinstance(part, Leaf)} - {x}:
            if leaf.name in operands and lhs.wrt in walk(operands[leaf.name]):
                raise ProofError(f"{leaf.name} of the theorem does not depend on {x.name}, and here it does")
        if instance(result, sizes, operands) != reader.body:
            raise ProofError(f"'{theorem.name}' is about another layer than {reader.op}")
        links = [instance(step.rhs, sizes, operands) for step in theorem.steps]
        if rhs not in links:
            raise ProofError(f"the right side is not the instance of theorem '{theorem.name}' it claims to be")


def _only_reader(loss: Node, tensor: Tensor) -> Node:
    """The one node below the loss that reads a tensor."""
    readers = [node for node in walk(loss) if isinstance(node, Node) and tensor in node.args]
    if len(readers) != 1 or readers[0] is loss:
        raise ProofError(
            "a layer hands back the gradient where one node below the loss, and no other, reads the tensor"
        )
    if any(isinstance(part, Grad) for part in direct(readers[0].body)):
        raise ProofError("a node that is made from a gradient is not differentiated again")
    return readers[0]


def _paired(theorem: Derivation) -> tuple[Leaf, Leaf, Term]:
    """x, delta and y of a theorem that begins with the gradient of the sum of delta * y by x."""
    first = theorem.lhs
    if isinstance(first, Grad) and isinstance(first.of, Node) and isinstance(first.wrt, Leaf):
        body = first.of.body
        if isinstance(body, Multi) and len(body.operands) == 2 and isinstance(body.operands[0], Leaf):
            form, (delta, result) = body.form, body.operands
            one, other = form.operands
            letters = [x for axis in one for x in axis]
            plain = form.output == () and not form.rows and form.scale == 1 and form.divisor == 1
            if plain and one == other and sorted(letters) == sorted(x for x, _ in form.sizes) and delta != first.wrt:
                return first.wrt, delta, result  # type: ignore[return-value] # delta was seen to be a leaf
    raise ProofError(f"'{theorem.name}' does not begin with the gradient of a sum of delta times a layer")
