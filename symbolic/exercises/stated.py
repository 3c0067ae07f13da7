"""Symbols for what is no polynomial: p for a softmax, a for a sigmoid, m for the slope of a relu.

An answer may then name them, and the truth is a polynomial in them: sigmoid' = a - a^2, softmax with cross entropy
p - t, relu(Z) = m Z. One row per function in TABLE.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.exercises.names import entry_names
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.transforms import times
from symbolic.index import ints
from symbolic.layers import pointwise
from symbolic.term import AxisMap, Const, Leaf, Map, Multi, Node, Sum, Tensor, Term, direct, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@dataclass(frozen=True)
class Stated:
    """The symbols of one network.

    stands     what the symbols stand for, and their derivatives     told  how a sheet says it: `a = sigmoid(Z)`
    relations  entries that others determine: the last p of a softmax is 1 minus the others
    """

    stands: dict[Term, Term] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    relations: dict[str, Polynomial] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A letter, how it is told ({x} is the argument), the value and the slope in terms of it."""

    letter: str
    told: str
    value: Callable[[Leaf, Map], Term]
    slope: Callable[[Leaf, Map], Term]


def _number(value: Fraction | int, like: Term) -> Const:
    return Const(Fraction(value), like.shape)


def _scaled(term: Term, factor: Fraction | int) -> Term:
    return Multi(pointwise([term.shape], term.shape, scale=Fraction(factor)), (term,))


def _sum(*terms: Term) -> Sum:
    return Sum(terms, terms[0].shape)


def _power(leaf: Leaf, exponent: int) -> Map:
    return Map("pow", leaf, param=Fraction(exponent))


TABLE: dict[str, Row] = {
    "sigmoid": Row("a", "sigmoid({x})", lambda a, _: a, lambda a, _: _sum(a, _scaled(_power(a, 2), -1))),
    "tanh": Row("a", "tanh({x})", lambda a, _: a, lambda a, _: _sum(_number(1, a), _scaled(_power(a, 2), -1))),
    "exp": Row("e", "exp({x})", lambda e, _: e, lambda e, _: e),
    **{
        name: Row("m", f"{name}′({{x}})", lambda m, term: times(m, term.source), lambda m, _: m)
        for name in ("relu", "leaky_relu")
    },
    "rsqrt": Row("r", "1/√(variance + ε)", lambda r, _: r, lambda r, _: _scaled(_power(r, 3), Fraction(-1, 2))),
}


def stated(loss: Node, wanted: Iterable[Term]) -> Stated:
    """Symbols for the functions in these rules, in order of appearance; none where there is no row."""
    taken = {part.name for part in walk(loss) if isinstance(part, Tensor)} | {"d", "delta"}
    found = Stated()
    for part in dict.fromkeys(_functions(loss, wanted)):
        if part in found.stands:
            continue
        letter = "p" if isinstance(part, AxisMap) else TABLE[part.function].letter
        name = next(n for n in (letter, *(letter * k for k in range(2, 9))) if n not in taken)
        taken.add(name)
        leaf = Leaf(name, part.shape)
        argument = _described(part.source)
        if isinstance(part, AxisMap):
            found.stands[part] = leaf
            told = f"{name} = softmax({argument}, {part.axis})"
            found.relations.update(_last(leaf, part.axis))
        else:
            row = TABLE[part.function]
            found.stands[replace(part, order=0)] = row.value(leaf, part)
            found.stands[replace(part, order=1)] = row.slope(leaf, part)
            told = f"{name} = {row.told.format(x=argument)}"
        found = replace(found, told=(*found.told, told))
    return found


def _functions(loss: Node, wanted: Iterable[Term]) -> Iterator[AxisMap | Map]:
    """Every softmax and every function with a row, as it stands in the network or in the rules."""
    bodies = [part.body for part in walk(loss) if isinstance(part, Node)]
    for term in (*bodies, *wanted):
        for part in direct(term):
            if isinstance(part, AxisMap) and part.function == "softmax":
                yield part
            elif isinstance(part, Map) and part.function in TABLE and part.order <= 1:
                yield replace(part, order=0)


def _described(term: Term) -> str:
    """The name of a tensor, or the call that makes it."""
    if isinstance(term, Tensor) and term.name:
        return term.name
    if isinstance(term, Node):
        return f"{term.op}({', '.join(map(_described, term.args))})"
    return "…"


def _last(leaf: Leaf, axis: int) -> dict[str, Polynomial]:
    """The last entry along the axis is 1 minus the others."""
    shape = ints(leaf.shape)
    names = entry_names(leaf.name, shape)
    inner = 1
    for n in shape[axis + 1 :]:
        inner *= n
    n = shape[axis]
    found = {}
    for start in range(0, len(names), n * inner):
        for offset in range(inner):
            line = [names[start + k * inner + offset] for k in range(n)]
            others = Polynomial.total(map(Polynomial.symbol, line[:-1]))
            found[line[-1]] = Polynomial.number(1) - others
    return found
