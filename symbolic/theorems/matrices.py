"""The other two ways to write a convolution layer, proved to be the same layer: matrices.

C        C[o,i;c,a] = sum over u of F[o,c,u]: the form with F held fixed, a doubly blocked Toeplitz matrix
im2col   U[c,u;i] = X[c, s i + d u - p]: one column per output position; col2im is its transpose
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from symbolic.kernel.reindex import DropOperand
from symbolic.kernel.step import Derivation, Rule, Step
from symbolic.search.matching import reindexed
from symbolic.terms.form import Form, Slot
from symbolic.terms.layers import form
from symbolic.terms.size import Extent, letter_size
from symbolic.terms.term import Grad, Leaf, Multi, Node, Term
from symbolic.theorems.gradients import gradient, leaves_of, letter_sizes, pairing
from symbolic.theorems.theorem import Theorem

RANK = 2
CHANNELS = "ngoc"  # the letters of batch, group and channels


def layer(rank: int = RANK, without: str = "") -> tuple[Form, Leaf, Leaf, Leaf]:
    """The form of a convolution layer for all sizes, and its F, X and delta."""
    conv = form("conv", sizes_of(rank), rank=rank, without=without)
    f, x = leaves_of("conv", conv)
    return conv, f, x, Leaf("delta", conv.output_shape)


def sizes_of(rank: int) -> dict[str, Extent]:
    """Every extent and parameter as a letter; of a single axis without its number, s instead of s1."""
    letters = letter_sizes(rank)
    if rank > 1:
        return letters
    return {x: size if size != letter_size(f"{x[0]}1") else letter_size(x[0]) for x, size in letters.items()}


def without_rows(conv: Form, output: Slot, *operands: Slot) -> Form:
    """A product of arrays over the layer's letters, the relation left out: an ordinary matrix product."""
    used = {x for slot in (output, *operands) for axis in slot for x in axis}
    sizes = tuple((x, n) for x, n in conv.sizes if x in used)
    return Form(output, operands, sizes, (), Fraction(1), label="matmul")


def toeplitz(conv: Form, f: Leaf) -> tuple[Multi, Slot]:
    """C as an array [g, o, i, j, c, a, b], one block per group, and its slot."""
    outputs, inputs = [row.i for row in conv.rows], [row.a for row in conv.rows]
    slot: Slot = tuple((x,) for x in ("g", "o", *outputs, "c", *inputs))
    used = {x for axis in (*slot, *conv.operands[0]) for x in axis}
    sizes = tuple((x, n) for x, n in conv.sizes if x in used)
    return Multi(replace(conv, output=slot, operands=(conv.operands[0],), sizes=sizes, label="toeplitz"), (f,)), slot


def transpose_relation() -> Theorem:
    """y = C x, and dL/dx = C^T dL/dy: a transpose and no rotation, because C already holds every place of F."""
    conv, f, x, delta = layer()
    matrix, slot = toeplitz(conv, f)
    product = without_rows(conv, conv.output, slot, conv.operands[1])
    forward = reindexed(Multi(conv, (f, x)), Multi(product, (matrix, x)))
    scalar = replace(product, output=(), operands=(*product.operands, conv.output))
    paired = Node("pairing", (f, x, delta), Multi(scalar, (matrix, x, delta)), name="T")
    back = Multi(without_rows(conv, conv.operands[1], slot, conv.output), (matrix, delta))
    view = gradient("conv", 1, RANK, 0, "")
    steps = [
        Step(Grad(paired, x), back, Rule.DROP_OPERAND, _dropping(paired, x, back)),
        reindexed(back, view.steps[0].rhs),
        view.steps[1],
    ]
    return Theorem("transpose-relation", (Derivation((forward,), "forward"), Derivation(tuple(steps), "backward")))


def _dropping(paired: Node, x: Leaf, back: Term) -> DropOperand:
    """Dropping x from a pairing whose inner sums have letters of their own: the renaming is looked for."""
    from symbolic.kernel.sums import flat
    from symbolic.search.matching import renaming

    whole = flat(paired.body)
    (place,) = [places for term, places in whole.reads if term == x]
    rest = replace(whole, output=place, reads=tuple(read for read in whole.reads if read[0] != x))
    return DropOperand(renaming(rest, flat(back)))


def im2col(*, plain: bool = False) -> Theorem:
    """The layer over columns U: O = F U, dL/dF = delta U^T, dL/dX = col2im(F^T delta), col2im the adjoint of im2col.

    plain: for one row of one channel; otherwise for images, with batch, groups and channels.
    """
    conv, f, x, delta = layer(1, CHANNELS) if plain else layer()
    unfolded, slot = columns(conv, x)
    forward = Multi(without_rows(conv, conv.output, conv.operands[0], slot), (f, unfolded))
    filters = Multi(without_rows(conv, conv.operands[0], conv.output, slot), (delta, unfolded))
    m = Leaf("M", unfolded.shape)
    folded = Multi(unfolded.form.wrt(0), (m,))
    paired = pairing(unfolded.form, (x,), m)
    inner = Multi(without_rows(conv, slot, conv.operands[0], conv.output), (f, delta))
    inputs = Multi(unfolded.form.wrt(0), (inner,))
    by_f, by_x = (_seen_from(conv, (f, x), delta, operand) for operand in (0, 1))
    return Theorem(
        "im2col",
        (
            Derivation((reindexed(Multi(conv, (f, x)), forward),), "forward"),
            Derivation((by_f, reindexed(by_f.rhs, filters)), "filter"),
            Derivation((Step(Grad(paired, x), folded, Rule.DROP_OPERAND, DropOperand()),), "adjoint"),
            Derivation((by_x, reindexed(by_x.rhs, inputs)), "input"),
        ),
    )


def _seen_from(conv: Form, operands: tuple[Leaf, Leaf], delta: Leaf, operand: int) -> Step:
    """The gradient of one operand: the layer's form seen from it."""
    view = Multi(conv.wrt(operand), (*operands[:operand], delta, *operands[operand + 1 :]))
    return Step(Grad(pairing(conv, operands, delta), operands[operand]), view, Rule.DROP_OPERAND, DropOperand())


def columns(conv: Form, x: Leaf) -> tuple[Multi, Slot]:
    """im2col of X as an array [n, (g c), u, v, i, j], and its slot; of one channel [u, i]."""
    kernel, outputs = [row.u for row in conv.rows], [row.i for row in conv.rows]
    slot: Slot = (*conv.operands[1][: -len(kernel)], *((letter,) for letter in (*kernel, *outputs)))
    used = {letter for axis in (*slot, *conv.operands[1]) for letter in axis}
    sizes = tuple((letter, n) for letter, n in conv.sizes if letter in used)
    return Multi(replace(conv, output=slot, operands=(conv.operands[1],), sizes=sizes, label="im2col"), (x,)), slot


def adjoint(*, plain: bool = False) -> Theorem:
    """<y, conv(X)> = <conv_transpose(y), X> for every y and X, with one and the same weight.

    plain: for one row of one channel; otherwise for images, with batch, groups and channels.
    """
    rank, without = (1, CHANNELS) if plain else (RANK, "")
    conv, f, x, _ = layer(rank, without)
    y = Leaf("y", conv.output_shape)
    sizes = sizes_of(rank)
    sizes["o"], sizes["c"] = sizes["c"], sizes["o"]  # its outputs are the convolution's inputs
    transposed = form("conv_transpose", sizes, rank=rank, without=without)
    one = _inner_product(y, Multi(conv, (f, x)))
    other = _inner_product(x, Multi(transposed, (f, y)))
    return Theorem("transposed-convolution-adjoint", (Derivation((reindexed(one, other),), "adjoint"),))


def _inner_product(one: Leaf, other: Multi) -> Multi:
    """The sum of the products of corresponding entries, axis for axis split as the second one splits it."""
    slot = other.form.output
    used = {x for axis in slot for x in axis}
    sizes = tuple((x, n) for x, n in other.form.sizes if x in used)
    return Multi(Form((), (slot, slot), sizes, label="mul"), (one, other))


THEOREMS = {
    "transpose-relation": transpose_relation,
    "im2col": im2col,
    "transposed-convolution-adjoint": adjoint,
}
