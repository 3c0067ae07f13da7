"""Sizes by counting: plain loops written from the definitions, and single mistakes in an expression."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from symbolic.kernel.counts import AtLeast, Condition, Integer, Outputs, TransposedOutputs, Whole
from symbolic.kernel.integers import Add, Expression, Floor, Letter, Mod, Number, Times

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RANGES = {"i": 9, "k": 5, "s": 4, "d": 3, "i'": 4}  # the largest of each; p goes to k


def outputs(n: int, k: int, s: int, low: int, high: int, d: int, e: int) -> int:
    """Slide a kernel of k entries, d apart, over n entries, e apart, padded on both sides, until it sticks out."""
    length = len([0] * max(0, low + len(range(e * n - e + 1)) + high))
    count, first = 0, 0
    while all(first + d * u < length for u in range(k)):
        count, first = count + 1, first + s
    return count


def transposed_outputs(n: int, k: int, s: int, low: int, high: int, d: int) -> int:
    """Spread n entries with a kernel, cut `low` places off the beginning and `high` off the end of what is covered."""
    last = max(s * x + d * u for x in range(n) for u in range(k))
    return len(range(low, last - high + 1))


def value(expression: Expression, at: Mapping[str, int]) -> int:
    """The number that an expression stands for; a quotient by counting down from the dividend's range."""
    match expression:
        case Letter(name):
            return at[name]
        case Number(number):
            return number
        case Add(terms):
            return sum(value(term, at) for term in terms)
        case Times(factors):
            total = 1
            for factor in factors:
                total *= value(factor, at)
            return total
        case Floor(over, by) | Mod(over, by):
            a, s = value(over, at), value(by, at)
            assert s >= 1, f"{expression} divides by {s}"
            q = next(q for q in range(abs(a), -abs(a) - 2, -1) if s * q <= a)
            return q if isinstance(expression, Floor) else a - s * q
    raise TypeError(expression)


def counted(term: Integer, at: Mapping[str, int]) -> int:
    """The number that a term stands for."""
    match term:
        case Whole(expression):
            return value(expression, at)
        case Outputs():
            window = (term.input, term.kernel, term.stride, term.low, term.high, term.dilation, term.input_dilation)
            return outputs(*(value(size, at) for size in window))
        case TransposedOutputs():
            spread = (term.input, term.kernel, term.stride, term.low, term.high, term.dilation)
            return transposed_outputs(*(value(size, at) for size in spread))
    raise TypeError(term)


def met(condition: Condition, at: Mapping[str, int]) -> bool:
    """Whether a condition is met."""
    left, right = value(condition.left, at), value(condition.right, at)
    return left >= right if isinstance(condition, AtLeast) else left == right


def domain(*terms: Integer, conditions: tuple[Condition, ...] | None = None) -> Iterator[dict[str, int]]:
    """All small sizes at which the conditions are met."""
    letters = list(dict.fromkeys(letter for term in terms for letter in term.letters()))
    given = terms[0].given if conditions is None else conditions
    plain = [letter for letter in letters if letter != "p"]
    for numbers in product(*(range(1, RANGES[letter] + 1) for letter in plain)):
        sizes = dict(zip(plain, numbers, strict=True))
        for p in range(sizes.get("k", 5) + 1) if "p" in letters else (0,):
            at = sizes | {"p": p}
            if all(met(condition, at) for condition in given):
                yield at


def mistakes(expression: Expression) -> Iterator[Expression]:
    """Every expression with one mistake in it: a number, letter, sign or rounding, a part lost."""
    yield expression + 1
    yield expression - 1
    yield -expression
    match expression:
        case Letter(name):
            yield from (Letter(other) for other in RANGES.keys() | {"p"} if other != name)
        case Number(number):
            yield from (Number(number + 2), Number(number * 2))
        case Floor(over, by):
            yield Floor(over + by - 1, by)  # rounded up
            yield Mod(over, by)
            yield over
        case Mod(over, by):
            yield Floor(over, by)
            yield Number(0)
    for place, part in enumerate(expression.inside):
        for wrong in mistakes(part):
            yield with_part(expression, place, wrong)
        if isinstance(expression, Add | Times) and len(expression.inside) > 1:
            rest = expression.inside[:place] + expression.inside[place + 1 :]
            yield type(expression)(rest) if len(rest) > 1 else rest[0]


def rewritings(expression: Expression) -> Iterator[Expression]:
    """The same number in other words: parts in another order, a quotient or remainder of another dividend."""
    match expression:
        case Add(terms) | Times(terms):
            yield type(expression)(terms[::-1])
        case Floor(over, by):
            yield Floor(over + by, by) - 1
        case Mod(over, by):
            yield over - by * Floor(over, by)
    for place, part in enumerate(expression.inside):
        for other in rewritings(part):
            yield with_part(expression, place, other)


def with_part(expression: Expression, place: int, part: Expression) -> Expression:
    """The expression with one part exchanged."""
    parts = (*expression.inside[:place], part, *expression.inside[place + 1 :])
    if isinstance(expression, Floor | Mod):
        return type(expression)(*parts)
    assert isinstance(expression, Add | Times)
    return type(expression)(parts)


def without(term: Integer, condition: Condition) -> Integer:
    """The term with one condition fewer."""
    return replace(term, given=tuple(other for other in term.given if other != condition))
