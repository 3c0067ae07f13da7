"""Reading the numbers a user gives for tensors: exact where they are exact, every misfit named."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolic.errors import GradproofError, ShapeError, nearest, shown
from symbolic.roads.evaluate import plain
from symbolic.terms.size import ints
from symbolic.terms.term import Leaf, Tensor

Array = NDArray[Any]
DEEPEST = 32  # NumPy's own limit on axes, more than any layer has


class ByTensor(Mapping[Any, Array]):
    """Arrays by tensor or by its name; iterating gives the names."""

    def __init__(self, arrays: Mapping[Tensor, Array]) -> None:
        self._arrays = dict(arrays)
        self._names = {tensor.name: tensor for tensor in arrays if tensor.name}

    def __getitem__(self, key: Tensor | str) -> Array:
        tensor = self._names.get(key) if isinstance(key, str) else key
        if tensor is None or tensor not in self._arrays:
            shown = key if isinstance(key, str) else (getattr(key, "name", "") or repr(key))
            raise KeyError(f"no tensor '{shown}' in this network; it has {', '.join(self._names)}")
        return self._arrays[tensor]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        """`ByTensor(X (3, 3), F (2, 2))`: the names and shapes it holds."""
        return f"ByTensor({', '.join(f'{name} {self[name].shape}' for name in self._names)})"

    def items_by_tensor(self) -> Iterator[tuple[Tensor, Array]]:
        """Every tensor, named or not, with its array."""
        return iter(self._arrays.items())


def read_values(values: Mapping[Any, Any], leaves: Sequence[Tensor]) -> dict[Tensor, Array]:
    """One array per input; if any number is a float, all become float64."""
    if not isinstance(values, Mapping):
        raise GradproofError(f"values: expected a dict such as {{'X': [[1, 2], [3, 4]]}}; got {type(values).__name__}")
    by_name = {leaf.name: leaf for leaf in leaves}
    given: dict[str, Any] = {}
    for key, value in values.items():
        name = key.name if isinstance(key, Tensor) else key
        if name in given:
            raise GradproofError(f"values: two values are given for {shown(name)}, by name and by tensor; expected one")
        if isinstance(key, Tensor) and name in by_name and key != by_name[name]:
            raise GradproofError(
                f"values: the tensor '{name}' of shape {key.shape} is not the network's input '{name}' of shape "
                f"{by_name[name].shape}"
            )
        if name not in by_name:
            raise GradproofError(
                f"values: the network has no input {shown(name)}{nearest(str(name), by_name)}; its inputs are "
                f"{', '.join(by_name)}"
            )
        given[name] = value
    missing = [name for name in by_name if name not in given]
    if missing:
        raise GradproofError(f"values: no value for {', '.join(missing)}; the inputs are {', '.join(by_name)}")
    arrays = {leaf: read_array(name, given[name], leaf.shape) for name, leaf in by_name.items()}
    if any(array.dtype == np.float64 for array in arrays.values()):
        return {leaf: _as_floats(leaf.name, array) for leaf, array in arrays.items()}
    return arrays


def read_array(name: str, value: Any, shape: tuple[Any, ...]) -> Array:
    """An array of the given shape: ints and Fractions exact (dtype object), floats float64; NaN is refused."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        array = value.astype(np.float64)
        given = array.shape
    else:
        given = _shape(name, value)
        leaves = [_number(name, x) for x in _leaves(value)]
        floats = any(isinstance(x, float) for x in leaves)
        array = np.empty(len(leaves), dtype=object)
        array[:] = leaves
        array = (_as_floats(name, array) if floats else array).reshape(given)
    if given != tuple(shape):
        raise ShapeError(f"{name}: expected values of shape {tuple(shape)}; got shape {given}")
    if array.dtype == np.float64 and not np.isfinite(array).all():
        raise GradproofError(f"{name}: every value must be finite; got NaN or infinity")
    return array


def random_values(inputs: Sequence[Leaf], generator: np.random.Generator) -> dict[Tensor, Array]:
    """Whole numbers from -9 to 9 without 0 for every input, exact; the same generator draws the same numbers."""
    arrays: dict[Tensor, Array] = {}
    for leaf in inputs:
        shape = ints(leaf.shape)
        numbers = generator.integers(1, 10, size=shape) * generator.choice([-1, 1], size=shape)
        arrays[leaf] = read_array(leaf.name, numbers, leaf.shape)
    return arrays


def _as_floats(name: str, array: Array) -> Array:
    try:
        return array.astype(np.float64)
    except OverflowError:
        raise GradproofError(f"{name}: a number is too large for the floats it stands beside") from None


def _shape(name: str, value: Any, depth: int = 0) -> tuple[int, ...]:
    if depth > DEEPEST:
        raise ShapeError(f"{name}: lists are nested more than {DEEPEST} deep; expected one level per axis")
    if isinstance(value, np.ndarray):
        return tuple(value.shape)
    if not isinstance(value, list | tuple):
        return ()
    inner = {_shape(name, item, depth + 1) for item in value}
    if len(inner) > 1:
        raise ShapeError(f"{name}: the rows have different shapes {sorted(inner)}; expected a rectangular array")
    return (len(value), *(inner.pop() if inner else ()))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple | np.ndarray) and getattr(value, "ndim", True):
        for item in value:
            yield from _leaves(item)
    else:
        yield value.item() if isinstance(value, np.generic | np.ndarray) else value


def _number(name: str, value: Any) -> int | float | Fraction:
    if not isinstance(value, bool):
        if isinstance(value, Rational):
            return plain(Fraction(int(value.numerator), int(value.denominator)))
        if getattr(value, "is_Rational", False):
            return plain(Fraction(int(value.p), int(value.q)))
        if isinstance(value, float):
            if not math.isfinite(value):
                raise GradproofError(f"{name}: every value must be finite; got {value}")
            return value
    raise GradproofError(f"{name}: expected numbers (int, Fraction or float); got {shown(value)}")
