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
    Stack      an array written entry by entry     AxisMap    softmax, logsumexp along an axis
    Winner     the 0/1 pattern of largest entries in windows
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.errors import ShapeError
from symbolic.terms.form import Form
from symbolic.terms.moves import Entry, Flip, Route, Stack
from symbolic.terms.tensors import Index, Leaf, Node, Shape, Tensor, Term, check_name

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "AxisMap", "Const", "Data", "Entry", "Flip", "Grad", "Index", "Leaf", "Map", "Multi", "Node", "Route", "Shape",
    "Stack", "Sum", "Tensor", "Term", "Winner", "check_name", "direct", "scalars", "walk",
]  # fmt: skip


@dataclass(frozen=True)
class Const(Term):
    """An array whose entries all are `value`."""

    value: Fraction
    shape: Shape = ()

    def __post_init__(self) -> None:
        if type(self.value) is not Fraction:
            raise TypeError(f"a constant is a Fraction; got {self.value!r}")


@dataclass(frozen=True)
class Data(Term):
    """An array of given numbers, row-major."""

    values: tuple[Fraction, ...]
    shape: Shape

    def __post_init__(self) -> None:
        if len(self.values) != self.size or any(type(value) is not Fraction for value in self.values):
            raise TypeError(f"data of shape {self.shape} are {self.size} Fractions; got {len(self.values)} numbers")


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
class Sum(Term):
    """A sum of terms of one shape."""

    terms: tuple[Term, ...]
    shape: Shape

    def __post_init__(self) -> None:
        if not isinstance(self.terms, tuple):
            raise TypeError("the terms of a sum are a tuple")
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

    def __post_init__(self) -> None:
        if self.function == "pow" and (self.order or self.param is None or self.param.denominator != 1):
            raise ValueError("a power has a whole exponent, and its derivative is a lower power")

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        return self.source.shape

    @property
    def parts(self) -> tuple[Term, ...]:
        return (self.source,)


@dataclass(frozen=True)
class AxisMap(Term):
    """softmax along one axis, or logsumexp, which leaves that axis with size 1."""

    function: str
    source: Term
    axis: int

    def __post_init__(self) -> None:
        if self.function not in {"softmax", "logsumexp"} or not 0 <= self.axis < len(self.source.shape):
            raise ShapeError(f"{self.function} along axis {self.axis} of shape {self.source.shape} is not defined")

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        if self.function == "softmax":
            return self.source.shape
        return (*self.source.shape[: self.axis], 1, *self.source.shape[self.axis + 1 :])

    @property
    def parts(self) -> tuple[Term, ...]:
        return (self.source,)


@dataclass(frozen=True)
class Winner(Term):
    """W[i,u] is 1 where X[s i + d u - p] is the first largest entry of window i in row-major order, else 0.

    form: O[i] = W[i,u] * X[a], its operands in this order. Padding counts as minus infinity. The pattern is
    constant where no two entries of a window tie, so that its derivative is 0 there.
    """

    source: Term
    form: Form

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        return self.form.shape(self.form.operands[0])

    @property
    def parts(self) -> tuple[Term, ...]:
        return (self.source,)


@dataclass(frozen=True)
class Grad(Term):
    """The array d(of)/d(wrt), as a name: dL/dX has X's shape, dO/dX has shape O.shape + X.shape."""

    of: Term
    wrt: Term

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        return self.of.shape + self.wrt.shape


def scalars(*factors: Term, scale: Fraction = Fraction(1)) -> Multi:
    """The product of scalars: the form with no indices at all."""
    return Multi(Form((), ((),) * len(factors), (), (), scale, label="mul"), factors)


def direct(term: Term) -> Iterator[Term]:
    """Every term inside `term` up to the first tensors, which are given but not entered."""
    stack = [term]
    while stack:
        here = stack.pop()
        yield here
        if not isinstance(here, Tensor):
            stack.extend(here.parts)


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
