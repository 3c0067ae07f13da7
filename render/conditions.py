"""Conditions in words: a kink avoided, a pattern held fixed, or sizes that a statement is meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.document import Words, phrase
from symbolic.kernel.counts import AtLeast, Condition, Integer, Whole
from symbolic.kernel.integers import Mod, Number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symbolic.kernel.step import Derivation, Step


def conditions(parts: Iterable[Derivation]) -> tuple[Words, ...]:
    """The conditions of all parts, each once, in order; sizes in the language's own words."""
    return of_steps(step for part in parts for step in part.steps)


def of_steps(steps: Iterable[Step]) -> tuple[Words, ...]:
    """The conditions of steps."""
    found: dict[str, Words] = {}
    for step in steps:
        sizes = {str(c): c for side in (step.lhs, step.rhs) if isinstance(side, Integer) for c in side.given}
        for key in step.given:
            found.setdefault(key, worded(sizes[key]) if key in sizes else Words(f"given.{key}"))
    return tuple(found.values())


def worded(condition: Condition) -> Words:
    """A condition on sizes; `s divides i - k` and `k is odd` where remainders say so."""
    if isinstance(condition, AtLeast):
        return phrase("condition.at_least", left=Whole(condition.left), right=Whole(condition.right))
    match condition.left, condition.right:
        case Mod(over, by), Number(0):
            return phrase("condition.divides", by=Whole(by), over=Whole(over))
        case Mod(over, Number(2)), Number(1):
            return phrase("condition.odd", over=Whole(over))
    return phrase("condition.is", left=Whole(condition.left), right=Whole(condition.right))
