"""SymPy expressions of entries, one at a time or all, factored as the terms are: the sum over windows.

Nothing else in the package builds SymPy objects for arrays; proofs and numbers never wait for this.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from symbolic.terms import functions as local
from symbolic.terms.names import entry_name, label, symbol
from symbolic.terms.size import ints
from symbolic.terms.term import (
    AxisMap,
    Const,
    Data,
    Entry,
    Flip,
    Grad,
    Leaf,
    Map,
    Multi,
    Node,
    Route,
    Stack,
    Sum,
    Tensor,
    Term,
    Winner,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from symbolic.terms.form import Form, Slot
    from symbolic.terms.size import Row


class Expressions:
    """Entries of terms as SymPy expressions; each entry is built once.

    rules    what a gradient dL/dtensor stands for.
    symbols  terms whose entries stay symbols, with the name they bear ("delta" for a chosen dL/dO).
    point    numbers of the symbols; if given, a function with kinks is written as the piece it is there.
    """

    def __init__(
        self,
        rules: Mapping[Tensor, Term] | None = None,
        symbols: Mapping[Term, str] | None = None,
        point: Mapping[Any, Any] | None = None,
    ) -> None:
        self.rules = rules or {}
        self.point = point
        self.symbols = dict(symbols or {})
        self._known: dict[tuple[int, int], Any] = {}
        self._kept: list[Term] = []
        self._routes: dict[int, dict[int, list[int]]] = {}

    def array(self, term: Term) -> sympy.ImmutableDenseNDimArray:
        """Every entry, as an array of the term's shape."""
        shape = ints(term.shape)
        flat = [self.entry(term, place) for place in range(term.size)]
        if not shape:
            return sympy.ImmutableDenseNDimArray(flat[0])
        return sympy.ImmutableDenseNDimArray(flat, shape)

    def entry(self, term: Term, place: int) -> Any:
        """The entry at a flat position."""
        key = (id(term), place)
        if key not in self._known:
            self._kept.append(term)  # its id stays its own as long as it is kept
            self._known[key] = self._build(term, place)
        return self._known[key]

    def _build(self, term: Term, place: int) -> Any:
        if term in self.symbols or isinstance(term, Leaf):
            name = self.symbols.get(term) or label(term)
            return symbol(entry_name(name, index_of(term, place)))
        match term:
            case Node(body=body):
                return self.entry(body, place)
            case Grad(_, wrt):
                return self.entry(self.rules[wrt], place)  # type: ignore[index]
            case Const(value, _):
                return rational(value)
            case Data(values, _):
                return rational(values[place])
            case Multi(form, (Winner(source, _), other)) if other == source:
                return self._largest(source, form, index_of(term, place))
            case Multi(form, operands):
                return self._contracted(form, operands, index_of(term, place))
            case Sum(terms, _):
                return sympy.Add(*(self.entry(part, place) for part in terms))
            case Route(source, _, _):
                return sympy.Add(*(self.entry(source, a) for a in self._reads(term, place)))
            case Flip(source, axes):
                index = list(index_of(term, place))
                for axis in axes:
                    index[axis] = int(term.shape[axis]) - 1 - index[axis]  # type: ignore[arg-type]
                return self.entry(source, flat_of(source, tuple(index)))
            case Map(function, source, order, param):
                x = self.entry(source, place)
                piece = local.TABLE[function].piece
                if piece is not None and self.point is not None:
                    return piece(x, param, x.xreplace(self.point))
                return local.TABLE[function].symbolic(x, param, order)
            case AxisMap(function, source, axis):
                return self._along(function, source, axis, index_of(term, place))
            case Winner(source, form):
                return self._indicator(source, form, index_of(term, place))
            case Entry(source, index):
                return self.entry(source, flat_of(source, index))
            case Stack(entries, _):
                return self.entry(entries[place], 0)
        message = f"no expression for {type(term).__name__}"
        raise TypeError(message)

    def _along(self, function: str, source: Term, axis: int, index: tuple[int, ...]) -> Any:
        """softmax or logsumexp of one line of the source."""
        line = [(*index[:axis], k, *index[axis + 1 :]) for k in range(int(source.shape[axis]))]  # type: ignore[arg-type]
        exponentials = [sympy.exp(self.entry(source, flat_of(source, at))) for at in line]
        total = sympy.Add(*exponentials)
        return exponentials[index[axis]] / total if function == "softmax" else sympy.log(total)

    def _largest(self, source: Term, form: Form, index: tuple[int, ...]) -> Any:
        """The largest entry of a window, as the pieces on which each entry is the first largest one."""
        window = [self.entry(source, places[1]) for places in reads(form, index)]
        if self.point is not None:
            numbers = [x.xreplace(self.point) for x in window]
            return window[numbers.index(max(numbers))]
        pieces = [(x, _is_first_largest(window, k)) for k, x in enumerate(window)]
        return sympy.Piecewise(*pieces[:-1], (window[-1], sympy.true), evaluate=False)

    def _indicator(self, source: Term, form: Form, index: tuple[int, ...]) -> Any:
        """1 where this position holds the first largest entry of its window, else 0."""
        rank = len(index) - len(form.output)
        window = [(places[0], places[1]) for places in reads(form, index[:-rank])]
        here = int(np.ravel_multi_index(index, ints(form.shape(form.operands[0]))))
        order = [flat for flat, _ in window]
        if here not in order:
            return sympy.S.Zero
        entries = [self.entry(source, place) for _, place in window]
        condition = _is_first_largest(entries, order.index(here))
        return sympy.Piecewise((sympy.S.One, condition), (sympy.S.Zero, sympy.true), evaluate=False)

    def _reads(self, term: Route, place: int) -> list[int]:
        """The source positions a route's output position adds up."""
        if id(term) not in self._routes:
            reads: dict[int, list[int]] = {}
            for o, a in term.pairs:
                reads.setdefault(o, []).append(a)
            self._routes[id(term)] = reads
        return self._routes[id(term)].get(place, [])

    def _contracted(self, form: Form, operands: tuple[Term, ...], index: tuple[int, ...]) -> Any:
        """scale * the sum of products; products that share an error term's expression are collected."""
        scale = rational(form.scale)
        groups: dict[Any, list[Any]] = {}
        for places in reads(form, index):
            factors = [self.entry(operand, place) for operand, place in zip(operands, places, strict=True)]
            if any(factor.is_zero for factor in factors if factor.is_Number):
                continue
            common = [factor for factor in factors if not factor.is_Symbol]
            single = [factor for factor in factors if factor.is_Symbol]
            groups.setdefault(tuple(common), []).append(sympy.Mul(*single))
        return sympy.Add(*(_times(scale, common, singles) for common, singles in groups.items()))


def _is_first_largest(window: list[Any], k: int) -> Any:
    """window[k] beats all before it and ties at most with those behind it."""
    before = [sympy.StrictGreaterThan(window[k], x, evaluate=False) for x in window[:k]]
    behind = [sympy.GreaterThan(window[k], x, evaluate=False) for x in window[k + 1 :]]
    return sympy.And(*before, *behind, evaluate=False) if len(window) > 1 else sympy.true


def _times(scale: Any, common: tuple[Any, ...], singles: list[Any]) -> Any:
    """scale * common * (sum of singles), without multiplying a number into a sum."""
    total = sympy.Add(*singles)
    factors = [factor for factor in (scale, *common, total) if factor != 1]
    numbers = [factor for factor in factors if factor.is_Number]
    others = [factor for factor in factors if not factor.is_Number]
    number = sympy.Mul(*numbers)
    if not others:
        return number
    if number == 1 and len(others) == 1:
        return others[0]
    if len(others) == 1 and others[0].is_Add:
        return sympy.Mul(number, others[0], evaluate=False)
    return sympy.Mul(number, *others)


def reads(form: Form, index: tuple[int, ...]) -> Iterator[list[int]]:
    """For one output entry the flat operand positions of every product, without building the whole form."""
    size = {letter: int(extent) for letter, extent in form.sizes}  # type: ignore[arg-type]
    fixed: dict[str, int] = {}
    for axis, position in zip(form.output, index, strict=True):
        rest = position
        for letter in reversed(axis):
            rest, fixed[letter] = divmod(rest, size[letter])
    bound = {letter for row in form.rows for letter in (row.i, row.u, row.a)}
    free = [x for x in form.letters if x not in bound and x not in fixed]
    choices: list[list[dict[str, int]]] = [[{x: value} for value in range(size[x])] for x in free]
    choices += [_solutions(row, size, fixed) for row in form.rows]
    for choice in product(*choices):
        at = dict(fixed)
        for part in choice:
            at |= part
        yield [_flat(slot, size, at) for slot in form.operands]


def _solutions(row: Row, size: Mapping[str, int], fixed: Mapping[str, int]) -> list[dict[str, int]]:
    """All (i, u, a) of one row that agree with the letters already fixed."""
    s, d, e, p = (int(x) for x in (row.s, row.d, row.e, row.p))  # type: ignore[arg-type]
    found: list[dict[str, int]] = []
    known_i, known_u = fixed.get(row.i), fixed.get(row.u)
    for u in range(size[row.u]) if known_u is None else (known_u,):
        if row.a in fixed and known_i is None:
            i, rest = divmod(e * fixed[row.a] + p - d * u, s)
            positions = [(i, fixed[row.a])] if rest == 0 and 0 <= i < size[row.i] else []
        else:
            positions = []
            for i in range(size[row.i]) if known_i is None else (known_i,):
                a, rest = divmod(s * i + d * u - p, e)
                if rest == 0 and 0 <= a < size[row.a] and fixed.get(row.a, a) == a:
                    positions.append((i, a))
        found.extend({row.i: i, row.u: u, row.a: a} for i, a in positions)
    return found


def _flat(slot: Slot, size: Mapping[str, int], at: Mapping[str, int]) -> int:
    place = 0
    for axis in slot:
        for letter in axis:
            place = place * size[letter] + at[letter]
    return place


def rational(value: Fraction) -> sympy.Rational:
    """A Fraction as a SymPy number."""
    return sympy.Rational(value.numerator, value.denominator)


def index_of(term: Term, place: int) -> tuple[int, ...]:
    """The index of a flat position."""
    return tuple(int(i) for i in np.unravel_index(place, ints(term.shape))) if term.shape else ()


def flat_of(term: Term, index: tuple[int, ...]) -> int:
    """The flat position of an index."""
    return int(np.ravel_multi_index(index, ints(term.shape))) if term.shape else 0
