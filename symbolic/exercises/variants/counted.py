"""Variants of the exercises that ask for counts and sizes, and of those in stated symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.exercises.catalogue.costs import conv_cost, one_by_one_conv
from symbolic.exercises.catalogue.normal import batch_norm, softmax_cross_entropy
from symbolic.exercises.catalogue.sizes import Layer, output_sizes, receptive_field
from symbolic.exercises.variants.parts import Variation

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from symbolic.exercises.exercise import Exercise


def _whole(exercise: Exercise, words: Mapping[str, str]) -> Variation:
    """An exercise that the catalogue makes for any sizes."""
    return Variation(
        exercise.work,
        words,
        {offered.key: offered.transform for offered in exercise.offers},
        {"relations": exercise.relations, "restated": exercise.restated},
    )


def bottleneck(draw: random.Random) -> Variation:
    """Another map, other channels."""
    side = draw.choice((20, 28, 32, 50, 56, 64))
    channels, narrow = draw.choice([(64, 16), (128, 32), (256, 32), (96, 24), (192, 48), (512, 64)])
    words = {"map": f"{side}×{side}", "channels": str(channels), "narrow": str(narrow)}
    return _whole(conv_cost(side, channels, narrow), words)


def inception(draw: random.Random) -> Variation:
    """Other channels of the branches."""
    inputs = draw.choice((128, 256, 320, 480))
    outputs = (draw.choice((32, 64, 128)), draw.choice((96, 160, 192)), draw.choice((24, 48, 64)))
    narrow = (draw.choice((48, 64, 80)), draw.choice((8, 16, 20)))
    keys = ("one", "three", "five", "before_three", "before_five")
    words = dict(zip(keys, map(str, (*outputs, *narrow)), strict=True)) | {"inputs": str(inputs)}
    return _whole(one_by_one_conv(inputs, outputs, narrow), words)


def chain(draw: random.Random) -> Variation:
    """Four layers: one plain, one with a stride, a pooling, one dilated."""
    k, s, d = draw.choice((3, 5)), draw.choice((2, 3)), draw.choice((2, 3))
    strided, dilated = draw.choice((3, 5)), draw.choice((2, 3))
    found = (Layer(k), Layer(strided, s=s), Layer(2, s=2), Layer(dilated, d=d))
    words = {"k": str(k), "strided": str(strided), "s": str(s), "dilated": str(dilated), "d": str(d)}
    return _whole(receptive_field(found), words)


def axis(draw: random.Random) -> Variation:
    """Four layers on an axis of another length."""
    n = draw.choice((24, 30, 31, 32, 40, 45))
    kernels = [draw.choice((3, 5)), draw.choice((4, 5, 7)), draw.choice((3, 5)), draw.choice((3, 4))]
    s, t, d = draw.choice((2, 3)), draw.choice((2, 3)), draw.choice((2, 3))
    cases = (
        Layer(kernels[0], n=n), Layer(kernels[1], s=s, n=n), Layer(kernels[2], s=t, p=kernels[2] // 2, n=n),
        Layer(kernels[3], d=d, p=1, n=n),
    )  # fmt: skip
    words = {f"k{place}": str(k) for place, k in enumerate(kernels, start=1)}
    words |= {"n": str(n), "s": str(s), "t": str(t), "p": str(kernels[2] // 2), "d": str(d)}
    return _whole(output_sizes(cases), words)


def classes(draw: random.Random) -> Variation:
    """Other numbers of samples and classes."""
    samples, count = draw.choice([(2, 4), (3, 3), (3, 2), (2, 2), (3, 4), (4, 3)])
    labels = tuple(draw.randrange(count) for _ in range(samples))
    words = {
        "samples": str(samples), "classes": str(count), "x": f"{samples}×{count}",
        "labels": ", ".join(str(label + 1) for label in labels), "p": f"p_11 … p_{samples}{count}",
    }  # fmt: skip
    return _whole(softmax_cross_entropy(labels, count), words)


def values(draw: random.Random) -> Variation:
    """Other numbers of values in the batch."""
    n = draw.choice((2, 4, 5))
    words = {"n": str(n), "x": f"x_1 … x_{n}", "delta": f"delta_1 … delta_{n}"}
    return _whole(batch_norm(n), words)
