"""The statements for all sizes and their derivations. The search is here; the kernel judges.

A theorem is about one row of `layers.TABLE` with every size a letter: batch N, groups G, channels O and C per
group, and per axis output m, kernel k, input n, stride s, dilation d, input dilation e, padding p. It says

    d<delta, layer(F, X)>/dX  =  the form seen from X  =  a window (rot180 F over delta, or delta over X)

by `DropOperand` and `Reindex`, so that one derivation serves every instance.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from symbolic.equality import Cite, Derivation, Rule, Step
from symbolic.index import Extent, letter_size
from symbolic.layers import CARRIED, SPATIAL, form
from symbolic.reindex import DropOperand, Reindex
from symbolic.term import Grad, Leaf, Multi, Node
from symbolic.window import as_window

NAMES = {
    ("conv", 0): "filter-gradient",
    ("conv", 1): "input-gradient",
    ("conv_transpose", 0): "transposed-filter-gradient",
    ("conv_transpose", 1): "transposed-input-gradient",
    ("bias", 0): "bias-gradient",
    ("avg_pool", 0): "average-pool-backward",
    ("linear", 0): "linear-input-gradient",
    ("linear", 1): "linear-weight-gradient",
    ("linear_bias", 0): "linear-bias-gradient",
}
OPERANDS = {
    "conv": ("F", "X"), "conv_transpose": ("F", "X"), "bias": ("b",), "avg_pool": ("X",), "linear": ("X", "W"),
    "linear_bias": ("b",),
}  # fmt: skip
SIZES = {"n": "N", "g": "G", "o": "O", "c": "C"}
SIZES |= {
    letter: f"{size}{axis}" for axis, row in enumerate(SPATIAL, 1) for letter, size in zip(row, "mkn", strict=True)
}
SIZES |= {letter: f"B{place}" for place, letter in enumerate(CARRIED, 1)}


@cache
def gradient(key: str, operand: int, rank: int, carried: int, without: str) -> Derivation:
    """The theorem about the gradient of one operand of a TABLE row, for all sizes and parameters."""
    letters: dict[str, Extent] = {letter: letter_size(size) for letter, size in SIZES.items()}
    letters |= {f"{x}{axis}": letter_size(f"{x}{axis}") for x in "sdep" for axis in range(1, rank + 1)}
    divisor: Extent = letter_size("D") if key == "avg_pool" else 1
    layer = form(key, letters, rank=rank, carried=carried, without=without, divisor=divisor)
    operands = tuple(Leaf(name, layer.shape(slot)) for name, slot in zip(OPERANDS[key], layer.operands, strict=True))
    delta = Leaf("delta", layer.output_shape)
    scalar = replace(layer, output=(), operands=(*layer.operands, layer.output))
    pairing = Node("pairing", (*operands, delta), Multi(scalar, (*operands, delta)), name="T")
    view = Multi(layer.wrt(operand), (*operands[:operand], delta, *operands[operand + 1 :]))
    steps = [Step(Grad(pairing, operands[operand]), view, Rule.DROP_OPERAND, DropOperand())]
    window = as_window(view)
    if isinstance(window, Multi) and window != view:
        steps.append(Step(view, window, Rule.WINDOW, Reindex(_reversed(view, window))))
    return Derivation(tuple(steps), NAMES[key, operand])


def _reversed(view: Multi, window: Multi) -> tuple[str, ...]:
    """The kernel letters where output and input have changed places; the kernel is then read backwards."""
    turned = zip(view.form.rows, window.form.rows, strict=True)
    return tuple(after.u for before, after in turned if after.a == before.i)


def citation(view: Multi) -> Cite | None:
    """The theorem that a concrete view `form.wrt(operand)` is an instance of, with its substitution."""
    key, _, operand = view.form.label.partition("/")
    if not operand.isdigit() or (key, int(operand)) not in NAMES or (view.form.scale != 1 and key != "avg_pool"):
        return None
    where = view.form.extent
    carried = sum(letter in where for letter in CARRIED)
    plain = "ngoc" if key.startswith(("conv", "bias")) else ""
    without = "".join(letter for letter in plain if letter not in where)
    theorem = gradient(key, int(operand), len(view.form.rows), carried, without)
    sizes: dict[str, Extent] = {SIZES[letter]: extent for letter, extent in where.items()}
    for axis, row in enumerate(view.form.rows, 1):
        sizes |= {f"s{axis}": row.s, f"d{axis}": row.d, f"e{axis}": row.e, f"p{axis}": row.p}
    if key == "avg_pool":
        sizes["D"] = view.form.scale.denominator
    names = list(OPERANDS[key])
    names[int(operand)] = "delta"
    operands = dict(zip(names, view.operands, strict=True))
    return Cite(theorem, tuple(sorted(sizes.items())), tuple(sorted(operands.items())))
