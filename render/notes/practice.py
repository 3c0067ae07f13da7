"""What to practise after a note: exercises of the catalogue, which `gradproof check` judges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from render.document import Bullets, Heading, Prose, phrase
from render.questions import Question

if TYPE_CHECKING:
    from render.document import Document

PRACTICE = {
    "chain-rule": ("scalar-net-gradients",),
    "conv-sum-mse": ("conv-sum-mse-gradient", "conv-sum-mse-update"),
    "conv-layer": ("conv-grad-filter", "conv-grad-input"),
    "scalar-net": ("scalar-net-gradients", "scalar-net-update"),
    "conv-avgpool-mse": ("conv-avgpool-mse-gradient", "avg-pool-backward"),
    "wide-conv": ("wide-conv", "padding-grad-input"),
    "one-by-one-conv": ("one-by-one-conv",),
    "conv-cost": ("conv-cost", "one-by-one-conv"),
    "conv-transpose": ("conv-transpose", "transposed-conv"),
    "pool-backward": ("avg-pool-backward", "max-pool-backward"),
    "cnn-backprop": ("relu-backward", "bias-gradient"),
    "numpy-operators": ("numpy-operators",),
    "autodiff-quadratic": ("conv-sum-mse-update",),
    "conv-arithmetic": ("output-sizes", "receptive-field"),
    "strided-dilated-grouped": ("stride-grad-input", "groups-grad-input"),
    "transposed-conv": ("transposed-conv",),
    "softmax-cross-entropy": ("softmax-cross-entropy",),
    "batch-norm": ("batch-norm",),
}


def with_practice(document: Document) -> Document:
    """The note with its exercises at the end."""
    items = tuple(
        phrase("practice.item", what=phrase(f"practice.{name}"), question=Question(name), name=name)
        for name in PRACTICE[document.name]
    )
    closing = (Heading("practice.title"), Prose("practice.text"), Bullets(items))
    return replace(document, blocks=(*document.blocks, *closing))
