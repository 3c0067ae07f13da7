"""The sliding window: one position as a frame, all positions as a film strip.

Per axis the picture shows the relation s·i + d·u - e·a = p: output i reads, with kernel entry u, the position
s·i + d·u - p of the input whose entries a stand e apart (zeros inserted between them, zero padding around).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from render.figure.cells import INSET, Rows, arrow, centred, entries, grid, heavy_last, row_of, title_size, titled
from render.figure.scene import (
    MARGIN,
    MM_PER_POINT,
    PAGE_WIDTH,
    Box,
    Scene,
    Shape,
    Text,
    beside,
    fitting,
    stacked,
)  # fmt: skip
from symbolic.errors import GradproofError

SQUEEZE = 0.93  # a film strip is scaled down to this for one more frame in a row

PerAxis: TypeAlias = int | Sequence[int]
Pads: TypeAlias = int | Sequence[int | tuple[int, int]]


@dataclass(frozen=True)
class _Axis:
    n: int
    k: int
    s: int = 1
    low: int = 0
    high: int = 0
    d: int = 1
    e: int = 1

    @property
    def length(self) -> int:
        """Cells of the input with inserted zeros, without padding."""
        return self.e * (self.n - 1) + 1

    @property
    def outputs(self) -> int:
        room = self.length + self.low + self.high - self.d * (self.k - 1) - 1
        return room // self.s + 1 if room >= 0 else 0

    def entry(self, q: int) -> int | None:
        """The input entry at position q, None for an inserted or a padding zero."""
        return q // self.e if 0 <= q < self.length and q % self.e == 0 else None

    def tap(self, i: int, q: int) -> int | None:
        """The kernel entry that lies on position q for output i."""
        u, rest = divmod(q - self.s * i + self.low, self.d)
        return u if rest == 0 and 0 <= u < self.k else None


def sliding_window(
    n: PerAxis,
    k: PerAxis,
    *,
    stride: PerAxis = 1,
    padding: Pads = 0,
    dilation: PerAxis = 1,
    insert: PerAxis = 1,
    at: Sequence[int] = (0, 0),
    names: tuple[str, str, str] = ("X", "F", "O"),
    titles: tuple[str, str, str] | None = None,
    input_labels: Rows | None = None,
    kernel_labels: Rows | None = None,
    output_labels: Rows | None = None,
    cell: float = 9.0,
) -> Scene:
    """One position of the window: the output entry `at` (0-based) and the input cells that it reads.

    n, k           input and kernel sizes; a number is a square, a pair two axes, (n,) one axis.
    padding        a number per axis or (low, high) pairs.   insert  distance e of the input entries.
    names          of input, kernel and output: their entries are numbered X_{11}, X_{12}, …
    titles         over the input, on the arrow and over the output; the names, unless given; "" for none.
    *_labels       rows of labels in the place of numbered names; () writes none.   cell  mm.
    """
    rows, columns = axes = _axes(n, k, stride, padding, dilation, insert)
    where = (0, *at) if len(at) == 1 else tuple(at)
    if any(not 0 <= i < axis.outputs for i, axis in zip(where, axes, strict=True)):
        sizes = tuple(axis.outputs for axis in axes)
        raise GradproofError(f"the window has no position {tuple(at)}; its output has the size {sizes}, 0-based")
    one = len(at) == 1
    inputs = _labels(input_labels, names[0], rows.n, columns.n, one=one)
    kernel = _labels(kernel_labels, names[1], rows.k, columns.k, one=one)
    outputs = _labels(output_labels, names[2], rows.outputs, columns.outputs, one=one)
    over, on, after = titles or names
    size = min(
        title_size(over, cell * (columns.length + columns.low + columns.high)),
        title_size(after, cell * columns.outputs),
    )
    shapes = _input(axes, where, inputs, kernel, cell)
    styles = [["chosen" if (i, j) == where else "output" for j in range(columns.outputs)] for i in range(rows.outputs)]
    blank = [[""] * columns.outputs] * rows.outputs
    out = grid(outputs or blank, cell, styles)
    return row_of(
        [titled(centred(shapes), over, size), arrow(on, length=min(cell, 9.0)), titled(centred(out), after, size)],
        gap=2.0,
    ).at_origin()


def sliding_windows(n: PerAxis, k: PerAxis, **options: object) -> tuple[Scene, ...]:
    """Every position of the window in row-major order; options as in `sliding_window`, without `at`."""
    names = ("stride", "padding", "dilation", "insert")
    axes = _axes(n, k, *(options.get(name, 0 if name == "padding" else 1) for name in names))  # type: ignore[arg-type]
    one = not isinstance(n, int) and len(n) == 1
    places = [place[1:] if one else place for place in product(*(range(axis.outputs) for axis in axes))]
    return tuple(sliding_window(n, k, at=place, **options) for place in places)  # type: ignore[arg-type]


def film_strip(
    frames: Sequence[Scene], *, per_row: int | None = None, gap: float = 5.0, width: float = PAGE_WIDTH
) -> Scene:
    """Frames in reading order, numbered, in rows of `per_row` or as many as fit in `width` mm.

    Nine positions of a padded 2×2 input stand in three rows with cell=5.3 and no title on the arrow.
    """
    if not frames:
        raise GradproofError("a film strip needs at least one frame")
    widest = max(frame.width for frame in frames)
    count = per_row or max(1, int(((width - 2 * MARGIN) / SQUEEZE + gap) / (widest + gap)))
    numbered = [
        Scene(
            (*frame.shapes, Text((frame.bounds[0] + frame.bounds[2]) / 2, frame.bounds[3] + 2.4, f"({i})", "muted", 8))
        )
        for i, frame in enumerate(frames, start=1)
    ]
    lines = [beside(numbered[i : i + count], gap) for i in range(0, len(numbered), count)]
    return stacked(lines, gap=5.0).within(width).at_origin()


def _axes(n: PerAxis, k: PerAxis, s: PerAxis, p: Pads, d: PerAxis, e: PerAxis) -> tuple[_Axis, _Axis]:
    rank = 2 if isinstance(n, int) else len(n)
    if rank not in (1, 2):
        raise GradproofError(f"a window is drawn over one or two axes; got the input size {tuple(n)!r:.40}")  # type: ignore[arg-type]
    columns = []
    for name, value in (("input size", n), ("kernel size", k), ("stride", s), ("dilation", d), ("insert", e)):
        values = (value,) * rank if isinstance(value, int) else tuple(value)
        if len(values) != rank or min(values) < 1:
            raise GradproofError(f"window: {name} takes {rank} whole numbers of at least 1; got {value!r:.40}")
        columns.append(values)
    pads = [(p, p)] * rank if isinstance(p, int) else [(x, x) if isinstance(x, int) else tuple(x) for x in p]
    if len(pads) != rank:
        raise GradproofError(f"window: padding takes {rank} numbers or pairs; got {p!r:.40}")
    axes = [
        _Axis(size, kernel, stride, low, high, dilation, insert)
        for (size, kernel, stride, dilation, insert), (low, high) in zip(zip(*columns, strict=True), pads, strict=True)
    ]
    if any(axis.outputs < 1 or min(axis.low, axis.high) < 0 for axis in axes):
        raise GradproofError(
            f"window: a kernel of size {k!r:.40} does not fit the input {n!r:.40} with padding {p!r:.40}"
        )
    return (_Axis(1, 1), axes[0]) if rank == 1 else (axes[0], axes[1])


def _labels(given: Rows | None, name: str, rows: int, columns: int, *, one: bool) -> Rows:
    labels = given if given is not None else entries(name, columns) if one else entries(name, rows, columns)
    if labels and (len(labels), {len(row) for row in labels}) != (rows, {columns}):
        raise GradproofError(f"the labels of {name!r:.20} must be {rows} rows of {columns}, or () for none")
    return labels


def _input(axes: tuple[_Axis, _Axis], at: Sequence[int], inputs: Rows, kernel: Rows, cell: float) -> list[Shape]:
    """The padded input with the window over it; under the window each cell also names its kernel entry."""
    rows, columns = axes
    size = fitting(
        (label for row in inputs for label in row), cell - INSET, (0.42 if kernel else 1.0) * cell / MM_PER_POINT
    )
    tap_size = fitting((label for row in kernel for label in row), cell - INSET, 0.35 * cell / MM_PER_POINT)
    boxes: list[Box] = []
    texts: list[Text] = []
    for i, j in product(range(-rows.low, rows.length + rows.high), range(-columns.low, columns.length + columns.high)):
        a, b = rows.entry(i), columns.entry(j)
        u, v = rows.tap(at[0], i), columns.tap(at[1], j)
        inside = 0 <= i < rows.length and 0 <= j < columns.length
        tapped = u is not None and v is not None
        real = a is not None and b is not None
        style = "kernel" if tapped else "input" if real else "inserted" if inside else "padding"
        label = inputs[a][b] if inputs and a is not None and b is not None else "0"
        label = label if inputs and size else ""
        x, y = j * cell, i * cell
        if not tapped or not kernel or not tap_size:
            boxes.append(Box(x, y, cell, cell, style, label, size or 7))
            continue
        boxes.append(Box(x, y, cell, cell, style))
        if label:
            texts.append(Text(x + cell / 2, y + 0.28 * cell, label, "ink", size))
        texts.append(Text(x + cell / 2, y + 0.74 * cell, kernel[u][v], "kernel-ink", tap_size))  # type: ignore[index]
    left, top = (axis.s * i - axis.low for axis, i in zip((columns, rows), (at[1], at[0]), strict=True))
    w, h = (cell * (axis.d * (axis.k - 1) + 1) for axis in (columns, rows))
    return [*heavy_last(boxes), *texts, Box(left * cell, top * cell, w, h, "frame")]
