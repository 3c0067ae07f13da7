"""The functions an answer may call mean what the libraries and the engine mean by them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import symbolic
from symbolic import derive, tensor
from symbolic.exercises.reader import read

RNG = np.random.default_rng(7)
X = RNG.integers(-9, 10, (4, 5))
F = RNG.integers(-9, 10, (2, 3))


def said(text: str) -> list[Any]:
    """Value of a call in which X and F are written out."""
    written = text.replace("X", str(X.tolist())).replace("F", str(F.tolist()))
    grid = read(written).grid
    return [list(grid.shape), *(entry.constant for entry in grid.entries)]


def expected(array: Any) -> list[Any]:
    return [list(np.shape(array)), *np.ravel(array).tolist()]


def engine(operator: Callable[..., Any], *args: Any, **options: Any) -> Any:
    x, f = tensor("X", X.shape), tensor("F", F.shape)
    given = [{"X": x, "F": f}[arg] if isinstance(arg, str) and arg in {"X", "F"} else arg for arg in args]
    output = operator(*given, **options)
    node = derive(output, gradient=tensor("S", output.shape))
    values = {"X": X.tolist(), "F": F.tolist(), "S": np.zeros(output.shape, dtype=int).tolist()}
    return node.evaluate(values).values[output]


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("name", ["convolve2d", "correlate2d"])
def test_scipys_names_with_their_modes(name: str, mode: str) -> None:
    wanted = expected(engine(getattr(symbolic, name), "X", "F", mode))
    for text in (
        f"{name}(X, F, mode='{mode}')",
        f"scipy.signal.{name}(X, F, '{mode}')",
        f'{name}(X, F, mode="{mode}")',
    ):
        assert said(text) == wanted
    if mode == "full":
        assert said(f"{name}(X, F)") == wanted
    if name == "correlate2d":
        assert said(f"correlate(X, F, '{mode}')") == wanted
    else:
        assert said(f"convolve(X, F, '{mode}')") == said(f"conv2(X, F, '{mode}')") == wanted


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"stride": 2},
        {"padding": 1},
        {"dilation": 2},
        {"stride": 3, "padding": 1},
        {"stride": 2, "output_padding": 1},
    ],
)
def test_transposed_convolution(options: dict[str, int]) -> None:
    x = tensor("X", (1, *X.shape))
    f = tensor("F", (1, 1, *F.shape))
    output = symbolic.conv_transpose2d(x, f, **options)
    node = derive(output, gradient=tensor("S", output.shape))
    zeros = np.zeros(output.shape, dtype=int).tolist()
    found = node.evaluate({"X": [X.tolist()], "F": [[F.tolist()]], "S": zeros}).values[output]
    written = "".join(f", {name}={value}" for name, value in options.items())
    assert said(f"conv_transpose2d(X, F{written})") == expected(np.asarray(found)[0])


def test_transposed_convolution_along_one_axis() -> None:
    assert said("conv_transpose1d([1, 10], [2, 3, 4], stride=2)") == [[5], 2, 3, 24, 30, 40]
    assert said("conv_transpose1d([1, 10], [2, 3, 4], padding=1)") == [[2], 23, 34]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("np.flip(F)", np.flip(F)),
        ("np.flip(F, 0)", np.flip(F, 0)),
        ("np.flip(F, axis=1)", np.flip(F, 1)),
        ("np.flip(F, axis=-1)", np.flip(F, 1)),
        ("torch.flip(F, [0, 1])", np.flip(F)),
        ("torch.flip(F, dims=(0,))", np.flip(F, 0)),
        ("np.flipud(F)", np.flipud(F)),
        ("np.fliplr(F)", np.fliplr(F)),
        ("np.rot90(F)", np.rot90(F)),
        ("np.rot90(F, 2)", np.rot90(F, 2)),
        ("np.rot90(F, k=3)", np.rot90(F, 3)),
        ("np.rot90(F, -1)", np.rot90(F, -1)),
        ("torch.rot90(F, 1, [0, 1])", np.rot90(F)),
        ("rot180(F)", np.rot90(F, 2)),
        ("rot(F, 180)", np.rot90(F, 2)),
        ("np.transpose(F)", F.T),
        ("transpose(F, 1, 0)", F.T),
        ("np.pad(F, 2)", np.pad(F, 2)),
        ("np.pad([1, 2], 1)", np.pad([1, 2], 1)),
        ("np.sum(X)", np.sum(X)),
        ("np.sum(X, axis=0)", X.sum(0)),
        ("np.sum(X, (0, 1))", X.sum()),
        ("torch.sum(X, dim=-1)", X.sum(1)),
        ("np.mean([[1, 2], [4, 9]])", 4),
        ("np.mean([[1, 2], [5, 8]], axis=0)", [3, 5]),
        ("np.dot(F, transpose([[1, 2, 3]]))", F @ np.array([[1], [2], [3]])),
        ("np.multiply(F, F)", F * F),
        ("np.asarray(F)", F),
        ("torch.tensor(F)", F),
        ("np.float64(2.5) * F * 2", 5 * F),
    ],
)
def test_numpys_and_pytorchs_names(text: str, wanted: Any) -> None:
    assert said(text) == expected(wanted)


def test_a_matrix_flipped_along_every_axis_is_rotated() -> None:
    assert said("rot180(F)") == said("flip(F)") == said("flip(flip(F, 0), 1)") == said("rot90(rot90(F))")
