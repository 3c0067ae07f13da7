"""Gradients of the layers, for all sizes. The search is here; the kernel judges.

A theorem is about one row of `layers.TABLE` with every size a letter: batch N, groups G, channels O and C per
group, and per axis output m, kernel k, input n, stride s, dilation d, input dilation e, padding p. It says

    d<delta, layer(F, X)>/dX  =  the form seen from X  =  a window (rot180 F over delta, or delta over X)

by `DropOperand` and `Reindex`, so that one derivation serves every instance.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from symbolic.kernel.logic import WINNERS, Cite, Derivation, Rule, Step
from symbolic.kernel.reindex import DropOperand
from symbolic.search.matching import reindexed
from symbolic.search.windows import as_window, swapped, turned
from symbolic.terms.layers import CARRIED, SPATIAL, form
from symbolic.terms.size import Extent, letter_size
from symbolic.terms.term import Grad, Leaf, Multi, Node
from symbolic.theorems.theorem import Theorem

if TYPE_CHECKING:
    from symbolic.terms.form import Form

NAMES = {
    ("conv", 0): "filter-gradient",
    ("conv", 1): "input-gradient",
    ("conv_transpose", 0): "transposed-filter-gradient",
    ("conv_transpose", 1): "transposed-input-gradient",
    ("bias", 0): "bias-gradient",
    ("avg_pool", 0): "average-pool-backward",
    ("max_pool", 1): "max-pool-backward",
    ("linear", 0): "linear-input-gradient",
    ("linear", 1): "linear-weight-gradient",
    ("linear_bias", 0): "linear-bias-gradient",
}
OPERANDS = {
    "conv": ("F", "X"),
    "conv_transpose": ("F", "X"),
    "bias": ("b",),
    "avg_pool": ("X",),
    "max_pool": ("W", "X"),
    "linear": ("X", "W"),
    "linear_bias": ("b",),
}
SIZES = {"n": "N", "g": "G", "o": "O", "c": "C"}
SIZES |= {x: f"{size}{axis}" for axis, row in enumerate(SPATIAL, 1) for x, size in zip(row, "mkn", strict=True)}
SIZES |= {letter: f"B{place}" for place, letter in enumerate(CARRIED, 1)}


def letter_sizes(rank: int) -> dict[str, Extent]:
    """Every extent and parameter of a row as a letter of its own."""
    letters: dict[str, Extent] = {letter: letter_size(size) for letter, size in SIZES.items()}
    return letters | {f"{x}{axis}": letter_size(f"{x}{axis}") for x in "sdep" for axis in range(1, rank + 1)}


def leaves_of(key: str, layer: Form) -> tuple[Leaf, ...]:
    """Tensors of the shapes that a row's operands have."""
    return tuple(Leaf(name, layer.shape(slot)) for name, slot in zip(OPERANDS[key], layer.operands, strict=True))


def pairing(layer: Form, operands: tuple[Leaf, ...], delta: Leaf) -> Node:
    """T = the sum of delta * layer(operands): the scalar whose derivatives are the vector-Jacobian products."""
    scalar = replace(layer, output=(), operands=(*layer.operands, layer.output))
    return Node("pairing", (*operands, delta), Multi(scalar, (*operands, delta)), name="T")


@cache
def gradient(key: str, operand: int, rank: int, carried: int, without: str) -> Derivation:
    """The theorem about the gradient of one operand of a TABLE row, for all sizes and parameters."""
    divisor: Extent = letter_size("D") if key == "avg_pool" else 1
    layer = form(key, letter_sizes(rank), rank=rank, carried=carried, without=without, divisor=divisor)
    operands, delta = leaves_of(key, layer), Leaf("delta", layer.output_shape)
    view = Multi(layer.wrt(operand), (*operands[:operand], delta, *operands[operand + 1 :]))
    first = Grad(pairing(layer, operands, delta), operands[operand])
    given = (WINNERS,) if key == "max_pool" else ()  # W is held fixed
    steps = [Step(first, view, Rule.DROP_OPERAND, DropOperand(), given)]
    window = as_window(view)
    if isinstance(window, Multi) and window != view:
        steps.append(reindexed(view, window, Rule.WINDOW))
    return Derivation(tuple(steps), NAMES[key, operand])


def citation(view: Multi) -> Cite | None:
    """The theorem that a concrete view `form.wrt(operand)` is an instance of, with its substitution."""
    key, _, operand = view.form.label.partition("/")
    if not operand.isdigit() or (key, int(operand)) not in NAMES or (view.form.scale != 1 and key != "avg_pool"):
        return None
    where = view.form.extent
    carried = sum(letter in where for letter in CARRIED)
    plain = "ngoc" if key.startswith(("conv", "bias")) else ""
    without = "".join(letter for letter in plain if letter not in where)
    rank = sum(row[0] in where for row in SPATIAL)
    theorem = gradient(key, int(operand), rank, carried, without)
    sizes: dict[str, Extent] = {SIZES[letter]: extent for letter, extent in where.items()}
    for axis, row in enumerate(view.form.rows, 1):
        sizes |= {f"s{axis}": row.s, f"d{axis}": row.d, f"e{axis}": row.e, f"p{axis}": row.p}
    if key == "avg_pool":
        sizes["D"] = view.form.scale.denominator
    names = list(OPERANDS[key])
    names[int(operand)] = "delta"
    operands = dict(zip(names, view.operands, strict=True))
    return Cite(theorem, tuple(sorted(sizes.items())), tuple(sorted(operands.items())))


def _layers(key: str, operand: int, rank: int = 2) -> Theorem:
    """One operand's gradient, for a batch of images with groups and channels."""
    carried = 2 if key.endswith("pool") else 0
    return Theorem(NAMES[key, operand], (gradient(key, operand, rank, carried, ""),))


def _swaps() -> Theorem:
    """Exchanging output and kernel twice, or output and input twice, gives the window back."""
    layer = form("conv", letter_sizes(2), rank=2)
    operands = leaves_of("conv", layer)
    view = Multi(layer, operands)
    twice = {
        "sigma": tuple(swapped(swapped(row)) for row in layer.rows),
        "tau": tuple(turned(turned(row, layer.extent[row.u]), layer.extent[row.u]) for row in layer.rows),
    }
    return Theorem(
        "window-swaps",
        tuple(
            Derivation((reindexed(view, Multi(replace(layer, rows=rows), operands), Rule.WINDOW),), f"{name}-twice")
            for name, rows in twice.items()
        ),
    )


THEOREMS = {
    "filter-gradient": lambda: _layers("conv", 0),
    "input-gradient": lambda: _layers("conv", 1),
    "bias-gradient": lambda: _layers("bias", 0),
    "window-swaps": _swaps,
    "average-pool-backward": lambda: _layers("avg_pool", 0),
    "max-pool-backward": lambda: _layers("max_pool", 1),
}
