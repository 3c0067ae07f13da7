"""Recompute: a page's equalities as code that finds them again through the public interface.

    recompute(document)     [(blocks of a section, its code), ...]; the text before the first heading is a section

What a page says of a network is read off its checked steps: the given numbers, the values, the gradients. A value is
asserted, a gradient in symbols displayed, each once. What a step of gradient descent makes is computed from the
gradients and is an input of the network that runs after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from render.document import Block, Box, Calculation, Claim, Details, Document, Evidence, Heading, Statement, Theorem
from render.source import Source, is_input, tensors
from symbolic.index import ints
from symbolic.steps import Derivation, Step
from symbolic.term import Const, Data, Entry, Grad, Leaf, Node, Tensor, Term, direct, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LISTED = ".tolist()"
UPDATE = "update"  # the operator of a tensor after a step of gradient descent
Fact = Step | Derivation


def recompute(document: Document) -> list[tuple[tuple[Block, ...], str]]:
    """The document cut into sections, each with its code ("" for none)."""
    page = _Recomputed(document)
    return [(blocks, page.code(blocks)) for blocks in sections(document)]


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


@dataclass
class _Recomputed:
    """The code of one document as it grows: which networks stand, which lines were written."""

    document: Document
    source: Source = field(default_factory=Source)
    networks: dict[Node, str] = field(default_factory=dict)  # loss -> the suffix of its variables, "" or "_2"
    values: dict[Term, str] = field(default_factory=dict)  # updated tensor or rate -> the variable of its number
    lines: list[str] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        facts = list(facts_of(self.document.blocks))
        self.losses = losses(facts)
        self.given = given(facts)

    def code(self, blocks: tuple[Block, ...]) -> str:
        """The code of a section."""
        self.lines = []
        for fact in facts_of(blocks):
            self.fact(fact.lhs, fact.rhs)
        for block in blocks:
            if isinstance(block, Evidence):
                self.compare(block.claims)
        used = {name for name in self.source.imports if name not in self.imported}
        fraction = "Fraction" not in self.imported and any("Fraction(" in line for line in self.lines)
        self.imported |= used | ({"Fraction"} if fraction else set())
        head = ["from fractions import Fraction"] * fraction
        head += [f"from symbolic import {', '.join(sorted(used))}"] * bool(used)
        return "\n".join([*head, *[""] * bool(head), *self.lines])

    def write(self, line: str) -> None:
        """A line, unless it stands already."""
        if line not in self.written:
            self.written.add(line)
            self.lines.append(line)

    # ------------------------------------------------------------------ facts

    def fact(self, lhs: Term, rhs: Term) -> None:
        """What the page says of a value or a gradient, found again."""
        if isinstance(rhs, Const | Data):
            expression = self.number(lhs)
            if expression:
                self.write(f"assert {expression} == {self.literal(rhs)}")
            return
        if isinstance(lhs, Entry):
            lhs = lhs.source
        if isinstance(lhs, Grad) and isinstance(lhs.of, Node) and isinstance(lhs.wrt, Tensor):
            self.symbols(lhs.of, lhs.wrt, rhs)

    def number(self, term: Term) -> str:
        """Python for a value or gradient at the given numbers; "" where they are not all given."""
        listed = LISTED if term.shape else ""
        match term:
            case Entry(source, index):
                inside = self.number(source).removesuffix(LISTED)
                return f"{inside}[{', '.join(map(str, index))}]" if inside else ""
            case Grad(of, wrt) if of in self.losses and isinstance(wrt, Leaf | Node) and wrt.name:
                suffix = self.evaluated(of)
                return "" if suffix is None else f'at{suffix}.grads["{wrt.name}"]{listed}'
            case Node() if is_input(term):
                name = self.updated(term)
                return f"{name}{listed}" if name else ""
            case Node() if term.name:
                loss = next((loss for loss in self.losses if term in tensors(loss)), None)
                suffix = None if loss is None else self.evaluated(loss)
                return "" if suffix is None else f'at{suffix}.values["{term.name}"]{listed}'
        return ""

    def symbols(self, of: Node, wrt: Tensor, rhs: Term) -> None:
        """A gradient in symbols, through the error terms that the page writes it in; a local gradient."""
        if of in self.losses and wrt in tensors(of):
            above = [part.wrt for part in direct(rhs) if isinstance(part, Grad) and part.of is of]
            if any(x not in tensors(of) for x in above):
                return  # the page goes on through a result that the public interface cannot make
            suffix = self.derived(of)
            names = list(dict.fromkeys(self.source.named(x) for x in above if isinstance(x, Node) and x is not wrt))
            tuple_of = names[0] if len(names) == 1 else f"({', '.join(names)})"
            through = f", through={tuple_of}" if names else ""
            self.write(f"display(d{suffix}.grad({self.source.named(wrt)}{through}))")
        elif (
            wrt in of.args
            and not is_input(of)
            and (loss := next((loss for loss in self.losses if of in tensors(loss)), None))
        ):
            suffix = self.derived(loss)
            self.write(f"display(d{suffix}.local({self.source.named(of)}, {self.source.named(wrt)}))")

    def compare(self, claims: tuple[Claim, ...]) -> None:
        """What the proofs of the closing box rest on, and the roads to every gradient compared once more."""
        for claim in claims:
            match claim.derivation.lhs:
                case Grad(of, wrt) if of in self.networks and wrt in tensors(of):
                    self.write(f"print(d{self.networks[of]}.proof({self.source.named(wrt)}).evidence)")
        for loss, suffix in list(self.networks.items()):
            after_a_step = any(isinstance(leaf, Node) for leaf in tensors(loss) if is_input(leaf))
            if not after_a_step and self.evaluated(loss) is not None:
                self.write(f"report{suffix} = d{suffix}.check(numbers{suffix})")
                self.write(f"print(report{suffix})")
                self.write(f"assert report{suffix}.ok")

    # ------------------------------------------------------------------ networks

    def derived(self, loss: Node) -> str:
        """Write a network and what derives it, once; the suffix of its variables."""
        if loss not in self.networks:
            suffix = self.networks[loss] = f"_{len(self.networks) + 1}" if self.networks else ""
            for line in self.source.derivation(loss, f"d{suffix}"):
                self.write(line)
        return self.networks[loss]

    def evaluated(self, loss: Node) -> str | None:
        """Write a network and its numbers, once; the suffix of its variables, None where a number is missing."""
        inputs = [leaf for leaf in tensors(loss) if is_input(leaf)]
        numbers = {leaf: self.updated(leaf) if isinstance(leaf, Node) else self.leaf(leaf) for leaf in inputs}
        if not all(numbers.values()):
            return None
        suffix = self.derived(loss)
        pairs = ", ".join(f'"{leaf.name}": {number}' for leaf, number in numbers.items())
        self.write(f"numbers{suffix} = {{{pairs}}}")
        self.write(f"at{suffix} = d{suffix}.evaluate(numbers{suffix})")
        return suffix

    def updated(self, node: Node) -> str:
        """Write the value after a step, `K_value = at.values["K"] - rate * at.grads["K"]`; its variable or ""."""
        if node in self.values:
            return self.values[node]
        if node.op != UPDATE:
            return ""
        tensor, rate = node.args
        slopes = [part for part in direct(node.body) if isinstance(part, Grad) and part.wrt == tensor]
        if len(slopes) != 1 or slopes[0].of not in self.losses or not self.leaf(rate):
            return ""
        suffix = self.evaluated(slopes[0].of)
        if suffix is None:
            return ""
        if rate not in self.values:
            self.values[rate] = self.source.free(rate.name)
            self.write(f"{self.values[rate]} = {self.leaf(rate)}")
        self.values[node] = self.source.free(f"{node.name}_value")
        step = f'{self.values[rate]} * at{suffix}.grads["{tensor.name}"]'
        self.write(f'{self.values[node]} = at{suffix}.values["{tensor.name}"] - {step}')
        return self.values[node]

    def leaf(self, leaf: Tensor) -> str:
        """The numbers given for an input, "" for none."""
        return self.literal(self.given[leaf]) if leaf in self.given else ""

    def literal(self, numbers: Term) -> str:
        """Given numbers as Python."""
        if isinstance(numbers, Const):
            return self.source.array((numbers.value,), ())
        if isinstance(numbers, Data):
            return self.source.array(numbers.values, ints(numbers.shape))
        raise TypeError(f"expected numbers; got {type(numbers).__name__}")


def losses(facts: Iterable[Fact]) -> tuple[Node, ...]:
    """The scalars at the top of the networks that a page speaks of, in order of appearance."""
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
