"""Terms in their simplest writing: constants taken into the scale, copies left out."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from symbolic.terms.layers import pointwise
from symbolic.terms.size import ints
from symbolic.terms.term import Const, Multi, Term

if TYPE_CHECKING:
    from fractions import Fraction

    from symbolic.terms.form import Form


def multi(term: Multi) -> Term:
    """The same with constant operands taken into the scale; a bare copy of its operand is the operand.

    A constant that a row reads stays: it is cut off by the extents.
    """
    form, operands = term.form, term.operands
    bound = {x for row in form.rows for x in (row.i, row.u, row.a)}
    for k in reversed(range(len(operands))):
        operand = operands[k]
        if isinstance(operand, Const) and not bound & {x for axis in form.operands[k] for x in axis}:
            form = replace(form, operands=form.operands[:k] + form.operands[k + 1 :], scale=form.scale * operand.value)
            operands = operands[:k] + operands[k + 1 :]
    if not operands and not form.rows and form.divisor == 1:
        return Const(form.scale * prod(ints(form.extent[x] for x in _summed(form))), form.output_shape)
    copies = len(operands) == 1 and not form.rows and form.scale == 1 and form.divisor == 1 and not _summed(form)
    if copies and form.operands[0] == form.output:
        return operands[0]
    return Multi(form, operands)


def _summed(form: Form) -> set[str]:
    """The letters that the output lacks."""
    return set(form.extent) - {x for axis in form.output for x in axis}


def scaled(term: Term, factor: Fraction) -> Term:
    """A rational number times a term."""
    return term if factor == 1 else multi(Multi(pointwise([term.shape], term.shape, scale=factor), (term,)))
