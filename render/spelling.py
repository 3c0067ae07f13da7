"""Spelling: what a page says in symbols, as Python that compares it with what the public interface finds.

    spelling = Spelling(source, {O: "delta"})
    spelling.nested(term)      [[X[0, 0]*delta[0, 0] + ..., ...], ...], the entries of an array; None where one cannot
                               be spelled in the symbols of inputs and of the given error terms
    arithmetic(step)           3*(-4) == -12, for an equality of numbers

`X[0, 0]` is the symbol X_11 of a tensor; an error term is spelled as a tensor of its own, delta.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.own.unfolding import cost, unfolded
from symbolic.terms.term import Const, Data, Entry, Grad, Leaf, Map, Multi, Stack, Sum, Tensor, Term, walk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from render.source import Source
    from symbolic.kernel.step import Step

MOST = 90  # factors of an array that is spelled
ROW = 100  # characters of a line


class Spelling:
    """Terms in the variables of a source; `deltas` names the variables of error terms."""

    def __init__(self, source: Source, deltas: Mapping[Tensor, str]) -> None:
        self.source, self.deltas = source, dict(deltas)

    def nested(self, term: Term) -> str | None:
        """The array as nested lists, one row to a line where they are long."""
        if cost(term) > MOST:
            return None
        array = unfolded(term)
        spelled = [self.scalar(entry) for entry in (array.entries if isinstance(array, Stack) else (array,))]
        flat = [text for text in spelled if text is not None]
        if len(flat) < len(spelled):
            return None
        sizes = [int(n) for n in term.shape]  # type: ignore[arg-type] # a network's sizes are numbers
        for place, size in reversed(list(enumerate(sizes))):
            groups = [flat[k : k + size] for k in range(0, len(flat), size)]
            flat = [self._listed(group, place) for group in groups]
        return flat[0] if sizes else _broken(flat[0], 1)

    @staticmethod
    def _listed(items: list[str], depth: int) -> str:
        joined = ", ".join(items)
        if len(joined) <= ROW and "\n" not in joined:
            return f"[{joined}]"
        indent = "    " * (depth + 1)
        return "[\n" + "".join(f"{indent}{_broken(item, depth + 2)},\n" for item in items) + "    " * depth + "]"

    def scalar(self, term: Term) -> str | None:
        """One entry."""
        match term:
            case Const(value, ()):
                return _number(value)
            case Sum(terms, ()):
                return self._joined(" + ", [self.scalar(part) for part in terms])
            case Multi(form, operands) if not form.sizes:
                parts = [self._factor(operand) for operand in operands]
                return self._joined("*", [*self._scale(form.scale), *parts])
            case Map("pow", source, 0, exponent) if exponent is not None and exponent > 0:
                base = self._factor(source)
                return None if base is None else f"{base}**{exponent}"
        return self._symbol(term)

    def _factor(self, term: Term) -> str | None:
        text = self.scalar(term)
        return f"({text})" if text is not None and isinstance(term, Sum) else text

    def _scale(self, scale: Fraction) -> list[str]:
        return [] if scale == 1 else [_number(scale)]

    def _symbol(self, term: Term) -> str | None:
        index: tuple[int, ...] = ()
        match term:
            case Entry(source, at):
                term, index = source, at
            case _ if term.shape:
                return None
        if isinstance(term, Grad):
            name = self.deltas.get(term.wrt) if isinstance(term.wrt, Tensor) else None
        else:
            name = self.source.names.get(term) if isinstance(term, Leaf) else None
        return name and f"{name}[{', '.join(map(str, index)) or '()'}]"

    @staticmethod
    def _joined(sign: str, parts: list[str | None]) -> str | None:
        found = [part for part in parts if part is not None]
        return sign.join(found) if len(found) == len(parts) else None


def _broken(text: str, depth: int) -> str:
    """A sum in lines of some length; a list is in lines already."""
    if len(text) <= ROW or text.startswith("["):
        return text
    lines = [""]
    for part in text.split(" + "):
        if lines[-1] and len(lines[-1]) + len(part) > ROW:
            lines.append("")
        lines[-1] += f" + {part}" if lines[-1] else part
    return f"\n{'    ' * depth}+ ".join(lines)


def _number(value: Fraction) -> str:
    """An exact number as a factor."""
    if value.denominator == 1:
        return str(value.numerator) if value >= 0 else f"({value.numerator})"
    return f"Fraction({value.numerator}, {value.denominator})"


def arithmetic(source: Source, step: Step) -> str:
    """An equality of numbers as Python, worked out anew; "" for any other, or where there is nothing to work out."""
    sides = (step.lhs, step.rhs)
    if step.lhs.shape or not isinstance(step.rhs, Const) or isinstance(step.lhs, Const):
        return ""
    if any(isinstance(part, Tensor | Grad | Data | Entry) for side in sides for part in walk(side)):
        return ""
    left, right = (Spelling(source, {}).scalar(side) for side in sides)
    if not left or not right:
        return ""
    return f"{left} == {right[1:-1] if right.startswith('(') else right}"
