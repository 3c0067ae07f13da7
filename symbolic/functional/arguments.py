"""Reading arguments: every wrong one is refused with operator, argument, value and rule."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any

from symbolic.errors import GradproofError, NameInvalidError, ShapeError, nearest, shown
from symbolic.terms.term import Leaf, Node, Shape, Tensor, Term, check_name

SMALLEST_SIZE, LARGEST_SIZE = 1, 10**6  # of an input tensor, and of a stride, padding, ...
LARGEST_RESULT = 10**7
MOST_AXES = 16


def tensor(name: str, shape: Sequence[int] = ()) -> Leaf:
    """An input tensor with symbolic entries: `tensor("X", (3, 3))` has the entries X_11 ... X_33.

    name   an identifier, unique within one graph.   shape  sizes of at least 1; () is a scalar.
    Raises NameInvalidError, ShapeError.
    """
    if not isinstance(name, str) and isinstance(shape, str):
        raise NameInvalidError(f"tensor: the name comes first, tensor({shape!r:.40}, {shown(name)})")
    check_name(name)
    if isinstance(shape, str) or not isinstance(shape, Sequence) or any(isinstance(n, Sequence) for n in shape):
        raise ShapeError(f"tensor '{name}': shape must be a tuple of sizes such as (3, 3); got {shown(shape)}")
    if len(shape) > MOST_AXES:
        raise ShapeError(f"tensor '{name}': shape has {len(shape)} axes; at most {MOST_AXES} are supported")
    sizes = tuple(whole(f"tensor '{name}'", "each size in shape", n, SMALLEST_SIZE) for n in shape)
    if math.prod(sizes) > LARGEST_SIZE:
        raise ShapeError(f"tensor '{name}': shape {sizes} has more than {LARGEST_SIZE:,} entries")
    return Leaf(name, sizes)


def exact(where: str, value: Any) -> Fraction:
    """An int, Fraction, SymPy Rational or float as an exact number; a float is its shortest decimal (0.01 = 1/100)."""
    if isinstance(value, bool):
        raise GradproofError(f"{where}: expected a number; got {value!r}")
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if getattr(value, "is_Rational", False):
        return Fraction(int(value.p), int(value.q))
    if isinstance(value, float) or (getattr(value, "ndim", None) == 0 and value.dtype.kind in "iuf"):
        number = float(value)
        if not math.isfinite(number):
            raise GradproofError(f"{where}: expected a finite number; got {number}")
        return Fraction(repr(number))
    raise GradproofError(f"{where}: expected a number (int, Fraction or float); got {shown(value)}")


def whole(operator: str, argument: str, value: Any, least: int) -> int:
    """A whole number of at least `least`, and small enough to count entries with."""
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
        raise ShapeError(f"{operator}: {argument} must be a whole number of at least {least}; got {shown(value)}")
    if int(value) > LARGEST_SIZE:
        raise ShapeError(f"{operator}: {argument} must be at most {LARGEST_SIZE:,}; got {shown(value)}")
    return int(value)


def flag(operator: str, argument: str, value: Any) -> bool:
    """True or False, nothing that merely counts as one of them."""
    if not isinstance(value, bool) and getattr(getattr(value, "dtype", None), "kind", "") != "b":
        raise GradproofError(f"{operator}: {argument} must be True or False; got {shown(value)}")
    return bool(value)


def word(operator: str, argument: str, value: Any, known: Sequence[str]) -> str:
    """One of the known words."""
    if not isinstance(value, str) or value not in known:
        close = nearest(value, known) if isinstance(value, str) else ""
        raise GradproofError(f"{operator}: {argument} must be one of {', '.join(known)}; got {shown(value)}{close}")
    return value


def axis(operator: str, argument: str, value: Any, rank: int) -> int:
    """An axis counted from 0; negative ones count from the end. A scalar has the axis 0, as in PyTorch."""
    most = max(rank, 1)
    if isinstance(value, bool) or not isinstance(value, Integral) or not -most <= int(value) < most:
        raise ShapeError(f"{operator}: {argument} must be an axis from {-most} to {most - 1}; got {shown(value)}")
    return int(value) % most


def per_axis(operator: str, argument: str, value: Any, rank: int, least: int) -> tuple[int, ...]:
    """One whole number for all spatial axes, or one per axis."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        if len(value) not in {1, rank}:
            raise ShapeError(
                f"{operator}: {argument} takes one number or {rank}, one per spatial axis; got {shown(tuple(value))}"
            )
        values = tuple(value) * (rank if len(value) == 1 else 1)
    else:
        values = (value,) * rank
    return tuple(whole(operator, argument, x, least) for x in values)


def paddings(
    operator: str, value: Any, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> tuple[tuple[int, int], ...]:
    """Padding as (low, high) per axis, from a number, numbers, pairs, or "valid", "same", "full"."""
    rank = len(kernel)
    reach = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    if isinstance(value, str):
        if value == "same" and any(s != 1 for s in stride):
            raise ShapeError(f'{operator}: padding="same" needs stride 1; got stride {stride}')
        words = {
            "valid": [(0, 0)] * rank,
            "same": [(r // 2, r - r // 2) for r in reach],
            "full": [(r, r) for r in reach],
        }
        if value not in words:
            raise ShapeError(
                f'{operator}: padding must be numbers, (low, high) pairs, "valid", "same" or "full"; got {shown(value)}'
            )
        return tuple(words[value])
    if isinstance(value, Sequence) and any(isinstance(x, Sequence) for x in value):
        if len(value) != rank or any(not isinstance(x, Sequence) or isinstance(x, str) or len(x) != 2 for x in value):
            raise ShapeError(f"{operator}: padding takes {rank} (low, high) pairs; got {shown(tuple(value))}")
        return tuple((whole(operator, "padding", low, 0), whole(operator, "padding", high, 0)) for low, high in value)
    return tuple((p, p) for p in per_axis(operator, "padding", value, rank, 0))


def output_sizes(
    operator: str,
    size: Shape,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[tuple[int, int], ...],
    dilation: tuple[int, ...],
) -> tuple[int, ...]:
    """floor((n + low + high - d (k - 1) - 1) / s) + 1 per axis; a window that does not fit once is refused."""
    out = []
    for n, k, s, (low, high), d in zip(size, kernel, stride, padding, dilation, strict=True):
        room = int(n) + low + high - (d * (k - 1) + 1)  # type: ignore[arg-type]
        if room < 0:
            shown = "" if d == 1 else f" (dilated: {d * (k - 1) + 1})"
            raise ShapeError(
                f"{operator}: the kernel {kernel}{shown} is larger than the input {tuple(size)} with padding {padding};"
                " each kernel size must be at most the padded input size"
            )
        out.append(room // s + 1)
    return tuple(out)


def as_tensor(operator: str, argument: str, value: Any) -> Tensor:
    """A tensor, or one clear sentence."""
    if not isinstance(value, Tensor):
        given = "None" if value is None else f"{type(value).__name__} {shown(value)}"
        raise GradproofError(f"{operator}: {argument} must be a tensor; got {given}")
    return value


def node(op: str, args: tuple[Tensor, ...], body: Term, name: str, **params: Any) -> Node:
    """The operator's node; `name` may be empty."""
    if not isinstance(name, str):
        check_name(name)
    if math.prod(n for n in body.shape if isinstance(n, int)) > LARGEST_RESULT:
        raise ShapeError(f"{op}: the result of shape {body.shape} has more than {LARGEST_RESULT:,} entries")
    return Node(op, args, body, params, name)


def documented(function: Callable[..., Node], name: str, text: str, rank: int) -> Callable[..., Node]:
    """The function under its public name, its docstring filled in for a number of spatial axes."""
    function.__name__ = function.__qualname__ = name
    axes, kernel = ("L", "H, W", "D, H, W")[rank - 1], ("k", "kH, kW", "kD, kH, kW")[rank - 1]
    function.__doc__ = text.format(rank=rank, axes=axes, kernel=kernel)
    return function
