"""Search, not proof: the certificates that `bounds` checks, and sizes at which a wrong claim fails.

An inequality is a sum of facts and products of two facts. Every monomial of the goal has to come from one that
holds it with the same sign, so one after the other is tried until nothing but a constant is left.
"""

from __future__ import annotations

from functools import cache, cached_property
from itertools import combinations_with_replacement, islice, product
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.kernel.bounds import Bounds, Certificate, Goal, Reading
from symbolic.kernel.counts import meets
from symbolic.kernel.integers import least
from symbolic.kernel.step import Rule, Step
from symbolic.terms.size import Monomial, Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symbolic.kernel.counts import Integer

Sums = tuple[tuple[int, tuple[int, ...]], ...]
Candidates = list[tuple[tuple[int, ...], Size]]
Sources = dict[tuple[Monomial, bool], list[tuple[tuple[int, ...], Size, int]]]
DEPTH = 4  # terms of a certificate, the constant not counted
LARGEST = 5  # of the sizes tried as examples and counterexamples
MOST = 100  # of them are tried before the search for products, which is the slow one


def bounded(lhs: Integer, rhs: Integer, rule: Rule = Rule.COUNT) -> Step:
    """The step lhs = rhs; ProofError naming sizes at which it is wrong, or the inequality that is not shown."""
    reading = Reading(lhs, rhs)
    example = next(domain(lhs, rhs), None)
    if example is None:
        raise ProofError(f"no sizes up to {LARGEST} meet the conditions of {lhs}")
    search = Search(reading.facts)
    found: list[Certificate] = []
    for goal in reading.goals:
        certificate = search.plain(goal)
        if certificate is None:
            refute(lhs, rhs, MOST)
            certificate = search.with_products(goal)
        if certificate is None:
            refute(lhs, rhs)
            raise ProofError(f"not shown for all sizes: {goal.words}")
        found.append(certificate)
    return Step(lhs, rhs, rule, Bounds(tuple(found), tuple(example.items())), tuple(map(str, lhs.given)))


def refute(lhs: Integer, rhs: Integer, most: int | None = None) -> None:
    """Raise ProofError at the smallest sizes, `most` of them, where the sides differ or one has no meaning."""
    for values in islice(domain(lhs, rhs), most):
        one, two = _value(lhs, values), _value(rhs, values)
        if one != two:
            sizes = ", ".join(f"{letter} = {value}" for letter, value in values.items())
            raise ProofError(f"{lhs} is not {rhs}: at {sizes} the left side is {one}, the right side {two}")


def domain(*sides: Integer) -> Iterator[dict[str, int]]:
    """Small sizes that meet the conditions, which are those of every side, the smallest first."""
    letters = tuple(dict.fromkeys(letter for side in sides for letter in side.letters()))
    for numbers in _smallest_first(tuple(map(least, letters))):
        values = dict(zip(letters, numbers, strict=True))
        if meets(sides[0], values):
            yield values


@cache
def _smallest_first(least_values: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    ranges = (range(value, LARGEST + 1) for value in least_values)
    return tuple(sorted(product(*ranges), key=lambda numbers: (sum(numbers), numbers)))


def _value(side: Integer, values: dict[str, int]) -> int | str:
    try:
        return side.at(values)
    except ProofError as undefined:
        return f"without a meaning ({undefined})"


class Search:
    """Certificates from one list of facts."""

    def __init__(self, facts: tuple[Size, ...]) -> None:
        self.facts = facts
        first = {fact: number for number, fact in reversed(list(enumerate(facts)))}
        self._plain: Candidates = [((number,), fact) for fact, number in reversed(first.items()) if fact.terms]

    def plain(self, goal: Goal) -> Certificate | None:
        """A sum of facts."""
        return self._certificate(goal, self._plain)

    def with_products(self, goal: Goal) -> Certificate | None:
        """A sum of facts and products of two."""
        return self._certificate(goal, self._squares)

    def _certificate(self, goal: Goal, candidates: Candidates) -> Certificate | None:
        """For the goal itself, else for a multiple of it."""
        sources = _sources(candidates, goal.facts)
        for factor in (None, *(numbers[0] for numbers, _ in self._plain if numbers[0] < goal.facts)):
            wanted = goal.size if factor is None else (self.facts[factor] + 1) * (goal.size + 1) - 1
            terms = _sums(wanted, sources, DEPTH)
            if terms is not None:
                return Certificate(terms, factor)
        return None

    @cached_property
    def _squares(self) -> Candidates:
        """Facts, and products of two."""
        pairs = combinations_with_replacement(self._plain, 2)
        return [*self._plain, *((one + two, x * y) for (one, x), (two, y) in pairs)]


def _sources(candidates: Candidates, facts: int) -> Sources:
    """Monomial and sign -> the candidates that hold it, made of the first `facts` facts."""
    sources: Sources = {}
    for numbers, fact in candidates:
        if max(numbers) < facts:
            for monomial, number in fact.terms:
                sources.setdefault((monomial, number > 0), []).append((numbers, fact, number))
    return sources


def _sums(goal: Size, sources: Sources, depth: int) -> Sums | None:
    """Multiples of candidates that add up to the goal, and a constant."""
    letters = [(monomial, number) for monomial, number in goal.terms if monomial]
    if not letters:
        constant = goal.terms[0][1] if goal.terms else 0
        return None if constant < 0 else ((constant, ()),) if constant else ()
    if depth == 0:
        return None
    monomial, number = max(letters, key=lambda term: (len(term[0]), term[0]))
    for numbers, fact, have in sources.get((monomial, number > 0), ()):
        times = max(1, number // have)
        rest = _sums(goal - fact * times, sources, depth - 1)
        if rest is not None:
            return ((times, numbers), *rest)
    return None
