"""Form: one multilinear relation seen from one of its sides, and the views that dropping an operand gives.

A form ties an output and its operands by letters (equal letters are equal indices), by sizes and by one
`Row` per spatial axis; letters that the output lacks are summed over:

    O[n,(g o),i] = F[(g o),c,u] * X[n,(g c),a]     with s*i + d*u - e*a = p

`wrt(k)` swaps the output with operand k and changes nothing else: that is the whole gradient of a layer.
An axis may hold several letters, `(g o)`, the last one running fastest.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from symbolic.terms.size import Extent, Row, Size, simplest, substitute

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

Axis = tuple[str, ...]
Slot = tuple[Axis, ...]


@dataclass(frozen=True)
class Form:
    """`output = scale / divisor * sum over the relation of the product of the operands`.

    sizes    (letter, extent) for every letter; extents are ints, or `Size`s in theorems for all sizes.
    divisor  a size that the sum is divided by (average pooling); kept apart so that it may stay symbolic.
    label    the table row this came from; for the printer only, no part of the meaning.
    """

    output: Slot
    operands: tuple[Slot, ...]
    sizes: tuple[tuple[str, Extent], ...]
    rows: tuple[Row, ...] = ()
    scale: Fraction = Fraction(1)
    divisor: Extent = 1
    label: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for slot in (self.output, *self.operands):
            letters = [x for axis in slot for x in axis]
            if len(set(letters)) != len(letters):
                raise ValueError(f"the letters of one array must be different; got {_slot_text(slot)}")
        bound = [x for row in self.rows for x in (row.i, row.u, row.a)]
        if len(set(bound)) != len(bound):
            raise ValueError(f"a letter belongs to one row only; got {'; '.join(map(str, self.rows))}")
        wrong = [x for x, _ in self.sizes if not x.isidentifier()]
        if wrong:
            raise ValueError(f"a letter is an identifier; got {wrong[0]!r}")

    def __reduce__(self) -> tuple[type[Form], tuple[object, ...]]:
        """What the form says, and nothing that was worked out from it: a copy works it out again."""
        return Form, (self.output, self.operands, self.sizes, self.rows, self.scale, self.divisor, self.label)

    def wrt(self, operand: int) -> Form:
        """The same relation with operand number `operand` as the output and the output in its place.

        Shapes  the operand's own: X (N,C,n) -> (N,C,n); the new operand has O's shape (N,O,m).
        Units   [output]/[operand].  Positions that no output reads get 0: they solve no row.
        Source  Dumoulin & Visin 2016, arXiv:1603.07285, section 4, for the case of convolutions.
        """
        slots = list(self.operands)
        output, slots[operand] = slots[operand], self.output
        return replace(self, output=output, operands=tuple(slots), label=f"{self.label}/{operand}")

    @cached_property
    def extent(self) -> dict[str, Extent]:
        """Letter -> extent."""
        return dict(self.sizes)

    def shape(self, slot: Slot) -> tuple[Extent, ...]:
        """The shape that a slot's letters and sizes give."""
        return tuple(_product([self.extent[letter] for letter in axis]) for axis in slot)

    @cached_property
    def output_shape(self) -> tuple[Extent, ...]:
        """Shape of the output."""
        return self.shape(self.output)

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """Every letter, each once, the output's first; one that is in no slot is summed over all the same."""
        seen: dict[str, None] = {}
        for slot in (self.output, *self.operands):
            seen.update(dict.fromkeys(letter for axis in slot for letter in axis))
        seen.update(dict.fromkeys(letter for letter, _ in self.sizes))
        return tuple(seen)

    def at(self, values: Mapping[str, Extent]) -> Form:
        """The form with size letters replaced; a divisor that becomes a number moves into the scale."""
        divisor = substitute(self.divisor, values)
        scale = self.scale
        if isinstance(divisor, int):
            scale, divisor = scale / divisor, 1
        return replace(
            self,
            sizes=tuple((letter, substitute(extent, values)) for letter, extent in self.sizes),
            rows=tuple(row.at(values) for row in self.rows),
            scale=scale,
            divisor=divisor,
        )

    def solutions(self) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        """Every index tuple of the relation, as flat positions in the output and in each operand.

        Only for sizes that are numbers. The order is that of the letters; one column entry per term. The arrays
        are made once per form and cannot be written to.
        """
        return self._solutions

    @cached_property
    def _solutions(self) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        columns = self._letter_columns()
        size = {letter: int(extent) for letter, extent in self.sizes if isinstance(extent, int)}

        def flat(slot: Slot) -> NDArray[np.int64]:
            total = columns[""]
            for axis in slot:
                for letter in axis:
                    total = total * size[letter] + columns[letter]
            total.flags.writeable = False
            return total

        return flat(self.output), [flat(slot) for slot in self.operands]

    def _letter_columns(self) -> dict[str, NDArray[np.int64]]:
        """Letter -> its value in every term: the product of the rows' solutions and the free letters' ranges."""
        import numpy as np

        blocks: list[dict[str, NDArray[np.int64]]] = []
        bound = {letter for row in self.rows for letter in (row.i, row.u, row.a)}
        blocks.extend({x: np.arange(_number(self.extent[x]))} for x in self.letters if x not in bound)
        blocks.extend(_row_solutions(row, self.extent) for row in self.rows)
        counts = [len(next(iter(block.values()))) for block in blocks]
        total = prod(counts)
        columns = {"": np.zeros(total, dtype=np.int64)}
        inner = total
        for block, count in zip(blocks, counts, strict=True):
            inner //= max(count, 1)
            outer = total // max(count * inner, 1)
            for letter, values in block.items():
                columns[letter] = np.tile(np.repeat(values, inner), outer)
        return columns

    def __str__(self) -> str:
        """The row as one would type it, relation behind a semicolon."""
        right = " * ".join(_slot_text(slot) for slot in self.operands)
        rows = "; ".join(str(row) for row in self.rows)
        return f"{_slot_text(self.output)} = {right}" + (f"; {rows}" if rows else "")


def _row_solutions(row: Row, extent: Mapping[str, Extent]) -> dict[str, NDArray[np.int64]]:
    """All (i, u, a) inside their extents with s*i + d*u - e*a = p."""
    import numpy as np

    s, d, e, p = (_number(x) for x in (row.s, row.d, row.e, row.p))
    i, u = np.divmod(np.arange(_number(extent[row.i]) * _number(extent[row.u])), _number(extent[row.u]))
    scaled = s * i + d * u - p
    a = scaled // e
    keep = (a * e == scaled) & (a >= 0) & (a < _number(extent[row.a]))
    return {row.i: i[keep], row.u: u[keep], row.a: a[keep]}


def _number(extent: Extent) -> int:
    if isinstance(extent, Size):
        message = f"the size {extent} is symbolic; give it a number first"
        raise TypeError(message)
    return extent


def _product(extents: list[Extent]) -> Extent:
    total: Extent = 1
    for extent in extents:
        total = extent if total == 1 else simplest(Size.of(total) * extent) if extent != 1 else total
    return total


def _slot_text(slot: Slot) -> str:
    return "[" + ",".join(axis[0] if len(axis) == 1 else f"({' '.join(axis)})" for axis in slot) + "]"
