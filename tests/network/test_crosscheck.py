"""d.check: three roads and differences; a road that is wrong is reported as data, and raises nothing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import symbolic as s
from render.cli import main
from symbolic.network.crosscheck import Comparison, Report
from symbolic.roads import by_sympy as entries
from symbolic.roads import numeric

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

X, F, T = s.tensor("X", (3, 3)), s.tensor("F", (2, 2)), s.tensor("T", (2, 2))
EXACT = s.derive(s.mse_loss(s.conv2d(X, F, name="O"), T, name="L"))
ROUNDED = s.derive(s.sum(s.sigmoid(s.conv2d(X, F)), name="L"))


def test_all_roads_agree_and_say_so() -> None:
    report = EXACT.check(seed=1)
    assert report.ok
    assert report.disagreement == ""
    assert str(report).count("agree") == 3
    assert "DIFFER" not in str(report)


def wrong_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    right = entries.Entries.at
    monkeypatch.setattr(entries.Entries, "at", lambda self, leaf: right(self, leaf) * 2)


def wrong_numeric(monkeypatch: pytest.MonkeyPatch) -> None:
    right = numeric.run

    def run(loss: Any, values: Any) -> Any:
        found = right(loss, values)
        (leaf,) = [tensor for tensor in found.grads if tensor.name == "F"]
        found.grads[leaf][0, 0] += 1
        return found

    monkeypatch.setattr(numeric, "run", run)


def wrong_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    right = numeric.finite_differences

    def differences(loss: Any, values: Any, name: str) -> Any:
        found = right(loss, values, name)
        return replace(found, array=found.array[::-1].copy())

    monkeypatch.setattr(numeric, "finite_differences", differences)


@pytest.mark.parametrize("derived", [EXACT, ROUNDED], ids=["exact", "rounded"])
@pytest.mark.parametrize(
    ("plant", "road"), [(wrong_entries, "entries"), (wrong_numeric, "numeric"), (wrong_differences, "differences")]
)
def test_a_wrong_road_is_reported_with_the_entry_and_both_numbers(
    plant: Callable[[pytest.MonkeyPatch], None], road: str, derived: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    report = derived.check(seed=2)
    assert not report.ok
    assert report.disagreement.startswith("dL/d")
    assert f", {road} " in report.disagreement
    assert "form finds" in report.disagreement
    assert f"DIFFER, {report.disagreement}" in str(report)
    assert "\n" not in report.disagreement


def test_a_road_of_another_shape_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    right = entries.Entries.at
    monkeypatch.setattr(entries.Entries, "at", lambda self, leaf: right(self, leaf).reshape(-1))
    assert EXACT.check(seed=2).disagreement == "dL/dX: form has shape (3, 3), entries has (9,)"


def compared(form: Any, **roads: Any) -> Comparison:
    """A scalar compared, all roads alike but for those given."""
    arrays = {name: np.array(roads.get(name, form)) for name in ("entries", "numeric", "differences")}
    exact, kinks = roads.get("exact", True), np.array(roads.get("kinks", False))
    return Comparison("x", np.array(form), **arrays, exact_differences=exact, kinks=kinks)


def number(value: Any) -> Any:
    out = np.empty((), dtype=object)
    out[()] = value
    return out


def test_exact_numbers_are_compared_exactly_and_floats_to_their_rounding() -> None:
    third = number(Fraction(1, 3))
    assert compared(third).ok
    assert not compared(third, numeric=number(Fraction(1, 3) + Fraction(1, 10**30))).ok
    assert compared(1.0, numeric=1.0 + 1e-12).ok
    assert not compared(1.0, numeric=1.0 + 1e-6).ok
    assert compared(1.0, differences=1.0 + 1e-8).ok
    assert not compared(1.0, differences=1.0 + 1e-4).ok
    assert not compared(float("nan")).ok


def test_differences_at_a_kink_are_not_compared() -> None:
    assert compared(0.0, differences=0.5, kinks=True).ok
    assert not compared(0.0, numeric=0.5, kinks=True).ok


def test_a_report_names_the_first_difference_of_all() -> None:
    good, bad = compared(1.0), compared(1.0, numeric=2.0)
    report = Report(1, (good, bad), entries_ran=True)
    assert report.disagreement == "dL/dx: form finds 1.0, numeric 2.0"
    assert Report(1, (good,), entries_ran=True).disagreement == ""


@pytest.mark.parametrize(
    "command",
    [
        ["derive", "mse_loss(conv2d(X, F), T)", "--shape", "X=3x3", "--shape", "F=2x2", "--shape", "T=2x2"],
        ["notes", "conv-layer"],
    ],
)
def test_the_command_says_it_in_one_sentence_and_writes_nothing(
    command: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong_numeric(monkeypatch)
    assert main([*command, "--out", str(tmp_path)]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("gradproof: the roads to the gradients disagree: dL/dF[0, 0]: form finds ")
    assert error.endswith("; this is a fault of gradproof, and nothing was written")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_division_by_zero_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    from render import cli

    def broken(_argv: object) -> int:
        return 1 // 0

    monkeypatch.setattr(cli, "_run", broken)
    with pytest.raises(ZeroDivisionError):
        main([])
