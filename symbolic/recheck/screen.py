"""A screen, never a proof: both sides of every step at random small sizes and numbers, in plain loops.

Sizes are 1 to 3 (to 9 where nothing but sizes is spoken of), paddings -1 to 3, entries small integers. Values
without exp are compared exactly, the others to 1e-9.
"""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Any

from symbolic.recheck.evaluate import ROOTS, Place, UnfitError, directional, entries
from symbolic.recheck.integers import least
from symbolic.recheck.refusal import RefusedError
from symbolic.recheck.terms import Counted, Function, Gradient, Number, Product, Tensor, Term, sizes_in, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TRIES = 200
DRAWS = 100  # per try, until the sizes are small and meant
CLOSE = 1e-9
SMALL, FEW = 3, 9


class Domain:
    """The sizes that a derivation is meant for, and the tensors it speaks of."""

    def __init__(self, terms: Iterable[Term]) -> None:
        every = set(terms)
        products = [term for term in every if isinstance(term, Product)]
        rows = [row for term in products for row in term.rows]
        self.integers = sorted((t.integer for t in every if isinstance(t, Counted)), key=str)
        self.tensors = sorted((t for t in every if isinstance(t, Tensor)), key=lambda t: t.name)
        self.positive = any(isinstance(t, Function) and t.name in ROOTS for t in every)
        self.extents = {n for t in every for n in t.shape} | {n for t in products for _, n in t.extents}
        self.divisors = {term.divisor for term in products}
        steps = self.extents | self.divisors | {n for row in rows for n in (row.s, row.d, row.e)}
        letters = {x for t in every for n in sizes_in(t) for x in n.letters}
        letters |= {x for integer in self.integers for x in integer.letters}
        stepping = {x for n in steps for x in n.letters if least(x)}
        low = {x: least(x) if self.integers else 1 if x in stepping else -1 for x in letters}
        high = SMALL if self.extents else FEW
        self.ranges = {x: range(low[x], high + 1) for x in sorted(letters)}
        conditions = dict.fromkeys(c for integer in self.integers for c in integer.given)
        self.settled = [c for c in conditions if c.kind == "equals" and c.left.kind == "letter"]

    def sizes(self, random: Random) -> dict[str, int] | None:
        """Random sizes; None where they are not meant."""
        sizes = {letter: random.choice(choices) for letter, choices in self.ranges.items()}
        for condition in self.settled:  # p = ⌊k/2⌋ would be met rarely
            sizes[condition.left.name] = condition.right.at(sizes)
        meant = (
            all(n.value(sizes) >= 1 for n in self.extents)
            and all(n.value(sizes) != 0 for n in self.divisors)
            and all(integer.meant(sizes) for integer in self.integers)
        )
        return sizes if meant else None


def screen(steps: Sequence[tuple[Term, Term]], sums_to_one: Sequence[tuple[Tensor, int]], seed: str) -> None:
    """Refuse at the first of TRIES sizes where the sides of a step differ.

    sums_to_one: the hypotheses, a tensor and the axis along which its entries add up to 1.
    """
    random = Random(seed)  # noqa: S311 - the same examples on every machine
    domain = Domain(term for step in steps for side in step for term in walk(side))
    telling = False
    for _ in range(TRIES):
        telling |= _try(steps, sums_to_one, domain, random)
    zero = domain.tensors and all(isinstance(right, Number) and not right.value for _, right in steps)
    if not telling and not zero:  # where it is claimed of tensors that something is 0, there is nothing else to see
        raise RefusedError("the screen saw nothing but zeros")


def _try(
    steps: Sequence[tuple[Term, Term]], sums_to_one: Sequence[tuple[Tensor, int]], domain: Domain, random: Random
) -> bool:
    """Whether a value that is not 0 was compared."""
    for _ in range(DRAWS):
        sizes = domain.sizes(random)
        if sizes is None:
            continue
        try:
            place = _filled(domain, sizes, random)
            for tensor, axis in sums_to_one:
                _normalize(place, tensor, axis)
            return _compare(steps, place, random)
        except UnfitError:
            continue
    raise RefusedError("the screen found no small sizes that the statement is meant for")


def _filled(domain: Domain, sizes: Mapping[str, int], random: Random) -> Place:
    place = Place(sizes, {})
    choices = range(1 if domain.positive else -4, 6)
    for tensor in domain.tensors:
        place.tensors[tensor.name] = random.choices(choices, k=math.prod(place.shape(tensor)))
    return place


def _compare(steps: Sequence[tuple[Term, Term]], place: Place, random: Random) -> bool:
    known: dict[int, list[Any]] = {}  # by identity: the links of a chain are one object where they meet

    def value(term: Term) -> list[Any]:
        if id(term) not in known:
            known[id(term)] = entries(term, place)
        return known[id(term)]

    for number, (left, right) in enumerate(steps, 1):
        one, other = value(right) if isinstance(left, Gradient) else value(left), value(right)
        if isinstance(left, Gradient):
            along = random.choices(range(-9, 10), k=len(other))
            one = [directional(left, place, along)]
            other = [sum(x * h for x, h in zip(other, along, strict=True))]
        _refuse_difference(number, one, other, place.sizes)
    return any(x != 0 for values in known.values() for x in values)


def _normalize(place: Place, tensor: Tensor, axis: int) -> None:
    """Change the last entry of every line so that the line sums to 1."""
    shape, values = place.shape(tensor), place.tensors[tensor.name]
    after, length = math.prod(shape[axis + 1 :]), shape[axis]
    for before in range(math.prod(shape[:axis])):
        for rest in range(after):
            line = [(before * length + x) * after + rest for x in range(length)]
            values[line[-1]] = 1 - sum(values[at] for at in line[:-1])


def _refuse_difference(number: int, one: list[Any], other: list[Any], sizes: Mapping[str, int]) -> None:
    for at, (x, y) in enumerate(zip(one, other, strict=True), 1):
        exact = not isinstance(x, float) and not isinstance(y, float)
        if x != y and (exact or not abs(x - y) <= CLOSE * max(1, abs(x), abs(y))):
            where = ", ".join(f"{letter} = {value}" for letter, value in sorted(sizes.items()))
            raise RefusedError(f"step {number}: the screen found {x} and {y} as value {at} at {where}")
