"""Whether an equality for all sizes is true of numbers: random small sizes, random entries, plain loops."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from symbolic.terms import functions as local
from symbolic.terms.rewriting import opened
from symbolic.terms.size import Size, substitute
from symbolic.terms.term import AxisMap, Const, Flip, Grad, Leaf, Map, Multi, Node, Sum, Tensor, Term, walk
from tests import brute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from symbolic.terms.size import Extent

Values = dict[Term, Any]
STEP = 1e-4  # of a central difference; exact for what is linear or quadratic


def agree(lhs: Term, rhs: Term, given: tuple[str, ...] = (), *, draws: int = 12, seed: int = 0) -> bool:
    """Whether both sides have the same numbers at every draw of sizes and entries that gives arrays at all."""
    lhs, rhs = bare(lhs), bare(rhs)
    random = Random(seed)
    tried = 0
    for _ in range(20 * draws):
        sizes = {letter: random.randint(*_range(letter, random)) for letter in sorted(letters((lhs, rhs)))}
        if not all(_extents(side, sizes) for side in (lhs, rhs)):
            continue
        if not _same(lhs, rhs, sizes, given, random):
            return False
        tried += 1
        if tried == draws:
            return True
    raise AssertionError(f"only {tried} draws of sizes give arrays")


def bare(term: Term) -> Term:
    """The term with every name replaced by what it abbreviates; a gradient's scalar too."""
    if not (isinstance(term, Grad) and isinstance(term.of, Node)):
        return opened(term)
    body = opened(term.of.body)
    args = tuple(dict.fromkeys(part for part in walk(body) if isinstance(part, Tensor)))
    return Grad(Node(term.of.op, args, body, name=term.of.name), term.wrt)


def _range(letter: str, random: Random) -> tuple[int, int]:
    """Small, for loops over ten letters."""
    if letter.startswith("p"):
        return 0, 2
    return 1, 3 if letter[0] in "mkn" or random.random() < 0.2 else 2


def _extents(term: Term, sizes: dict[str, int]) -> bool:
    """Whether every array in a term has at least one entry at these sizes, and every stride is one."""
    for part in inside(term):
        extents: list[Extent] = [*part.shape]
        if isinstance(part, Multi):
            extents += [n for _, n in part.form.sizes] + [part.form.divisor]
            extents += [x for row in part.form.rows for x in (row.s, row.d, row.e)]
        if any(int(substitute(n, sizes)) < 1 for n in extents):  # type: ignore[arg-type] # every letter has a number
            return False
    return True


def _same(lhs: Term, rhs: Term, sizes: dict[str, int], given: tuple[str, ...], random: Random) -> bool:
    numbers = np.random.default_rng(random.getrandbits(32))
    values: Values = {}
    for leaf in sorted({x for side in (lhs, rhs) for x in inside(side) if isinstance(x, Leaf)}, key=lambda x: x.name):
        shape = tuple(int(substitute(n, sizes)) for n in leaf.shape)  # type: ignore[arg-type]
        values[leaf] = numbers.uniform(0.5, 2, shape)  # positive: roots are taken of some
        if "targets-sum-to-one" in given and leaf.name == "t":
            values[leaf] /= values[leaf].sum(axis=1, keepdims=True)
    right = number(rhs, sizes, values)
    if not isinstance(lhs, Grad):
        left = number(lhs, sizes, values)
        return left.shape == right.shape and np.allclose(left, right, rtol=1e-9)
    assert isinstance(lhs.of, Node)
    direction = numbers.uniform(-1, 1, values[lhs.wrt].shape)
    ends = [
        number(lhs.of.body, sizes, values | {lhs.wrt: values[lhs.wrt] + sign * STEP * direction}) for sign in (1, -1)
    ]
    if right.shape != direction.shape:
        return False
    return np.allclose((ends[0] - ends[1]) / (2 * STEP), (right * direction).sum(), rtol=1e-6, atol=1e-7)


def number(term: Term, sizes: dict[str, int], values: Values) -> Any:  # noqa: PLR0911 - one case per kind of term
    """A term's numbers, by loops and NumPy's own functions."""
    match term:
        case Leaf():
            return values[term]
        case Multi(form, operands):
            parts = [number(part, sizes, values) for part in operands]
            return np.asarray(brute.contract(form.at(sizes), parts), dtype=float)
        case Flip(source, axes):
            return np.flip(number(source, sizes, values), axes)
        case Sum(terms, _):
            return sum(number(part, sizes, values) for part in terms)
        case Const(value, shape):
            return np.full([int(substitute(n, sizes)) for n in shape], float(value))  # type: ignore[arg-type]
        case Map(function, source, order, param):
            return local.apply(function, number(source, sizes, values), param, order)
        case AxisMap(function, source, axis):
            exponentials = np.exp(number(source, sizes, values))
            total = exponentials.sum(axis=axis, keepdims=True)
            return exponentials / total if function == "softmax" else np.log(total)
    raise TypeError(term)


def inside(term: Term) -> Iterator[Term]:
    """Every part of a term; of a gradient those of what is differentiated."""
    if isinstance(term, Grad) and isinstance(term.of, Node):
        yield from walk(term.of.body)
        yield term.wrt
    else:
        yield from walk(term)


def letters(terms: Iterable[Term]) -> set[str]:
    """Every size letter."""
    found: list[Extent] = []
    for part in (part for term in terms for part in inside(term)):
        found += part.shape
        if isinstance(part, Multi):
            found += [n for _, n in part.form.sizes] + [part.form.divisor]
            found += [x for row in part.form.rows for x in (row.s, row.d, row.e, row.p)]
    return {letter for n in found for monomial, _ in Size.of(n).terms for letter in monomial}
