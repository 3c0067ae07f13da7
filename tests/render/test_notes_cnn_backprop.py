"""cnn-backprop: both conventions against plain loops, the rotated activation refused, the network by differences."""

import numpy as np
import pytest
from numpy.typing import NDArray

from render.document import Theorem
from render.notes import cnn_backprop
from render.notes.backprop import Channels, Conventions, Dense, Layer, Network, Row
from render.notes.numbers import numbers_of
from symbolic.errors import ProofError
from symbolic.kernel.logic import Expand, Rule, Scope, Step
from symbolic.terms.term import Flip, Multi, Sum, scalars

Floats = NDArray[np.float64]
A, W, D = (np.array(cnn_backprop.VALUES[name], dtype=float) for name in ("A", "W", "D"))


def slid(image: Floats, kernel: Floats) -> Floats:
    """Cross-correlation by loops."""
    k, m = len(kernel), len(image) - len(kernel) + 1
    return np.array([[(image[i : i + k, j : j + k] * kernel).sum() for j in range(m)] for i in range(m)])


def difference(turn: int) -> Floats:
    """The gradient of sum(D * layer) by W, by changing one weight; `turn` 2 for a true convolution."""
    found = np.zeros_like(W)
    for place in np.ndindex(*W.shape):
        step = np.zeros_like(W)
        step[place] = 1.0
        found[place] = (D * (slid(A, np.rot90(W + step, turn)) - slid(A, np.rot90(W, turn)))).sum()
    return found


@pytest.fixture(scope="module")
def both() -> Conventions:
    return Conventions(cnn_backprop.VALUES)


def test_each_convention_has_its_own_gradient(both: Conventions) -> None:
    window, rotated = (
        np.array([float(n) for n in numbers_of(both.point.value(term))]).reshape(2, 2)
        for term in (both.correlated_weights.rhs, both.rotated)
    )
    assert (window == difference(0)).all()
    assert (rotated == difference(2)).all()
    assert (rotated == np.rot90(window, 2)).all()
    assert cnn_backprop.differences(both) == int((window != rotated).sum()) == 4


def test_the_formula_of_the_other_convention_is_refused(both: Conventions) -> None:
    rule = both.correlated_weights
    with pytest.raises(ProofError):
        Step(rule.lhs, both.rotated, Rule.WINDOW, rule.proof)
    with pytest.raises(ProofError):
        Step(both.true_back.lhs, both.correlated_back.rhs, Rule.WINDOW, both.true_back.proof)


def test_the_dense_layer_is_transposed() -> None:
    dense = Dense()
    assert dense.back.rhs.shape == (2,)
    with pytest.raises(ProofError):
        Step(dense.weights.lhs, dense.W, Rule.COLLECT, dense.rules)


def test_the_slope_is_needed() -> None:
    layer = Layer()
    with pytest.raises(ProofError):
        Step(layer.back[0].lhs, layer.d.proof(layer.A).rhs, Rule.WINDOW, Expand(layer.back[:1]))


def test_every_tensor_of_the_network_has_its_rule() -> None:
    whole = Network()
    for tensor in (whole.y, whole.c, whole.V, whole.f, whole.P, whole.A, whole.Z, whole.b, whole.W, whole.X):
        assert whole.rule(tensor).lhs.shape == tensor.shape
    assert whole.d.check(cnn_backprop.WHOLE).ok


def test_one_entry_of_the_dense_layer_needs_all_three_paths() -> None:
    dense = Dense()
    one, three, put = dense.first
    assert (one.rhs, three.rhs) == (three.lhs, put.lhs)
    with pytest.raises(ProofError):
        Step(three.lhs, put.rhs, Rule.LOCAL, Expand((dense.slopes,)))
    bracket, slope = put.rhs.operands  # type: ignore[attr-defined]
    for k in range(3):
        fewer = Sum(bracket.terms[:k] + bracket.terms[k + 1 :], ())
        with pytest.raises(ProofError):
            Step(put.lhs, scalars(fewer, slope), Rule.LOCAL, put.proof)


def test_one_row_needs_its_weights_flipped() -> None:
    row = Row()
    window = row.back.rhs
    assert isinstance(window, Multi)
    plain = Multi(window.form, tuple(x.source if isinstance(x, Flip) else x for x in window.operands))
    with pytest.raises(ProofError):
        Step(row.back.lhs, plain, Rule.WINDOW, row.back.proof)


def test_with_channels_the_way_to_the_activations_adds_over_the_output_channels() -> None:
    here = Channels()
    assert [rule.lhs.shape for rule in here.rules] == [here.A.shape, here.W.shape, here.b.shape]
    assert here.d.check(seed=0).ok


def test_both_conventions_are_stated_for_all_sizes() -> None:
    correlation, convolution = [block for block in cnn_backprop.all_sizes() if isinstance(block, Theorem)]
    for block in (correlation, convolution):
        assert [part.scope for part in (block.derivation, *block.more)] == [Scope.ALL_SIZES] * 2
