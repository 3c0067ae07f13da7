"""Each kind of evidence, and what it takes to believe it. `check` refuses, or says which conditions it adds."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.recheck.bounds import Certificate, compare_integers
from symbolic.recheck.derivative import compare_tangents, dropped
from symbolic.recheck.distribute import compare_distributed
from symbolic.recheck.elementary import compare_functions
from symbolic.recheck.polynomial import ONE
from symbolic.recheck.refusal import RefusedError
from symbolic.recheck.replacing import instance, replaced
from symbolic.recheck.schema import size, term
from symbolic.recheck.sums import Renaming, compare, read
from symbolic.recheck.terms import Along, Counted, Function, Gradient, Number, Product, Tensor, Term, sizes_in, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from symbolic.recheck.json_file import Field
    from symbolic.recheck.schema import Tensors

KINKED = ("abs", "leaky_relu", "relu")


@dataclass(frozen=True)
class Step:
    """left = right, why, and what is still to be read of why.

    cited        (theorem, part) -> the links of another derivation, and its conditions
    sums_to_one  filled by the check: the hypotheses it met, tensor and axis
    """

    left: Term
    right: Term
    tensors: Tensors
    by: dict[str, Field]
    cited: Callable[[str, int], tuple[Sequence[Term], tuple[str, ...]]]
    sums_to_one: list[tuple[Tensor, int]] = field(default_factory=list)

    def fields(self, *names: str) -> tuple[Field, ...]:
        """The evidence's fields, which are these and no others."""
        if self.by.keys() != {"by", *names}:
            kind, found = self.by["by"].text(), sorted(self.by.keys() - {"by"})
            raise RefusedError(f"the evidence {kind} has the fields {', '.join(names) or 'none'}; got {found}")
        return tuple(self.by[name] for name in names)


def check(step: Step) -> tuple[str, ...]:
    """The conditions that the step is shown under; RefusedError where it is not shown."""
    kind = step.by["by"].text()
    if kind not in CHECKS:
        raise RefusedError(f"there is no evidence {kind[:40]!r}; known are {', '.join(CHECKS)}")
    if step.left.shape != step.right.shape:
        raise RefusedError("the two sides have different shapes")
    return (*(CHECKS[kind](step) or ()), *_domain(step))


def _domain(step: Step) -> tuple[str, ...]:
    """The sizes that an equality between counts is meant for."""
    counted = [side.integer for side in (step.left, step.right) if isinstance(side, Counted)]
    return tuple(dict.fromkeys(str(condition) for integer in counted for condition in integer.given))


def _definition(step: Step) -> None:
    step.fields()
    if step.left != step.right:
        raise RefusedError("a name and what it stands for are exported alike, and these sides differ")


def _reindex(step: Step) -> None:
    (renaming,) = step.fields("renaming")
    if isinstance(step.left, Gradient) or Counted in {type(step.left), type(step.right)}:
        raise RefusedError("letters are renamed in sums of products")
    compare(read(step.left), read(step.right), _renaming(renaming))


def _drop(step: Step) -> None:
    (renaming,) = step.fields("renaming")
    if not isinstance(step.left, Gradient):
        raise RefusedError("an operand is dropped from a gradient, which must be the left side")
    compare(dropped(step.left), read(step.right), _renaming(renaming))


def _tangent(step: Step) -> tuple[str, ...]:
    (raw,) = step.fields("pairs")
    if not isinstance(step.left, Gradient):
        raise RefusedError("a tangent is taken of a gradient, which must be the left side")
    pairs = [pair.pair() for pair in raw.list()]
    compare_tangents(step.left, step.right, tuple((one.integer(), _renaming(two)) for one, two in pairs))
    kinks = {t.name for t in walk(step.left.of) if isinstance(t, Function) and t.name in KINKED}
    return tuple(f"{name} is not at its kink" for name in sorted(kinks))


def _distribute(step: Step) -> None:
    (raw,) = step.fields("groups")
    if isinstance(step.left, Gradient) or Counted in {type(step.left), type(step.right)}:
        raise RefusedError("sums of products are multiplied out, and no others")
    groups = [[pair.pair() for pair in group.list()] for group in raw.list()]
    compare_distributed(
        step.left, step.right, tuple(tuple((one.integer(), _renaming(two)) for one, two in group) for group in groups)
    )


def _renaming(field: Field) -> Renaming:
    found = []
    for entry in field.list():
        items = entry.list()
        if len(items) != 3:
            raise RefusedError("a renaming lists a letter on the right, one on the left, and whether it is backwards")
        found.append((items[0].text(), items[1].text(), items[2].boolean()))
    return tuple(found)


def _elementary(step: Step) -> None:
    (raw,) = step.fields("of")
    of = term(raw, step.tensors)
    if of not in {*walk(step.left), *walk(step.right)}:
        raise RefusedError("the functions are taken of something that stands on neither side")
    compare_functions(step.left, step.right, of)


def _normalized(step: Step) -> None:
    step.fields()
    total = step.left
    if not isinstance(total, Product) or len(total.operands) != 1 or not isinstance(total.operands[0], Along):
        raise RefusedError("expected the sum of a softmax on the left")
    softmax = total.operands[0]
    if softmax.name != "softmax" or _summed_axis(total) != softmax.axis:
        raise RefusedError(f"a {softmax.name} along axis {softmax.axis} is not what adds up to 1 here")
    _is_one(step.right)


def _sums_to_one(step: Step) -> tuple[str, ...]:
    step.fields()
    total = step.left
    if not isinstance(total, Product) or len(total.operands) != 1 or not isinstance(total.operands[0], Tensor):
        raise RefusedError("the hypothesis is about the sum of one tensor along an axis")
    axis = _summed_axis(total)
    _is_one(step.right)
    step.sums_to_one.append((total.operands[0], axis))
    return (f"{total.operands[0].name} sums to 1 along axis {axis}",)


def _summed_axis(total: Product) -> int:
    """The one axis of its operand that a plain sum adds up; every other letter is an axis of the output."""
    slot = [letter for axis in total.slots[0] for letter in axis]
    outer = {letter for axis in total.output for letter in axis}
    summed = [k for k, axis in enumerate(total.slots[0]) if len(axis) == 1 and axis[0] not in outer]
    plain = not total.rows and total.scale == 1 and total.divisor == ONE and len(set(slot)) == len(slot)
    loose = [letter for letter, _ in total.extents if letter not in outer]
    if not plain or len(summed) != 1 or loose != [total.slots[0][summed[0]][0]]:
        raise RefusedError("the left side is not the plain sum along one axis")
    return summed[0]


def _is_one(side: Term) -> None:
    if not isinstance(side, Number) or side.value != Fraction(1):
        raise RefusedError("the right side is not 1")


def _rewrite(step: Step) -> tuple[str, ...]:
    (raw,) = step.fields("steps")
    exchanged: dict[Term, Term] = {}
    conditions: list[str] = []
    for number, entry in enumerate(raw.list(), 1):
        inner = entry.fields("left", "right", "by", optional=tuple(entry.object()))
        left, right = (term(inner.pop(side), step.tensors) for side in ("left", "right"))
        try:
            conditions += check(Step(left, right, step.tensors, inner, step.cited, step.sums_to_one))
        except RefusedError as refused:
            raise RefusedError(f"its step {number}: {refused}") from refused
        if exchanged.setdefault(left, right) != right or left not in walk(step.left):
            raise RefusedError(f"its step {number} replaces no part of the left side")
    if replaced(step.left, exchanged) != step.right:
        raise RefusedError("the right side is not the left side with the parts of the given steps replaced")
    return tuple(conditions)


def _cite(step: Step) -> tuple[str, ...]:
    theorem, part, sizes, operands = step.fields("theorem", "part", "sizes", "operands")
    links, conditions = step.cited(theorem.text(), part.integer())
    values = {letter: size(n) for letter, n in sizes.object().items()}
    put = {name: term(t, step.tensors) for name, t in operands.object().items()}
    plain = [link for link in links if not isinstance(link, Gradient)]
    points = [instance(link, values, put) for link in plain]
    inside = [part for link in plain for part in walk(link)]
    names = {part.name for part in inside if isinstance(part, Tensor)}
    letters = {letter for part in inside for n in sizes_in(part) for letter in n.letters}
    if extra := (put.keys() - names) | (values.keys() - letters):
        raise RefusedError(f"the cited derivation says nothing of {min(extra)}")
    for side, given in (("left", step.left), ("right", step.right)):
        if given not in points:
            raise RefusedError(f"the {side} side is no instance of {theorem.text()}, part {part.integer()}")
    return tuple(f"{condition} (in {theorem.text()})" for condition in conditions)


def _bounds(step: Step) -> None:
    (raw,) = step.fields("certificates")
    if not isinstance(step.left, Counted) or not isinstance(step.right, Counted):
        raise RefusedError("bounds compare integers of sizes")
    certificates = tuple(_certificate(entry) for entry in raw.list())
    compare_integers(step.left.integer, step.right.integer, certificates)


def _certificate(field: Field) -> Certificate:
    inside = field.fields("terms", optional=("factor",))
    terms = []
    for entry in inside["terms"].list():
        multiplier, facts = entry.pair()
        terms.append((multiplier.integer(), tuple(number.integer() for number in facts.list())))
    return Certificate(tuple(terms), inside["factor"].integer() if "factor" in inside else None)


CHECKS: dict[str, Callable[[Step], tuple[str, ...] | None]] = {
    "definition": _definition,
    "reindex": _reindex,
    "drop-operand": _drop,
    "tangent": _tangent,
    "distribute": _distribute,
    "elementary": _elementary,
    "normalized": _normalized,
    "sums-to-one": _sums_to_one,
    "rewrite": _rewrite,
    "cite": _cite,
    "bounds": _bounds,
}
