"""Arrays of the numeric road: float64, or int and Fraction (dtype object), which stay exact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np
import numpy.typing as npt

from symbolic.errors import GradproofError, ShapeError

Array = npt.NDArray[Any]
Scalar = Any  # an int, a Fraction or a float
Params = Mapping[str, Any]
Forward = Callable[[Sequence[Array], Params], Array]
Backward = Callable[[Array, Sequence[Array], Params], Sequence[Array]]


@dataclass(frozen=True)
class Operator:
    """One row of the table.

    forward    (args, params) -> the value.
    backward   (delta, args, params) -> one gradient per argument, delta = dL/d(value).
    exact      rational arguments have a rational value; otherwise the arguments arrive as float64.
    """

    forward: Forward
    backward: Backward
    exact: bool = True


def is_exact(array: Array) -> bool:
    """Whether the array holds ints and Fractions."""
    return bool(array.dtype == object)


def settle(value: object) -> Array:
    """An array of float64 or object again: NumPy turns 0-d object arrays into bare Python numbers."""
    array = np.asarray(value)
    return array.astype(object) if array.dtype.kind in "iu" else array


def floats(array: Array) -> Array:
    """The array as float64."""
    try:
        return array.astype(np.float64)
    except OverflowError:
        raise GradproofError(
            "an exact value exceeds the range of float64, about 1.8e308; give smaller values"
        ) from None


def alike(arrays: Iterable[Array]) -> list[Array]:
    """The arrays, all as float64 if one of them is."""
    listed = list(arrays)
    return listed if all(map(is_exact, listed)) else [floats(a) for a in listed]


def number(value: Fraction | int, like: Array) -> Fraction | float:
    """A parameter as the kind of number that the array holds."""
    return value if is_exact(like) else float(value)


def _inverse(value: int | Fraction) -> Fraction:
    return 1 / Fraction(value)


def divide(array: object, divisor: object) -> Array:
    """array / divisor with broadcasting; ints give Fractions. The divisor has no zero."""
    above, below = settle(array), settle(divisor)
    if is_exact(above) and is_exact(below):
        return settle(above * np.frompyfunc(_inverse, 1, 1)(below))
    above, below = alike((above, below))
    return settle(above / below)


def refuse_zero(operator: str, array: Array) -> None:
    """A zero divisor is refused, in floats as in Fractions."""
    zeros = np.argwhere(array == 0)
    if len(zeros):
        at = tuple(int(i) for i in zeros[0])
        raise GradproofError(f"{operator}: the divisor is 0 at index {at}; give values that keep it from 0")


def unbroadcast(array: Array, shape: tuple[int, ...]) -> Array:
    """Adds up the copies that broadcasting from `shape` made: its adjoint."""
    total = settle(array)
    total = settle(total.sum(axis=tuple(range(total.ndim - len(shape)))))
    stretched = tuple(axis for axis, n in enumerate(shape) if n == 1 and total.shape[axis] != 1)
    return settle(total.sum(axis=stretched, keepdims=True))


def read(name: str, value: object, shape: tuple[Any, ...]) -> Array:
    """The value of a tensor: ints and Fractions as they are, anything with a float in it as float64.

    Raises GradproofError, ShapeError: not an array of finite real numbers, or of another shape.
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ShapeError(f"tensor '{name}': rows of different lengths; give an array of shape {shape}") from None
    if array.shape != shape:
        raise ShapeError(f"tensor '{name}' has shape {shape}; got a value of shape {array.shape}")
    if array.dtype.kind in "iu":
        return array.astype(object)
    if array.dtype.kind == "O":
        array = _read_objects(name, array)
    elif array.dtype.kind != "f":
        raise GradproofError(f"tensor '{name}': expected numbers (int, Fraction or float); got dtype {array.dtype}")
    if not is_exact(array):
        array = array.astype(np.float64)
        require_finite(f"tensor '{name}'", array)
    return array


def _read_objects(name: str, array: Array) -> Array:
    """Objects as ints and Fractions, or all of them as float64."""
    out = np.empty(array.size, dtype=object)
    for i, entry in enumerate(array.reshape(-1)):
        if isinstance(entry, Rational) and not isinstance(entry, bool):
            top, bottom = int(entry.numerator), int(entry.denominator)
            out[i] = top if bottom == 1 else Fraction(top, bottom)
        elif isinstance(entry, float | np.floating):
            out[i] = float(entry)
        else:
            raise GradproofError(f"tensor '{name}': expected numbers (int, Fraction or float); got {entry!r:.60}")
    mixed = any(isinstance(entry, float) for entry in out)
    return (floats(out) if mixed else out).reshape(array.shape)


def require_finite(where: str, array: Array) -> None:
    """Refuses inf and nan, which compare and subtract to nonsense."""
    if not is_exact(array) and not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise GradproofError(f"{where}: the number at index {at} is {array[at]}; give values for which all are finite")
