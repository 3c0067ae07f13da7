"""Plain-loop oracles, written from the definitions and sharing nothing with the package but the shape of a Form.

Dual numbers a + b*eps give exact derivatives of any of the forward loops below: one more road to a gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from symbolic.terms.layers import SPATIAL, TABLE
from symbolic.terms.layers import form as layer

if TYPE_CHECKING:
    from symbolic.terms.form import Form, Slot

Array = NDArray[Any]
Index = tuple[int, ...]
Pads = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Dual:
    """value + slope * eps with eps^2 = 0."""

    value: Fraction
    slope: Fraction = Fraction(0)

    @staticmethod
    def of(x: Any) -> Dual:
        return x if isinstance(x, Dual) else Dual(Fraction(x))

    def __add__(self, other: Any) -> Dual:
        y = Dual.of(other)
        return Dual(self.value + y.value, self.slope + y.slope)

    def __mul__(self, other: Any) -> Dual:
        y = Dual.of(other)
        return Dual(self.value * y.value, self.slope * y.value + self.value * y.slope)

    def __neg__(self) -> Dual:
        return self * -1

    def __sub__(self, other: Any) -> Dual:
        return self + -Dual.of(other)

    def __rsub__(self, other: Any) -> Dual:
        return Dual.of(other) - self

    def __truediv__(self, other: Any) -> Dual:
        y = Dual.of(other)
        return self * Dual(1 / y.value, -y.slope / y.value**2)

    def __rtruediv__(self, other: Any) -> Dual:
        return Dual.of(other) / self

    def __pow__(self, n: int) -> Dual:
        return Dual(self.value**n, n * self.value ** (n - 1) * self.slope if n else Fraction(0))

    def __gt__(self, other: Any) -> bool:
        return self.value > Dual.of(other).value

    __radd__ = __add__
    __rmul__ = __mul__


def exact(values: Any) -> Array:
    """An array of Fractions from nested lists of numbers."""
    array = np.array(values, dtype=object)
    return np.asarray(np.frompyfunc(Fraction, 1, 1)(array), dtype=object)


def value_of(x: Any) -> Fraction:
    """The number without its slope."""
    return x.value if isinstance(x, Dual) else Fraction(x)


def gradient(f: Callable[..., Any], values: Mapping[str, Any], name: str) -> Array:
    """Exact d f(**values) / d values[name], entry by entry."""
    arrays = {key: exact(value) for key, value in values.items()}
    out = np.empty(arrays[name].shape, dtype=object)
    for at in np.ndindex(*out.shape):
        moved: Any = arrays[name].copy()
        moved[at] = Dual(moved[at], Fraction(1))
        out[at] = Dual.of(np.asarray(f(**arrays | {name: moved}), dtype=object)[()]).slope
    return out


def filled(shape: Index, value: Any = 0) -> Array:
    """An array of one number, exact."""
    out = np.empty(shape, dtype=object)
    out[...] = Fraction(value)
    return out


def letters(form: Form) -> Iterator[dict[str, int]]:
    """Every assignment of the letters inside their extents that satisfies every row."""
    names = [name for name, _ in form.sizes]
    for values in product(*(range(int(n)) for _, n in form.sizes)):  # type: ignore[arg-type]
        at = dict(zip(names, values, strict=True))
        if all(r.s * at[r.i] + r.d * at[r.u] - r.e * at[r.a] == r.p for r in form.rows):
            yield at


def position(form: Form, slot: Slot, at: Mapping[str, int]) -> Index:
    """The index a slot's axes have; on an axis of several letters the last one runs fastest."""
    index = []
    for axis in slot:
        place = 0
        for letter in axis:
            place = place * int(form.extent[letter]) + at[letter]  # type: ignore[arg-type]
        index.append(place)
    return tuple(index)


def contract(form: Form, arrays: Sequence[Array]) -> Array:
    """The form's output by its definition."""
    out = filled(tuple(int(n) for n in form.output_shape))  # type: ignore[arg-type]
    for at in letters(form):
        term: Any = form.scale
        for slot, array in zip(form.operands, arrays, strict=True):
            term = term * array[position(form, slot, at)]
        out[position(form, form.output, at)] += term
    return out


def conv(x: Array, f: Array, stride: Sequence[int], pads: Pads, dilation: Sequence[int], groups: int = 1) -> Array:
    """Cross-correlation of (N, C, ...) with (O, C/groups, ...), textbook loops."""
    rank = len(stride)
    size = [
        (x.shape[2 + a] + sum(pads[a]) - dilation[a] * (f.shape[2 + a] - 1) - 1) // stride[a] + 1 for a in range(rank)
    ]
    out = filled((x.shape[0], f.shape[0], *size))
    per_group = f.shape[0] // groups
    for n, o in np.ndindex(*out.shape[:2]):
        for i in np.ndindex(*size):
            for c in range(f.shape[1]):
                for u in np.ndindex(*f.shape[2:]):
                    at = tuple(i[a] * stride[a] + u[a] * dilation[a] - pads[a][0] for a in range(rank))
                    if all(0 <= at[a] < x.shape[2 + a] for a in range(rank)):
                        out[n, o, *i] = out[n, o, *i] + f[o, c, *u] * x[n, o // per_group * f.shape[1] + c, *at]
    return out


def windows(
    size: Sequence[int], kernel: Index, stride: Index, padding: Index, dilation: Index, *, ceil: bool = False
) -> tuple[Index, Callable[[Index], list[Index]]]:
    """Output sizes of a pooling layer and, for an output position, the input positions inside the input."""
    out = []
    for n, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True):
        room = n + 2 * p - d * (k - 1) - 1
        m = (-(-room // s) if ceil else room // s) + 1
        if ceil and (m - 1) * s >= n + p:
            m -= 1
        out.append(m)

    def inside(i: Index) -> list[Index]:
        axes = [
            [a for u in range(k) if 0 <= (a := x * s + u * d - p) < n]
            for x, n, k, s, p, d in zip(i, size, kernel, stride, padding, dilation, strict=True)
        ]
        return list(product(*axes))

    return tuple(out), inside


def pooled(x: Array, rank: int, reduce: Callable[[list[Any], Index], Any], **how: Any) -> Array:
    """`reduce(entries, output position)` over every window of the last `rank` axes."""
    lead = x.shape[: x.ndim - rank]
    out_size, inside = windows(x.shape[x.ndim - rank :], **how)
    out = filled((*lead, *out_size))
    for n in np.ndindex(*lead):
        for i in np.ndindex(*out_size):
            out[(*n, *i)] = reduce([x[(*n, *a)] for a in inside(i)], i)
    return out


def first_largest(entries: list[Any]) -> Any:
    """The first of the largest."""
    best = entries[0]
    for entry in entries[1:]:
        if value_of(entry) > value_of(best):
            best = entry
    return best


PLAIN = {"conv": "ngoc", "conv_transpose": "ngoc", "bias": "ngoc"}


def table_options(key: str, rank: int) -> list[dict[str, Any]]:
    """Every layout of a TABLE row: plain, one image and batch, or 0 to 2 carried axes."""
    if key in PLAIN:
        return [{"rank": rank, "without": without} for without in (PLAIN[key], "n", "")]
    return [{"rank": rank, "carried": carried} for carried in range(3)]


def table_sizes(number: Callable[[str], int]) -> dict[str, int]:
    """Extents and parameters of every letter a TABLE row may ask for."""
    names = [x for row in SPATIAL for x in row] + list("ngocxyzqr")
    return {x: number(x) for x in names} | {f"{x}{axis}": number(x) for x in "sdep" for axis in (1, 2, 3)}


@st.composite
def table_forms(draw: st.DrawFn, keys: Sequence[str] = tuple(TABLE), most_rank: int = 2) -> Form:
    """A TABLE row at random small sizes, strides, dilations, input dilations and paddings, negative ones too."""
    key = draw(st.sampled_from(list(keys)))
    rank = draw(st.integers(1, most_rank))
    options = draw(st.sampled_from(table_options(key, rank)))
    most = {"s": 3, "d": 3, "e": 3, "i": 3, "u": 3, "a": 4} if rank == 1 else {}

    def number(letter: str) -> int:
        if letter == "p":
            return draw(st.integers(-2, 3))
        return draw(st.integers(1, most.get(letter, 2)))

    return layer(key, table_sizes(number), scale=draw(st.sampled_from([Fraction(1), Fraction(-2, 3)])), **options)


@st.composite
def operands(draw: st.DrawFn, form: Form) -> list[Array]:
    """Arrays of small whole numbers for a form's operands."""
    return [draw(arrays(tuple(int(n) for n in form.shape(slot)))) for slot in form.operands]  # type: ignore[arg-type]


@st.composite
def arrays(draw: st.DrawFn, shape: Index) -> Array:
    """An array of small whole numbers, as Fractions."""
    count = int(np.prod(shape, dtype=int))
    flat = draw(st.lists(st.integers(-4, 4), min_size=count, max_size=count))
    return exact(flat).reshape(shape)
