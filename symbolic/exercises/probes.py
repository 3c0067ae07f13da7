"""TABLE of the shapes at which operators are tried: small first, never only square. A new operator is one row."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Shapes = dict[str, tuple[int, ...]]


def _sides(rank: int, least: int, most: int) -> Iterator[tuple[int, ...]]:
    """Sizes per axis, square ones left out beyond the smallest."""
    for sides in product(range(least, most + 1), repeat=rank):
        if rank == 1 or len(set(sides)) > 1 or max(sides) == least:
            yield sides


def _convs(rank: int, *, transposed: bool = False) -> Iterator[Shapes]:
    """Layers (N, C, n) by (O, C, k); the channels cover groups of 2 and 3."""
    for (n, c, o), k, extra in product(
        ((1, 1, 1), (1, 2, 3), (2, 2, 2), (1, 4, 4), (1, 6, 6)), _sides(rank, 1, 3), range(4)
    ):
        sides = tuple(size + extra + axis for axis, size in enumerate(k))
        for per_group in {c, max(1, c // 2), max(1, c // 3), 1}:
            weight = (c, o, *k) if transposed else (o, per_group, *k)
            yield {"X": (n, c, *sides), "F": weight}


def _images(rank: int) -> Iterator[Shapes]:
    for (n, c), sides in product(((1, 1), (1, 2), (2, 2)), _sides(rank, 2, 6)):
        yield {"X": (n, c, *sides)}


def _plain() -> Iterator[Shapes]:
    for shape in ((1,), (3,), (2, 3), (3, 2, 2), (1, 2, 3, 2)):
        yield {"X": shape}


def _rows() -> Iterator[Shapes]:
    for shape in ((2, 1), (2, 3), (3, 2, 2), (2, 2, 3, 2)):
        yield {"X": shape}


def _pairs() -> Iterator[Shapes]:
    for shape in ((1,), (3,), (2, 3), (2, 2, 3)):
        yield {"X": shape, "T": shape}


def _matrices() -> Iterator[Shapes]:
    for n, c, o in ((1, 1, 1), (1, 2, 3), (2, 3, 2), (3, 2, 4)):
        yield {"X": (n, c), "W": (o, c)}


def _signals() -> Iterator[Shapes]:
    for k, extra in product(_sides(2, 1, 3), range(3)):
        yield {"X": (k[0] + extra, k[1] + extra + 1), "F": k}


TABLE: dict[str, Callable[[], Iterator[Shapes]]] = {
    **{f"conv{rank}d": (lambda rank=rank: _convs(rank)) for rank in (1, 2, 3)},  # type: ignore[misc]
    **{f"conv_transpose{rank}d": (lambda rank=rank: _convs(rank, transposed=True)) for rank in (1, 2, 3)},  # type: ignore[misc]
    **{f"{kind}_pool{rank}d": (lambda rank=rank: _images(rank)) for kind in ("avg", "max") for rank in (1, 2, 3)},  # type: ignore[misc]
    "adaptive_avg_pool2d": lambda: _images(2),
    **dict.fromkeys(("relu", "leaky_relu", "sigmoid", "tanh", "softplus", "gelu", "sum", "mean"), _plain),
    **dict.fromkeys(("softmax", "log_softmax", "batch_norm", "flatten"), _rows),
    **dict.fromkeys(("mse_loss", "l1_loss", "add", "sub", "mul", "div"), _pairs),
    **dict.fromkeys(("convolve2d", "correlate2d"), _signals),
    "linear": _matrices,
}


def shapes_for(operator: str) -> list[Shapes]:
    """Shapes of an operator's tensors, by their total size.

    Raises  GradproofError: an operator that is unknown, or has no tensors to try.
    """
    if operator not in TABLE:
        raise GradproofError(
            f"check_backward: no operator '{operator!s:.40}' to try; there are {', '.join(TABLE)}"
            f"{nearest(str(operator), TABLE)}"
        )
    found = [shapes for shapes in TABLE[operator]() if sum(map(prod, shapes.values())) <= 400]
    return sorted(found, key=lambda shapes: sum(map(prod, shapes.values())))
