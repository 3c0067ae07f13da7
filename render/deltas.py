"""Deltas: whose error terms a page prints as delta, and whether one letter is enough for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.document import Box, Details, Theorem
from symbolic.terms.term import Grad, Node, Term, walk

if TYPE_CHECKING:
    from render.document import Block


def error_terms(blocks: tuple[Block, ...]) -> set[Term]:
    """The nodes whose error terms dL/d(node) a page may print as delta."""
    found: set[Term] = set()
    for block in blocks:
        if isinstance(block, Box | Details):
            found |= error_terms(block.blocks)
        steps = getattr(block, "steps", ()) if getattr(block, "gradient", "") != "partial" else ()
        if isinstance(block, Theorem):
            steps = (block.derivation, *block.more)
        for step in steps:
            for side in (step.lhs, step.rhs):
                found |= {
                    part.wrt
                    for part in walk(side)
                    if isinstance(part, Grad) and not part.of.shape and isinstance(part.wrt, Node)
                }
    return found


def several_error_terms(blocks: tuple[Block, ...]) -> bool:
    """Whether delta alone would not say whose error term it is; layers of one name are told apart by place."""
    found = error_terms(blocks)
    return len({getattr(node, "name", "") or node for node in found}) > 1
