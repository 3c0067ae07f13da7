"""The notes, in reading order. A note is the module of its name with - as _, which defines `note() -> Document`.

PATHS   the reading order in short paths, each with the notes on it
NEEDS   what should be read before a note; what it leads back to in turn is not repeated
INDEX   the page that lists them all: `render.notes.index`
"""

PATHS = {
    "first-steps": ("chain-rule", "scalar-net", "autodiff-quadratic", "conv-sum-mse"),
    "convolution": ("conv-layer", "conv-transpose", "wide-conv"),
    "networks": ("conv-avgpool-mse", "pool-backward", "cnn-backprop", "numpy-operators"),
    "strides": ("strided-dilated-grouped", "conv-arithmetic", "transposed-conv"),
    "classification": ("softmax-cross-entropy", "batch-norm"),
    "cost": ("one-by-one-conv", "conv-cost"),
}
NOTES = tuple(name for path in PATHS.values() for name in path)
NEEDS: dict[str, tuple[str, ...]] = {
    "chain-rule": (),
    "scalar-net": ("chain-rule",),
    "autodiff-quadratic": ("chain-rule",),
    "conv-sum-mse": ("chain-rule",),
    "conv-layer": ("chain-rule",),
    "conv-transpose": ("conv-layer",),
    "wide-conv": ("conv-layer",),
    "conv-avgpool-mse": ("conv-sum-mse",),
    "pool-backward": ("chain-rule",),
    "cnn-backprop": ("conv-layer", "pool-backward"),
    "numpy-operators": ("conv-transpose", "pool-backward"),
    "strided-dilated-grouped": ("conv-layer",),
    "conv-arithmetic": ("strided-dilated-grouped",),
    "transposed-conv": ("strided-dilated-grouped", "conv-transpose"),
    "softmax-cross-entropy": ("chain-rule",),
    "batch-norm": ("chain-rule",),
    "one-by-one-conv": ("conv-layer",),
    "conv-cost": ("one-by-one-conv",),
}
INDEX = "index"
