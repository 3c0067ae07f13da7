"""Recompute: a page's equalities as code that finds them again through the public interface.

    recompute(document)     [(blocks of a section, its code), ...]; the text before the first heading is a section

What a page says of a network is read off its checked steps: the given numbers, the values, the gradients. A value is
asserted, a gradient in symbols displayed and compared with the sums on the page, each once; so is arithmetic. What a
step of gradient descent makes is computed from the gradients and is an input of the network that runs after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from render.document import Block, Claim, Document, Evidence
from render.facts import aliases, facts_of, given, losses, sections
from render.own.budget import tried
from render.source import PAIRING, Source, is_input, tensors
from render.spelling import Spelling, arithmetic
from symbolic.kernel.step import Derivation
from symbolic.network.derived import Derived
from symbolic.terms.names import delta_name
from symbolic.terms.rewriting import replaced
from symbolic.terms.size import ints
from symbolic.terms.term import Const, Data, Entry, Grad, Leaf, Node, Tensor, Term, direct

if TYPE_CHECKING:
    from collections.abc import Sequence

LISTED = ".tolist()"
SAME = '''def same(found, expected):
    """Whether expressions, or nested lists of them, agree when multiplied out."""
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    return expand(found - expected) == 0
'''
UPDATE = "update"  # the operator of a tensor after a step of gradient descent


def recompute(document: Document) -> list[tuple[tuple[Block, ...], str]]:
    """The document cut into sections, each with its code ("" for none)."""
    page = _Recomputed(document)
    return [(blocks, page.code(blocks)) for blocks in sections(document)]


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
    deltas: dict[str, str] = field(default_factory=dict)  # what makes an error term's symbols -> its variable

    def __post_init__(self) -> None:
        facts = list(facts_of(self.document.blocks))
        found = losses(facts)
        self.alias = aliases(found)
        self.losses = tuple(loss for loss in found if loss not in self.alias)
        self.given = given(facts)

    def code(self, blocks: tuple[Block, ...]) -> str:
        """The code of a section."""
        self.lines = []
        for fact in facts_of(blocks):
            for step in fact.steps if isinstance(fact, Derivation) else (fact,):
                if worked := arithmetic(self.source, step):
                    self.write(f"assert {worked}")
            self.fact(replaced(fact.lhs, self.alias), replaced(fact.rhs, self.alias))
        for block in blocks:
            if isinstance(block, Evidence):
                self.compare(block.claims)
        used = {name for name in self.source.imports if name not in self.imported}
        fraction = "Fraction" not in self.imported and any("Fraction(" in line for line in self.lines)
        self.imported |= used | ({"Fraction"} if fraction else set())
        helper = "same" not in self.imported and any("assert same(" in line for line in self.lines)
        self.imported |= {"same"} if helper else set()
        head = ["from fractions import Fraction"] * fraction
        head += [*[""] * fraction, "from sympy import expand", ""] * helper
        head += [f"from symbolic import {', '.join(sorted(used))}"] * bool(used)
        return "\n".join([*head, *[""] * bool(head), *[f"\n{SAME}\n"] * helper, *self.lines])

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
        index: tuple[int, ...] | None = None
        match lhs:
            case Entry(source, at):
                lhs, index = source, at
        if isinstance(lhs, Grad) and isinstance(lhs.of, Node) and isinstance(lhs.wrt, Tensor):
            self.symbols(lhs.of, lhs.wrt, rhs, index)
        elif isinstance(lhs, Node):
            self.output(lhs, rhs, index)

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
                if term is loss and term.op == PAIRING and suffix is not None:
                    return f"at{suffix}.value"  # it has a name on the page only
                return "" if suffix is None else f'at{suffix}.values["{term.name}"]{listed}'
        return ""

    def symbols(self, of: Node, wrt: Tensor, rhs: Term, index: tuple[int, ...] | None) -> None:
        """A gradient in symbols, through the error terms that the page writes it in; a local gradient."""
        if of in self.losses and wrt in tensors(of):
            parts = (part.wrt for part in direct(rhs) if isinstance(part, Grad) and part.of is of)
            above = [part for part in dict.fromkeys(parts) if isinstance(part, Node) and part is not wrt]
            if any(x not in tensors(of) for x in above):
                return  # the page goes on through a result that the public interface cannot make
            suffix = self.derived(of)
            names = [self.source.named(x) for x in above]
            tuple_of = names[0] if len(names) == 1 else f"({', '.join(names)})"
            through = f", through={tuple_of}" if names else ""
            found = f"d{suffix}.grad({self.source.named(wrt)}{through})"
            self.write(f"display({found})")
            if index is not None:
                found = f"d{suffix}.entry({self.source.named(wrt)}, {index}{through})"
            self.same(found, rhs, wrt if index is None else None, above)
        elif (
            wrt in of.args
            and not is_input(of)
            and (loss := next((loss for loss in self.losses if of in tensors(loss)), None))
        ):
            found = f"d{self.derived(loss)}.local({self.source.named(of)}, {self.source.named(wrt)})"
            self.write(f"display({found})")
            if index is not None:
                found = f"{found}[{', '.join(map(str, index))}]"
            self.same(found, rhs, Grad(of, wrt) if index is None else None)

    def output(self, node: Node, rhs: Term, index: tuple[int, ...] | None) -> None:
        """The output that a cotangent is paired with is what the loss becomes when differentiated by the cotangent."""
        loss = next((x for x in self.losses if x.op == PAIRING and x.args[0] is node and len(x.args) == 2), None)
        if loss is not None and not is_input(node):
            suffix, cotangent = self.derived(loss), self.source.named(loss.args[1])
            found = f"d{suffix}.grad({cotangent})" if index is None else f"d{suffix}.entry({cotangent}, {index})"
            self.same(found, rhs, node if index is None else None)

    def same(self, found: str, rhs: Term, array: Term | None, above: Sequence[Node] = ()) -> None:
        """Compare what was found with what the page says, where that can be spelled; `above` keep their error terms."""
        known: dict[Tensor, str] = {node: f"<{place}>" for place, node in enumerate(above)}
        several = len(above) > 1
        marks = {
            mark: f'tensor("{delta_name(node, several=several)}", {tuple(ints(node.shape))})'
            for node, mark in known.items()
        }
        expected = Spelling(self.source, known).nested(rhs) if rhs.shape == (array.shape if array else ()) else None
        if not expected:
            return
        for mark, made in marks.items():
            if mark in expected:
                expected = expected.replace(mark, self.error_term(made))
        taken = "" if array is None else ".tolist()" if array.shape else "[()]"
        self.write(f"assert same({found}{taken}, {expected})")

    def error_term(self, made: str) -> str:
        """The variable of a tensor with the symbols of an error term, which `through` leaves standing."""
        if made not in self.deltas:
            self.deltas[made] = self.source.free(made.split('"')[1])
            self.source.imports.add("tensor")
        self.write(f"{self.deltas[made]} = {made}")
        return self.deltas[made]

    def compare(self, claims: tuple[Claim, ...]) -> None:
        """What the proofs of the closing box rest on, and the roads to every gradient compared once more."""
        for claim in claims:
            match claim.derivation.lhs:
                case Grad(of, wrt) if of in self.networks and wrt in tensors(of):
                    self.write(f"print(d{self.networks[of]}.proof({self.source.named(wrt)}).evidence)")
        for loss, suffix in list(self.networks.items()):
            after_a_step = any(isinstance(leaf, Node) for leaf in tensors(loss) if is_input(leaf))
            if after_a_step or not tried(Derived(loss)):
                continue
            given = "" if self.evaluated(loss) is None else f"numbers{suffix}"  # without numbers at random ones
            self.write(f"report{suffix} = d{suffix}.check({given})")
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
            return self.source.array((numbers.value,) * numbers.size, ints(numbers.shape))
        if isinstance(numbers, Data):
            return self.source.array(numbers.values, ints(numbers.shape))
        raise TypeError(f"expected numbers; got {type(numbers).__name__}")
