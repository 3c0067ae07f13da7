"""Bad input: one sentence that repeats the operator, the argument, the value and the rule; never a traceback."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import symbolic as s
from symbolic import GradproofError, tensor

if TYPE_CHECKING:
    from collections.abc import Callable

X, F, V = tensor("X", (4, 4)), tensor("F", (2, 2)), tensor("V", (4,))
I, W = tensor("I", (4, 5, 5)), tensor("W", (6, 2, 2, 2))
b = tensor("b", (6,))

BAD: dict[str, tuple[Callable[[], Any], str]] = {
    "shape of text": (lambda: tensor("X", "33"), "tensor 'X': shape must be a tuple"),
    "shape of a number": (lambda: tensor("X", 3), "tensor 'X': shape must be a tuple"),
    "shape of zero": (lambda: tensor("X", (3, 0)), "tensor 'X': each size in shape .* at least 1; got 0"),
    "shape of minus": (lambda: tensor("X", (-3,)), "at least 1; got -3"),
    "shape of a float": (lambda: tensor("X", (3.0,)), "whole number.*got 3.0"),
    "shape of truth": (lambda: tensor("X", (True,)), "whole number.*got True"),
    "too many axes": (lambda: tensor("X", (1,) * 65), "tensor 'X': .*axes"),
    "padding beyond any memory": (lambda: s.conv2d(X, F, padding=10**9), "conv2d: .*padding"),
    "shape too large": (lambda: tensor("X", (10**4, 10**4)), "more than 1,000,000"),
    "a number for a tensor": (lambda: s.conv2d(5, F), "conv2d: input must be a tensor; got int 5"),
    "an array for a tensor": (lambda: s.conv2d(X, np.ones((2, 2))), "conv2d: weight must be a tensor; got ndarray"),
    "a kernel larger than the input": (
        lambda: s.conv2d(X, tensor("K", (5, 2))),
        r"conv2d: the kernel \(5, 2\) is larger than the input \(4, 4\)",
    ),
    "a dilated kernel larger than the input": (
        lambda: s.conv2d(X, F, dilation=4),
        r"conv2d: the kernel \(2, 2\).*larger than the input",
    ),
    "ranks that do not fit": (lambda: s.conv2d(V, F), r"conv2d: input \(H, W\).*got input \(4,\) and weight \(2, 2\)"),
    "weight of the wrong rank": (lambda: s.conv2d(I, F), "conv2d: .*got input"),
    "a stride in halves": (
        lambda: s.conv2d(X, F, stride=1.5),
        "conv2d: stride must be a whole number of at least 1; got 1.5",
    ),
    "no stride": (lambda: s.conv2d(X, F, stride=0), "conv2d: stride .* got 0"),
    "a stride of text": (lambda: s.conv2d(X, F, stride="2"), "conv2d: stride .* got '2'"),
    "a stride of truth": (lambda: s.conv2d(X, F, stride=True), "conv2d: stride .* got True"),
    "three strides": (lambda: s.conv2d(X, F, stride=(1, 1, 1)), r"conv2d: stride takes one number or 2.*\(1, 1, 1\)"),
    "no dilation": (lambda: s.conv2d(X, F, dilation=0), "conv2d: dilation .* got 0"),
    "negative padding": (lambda: s.conv2d(X, F, padding=-1), "conv2d: padding .* got -1"),
    "negative low padding": (lambda: s.conv2d(X, F, padding=((-1, 0), (0, 0))), "conv2d: padding .* got -1"),
    "padding by another word": (
        lambda: s.conv2d(X, F, padding="circular"),
        'conv2d: padding must be .*"valid", "same" or "full"; got \'circular\'',
    ),
    "same with a stride": (lambda: s.conv2d(X, F, stride=2, padding="same"), 'conv2d: padding="same" needs stride 1'),
    "three paddings in a pair": (lambda: s.conv2d(X, F, padding=((1, 1, 1), (0, 0))), "conv2d: padding takes 2"),
    "one pair for two axes": (lambda: s.conv2d(X, F, padding=((1, 1),)), "conv2d: padding takes 2"),
    "groups that do not divide": (
        lambda: s.conv2d(I, W, groups=3),
        "conv2d: groups must divide both channel counts; got groups=3, 4 input channels",
    ),
    "groups against the weight": (
        lambda: s.conv2d(I, W),
        "conv2d: weight .* groups=1 reads 2 input channels; .* has 4",
    ),
    "no groups": (lambda: s.conv2d(I, W, groups=0), "conv2d: groups .* got 0"),
    "groups without channels": (lambda: s.conv2d(X, F, groups=2), "conv2d: groups needs channel axes; got groups=2"),
    "bias of another length": (lambda: s.conv2d(I, W, V, groups=2), r"conv2d: bias must have shape \(6,\).*got \(4,\)"),
    "bias of a plain input": (lambda: s.conv2d(X, F, b), r"conv2d: bias must have shape \(\)"),
    "bias that is none": (lambda: s.conv2d(X, F, 3), "conv2d: bias must be a tensor; got int 3"),
    "pooling pads too much": (
        lambda: s.avg_pool2d(X, 2, padding=2),
        "avg_pool2d: padding must be at most half the kernel",
    ),
    "max pooling pads too much": (
        lambda: s.max_pool2d(X, 3, padding=2),
        "max_pool2d: padding must be at most half the kernel",
    ),
    "pool larger than the input": (lambda: s.avg_pool2d(X, 5), "avg_pool2d: the kernel .* larger than the input"),
    "max pool larger than the input": (
        lambda: s.max_pool2d(X, 3, dilation=2),
        "max_pool2d: the kernel .* larger than the input",
    ),
    "pool of no axes": (lambda: s.avg_pool2d(V, 2), "avg_pool2d: the input has 2 to 4 axes"),
    "pool divided by nothing": (
        lambda: s.avg_pool2d(X, 2, divisor_override=0),
        "avg_pool2d: divisor_override .* got 0",
    ),
    "pool by halves": (lambda: s.avg_pool2d(X, 2.5), "avg_pool2d: kernel_size .* got 2.5"),
    "adaptive pool to two": (lambda: s.adaptive_avg_pool2d(X, 2), "adaptive_avg_pool2d: output_size must be 1; got 2"),
    "output padding as large as the stride": (
        lambda: s.conv_transpose2d(X, F, stride=2, output_padding=2),
        r"conv_transpose2d: output_padding must be smaller.*\(2, 2\)",
    ),
    "transposed padding eats all": (
        lambda: s.conv_transpose2d(tensor("x", (1, 1)), F, padding=1),
        "conv_transpose2d: padding .* at least 1",
    ),
    "transposed channels": (lambda: s.conv_transpose2d(I, W), "conv_transpose2d: weight .* 6 input channels; .* has 4"),
    "linear sizes": (lambda: s.linear(X, F), r"linear: input \(\*, in\).*got \(4, 4\) and \(2, 2\)"),
    "linear bias": (lambda: s.linear(X, tensor("M", (3, 4)), V), r"linear: bias must have shape \(3,\); got \(4,\)"),
    "linear of a scalar": (lambda: s.linear(tensor("x"), F), "linear: "),
    "sizes that do not broadcast": (lambda: X + tensor("Y", (3, 4)), r"\+: shapes \(4, 4\) and \(3, 4\) do not fit"),
    "products that do not broadcast": (lambda: X * F, r"\*: shapes"),
    "text as a number": (lambda: X + "1", r"\+: expected a number"),
    "truth as a number": (lambda: X * True, r"\*: expected a number.*got True"),
    "nan as a number": (lambda: X * float("nan"), r"\*: expected a finite number; got nan"),
    "divided by the number zero": (lambda: X / 0, "/: the divisor is the number 0"),
    "two numbers": (lambda: s.add(1, 2), "add: at least one operand must be a tensor"),
    "a power in halves": (lambda: X**0.5, r"\*\*: exponent .* got 0.5"),
    "a power of a fraction": (lambda: X ** Fraction(1, 2), r"\*\*: exponent"),
    "a power by a tensor": (lambda: X**F, r"\*\*: exponent"),
    "a power too high": (lambda: X**65, r"\*\*: exponent must be at most 64; got 65"),
    "a power too low": (lambda: X**-65, r"\*\*: exponent .* at least -64; got -65"),
    "an axis too far": (lambda: s.sum(X, 2), "sum: dim must name different axes from -2 to 1; got 2"),
    "an axis twice": (lambda: s.mean(X, (0, -2)), r"mean: dim must name different axes.*\(0, -2\)"),
    "an axis of text": (lambda: s.sum(X, "0"), "sum: dim"),
    "an axis of truth": (lambda: s.sum(X, True), "sum: dim .* got True"),
    "mse of two shapes": (
        lambda: s.mse_loss(X, F),
        r"mse_loss: input and target must have one shape; got \(4, 4\) and \(2, 2\)",
    ),
    "mse by another reduction": (
        lambda: s.mse_loss(X, X, "avg"),
        "mse_loss: reduction must be one of mean, sum, none; got 'avg'",
    ),
    "mse by a list": (lambda: s.mse_loss(X, X, ["mean"]), "mse_loss: reduction must be one of"),
    "mse to numbers": (lambda: s.mse_loss(X, [[1]]), "mse_loss: target must be a tensor; got list"),
    "labels out of range": (
        lambda: s.cross_entropy(X, [0, 1, 2, 4]),
        "cross_entropy: a class index .* from 0 to 3; got 4",
    ),
    "negative labels": (lambda: s.cross_entropy(X, [0, 1, 2, -1]), "cross_entropy: a class index .* got -1"),
    "too few labels": (lambda: s.cross_entropy(X, [0, 1]), r"cross_entropy: class indices must have shape \(4,\)"),
    "labels in halves": (lambda: s.cross_entropy(X, [0, 1, 2, 0.5]), "cross_entropy: a class index .* got 0.5"),
    "labels of text": (lambda: s.cross_entropy(X, "0123"), "cross_entropy: "),
    "ragged labels": (lambda: s.cross_entropy(X, [[0], [1, 2]]), "cross_entropy: "),
    "probabilities of another shape": (
        lambda: s.cross_entropy(X, F),
        r"cross_entropy: probabilities must have the logits' shape",
    ),
    "softmax over no axis": (lambda: s.softmax(X, 2), "softmax: dim must be an axis from -2 to 1; got 2"),
    "reshape to another size": (lambda: s.reshape(X, (3, 5)), "reshape: .* does not hold the 16 entries"),
    "reshape with two unknowns": (lambda: s.reshape(X, (-1, -1)), "reshape: "),
    "reshape to nothing": (lambda: s.reshape(X, (0, -1)), "reshape: shape .* got 0"),
    "cat of nothing": (lambda: s.cat([]), "cat: expected a list of at least one tensor"),
    "cat of one tensor": (lambda: s.cat(X), "cat: expected a list"),
    "cat of shapes": (lambda: s.cat([X, F]), r"cat: shapes must agree but for axis 0; got \(4, 4\), \(2, 2\)"),
    "cat of scalars": (lambda: s.cat([tensor("x"), tensor("y")]), "cat: tensors must have at least one axis"),
    "flatten backwards": (lambda: s.flatten(X, 1, 0), "flatten: start_dim must not lie behind end_dim"),
    "convolve2d of vectors": (lambda: s.convolve2d(V, V), "convolve2d: both inputs must be matrices"),
    "convolve2d by another mode": (
        lambda: s.convolve2d(X, F, "circular"),
        "convolve2d: mode must be one of full, same, valid; got 'circular'",
    ),
    "convolve2d with a larger kernel": (lambda: s.convolve2d(F, X, "valid"), "convolve2d: the kernel"),
    "batch norm in evaluation": (lambda: s.batch_norm(X), "batch_norm: training=True"),
    "batch norm of one value": (
        lambda: s.batch_norm(tensor("x", (1, 3)), training=True),
        "batch_norm: expected more than one value",
    ),
    "batch norm weight": (
        lambda: s.batch_norm(X, training=True, weight=F),
        r"batch_norm: weight must have shape \(4,\)",
    ),
    "negative eps": (lambda: s.batch_norm(X, training=True, eps=-1), "batch_norm: .*eps"),
    "gelu by tanh": (lambda: s.gelu(X, "tanh"), "gelu: approximate must be"),
    "a slope that is none": (lambda: s.leaky_relu(X, float("inf")), "leaky_relu: negative_slope"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_named(kind: str) -> None:
    call, words = BAD[kind]
    with pytest.raises(GradproofError, match=words) as error:
        call()
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 400


LONG = {"text": "x" * 10**6, "a list": [1] * 10**5, "a number": 10**4000}


@pytest.mark.parametrize("kind", LONG)
def test_messages_stay_short(kind: str) -> None:
    value: Any = LONG[kind]
    calls: list[Callable[[], Any]] = [
        lambda: s.conv2d(X, F, padding=value),
        lambda: s.conv2d(X, F, groups=value),
        lambda: tensor("X", value),
        lambda: tensor(value, (2,)),
        lambda: s.sum(X, value),
        lambda: s.mse_loss(X, X, value),
        lambda: s.derive(value),
        lambda: s.derive(s.sum(X)).grad(value),
        lambda: s.derive(s.sum(X)).evaluate({"X": value}),
        lambda: s.derive(s.sum(X)).evaluate(value),
    ]
    for call in calls:
        with pytest.raises(GradproofError) as error:
            call()
        assert len(str(error.value)) < 600
