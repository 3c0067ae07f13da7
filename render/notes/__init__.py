"""The notes, in reading order. A note is the module of its name with - as _, which defines `note() -> Document`."""

NOTES = (
    "chain-rule",
    "conv-sum-mse",
    "conv-layer",
    "scalar-net",
    "conv-avgpool-mse",
    "wide-conv",
    "one-by-one-conv",
    "conv-cost",
    "conv-transpose",
    "pool-backward",
    "cnn-backprop",
    "numpy-operators",
    "autodiff-quadratic",
    "conv-arithmetic",
    "strided-dilated-grouped",
    "transposed-conv",
    "softmax-cross-entropy",
    "batch-norm",
)
