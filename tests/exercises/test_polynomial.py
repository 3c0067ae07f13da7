"""Exact polynomials: the ring laws, values at points, and text in a fixed order."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic.exercises.polynomial import Polynomial

SYMBOLS = ("X_11", "delta_2", "t")
monomials = st.dictionaries(st.sampled_from(SYMBOLS), st.integers(1, 3)).map(lambda d: tuple(sorted(d.items())))
fractions = st.fractions(min_value=-9, max_value=9, max_denominator=7)
polynomials = st.dictionaries(monomials, fractions, max_size=5).map(Polynomial)
points = st.fixed_dictionaries(dict.fromkeys(SYMBOLS, fractions))


@given(polynomials, polynomials, polynomials)
def test_ring_laws(a: Polynomial, b: Polynomial, c: Polynomial) -> None:
    assert a + b == b + a
    assert a * b == b * a
    assert (a + b) * c == a * c + b * c
    assert (a * b) * c == a * (b * c)
    assert a - a == Polynomial({})
    assert hash(a + b) == hash(b + a)


@given(polynomials, polynomials, points)
def test_values_at_a_point_respect_sum_and_product(a: Polynomial, b: Polynomial, point: dict[str, Fraction]) -> None:
    assert (a + b).at(point) == a.at(point) + b.at(point)
    assert (a * b).at(point) == a.at(point) * b.at(point)
    assert (a**3).at(point) == a.at(point) ** 3
    assert a.scaled(Fraction(2, 3)).at(point) == a.at(point) * Fraction(2, 3)


def test_zero_coefficients_do_not_stay() -> None:
    z = Polynomial.symbol("z")
    assert len(z - z) == 0
    assert (z - z).constant == 0
    assert z != Polynomial.number(1)
    assert z != "z"


def test_facts_about_a_polynomial() -> None:
    z, t = Polynomial.symbol("z"), Polynomial.symbol("t")
    p = (z * z * t).scaled(Fraction(5, 6)) - t.scaled(Fraction(1, 4))
    assert (p.degree, p.denominator, p.bits) == (3, 12, 3)
    assert p.symbols == frozenset({"z", "t"})
    assert p.constant is None
    assert (Polynomial.number(Fraction(1, 2)).constant, len(p)) == (Fraction(1, 2), 2)


def test_text_is_ordered_by_degree_then_symbols() -> None:
    z, t = Polynomial.symbol("z"), Polynomial.symbol("t")
    p = Polynomial.number(-1) + z - (t**2).scaled(Fraction(3, 4)) + t * z
    assert str(p) == "t*z - 3/4*t**2 + z - 1"
    assert str(-z) == "-z"
    assert str(Polynomial({})) == "0"
    assert repr(z) == "Polynomial(z)"


def test_a_negative_power_is_refused() -> None:
    with pytest.raises(ValueError, match="no negative power"):
        Polynomial.symbol("z") ** -1


def test_a_missing_value_is_named() -> None:
    with pytest.raises(KeyError, match="z"):
        Polynomial.symbol("z").at({"t": 1})
