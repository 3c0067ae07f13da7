"""Fresh variants of an exercise: other sizes and small numbers, the same for the same seed.

A variant is an exercise of the catalogue with another derivation, so that truth, misconceptions, hints and sheets are
as ever; its text stands in variants.toml. Of several draws the one is kept that tells most misconceptions apart: a
symmetric kernel, which hides a forgotten flip, loses against any other.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError, nearest, shown
from symbolic.exercises.catalogue import FUNCTIONS, HOMES, exercise
from symbolic.exercises.catalogue.scalar_net import RATE
from symbolic.exercises.exercise import Exercise, Misconception, grids
from symbolic.exercises.mutants import Mutants
from symbolic.exercises.variants import counted, numbered, windows
from symbolic.exercises.work import Descent

if TYPE_CHECKING:
    from symbolic.exercises.arrays import Grid
    from symbolic.exercises.variants.parts import Recipe, Variation

DRAWS = 5  # of numbers for one variant
SYMBOLIC = 2  # of sizes, for exercises in symbols: few sizes hide anything
KEPT = 1_000  # variants in memory

TABLE: dict[str, Recipe] = {
    "conv-grad-filter": windows.layer("F"),
    "conv-grad-input": windows.layer("X"),
    "conv-sum-mse-gradient": numbered.sum_mse,
    "conv-sum-mse-update": numbered.sum_mse_update,
    "conv-avgpool-mse-gradient": windows.average,
    "scalar-net-gradients": numbered.scalar_net(),
    "scalar-net-update": numbered.scalar_net(Descent(RATE)),
    "conv-cost": counted.bottleneck,
    "wide-conv": windows.wide,
    "one-by-one-conv": counted.inception,
    "conv-transpose": windows.matrix,
    "avg-pool-backward": numbered.pool("avg"),
    "max-pool-backward": numbered.pool("max"),
    "relu-backward": numbered.rectified,
    "bias-gradient": windows.bias,
    "stride-grad-input": windows.line("X", "stride", 2, 3),
    "stride-grad-filter": windows.line("F", "stride", 2, 3),
    "dilation-grad-input": windows.line("X", "dilation", 2, 3),
    "padding-grad-filter": windows.line("F", "padding", 1, 2),
    "padding-grad-input": windows.line("X", "padding", 1, 2),
    "groups-grad-input": windows.groups,
    "transposed-conv": windows.stamps,
    "softmax-cross-entropy": counted.classes,
    "batch-norm": counted.values,
    "receptive-field": counted.chain,
    "output-sizes": counted.axis,
}


def variant(name: str, seed: int) -> Exercise:
    """The variant of an exercise that belongs to a seed.

    Raises  GradproofError: an exercise without variants, or a seed that is no whole number of at least 0.
    """
    if name in FUNCTIONS:
        raise GradproofError(
            f"exercise '{name}' has no variants: it asks for a function, which is tried at many sizes anyway"
        )
    if name not in TABLE:
        raise GradproofError(
            f"unknown exercise '{name:.60}'; these have variants: {', '.join(HOMES)}{nearest(name, TABLE)}"
        )
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise GradproofError(f"variant: the seed must be a whole number of at least 0; got {shown(seed)}")
    return built(name, seed)


@lru_cache(maxsize=KEPT)
def built(name: str, seed: int) -> Exercise:
    """The variant, kept for the answers that are judged by it."""
    draw = random.Random(f"{name} {seed}")  # noqa: S311 -- reproducible sheets, not keys
    made = [_made(exercise(name), seed, TABLE[name](draw)) for _ in range(SYMBOLIC)]
    if made[0].work.grid().entries[0].constant is not None:
        made += [_made(exercise(name), seed, TABLE[name](draw)) for _ in range(DRAWS - SYMBOLIC)]
    return max(made, key=separated)


def _made(base: Exercise, seed: int, found: Variation) -> Exercise:
    words = {**found.words, "book": "variants", "command": f"{base.id} --variant {seed}"}
    made = replace(base, work=found.work, words=words, offers=(), **found.more)
    truth = made.work.grid()
    offers = []
    for offered in base.offers:
        changed = replace(offered, transform=found.instead.get(offered.key, offered.transform))
        if offered.transform is None or (changed.transform is not None and _differs(changed, made, truth)):
            offers.append(changed)
    return replace(made, offers=tuple(offers))


def _differs(offered: Misconception, made: Exercise, truth: Grid) -> bool:
    """Whether the misconception leads to another answer here."""
    return any(grid != truth for grid in grids(offered.works(made.work)))


def separated(exercise: Exercise) -> int:
    """How many different wrong answers the misconceptions lead to: what numbers are good for."""
    return len({(mutant.shape, mutant.values) for mutant in Mutants(exercise).singles})
