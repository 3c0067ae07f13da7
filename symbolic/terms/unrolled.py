"""Writing a form out: every entry as the sum of products that a person writes."""

from __future__ import annotations

import numpy as np

from symbolic.terms.term import Const, Data, Entry, Flip, Index, Multi, Stack, Sum, Term, scalars


def unrolled(term: Multi) -> Stack:
    """The array entry by entry: `X_11*F_11 + X_12*F_12 + ...`, terms in the order of the summed letters."""
    out, ins = term.form.solutions()
    sums: list[list[Term]] = [[] for _ in range(term.size)]
    for row in range(len(out)):
        factors = [entry_of(operand, int(place[row])) for operand, place in zip(term.operands, ins, strict=True)]
        sums[int(out[row])].append(scalars(*factors, scale=term.form.scale))
    return Stack(tuple(summed(terms) for terms in sums), term.shape)


def summed(terms: list[Term]) -> Term:
    """A sum of scalars; a single one stands for itself, none is 0."""
    if not terms:
        from fractions import Fraction

        return Const(Fraction(0))
    return terms[0] if len(terms) == 1 else Sum(tuple(terms), ())


def entry_of(term: Term, place: int) -> Term:
    """The entry at a flat position; a flipped array is read where the entry came from."""
    shape = tuple(int(n) for n in term.shape)  # type: ignore[arg-type]
    index: Index = tuple(int(i) for i in np.unravel_index(place, shape)) if shape else ()
    match term:
        case Flip(source, axes):
            turned = tuple(
                n - 1 - i if axis in axes else i for axis, (i, n) in enumerate(zip(index, shape, strict=True))
            )
            return entry_of(source, int(np.ravel_multi_index(turned, shape)))
        case Const(value, _):
            return Const(value)
        case Data(values, _):
            return Const(values[place])
        case Stack(entries, _):
            return entries[place]
        case _ if not shape:
            return term
    return Entry(term, index)


def entries(term: Term) -> Stack:
    """The array as the grid of its entries: [[X_11, X_12], ...]."""
    return Stack(tuple(entry_of(term, place) for place in range(term.size)), term.shape)
