"""Symbols for what is no polynomial: p for a softmax, a for a sigmoid, m for the slope of a relu.

An answer may then name them, and the truth is a polynomial in them: sigmoid' = a - a^2, softmax with cross entropy
p - t, m for relu'. One row per function in TABLE.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.exercises.names import entry_names
from symbolic.exercises.polynomial import Polynomial
from symbolic.functional.calls import call
from symbolic.terms.layers import pointwise
from symbolic.terms.size import ints
from symbolic.terms.term import AxisMap, Const, Leaf, Map, Multi, Node, Sum, Tensor, Term, direct, walk

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
    """A letter, how it is told ({x} is the argument), the slope in terms of it, or the letter of the slope itself."""

    letter: str
    told: str
    slope: Callable[[Leaf], Term] | None = None
    other: str = ""


def _number(value: Fraction | int, like: Term) -> Const:
    return Const(Fraction(value), like.shape)


def _scaled(term: Term, factor: Fraction | int) -> Term:
    return Multi(pointwise([term.shape], term.shape, scale=Fraction(factor)), (term,))


def _sum(*terms: Term) -> Sum:
    return Sum(terms, terms[0].shape)


def _power(leaf: Leaf, exponent: int) -> Map:
    return Map("pow", leaf, param=Fraction(exponent))


TABLE: dict[str, Row] = {
    "sigmoid": Row("a", "sigmoid({x})", lambda a: _sum(a, _scaled(_power(a, 2), -1))),
    "tanh": Row("a", "tanh({x})", lambda a: _sum(_number(1, a), _scaled(_power(a, 2), -1))),
    "exp": Row("e", "exp({x})", lambda e: e),
    "relu": Row("a", "relu({x})", other="m"),
    "leaky_relu": Row("a", "leaky_relu({x})", other="m"),
    "gelu": Row("a", "gelu({x})", other="m"),
    "softplus": Row("a", "softplus({x})", other="m"),
    "rsqrt": Row("r", "1/√(variance + ε)", lambda r: _scaled(_power(r, 3), Fraction(-1, 2))),
}


def stated(loss: Node, wanted: Iterable[Term]) -> Stated:
    """Symbols for the functions in these rules, in order of appearance; none where there is no row."""
    taken = {part.name for part in walk(loss) if isinstance(part, Tensor)} | {"d", "delta"}
    stands: dict[Term, Term] = {}
    told: list[str] = []
    relations: dict[str, Polynomial] = {}

    def leaf(letter: str, part: Term, text: str) -> Leaf:
        name = next(n for n in (letter * k for k in range(1, 20)) if n not in taken)
        taken.add(name)
        told.append(f"{name} = {text}")
        return Leaf(name, part.shape)

    for part in dict.fromkeys(_functions(loss, wanted)):
        argument = _described(part.source)
        if isinstance(part, AxisMap):
            stands[part] = p = leaf("p", part, f"softmax({argument}, {part.axis})")
            relations |= _last(p, part.axis)
            continue
        row = TABLE[part.function]
        text = row.told.format(x=argument)
        stands[part] = value = leaf(row.letter, part, text)
        slope = row.slope(value) if row.slope else leaf(row.other, part, text.replace("(", "′(", 1))
        stands[replace(part, order=1)] = slope
    return Stated(stands, tuple(told), relations)


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
        return call(term, list(map(_described, term.args)))
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
