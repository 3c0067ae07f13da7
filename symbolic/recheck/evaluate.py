"""Terms at given sizes and numbers, by plain loops over the relation; nothing here proves anything.

Integers stay integers, quotients become Fractions, exp and its relatives floats. A `Dual` is a + b*t with
t^2 = 0, so that evaluating at X + t*H gives the derivative in the direction H.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from symbolic.recheck.refusal import RefusedError
from symbolic.recheck.terms import Along, Counted, Flip, Function, Gradient, Number, Product, Slot, Tensor, Term, Total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Values = list[Any]  # int, Fraction, float or Dual, row-major
ROOTS = ("log", "rsqrt", "sqrt")  # have a value at positive numbers only
MANY = 20_000  # index tuples of one sum, entries of one array: more is no small size


class UnfitError(Exception):
    """The sizes are too large, or a function has no value: other sizes and numbers are to be tried."""


@dataclass(frozen=True, slots=True)
class Dual:
    """value + slope*t with t^2 = 0."""

    value: Any
    slope: Any

    def __add__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.slope + other.slope)
        return Dual(self.value + other, self.slope)

    def __mul__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)
        return Dual(self.value * other, self.slope * other)

    __radd__ = __add__
    __rmul__ = __mul__


@dataclass
class Place:
    """Where terms are evaluated: sizes, and the tensors' entries."""

    sizes: Mapping[str, int]
    tensors: dict[str, Values]

    def shape(self, term: Term) -> tuple[int, ...]:
        """The shape of a term as integers."""
        shape = tuple(extent.value(self.sizes) for extent in term.shape)
        if math.prod(shape) > MANY:
            raise UnfitError
        return shape


def entries(term: Term, place: Place) -> Values:
    """The entries of a term."""
    match term:
        case Tensor(name):
            return place.tensors[name]
        case Number(value):
            return [_plain(value)] * math.prod(place.shape(term))
        case Product():
            return _product(term, place)
        case Flip(source, axes):
            return _flipped(entries(source, place), place.shape(term), axes)
        case Total(terms):
            return [
                sum(column[1:], start=column[0]) for column in zip(*(entries(t, place) for t in terms), strict=True)
            ]
        case Function(name, order, param, source):
            return [_function(name, order, _plain(param or Fraction(0)), z) for z in entries(source, place)]
        case Along(name, axis, source):
            return _along(name, entries(source, place), place.shape(source), axis)
        case Counted(integer):
            return [integer.at(place.sizes)]
        case Gradient():
            raise RefusedError("a gradient is evaluated along a direction only")


def directional(gradient: Gradient, place: Place, direction: Sequence[Any]) -> Any:
    """The derivative of the scalar along a direction of the tensor."""
    plain = place.tensors[gradient.wrt.name]
    moving: Values = [Dual(x, h) for x, h in zip(plain, direction, strict=True)]
    (value,) = entries(gradient.of, Place(place.sizes, {**place.tensors, gradient.wrt.name: moving}))
    return value.slope if isinstance(value, Dual) else 0


def _plain(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _product(term: Product, place: Place) -> Values:
    extent = {letter: n.value(place.sizes) for letter, n in term.extents}
    result: Values = [0] * math.prod(place.shape(term))
    factor = term.scale / term.divisor.value(place.sizes)
    operands = [entries(operand, place) for operand in term.operands]
    base = 1 + max([len(result), *map(len, operands)])
    for packed in _positions(term, extent, place.sizes, base):
        rest, at = divmod(packed, base)
        value: Any = 1
        for operand in operands:
            rest, position = divmod(rest, base)
            value = operand[position] * value
        result[at] = value + result[at]
    return result if factor == 1 else [_plain(factor) * value for value in result]


def _positions(term: Product, extent: Mapping[str, int], sizes: Mapping[str, int], base: int) -> list[int]:
    """For every assignment of the letters: the flat positions in output and operands, packed into one integer."""
    step = dict.fromkeys(extent, 0)
    for power, slot in enumerate((term.output, *term.slots)):
        for letter, stride in _strides(slot, extent):
            step[letter] += stride * base**power
    if max(extent.values(), default=1) > MANY:
        raise UnfitError
    blocks = []
    tied = set()
    for row in term.rows:
        if math.prod(extent[x] for x in (row.i, row.u, row.a)) > MANY:
            raise UnfitError
        s, d, e, p = (x.value(sizes) for x in (row.s, row.d, row.e, row.p))
        tied |= {row.i, row.u, row.a}
        blocks.append([
            i * step[row.i] + u * step[row.u] + a * step[row.a]
            for i, u, a in product(range(extent[row.i]), range(extent[row.u]), range(extent[row.a]))
            if s * i + d * u - e * a == p
        ])  # fmt: skip
    blocks += [[x * step[letter] for x in range(n)] for letter, n in extent.items() if letter not in tied]
    if math.prod(map(len, blocks)) > MANY:
        raise UnfitError
    found = [0]
    for block in blocks:
        found = [one + other for one in found for other in block]
    return found


def _strides(slot: Slot, extent: Mapping[str, int]) -> list[tuple[str, int]]:
    """(letter, how far one step of it moves in the flat array) for each letter; the last runs fastest."""
    found, stride = [], 1
    for letter in reversed([letter for axis in slot for letter in axis]):
        found.append((letter, stride))
        stride *= extent[letter]
    return found


def _flipped(values: Values, shape: tuple[int, ...], axes: tuple[int, ...]) -> Values:
    result = []
    for index in product(*map(range, shape)):
        at = 0
        for axis, (x, n) in enumerate(zip(index, shape, strict=True)):
            at = at * n + (n - 1 - x if axis in axes else x)
        result.append(values[at])
    return result


def _along(name: str, values: Values, shape: tuple[int, ...], axis: int) -> Values:
    """softmax or logsumexp of every line along the axis; entries are small, so that nothing overflows."""
    after, length = math.prod(shape[axis + 1 :]), shape[axis]
    short = 1 if name == "logsumexp" else length
    result: Values = [0] * (len(values) // length * short)
    for before, rest in product(range(math.prod(shape[:axis])), range(after)):
        line = [values[(before * length + x) * after + rest] for x in range(length)]
        grown = [_function("exp", 0, 0, z) for z in line]
        total = sum(grown[1:], start=grown[0])
        found = [_function("log", 0, 0, total)] if name == "logsumexp" else [
            x * _function("reciprocal", 0, 0, total) for x in grown
        ]  # fmt: skip
        for x, value in enumerate(found):
            result[(before * short + x) * after + rest] = value
    return result


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


_TABLE: dict[str, tuple[Any, Any, Any]] = {  # value, first and second derivative of (z, param)
    "exp": (lambda z, _: math.exp(z), lambda z, _: math.exp(z), lambda z, _: math.exp(z)),
    "log": (lambda z, _: math.log(z), lambda z, _: 1 / z, lambda z, _: -1 / z**2),
    "reciprocal": (lambda z, _: 1 / z, lambda z, _: -1 / z**2, lambda z, _: 2 / z**3),
    "sqrt": (lambda z, _: math.sqrt(z), lambda z, _: 0.5 / math.sqrt(z), lambda z, _: -0.25 * z**-1.5),
    "rsqrt": (lambda z, _: z**-0.5, lambda z, _: -0.5 * z**-1.5, lambda z, _: 0.75 * z**-2.5),
    "sigmoid": (
        lambda z, _: _sigmoid(z),
        lambda z, _: _sigmoid(z) * _sigmoid(-z),
        lambda z, _: _sigmoid(z) * _sigmoid(-z) * (1 - 2 * _sigmoid(z)),
    ),
    "tanh": (
        lambda z, _: math.tanh(z),
        lambda z, _: math.cosh(z) ** -2,
        lambda z, _: -2 * math.tanh(z) * math.cosh(z) ** -2,
    ),
    "softplus": (
        lambda z, _: math.log1p(math.exp(z)),
        lambda z, _: _sigmoid(z),
        lambda z, _: _sigmoid(z) * _sigmoid(-z),
    ),
    "pow": (lambda z, n: z**n, lambda z, n: n * z ** (n - 1), lambda z, n: n * (n - 1) * z ** (n - 2)),
    "relu": (lambda z, _: max(z, 0), lambda z, _: int(z > 0), lambda *_: 0),
    "leaky_relu": (lambda z, a: z if z > 0 else a * z, lambda z, a: 1 if z > 0 else a, lambda *_: 0),
    "abs": (lambda z, _: abs(z), lambda z, _: (z > 0) - (z < 0), lambda *_: 0),
}


def _function(name: str, order: int, param: Any, z: Any) -> Any:
    plain = z.value if isinstance(z, Dual) else z
    if name in ROOTS and plain <= 0:
        raise UnfitError
    try:
        value = _TABLE[name][order](plain, param)
        return Dual(value, _TABLE[name][order + 1](plain, param) * z.slope) if isinstance(z, Dual) else value
    except OverflowError as error:
        raise UnfitError from error
