"""The arithmetic of convolutions: the fifteen size relationships, each with the gradient that belongs to it.

    1 to 6   a convolution, by stride and padding     8 to 14   the transposed convolutions of 1 to 6
    7        pooling                                  15        a dilated convolution

i input, o output, k kernel, s stride, p padding on both sides, d dilation; i' and o' of the transposed convolution.
a = (i + 2p - k) mod s is what the stride leaves over: delta needs a more zeros on the high side, and the entries of
X from i + p - a on are read by no window, so that their gradient is 0. One axis, with batch, channels and groups;
the axes of an image do not touch each other. The search is here; the kernel judges.

Source: Dumoulin & Visin 2016, arXiv:1603.07285, has the sizes; the gradients are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from symbolic.kernel.counts import ONE, ZERO, AtLeast, Condition, Equals, Integer, Outputs, TransposedOutputs, Whole
from symbolic.kernel.integers import Expression, Floor, Letter, Mod, Number, expression
from symbolic.kernel.logic import Cite, Derivation, Rule, Step
from symbolic.search.bounding import bounded
from symbolic.search.matching import reindexed
from symbolic.search.windows import as_window
from symbolic.terms.layers import form
from symbolic.terms.rewriting import instance
from symbolic.terms.size import Extent, Row, letter_size, substitute
from symbolic.terms.term import Grad, Leaf, Multi, Node, Term
from symbolic.theorems.gradients import gradient, letter_sizes
from symbolic.theorems.theorem import Theorem

if TYPE_CHECKING:
    from collections.abc import Callable

CHANNELS = "ngoc"  # the letters of batch, group and channels
i, k, s, p, d, i_ = (Letter(name) for name in ("i", "k", "s", "p", "d", "i'"))
I, O, K, S, P, D, I_, O_ = (letter_size(name) for name in ("i", "o", "k", "s", "p", "d", "i'", "o'"))

Conditions = tuple[Condition, ...]
Parts = dict[str, tuple[Step, ...]]


@dataclass(frozen=True)
class Case:
    """A convolution: its output size, the conditions, what the stride leaves over; stride, padding, dilation."""

    size: Expression
    given: Conditions
    remainder: Expression = ZERO
    s: Extent = 1
    p: Extent = 0
    d: Extent = 1


@dataclass(frozen=True)
class Transposed:
    """A transposed convolution: whose, its output size and conditions, and what that layer's i needs to come back."""

    of: int
    size: Expression
    given: Conditions = ()
    exact: Conditions = ()
    remainder: Expression = ZERO


HALF = (Equals(Mod(k, Number(2)), ONE), Equals(p, Floor(k, Number(2))))  # k odd, p = (k - 1)/2
NARROW, PADDED, DILATED = i - k, i + 2 * p - k, i + 2 * p - k - (k - 1) * (d - 1)
FITS, FITS_PADDED = (AtLeast(i, k),), (AtLeast(i + 2 * p, k),)
CASES = {
    1: Case(i - k + 1, FITS),
    2: Case(i - k + 2 * p + 1, FITS_PADDED, p=P),
    3: Case(i, HALF, p=P),
    4: Case(i + k - 1, (), p=K - 1),
    5: Case(Floor(NARROW, s) + 1, FITS, Mod(NARROW, s), s=S),
    6: Case(Floor(PADDED, s) + 1, FITS_PADDED, Mod(PADDED, s), s=S, p=P),
    7: Case(Floor(NARROW, s) + 1, FITS, Mod(NARROW, s), s=S),
    15: Case(Floor(DILATED, s) + 1, (AtLeast(i + 2 * p, k + (k - 1) * (d - 1)),), Mod(DILATED, s), s=S, p=P, d=D),
}
EXACT, STRETCHED = s * (i_ - 1) + k - 2 * p, s * (i_ - 1) + Mod(PADDED, s) + k - 2 * p
TRANSPOSED = {
    8: Transposed(1, i_ + k - 1),
    9: Transposed(2, i_ + (k - 1) - 2 * p, (AtLeast(i_ + k, 2 * p + 2),)),
    10: Transposed(3, i_, HALF),
    11: Transposed(4, i_ - (k - 1), (AtLeast(i_, k),)),
    12: Transposed(5, s * (i_ - 1) + k, (), (Equals(Mod(NARROW, s), ZERO),)),
    13: Transposed(6, EXACT, (AtLeast(EXACT, ONE),), (Equals(Mod(PADDED, s), ZERO),)),
    14: Transposed(6, STRETCHED, (AtLeast(STRETCHED, ONE),), (), Mod(PADDED, s)),
}


def arithmetic(number: int, *, plain: bool = False) -> Theorem:
    """Relationship `number`, 1 to 15: the size first, then the gradients, each with its own size.

    Parts of 1 to 7 and 15: size, input-gradient, input-gradient-size, entries-read (where there is a stride),
    filter-gradient, filter-gradient-size; of 8 to 14: size, direct-convolution, size-recovered and the gradients.
    plain: for one row of one channel, as one first meets it; otherwise with batch, groups and channels.
    """
    if number in TRANSPOSED:
        parts = _transposed(TRANSPOSED[number], CASES[TRANSPOSED[number].of], plain=plain)
    elif number == 7:
        parts = _layer(CASES[7], "avg_pool", 0, plain=plain)
        parts["input-gradient-of-the-largest"] = _at_case("max_pool", 1, CASES[7], plain=plain)
    else:
        parts = _layer(CASES[number], "conv", 1, plain=plain) | _filter_gradient(CASES[number], plain=plain)
    key = f"arithmetic-{number}"
    return Theorem(key, tuple(Derivation(steps, f"{key}/{name}") for name, steps in parts.items()))


THEOREMS: dict[str, Callable[[], Theorem]] = {f"arithmetic-{n}": partial(arithmetic, n) for n in range(1, 16)}


def _layer(case: Case, key: str, operand: int, *, plain: bool) -> Parts:
    """The layer's size; its input gradient as a window; that window's size, which is i again."""
    steps = _at_case(key, operand, case, plain=plain)
    forward, window = _row(steps[0].rhs), _row(steps[-1].rhs)
    size = _outputs(forward, i, k, case.given)
    parts = {
        "size": _dilated(size, case) if case.d != 1 else _counted(size, case.size),
        "input-gradient": steps,
        "input-gradient-size": _counted(_outputs(window, case.size, k, case.given, case.remainder), i),
    }
    if case.given == HALF:
        parts["input-gradient-padding"] = _counted(Whole(expression(window.p), given=HALF), p)
    if case.remainder != ZERO:
        beside = () if forward.p == 0 else (AtLeast(expression(forward.d) * (k - 1), expression(forward.p)),)
        covered = _spread(forward, case.size, ZERO, (*case.given, *beside))
        parts["entries-read"] = _counted(covered, i + expression(forward.p) - case.remainder)
    return parts


def _dilated(size: Outputs, case: Case) -> tuple[Step, ...]:
    """A kernel with d - 1 gaps between its entries counts as one of size k + (k-1)(d-1)."""
    wide = Outputs(size.input, k + (k - 1) * (d - 1), size.stride, size.low, size.high, given=case.given)
    return bounded(size, wide), *_counted(wide, case.size)


def _filter_gradient(case: Case, *, plain: bool) -> Parts:
    """The filter gradient as a window of delta over X; what the stride leaves over is cut off X, and k comes back."""
    steps = _at_case("conv", 0, case, plain=plain)
    window = _row(steps[-1].rhs)
    size = _outputs(window, i, case.size, case.given, -case.remainder)
    return {"filter-gradient": steps, "filter-gradient-size": _counted(size, k)}


def _transposed(case: Transposed, layer: Case, *, plain: bool) -> Parts:
    """The size, by way of the direct convolution that it is; the layer's i from its o; the gradients, their sizes."""
    sizes = {"m1": I_, "n1": O_, "k1": K, "s1": layer.s, "d1": 1, "e1": 1, "p1": layer.p}
    direct = _as_convolution(sizes, plain=plain)
    scatter, gather = _row(direct.lhs), _row(direct.rhs)
    inward, filters = (_at_sizes(_general("conv_transpose", operand, plain=plain), sizes) for operand in (1, 0))
    high = expression(scatter.p) - case.remainder
    size = _spread(scatter, i_, high, case.given)
    same = _outputs(gather, i_, k, case.given, case.remainder)
    back = _spread(scatter, layer.size, high, (*layer.given, *case.exact))
    seen = _outputs(_row(inward[-1].rhs), case.size, k, case.given)
    kernel = _outputs(_row(filters[-1].rhs), case.size, i_, case.given, -case.remainder)
    parts: Parts = {
        "size": (bounded(size, same), *_counted(same, case.size)),
        "direct-convolution": (direct,),
        "size-recovered": _counted(back, i),
        "input-gradient": inward,
        "input-gradient-size": _counted(seen, i_),
        "filter-gradient": filters,
        "filter-gradient-size": _counted(kernel, k),
    }
    if case.given == HALF:
        parts["direct-convolution-padding"] = _counted(Whole(expression(gather.p), given=HALF), p)
    return parts


def _as_convolution(sizes: dict[str, Extent], *, plain: bool) -> Step:
    """conv_transpose(X, F) is rot180 F slid over X with s - 1 zeros between its entries, with padding d(k-1) - p."""
    extents = {letter: substitute(size, sizes) for letter, size in letter_sizes(1).items()}
    layer = form("conv_transpose", extents, without=CHANNELS if plain else "")
    operands = tuple(Leaf(name, layer.shape(slot)) for name, slot in zip("FX", layer.operands, strict=True))
    window = as_window(Multi(layer, operands))
    if window is None:
        raise TypeError("a transposed convolution is a window")
    return reindexed(Multi(layer, operands), window, Rule.WINDOW)


def _at_case(key: str, operand: int, case: Case, *, plain: bool) -> tuple[Step, ...]:
    """The theorem about a layer's gradient, at the parameters of a case."""
    sizes = {"m1": O, "n1": I, "k1": K, "D": K, "s1": case.s, "d1": case.d, "e1": 1, "p1": case.p}
    return _at_sizes(_general(key, operand, plain=plain), sizes)


def _general(key: str, operand: int, *, plain: bool) -> Derivation:
    """The theorem about a layer of one axis, plain or with all channels; a pool has these among other axes."""
    pool = key.endswith("pool")
    return gradient(key, operand, 1, 2 if pool and not plain else 0, CHANNELS if plain and not pool else "")


def _at_sizes(theorem: Derivation, sizes: dict[str, Extent]) -> tuple[Step, ...]:
    """A gradient's theorem with sizes put in: the pairing differentiated anew, its window by citation."""
    first = theorem.steps[0]
    if not (isinstance(first.lhs, Grad) and isinstance(first.lhs.of, Node) and isinstance(first.lhs.wrt, Leaf)):
        raise TypeError("the theorem is about no gradient")
    scalar = first.lhs.of
    leaves = {arg.name: Leaf(arg.name, tuple(substitute(n, sizes) for n in arg.shape)) for arg in scalar.args}
    paired = Node(scalar.op, tuple(leaves.values()), instance(scalar.body, sizes, leaves), name=scalar.name)
    view, window = (instance(point, sizes, leaves) for point in (first.rhs, theorem.rhs))
    steps = [Step(Grad(paired, leaves[first.lhs.wrt.name]), view, first.rule, first.proof, first.given)]
    if window != view:
        cite = Cite(theorem, tuple(sorted(sizes.items())), tuple(sorted(leaves.items())))
        steps.append(Step(view, window, Rule.CITE, cite, theorem.given))
    return tuple(steps)


def _row(term: Term) -> Row:
    """The relation of a view, which has one axis."""
    if not isinstance(term, Multi):
        raise TypeError("a view of a layer is a form")
    (row,) = term.form.rows
    return row


def _outputs(row: Row, size: Expression, kernel: Expression, given: Conditions, more: Expression = ZERO) -> Outputs:
    """The positions of the window that a row describes, with `more` padding on the high side."""
    stride, low, dilation, inner = (expression(x) for x in (row.s, row.p, row.d, row.e))
    return Outputs(size, kernel, stride, low, low + more, dilation, inner, given=given)


def _spread(row: Row, size: Expression, high: Expression, given: Conditions) -> TransposedOutputs:
    """The places that `size` windows of a row cover, without p places on the low and `high` on the high side."""
    stride, low, dilation = (expression(x) for x in (row.s, row.p, row.d))
    return TransposedOutputs(size, k, stride, low, high, dilation, given=given)


def _counted(count: Integer, value: Expression) -> tuple[Step, ...]:
    return (bounded(count, Whole(value, given=count.given)),)
