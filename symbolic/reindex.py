"""Kernel, for all sizes: an affine bijection of index sets, and dropping an operand. Small enough to read at once.

`Reindex` shows that two multilinear forms are one sum in two orders. Every summed letter x of the right side
is x itself or the reversal n-1-x of a letter of the left side, which is an affine bijection of [0, n) and its
own inverse. Coefficients are integer polynomials in size letters and compared exactly; how the reversals were
found is none of its business.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.index import Extent, Size, simplest
from symbolic.steps import Proof, Scope
from symbolic.term import Flip, Grad, Multi, Node, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symbolic.form import Axis, Form

Affine = tuple[tuple[tuple[str, Extent], ...], Extent]  # sum of coefficient * letter, plus a constant
Access = tuple[Term, tuple[object, ...]]


@dataclass(frozen=True)
class Reindex(Proof):
    """Letters named in `reversed` stand for extent - 1 - themselves on the right side."""

    reversed: tuple[str, ...] = ()
    scope = Scope.ALL_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        if not isinstance(lhs, Multi) or not isinstance(rhs, Multi):
            raise ProofError("a reindexing compares two multilinear forms")
        left, right = lhs.form, rhs.form
        for what, one, two in (
            ("output", left.output, right.output),
            ("sizes", dict(left.sizes), dict(right.sizes)),
            ("scale", (left.scale, left.divisor), (right.scale, right.divisor)),
        ):
            if one != two:
                raise ProofError(f"the {what} differ: {_text(one)} on the left, {_text(two)} on the right")
        fixed = {x for axis in left.output for x in axis}
        if fixed & set(self.reversed):
            raise ProofError(f"an output letter cannot be reversed: {sorted(fixed & set(self.reversed))}")
        place = {x: _place(x, left.extent, x in self.reversed) for x in left.extent}
        same = {x: _place(x, left.extent, turned=False) for x in left.extent}
        _compare("rows", [_rows(left, same)], [_rows(right, place)])
        _compare("operands", [_accesses(lhs, same)], [_accesses(rhs, place)])


@dataclass(frozen=True)
class DropOperand(Proof):
    """d/dX of a multilinear scalar in which X stands once: the same form with X's slot as the output."""

    scope = Scope.ALL_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        if not (isinstance(lhs, Grad) and isinstance(lhs.of, Node) and isinstance(lhs.of.body, Multi)):
            raise ProofError("dropping an operand needs d(a multilinear form)/d(an operand) on the left")
        if not isinstance(rhs, Multi):
            raise ProofError("dropping an operand of a multilinear form leaves a multilinear form")
        body, form = lhs.of.body, lhs.of.body.form
        places = [k for k, operand in enumerate(body.operands) if operand == lhs.wrt]
        if len(places) != 1 or form.output != ():
            raise ProofError("the form must be a scalar in which the operand stands exactly once")
        (k,) = places
        if any(lhs.wrt == part for operand in body.operands for part in operand.parts):
            raise ProofError("the operand must not stand inside another operand")
        rest = Counter(zip(form.operands, body.operands, strict=True))
        rest[form.operands[k], body.operands[k]] -= 1
        claims = (
            ("output", form.operands[k], rhs.form.output),
            ("operands", +rest, Counter(zip(rhs.form.operands, rhs.operands, strict=True))),
            ("relation", (form.rows, form.sizes), (rhs.form.rows, rhs.form.sizes)),
            ("scale", (form.scale, form.divisor), (rhs.form.scale, rhs.form.divisor)),
        )
        for what, expected, given in claims:
            if expected != given:
                raise ProofError(f"dropping the operand keeps the {what}: {_text(expected)}; got {_text(given)}")


def _place(letter: str, extent: Mapping[str, Extent], turned: bool) -> Affine:
    """The letter itself, or extent - 1 - letter."""
    if not turned:
        return ((letter, 1),), 0
    return ((letter, -1),), simplest(Size.of(extent[letter]) - 1)


def _rows(form: Form, place: Mapping[str, Affine]) -> Counter[object]:
    """Every row as `sum of coefficient * letter = right`, the sign chosen so that both sides agree."""
    rows: Counter[object] = Counter()
    for row in form.rows:
        total: dict[str, Size] = {}
        right = Size.of(row.p)
        for letter, coefficient in row.coefficients().items():
            letters, constant = place[letter]
            right = right - Size.of(coefficient) * constant
            for x, factor in letters:
                total[x] = total.get(x, Size(())) + Size.of(coefficient) * factor
        rows[_oriented(total, right)] += 1
    return rows


def _oriented(total: Mapping[str, Size], right: Size) -> tuple[object, ...]:
    """An equation and its negative are one: the smaller of the two ways of writing it."""
    ways = []
    for sign in (1, -1):
        terms = tuple(sorted((x, (c * sign).terms) for x, c in total.items() if c.terms))
        ways.append((terms, (right * sign).terms))
    return min(ways)


def _accesses(term: Multi, place: Mapping[str, Affine]) -> Counter[Access]:
    """Every operand with the places it is read at; a Flip is unfolded into n - 1 - place."""
    accesses: Counter[Access] = Counter()
    for slot, operand in zip(term.form.operands, term.operands, strict=True):
        where: list[object] = [tuple(place[x] for x in axis) for axis in slot]
        source = operand
        while isinstance(source, Flip):
            for axis in source.axes:
                where[axis] = _flipped(slot[axis], where[axis], source.shape[axis])
            source = source.source
        accesses[source, tuple(where)] += 1
    return accesses


def _flipped(axis: Axis, where: object, size: Extent) -> object:
    """n - 1 - place on an axis that holds a single letter."""
    if len(axis) != 1 or not isinstance(where, tuple):
        raise ProofError(f"an axis of several letters {axis} cannot be flipped in a reindexing")
    ((letters, constant),) = where
    turned = tuple((x, simplest(-1 * Size.of(c))) for x, c in letters)
    return ((turned, simplest(Size.of(size) - 1 - constant)),)


def _compare(what: str, left: list[Counter[object]] | list[Counter[Access]], right: object) -> None:
    if left != right:
        raise ProofError(f"the {what} differ: {_text(left[0])} on the left, {_text(right)} on the right")


def _text(value: object) -> str:
    if isinstance(value, Counter):
        return "; ".join(sorted(_text(key) for key in value.elements()))
    if isinstance(value, list | tuple):
        return "(" + ", ".join(_text(item) for item in value) + ")"
    name = getattr(value, "name", None)
    return str(name or value)
