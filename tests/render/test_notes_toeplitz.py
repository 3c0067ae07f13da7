"""The matrix C with letters for its sizes: against loops at small sizes, and wrong matrices refused."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from render.notes.toeplitz import General
from symbolic.errors import ProofError
from symbolic.kernel.logic import Definition, Rewrite, Rule, Scope, Step
from symbolic.search.matching import reindexed
from symbolic.terms.rewriting import instance
from symbolic.terms.term import Flip, Leaf, Multi, Node
from symbolic.theorems.matrices import without_rows


@pytest.mark.parametrize(
    ("n", "k", "s", "d", "e", "p"),
    [(4, 3, 1, 1, 1, 0), (5, 3, 2, 1, 1, 1), (6, 2, 1, 2, 1, 0), (3, 3, 1, 1, 2, 2), (4, 1, 3, 1, 1, 0)],
)
def test_c_holds_the_weight_between_a_pixel_and_an_output(n: int, k: int, s: int, d: int, e: int, p: int) -> None:
    m = (e * (n - 1) + 1 + 2 * p - d * (k - 1) - 1) // s + 1
    sizes = {
        f"{letter}{axis}": value
        for axis in (1, 2)
        for letter, value in zip("nkmsdep", (n, k, m, s, d, e, p), strict=True)
    }
    entry = instance(General().entry, sizes, {"F": Leaf("F", (k, k))})
    assert isinstance(entry, Multi)
    out, (weights,) = entry.form.solutions()
    found = set(zip(out.tolist(), weights.tolist(), strict=True))
    expected = set()
    for i, j, u, v in product(range(m), range(m), range(k), range(k)):
        row, column = s * i + d * u - p, s * j + d * v - p
        if row % e == column % e == 0 and 0 <= row // e < n and 0 <= column // e < n:
            place = int(np.ravel_multi_index((i, j, row // e, column // e), (m, m, n, n)))
            expected.add((place, u * k + v))
    assert found == expected


def test_both_chains_hold_for_all_sizes_and_end_in_windows() -> None:
    here = General()
    assert here.forward.scope is here.backward.scope is Scope.ALL_SIZES
    assert here.forward.rhs == Multi(here.conv, (here.F, here.X))
    window = here.backward.rhs
    assert isinstance(window, Multi)
    assert [type(part) for part in window.operands if isinstance(part, Flip)] == [Flip]
    assert not any(isinstance(part, Flip) for part in here.backward.steps[0].rhs.parts)


def test_a_wrong_matrix_is_refused() -> None:
    here = General()
    turned = replace(here.entry.form, rows=tuple(replace(row, s=row.d, d=row.s) for row in here.entry.form.rows))
    wrong = Multi(turned, here.entry.operands)
    with pytest.raises(ProofError):
        Step(here.C, wrong, Rule.DEFINITION, Definition())
    named = Node("toeplitz", (here.F,), wrong, name="C")
    rows = without_rows(here.conv, here.conv.output, here.places, here.conv.operands[1])
    with pytest.raises(ProofError):
        reindexed(Multi(rows, (wrong, here.X)), Multi(here.conv, (here.F, here.X)))
    with pytest.raises(ProofError):
        Step(
            Multi(rows, (named, here.X)),
            Multi(rows, (here.entry, here.X)),
            Rule.DEFINITION,
            Rewrite((here.definition,)),
        )
