"""What every note ends with: the cross-check of the gradients by other roads, in one table."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from render.document import Block, Heading, Inline, Prose, Table, Words, phrase
from render.notes.numbers import data
from render.notes.steps import at, indices
from symbolic.terms.term import Grad, Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from symbolic.network.crosscheck import Comparison, Report
    from symbolic.network.derived import Derived

PLACES = 6  # of floats in the table
LARGEST_MATRIX = 4  # rows and columns of a matrix in a cell of the table
ROOM, BETWEEN = 14.5, 1.8  # letters that such a matrix may be wide, and between two of its columns


class Crosscheck:
    """The gradients of a network at one point by every road that runs there.

    values  None for random whole numbers.
    Raises ArithmeticError if any two roads disagree: then there is no page.
    """

    def __init__(self, derived: Derived, values: Mapping[str, Any] | None) -> None:
        self.derived, self.report = derived, derived.check(values)
        if not self.report.ok:
            raise ArithmeticError(f"the roads to the gradients disagree: {self.report.disagreement}")

    def blocks(self, *tensors: Tensor) -> tuple[Block, ...]:
        """A row per gradient of `tensors`, or per entry where a matrix is too large for a cell.

        Columns: drop an operand, SymPy, NumPy, central differences.
        """
        by_name = {row.name: row for row in self.report.rows}
        ran = self.report.entries_ran
        header: list[str] = ["crosscheck.entry", "crosscheck.form"]
        header += ["crosscheck.sympy"] * ran + ["crosscheck.numpy", "crosscheck.differences"]
        rows = [row for tensor in tensors for row in _rows(self.derived, tensor, by_name[tensor.name])]
        text = "crosscheck.text" if ran else "crosscheck.without_sympy"
        return Heading("crosscheck.title"), Prose(text), Table(tuple(header), tuple(rows))

    @property
    def screen(self) -> Words:
        """The line of the closing box: which roads ran, on how many entries."""
        return together(self)[0]


def _screen_key(report: Report) -> str:
    exact = all(row.exact_differences for row in report.rows)
    rounded = any(row.form.dtype != object for row in report.rows)
    kind = "_rounded" if rounded else "" if exact else "_floats"
    return "crosscheck.screen" + ("" if report.entries_ran else "_without_sympy") + kind


def together(*roads: Crosscheck) -> tuple[Words, ...]:
    """The lines of the closing box for several networks: one for each way in which they were checked."""
    counts: dict[str, int] = {}
    for road in roads:
        key = _screen_key(road.report)
        counts[key] = counts.get(key, 0) + sum(row.form.size for row in road.report.rows)
    return tuple(phrase(key, count=count) for key, count in counts.items())


def _rows(derived: Derived, tensor: Tensor, row: Comparison) -> list[tuple[Inline, ...]]:
    columns = [row.form, *([] if row.entries is None else [row.entries]), row.numeric, row.differences]
    gradient = Grad(derived.loss, tensor)
    if all(_fits_a_cell(column) for column in columns):
        return [(gradient, *(data(column) for column in columns))]
    return [(at(gradient, *index), *_cells([column[index] for column in columns])) for index in indices(tensor.shape)]


def _fits_a_cell(column: NDArray[Any]) -> bool:
    """Whether an array is a small matrix of exact numbers, so that four of them stand side by side."""
    if column.ndim != 2 or max(column.shape) > LARGEST_MATRIX or column.dtype != object:
        return False
    return sum(BETWEEN + max(len(str(number)) for number in part) for part in column.T.tolist()) <= ROOM


def _cells(values: list[Any]) -> list[Inline]:
    """One entry by every road, all in one form: exact where all are, whole where all round to that, else decimals."""
    if not any(isinstance(value, float) for value in values):
        return [Fraction(value) for value in values]
    if all(round(value, PLACES) == round(value) for value in values):
        return [Fraction(round(value)) for value in values]
    return [decimal(value, PLACES) for value in values]


def decimal(value: Fraction | float, places: int) -> str:
    """A number rounded to so many places, as plain text; never -0.000."""
    size = str(round(abs(Fraction(value)) * 10**places)).zfill(places + 1)
    sign = "−" if value < 0 and int(size) > 0 else ""
    return f"{sign}{size[:-places]}.{size[-places:]}"
