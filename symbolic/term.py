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
from symbolic.form import Form
from symbolic.tensors import Index, Leaf, Node, Shape, Tensor, Term, check_name

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
class AxisMap(Term):
    """softmax along one axis, or logsumexp, which leaves that axis with size 1."""

    function: str
    source: Term
    axis: int

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
