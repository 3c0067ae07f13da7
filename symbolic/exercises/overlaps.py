"""Where windows overlap, several products meet in one entry: what is left if they overwrite each other."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from symbolic.exercises.transforms import rules
from symbolic.exercises.work import products
from symbolic.terms.size import ints
from symbolic.terms.term import Const, Entry, Grad, Multi, Stack, Sum, Term, Winner
from symbolic.terms.unrolled import unrolled

if TYPE_CHECKING:
    from symbolic.exercises.transforms import Rewrite, Transform
    from symbolic.exercises.work import Gradient

MOST_PATHS = 20_000  # products of one layer that are looked at one by one


def overwritten(*, channels: bool) -> Transform:
    """Of the paths that meet in an entry the last one alone: `=` where `+=` belongs.

    channels  all output channels of that position are kept together
    """

    def make(work: Gradient) -> Rewrite:
        def rewrite(term: Term) -> Term | None:
            if not isinstance(term, Multi) or len(term.operands) < 2 or not term.form.rows:
                return None
            if products(term.form) > MOST_PATHS:
                return None
            lost = _losers(work, term)
            entries = []
            for entry in unrolled(term).entries:
                paths = [path for path in _paths(entry) if not lost & set(path.parts)]
                last = max(map(_at, paths), default=())
                kept = [path for path in paths if (_at(path)[-2:] == last[-2:] if channels else _at(path) == last)]
                entries.append(Sum(tuple(kept), ()) if kept else Const(Fraction(0), ()))
            return Stack(tuple(entries), term.shape)

        return rewrite

    return rules(make)


def _paths(entry: Term) -> tuple[Term, ...]:
    return entry.terms if isinstance(entry, Sum) else (entry,)


def _losers(work: Gradient, term: Multi) -> set[Term]:
    """Entries of patterns of winners that are 0 at these numbers."""
    found: set[Term] = set()
    for winner in term.operands:
        if isinstance(winner, Winner):
            indices = np.ndindex(*ints(winner.shape))
            values = work.value(winner).entries
            found |= {Entry(winner, index) for index, entry in zip(indices, values, strict=True) if not entry.constant}
    return found


def _at(path: Term) -> tuple[int, ...]:
    """Where in delta a product begins."""
    for part in path.parts:
        if isinstance(part, Entry) and (isinstance(part.source, Grad) or getattr(part.source, "name", "") == "delta"):
            return part.index
    return ()
