"""pool-backward: the published matrices, the tie, and what the kernel refuses."""

from fractions import Fraction

import pytest

from render.document import Table, Theorem
from render.notes import pool_backward, pools
from render.notes.numbers import numbers_of
from symbolic.errors import ProofError
from symbolic.kernel.logic import Derive, Rule, Scope, Step
from symbolic.terms.term import Grad
from tests.render.test_notes import results

AVERAGE: list[int | str] = ["1/2", "1/2", 2, 2, "1/2", "1/2", 2, 2, 1, 1, "3/2", "3/2", 1, 1, "3/2", "3/2"]
LARGEST = [2, 0, 0, 0, 0, 0, 0, 8, 0, 4, 0, 0, 0, 0, 6, 0]


def test_the_published_matrices() -> None:
    mean, largest = pools.Average(), pools.Largest()
    assert list(numbers_of(mean.point.value(mean.back.rhs))) == [Fraction(n) for n in AVERAGE]
    assert list(numbers_of(largest.point.value(largest.back.rhs))) == [Fraction(n) for n in LARGEST]
    assert results(pool_backward.note())["d/dX"] == [Fraction(n) for n in AVERAGE]


def test_the_selection_is_what_max_pooling_does() -> None:
    largest = pools.Largest()
    numbers = largest.pooling.evaluate({"X": pools.IMAGE, "D": pools.DELTA})
    assert numbers.grads["X"].reshape(-1).tolist() == LARGEST
    assert numbers.values["O"].tolist() == [[9, 8], [7, 6]]
    assert pools.winners(pools.IMAGE) == [0, 7, 9, 14]


def test_the_first_of_equal_ones_gets_all() -> None:
    (table,) = [
        block for block in pool_backward.note().blocks if isinstance(block, Table) and block.header[0] == "tie.entry"
    ]
    assert [row[-1] for row in table.rows] == [1, 0, 0, 0]
    assert pools.winners(pools.TIE) == [0]


def test_the_maximum_without_its_condition_is_refused() -> None:
    pooling = pools.Largest().pooling
    tensor = pooling.tensor("X")
    with pytest.raises(ProofError, match="winner-pattern"):
        Step(Grad(pooling.loss, tensor), pooling.gradient(tensor), Rule.LOCAL, Derive())


def test_shares_that_are_not_equal_are_refused() -> None:
    mean, largest = pools.Average(), pools.Largest()
    with pytest.raises(ProofError):
        Step(Grad(mean.d.loss, mean.X), mean.point.value(Grad(largest.d.loss, largest.X)), Rule.LOCAL, Derive())


def test_at_a_tie_the_two_sides_have_different_slopes() -> None:
    (table,) = [block for block in pool_backward.ties() if isinstance(block, Table)]
    assert [row[1:4] for row in table.rows] == [(5, 1, 0)] * 4


def test_the_theorems_of_the_page_are_those_of_any_row() -> None:
    average, largest = [block.derivation for block in pool_backward.all_sizes() if isinstance(block, Theorem)]
    assert (average.scope, largest.scope) == (Scope.ALL_SIZES, Scope.ALL_SIZES)
    assert (average.given, largest.given) == ((), ("winner-pattern",))
