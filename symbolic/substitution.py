"""Putting numbers and operands into a statement about all sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.index import Extent, substitute
from symbolic.term import Entry, Flip, Grad, Leaf, Map, Multi, Node, Route, Stack, Sum, Term

if TYPE_CHECKING:
    from collections.abc import Mapping


def instance(term: Term, sizes: Mapping[str, Extent], operands: Mapping[str, Term]) -> Term:
    """The term with size letters replaced and each leaf replaced by the operand given under its name.

    A gradient is replaced as a whole, under the name d(of)/d(wrt), when that name is given.
    """
    match term:
        case Leaf(name, shape):
            return _fitting(name, operands.get(name), tuple(substitute(n, sizes) for n in shape))
        case Grad(of, wrt):
            key = f"d{getattr(of, 'name', '')}/d{getattr(wrt, 'name', '')}"
            return _fitting(key, operands.get(key), tuple(substitute(n, sizes) for n in term.shape))
        case Node(name=name):
            return _fitting(name, operands.get(name), tuple(substitute(n, sizes) for n in term.shape))
        case Multi(form, parts):
            return Multi(form.at(sizes), tuple(instance(part, sizes, operands) for part in parts))
        case Flip(source, axes):
            return Flip(instance(source, sizes, operands), axes)
        case Sum(terms, shape):
            parts = tuple(instance(part, sizes, operands) for part in terms)
            return Sum(parts, tuple(substitute(n, sizes) for n in shape))
    return term


def _fitting(name: str, operand: Term | None, shape: tuple[Extent, ...]) -> Term:
    if operand is None:
        raise ProofError(f"the instance does not say what stands for {name}")
    if operand.shape != shape:
        raise ProofError(f"{name} has shape {shape} in this instance; got an operand of shape {operand.shape}")
    return operand


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
        case Flip() | Route() | Map() | Entry():
            return replace(term, source=replaced(term.source, parts))
    return term
