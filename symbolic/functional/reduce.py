"""sum and mean over axes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Any

from symbolic.build import multi
from symbolic.errors import ShapeError
from symbolic.functional.arguments import as_tensor, node
from symbolic.index import ints
from symbolic.layers import reduction
from symbolic.term import Multi, Node, Tensor


def axes_of(operator: str, dim: Any, rank: int) -> tuple[int, ...]:
    """Axes as sorted numbers from 0; None means all."""
    dims = tuple(range(rank)) if dim is None else tuple(dim) if isinstance(dim, Sequence) else (dim,)
    wrong = [d for d in dims if isinstance(d, bool) or not isinstance(d, int) or not -rank <= d < rank]
    if wrong or len({d % rank for d in dims} if rank else dims) != len(dims):
        raise ShapeError(f"{operator}: dim must name different axes from {-rank} to {rank - 1}; got {dim!r:.60}")
    return tuple(sorted(d % rank for d in dims)) if rank else ()


def _reduced(operator: str, x: Tensor, dim: Any, keepdim: bool, name: str) -> Node:
    x = as_tensor(operator, "input", x)
    dims = axes_of(operator, dim, len(x.shape))
    count = prod(ints(x.shape[d] for d in dims))
    scale = Fraction(1, count) if operator == "mean" else Fraction(1)
    body = multi(Multi(reduction(x.shape, dims, scale, keepdim=keepdim), (x,)))
    return node(operator, (x,), body, name, dim=dims, keepdim=bool(keepdim))


def sum(input: Tensor, dim: Any = None, keepdim: bool = False, *, name: str = "") -> Node:
    """The sum over the axes `dim` (all by default); with keepdim they stay with size 1."""
    return _reduced("sum", input, dim, keepdim, name)


def mean(input: Tensor, dim: Any = None, keepdim: bool = False, *, name: str = "") -> Node:
    """The mean over the axes `dim` (all by default); with keepdim they stay with size 1."""
    return _reduced("mean", input, dim, keepdim, name)
