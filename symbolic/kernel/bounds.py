"""Kernel, for all sizes: the arithmetic of floors, and counting the positions of a window.

The number of x >= 0 with step*x <= room, step >= 1, is o where

    0 <= room        step*(o - 1) <= room        room < step*o

and ⌊a/s⌋, s >= 1, is the q with s*q <= a < s*q + s. `Bounds` opens every floor in this way and shows the
inequalities from each other, from the conditions and from the least values of the letters. Each is given as a sum
of products of facts that are >= 0, which is compared coefficient by coefficient. How the sums were found
(`bounding`) is none of its business.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd, prod
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.kernel.counts import AtLeast, Condition, Count, Equals, Integer, Whole, meets
from symbolic.kernel.integers import Add, Expression, Floor, Letter, Mod, Number, Times, least
from symbolic.kernel.step import Proof, Scope
from symbolic.terms.size import Size, letter_size

if TYPE_CHECKING:
    from symbolic.terms.tensors import Term


@dataclass(frozen=True)
class Goal:
    """An integer to be shown >= 0, from the first `facts` facts."""

    words: str
    size: Size
    facts: int


@dataclass(frozen=True)
class Certificate:
    """goal = the sum of multiplier * product of facts, each fact by its number.

    With `factor`, the same for m*(goal + 1) - 1, where m = that fact + 1: a positive m times an integer is at
    least 1 only if the integer is.
    """

    terms: tuple[tuple[int, tuple[int, ...]], ...] = ()
    factor: int | None = None

    def check(self, goal: Goal, facts: tuple[Size, ...]) -> None:
        """Raise ProofError unless it shows the goal."""
        used = [number for _, numbers in self.terms for number in numbers]
        used += [] if self.factor is None else [self.factor]
        if any(type(m) is not int or m < 0 for m, _ in self.terms):
            raise ProofError(f"not shown: {goal.words}: a multiplier is no integer >= 0")
        if any(type(n) is not int or not 0 <= n < goal.facts for n in used):
            raise ProofError(f"not shown: {goal.words}: there is no fact of such a number at this place")
        wanted = goal.size if self.factor is None else (facts[self.factor] + 1) * (goal.size + 1) - 1
        total = Size(())
        for multiplier, numbers in self.terms:
            total += prod((facts[n] for n in numbers), start=Size.of(multiplier))
        if total != wanted:
            raise ProofError(f"not shown: {goal.words}: the facts add up to {total}, wanted is {wanted}")


class Reading:
    """Both sides opened: what is known, each >= 0, and what is to be shown."""

    def __init__(self, lhs: Term, rhs: Term) -> None:
        self._facts: list[Size] = []
        self._goals: list[Goal] = []
        self._equations: list[Size] = []
        self._known: dict[object, Size] = {}
        if not (isinstance(lhs, Integer) and isinstance(rhs, Integer)):
            raise ProofError("bounds speak of two integers that depend on sizes")
        if lhs.given != rhs.given:
            raise ProofError(f"the sides are meant under different conditions: {_list(lhs)}; {_list(rhs)}")
        for condition in lhs.given:
            self._assume(condition)
        for side in (lhs, rhs):
            for size in side.sizes if isinstance(side, Count) else ():
                self._lemma(f"{size} >= 1", self._size(size) - 1)
        self._compare(lhs, rhs)
        values = _solved(self._equations)
        self.facts = tuple(Size.of(fact.at(values)) for fact in self._facts)
        self.goals = tuple(Goal(goal.words, Size.of(goal.size.at(values)), goal.facts) for goal in self._goals)

    def _compare(self, lhs: Integer, rhs: Integer) -> None:
        match lhs, rhs:
            case Count(), Count():
                self._equal("the step", lhs.step, rhs.step)
                self._equal("the room", lhs.room, rhs.room)
            case (Count() as count, Whole(value)) | (Whole(value), Count() as count):
                room, step = self._size(count.room), self._size(count.step)
                size, text = self._size(value), f"position {value - 1} of {count}"
                self._goal(f"position 0 of {count} fits: 0 <= {count.room}", room)
                self._goal(f"{text} fits: {count.step * (value - 1)} <= {count.room}", room - step * (size - 1))
                self._goal(f"{text} is the last: {count.room} < {count.step * value}", step * size - room - 1)
            case Whole(one), Whole(two):
                self._equal("both sides", one, two)
            case _:
                raise ProofError(f"bounds do not compare {type(lhs).__name__} with {type(rhs).__name__}")

    def _equal(self, what: str, one: Expression, two: Expression) -> None:
        difference = self._size(one) - self._size(two)
        self._goal(f"{what}: {one} >= {two}", difference)
        self._goal(f"{what}: {one} <= {two}", -difference)

    def _goal(self, words: str, size: Size) -> None:
        self._goals.append(Goal(words, size, len(self._facts)))

    def _lemma(self, words: str, size: Size) -> None:
        """A goal that is a fact for the goals after it."""
        self._goal(words, size)
        self._facts.append(size)

    def _assume(self, condition: Condition) -> None:
        difference = self._size(condition.left) - self._size(condition.right)
        match condition:
            case AtLeast():
                self._facts.append(difference)
            case Equals():
                self._equations.append(difference)

    def _size(self, value: Expression) -> Size:
        """The polynomial in letters and quotients; facts about both are noted on the way."""
        match value:
            case Letter(name):
                if value not in self._known:
                    self._known[value] = letter_size(name)
                    self._facts.append(letter_size(name) - least(name))
                return self._known[value]
            case Number(number):
                return Size.of(number)
            case Add(terms):
                return sum((self._size(term) for term in terms), start=Size(()))
            case Times(factors):
                return prod((self._size(factor) for factor in factors), start=Size.of(1))
            case Floor(over, by):
                return self._quotient(self._size(over), self._size(by))
            case Mod(over, by):
                a, s = self._size(over), self._size(by)
                return a - s * self._quotient(a, s)
        raise ProofError(f"{type(value).__name__} is no integer expression")

    def _quotient(self, a: Size, s: Size) -> Size:
        if (a, s) not in self._known:
            self._lemma(f"the divisor {s} >= 1", s - 1)  # before its own facts, which presuppose it
            q = self._known[a, s] = letter_size(f"⌊({a})/({s})⌋")
            self._facts += [a - s * q, s * q + s - 1 - a]
        return self._known[a, s]


def _solved(equations: list[Size]) -> dict[str, Size]:
    """Letters as polynomials in others: each equation is solved for a letter that stands alone in it."""
    values: dict[str, Size] = {}
    for equation in equations:
        left = Size.of(equation.at(values))
        if not left.terms:
            continue
        common = gcd(*(number for _, number in left.terms))
        left = Size(tuple((monomial, number // common) for monomial, number in left.terms))
        alone = [(m[0], c) for m, c in left.terms if len(m) == 1 and abs(c) == 1 and _once(m[0], left)]
        if not alone:
            raise ProofError(f"the condition {left} = 0 cannot be solved for a letter")
        letter, coefficient = alone[0]
        solution = letter_size(letter) - left * coefficient
        values = {x: Size.of(value.at({letter: solution})) for x, value in values.items()} | {letter: solution}
    return values


def _once(letter: str, size: Size) -> bool:
    return sum(letter in monomial for monomial, _ in size.terms) == 1


def _list(side: Integer) -> str:
    return ", ".join(map(str, side.given)) or "none"


@dataclass(frozen=True)
class Bounds(Proof):
    """One certificate for each goal of the reading, and sizes that meet the conditions: nothing is shown of nothing."""

    certificates: tuple[Certificate, ...]
    example: tuple[tuple[str, int], ...] = ()
    scope = Scope.ALL_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        reading = Reading(lhs, rhs)
        if len(reading.goals) != len(self.certificates):
            raise ProofError(f"{len(reading.goals)} inequalities are to be shown, {len(self.certificates)} are")
        for goal, certificate in zip(reading.goals, self.certificates, strict=True):
            certificate.check(goal, reading.facts)
        self._check_example(lhs, rhs)

    def requires(self, lhs: Term, _rhs: Term) -> tuple[str, ...]:
        return tuple(map(str, lhs.given)) if isinstance(lhs, Integer) else ()

    def _check_example(self, *sides: Term) -> None:
        values = dict(self.example)
        for side in sides:
            if isinstance(side, Integer) and not meets(side, values):
                raise ProofError(f"the sizes {values} do not meet the conditions {_list(side)}")
