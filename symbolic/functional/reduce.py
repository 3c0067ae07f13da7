"""sum and mean over axes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from numbers import Integral
from typing import Any

from symbolic.errors import ShapeError, shown
from symbolic.functional.arguments import as_tensor, flag, node
from symbolic.terms.build import multi
from symbolic.terms.layers import reduction
from symbolic.terms.size import ints
from symbolic.terms.term import Multi, Node, Tensor


def axes_of(operator: str, dim: Any, rank: int) -> tuple[int, ...]:
    """Axes as sorted numbers from 0; None and (), as in PyTorch, mean all."""
    given = tuple(dim) if isinstance(dim, Sequence) and not isinstance(dim, str | bytes) else (dim,)
    if dim is None or not given:
        return tuple(range(rank))
    most = max(rank, 1)
    dims = {
        int(d) % most for d in given if isinstance(d, Integral) and not isinstance(d, bool) and -most <= int(d) < most
    }
    if len(dims) != len(given):
        raise ShapeError(f"{operator}: dim must name different axes from {-most} to {most - 1}; got {shown(dim)}")
    return tuple(sorted(dims)) if rank else ()


def _reduced(operator: str, x: Tensor, dim: Any, keepdim: bool, name: str) -> Node:
    x = as_tensor(operator, "input", x)
    dims = axes_of(operator, dim, len(x.shape))
    count = prod(ints(x.shape[d] for d in dims))
    scale = Fraction(1, count) if operator == "mean" else Fraction(1)
    kept = flag(operator, "keepdim", keepdim)
    body = multi(Multi(reduction(x.shape, dims, scale, keepdim=kept), (x,)))
    return node(operator, (x,), body, name, dim=dims, keepdim=kept)


def sum(input: Tensor, dim: Any = None, keepdim: bool = False, *, name: str = "") -> Node:
    """The sum over the axes `dim` (all by default); with keepdim they stay with size 1."""
    return _reduced("sum", input, dim, keepdim, name)


def mean(input: Tensor, dim: Any = None, keepdim: bool = False, *, name: str = "") -> Node:
    """The mean over the axes `dim` (all by default); with keepdim they stay with size 1."""
    return _reduced("mean", input, dim, keepdim, name)
