"""What a term says, entry by entry, against polynomials as plain dictionaries; the formal derivative."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.kernel.expansion import Expansion
from symbolic.terms.form import Form
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
    Route,
    Stack,
    Sum,
    Term,
    scalars,
)
from tests import brute

if TYPE_CHECKING:
    from symbolic.kernel.polynomials import Table

X, Y = Leaf("X", (3,)), Leaf("Y", (2,))
Gen = tuple[Any, ...]
Poly = dict[tuple[Gen, ...], Fraction]


def plus(one: Poly, two: Poly, factor: Fraction = Fraction(1)) -> Poly:
    total = dict(one)
    for monomial, c in two.items():
        total[monomial] = total.get(monomial, Fraction(0)) + factor * c
    return {monomial: c for monomial, c in total.items() if c}


def times(one: Poly, two: Poly) -> Poly:
    total: Poly = {}
    for x, c in one.items():
        for y, d in two.items():
            total = plus(total, {tuple(sorted(x + y, key=repr)): c * d})
    return total


def called(function: str, order: int, inner: Poly) -> Gen:
    return (function, order, frozenset(inner.items()))


def slope(generator: Gen) -> Poly:
    """f' at the generator's argument: 1/z has -1/z^2, every other function the next order."""
    function, order, inner = generator
    if function == "pow":
        return {(generator, generator): Fraction(-1)}
    return {((function, order + 1, inner),): Fraction(1)}


def naive(term: Term) -> Poly:  # noqa: C901, PLR0911 (one case per kind of term)
    """The polynomial of a scalar term."""
    match term:
        case Entry(Leaf(name, _), (place,)):
            return {((name, place),): Fraction(1)}
        case Const(value, _):
            return {(): value} if value else {}
        case Sum(terms, _):
            total: Poly = {}
            for part in terms:
                total = plus(total, naive(part))
            return total
        case Multi(form, operands):
            product: Poly = {(): form.scale}
            for operand in operands:
                product = times(product, naive(operand))
            return product
        case Map("pow", source, 0, param) if param is not None and param >= 0:
            power: Poly = {(): Fraction(1)}
            for _ in range(int(param)):
                power = times(power, naive(source))
            return power
        case Map("pow", source, 0, param) if param is not None:
            generator = called("pow", 0, naive(source))
            return {(generator,) * -int(param): Fraction(1)}
        case Map(function, source, order, _):
            return {(called(function, order, naive(source)),): Fraction(1)}
    raise TypeError(term)


def derivative(poly: Poly, name: str, place: int) -> Poly:
    """Leibniz, factor by factor, and the chain rule."""
    total: Poly = {}
    for monomial, c in poly.items():
        for k, generator in enumerate(monomial):
            rest: Poly = {monomial[:k] + monomial[k + 1 :]: c}
            if generator == (name, place):
                total = plus(total, rest)
            elif len(generator) == 3:
                inner = derivative(dict(generator[2]), name, place)
                total = plus(total, times(rest, times(slope(generator), inner)))
    return total


def decoded(expansion: Expansion, table: Table, entry: int) -> Poly:
    """One entry of a table with its generator ids read back."""

    def generator(number: int) -> Gen:
        if number in expansion._arguments:
            term, arguments, _ = expansion._arguments[number]
            assert isinstance(term, Map)
            return called(term.function, term.order, decoded(expansion, arguments[0], 0))
        first, atom = max((s for s in expansion._starts if s[0] <= number), key=lambda s: s[0])
        assert isinstance(atom, Leaf)
        return (atom.name, number - first)

    found: Poly = {}
    for row in range(len(table)):
        at, ids, c = table.monomial(row)
        if at == entry:
            found[tuple(sorted(map(generator, ids), key=repr))] = c
    return found


_ENTRIES = [Entry(X, (k,)) for k in range(3)] + [Entry(Y, (k,)) for k in range(2)]
_CONSTANTS = [Const(Fraction(n, d)) for n, d in ((2, 1), (-1, 3), (0, 1))]


def _wider(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda terms: Sum(tuple(terms), ())),
        several.map(lambda terms: scalars(*terms, scale=Fraction(-2, 3))),
        st.tuples(inner, st.sampled_from([-2, -1, 0, 1, 2])).map(
            lambda pair: Map("pow", pair[0], param=Fraction(pair[1]))
        ),
        st.tuples(inner, st.sampled_from(["relu", "tanh"])).map(lambda pair: Map(pair[1], pair[0])),
    )


terms = st.recursive(st.sampled_from([*_ENTRIES, *_CONSTANTS]), _wider, max_leaves=5)


@settings(max_examples=120)
@given(terms)
def test_a_term_expands_to_its_polynomial(term: Term) -> None:
    expansion = Expansion()
    assert decoded(expansion, expansion.table(term), 0) == naive(term)


@settings(max_examples=120)
@given(st.lists(terms, min_size=1, max_size=2), st.sampled_from([X, Y]))
def test_the_formal_derivative_is_leibniz_and_chain(entries: list[Term], atom: Leaf) -> None:
    expansion = Expansion()
    table = expansion.table(Stack(tuple(entries), (len(entries),)))
    jacobian = expansion.derivative(table, atom)
    assert jacobian.size == len(entries) * atom.size
    for y, entry in enumerate(entries):
        for a in range(atom.size):
            expected = derivative(naive(entry), atom.name, a)
            assert decoded(expansion, jacobian, y * atom.size + a) == expected


def test_a_repeated_generator_counts_once_per_occurrence() -> None:
    expansion = Expansion()
    cube = expansion.table(Map("pow", X, param=Fraction(3)))
    jacobian = expansion.derivative(cube, X)
    assert [jacobian.monomial(row) for row in range(len(jacobian))] == [(4 * k, (k, k), Fraction(3)) for k in range(3)]


@settings(max_examples=40)
@given(brute.table_forms(most_rank=1), st.data())
def test_forms_at_numbers(layer: Form, data: st.DataObject) -> None:
    values = data.draw(brute.operands(layer))
    operands = [Data(tuple(array.reshape(-1)), array.shape) for array in values]
    table = Expansion().table(Multi(layer, tuple(operands)))
    found = brute.filled((table.size,))
    for row in range(len(table)):
        entry, ids, c = table.monomial(row)
        assert ids == ()
        found[entry] = c
    assert (found == brute.contract(layer, values).reshape(-1)).all()


Z = Leaf("Z", (2, 3))


@pytest.mark.parametrize(
    ("term", "places"),
    [
        (Z, [0, 1, 2, 3, 4, 5]),
        (Flip(Z, (1,)), [2, 1, 0, 5, 4, 3]),
        (Flip(Z, (0,)), [3, 4, 5, 0, 1, 2]),
        (Flip(Z, (0, 1)), [5, 4, 3, 2, 1, 0]),
        (Entry(Z, (1, 0)), [3]),
        (Route(Z, (2,), ((1, 0), (0, 5))), [5, 0]),
        (Route(Z, (2,), ((1, 0), (0, 5))).back(Leaf("V", (2,))), [1, None, None, None, None, 0]),
        (Stack((Entry(Z, (1, 2)), Entry(Z, (0, 0))), (2,)), [5, 0]),
    ],
)
def test_entries_that_are_moved(term: Term, places: list[int | None]) -> None:
    table = Expansion().table(term)
    expected = [(k, (place,), Fraction(1)) for k, place in enumerate(places) if place is not None]
    assert [table.monomial(row) for row in range(len(table))] == expected


def test_functions_are_one_where_their_arguments_are_one_polynomial() -> None:
    expansion = Expansion()
    one = expansion.table(Map("relu", Sum((Entry(X, (0,)), Entry(X, (1,))), ())))
    two = expansion.table(Map("relu", Sum((Entry(X, (1,)), Entry(X, (0,))), ())))
    assert one.same(two)
    for other in (
        Map("tanh", Sum((Entry(X, (0,)), Entry(X, (1,))), ())),
        Map("relu", Sum((Entry(X, (0,)), Entry(X, (1,))), ()), order=1),
        Map("relu", scalars(Entry(X, (0,)), Entry(X, (1,)))),
        Map("leaky_relu", Entry(X, (0,)), param=Fraction(1, 2)),
        Map("leaky_relu", Entry(X, (0,)), param=Fraction(1, 3)),
    ):
        assert not one.same(expansion.table(other))


@pytest.mark.parametrize("function", ["softmax", "logsumexp"])
@pytest.mark.parametrize("axis", [0, 1])
def test_the_jacobian_along_an_axis(function: str, axis: int) -> None:
    """d p_i/d z_k = p_i (1[i=k] - p_k), d logsumexp/d z_k = p_k, at numbers in floats."""
    values = np.array([[0.3, -1.0, 2.0], [0.0, 0.5, 0.25]])
    expansion = Expansion()
    source = AxisMap(function, Z, axis)
    jacobian = expansion.derivative(expansion.table(source), Z)
    p = np.exp(values) / np.exp(values).sum(axis=axis, keepdims=True)
    lines = (
        [[(i, k) for i in range(2)] for k in range(3)] if axis == 0 else [[(k, i) for i in range(3)] for k in range(2)]
    )
    expected = np.zeros((*ints(source.shape), 2, 3))
    for line in lines:
        for one in line:
            for two in line:
                out = one if function == "softmax" else tuple(0 if n == axis else i for n, i in enumerate(one))
                own = p[one] * ((one == two) - p[two]) if function == "softmax" else p[two]
                expected[(*out, *two)] = own
    names: dict[int, float] = {}
    softmax = expansion.table(AxisMap("softmax", Z, axis))
    for row in range(len(softmax)):
        entry, (generator,), _ = softmax.monomial(row)
        names[generator] = p.reshape(-1)[entry]
    found = np.zeros(jacobian.size)
    for row in range(len(jacobian)):
        entry, ids, c = jacobian.monomial(row)
        found[entry] += float(c) * np.prod([names[g] for g in ids])
    np.testing.assert_allclose(found.reshape(expected.shape), expected, atol=1e-12)


def test_facts_say_what_a_name_stands_for() -> None:
    scalar = Leaf("x", ())
    delta = Grad(scalar, X)
    expansion = Expansion(
        {X: Data((Fraction(1), Fraction(2), Fraction(3)), (3,)), delta: Map("pow", X, param=Fraction(2))}
    )
    table = expansion.table(Multi(Form((), ((("i",),), (("i",),)), (("i", 3),)), (X, delta)))
    assert [table.monomial(row) for row in range(len(table))] == [(0, (), Fraction(36))]


@pytest.mark.parametrize("exponent", [Fraction(1, 2), Fraction(5, 2), Fraction(-1, 2)])
def test_only_whole_powers_are_polynomials(exponent: Fraction) -> None:
    """x^(5/2) must not be read as x^2."""
    with pytest.raises(ValueError, match="whole"):
        Expansion().table(Map("pow", X, param=exponent))


def test_too_many_terms_are_refused_in_one_sentence() -> None:
    wide = Sum(tuple(Entry(Leaf("W", (40,)), (k,)) for k in range(40)), ())
    with pytest.raises(ValueError, match="terms"):
        Expansion().table(Map("pow", wide, param=Fraction(12)))
