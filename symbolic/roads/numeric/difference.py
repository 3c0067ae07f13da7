"""Central differences of the loss: a gradient from forward values alone.

    D(h) = (L(x + h) - L(x - h)) / (2 h) = L' + c2 h^2 + c4 h^4 + ...

Richardson's extrapolation removes one power of h^2 after another (of h where L is only piecewise smooth, such as
relu(x)^2 at 0). In rational numbers equal results for two steps are exact for polynomials; for floats Ridders'
choice takes the result with the smallest change.

Source  Ridders 1982, Adv. Eng. Software 4(2), 75-76.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from symbolic.errors import GradproofError, NameInvalidError, nearest
from symbolic.roads.numeric.arrays import Array, Scalar, floats, is_exact
from symbolic.roads.numeric.sweep import arguments, fill, leaves, ordered, scalar

if TYPE_CHECKING:
    from symbolic.terms.term import Node, Tensor

EXACT_STEPS = 8  # 1, 1/2, ..., 1/128
FLOAT_STEPS = 12  # 0.1 down to 0.00005, in units of the entry where that is above 1
SHARPEST = 1e-6  # a smaller jump of the slope, relative to slope and loss, counts as rounding

Probe = Callable[[Scalar], tuple[Scalar, Scalar]]
Entry = tuple[Scalar, bool]


@dataclass(frozen=True)
class Differences:
    """dL/d(tensor) by central differences.

    array   the tensor's shape.
    exact   True: Fractions, confirmed by two steps that agree exactly; False: float64, extrapolated.
    kinks   where the slopes left and right differ; `array` holds their mean, whatever convention others use.
    """

    array: Array
    exact: bool
    kinks: npt.NDArray[np.bool_]


def finite_differences(loss: Node, values: Mapping[str, object], tensor_name: str) -> Differences:
    """Central differences of the loss in every entry of a leaf or an intermediate result, found by its name.

    Exact where all values are ints or Fractions and L is piecewise a polynomial in each single entry.
    Cost    two evaluations per entry and step of everything after the tensor.
    Raises  GradproofError: as `run`, or no tensor has that name, or L has no finite values around an entry.
    """
    scalar(loss)
    order = ordered(loss)
    tensor = _named(order, tensor_name)
    found = fill(order, leaves(order, values))
    if is_exact(found[loss]):
        results = _exact_entries(_probes(order, found, tensor), found[tensor].size)
        if results is not None:
            return _collected(results, tensor, exact=True)
    found = {key: floats(value) for key, value in found.items()}
    probe_of = _probes(order, found, tensor)
    height = abs(float(found[loss]))
    results = [
        _ridders(probe_of(i), 0.1 * max(1.0, abs(float(x))), height) for i, x in enumerate(found[tensor].reshape(-1))
    ]
    return _collected(results, tensor, exact=False)


def difference_at(loss: Node, values: Mapping[str, object], tensor_name: str, entry: int) -> Fraction | None:
    """dL/d(tensor) in one entry (flat, row-major) by central differences, for exact values.

    None    where L is no polynomial around the entry, or has a kink there, or the values are floats.
    Raises  GradproofError: as `finite_differences`.
    """
    scalar(loss)
    order = ordered(loss)
    tensor = _named(order, tensor_name)
    found = fill(order, leaves(order, values))
    result = _exact_slope(_probes(order, found, tensor)(entry)) if is_exact(found[loss]) else None
    return None if result is None or result[1] else Fraction(result[0])


def _named(order: list[Tensor], name: str) -> Tensor:
    matches = [tensor for tensor in order if tensor.name and tensor.name == name]
    if not matches:
        known = [tensor.name for tensor in order if tensor.name]
        raise GradproofError(
            f"no tensor is called {name!r:.60}; there are {', '.join(known)}{nearest(str(name), known)}"
        )
    if len(matches) > 1:
        raise NameInvalidError(f"{len(matches)} tensors are called '{name}'; give them different names")
    return matches[0]


def _probes(order: list[Tensor], found: dict[Tensor, Array], tensor: Tensor) -> Callable[[int], Probe]:
    """entry -> (h -> (central slope, right minus left slope)); only what depends on the tensor is redone."""
    changed = {tensor: None}
    for other in order:
        if any(arg in changed for arg in arguments(other)):
            changed[other] = None
    fixed = {key: value for key, value in found.items() if key not in changed}
    base, loss = found[tensor], order[-1]
    middle = found[loss].item()

    def moved(entry: int, step: Scalar) -> Scalar:
        flat = base.reshape(-1).copy()
        flat[entry] += step
        value: Scalar = fill(changed, fixed | {tensor: flat.reshape(base.shape)})[loss].item()
        return value

    def probe(entry: int, step: Scalar) -> tuple[Scalar, Scalar]:
        above, below = moved(entry, step), moved(entry, -step)
        return (above - below) / (2 * step), (above - 2 * middle + below) / step

    return lambda entry: partial(probe, entry)


def _extend(row: list[Scalar], value: Scalar, base: int) -> list[Scalar]:
    """The next row of Richardson's table: column j is free of j powers of h (base 2) or of h^2 (base 4)."""
    new = [value]
    for j, old in enumerate(row, 1):
        new.append(new[-1] + (new[-1] - old) / (base**j - 1))
    return new


def _agreeing(old: list[Scalar], new: list[Scalar]) -> Scalar | None:
    """The entry that two rows have in common, column by column, or None."""
    return next((b for a, b in zip(old, new, strict=False) if a == b), None)


def _exact_entries(probe_of: Callable[[int], Probe], size: int) -> list[Entry] | None:
    """(slope, kink) per entry in rational numbers, or None as soon as one entry has no confirmed slope."""
    results = []
    for entry in range(size):
        result = _exact_slope(probe_of(entry))
        if result is None:
            return None
        results.append(result)
    return results


def _exact_slope(probe: Probe) -> Entry | None:
    """The slope that two steps confirm, and whether it jumps.

    At best the curvature is confirmed with it: then L is smooth and its error has even powers only. Where two
    polynomials meet, left and right, all powers of h occur, and a kink is where the jump does not tend to 0.
    """
    even: list[Scalar] = []
    curvatures: list[Scalar] = []
    slopes: list[Scalar] = []
    jumps: list[Scalar] = []
    slope = limit = None
    for level in range(EXACT_STEPS):
        step = Fraction(1, 2**level)
        try:
            central, jump = probe(step)
        except GradproofError:  # a pole: no polynomial
            return None
        even, slope = _next(even, central, 4)
        curvatures, curvature = _next(curvatures, jump / step, 4)
        if slope is not None and curvature is not None:
            return slope, False
        slopes, one_sided = _next(slopes, central, 2)
        jumps, limit = _next(jumps, jump, 2)
        slope = one_sided if slope is None else slope
    return None if slope is None or limit is None else (slope, limit != 0)


def _next(row: list[Scalar], value: Scalar, base: int) -> tuple[list[Scalar], Scalar | None]:
    """The next row of Richardson's table, and what it has in common with the last one."""
    new = _extend(row, value, base)
    return new, _agreeing(row, new)


def _ridders(probe: Probe, first: float, height: float) -> Entry:
    """The entry of Richardson's tables that changes least from its neighbours; whether the slope jumps."""
    tables: dict[int, list[Scalar]] = {4: [], 2: []}
    jumps: list[Scalar] = []
    best: Scalar = 0.0
    least: Scalar = np.inf
    for level in range(FLOAT_STEPS):
        try:
            central, jump = probe(first / 2**level)
        except GradproofError:  # a pole within reach: begin again with the next smaller step
            tables, jumps = {4: [], 2: []}, []
            continue
        jumps.append(jump)
        for base, old in tables.items():
            tables[base] = row = _extend(old, central, base)
            for j in range(1, len(row)):
                change = max(abs(row[j] - row[j - 1]), abs(row[j] - old[j - 1]))
                if change < least:
                    best, least = row[j], change
    if len(jumps) < 2:
        raise GradproofError("no differences: the loss has no finite values around an entry; move it from the pole")
    limit = abs(2 * jumps[-1] - jumps[-2])  # where the slope does not jump, this is of order h^2
    return best, bool(limit > SHARPEST * max(1.0, abs(best), height))


def _collected(results: list[Entry], tensor: Tensor, *, exact: bool) -> Differences:
    shape: Any = tensor.shape
    array = np.empty(len(results), dtype=object if exact else np.float64)
    array[:] = [slope for slope, _ in results]
    kinks = np.array([kink for _, kink in results], dtype=np.bool_)
    return Differences(array.reshape(shape), exact, kinks.reshape(shape))
