"""Fresh variants of an exercise: other sizes and small numbers, the same for the same seed.

A variant is an own exercise (`own.py`) drawn from a row of TABLE, so that truth, misconceptions, hints and sheets
are derived as ever. Of several draws the one is kept that tells most misconceptions apart: a symmetric kernel, which
hides a forgotten flip, loses against any other.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symbolic.errors import GradproofError, nearest, shown
from symbolic.exercises.mutants import Mutants
from symbolic.exercises.own import own

if TYPE_CHECKING:
    from symbolic.exercises.exercise import Exercise

DRAWS = 12  # of numbers for one variant
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Draft:
    """What is handed to `own`; with `numbers` every input gets some."""

    expr: str
    shapes: dict[str, Shape]
    wrt: str
    numbers: bool = False


Recipe = Callable[[random.Random], Draft]


def _plane(draw: random.Random) -> dict[str, Shape]:
    """An input and a filter on it, not both square, at most 3 x 3 outputs."""
    k, m = draw.choice([(2, 2), (2, 3), (3, 2), (1, 2), (2, 1)])
    rows, columns = k + draw.randint(1, 2), m + draw.randint(1, 2)
    return {"X": (rows, columns), "F": (k, m)}


def _layer(wrt: str) -> Recipe:
    return lambda draw: Draft("conv2d(X, F)", _plane(draw), wrt)


def _line(wrt: str, option: str, *values: int) -> Recipe:
    def recipe(draw: random.Random) -> Draft:
        value, k = draw.choice(values), draw.choice((2, 3))
        reach = (value if option == "dilation" else 1) * (k - 1) + 1
        n = max(4, reach + draw.randint(2, 4) * (value if option == "stride" else 1))
        return Draft(f"conv1d(X, F, {option}={value})", {"X": (n,), "F": (k,)}, wrt)

    return recipe


def _sum_mse(draw: random.Random) -> Draft:
    shapes = {("K" if name == "F" else name): shape for name, shape in _plane(draw).items()}
    return Draft(f"(sum(conv2d(X, K)) - {draw.randint(5, 60)}) ** 2", shapes, "K", numbers=True)


def _pooled(draw: random.Random) -> Draft:
    k, m = draw.choice([(2, 2), (2, 3), (3, 2)])
    shapes: dict[str, Shape] = {"X": (k + 1, m + 1), "w": (k, m), "t": ()}
    return Draft("mse_loss(sum(avg_pool2d(conv2d(X, w), 2), name='z'), t)", shapes, "w")


def _pool(kind: str) -> Recipe:
    def recipe(draw: random.Random) -> Draft:
        rows, columns = draw.choice([(4, 4), (4, 6), (2, 6), (6, 4)])
        return Draft(f"{kind}_pool2d(Z, 2)", {"Z": (rows, columns)}, "Z", numbers=True)

    return recipe


def _relu(draw: random.Random) -> Draft:
    return Draft("relu(Z)", {"Z": (draw.randint(2, 3), draw.randint(2, 4))}, "Z", numbers=True)


def _net(draw: random.Random) -> Draft:
    factor = draw.randint(2, 5)
    shapes: dict[str, Shape] = dict.fromkeys(("w1", "x", "b1", "w2", "t"), ())
    return Draft(f"(((w1 * x) + b1) * w2 * {factor} - t) ** 2", shapes, draw.choice(("w1", "b1", "w2")), numbers=True)


def _groups(draw: random.Random) -> Draft:
    k = draw.choice((2, 3))
    return Draft("conv1d(X, F, groups=2)", {"X": (2, k + draw.randint(1, 2)), "F": (2, 1, k)}, "X")


TABLE: dict[str, Recipe] = {
    "conv-grad-filter": _layer("F"),
    "conv-grad-input": _layer("X"),
    "conv-sum-mse-gradient": _sum_mse,
    "conv-avgpool-mse-gradient": _pooled,
    "scalar-net-gradients": _net,
    "avg-pool-backward": _pool("avg"),
    "max-pool-backward": _pool("max"),
    "relu-backward": _relu,
    "stride-grad-input": _line("X", "stride", 2, 3),
    "stride-grad-filter": _line("F", "stride", 2, 3),
    "dilation-grad-input": _line("X", "dilation", 2, 3),
    "padding-grad-filter": _line("F", "padding", 1, 2),
    "padding-grad-input": _line("X", "padding", 1, 2),
    "groups-grad-input": _groups,
}


def variant(name: str, seed: int) -> Exercise:
    """The variant of an exercise that belongs to a seed.

    Raises  GradproofError: an exercise without variants, or a seed that is no whole number of at least 0.
    """
    if name not in TABLE:
        raise GradproofError(
            f"exercise '{name:.60}' has no variants; these have: {', '.join(TABLE)}{nearest(name, TABLE)}"
        )
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise GradproofError(f"variant: the seed must be a whole number of at least 0; got {shown(seed)}")
    draw = random.Random(f"{name} {seed}")  # noqa: S311 -- reproducible sheets, not keys
    draft = TABLE[name](draw)
    made = [_made(name, seed, draft, draw) for _ in range(DRAWS if draft.numbers else 1)]
    return max(made, key=separated)


def _made(name: str, seed: int, draft: Draft, draw: random.Random) -> Exercise:
    values = None
    if draft.numbers:
        shapes = dict(draft.shapes)
        if not draft.expr.startswith("("):
            shapes["delta"] = _errors(draft)
        values = {tensor: _numbers(draw, shape) for tensor, shape in shapes.items()}
    return own(draft.expr, draft.shapes, draft.wrt, values=values, command=f"{name} --variant {seed}")


def _errors(draft: Draft) -> Shape:
    """The shape of the error terms of a network that is no scalar."""
    from symbolic.calltext import network
    from symbolic.index import ints

    return ints(network(draft.expr, draft.shapes).shape)


def _numbers(draw: random.Random, shape: Shape) -> Any:
    """Small whole numbers, in one tensor different from each other as long as there are enough."""
    size = 1
    for n in shape:
        size *= n
    pool = [x for x in range(-9, 10) if x]
    flat = draw.sample(pool, size) if size <= len(pool) else draw.sample(range(-size, size + 1), size)
    return _nested(flat, shape)


def _nested(flat: list[int], shape: Shape) -> Any:
    if not shape:
        return flat[0]
    step = len(flat) // shape[0]
    return [_nested(flat[k * step : (k + 1) * step], shape[1:]) for k in range(shape[0])]


def separated(exercise: Exercise) -> int:
    """How many different wrong answers the misconceptions lead to: what numbers are good for."""
    return len({(mutant.shape, mutant.values) for mutant in Mutants(exercise).singles})
