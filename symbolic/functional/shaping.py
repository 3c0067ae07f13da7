"""flatten, reshape, cat: entries moved, none computed."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from symbolic.errors import GradproofError, ShapeError
from symbolic.functional.arguments import as_tensor, node, whole
from symbolic.term import Node, Route, Sum, Tensor


def _axis(operator: str, argument: str, value: Any, rank: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -rank <= value < rank:
        raise ShapeError(f"{operator}: {argument} must be an axis from {-rank} to {rank - 1}; got {value!r:.60}")
    return value % rank


def _moved(op: str, x: Tensor, sizes: tuple[int, ...], name: str, **params: Any) -> Node:
    return node(op, (x,), Route(x, sizes, tuple((place, place) for place in range(x.size))), name, **params)


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1, *, name: str = "") -> Node:
    """The axes from start_dim to end_dim as one, row-major.  Source  torch.flatten."""
    x = as_tensor("flatten", "input", input)
    if not x.shape:
        return _moved("flatten", x, (1,), name, start_dim=0, end_dim=0)
    rank = len(x.shape)
    start, end = _axis("flatten", "start_dim", start_dim, rank), _axis("flatten", "end_dim", end_dim, rank)
    if start > end:
        raise ShapeError(f"flatten: start_dim must not lie behind end_dim; got {start_dim} and {end_dim}")
    sizes = [int(n) for n in x.shape]  # type: ignore[arg-type]
    shape = (*sizes[:start], prod(sizes[start : end + 1]), *sizes[end + 1 :])
    return _moved("flatten", x, shape, name, start_dim=start, end_dim=end)


def reshape(input: Tensor, shape: Sequence[int], *, name: str = "") -> Node:
    """The same entries, row-major, in another shape; one size may be -1.  Source  torch.reshape."""
    x = as_tensor("reshape", "input", input)
    if isinstance(shape, str) or not isinstance(shape, Sequence):
        raise ShapeError(f"reshape: shape must be a tuple of sizes; got {shape!r:.60}")
    sizes = [n if n == -1 else whole("reshape", "shape", n, 1) for n in shape]
    known = prod(n for n in sizes if n != -1)
    if sizes.count(-1) > 1 or x.size % known or (-1 not in sizes and known != x.size):
        raise ShapeError(f"reshape: {tuple(shape)!r:.60} does not hold the {x.size} entries of shape {x.shape}")
    return _moved("reshape", x, tuple(x.size // known if n == -1 else n for n in sizes), name, shape=tuple(sizes))


def cat(tensors: Sequence[Tensor], dim: int = 0, *, name: str = "") -> Node:
    """Tensors one after the other along an axis; the other sizes must agree.  Source  torch.cat."""
    if isinstance(tensors, Tensor) or not isinstance(tensors, Sequence) or not tensors:
        raise GradproofError("cat: expected a list of at least one tensor, cat([X, Y], dim=0)")
    parts = [as_tensor("cat", f"tensors[{k}]", x) for k, x in enumerate(tensors)]
    rank = len(parts[0].shape)
    if rank == 0:
        raise ShapeError("cat: tensors must have at least one axis; got shape ()")
    axis = _axis("cat", "dim", dim, rank)
    shapes = [tuple(int(n) for n in x.shape) for x in parts]  # type: ignore[arg-type]
    if any(len(s) != rank or s[:axis] + s[axis + 1 :] != shapes[0][:axis] + shapes[0][axis + 1 :] for s in shapes):
        raise ShapeError(f"cat: shapes must agree but for axis {axis}; got {', '.join(map(str, shapes))}")
    total = (*shapes[0][:axis], sum(s[axis] for s in shapes), *shapes[0][axis + 1 :])
    places = np.arange(prod(total)).reshape(total)
    routes, start = [], 0
    for x, shape in zip(parts, shapes, strict=True):
        own = np.take(places, range(start, start + shape[axis]), axis=axis).reshape(-1)
        routes.append(Route(x, total, tuple((int(o), a) for a, o in enumerate(own))))
        start += shape[axis]
    return node("cat", tuple(parts), Sum(tuple(routes), total), name, dim=axis)
