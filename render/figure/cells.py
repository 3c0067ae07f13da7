"""Grids of cells, the stuff of every picture of a convolution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from render.figure.scene import (
    MM_PER_POINT,
    STYLES,
    Box,
    Path,
    Point,
    Scene,
    Shape,
    Text,
    fitting,
)  # fmt: skip

Rows: TypeAlias = Sequence[Sequence[str]]  # one label per cell; "" leaves the cell blank

INSET = 0.7  # mm a label keeps from the two sides of its cell together


def entries(name: str, rows: int, columns: int | None = None) -> tuple[tuple[str, ...], ...]:
    """The labels X_{11}, X_{12}, …, 1-based; one row X_{1}, X_{2}, … without `columns`."""
    if columns is None:
        return (tuple(f"{name}_{{{i + 1}}}" for i in range(rows)),)
    comma = "," if max(rows, columns) > 9 else ""
    return tuple(tuple(f"{name}_{{{i + 1}{comma}{j + 1}}}" for j in range(columns)) for i in range(rows))


def rot180(rows: Rows) -> tuple[tuple[str, ...], ...]:
    """The labels of a grid turned by 180 degrees."""
    return tuple(tuple(reversed(row)) for row in reversed(rows))


def grid(labels: Rows, cell: float, styles: str | Rows, at: Point = (0.0, 0.0)) -> tuple[Shape, ...]:
    """Square cells with their labels in one size, the left upper corner at `at`.

    styles is one style for all cells or one per cell. Labels that fit at no size are left out.
    """
    size = fitting((label for row in labels for label in row), cell - INSET, 10)
    x, y = at
    boxes = [
        Box(
            x + j * cell,
            y + i * cell,
            cell,
            cell,
            styles if isinstance(styles, str) else styles[i][j],
            label if size else "",
            size or 5,
        )
        for i, row in enumerate(labels)
        for j, label in enumerate(row)
    ]
    return heavy_last(boxes)


def heavy_last(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Boxes in an order in which no thin border lies over its neighbour's thick one."""
    return tuple(sorted(boxes, key=lambda box: STYLES[box.style].width))


def titled(shapes: Sequence[Shape], title: str, size: float = 10) -> Scene:
    """The shapes with a title above their middle, smaller than `size` points where it would reach far beyond them."""
    scene = Scene(tuple(shapes))
    if not title:
        return scene
    left, top, right, _ = scene.bounds
    size = title_size(title, right - left, size)
    return Scene((*shapes, Text((left + right) / 2, top - size * MM_PER_POINT * 0.8, title, "ink", size)))


def title_size(title: str, room: float, largest: float = 10) -> float:
    """A size at which a title reaches at most 2 mm beyond a picture of width `room` on either side, at least 7."""
    return max(7, fitting([title], room + 4, largest))


def arrow(label: str = "", *, length: float = 9.0, size: float = 9) -> Scene:
    """An arrow to the right, at least `length` mm and long enough for the label above it."""
    text = Text(0, 0, label, "ink", size)
    left, _, right, _ = text.bounds
    span = max(length, right - left + 4.0) if label else length
    shapes: tuple[Shape, ...] = (Path(((0.0, 0.0), (span, 0.0)), "arrow", arrow=True),)
    return Scene((*shapes, Text(span / 2, -size * MM_PER_POINT * 0.8, label, "ink", size)) if label else shapes)


def row_of(scenes: Sequence[Scene], gap: float) -> Scene:
    """Scenes side by side with their own y = 0 on one line: grids are built around it, titles stand above."""
    shapes: list[Shape] = []
    x = 0.0
    for scene in scenes:
        left, _, right, _ = scene.bounds
        shapes += scene.placed(x - left, 0).shapes
        x += right - left + gap
    return Scene(tuple(shapes))


def centred(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """Shapes moved so that their middle height is 0."""
    _, top, _, bottom = Scene(tuple(shapes)).bounds
    return Scene(tuple(shapes)).placed(0, -(top + bottom) / 2).shapes
