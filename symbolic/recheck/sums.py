"""A nested sum of products read as one sum, and two such sums compared under a renaming of letters.

A letter runs over 0 … extent - 1. A place is a letter, or a letter read backwards, extent - 1 - letter. Sums
inside sums are opened, so that each array of unknowns is read at places and every condition is an equation.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.recheck.polynomial import ONE, ZERO, Polynomial, constant
from symbolic.recheck.refusal import RefusedError
from symbolic.recheck.terms import Flip, Number, Product, Tensor, Term

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Place:
    """A letter, backwards or not; without a letter the place 0, all there is of an extent 1."""

    letter: str
    backwards: bool
    extent: Polynomial

    def turned(self) -> Place:
        """The place counted from the other end."""
        return replace(self, backwards=not self.backwards) if self.letter else self

    def moved(self, places: Mapping[str, Place]) -> Place:
        """The place with its letter replaced."""
        found = places.get(self.letter)
        if found is None:
            return self
        return found.turned() if self.backwards else found

    def __str__(self) -> str:
        """`u`, or `k1 - 1 - u`."""
        return f"{self.extent} - 1 - {self.letter}" if self.backwards else self.letter or "0"


Places = tuple[tuple[Place, ...], ...]  # per axis its places, the last one running fastest


@dataclass(frozen=True)
class Equation:
    """The sum of coefficient * letter, plus a constant, is 0."""

    terms: tuple[tuple[str, Polynomial], ...]
    constant: Polynomial

    def moved(self, places: Mapping[str, Place]) -> Equation:
        """The equation with letters replaced."""
        total: dict[str, Polynomial] = {}
        rest = self.constant
        for letter, coefficient in self.terms:
            place = places.get(letter, Place(letter, backwards=False, extent=ONE))
            if place.backwards:
                rest += coefficient * (place.extent - ONE)
                coefficient = -coefficient  # noqa: PLW2901 - c*(n - 1 - x) = c*(n - 1) - c*x
            if place.letter:
                total[place.letter] = total.get(place.letter, ZERO) + coefficient
        return Equation(tuple(sorted((x, c) for x, c in total.items() if c.terms)), rest)

    def oriented(self) -> Equation:
        """The equation or its negative: one of the two for both."""
        negative = Equation(tuple((x, -c) for x, c in self.terms), -self.constant)
        return min(self, negative, key=lambda one: [c.terms for _, c in one.terms] + [one.constant.terms])

    def __str__(self) -> str:
        """`s1*i + d1*u - e1*a = p1`."""
        left = [x if c == ONE else f"({c})*{x}" for x, c in self.terms]
        return f"{' + '.join(left) or '0'} = {-self.constant}"


@dataclass(frozen=True)
class Reading:
    """output[places] = scale/divisor * the sum over all letters that fulfil the rows of the product of the reads."""

    output: Places
    letters: tuple[tuple[str, Polynomial], ...]
    rows: tuple[Equation, ...]
    reads: tuple[tuple[Term, Places], ...]
    scale: Fraction = Fraction(1)
    divisor: Polynomial = ONE

    def moved(self, places: Mapping[str, Place]) -> Reading:
        """The reading with letters replaced everywhere but in the list of letters, which loses them."""
        return Reading(
            _moved(self.output, places),
            tuple((x, n) for x, n in self.letters if x not in places),
            tuple(row.moved(places) for row in self.rows),
            tuple((term, _moved(axes, places)) for term, axes in self.reads),
            self.scale,
            self.divisor,
        )


def _moved(axes: Places, places: Mapping[str, Place]) -> Places:
    return tuple(tuple(place.moved(places) for place in axis) for axis in axes)


def read(term: Term, prefix: str = "") -> Reading:
    """The reading of a term; the letters of the sum that stands as operand k get the prefix `k.`."""
    match term:
        case Product():
            return _shorter(_opened(term, prefix))
        case Flip(source, axes):
            inner = read(source, prefix)
            turned = {place.letter: place.turned() for axis in axes for place in inner.output[axis] if place.letter}
            return replace(inner.moved(turned), output=inner.output, letters=inner.letters)
    letters = tuple((f"{prefix}x{axis}", extent) for axis, extent in enumerate(term.shape))
    here: Places = tuple((Place(x, backwards=False, extent=n),) for x, n in letters)
    return _shorter(Reading(here, letters, (), ((term, here),)))


def _opened(term: Product, prefix: str) -> Reading:
    extent = {prefix + x: n for x, n in term.extents}

    def places(slot: tuple[tuple[str, ...], ...]) -> Places:
        return tuple(tuple(Place(prefix + x, False, extent[prefix + x]) for x in axis) for axis in slot)

    letters = dict(extent)
    rows = [Equation(tuple(sorted((prefix + x, c) for x, c in row.sides)), -row.p) for row in term.rows]
    reads: list[tuple[Term, Places]] = []
    scale, divisor = term.scale, term.divisor
    for k, (slot, operand) in enumerate(zip(term.slots, term.operands, strict=True)):
        where, source = places(slot), operand
        while isinstance(source, Flip):
            where = tuple(
                tuple(place.turned() for place in axis) if number in source.axes else axis
                for number, axis in enumerate(where)
            )
            source = source.source
        if isinstance(source, Number):
            scale *= source.value
        elif isinstance(source, Product):
            inner = read(source, f"{prefix}{k}.")
            inner = inner.moved(_joined(inner.output, where))
            letters |= dict(inner.letters)
            rows += inner.rows
            reads += inner.reads
            scale, divisor = scale * inner.scale, divisor * inner.divisor
        else:
            reads.append((source, where))
    return Reading(places(term.output), tuple(letters.items()), tuple(rows), tuple(reads), scale, divisor)


def _joined(inner: Places, outer: Places) -> dict[str, Place]:
    """Letter of an inner sum's output -> the place at which the sum around it reads that output."""
    found: dict[str, Place] = {}
    for inside, outside in zip(inner, outer, strict=True):
        long, wide = ([place for place in axis if place.extent != ONE] for axis in (inside, outside))
        if [place.extent for place in long] != [place.extent for place in wide]:
            raise RefusedError(f"an axis is split into {_text(inside)} inside and {_text(outside)} outside")
        for one, other in zip(long, wide, strict=True):
            if one.backwards or one.letter in found:
                raise RefusedError(f"the letter {one.letter} cannot be joined to {other}")
            found[one.letter] = other
    return found


def _shorter(reading: Reading) -> Reading:
    """Letters of extent 1 are 0; of a summed letter and another of its extent that a row makes equal, one is kept.

    The one that goes is the first in alphabetical order that is not in the output.
    """
    zero = {x: Place("", backwards=False, extent=ONE) for x, n in reading.letters if n == ONE}
    reading = reading.moved(zero) if zero else reading
    outer = {place.letter for axis in reading.output for place in axis}
    extent = dict(reading.letters)
    for number, row in enumerate(reading.rows):
        if row.constant != ZERO or sorted(c.terms for _, c in row.terms) != [constant(-1).terms, ONE.terms]:
            continue
        one, other = (x for x, _ in row.terms)
        loose = [x for x in (one, other) if x not in outer]
        if loose and extent[one] == extent[other]:
            kept = other if loose[0] == one else one
            rows = reading.rows[:number] + reading.rows[number + 1 :]
            same = {loose[0]: Place(kept, backwards=False, extent=extent[kept])}
            return _shorter(replace(reading, rows=rows).moved(same))
    return reading


Renaming = tuple[tuple[str, str, bool], ...]  # letter on the right, letter on the left, read backwards


def compare(left: Reading, right: Reading, renaming: Renaming) -> None:
    """Refuse unless the renaming, a bijection of the letters that keeps extents, turns the right into the left."""
    places = _bijection(dict(left.letters), dict(right.letters), renaming)
    moved = right.moved(places)
    if left.output != moved.output:
        raise RefusedError(f"the outputs differ: {_text(left.output)} on the left, {_text(moved.output)} on the right")
    if (left.scale, left.divisor) != (moved.scale, moved.divisor):
        raise RefusedError(f"the scales differ: {_scale(left)} on the left, {_scale(moved)} on the right")
    _same("rows", [row.oriented() for row in left.rows], [row.oriented() for row in moved.rows])
    _same("operands", list(left.reads), list(moved.reads))


def _bijection(left: Mapping[str, Polynomial], right: Mapping[str, Polynomial], renaming: Renaming) -> dict[str, Place]:
    named = {new: (old, back) for new, old, back in renaming}
    if len(named) != len(renaming):
        raise RefusedError("the renaming names a letter twice")
    for new, old, back in renaming:
        if new not in right or (new == old and not back):
            raise RefusedError(f"the renaming of {new} to {old} renames no letter of the right side")
    places = {}
    for letter, extent in right.items():
        old, back = named.get(letter, (letter, False))
        if left.get(old) != extent:
            raise RefusedError(f"the letter {letter} runs over {extent}, its partner {old} over {left.get(old)}")
        places[letter] = Place(old, back, extent)
    partners = Counter(place.letter for place in places.values())
    every = Counter(list(left))
    if partners != every:
        alone = sorted((every - partners) + (partners - every))
        raise RefusedError(f"the letters do not correspond one to one: {', '.join(alone)}")
    return places


def _same(what: str, left: list[object], right: list[object]) -> None:
    if Counter(left) != Counter(right):
        one, other = Counter(left) - Counter(right), Counter(right) - Counter(left)
        raise RefusedError(f"the {what} differ: {_listed(one)} on the left, {_listed(other)} on the right")


def _listed(items: Counter[object]) -> str:
    return "; ".join(sorted(map(_text, items.elements()))) or "no other"


def _text(value: object) -> str:
    match value:
        case Tensor(name):
            return name
        case (term, places) if not isinstance(term, Place | tuple):
            return f"{_text(term)}[{_text(places)}]"
        case tuple():
            return ", ".join(_text(x) for x in value) if value else "()"
    return str(value) if isinstance(value, Place | Equation) else type(value).__name__.lower()


def _scale(reading: Reading) -> str:
    return f"{reading.scale}/({reading.divisor})" if reading.divisor != ONE else str(reading.scale)
