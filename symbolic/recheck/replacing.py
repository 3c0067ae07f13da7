"""Putting sizes and operands into a statement for all sizes, and equals for equals into a term."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symbolic.recheck.polynomial import ONE, ZERO, Polynomial
from symbolic.recheck.refusal import RefusedError
from symbolic.recheck.terms import (
    Along,
    Counted,
    Flip,
    Function,
    Gradient,
    Number,
    Product,
    Row,
    Tensor,
    Term,
    Total,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def instance(term: Term, sizes: Mapping[str, Polynomial], operands: Mapping[str, Term]) -> Term:
    """The term with size letters replaced, and each tensor by the operand given under its name."""
    match term:
        case Tensor(name, shape):
            wanted = tuple(n.at(sizes) for n in shape)
            if name not in operands:
                raise RefusedError(f"the citation does not say what stands for {name}")
            if operands[name].shape != wanted:
                found = shown(operands[name].shape)
                raise RefusedError(f"{name} has shape {shown(wanted)} in the citation; got one of shape {found}")
            return operands[name]
        case Number(value, shape):
            return Number(value, tuple(n.at(sizes) for n in shape))
        case Product():
            return _product(term, sizes, operands)
        case Gradient() | Counted():
            raise RefusedError("gradients and integers of sizes are not cited")
    return _within(term, lambda part: instance(part, sizes, operands))


def _product(term: Product, sizes: Mapping[str, Polynomial], operands: Mapping[str, Term]) -> Product:
    divisor, scale = term.divisor.at(sizes), term.scale
    if divisor == ZERO:
        raise RefusedError("the divisor is 0 at the sizes of the citation")
    if not divisor.letters:
        scale, divisor = scale / divisor.value({}), ONE
    return Product(
        term.output,
        term.slots,
        tuple((letter, n.at(sizes)) for letter, n in term.extents),
        tuple(Row(r.i, r.u, r.a, r.s.at(sizes), r.d.at(sizes), r.e.at(sizes), r.p.at(sizes)) for r in term.rows),
        scale,
        divisor,
        tuple(instance(operand, sizes, operands) for operand in term.operands),
    )


def replaced(term: Term, exchanged: Mapping[Term, Term]) -> Term:
    """The term with every part that is a key exchanged for its value."""
    if term in exchanged:
        return exchanged[term]
    return _within(term, lambda part: replaced(part, exchanged))


def _within(term: Term, change: Callable[[Term], Term]) -> Term:
    """The term with each term directly inside it changed."""
    match term:
        case Product(operands=operands):
            return replace(term, operands=tuple(change(part) for part in operands))
        case Total(terms):
            return Total(tuple(change(part) for part in terms))
        case Flip(source) | Function(source=source) | Along(source=source):
            return replace(term, source=change(source))
    return term
