"""conv-layer: the row that comes first, and the general step, which counts places as the text does."""

import re

import numpy as np
import pytest

from render.formats import FORMATS
from render.notation import standard
from render.notes import conv_layer
from render.notes.conv_row import Row
from render.notes.story import recognized
from render.page import Page
from render.words import words
from symbolic.errors import ProofError
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.term import Flip, Multi


def test_the_gradients_of_the_row_are_two_windows() -> None:
    row = Row()
    x, f, delta = np.array([2, -1, 3]), np.array([5, 7]), np.array([1, 4])
    grads = row.d.evaluate({"X": x, "F": f, "D": delta}).grads
    assert grads["F"].tolist() == np.correlate(x, delta, "valid").tolist() == [-2, 11]
    assert grads["X"].tolist() == np.convolve(delta, f).tolist() == [5, 27, 28]


def test_the_row_not_read_backwards_is_refused() -> None:
    row = Row()
    right = recognized(row.d, row.X)
    assert isinstance(right.rhs, Multi)
    operands = tuple(part.source if isinstance(part, Flip) else part for part in right.rhs.operands)
    with pytest.raises(ProofError):
        Step(right.lhs, Multi(right.rhs.form, operands), Rule.WINDOW, Expand())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_general_step_counts_from_0_as_the_text_beside_it(lang: str) -> None:
    text = Page(conv_layer.note(), words(lang, "conv-layer"), FORMATS["md"], standard()).text()
    (relation,) = re.findall(r"\\sum_\{\\substack\{(.*?)\}\} F_\{uv\}", text)
    assert relation == r"s_{1}i + d_{1}u = e_{1}a + p_{1} \\ s_{2}j + d_{2}v = e_{2}b + p_{2}"
    assert "$`s i + d u - p`$" in text
