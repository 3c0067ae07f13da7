r"""Sizes in print: integer expressions, and the counts that size formulas are about.

Whole               \left\lfloor \frac{i + 2p - k}{s} \right\rfloor + 1
Outputs             \lvert\{x \ge 0 : s x + k \le i + 2p\}\rvert, the positions x of a window inside its padded input
TransposedOutputs   \lvert\{y \ge 0 : y + 2p \le s(i' - 1) + k - 1\}\rvert, the places y up to the last one written
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.kernel.counts import AtLeast, Condition, Equals, Integer, Outputs, TransposedOutputs, Whole
from symbolic.kernel.integers import Add, Expression, Floor, Letter, Mod, Number, Times, signed

if TYPE_CHECKING:
    from symbolic.kernel.counts import Count


def integer(term: Integer) -> str:
    """An integer that depends on sizes."""
    match term:
        case Whole(value):
            return expression_tex(value)
        case Outputs():
            inner = term.input_dilation * (term.input - 1) + 1 if term.input_dilation != Number(1) else term.input
            reach = term.kernel if term.dilation == Number(1) else term.dilation * (term.kernel - 1) + 1
            return _count("x", term.stride * Letter("x") + reach, inner + _padding(term))
        case TransposedOutputs():
            reach = term.dilation * (term.kernel - 1)
            return _count("y", Letter("y") + _padding(term), term.stride * (term.input - 1) + reach)
    raise TypeError(f"no TeX for {type(term).__name__}")


def _count(letter: str, low: Expression, high: Expression) -> str:
    return rf"\lvert\{{{letter} \ge 0 : {expression_tex(low)} \le {expression_tex(high)}\}}\rvert"


def _padding(term: Count) -> Expression:
    """Both ends together; what the high end has more than the low one stands behind twice the low one."""
    low, high = (side.inside if isinstance(side, Add) else (side,) for side in (term.low, term.high))
    if high[: len(low)] != low:
        return term.low + term.high
    return sum(high[len(low) :], start=term.low * 2)


def condition_tex(condition: Condition) -> str:
    """A condition on sizes."""
    match condition:
        case AtLeast(left, right):
            return rf"{expression_tex(left)} \ge {expression_tex(right)}"
        case Equals(left, right):
            return f"{expression_tex(left)} = {expression_tex(right)}"
    raise TypeError(f"no TeX for {type(condition).__name__}")


def expression_tex(value: Expression) -> str:
    """An integer expression, as it was written."""
    match value:
        case Letter(name):
            return name
        case Number(number):
            return str(number)
        case Add(terms):
            return _sum(terms)
        case Times():
            negative, size = signed(value)
            return f"-{_factor(size)}" if negative else _product(value.factors)
        case Floor(over, by):
            return rf"\left\lfloor \frac{{{expression_tex(over)}}}{{{expression_tex(by)}}} \right\rfloor"
        case Mod(over, by):
            return rf"({_factor(over)} \bmod {_factor(by)})"
    raise TypeError(f"no TeX for {type(value).__name__}")


def _sum(terms: tuple[Expression, ...]) -> str:
    text = ""
    for term in terms:
        negative, size = signed(term)
        sign = ("-" if negative else "") if not text else " - " if negative else " + "
        text += sign + (f"({expression_tex(size)})" if isinstance(size, Add) else expression_tex(size))
    return text


def _product(factors: tuple[Expression, ...]) -> str:
    """Numbers and sums close up, 2p and s(i' - 1); two letters stand apart."""
    text = ""
    for factor in factors:
        here = _factor(factor)
        text += (r"\, " if text and not text[-1].isdigit() and here[0].isalpha() else "") + here
    return text


def _factor(value: Expression) -> str:
    return f"({expression_tex(value)})" if isinstance(value, Add) else expression_tex(value)
