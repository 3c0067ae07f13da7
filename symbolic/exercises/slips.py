"""What one entry shows when it is laid beside the right one: terms left out, signs, factors, digits."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.exercises.polynomial import Polynomial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from symbolic.exercises.polynomial import Monomial

NEAR = Fraction(1, 10)  # of the right number: what a slip in one digit of a sum or product leaves


def lacks(mine: Polynomial, right: Polynomial) -> bool:
    """Some terms of the truth, but not all of them, and no others; of a single term nothing is left."""
    if not mine and len(right) > 1:
        return False
    return len(mine) < len(right) and all(right.terms.get(monomial) == value for monomial, value in mine.terms.items())


def other_sign(mine: Polynomial, right: Polynomial) -> bool:
    """The terms of the truth, some with the other sign."""
    return (
        bool(mine.terms)
        and mine.terms.keys() == right.terms.keys()
        and all(abs(value) == abs(right.terms[monomial]) for monomial, value in mine.terms.items())
    )


def without_delta(mine: Polynomial, right: Polynomial) -> bool:
    """The terms of the truth, some without their factor delta."""
    changed = {monomial for monomial, value in right.terms.items() if mine.terms.get(monomial) != value}
    extra = Polynomial({m: value for m, value in mine.terms.items() if right.terms.get(m) != value})
    short = Polynomial.total(Polynomial({_stripped(monomial): right.terms[monomial]}) for monomial in changed)
    return bool(extra) and extra == short


def _stripped(monomial: Monomial) -> Monomial:
    return tuple(power for power in monomial if not power[0].startswith("delta_"))


def coarser(mine: Polynomial, right: Polynomial) -> bool:
    """The right number with fewer digits, cut off or rounded, or within one part in twenty of it."""
    a, b = mine.constant, right.constant
    if a is None or b is None or _digits(a) >= _digits(b):
        return False
    return abs(a - b) < _unit(a) or abs(a - b) <= max(abs(b) / 20, Fraction(1, 20))


def _digits(value: Fraction) -> int:
    """Digits of a decimal without its zeros at the ends; a fraction that is no decimal has very many."""
    scaled = value * 10**12
    if scaled.denominator != 1:
        return 99
    return len(str(abs(scaled.numerator)).strip("0"))


def _unit(value: Fraction) -> Fraction:
    """The place of the last digit of a decimal that is not 0: 1/10 for 2.5, 1000 for 58000."""
    scaled = str(abs((value * 10**12).numerator))
    return Fraction(10 ** (len(scaled) - len(scaled.rstrip("0"))), 10**12) if value else Fraction(1)


def _has(polynomial: Polynomial, start: str) -> bool:
    """Whether entries of a tensor occur."""
    return any(symbol.startswith(start) for symbol in polynomial.symbols)


KINDS: dict[str, Callable[[Polynomial, Polynomial], bool]] = {
    "missing_term": lacks,
    "sign_error": other_sign,
    "missing_chain_factor_delta": without_delta,
    "rounded_too_coarsely": coarser,
}

LETTERS: dict[str, Callable[[Polynomial, Polynomial], bool]] = {
    "used_filter_instead_of_input": lambda mine, right: _has(mine, "F_") and not _has(right, "F_"),
    "used_weights_instead_of_input": lambda mine, right: _has(mine, "w_") and not _has(right, "w_"),
}


def slipped(mine: Polynomial, right: Polynomial) -> bool:
    """A number near the right one, a power of ten beside it, or its digits in another order."""
    a, b = mine.constant, right.constant
    if not a or not b:
        return False
    ratio = a / b
    tens = {Fraction(10) ** n for n in range(-3, 4) if n}
    return abs(a - b) <= abs(b) * NEAR or ratio in tens or sorted(str(a)) == sorted(str(b))


def proportional(pairs: Iterable[tuple[Polynomial, Polynomial]]) -> bool:
    """At least three numbers that are the right ones times one factor: a common factor was calculated wrongly."""
    numbers = [(mine.constant, right.constant) for mine, right in pairs]
    ratios = {a / b if a and b else None for a, b in numbers}
    return len(numbers) > 2 and len(ratios) == 1 and None not in ratios
