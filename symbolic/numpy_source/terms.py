"""Terms as NumPy text. Every expression that is handed on is an atom: it can stand anywhere without brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symbolic.errors import GradproofError
from symbolic.numpy_source.elementwise import TABLE
from symbolic.numpy_source.forms import bare, flat, gathered, tupled, written
from symbolic.terms.size import ints
from symbolic.terms.term import (
    AxisMap,
    Const,
    Data,
    Entry,
    Flip,
    Grad,
    Map,
    Multi,
    Route,
    Stack,
    Sum,
    Tensor,
    Term,
    Winner,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from fractions import Fraction


class Writer:
    """Writes the terms of one function.

    names  tensors and gradients -> variables.     fresh  a variable name from a wish.     lines  written so far.
    shared parts that occur more than once, which become variables
    """

    def __init__(self, names: dict[Term, str], fresh: Callable[[str], str], shared: Collection[Term] = ()) -> None:
        self.names = names
        self.fresh = fresh
        self.shared = shared
        self.lines: list[str] = []
        self.kept: dict[Term, str] = {}
        self.views: dict[str, str] = {}

    def assign(self, term: Term, meaning: Term, comment: str) -> None:
        """`O = ...` with a comment above that says what it is."""
        self.lines.append(f"# {comment}")
        text = bare(self.text(meaning))
        self.lines.append(f"{self.names[term]} = {text}")

    def view(self, text: str, wish: str) -> str:
        """A variable for windows over an array, or for an array with its groups apart."""
        if text.isidentifier() or not text.startswith(("windows(", "np.reshape(")):
            return text
        if text not in self.views:
            self.views[text] = self.fresh(wish)
            self.lines.append(f"{self.views[text]} = {text}")
        return self.views[text]

    def held(self, term: Term, wish: str) -> str:
        """The text of a term that is needed more than once: a variable."""
        text = self.text(term)
        if text.isidentifier():
            return text
        if term not in self.kept:
            self.kept[term] = self.fresh(wish)
            self.lines.append(f"{self.kept[term]} = {bare(text)}")
        return self.kept[term]

    def text(self, term: Term) -> str:
        """An atom."""
        if term in self.kept:
            return self.kept[term]
        if term in self.shared:
            self.kept[term] = self.fresh("part")
            text = bare(self._written(term))
            self.lines.append(f"{self.kept[term]} = {text}")
            return self.kept[term]
        return self._written(term)

    def _written(self, term: Term) -> str:
        match term:
            case Tensor() | Grad():
                return self.names[term]
            case Const(value, shape):
                return f"np.full({tupled(ints(shape))}, {number(value)})" if shape else f"({number(value)})"
            case Data(values, shape):
                return f"np.reshape([{', '.join(map(number, values))}], {tupled(ints(shape))})"
            case Multi(form, operands):
                return written(form, [self.text(operand) for operand in operands], self.view)
            case Sum():
                return self._sum(term)
            case Route():
                return self._route(term)
            case Flip(source, axes):
                return f"np.flip({bare(self.text(source))}, {tupled(axes)})"
            case Map():
                return self._map(term)
            case AxisMap(function, source, axis):
                return f"{function}({bare(self.text(source))}, {axis})"
            case Winner():
                return self._winner(term)
            case Entry(source, index):
                return f"{self.text(source)}[{', '.join(map(str, index)) or '()'}]"
            case Stack(entries, shape):
                return f"np.reshape([{', '.join(bare(self.text(one)) for one in entries)}], {tupled(ints(shape))})"
        raise GradproofError(f"numpy_source: no NumPy text is known for a {type(term).__name__}")

    def _sum(self, term: Sum) -> str:
        """`(A + B - C)`; a sum of constants alone keeps its shape, since each is written in full."""
        parts: list[str] = []
        some = any(not isinstance(part, Const) for part in term.terms)
        for part in term.terms:
            text = f"({number(part.value)})" if isinstance(part, Const) and some else self.text(part)
            plain = bare(text)
            if plain.startswith("-") and plain[1:].isidentifier():
                parts += ["-", plain[1:]] if parts else [plain]
            else:
                parts += ["+", text] if parts else [text]
        return f"({' '.join(parts)})"

    def _map(self, term: Map) -> str:
        if term.function == "pow":
            power = int(term.param or 0)
            base = self.text(term.source)
            upper = base if abs(power) == 1 else f"{base} ** {abs(power)}"
            return f"({upper})" if power > 0 else f"(1 / {upper})"
        pattern = TABLE.get((term.function, term.order))
        if pattern is None:
            raise GradproofError(f"numpy_source: derivative {term.order} of {term.function} is not written yet")
        several = pattern.count("{x}") > 1
        x = self.held(term.source, "z") if several else self.text(term.source)
        slope = "" if term.param is None else f"({number(term.param)})"
        return pattern.format(x=x, n=slope)

    def _winner(self, term: Winner) -> str:
        if term not in self.kept:
            form = term.form
            texts, letters = [self.text(term.source)], [flat(form.operands[1])]
            gathered(form, form.rows, texts, letters, ", fill=-np.inf")
            texts[0] = self.view(texts[0], "seen")
            kernel = [letters[0].index(row.u) for row in form.rows]
            text = f"winners({texts[0]}, {tupled(kernel)})"
            order = [letters[0].index(x) for x in flat(form.operands[0])]
            if order != sorted(order):
                text = f"np.transpose({text}, {tupled(order)})"
            self.kept[term] = self.fresh("first")
            self.lines.append(f"{self.kept[term]} = {text}")
        return self.kept[term]

    def _route(self, term: Route) -> str:
        shape, before = ints(term.shape), ints(term.source.shape)
        text = self.text(term.source)
        to, source = ([pair[k] for pair in term.pairs] for k in (0, 1))
        if to == source == list(range(term.size)) and term.size == term.source.size:
            return f"np.reshape({bare(text)}, {tupled(shape)})"
        start = _block(to, shape, source, before)
        if start is not None:
            ends = ((i, n - i - k) for i, n, k in zip(start, shape, before, strict=True))
            return f"np.pad({bare(text)}, {list(ends)})"
        start = _block(source, before, to, shape)
        if start is not None:
            return f"{text}[{', '.join(f'{i}:{i + k}' for i, k in zip(start, shape, strict=True))}]"
        return f"route({bare(text)}, {tupled(shape)}, {_places(to)}, {_places(source)})"


def number(value: Fraction) -> str:
    """`3`, or `1 / 3`."""
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator} / {value.denominator}"


def _places(places: list[int]) -> str:
    whole = places and places == list(range(places[0], places[0] + len(places)))
    return f"range({places[0]}, {places[-1] + 1})" if whole else str(places)


def _block(to: list[int], shape: tuple[int, ...], source: list[int], before: tuple[int, ...]) -> tuple[int, ...] | None:
    """Where the whole array of shape `before` is laid as a block into `shape`; None if it is no block."""
    if len(shape) != len(before) or not shape or not to or sorted(source) != list(range(int(np.prod(before)))):
        return None
    inner, outer = np.unravel_index(source, before), np.unravel_index(to, shape)
    steps = [b - a for a, b in zip(inner, outer, strict=True)]
    if any((step != step[0]).any() for step in steps):
        return None
    return tuple(int(step[0]) for step in steps)
