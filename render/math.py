r"""The one TeX printer: terms to strings, by plain string building. SymPy is never asked.

tex(term, notation)                the whole term                X \star F
entry_tex(term, index, notation)   one entry, 0-based            X_{11} F_{11} + X_{12} F_{12} + ...
entries(term, notation)            every entry, row-major
Printer(notation).elided           whether dots were put anywhere
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from render.arrange import (
    ARRAY,
    ATOM,
    SUM,
    Arranger,
    Printed,
    bracket,
    indices,
    round_brackets,
    shape_tex,
    size_tex,
    subscript,
)
from render.forms import Reading, reading
from render.functions import by_name, map_tex
from render.integers import integer
from render.notation import Notation, standard
from render.windows import channels_at, opened
from symbolic.kernel.counts import Integer
from symbolic.terms.term import (
    AxisMap,
    Const,
    Data,
    Entry,
    Flip,
    Grad,
    Leaf,
    Map,
    Multi,
    Node,
    Route,
    Stack,
    Sum,
    Tensor,
    Term,
    Winner,
)

if TYPE_CHECKING:
    from symbolic.terms.term import Index, Shape


def tex(term: Term, notation: Notation | None = None) -> str:
    """The TeX of a term, without dollar signs."""
    return Printer(notation or standard()).term(term)[0]


def entry_tex(term: Term, index: Index, notation: Notation | None = None) -> str:
    """The TeX of one entry."""
    return Printer(notation or standard()).entry(term, index)[0]


def entries(term: Term, notation: Notation | None = None) -> tuple[str, ...]:
    """The TeX of every entry, row-major; the sizes must be numbers."""
    printer = Printer(notation or standard())
    return tuple(printer.entry(term, index)[0] for index in indices(term.shape))


class Printer(Arranger):
    """Prints terms in one notation."""

    def term(self, term: Term) -> Printed:  # noqa: C901, PLR0911, PLR0912 - one case per kind of term
        """The term and how strongly it binds."""
        match term:
            case Entry(source, index):
                return self.entry(source, index)
            case Multi(form, operands):
                return self.multi(reading(form, operands))
            case Sum(terms, _):
                return self.sum([self.term(part) for part in terms])
            case Tensor():
                return self.tensor(term, [])
            case Grad():
                return self.gradient(term, [])
            case Const(value, shape):
                return self.constant(value, shape)
            case Data(values, shape):
                return self.grid([(self.data(value), ATOM) for value in values], shape)
            case Stack(parts, shape):
                return self.grid([self.term(part) for part in parts], shape)
            case Flip(source, axes):
                return self.flip(source, axes)
            case Map():
                return map_tex(term, self.term(term.source), whole=bool(term.shape))
            case AxisMap() | Winner():
                return by_name(self, term)
            case Integer():
                return integer(term), SUM
            case Route():
                return self.route(term)
        raise TypeError(f"no TeX for {type(term).__name__}")

    def entry(self, term: Term, index: Index) -> Printed:
        """One entry, index 0-based."""
        match term:
            case Stack(parts, shape):
                return self.term(parts[_flat(index, shape)])
            case Data(values, shape):
                return self.scalar(values[_flat(index, shape)])
        base = self.notation.base
        return self.at(term, [str(i + base) for i in index])

    def at(self, term: Term, index: list[str]) -> Printed:  # noqa: C901, PLR0911 - one case per kind of term
        """One entry at an index given in print, numbers or letters; sums, functions and products are gone into."""
        match term:
            case _ if not index:
                return self.term(term)
            case Tensor():
                return self.tensor(term, index)
            case Grad():
                return self.gradient(term, index)
            case Const(value, _):
                return self.scalar(value)
            case AxisMap("logsumexp", source, _) if len(source.shape) == 1:
                return by_name(self, term)  # its only entry
            case Sum(terms, _):
                return self.sum([self.at(part, index) for part in terms])
            case Map():
                return map_tex(term, self.at(term.source, index))
            case Multi(form, operands):
                read = reading(form, operands)
                if read.kind in {"pointwise", "ones"}:
                    factors = [(x, self.at(x, index if x.shape else [])) for x in read.factors]
                    return self.scaled(read, self.juxtaposed(error_terms_first(factors)))
                if read.kind == "explicit":
                    from render.multilinear import explicit_at

                    return self.scaled(read, explicit_at(self, read, index))
                if read.kind == "channels":
                    return self.scaled(read, channels_at(self, read, index))
        return rf"{bracket(self.term(term), ATOM)}_{{{subscript(index)}}}", ATOM

    def tensor(self, term: Tensor, index: list[str]) -> Printed:
        """A name, with the subscript of an entry; an unnamed node is what it abbreviates."""
        if not term.name:
            return self.at(term.body, index)  # type: ignore[attr-defined] # only nodes are unnamed
        name, below = self.notation.name(term.name)
        if not index:
            return (f"{name}_{{{below}}}" if below else name), ATOM
        head = f"({name}_{{{below}}})" if below or "_" in name else name
        return f"{head}_{{{subscript(index)}}}", ATOM

    def gradient(self, term: Grad, index: list[str]) -> Printed:
        r"""\frac{\partial L}{\partial X_{11}}, or \delta_{11} for the error term of a node."""
        above = index[: len(term.of.shape)] if term.of.shape else []
        below = index[len(above) :]
        named = isinstance(term.wrt, Node) and (term.wrt.name or not self.notation.several)
        if self.notation.gradient == "delta" and not term.of.shape and named:
            mark = f"^{{({self.term(term.wrt)[0]})}}" if self.notation.several else ""
            return rf"\delta{mark}" + (f"_{{{subscript(below)}}}" if below else ""), ATOM
        unnamed_loss = isinstance(term.of, Node) and not term.of.name and not term.of.shape
        of = "L" if unnamed_loss else self._variable(term.of, above)  # a loss without a name is L in every text
        return rf"\frac{{\partial {of}}}{{\partial {self._variable(term.wrt, below)}}}", ATOM

    def _variable(self, term: Term, index: list[str]) -> str:
        if isinstance(term, Leaf | Node) and term.name:
            return self.tensor(term, index)[0]
        inside = bracket(self.term(term), ATOM)
        return f"{inside}_{{{subscript(index)}}}" if index else inside

    def constant(self, value: Fraction, shape: Shape) -> Printed:
        """A number, or an array of one number: a bold 0 or 1 with its shape."""
        if not shape:
            return self.scalar(value)
        text = rf"\mathbf{{{0 if value == 0 else 1}}}_{{{shape_tex(shape)}}}"
        return self.times(value or Fraction(1), (text, ATOM))

    def flip(self, source: Term, axes: tuple[int, ...]) -> Printed:
        """rot180 of a kernel's two axes; a flip of one axis of a matrix by its direction; else by axis numbers."""
        return self.flipped(self.term(source)[0], axes, len(source.shape))

    def flipped(self, inside: str, axes: tuple[int, ...], rank: int) -> Printed:
        """A flip of something printed that has so many axes."""
        if not inside.startswith(rf"\begin{{{self.notation.matrix}}}"):  # a matrix brings its own brackets
            inside = round_brackets(inside)
        if rank >= 2 and axes == (rank - 2, rank - 1):
            return rf"\mathrm{{rot}}_{{180}}{inside}", ATOM
        arrows: dict[tuple[int, ...], str] = {(0,): r"_{\updownarrow}", (1,): r"_{\leftrightarrow}"}
        below = "" if rank == 1 else arrows.get(axes, "") if rank == 2 else f"_{{{','.join(str(a + 1) for a in axes)}}}"
        return rf"\mathrm{{flip}}{below}{inside}", ATOM

    def route(self, term: Route) -> Printed:
        """Entries moved: vec and reshape by name, anything else entry by entry."""
        size = prod(n for n in term.shape if isinstance(n, int))
        if term.pairs == tuple((k, k) for k in range(size)) and term.source.size == size:
            inside = round_brackets(self.term(term.source)[0])
            name = r"\mathrm{vec}" if len(term.shape) == 1 else rf"\mathrm{{reshape}}_{{{shape_tex(term.shape)}}}"
            return name + inside, ATOM
        places = indices(term.source.shape)
        received: list[list[Printed]] = [[] for _ in range(size)]
        for to, source in term.pairs:
            received[to].append(self.entry(term.source, places[source]))
        return self.grid([self.sum(found) if found else ("0", ATOM) for found in received], term.shape)

    def multi(self, read: Reading) -> Printed:
        """A form, by what it was read as; see render.forms."""
        from render.multilinear import PRINTERS

        return self.scaled(read, PRINTERS[read.kind](self, read))

    def open_form(self, term: Term) -> tuple[list[str], str] | None:
        """The index letters and the entry at them, of an array that prints as a sum over indices; else None.

        Of windows summed over channels the letters are those of the channels, and what stands there is an array.
        """
        found = opened(self, term)
        if found:
            return found[0], found[1][0]
        if not isinstance(term, Multi):
            return None
        read = reading(term.form, term.operands)
        if read.kind != "explicit" or not term.shape:
            return None
        from render.multilinear import explicit_at, output_letters

        index = output_letters(self, read)
        return index, self.scaled(read, explicit_at(self, read, index))[0]

    def scaled(self, read: Reading, body: Printed) -> Printed:
        """The scale, and a divisor that is still a letter, in front of a form's body."""
        if not isinstance(read.divisor, int) or read.divisor != 1:
            head = rf"\frac{{{abs(read.scale.numerator)}}}{{{size_tex(read.divisor)}}}"
            body = rf"{head}\, {bracket(body, ARRAY)}", ARRAY
            return (f"-{body[0]}", SUM) if read.scale < 0 else body
        return self.times(read.scale, body)


def error_terms_first(factors: list[tuple[Term, Printed]]) -> list[Printed]:
    """Commuting scalars in the order of the texts: what comes from the loss stands before what it multiplies."""
    return [printed for _, printed in sorted(factors, key=lambda factor: not _from_loss(factor[0]))]


def _from_loss(term: Term) -> bool:
    source = term.source if isinstance(term, Entry) else term
    return isinstance(source, Grad) and not source.of.shape


def _flat(index: Index, shape: Shape) -> int:
    place = 0
    for i, n in zip(index, shape, strict=True):
        place = place * int(n) + i  # type: ignore[arg-type] # an Entry has sizes that are numbers
    return place
