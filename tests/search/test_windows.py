"""The window table: two involutions, and every view recognized as the window it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symbolic as s
from symbolic.errors import ProofError
from symbolic.kernel.step import Scope
from symbolic.roads.evaluate import contract as contracted
from symbolic.search.matching import reindexed
from symbolic.search.windows import as_window, is_full, swapped, turned
from symbolic.terms.layers import form
from symbolic.terms.size import Row
from symbolic.terms.term import Flip, Leaf, Multi
from tests import brute

if TYPE_CHECKING:
    from symbolic.terms.form import Form


def contract(form: Form, arrays: list[Any]) -> Any:
    """The package's numbers; `kind` only matters where no operand has a type."""
    return contracted(form, arrays, np.dtype(object))


ROWS = st.builds(
    lambda s, d, e, p: Row("i", "u", "a", s, d, e, p),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(-3, 6),
)
SIZES = st.fixed_dictionaries({"i": st.integers(1, 5), "u": st.integers(1, 5), "a": st.integers(1, 5)})


def tau(row: Row, sizes: dict[str, int]) -> Row:
    return turned(row, sizes[row.u])


@given(ROWS, SIZES)
def test_the_two_swaps_are_involutions(row: Row, sizes: dict[str, int]) -> None:
    assert swapped(swapped(row)) == row
    assert tau(tau(row, sizes), sizes) == row


@given(ROWS, SIZES)
def test_together_they_generate_s3_and_the_exchange_of_low_and_high(row: Row, sizes: dict[str, int]) -> None:
    """(tau sigma)^3 keeps letters, s, d, e and exchanges the padding's low and high side; done twice it is nothing."""
    once = row
    for _ in range(3):
        once = tau(swapped(once), sizes)
    high = row.s * (sizes["i"] - 1) + row.d * (sizes["u"] - 1) - row.e * (sizes["a"] - 1) - row.p
    assert (once.i, once.u, once.a, once.s, once.d, once.e) == ("i", "u", "a", row.s, row.d, row.e)
    assert once.p == high
    for _ in range(3):
        once = tau(swapped(once), sizes)
    assert once == row


@given(ROWS, SIZES)
def test_the_rows_of_the_table(row: Row, sizes: dict[str, int]) -> None:
    by_delta = swapped(row)
    assert (by_delta.s, by_delta.d, by_delta.e, by_delta.p) == (row.d, row.s, row.e, row.p)
    back = tau(row, sizes)
    assert (back.s, back.d, back.e, back.p) == (row.e, row.d, row.s, row.d * (sizes["u"] - 1) - row.p)


@settings(max_examples=100)
@given(brute.table_forms(), st.data())
def test_a_view_and_its_window_are_one_array(layer: Form, data: st.DataObject) -> None:
    """Random stride, dilation, input dilation, groups, padding (negative and beyond k - 1 too)."""
    view = data.draw(st.sampled_from([layer, *(layer.wrt(k) for k in range(len(layer.operands)))]))
    values = data.draw(brute.operands(view))
    leaves = tuple(Leaf(f"V{k}", array.shape) for k, array in enumerate(values))
    window = as_window(Multi(view, leaves))
    if not view.rows:
        assert window is None
        return
    if window is None:
        assert layer.label == "max_pool"
        assert view.output == layer.operands[0]
        return
    assert isinstance(window, Multi)
    read = []
    for term in window.operands:
        source = term.source if isinstance(term, Flip) else term
        array = values[leaves.index(source)]
        read.append(np.flip(array, term.axes) if isinstance(term, Flip) else array)
    assert (brute.contract(window.form, read) == brute.contract(view, values)).all()
    assert (contract(window.form, read) == brute.contract(view, values)).all()
    # A window gathers: its output holds every output letter of its rows, and no input letter.
    letters = {x for axis in window.form.output for x in axis}
    assert all(row.i in letters and row.a not in letters for row in window.form.rows)
    assert reindexed(Multi(view, leaves), window).proof.scope is Scope.ALL_SIZES


@pytest.mark.parametrize(
    ("n", "k", "how", "expected"),
    [
        (5, 3, {}, (1, 1, 1, 2)),
        (5, 3, {"stride": 2}, (1, 1, 2, 2)),
        (5, 3, {"stride": 2, "dilation": 2, "padding": 1}, (1, 2, 2, 3)),
        (4, 2, {"padding": 3}, (1, 1, 1, -2)),  # beyond k - 1: the window crops delta
        (6, 3, {"stride": 2}, (1, 1, 2, 2)),  # a remainder column that no window reaches
    ],
)
def test_the_input_gradient_of_conv1d(n: int, k: int, how: dict[str, int], expected: tuple[int, ...]) -> None:
    X, F = s.tensor("X", (n,)), s.tensor("F", (k,))
    O = s.conv1d(X, F, name="O", **how)
    d = s.derive(s.sum(s.mul(O, O), name="L"))
    window = d.proof(X).rhs
    assert isinstance(window, Multi)
    (row,) = window.form.rows
    assert (row.s, row.d, row.e, row.p) == expected
    assert window.operands[0] == Flip(F, (0,))
    assert is_full(window) == (expected[3] == expected[1] * (k - 1))
    values = {"X": list(range(1, n + 1)), "F": list(range(2, k + 2))}
    got = d.evaluate(values)
    loss = lambda X, F: sum(  # noqa: E731
        y**2
        for y in brute.conv(
            X[None, None],
            F[None, None],
            (how.get("stride", 1),),
            ((how.get("padding", 0),) * 2,),
            (how.get("dilation", 1),),
        ).reshape(-1)
    )
    assert (got.grads["X"] == brute.gradient(loss, values, "X")).all()
    if n == 6:
        assert got.grads["X"][5] == 0


def test_forward_is_a_window_as_it_stands() -> None:
    layer = form("conv", brute.table_sizes(lambda _: 2), rank=2)
    term = Multi(layer, (Leaf("F", layer.shape(layer.operands[0])), Leaf("X", layer.shape(layer.operands[1]))))
    assert as_window(term) == term


# ---------------------------------------------------------------------- what is not a window, and wrong windows


def layer_of(key: str, **sizes: int) -> tuple[Form, tuple[Leaf, ...]]:
    layer = form(key, brute.table_sizes(lambda letter: sizes.get(letter, 3)), rank=1, carried=0, without="ngoc")
    return layer, tuple(Leaf(f"V{k}", layer.shape(slot)) for k, slot in enumerate(layer.operands))


def view_of(key: str, operand: int, **sizes: int) -> Multi:
    layer, leaves = layer_of(key, **sizes)
    view = layer.wrt(operand)
    operands = (*leaves[:operand], Leaf("D", layer.output_shape), *leaves[operand + 1 :])
    return Multi(view, operands)


CONV = {"i": 2, "u": 3, "a": 6, "s": 2, "d": 1, "e": 1, "p": 0}


@pytest.mark.parametrize("operand", [0, 1])
@pytest.mark.parametrize("field", ["s", "d", "e", "p"])
def test_a_window_with_one_parameter_wrong_is_another_array(operand: int, field: str) -> None:
    view = view_of("conv", operand, **CONV)
    window = as_window(view)
    assert isinstance(window, Multi)
    reindexed(view, window)
    (row,) = window.form.rows
    wrong = replace(row, **{field: getattr(row, field) + 1})
    with pytest.raises(ProofError, match="no renaming"):
        reindexed(view, Multi(replace(window.form, rows=(wrong,)), window.operands))


def test_an_input_gradient_without_its_flip_is_another_array() -> None:
    view = view_of("conv", 1, **CONV)
    window = as_window(view)
    assert isinstance(window, Multi)
    plain = tuple(term.source if isinstance(term, Flip) else term for term in window.operands)
    assert plain != window.operands
    with pytest.raises(ProofError, match="no renaming"):
        reindexed(view, Multi(window.form, plain))


def test_a_weight_for_every_window_is_no_kernel() -> None:
    assert as_window(view_of("max_pool", 1, **CONV)) is None


def test_what_has_no_row_is_no_window() -> None:
    assert as_window(view_of("bias", 0)) is None


def test_a_constant_kernel_is_its_own_rotation() -> None:
    window = as_window(view_of("avg_pool", 0, **CONV))
    assert isinstance(window, Multi)
    assert not any(isinstance(term, Flip) for term in window.operands)


@pytest.mark.parametrize(("padding", "full"), [(2, True), (1, False), (0, False), (3, False)])
def test_full_is_a_padding_of_k_minus_one(padding: int, *, full: bool) -> None:
    layer, leaves = layer_of("conv", i=6, u=3, a=4, s=1, d=1, e=1, p=padding)
    assert is_full(Multi(layer, leaves)) == full
