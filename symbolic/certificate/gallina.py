r"""Terms about all sizes printed as Coq, and read as one flat sum, by one walk over the term.

A form is printed as the sums that it abbreviates, with nothing defined in between:

    \sum_(i < m1) \sum_(a < n1 | s1%:Z * i%:Z + d1%:Z * u%:Z - e1%:Z * a%:Z == p1) delta i * X a

A tensor is a function of one index per letter; an axis that a layer splits, `(g o)`, is two indices. A divisor
(average pooling) is any element q of the ring. Not printed: functions, routes, fractions, data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError
from symbolic.terms.size import Extent, Size, simplest
from symbolic.terms.term import Flip, Leaf, Multi, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symbolic.terms.form import Form
    from symbolic.terms.size import Row

PADDING = re.compile(r"p[0-9]+")  # these letters are integers, all others natural numbers
DIVISOR = "q"


class NotPrintedError(GradproofError):
    """The term is of a kind that certificates do not speak of."""


@dataclass(frozen=True)
class Place:
    """An index: a variable, as it is or counted from the end."""

    name: str
    back: bool = False

    def turned(self) -> Place:
        """The same index counted from the other end."""
        return Place(self.name, not self.back)

    def __str__(self) -> str:
        return f"(rev_ord {self.name})" if self.back else self.name


@dataclass(frozen=True)
class Binder:
    """A summed index; `rows` are the equations between the indices bound so far that this sum is restricted to."""

    name: str
    extent: str
    rows: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"\\sum_({self.name} < {self.extent}{' | ' + ' && '.join(self.rows) if self.rows else ''})"


@dataclass
class Reading:
    """A term at given places: its text, and the flat sum that distributing its products gives."""

    text: str
    binders: list[Binder] = field(default_factory=list)
    factors: list[tuple[str, tuple[Place, ...]]] = field(default_factory=list)
    nested: bool = False

    @property
    def flat(self) -> str:
        """The flat sum as Coq."""
        return " ".join([*map(str, self.binders), product(self.factors)])


def product(factors: list[tuple[str, tuple[Place, ...]]]) -> str:
    """Factors as Coq, `1` for none."""
    return " * ".join(" ".join([name, *map(str, places)]) for name, places in factors) or "1"


class Printer:
    """One statement: names of indices that clash with nothing, and the types of the tensors met."""

    def __init__(self, sums: Mapping[str, str] | None = None) -> None:
        """`sums`: leaf name -> the two functions whose sum stands for it, `X + H`."""
        self.used: set[str] = set()
        self.tensors: dict[str, tuple[str, ...]] = {}
        self.letters: set[str] = set()
        self.divided = False
        self.sums = dict(sums or {})

    def fresh(self, letter: str) -> str:
        """A name for an index, primed until it is new."""
        while letter in self.used:
            letter += "'"
        self.used.add(letter)
        return letter

    def reserve(self, *names: str) -> None:
        """Names that no index may take."""
        self.used.update(names)

    def extent(self, extent: Extent) -> str:
        """A size as a natural number."""
        text = self.number(extent, "")
        if text.startswith("- "):
            raise NotPrintedError(f"the extent {extent} begins with a minus sign; natural numbers have none")
        return text if text.isalnum() else f"({text})"

    def number(self, extent: Extent, scope: str = "%:Z") -> str:
        """A polynomial in size letters: an integer with scope %:Z, a natural number without; positive terms first."""
        parts = []
        for monomial, count in sorted(Size.of(extent).terms, key=lambda term: (term[1] < 0, not term[0], term[0])):
            self.letters.update(monomial)
            names = [x if not scope or PADDING.fullmatch(x) else x + scope for x in monomial]
            if abs(count) != 1 or not names:
                names.insert(0, f"{abs(count)}{scope}")
            parts.append(("- " if count < 0 else "+ ") + " * ".join(names))
        return (" ".join(parts) or f"+ 0{scope}").removeprefix("+ ")

    def outer(self, term: Term) -> list[list[tuple[Place, str]]] | None:
        """Fresh indices for the axes of a term that says how they are split; None where it does not."""
        while isinstance(term, Flip):
            term = term.source
        if not isinstance(term, Multi):
            return None
        extent = term.form.extent
        return [
            [(Place(self.fresh(letter)), self.extent(extent[letter])) for letter in axis] for axis in term.form.output
        ]

    def read(self, term: Term, places: list[list[tuple[Place, str]]]) -> Reading:
        """The term at these places, per axis one (place, extent) for each of its letters."""
        match term:
            case Flip(source, axes):
                turned = [
                    [(place.turned(), n) for place, n in axis] if k in axes else axis for k, axis in enumerate(places)
                ]
                return self.read(source, turned)
            case Leaf(name, _):
                return self.leaf(name, [pair for axis in places for pair in axis])
            case Multi():
                return self.multi(term, places)
        raise NotPrintedError(f"a certificate has no words for {type(term).__name__}")

    def sides(self, *what: tuple[Term, list[list[tuple[Place, str]]]]) -> list[Reading]:
        """Several terms, each free to use the names of the others' sums."""
        used, readings = set(self.used), []
        for term, places in what:
            readings.append(self.read(term, places))
            self.used = set(used)
        return readings

    def leaf(self, name: str, pairs: list[tuple[Place, str]]) -> Reading:
        """A tensor at one index per letter, all readings of it with the same ranges."""
        ranges = tuple(n for _, n in pairs)
        if self.tensors.setdefault(name, ranges) != ranges:
            raise NotPrintedError(f"{name} is read with its axes split in two ways")
        index = tuple(place for place, _ in pairs)
        one = (name, index)
        text = product([one])
        if name in self.sums:
            text = "(" + " + ".join(product([(part, index)]) for part in self.sums[name].split()) + ")"
        return Reading(text, [], [one])

    def multi(self, term: Multi, places: list[list[tuple[Place, str]]]) -> Reading:
        """The sums over the letters that the output lacks, then the product of the operands."""
        form = term.form
        at: dict[str, Place] = {}
        for axis, given in zip(form.output, places, strict=True):
            if len(axis) != len(given):
                raise NotPrintedError("an array is written with its axes split in one way and read in another")
            at.update((letter, place) for letter, (place, _) in zip(axis, given, strict=True))
        summed = [letter for letter in form.letters if letter not in at]
        at.update((letter, Place(self.fresh(letter))) for letter in summed)
        rows = tuple(self.row(row, form, at) for row in form.rows)
        if rows and not summed:
            raise NotPrintedError("a form with a relation sums over something")
        binders = [
            Binder(at[x].name, self.extent(form.extent[x]), rows if x == summed[-1] else ()) for x in summed
        ]  # the relation is complete at the last of them
        factors: list[tuple[str, tuple[Place, ...]]] = []
        if form.scale != Fraction(1):
            raise NotPrintedError(f"a certificate has no words for the factor {form.scale}")
        if form.divisor != 1:
            self.divided = True
            factors.append((DIVISOR, ()))
        whole = Reading("", list(binders), factors)
        texts = [product(factors)] if factors else []
        for slot, operand in zip(form.operands, term.operands, strict=True):
            part = self.read(operand, [[(at[x], self.extent(form.extent[x])) for x in axis] for axis in slot])
            whole.binders += part.binders
            whole.factors += part.factors
            whole.nested = whole.nested or bool(part.binders)
            texts.append(f"({part.text})" if part.binders else part.text)
        whole.text = " ".join([*map(str, binders), " * ".join(texts) or "1"])
        return whole

    def row(self, row: Row, form: Form, at: Mapping[str, Place]) -> str:
        """`s1%:Z * i%:Z + d1%:Z * u%:Z - e1%:Z * a%:Z == p1` in brackets."""
        text = ""
        for letter, coefficient, sign in ((row.i, row.s, "+"), (row.u, row.d, "+"), (row.a, row.e, "-")):
            place = at[letter]
            self.extent(form.extent[letter])
            index = f"{place}%:Z"
            text += f" {sign} " + (index if coefficient == 1 else f"{self.factor(coefficient)} * {index}")
        return f"({text.removeprefix(' + ')} == {self.number(simplest(row.p))})"

    def factor(self, extent: Extent) -> str:
        """A size as a factor of a product."""
        text = self.number(extent)
        return f"({text})" if " + " in text or " - " in text or text.startswith("- ") else text
