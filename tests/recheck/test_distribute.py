"""Multiplying out, in the recheck: products counted, groups that cancel, refusals."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbolic.recheck.distribute import compare_distributed, products
from symbolic.recheck.polynomial import ONE, constant, variable
from symbolic.recheck.refusal import RefusedError
from symbolic.recheck.terms import Function, Number, Product, Tensor, Term, Total

N = variable("N")
X, Y = Tensor("X", (N,)), Tensor("Y", (N,))
LINE, EXTENTS = (("i",),), (("i", N),)


def total(*factors: Term, scale: int | Fraction = 1, divisor: object = ONE) -> Product:
    """The sum over i of a product."""
    return Product((), (LINE,) * len(factors), EXTENTS, (), Fraction(scale), divisor, factors)  # type: ignore[arg-type]


MEAN = total(X, divisor=N)
SPREAD = Product(LINE, ((),), EXTENTS, (), Fraction(-1), ONE, (MEAN,))
DEVIATIONS = total(Total((X, SPREAD)))
ZERO = Number(Fraction(0), ())
PAIRED = (((0, ()), (1, (("0.0.i", "i", False),))), ((2, ()),))


def test_a_letter_that_nothing_reads_counts() -> None:
    first, second = products(DEVIATIONS)
    assert (first.scale, first.times, first.divisor) == (Fraction(1), ONE, ONE)
    assert (second.scale, second.times, second.divisor) == (Fraction(-1), N, N)
    (square,) = products(total(Function("pow", 0, Fraction(2), X)))
    assert [term for term, _ in square.reading.reads] == [X, X]
    (number,) = products(Number(Fraction(2), (N,)))
    assert (number.scale, number.reading.reads) == (Fraction(2), ())


def renamed(one: int, other: int) -> tuple[str, str]:
    """The only summed letters of two products of the deviations."""
    both = products(DEVIATIONS)
    return both[one].reading.letters[0][0], both[other].reading.letters[0][0]


def test_deviations_add_up_to_zero() -> None:
    old, new = renamed(0, 1)
    compare_distributed(DEVIATIONS, ZERO, (((0, ()), (1, ((new, old, False),))), ((2, ()),)))


@pytest.mark.parametrize(
    ("right", "words"),
    [(Number(Fraction(1), ()), "number 2 do not cancel"), (total(Y), "number 2 do not cancel")],
)
def test_a_wrong_right_side_is_refused(right: Term, words: str) -> None:
    old, new = renamed(0, 1)
    with pytest.raises(RefusedError, match=words):
        compare_distributed(DEVIATIONS, right, (((0, ()), (1, ((new, old, False),))), ((2, ()),)))


@pytest.mark.parametrize("divisor", [N + ONE, N * N, ONE])
def test_a_wrong_divisor_is_refused(divisor: object) -> None:
    wrong = Product(LINE, ((),), EXTENTS, (), Fraction(-1), ONE, (total(X, divisor=divisor),))
    old, new = renamed(0, 1)
    groups = (((0, ()), (1, ((new, old, False),))), ((2, ()),))
    with pytest.raises(RefusedError, match="number 0 do not cancel"):
        compare_distributed(total(Total((X, wrong))), ZERO, groups)


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ((((0, ()),), ((1, ()),)), "each of the 2 \\+ 1 products once"),
        ((((0, ()), (1, ())), ((2, ()), (2, ()))), "each of the 2 \\+ 1 products once"),
        ((((0, ()),), ((1, ()),), ((2, ()),)), "do not cancel"),
        ((((0, ()), (1, ()), (2, ())),), "letter|operands"),
        ((((0, (("i", "i", True),)), (1, ())), ((2, ()),)), "begins with a product that is not renamed"),
        (((), ((0, ()), (1, ())), ((2, ()),)), "begins with a product"),
    ],
)
def test_wrong_groups_are_refused(groups: object, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        compare_distributed(DEVIATIONS, ZERO, groups)  # type: ignore[arg-type]


def test_too_much_is_refused() -> None:
    with pytest.raises(RefusedError, match="200 is the limit"):
        products(total(Function("pow", 0, Fraction(300), X)))
    many = Total((X,) * 15)
    with pytest.raises(RefusedError, match="225 products; 200 is the limit"):
        products(total(many, many))


def test_coefficients_are_fractions_of_polynomials() -> None:
    one, other = total(X, scale=Fraction(1, 2)), total(X, scale=Fraction(1, 3))
    twice = Total((one, one, other, other, other))
    groups = (((0, ()), (1, ()), (2, ()), (3, ()), (4, ()), (5, ())),)
    compare_distributed(twice, total(X, scale=2), groups)
    with pytest.raises(RefusedError):
        compare_distributed(twice, total(X, scale=2, divisor=constant(1) + N), groups)
