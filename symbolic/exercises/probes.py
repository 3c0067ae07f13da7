"""TABLE of how operators are tried: which sizes, and the tensors that they make. A new operator is one row.

A row has `bounds` (options -> the range of every whole number that is drawn) and `shapes` (those numbers and the
options -> the operator's tensors by name, in the order in which a backward pass gets them). Numbers are the
smaller the lower, down to the least of every range, so that a failure can be made smaller one number at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from symbolic import functional
from symbolic.errors import GradproofError, nearest

if TYPE_CHECKING:
    from symbolic.terms.term import Leaf, Node

Sizes = Mapping[str, int]
Options = Mapping[str, Any]
Shapes = dict[str, tuple[int, ...]]
LABELS = "labels"  # of a cross entropy: whole numbers that the function gets, but no tensor
PARAMETERS = {"b": "bias", "gamma": "weight", "beta": "bias"}  # tensors that are given by keyword


@dataclass(frozen=True)
class Probe:
    """One row; see above. `draws` are values for arguments that the function itself takes."""

    bounds: Callable[[Options], dict[str, tuple[int, int]]]
    shapes: Callable[[Sizes, Options], Shapes]
    draws: Mapping[str, tuple[Any, ...]]


def per_axis(value: Any, rank: int, usual: int) -> list[int]:
    """An option as one number per axis; of a pair or a word the usual one: sizes need not be exact."""
    several = value if isinstance(value, tuple | list) and len(value) == rank else [value] * rank
    return [v if isinstance(v, int) and not isinstance(v, bool) else usual for v in several]


def _windows(rank: int, options: Options) -> dict[str, tuple[int, int]]:
    """Kernels of up to 3, inputs with up to two windows and a remainder more than they need."""
    strides = per_axis(options.get("stride"), rank, 1)
    kernels = {f"k{axis}": (1, 3) for axis in range(rank)}
    return kernels | {f"more{axis}": (0, 2 * s + 1 if rank < 3 else s + 1) for axis, s in enumerate(strides)}


def _line(rank: int, kernel: Sequence[int], sizes: Sizes, options: Options) -> tuple[int, ...]:
    """The input's sides: what one window needs without the padding, and more."""
    dilations, paddings = (per_axis(options.get(key), rank, usual) for key, usual in (("dilation", 1), ("padding", 0)))
    least = (d * (k - 1) + 1 - 2 * p for k, d, p in zip(kernel, dilations, paddings, strict=True))
    return tuple(max(1, n) + sizes[f"more{axis}"] for axis, n in enumerate(least))


def _conv(rank: int) -> Probe:
    def bounds(options: Options) -> dict[str, tuple[int, int]]:
        return {"n": (1, 2), "c": (1, 2), "o": (1, 2), **_windows(rank, options)}

    def shapes(sizes: Sizes, options: Options) -> Shapes:
        groups = max(1, per_axis(options.get("groups"), 1, 1)[0])
        kernel = tuple(sizes[f"k{axis}"] for axis in range(rank))
        sides = _line(rank, kernel, sizes, options)
        found = {"X": (sizes["n"], groups * sizes["c"], *sides), "F": (groups * sizes["o"], sizes["c"], *kernel)}
        return found | ({"b": (groups * sizes["o"],)} if options.get("bias") else {})

    return Probe(bounds, shapes, {"stride": (1, 2, 3), "padding": (0, 1, 2), "dilation": (1, 2), "groups": (1, 2)})


def _transposed(rank: int) -> Probe:
    def bounds(_options: Options) -> dict[str, tuple[int, int]]:
        sides = {f"{key}{axis}": (1, 3) for axis in range(rank) for key in ("k", "side")}
        return {"n": (1, 2), "c": (1, 2), "o": (1, 2), **sides}

    def shapes(sizes: Sizes, options: Options) -> Shapes:
        groups = max(1, per_axis(options.get("groups"), 1, 1)[0])
        kernel, sides = (tuple(sizes[f"{key}{axis}"] for axis in range(rank)) for key in ("k", "side"))
        channels = groups * sizes["c"]
        found = {"X": (sizes["n"], channels, *sides), "F": (channels, sizes["o"], *kernel)}
        return found | ({"b": (groups * sizes["o"],)} if options.get("bias") else {})

    draws = {"stride": (1, 2, 3), "padding": (0, 1), "output_padding": (0, 1), "groups": (1, 2), "dilation": (1, 2)}
    return Probe(bounds, shapes, draws)


def _pool(kind: str, rank: int) -> Probe:
    def bounds(options: Options) -> dict[str, tuple[int, int]]:
        strides = per_axis(options.get("stride") or options.get("kernel_size"), rank, 2)
        more = {f"more{axis}": (0, 2 * s + 1 if rank < 3 else s + 1) for axis, s in enumerate(strides)}
        return {"n": (1, 2), "c": (1, 2), **more}

    def shapes(sizes: Sizes, options: Options) -> Shapes:
        kernel = per_axis(options.get("kernel_size"), rank, 1)
        return {"X": (sizes["n"], sizes["c"], *_line(rank, kernel, sizes, options))}

    draws: dict[str, tuple[Any, ...]] = {"kernel_size": (2, 3, 1), "stride": (2, 1, 3), "padding": (0, 1)}
    draws |= {"ceil_mode": (False, True)}
    draws |= {"count_include_pad": (True, False)} if kind == "avg" else {"dilation": (1, 2)}
    return Probe(bounds, shapes, draws)


def _axes(least: int = 1, most: int = 4, first: int = 1) -> Callable[[Options], dict[str, tuple[int, int]]]:
    return lambda _options: {"rank": (least, most), **{f"side{axis}": (first, 3) for axis in range(most)}}


def _sides(sizes: Sizes) -> tuple[int, ...]:
    return tuple(sizes[f"side{axis}"] for axis in range(sizes["rank"]))


def _plain(least: int = 1, /, **draws: tuple[Any, ...]) -> Probe:
    return Probe(_axes(least), lambda sizes, _options: {"X": _sides(sizes)}, draws)


def _pair(names: str, **draws: tuple[Any, ...]) -> Probe:
    return Probe(_axes(), lambda sizes, _options: dict.fromkeys(names, _sides(sizes)), draws)


def _broadcast() -> Probe:
    """Two tensors of one shape, and shapes that stretch: without the first axis, with a first axis of 1, and ()."""

    def bounds(options: Options) -> dict[str, tuple[int, int]]:
        return {**_axes()(options), "way": (0, 3)}

    def shapes(sizes: Sizes, _options: Options) -> Shapes:
        X = _sides(sizes)
        return {"X": X, "T": (X, X[1:], (1, *X[1:]), ())[sizes["way"]]}

    return Probe(bounds, shapes, {})


def _normalized() -> Probe:
    def shapes(sizes: Sizes, options: Options) -> Shapes:
        X = _sides(sizes)
        chosen = [name for name, key in (("gamma", "weight"), ("beta", "bias")) if options.get(key)]
        return {"X": X, **dict.fromkeys(chosen, X[1:2])}

    return Probe(_axes(2, first=2), shapes, {"eps": (1e-5, 0.5)})


def _dense() -> Probe:
    def bounds(_options: Options) -> dict[str, tuple[int, int]]:
        return {"rank": (1, 2), "side0": (1, 3), "side1": (1, 3), "c": (1, 3), "o": (1, 3)}

    def shapes(sizes: Sizes, options: Options) -> Shapes:
        found: Shapes = {"X": (*_sides(sizes), sizes["c"]), "W": (sizes["o"], sizes["c"])}
        return found | ({"b": (sizes["o"],)} if options.get("bias") else {})

    return Probe(bounds, shapes, {})


def _signals() -> Probe:
    def shapes(sizes: Sizes, options: Options) -> Shapes:
        kernel = (sizes["k0"], sizes["k1"])
        return {"X": _line(2, kernel, sizes, options), "F": kernel}

    return Probe(lambda options: _windows(2, options), shapes, {"mode": ("full", "same", "valid")})


def _joined() -> Probe:
    """Two tensors to put behind one another: unlike in the chosen axis alone."""

    def bounds(options: Options) -> dict[str, tuple[int, int]]:
        return {**_axes()(options), "more": (0, 2)}

    def shapes(sizes: Sizes, options: Options) -> Shapes:
        A = list(_sides(sizes))
        axis = options.get("dim", 0)
        if not isinstance(axis, int) or not -len(A) <= axis < len(A):
            return {}
        B = [n + sizes["more"] * (k == axis % len(A)) for k, n in enumerate(A)]
        return {"A": tuple(A), "B": tuple(B)}

    return Probe(bounds, shapes, {"dim": (0, 1, -1)})


def _classes() -> Probe:
    """Logits (C,), (N, C) or (N, C, ...), with labels or probabilities."""

    def bounds(_options: Options) -> dict[str, tuple[int, int]]:
        return {"rank": (1, 3), "c": (2, 4), "n": (1, 3), "more": (1, 3)}

    def shapes(sizes: Sizes, options: Options) -> Shapes:
        X = (sizes["n"], sizes["c"], sizes["more"])[: sizes["rank"]] if sizes["rank"] > 1 else (sizes["c"],)
        if options.get("target") == "probabilities":
            return {"X": X, "T": X}
        return {"X": X, LABELS: X[:1] + X[2:] if len(X) > 1 else ()}

    return Probe(bounds, shapes, {"reduction": ("mean", "sum", "none")})


def _reshaped() -> Probe:
    """Every way of two axes to hold as many entries as the shape asked for, and one axis."""

    def shapes(sizes: Sizes, options: Options) -> Shapes:
        asked = options.get("shape", ())
        total = prod(n for n in asked if isinstance(n, int) and n > 0) if isinstance(asked, tuple | list) else 0
        if isinstance(asked, tuple | list) and -1 in asked:
            total *= sizes["more"]
        ways = [(total,), *((n, total // n) for n in range(1, total + 1) if total % n == 0)]
        return {"X": ways[sizes["way"] % len(ways)]}

    return Probe(lambda _options: {"way": (0, 6), "more": (1, 3)}, shapes, {})


_LOSS = {"reduction": ("mean", "sum", "none")}
TABLE: dict[str, Probe] = {
    **{f"conv{rank}d": _conv(rank) for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": _transposed(rank) for rank in (1, 2, 3)},
    **{f"{kind}_pool{rank}d": _pool(kind, rank) for kind in ("avg", "max") for rank in (1, 2, 3)},
    "adaptive_avg_pool2d": _pool("avg", 2),
    **dict.fromkeys(("relu", "sigmoid", "tanh", "softplus", "gelu"), _plain()),
    "leaky_relu": _plain(negative_slope=(0.01, 0.5)),
    "pow": _plain(exponent=(2, 3)),
    **dict.fromkeys(("sum", "mean"), _plain(dim=(None, 0, -1), keepdim=(False, True))),
    **dict.fromkeys(("softmax", "log_softmax"), _plain(dim=(0, 1, -1))),
    "flatten": _plain(2, start_dim=(0, 1), end_dim=(-1,)),
    "reshape": _reshaped(),
    "cat": _joined(),
    "batch_norm": _normalized(),
    **dict.fromkeys(("mse_loss", "l1_loss"), _pair("XT", **_LOSS)),
    "cross_entropy": _classes(),
    **dict.fromkeys(("add", "sub", "mul", "div"), _broadcast()),
    **dict.fromkeys(("convolve2d", "correlate2d"), _signals()),
    "linear": _dense(),
}


def probe(operator: object) -> Probe:
    """The row of an operator.

    Raises  GradproofError: there is none of that name; the nearest is named.
    """
    if not isinstance(operator, str) or operator not in TABLE:
        raise GradproofError(
            f"check_backward: no operator '{operator!s:.40}' to try; there are {', '.join(TABLE)}"
            f"{nearest(str(operator), TABLE)}"
        )
    return TABLE[operator]


def applied(operator: str, leaves: Mapping[str, Leaf], options: Options, labels: Any) -> Node:
    """The operator at its tensors.

    Raises  GradproofError: shapes and options that do not go together; TypeError: an option that it does not have.
    """
    named = {PARAMETERS[name]: leaf for name, leaf in leaves.items() if name in PARAMETERS}
    plain = [leaf for name, leaf in leaves.items() if name not in PARAMETERS]
    rest = {key: value for key, value in options.items() if not is_a_tensor(operator, key, value)}
    call: Callable[..., Node] = getattr(functional, operator)
    if operator == "cat":
        return call(plain, **rest)
    if operator == "cross_entropy" and "T" not in leaves:
        return call(*plain, labels, **rest)
    return call(*plain, **named, **rest)


def is_a_tensor(operator: str, key: str, value: Any) -> bool:
    """`bias=True` and the like ask for a tensor, which stands among the leaves."""
    if key == "target":
        return operator == "cross_entropy"
    return isinstance(value, bool) and key in {"bias", "weight"} and operator in _WITH_PARAMETERS


_WITH_PARAMETERS = {"linear", "batch_norm", *(f"conv{rank}d" for rank in (1, 2, 3))} | {
    f"conv_transpose{rank}d" for rank in (1, 2, 3)
}
