"""Numbers in the notes: what is given, and every value that follows from it, as checked steps.

Point(derived, values)      the given numbers of a network
point.worked(a, b)          a = b = numbers put in = value      point.step(a)    a = its value
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from render.notes.steps import definition, gradient, indices
from symbolic.kernel.logic import Definition, Derivation, Expand, Rule, Step
from symbolic.network.values import read_values
from symbolic.roads.evaluate import Numbers
from symbolic.terms.term import Const, Data, Entry, Flip, Grad, Leaf, Map, Multi, Node, Route, Stack, Sum, Tensor, Term
from symbolic.terms.unrolled import entry_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from symbolic.network.derived import Derived

PUT = ("reason.put", "reason.value")  # the reasons of the last two links of a calculation with numbers


class Point:
    """A network with numbers given for its inputs."""

    def __init__(self, derived: Derived, values: Mapping[str, Any], more: Sequence[Node] = ()) -> None:
        """`more`: nodes outside the network (updated weights, the network after the step) to be known as well."""
        arrays = read_values({leaf.name: values[leaf.name] for leaf in derived.inputs}, derived.inputs)
        self.derived, self.more = derived, tuple(more)
        self.leaves: dict[Tensor, Term] = {leaf: data(array) for leaf, array in arrays.items()}
        self.arrays = dict(arrays)

    def with_leaf(self, leaf: Leaf, value: Fraction | int) -> Point:
        """The same with a number for one more input, the learning rate."""
        point = Point.__new__(Point)
        point.derived, point.more = self.derived, self.more
        array = read_values({leaf.name: value}, (leaf,))[leaf]
        point.leaves = {**self.leaves, leaf: data(array)}
        point.arrays = {**self.arrays, leaf: array}
        return point

    @cached_property
    def given(self) -> tuple[Step, ...]:
        """The given values."""
        return tuple(Step(leaf, value, Rule.GIVEN, Definition()) for leaf, value in self.leaves.items())

    def given_for(self, *tensors: Tensor) -> tuple[Step, ...]:
        """The given values of some inputs, in this order."""
        steps = {step.lhs: step for step in self.given}
        return tuple(steps[tensor] for tensor in tensors)

    @cached_property
    def facts(self) -> tuple[Step, ...]:
        """Given values, definitions and the rules of all gradients: all that a number may rest on."""
        nodes = dict.fromkeys((*self.derived.sweep.nodes, *self.more))
        tensors = [tensor for tensor in self.derived.sweep.rules if tensor is not self.derived.loss]
        rules = tuple(gradient(self.derived, tensor) for tensor in tensors)
        return (*self.given, *(definition(node) for node in nodes), *rules)

    def value(self, term: Term) -> Term:
        """The numbers of a term, as exact data."""
        return data(Numbers(dict(self.arrays), self.derived.sweep.rules).of(term))

    def amount(self, term: Term) -> Fraction:
        """The number of a scalar, checked."""
        return numbers_of(self.step(term).rhs)[0]

    def step(self, term: Term, rule: Rule = Rule.NUMBERS) -> Step:
        """term = its value."""
        return Step(term, self.value(term), rule, Expand(self.facts))

    def put(self, term: Term, known: Iterable[Term] = ()) -> Term:
        """The term with given inputs and the `known` tensors and gradients exchanged for their numbers."""
        numbers: dict[Term, Term] = {name: self.value(name) for name in known}
        numbers.update(self.leaves.items())
        return _put(term, numbers)

    def evaluated(self, term: Term, known: Iterable[Term] = ()) -> tuple[Step, ...]:
        """term = numbers put in = value."""
        return self.worked(term, term, known).steps

    def worked(self, lhs: Term, written_out: Term, known: Iterable[Term] = (), rule: Rule = Rule.EXPAND) -> Derivation:
        """lhs = written out = numbers put in = value."""
        put = self.put(written_out, known)
        value = self.value(lhs)
        links = [(written_out, rule), (put, Rule.GIVEN), (value, Rule.NUMBERS)]
        steps: list[Step] = []
        for term, why in links:
            before = steps[-1].rhs if steps else lhs
            if term != before:
                steps.append(Step(before, term, why, Expand(self.facts)))
        return Derivation(tuple(steps))


def _put(term: Term, numbers: Mapping[Any, Term]) -> Term:
    found = term
    match term:
        case Tensor() | Grad():
            found = numbers.get(term, term)
        case Entry(source, index) if source in numbers:
            found = entry_of(numbers[source], indices(source.shape).index(index))
        case Multi(form, operands):
            found = Multi(form, tuple(_put(operand, numbers) for operand in operands))
        case Sum(terms, shape):
            found = Sum(tuple(_put(part, numbers) for part in terms), shape)
        case Stack(parts, shape):
            found = Stack(tuple(_put(part, numbers) for part in parts), shape)
        case Flip() | Map() | Route():
            found = replace(term, source=_put(term.source, numbers))
    return found


def data(array: NDArray[Any]) -> Term:
    """An exact array as a term."""
    values = tuple(Fraction(x) for x in array.reshape(-1).tolist())
    return Data(values, array.shape) if array.shape else Const(values[0])


def numbers_of(term: Term) -> tuple[Fraction, ...]:
    """The numbers of exact data, row-major."""
    if isinstance(term, Const):
        return (term.value,)
    if isinstance(term, Data):
        return term.values
    raise TypeError(f"expected numbers; got {type(term).__name__}")
