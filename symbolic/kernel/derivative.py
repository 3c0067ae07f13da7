"""Kernel: the calculus step at an instance. The kernel differentiates what the printed term says, by itself."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from symbolic.errors import ProofError
from symbolic.kernel.comparison import refuse_difference
from symbolic.kernel.expansion import Expansion
from symbolic.kernel.polynomials import Table, added, canonical, joined
from symbolic.kernel.step import Proof
from symbolic.terms import functions as local
from symbolic.terms.term import Const, Grad, Map, Node, Tensor, Term, Winner, direct, walk

WINNERS = "winner-pattern"  # the largest entry of every window stays where it is


@dataclass(frozen=True)
class Derive(Proof):
    """The kernel differentiates what the left side's `of` says.

    dO/dX  with O a node made from X directly: the formal derivative of every entry of O's body.
    dL/dX  the sum over all nodes C below L that read X of dL/dC times dC/dX, dL/dC staying a name; where
           `chain` is set dC/dX stays a name as well, which is the chain rule as textbooks print it.
    """

    chain: bool = False
    general = False

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
        nodes = [node for node in walk(of) if isinstance(node, Node)]
        if any(isinstance(part, Grad) for node in nodes for part in direct(node.body)):
            raise ProofError("a node that is made from a gradient is not differentiated again")
        if wrt is of:
            return expansion.table(Const(Fraction(1), of.shape)) if of.shape == () else _identity(of.size)
        readers = [node for node in nodes if wrt in node.args]
        if of.shape != ():
            if readers != [of]:
                raise ProofError("a local derivative is asked of a node that reads the tensor by other ways too")
            return expansion.derivative(expansion.table(of.body), wrt)
        pieces = []
        for node in readers:
            incoming: Term = Const(Fraction(1), ()) if node is of else Grad(of, node)
            if self.chain and node is not of:
                if any(wrt in walk(argument) for argument in node.args if argument != wrt):
                    raise ProofError("dC/dX cannot stay a name where C depends on X by other ways too")
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


def _identity(size: int) -> Table:
    """dX/dX: 1 where the two indices agree."""
    diagonal = np.arange(size, dtype=np.int64) * (size + 1)
    return canonical(size * size, diagonal, np.zeros((size, 0), dtype=np.int64), np.ones(size, dtype=np.int64))


def _product(cotangent: Table, jacobian: Table, columns: int) -> Table:
    """The vector-Jacobian product: sum over y of cotangent[y] * jacobian[y, a]."""
    used = np.unique(jacobian.entries)
    y, a = np.divmod(used, columns)
    return joined(columns, a, [cotangent, jacobian], [y, used], Fraction(1))
