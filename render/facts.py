"""Facts: what a page states, section by section, the numbers it gives, and the networks that it speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.document import Block, Box, Calculation, Details, Document, Evidence, Heading, Statement, Theorem
from render.source import Source, is_input, tensors
from symbolic.kernel.step import Derivation, Step
from symbolic.terms.term import Const, Data, Grad, Leaf, Node, Tensor, Term, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Fact = Step | Derivation


def sections(document: Document) -> list[tuple[Block, ...]]:
    """The blocks, cut before every heading of level 2."""
    parts: list[list[Block]] = [[]]
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 2:
            parts.append([])
        parts[-1].append(block)
    return [tuple(part) for part in parts if part]


def facts_of(blocks: Iterable[Block]) -> Iterator[Fact]:
    """What the blocks state, a chain as the derivation that it is; the claims of the closing box as well."""
    for block in blocks:
        match block:
            case Box() | Details():
                yield from facts_of(block.blocks)
            case Statement():
                yield from block.steps
            case Calculation():
                yield Derivation(block.steps)
            case Theorem():
                yield block.derivation
            case Evidence():
                yield from (claim.derivation for claim in block.claims)


def losses(facts: Iterable[Step | Derivation]) -> tuple[Node, ...]:
    """The scalars at the top of the networks that facts are about, in order of appearance."""
    found: dict[Node, None] = {}
    for fact in facts:
        for part in (part for side in (fact.lhs, fact.rhs) for part in walk(side)):
            top = part.of if isinstance(part, Grad) else part
            if isinstance(top, Node) and top.shape == () and not is_input(top) and top not in found and sized(top):
                found.setdefault(top)
    inner = {term for loss in found for term in tensors(loss) if term is not loss}
    return tuple(loss for loss in found if loss not in inner)


def sized(loss: Node) -> bool:
    """Whether every size is a number; the networks of theorems have letters for theirs."""
    return all(isinstance(size, int) for tensor in tensors(loss) for size in tensor.shape)


def aliases(found: Sequence[Node]) -> dict[Term, Term]:
    """For networks built alike, with the same names: each part of a later one, and its gradients -> those of the first.

    A network that runs on the results of another one is nobody's double: its numbers are its own.
    """
    first: dict[str, Node] = {}
    same: dict[Term, Term] = {}
    for loss in found:
        if any(isinstance(tensor, Node) and is_input(tensor) for tensor in tensors(loss)):
            continue
        known = first.setdefault("\n".join(Source().derivation(loss, "d")), loss)
        if known is loss:
            continue
        pairs = list(zip(tensors(loss), tensors(known), strict=True))
        same |= {one: other for one, other in pairs if one is not other}
        same |= {Grad(loss, one): Grad(known, other) for one, other in pairs}
        for one, other in pairs:
            if isinstance(one, Node) and isinstance(other, Node):
                args = zip(one.args, other.args, strict=True)
                same |= {Grad(one, arg): Grad(other, double) for arg, double in args}
    return same


def given(facts: Iterable[Fact]) -> dict[Tensor, Term]:
    """The numbers given for inputs: those that the page states, then those that its evidence uses."""
    numbers: dict[Tensor, Term] = {}
    seen: set[int] = set()
    waiting: list[Step] = [step for fact in facts for step in (fact.steps if isinstance(fact, Derivation) else (fact,))]
    while waiting:
        later: list[Step] = []
        for step in waiting:
            if id(step) in seen:
                continue
            seen.add(id(step))
            if isinstance(step.lhs, Leaf) and isinstance(step.rhs, Const | Data):
                numbers.setdefault(step.lhs, step.rhs)
            later += step.proof.uses
        waiting = later
    return numbers
