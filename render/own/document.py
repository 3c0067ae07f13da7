"""The note on a network of the reader's own: forward, backward node by node, numbers, what was checked.

    document(network(text, shapes), text, values={...}, wrt=("F",))  ->  Document "derive"

What would be too long is told by one entry or by its formula, and the note says so. Nothing is printed that is
no checked step: a step that cannot be shown raises, and then there is no note.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from render.document import (
    Abbreviation,
    Block,
    Bullets,
    Calculation,
    Claim,
    Code,
    Document,
    Evidence,
    Figure,
    Heading,
    Prose,
    Statement,
    Table,
    Theorem,
    Words,
    phrase,
    prose,
)
from render.figure import network_graph
from render.notes.stepping import stepper
from render.notes.steps import definition
from render.own.budget import Budget, readable, refuse_huge, worth_writing
from render.own.naming import LOSS, named, unused
from render.own.numbers import Numbered
from render.own.pieces import Pieces
from render.own.telling import collected, error, fits, order, readers, written_once, written_whole
from render.own.unfolding import per_entry
from render.stepper_layer import playable
from render.words import words
from symbolic import derive, tensor
from symbolic.kernel.logic import Derivation, Step
from symbolic.terms.term import Leaf, Node, Winner, direct, walk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symbolic.network.derived import Derived
    from symbolic.terms.term import Tensor

NAME = "derive"  # of the document and of its words
DRAWN = 24  # tensors in a graph that a page can hold


class Network:
    """A network with a name for every array, and the cotangent where its result is no single number."""

    def __init__(self, result: Node, wrt: Sequence[str] = ()) -> None:
        self.result = named(result)
        tensors = [term for term in walk(self.result) if isinstance(term, Leaf | Node)]
        self.cotangent: Leaf | None = None
        if self.result.shape:
            self.cotangent = tensor(unused("DGS", tensors), tuple(int(n) for n in self.result.shape))  # type: ignore[arg-type]
        self.derived: Derived = derive(self.result, gradient=self.cotangent)
        if (
            self.cotangent is not None
        ):  # the sum of the products of result and cotangent is the loss, and bears its name
            name = unused(LOSS, [*tensors, self.cotangent])
            self.derived = derive(replace(self.derived.loss, name=name))
        self.factors = refuse_huge(self.derived)
        inputs = [leaf for leaf in self.derived.inputs if leaf is not self.cotangent]
        self.wrt: list[Tensor] = [self.derived.tensor(name) for name in dict.fromkeys(wrt)] or [*inputs]

    @property
    def nodes(self) -> list[Node]:
        """The results, from the front; the pairing with a cotangent is not one of them."""
        return [node for node in self.derived.sweep.nodes if self.cotangent is None or node is not self.derived.loss]


def document(network: Network, text: str, values: Mapping[str, Any] | None = None) -> Document:
    """The note on a network; `text` is what the reader typed."""
    telling = Telling(network)
    numbers = Numbered(network.derived, network.wrt, values)
    blocks = (
        Prose("intro"),
        Code(text.strip()),
        *telling.setting(),
        *telling.forward(),
        *telling.backward(),
        *_played(network, numbers),
        *telling.theorems(),
        *numbers.blocks(),
    )
    return Document(NAME, "title", (*blocks, Evidence((*telling.claims, *numbers.claims), numbers.screens)))


def _played(network: Network, numbers: Numbered) -> list[Block]:
    """The linear layers and max-pools to step through, where there are any."""
    layers = [node for node in network.nodes if playable(node)]
    values = numbers.result.values if numbers.result else None
    return [stepper(network.derived, *layers, numbers=values)] if layers else []


class Telling:
    """The blocks of one network; `claims` collects what the closing box lists."""

    def __init__(self, network: Network) -> None:
        self.network, self.derived = network, network.derived
        self.budget = Budget()
        self.pieces = Pieces(network.nodes, network.derived.sweep.rules)
        self.claims: list[Claim] = []
        self.cited: list[Derivation] = []

    # ------------------------------------------------------------------ what is given

    def setting(self) -> list[Block]:
        """The tensors, what each result abbreviates, the graph, and what the page leaves out."""
        network = self.network
        rows = (
            *((leaf, _shape(leaf), phrase("setting.given")) for leaf in self.derived.inputs),
            *((node, _shape(node), phrase("setting.made", operator=node.op)) for node in network.nodes),
        )
        blocks: list[Block] = [
            Heading("setting.title"),
            Prose("setting.text"),
            Table(("setting.tensor", "setting.shape", "setting.what"), rows),
        ]
        steps = [step for node in network.nodes for step in self.defined(node)]
        shown = tuple(step for step in steps if fits(step.rhs))
        blocks += [Prose("setting.definitions"), Statement(shown)] if shown else []
        blocks += [prose("setting.wide", node=step.lhs) for step in steps if not fits(step.rhs)]
        for node, layer in self.pieces.layers.items():
            blocks.append(prose("setting.pieces", node=node, mean=layer.mu, variance=layer.v, root=layer.r))
        if network.cotangent is not None:
            blocks.append(prose("setting.cotangent", result=network.result, cotangent=network.cotangent))
            blocks.append(Statement((definition(self.derived.loss),)))
        if len(self.derived.inputs) + len(network.nodes) <= DRAWN:
            targets = {leaf.name: None for leaf in self.derived.inputs if leaf not in network.wrt}
            graph = network_graph(network.result, gradients=targets, loss=self.derived.loss.name)
            blocks.append(Figure(graph, "graph", "setting.caption", "setting.alt"))
        else:
            blocks.append(Prose("setting.no_graph"))
        if network.factors > self.budget.left:
            blocks.append(prose("setting.budget", factors=network.factors))
        return blocks

    def defined(self, node: Node) -> list[Step]:
        """What a result abbreviates, piece by piece where it has pieces."""
        return self.pieces.steps(node) if node in self.pieces.layers else [definition(node)]

    # ------------------------------------------------------------------ forward

    def forward(self) -> list[Block]:
        """Every result whose entries say more than its formula."""
        blocks: list[Block] = [Heading("forward.title"), Prose("forward.text")]
        plain = []
        for node in self.network.nodes:
            for step in self.defined(node)[:-1]:
                if worth_writing(step.rhs):
                    blocks += self.entries(step, "forward")
            if node in self.pieces.layers:
                continue
            if any(isinstance(part, Winner) for part in direct(node.body)):
                blocks.append(prose("forward.winner", node=node, source=node.args[0]))
            elif not fits(node.body):
                continue
            elif worth_writing(node.body):
                blocks += self.entries(definition(node), "forward")
            else:
                plain.append(node)
        if plain:
            blocks.append(Prose("forward.plain"))
            blocks.append(Bullets(tuple(phrase("forward.item", node=node, operator=node.op) for node in plain)))
        return blocks

    def entries(self, step: Step, section: str) -> list[Block]:
        """The right side of a step written out: whole, one entry of it, or one sentence that says why not."""
        term, what = step.rhs, step.lhs
        if readable(term) and self.budget.whole(term):
            shown = written_whole(step)
            lead = prose(f"{section}.whole", array=what)
        elif readable(term) and self.budget.one(term):
            shown = written_once(step)
            lead = prose(f"{section}.one", array=what, count=what.size)
        elif readable(term):
            return [prose("long", array=what, count=per_entry(term))]
        else:
            return [prose("knotted", array=what)]
        if section == "forward":
            self.claims.append(Claim("claim.forward", Derivation((shown,)), {"array": what}))
        return [lead, Statement((shown,), layout="entries" if shown.lhs.shape else "auto")]

    # ------------------------------------------------------------------ backward

    def backward(self) -> list[Block]:
        """The reverse sweep: the error term of every result, then the gradients asked for."""
        nodes, leaves = order(self.derived, self.network.wrt)
        blocks: list[Block] = [Heading("backward.title"), Prose("backward.text")]
        for node in nodes:
            readers_of = ", ".join(_title(reader) for reader in readers(self.derived, node))
            blocks += [Heading("backward.node", 3, {"tensor": node}), prose("backward.read", readers=readers_of)]
            blocks += [Abbreviation(error(self.derived, node)), *self.gradient(node)]
        for leaf in leaves:
            readers_of = ", ".join(_title(reader) for reader in readers(self.derived, leaf))
            blocks += [Heading("backward.leaf", 3, {"tensor": leaf}), prose("backward.read", readers=readers_of)]
            blocks += self.gradient(leaf)
        return blocks

    def gradient(self, tensor: Tensor) -> list[Block]:
        """dL/d(tensor): the chain to the window it is, its conditions and theorems, its entries."""
        proof = self.derived.proof(tensor)
        blocks: list[Block] = []
        first, told = proof.steps[0], self.pieces.called(proof)
        simpler = collected(proof.steps[-1]) if told is None and fits(proof.rhs) else None
        if simpler is not None:
            proof = Derivation((*proof.steps, simpler), proof.name)
        if told is not None and fits(told.rhs):
            blocks += self.ways(proof, told)
        elif all(fits(step.rhs) for step in proof.steps):
            blocks.append(Calculation(proof.steps))
        elif fits(proof.rhs):
            blocks += [Prose("backward.short"), Statement((proof,))]
        else:
            blocks.append(prose("backward.wide", array=proof.lhs))
        if proof.given:
            given = tuple(Words(f"given.{condition}") for condition in proof.given)
            blocks += [Prose("backward.given"), Bullets(given)]
        for theorem in proof.theorems:
            blocks.append(prose("backward.theorem", theorem=Words(_theorem_title(theorem))))
            if theorem not in self.cited:
                self.cited.append(theorem)
        self.claims.append(Claim("claim.gradient", proof, {"array": proof.lhs}))
        if told is not None:
            self.claims.append(Claim("claim.named", told, {"array": proof.lhs}))
        elif worth_writing(first.rhs) and fits(proof.rhs):
            blocks += self.entries(first, "backward")
        return blocks

    def ways(self, proof: Derivation, told: Derivation) -> list[Block]:
        """What passes through a batch normalization, by the names of its pieces: along every way back, collected."""
        if len(proof.steps) == 1:
            return [Prose("backward.named"), Statement((told,))]
        paths = self.pieces.called(Derivation(proof.steps[:1]))
        if paths is None or not fits(paths.rhs):
            return [Prose("backward.collected"), Statement((told,))]
        return [Prose("backward.paths"), Statement((paths,)), Prose("backward.pieces"), Statement((told,))]

    def theorems(self) -> list[Block]:
        """The theorems for all sizes that the gradients are instances of."""
        if not self.cited:
            return []
        blocks: list[Block] = [Heading("theorems.title"), Prose("theorems.text")]
        for theorem in self.cited:
            blocks.append(Theorem(theorem, _theorem_title(theorem)))
            self.claims.append(Claim("claim.theorem", theorem, {"theorem": Words(_theorem_title(theorem))}))
        return blocks


def _shape(x: Tensor) -> str:
    return " × ".join(map(str, x.shape)) or "1"


def _title(node: Node) -> str:
    """`conv2d`, or `sum` for what pairs a result with its cotangent."""
    return "sum" if node.op == "vjp" else node.op


def _theorem_title(theorem: Derivation) -> str:
    key = f"theorem.{theorem.name.partition('/')[0]}.title"
    return key if key in words("en").phrases else "theorems.other"
