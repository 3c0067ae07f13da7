"""Variants of an exercise of one's own: other numbers where it has some, else other sizes that fit its network."""

from __future__ import annotations

import random
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from symbolic.errors import GradproofError, shown
from symbolic.functional.text import network
from symbolic.terms.size import ints

if TYPE_CHECKING:
    from collections.abc import Mapping

DRAWS = 5  # of numbers; the one that tells most misconceptions apart is kept
TRIES = 2_000  # of sizes
STEPS = (0, 1, 2)  # that an axis may grow
Shape = tuple[int, ...]


def drawn(
    expr: str, shapes: Mapping[str, Shape], seed: int, *, numbers: bool
) -> tuple[dict[str, Shape], list[dict[str, Any] | None]]:
    """Shapes, and values to choose from: [None] for an exercise in symbols.

    Raises  GradproofError: no other sizes fit, or a seed that is no whole number of at least 0.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise GradproofError(f"variant: the seed must be a whole number of at least 0; got {shown(seed)}")
    draw = random.Random(f"{expr} {seed}")  # noqa: S311 -- reproducible sheets, not keys
    if not numbers:
        return _resized(expr, shapes, draw), [None]
    leaves = dict(shapes)
    output = ints(network(expr, shapes).shape)
    if output:
        leaves["delta"] = output
    return dict(shapes), [{name: _numbers(draw, shape) for name, shape in leaves.items()} for _ in range(DRAWS)]


def _resized(expr: str, shapes: Mapping[str, Shape], draw: random.Random) -> dict[str, Shape]:
    """Sizes a little larger that the network takes, not the given ones."""
    axes = [(name, axis) for name, shape in shapes.items() for axis in range(len(shape))]
    every = list(product(STEPS, repeat=len(axes))) if len(axes) <= 7 else []
    draw.shuffle(every)
    ways = iter(every) if every else (tuple(draw.choice(STEPS) for _ in axes) for _ in range(TRIES))
    for way in ways:
        grown = dict(zip(axes, way, strict=True))
        found = {name: tuple(n + grown[name, axis] for axis, n in enumerate(shape)) for name, shape in shapes.items()}
        if any(way) and _fits(expr, found):
            return found
    raise GradproofError("variant: no other sizes near these fit the network; give it [values], which can be varied")


def _fits(expr: str, shapes: Mapping[str, Shape]) -> bool:
    try:
        network(expr, shapes)
    except GradproofError:
        return False
    return True


def _numbers(draw: random.Random, shape: Shape) -> Any:
    """Small whole numbers without 0, in one tensor different from each other as long as there are enough."""
    size = prod(shape)
    pool = [x for x in range(-9, 10) if x]
    flat = draw.sample(pool, size) if size <= len(pool) else draw.choices(pool, k=size)
    return _nested(flat, shape)


def _nested(flat: list[int], shape: Shape) -> Any:
    if not shape:
        return flat[0]
    step = len(flat) // shape[0]
    return [_nested(flat[k * step : (k + 1) * step], shape[1:]) for k in range(shape[0])]
