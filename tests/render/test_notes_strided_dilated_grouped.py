"""strided-dilated-grouped: unread pixels, inserted zeros, groups as separate layers; wrong windows are refused."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from render.document import Table
from render.notes import strided, strided_dilated_grouped
from render.notes.numbers import numbers_of
from render.notes.story import recognized
from symbolic.errors import ProofError
from symbolic.kernel.logic import Expand, Rule, Scope, Step
from symbolic.terms.term import Grad, Multi
from symbolic.theorems import theorem


def by_hand(layer: strided.Layer, stride: int, dilation: int) -> list[float]:
    """dL/dX of one row by plain loops."""
    image, kernel, error = (np.array(layer.values[name]) for name in ("X", "F", "D"))
    found = np.zeros(len(image))
    for i, delta in enumerate(error):
        for u, weight in enumerate(kernel):
            found[stride * i + dilation * u] += delta * weight
    return found.tolist()


@pytest.mark.parametrize(("layer", "stride", "dilation"), [(strided.strided(), 2, 1), (strided.dilated(), 1, 2)])
def test_gradients_by_plain_loops(layer: strided.Layer, stride: int, dilation: int) -> None:
    assert numbers_of(layer.point.value(layer.grad(layer.X))) == tuple(
        Fraction(x) for x in by_hand(layer, stride, dilation)
    )


def test_pixels_that_no_window_reads_get_zero() -> None:
    assert strided.unread(strided.strided()) == ((5,),)
    unread = set(strided.unread(strided.strided_image()))
    assert unread == {(i, j) for i in range(6) for j in range(6) if 5 in (i, j)}
    assert strided.zeros(strided.strided_image()).rhs.size == 11


def test_the_zero_is_inserted_between_the_entries_of_delta() -> None:
    layer = strided.strided()
    step = strided.with_zeros(recognized(layer.d, layer.X).rhs)
    window = step.rhs
    assert isinstance(window, Multi)
    (row,) = window.form.rows
    assert (row.s, row.d, row.e, row.p) == (1, 1, 1, 2)
    dense = replace(window.form.rows[0], p=1)
    with pytest.raises(ProofError):
        Step(step.lhs, Multi(replace(window.form, rows=(dense,)), window.operands), Rule.WINDOW, Expand())


@pytest.mark.parametrize(
    ("layer", "name", "expected"),
    [
        (strided.strided(), "F", (1, 2, 1)),
        (strided.strided(), "X", (1, 1, 2)),
        (strided.dilated(), "F", (2, 1, 1)),
        (strided.dilated(), "X", (1, 2, 1)),
    ],
)
def test_the_table_of_windows(layer: strided.Layer, name: str, expected: tuple[int, int, int]) -> None:
    window = recognized(layer.d, layer.F if name == "F" else layer.X).rhs
    assert isinstance(window, Multi)
    (row,) = window.form.rows
    assert (row.s, row.d, row.e) == expected


def test_depthwise_channels_do_not_hear_of_one_another() -> None:
    layer = strided.depthwise()
    other = {**layer.values, "D": [[1, -2, 4], [7, 7, 7]]}
    before, after = (layer.d.evaluate(values).grads for values in (layer.values, other))
    assert (before["X"][0] == after["X"][0]).all()
    assert (before["X"][1] != after["X"][1]).any()
    assert (before["F"][0] == after["F"][0]).all()


def test_weights_by_groups() -> None:
    table = next(
        b for b in strided_dilated_grouped.note().blocks if isinstance(b, Table) and b.header[0] == "groups.groups"
    )
    assert table.rows == ((1, 4, 144), (2, 2, 72), (4, 1, 36))


def test_the_exchanges_hold_for_all_sizes() -> None:
    keys = ("filter-gradient", "input-gradient", "window-swaps")
    assert all(part.scope is Scope.ALL_SIZES for key in keys for part in theorem(key).parts)


def test_a_stride_forgotten_backwards_is_refused() -> None:
    layer = strided.strided()
    window = recognized(layer.d, layer.F).rhs
    assert isinstance(window, Multi)
    row = replace(window.form.rows[0], d=1)
    with pytest.raises(ProofError):
        Step(
            Grad(layer.d.loss, layer.F),
            Multi(replace(window.form, rows=(row,)), window.operands),
            Rule.WINDOW,
            Expand(layer.point.facts),
        )
