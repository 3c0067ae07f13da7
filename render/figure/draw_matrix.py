"""Matrices as cells: a kernel and its two flips, the matrix of a layer, what pooling hands back."""

from __future__ import annotations

from collections.abc import Sequence

from render.figure.cells import INSET, Rows, arrow, centred, grid, rot180, row_of, titled
from render.figure.label import width
from render.figure.scene import (
    MARGIN,
    MM_PER_POINT,
    PAGE_WIDTH,
    WEIGHTS,
    Box,
    Scene,
    Shape,
    Text,
    brace,
    fitting,
)  # fmt: skip
from symbolic.errors import GradproofError

Groups = Sequence[tuple[str, int]]  # a label and how many rows or columns it spans


def flips(
    rows: Rows, *, steps: tuple[str, str], titles: tuple[str, str, str] = ("F", "", "rot180 F"), cell: float = 10.0
) -> Scene:
    """A kernel, flipped top to bottom, then left to right: rot180 as two flips. Each entry keeps its look.

    steps   already translated labels of the two arrows.   titles  over the three matrices; "" for none.
    """
    _rectangle(rows, "flips")
    looks = [[f"weight-{(i * len(rows[0]) + j) % WEIGHTS}" for j in range(len(rows[0]))] for i in range(len(rows))]
    stages = [(rows, looks), (rows[::-1], looks[::-1]), (rot180(rows), rot180(looks))]
    parts = [
        titled(centred(grid(labels, cell, styles)), title)
        for (labels, styles), title in zip(stages, titles, strict=True)
    ]
    scene = row_of([parts[0], arrow(steps[0]), parts[1], arrow(steps[1]), parts[2]], gap=3.0)
    return scene.at_origin().within()


def matrix_cells(
    ids: Sequence[Sequence[int | None]],
    labels: Sequence[str],
    *,
    title: str = "",
    row_groups: Groups = (),
    column_groups: Groups = (),
    cell: float = 7.0,
) -> Scene:
    """A matrix whose equal cells look alike: C of y = Cx, a doubly blocked Toeplitz matrix.

    ids      per cell the number of its weight, None for a zero (blank).   labels  of the weights.
    groups   braces over blocks of columns and beside blocks of rows, (label, how many) each.
    Up to nine weights carry their label in the cell where it is legible; else a legend names them.
    """
    table = [[("" if n is None else str(n)) for n in row] for row in ids]
    _rectangle(table, "matrix_cells")
    used = sorted({n for row in ids for n in row if n is not None})
    if used and (used[0] < 0 or used[-1] >= min(len(labels), WEIGHTS)):
        raise GradproofError(
            f"matrix_cells: weights are numbered from 0, have a label each, and at most {WEIGHTS} can be told apart; "
            f"got numbers {used[0]} to {used[-1]} and {len(labels)} labels"
        )
    rows, columns = len(ids), len(ids[0])
    beside = max((width(label, 8) + 4.0 for label, _ in row_groups), default=0.0)
    side = min(cell, (PAGE_WIDTH - 2 * MARGIN - beside) / columns)
    inside = len(used) <= 9 and fitting((labels[n] for n in used), side - INSET, 9) > 0
    styles = [["zero" if n is None else f"weight-{n}" for n in row] for row in ids]
    names = [["" if n is None or not inside else labels[n] for n in row] for row in ids]
    shapes: list[Shape] = [*grid(names, side, styles), Box(0, 0, columns * side, rows * side, "block")]
    shapes += _braces(column_groups, side, -0.8, left=False)
    shapes += _braces(row_groups, side, -0.8, left=True)
    if not inside:
        shapes += _legend([(f"weight-{n}", labels[n]) for n in used], rows * side + 3.0, columns * side)
    return titled(shapes, title).within().at_origin()


def upsampling(
    delta: Rows,
    spread: Rows,
    window: tuple[int, int],
    *,
    titles: tuple[str, str] = ("δ", "∂L/∂X"),
    step: str = "",
    cell: float = 9.0,
) -> Scene:
    """What pooling hands back: each entry of δ goes to its window; spread holds the labels, "0" where nothing goes.

    window  height and width of a window; windows lie side by side (stride = window).
    """
    _rectangle(delta, "upsampling: delta")
    _rectangle(spread, "upsampling: spread")
    (h, w), rows, columns = window, len(delta), len(delta[0])
    if (len(spread), len(spread[0])) != (rows * h, columns * w):
        raise GradproofError(
            f"upsampling: {rows}×{columns} entries with windows {h}×{w} fill {rows * h}×{columns * w} cells; "
            f"got {len(spread)}×{len(spread[0])}"
        )
    looks = [[f"weight-{(i * columns + j) % WEIGHTS}" for j in range(columns)] for i in range(rows)]
    styles = [
        ["zero" if label in {"0", ""} else looks[i // h][j // w] for j, label in enumerate(row)]
        for i, row in enumerate(spread)
    ]
    blocks = [Box(j * w * cell, i * h * cell, w * cell, h * cell, "block") for i in range(rows) for j in range(columns)]
    parts = [
        titled(centred(grid(delta, cell, looks)), titles[0]),
        arrow(step),
        titled(centred((*grid(spread, cell, styles), *blocks)), titles[1]),
    ]
    return row_of(parts, gap=3.0).within().at_origin()


def _braces(groups: Groups, side: float, at: float, *, left: bool) -> list[Shape]:
    shapes: list[Shape] = []
    start = 0.0
    for label, count in groups:
        shapes += brace(start + 0.4, start + count * side - 0.4, at, label, left=left)
        start += count * side
    return shapes


def _legend(weights: Sequence[tuple[str, str]], top: float, room: float) -> list[Shape]:
    """Swatches with their labels, in lines under the matrix."""
    shapes: list[Shape] = []
    x, y, swatch, size = 0.0, top, 4.0, 8
    for style, label in weights:
        need = swatch + 1.2 + width(label, size)
        if x > 0 and x + need > max(room, 40.0):
            x, y = 0.0, y + swatch + 2.0
        shapes += [
            Box(x, y, swatch, swatch, style),
            Text(x + swatch + 1.2, y + swatch / 2, label, "ink", size, "start"),
        ]
        x += need + size * MM_PER_POINT
    return shapes


def _rectangle(rows: Rows, who: str) -> None:
    if not rows or not rows[0] or len({len(row) for row in rows}) > 1:
        raise GradproofError(f"{who} takes rows of equal length, at least one cell; got {rows!r:.60}")
