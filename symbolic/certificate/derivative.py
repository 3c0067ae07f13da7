"""What a note calls gradient is the derivative of its loss: stated on the network of the page, proved by the chain.

The network from the loss down to a layer, one lemma of derivative.v per node:

    (A - T)^2 summed   gradient_squared_loss       sum of all entries   gradient_of_total
    sum of D * O       gradient_of_pairing         pool, convolution    gradient_of_input, gradient_of_filter

The error terms are printed from the rules that the reverse sweep found; Coq compares them with the lemmas'.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.certificate.gallina import NotPrintedError
from symbolic.certificate.matrices import Array, View, array, called, view
from symbolic.terms.term import Flip, Grad, Leaf, Map, Multi, Node, Sum, Tensor, Term, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symbolic.kernel.step import Step
    from symbolic.network.derived import Derived


@dataclass(frozen=True)
class Curves:
    """How a network reads for numbers (`still` is empty) or for curves, one of whose inputs, `moving`, is c."""

    still: str = ""
    moving: Tensor | None = None

    def leaf(self, leaf: Leaf) -> str:
        """An input."""
        if leaf is self.moving:
            return "c"
        text = f"(tensor2 {called(leaf)})" if leaf.shape else f"(fun _ : unit => {called(leaf)})"
        return f"({self.still} {text})" if self.still else text

    def kernel(self, text: str) -> str:
        """A pool's constant kernel."""
        return f"({self.still} {text})" if self.still else text

    def of(self, term: Term) -> str:
        """A tensor as a function of its indices; a scalar is a function on unit."""
        if term is self.moving:
            return "c"
        if isinstance(term, Leaf):
            return self.leaf(term)
        if not isinstance(term, Node):
            raise NotPrintedError("a network of tensors")
        return self.body(term)

    def body(self, node: Node) -> str:
        """What a node abbreviates."""
        layer = _layer(node)
        if layer is None:
            summed = _summed(node)
            return f"(fun _ : unit => \\sum_j {self.of(summed)} j)"
        operands = node.body.operands  # type: ignore[attr-defined]
        texts = [self.of(operand) for operand in operands]
        if len(texts) == 1:
            texts.insert(0, self.kernel(layer.first.text))
        return f"(forward {layer.relation} {' '.join(texts)})"


def gradients(prefix: str, steps: Sequence[Step]) -> dict[str, str]:
    """Name -> theorem, for every operand of a layer of the page's network that is an input."""
    from symbolic.network.derived import derive

    found: dict[str, str] = {}
    losses = [
        part.of
        for step in steps
        for part in walk(step.lhs)
        if isinstance(part, Grad) and isinstance(part.of, Node) and not part.of.shape
    ]
    for loss in dict.fromkeys(losses):
        if not all(isinstance(n, int) for part in walk(loss) for n in part.shape):
            continue  # a theorem for all sizes
        derived = derive(loss)
        for node in derived.sweep.nodes:
            for operand in (0, 1):
                try:
                    name, text = _theorem(prefix, derived, node, operand)
                except NotPrintedError:
                    continue
                found[name] = text
    return found


def _layer(node: Node) -> View | None:
    """The layer that a node is, over letters; None where it is none."""
    try:
        return view(node.body, {arg: array(Leaf("x", arg.shape)) for arg in node.args})
    except NotPrintedError:
        return None


def _summed(node: Node) -> Tensor:
    """The tensor whose entries a node adds up."""
    body = node.body
    plain = isinstance(body, Multi) and not body.form.rows and not body.form.output and body.form.scale == 1
    if plain and isinstance(body, Multi) and len(body.operands) == 1 and isinstance(body.operands[0], Tensor):
        return body.operands[0]
    raise NotPrintedError("not a sum of all entries")


def _squared(node: Node) -> tuple[Tensor, Leaf] | None:
    """(A, T) of the sum of (A - T)^2."""
    body = node.body
    if not (isinstance(body, Multi) and not body.form.output and not body.form.rows and body.form.scale == 1):
        return None
    match body.operands:
        case (Map("pow", Sum((Tensor() as output, Multi(form, (Leaf() as target,)))), 0, Fraction(numerator=2)),):
            return (output, target) if form.scale == -1 else None
    return None


def _paired(node: Node) -> tuple[Tensor, Leaf] | None:
    """(O, D) of the sum of O * D."""
    body = node.body
    if isinstance(body, Multi) and not body.form.output and not body.form.rows and body.form.scale == 1:
        match body.operands:
            case (Node() as output, Leaf() as weights):
                return output, weights
    return None


def _loss(loss: Node, curves: Curves) -> str:
    """The loss as a polynomial along the curve."""
    if squared := _squared(loss):
        return f"squared_loss 1%:P {curves.of(squared[1])} {curves.of(squared[0])}"
    if paired := _paired(loss):
        return f"dot {curves.of(paired[0])} {curves.of(paired[1])}"
    raise NotPrintedError("a loss that is neither a squared error nor a pairing")


def _error(derived: Derived, tensor: Tensor) -> str:
    """The error term that arrives at a tensor, from the rule of the reverse sweep."""
    plain = Curves()
    rule = derived.gradient(tensor)
    match rule:
        case Leaf():
            return plain.leaf(rule)
        case Multi(form, (Sum((Tensor() as output, Multi(minus, (Leaf() as target,)))),)) if minus.scale == -1:
            return f"(fun j => {form.scale}%:R * ({plain.of(output)} j - {plain.of(target)} j))"
        case Multi(form, (Grad(of, wrt),)) if of is derived.loss and not form.rows and not wrt.shape:
            return f"(fun=> {_error(derived, wrt)} tt)"  # type: ignore[arg-type]
        case Multi(_, operands):
            return f"({_gradient(derived, rule, operands)})"
    raise NotPrintedError("an error term of another kind")


def _gradient(derived: Derived, rule: Multi, operands: tuple[Term, ...]) -> str:
    """A gradient that is a view of a layer, its error term written out."""
    known: dict[Term, Array] = {}
    for operand in operands:
        tensor = operand.source if isinstance(operand, Flip) else operand
        if isinstance(tensor, Grad):
            known[tensor] = Array(_error(derived, tensor.wrt), [])  # type: ignore[arg-type]
        elif isinstance(tensor, Tensor):
            known[tensor] = Array(Curves().of(tensor), [])
    return view(rule, known).text


def _chain(derived: Derived, tensor: Tensor) -> tuple[list[str], str]:
    """The facts about the nodes above a tensor, from the loss down, and the last one's name."""
    loss, plain = derived.loss, Curves()
    if (squared := _squared(loss)) and squared[0] is tensor:
        lemma = f"(@gradient_squared_loss R 1 _ {plain.of(squared[1])} {plain.of(tensor)})"
        return [f"have step0 := eq_gradient (fun=> erefl) (fun j => mul1r _) {lemma}."], "step0"
    if (paired := _paired(loss)) and paired[0] is tensor:
        return [f"have step0 := @gradient_of_pairing R _ {plain.of(paired[1])} {plain.of(tensor)}."], "step0"
    readers = [node for node in derived.sweep.nodes if tensor in node.args]
    if len(readers) != 1:
        raise NotPrintedError("a tensor that several nodes read")
    facts, last = _chain(derived, readers[0])
    lemma = "gradient_of_total" if _layer(readers[0]) is None else "gradient_of_input"
    name = f"step{len(facts)}"
    return [*facts, f"have {name} := {lemma} {last}."], name


def _theorem(prefix: str, derived: Derived, node: Node, operand: int) -> tuple[str, str]:
    """The derivative of the loss by one operand of a layer."""
    if _layer(node) is None or not isinstance(node.body, Multi) or len(node.body.operands) != 2:
        raise NotPrintedError("no layer with a kernel")
    wrt = node.body.operands[operand]
    if not isinstance(wrt, Leaf):
        raise NotPrintedError("not by an input")
    rule = derived.gradient(wrt)
    if not isinstance(rule, Multi):
        raise NotPrintedError("an input that several nodes read")
    facts, last = _chain(derived, node)
    curve = _loss(derived.loss, Curves("still", wrt))
    lemma = "gradient_of_filter" if operand == 0 else "gradient_of_input"
    matrices = sorted({called(leaf) for leaf in derived.inputs if leaf.shape})
    words = set(re.findall(r"\w+", curve))
    scalars = sorted({called(leaf) for leaf in derived.inputs if not leaf.shape} | ({"q"} & words))
    groups = f"({' '.join(matrices)} : nat -> nat -> R)" + f" ({' '.join(scalars)} : R)" * bool(scalars)
    name = f"{prefix}_derivative_{called(wrt)}"
    statement = (
        f"Theorem {name} (R : comRingType) {groups} :\n"
        f"  gradient (fun c => {curve})\n    {Curves().of(wrt)}\n    ({_gradient(derived, rule, rule.operands)})."
    )
    script = "\n".join([*facts, f"exact: ({lemma} {last})."])
    return name, f"{statement}\nProof.\n{script}\nQed.\n"
