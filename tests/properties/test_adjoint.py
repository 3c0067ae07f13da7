"""Over every TABLE row: <C x, y> = <x, C^T y>, and C's matrix is transposed by going back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.roads.evaluate import contract as contracted
from symbolic.terms.layers import TABLE
from tests import brute

if TYPE_CHECKING:
    from symbolic.terms.form import Form


def contract(form: Form, arrays: list[Any]) -> Any:
    """The package's numbers; `kind` only matters where no operand has a type."""
    return contracted(form, arrays, np.dtype(object))


def paired(one: Any, two: Any) -> Any:
    return np.sum(np.asarray(one * two, dtype=object))


@pytest.mark.parametrize("key", TABLE)
@settings(max_examples=12)
@given(st.data())
def test_backward_is_the_adjoint_of_forward(key: str, data: st.DataObject) -> None:
    layer = data.draw(brute.table_forms([key]))
    values = data.draw(brute.operands(layer))
    y = data.draw(brute.arrays(tuple(int(n) for n in layer.output_shape)))  # type: ignore[arg-type]
    forward = paired(contract(layer, values), y)
    for operand, x in enumerate(values):
        back = contract(layer.wrt(operand), [*values[:operand], y, *values[operand + 1 :]])
        assert back.shape == x.shape
        assert paired(x, back) == forward


@pytest.mark.parametrize("key", TABLE)
@settings(max_examples=6)
@given(st.data())
def test_backward_is_the_transposed_matrix(key: str, data: st.DataObject) -> None:
    """C column by column from unit inputs, C^T column by column from unit cotangents."""
    layer = data.draw(brute.table_forms([key], most_rank=1))
    values = data.draw(brute.operands(layer))
    operand = len(values) - 1

    def matrix(form: Form, shape: tuple[int, ...]) -> Any:
        columns = []
        for place in range(int(np.prod(shape, dtype=int))):
            unit = brute.filled((int(np.prod(shape, dtype=int)),))
            unit[place] = 1
            columns.append(contract(form, [*values[:operand], unit.reshape(shape)]).reshape(-1))
        return np.array(columns, dtype=object)

    shape = tuple(int(n) for n in layer.output_shape)  # type: ignore[arg-type]
    assert (matrix(layer, values[operand].shape) == matrix(layer.wrt(operand), shape).T).all()
