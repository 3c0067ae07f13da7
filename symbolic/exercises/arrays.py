"""Arrays of polynomials and what a whole-matrix answer does with them.

Grid is row-major: shape (2, 3) has entries 11 12 13 21 22 23; shape () is a scalar. Every product
goes through a Meter, which refuses before it expands.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from symbolic.exercises import limits
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.refusal import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from fractions import Fraction

    from symbolic.exercises.meter import Meter


@dataclass(frozen=True, slots=True)
class Grid:
    """A scalar, vector, matrix or higher array: shape and entries in row-major order."""

    shape: tuple[int, ...]
    entries: tuple[Polynomial, ...]

    @classmethod
    def scalar(cls, value: Polynomial) -> Grid:
        """Shape ()."""
        return cls((), (value,))

    @classmethod
    def number(cls, value: Fraction | int) -> Grid:
        """Shape (), a constant."""
        return cls((), (Polynomial.number(value),))

    def map(self, change: Callable[[Polynomial], Polynomial]) -> Grid:
        """Change every entry."""
        return Grid(self.shape, tuple(change(entry) for entry in self.entries))


def show(shape: tuple[int, ...]) -> str:
    """2×3 for a matrix, 3 for a vector, 1 for a scalar."""
    return "×".join(map(str, shape)) or "1"


def stack(parts: Sequence[Grid], at: int | None = None) -> Grid:
    """Equal shapes along a new first axis: rows to a matrix.

    Raises  Unreadable: rows of unequal length, too many entries or axes.
    """
    shape = parts[0].shape
    for number, part in enumerate(parts, start=1):
        if part.shape != shape:
            raise Unreadable("ragged", at, number=number, got=show(part.shape), expected=show(shape))
    if len(shape) + 1 > limits.RANK:
        raise Unreadable("too_many_axes", at, limit=limits.RANK)
    if len(parts) * prod(shape) > limits.ENTRIES:
        raise Unreadable("too_many_entries", at, limit=limits.ENTRIES)
    return Grid((len(parts), *shape), tuple(entry for part in parts for entry in part.entries))


def scale(meter: Meter, left: Grid, right: Grid) -> Grid:
    """Scalar times anything, on either side."""
    if left.shape:
        left, right = right, left
    factor = left.entries[0]
    return right.map(lambda entry: meter.product(factor, entry))


def hadamard(meter: Meter, left: Grid, right: Grid) -> Grid:
    """Element-wise product of equal shapes."""
    if left.shape != right.shape:
        raise Unreadable("shapes_differ", left=show(left.shape), right=show(right.shape))
    return Grid(left.shape, tuple(map(meter.product, left.entries, right.entries)))


def matmul(meter: Meter, left: Grid, right: Grid) -> Grid:
    """Matrix product (m,k) by (k,n), or matrix by vector (m,k) by (k,)."""
    columns = right.shape[1] if len(right.shape) == 2 else 1
    if len(left.shape) != 2 or len(right.shape) not in {1, 2} or left.shape[1] != right.shape[0]:
        raise Unreadable("matmul_shapes", left=show(left.shape), right=show(right.shape))
    rows, inner = left.shape
    if rows * columns > limits.ENTRIES:
        raise Unreadable("too_many_entries", limit=limits.ENTRIES)
    entries = tuple(
        meter.total([meter.product(left.entries[i * inner + k], right.entries[k * columns + j]) for k in range(inner)])
        for i, j in product(range(rows), range(columns))
    )
    return Grid((rows, *right.shape[1:]), entries)


def summed(meter: Meter, grid: Grid, axes: Collection[int]) -> Grid:
    """Sum over some axes, counted from 0; they are gone from the result.

    Raises  Unreadable (axes): an axis that the array does not have.
    """
    rank = len(grid.shape)
    for axis in axes:
        if not -rank <= axis < rank:
            raise Unreadable("axes", got=axis, rank=rank)
    kept = [axis for axis in range(rank) if axis not in {axis % rank for axis in axes}]
    parts: dict[tuple[int, ...], list[Polynomial]] = {}
    for place, entry in zip(product(*map(range, grid.shape)), grid.entries, strict=True):
        parts.setdefault(tuple(place[axis] for axis in kept), []).append(entry)
    return Grid(tuple(grid.shape[axis] for axis in kept), tuple(map(meter.total, parts.values())))


def correlate(
    meter: Meter,
    image: Grid,
    kernel: Grid,
    *,
    mode: str,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Grid:
    """Cross-correlation O[i] = sum over u of kernel[u] * image[s*i + d*u - p], one or two axes.

    Shapes  (n,) by (k,), or (n, n') by (k, k'); stride, padding and dilation hold for both axes.
    Modes   valid (p as given); full p = d(k-1); same p = d(k-1)//2 low and the rest high.
    """
    if len(image.shape) != len(kernel.shape) or len(image.shape) not in {1, 2}:
        raise Unreadable("conv_rank", left=show(image.shape), right=show(kernel.shape))
    lows, sizes = [], []
    for n, k in zip(image.shape, kernel.shape, strict=True):
        reach = dilation * (k - 1)
        low, both = {
            "valid": (padding, 2 * padding),
            "full": (reach, 2 * reach),
            "same": (reach // 2, reach),
        }[mode]
        lows.append(low)
        sizes.append((n + both - reach - 1) // stride + 1)
    if min(sizes) < 1:
        inside = all(n <= k for n, k in zip(image.shape, kernel.shape, strict=True))
        key = "conv_exchanged" if inside and mode == "valid" and not padding else "conv_too_small"
        raise Unreadable(key, left=show(image.shape), right=show(kernel.shape))
    if prod(sizes) > limits.ENTRIES:
        raise Unreadable("too_many_entries", limit=limits.ENTRIES)
    entries = []
    for output in product(*map(range, sizes)):
        met = [Polynomial({})]
        for tap, weight in zip(product(*map(range, kernel.shape)), kernel.entries, strict=True):
            place = [stride * i + dilation * u - p for i, u, p in zip(output, tap, lows, strict=True)]
            if all(0 <= a < n for a, n in zip(place, image.shape, strict=True)):
                flat = place[0] if len(place) == 1 else place[0] * image.shape[1] + place[1]
                met.append(meter.product(image.entries[flat], weight))
            else:
                meter.spend(1)
        entries.append(meter.total(met))
    return Grid(tuple(sizes), tuple(entries))


def scatter(
    meter: Meter,
    image: Grid,
    kernel: Grid,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    output_padding: int = 0,
) -> Grid:
    """Transposed convolution, the adjoint of `correlate`: O[s*i + d*u - p] += kernel[u] * image[i], one or two axes.

    Shapes  (n,) by (k,), or (n, n') by (k, k'); all numbers hold for both axes.
    Source  torch.nn.functional.conv_transpose2d: sizes s(n-1) + d(k-1) + 1 + output_padding - 2p.
    """
    if len(image.shape) != len(kernel.shape) or len(image.shape) not in {1, 2}:
        raise Unreadable("conv_rank", left=show(image.shape), right=show(kernel.shape))
    sizes = [
        stride * (n - 1) + dilation * (k - 1) + 1 + output_padding - 2 * padding
        for n, k in zip(image.shape, kernel.shape, strict=True)
    ]
    if min(sizes) < 1:
        raise Unreadable("conv_too_small", left=show(image.shape), right=show(kernel.shape))
    if prod(sizes) > limits.ENTRIES:
        raise Unreadable("too_many_entries", limit=limits.ENTRIES)
    met: dict[tuple[int, ...], list[Polynomial]] = {place: [Polynomial({})] for place in product(*map(range, sizes))}
    for source, value in zip(product(*map(range, image.shape)), image.entries, strict=True):
        for tap, weight in zip(product(*map(range, kernel.shape)), kernel.entries, strict=True):
            place = tuple(stride * i + dilation * u - padding for i, u in zip(source, tap, strict=True))
            if place in met:
                met[place].append(meter.product(value, weight))
            else:
                meter.spend(1)
    return Grid(tuple(sizes), tuple(map(meter.total, met.values())))
