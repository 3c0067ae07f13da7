"""Putting numbers and operands into a statement about all sizes."""

from __future__ import annotations

from collections.abc import Mapping

from symbolic.errors import ProofError
from symbolic.index import Extent, substitute
from symbolic.term import Flip, Grad, Leaf, Multi, Node, Sum, Term


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
