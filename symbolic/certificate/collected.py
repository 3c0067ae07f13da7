"""A note's gradient with its error term worked out: dL/dK = 2 (S - T) times the window sums, entry by entry.

The error term at the layer is multiplied out from the rules of the reverse sweep down to the values S, T, z of the
page, so that the layer's view becomes one of letters again, and its entries those of the page. A quarter, a
pool's, is the letter q; the statement holds for every q.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.certificate.gallina import NotPrintedError
from symbolic.certificate.matrices import Array, Grid, View, called, integer, shape_of, view
from symbolic.terms.term import Const, Entry, Grad, Leaf, Map, Multi, Node, Stack, Sum, Tensor, Term
from symbolic.terms.unrolled import entry_of, unrolled

if TYPE_CHECKING:
    from fractions import Fraction

    from symbolic.network.derived import Derived

QUARTERS = 4


class Worked:
    """Scalars of one network, error terms multiplied out."""

    def __init__(self, derived: Derived) -> None:
        self.derived = derived
        self.scalars: set[str] = set()
        self.matrices: set[str] = set()

    def view(self, gradient: Grad) -> View:
        """The layer that a gradient is, its error term over the letters of the page."""
        rule = self.derived.gradient(gradient.wrt)  # type: ignore[arg-type]
        if not isinstance(rule, Multi):
            raise NotPrintedError("a gradient with several parts")
        errors: dict[Term, Array] = {
            part: Array.of(self.grid(part)) for part in rule.operands if isinstance(part, Grad)
        }
        self.matrices |= {called(part) for part in rule.operands if isinstance(part, Tensor)}
        return view(rule, errors)

    def grid(self, term: Term) -> Grid:
        """The entries of a matrix."""
        rows, columns = shape_of(term)
        return [[f"({self.entry(term, i * columns + j)})" for j in range(columns)] for i in range(rows)]

    def entry(self, term: Term, place: int) -> str:
        """One entry of an array, or a scalar itself."""
        match term:
            case Multi(form, _) if form.sizes:
                return self.scalar(unrolled(term).entries[place])
            case Sum(terms, shape) if shape:
                return self.scalar(Sum(tuple(Entry(part, _index(part, place)) for part in terms), ()))
            case Grad(of, wrt) if of is self.derived.loss and isinstance(wrt, Node):
                return self.entry(self.derived.gradient(wrt), place)
        return self.scalar(entry_of(term, place))

    def scalar(self, term: Term) -> str:
        """A scalar term as Coq."""
        match term:
            case Const(value, ()):
                return number(value)
            case Sum(terms, ()):
                return "(" + " + ".join(self.scalar(part) for part in terms) + ")"
            case Multi(form, operands) if not form.sizes and form.divisor == 1:
                parts = [self.scalar(part) for part in operands]
                return " * ".join([number(form.scale)] * (form.scale != 1 or not parts) + parts)
            case Entry(Leaf() | Node() as source, (i, j)):
                self.matrices.add(called(source))
                return f"{called(source)} {i} {j}"
            case Entry(source, index):
                return f"({self.entry(source, _place(source, index))})"
            case Leaf(_, ()):
                self.scalars.add(called(term))
                return called(term)
            case Node() if not term.shape:
                self.scalars.add(called(term))
                return called(term)
            case Grad(of, Node() as wrt) if of is self.derived.loss and not wrt.shape:
                return f"({self.entry(self.derived.gradient(wrt), 0)})"
            case Map("pow", source, 0, power) if power == 2:
                return f"{self.scalar(source)} ^+ 2"
        raise NotPrintedError(f"a certificate has no words for a scalar that is a {type(term).__name__}")


def number(value: Fraction) -> str:
    """A number of quarters over a commutative ring, with q for 1/4."""
    if value.denominator == 1:
        return integer(value)
    if QUARTERS % value.denominator:
        raise NotPrintedError(f"a certificate has no words for the factor {value}")
    return "q" if value * QUARTERS == 1 else f"({integer(value * QUARTERS)} * q)"


def _place(term: Term, index: tuple[int, ...]) -> int:
    place = 0
    for i, n in zip(index, term.shape, strict=True):
        place = place * int(n) + i  # type: ignore[arg-type]
    return place


def _index(term: Term, place: int) -> tuple[int, ...]:
    index: list[int] = []
    for n in reversed(term.shape):
        place, i = divmod(place, int(n))  # type: ignore[arg-type]
        index.insert(0, i)
    return tuple(index)


def spelled(term: Term) -> Term:
    """A page's collected gradient entry by entry: a grid, or a scalar times a grid."""
    return unrolled(term) if isinstance(term, Multi) and not term.form.rows else term


def statement(derived: Derived, gradient: Grad, shown: Term) -> tuple[Worked, View, Grid]:
    """The view of a gradient, and the entries that the page shows for it."""
    worked = Worked(derived)
    grid = spelled(shown)
    if not isinstance(grid, Stack):
        raise NotPrintedError("not a grid of scalars")
    return worked, worked.view(gradient), worked.grid(grid)
