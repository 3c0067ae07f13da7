"""Sample: a screen that must be able to fail, and that no chain may pass off as a proof."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbolic import conv2d, tensor
from symbolic.errors import ProofError
from symbolic.kernel.logic import Definition, Expand
from symbolic.kernel.step import Derivation, Rule, Scope, Step
from symbolic.search.screen import Sample
from symbolic.search.windows import as_window
from symbolic.terms.term import Const, Flip, Map, Sum, scalars

X, F = tensor("X", (3, 3)), tensor("F", (2, 2))
O = conv2d(X, F, name="O")
x, y = tensor("x"), tensor("y")
ZERO = Const(Fraction(0))


def test_what_agrees_is_accepted_and_is_no_proof() -> None:
    square = Map("pow", x, param=Fraction(2))
    step = Step(square, scalars(x, x), Rule.NUMBERS, Sample((1, 2, 3)))
    assert Derivation((step,)).scope is Scope.SCREEN
    assert Derivation((step,)).evidence == ("Sample",)


def test_transcendental_sides_agree_to_rounding() -> None:
    tanh = Map("tanh", x)
    slope = Sum((Const(Fraction(1)), scalars(tanh, tanh, scale=Fraction(-1))), ())
    Step(Map("tanh", x, 1), slope, Rule.LOCAL, Sample((5,)))


def test_a_difference_is_named_with_its_point_and_entry() -> None:
    with pytest.raises(ProofError, match="seed 7, entry 1 is"):
        Step(O.body, Flip(O.body, (0, 1)), Rule.WINDOW, Sample((7,)))


def test_a_flip_is_found() -> None:
    assert as_window(O.body) == O.body
    with pytest.raises(ProofError, match="entry"):
        Step(F, Flip(F, (0,)), Rule.FLIPS, Sample((1,)))


@pytest.mark.parametrize(
    ("lhs", "rhs", "seeds", "words"),
    [
        (x, x, (), "needs points"),
        (x, x, (3, 3), "seed of its own"),
        (ZERO, ZERO, (1,), "something to draw"),
        (scalars(x, ZERO), scalars(y, ZERO), (1, 2), "says nothing"),
    ],
)
def test_a_vacuous_sample_is_refused(lhs: Sum, rhs: Sum, seeds: tuple[int, ...], words: str) -> None:
    with pytest.raises(ProofError, match=words):
        Step(lhs, rhs, Rule.NUMBERS, Sample(seeds))


def test_what_rests_on_a_sample_is_a_screen_too() -> None:
    z = conv2d(X, F, name="z")
    sampled = Step(z, O.body, Rule.NUMBERS, Expand((Step(z, z.body, Rule.DEFINITION, Definition()),)))
    assert Derivation((sampled,)).scope is Scope.THESE_SIZES
    guess = Step(z, z, Rule.NUMBERS, Sample((1,)))
    with pytest.raises(ProofError, match="by itself"):
        Step(z, z, Rule.EXPAND, Expand((guess,)))
    other = conv2d(X, F, name="w")
    square = Step(scalars(x, x), Map("pow", x, param=Fraction(2)), Rule.NUMBERS, Sample((1,)))
    assert Derivation((square, Step(square.rhs, scalars(x, x), Rule.EXPAND, Expand()))).scope is Scope.SCREEN
    assert other != z
