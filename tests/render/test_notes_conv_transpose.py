"""conv-transpose: C against NumPy, the three ways to write a layer, and mistakes that are refused."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from render.notes import conv_transpose
from render.notes.matrices import Image, Row, back_places, outer, product
from render.notes.numbers import numbers_of
from symbolic.errors import ProofError
from symbolic.terms.term import Grad
from tests.render.test_notes import results

Ints = NDArray[Any]


def layer(image: Ints, kernel: Ints) -> Ints:
    """The convolution by two loops."""
    k, m = len(kernel), len(image) - len(kernel) + 1
    return np.array([[(image[i : i + k, j : j + k] * kernel).sum() for j in range(m)] for i in range(m)])


@pytest.fixture(scope="module")
def image() -> Image:
    return Image(conv_transpose.VALUES)


def matrix(image: Image) -> Ints:
    """C with the note's numbers, from the picture's cells."""
    weights = np.array(conv_transpose.VALUES["F"]).reshape(-1)
    return np.array([[0 if n is None else weights[n] for n in row] for row in image.cells])


def test_the_picture_shows_the_matrix_of_the_layer(image: Image) -> None:
    x, f = (np.array(conv_transpose.VALUES[name]) for name in ("X", "F"))
    assert matrix(image).shape == (4, 16)
    assert (matrix(image) @ x.reshape(-1) == layer(x, f).reshape(-1)).all()
    assert [int(v) for v in numbers_of(image.point.value(image.C))] == matrix(image).reshape(-1).tolist()
    column = [row[5] for row in image.cells]
    assert column == [4, 3, 1, 0]  # F_22, F_21, F_12, F_11: backwards


def test_the_transpose_gives_the_gradient(image: Image) -> None:
    delta = np.array(conv_transpose.VALUES["D"])
    found = [int(value) for value in numbers_of(image.point.value(image.grad(image.X)))]
    assert found == (matrix(image).T @ delta).tolist()
    values = {name: conv_transpose.VALUES[name] for name in ("X", "F", "D")}
    assert [int(v) for v in image.d.evaluate(values).grads["X"].reshape(-1)] == found


def test_the_numbers_on_the_page() -> None:
    found = results(conv_transpose.note())
    assert found["y"] == [3, 12, 13, 9]
    assert found["d/dX"] == [1, 1, -2, 0, 0, 3, 6, -3, 2, -2, 3, 5, 0, 4, 0, 2]


def test_the_transposed_convolution_is_no_inverse(image: Image) -> None:
    x = np.array(conv_transpose.VALUES["X"]).reshape(-1)
    back = matrix(image).T @ (matrix(image) @ x)
    assert [int(v) for v in numbers_of(image.point.value(image.again))] == back.tolist()
    assert conv_transpose.moved(image) == int((back != x).sum())


def test_an_unturned_kernel_and_an_unadded_column_are_refused(image: Image) -> None:
    row = Row()
    with pytest.raises(ProofError):
        image.step(image.grad(image.X), conv_transpose.unturned(image.full.rhs))
    with pytest.raises(ProofError):
        row.step(row.y, product(outer(row.D, row.x), row.x))
    with pytest.raises(ProofError):
        row.step(Grad(row.d.loss, row.w), product(row.U, row.D))
    assert row.folded.rhs.shape == (4,)
    assert back_places(image, conv_transpose.unturned(image.full.rhs)) == 13
