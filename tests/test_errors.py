"""Wrong input, one row each: a sentence that names what was given, what was expected and where; never a traceback.

Every constraint that PyTorch checks is here, and what a network as a whole may get wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import symbolic as s
from symbolic import GradproofError, tensor

if TYPE_CHECKING:
    from collections.abc import Callable

X, F, T = tensor("X", (4, 4)), tensor("F", (2, 2)), tensor("T", (3, 3))
V, W = tensor("V", (4,)), tensor("W", (3, 4))
I, K, b = tensor("I", (2, 4, 5, 5)), tensor("K", (4, 2, 3, 3)), tensor("b", (4,))
Q = tensor("Q", (4, 5, 6))
d = s.derive(s.mse_loss(s.conv2d(X, F, name="O"), T))
ONES = {"X": np.ones((4, 4), dtype=int), "F": [[1, 2], [3, 4]], "T": np.zeros((3, 3), dtype=int)}
quotient = s.derive(s.sum(X / (X - 1)))
steep = s.derive(s.sum(X**64))

ROWS: list[tuple[str, Callable[[], Any], str]] = [
    # shapes and names
    ("a size of 0", lambda: tensor("X", (0, 3)), "tensor 'X' | shape | at least 1 | 0"),
    ("a negative size", lambda: tensor("X", (3, -3)), "tensor 'X' | shape | at least 1 | -3"),
    ("a size in halves", lambda: tensor("X", (2.5,)), "tensor 'X' | whole number | 2.5"),
    ("a name with a brace", lambda: tensor("X}", (2,)), "'X}' | letters"),
    ("a name that is TeX", lambda: tensor(r"\input{x}", (2,)), "cannot name a tensor | letters"),
    ("a name that is HTML", lambda: tensor("<script>", (2,)), "'<script>' | letters"),
    ("a name that is a template", lambda: tensor("{{7*7}}", (2,)), "'{{7*7}}' | letters"),
    ("an empty name", lambda: tensor("", (2,)), "'' | letters"),
    ("a number as a name", lambda: s.relu(X, name=5), "5 | cannot name a tensor"),
    ("a name of an operator's result", lambda: s.relu(X, name="a b"), "'a b' | letters"),
    (
        "two tensors of one name",
        lambda: s.derive(s.sum(X * tensor("X", (4, 1)))),
        "two different tensors | 'X' | (4, 1)",
    ),
    ("entries that print alike", lambda: s.derive(s.sum(tensor("A", (1, 10)) * tensor("A_1", (10,)))), "A_1_10"),
    # convolutions
    ("a kernel larger than the input", lambda: s.conv2d(F, X), "conv2d | kernel | (4, 4) | larger | (2, 2)"),
    ("a dilated kernel too large", lambda: s.conv2d(X, F, dilation=4), "conv2d | dilated | 5 | larger"),
    ("a stride of 0", lambda: s.conv2d(X, F, stride=0), "conv2d | stride | at least 1 | 0"),
    ("a stride in halves", lambda: s.conv2d(X, F, stride=1.5), "conv2d | stride | whole number | 1.5"),
    ("a stride of words", lambda: s.conv1d(V, tensor("k", (2,)), stride="two"), "conv1d | stride | 'two'"),
    (
        "three strides for two axes",
        lambda: s.conv2d(X, F, stride=(1, 2, 3)),
        "conv2d | stride | one number or 2 | (1, 2, 3)",
    ),
    ("a negative padding", lambda: s.conv2d(X, F, padding=-1), "conv2d | padding | at least 0 | -1"),
    ("an unknown padding", lambda: s.conv2d(X, F, padding="reflect"), "conv2d | padding | 'reflect' | same"),
    ("a number for a bias", lambda: s.conv2d(X, F, 2), "conv2d | bias | tensor | int 2"),
    ("same padding with stride 2", lambda: s.conv2d(X, F, None, 2, "same"), "conv2d | same | stride 1 | (2, 2)"),
    ("a padding beyond reason", lambda: s.conv2d(X, F, padding=10**9), "conv2d | padding | at most | 1000000000"),
    ("a result beyond reason", lambda: s.conv2d(X, F, padding=10**5), "conv2d | more than 10,000,000 entries"),
    ("a dilation of 0", lambda: s.conv2d(X, F, dilation=(1, 0)), "conv2d | dilation | at least 1 | 0"),
    ("groups of 0", lambda: s.conv2d(I, K, groups=0), "conv2d | groups | at least 1 | 0"),
    ("groups that do not divide", lambda: s.conv2d(I, K, groups=3), "conv2d | groups | divide | groups=3 | 4 input"),
    ("groups that miss the weight", lambda: s.conv2d(I, K, groups=4), "conv2d | (4, 2, 3, 3) | groups=4 | 8 input | 4"),
    ("groups of a plain matrix", lambda: s.conv2d(X, F, groups=2), "conv2d | groups | channel axes | groups=2"),
    ("a bias too long", lambda: s.conv2d(I, K, tensor("c", (5,)), groups=2), "conv2d | bias | (4,) | (5,)"),
    ("an image with a plain kernel", lambda: s.conv2d(I, F), "conv2d | (2, 4, 5, 5) | (2, 2) | C_out"),
    ("a list for a tensor", lambda: s.conv2d([[1]], F), "conv2d | input | tensor | list [[1]]"),
    (
        "output padding of the stride",
        lambda: s.conv_transpose2d(X, F, stride=2, output_padding=2),
        "conv_transpose2d | output_padding | smaller | (2, 2)",
    ),
    (
        "negative output padding",
        lambda: s.conv_transpose2d(X, F, stride=2, output_padding=-1),
        "conv_transpose2d | output_padding | -1",
    ),
    (
        "padding that leaves nothing",
        lambda: s.conv_transpose2d(F, F, padding=2),
        "conv_transpose2d | padding | at least 1",
    ),
    (
        "groups of a transposed layer",
        lambda: s.conv_transpose2d(I, K, groups=3),
        "conv_transpose2d | groups | divide | groups=3",
    ),
    ("an unknown mode", lambda: s.convolve2d(X, F, "vaild"), "convolve2d | mode | 'vaild' | did you mean 'valid'"),
    ("a kernel that does not fit", lambda: s.correlate2d(F, X, "valid"), "correlate2d | kernel | (4, 4) | larger"),
    # pooling
    (
        "average padding beyond half",
        lambda: s.avg_pool2d(X, 3, padding=2),
        "avg_pool2d | padding | half | (2, 2) | (3, 3)",
    ),
    ("maximum padding beyond half", lambda: s.max_pool2d(X, 2, padding=2), "max_pool2d | padding | half | (2, 2)"),
    ("a pool larger than the input", lambda: s.avg_pool2d(X, 5), "avg_pool2d | kernel | (5, 5) | larger | (4, 4)"),
    (
        "a padded pool in 3d",
        lambda: s.avg_pool3d(Q, (6, 2, 2), padding=(1, 0, 0)),
        "avg_pool3d | kernel_size | (4, 5, 6) | (6, 2, 2)",
    ),
    ("a kernel of 0", lambda: s.max_pool2d(X, 0), "max_pool2d | kernel_size | at least 1 | 0"),
    (
        "a window of padding alone",
        lambda: s.max_pool1d(tensor("x", (1,)), 2, 1, 1, 2),
        "max_pool1d | window 0 | padding | 2 | reach",
    ),
    ("a divisor of 0", lambda: s.avg_pool2d(X, 2, divisor_override=0), "avg_pool2d | divisor_override | 0"),
    (
        "a ceil_mode of text",
        lambda: s.avg_pool2d(X, 2, ceil_mode="no"),
        "avg_pool2d | ceil_mode | True or False | 'no'",
    ),
    ("an adaptive pool to 2", lambda: s.adaptive_avg_pool2d(X, 2), "adaptive_avg_pool2d | output_size | 1 | 2"),
    ("five axes", lambda: s.avg_pool2d(tensor("x", (1,) * 5), 1), "avg_pool2d | 2 to 4 axes | (1, 1, 1, 1, 1)"),
    # shapes of the rest
    ("sizes that do not broadcast", lambda: X + W, "+ | (4, 4) | (3, 4) | agree or be 1"),
    ("an array beside a tensor", lambda: np.ones((4, 4)) * X, "* | expected a number | array"),
    ("text beside a tensor", lambda: X - "1", "- | expected a number | '1'"),
    ("infinity beside a tensor", lambda: X * float("inf"), "* | finite | inf"),
    ("a division by the number 0", lambda: X / 0, "/ | divisor | 0"),
    ("a tensor as exponent", lambda: 2**X, "** | exponent | number"),
    ("a root", lambda: X**0.5, "** | exponent | whole number | 0.5"),
    ("an exponent too high", lambda: X**65, "** | exponent | at most 64 | 65"),
    ("a dense layer of other sizes", lambda: s.linear(T, W), "linear | (out, in) | (3, 3) | (3, 4)"),
    ("a dense bias too long", lambda: s.linear(X, W, b), "linear | bias | (3,) | (4,)"),
    ("an axis too far", lambda: s.sum(X, 2), "sum | dim | -2 to 1 | 2"),
    ("an axis twice", lambda: s.mean(X, (1, -1)), "mean | dim | different | (1, -1)"),
    ("a softmax axis too far", lambda: s.softmax(X, -3), "softmax | dim | -2 to 1 | -3"),
    ("a softmax of a scalar", lambda: s.softmax(tensor("x"), 0), "softmax | at least one axis | ()"),
    ("flatten backwards", lambda: s.flatten(I, 2, 1), "flatten | start_dim | 2 and 1"),
    ("reshape to other entries", lambda: s.reshape(X, (3, 5)), "reshape | shape | (3, 5) | 16 entries"),
    ("two unknown sizes", lambda: s.reshape(X, (-1, -1)), "reshape | shape | at most one | (-1, -1)"),
    ("cat of other sizes", lambda: s.cat([X, W], 1), "cat | axis 1 | (4, 4), (3, 4)"),
    ("cat of nothing", lambda: s.cat([]), "cat | at least one tensor"),
    ("a slope that is no number", lambda: s.leaky_relu(X, float("nan")), "leaky_relu | negative_slope | finite | nan"),
    ("gelu by tanh", lambda: s.gelu(X, "tanh"), "gelu | approximate | none | 'tanh'"),
    # losses
    ("a target of another shape", lambda: s.mse_loss(X, F), "mse_loss | input and target | (4, 4) and (2, 2)"),
    (
        "an unknown reduction",
        lambda: s.mse_loss(X, X, "maen"),
        "mse_loss | reduction | mean, sum, none | 'maen' | did you mean 'mean'",
    ),
    ("a label too high", lambda: s.cross_entropy(X, [0, 1, 2, 4]), "cross_entropy | 0 to 3 | 4"),
    ("a negative label", lambda: s.cross_entropy(V, -1), "cross_entropy | 0 to 3 | -1"),
    ("a label in halves", lambda: s.cross_entropy(V, 0.5), "cross_entropy | whole number | 0.5"),
    ("too few labels", lambda: s.cross_entropy(X, [0]), "cross_entropy | (4,) | (1,)"),
    ("probabilities of another shape", lambda: s.cross_entropy(X, V), "cross_entropy | (4, 4) | (4,)"),
    ("batch norm in evaluation", lambda: s.batch_norm(X), "batch_norm | training=True | False"),
    ("running statistics", lambda: s.batch_norm(X, b, training=True), "batch_norm | running_mean | None"),
    (
        "one value per channel",
        lambda: s.batch_norm(tensor("x", (1, 3)), training=True),
        "batch_norm | more than one | (1, 3)",
    ),
    (
        "a weight per something else",
        lambda: s.batch_norm(W, weight=T, training=True),
        "batch_norm | weight | (4,) | (3, 3)",
    ),
    ("an eps of 0", lambda: s.batch_norm(X, training=True, eps=0), "batch_norm | eps | positive | 0"),
    # a network and its numbers
    ("a loss that is an array", lambda: s.derive(X * X), "derive | (4, 4) | scalar | gradient="),
    ("a loss that is an input", lambda: s.derive(tensor("x")), "derive | operator | the input x"),
    ("a cotangent of another shape", lambda: s.derive(X * X, gradient=[[1, 2], [3, 4]]), "cotangent | (4, 4) | (2, 2)"),
    ("a cotangent tensor of another shape", lambda: s.derive(X * X, gradient=F), "cotangent | (4, 4) | (2, 2)"),
    ("a cotangent with a hole", lambda: s.derive(V * V, gradient=[1, 2, 3, float("nan")]), "cotangent | finite | nan"),
    ("a missing value", lambda: d.evaluate({"X": ONES["X"]}), "no value for F, T"),
    ("an extra value", lambda: d.evaluate(ONES | {"Y": 1}), "no input 'Y' | X, F, T"),
    ("a value of another shape", lambda: d.evaluate(ONES | {"F": [1, 2, 3, 4]}), "F | (2, 2) | (4,)"),
    ("rows of two lengths", lambda: d.evaluate(ONES | {"F": [[1, 2], [3]]}), "F | rows | rectangular"),
    ("NaN among the values", lambda: d.evaluate(ONES | {"F": [[1.0, float("nan")], [3, 4]]}), "F | finite | nan"),
    ("infinity in an array", lambda: d.evaluate(ONES | {"F": np.full((2, 2), np.inf)}), "F | finite"),
    ("text among the values", lambda: d.evaluate(ONES | {"F": [["1", 2], [3, 4]]}), "F | numbers | '1'"),
    ("truth among the values", lambda: d.evaluate(ONES | {"F": [[True, 2], [3, 4]]}), "F | numbers | True"),
    ("one value by two keys", lambda: d.evaluate(ONES | {F: ONES["F"]}), "two values | 'F'"),
    ("another tensor of that name", lambda: d.evaluate({"X": 1, "T": 1, tensor("F", (5,)): 1}), "F | (5,) | (2, 2)"),
    ("a list of values", lambda: d.evaluate([1, 2]), "values | dict | list"),
    (
        "a division by 0 in rational numbers",
        lambda: quotient.evaluate({"X": ONES["X"]}),
        "evaluate | div | division by 0",
    ),
    (
        "a division by 0 in floats",
        lambda: quotient.evaluate({"X": np.ones((4, 4))}),
        "evaluate | not finite | division by 0",
    ),
    ("an overflow", lambda: steep.evaluate({"X": np.full((4, 4), 1e9)}), "evaluate | not finite | overflow"),
    ("a tensor that is elsewhere", lambda: d.grad(W), "'W' | not part of this network | X, F"),
    ("a name that is elsewhere", lambda: d.grad("XX"), "'XX' | did you mean 'X'"),
    ("an entry outside", lambda: d.entry("F", (2, 0)), "F | (2, 2) | [2, 0]"),
    ("an entry of too few indices", lambda: d.entry("F", (0,)), "F | (2, 2) | [0]"),
    ("a symbol outside", lambda: X[4, 0], "X | (4, 4) | [4, 0]"),
    ("local by something further down", lambda: d.local(d.loss, X), "'X' | argument"),
    ("a rate of text", lambda: d.update(F, "fast"), "update: lr | number | 'fast'"),
    ("a seed of text", lambda: d.check(seed="x"), "check | seed | 'x'"),
]


@pytest.mark.parametrize(("call", "words"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_wrong_input_is_named(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(GradproofError) as caught:
        call()
    message = str(caught.value)
    missing = [word for word in words.split(" | ") if word not in message]
    assert not missing, f"{missing} not in: {message}"
    assert "\n" not in message
    assert len(message) < 300
    assert not message.endswith(".")
    assert ". " not in message.replace("...", "")


def test_the_rows_are_many_and_different() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS) >= 60
