"""Tables in print: which columns may wrap, and which tables may go over pages. Widths are in letters, as in `lines`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from render.document import Box, Details, Table
from render.lines import width

if TYPE_CHECKING:
    from render.document import Block
    from render.phrases import Phrases

LONG_TABLE = 12  # rows up to which a printed table stays on one page
LONG_CELL = 24  # letters from which a cell may wrap
LINE, GAP, NARROWEST = 80, 2.2, 12  # letters of a line, between two columns, and in a column that wraps
SPACE = 0.6  # letters between two words
FORMULA = re.compile(r"\$[^$]*\$")


def is_long(block: Block) -> bool:
    """Whether a block is a table that may not fit on one printed page, or holds one."""
    if isinstance(block, Box | Details):
        return any(map(is_long, block.blocks))
    return isinstance(block, Table) and len(block.rows) > LONG_TABLE


def wrapping(widths: list[float]) -> list[bool]:
    """Which columns may wrap: those with long cells, and the next widest until the others leave room."""
    wraps = [wide > LONG_CELL for wide in widths]
    fixed = sorted((wide, k) for k, wide in enumerate(widths) if not wraps[k])
    while fixed and sum(wide for wide, _ in fixed) + NARROWEST * sum(wraps) + GAP * (len(widths) - 1) > LINE:
        wraps[fixed.pop()[1]] = True
    return wraps


def shares(widths: list[float], wraps: list[bool]) -> list[float]:
    """The parts of the room that the columns that wrap get, 1 on average; 0 for the others.

    None gets more than its cells fill on one line as long as another needs the room.
    """
    parts = [0.0] * len(widths)
    columns = sorted((wide, k) for k, wide in enumerate(widths) if wraps[k])
    fixed = sum(wide for wide, wrap in zip(widths, wraps, strict=True) if not wrap)
    room = left = max(LINE - fixed - GAP * (len(widths) - 1), NARROWEST * len(columns))
    for done, (wide, k) in enumerate(columns):
        fair = left / (len(columns) - done)
        given = fair if done == len(columns) - 1 else min(wide, fair)
        parts[k] = given * len(columns) / room
        left -= given
    return parts


def widths(block: Table, bare: Phrases) -> list[float]:
    """How wide the columns would be on one line; `bare` prints cells as TeX without links, whatever the format."""
    header = [bare.phrase(cell) if isinstance(cell, str) else bare.inline(cell) for cell in block.header]
    rows = [header, *([bare.inline(cell) for cell in row] for row in block.rows)]
    return [max(map(_wide, column)) for column in zip(*rows, strict=True)]


def _wide(cell: str) -> float:
    """The letters of a cell; a space counts outside formulas only."""
    return width(cell) + SPACE * FORMULA.sub("", cell).count(" ")
