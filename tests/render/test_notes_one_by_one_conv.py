"""one-by-one-conv: the published counts, the misprint, and the layer as a product of matrices."""

import numpy as np
import pytest

from render.document import Box, Prose
from render.notes import one_by_one_conv
from render.notes.costs import INCEPTION, counted, parameters_of, total
from render.notes.matrices import matmul
from render.notes.numbers import numbers_of
from symbolic.errors import ProofError

PLAIN, NARROW = ([layer for path in paths for layer in path] for paths in INCEPTION)


def test_the_published_parameters() -> None:
    assert total(counted(PLAIN)) == 64 * 192 + 9 * 192 * 128 + 25 * 192 * 32 == 387_072
    assert total(counted(NARROW)) == 157_184
    assert [total(parameters_of(path).steps[0]) for path in INCEPTION[1]] == [12_288, 129_024, 15_872]


def test_the_misprint_is_told() -> None:
    (box,) = [
        block for block in one_by_one_conv.note().blocks if isinstance(block, Box) and block.key == "inception.box"
    ]
    (said,) = box.blocks
    assert isinstance(said, Prose)
    assert said.params == {"third": 129_024, "fifth": 154_829, "small": 157_184}
    assert abs(157_184 - 154_829) < abs(157_184 - 129_024)


def test_matrices_give_the_layer_and_its_gradients() -> None:
    here = one_by_one_conv.Setting()
    p = np.array(one_by_one_conv.VALUES["X"]).reshape(3, 4)
    m = np.array(one_by_one_conv.VALUES["F"]).reshape(2, 3)
    delta = np.array(one_by_one_conv.VALUES["D"]).reshape(2, 4)
    for step, expected in ((here.forward, m @ p), (here.by_filter, delta @ p.T), (here.by_image, m.T @ delta)):
        assert [int(n) for n in numbers_of(here.point.value(step.rhs))] == expected.reshape(-1).tolist()


def test_the_weights_untransposed_are_refused() -> None:
    here = one_by_one_conv.Setting()
    with pytest.raises(ProofError):
        here.step(here.Q, matmul(here.M, matmul(here.M, here.P), left=True))
    with pytest.raises(ProofError):
        here.step(
            here.by_filter.lhs, matmul(matmul(here.delta, here.P, right=True), matmul(here.P, here.P, right=True))
        )


def test_two_linear_layers_are_one() -> None:
    step = one_by_one_conv.two_layers()
    assert step.lhs.shape == step.rhs.shape == (2, 4)
    assert step.lhs != step.rhs
