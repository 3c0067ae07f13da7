"""What a term says, entry by entry: terms to `Table`s of exact polynomials, and the formal derivative of those.

Tensors and gradients are generators, one per entry, unless a fact says what they stand for. f(z) is a
generator too, keyed on the canonical polynomial of z, so that relu(a + b) and relu(b + a) are one.
This is the kernel's own reading of a term; it knows nothing of how a gradient was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction


import numpy as np

from symbolic.naming import entry_name, label
from symbolic.table import (

    Table,
    added,
    canonical,
    constants,
    generators,
    joined,

    zero,
)
from symbolic.term import Const, Data, Entry, Flip, Grad, Map, Multi, Route, Shape, Stack, Sum, Tensor, Term

MOST_TERMS = 20_000_000


class Expansion:
    """One comparison's generators and the tables of its terms.

    facts  atom -> the term it stands for (from steps already checked); every other atom stays opaque.
    """

    def __init__(self, facts: Mapping[Term, Term] | None = None) -> None:
        self.facts = dict(facts or {})
        self._blocks: dict[Term, int] = {}
        self._functions: dict[tuple[str, int, Fraction | None, bytes], int] = {}
        self._arguments: dict[int, tuple[Map, Table]] = {}
        self._starts: list[tuple[int, Term]] = []
        self._next = 0
        self._tables: dict[int, tuple[Term, Table]] = {}

    def table(self, term: Term) -> Table:
        """The polynomials of a term's entries, row-major."""
        known = self._tables.get(id(term))
        if known is None:
            known = self._tables[id(term)] = (term, self._expand(term))
        return known[1]

    def block(self, atom: Term) -> int:
        """The id of the first generator of a tensor or gradient."""
        if atom not in self._blocks:
            self._blocks[atom] = self._next
            self._starts.append((self._next, atom))
            self._next += atom.size
        return self._blocks[atom]

    def _expand(self, term: Term) -> Table:
        match term:
            case Tensor() | Grad():
                if term in self.facts:
                    return self.table(self.facts[term])
                return generators(self.block(term), term.size)
            case Const(value, _):
                return constants([value] * term.size)
            case Data(values, _):
                return constants(values)
            case Multi(form, operands):
                out, ins = form.solutions()
                tables = [self.table(operand) for operand in operands]
                self._guard(len(out), tables)
                return joined(term.size, out, tables, ins, form.scale)
            case Sum(terms, _):
                return added([self.table(part) for part in terms], term.size)
            case Route(source, _, pairs):
                moves = np.array(pairs, dtype=np.int64).reshape(-1, 2)
                return joined(term.size, moves[:, 0], [self.table(source)], [moves[:, 1]], Fraction(1))
            case Flip(source, axes):
                places = np.flip(np.arange(term.size).reshape(_ints(term.shape)), axes).reshape(-1)
                return joined(term.size, np.arange(term.size), [self.table(source)], [places], Fraction(1))
            case Entry(source, index):
                place = np.ravel_multi_index(index, _ints(source.shape)) if index else 0
                return joined(1, np.array([0]), [self.table(source)], [np.array([place])], Fraction(1))
            case Stack(entries, _):
                return self._stacked(entries)
            case Map():
                return self._mapped(term)
        message = f"no expansion for {type(term).__name__}"
        raise TypeError(message)

    def _stacked(self, entries: tuple[Term, ...]) -> Table:
        tables = []
        for place, entry in enumerate(entries):
            table = self.table(entry)
            at = np.full(len(table), place, dtype=np.int64)
            tables.append(Table(len(entries), at, table.gens, table.num, table.den))
        return added(tables, len(entries))

    def _mapped(self, term: Map) -> Table:
        source = self.table(term.source)
        if term.function == "pow" and term.order == 0 and term.param is not None and term.param >= 0:
            exponent = int(term.param)
            everywhere = np.arange(term.size)
            self._guard(term.size, [source] * exponent)
            return joined(term.size, everywhere, [source] * exponent, [everywhere] * exponent, Fraction(1))
        ids = np.array([self._function(term, source, entry) for entry in range(term.size)], dtype=np.int64)
        entries = np.arange(term.size)
        return Table(term.size, entries, ids.reshape(-1, 1), np.ones(term.size, dtype=np.int64))

    def _function(self, term: Map, source: Table, entry: int) -> int:
        key = (term.function, term.order, term.param, source.key(entry))
        if key not in self._functions:
            self._functions[key] = self._next
            low, high = np.searchsorted(source.entries, [entry, entry + 1])
            rows = slice(low, high)
            argument = Table(1, source.entries[rows] * 0, source.gens[rows], source.num[rows], source.den)
            self._arguments[self._next] = (term, argument)
            self._next += 1
        return self._functions[key]

    @staticmethod
    def _guard(count: int, tables: list[Table]) -> None:
        estimate = float(count)
        for table in tables:
            estimate *= max(1.0, len(table) / max(1, table.size))
        if estimate > MOST_TERMS:
            message = f"the expansion has about {estimate:.3g} terms, more than the {MOST_TERMS:,} allowed"
            raise OverflowError(message)

    def derivative(self, table: Table, atom: Term) -> Table:
        """d(table)/d(atom): entry (y, a) is the formal derivative of polynomial y by generator a of the atom.

        Each occurrence of a generator is removed once (Leibniz); f(z) gives f'(z) times the derivative of z.
        """
        first, size = self.block(atom), atom.size
        pieces: list[Table] = []
        for column in range(table.degree):
            gens = table.gens[:, column]
            hit = (gens >= first) & (gens < first + size)
            if hit.any():
                rest = table.gens[hit].copy()
                rest[:, column] = -1
                at = table.entries[hit] * size + (gens[hit] - first)
                pieces.append(canonical(table.size * size, at, rest, table.num[hit], table.den))
            for function in np.unique(gens[gens >= 0]) if self._arguments else ():
                if int(function) in self._arguments:
                    pieces.extend(self._through(table, column, int(function), atom))
        return added(pieces, table.size * size) if pieces else zero(table.size * size)

    def _through(self, table: Table, column: int, function: int, atom: Term) -> list[Table]:
        """The chain rule at one generator f(z): the rest of the monomial times f'(z) times dz."""
        term, argument = self._arguments[function]
        inner = self.derivative(argument, atom)
        if not len(inner):
            return []
        rows = table.gens[:, column] == function
        slope, factor = self._slope(term, argument)
        rest = table.gens[rows].copy()
        rest[:, column] = slope
        monomials = Table(int(rows.sum()), np.arange(rows.sum()), rest, table.num[rows], table.den)
        left, right = np.divmod(np.arange(len(rest) * atom.size), atom.size)
        out = table.entries[rows][left] * atom.size + right
        return [joined(table.size * atom.size, out, [monomials, inner], [left, right], factor)]

    def _slope(self, term: Map, argument: Table) -> tuple[int, Fraction]:
        """The generator of f'(z) and a numeric factor."""
        if term.function == "pow" and term.param is not None:
            lower = Map("pow", Const(Fraction(0)), 0, term.param - 1)
            return self._function(lower, argument, 0), term.param
        return self._function(Map(term.function, Const(Fraction(0)), term.order + 1, term.param), argument, 0), Fraction(1)

    def monomial_text(self, ids: tuple[int, ...], coefficient: Fraction) -> str:
        """`2*X_11*F_12`, for messages."""
        names = [self._generator_text(g) for g in ids]
        head = [] if coefficient == 1 and names else [str(coefficient)]
        return "*".join(head + names)

    def _generator_text(self, generator: int) -> str:
        if generator in self._arguments:
            term, argument = self._arguments[generator]
            inside = " + ".join(self.monomial_text(*argument.monomial(row)[1:]) for row in range(len(argument)))
            return f"{term.function}{chr(39) * term.order}({inside or 0})"
        first, atom = max((start, atom) for start, atom in self._starts if start <= generator)
        return atom_entry(atom, generator - first)


def atom_entry(atom: Term, place: int) -> str:
    """`X_11`, `dL/dO_12`: one generator's name in messages."""
    index = tuple(int(i) for i in np.unravel_index(place, _ints(atom.shape))) if atom.shape else ()
    return entry_name(label(atom), index)


def _ints(shape: Shape) -> tuple[int, ...]:
    return tuple(int(n) for n in shape)  # type: ignore[arg-type]


