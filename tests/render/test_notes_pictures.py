"""Pictures with numbers: what stands in the cells is what the page computes."""

import re
from types import ModuleType

import pytest

from render.figure import svg
from render.notes import conv_layer, conv_sum_mse
from render.notes.pictures import numbered_window


@pytest.mark.parametrize(
    ("module", "kernel", "middle", "turned"),
    [(conv_sum_mse, "K", 44, [5, 1, 2, 3]), (conv_layer, "F", 3, [4, 3, 2, 1])],
)
def test_the_window_over_the_error_term_shows_the_turned_kernel(
    module: ModuleType, kernel: str, middle: int, turned: list[int]
) -> None:
    here = module.Setting()
    scene = numbered_window(here.point, here.grad(here.O), getattr(here, kernel), here.grad(here.X))
    shown = [int(text) for text in re.findall(r">(-?\d+)<", svg(scene).replace("−", "-"))]
    error, gradient = (here.d.evaluate(module.VALUES).grads[name].reshape(-1).tolist() for name in "OX")
    assert sum(a * b for a, b in zip(error, turned, strict=True)) == middle == gradient[4]
    expected = [0] * 12 + error + turned + gradient
    assert sorted(shown) == sorted(expected)
