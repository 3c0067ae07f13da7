"""A convolution layer as a matrix: C, im2col and the steps that tie both to the sliding window.

Row    one row: x of 4 entries, kernel w of 3, output y of 2          Image    X 4 x 4, F 3 x 3, O 2 x 2 as vectors
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from render.notes import steps
from render.notes.numbers import Point, numbers_of
from symbolic import conv1d, conv2d, conv_transpose2d, derive, reshape, tensor
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.form import Form
from symbolic.terms.rewriting import replaced
from symbolic.terms.term import Grad, Multi, Node, Route, Tensor, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symbolic.network.derived import Derived

Pairs = tuple[tuple[int, int], ...]


def product(matrix: Term, vector: Term) -> Multi:
    """matrix times vector."""
    n, m = matrix.shape
    form = Form((("i",),), ((("i",), ("k",)), (("k",),)), (("i", n), ("k", m)), label="matmul")
    return Multi(form, (matrix, vector))


def transposed_product(matrix: Term, vector: Term) -> Multi:
    """The transpose of a matrix times a vector."""
    n, m = matrix.shape
    form = Form((("k",),), ((("i",), ("k",)), (("i",),)), (("i", n), ("k", m)), label="matmul")
    return Multi(form, (matrix, vector))


def matmul(one: Term, other: Term, *, left: bool = False, right: bool = False) -> Multi:
    """The product of two matrices; `left`, `right` say which of them is transposed first."""
    (n, k), m = one.shape, other.shape[0 if right else 1]
    first, second = (("k",), ("i",)) if left else (("i",), ("k",)), (("m",), ("k",)) if right else (("k",), ("m",))
    rows, inner = (k, n) if left else (n, k)
    form = Form((("i",), ("m",)), (first, second), (("i", rows), ("k", inner), ("m", m)), label="matmul")
    return Multi(form, (one, other))


def outer(one: Term, other: Term) -> Multi:
    """The column `one` times the row `other`."""
    form = Form((("i",), ("k",)), ((("i",),), (("k",),)), (("i", one.size), ("k", other.size)), label="matmul")
    return Multi(form, (one, other))


def vec(term: Term) -> Route:
    """The entries of an array in one row, in reading order."""
    return reshaped(term, (term.size,))


def reshaped(term: Term, shape: tuple[int, ...]) -> Route:
    """The same entries in another shape."""
    return Route(term, shape, tuple((k, k) for k in range(term.size)))


def meetings(layer: Node, kernel: Tensor, image: Tensor) -> list[tuple[int, int, int]]:
    """(output, weight, pixel), flat: which weight takes which pixel to which output."""
    body = layer.body
    if not isinstance(body, Multi):
        raise TypeError("expected a layer that is one form")
    out, ins = body.form.solutions()
    u, a = (ins[body.operands.index(operand)] for operand in (kernel, image))
    return [(int(i), int(w), int(p)) for i, w, p in zip(out, u, a, strict=True)]


def matrix_of(layer: Node, kernel: Tensor, image: Tensor) -> Node:
    """C: in the row of an output and the column of a pixel the weight between them."""
    pairs = tuple((i * image.size + a, u) for i, u, a in meetings(layer, kernel, image))
    return Node("toeplitz", (kernel,), Route(kernel, (layer.size, image.size), pairs), name="C")


def columns_of(layer: Node, kernel: Tensor, image: Tensor) -> Node:
    """U, im2col of the image: the column of an output is the window that it sees."""
    pairs = tuple((u * layer.size + i, a) for i, u, a in meetings(layer, kernel, image))
    return Node("im2col", (image,), Route(image, (kernel.size, layer.size), pairs), name="U")


def folded_of(layer: Node, kernel: Tensor, image: Tensor, columns: Term) -> Route:
    """col2im: every entry of the columns added to the pixel that it came from."""
    pairs = tuple((a, u * layer.size + i) for i, u, a in meetings(layer, kernel, image))
    return Route(columns, image.shape, tuple(sorted(pairs)))


class Row:
    """y slides w over x."""

    def __init__(self) -> None:
        self.x, self.w, self.D = tensor("x", (4,)), tensor("w", (3,)), tensor("D", (2,))
        self.y = conv1d(self.x, self.w, name="y")
        self.d: Derived = derive(self.y, gradient=self.D)
        self.delta = Grad(self.d.loss, self.y)
        self.C, self.U = matrix_of(self.y, self.w, self.x), columns_of(self.y, self.w, self.x)
        self.C_turned = Route(self.w, (4, 2), tuple((a * 2 + i, u) for i, u, a in meetings(self.y, self.w, self.x)))
        self.M = Node("outer", (self.w,), outer(self.w, self.delta), name="M")

    @cached_property
    def expand(self) -> Expand:
        """Both sides multiplied out, given what C, U, M and y are and the rules of the gradients."""
        rules = tuple(steps.gradient(self.d, tensor) for tensor in (self.x, self.w))
        return Expand((*(steps.definition(node) for node in (self.y, self.C, self.U, self.M)), *rules))

    def step(self, lhs: Term, rhs: Term) -> Step:
        """One of the ways to write the layer."""
        return Step(lhs, rhs, Rule.COLLECT, self.expand)

    @property
    def forward(self) -> Step:
        """y = C x."""
        return self.step(self.y, product(self.C, self.x))

    @property
    def backward(self) -> Step:
        """dL/dx = C^T delta."""
        return self.step(Grad(self.d.loss, self.x), transposed_product(self.C, self.delta))

    @property
    def by_columns(self) -> Step:
        """y = U^T w."""
        return self.step(self.y, transposed_product(self.U, self.w))

    @property
    def filter_by_columns(self) -> Step:
        """dL/dw = U delta."""
        return self.step(Grad(self.d.loss, self.w), product(self.U, self.delta))

    @property
    def folded(self) -> Step:
        """dL/dx = col2im of M."""
        return self.step(Grad(self.d.loss, self.x), folded_of(self.y, self.w, self.x, self.M))


class Image:
    """O slides F over X; x and y are X and O as vectors, the loss is about y."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.X, self.F, self.D = tensor("X", (4, 4)), tensor("F", (3, 3)), tensor("D", (4,))
        self.O = conv2d(self.X, self.F, name="O")
        self.y = reshape(self.O, (4,), name="y")
        self.d: Derived = derive(self.y, gradient=self.D)
        self.delta = Grad(self.d.loss, self.y)
        self.x, self.f = (Node("vec", (t,), vec(t), name=name) for t, name in ((self.X, "x"), (self.F, "f")))
        self.C, self.U = matrix_of(self.O, self.F, self.X), columns_of(self.O, self.F, self.X)
        self.Y, self.E = tensor("Y", (2, 2)), tensor("E", (4, 4))
        self.Z = conv_transpose2d(self.Y, self.F, name="Z")
        self.transposed: Derived = derive(self.Z, gradient=self.E)
        self.again = conv_transpose2d(self.O, self.F, name="X_back")
        self.point = Point(self.d, values, (self.x, self.f, self.C, self.U, self.again))

    @property
    def cells(self) -> list[list[int | None]]:
        """The number of the weight in each cell of C, None for a zero."""
        rows: list[list[int | None]] = [[None] * self.X.size for _ in range(self.O.size)]
        for i, u, a in meetings(self.O, self.F, self.X):
            rows[i][a] = u
        return rows

    @cached_property
    def facts(self) -> tuple[Step, ...]:
        """What the names stand for, and the rules of the gradients."""
        nodes = (self.O, self.x, self.y, self.f, self.C, self.U, self.Z)
        rules = tuple(steps.gradient(self.d, tensor) for tensor in (self.O, self.X, self.F))
        return (*map(steps.definition, nodes), *rules)

    def step(self, lhs: Term, rhs: Term, rule: Rule = Rule.COLLECT) -> Step:
        """An equality by multiplying out."""
        return Step(lhs, rhs, rule, Expand(self.facts))

    def grad(self, tensor: Tensor) -> Grad:
        """dL/d(tensor)."""
        return Grad(self.d.loss, tensor)

    @property
    def forward(self) -> Step:
        """y = C x."""
        return self.step(self.y, product(self.C, self.x))

    @property
    def backward(self) -> Step:
        """vec(dL/dX) = C^T dL/dy."""
        return self.step(vec(self.grad(self.X)), transposed_product(self.C, self.delta))

    @property
    def chain(self) -> tuple[Step, ...]:
        """dL/dX_22 = sum of dL/dO_ij dO_ij/dX_22 = the column of X_22 in C, weighted."""
        chain = steps.picked(steps.chain(self.d.loss, self.X), (1, 1))
        share = steps.picked(steps.shares(self.d, self.X), (1, 1))
        return chain, steps.follows(chain.rhs, share.rhs, Rule.LOCAL, steps.local(self.O, self.X))

    @property
    def full(self) -> Step:
        """dL/dX = dL/dy as a matrix, full, with F rotated."""
        matrix: dict[Term, Term] = {self.grad(self.O): reshaped(self.delta, (2, 2))}
        return self.step(self.grad(self.X), replaced(self.d.proof(self.X).rhs, matrix), Rule.WINDOW)

    @property
    def by_columns(self) -> Step:
        """y = U^T f."""
        return self.step(self.y, transposed_product(self.U, self.f))

    @property
    def filter_by_columns(self) -> Step:
        """vec(dL/dF) = U dL/dy."""
        return self.step(vec(self.grad(self.F)), product(self.U, self.delta))

    @property
    def transposed_matrix(self) -> Step:
        """vec(Z) = C^T vec(Y)."""
        return self.step(vec(self.Z), transposed_product(self.C, vec(self.Y)))

    @property
    def adjoint(self) -> Step:
        """<Y, O> = <X, Z>."""
        return self.step(inner(self.Y, self.O), inner(self.X, self.Z))


def inner(one: Tensor, other: Tensor) -> Multi:
    """The sum of the products of corresponding entries."""
    letters = (("i",), ("j",))
    sizes = tuple((letter[0], n) for letter, n in zip(letters, one.shape, strict=True))
    return Multi(Form((), (letters, letters), sizes, label="mul"), (one, other))


def back_places(image: Image, wrong: Term) -> int:
    """In how many entries a term differs from dL/dX at the given numbers."""
    values = [numbers_of(image.point.value(term)) for term in (wrong, image.grad(image.X))]
    return sum(one != other for one, other in zip(*values, strict=True))
