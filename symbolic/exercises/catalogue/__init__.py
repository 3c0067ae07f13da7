"""The catalogue: exercises by id. A new exercise is one function in a module here and one line in HOMES."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError, nearest

if TYPE_CHECKING:
    from symbolic.exercises.exercise import Exercise

HOMES = {
    "conv-grad-filter": "layer",
    "conv-grad-input": "layer",
    "conv-sum-mse-gradient": "seeds",
    "conv-sum-mse-update": "seeds",
    "conv-avgpool-mse-gradient": "seeds",
    "scalar-net-gradients": "scalar_net",
    "conv-cost": "costs",
    "scalar-net-update": "scalar_net",
    "wide-conv": "windows",
    "one-by-one-conv": "costs",
    "conv-transpose": "windows",
    "avg-pool-backward": "pooling",
    "max-pool-backward": "pooling",
    "relu-backward": "pooling",
    "bias-gradient": "windows",
    "stride-grad-input": "windows",
    "stride-grad-filter": "windows",
    "dilation-grad-input": "windows",
    "padding-grad-filter": "windows",
    "padding-grad-input": "windows",
    "groups-grad-input": "windows",
    "transposed-conv": "windows",
    "softmax-cross-entropy": "normal",
    "batch-norm": "normal",
    "receptive-field": "sizes",
    "output-sizes": "sizes",
}
FUNCTIONS: dict[str, tuple[str, dict[str, int]]] = {"numpy-operators": ("conv2d", {})}  # whose backward is asked


@cache
def exercise(name: str) -> Exercise:
    """The exercise of that id, its truth derived when it is first needed.

    Raises  GradproofError: there is none of that id; the nearest is named.
    """
    if name in FUNCTIONS:
        raise GradproofError(f"exercise '{name}' asks for a function; in Python: check_function('{name}', backward)")
    if name not in HOMES:
        raise GradproofError(f"unknown exercise '{name:.60}'; there are {', '.join(HOMES)}{nearest(name, HOMES)}")
    home = import_module(f"symbolic.exercises.catalogue.{HOMES[name]}")
    found: Exercise = getattr(home, name.replace("-", "_"))()
    return found
