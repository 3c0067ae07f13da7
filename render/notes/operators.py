"""What numpy-operators is about: a listing made from the relation of the layer, run here, and compared with the engine.

The three einsum texts are one form seen from its three sides; only the letters of the listing depend on it.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from render.notes import steps
from render.notes.numbers import Point, numbers_of
from symbolic import conv2d, derive, max_pool2d, tensor
from symbolic.equality import Expand, Rule, Step
from symbolic.index import ints
from symbolic.layers import form
from symbolic.term import Entry, Flip, Grad, Leaf, Multi, Sum, Term
from symbolic.unroll import entry_of, summed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from symbolic.form import Form, Slot


Error: TypeAlias = list[list[list[int]]]
Weights: TypeAlias = list[list[list[list[int]]]]
IMAGE = [[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
WEIGHTS = [
    [[[1, 2], [3, 5]], [[-1, 0], [2, 4]]],
    [[[2, -3], [1, 1]], [[0, 1], [5, -2]]],
    [[[-4, 1], [2, 0]], [[3, 3], [-1, 2]]],
]
BIAS = [1, -2, 3]
ERROR = [[[-1, -1], [-1, -1]]] * 3
COUNTING = [[[4 * o + 2 * i + j + 1 for j in range(2)] for i in range(2)] for o in range(3)]
SYMMETRIC = [[[[1, 2], [2, 1]]] * 2] * 3
POOLED = [[1, 5, 2, 0], [3, 4, 8, 6], [7, 2, 1, 3], [0, 6, 4, 9]]

LISTING = """\
import numpy as np


def windows(x, k, s):
    # output i and weight u meet pixel {relation}
    counts = ((n - k) // s + 1 for n in x.shape[2:])
    a, b = (s * np.arange(m) + np.arange(k)[:, None] for m in counts)
    a, b = a[:, None, :, None], b[None, :, None, :]
    return x[:, :, a, b], (a, b)  # {columns}


def scatter(columns, places, shape):
    x = np.zeros(shape, columns.dtype)
    np.add.at(x, (slice(None), slice(None), *places), columns)
    return x


class Conv2D:
    def __init__(self, w, b, stride=1):
        self.w, self.b, self.s = w, b, stride

    def forward(self, x):
        self.shape = x.shape
        self.columns, self.places = windows(x, self.w.shape[2], self.s)
        products = np.einsum("{forward}", self.w, self.columns)
        return products + self.b[:, None, None]

    def backward(self, delta):
        self.dw = np.einsum("{by_weights}", delta, self.columns)
        self.db = delta.sum(axis=(0, 2, 3))
        columns = np.einsum("{by_columns}", self.w, delta)
        return scatter(columns, self.places, self.shape)


class MaxPooling:
    def __init__(self, k, stride):
        self.k, self.s = k, stride

    def forward(self, x):
        self.shape = x.shape
        columns, self.places = windows(x, self.k, self.s)
        n, c, u, v, i, j = columns.shape
        first = columns.reshape(n, c, u * v, i, j).argmax(axis=2)
        places = np.arange(u * v).reshape(u, v, 1, 1)
        self.winner = places == first[:, :, None, None]
        return (self.winner * columns).sum(axis=(2, 3))

    def backward(self, delta):
        columns = self.winner * delta[:, :, None, None]
        return scatter(columns, self.places, self.shape)
"""
USE = """\
x = np.array([[[[0, 1, 2], [3, 4, 5], [6, 7, 8]],
               [[1, 2, 3], [4, 5, 6], [7, 8, 9]]]])
w = np.array([[[[1, 2], [3, 5]], [[-1, 0], [2, 4]]],
              [[[2, -3], [1, 1]], [[0, 1], [5, -2]]],
              [[[-4, 1], [2, 0]], [[3, 3], [-1, 2]]]])
conv = Conv2D(w, np.array([1, -2, 3]))
print(conv.forward(x).tolist())
delta = -np.ones((1, 3, 2, 2), int)
print(conv.backward(delta).tolist())
print(conv.db.tolist())

pool = MaxPooling(2, 2)
x = np.array([[[[1, 5, 2, 0], [3, 4, 8, 6], [7, 2, 1, 3], [0, 6, 4, 9]]]])
print(pool.forward(x).tolist())
print(pool.backward(np.array([[[[2, 8], [4, 6]]]])).tolist())
"""


def relation() -> Form:
    """The form of a convolution layer with a batch and channels; its sizes do not matter here."""
    letters = dict.fromkeys("nocijuvab", 2) | {"g": 1}
    return form("conv", {**letters, **dict.fromkeys(("s1", "s2", "d1", "d2"), 1), "p1": 0, "p2": 0}, rank=2)


def views() -> tuple[str, str, str]:
    """The einsum texts: forward, by the weights, by the columns. A pixel letter becomes those that meet there."""
    conv = relation()
    meeting = {row.a: (row.u, row.i) for row in conv.rows}

    def letters(slot: Slot) -> str:
        plain = [x for axis in slot for x in axis if x not in meeting and x != "g"]
        met = [meeting[x] for axis in slot for x in axis if x in meeting]
        return "".join((*plain, *(u for u, _ in met), *(i for _, i in met)))

    out, (weights, columns) = letters(conv.output), (letters(slot) for slot in conv.operands)
    return f"{weights},{columns}->{out}", f"{out},{columns}->{weights}", f"{weights},{out}->{columns}"


@cache
def listing() -> str:
    """The operators as a program, with the letters of the relation."""
    forward, by_weights, by_columns = views()
    text = LISTING.replace("{relation}", "s * i + u").replace("{columns}", by_columns.partition("->")[2])
    return text.replace("{forward}", forward).replace("{by_weights}", by_weights).replace("{by_columns}", by_columns)


@cache
def program() -> SimpleNamespace:
    """The listing, run."""
    names: dict[str, Any] = {}
    exec(compile(listing(), "operators", "exec"), names)  # noqa: S102 (the text above, with letters of our own)
    return SimpleNamespace(**names)


def use() -> str:
    """The second listing with what it prints written beside each call."""
    printed: list[str] = []
    names = {**vars(program()), "np": np, "print": lambda value: printed.append(str(value))}
    exec(compile(USE, "use", "exec"), names)  # noqa: S102 (the text above)
    results = iter(printed)
    return "".join(line + _beneath(line, results) for line in USE.splitlines(keepends=True))


def _beneath(line: str, results: Iterator[str]) -> str:
    return "".join(f"# {part}\n" for part in _broken(next(results))) if line.startswith("print") else ""


def _broken(text: str) -> list[str]:
    """A nested list over several lines, one per channel."""
    return text.replace("]], [[", "]],\n[[").splitlines()


class Setting:
    """The published numbers in the engine."""

    def __init__(self, weights: Weights = WEIGHTS, error: Error = ERROR) -> None:
        self.X, self.F, self.b = tensor("X", (2, 3, 3)), tensor("F", (3, 2, 2, 2)), tensor("b", (3,))
        self.O = conv2d(self.X, self.F, self.b, name="O")
        self.d = derive(self.O, gradient=tensor("D", self.O.shape))
        self.delta = Grad(self.d.loss, self.O)
        self.values = {"X": IMAGE, "F": weights, "b": BIAS, "D": error}
        self.point = Point(self.d, self.values)

    def grad(self, tensor: Leaf) -> Grad:
        """dL/d(tensor)."""
        return Grad(self.d.loss, tensor)

    @property
    def arriving(self) -> Step:
        """delta and its numbers."""
        return steps.follows(self.delta, self.point.value(self.delta), Rule.GIVEN, *self.point.facts)

    @property
    def first(self) -> tuple[Step, ...]:
        """O_111: eight products and the bias, numbers put in, the value."""
        body = self.O.body
        parts = [entry_of(steps.written(part), 0) for part in body.terms] if isinstance(body, Sum) else []
        flat = [term for part in parts for term in (part.terms if isinstance(part, Sum) else (part,))]
        step = steps.follows(Entry(self.O, (0, 0, 0)), summed(flat), Rule.EXPAND, steps.definition(self.O))
        return (step, *self.point.evaluated(step.rhs))

    def worked(self, tensor: Leaf, index: tuple[int, ...]) -> tuple[Step, ...]:
        """One entry of a gradient: the shares, the numbers, the value."""
        share = steps.picked(steps.shares(self.d, tensor), index)
        return (share, *self.point.evaluated(share.rhs, (self.delta,)))

    @property
    def window(self) -> Term:
        """dL/dX as it is: the turned weights over delta."""
        window: Term = self.d.proof(self.X).rhs
        return window

    @property
    def published(self) -> Multi:
        """dL/dX as the text computes it: the weights over delta as they are."""
        window = self.window
        if not isinstance(window, Multi):
            raise TypeError("expected a window")
        return Multi(window.form, tuple(x.source if isinstance(x, Flip) else x for x in window.operands))

    def numbers(self, term: Term) -> NDArray[Any]:
        """The numbers of a term as an array."""
        values = [int(n) for n in numbers_of(self.point.value(term))]
        return np.array(values, dtype=np.int64).reshape(ints(term.shape))

    @property
    def wrong(self) -> Step:
        """What the text's formula gives."""
        return Step(self.published, self.point.value(self.published), Rule.NUMBERS, Expand(self.point.facts))

    def differ(self) -> int:
        """How many of the 18 entries the text's formula gets wrong."""
        return int((self.numbers(self.published) != self.numbers(self.grad(self.X))).sum())


def hidden() -> tuple[tuple[int, int], ...]:
    """Wrong entries for the weights of the text and for symmetric ones, with either error term."""
    return tuple(
        (Setting(weights, ERROR).differ(), Setting(weights, COUNTING).differ()) for weights in (WEIGHTS, SYMMETRIC)
    )


def compared() -> int:
    """Run the listing on both error terms and on the pool; how many numbers agree. ArithmeticError if one does not."""
    ops, count = program(), 0
    for error in (ERROR, COUNTING):
        here = Setting(WEIGHTS, error)
        conv = ops.Conv2D(np.array(WEIGHTS), np.array(BIAS))
        out = conv.forward(np.array([IMAGE]))
        back = conv.backward(np.array([error]))
        grads = [here.grad(leaf) for leaf in (here.X, here.F, here.b)]
        for found, term in zip((out[0], back[0], conv.dw, conv.db), (here.O, *grads), strict=True):
            if not (found == here.numbers(term)).all():
                raise ArithmeticError(f"the listing gives {found.tolist()}")
            count += found.size
    x, pool = tensor("X", (4, 4)), ops.MaxPooling(2, 2)
    at = derive(max_pool2d(x, 2, name="O"), gradient=[[2, 8], [4, 6]]).evaluate({"X": POOLED})
    for found, value in (
        (pool.forward(np.array([[POOLED]])), at.values["O"]),
        (pool.backward(np.array([[[[2, 8], [4, 6]]]])), at.grads["X"]),
    ):
        if not (found[0, 0] == value).all():
            raise ArithmeticError(f"the listing gives {found.tolist()}")
        count += found.size
    return count
