"""Putting numbers and operands into a statement about all sizes; parts for their equals; names opened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.terms.size import Extent, substitute
from symbolic.terms.term import (
    AxisMap,
    Const,
    Data,
    Entry,
    Flip,
    Grad,
    Leaf,
    Map,
    Multi,
    Node,
    Route,
    Stack,
    Sum,
    Term,
    Winner,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def instance(term: Term, sizes: Mapping[str, Extent], operands: Mapping[str, Term]) -> Term:
    """The term with size letters replaced and each leaf replaced by the operand given under its name.

    A gradient is replaced as a whole, under the name d(of)/d(wrt), when that name is given. A node is what it
    abbreviates; an operand given under its name must be just that.
    """
    match term:
        case Leaf(name, shape):
            return _fitting(name, operands.get(name), _sized(shape, sizes))
        case Grad(of, wrt):
            key = f"d{getattr(of, 'name', '')}/d{getattr(wrt, 'name', '')}"
            return _fitting(key, operands.get(key), _sized(term.shape, sizes))
        case Node(name=name, body=body):
            return _meant(name, operands.get(name), instance(body, sizes, operands))
        case Multi(form, parts):
            return Multi(form.at(sizes), tuple(instance(part, sizes, operands) for part in parts))
        case Sum(terms, shape):
            return Sum(tuple(instance(part, sizes, operands) for part in terms), _sized(shape, sizes))
        case Stack(entries, shape):
            return Stack(tuple(instance(part, sizes, operands) for part in entries), _sized(shape, sizes))
        case Winner(source, form):
            return Winner(instance(source, sizes, operands), form.at(sizes))
        case Const(value, shape):
            return Const(value, _sized(shape, sizes))
        case Data(values, shape):
            return Data(values, _sized(shape, sizes))
        case Route(source, shape, pairs):
            return Route(instance(source, sizes, operands), _sized(shape, sizes), pairs)
        case Flip() | Map() | AxisMap() | Entry():
            return replace(term, source=instance(term.source, sizes, operands))
    raise ProofError(f"a theorem about {type(term).__name__} cannot be cited")


def _sized(shape: tuple[Extent, ...], sizes: Mapping[str, Extent]) -> tuple[Extent, ...]:
    return tuple(substitute(n, sizes) for n in shape)


def _fitting(name: str, operand: Term | None, shape: tuple[Extent, ...]) -> Term:
    if operand is None:
        raise ProofError(f"the instance does not say what stands for {name}")
    if operand.shape != shape:
        raise ProofError(f"{name} has shape {shape} in this instance; got an operand of shape {operand.shape}")
    return operand


def _meant(name: str, operand: Term | None, meaning: Term) -> Term:
    """What stands for a node's name: its meaning in this instance, or a node that abbreviates the same."""
    if operand is None or operand == meaning:
        return meaning
    if isinstance(operand, Node) and operand.body == meaning:
        return operand
    raise ProofError(f"{name} abbreviates something else in the theorem than what the instance puts for it")


def replaced(term: Term, parts: Mapping[Term, Term]) -> Term:
    """The term with every part that is a key exchanged for its value; tensors and gradients are not entered."""
    if term in parts:
        return parts[term]
    match term:
        case Multi(form, operands):
            return Multi(form, tuple(replaced(part, parts) for part in operands))
        case Sum(terms, shape):
            return Sum(tuple(replaced(part, parts) for part in terms), shape)
        case Stack(entries, shape):
            return Stack(tuple(replaced(part, parts) for part in entries), shape)
        case Flip() | Route() | Map() | AxisMap() | Entry() | Winner():
            return replace(term, source=replaced(term.source, parts))
    return term


def opened(term: Term, kept: frozenset[Term] = frozenset()) -> Term:
    """The term with every node replaced by what it abbreviates; those in `kept` stay names."""
    if isinstance(term, Node):
        return term if term in kept else opened(term.body, kept)
    match term:
        case Multi(form, operands):
            return Multi(form, tuple(opened(part, kept) for part in operands))
        case Sum(terms, shape):
            return Sum(tuple(opened(part, kept) for part in terms), shape)
        case Stack(entries, shape):
            return Stack(tuple(opened(part, kept) for part in entries), shape)
        case Flip() | Route() | Map() | AxisMap() | Entry() | Winner():
            return replace(term, source=opened(term.source, kept))
    return term
