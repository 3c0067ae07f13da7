"""autodiff-quadratic: the published numbers, the sign of the update, and where 500 steps end."""

import contextlib
import io
import re
from fractions import Fraction

import pytest

from render.document import Code, Table
from render.notes import autodiff_quadratic, parabola
from render.notes.numbers import numbers_of
from symbolic.errors import ProofError
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.term import Grad
from tests.render.test_notes import results


def table_of(header: str) -> Table:
    blocks = autodiff_quadratic.note().blocks
    return next(b for b in blocks if isinstance(b, Table) and b.header[0] == header)


def test_the_published_numbers() -> None:
    found = results(autodiff_quadratic.note())
    expected = {"dy/dx": [-2], "Y": [1, 1, 0, 1], "dL/dX": [-2, -2, 0, 2], "x_new": [Fraction("0.02")]}
    assert {key: found[key] for key in expected} == expected


def test_the_step_with_the_minus_falls_and_the_other_rises() -> None:
    assert [row[1:] for row in table_of("sign.step").rows] == [
        (Fraction("0.02"), Fraction("0.9604")),
        (Fraction("-0.02"), Fraction("1.0404")),
    ]


def test_500_steps_end_at_one_minus_a_power() -> None:
    x, y = parabola.after(500)
    q = Fraction(49, 50) ** 500
    assert x.rhs == parabola.left_over(500)
    assert numbers_of(x.rhs.parts[0])[0] - q == 1 - Fraction(98, 100) ** 500
    assert abs(float(1 - q) - 0.9999589760148545) < 1e-15
    assert abs(float(q * q) / 1.6829673572159556e-09 - 1) < 1e-12
    assert y.lhs.name == "y500"  # type: ignore[attr-defined] # the last parabola's value
    assert parabola.distances()[-1] == (500, "0.9999589760", "0.0000000017")


@pytest.mark.parametrize("count", [499, 501])
def test_another_power_is_refused(count: int) -> None:
    x, _ = parabola.after(500)
    with pytest.raises(ProofError):
        Step(x.lhs, parabola.left_over(count), Rule.COLLECT, x.proof)


def test_the_gradient_has_no_sign_of_its_own() -> None:
    here = autodiff_quadratic.Setting()
    slope = Grad(here.one.y, here.one.x)
    with pytest.raises(ProofError):
        Step(slope, here.point.value(here.one.a), Rule.NUMBERS, Expand(here.point.facts))
    assert numbers_of(here.point.step(slope).rhs) == (Fraction(-2),)


def test_the_code_on_the_page_prints_what_it_says() -> None:
    (code,) = [block for block in autodiff_quadratic.note().blocks if isinstance(block, Code)]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code.text, "note", "exec"), {})  # noqa: S102 (the project's own listing)
    assert output.getvalue().splitlines() == re.findall(r"# (.*)$", code.text, flags=re.MULTILINE)
