"""What every note ends with: the cross-check of the gradients by other roads, in one table."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from render.document import Block, Inline, Prose, Table, Words, phrase
from render.notes.steps import at, indices
from symbolic.term import Grad, Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from symbolic.crosscheck import Comparison, Report
    from symbolic.derived import Derived

DIGITS = 10**9  # differences of floats are shown to nine places


def crosscheck(derived: Derived, values: Mapping[str, Any], *tensors: Tensor) -> tuple[Block, ...]:
    """A row per entry of the gradients of `tensors`: drop an operand, SymPy, NumPy, central differences.

    Raises ArithmeticError if any two roads disagree: then there is no page.
    """
    report = derived.check(values)
    if not report.ok:
        raise ArithmeticError(f"the roads disagree:\n{report}")
    by_name = {row.name: row for row in report.rows}
    ran = report.entries_ran
    header: list[str] = ["crosscheck.entry", "crosscheck.form"]
    header += ["crosscheck.sympy"] * ran + ["crosscheck.numpy", "crosscheck.differences"]
    rows = [row for tensor in tensors for row in _rows(derived, tensor, by_name[tensor.name])]
    text = "crosscheck.text" if ran else "crosscheck.without_sympy"
    return Prose(text), Table(tuple(header), tuple(rows))


def screen(derived: Derived, values: Mapping[str, Any]) -> Words:
    """The line of the closing box about the cross-check: which roads ran, on how many entries."""
    report = derived.check(values)
    count = sum(row.form.size for row in report.rows)
    return phrase(_screen_key(report), count=count)


def _screen_key(report: Report) -> str:
    exact = all(row.exact_differences for row in report.rows)
    return "crosscheck.screen" + ("" if report.entries_ran else "_without_sympy") + ("" if exact else "_floats")


def _rows(derived: Derived, tensor: Tensor, row: Comparison) -> list[tuple[Inline, ...]]:
    columns = [row.form, *([] if row.entries is None else [row.entries]), row.numeric, row.differences]
    return [
        (at(Grad(derived.loss, tensor), *index), *(_cell(column, index) for column in columns))
        for index in indices(tensor.shape)
    ]


def _cell(column: NDArray[Any], index: tuple[int, ...]) -> Inline:
    value = column[index]
    return Fraction(round(value * DIGITS), DIGITS) if isinstance(value, float) else Fraction(value)
