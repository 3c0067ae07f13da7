"""What users hold: tensors. An input is a `Leaf`, the result of an operator a `Node`; both are `Term`s."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symbolic.errors import NameInvalidError
from symbolic.showing import Shown
from symbolic.terms.size import Extent

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sympy

Shape = tuple[Extent, ...]
Index = tuple[int, ...]
IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")


class Term:
    """An array expression; see the module's list of kinds."""

    shape: Shape

    @property
    def parts(self) -> tuple[Term, ...]:
        """The terms directly inside this one."""
        return ()

    @property
    def size(self) -> int:
        """Number of entries; the sizes must be numbers."""
        total = 1
        for extent in self.shape:
            if not isinstance(extent, int):
                raise TypeError(f"the size {extent} is symbolic; give it a number first")
            total *= extent
        return total


class Tensor(Term, Shown):
    """What users hold: an input tensor or the result of an operator. `X[0, 0]` is the Symbol X_11.

    + - * / ** act elementwise with NumPy broadcasting; numbers are read exactly (0.1 is 1/10).
    """

    name: str
    __array_ufunc__ = None  # a NumPy array beside a tensor asks the tensor, which refuses it in words

    def __getitem__(self, index: int | Index) -> sympy.Symbol:
        """The Symbol of one entry; Python's 0-based indices, negative ones count from the end.

        Raises  ShapeError: as many whole numbers as the tensor has axes, each inside its axis.
        """
        from symbolic.terms.names import entry_symbol

        return entry_symbol(self, index if isinstance(index, tuple) else (index,))

    def __iter__(self) -> Iterator[object]:
        raise TypeError(f"{self.name or 'this tensor'} cannot be iterated; index its entries, X[0, 0]")

    def __add__(self, other: Any) -> Tensor:
        return _operator("add", self, other)

    def __radd__(self, other: Any) -> Tensor:
        return _operator("add", other, self)

    def __sub__(self, other: Any) -> Tensor:
        return _operator("sub", self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return _operator("sub", other, self)

    def __mul__(self, other: Any) -> Tensor:
        return _operator("mul", self, other)

    def __rmul__(self, other: Any) -> Tensor:
        return _operator("mul", other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return _operator("div", self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return _operator("div", other, self)

    def __pow__(self, exponent: Any) -> Tensor:
        return _operator("pow", self, exponent)

    def __rpow__(self, base: Any) -> Tensor:
        return _operator("pow", base, self)

    def __matmul__(self, _other: Any) -> Tensor:
        raise TypeError("@ is not defined for tensors; linear(X, W) multiplies by the transposed W, X of shape (*, in)")

    def __neg__(self) -> Tensor:
        return _operator("mul", -1, self)


def _operator(key: str, one: Any, other: Any) -> Tensor:
    """The function behind an operator sign; `functional` is built on tensors and is loaded when first used."""
    from symbolic import functional

    result: Tensor = getattr(functional, key)(one, other)
    return result


@dataclass(frozen=True)
class Leaf(Tensor):
    """An input tensor with symbolic entries."""

    name: str
    shape: Shape

    def __post_init__(self) -> None:
        check_name(self.name)

    def __repr__(self) -> str:
        """`X, shape (3, 3)`."""
        return f"{self.name}, shape {self.shape}"


@dataclass(frozen=True, eq=False)
class Node(Tensor):
    """An operator applied to tensors. `body` says what it abbreviates, over `args`; two nodes are never equal.

    params are the operator's resolved parameters (padding as pairs, sizes as ints); the second opinion in
    `numeric` reads op, args and params and never the body.
    """

    op: str
    args: tuple[Tensor, ...]
    body: Term
    params: dict[str, Any] = field(default_factory=dict)
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", self.body.shape)
        stack = [self.body]
        while stack:
            here = stack.pop()
            if not isinstance(here, Tensor):
                stack.extend(here.parts)
            elif here not in self.args:
                raise ValueError(f"the body of {self.op} reads {here.name or here!r}, which is not among its arguments")
        if self.name:
            check_name(self.name)

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.args

    def __repr__(self) -> str:
        """`O = conv2d(X, F, stride=2), shape (2, 2)`."""
        from symbolic.functional.calls import call

        made = call(self, [arg.name or f"<{getattr(arg, 'op', '')}>" for arg in self.args])
        return (f"{self.name} = " if self.name else "") + f"{made}, shape {self.shape}"


def check_name(name: object) -> None:
    """Refuse anything but letters, digits and single inner underscores, beginning with a letter."""
    if not isinstance(name, str) or not IDENTIFIER.fullmatch(name) or len(name) > 40:
        shown = repr(name)[:60]
        raise NameInvalidError(
            f"{shown} cannot name a tensor: a name has letters A-Z, a-z, digits and single underscores inside, "
            "begins with a letter and has at most 40 characters, like X, F or w_1"
        )
