"""The operators users call, with `torch.nn.functional`'s names, argument order, defaults and meanings."""

from symbolic.functional.arithmetic import add, div, mul, pow, sub  # noqa: A004 (torch's name)
from symbolic.functional.conv import conv1d, conv2d, conv3d
from symbolic.functional.dense import linear
from symbolic.functional.loss import mse_loss
from symbolic.functional.pool import avg_pool1d, avg_pool2d, avg_pool3d
from symbolic.functional.reduce import mean, sum  # noqa: A004 (torch's name)

__all__ = [
    "add",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "conv1d",
    "conv2d",
    "conv3d",
    "div",
    "linear",
    "mean",
    "mse_loss",
    "mul",
    "pow",
    "sub",
    "sum",
]
