"""The relation s·i + d·u - e·a = p as one row of cells seen from three sides.

Each panel drops one operand of Σ δ_i F_u X_a: its chosen cell stands on top, and every triple (i, u, a) of the
relation that contains it is a line through the other two rows. From X the lines cross: that is the rotation.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from render.figure.cells import entries, heavy_last
from render.figure.scene import (
    MARGIN,
    MM_PER_POINT,
    PAGE_WIDTH,
    Box,
    Path,
    Scene,
    Shape,
    Text,
    beside,
    fitting,
    stacked,
)
from symbolic.errors import GradproofError

if TYPE_CHECKING:
    from collections.abc import Sequence

STYLES = ("output", "kernel", "input")
SMALLEST_CELL = 5.5  # mm; below that the panels stand under one another
GAP = 11.0  # mm between two rows of cells


def relation_row(
    m: int,
    k: int,
    n: int,
    *,
    stride: int = 1,
    dilation: int = 1,
    insert: int = 1,
    padding: int = 0,
    at: tuple[int, int, int] | None = None,
    names: tuple[str, str, str] = ("δ", "F", "X"),
    captions: Sequence[str] = ("", "", ""),
    cell: float = 7.5,
) -> Scene:
    """Three panels: seen from the output entry at[0], the kernel entry at[1] and the input entry at[2] (0-based).

    m, k, n   sizes of output, kernel and input; at defaults to the middle of each.
    captions  already translated, one per panel, under it.
    Panels stand side by side where they fit (with smaller cells, if need be), else below one another.
    """
    sizes = (m, k, n)
    where = at or tuple((size - 1) // 2 for size in sizes)
    if min(*sizes, stride, dilation, insert) < 1 or any(
        not 0 <= x < size for x, size in zip(where, sizes, strict=True)
    ):
        raise GradproofError(f"relation_row: sizes of at least 1 and entries inside them; got {sizes} and {where}")
    triples = [t for t in product(*map(range, sizes)) if stride * t[0] + dilation * t[1] - insert * t[2] == padding]
    gap = 8.0
    room = (PAGE_WIDTH - 2 * MARGIN - 2 * gap) / (3 * max(sizes))
    cell = min(cell, room) if room >= SMALLEST_CELL else cell
    panels = [_panel(side, where[side], sizes, triples, names, captions[side], cell) for side in range(3)]
    line = beside(panels, gap)
    fits = line.width <= PAGE_WIDTH - 2 * MARGIN
    return (line if fits else stacked(panels, gap)).within().at_origin()


def _panel(
    side: int,
    chosen: int,
    sizes: tuple[int, int, int],
    triples: Sequence[tuple[int, ...]],
    names: tuple[str, str, str],
    caption: str,
    cell: float,
) -> Scene:
    """The chosen cell's row on top, the two others below it, and the triples as lines."""
    order = [side, *(other for other in range(3) if other != side)]
    through = [t for t in triples if t[side] == chosen]
    span = max(sizes) * cell
    lefts = [(span - sizes[operand] * cell) / 2 for operand in order]
    tops = [row * (cell + GAP) for row in range(3)]
    shapes: list[Shape] = []
    for t in through:
        xs = [left + (t[operand] + 0.5) * cell for left, operand in zip(lefts, order, strict=True)]
        shapes.append(Path(((xs[0], tops[0] + cell), (xs[1], tops[1])), "guide"))
        shapes.append(Path(((xs[1], tops[1] + cell), (xs[2], tops[2])), "line"))
    for left, top, operand in zip(lefts, tops, order, strict=True):
        labels = entries(names[operand], sizes[operand])[0]
        size = fitting(labels, cell - 0.7, 9)
        met = {t[operand] for t in through}
        boxes = []
        for position, label in enumerate(labels):
            style = STYLES[operand] if position in met else "ghost"
            if operand == side:
                style = "chosen" if position == chosen else "ghost"
            boxes.append(Box(left + position * cell, top, cell, cell, style, label if size else "", size or 5))
        shapes += heavy_last(boxes)
    if caption:
        shapes.append(Text(span / 2, tops[2] + cell + 9 * MM_PER_POINT * 1.1, caption, "ink", 9))
    return Scene(tuple(shapes))
