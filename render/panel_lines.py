"""Equalities under a stepper: term by term, so that a phone can break them, each factor marked by its array."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from render.arrange import indices
from render.formats import Safe
from render.math import entry_tex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from render.notation import Notation
    from render.phrases import Phrases
    from symbolic.kernel.step import Step


@dataclass(frozen=True)
class Line:
    """An equality as the reader sees it: what stands before the sum; its terms, numbered as their products are."""

    head: Safe
    terms: tuple[tuple[str, Safe], ...]


def lines(step: Step, texts: Sequence[Sequence[str]], page: Phrases, notation: Notation) -> list[Line]:
    """A checked step, entry by entry.

    texts   for every array the formulas of its entries, without the element around them.
    """
    colours = {text: k for k, found in enumerate(texts) for text in found}
    factor = re.compile("|".join(re.escape(text) for text in sorted(colours, key=len, reverse=True)))

    def coloured(text: str) -> Safe:
        return Safe(factor.sub(lambda match: f'<mrow class="array-{colours[match[0]]}">{match[0]}</mrow>', text))

    found = []
    for place in indices(step.lhs.shape):
        parts = summands(entry_tex(step.rhs, place, notation))
        numbers = [""] if parts == ["0"] else [str(k) for k in range(1, len(parts) + 1)]
        terms = [coloured(displayed(part if k == 0 else f"{{}} + {part}", page)) for k, part in enumerate(parts)]
        head = displayed(f"{entry_tex(step.lhs, place, notation)} =", page)
        found.append(Line(head, tuple(zip(numbers, terms, strict=True))))
    return found


def displayed(tex: str, page: Phrases) -> Safe:
    """A formula at full size."""
    return Safe((page.format.side or page.format.formula)(tex))


def summands(tex: str) -> list[str]:
    """The terms of a printed sum, split at every + that stands in no bracket or group."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(tex):
        depth += (char in "{([") - (char in "})]")
        if depth == 0 and tex.startswith(" + ", place):
            parts.append(tex[start:place])
            start = place + 3
    return [*parts, tex[start:]]
