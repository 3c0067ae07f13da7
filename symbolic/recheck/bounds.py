"""Equalities of integers with floors, for all sizes: every inequality as a sum of products of known ones.

A floor q = ⌊a/s⌋ is the integer with s*q <= a <= s*q + s - 1, once s >= 1 is shown. That x, x + step, … inside
`room` are o places says: room >= 0, step*(o - 1) <= room, room + 1 <= step*o. Facts and goals are numbered in
the order of reading: the conditions, left before right; the sizes of the counts that must be at least 1, each a
goal and then a fact; then what is compared. A letter brings the fact `letter - least >= 0` where it is met
first; a floor brings the goal s - 1 >= 0, which is then a fact, and the facts a - s*q, s*q + s - 1 - a. A goal
is shown by facts met before it; of equal facts the first is named. Equations are used to get rid of letters.

That the conditions can be met at all is seen in the screen, which refuses a statement about no sizes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symbolic.recheck.integers import Expression, Integer, least
from symbolic.recheck.polynomial import ONE, ZERO, Polynomial, constant, variable
from symbolic.recheck.refusal import RefusedError

if TYPE_CHECKING:
    from symbolic.recheck.integers import Condition


@dataclass(frozen=True)
class Certificate:
    """goal = the sum of multiplier * product of facts; with `factor` m - 1: m*(goal + 1) - 1 is that sum."""

    terms: tuple[tuple[int, tuple[int, ...]], ...]
    factor: int | None


@dataclass(frozen=True)
class Goal:
    """`size` >= 0, to be shown from the first `facts` facts."""

    words: str
    size: Polynomial
    facts: int


class Opened:
    """Two integers opened into facts and goals."""

    def __init__(self, left: Integer, right: Integer) -> None:
        self.facts: list[Polynomial] = []
        self.goals: list[Goal] = []
        self.equations: list[Polynomial] = []
        self._letters: set[str] = set()
        self._floors: dict[tuple[Polynomial, Polynomial], Polynomial] = {}
        if left.given != right.given:
            one, other = (", ".join(map(str, side.given)) or "none" for side in (left, right))
            raise RefusedError(f"the conditions differ: {one} on the left, {other} on the right")
        for condition in left.given:
            self._assume(condition)
        for side in (left, right):
            for part in side.sizes:
                self._lemma(f"{part} >= 1", self.size(part) - ONE)
        self._compare(left, right)

    def _assume(self, condition: Condition) -> None:
        left = self.size(condition.left)
        (self.facts if condition.kind == "at_least" else self.equations).append(left - self.size(condition.right))

    def _goal(self, words: str, size: Polynomial) -> None:
        self.goals.append(Goal(words, size, len(self.facts)))

    def _lemma(self, words: str, size: Polynomial) -> None:
        """A goal that is a fact once it is shown."""
        self._goal(words, size)
        self.facts.append(size)

    def _compare(self, left: Integer, right: Integer) -> None:
        counts = [side for side in (left, right) if side.kind != "value"]
        if len(counts) == 1:
            value = right if left.kind != "value" else left
            room, step = room_and_step(counts[0])
            distance, by, number = self.size(room), self.size(step), self.size(value["value"])
            self._goal(f"there is a first place: {room} >= 0", distance)
            self._goal(f"place {value} - 1 is inside", distance - by * (number - ONE))
            self._goal(f"place {value} is outside", by * number - distance - ONE)
        elif counts:
            (room, step), (other_room, other_step) = room_and_step(left), room_and_step(right)
            self._equal("the steps", step, other_step)
            self._equal("the rooms", room, other_room)
        else:
            self._equal("the values", left["value"], right["value"])

    def _equal(self, what: str, one: Expression, other: Expression) -> None:
        difference = self.size(one) - self.size(other)
        self._goal(f"{what} differ: {one} >= {other}", difference)
        self._goal(f"{what} differ: {one} <= {other}", -difference)

    def size(self, value: Expression) -> Polynomial:
        """The expression as a polynomial in letters and floors."""
        match value.kind:
            case "letter":
                if value.name not in self._letters:
                    self._letters.add(value.name)
                    self.facts.append(variable(value.name) - constant(least(value.name)))
                return variable(value.name)
            case "plus":
                total = ZERO
                for part in value.parts:
                    total += self.size(part)
                return total
            case "times":
                product = ONE
                for part in value.parts:
                    product *= self.size(part)
                return product
            case "floor" | "mod":
                over, by = (self.size(part) for part in value.parts)
                floor = self._floor(over, by)
                return floor if value.kind == "floor" else over - by * floor
        return constant(value.number)

    def _floor(self, over: Polynomial, by: Polynomial) -> Polynomial:
        if (over, by) not in self._floors:
            self._lemma(f"the divisor {by} >= 1", by - ONE)
            q = self._floors[over, by] = variable(f"floor{len(self._floors)}({over})/({by})")
            self.facts += [over - by * q, by * q + by - ONE - over]
        return self._floors[over, by]


def room_and_step(count: Integer) -> tuple[Expression, Expression]:
    """How far the first place can move, and by what steps: what the words of the count say, as expressions."""
    reach = _times(count["dilation"], _less_one(count["kernel"]))
    pads = [count["low"], count["high"]]
    if count.kind == "outputs":
        length = _times(count["input_dilation"], _less_one(count["input"]))
        return _plus(length, *pads, _minus(reach)), count["stride"]
    spread = _times(count["stride"], _less_one(count["input"]))
    return _plus(spread, reach, *map(_minus, pads)), Expression("number", number=1)


def _plus(*parts: Expression) -> Expression:
    return Expression("plus", parts)


def _times(*parts: Expression) -> Expression:
    return Expression("times", parts)


def _minus(part: Expression) -> Expression:
    return _times(Expression("number", number=-1), part)


def _less_one(part: Expression) -> Expression:
    return _plus(part, Expression("number", number=-1))


def compare_integers(left: Integer, right: Integer, certificates: tuple[Certificate, ...]) -> None:
    """Refuse unless each certificate shows its goal."""
    opened = Opened(left, right)
    if len(certificates) != len(opened.goals):
        raise RefusedError(f"{len(opened.goals)} inequalities are to be shown, {len(certificates)} are")
    values = _solved(opened.equations)
    facts = [fact.at(values) for fact in opened.facts]
    for goal, certificate in zip(opened.goals, certificates, strict=True):
        _check(certificate, goal.words, goal.size.at(values), facts[: goal.facts])


def _check(certificate: Certificate, words: str, goal: Polynomial, facts: list[Polynomial]) -> None:
    numbers = [number for _, used in certificate.terms for number in used]
    numbers += [] if certificate.factor is None else [certificate.factor]
    if any(multiplier < 1 for multiplier, _ in certificate.terms):
        raise RefusedError(f"not shown: {words}: a multiplier is no positive integer")
    for number in numbers:
        if not 0 <= number < len(facts):
            raise RefusedError(f"not shown: {words}: {len(facts)} facts are known at this place, none is {number}")
        if (first := facts.index(facts[number])) != number:
            raise RefusedError(f"not shown: {words}: the fact {number} is the fact {first} and bears that number")
    if certificate.factor is not None:  # m*(g + 1) >= 1 with an integer g and m >= 1 says g >= 0
        goal = (facts[certificate.factor] + ONE) * (goal + ONE) - ONE
    total = ZERO
    for multiplier, used in certificate.terms:
        product = constant(multiplier)
        for number in used:
            product *= facts[number]
        total += product
    if total != goal:
        raise RefusedError(f"not shown: {words}: the facts add up to {total}, wanted is {goal}")


def _solved(equations: list[Polynomial]) -> dict[str, Polynomial]:
    """Letters as polynomials in the others, so that every equation becomes 0 = 0."""
    values: dict[str, Polynomial] = {}
    for equation in equations:
        left = equation.at(values)
        if left == ZERO:
            continue
        alone = [
            (monomial[0], coefficient)
            for monomial, coefficient in left.terms
            if len(monomial) == 1 and abs(coefficient) == 1 and sum(monomial[0] in m for m, _ in left.terms) == 1
        ]
        if not alone:
            raise RefusedError(f"the condition {left} = 0 can be solved for no letter")
        letter, coefficient = alone[0]
        solution = {letter: variable(letter) - left * constant(coefficient)}
        values = {x: value.at(solution) for x, value in values.items()} | solution
    return values
