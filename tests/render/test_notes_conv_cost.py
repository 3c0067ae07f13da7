"""conv-cost: the published counts, loops that count, and the formulas in letters."""

from fractions import Fraction
from itertools import product

import pytest

from render.notes import conv_cost
from render.notes.budget import BOTTLENECK, DIRECT, Sizes, amounts, break_even
from render.notes.numbers import numbers_of
from symbolic.errors import ProofError
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.term import Const, Multi
from tests.render.test_notes import results


def test_the_published_counts() -> None:
    sizes = Sizes()
    assert amounts(sizes, sizes.time) == (5_898_240_000, 1_638_400_000)
    assert amounts(sizes, sizes.activations) == (2_560_000, 3_200_000)
    assert amounts(sizes, sizes.parameters) == (9 * 256 * 256, 256 * 64 + 9 * 64 * 256)


def test_they_stand_on_the_page() -> None:
    found = results(conv_cost.note())
    assert [int(found[key][0]) for key in ("T", "A", "P")] == [5_898_240_000, 2_560_000, 589_824]


def test_the_formulas_count_what_loops_count() -> None:
    sizes = Sizes()
    layer = {"H": 3, "W": 4, "k": 3, "C": 2, "D": 5}
    loops = sum(1 for _ in product(*(range(layer[x]) for x in ("H", "W", "D", "k", "k", "C"))))
    for node, expected in ((sizes.time, loops), (sizes.activations, 60), (sizes.parameters, 90)):
        assert sizes.amount(node, layer) == expected
        assert list(numbers_of(sizes.worked(node, layer)[-1].rhs)) == [Fraction(expected)]


def test_each_gradient_has_as_many_products_as_the_output() -> None:
    assert conv_cost.Small().products == {"forward": 16, "filter": 16, "input": 16}


def test_the_detour_pays_up_to_the_limit() -> None:
    sizes = Sizes()
    limit, whole = break_even(sizes)
    assert (limit, whole) == (Fraction(1152, 5), 230)
    for middle, pays in ((whole, True), (whole + 1, False)):
        layers = ({**BOTTLENECK[0], "D": middle}, {**BOTTLENECK[1], "C": middle})
        assert (sum(sizes.amount(sizes.time, layer) for layer in layers) < sizes.amount(sizes.time, DIRECT)) is pays


def test_a_kernel_counted_once_is_refused() -> None:
    sizes = Sizes()
    with pytest.raises(ProofError):
        Step(sizes.time.body, Const(Fraction(100 * 100 * 256 * 3 * 256)), Rule.NUMBERS, Expand(sizes.given(DIRECT)))


def test_both_ways_cost_the_same_at_the_limit() -> None:
    sizes = Sizes()
    step = conv_cost.equal(sizes)
    assert [value for part in step.lhs.parts for value in numbers_of(part)] == [25_600_000, Fraction(1152, 5)]
    assert list(numbers_of(step.rhs)) == [5_898_240_000]
    whole = sizes.detour_worked[-1].rhs
    assert isinstance(whole, Multi)
    assert whole.form.scale == 100 * 100 * (256 + 9 * 256)


@pytest.mark.parametrize(("image", "kernel"), conv_cost.COUNTED)
def test_the_table_counts_what_loops_count(image: tuple[int, ...], kernel: tuple[int, ...]) -> None:
    *_, height, width = image
    *channels, rows, columns = kernel
    places = (height - rows + 1) * (width - columns + 1)
    expected = sum(1 for _ in product(range(places), *map(range, (*channels, rows, columns))))
    assert conv_cost.counted_row(image, kernel)[2:] == (expected,) * 4


def test_a_formula_that_does_not_count_stops_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conv_cost, "multiply_adds", lambda _form: 15)
    with pytest.raises(ArithmeticError, match="the formula says 15"):
        conv_cost.counted_row(*conv_cost.COUNTED[0])
