"""The fifteen relationships at numbers: layers that are built and counted, beside the theorems' sizes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from render.figure import entries, rot180, sliding_window, stacked
from symbolic import avg_pool1d, conv1d, conv_transpose1d, derive, tensor
from symbolic.kernel.step import Derivation
from symbolic.theorems.arithmetic import arithmetic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from render.document import Inline
    from render.figure import Scene
    from render.figure.cells import Rows
    from symbolic.terms.term import Node

CONVOLUTIONS = (1, 2, 3, 4, 5, 6, 7, 15)
TRANSPOSED = tuple(range(8, 15))
PICTURED = (1, 2, 3, 4, 5, 8, 12, 14, 15)  # 6 has its picture before; the others look like one of these
CELL = 6.0
POOLING = 7
WITH_REMAINDER = 14


@dataclass(frozen=True)
class Example:
    """Sizes for one relationship; of a transposed one, those of the layer it is the transpose of."""

    i: int
    k: int
    s: int = 1
    p: int = 0
    d: int = 1

    @property
    def left(self) -> int:
        """What the stride leaves over."""
        return (self.i + 2 * self.p - self.d * (self.k - 1) - 1) % self.s


EXAMPLES = {
    1: Example(4, 3),
    2: Example(5, 4, p=2),
    3: Example(5, 3, p=1),
    4: Example(5, 3, p=2),
    5: Example(6, 3, s=2),
    6: Example(6, 3, s=2, p=1),
    7: Example(7, 2, s=2),
    15: Example(7, 3, d=2),
}
OF = {8: EXAMPLES[1], 9: EXAMPLES[2], 10: EXAMPLES[3], 11: EXAMPLES[4], 12: Example(5, 3, s=2),
      13: Example(5, 3, s=2, p=1), 14: EXAMPLES[6]}  # fmt: skip


@cache
def parts(number: int) -> dict[str, Derivation]:
    """The parts of a relationship by name: size, input-gradient, ...; for one row of one channel."""
    found = {part.name.rpartition("/")[2]: part for part in arithmetic(number, plain=True).parts}
    if number == POOLING:  # who has read an entry says more here than the window that this is
        average = found["input-gradient"]
        found["input-gradient"] = Derivation(average.steps[:1], average.name)
        del found["input-gradient-size"]
    return found


def two_ways(number: int) -> Scene:
    """One position of the layer, and below it one of its way back; of a transposed layer the other way round."""
    at = OF[number] if number in OF else EXAMPLES[number]
    outputs = (at.i + 2 * at.p - at.d * (at.k - 1) - 1) // at.s + 1
    back = at.d * (at.k - 1) - at.p
    names = (("X", "F", "O"), ("δ", "F", "X")) if number not in OF else (("δ", "F", "X"), ("X", "F", "Z"))
    titles = [(names[k][0], "", ("∂L/∂X" if names[k][0] == "δ" else names[k][2])) for k in range(2)]
    small = sliding_window(
        (at.i,), (at.k,), stride=at.s, padding=[at.p], dilation=at.d, at=(outputs // 2,), names=names[0],
        titles=titles[0], cell=CELL, output_labels=_labels(names[0]),
    )  # fmt: skip
    large = sliding_window(
        (outputs,), (at.k,), insert=at.s, padding=[(back, back + at.left)], dilation=at.d, at=(at.i // 2,),
        names=names[1], titles=titles[1], cell=CELL, kernel_labels=rot180(entries("F", at.k)),
        output_labels=_labels(names[1]),
    )  # fmt: skip
    return stacked([large, small] if number in OF else [small, large], CELL)


def _labels(names: tuple[str, str, str]) -> Rows | None:
    """The cells of a gradient carry no labels."""
    return () if names[0] == "δ" else None


def layer(number: int, at: Example) -> Node:
    """The layer itself, built by the engine."""
    x, f = tensor("X", (at.i,)), tensor("F", (at.k,))
    if number == POOLING:
        pooled: Node = avg_pool1d(tensor("X", (1, 1, at.i)), at.k, at.s)
        return pooled
    node: Node = conv1d(x, f, stride=at.s, padding=at.p, dilation=at.d)
    return node


def transposed_layer(number: int, at: Example, outputs: int) -> Node:
    """The transposed layer of an input of that many entries."""
    y, f = tensor("Y", (outputs,)), tensor("F", (at.k,))
    extra = at.left if number == WITH_REMAINDER else 0
    node: Node = conv_transpose1d(y, f, stride=at.s, padding=at.p, output_padding=extra)
    return node


def unread(node: Node) -> int:
    """How many inputs no output reads: those that get gradient 0 however large the error term and the weights are."""
    d = derive(node, gradient=tensor("D", node.shape))
    ones = {leaf.name: np.ones([int(n) for n in leaf.shape], dtype=int).tolist() for leaf in d.inputs}
    return int((d.evaluate(ones).grads["X"] == 0).sum())


def by_formula(number: int, at: Example) -> int:
    """The size that the table of relationships gives."""
    i, k, s, p, d = at.i, at.k, at.s, at.p, at.d
    sizes = {
        1: i - k + 1,
        2: i - k + 2 * p + 1,
        3: i,
        4: i + k - 1,
        5: (i - k) // s + 1,
        6: (i + 2 * p - k) // s + 1,
        7: (i - k) // s + 1,
        15: (i + 2 * p - k - (k - 1) * (d - 1)) // s + 1,
    }
    return sizes[number]


def transposed_formula(number: int, at: Example, size: int) -> int:
    """The size of the transposed layer of `size` entries."""
    k, s, p = at.k, at.s, at.p
    sizes = {
        8: size + k - 1,
        9: size + (k - 1) - 2 * p,
        10: size,
        11: size - (k - 1),
        12: s * (size - 1) + k,
        13: s * (size - 1) + k - 2 * p,
        14: s * (size - 1) + at.left + k - 2 * p,
    }
    return sizes[number]


def rows(numbers: Iterable[int]) -> tuple[tuple[Inline, ...], ...]:
    """Sizes by formula, checked against layers. Raises ArithmeticError where a formula and a layer disagree."""
    found: list[tuple[Inline, ...]] = []
    for number in numbers:
        at = OF[number] if number in OF else EXAMPLES[number]
        node = layer(number, at)
        outputs = int(node.shape[-1])  # type: ignore[arg-type]
        if number in OF:
            built = int(transposed_layer(number, at, outputs).shape[0])  # type: ignore[arg-type]
            size, expected, last = outputs, transposed_formula(number, at, outputs), at.i
            result, ends = built, built == at.i
        else:
            size, expected, last = at.i, by_formula(number, at), unread(node)
            result, ends = outputs, True
        if result != expected or not ends:
            raise ArithmeticError(f"relationship {number}: the formula gives {expected}, the layer {result}")
        found.append((number, size, at.k, at.s, at.p, at.d, result, at.left, last))
    return tuple(found)


def checked() -> int:
    """How many sizes the two tables have compared."""
    return len(rows(CONVOLUTIONS)) + len(rows(TRANSPOSED))
