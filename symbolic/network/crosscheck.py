"""Three roads and finite differences side by side, at one point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symbolic.network.derived import Derived
    from symbolic.terms.term import Tensor

Array = NDArray[Any]
TOLERANCE = 1e-6  # for finite differences of float64; exact roads are compared exactly
ROUNDING = 1e-9  # between two roads that compute in float64


@dataclass(frozen=True)
class Comparison:
    """One tensor's gradient by every road; None where a road did not run.

    form  road 1.   entries  road 2 (SymPy).   numeric  road 3 (NumPy).   differences  central differences.
    """

    name: str
    form: Array
    entries: Array | None
    numeric: Array
    differences: Array
    exact_differences: bool
    kinks: NDArray[np.bool_]

    @property
    def ok(self) -> bool:
        """Whether all roads that ran agree: exactly for exact numbers, to 1e-9 for floats, 1e-6 for differences."""
        return not self.disagreement

    @property
    def disagreement(self) -> str:
        """The first entry at which a road differs from the form, and both numbers; "" where all agree."""
        exact = self.form.dtype == object
        everywhere = np.ones(self.form.shape, dtype=np.bool_)
        smooth = ~self.kinks  # at a kink the difference is the mean of two slopes, not the stated convention
        roads = (
            ("entries", self.entries, everywhere, 0.0 if exact else ROUNDING),
            ("numeric", self.numeric, everywhere, 0.0 if exact else ROUNDING),
            ("differences", self.differences, smooth, 0.0 if exact and self.exact_differences else TOLERANCE),
        )
        for road, array, where, tolerance in roads:
            if array is None:
                continue
            if array.shape != self.form.shape:
                return f"dL/d{self.name}: form has shape {self.form.shape}, {road} has {array.shape}"
            same = _agree(self.form, array, tolerance) | ~where
            if not same.all():
                at = tuple(int(i) for i in np.argwhere(~same)[0])
                return f"dL/d{self.name}{list(at) or ''}: form finds {self.form[at]}, {road} {array[at]}"
        return ""


@dataclass(frozen=True, repr=False)
class Report:
    """The comparison of every input's gradient; `str` is a table, `ok` the verdict. It raises nothing."""

    loss: Any
    rows: tuple[Comparison, ...]
    entries_ran: bool

    @property
    def ok(self) -> bool:
        """Whether every gradient agrees on every road that ran."""
        return not self.disagreement

    @property
    def disagreement(self) -> str:
        """The first entry at which two roads differ, 0-based, and both numbers, in words; "" where all agree."""
        return next((found for row in self.rows if (found := row.disagreement)), "")

    def __str__(self) -> str:
        """A line per tensor: which roads ran and whether they agree."""
        lines = [f"L = {self.loss}"]
        for row in self.rows:
            roads = "form, " + ("entries, " if row.entries is not None else "") + "numeric, "
            roads += "exact differences" if row.exact_differences else "finite differences"
            verdict = "agree" if row.ok else f"DIFFER, {row.disagreement}"
            lines.append(f"dL/d{row.name} {tuple(row.form.shape)}: {verdict} ({roads})")
        if not self.entries_ran:
            lines.append("road 2 (SymPy, entry by entry) did not run: the network has too many terms for it")
        return "\n".join(lines)

    def __repr__(self) -> str:
        """The table as well, so that a notebook shows it."""
        return str(self)


def _agree(one: Array, other: Array, tolerance: float) -> NDArray[np.bool_]:
    """Entry by entry, for arrays of one shape."""
    if tolerance == 0.0:
        return np.asarray(one == other, dtype=np.bool_)
    left, right = one.astype(np.float64), other.astype(np.float64)
    scale = max(1.0, float(np.abs(left).max(initial=0)))
    return np.asarray(np.isclose(left, right, rtol=tolerance, atol=tolerance * scale))


def crosscheck(derived: Derived, arrays: Mapping[Tensor, Array]) -> Report:
    """Every input's gradient by road 1, road 2 (up to its number of terms), road 3 and differences of L."""
    from symbolic.roads import by_sympy as entries
    from symbolic.roads import numeric

    result = derived.evaluated(arrays)
    second = entries.Entries(derived.loss, arrays) if entries.affordable(derived.loss) else None
    named = {leaf.name: array for leaf, array in arrays.items()}
    opinion = numeric.run(derived.loss, named)
    rows = []
    for leaf in derived.inputs:
        differences = numeric.finite_differences(derived.loss, named, leaf.name)
        rows.append(
            Comparison(
                leaf.name,
                result.grads[leaf],
                second.at(leaf) if second else None,
                opinion.grads[leaf],
                differences.array,
                differences.exact,
                differences.kinks,
            )
        )
    return Report(result.value, tuple(rows), second is not None)
