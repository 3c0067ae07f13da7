"""What an exercise is: how it is worked, what may be written, and which misconceptions it offers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.exercises.changes import NotHere
from symbolic.exercises.labels import Asked
from symbolic.exercises.meter import Meter
from symbolic.exercises.names import entry_names
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.reader import Answer, read
from symbolic.exercises.refusal import Unreadable
from symbolic.exercises.work import Gradient, Work
from symbolic.terms.size import ints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from symbolic.exercises.arrays import Grid
    from symbolic.exercises.transforms import Transform


@dataclass(frozen=True)
class Misconception:
    """A key, and the transformation of the derivation that it is.

    transform  None for the kinds that are read off the answer itself: a missing term, a slip in one entry.
    early      changes the network before anything is derived, so that in pairs it comes first.
    whole      an idea about the whole answer, which does not happen in some entries alone.
    """

    key: str
    transform: Transform | None = None
    early: bool = False
    whole: bool = False

    def works(self, work: Work) -> list[Work]:
        """The works that it makes of a work; none where it is impossible."""
        return [] if self.transform is None else list(self.transform(work))


@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise; the truth is what its work gives.

    id       as typed on the command line.        work    the right derivation
    offers   misconceptions that can happen here  labels  names of the entries in a JSON object
    symbols  further names that may be written    shapes  further tensors that may be written
    outputs  dL/dO stands for delta               words   values for the placeholders of the statement
    relations  symbols that others determine: p_3 is 1 - p_1 - p_2
    hidden   tensors of the network that no answer needs and no sheet names
    follows  id of the exercise whose answer this one goes on from
    called   names that the sheet gives to the answer itself; without them it is a gradient or a new value
    vary     seed -> a variant, of an exercise of one's own
    small    a case small enough to count by hand, for exercises whose numbers are given and that have no loss
    restated the same derivation written in fewer symbols; its result is compared with the engine's
    """

    id: str
    work: Work
    offers: tuple[Misconception, ...]
    labels: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=lambda: {"O": "delta"})
    words: Mapping[str, str] = field(default_factory=dict)
    relations: Mapping[str, Polynomial] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    restated: Work | None = None
    follows: str = ""
    called: tuple[str, ...] = ()
    small: Work | None = None
    vary: Callable[[int], Exercise] | None = None

    @cached_property
    def truth(self) -> Grid:
        """The right answer, as the engine derives it."""
        derived = self.work.grid()
        if self.restated is None:
            return derived
        told = self.restated.grid()
        if told.map(self.spelled_out) != derived.map(self.spelled_out):
            raise ProofError(f"exercise {self.id}: what the sheet calls the answer is not what the engine derives")
        return told

    @cached_property
    def written_shapes(self) -> dict[str, tuple[int, ...]]:
        """The tensors that an answer may name: all that have no numbers."""
        shapes = dict(self.shapes)
        if isinstance(self.work, Gradient):
            tensors = [*self.work.tensors.values(), *self.work.letters]
            free = [t for t in tensors if t.name not in self.work.numbers and self._open(t.name)]
            shapes |= {tensor.name: ints(tensor.shape) for tensor in free if tensor.shape}
        return shapes

    def _open(self, name: str) -> bool:
        """Whether a tensor is an input, stays a symbol, or has one standing for it."""
        if not isinstance(self.work, Gradient):
            return False
        if name in self.hidden:
            return False
        inputs = {tensor.name for tensor in self.work.tensors.values() if not hasattr(tensor, "op")}
        return name in inputs | self.work.kept | {leaf.name for leaf in self.work.letters}

    @cached_property
    def written_symbols(self) -> tuple[str, ...]:
        """The scalars that an answer may name."""
        symbols = list(self.symbols)
        if isinstance(self.work, Gradient):
            tensors = [*self.work.tensors.values(), *self.work.letters]
            symbols += [
                t.name for t in tensors if not t.shape and t.name not in self.work.numbers and self._open(t.name)
            ]
        return tuple(symbols)

    @cached_property
    def asked(self) -> Asked:
        """What a left side in front of the answer should name."""
        known = frozenset(self.work.tensors) if isinstance(self.work, Gradient) else frozenset()
        if self.called:
            shapes = dict.fromkeys(self.called, self.truth.shape)
            return Asked(self.called[0], values=shapes, known=known | set(self.called), labels=self.labels)
        if not isinstance(self.work, Gradient):
            return Asked(", ".join(self.labels), labels=self.labels)
        shapes = {name: ints(self.work.tensors[name].shape) for name in self.work.wrt}
        if self.work.descent is not None:
            return Asked(", ".join(shapes), values=shapes, known=known, labels=self.labels)
        text = ", ".join(f"∂L/∂{name}" for name in shapes)
        return Asked(text, gradients=shapes, known=known, labels=self.labels)

    def read(self, data: str | bytes, format: str = "auto") -> Answer:
        """Read an answer as far as it can be read; its shape may be another one. Raises Unreadable."""
        upstream = self.upstream_shapes
        answer = read(
            data,
            format,
            symbols=(*self.written_symbols, *(error for error, shape in upstream.values() if not shape)),
            shapes=self.written_shapes | {error: shape for error, shape in upstream.values() if shape},
            labels=self.labels,
            cotangents=dict(self.outputs) | {name: error for name, (error, _shape) in upstream.items()},
            asked=self.asked,
        )
        used = {symbol for grid in (answer.grid, *answer.earlier) for entry in grid.entries for symbol in entry.symbols}
        inside = {symbol: self.upstream[symbol] for symbol in sorted(used) if symbol in self.upstream_symbols}
        if not inside:
            return answer
        product = Meter().product
        earlier, grid = (
            tuple(each.map(lambda entry: _substituted(entry, inside, product)) for each in grids)
            for grids in (answer.earlier, (answer.grid,))
        )
        return replace(answer, grid=grid[0], earlier=earlier)

    @cached_property
    def upstream_shapes(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        """The error terms of results that have names, by result: (delta_O, shape), or delta where there is one."""
        if not isinstance(self.work, Gradient):
            return {}
        tensors = self.work.tensors
        names = [name for name in sorted(self.work.kept) if tensors[name] in self.work.rules]
        alone = len(names) == 1 and "delta" not in tensors
        found = {name: ("delta" if alone else f"delta_{name}", ints(tensors[name].shape)) for name in names}
        return {name: pair for name, pair in found.items() if pair[0] not in tensors}

    @cached_property
    def upstream_symbols(self) -> frozenset[str]:
        """The entries of those error terms."""
        pairs = self.upstream_shapes.values()
        return frozenset(symbol for error, shape in pairs for symbol in entry_names(error, shape))

    @cached_property
    def upstream(self) -> dict[str, Polynomial]:
        """What they are, by entry, as the engine derives it: dL/dO_11 is O_11/2 - T_11/2.

        Raises  Unreadable: error terms that are no polynomials of a size that can be judged.
        """
        if not isinstance(self.work, Gradient):
            return {}
        found: dict[str, Polynomial] = {}
        for name, (error, shape) in self.upstream_shapes.items():
            try:
                value = self.work.value(self.work.rules[self.work.tensors[name]])
            except (KeyError, OverflowError):
                raise Unreadable("unknown_derivative", name=name) from None
            found |= zip(entry_names(error, shape), value.entries, strict=True)
        return found

    @cached_property
    def kept(self) -> dict[str, Polynomial]:
        """What symbols stand for in others: z is the pooled value written out, and p_3 is 1 - p_1 - p_2."""
        if not isinstance(self.work, Gradient):
            return dict(self.relations)
        opened = replace(self.work, kept=frozenset())
        found = dict(self.relations)
        for name in sorted(self.work.kept):
            tensor = self.work.tensors[name]
            found |= zip(entry_names(name, ints(tensor.shape)), opened.value(tensor).entries, strict=True)
        return found

    def spelled_out(self, polynomial: Polynomial) -> Polynomial:
        """One of our own polynomials with those results written out."""
        return _substituted(polynomial, self.kept, lambda left, right: left * right)

    def bounded(self, polynomial: Polynomial) -> Polynomial:
        """The same for a polynomial from outside. Raises Unreadable (too_large) before it grows."""
        return _substituted(polynomial, self.kept, Meter().product)

    @cached_property
    def truth_symbols(self) -> frozenset[str]:
        """The symbols that occur in the truth as it is stated."""
        return frozenset(symbol for entry in self.truth.entries for symbol in entry.symbols)

    @cached_property
    def solution(self) -> str:
        """The truth as SymPy-style text, with labels where the exercise has them."""
        if self.labels:
            pairs = zip(self.labels, self.truth.entries, strict=True)
            return ", ".join(f"{label} = {entry}" for label, entry in pairs)
        return Answer(self.truth, "sympy").understood


def _substituted(
    polynomial: Polynomial,
    known: Mapping[str, Polynomial],
    product: Callable[[Polynomial, Polynomial], Polynomial],
) -> Polynomial:
    """The polynomial with symbols replaced by what they stand for."""
    inside = {name: value for name, value in known.items() if name in polynomial.symbols}
    if not inside:
        return polynomial
    parts = []
    for monomial, number in polynomial.terms.items():
        part = Polynomial({tuple(power for power in monomial if power[0] not in inside): number})
        for name, exponent in monomial:
            for _ in range(exponent if name in inside else 0):
                part = product(part, inside[name])
        parts.append(part)
    return Polynomial.total(parts)


def grids(works: list[Work]) -> list[Grid]:
    """The answers of works; those that are impossible are left out."""
    found = []
    for work in works:
        try:
            found.append(work.grid())
        except NotHere:
            continue
    return found
