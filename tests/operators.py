"""Random small applications of every operator of the interface: what the property tests run over."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

import symbolic as s

if TYPE_CHECKING:
    from collections.abc import Callable

Draw = st.DrawFn
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Application:
    """One operator applied to leaves.

    node    the result.   values  small whole numbers of the leaves, by name.
    linear  names of the leaves in which the result is linear, the others held fixed.
    window  per spatial axis the size, kernel, stride, low padding, dilation and number of windows of layers that
            have windows over X.
    """

    node: Any
    values: dict[str, Any]
    linear: str = ""
    window: tuple[tuple[int, ...], ...] = field(default=())


def whole(draw: Draw, low: int, high: int) -> int:
    return draw(st.integers(low, high))


def numbers(draw: Draw, shape: Shape, *, nonzero: bool = False) -> Any:
    """Nested lists of small whole numbers; a plain number for shape ()."""
    if not shape:
        return draw(st.integers(-4, 4).filter(lambda x: x or not nonzero))
    return [numbers(draw, shape[1:], nonzero=nonzero) for _ in range(shape[0])]


def leaves(draw: Draw, *, nonzero: bool = False, **shapes: Shape) -> tuple[dict[str, Any], dict[str, Any]]:
    """Leaves of these names and shapes, and numbers for them."""
    return (
        {name: s.tensor(name, shape) for name, shape in shapes.items()},
        {name: numbers(draw, shape, nonzero=nonzero) for name, shape in shapes.items()},
    )


def shape(draw: Draw, least: int = 0, most: int = 3) -> Shape:
    return tuple(draw(st.lists(st.integers(1, 3), min_size=least, max_size=most)))


def conv(rank: int) -> Callable[[Draw], Application]:
    """Kernel up to the input's size, stride beyond the kernel, uneven padding beyond k - 1, groups, no channels."""

    def build(draw: Draw) -> Application:
        plain = draw(st.booleans())
        groups, c, o, n = (1,) * 4 if plain else (whole(draw, 1, 2) for _ in range(4))
        kernel = tuple(whole(draw, 1, 2) for _ in range(rank))
        stride = tuple(whole(draw, 1, 3) for _ in range(rank))
        dilation = tuple(whole(draw, 1, 2) for _ in range(rank))
        pads = tuple((whole(draw, 0, 3), whole(draw, 0, 2)) for _ in range(rank))
        size = tuple(
            max(1, d * (k - 1) + 1 - low - high) + whole(draw, 0, 2)
            for k, d, (low, high) in zip(kernel, dilation, pads, strict=True)
        )
        lead = () if plain else (n, groups * c)
        x, f = (*lead, *size), (*(() if plain else (groups * o, c)), *kernel)
        t, values = leaves(draw, X=x, F=f)
        node = getattr(s, f"conv{rank}d")(t["X"], t["F"], None, stride, pads, dilation, groups)
        low = [p[0] for p in pads]
        window = tuple(zip(size, kernel, stride, low, dilation, node.shape[-rank:], strict=True))
        return Application(node, values, "XF", window)

    return build


def conv_transpose(rank: int) -> Callable[[Draw], Application]:
    def build(draw: Draw) -> Application:
        groups, c, o = (whole(draw, 1, 2) for _ in range(3))
        kernel = tuple(whole(draw, 1, 3) for _ in range(rank))
        stride = tuple(whole(draw, 1, 3) for _ in range(rank))
        dilation = tuple(whole(draw, 1, 2) for _ in range(rank))
        extra = tuple(whole(draw, 0, max(p) - 1) for p in zip(stride, dilation, strict=True))
        reach = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
        pads = tuple(whole(draw, 0, r // 2) for r in reach)
        size = tuple(whole(draw, 1, 2) for _ in range(rank))
        t, values = leaves(draw, X=(groups * c, *size), F=(groups * c, o, *kernel))
        call = getattr(s, f"conv_transpose{rank}d")
        return Application(call(t["X"], t["F"], None, stride, pads, extra, groups, dilation), values, "XF")

    return build


def pool(kind: str, rank: int) -> Callable[[Draw], Application]:
    """Overlapping or skipping windows, padding up to half the kernel, ceil_mode, every divisor."""

    def build(draw: Draw) -> Application:
        kernel = tuple(whole(draw, 1, 3) for _ in range(rank))
        stride = tuple(whole(draw, 1, 3) for _ in range(rank))
        pads = tuple(whole(draw, 0, k // 2) for k in kernel)
        size = tuple(k + whole(draw, 0, 2) for k in kernel)
        t, values = leaves(draw, X=(*shape(draw, 0, 1), *size))
        ceil = draw(st.booleans())
        more: dict[str, Any] = {}
        if kind == "avg":
            more["count_include_pad"] = draw(st.booleans())
            if rank > 1:
                more["divisor_override"] = draw(st.sampled_from([None, 3]))
        node = getattr(s, f"{kind}_pool{rank}d")(t["X"], kernel, stride, pads, ceil_mode=ceil, **more)
        window = tuple(zip(size, kernel, stride, pads, (1,) * rank, node.shape[-rank:], strict=True))
        return Application(node, values, "X" if kind == "avg" else "", window)

    return build


def signal(operator: str) -> Callable[[Draw], Application]:
    def build(draw: Draw) -> Application:
        kernel = whole(draw, 1, 3), whole(draw, 1, 3)
        t, values = leaves(draw, X=tuple(k + whole(draw, 0, 2) for k in kernel), F=kernel)
        mode = draw(st.sampled_from(["full", "same", "valid"]))
        return Application(getattr(s, operator)(t["X"], t["F"], mode), values, "XF")

    return build


def elementwise(operator: str) -> Callable[[Draw], Application]:
    def build(draw: Draw) -> Application:
        t, values = leaves(draw, X=shape(draw))
        return Application(getattr(s, operator)(t["X"]), values)

    return build


def arithmetic(operator: str) -> Callable[[Draw], Application]:
    """Two tensors that broadcast, or a number on either side; a divisor is never 0."""

    def build(draw: Draw) -> Application:
        full = shape(draw)
        parts = [tuple(1 if draw(st.booleans()) else n for n in full[whole(draw, 0, len(full)) :]) for _ in range(2)]
        t, values = leaves(draw, nonzero=operator == "div", X=full, Y=parts[1])
        call, number = getattr(s, operator), Fraction(whole(draw, 1, 5), 2)
        side = draw(st.sampled_from(["both", "left", "right"]))
        if side == "both":
            return Application(call(t["X"], t["Y"]), values, "XY" if operator == "mul" else "")
        del values["Y"]
        node = call(number, t["X"]) if side == "left" else call(t["X"], number)
        return Application(node, values, "X" if operator == "mul" else "")

    return build


def power(draw: Draw) -> Application:
    t, values = leaves(draw, nonzero=True, X=shape(draw))
    return Application(s.pow(t["X"], whole(draw, -2, 3)), values)


def reduction(operator: str) -> Callable[[Draw], Application]:
    def build(draw: Draw) -> Application:
        x = shape(draw)
        axes = draw(st.sets(st.integers(0, max(len(x) - 1, 0)))) if x else set()
        dim = tuple(axis - len(x) if draw(st.booleans()) else axis for axis in axes)
        t, values = leaves(draw, X=x)
        return Application(getattr(s, operator)(t["X"], dim or None, draw(st.booleans())), values, "X")

    return build


def dense(draw: Draw) -> Application:
    i, o = whole(draw, 1, 3), whole(draw, 1, 2)
    t, values = leaves(draw, X=(*shape(draw, 0, 2), i), F=(o, i))
    return Application(s.linear(t["X"], t["F"]), values, "XF")


def flat(draw: Draw) -> Application:
    x = shape(draw)
    start = whole(draw, 0, max(len(x) - 1, 0))
    t, values = leaves(draw, X=x)
    return Application(s.flatten(t["X"], start, whole(draw, start, max(len(x) - 1, 0))), values, "X")


def reshaped(draw: Draw) -> Application:
    x = shape(draw)
    t, values = leaves(draw, X=x)
    return Application(s.reshape(t["X"], draw(st.sampled_from([(-1,), (*x[::-1],), (1, -1)]))), values, "X")


def joined(draw: Draw) -> Application:
    x = shape(draw, 1)
    axis = whole(draw, 0, len(x) - 1)
    t, values = leaves(draw, X=x, Y=(*x[:axis], whole(draw, 1, 2), *x[axis + 1 :]))
    return Application(s.cat([t["X"], t["Y"], t["X"]], axis), values)


def along(operator: str) -> Callable[[Draw], Application]:
    def build(draw: Draw) -> Application:
        x = shape(draw, 1)
        t, values = leaves(draw, X=x)
        return Application(getattr(s, operator)(t["X"], whole(draw, -len(x), len(x) - 1)), values)

    return build


def loss(operator: str) -> Callable[[Draw], Application]:
    def build(draw: Draw) -> Application:
        x = shape(draw)
        t, values = leaves(draw, X=x, T=x)
        return Application(getattr(s, operator)(t["X"], t["T"], draw(REDUCTION)), values)

    return build


REDUCTION = st.sampled_from(["mean", "sum", "none"])


def classes(draw: Draw) -> Application:
    """(C,), (N, C) and (N, C, d) with labels, or with probabilities that are a tensor."""
    x = shape(draw, 1)
    axis = min(1, len(x) - 1)
    if draw(st.booleans()):
        t, values = leaves(draw, X=x, T=x)
        return Application(s.cross_entropy(t["X"], t["T"], draw(REDUCTION)), values)
    t, values = leaves(draw, X=x)

    def labels(sizes: Shape) -> Any:
        return [labels(sizes[1:]) for _ in range(sizes[0])] if sizes else whole(draw, 0, x[axis] - 1)

    return Application(s.cross_entropy(t["X"], labels((*x[:axis], *x[axis + 1 :])), draw(REDUCTION)), values)


def normalized(draw: Draw) -> Application:
    n, c = whole(draw, 2, 3), whole(draw, 1, 2)
    t, values = leaves(draw, X=(n, c, *shape(draw, 0, 1)), w=(c,), b=(c,))
    weight, bias = (draw(st.sampled_from([None, t[name]])) for name in "wb")
    node = s.batch_norm(t["X"], None, None, weight, bias, training=True, eps=draw(st.sampled_from([0.5, 1e-3])))
    return Application(node, {leaf.name: values[leaf.name] for leaf in node.args})


def averaged(draw: Draw) -> Application:
    t, values = leaves(draw, X=shape(draw, 2, 3))
    return Application(s.adaptive_avg_pool2d(t["X"], 1), values, "X")


BUILDERS: dict[str, Callable[[Draw], Application]] = {
    **{f"conv{rank}d": conv(rank) for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": conv_transpose(rank) for rank in (1, 2, 3)},
    **{f"{kind}_pool{rank}d": pool(kind, rank) for kind in ("avg", "max") for rank in (1, 2, 3)},
    **{name: signal(name) for name in ("convolve2d", "correlate2d")},
    **{name: elementwise(name) for name in ("relu", "leaky_relu", "sigmoid", "tanh", "softplus", "gelu")},
    **{name: arithmetic(name) for name in ("add", "sub", "mul", "div")},
    **{name: reduction(name) for name in ("sum", "mean")},
    **{name: along(name) for name in ("softmax", "log_softmax")},
    **{name: loss(name) for name in ("mse_loss", "l1_loss")},
    "pow": power,
    "linear": dense,
    "flatten": flat,
    "reshape": reshaped,
    "cat": joined,
    "cross_entropy": classes,
    "batch_norm": normalized,
    "adaptive_avg_pool2d": averaged,
}


@st.composite
def applications(draw: Draw, operator: str) -> Application:
    """A random application of one operator."""
    return BUILDERS[operator](draw)
