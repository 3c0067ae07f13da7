"""Term: the one language in which networks, gradients and statements are written.

A term is an array expression with a shape. The classes below are all there is; numbers (`contract`), SymPy
expressions (`express`), polynomials (`table`), TeX and Coq are printed or computed from it, never written
beside it. Terms are immutable and compared by what they say; a `Node` is compared by identity.

    Leaf       an input tensor                     Grad       the array of dL/dX, as a name
    Node       an operator applied: O = conv2d(X, F); abbreviates its `body`
    Const      an array of one number              Data       an array of given numbers
    Multi      a Form applied to operands          Sum        a sum of terms of one shape
    Route      entries copied, moved, added up     Flip       reversed along axes: rot180
    Map        an elementwise function             Entry      one entry, shape ()
    Stack      an array written entry by entry
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symbolic.errors import NameInvalidError, ShapeError
from symbolic.form import Form
from symbolic.index import Extent

if TYPE_CHECKING:
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


class Tensor(Term):
    """What users hold: an input tensor or the result of an operator. `X[0, 0]` is the Symbol X_11.

    + - * / ** act elementwise with NumPy broadcasting; numbers are read exactly (0.1 is 1/10).
    """

    name: str

    def __getitem__(self, index: int | Index) -> sympy.Symbol:
        """The Symbol of one entry; Python's 0-based indices, negative ones count from the end."""
        from symbolic.naming import entry_symbol

        return entry_symbol(self, index if isinstance(index, tuple) else (index,))

    def __iter__(self) -> Iterator[object]:
        raise TypeError(f"{self.name or 'this tensor'} cannot be iterated; index its entries, X[0, 0]")

    def __add__(self, other: Any) -> Tensor:
        return _functional().add(self, other)

    def __radd__(self, other: Any) -> Tensor:
        return _functional().add(other, self)

    def __sub__(self, other: Any) -> Tensor:
        return _functional().sub(self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return _functional().sub(other, self)

    def __mul__(self, other: Any) -> Tensor:
        return _functional().mul(self, other)

    def __rmul__(self, other: Any) -> Tensor:
        return _functional().mul(other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return _functional().div(self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return _functional().div(other, self)

    def __pow__(self, exponent: Any) -> Tensor:
        return _functional().pow(self, exponent)

    def __neg__(self) -> Tensor:
        return _functional().mul(-1, self)


def _functional() -> Any:
    from symbolic import functional

    return functional


@dataclass(frozen=True)
class Leaf(Tensor):
    """An input tensor with symbolic entries."""

    name: str
    shape: Shape

    def __post_init__(self) -> None:
        check_name(self.name)


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
        if self.name:
            check_name(self.name)

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.args

    def __repr__(self) -> str:
        """`O = conv2d(X, F), shape (2, 2)`."""
        inside = ", ".join(arg.name or f"<{getattr(arg, 'op', '')}>" for arg in self.args)
        return (f"{self.name} = " if self.name else "") + f"{self.op}({inside}), shape {self.shape}"


@dataclass(frozen=True)
class Const(Term):
    """An array whose entries all are `value`."""

    value: Fraction
    shape: Shape = ()


@dataclass(frozen=True)
class Data(Term):
    """An array of given numbers, row-major."""

    values: tuple[Fraction, ...]
    shape: Shape


@dataclass(frozen=True)
class Multi(Term):
    """A multilinear form applied to one operand per slot."""

    form: Form
    operands: tuple[Term, ...]

    def __post_init__(self) -> None:
        expected = [self.form.shape(slot) for slot in self.form.operands]
        given = [operand.shape for operand in self.operands]
        if expected != given:
            raise ShapeError(f"the form {self.form} takes operands of shapes {expected}; got {given}")

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        return self.form.output_shape

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.operands


@dataclass(frozen=True)
class Route(Term):
    """Entries moved: output[o] is the sum of source[a] over the pairs (o, a) of flat positions.

    Reshape, concatenation, slicing and a max-pool with fixed winners are routes; the transpose swaps the pairs.
    """

    source: Term
    shape: Shape
    pairs: tuple[tuple[int, int], ...]

    @property
    def parts(self) -> tuple[Term, ...]:
        return (self.source,)

    def back(self, cotangent: Term) -> Route:
        """The transpose applied to a cotangent of this route's shape."""
        return Route(cotangent, self.source.shape, tuple(sorted((a, o) for o, a in self.pairs)))


@dataclass(frozen=True)
class Flip(Term):
    """The source reversed along `axes`; along both axes of a kernel this is rot180."""

    source: Term
    axes: tuple[int, ...]

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        return self.source.shape

    @property
    def parts(self) -> tuple[Term, ...]:
        return (self.source,)


@dataclass(frozen=True)
class Sum(Term):
    """A sum of terms of one shape."""

    terms: tuple[Term, ...]
    shape: Shape

    def __post_init__(self) -> None:
        for term in self.terms:
            if term.shape != self.shape:
                raise ShapeError(f"a sum of shape {self.shape} got a term of shape {term.shape}")

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.terms


@dataclass(frozen=True)
class Map(Term):
    """An elementwise function of the table in `local`, or its derivative of order `order`.

    param: the exponent of "pow" (a whole number), the slope of "leaky_relu"; None otherwise.
    """

    function: str
    source: Term
    order: int = 0
    param: Fraction | None = None

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        return self.source.shape

    @property
    def parts(self) -> tuple[Term, ...]:
        return (self.source,)


@dataclass(frozen=True)
class Entry(Term):
    """One entry of a term, 0-based."""

    source: Term
    index: Index
    shape: Shape = ()

    def __post_init__(self) -> None:
        ok = len(self.index) == len(self.source.shape) and all(
            isinstance(n, int) and 0 <= i < n for i, n in zip(self.index, self.source.shape, strict=True)
        )
        if not ok:
            raise ShapeError(f"no entry {self.index} in shape {self.source.shape}")

    @property
    def parts(self) -> tuple[Term, ...]:
        return (self.source,)


@dataclass(frozen=True)
class Stack(Term):
    """An array written entry by entry, row-major; every entry has shape ()."""

    entries: tuple[Term, ...]
    shape: Shape

    def __post_init__(self) -> None:
        if len(self.entries) != self.size or any(entry.shape != () for entry in self.entries):
            raise ShapeError(f"a stack of shape {self.shape} takes {self.size} scalars; got {len(self.entries)}")

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.entries


@dataclass(frozen=True)
class Grad(Term):
    """The array d(of)/d(wrt), as a name: dL/dX has X's shape, dO/dX has shape O.shape + X.shape."""

    of: Term
    wrt: Term

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        return self.of.shape + self.wrt.shape


def check_name(name: object) -> None:
    """Refuse anything but letters, digits and single inner underscores, beginning with a letter."""
    if not isinstance(name, str) or not IDENTIFIER.fullmatch(name) or len(name) > 40:
        shown = repr(name)[:60]
        raise NameInvalidError(
            f"{shown} cannot name a tensor: a name has letters A-Z, a-z, digits and single underscores inside, "
            "begins with a letter and has at most 40 characters, like X, F or w_1"
        )


def scalars(*factors: Term, scale: Fraction = Fraction(1)) -> Multi:
    """The product of scalars: the form with no indices at all."""
    return Multi(Form((), ((),) * len(factors), (), (), scale, label="mul"), factors)


def walk(term: Term) -> Iterator[Term]:
    """Every term inside `term`, each once, parts before wholes; nodes are entered through their arguments."""
    seen: set[int] = set()
    stack: list[tuple[Term, bool]] = [(term, False)]
    while stack:
        here, done = stack.pop()
        if done:
            yield here
        elif id(here) not in seen:
            seen.add(id(here))
            stack.append((here, True))
            stack.extend((part, False) for part in reversed(here.parts))
