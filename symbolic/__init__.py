"""Exact, proved gradients of convolutional networks.

    from symbolic import tensor, conv2d, avg_pool2d, mse_loss, derive

Importing this package imports no SymPy and no NumPy; each name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "tensor": "symbolic.functional.arguments",
    "derive": "symbolic.network.derived",
    "check": "symbolic.exercises.judge",
    "check_backward": "symbolic.exercises.callables",
    "check_function": "symbolic.exercises.callables",
    "GradproofError": "symbolic.errors",
    "ProofError": "symbolic.errors",
    "Step": "symbolic.kernel.step",
    "Derivation": "symbolic.kernel.step",
}
_OPERATORS = (
    "adaptive_avg_pool2d",
    "add",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm",
    "cat",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "convolve2d",
    "correlate2d",
    "cross_entropy",
    "div",
    "flatten",
    "gelu",
    "l1_loss",
    "leaky_relu",
    "linear",
    "log_softmax",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "mean",
    "mse_loss",
    "mul",
    "pow",
    "relu",
    "reshape",
    "sigmoid",
    "softmax",
    "softplus",
    "sub",
    "sum",
    "tanh",
)

__all__ = [*_HOMES, *_OPERATORS]  # noqa: PLE0604 (both hold strings only)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name) or ("symbolic.functional" if name in _OPERATORS else None)
    if home is None:
        message = f"module 'symbolic' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
