"""The operators users call, with `torch.nn.functional`'s names, argument order, defaults and meanings."""

from symbolic.functional.activation import (
    gelu,
    leaky_relu,
    log_softmax,
    relu,
    sigmoid,
    softmax,
    softplus,
    tanh,
)
from symbolic.functional.arithmetic import add, div, mul, pow, sub
from symbolic.functional.conv import conv1d, conv2d, conv3d
from symbolic.functional.dense import linear
from symbolic.functional.loss import cross_entropy, l1_loss, mse_loss
from symbolic.functional.maxpool import max_pool1d, max_pool2d, max_pool3d
from symbolic.functional.normalization import batch_norm
from symbolic.functional.pool import adaptive_avg_pool2d, avg_pool1d, avg_pool2d, avg_pool3d
from symbolic.functional.reduce import mean, sum
from symbolic.functional.shaping import cat, flatten, reshape
from symbolic.functional.signal import convolve2d, correlate2d
from symbolic.functional.transposed import conv_transpose1d, conv_transpose2d, conv_transpose3d

__all__ = [
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
]
