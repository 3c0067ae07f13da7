"""TABLE: one formula string per linear operator, and the reader that turns a string into a `Form`.

A row says which indices meet. Spatial axes are written once, with the letters i, u and the sizes s, d, p;
`form("conv", rank=2, ...)` repeats them as (i, u, a), (j, v, b), (l, w, h). `*` stands for leading axes
that are merely carried along. A subscript such as s*i+d*u-p is the affine side of the relation: reading
outside the extents gives 0, and a scatter operator has it on the left.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from symbolic.terms.form import Axis, Form, Slot
from symbolic.terms.size import Extent, Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TABLE = {
    "conv": "O[n,(g o),i] = F[(g o),c,u] * X[n,(g c),s*i+d*u-p]",
    "conv_transpose": "O[n,(g o),s*i+d*u-p] = F[(g c),o,u] * X[n,(g c),i]",
    "bias": "O[n,(g o),i] = b[(g o)]",
    "avg_pool": "O[*,i] = X[*,s*i+d*u-p]",
    "avg_pool_uneven": "O[*,i] = r[i] * X[*,s*i+d*u-p]",
    "max_pool": "O[*,i] = W[*,i,u] * X[*,s*i+d*u-p]",
    "linear": "O[*,o] = X[*,c] * W[o,c]",
    "linear_bias": "O[*,o] = b[o]",
}
SPATIAL = (("i", "u", "a"), ("j", "v", "b"), ("l", "w", "h"))
CARRIED = ("x", "y", "z", "q", "r")

_SLOT = re.compile(r"(\w+)\[([^\]]*)\]")
_AFFINE = re.compile(r"s(\d*)\*(\w)\+d\1\*(\w)-p\1")


def form(
    key: str,
    sizes: Mapping[str, Extent],
    *,
    rank: int = 1,
    carried: int = 0,
    without: str = "",
    scale: Fraction = Fraction(1),
    divisor: Extent = 1,
) -> Form:
    """The form of a TABLE row.

    sizes    extents by letter (i, u, a, j, ...) and per axis the parameters s, d, p (and e, else 1): s1, d1, p1, s2
    rank     number of spatial axes, 1 to 3.     carried  number of axes that `*` stands for.
    without  letters to leave out: "n" for one image without a batch axis, "ngoc" for a plain matrix.
    """
    output, operands, rows = _read(spread(key, rank, carried, without))
    used = {x for slot in (output, *operands) for axis in slot for x in axis} | {x for row in rows for x in row[1:]}
    return Form(
        output=output,
        operands=operands,
        sizes=tuple(sorted((letter, sizes[letter]) for letter in used)),
        rows=tuple(
            Row(i, u, a, sizes[f"s{axis}"], sizes[f"d{axis}"], sizes.get(f"e{axis}", 1), sizes[f"p{axis}"])
            for axis, i, u, a in rows
        ),
        scale=scale,
        divisor=divisor,
        label=key,
    )


@cache
def spread(key: str, rank: int, carried: int, without: str) -> str:
    """The row's text with its spatial axes repeated `rank` times and `*` written out."""

    def axes(inside: str) -> str:
        parts: list[str] = []
        for part in inside.split(","):
            if part == "*":
                parts.extend(CARRIED[:carried])
            elif set(part) & set("iu"):
                parts.extend(_renamed(part, axis) for axis in range(rank))
            else:
                kept = " ".join(x for x in part.strip("()").split() if x not in without)
                parts.extend([f"({kept})" if " " in kept else kept] if kept else [])
        return ",".join(parts)

    return _SLOT.sub(lambda match: f"{match[1]}[{axes(match[2])}]", TABLE[key])


def _renamed(part: str, axis: int) -> str:
    i, u, _ = SPATIAL[axis]
    part = re.sub(r"\b([sdp])\b", rf"\g<1>{axis + 1}", part)
    return re.sub(r"\bu\b", u, re.sub(r"\bi\b", i, part))


@cache
def _read(text: str) -> tuple[Slot, tuple[Slot, ...], tuple[tuple[str, str, str, str], ...]]:
    """Output slot, operand slots, and the rows as (axis number, i, u, a)."""
    rows: list[tuple[str, str, str, str]] = []

    def slot(inside: str) -> Slot:
        axes: list[Axis] = []
        for part in inside.split(",") if inside else []:
            affine = _AFFINE.fullmatch(part)
            if affine:
                a = SPATIAL[int(affine[1]) - 1][2]
                rows.append((affine[1], affine[2], affine[3], a))
                axes.append((a,))
            else:
                axes.append(tuple(part.strip("()").split()))
        return tuple(axes)

    output, *operands = [slot(match[2]) for match in _SLOT.finditer(text)]
    return output, tuple(operands), tuple(rows)


def pointwise(shapes: Sequence[tuple[Extent, ...]], output: tuple[Extent, ...], scale: Fraction = Fraction(1)) -> Form:
    """The form of an elementwise product with NumPy broadcasting: axes are aligned at the right, size 1 stretches.

    With one operand it copies, stretches or scales; a leading or stretched axis of an operand is left out of
    its letters, so that going back sums over it.
    """
    letters = [f"x{axis}" for axis in range(len(output))]
    ones = {f"o{axis}": 1 for axis in range(len(output))}
    slots = []
    for shape in shapes:
        offset = len(output) - len(shape)
        slots.append(
            tuple(
                (letters[offset + axis],) if size == output[offset + axis] else (f"o{offset + axis}",)
                for axis, size in enumerate(shape)
            )
        )
    used = {x for slot in slots for axis in slot for x in axis}
    sizes: dict[str, Extent] = {
        **dict(zip(letters, output, strict=True)),
        **{x: 1 for x in ones if x in used},
    }
    return Form(
        output=tuple((x,) for x in letters),
        operands=tuple(slots),
        sizes=tuple(sorted(sizes.items())),
        scale=scale,
        label="mul" if len(shapes) > 1 else "scale",
    )


def reduction(shape: tuple[Extent, ...], dims: tuple[int, ...], scale: Fraction, *, keepdim: bool) -> Form:
    """The form of a sum over the axes `dims`, times `scale`."""
    letters = [f"x{axis}" for axis in range(len(shape))]
    sizes: dict[str, Extent] = dict(zip(letters, shape, strict=True))
    output: list[Axis] = []
    for axis, letter in enumerate(letters):
        if axis not in dims:
            output.append((letter,))
        elif keepdim:
            output.append((f"o{axis}",))
            sizes[f"o{axis}"] = 1
    return Form(tuple(output), (tuple((x,) for x in letters),), tuple(sorted(sizes.items())), (), scale, label="sum")
