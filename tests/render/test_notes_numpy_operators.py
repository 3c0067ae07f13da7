"""numpy-operators: the published numbers, the mistake and what hides it, the listings run as they are printed."""

import contextlib
import io
import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from render.document import Code, Statement, Theorem
from render.notes import listings, numpy_operators, operators
from symbolic.errors import ProofError
from symbolic.kernel.logic import Expand, Rule, Scope, Step

GRAD_X = [[[1, 1, 0], [-5, -11, -6], [-6, -12, -6]], [[-2, -6, -4], [-8, -16, -8], [-6, -10, -4]]]
WRONG = [[[-6, -12, -6], [-6, -11, -5], [0, 1, 1]], [[-4, -10, -6], [-8, -16, -8], [-4, -6, -2]]]
GRAD_F = [[[-8, -12], [-20, -24]], [[-12, -16], [-24, -28]]]
COUNTED = [[[-25, -30, -4], [-1, 10, 12], [38, 66, 28]], [[26, 60, 36], [48, 108, 60], [30, 56, 24]]]


def listed() -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(listings.listing(), "listing", "exec"), names)  # noqa: S102 (the project's own listing)
    return names


def test_the_published_numbers() -> None:
    here = operators.Setting()
    assert here.numbers(here.O).tolist() == [[[59, 75], [107, 123]], [[14, 19], [29, 34]], [[25, 31], [43, 49]]]
    assert here.numbers(here.grad(here.X)).tolist() == GRAD_X
    assert here.numbers(here.grad(here.F)).tolist() == [GRAD_F] * 3
    assert here.numbers(here.grad(here.b)).tolist() == [-4, -4, -4]
    assert here.numbers(here.published).tolist() == WRONG
    assert here.differ() == 14


def test_the_mistake_is_refused_as_a_gradient() -> None:
    here = operators.Setting()
    with pytest.raises(ProofError):
        Step(here.grad(here.X), here.published, Rule.WINDOW, Expand(here.point.facts))


def test_what_hides_the_mistake() -> None:
    assert operators.hidden() == ((14, 18), (0, 0))
    here = operators.Setting(operators.WEIGHTS, operators.COUNTING)
    assert here.numbers(here.grad(here.X)).tolist() == COUNTED


def test_the_letters_of_the_relation() -> None:
    assert listings.views() == ("ocuv,ncuvij->noij", "noij,ncuvij->ocuv", "ocuv,noij->ncuvij")
    assert all(view in listings.listing() for view in listings.views())
    assert listings.by_window() == "ocuv,nouvij->ncij"
    assert listings.by_window() in listings.sliding()


@pytest.mark.parametrize(("size", "kernel", "stride"), [(5, 2, 1), (6, 3, 2), (7, 3, 3)])
def test_the_listing_by_differences(size: int, kernel: int, stride: int) -> None:
    random = np.random.default_rng(0)
    x, w = random.integers(-4, 5, (2, 2, size, size)), random.integers(-4, 5, (3, 2, kernel, kernel))
    conv = listed()["Conv2D"](w, np.array([1, -2, 3]), stride)
    delta = random.integers(-3, 4, conv.forward(x).shape)
    back = conv.backward(delta)
    found = np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        moved = x.copy()
        moved[place] += 1
        found[place] = ((conv.forward(moved) - conv.forward(x)) * delta).sum()  # linear: the difference is exact
    assert (found == back).all()


def test_max_pooling_takes_the_first_of_equals() -> None:
    pool = listed()["MaxPooling"](2, 2)
    assert pool.forward(np.array([[[[3, 3], [1, 3]]]])).tolist() == [[[[3]]]]
    assert pool.backward(np.array([[[[5]]]])).tolist() == [[[[5, 0], [0, 0]]]]


def test_a_listing_that_disagrees_stops_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    assert operators.compared() == 134
    wrong = listed()
    monkeypatch.setattr(wrong["MaxPooling"], "backward", lambda self, _delta: np.zeros(self.shape, int))
    monkeypatch.setattr(operators, "program", lambda: SimpleNamespace(**wrong))
    with pytest.raises(ArithmeticError, match="the listing gives"):
        operators.compared()


def test_the_code_on_the_page_prints_what_it_says() -> None:
    code = "\n".join(block.text for block in numpy_operators.note().blocks if isinstance(block, Code))
    said = "".join(re.findall(r"^# (.*)$", code, flags=re.MULTILINE))
    names: dict[str, Any] = {}
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, "note", "exec"), names)  # noqa: S102 (the project's own listings)
    assert re.sub(r"\s", "", output.getvalue()) == re.sub(r"\s", "", said)
    assert "14 of 18 entries are wrong" in said
    assert (names["right"][0].tolist(), names["wrong"][0].tolist()) == (GRAD_X, WRONG)


def test_right_and_published_stand_side_by_side() -> None:
    here = operators.Setting()
    minus = [value for row in here.numbers(here.difference.lhs).tolist() for line in row for value in line]
    assert sum(value != 0 for value in minus) == 14
    statements = [block for block in numpy_operators.mistake(here) if isinstance(block, Statement)]
    (shown,) = [block.steps for block in statements if "mistake.wrong" in block.reasons]
    assert [step.rhs for step in shown] == [here.point.value(term) for term in (here.grad(here.X), here.published)]


def test_the_products_are_stated_for_all_sizes() -> None:
    (block,) = [block for block in numpy_operators.all_sizes() if isinstance(block, Theorem)]
    assert [part.name for part in (block.derivation, *block.more)] == ["forward", "filter", "input"]
    assert {part.scope for part in (block.derivation, *block.more)} == {Scope.ALL_SIZES}
