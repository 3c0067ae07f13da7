"""The cross-check at the end of a note: its table, and that a disagreement stops the page."""

from dataclasses import replace
from fractions import Fraction

import pytest

from render.document import Table
from render.notes import closing, conv_avgpool_mse, conv_layer
from render.notes.numbers import numbers_of
from symbolic.terms.term import Data


def test_a_disagreement_of_the_roads_stops_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    here = conv_avgpool_mse.Setting()
    report = here.d.check(conv_avgpool_mse.VALUES)
    row = replace(report.rows[0], numeric=report.rows[0].numeric + 1)
    bad = replace(report, rows=(row, *report.rows[1:]))
    monkeypatch.setattr(here.d, "check", lambda _values: bad)
    with pytest.raises(ArithmeticError, match="disagree"):
        closing.Crosscheck(here.d, conv_avgpool_mse.VALUES)


def test_the_cross_check_prints_small_matrices_whole_and_others_entry_by_entry() -> None:
    small = conv_layer.Setting()
    *_, table = closing.Crosscheck(small.d, conv_layer.VALUES).blocks(small.F, small.X)
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == [small.grad(small.F), small.grad(small.X)]
    assert all(list(numbers_of(cell)) == [1, 8, 1, 0] for cell in table.rows[0][1:] if isinstance(cell, Data))
    assert [type(cell) for cell in table.rows[0][1:]] == [Data] * 4
    wide = {**conv_layer.VALUES, "D": [[10**6, 1], [1, 10**6]]}
    *_, table = closing.Crosscheck(small.d, wide).blocks(small.F, small.X)
    assert isinstance(table, Table)
    assert len(table.rows) == 4 + 9
    floats = {**conv_layer.VALUES, "D": [[0.1, 1.0], [1.0, 0.3]]}
    *_, table = closing.Crosscheck(small.d, floats).blocks(small.F)
    assert isinstance(table, Table)
    assert len(table.rows) == 4


def test_every_road_prints_an_entry_in_the_same_form() -> None:
    third, sixth = Fraction(1, 3), 1 / 6
    assert closing._cells([third, Fraction(2)]) == [third, 2]
    assert closing._cells([1 / 3, third, 0.3333333334]) == ["0.333333"] * 3
    assert closing._cells([-7.0, Fraction(-7), -6.99999999998]) == [-7] * 3
    assert closing._cells([-6.9999, Fraction(-7)]) == ["−6.999900", "−7.000000"]
    assert closing._cells([sixth, Fraction(1, 6)]) == ["0.166667"] * 2
