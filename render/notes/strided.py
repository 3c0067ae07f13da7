"""What strided-dilated-grouped is about: one row under a stride, one row dilated, two channels apart."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from render.figure import beside, matrix_cells
from render.figure import prose as quoted
from render.notes import steps
from render.notes.numbers import Point
from render.notes.steps import at, indices
from symbolic import conv1d, conv2d, derive, tensor
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.term import Const, Data, Grad, Multi, Stack, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from render.document import Inline
    from render.figure import Scene
    from render.words import Phrasebook
    from symbolic.terms.term import Leaf, Shape

CHANNELS, KERNEL = 4, 3


class Layer:
    """One convolution under any layers above, all of which hand down delta; and numbers for it."""

    def __init__(self, image: Shape, kernel: Shape, values: Mapping[str, Any], **options: int) -> None:
        conv = conv2d if (len(image), len(kernel)) in {(2, 2), (3, 4)} else conv1d
        self.X, self.F = tensor("X", image), tensor("F", kernel)
        self.O = conv(self.X, self.F, name="O", **options)
        self.d = derive(self.O, gradient=tensor("D", self.O.shape))
        self.delta = Grad(self.d.loss, self.O)
        self.values = dict(values)
        self.point = Point(self.d, values)

    def grad(self, tensor: Leaf) -> Grad:
        """dL/d(tensor)."""
        return Grad(self.d.loss, tensor)

    @property
    def arriving(self) -> Step:
        """delta and its numbers."""
        return steps.follows(self.delta, self.point.value(self.delta), Rule.GIVEN, *self.point.facts)

    def worked(self, tensor: Leaf, index: tuple[int, ...]) -> tuple[Step, ...]:
        """One entry of a gradient: the shares, the numbers, the value."""
        share = steps.picked(steps.shares(self.d, tensor), index)
        return (share, *self.point.evaluated(share.rhs, (self.delta,)))


def strided() -> Layer:
    """Six pixels, three weights, stride 2: two outputs, and a pixel that none of them reads."""
    return Layer((6,), (3,), {"X": [1, 2, 0, -1, 3, 5], "F": [2, -1, 3], "D": [1, -2]}, stride=2)


def strided_image() -> Layer:
    """The same in two dimensions."""
    image = [[(2 * i + 3 * j) % 5 for j in range(6)] for i in range(6)]
    kernel = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    return Layer((6, 6), (3, 3), {"X": image, "F": kernel, "D": [[1, 2], [3, 4]]}, stride=2)


def dilated() -> Layer:
    """Seven pixels, three weights two apart."""
    return Layer((7,), (3,), {"X": [1, 2, 0, -1, 3, 5, -2], "F": [2, -1, 3], "D": [1, -2, 4]}, dilation=2)


def depthwise() -> Layer:
    """Two channels with a kernel each."""
    values = {"X": [[1, 2, 0, -1], [3, 5, -2, 4]], "F": [[[2, -1]], [[3, 1]]], "D": [[1, -2, 4], [2, 0, -1]]}
    return Layer((2, 4), (2, 1, 2), values, groups=2)


def grouped() -> Layer:
    """Four channels in two groups, images of four by four."""
    image = [[[(c + 2 * i + 3 * j) % 5 for j in range(3)] for i in range(3)] for c in range(CHANNELS)]
    kernel = [[[[o + c, 1], [-1, o - c]] for c in range(2)] for o in range(CHANNELS)]
    error = [[[o - 1, 1], [2, -o]] for o in range(CHANNELS)]
    return Layer((CHANNELS, 3, 3), (CHANNELS, 2, 2, 2), {"X": image, "F": kernel, "D": error}, groups=2)


def with_zeros(window: Term) -> Step:
    """A window over an array whose entries lie e apart = the same window over the array with the zeros written."""
    if not isinstance(window, Multi):
        raise TypeError("expected a window")
    form = window.form
    (row,) = form.rows
    slot = next(k for k, letters in enumerate(form.operands) if (row.a,) in letters)
    operand = window.operands[slot]
    count = (operand.size - 1) * int(row.e) + 1  # type: ignore[arg-type] # the sizes are numbers
    zero = Const(Fraction(0))
    spread = tuple(zero if place % int(row.e) else at(operand, place // int(row.e)) for place in range(count))  # type: ignore[arg-type]
    sizes = tuple((letter, count if letter == row.a else size) for letter, size in form.sizes)
    plain = replace(form, sizes=sizes, rows=(replace(row, e=1),))
    operands = tuple(Stack(spread, (count,)) if k == slot else x for k, x in enumerate(window.operands))
    return Step(window, Multi(plain, operands), Rule.WINDOW, Expand())


def unread(layer: Layer) -> tuple[tuple[int, ...], ...]:
    """The entries of X, 0-based, that no output reads: those whose gradient is the number 0."""
    shares = steps.shares(layer.d, layer.X).rhs
    places = indices(layer.X.shape)
    return tuple(index for index, part in zip(places, shares.parts, strict=True) if part == Const(Fraction(0)))


def zeros(layer: Layer) -> Step:
    """All gradients at unread entries, as an array of zeros."""
    entries = tuple(at(layer.grad(layer.X), *index) for index in unread(layer))
    data = Data((Fraction(0),) * len(entries), (len(entries),))
    return Step(Stack(entries, data.shape), data, Rule.LOCAL, Expand((steps.gradient(layer.d, layer.X),)))


def weights(groups: int) -> int:
    """How many weights a layer of 4 channels to 4 channels has, kernel 3 x 3."""
    image = tensor("X", (CHANNELS, KERNEL, KERNEL))
    kernel = tensor("F", (CHANNELS, CHANNELS // groups, KERNEL, KERNEL))
    conv2d(image, kernel, groups=groups)  # raises if the shapes do not belong together
    return int(kernel.size)


def counted() -> tuple[tuple[Inline, ...], ...]:
    """Groups, channels that an output sees, weights."""
    return tuple((groups, CHANNELS // groups, weights(groups)) for groups in (1, 2, CHANNELS))


def channel_matrices(book: Phrasebook) -> Scene:
    """Which output channel (row) sees which input channel (column): all, two groups, depthwise."""
    scenes = []
    for groups in (2, CHANNELS):
        per = CHANNELS // groups
        ids = [[o * per + c % per if c // per == o // per else None for c in range(CHANNELS)] for o in range(CHANNELS)]
        labels = [f"F_{{{o + 1}{c + 1}}}" for o in range(CHANNELS) for c in range(per)]
        blocks = [("", per)] * groups
        title = book.plain("groups.two" if groups == 2 else "groups.four")
        scenes.append(matrix_cells(ids, labels, title=quoted(title), row_groups=blocks, column_groups=blocks, cell=9.0))
    return beside(scenes, 14.0)
