"""A result that was written out, put together again: w_11 X_11 / 4 + ... - t becomes z - t.

With one symbol z for one polynomial Z every polynomial has one form in which the leading product of Z does not occur
(division by z - Z): equal answers get equal forms, and what a message says about terms is said in z.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.exercises.polynomial import Polynomial

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symbolic.exercises.polynomial import Monomial

MOST = 20_000  # terms written on the way; an answer that needs more stays as it is


def folded(polynomial: Polynomial, kept: Mapping[str, Polynomial]) -> Polynomial:
    """The polynomial with the one kept symbol in place of what it stands for; unchanged where there are several."""
    if len(kept) != 1:
        return polynomial
    ((name, value),) = kept.items()
    lead, rest = _divisor(name, value)
    done: list[Polynomial] = []
    left, written = polynomial, 0
    while left:
        inside, outside = {}, {}
        for monomial, number in left.terms.items():
            quotient = _quotient(monomial, lead)
            if quotient is None:
                outside[monomial] = number
            else:
                inside[quotient] = number
        done.append(Polynomial(outside))
        written += len(inside) * len(rest)
        if written > MOST:
            return polynomial
        left = Polynomial(inside) * rest
    return Polynomial.total(done)


def _divisor(name: str, value: Polynomial) -> tuple[Monomial, Polynomial]:
    """The leading product of Z, and what it equals: (z - the other terms of Z) / its number.

    Leading in the lexicographic order with the first symbol highest; z is the lowest, so that division ends.
    """
    symbols = sorted(value.symbols)
    lead = max(value.terms, key=lambda monomial: [dict(monomial).get(symbol, 0) for symbol in symbols])
    others = Polynomial({monomial: number for monomial, number in value.terms.items() if monomial != lead})
    return lead, (Polynomial.symbol(name) - others).scaled(Fraction(1) / value.terms[lead])


def _quotient(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    """The monomial without the divisor; None where it is no multiple of it."""
    powers = dict(monomial)
    for symbol, power in divisor:
        if powers.get(symbol, 0) < power:
            return None
        powers[symbol] -= power
    return tuple((symbol, power) for symbol, power in powers.items() if power)
