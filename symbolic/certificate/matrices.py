"""The layers of a page printed as Coq: windows, arrays, and a layer's entries by plain loops.

A form over two axes whose letters are those of one convolution or average pool is one of three views of form.v:

    output is i  forward r F X      output is u  grad_filter r D X      output is a  grad_input r D F

with r = touches2 (Window m k n s d e p) (Window ...). A pool's kernel is an array of one number q.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.certificate.gallina import NotPrintedError
from symbolic.terms.term import Const, Data, Entry, Flip, Grad, Leaf, Map, Multi, Node, Stack, Sum, Term
from symbolic.terms.unrolled import entry_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symbolic.terms.form import Form
    from symbolic.terms.size import Row

Grid = list[list[str]]
VIEWS = ("forward", "grad_filter", "grad_input")
LEMMAS = ("display_forward", "display_filter", "display_input")
TURNED = {(0, (True, False)): "display_turned", (2, (False, True)): "display_input_turned"}  # by role, operands turned
POOLED = {Fraction(1): "1", Fraction(1, 4): "q"}
AXES = 2


def called(term: Term) -> str:
    """The Coq name of a tensor, and of the error term that arrives at it."""
    if isinstance(term, Grad):
        return "d_" + called(term.wrt)
    name = getattr(term, "name", "")
    if not name:
        raise NotPrintedError("a tensor without a name")
    return str(name)


def grid(entries: Grid) -> str:
    """A matrix as a list of its rows."""
    return "[:: " + ";\n     ".join(f"[:: {'; '.join(row)}]" for row in entries) + "]"


def integer(value: Fraction) -> str:
    """An exact number in a ring, or in a field: `2%:~R`, `(- 3%:~R / 5%:~R)`; 0 and 1 are the ring's own."""
    above = abs(value.numerator)
    text = str(above) if above <= 1 else f"{above}%:~R"
    if value.denominator == 1:
        return f"(- {text})" if value < 0 else text
    return f"({'- ' * (value < 0)}{text} / {value.denominator}%:~R)"


def scalar(term: Term, known: Mapping[Term, str] | None = None) -> str:
    """A scalar term over letters, with numbers as `2%:~R`; `known` gives the text of scalar tensors and gradients."""
    known = known or {}
    if term in known:
        return known[term]
    match term:
        case Const(value, ()):
            return integer(value)
        case Entry(Leaf() | Grad() | Node() as source, (i, j)):
            return f"{called(source)} {i} {j}"
        case Leaf(_, ()):
            return called(term)
        case Node() if not term.shape:
            return called(term)
        case Sum(terms, ()):
            return "(" + " + ".join(scalar(part, known) for part in terms) + ")"
        case Map("pow", source, 0, Fraction(numerator=2, denominator=1)):
            return f"{scalar(source, known)} ^+ 2"
        case Multi(form, operands) if not form.sizes and form.divisor == 1:
            parts = [scalar(part, known) for part in operands]
            return " * ".join([integer(form.scale)] * (form.scale != 1 or not parts) + parts)
    raise NotPrintedError(f"a certificate has no words for a scalar that is a {type(term).__name__}")


@dataclass(frozen=True)
class Array:
    """A matrix as Coq text of type `'I_m * 'I_n -> R`, and its entries."""

    text: str
    entries: Grid
    turned: bool = False

    @staticmethod
    def letters(name: str, shape: tuple[int, int]) -> Array:
        """The letters X 0 0, X 0 1, ..."""
        return Array(f"(tensor2 {name})", [[f"{name} {i} {j}" for j in range(shape[1])] for i in range(shape[0])])

    @staticmethod
    def of(entries: Grid) -> Array:
        """A matrix of given entries."""
        return Array(f"(tensor2 (at_place\n    {grid(entries)}))", entries)


def shape_of(term: Term) -> tuple[int, int]:
    """Rows and columns."""
    if len(term.shape) != AXES or not all(isinstance(n, int) for n in term.shape):
        raise NotPrintedError("certificates of pages show matrices")
    return term.shape  # type: ignore[return-value]


def array(term: Term, known: Mapping[Term, Array] | None = None) -> Array:
    """A matrix: letters, numbers, a grid of scalars, or one of these turned round; `known` stands for tensors."""
    known = known or {}
    if term in known:
        return known[term]
    rows, columns = shape_of(term)
    match term:
        case Leaf() | Grad():
            return Array.letters(called(term), (rows, columns))
        case Flip(source, (0, 1)) if not isinstance(source, Flip):
            inner = array(source, known)
            return Array(f"(rot180 {inner.text})", [row[::-1] for row in inner.entries[::-1]], turned=True)
        case Stack() | Data():
            return Array.of(displayed(term))
    raise NotPrintedError(f"a certificate has no words for a matrix that is a {type(term).__name__}")


def displayed(term: Term, known: Mapping[Term, str] | None = None) -> Grid:
    """The entries of a matrix of scalars, as they stand on the page."""
    rows, columns = shape_of(term)
    return [[scalar(entry_of(term, i * columns + j), known) for j in range(columns)] for i in range(rows)]


@dataclass(frozen=True)
class View:
    """A layer seen from one of its sides: `role` 0, 1, 2 as in VIEWS, its windows, its two operands."""

    role: int
    form: Form
    first: Array
    second: Array

    @property
    def relation(self) -> str:
        """The relation, `(touches2 (Window ...) (Window ...))`."""
        return "(touches2 " + " ".join(window(row, self.form) for row in self.form.rows) + ")"

    @property
    def text(self) -> str:
        """`forward r F X` and its like."""
        return f"{VIEWS[self.role]} {self.relation}\n    {self.first.text} {self.second.text}"

    @property
    def lemma(self) -> str:
        """The lemma of entries.v about this view."""
        turned = (self.first.turned, self.second.turned)
        if any(turned) and (self.role, turned) not in TURNED:
            raise NotPrintedError("a layer that reads something turned round other than its kernel")
        return TURNED.get((self.role, turned), LEMMAS[self.role])

    @property
    def sums(self) -> Grid:
        """Every entry as the sum that the lemma gives, in its order."""
        v, w = self.form.rows
        size = [self.form.extent[getattr(v, x)] for x in "iua"], [self.form.extent[getattr(w, x)] for x in "iua"]
        kept = self.role
        rows: Grid = []
        for x in range(int(size[0][kept])):  # type: ignore[arg-type]
            rows.append([])
            for y in range(int(size[1][kept])):  # type: ignore[arg-type]
                down, across = _met(v, size[0], kept, x), _met(w, size[1], kept, y)
                terms = [self._term(p, q) for p in down for q in across]
                rows[-1].append(" + ".join(terms) or "0")
        return rows

    def _term(self, p: tuple[int, int], q: tuple[int, int]) -> str:
        one, other = (p[0], q[0]), (p[1], q[1])
        if self.role == AXES:  # the lemma runs over u first, and writes delta first
            one, other = other, one
        return f"{self.first.entries[one[0]][one[1]]} * {self.second.entries[other[0]][other[1]]}"


def _met(row: Row, sizes: Sequence[object], kept: int, x: int) -> list[tuple[int, int]]:
    """The pairs of the other two indices that meet x: (u, a), (i, a), (u, i)."""
    s, d, e, p = (int(z) for z in (row.s, row.d, row.e, row.p))  # type: ignore[arg-type]
    m, k, n = (int(size) for size in sizes)  # type: ignore[call-overload]
    outer, inner = ((k, n), (m, n), (k, m))[kept]
    found = []
    for one in range(outer):
        for other in range(inner):
            i, u, a = ((x, one, other), (one, x, other), (other, one, x))[kept]
            if s * i + d * u - e * a == p:
                found.append((one, other))
    return found


def window(row: Row, form: Form) -> str:
    """`(Window m k n s d e p)`."""
    m, k, n = (form.extent[x] for x in (row.i, row.u, row.a))
    return f"(Window {m} {k} {n} {row.s} {row.d} {row.e} ({row.p}))"


def view(term: Term, known: Mapping[Term, Array] | None = None) -> View:
    """A form over two axes as one side of a layer."""
    if not (isinstance(term, Multi) and len(term.form.rows) == AXES and term.form.divisor == 1):
        raise NotPrintedError("not a layer over two axes")
    form = term.form
    slots = [tuple(getattr(row, role) for row in form.rows) for role in "iua"]
    if len(form.sizes) != 3 * AXES or not all(isinstance(n, int) for _, n in form.sizes):
        raise NotPrintedError("a layer with channels, or one for all sizes")
    if form.scale not in POOLED or (form.scale != 1 and len(term.operands) == 2):
        raise NotPrintedError("a layer with a factor, or a pool whose windows are not of four entries")
    place = {tuple(x for axis in slot for x in axis): k for k, slot in enumerate(form.operands)}
    role = next((k for k, slot in enumerate(slots) if slot == tuple(x for axis in form.output for x in axis)), None)
    if role is None:
        raise NotPrintedError("the output of the form is no side of a layer")
    arrays = []
    for side in (x for x in ((1, 2), (0, 2), (0, 1))[role]):
        if slots[side] in place:
            arrays.append(array(term.operands[place[slots[side]]], known))
        elif side == 1:
            number = POOLED[form.scale]
            rows, columns = (int(form.extent[x]) for x in slots[1])  # type: ignore[arg-type]
            arrays.append(Array(f"(tensor2 (fun _ _ => {number}))", [[number] * columns] * rows))
        else:
            raise NotPrintedError("a layer lacks an operand")
    return View(role, form, *arrays)
