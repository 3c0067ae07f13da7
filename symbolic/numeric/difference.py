"""Central differences of the loss: a gradient from forward values alone.

    D(h) = (L(x + h) - L(x - h)) / (2 h) = L' + c2 h^2 + c4 h^4 + ...

Richardson's extrapolation removes one power of h^2 after another. In rational numbers two equal results for two
steps are exact for a polynomial L; for floats Ridders' choice takes the result with the smallest change.

Source  Ridders 1982, Adv. Eng. Software 4(2), 75-76.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from symbolic.errors import GradproofError, NameInvalidError, nearest
from symbolic.numeric.arrays import Array, floats, is_exact
from symbolic.numeric.sweep import arguments, fill, leaves, ordered, scalar

if TYPE_CHECKING:
    from symbolic.term import Node, Tensor

EXACT_STEPS = 8  # 1, 1/2, ..., 1/128
FLOAT_STEPS = 9  # from 0.1 down to 0.0004, in units of the entry where that is above 1
SHARPEST = 1e-6  # a jump of the slope below this share of the slope counts as rounding

Probe = Callable[[Any], tuple[Any, Any]]


@dataclass(frozen=True)
class Differences:
    """dL/d(tensor) by central differences.

    array   the tensor's shape.
    exact   True: Fractions, confirmed by two steps that agree exactly; False: float64, extrapolated.
    kinks   where the slopes left and right differ; there `array` holds their mean, whatever convention others use.
    """

    array: Array
    exact: bool
    kinks: npt.NDArray[np.bool_]


def finite_differences(loss: Node, values: Mapping[str, Any], tensor_name: str) -> Differences:
    """Central differences of the loss in every entry of a leaf or an intermediate result, found by its name.

    Exact where all values are ints or Fractions and L is piecewise a polynomial in each single entry.
    Cost    two evaluations per entry and step of everything after the tensor.
    Raises  GradproofError: as `run`, or no tensor has that name.
    """
    scalar(loss)
    order = ordered(loss)
    tensor = _named(order, tensor_name)
    found = fill(order, leaves(order, values))
    moving = _after(order, tensor)
    if is_exact(found[loss]):
        results = _exact_entries(loss, moving, found, tensor)
        if results is not None:
            return _collected(results, tensor, exact=True)
    found = {key: floats(value) for key, value in found.items()}
    base = found[tensor].reshape(-1)
    results = [
        _ridders(_probe(loss, moving, found, tensor, i), 0.1 * max(1.0, abs(float(base[i]))))
        for i in range(base.size)
    ]
    return _collected(results, tensor, exact=False)


def _named(order: list[Tensor], name: str) -> Tensor:
    matches = [tensor for tensor in order if tensor.name == name]
    if not matches:
        known = [tensor.name for tensor in order if tensor.name]
        raise GradproofError(
            f"no tensor is called {name!r:.60}; there are {', '.join(known)}{nearest(str(name), known)}"
        )
    if len(matches) > 1:
        raise NameInvalidError(f"{len(matches)} tensors are called '{name}'; give them different names")
    return matches[0]


def _after(order: list[Tensor], tensor: Tensor) -> list[Tensor]:
    """What changes with the tensor, in order, without the tensor itself."""
    changed = {tensor}
    for other in order:
        if other is not tensor and any(arg in changed for arg in arguments(other)):
            changed.add(other)
    return [other for other in order if other in changed and other != tensor]


def _probe(
    loss: Tensor, moving: list[Tensor], found: dict[Tensor, Array], tensor: Tensor, entry: int
) -> Probe:
    """h -> (central slope, right slope minus left slope) at one entry of the tensor."""
    fixed = {key: value for key, value in found.items() if key not in moving}
    base = found[tensor]

    def moved(step: Any) -> Any:
        flat = base.reshape(-1).copy()
        flat[entry] += step
        return fill([tensor, *moving], fixed | {tensor: flat.reshape(base.shape)})[loss].item()

    middle = found[loss].item()

    def probe(step: Any) -> tuple[Any, Any]:
        above, below = moved(step), moved(-step)
        return (above - below) / (2 * step), (above - 2 * middle + below) / step

    return probe


def _extend(row: list[Any], value: Any) -> list[Any]:
    """The next row of Richardson's table: column j is free of the powers h^2 ... h^(2 j)."""
    new = [value]
    for j, old in enumerate(row, 1):
        new.append(new[-1] + (new[-1] - old) / (4**j - 1))
    return new


def _agreeing(old: list[Any], new: list[Any]) -> Any:
    """The entry that two rows have in common, column by column, or None."""
    return next((b for a, b in zip(old, new, strict=False) if a == b), None)


def _exact_entries(
    loss: Tensor, moving: list[Tensor], found: dict[Tensor, Array], tensor: Tensor
) -> list[tuple[Any, bool]] | None:
    """(slope, kink) per entry in rational numbers, or None as soon as one entry has no confirmed slope."""
    results = []
    for entry in range(found[tensor].size):
        result = _exact_slope(_probe(loss, moving, found, tensor, entry))
        if result is None:
            return None
        results.append(result)
    return results


def _exact_slope(probe: Probe) -> tuple[Any, bool] | None:
    """The slope that two steps confirm, at best together with the curvature, which has no limit at a kink."""
    slopes: list[Any] = []
    curvatures: list[Any] = []
    slope = None
    for level in range(EXACT_STEPS):
        step = Fraction(1, 2**level)
        central, jump = probe(step)
        old_slopes, slopes = slopes, _extend(slopes, central)
        old_curvatures, curvatures = curvatures, _extend(curvatures, jump / step)
        slope = _agreeing(old_slopes, slopes)
        if slope is not None and _agreeing(old_curvatures, curvatures) is not None:
            return slope, False
    return None if slope is None else (slope, True)


def _ridders(probe: Probe, first: float) -> tuple[float, bool]:
    """The entry of Richardson's table that changes least against its neighbours, and whether the slope jumps."""
    row: list[Any] = []
    best, least, previous, jump = 0.0, np.inf, 0.0, 0.0
    for level in range(FLOAT_STEPS):
        previous = jump
        central, jump = probe(first / 2**level)
        old, row = row, _extend(row, central)
        for j in range(1, len(row)):
            change = max(abs(row[j] - row[j - 1]), abs(row[j] - old[j - 1]))
            if change < least:
                best, least = row[j], change
    limit = abs(2 * jump - previous)  # linear in h where the loss is smooth
    return best, bool(limit > SHARPEST * max(1.0, abs(best)))


def _collected(results: list[tuple[Any, bool]], tensor: Tensor, *, exact: bool) -> Differences:
    shape: Any = tensor.shape
    array = np.empty(len(results), dtype=object if exact else np.float64)
    array[:] = [slope for slope, _ in results]
    kinks = np.array([kink for _, kink in results], dtype=np.bool_)
    return Differences(array.reshape(shape), exact, kinks.reshape(shape))
