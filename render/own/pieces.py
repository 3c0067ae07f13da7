"""Batch normalizations told by their pieces: mean, variance, inverse root, and what is normalized, each with a name.

The layer stays one operator of the network; the names abbreviate parts of its formula and of the gradients.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.notes.steps import definition
from symbolic.kernel.logic import Definition, Derivation, Rule, Step
from symbolic.terms.normalization import Normalization, pieces_of
from symbolic.terms.rewriting import replaced
from symbolic.terms.term import Node, Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symbolic.terms.term import Term

NAMES = ("mu", "v", "r", "x_hat")  # of the pieces, and of the tensors that bear them but for the last


class Pieces:
    """The named pieces of every batch normalization of a network."""

    def __init__(self, nodes: Iterable[Node], tensors: Iterable[Tensor]) -> None:
        layers = [node for node in nodes if node.op == "batch_norm"]
        taken = {tensor.name for tensor in tensors}
        self.layers: dict[Node, Normalization] = {}
        self.parts: dict[Term, Term] = {}
        for node in layers:
            names = [_unused(name, node, taken, alone=len(layers) == 1) for name in (*NAMES[:3], _hat(node.args[0]))]
            taken.update(names)
            named = pieces_of(node, (*zip(NAMES, names, strict=True), ("y", node.name)))
            plain = pieces_of(node)
            self.layers[node] = named
            self.parts |= {getattr(plain, name): getattr(named, name) for name in NAMES}

    @property
    def nodes(self) -> list[Node]:
        """The named pieces of all layers."""
        return [piece for piece in dict.fromkeys(self.parts.values()) if isinstance(piece, Node)]

    def steps(self, node: Node) -> list[Step]:
        """What the names of one layer abbreviate, and the layer's result in terms of them."""
        named = self.layers[node]
        found = [piece for name in NAMES if isinstance(piece := getattr(named, name), Node)]
        said = replaced(node.body, self.parts)
        return [*(definition(piece) for piece in found), Step(node, said, Rule.DEFINITION, Definition())]

    def called(self, proof: Derivation) -> Derivation | None:
        """The proof with a last step that calls the pieces on its right side by their names; None where it has none."""
        said = replaced(proof.rhs, self.parts)
        if said == proof.rhs:
            return None
        return Derivation((*proof.steps, Step(proof.rhs, said, Rule.DEFINITION, Definition())), proof.name)


def _hat(x: Tensor) -> str:
    """O_hat for an input O, x_hat where its name is no single letter."""
    return f"{x.name if len(x.name) == 1 else 'x'}_hat"


def _unused(name: str, node: Node, taken: set[str], *, alone: bool) -> str:
    """mu, or mu_P for the layer with the result P where there are several; with a number where that is taken."""
    first = name if alone else f"{name}_{node.name}"
    return next(one for one in (first, *(f"{first}_{k}" for k in range(1, len(taken) + 2))) if one not in taken)
