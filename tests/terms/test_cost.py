"""Costs: the published counts, formulas in letters, and a program that counts its own multiplications."""

from itertools import product

import pytest

from symbolic.terms.cost import activations, both_gradients, multiply_adds, parameters, square_layer
from symbolic.terms.size import Size, letter_size


def counted(kernel: int, inputs: int, outputs: int, height: int, width: int) -> int:
    """The multiplications of six loops."""
    return sum(1 for _ in product(*map(range, (outputs, height, width, inputs, kernel, kernel))))


@pytest.mark.parametrize("sizes", [(3, 2, 3, 4, 5), (1, 4, 2, 3, 3), (5, 1, 1, 6, 7)])
def test_multiply_adds_are_what_the_loops_count(sizes: tuple[int, int, int, int, int]) -> None:
    layer = square_layer(*sizes)
    kernel, inputs, outputs, height, width = sizes
    assert multiply_adds(layer) == counted(*sizes)
    assert parameters(layer) == kernel * kernel * inputs * outputs
    assert activations(layer) == outputs * height * width
    assert multiply_adds(layer.wrt(0)) == multiply_adds(layer.wrt(1)) == counted(*sizes)
    assert both_gradients(layer) == 2 * counted(*sizes)


def test_without_padding_the_count_is_the_number_of_solutions() -> None:
    layer = square_layer(1, 3, 4, 5, 6)
    assert multiply_adds(layer) == len(layer.solutions()[0])


def test_the_bottleneck() -> None:
    whole = square_layer(3, 256, 256, 100, 100)
    down, up = square_layer(1, 256, 64, 100, 100), square_layer(3, 64, 256, 100, 100)
    assert multiply_adds(whole) == 5_898_240_000
    assert multiply_adds(down) + multiply_adds(up) == 1_638_400_000
    assert activations(whole) == 2_560_000
    assert activations(down) + activations(up) == 3_200_000


def test_letters_give_formulas() -> None:
    k, c, o, h, w = (letter_size(name) for name in ("k", "c", "o", "h", "w"))
    layer = square_layer(k, c, o, h, w)
    assert multiply_adds(layer) == k * k * c * o * h * w
    assert parameters(layer) == k * k * c * o
    assert activations(layer) == o * h * w
    assert both_gradients(layer) == Size.of(2) * k * k * c * o * h * w
