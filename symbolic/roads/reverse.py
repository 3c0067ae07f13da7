"""Road 1: the reverse rules, one per kind of term, and the sweep that applies them.

    Multi  drop the operand (the form seen from that side)      Sum   pass on to every term
    Route  the transpose                                        Flip  flip back
    Map    times the local derivative                           a tensor used twice gets both terms (Leibniz)
    Winner constant away from ties

The sweep names every intermediate error term: `Grad(L, O)` stands for dL/dO in the rules of what O is made
from, so that a gradient is written in one line whatever the depth of the network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from symbolic.terms.build import multi, scaled
from symbolic.terms.layers import pointwise, reduction
from symbolic.terms.term import (
    AxisMap,
    Const,
    Data,
    Entry,
    Flip,
    Grad,
    Map,
    Multi,
    Node,
    Route,
    Shape,
    Stack,
    Sum,
    Tensor,
    Term,
    Winner,
    walk,
)


def derivative(term: Map) -> Term:
    """The local derivative f'(z), elementwise; powers come out as n z^(n-1)."""
    if term.function != "pow" or term.order:
        return replace(term, order=term.order + 1)
    exponent = Fraction(0) if term.param is None else term.param
    if exponent == 1:
        return Const(Fraction(1), term.shape)
    lower = term.source if exponent == 2 else replace(term, param=exponent - 1)
    return scaled(lower, exponent)


def pull(body: Term, cotangent: Term, into: dict[Tensor, list[Term]]) -> None:
    """Add to `into` what each tensor inside `body` receives when body receives `cotangent`."""
    match body:
        case Tensor():
            into.setdefault(body, []).append(cotangent)
        case Const() | Data():
            pass
        case Multi(form, operands):
            for k, operand in enumerate(operands):
                if not isinstance(operand, Const | Data | Winner):
                    others = (*operands[:k], cotangent, *operands[k + 1 :])
                    pull(operand, multi(Multi(form.wrt(k), others)), into)
        case Sum(terms, _):
            for term in terms:
                pull(term, cotangent, into)
        case Route():
            pull(body.source, body.back(cotangent), into)
        case Flip(source, axes):
            pull(source, Flip(cotangent, axes), into)
        case Map(_, source):
            product = Multi(pointwise([body.shape, body.shape], body.shape), (cotangent, derivative(body)))
            pull(source, multi(product), into)
        case AxisMap():
            pull(body.source, along_axis(body, cotangent), into)
        case Entry(source, index):
            place = _flat(index, source.shape)
            pull(source, Route(cotangent, source.shape, ((place, 0),)), into)
        case Stack(entries, _):
            for place, entry in enumerate(entries):
                pull(entry, Route(cotangent, (), ((0, place),)), into)
        case _:
            message = f"no reverse rule for {type(body).__name__}"
            raise TypeError(message)


def along_axis(term: AxisMap, cotangent: Term) -> Term:
    """softmax p: p * (g - sum of g p);  logsumexp: g * softmax."""
    softmax = AxisMap("softmax", term.source, term.axis)
    shape = term.source.shape
    if term.function == "logsumexp":
        return multi(Multi(pointwise([cotangent.shape, shape], shape), (cotangent, softmax)))
    weighted = multi(Multi(pointwise([shape, shape], shape), (cotangent, softmax)))
    total_form = reduction(shape, (term.axis,), Fraction(-1), keepdim=True)
    pulled = Multi(total_form, (weighted,))
    return Sum((weighted, Multi(pointwise([pulled.shape, shape], shape), (pulled, softmax))), shape)


def _flat(index: tuple[int, ...], shape: Shape) -> int:
    place = 0
    for i, n in zip(index, shape, strict=True):
        place = place * int(n) + i  # type: ignore[arg-type]
    return place


def total(terms: list[Term], shape: Shape) -> Term:
    """The sum of what a tensor receives; 0 where nothing reaches it."""
    if not terms:
        return Const(Fraction(0), shape)
    return terms[0] if len(terms) == 1 else Sum(tuple(terms), shape)


@dataclass(frozen=True)
class Sweep:
    """The network below one scalar and the rule for every gradient in it.

    nodes    operators in the order of evaluation, the loss last.     leaves   inputs in order of appearance.
    rules    tensor -> dL/dtensor, written in the named error terms `Grad(L, node)` of its consumers.
    """

    loss: Node
    nodes: tuple[Node, ...]
    leaves: tuple[Tensor, ...]
    rules: dict[Tensor, Term]


def sweep(loss: Node) -> Sweep:
    """Walk the network backwards once; every tensor sums what its consumers send."""
    order = list(walk(loss))
    nodes = tuple(term for term in order if isinstance(term, Node))
    leaves = tuple(dict.fromkeys(term for term in order if isinstance(term, Tensor) and not isinstance(term, Node)))
    received: dict[Tensor, list[Term]] = {loss: [Const(Fraction(1), loss.shape)]}
    for node in reversed(nodes):
        cotangent = received[node][0] if node is loss else Grad(loss, node)
        pull(node.body, cotangent, received)
    rules = {tensor: total(received.get(tensor, []), tensor.shape) for tensor in (*leaves, *nodes)}
    return Sweep(loss, nodes, leaves, rules)
