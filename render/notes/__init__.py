"""The notes, in reading order. A note is the module of its name with - as _, which defines `note() -> Document`."""

NOTES = ("conv-sum-mse", "conv-layer", "conv-avgpool-mse", "scalar-net")
