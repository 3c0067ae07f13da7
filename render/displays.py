"""Displays: equalities and what folds away, put through the templates of a format.

A format lays a display out as one formula (TeX), or side by side as a grid of formulas with its reasons as words.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from render.document import Abbreviation, Block, Calculation, Statement, Words
from render.formats import Format, Safe, escape_html
from render.lines import Display, Line, display, width
from render.phrases import Phrases
from render.templating import environment, filled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from jinja2 import Environment

    from render.notation import Notation
    from render.words import Phrasebook

FULL = 80  # letters of a line
SHORT = 20  # letters of a left side that stays beside its sign whatever follows
NARROW = 12  # the same on a narrow screen
QUAD = 5  # letters between a row and a reason right after it


class Displays(Phrases):
    """Equalities in one language, format and notation; `appendix` collects the blocks that were elided."""

    def __init__(
        self, book: Phrasebook, form: Format, notation: Notation, beside: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(book, form, notation, beside)
        self.appendix: list[Statement | Calculation] = []
        self.own = notation.templates
        self.environment = _environment(form, self.own)

    def fill(self, template: str, **fields: object) -> Safe:
        """A block's template with its fields put in."""
        text = filled(self.environment, f"{template}{self.format.template_suffix}", self.own, fields)
        return Safe(text.strip("\n"))

    def equalities(self, block: Statement | Calculation | Abbreviation) -> Safe:
        """A display, and where something was elided the full form: folded on the spot where a page can, else later.

        A reader who writes dL/dO throughout needs no name for it.
        """
        if isinstance(block, Abbreviation) and self.notation.gradient == "partial":
            return Safe("")
        shown = display(block, self.notation)
        text = self._display(block, shown)
        if not shown.elided or isinstance(block, Abbreviation):
            return text
        if self.format.side:
            full = self._display(block, display(block, self.notation.unelided()))
            return Safe(f"{text}\n\n{self.folded(Words('block.in_full'), [full])}")
        self.appendix.append(block)
        note = self.phrase("block.elided", {"number": Safe(len(self.appendix))})
        return Safe(f"{text}\n\n{note}")

    def unelided(self, place: int, block: Statement | Calculation) -> Safe:
        """A block of the appendix, without dots."""
        shown = display(block, self.notation.unelided())
        body = self._display(block, shown)
        return self.folded(Words("block.appendix_item", {"number": Safe(place)}), [body])

    def _display(self, block: Block, shown: Display) -> Safe:
        keys = self._reason_keys(block)
        reasons = [self.reason(key) for key in keys]
        said: list[str] = [self.phrase(key) for key in keys] if self.format.side else reasons
        place = placing(shown.lines, [width(reason) for reason in reasons], self.format.widest)
        rows = [self._row(line, said, place(number)) for number, line in enumerate(shown.lines)]
        groups: list[list[dict[str, object]]] = [[]]
        length = 0
        for row in rows:
            length += len(f"{row['lhs']}{row['rhs']}{row['reason']}") + 40
            full = self.format.longest and length > self.format.longest
            alone = row["apart"] or (row["lhs"] and groups[-1] and groups[-1][0]["apart"])
            if groups[-1] and (full or alone):
                groups.append([])
                length = 0
            groups[-1].append(row)
        return self.fill("display", groups=groups, plain=len(rows) == 1 and not reasons and not rows[0]["apart"])

    def _row(self, line: Line, said: list[str], place: dict[str, object]) -> dict[str, object]:
        lhs, rhs = line.lhs, line.rhs
        wide = bool(self.format.side) and width(lhs) > NARROW
        if self.format.side:  # the sign begins the right side, with room to its left
            lhs, rhs = self.format.side(lhs), self.format.side(f"{line.sign or '{}'} {rhs}")
        reason = said[line.step] if said and line.step >= 0 else ""
        shown = {"lhs": Safe(lhs), "sign": Safe(line.sign), "rhs": Safe(rhs), "reason": Safe(reason)}
        return {**shown, "wide": wide, **place}

    def _reason_keys(self, block: Block) -> list[str]:
        if not isinstance(block, Calculation):
            return list(block.reasons) if isinstance(block, Statement) else []
        chosen = block.reasons or ("",) * len(block.steps)
        return [own or f"rule.{step.rule.name}" for own, step in zip(chosen, block.steps, strict=True)]

    def folded(self, title: Words, blocks: list[Safe]) -> Safe:
        """Blocks under a title, shown when asked for."""
        plain = self.book.plain(title.key, **title.params)
        summary = Safe(escape_html(plain) if self.format.is_markdown else self.format.escape(plain))
        return self.fill("details", summary=summary, blocks=blocks)


@lru_cache(maxsize=32)
def _environment(form: Format, own: Path | None) -> Environment:
    """The templates of a format, the reader's first; each is compiled once in a process."""

    def finalize(value: object) -> str:
        return value if isinstance(value, Safe) else form.escape(str(value))

    return environment((form.templates, "markdown"), own, finalize)


def placing(lines: Sequence[Line], reasons: list[float], widest: int) -> Callable[[int], dict[str, object]]:
    """Where a line's reason stands: in a column of its own where all have room, else after the line, or beneath it.

    The right sides begin below one another, behind the widest of the left ones. A wide left side that leaves no room
    for them stands `apart`, on a line of its own.
    """
    left = [width(line.lhs) for line in lines]
    free = not reasons and max(left) <= SHORT  # nothing to be placed
    right = [0.0 if free else width(line.rhs) for line in lines]
    apart = [wide > SHORT and wide + max(right) > FULL for wide in left]
    begin = max((wide for wide, alone in zip(left, apart, strict=True) if not alone), default=0)
    column = begin + max(right) + max(reasons, default=0) <= widest

    def place(number: int) -> dict[str, object]:
        reason = reasons[lines[number].step] if reasons and lines[number].step >= 0 else 0
        after = begin * (not apart[number]) + right[number] + QUAD + reason <= widest
        return {"place": "column" if column else "after" if after else "beneath", "apart": apart[number]}

    return place
