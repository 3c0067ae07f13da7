r"""Working out printed TeX: numbers and matrices of numbers as a page shows them, by a reading of their own.

Understands + - \cdot, \frac, powers, brackets, juxtaposition, pmatrix and its transpose, \star, full \star, rot_180
and the block product with an array of ones. Anything with a letter in it is no arithmetic: `value` gives None.
"""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.object_]
NAMES = {"number", "Grid", "array", "ones", "turned", "upended"}
ROW = re.compile(r"^(?P<lhs>.*?) ?&?= (?P<rhs>.*?)(?: && .*| \\qquad .*)?$")
FENCE = re.compile(r"^```math\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REWRITES = (
    (r"(?<=\d)\\,(?=\d{3}(?!\d))", ""),  # 12\,345 is one number
    (r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", lambda m: matrix(m[1])),
    (r"\\mathbin\{\\star_\{\\mathrm\{full\}\}\}", "^"),
    (r"\\star", "@"),
    (r"\\otimes \\mathbf\{1\}_\{(\d+) \\times (\d+)\}", r"% Grid.ones(\1, \2)"),
    (r"\\mathrm\{rot\}_\{180\}", "turned"),
    (r"\\frac\{(\d+)\}\{(\d+)\}", r"(number('\1')/number('\2'))"),
    (r"\\left|\\right", ""),
    (r"\^\{\\top\}", ".upended()"),
    (r"\^\{(\d+)\}", r"**\1"),
    (r"\\cdot", "*"),
    (r"\\,", " "),
    (r"(?<![\d.'*])(\d+(?:\.\d+)?)(?![\d.'])", r"number('\1')"),
    (r"turned *(Grid\(array\(\[\[.*?\]\]\)\))", r"turned(\1)"),
    (r"\) *(?=[(nG])", ") * "),
)


class Grid:
    """A matrix: @ is cross-correlation, ^ the full one, % the block product, * the product of matrices."""

    def __init__(self, cells: Array) -> None:
        self.cells = cells

    @classmethod
    def ones(cls, rows: Fraction, columns: Fraction) -> Grid:
        return cls(np.ones((int(rows), int(columns)), dtype=object))

    def __rmul__(self, factor: Fraction) -> Grid:
        return Grid(factor * self.cells)

    def __mul__(self, other: Grid) -> Grid:
        return Grid(self.cells.dot(other.cells))

    def upended(self) -> Grid:
        return Grid(self.cells.T)

    def __sub__(self, other: Grid) -> Grid:
        return Grid(self.cells - other.cells)

    def __matmul__(self, kernel: Grid) -> Grid:
        (m, n), (k, q) = self.cells.shape, kernel.cells.shape
        windows = [
            [(self.cells[i : i + k, j : j + q] * kernel.cells).sum() for j in range(n - q + 1)]
            for i in range(m - k + 1)
        ]
        return Grid(np.array(windows, dtype=object))

    def __xor__(self, kernel: Grid) -> Grid:
        pads = [(size - 1, size - 1) for size in kernel.cells.shape]
        return Grid(np.pad(self.cells, pads, constant_values=0)) @ kernel

    def __mod__(self, block: Grid) -> Grid:
        return Grid(np.kron(self.cells, block.cells))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grid) and bool((self.cells == other.cells).all())

    __hash__ = None  # type: ignore[assignment]


def matrix(inside: str) -> str:
    """The text `Grid(array([[...]]))` of a pmatrix's cells."""
    rows = [[cell.strip() for cell in row.split("&")] for row in inside.split(r"\\")]
    return f"Grid(array({rows!r}))"


def array(rows: list[list[str]]) -> Array:
    return np.array([[Fraction(cell) for cell in row] for row in rows], dtype=object)


def turned(grid: Grid) -> Grid:
    return Grid(grid.cells[::-1, ::-1])


def value(tex: str) -> Fraction | Grid | None:
    """What printed TeX works out to; None where it has letters."""
    text = tex
    for cell in re.findall(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", text):
        if re.search(r"[A-Za-z]", cell):
            return None
    for pattern, new in REWRITES:
        text = re.sub(pattern, new, text)
    if re.search(r"\\|[{}&_]", text) or set(re.findall(r"[A-Za-z]+", text)) - NAMES:
        return None
    names = {"number": Fraction, "Grid": Grid, "array": array, "turned": turned}
    found: Fraction | Grid = eval(text, {"__builtins__": {}}, names)  # noqa: S307 (only the tokens above are left)
    return found


def chains(markdown: str) -> list[list[str]]:
    """Every run of right sides that a page says are equal, with a left side in front where it has one."""
    found: list[list[str]] = []
    for display in FENCE.findall(markdown):
        for line in display.splitlines():
            row = ROW.match(line.removesuffix(r" \\"))
            if not row:
                continue
            if row["lhs"].strip() or not found:
                found.append([row["lhs"].strip()])
            found[-1].append(row["rhs"].strip())
    return found
