"""Steppers of random layers: the cells that light up are those of the checked sums, and the window holds them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.stepper import stepping
from render.stepper_layer import alone
from symbolic import avg_pool1d, avg_pool2d, conv1d, conv2d, conv_transpose1d, conv_transpose2d, max_pool1d, max_pool2d
from symbolic.errors import GradproofError
from symbolic.terms.size import ints
from symbolic.terms.term import Node, Tensor
from tests.render.test_stepper import T, agree, made

CONVOLUTIONS = {1: (conv1d, conv_transpose1d), 2: (conv2d, conv_transpose2d)}
POOLS = {1: (avg_pool1d, max_pool1d), 2: (avg_pool2d, max_pool2d)}
Values = dict[Tensor, np.ndarray]


@st.composite
def convolutions(draw: Any) -> Node:
    rank = draw(st.sampled_from((1, 2)))
    few = st.lists(st.integers(1, 3), min_size=rank, max_size=rank).map(tuple)
    transposed, channels, bias = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    groups, ins, outs = draw(st.tuples(*[st.integers(1, 2)] * 3)) if channels else (1, 1, 1)
    batch = draw(st.sampled_from(((), (2,)))) if channels else ()
    size = draw(st.lists(st.integers(1, 5), min_size=rank, max_size=rank).map(tuple))
    kernel = (groups * ins, outs) if transposed else (groups * outs, ins)
    x = T("X", *batch, *((groups * ins,) if channels else ()), *size)
    f = T("F", *(kernel if channels else ()), *draw(few))
    b = T("b", *((groups * outs,) if channels else ())) if bias else None
    options = {"stride": draw(few), "dilation": draw(few), "padding": draw(st.integers(0, 2)), "groups": groups}
    return made(CONVOLUTIONS[rank][transposed](x, f, b, name="O", **options))


@st.composite
def pools(draw: Any) -> tuple[Node, Values]:
    rank, largest = draw(st.sampled_from((1, 2))), draw(st.booleans())
    few = st.lists(st.integers(1, 3), min_size=rank, max_size=rank).map(tuple)
    kernel, channels = draw(few), draw(st.sampled_from(((), (2,))))
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    x = T("X", *channels, *draw(st.lists(st.integers(1, 5), min_size=rank, max_size=rank)))
    layer = made(POOLS[rank][largest](x, kernel, draw(few), padding, ceil_mode=draw(st.booleans()), name="O"))
    numbers = draw(st.lists(st.integers(0, 4), min_size=x.size, max_size=x.size))
    return layer, {x: np.array(numbers).reshape(ints(x.shape))}


def check(layer: Node, numbers: Values) -> None:
    agree(layer, numbers)
    steps = stepping(alone(layer, "", numbers))
    for choices in steps.choices:
        for choice in choices:
            over, cells = choice.window or (-1, ())
            assert len(cells) == len(set(cells))
            assert {cell for array, cell, _ in choice.lit if array == over} <= set(cells)


def possible(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What the interface accepts of a strategy's layers."""

    @st.composite
    def tried(draw: Any) -> Any:
        try:
            return draw(strategy)
        except GradproofError:  # a kernel larger than its image, a window in the padding alone
            return None

    return tried().filter(lambda found: found is not None)


@pytest.mark.slow
@given(possible(convolutions()))
def test_convolutions_of_any_kind(layer: Node) -> None:
    check(layer, {})


@pytest.mark.slow
@given(possible(pools()))
def test_pools_of_any_kind(found: tuple[Node, Values]) -> None:
    check(*found)
