"""wide-conv: both orders against plain loops, and the exchange without a turn refused."""

from fractions import Fraction

import numpy as np
import pytest

from render.notes import wide, wide_conv
from render.notes.numbers import numbers_of
from symbolic import tensor
from symbolic.errors import ProofError
from symbolic.kernel.logic import Expand, Rule, Scope, Step
from symbolic.kernel.step import Derivation
from tests.render.test_notes import results


def product(x: list[list[int]], w: list[list[int]]) -> list[int]:
    """The true wide convolution: every entry of one times every entry of the other, at the sum of their places."""
    rows, columns = len(x) + len(w) - 1, len(x[0]) + len(w[0]) - 1
    result = np.zeros((rows, columns), dtype=int)
    for i, line in enumerate(x):
        for j, value in enumerate(line):
            for u, other in enumerate(w):
                for v, weight in enumerate(other):
                    result[i + u, j + v] += value * weight
    return [int(n) for n in result.reshape(-1)]


def test_both_orders_are_the_true_convolution() -> None:
    here = wide_conv.Setting()
    expected = product(wide_conv.VALUES["X"], wide_conv.VALUES["W"])
    for term in (wide.wide_turned(here.X, here.W), wide.wide_turned(here.W, here.X), here.Y):
        assert [int(n) for n in numbers_of(here.point.value(term))] == expected


def test_without_the_turn_each_is_the_other_turned() -> None:
    here = wide_conv.Setting()
    one, other = (numbers_of(here.point.value(term)) for term in (wide.wide(here.X, here.W), wide.wide(here.W, here.X)))
    assert one == other[::-1]
    assert wide_conv.different(here) == sum(a != b for a, b in zip(one, other, strict=True)) > 8


@pytest.mark.parametrize(("n", "k"), [((3, 3), (2, 2)), ((4, 2), (3, 5)), ((1, 4), (2, 1))])
def test_sizes_of_any_kind_commute_and_cite_the_theorem(n: tuple[int, int], k: tuple[int, int]) -> None:
    x, w = tensor("X", n), tensor("W", k)
    step = wide.commutes(x, w)
    (cited,) = Derivation((step,)).theorems
    assert cited.scope is Scope.ALL_SIZES
    with pytest.raises(ProofError):
        Step(wide.wide(x, w), wide.wide(w, x), Rule.COLLECT, Expand())


def test_the_gradients_are_narrow_and_unturned() -> None:
    here = wide_conv.Setting()
    gradient = here.d.evaluate(wide_conv.VALUES).grads
    for leaf, kernel in ((here.X, here.W), (here.W, here.X)):
        found = numbers_of(here.point.value(wide_conv.narrow(here, kernel)))
        assert list(found) == [Fraction(int(v)) for v in gradient[leaf.name].reshape(-1)]


def test_the_polynomials() -> None:
    row = wide.Row()
    assert len(row.polynomials.rhs.parts) == 4


def test_the_gradients_stand_on_the_page_with_the_error_term_they_come_from() -> None:
    found = results(wide_conv.note())
    assert found["d/dY"] == [n for row in wide_conv.VALUES["D"] for n in row]
    assert found["d/dX"] == [5, 7, 6, 11, 5, 5, 7, 5, 9]
    assert found["d/dW"] == [9, 8, 6, 6]
