"""Road 1: the reverse rule of every kind of term against dual numbers, and the sweep over a network."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import symbolic as s
from symbolic.roads.evaluate import Numbers
from symbolic.roads.reverse import pull, sweep, total
from symbolic.terms.build import multi, scaled
from symbolic.terms.form import Form
from symbolic.terms.layers import form, pointwise
from symbolic.terms.size import ints
from symbolic.terms.term import Const, Data, Entry, Flip, Grad, Map, Multi, Node, Route, Stack, Sum, Tensor, Term
from tests import brute

X, Y = s.tensor("X", (2, 3)), s.tensor("Y", (2, 3))
V = {"X": [[1, -2, 3], [4, 5, -6]], "Y": [[2, 1, -1], [3, -4, 7]]}
NUMBERS = Data(tuple(Fraction(n, 2) for n in range(6)), (2, 3))


def times(*terms: Term, scale: Fraction = Fraction(1)) -> Multi:
    return Multi(pointwise([term.shape for term in terms], (2, 3), scale=scale), terms)


BODIES: dict[str, tuple[Term, Any]] = {
    "a tensor": (X, lambda X, **_: X),
    "a constant": (Const(Fraction(3), (2, 3)), lambda **_: brute.filled((2, 3), 3)),
    "a product": (times(X, Y, scale=Fraction(2, 3)), lambda X, Y: X * Y * Fraction(2, 3)),
    "a square as a product": (times(X, X), lambda X, **_: X * X),
    "a product of three": (times(X, Y, X), lambda X, Y: X * Y * X),
    "numbers times a tensor": (
        times(NUMBERS, X),
        lambda X, **_: X * brute.exact([[0, 1, 2], [3, 4, 5]]) * Fraction(1, 2),
    ),
    "a sum": (Sum((X, Y, X), (2, 3)), lambda X, Y: X + Y + X),
    "a flip": (Flip(X, (0, 1)), lambda X, **_: X[::-1, ::-1]),
    "a flip of a product": (Flip(times(X, Y), (1,)), lambda X, Y: (X * Y)[:, ::-1]),
    "a power": (Map("pow", X, param=Fraction(3)), lambda X, **_: X * X * X),
    "a square": (Map("pow", X, param=Fraction(2)), lambda X, **_: X * X),
    "a first power": (Map("pow", X, param=Fraction(1)), lambda X, **_: X),
    "a reciprocal": (Map("pow", X, param=Fraction(-2)), lambda X, **_: 1 / (X * X)),
    "a power of a sum": (Map("pow", Sum((X, Y), (2, 3)), param=Fraction(3)), lambda X, Y: (X + Y) ** 3),
    "moved entries": (
        Route(X, (4,), ((0, 5), (1, 0), (3, 0), (3, 2))),
        lambda X, **_: np.array([X[1, 2], X[0, 0], Fraction(0), X[0, 0] + X[0, 2]], dtype=object),
    ),
    "an entry": (Entry(times(X, Y), (1, 2)), lambda X, Y: X[1, 2] * Y[1, 2]),
    "a stack": (
        Stack((Entry(X, (0, 0)), Const(Fraction(2)), Entry(times(X, X), (1, 1))), (3,)),
        lambda X, **_: np.array([X[0, 0], Fraction(2), X[1, 1] * X[1, 1]], dtype=object),
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_the_reverse_rule_is_the_vector_jacobian_product(name: str) -> None:
    body, function = BODIES[name]
    count = body.size
    cotangent = Data(tuple(Fraction(3 * k - 4, 5) for k in range(count)), body.shape)
    weights = brute.exact(list(cotangent.values)).reshape(ints(body.shape))
    into: dict[Tensor, list[Term]] = {}
    pull(body, cotangent, into)
    numbers = Numbers({leaf: brute.exact(V[leaf.name]) for leaf in (X, Y)}, {})

    def paired(**arrays: Any) -> Any:
        return np.sum(np.multiply(np.asarray(function(**arrays), dtype=object), weights))

    for leaf in (X, Y):
        found = numbers.of(total(into.get(leaf, []), leaf.shape))
        assert (found == brute.gradient(paired, V, leaf.name)).all(), leaf.name


def test_constants_go_into_the_scale_and_bare_copies_disappear() -> None:
    assert multi(times(X, Const(Fraction(1), (2, 3)))) == X
    assert multi(times(X, Const(Fraction(-2), ()))) == times(X, scale=Fraction(-2))
    assert scaled(X, Fraction(1)) is X
    assert scaled(scaled(X, Fraction(2)), Fraction(3)) != X
    kept = multi(times(X, Y))
    assert kept == times(X, Y)


def test_a_constant_that_the_extents_cut_off_stays() -> None:
    layer = form("conv", {"i": 3, "u": 2, "a": 2, "s1": 1, "d1": 1, "p1": 1}, without="ngoc")
    term = Multi(layer, (s.tensor("F", (2,)), Const(Fraction(1), (2,))))
    assert multi(term) == term


def test_a_transpose_is_no_copy() -> None:
    swap = Form((("i",), ("j",)), ((("j",), ("i",)),), (("i", 2), ("j", 2)))
    A = s.tensor("A", (2, 2))
    assert multi(Multi(swap, (A,))) != A


def test_the_sweep_names_every_error_term_and_adds_up() -> None:
    inner = s.mul(X, Y, name="P")
    outer = s.add(inner, inner, name="Q")
    loss = s.sum(s.mul(outer, inner), name="L")
    network = sweep(loss)
    assert network.leaves == (X, Y)
    assert network.nodes[-1] is loss
    assert network.nodes[0] is inner
    assert network.rules[X] == times(Y, Grad(loss, inner)) or network.rules[X] == times(Grad(loss, inner), Y)
    assert isinstance(network.rules[inner], Sum)
    assert len(network.rules[inner].parts) == 3
    assert network.rules[loss] == Const(Fraction(1))


def test_what_the_loss_does_not_depend_on_gets_zero() -> None:
    loss = s.sum(s.mul(s.pow(X, 0), Y), name="L")
    d = s.derive(loss)
    assert (d.evaluate(V).grads["X"] == 0).all()
    assert d.proof(X).rhs == Const(Fraction(0), (2, 3))


def test_a_deep_network_is_swept_without_recursion() -> None:
    y: Any = s.tensor("x")
    x = y
    for _ in range(3000):
        y = y + x
    d = s.derive(y)
    assert d.evaluate({"x": 1}).grads["x"][()] == 3001
    assert isinstance(d.loss, Node)


@pytest.mark.parametrize("function", ["relu", "leaky_relu", "abs", "tanh", "sigmoid", "softplus", "gelu"])
def test_local_derivatives_in_numbers(function: str) -> None:
    """Central differences away from kinks; the published convention at them."""
    param = Fraction(1, 10) if function == "leaky_relu" else None
    body = Map(function, X, param=param)
    into: dict[Tensor, list[Term]] = {}
    pull(body, Const(Fraction(1), (2, 3)), into)
    at = np.array(V["X"], dtype=float) / 3
    h = 1e-6

    def value(array: Any) -> Any:
        return Numbers({X: array}, {}).of(body)

    slope = Numbers({X: at}, {}).of(total(into[X], X.shape))
    np.testing.assert_allclose(slope, (value(at + h) - value(at - h)) / (2 * h), rtol=1e-7, atol=1e-8)
    if function in {"relu", "leaky_relu", "abs"}:
        exact = Numbers({X: brute.filled((2, 3))}, {}).of(total(into[X], X.shape))
        assert (exact == (param or 0)).all()
