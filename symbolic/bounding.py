"""Search, not proof: the certificates that `bounds` checks, and sizes at which a wrong claim fails.

An inequality is a sum of facts and products of two facts. Every monomial of the goal has to come from one that
holds it with the same sign, so one after the other is tried until nothing but a constant is left.
"""

from __future__ import annotations

from itertools import combinations_with_replacement, product
from typing import TYPE_CHECKING

from symbolic.bounds import Bounds, Certificate, Goal, Reading
from symbolic.counts import meets
from symbolic.errors import ProofError
from symbolic.index import Size
from symbolic.steps import Rule, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symbolic.counts import Integer

Sums = tuple[tuple[int, tuple[int, ...]], ...]
Candidates = list[tuple[tuple[int, ...], Size]]
DEPTH = 4  # terms of a certificate, the constant not counted
SIZES = range(6)  # tried as examples and counterexamples


def bounded(lhs: Integer, rhs: Integer, rule: Rule = Rule.EXPAND) -> Step:
    """The step lhs = rhs; ProofError naming sizes at which it is wrong, or the inequality that is not shown."""
    reading = Reading(lhs, rhs)
    search = Search(reading.facts)
    found = [search.certificate(goal) for goal in reading.goals]
    for goal, certificate in zip(reading.goals, found, strict=True):
        if certificate is None:
            refute(lhs, rhs)
            raise ProofError(f"not shown for all sizes: {goal.words}")
    example = next(domain(lhs, rhs), None)
    if example is None:
        raise ProofError(f"no sizes below {SIZES.stop} meet the conditions of {lhs}")
    proof = Bounds(tuple(certificate for certificate in found if certificate), tuple(example.items()))
    return Step(lhs, rhs, rule, proof, tuple(map(str, lhs.given)))


def refute(lhs: Integer, rhs: Integer) -> None:
    """Raise ProofError with the first small sizes at which the sides differ or only one of them has a meaning."""
    for values in domain(lhs, rhs):
        one, two = _value(lhs, values), _value(rhs, values)
        if one != two:
            sizes = ", ".join(f"{letter} = {value}" for letter, value in values.items())
            raise ProofError(f"{lhs} is not {rhs}: at {sizes} the left side is {one}, the right side {two}")


def domain(*sides: Integer) -> Iterator[dict[str, int]]:
    """Small sizes that meet the conditions of all sides."""
    letters = dict.fromkeys(letter for side in sides for letter in side.letters())
    for numbers in product(SIZES, repeat=len(letters)):
        values = dict(zip(letters, numbers, strict=True))
        if all(meets(side, values) for side in sides):
            yield values


def _value(side: Integer, values: dict[str, int]) -> int | str:
    try:
        return side.at(values)
    except ProofError as undefined:
        return f"without a meaning ({undefined})"


class Search:
    """Certificates from one list of facts."""

    def __init__(self, facts: tuple[Size, ...]) -> None:
        self.facts = facts
        self._single: Candidates = [((n,), fact) for n, fact in enumerate(facts)]
        self._double: Candidates = []

    def certificate(self, goal: Goal) -> Certificate | None:
        """Plain sums first, then sums for a multiple of the goal, then both with products of two facts."""
        for candidates in (self._singles, self._doubles):
            usable = [(numbers, fact) for numbers, fact in candidates() if max(numbers) < goal.facts]
            for factor in (None, *range(goal.facts)):
                wanted = goal.size if factor is None else (self.facts[factor] + 1) * (goal.size + 1) - 1
                terms = _sums(wanted, usable, DEPTH)
                if terms is not None:
                    return Certificate(terms, factor)
        return None

    def _singles(self) -> Candidates:
        return self._single

    def _doubles(self) -> Candidates:
        if not self._double:
            pairs = combinations_with_replacement(self._single, 2)
            self._double = [*self._single, *((one + two, x * y) for (one, x), (two, y) in pairs)]
        return self._double


def _sums(goal: Size, candidates: Candidates, depth: int) -> Sums | None:
    """Multiples of candidates that add up to the goal, and a constant."""
    letters = [(monomial, number) for monomial, number in goal.terms if monomial]
    if not letters:
        constant = goal.terms[0][1] if goal.terms else 0
        return None if constant < 0 else ((constant, ()),) if constant else ()
    if depth == 0:
        return None
    monomial, number = max(letters, key=lambda term: (len(term[0]), term[0]))
    for numbers, fact in candidates:
        have = dict(fact.terms).get(monomial, 0)
        if have * number <= 0:
            continue
        times = max(1, number // have)
        rest = _sums(goal - fact * times, candidates, depth - 1)
        if rest is not None:
            return ((times, numbers), *rest)
    return None
