"""Equalities for all sizes: the bijection is checked, and what is none is refused by name."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symbolic as s
from symbolic.errors import ProofError
from symbolic.kernel.logic import Rule, Step
from symbolic.kernel.reindex import DropOperand, Reindex
from symbolic.roads.evaluate import contract as contracted
from symbolic.terms.form import Form
from symbolic.terms.layers import form
from symbolic.terms.size import ints, letter_size, simplest
from symbolic.terms.term import Flip, Grad, Leaf, Multi, Node, Term
from tests import brute

if TYPE_CHECKING:
    from collections.abc import Callable


def contract(form: Form, arrays: list[Any]) -> Any:
    """The package's numbers; `kind` only matters where no operand has a type."""
    return contracted(form, arrays, np.dtype(object))


R = Rule.REINDEX
TURN = (("u", "u", True),)  # the kernel letter read backwards
K = letter_size("k1")
GENERAL = {x: letter_size(x) for x in ("i", "u", "a", "s1", "d1", "e1", "p1")} | {"u": K}
LAYER = form("conv", GENERAL, without="ngoc")
F, X = Leaf("F", LAYER.shape(LAYER.operands[0])), Leaf("X", LAYER.shape(LAYER.operands[1]))
DELTA = Leaf("delta", LAYER.output_shape)
VIEW = Multi(LAYER.wrt(1), (F, DELTA))
(ROW,) = LAYER.rows
TURNED = replace(ROW, i="a", a="i", s=ROW.e, e=ROW.s, p=simplest(ROW.d * (K - 1) - ROW.p))


def turned(**change: Any) -> Form:
    return replace(VIEW.form, **{"rows": (TURNED,), **change})


WINDOW = Multi(turned(), (Flip(F, (0,)), DELTA))


def test_the_kernel_read_backwards_for_all_sizes() -> None:
    Step(VIEW, WINDOW, R, Reindex(TURN))
    Step(WINDOW, VIEW, R, Reindex(TURN))
    Step(VIEW, VIEW, R, Reindex())
    Step(Multi(VIEW.form, (Flip(Flip(F, (0,)), (0,)), DELTA)), VIEW, R, Reindex())


WRONG: dict[str, tuple[Term, Reindex, str]] = {
    "no reversal": (WINDOW, Reindex(), "rows differ"),
    "no flip": (Multi(turned(), (F, DELTA)), Reindex(TURN), "operands differ"),
    "the wrong letter reversed": (WINDOW, Reindex((("i", "i", True),)), "rows differ"),
    "an output letter reversed": (WINDOW, Reindex((*TURN, ("a", "a", True))), "output differ"),
    "padding one more": (
        Multi(turned(rows=(replace(TURNED, p=TURNED.p + 1),)), WINDOW.operands),
        Reindex(TURN),
        "rows differ",
    ),
    "padding kept": (Multi(turned(rows=(replace(TURNED, p=ROW.p),)), WINDOW.operands), Reindex(TURN), "rows differ"),
    "stride and dilation exchanged": (
        Multi(turned(rows=(replace(TURNED, s=TURNED.d, d=TURNED.s),)), WINDOW.operands),
        Reindex(TURN),
        "rows differ",
    ),
    "input dilation lost": (
        Multi(turned(rows=(replace(TURNED, e=1),)), WINDOW.operands),
        Reindex(TURN),
        "rows differ",
    ),
    "another scale": (Multi(turned(scale=Fraction(2)), WINDOW.operands), Reindex(TURN), r"scale differ: \(1, 1\)"),
    "another divisor": (Multi(turned(divisor=K), WINDOW.operands), Reindex(TURN), "scale differ"),
    "another output": (
        Multi(
            turned(output=(("i",),), operands=(VIEW.form.operands[0], (("a",),))),
            (Flip(F, (0,)), Leaf("delta", X.shape)),
        ),
        Reindex(TURN),
        "output differ",
    ),
    "a letter more": (
        Multi(turned(sizes=(*VIEW.form.sizes, ("z", 3))), WINDOW.operands),
        Reindex(TURN),
        "letter z runs over 3",
    ),
    "no row": (Multi(turned(rows=()), WINDOW.operands), Reindex(TURN), "rows differ"),
    "another operand": (Multi(turned(), (Flip(Leaf("G", F.shape), (0,)), DELTA)), Reindex(TURN), "operands differ"),
    "no sum": (Flip(X, (0,)), Reindex(), "."),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_bijection_is_refused(name: str) -> None:
    rhs, proof, words = WRONG[name]
    with pytest.raises(ProofError, match=words):
        proof.check(VIEW, rhs)


def test_an_operand_less_is_refused() -> None:
    once, twice = replace(VIEW.form, operands=((("u",),),)), VIEW.form
    with pytest.raises(ProofError, match="operands differ"):
        Reindex().check(Multi(once, (F,)), Multi(twice, (F, DELTA)))


def test_a_composite_axis_read_backwards_is_each_of_its_letters_backwards() -> None:
    pair = Form((), ((("g", "c"),), (("g",),)), (("g", 2), ("c", 3)))
    W, V = Leaf("W", (6,)), Leaf("V", (2,))
    both = Reindex((("g", "g", True), ("c", "c", True)))
    both.check(Multi(pair, (W, V)), Multi(pair, (Flip(W, (0,)), Flip(V, (0,)))))
    for wrong in (both, Reindex((("g", "g", True),)), Reindex()):
        with pytest.raises(ProofError, match="operands differ"):
            wrong.check(Multi(pair, (W, V)), Multi(pair, (Flip(W, (0,)), V)))


def test_letters_are_renamed_one_to_one() -> None:
    left = Form((), ((("i",),), (("j",),)), (("i", 2), ("j", 2)))
    right = Form((), ((("x",),), (("y",),)), (("x", 2), ("y", 2)))
    W, V = Leaf("W", (2,)), Leaf("V", (2,))
    Reindex((("x", "i", False), ("y", "j", False))).check(Multi(left, (W, V)), Multi(right, (W, V)))
    for wrong, words in (
        ((("x", "i", False), ("y", "i", False)), "one to one"),
        ((("x", "j", False), ("y", "i", False)), "operands differ"),
        ((("x", "i", True), ("y", "j", False)), "operands differ"),
        ((("x", "i", False), ("y", "k", False)), "partner k"),
        ((), "partner x over None"),
    ):
        with pytest.raises(ProofError, match=words):
            Reindex(wrong).check(Multi(left, (W, V)), Multi(right, (W, V)))


@settings(max_examples=60)
@given(brute.table_forms(most_rank=1), st.data())
def test_what_reindexing_accepts_is_true_of_numbers(layer: Form, data: st.DataObject) -> None:
    """Any turned row, any set of reversals, any flips: if accepted, both sides have the same numbers."""
    view = layer.wrt(data.draw(st.integers(0, len(layer.operands) - 1)))
    rows = []
    for row in view.rows:
        (kernel,), other = ints([view.extent[row.u]]), data.draw(st.booleans())
        padding = data.draw(st.sampled_from([row.p, row.d * (kernel - 1) - row.p, row.p + 1]))
        new = replace(row, i=row.a, a=row.i, s=row.e, e=row.s, p=padding) if other else replace(row, p=padding)
        rows.append(new)
    values = data.draw(brute.operands(view))
    leaves = [Leaf(f"V{k}", array.shape) for k, array in enumerate(values)]
    flips = [
        tuple(axis for axis, x in enumerate(slot) if len(x) == 1 and data.draw(st.booleans())) for slot in view.operands
    ]
    letters = data.draw(st.sets(st.sampled_from(sorted(view.extent))))
    rhs = Multi(
        replace(view, rows=tuple(rows)),
        tuple(Flip(leaf, axes) if axes else leaf for leaf, axes in zip(leaves, flips, strict=True)),
    )
    try:
        Reindex(tuple((x, x, True) for x in sorted(letters))).check(Multi(view, tuple(leaves)), rhs)
    except ProofError:
        return
    flipped = [np.flip(array, axes) for array, axes in zip(values, flips, strict=True)]
    assert (contract(view, values) == brute.contract(rhs.form, flipped)).all()


# Dropping an operand.

SCALAR = replace(LAYER, output=(), operands=(*LAYER.operands, LAYER.output))
PAIRING = Node("pairing", (F, X, DELTA), Multi(SCALAR, (F, X, DELTA)), name="T")


def test_an_operand_is_dropped_from_each_side() -> None:
    for k, operand in enumerate((F, X)):
        others = tuple(DELTA if term is operand else term for term in (F, X))
        Step(Grad(PAIRING, operand), Multi(LAYER.wrt(k), others), Rule.DROP_OPERAND, DropOperand())
    Step(Grad(PAIRING, DELTA), Multi(LAYER, (F, X)), Rule.DROP_OPERAND, DropOperand())


def dropped(change: Callable[[Form], Form], *operands: Term) -> Multi:
    return Multi(change(VIEW.form), operands or VIEW.operands)


DROPPED: dict[str, tuple[Term, Term, str]] = {
    "another scale": (
        PAIRING,
        dropped(lambda f: replace(f, scale=Fraction(2))),
        r"scale differ: \(1, 1\) on the left, \(2, 1\)",
    ),
    "another divisor": (PAIRING, dropped(lambda f: replace(f, divisor=K)), "scale"),
    "another row": (PAIRING, dropped(lambda f: replace(f, rows=(TURNED,))), "rows differ"),
    "another size": (PAIRING, dropped(lambda f: replace(f, sizes=(*f.sizes, ("z", 2)))), "letter z runs over 2"),
    "the wrong operand": (
        PAIRING,
        Multi(replace(LAYER.wrt(1), operands=((("i",),), (("u",),))), (DELTA, Leaf("G", F.shape))),
        "operands",
    ),
    "nothing dropped": (PAIRING, Multi(replace(SCALAR, output=(("a",),)), (F, X, DELTA)), "operands"),
    "no form": (PAIRING, X, "."),
}


@pytest.mark.parametrize("name", DROPPED)
def test_dropping_changes_nothing_else(name: str) -> None:
    node, rhs, words = DROPPED[name]
    with pytest.raises(ProofError, match=words):
        Step(Grad(node, X), rhs, R, DropOperand())


def test_an_operand_that_stands_twice_is_not_dropped() -> None:
    V = s.tensor("V", (2,))
    dot = Form((), ((("i",),), (("i",),)), (("i", 2),))
    copy = Multi(Form((("i",),), ((("i",),),), (("i", 2),)), (V,))
    node = Node("n", (V,), Multi(dot, (V, V)), name="n")
    with pytest.raises(ProofError, match="exactly once"):
        Step(Grad(node, V), copy, R, DropOperand())
    inside = Node("n", (V,), Multi(dot, (V, Flip(V, (0,)))), name="n")
    with pytest.raises(ProofError, match=r"exactly once|inside another"):
        Step(Grad(inside, V), Multi(copy.form, (Flip(V, (0,)),)), R, DropOperand())


def test_only_a_scalar_is_differentiated_by_dropping() -> None:
    node = Node("n", (F, X), Multi(LAYER, (F, X)), name="n")
    with pytest.raises(ProofError):
        Step(
            Grad(node, X), Multi(replace(LAYER, output=(("i",), ("a",)), operands=((("u",),),)), (F,)), R, DropOperand()
        )
