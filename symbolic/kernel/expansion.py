"""What a term says, entry by entry: terms to `Table`s of exact polynomials, and the formal derivative of those.

Tensors and gradients are generators, one per entry, unless a fact says what they stand for. f(z) is a
generator too, keyed on the canonical polynomial of z, so that relu(a + b) and relu(b + a) are one.
This is the kernel's own reading of a term; it knows nothing of how a gradient was found.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from symbolic.errors import ProofError
from symbolic.kernel.polynomials import (
    Ints,
    Table,
    added,
    canonical,
    constants,
    generators,
    joined,
    lined,
    one_entry,
    padded,
    zero,
)
from symbolic.terms.names import entry_name, label
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
    from collections.abc import Mapping

MOST_TERMS = 20_000_000
FunctionKey = tuple[str, int, Fraction | None, bytes]


class Expansion:
    """One comparison's generators and the tables of its terms.

    facts  atom -> the term it stands for (from steps already checked); every other atom stays opaque.
    """

    def __init__(self, facts: Mapping[Term, Term] | None = None) -> None:
        self.facts = dict(facts or {})
        self._blocks: dict[Term, int] = {}
        self._functions: dict[FunctionKey, int] = {}
        self._arguments: dict[int, tuple[Map | AxisMap, list[Table], int]] = {}
        self._starts: list[tuple[int, Term]] = []
        self._next = 0
        self._open: set[Term] = set()
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

    def _stated(self, term: Term) -> Table:
        """What a fact says of a name; facts that explain a name by itself are refused."""
        if term in self._open:
            raise ProofError(f"the facts used explain {label(term)} by itself")
        self._open.add(term)
        table = self.table(self.facts[term])
        self._open.discard(term)
        return table

    def _expand(self, term: Term) -> Table:
        match term:
            case Tensor() | Grad() | Map() | AxisMap() if term in self.facts:
                return self._stated(term)
            case Tensor() | Grad() | Winner():
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
                places = np.flip(np.arange(term.size).reshape(ints(term.shape)), axes).reshape(-1)
                return joined(term.size, np.arange(term.size), [self.table(source)], [places], Fraction(1))
            case Entry(source, index):
                place = np.ravel_multi_index(index, ints(source.shape)) if index else 0
                return joined(1, np.array([0]), [self.table(source)], [np.array([place])], Fraction(1))
            case Stack(entries, _):
                return self._stacked(entries)
            case Map():
                return self._mapped(term)
            case AxisMap():
                return self._along(term)
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
        if term.function == "pow" and term.order == 0 and term.param is not None:  # z^-n is 1/z, n times
            inverse = replace(term, param=Fraction(-1))
            once = np.array([self._function(inverse, source, entry) for entry in range(term.size)], dtype=np.int64)
            gens = np.tile(once.reshape(-1, 1), (1, -int(term.param)))
            return Table(term.size, np.arange(term.size), gens, np.ones(term.size, dtype=np.int64))
        ids = np.array([self._function(term, source, entry) for entry in range(term.size)], dtype=np.int64)
        entries = np.arange(term.size)
        return Table(term.size, entries, ids.reshape(-1, 1), np.ones(term.size, dtype=np.int64))

    def _function(self, term: Map, source: Table, entry: int) -> int:
        return self._named((term.function, term.order, term.param, source.key(entry)), term, [one_entry(source, entry)])

    def _named(self, key: FunctionKey, term: Map | AxisMap, arguments: list[Table], place: int = 0) -> int:
        """The id of the generator f(arguments), the same for the same polynomials."""
        if key not in self._functions:
            self._functions[key] = self._next
            self._arguments[self._next] = (term, arguments, place)
            self._next += 1
        return self._functions[key]

    def _along(self, term: AxisMap) -> Table:
        """softmax or logsumexp: one generator per entry, keyed on the line of polynomials it is made of."""
        source, shape = self.table(term.source), ints(term.source.shape)
        lines = np.moveaxis(np.arange(term.source.size).reshape(shape), term.axis, -1).reshape(-1, shape[term.axis])
        ids = [[self._softmax(source, line, k) for k in range(len(line))] for line in lines.tolist()]
        if term.function != "softmax":
            ids = [[self._logsumexp(source, line)] for line in lines.tolist()]
        outer = tuple(n for axis, n in enumerate(shape) if axis != term.axis)
        flat = np.moveaxis(np.array(ids, dtype=np.int64).reshape(*outer, -1), -1, term.axis).reshape(-1, 1)
        return Table(term.size, np.arange(term.size), flat, np.ones(term.size, dtype=np.int64))

    def _softmax(self, source: Table, line: list[int], place: int) -> int:
        arguments = [one_entry(source, entry) for entry in line]
        key = repr([source.key(entry) for entry in line]).encode()
        return self._named(
            ("softmax", place, None, key), AxisMap("softmax", Const(Fraction(0), (1,)), 0), arguments, place
        )

    def _logsumexp(self, source: Table, line: list[int]) -> int:
        arguments = [one_entry(source, entry) for entry in line]
        key = repr([source.key(entry) for entry in line]).encode()
        return self._named(("logsumexp", 0, None, key), AxisMap("logsumexp", Const(Fraction(0), (1,)), 0), arguments)

    @staticmethod
    def _guard(count: int, tables: list[Table]) -> None:
        estimate = float(count)
        for table in tables:
            estimate *= max(1.0, len(table) / max(1, table.size))
        if estimate > MOST_TERMS:
            message = f"the expansion has about {estimate:.3g} terms, more than the {MOST_TERMS:,} allowed"
            raise ProofError(message)

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
        """The chain rule at one generator f(z, ...): the rest of the monomial times each df/dz times dz."""
        pieces = []
        for k, argument in enumerate(self._arguments[function][1]):
            inner = self.derivative(argument, atom)
            if not len(inner):
                continue
            rows = table.gens[:, column] == function
            for slopes, factor in self._slopes(function, k):
                rest = padded(table.gens[rows].copy(), table.degree + 1)
                rest[:, column + 1] = -1
                rest = np.hstack([rest, np.tile(slopes, (len(rest), 1))])
                monomials = Table(len(rest), np.arange(len(rest)), rest, table.num[rows], table.den)
                left, right = np.divmod(np.arange(len(rest) * atom.size), atom.size)
                out = table.entries[rows][left] * atom.size + right
                pieces.append(joined(table.size * atom.size, out, [monomials, inner], [left, right], factor))
        return pieces

    def _slopes(self, function: int, k: int) -> list[tuple[Ints, Fraction]]:
        """df/dz_k as a sum of (generators, number): -1/z^2, f'(z), p_i (1[i=k] - p_k), or p_k."""
        term, arguments, place = self._arguments[function]
        if isinstance(term, AxisMap):
            line = lined(arguments)
            slope = self._softmax(line, list(range(len(arguments))), k)
            if term.function == "logsumexp":
                return [(np.array([slope]), Fraction(1))]
            own = [(np.array([function]), Fraction(1))] if k == place else []
            return [*own, (np.array([function, slope]), Fraction(-1))]
        if term.function == "pow":  # only 1/z is a generator, and its derivative is -1/z * 1/z
            return [(np.array([function, function]), Fraction(-1))]
        steeper = Map(term.function, Const(Fraction(0)), term.order + 1, term.param)
        return [(np.array([self._function(steeper, arguments[0], 0)]), Fraction(1))]

    def monomial_text(self, ids: tuple[int, ...], coefficient: Fraction) -> str:
        """`2*X_11*F_12`, for messages."""
        names = [self._generator_text(g) for g in ids]
        head = [] if coefficient == 1 and names else [str(coefficient)]
        return "*".join(head + names)

    def _polynomial_text(self, table: Table) -> str:
        return " + ".join(self.monomial_text(*table.monomial(row)[1:]) for row in range(len(table))) or "0"

    def _generator_text(self, generator: int) -> str:
        if generator in self._arguments:
            term, arguments, place = self._arguments[generator]
            head = f"{term.function}_{place + 1}" if isinstance(term, AxisMap) else term.function + "'" * term.order
            return f"{head}({', '.join(self._polynomial_text(argument) for argument in arguments)})"
        first, atom = max((start, atom) for start, atom in self._starts if start <= generator)
        return atom_entry(atom, generator - first)


def atom_entry(atom: Term, place: int) -> str:
    """`X_11`, `dL/dO_12`: one generator's name in messages."""
    index = tuple(int(i) for i in np.unravel_index(place, ints(atom.shape))) if atom.shape else ()
    return entry_name(label(atom), index)
