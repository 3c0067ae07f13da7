"""flatten, reshape, cat: entries moved, none computed."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from numbers import Integral
from typing import Any

import numpy as np

from symbolic.errors import GradproofError, ShapeError, shown
from symbolic.functional.arguments import as_tensor, axis, node, whole
from symbolic.terms.term import Node, Route, Sum, Tensor


def _moved(op: str, x: Tensor, sizes: tuple[int, ...], name: str, **params: Any) -> Node:
    return node(op, (x,), Route(x, sizes, tuple((place, place) for place in range(x.size))), name, **params)


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1, *, name: str = "") -> Node:
    """The axes from start_dim to end_dim as one, row-major.  Source  torch.flatten."""
    x = as_tensor("flatten", "input", input)
    rank = len(x.shape)
    start, end = axis("flatten", "start_dim", start_dim, rank), axis("flatten", "end_dim", end_dim, rank)
    if start > end:
        raise ShapeError(f"flatten: start_dim must not lie behind end_dim; got {start_dim} and {end_dim}")
    sizes = [int(n) for n in x.shape]  # type: ignore[arg-type]
    shape = (*sizes[:start], prod(sizes[start : end + 1]), *sizes[end + 1 :])
    return _moved("flatten", x, shape, name, start_dim=start, end_dim=end)


def reshape(input: Tensor, shape: Sequence[int], *, name: str = "") -> Node:
    """The same entries, row-major, in another shape; one size may be -1.  Source  torch.reshape."""
    x = as_tensor("reshape", "input", input)
    if isinstance(shape, str | bytes) or not isinstance(shape, Sequence):
        raise ShapeError(f"reshape: shape must be a tuple of sizes; got {shown(shape)}")
    sizes = [-1 if isinstance(n, Integral) and n == -1 else whole("reshape", "shape", n, 1) for n in shape]
    known = prod(n for n in sizes if n != -1)
    if sizes.count(-1) > 1:
        raise ShapeError(f"reshape: at most one size of shape may be -1; got {tuple(sizes)}")
    if x.size % known or (-1 not in sizes and known != x.size):
        raise ShapeError(
            f"reshape: shape {tuple(sizes)} does not hold the {x.size} entries of an input of shape {x.shape}"
        )
    return _moved("reshape", x, tuple(x.size // known if n == -1 else n for n in sizes), name, shape=tuple(sizes))


def cat(tensors: Sequence[Tensor], dim: int = 0, *, name: str = "") -> Node:
    """Tensors one after the other along an axis; the other sizes must agree.  Source  torch.cat."""
    if isinstance(tensors, Tensor) or not isinstance(tensors, Sequence) or not tensors:
        given = "a tensor" if isinstance(tensors, Tensor) else shown(tensors)
        raise GradproofError(f"cat: expected a list of at least one tensor, cat([X, Y], dim=0); got {given}")
    parts = [as_tensor("cat", f"tensors[{k}]", x) for k, x in enumerate(tensors)]
    rank = len(parts[0].shape)
    if rank == 0:
        raise ShapeError("cat: tensors must have at least one axis; got shape ()")
    along = axis("cat", "dim", dim, rank)
    shapes = [tuple(int(n) for n in x.shape) for x in parts]  # type: ignore[arg-type]
    if any(len(s) != rank or s[:along] + s[along + 1 :] != shapes[0][:along] + shapes[0][along + 1 :] for s in shapes):
        raise ShapeError(f"cat: shapes must agree but for axis {along}; got {', '.join(map(str, shapes))}")
    total = (*shapes[0][:along], sum(s[along] for s in shapes), *shapes[0][along + 1 :])
    places = np.arange(prod(total)).reshape(total)
    routes, start = [], 0
    for x, shape in zip(parts, shapes, strict=True):
        own = np.take(places, range(start, start + shape[along]), axis=along).reshape(-1)
        routes.append(Route(x, total, tuple((int(o), a) for a, o in enumerate(own))))
        start += shape[along]
    return node("cat", tuple(parts), Sum(tuple(routes), total), name, dim=along)
