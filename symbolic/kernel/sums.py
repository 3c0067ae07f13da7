"""Kernel, for all sizes: a term read as one sum of products over index letters, however it is nested.

    output   per axis its letters                  letters   extent of every letter, summed ones too
    rows     equations: sum of c * letter = right  reads     each operand with the place it is read at

A matrix product of im2col with a kernel, and a flipped operand of a convolution, are such sums as much as
the convolution itself. Two readings are equal when a renaming of letters, some of them reversed, turns one
into the other. Numbers are integer polynomials in size letters; nothing is evaluated.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.terms.size import Extent, Size, simplest
from symbolic.terms.term import Const, Flip, Multi, Term

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Affine:
    """A constant plus coefficients times letters."""

    terms: tuple[tuple[str, Extent], ...]
    constant: Extent = 0

    def at(self, places: Mapping[str, Affine]) -> Affine:
        """With letters replaced by affine expressions."""
        total: dict[str, Size] = {}
        constant = Size.of(self.constant)
        for letter, factor in self.terms:
            place = places.get(letter, Affine(((letter, 1),)))
            constant += Size.of(factor) * place.constant
            for inner, inside in place.terms:
                total[inner] = total.get(inner, Size(())) + Size.of(factor) * inside
        return Affine(tuple(sorted((x, simplest(c)) for x, c in total.items() if c.terms)), simplest(constant))

    def turned(self, extent: Extent) -> Affine:
        """extent - 1 - self."""
        return Affine((("", -1),), simplest(Size.of(extent) - 1)).at({"": self})


Place = tuple[tuple[Affine, Extent], ...]  # one axis: (position, extent) per letter, the last running fastest
Places = tuple[Place, ...]


@dataclass(frozen=True)
class Flat:
    """One sum of products; see the module."""

    output: Places
    letters: tuple[tuple[str, Extent], ...]
    rows: tuple[Affine, ...]  # each is equal to 0
    reads: tuple[tuple[Term, Places], ...]
    scale: Fraction = Fraction(1)
    divisor: Extent = 1

    def at(self, places: Mapping[str, Affine]) -> Flat:
        """With letters replaced; the caller answers for the extents."""

        def moved(axes: Places) -> Places:
            return tuple(tuple((affine.at(places), extent) for affine, extent in axis) for axis in axes)

        return Flat(
            moved(self.output),
            tuple((x, n) for x, n in self.letters if x not in places),
            tuple(row.at(places) for row in self.rows),
            tuple((term, moved(axes)) for term, axes in self.reads),
            self.scale,
            self.divisor,
        )


def flat(term: Term, name: str = "") -> Flat:
    """The reading of a term; letters of inner sums get the names of the operands they stand in, `0.u`."""
    match term:
        case Multi():
            return _simplified(_product(term, name))
        case Flip(source, axes):
            inner = flat(source, name)
            turned = {
                affine.terms[0][0]: affine.turned(extent)
                for axis in axes
                for affine, extent in inner.output[axis]
                if affine.terms
            }
            flipped = inner.at(turned)
            return Flat(inner.output, inner.letters, flipped.rows, flipped.reads, inner.scale, inner.divisor)
    letters = tuple((f"{name}x{axis}", n) for axis, n in enumerate(term.shape))
    places: Places = tuple(((Affine(((x, 1),)), n),) for x, n in letters)
    return _simplified(Flat(places, letters, (), ((term, places),)))


def _product(term: Multi, name: str) -> Flat:
    form = term.form

    def axes(slot: tuple[tuple[str, ...], ...]) -> Places:
        return tuple(tuple((Affine(((name + x, 1),)), form.extent[x]) for x in axis) for axis in slot)

    letters = {name + x: n for x, n in form.sizes}
    rows = [
        Affine(tuple(sorted((name + x, c) for x, c in row.coefficients().items())), simplest(-1 * Size.of(row.p)))
        for row in form.rows
    ]
    reads: list[tuple[Term, Places]] = []
    scale, divisor = form.scale, Size.of(form.divisor)
    for k, (slot, operand) in enumerate(zip(form.operands, term.operands, strict=True)):
        if isinstance(operand, Const):
            scale *= operand.value
            continue
        where, source = _unflipped(axes(slot), operand)
        if not isinstance(source, Multi):
            reads.append((source, where))
            continue
        inner = flat(source, f"{name}{k}.")
        joined = inner.at(_meeting(inner.output, where))
        letters |= dict(joined.letters)
        rows += joined.rows
        reads += joined.reads
        scale, divisor = scale * joined.scale, divisor * joined.divisor
    return Flat(axes(form.output), tuple(letters.items()), tuple(rows), tuple(reads), scale, simplest(divisor))


def _unflipped(where: Places, operand: Term) -> tuple[Places, Term]:
    """An operand that is flipped is read at extent - 1 - place; of several letters each is turned."""
    while isinstance(operand, Flip):
        where = tuple(
            tuple((affine.turned(n), n) for affine, n in axis) if k in operand.axes else axis
            for k, axis in enumerate(where)
        )
        operand = operand.source
    return where, operand


def _meeting(inner: Places, outer: Places) -> dict[str, Affine]:
    """Inner output letter -> the place the outer sum reads it at; axes must be split into the same letters."""
    places: dict[str, Affine] = {}
    for inside, outside in zip(inner, outer, strict=True):
        if [n for _, n in inside if n != 1] != [n for _, n in outside if n != 1]:
            raise ProofError("an inner sum and the form around it split an axis in different ways")
        wide = iter([affine for affine, n in outside if n != 1])
        for affine, extent in inside:
            if extent != 1:
                places[affine.terms[0][0]] = next(wide)
    return places


def _simplified(reading: Flat) -> Flat:
    """Letters of extent 1 are 0; a row x = y between letters of one extent renames the summed one."""
    reading = reading.at({x: Affine(()) for x, n in reading.letters if n == 1})
    fixed = {x for axis in reading.output for affine, _ in axis for x, _ in affine.terms}
    extent = dict(reading.letters)
    for row in reading.rows:
        letters = [x for x, _ in row.terms]
        if row.constant != 0 or sorted(c for _, c in row.terms if isinstance(c, int)) != [-1, 1]:
            continue
        loose = [x for x in letters if x not in fixed]
        if len(letters) == 2 and loose and extent[letters[0]] == extent[letters[1]]:
            (kept,) = [x for x in letters if x != loose[0]]
            rest = tuple(other for other in reading.rows if other is not row)
            fewer = Flat(reading.output, reading.letters, rest, reading.reads, reading.scale, reading.divisor)
            return _simplified(fewer.at({loose[0]: Affine(((kept, 1),))}))
    return reading


def refuse_difference(left: Flat, right: Flat, renamed: Mapping[str, tuple[str, bool]]) -> None:
    """Raise ProofError unless `right` is `left` with letters renamed, (name, True) being read backwards.

    Letters that `renamed` leaves out keep their names. The renaming must be a bijection of the letters, keep
    every extent, and leave the output as it is, entry for entry.
    """
    extent = dict(left.letters)
    places: dict[str, Affine] = {}
    for letter, n in right.letters:
        target, backwards = renamed.get(letter, (letter, False))
        if extent.get(target) != n:
            raise ProofError(f"the letter {letter} runs over {n}, its partner {target} over {extent.get(target)}")
        here = Affine(((target, 1),))
        places[letter] = here.turned(n) if backwards else here
    targets = Counter(renamed.get(letter, (letter, False))[0] for letter, _ in right.letters)
    if targets != Counter(list(extent)):
        raise ProofError(f"the letters {sorted(extent)} and {sorted(targets.elements())} do not correspond one to one")
    moved = Flat(right.output, (), right.rows, right.reads, right.scale, right.divisor).at(places)
    for what, one, two in (
        ("output", left.output, moved.output),
        ("scale", (left.scale, left.divisor), (right.scale, right.divisor)),
        ("rows", Counter(map(_oriented, left.rows)), Counter(map(_oriented, moved.rows))),
        ("operands", Counter(left.reads), Counter(moved.reads)),
    ):
        if one != two:
            raise ProofError(f"the {what} differ: {text(one)} on the left, {text(two)} on the right")


def _oriented(row: Affine) -> Affine:
    """An equation and its negative are one: the one whose first coefficient reads smaller."""
    negative = Affine((("", -1),)).at({"": row})
    return min(row, negative, key=str)


def text(value: object) -> str:
    """A reading's part for messages."""
    match value:
        case Counter():
            return "; ".join(sorted(text(key) for key in value.elements())) or "nothing"
        case Affine(terms, constant):
            parts = [x if c == 1 else f"({c})*{x}" for x, c in terms] + ([str(constant)] if constant != 0 else [])
            return " + ".join(parts) or "0"
        case Term():
            return getattr(value, "name", "") or type(value).__name__
        case tuple():
            return "(" + ", ".join(text(item) for item in value) + ")"
    return str(value)
