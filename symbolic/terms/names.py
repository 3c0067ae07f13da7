"""Names of entries: X_11, past nine X_1_10; 1-based as in print."""

from __future__ import annotations

from functools import cache
from numbers import Integral
from typing import TYPE_CHECKING, Any

from symbolic.errors import NameInvalidError, ShapeError, shown
from symbolic.terms.size import ints
from symbolic.terms.term import Grad, Index, Tensor, Term

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import sympy


def entry_name(name: str, index: Index) -> str:
    """`X_11`; `X_1_10` where an index passes nine; the bare name for shape ()."""
    if not index:
        return name
    past_nine = any(i > 8 for i in index)
    return name + "_" + ("_" if past_nine else "").join(str(i + 1) for i in index)


def entry_symbol(tensor: Tensor, index: Index) -> sympy.Symbol:
    """The plain Symbol of one entry of a named tensor."""
    if not tensor.name:
        raise NameInvalidError("this tensor has no name, so its entries have none; give the operator a name=")
    return symbol(entry_name(tensor.name, entry_index(tensor, index)))


def entry_index(tensor: Tensor, index: Sequence[Any]) -> Index:
    """The index with negative places counted from the end.  ShapeError where it names no entry of the tensor."""
    shape, name = ints(tensor.shape), tensor.name or "this tensor"
    wrong = next((i for i in index if not isinstance(i, Integral) or isinstance(i, bool)), None)
    if wrong is not None:
        raise ShapeError(
            f"{name} has shape {shape}: an index is a whole number; got {shown(wrong)} in {shown(list(index))}"
        )
    if len(index) != len(shape):
        needed = "one index" if len(shape) == 1 else f"{len(shape)} indices" if shape else "no index but ()"
        first = f", {name}[{', '.join('0' * len(shape))}] is the first" if shape else ""
        raise ShapeError(f"{name} has shape {shape}: an entry takes {needed}{first}; got {shown(list(index))}")
    for axis, (i, n) in enumerate(zip(index, shape, strict=True)):
        if not -n <= i < n:
            raise ShapeError(
                f"{name} has shape {shape}: there is no entry {list(index)}, the index of axis {axis} is one of "
                f"0 to {n - 1} (0-based, or -1 to -{n} from the end); got {i}"
            )
    return tuple(int(i) % n for i, n in zip(index, shape, strict=True))


@cache
def symbol(name: str) -> sympy.Symbol:
    """A plain Symbol, no assumptions."""
    import sympy

    return sympy.Symbol(name)


def delta_name(of: Term, *, several: bool = False) -> str:
    """`delta`, or `delta_O` where there are several error terms in one expression."""
    name = getattr(of, "name", "")
    return f"delta_{name}" if several and name else "delta"


def refuse_shared_symbols(symbols: Collection[str], names: Iterable[str]) -> None:
    """Refuse error terms whose symbols would be those of a tensor, or of one another."""
    if len(set(symbols)) != len(symbols):
        raise NameInvalidError(
            "through: each of several tensors needs a name of its own, else their error terms print alike"
        )
    for symbol in symbols:
        for name in names:
            if name == symbol or name.startswith(f"{symbol}_"):
                raise NameInvalidError(
                    f"through: the error term prints as {symbol}, like the tensor '{name}'; rename that"
                )


def label(term: Term) -> str:
    """How a term that stands for itself is called in messages: `X`, `dL/dO`, `dO/dF`."""
    if isinstance(term, Grad):
        return f"d{label(term.of)}/d{label(term.wrt)}"
    return getattr(term, "name", "") or f"<{getattr(term, 'op', type(term).__name__)}>"


def refuse_clashes(tensors: Iterable[Tensor]) -> None:
    """Refuse two tensors of one name, and two entries that would print alike (X[0,9] and X_1[9]).

    Only names of the pattern NAME and NAME_... can meet, so nothing else is spelled out.
    """
    by_name: dict[str, Tensor] = {}
    for tensor in tensors:
        if not tensor.name:
            continue
        known = by_name.setdefault(tensor.name, tensor)
        if known is not tensor and known != tensor:
            raise NameInvalidError(
                f"two different tensors are named '{tensor.name}' in one graph (shapes {known.shape} and "
                f"{tensor.shape}); names must be unique within a graph"
            )
    for long, other in by_name.items():
        for short, one in by_name.items():
            if long.startswith(short + "_"):
                _refuse_common_entries(one, other)


def _refuse_common_entries(one: Tensor, other: Tensor) -> None:
    import numpy as np

    def names(tensor: Tensor) -> set[str]:
        return {entry_name(tensor.name, index) for index in np.ndindex(*ints(tensor.shape))}

    common = sorted(names(one) & names(other))
    if common:
        raise NameInvalidError(
            f"an entry of '{one.name}' and an entry of '{other.name}' would both print as {common[0]}; "
            "rename one of the two tensors"
        )
