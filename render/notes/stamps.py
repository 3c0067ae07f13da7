"""What transposed-conv is about: transposed convolutions of one row and of an image; a layer and its adjoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from render.figure import matrix_cells
from render.notes import steps
from render.notes.numbers import Point, numbers_of
from render.notes.steps import at
from render.notes.strided import with_zeros
from symbolic import add, conv1d, conv_transpose1d, conv_transpose2d, derive, mul, tensor
from symbolic.functional import sum as total
from symbolic.kernel.logic import Derivation, Expand, Rule, Step
from symbolic.search.windows import as_window
from symbolic.terms.layers import pointwise
from symbolic.terms.term import Const, Grad, Multi, Sum, Term, scalars
from symbolic.theorems import theorem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from render.document import Inline
    from render.figure import Scene
    from symbolic.terms.term import Leaf, Node

STRIDE, KERNEL = 2, 3


class Stamp:
    """One transposed convolution with stride 2 under any layers above, and numbers for it."""

    def __init__(
        self, values: Mapping[str, Any] | None = None, kernel: int = KERNEL, name: str = "Z", **options: int
    ) -> None:
        self.values = dict(values or {"Y": [1, 2, -1], "F": [2, -1, 3], "D": [1, 0, -2, 3, 1, 0, 2]})
        two = isinstance(self.values["Y"][0], list)
        shape = (2, 2) if two else (len(self.values["Y"]),)
        self.Y, self.F = tensor("Y", shape), tensor("F", (kernel,) * len(shape))
        layer = conv_transpose2d if two else conv_transpose1d
        self.Z: Node = layer(self.Y, self.F, stride=STRIDE, name=name, **options)
        self.d = derive(self.Z, gradient=tensor("D", self.Z.shape))
        self.delta = Grad(self.d.loss, self.Z)
        self.point = Point(self.d, self.values)

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


def image() -> Stamp:
    """The same on an image of 2 x 2."""
    error = [[(i * j + 2 * i - j) % 4 for j in range(5)] for i in range(5)]
    return Stamp({"Y": [[1, 2], [3, 4]], "F": [[1, 0, -1], [2, 1, 0], [0, 3, 1]], "D": error})


def cropped() -> Stamp:
    """With padding 1: an entry less at each end."""
    return Stamp({"Y": [1, 2, -1], "F": [2, -1, 3], "D": [1, 0, -2, 3, 1]}, padding=1)


def stretched() -> Stamp:
    """With padding 1 and output_padding 1."""
    return Stamp({"Y": [1, 2, -1], "F": [2, -1, 3], "D": [1, 0, -2, 3, 1, 4]}, padding=1, output_padding=1)


def dense(kernel: int, name: str) -> Stamp:
    """Ones only: how many entries of Y reach each entry of Z."""
    count = STRIDE * 2 + kernel
    return Stamp({"Y": [1, 1, 1], "F": [1] * kernel, "D": [1] * count}, kernel, name)


def by_window(here: Stamp) -> tuple[Step, ...]:
    """Z = the turned kernel over Y with zeros inserted; in one row the zeros written out as well."""
    body = here.Z.body
    window = as_window(body) if isinstance(body, Multi) else None
    if window is None:
        raise TypeError("a transposed convolution is a window")
    first = Step(here.Z, window, Rule.WINDOW, Expand((steps.definition(here.Z),)))
    return (first, with_zeros(window)) if len(here.Y.shape) == 1 else (first,)


class Pair:
    """A layer O = X * F and the transposed layer Z of a Y of O's shape; and the transposed layer of O itself."""

    def __init__(self) -> None:
        self.X, self.F, self.Y = tensor("X", (7,)), tensor("F", (KERNEL,)), tensor("Y", (3,))
        self.O = conv1d(self.X, self.F, stride=STRIDE, name="O")
        self.Z = conv_transpose1d(self.Y, self.F, stride=STRIDE, name="Z")
        self.back = conv_transpose1d(self.O, self.F, stride=STRIDE, name="X_back")
        both = add(total(mul(self.Y, self.O)), total(mul(self.Z, self.X)), name="both")
        values = {"X": [1, 2, 0, -1, 3, 1, 2], "F": [2, -1, 3], "Y": [1, 2, -1]}
        self.point = Point(derive(both), values, (self.back,))

    def product(self, one: Term, other: Term) -> Multi:
        """The inner product of two rows."""
        form = pointwise([one.shape, other.shape], one.shape)
        return Multi(type(form)((), form.operands, form.sizes, label="mul"), (one, other))

    @property
    def sides(self) -> tuple[Multi, Multi]:
        """<Y, O> and <Z, X>."""
        return self.product(self.Y, self.O), self.product(self.Z, self.X)

    @property
    def adjoint(self) -> Step:
        """<Y, O> = <Z, X>, for every X, Y and F of these sizes."""
        left, right = self.sides
        return Step(left, right, Rule.COLLECT, Expand((steps.definition(self.O), steps.definition(self.Z))))

    @property
    def sorted(self) -> Derivation:
        """<Y, O> = O written out = sorted by the entries of X = <Z, X>."""
        left, right = self.sides
        by_y: list[Term] = []
        by_x: list[Term] = []
        for k in range(self.Y.size):
            window = [scalars(at(self.X, STRIDE * k + u), at(self.F, u)) for u in range(KERNEL)]
            by_y.append(scalars(at(self.Y, k), Sum(tuple(window), ())))
        for a in range(self.X.size):
            met = [(k, a - STRIDE * k) for k in range(self.Y.size) if 0 <= a - STRIDE * k < KERNEL]
            stamps = [scalars(at(self.Y, k), at(self.F, u)) for k, u in met]
            by_x.append(scalars(Sum(tuple(stamps), ()) if len(stamps) > 1 else stamps[0], at(self.X, a)))
        known = Expand((steps.definition(self.O),)), Expand((steps.definition(self.Z),))
        rows, columns = Sum(tuple(by_y), ()), Sum(tuple(by_x), ())
        return Derivation(
            (
                Step(left, rows, Rule.EXPAND, known[0]),
                Step(rows, columns, Rule.COLLECT, Expand()),
                Step(columns, right, Rule.COLLECT, known[1]),
            )
        )

    def side(self, number: int) -> tuple[Step, ...]:
        """One of the two products: numbers put in, the value."""
        term = self.sides[number]
        one, other = (numbers_of(self.point.value(operand)) for operand in term.operands)
        pairs = tuple(scalars(Const(x), Const(y)) for x, y in zip(one, other, strict=True))
        put, facts = Sum(pairs, ()), Expand(self.point.facts)
        return Step(term, put, Rule.GIVEN, facts), Step(put, self.point.value(term), Rule.NUMBERS, Expand())


def stamp_cells(_book: object) -> Scene:
    """One row for each entry of Y: the places on which it puts the kernel down."""
    cells = [[a - STRIDE * k if 0 <= a - STRIDE * k < KERNEL else None for a in range(7)] for k in range(3)]
    return matrix_cells(
        cells,
        [f"F_{{{u + 1}}}" for u in range(KERNEL)],
        row_groups=[(f"Y_{{{k + 1}}}", 1) for k in range(3)],
        column_groups=[(f"Z_{{{a + 1}}}", 1) for a in range(7)],
        cell=9.0,
    )


def sizes() -> tuple[tuple[Inline, ...], ...]:
    """Input size, output size of the layer, what the stride leaves over, the transposed sizes without and with it."""
    rows: list[tuple[Inline, ...]] = []
    for size in range(5, 11):
        count = int(conv1d(tensor("X", (size,)), tensor("F", (KERNEL,)), stride=STRIDE).shape[0])
        left = (size - KERNEL) % STRIDE
        y, f = tensor("Y", (count,)), tensor("F", (KERNEL,))
        found = [int(conv_transpose1d(y, f, stride=STRIDE, output_padding=extra).shape[0]) for extra in (0, left)]
        if found[1] != size:
            raise ArithmeticError(f"from {size} to {count} and back to {found[1]}")
        rows.append((size, count, left, *found))
    return tuple(rows)


def recovered() -> Derivation:
    """Relationship 14: with the remainder put back the size is that of the image, for every size."""
    parts = {part.name: part for part in theorem("arithmetic-14").parts}
    return parts["arithmetic-14/size-recovered"]
