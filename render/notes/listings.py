"""The listings of numpy-operators: made from the relation of the layer, run here, with what they print beneath.

The einsum texts are one form seen from its sides; only the letters of the listings depend on it.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from symbolic.terms.layers import form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symbolic.terms.form import Form, Slot

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
print(conv.dw.tolist())
print(conv.db.tolist())

pool = MaxPooling(2, 2)
x = np.array([[[[1, 5, 2, 0], [3, 4, 8, 6], [7, 2, 1, 3], [0, 6, 4, 9]]]])
print(pool.forward(x).tolist())
print(pool.backward(np.array([[[[2, 8], [4, 6]]]])).tolist())
"""
SLIDING = """\
def slide(delta, kernel):
    # over the error term in a frame of k - 1 zeros
    k = kernel.shape[2]
    framed = np.pad(delta, ((0, 0), (0, 0), (k - 1, k - 1), (k - 1, k - 1)))
    columns, _ = windows(framed, k, 1)
    return np.einsum("{by_window}", kernel, columns)


turned = w[:, :, ::-1, ::-1]
right = slide(delta, turned)
wrong = slide(delta, w)
print((right == conv.backward(delta)).all())
print(right.tolist())
print(wrong.tolist())
print(int((wrong != right).sum()), "of", wrong.size, "entries are wrong")
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


def by_window() -> str:
    """The einsum text of the way back as a sliding window: forward, with both kinds of channels exchanged."""
    sources, _, out = views()[0].partition("->")
    weights, _, columns = sources.partition(",")
    exchanged = str.maketrans("oc", "co")
    return f"{weights},{columns.translate(exchanged)}->{out.translate(exchanged)}"


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
    """The second listing with what it prints written beneath each call."""
    return _printed(USE, {**vars(program()), "np": np})


def sliding() -> str:
    """The third listing: the way back as a sliding window, with the weights turned and as they are."""
    names = {**vars(program()), "np": np}
    exec(compile(USE.partition("\npool")[0], "use", "exec"), {**names, "print": lambda *_: None}, names)  # noqa: S102
    return _printed(SLIDING.replace("{by_window}", by_window()), names)


def _printed(text: str, names: dict[str, Any]) -> str:
    """A listing of ours, run, with what it prints as comments."""
    printed: list[str] = []
    names = {**names, "print": lambda *values: printed.append(" ".join(map(str, values)))}
    exec(compile(text, "listing", "exec"), names)  # noqa: S102 (a text above)
    results = iter(printed)
    return "".join(line + _beneath(line, results) for line in text.splitlines(keepends=True))


def _beneath(line: str, results: Iterator[str]) -> str:
    return "".join(f"# {part}\n" for part in _broken(next(results))) if line.startswith("print") else ""


def _broken(text: str) -> list[str]:
    """A nested list over several lines, one per channel."""
    return text.replace("]], [[", "]],\n[[").splitlines()
