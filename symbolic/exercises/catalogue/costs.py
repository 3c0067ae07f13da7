"""What a layer costs: multiply-adds counted from the layer's form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from symbolic.exercises import changes
from symbolic.exercises.exercise import Exercise, Misconception
from symbolic.exercises.misconceptions import general
from symbolic.exercises.transforms import Transform, either, result, written
from symbolic.exercises.work import Count, Work
from symbolic.terms.layers import form

if TYPE_CHECKING:
    from symbolic.terms.form import Form

SIDE, CHANNELS, NARROW = 100, 256, 64


def _layer(kernel: int, inputs: int, outputs: int, side: int = SIDE) -> Form:
    """A same convolution on square maps."""
    sizes = {"n": 1, "g": 1, "o": outputs, "c": inputs}
    for axis, (i, u, a) in enumerate((("i", "u", "a"), ("j", "v", "b")), start=1):
        sizes |= {i: side, u: kernel, a: side, f"s{axis}": 1, f"d{axis}": 1, f"p{axis}": kernel // 2}
    return form("conv", sizes, rank=2)


Sized = Callable[[Mapping[str, int]], Mapping[str, int]]


def resized(change: Sized) -> Transform:
    """Some letters of the layers run over other extents: the form of another, mistaken, layer is counted.

    In all layers, or only in those with 1x1 kernels, or only in the others.
    """
    return either(_resized(change), _resized(change, wide=True), _resized(change, wide=False))


def _resized(change: Sized, *, wide: bool | None = None) -> Transform:
    def counted(layer: Form) -> Form:
        sizes = {letter: int(n) for letter, n in layer.sizes}  # type: ignore[arg-type]
        if wide is not None and wide != (sizes["u"] > 1):
            return layer
        new = {**sizes, **change(sizes)}
        return replace(layer, sizes=tuple(new.items()))

    def transform(work: Work) -> Iterable[Work]:
        if isinstance(work, Count):
            yield replace(work, ways=tuple(tuple(map(counted, way)) for way in work.ways))

    return transform


def ways(change: Callable[[tuple[Form, ...]], tuple[Form, ...]]) -> Transform:
    """Other layers in the way that has two."""

    def transform(work: Work) -> Iterable[Work]:
        if isinstance(work, Count):
            yield replace(work, ways=tuple(change(way) if len(way) > 1 else way for way in work.ways))

    return transform


def _narrow_output(way: tuple[Form, ...]) -> tuple[Form, ...]:
    first, second = way
    sizes = dict(second.sizes)
    return (first, replace(second, sizes=tuple({**sizes, "o": sizes["c"]}.items())))


_SPOT = {"i": 1, "j": 1}  # one output position


def _outputs(_sizes: Mapping[str, int]) -> Mapping[str, int]:
    """Only the activations that a layer gives are counted."""
    return {"u": 1, "v": 1, "c": 1}


def _multiplied(work: Work) -> Iterable[Work]:
    if isinstance(work, Count):
        yield replace(work, join=prod)


def conv_cost(side: int = SIDE, channels: int = CHANNELS, narrow: int = NARROW) -> Exercise:
    """Multiply-adds of a 3x3 layer on 100x100x256, directly and through a 1x1 layer of 64 channels."""
    direct = (_layer(3, channels, channels, side),)
    bottleneck = (_layer(1, channels, narrow, side), _layer(3, narrow, channels, side))
    narrowed: Sized = lambda size: {"i": side - size["u"] + 1, "j": side - size["v"] + 1}  # noqa: E731
    both_narrowed: Sized = lambda _size: {"i": side - 2, "j": side - 2}  # noqa: E731
    return Exercise(
        "conv-cost",
        Count(ways=(direct, bottleneck)),
        (
            Misconception("bottleneck_output_64", ways(_narrow_output)),
            Misconception("forgot_1x1_cost", ways(lambda way: way[1:])),
            Misconception("only_1x1_counted", ways(lambda way: way[:1])),
            Misconception("multiplied_stages_instead_of_adding", _multiplied),
            Misconception("forgot_input_channels", resized(lambda _size: {"c": 1})),
            Misconception("forgot_kernel_area", resized(lambda _size: {"u": 1, "v": 1})),
            Misconception("used_kernel_side_3_not_9", resized(lambda _size: {"v": 1})),
            Misconception("used_100_instead_of_100x100", resized(lambda _size: {"j": 1})),
            Misconception(
                "counted_parameters_not_operations", either(_resized(lambda _size: _SPOT), _resized(_outputs))
            ),
            Misconception("no_padding_98x98_output", either(resized(narrowed), resized(both_narrowed))),
            Misconception("counted_mult_and_add_as_two", result(changes.scaled(2))),
            Misconception("order_swapped", written(changes.reordered(1, 0))),
            Misconception("rounded_too_coarsely", written(*map(changes.significant, (1, 2, 3)))),
            *general("arithmetic_slip"),
        ),
        labels=("direct", "bottleneck"),
        small=Count(ways=((_layer(3, 2, 2, side=2),), (_layer(1, 2, 1, side=2), _layer(3, 1, 2, side=2)))),
    )


def one_by_one_conv(
    inputs: int = 192, outputs: tuple[int, int, int] = (64, 128, 32), narrow: tuple[int, int] = (96, 16)
) -> Exercise:
    """Parameters of GoogLeNet's inception 3a on 192 channels, without and with its 1x1 reductions."""
    one, three, five = (_layer(k, inputs, o, side=1) for k, o in zip((1, 3, 5), outputs, strict=True))
    reduced: tuple[Form, ...] = (_layer(1, inputs, narrow[0], side=1), _layer(3, narrow[0], outputs[1], side=1))
    reduced += (_layer(1, inputs, narrow[1], side=1), _layer(5, narrow[1], outputs[2], side=1))
    return Exercise(
        "one-by-one-conv",
        Count(ways=((one, three, five), (one, *reduced))),
        (
            Misconception("forgot_1x1_reductions", ways(lambda way: way[:1] + way[2::2] if len(way) > 3 else way)),
            Misconception("forgot_1x1_branch", ways(lambda way: way[1:])),
            Misconception("counted_operations_not_parameters", resized(lambda _size: {"i": 28, "j": 28})),
            Misconception("forgot_kernel_area", resized(lambda _size: {"u": 1, "v": 1})),
            Misconception("used_kernel_side_3_not_9", resized(lambda _size: {"v": 1})),
            Misconception("forgot_input_channels", resized(lambda _size: {"c": 1})),
            Misconception("order_swapped", written(changes.reordered(1, 0))),
            Misconception("rounded_too_coarsely", written(*map(changes.significant, (1, 2, 3)))),
            *general("arithmetic_slip"),
        ),
        labels=("direct", "reduced"),
        small=Count(ways=((_layer(3, 4, 5, side=1),), (_layer(1, 4, 2, side=1), _layer(3, 2, 5, side=1)))),
    )
