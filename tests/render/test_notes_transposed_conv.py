"""transposed-conv: stamps by plain loops, adjoint and no inverse, output_padding by numbers, evenness."""

from fractions import Fraction

import numpy as np
import pytest

from render.document import Theorem
from render.notes import stamps, transposed_conv
from render.notes.numbers import numbers_of
from symbolic.errors import ProofError
from symbolic.kernel.logic import Expand, Rule, Scope, Step
from symbolic.terms.term import Const, Entry, Grad, Node, Sum, scalars
from symbolic.theorems import theorem


def value(here: stamps.Stamp, node: Node) -> list[Fraction]:
    return list(numbers_of(here.point.value(node)))


def test_stamps_by_plain_loops() -> None:
    here = stamps.Stamp()
    found = np.zeros(7)
    for i, y in enumerate(here.values["Y"]):
        for u, weight in enumerate(here.values["F"]):
            found[2 * i + u] += y * weight
    assert value(here, here.Z) == found.tolist() == [2, -1, 7, -2, 4, 1, -3]


def test_both_sides_of_the_adjoint_are_the_same_number() -> None:
    pair = stamps.Pair()
    assert [numbers_of(pair.side(side)[-1].rhs) for side in (0, 1)] == [(Fraction(9),)] * 2
    assert theorem("transposed-convolution-adjoint").scope is Scope.ALL_SIZES


def test_another_kernel_is_no_adjoint() -> None:
    pair = stamps.Pair()
    with pytest.raises(ProofError):
        Step(pair.sides[0], pair.product(pair.Y, pair.Y), Rule.COLLECT, Expand(pair.adjoint.proof.uses))


def test_the_transpose_is_no_inverse() -> None:
    pair = stamps.Pair()
    assert numbers_of(pair.point.value(pair.back)) != numbers_of(pair.point.value(pair.X))
    assert pair.back.shape == pair.X.shape


def test_the_gradient_of_the_input_does_not_turn_the_kernel() -> None:
    here = stamps.Stamp()
    grads = here.d.evaluate(here.values).grads
    error, kernel = np.array(here.values["D"]), np.array(here.values["F"])
    plain = [int(error[2 * i : 2 * i + 3] @ kernel) for i in range(3)]
    turned = [int(error[2 * i : 2 * i + 3] @ kernel[::-1]) for i in range(3)]
    assert grads["Y"].tolist() == plain == [-4, -4, 8] != turned
    with pytest.raises(ProofError):
        Step(
            Entry(Grad(here.d.loss, here.Y), (0,)),
            scalars(Entry(here.delta, (0,)), Entry(here.F, (2,))),
            Rule.LOCAL,
            Expand(here.point.facts),
        )


def test_output_padding_uncovers_an_entry_and_attaches_no_zero() -> None:
    plain, wider = stamps.cropped(), stamps.stretched()
    assert value(wider, wider.Z)[:5] == value(plain, plain.Z) == [-1, 7, -2, 4, 1]
    assert value(wider, wider.Z)[5] == -3
    with pytest.raises(ProofError):
        Step(Entry(wider.Z, (5,)), Const(Fraction(0)), Rule.EXPAND, Expand(wider.point.facts))


def test_sizes_there_and_back() -> None:
    rows = stamps.sizes()
    assert [row[0] for row in rows] == [row[4] for row in rows] == list(range(5, 11))
    assert [row[3] for row in rows] == [5, 5, 7, 7, 9, 9]
    assert stamps.recovered().scope is Scope.ALL_SIZES


@pytest.mark.parametrize(("kernel", "inside"), [(3, {1, 2}), (4, {2})])
def test_evenness(kernel: int, inside: set[int]) -> None:
    here = stamps.dense(kernel, "U")
    assert set(value(here, here.Z)[2:-2]) == inside


def test_the_two_inner_products_are_the_same_nine_products() -> None:
    pair = stamps.Pair()
    chain = pair.sorted
    assert (chain.lhs, chain.rhs) == pair.sides
    rows, columns = chain.steps[0].rhs, chain.steps[1].rhs
    assert isinstance(rows, Sum)
    assert isinstance(columns, Sum)
    assert (len(rows.terms), len(columns.terms)) == (3, 7)
    with pytest.raises(ProofError):
        Step(rows, Sum(columns.terms[:-1], ()), Rule.COLLECT, Expand())


def test_the_adjoint_is_stated_on_the_page_for_all_sizes() -> None:
    stated = [block.derivation for block in transposed_conv.inner_products(stamps.Pair()) if isinstance(block, Theorem)]
    assert [(one.name, one.scope) for one in stated] == [("adjoint", Scope.ALL_SIZES)]
