"""What the rows of variants are made of: a variation, works of layers, small numbers, and how both are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from symbolic.exercises.names import entry_names
from symbolic.exercises.work import Gradient, Work
from symbolic.functional.arguments import tensor
from symbolic.network.derived import derive
from symbolic.terms.size import ints
from symbolic.terms.term import Data

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence

    from symbolic.exercises.transforms import Transform
    from symbolic.terms.term import Node

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Variation:
    """One draw for an exercise of the catalogue.

    work     its derivation at other sizes or numbers.     words    for the placeholders of its text in variants.toml
    instead  misconceptions that know the sizes: their transforms here, or None where there is none of them
    more     further fields of the exercise that differ
    """

    work: Work
    words: Mapping[str, str]
    instead: Mapping[str, Transform | None] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


Recipe = Callable[["random.Random"], Variation]


def through(O: Node, wrt: str, **numbers: Data) -> Gradient:
    """dL/d(wrt) with the error terms of O given."""
    return Gradient(loss=derive(O, gradient=tensor("delta", ints(O.shape))).loss, wrt=(wrt,), numbers=numbers)


def forward(O: Node) -> Gradient:
    """The value of O: the gradient of the sum of S * O by S."""
    return Gradient(loss=derive(O, gradient=tensor("S", ints(O.shape))).loss, wrt=("S",))


def given(work: Work) -> Transform:
    """A misconception that leads to this work."""
    return lambda _work: (work,)


def sizes(shape: Sequence[int]) -> str:
    """3×4."""
    return "×".join(map(str, shape))


def span(name: str, shape: Shape) -> str:
    """`delta_11 … delta_23`."""
    names = entry_names(name, shape)
    return names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"


def data(shape: Shape, values: Iterable[int | Fraction]) -> Data:
    """Numbers of a tensor, row-major."""
    return Data(tuple(map(Fraction, values)), shape)


def distinct(draw: random.Random, shape: Shape, low: int, high: int) -> Data:
    """Small whole numbers without 0, no two alike; `high` grows until there are enough."""
    size = prod(shape)
    pool = [x for x in range(low, high + 1) if x]
    while len(pool) < size:
        high += 1
        pool.append(high)
    return data(shape, draw.sample(pool, size))


def listed(numbers: Data) -> str:
    """A matrix or a row as nested lists."""
    values = [str(x) for x in numbers.values]
    if len(numbers.shape) < 2:
        return f"[{', '.join(values)}]" if numbers.shape else values[0]
    columns = ints(numbers.shape)[-1]
    rows = [", ".join(values[k : k + columns]) for k in range(0, len(values), columns)]
    return "[" + ", ".join(f"[{row}]" for row in rows) + "]"
