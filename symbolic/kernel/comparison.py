"""Kernel: two tables of polynomials compared; the message names the first monomial that differs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from symbolic.errors import ProofError
from symbolic.kernel.expansion import Expansion, atom_entry
from symbolic.terms.term import Grad, Tensor, Term

if TYPE_CHECKING:
    from symbolic.kernel.polynomials import Table


def refuse_difference(expansion: Expansion, left: Table, right: Table, lhs: Term) -> None:
    """Raise ProofError naming the first entry and monomial in which two tables differ."""
    if left.same(right):
        return
    entry, ids, coefficient = left.minus(right).monomial(0)
    sides = [_coefficient(table, entry, ids) for table in (left, right)]
    text = expansion.monomial_text(ids, Fraction(1))
    where = atom_entry(lhs, entry) if isinstance(lhs, Tensor | Grad) else f"entry {entry + 1}"
    raise ProofError(
        f"{where}: the left side has {sides[0]} times {text}, the right side has {sides[1]} (difference {coefficient})"
    )


def _coefficient(table: Table, entry: int, ids: tuple[int, ...]) -> Fraction:
    low, high = np.searchsorted(table.entries, [entry, entry + 1])
    for row in range(int(low), int(high)):
        _, here, coefficient = table.monomial(row)
        if here == ids:
            return coefficient
    return Fraction(0)
