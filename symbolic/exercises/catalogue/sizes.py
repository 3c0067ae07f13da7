"""Sizes: how far an output sees, and how large an output is, found by building the layers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from symbolic.exercises.arrays import Grid
from symbolic.exercises.exercise import Exercise, Misconception
from symbolic.exercises.misconceptions import general
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.transforms import result, written
from symbolic.exercises.work import Work
from symbolic.functional import conv1d
from symbolic.functional.arguments import tensor
from symbolic.network.derived import derive
from symbolic.roads.evaluate import Numbers
from symbolic.roads.reverse import sweep
from symbolic.terms.size import ints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from symbolic.exercises.transforms import Transform
    from symbolic.terms.term import Tensor


@dataclass(frozen=True)
class Layer:
    """One axis of a layer: kernel, stride, dilation, padding, and the input's size where it matters."""

    k: int
    s: int = 1
    d: int = 1
    p: int = 0
    n: int = 0


@dataclass(frozen=True, kw_only=True)
class Reach(Work):
    """How many inputs one output sees after each layer: those with a gradient, from the first to the last."""

    layers: tuple[Layer, ...]

    def result(self) -> Grid:
        """One number per layer."""
        counts = [reach(self.layers[: depth + 1]) for depth in range(len(self.layers))]
        return Grid((len(counts),), tuple(map(Polynomial.number, counts)))


def reach(layers: tuple[Layer, ...]) -> int:
    """The extent of dO/dX for one output O of a chain of layers with kernels of ones."""
    size = 1
    for layer in reversed(layers):
        size = (size - 1) * layer.s + layer.d * (layer.k - 1) + 1
    X = tensor("X", (size,))
    arrays: dict[Tensor, np.ndarray[tuple[int, ...], np.dtype[np.object_]]] = {X: np.full(size, 0, dtype=object)}
    O: Tensor = X
    for number, layer in enumerate(layers):
        F = tensor(f"F{number}", (layer.k,))
        arrays[F] = np.full(layer.k, 1, dtype=object)
        O = conv1d(O, F, stride=layer.s, dilation=layer.d)
    loss = derive(O, gradient=np.ones(ints(O.shape), dtype=int)).loss
    rules = sweep(loss).rules
    seen = np.flatnonzero(Numbers(arrays, rules).of(rules[X]))
    return int(seen[-1] - seen[0]) + 1


@dataclass(frozen=True, kw_only=True)
class Sizes(Work):
    """The size of each layer's output; `measure` is the engine's unless a misconception put another formula there."""

    layers: tuple[Layer, ...]
    measure: Callable[[Layer], Fraction | int]

    def result(self) -> Grid:
        """One number per layer."""
        return Grid((len(self.layers),), tuple(Polynomial.number(self.measure(layer)) for layer in self.layers))


def built(layer: Layer) -> int:
    """The size of the output that the engine builds."""
    O = conv1d(tensor("X", (layer.n,)), tensor("F", (layer.k,)), stride=layer.s, padding=layer.p, dilation=layer.d)
    return ints(O.shape)[0]


def layers(change: Callable[[Layer], Layer]) -> Transform:
    """Every layer replaced."""

    def transform(work: Work) -> Iterable[Work]:
        if isinstance(work, Reach | Sizes):
            yield replace(work, layers=tuple(map(change, work.layers)))

    return transform


def measured(*measures: Callable[[Layer], Fraction | int]) -> Transform:
    """Another formula for the size."""

    def transform(work: Work) -> Iterable[Work]:
        if isinstance(work, Sizes):
            for measure in measures:
                yield replace(work, measure=measure)

    return transform


CHAIN = (Layer(3), Layer(3, s=2), Layer(2, s=2), Layer(3, d=2))


def receptive_field(chain: tuple[Layer, ...] = CHAIN) -> Exercise:
    """The receptive field after each of four layers."""
    kernels = [layer.k for layer in chain]
    sums = [Fraction(sum(kernels[: n + 1])) for n in range(len(chain))]
    products = [Fraction(prod(kernels[: n + 1])) for n in range(len(chain))]
    return Exercise(
        "receptive-field",
        Reach(layers=chain),
        (
            Misconception("ignored_stride", layers(lambda layer: replace(layer, s=1))),
            Misconception("ignored_dilation", layers(lambda layer: replace(layer, d=1))),
            Misconception("stride_acts_on_own_layer", _own_stride),
            Misconception("added_kernels", written(_numbers(sums))),
            Misconception("multiplied_kernels", written(_numbers(products))),
            Misconception("off_by_one", result(_plus(1), _plus(-1))),
            Misconception("layer_alone", written(_numbers([Fraction(k) for k in kernels]))),
            *general("arithmetic_slip"),
        ),
        labels=("after_1", "after_2", "after_3", "after_4"),
        small=Reach(layers=(Layer(2, s=2), Layer(2), Layer(2, d=2))),
    )


def _own_stride(work: Work) -> Iterable[Work]:
    """The stride of a layer is applied to its own kernel instead of those behind it."""
    if isinstance(work, Reach):
        strides = [layer.s for layer in work.layers[1:]] + [1]
        yield replace(work, layers=tuple(replace(layer, s=s) for layer, s in zip(work.layers, strides, strict=True)))


def _numbers(values: list[Fraction]) -> Callable[[Grid], Grid]:
    return lambda _grid: Grid((len(values),), tuple(map(Polynomial.number, values)))


def _plus(number: int) -> Callable[[Grid], Grid]:
    return lambda grid: grid.map(lambda entry: entry + Polynomial.number(number))


CASES = (Layer(3, n=28), Layer(5, s=2, n=28), Layer(3, s=2, p=1, n=28), Layer(3, d=3, p=1, n=28))


def output_sizes(cases: tuple[Layer, ...] = CASES) -> Exercise:
    """The output sizes of four layers on one axis: plain, strided, padded, dilated."""
    return Exercise(
        "output-sizes",
        Sizes(layers=cases, measure=built),
        (
            Misconception("ignored_dilation", layers(lambda layer: replace(layer, d=1))),
            Misconception("ignored_stride", layers(lambda layer: replace(layer, s=1))),
            Misconception("ignored_padding", layers(lambda layer: replace(layer, p=0))),
            Misconception("padding_counted_once", measured(lambda c: (c.n + c.p - c.d * (c.k - 1) - 1) // c.s + 1)),
            Misconception("forgot_plus_one", result(_plus(-1))),
            Misconception("rounded_up", measured(lambda c: -(-(c.n + 2 * c.p - c.d * (c.k - 1) - 1) // c.s) + 1)),
            Misconception("not_rounded", measured(lambda c: Fraction(c.n + 2 * c.p - c.d * (c.k - 1) - 1, c.s) + 1)),
            Misconception("kernel_times_dilation", measured(lambda c: (c.n + 2 * c.p - c.d * c.k) // c.s + 1)),
            Misconception("input_divided_by_stride", measured(lambda c: c.n // c.s)),
            *general("arithmetic_slip"),
        ),
        labels=("plain", "strided", "padded", "dilated"),
        small=Sizes(
            layers=(Layer(3, n=6), Layer(3, s=2, n=6), Layer(3, s=2, p=1, n=6), Layer(3, d=2, n=6)), measure=built
        ),
    )
