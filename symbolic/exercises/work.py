"""A worked exercise: the network, the rules that the engine's sweep found, and what is done with the result.

The truth is a work as the engine leaves it; a misconception turns a work into another one. Nothing here
knows which of the two it holds.

    Work      anything with entries: grid()          Gradient  dL/d(wrt) through a network, or an update with it
    Change    Grid -> Grid, done to the result       Count     how many products some layers' forms have
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from symbolic.exercises.arrays import Grid
from symbolic.exercises.names import entry_names
from symbolic.exercises.polynomial import Polynomial
from symbolic.kernel.expansion import Expansion
from symbolic.roads.evaluate import Numbers
from symbolic.roads.reverse import sweep
from symbolic.terms.size import ints
from symbolic.terms.term import Data, Grad, Leaf, Node, Tensor, Term, walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symbolic.kernel.polynomials import Table
    from symbolic.terms.form import Form

Change = Callable[[Grid], Grid]
Rules = Mapping[Tensor, Term]


@dataclass(frozen=True, kw_only=True)
class Work(ABC):
    """Something that gives an answer.

    changes  done to the result, in this order.
    last     done after everything else: rounding, the order of writing down.
    """

    changes: tuple[Change, ...] = ()
    last: tuple[Change, ...] = ()

    def then(self, change: Change) -> Self:
        """The same work with its result changed."""
        return replace(self, changes=(*self.changes, change))

    def lastly(self, change: Change) -> Self:
        """The same work, written down in another way."""
        return replace(self, last=(*self.last, change))

    def fresh(self) -> Self:
        """The same work without what has been kept of earlier results."""
        return self

    @abstractmethod
    def result(self) -> Grid:
        """What is found before any change."""

    def finished(self, grid: Grid) -> Grid:
        """What is made of the result: nothing more, unless a kind of work says so."""
        return grid

    def grid(self) -> Grid:
        """The answer."""
        grid = self.result()
        for change in self.changes:
            grid = change(grid)
        grid = self.finished(grid)
        for change in self.last:
            grid = change(grid)
        return grid


@dataclass(frozen=True)
class Descent:
    """One step of gradient descent: start - rate * gradient.

    start  False: the step alone, rate * gradient with the sign given by `sign`.   sign  -1 goes down.
    """

    rate: Fraction
    start: bool = True
    sign: int = -1


@dataclass(frozen=True, kw_only=True)
class Gradient(Work):
    """Gradients of a network by the tensors `wrt`, worked through its reverse sweep.

    loss     the network.                     wrt     names of inputs; several are written behind one another
    numbers  inputs that have numbers.        kept    names of results that stay symbols
    stands   terms with symbols of their own: softmax -> p, the slope of 1/sqrt -> -r^3/2
    rules    tensor -> dL/dtensor, the sweep's own unless a misconception changed them
    known    results of works that differ in their changes only, by the identity of what they rest on
    meaning  node -> what it abbreviates, its body unless a misconception changed it on the way back
    """

    loss: Node
    wrt: tuple[str, ...]
    numbers: Mapping[str, Data] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    stands: Mapping[Term, Term] = field(default_factory=dict)
    descent: Descent | None = None
    rules: Rules = field(default_factory=dict)
    known: dict[tuple[int, ...], tuple[tuple[object, ...], Grid]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        if not self.rules:
            object.__setattr__(self, "rules", sweep(self.loss).rules)

    @property
    def tensors(self) -> dict[str, Tensor]:
        """The named tensors of the network."""
        return {tensor.name: tensor for tensor in self.rules if tensor.name}

    @property
    def facts(self) -> dict[Term, Term]:
        """What every name on the way stands for."""
        facts: dict[Term, Term] = dict(self.stands)
        for tensor, rule in self.rules.items():
            facts[Grad(self.loss, tensor)] = rule
            if isinstance(tensor, Node) and tensor.name not in self.kept:
                facts[tensor] = tensor.body
            elif tensor.name in self.numbers:
                facts[tensor] = self.numbers[tensor.name]
        return facts

    def value(self, *terms: Term) -> Grid:
        """Terms as polynomials in what has no numbers; several are written behind one another."""
        inputs = [tensor for tensor in self.rules if not isinstance(tensor, Node)]
        settled = not self.kept and not self.stands and all(tensor.name in self.numbers for tensor in inputs)
        entries = self._calculated(terms, inputs) if settled else self._expanded(terms)
        return Grid(ints(terms[0].shape) if len(terms) == 1 else (len(entries),), tuple(entries))

    def _expanded(self, terms: tuple[Term, ...]) -> list[Polynomial]:
        expansion = Expansion(self.facts)
        names: dict[int, str] = {}
        for atom in (*self.tensors.values(), *self.letters):
            first = expansion.block(atom)
            names |= dict(enumerate(entry_names(atom.name, ints(atom.shape)), start=first))
        return [entry for term in terms for entry in polynomials(expansion.table(term), names)]

    def _calculated(self, terms: tuple[Term, ...], inputs: list[Tensor]) -> list[Polynomial]:
        """Where every input has numbers nothing is expanded; relu and max know their pieces."""
        arrays: dict[Tensor, NDArray[Any]] = {}
        for tensor in inputs:
            array = np.empty(tensor.size, dtype=object)
            array[:] = self.numbers[tensor.name].values
            arrays[tensor] = array.reshape(ints(tensor.shape))
        numbers = Numbers(arrays, self.rules)
        return [Polynomial.number(Fraction(x)) for term in terms for x in numbers.of(term).reshape(-1)]

    @property
    def letters(self) -> list[Leaf]:
        """The symbols that stand for terms."""
        found = [part for term in self.stands.values() for part in walk(term) if isinstance(part, Leaf)]
        return list(dict.fromkeys(found))

    def fresh(self) -> Self:
        """The same work, which keeps results of its own: they are forgotten with it."""
        return replace(self, known={})

    def result(self) -> Grid:
        """The gradient; worked out once for all that is made of it."""
        rests = (self.loss, self.numbers, self.stands, self.rules, self.wrt, self.kept)
        key = tuple(map(id, rests))
        if key not in self.known:  # the objects are kept with it, so that their identities stay theirs
            self.known[key] = (rests, self.value(*(self.rules[self.tensors[name]] for name in self.wrt)))
        return self.known[key][1]

    def finished(self, grid: Grid) -> Grid:
        """The gradient itself, or the step of descent that it is needed for."""
        if self.descent is None:
            return grid
        step = grid.map(lambda entry: entry.scaled(self.descent.sign * self.descent.rate))  # type: ignore[union-attr]
        if not self.descent.start:
            return step
        start = self.value(*(self.tensors[name] for name in self.wrt))
        if start.shape != step.shape:
            return step
        return Grid(start.shape, tuple(a + b for a, b in zip(start.entries, step.entries, strict=True)))


@dataclass(frozen=True, kw_only=True)
class Count(Work):
    """Multiply-adds of several ways of computing: each way is a list of layers, each layer a form.

    A layer costs one product per output position, kernel position and pair of channels; a kernel position that
    meets the padding counts, as in every table of costs.
    """

    ways: tuple[tuple[Form, ...], ...]
    join: Callable[[list[int]], int] = sum

    def result(self) -> Grid:
        """One number per way."""
        totals = [self.join([products(form) for form in way]) for way in self.ways]
        return Grid((len(totals),), tuple(Polynomial.number(total) for total in totals))


def products(form: Form) -> int:
    """How many products one writing of the form has."""
    read = {row.a for row in form.rows}
    return prod(ints(size for letter, size in form.sizes if letter not in read))


def polynomials(table: Table, names: Mapping[int, str]) -> list[Polynomial]:
    """The entries of a table with their generators' names."""
    terms: list[dict[tuple[tuple[str, int], ...], Fraction]] = [{} for _ in range(table.size)]
    for row in range(len(table)):
        entry, ids, number = table.monomial(row)
        powers: dict[str, int] = {}
        for generator in ids:
            powers[names[generator]] = powers.get(names[generator], 0) + 1
        terms[entry][tuple(sorted(powers.items()))] = number
    return [Polynomial(found) for found in terms]
