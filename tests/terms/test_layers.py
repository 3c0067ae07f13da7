"""The TABLE's rows are read as written; elementwise products and reductions have the forms one expects."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from symbolic.roads.evaluate import contract as contracted
from symbolic.terms.layers import TABLE, form, pointwise, reduction, spread
from symbolic.terms.size import Row
from tests import brute

if TYPE_CHECKING:
    from symbolic.terms.form import Form


def contract(form: Form, arrays: list[Any]) -> Any:
    """The package's numbers; `kind` only matters where no operand has a type."""
    return contracted(form, arrays, np.dtype(object))


SIZES = brute.table_sizes(lambda _: 2)


@pytest.mark.parametrize(
    ("key", "options", "text"),
    [
        ("conv", {"rank": 1}, "O[n,(g o),i] = F[(g o),c,u] * X[n,(g c),s1*i+d1*u-p1]"),
        ("conv", {"rank": 2, "without": "n"}, "O[(g o),i,j] = F[(g o),c,u,v] * X[(g c),s1*i+d1*u-p1,s2*j+d2*v-p2]"),
        ("conv", {"rank": 2, "without": "ngoc"}, "O[i,j] = F[u,v] * X[s1*i+d1*u-p1,s2*j+d2*v-p2]"),
        ("conv_transpose", {"rank": 1, "without": "ngoc"}, "O[s1*i+d1*u-p1] = F[u] * X[i]"),
        ("bias", {"rank": 3}, "O[n,(g o),i,j,l] = b[(g o)]"),
        ("avg_pool", {"rank": 1, "carried": 2}, "O[x,y,i] = X[x,y,s1*i+d1*u-p1]"),
        ("linear", {"carried": 0}, "O[o] = X[c] * W[o,c]"),
        ("linear_bias", {"carried": 1}, "O[x,o] = b[o]"),
    ],
)
def test_axes_are_repeated_and_letters_left_out(key: str, options: dict[str, object], text: str) -> None:
    given = {"rank": 1, "carried": 0, "without": ""} | options
    assert spread(key, given["rank"], given["carried"], given["without"]) == text


@pytest.mark.parametrize("key", TABLE)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_every_row_is_read_in_every_layout(key: str, rank: int) -> None:
    for options in brute.table_options(key, rank):
        layer = form(key, SIZES, **options)
        assert layer.label == key
        affine = "s*i" in TABLE[key]
        assert layer.rows == tuple(
            Row(*names, 2, 2, 2, 2) for names in (("i", "u", "a"), ("j", "v", "b"), ("l", "w", "h"))[:rank] if affine
        )
        assert set(layer.extent) == set(layer.letters)
        assert len(layer.operands) == TABLE[key].count("[") - 1


def test_the_input_dilation_is_one_unless_given() -> None:
    layer = form("conv", dict.fromkeys(["i", "u", "a", "s1", "d1", "p1"], 3), without="ngoc")
    assert layer.rows[0].e == 1


@pytest.mark.parametrize(
    ("one", "two", "out"),
    [
        ((2, 3), (2, 3), (2, 3)),
        ((2, 3), (3,), (2, 3)),
        ((2, 1), (1, 3), (2, 3)),
        ((), (2, 1), (2, 1)),
        ((1,), (1,), (1,)),
        ((2, 1, 2), (3, 1), (2, 3, 2)),
    ],
)
def test_products_broadcast_as_in_numpy(one: tuple[int, ...], two: tuple[int, ...], out: tuple[int, ...]) -> None:
    x = np.arange(1.0, 1 + np.prod(one)).reshape(one)
    y = np.arange(2.0, 2 + np.prod(two)).reshape(two)
    product = pointwise([one, two], out, scale=Fraction(1, 2))
    assert np.array_equal(contract(product, [x, y]), x * y / 2)
    delta = np.arange(3.0, 3 + np.prod(out)).reshape(out)
    summed = np.broadcast_to(delta * y / 2, out)
    lead = len(out) - len(one)
    axes = (*range(lead), *(lead + k for k, n in enumerate(one) if n == 1 and out[lead + k] != 1))
    assert np.array_equal(contract(product.wrt(0), [delta, y]), summed.sum(axis=axes).reshape(one))


@pytest.mark.parametrize("dims", [(), (0,), (1, 2), (0, 1, 2)])
@pytest.mark.parametrize("keepdim", [False, True])
def test_reductions_are_sums_over_axes(dims: tuple[int, ...], *, keepdim: bool) -> None:
    x = np.arange(12.0).reshape(2, 3, 2)
    reduced = reduction((2, 3, 2), dims, Fraction(1, 3), keepdim=keepdim)
    expected = x.sum(axis=dims, keepdims=keepdim) / 3
    assert np.allclose(contract(reduced, [x]), expected)
    assert contract(reduced, [x]).shape == expected.shape
