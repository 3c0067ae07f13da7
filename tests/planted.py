"""A small zoo of networks, and for each a true equality beside a false one with the words of its refusal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import symbolic as s
from symbolic.kernel.logic import (
    Definition,
    Derive,
    Expand,
    Proof,
    Rule,
    Step,
)
from symbolic.search.windows import as_window
from symbolic.terms.layers import pointwise
from symbolic.terms.term import Const, Data, Flip, Grad, Map, Multi, Stack, Sum, Term
from symbolic.terms.unrolled import entry_of, unrolled

if TYPE_CHECKING:
    from collections.abc import Callable

R = Rule.EXPAND
X, F, T = s.tensor("X", (7, 6)), s.tensor("F", (3, 3)), s.tensor("T", (4, 4))
O = s.conv2d(X, F, stride=(2, 1), dilation=(1, 2), padding=(1, 1), name="O")
L = s.mse_loss(O, T, name="L")
D = s.derive(L)
DELTA = Grad(L, O)


def view(tensor: Any) -> Multi:
    term = D.gradient(tensor)
    assert isinstance(term, Multi)
    return term


def window(tensor: Any) -> Multi:
    term = as_window(view(tensor))
    assert isinstance(term, Multi)
    return term


def rows(term: Multi, change: Callable[[Any], Any]) -> Multi:
    """The term with every row changed."""
    return Multi(replace(term.form, rows=tuple(change(row) for row in term.form.rows)), term.operands)


def operands(term: Multi, *others: Term) -> Multi:
    return Multi(term.form, others)


def transposed(term: Multi) -> Multi:
    """The kernel read with its two axes exchanged."""
    slots = list(term.form.operands)
    slots[0] = tuple(reversed(slots[0]))
    return Multi(replace(term.form, operands=tuple(slots)), term.operands)


def residual(scale: Fraction, first: Any = O, second: Any = T) -> Term:
    """scale * (first - second)."""
    difference = Sum((first, Multi(pointwise([(4, 4)], (4, 4), scale=Fraction(-1)), (second,))), (4, 4))
    return Multi(pointwise([(4, 4)], (4, 4), scale=scale), (difference,))


# Smaller networks for the other rules.
A, B, C = s.tensor("A", (2, 2)), s.tensor("B", (2, 2)), s.tensor("b", (2,))
PRODUCT = s.add(s.mul(A, A), A, name="P")
SQUARES = s.sum(PRODUCT, name="S")
DENSE = s.linear(A, B, C, name="Y")
DENSE_LOSS = s.sum(s.mul(DENSE, DENSE), name="Q")
POOL = s.avg_pool2d(X, 2, name="Z")
POOL_LOSS = s.sum(s.mul(POOL, POOL), name="M")
RELU = s.relu(A, name="V")
RELU_LOSS = s.sum(s.mul(RELU, RELU), name="K")
QUOTIENT = s.div(A, B, name="W")
QUOTIENT_LOSS = s.sum(QUOTIENT, name="G")
ONES = Const(Fraction(1), (2, 2))


def times(*terms: Term, scale: Fraction = Fraction(1)) -> Multi:
    return Multi(pointwise([term.shape for term in terms], (2, 2), scale=scale), terms)


def plus(*terms: Term) -> Sum:
    return Sum(terms, terms[0].shape)


def dense(term: Any, key: Any) -> Multi:
    found = s.derive(term).gradient(key)
    assert isinstance(found, Multi)
    return found


GRADIENT = dense(DENSE_LOSS, A)
ANSWER = Data(tuple(Fraction(n) for n in (36, 47, 69, 80)), (2, 2))
SMALL, KERNEL = s.tensor("U", (3, 3)), s.tensor("H", (2, 2))
SMALL_O = s.conv2d(SMALL, KERNEL, name="N")
SEEDS = (
    Step(SMALL, Data(tuple(Fraction(n) for n in range(1, 10)), (3, 3)), Rule.GIVEN, Definition()),
    Step(KERNEL, Data(tuple(map(Fraction, (3, 2, 1, 5))), (2, 2)), Rule.GIVEN, Definition()),
    Step(SMALL_O, SMALL_O.body, Rule.DEFINITION, Definition()),
)


def bumped(data: Data) -> Data:
    return Data((data.values[0], data.values[1] + 1, *data.values[2:]), data.shape)


def swap(row: Any) -> Any:
    return replace(row, s=row.d, d=row.s)


def shared(name: str) -> Multi:
    """delta of a node inside the loss S, broadcast as it stands."""
    return times(Grad(SQUARES, PRODUCT), scale=Fraction(1)) if name == "P" else times(Grad(SQUARES, PRODUCT.args[0]))


@dataclass(frozen=True)
class Planted:
    """One true equality lhs = right, and lhs = wrong with the words its refusal must hold."""

    lhs: Term
    right: Term
    wrong: Term
    proof: Proof
    words: str
    given: tuple[str, ...] = ()


WX, WF = window(X), window(F)
FORGED: dict[str, Planted] = {
    "no flip": Planted(
        view(X),
        WX,
        operands(WX, F, DELTA),
        Expand(),
        r"entry 1: the left side has 1 times F_21\*dL/dO_12, the right side has 0 ",
    ),
    "rows flipped only": Planted(
        view(X),
        WX,
        operands(WX, Flip(F, (0,)), DELTA),
        Expand(),
        r"entry 1: the left side has 1 times F_21\*dL/dO_12, the right side has 0 ",
    ),
    "columns flipped only": Planted(
        view(X),
        WX,
        operands(WX, Flip(F, (1,)), DELTA),
        Expand(),
        r"entry 7: the left side has 0 times F_11\*dL/dO_12, the right side has 1 ",
    ),
    "kernel transposed": Planted(
        view(X),
        WX,
        transposed(WX),
        Expand(),
        r"entry 1: the left side has 0 times F_12\*dL/dO_12, the right side has 1 ",
    ),
    "padding one more": Planted(view(X), WX, rows(WX, lambda r: replace(r, p=r.p + 1)), Expand(), r"F_\d\d\*dL/dO"),
    "padding one less": Planted(view(X), WX, rows(WX, lambda r: replace(r, p=r.p - 1)), Expand(), r"F_\d\d\*dL/dO"),
    "stride and dilation exchanged": Planted(view(X), WX, rows(WX, swap), Expand(), r"F_\d\d\*dL/dO"),
    "no zeros inserted": Planted(view(X), WX, rows(WX, lambda r: replace(r, e=1)), Expand(), r"F_\d\d\*dL/dO"),
    "filter gradient keeps the stride": Planted(
        view(F),
        WF,
        rows(WF, swap),
        Expand(),
        r"entry 1: the left side has 0 times dL/dO_22\*X_12, the right side has 1 ",
    ),
    "filter gradient with O for delta": Planted(
        view(F),
        WF,
        operands(WF, O, X),
        Expand(),
        r"entry 1: the left side has 1 times dL/dO_22\*X_21, the right side has 0 ",
    ),
    "filter gradient against the definition": Planted(
        Grad(L, F), WF, operands(WF, DELTA, Flip(X, (0,))), Derive(), r"dL/dF_11: "
    ),
    "missing 2": Planted(
        DELTA,
        residual(Fraction(1, 8)),
        residual(Fraction(1, 16)),
        Derive(),
        r"dL/dO_11: the left side has 1/8 times O_11, the right side has 1/16",
    ),
    "missing 1/n": Planted(
        DELTA, residual(Fraction(1, 8)), residual(Fraction(2)), Derive(), r"has 1/8 times O_11, the right side has 2 "
    ),
    "wrong sign": Planted(
        DELTA,
        residual(Fraction(1, 8)),
        residual(Fraction(1, 8), T, O),
        Derive(),
        r"has 1/8 times O_11, the right side has -1/8",
    ),
    "a term dropped": Planted(
        Grad(SQUARES, A),
        plus(shared("P"), times(A, shared("m"), scale=Fraction(2))),
        times(A, shared("m"), scale=Fraction(2)),
        Derive(),
        r"dS/dA_11: the left side has 1 times dS/dP_11, the right side has 0",
    ),
    "a term too many": Planted(
        Grad(SQUARES, A),
        plus(shared("P"), times(A, shared("m"), scale=Fraction(2))),
        plus(shared("P"), shared("P"), times(A, shared("m"), scale=Fraction(2))),
        Derive(),
        r"has 1 times dS/dP_11, the right side has 2",
    ),
    "a factor of two occurrences": Planted(
        Grad(SQUARES, A),
        plus(shared("P"), times(A, shared("m"), scale=Fraction(2))),
        plus(shared("P"), times(A, shared("m"))),
        Derive(),
        r"dS/dA_11: the left side has 2 times",
    ),
    "exponent not lowered": Planted(
        times(Map("pow", A, param=Fraction(3))), times(A, A, A), times(A, A), Expand(), r"A_11"
    ),
    "W for W transposed": Planted(
        Grad(DENSE_LOSS, A),
        GRADIENT,
        transposed(Multi(replace(GRADIENT.form, operands=GRADIENT.form.operands[::-1]), GRADIENT.operands[::-1])),
        Derive(),
        r"dQ/dA_1",
    ),
    "bias gradient of one row": Planted(
        Grad(DENSE_LOSS, C),
        dense(DENSE_LOSS, C),
        Stack(tuple(entry_of(Grad(DENSE_LOSS, DENSE), k) for k in (0, 1)), (2,)),
        Derive(),
        r"dQ/db_1: the left side has 1 times dQ/dY_21, the right side has 0",
    ),
    "average without 1/k": Planted(
        Grad(POOL_LOSS, X),
        dense(POOL_LOSS, X),
        Multi(replace(dense(POOL_LOSS, X).form, scale=Fraction(1)), dense(POOL_LOSS, X).operands),
        Derive(),
        r"dM/dX_11: the left side has 1/4 times dM/dZ_11, the right side has 1 ",
    ),
    "slope of relu forgotten": Planted(
        Grad(RELU_LOSS, A),
        times(Grad(RELU_LOSS, RELU), Map("relu", A, order=1)),
        times(Grad(RELU_LOSS, RELU)),
        Derive(),
        r"relu'\(A_11\)|dK/dV_11",
        ("relu'(0) = 0",),
    ),
    "relu for its slope": Planted(
        Grad(RELU_LOSS, A),
        times(Grad(RELU_LOSS, RELU), Map("relu", A, order=1)),
        times(Grad(RELU_LOSS, RELU), Map("relu", A)),
        Derive(),
        r"relu",
        ("relu'(0) = 0",),
    ),
    "slope of a quotient": Planted(
        Grad(QUOTIENT_LOSS, B),
        times(Grad(QUOTIENT_LOSS, QUOTIENT), A, Map("pow", B, param=Fraction(-2)), scale=Fraction(-1)),
        times(Grad(QUOTIENT_LOSS, QUOTIENT), A, Map("pow", B, param=Fraction(-2))),
        Derive(),
        r"dG/dB_11: the left side has -1 times .*, the right side has 1 ",
    ),
    "number off by one": Planted(
        SMALL_O, ANSWER, bumped(ANSWER), Expand(SEEDS), r"N_12: the left side has 47 times 1, the right side has 48"
    ),
    "written out with one swap": Planted(
        SMALL_O.body,
        unrolled(SMALL_O.body),
        Stack((*unrolled(SMALL_O.body).entries[1::-1], *unrolled(SMALL_O.body).entries[2:]), (2, 2)),
        Expand(),
        r"entry 1: .*H_11\*U_11|entry 1: .*U_11\*H_11",
    ),
    "chain rule by another layer": Planted(
        Grad(SQUARES, A),
        plus(shared("P"), times(A, shared("m"), scale=Fraction(2))),
        plus(shared("m"), times(A, shared("P"), scale=Fraction(2))),
        Derive(),
        r"dS/dA_11",
    ),
    "name of another body": Planted(
        O, O.body, Multi(replace(O.body.form, scale=Fraction(2)), O.body.operands), Definition(), "definition"
    ),
    "definition of a computed array": Planted(O, O.body, residual(Fraction(1)), Definition(), "definition"),
    "update upwards": Planted(
        plus(A, times(B, scale=Fraction(-1, 100))),
        plus(A, times(B, scale=Fraction(-1, 100))),
        plus(A, times(B, scale=Fraction(1, 100))),
        Expand(),
        r"has -1/100 times B_11, the right side has 1/100",
    ),
    "two flips for one": Planted(
        Flip(Flip(A, (0,)), (1,)),
        Flip(A, (0, 1)),
        Flip(A, (0,)),
        Expand(),
        r"entry 1: the left side has 0 times A_21, the right side has 1 ",
    ),
}
