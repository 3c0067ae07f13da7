"""The search for renamings: what it finds, what it may not find, and that it gives up in time."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic.errors import ProofError
from symbolic.kernel.step import Rule, Scope
from symbolic.kernel.sums import flat, refuse_difference
from symbolic.search.matching import differentiated, distributed, reindexed, renaming
from symbolic.terms.form import Form
from symbolic.terms.layers import pointwise
from symbolic.terms.size import Row, letter_size
from symbolic.terms.term import Const, Flip, Leaf, Multi, Node, Sum, Term
from tests.truth import agree

if TYPE_CHECKING:
    from symbolic.kernel.reindex import Renaming
    from symbolic.terms.size import Extent

N, K = letter_size("N"), letter_size("K")
SQUARE: tuple[Extent, ...] = (N, N)
A, B = Leaf("A", SQUARE), Leaf("B", SQUARE)
V, W = Leaf("V", (N,)), Leaf("W", (K,))


def matrix_product(one: Term, other: Term, letters: str = "ijk") -> Multi:
    i, j, k = list(letters)
    sizes = tuple((x, N) for x in letters)
    return Multi(Form(((i,), (k,)), (((i,), (j,)), ((j,), (k,))), sizes), (one, other))


def found(left: Term, right: Term) -> Renaming:
    one, other = flat(left), flat(right)
    renamed = renaming(one, other)
    refuse_difference(one, other, {new: (old, back) for new, old, back in renamed})
    return renamed


def test_letters_are_renamed_and_those_that_agree_are_not_mentioned() -> None:
    assert found(matrix_product(A, B), matrix_product(A, B)) == ()
    assert found(matrix_product(A, B), matrix_product(A, B, "iqk")) == (("q", "j", False),)
    assert set(found(matrix_product(A, B), matrix_product(A, B, "abc"))) == {
        ("a", "i", False),
        ("b", "j", False),
        ("c", "k", False),
    }


def test_operands_are_paired_in_any_order() -> None:
    turned = Multi(Form((("i",), ("k",)), ((("j",), ("k",)), (("i",), ("j",))), tuple((x, N) for x in "ijk")), (B, A))
    assert reindexed(matrix_product(A, B), turned).proof.scope is Scope.ALL_SIZES
    assert agree(matrix_product(A, B), turned)


def test_equal_operands_are_tried_in_every_order() -> None:
    """A_ij A_jk, its factors written the other way round: only one of the two pairings keeps the output."""
    turned = Multi(Form((("i",), ("k",)), ((("j",), ("k",)), (("i",), ("j",))), tuple((x, N) for x in "ijk")), (A, A))
    reindexed(matrix_product(A, A), turned)
    assert agree(matrix_product(A, A), turned)


def test_a_letter_that_only_a_row_holds_is_paired_too() -> None:
    row = Row("i", "u", "a", 1, 1, 1, 0)
    sizes = (("a", letter_size("M")), ("i", N), ("u", K))
    window = Multi(Form((("i",),), ((("a",),),), sizes, (row,)), (Leaf("X", (letter_size("M"),)),))

    renamed = Form((("i",),), ((("a",),),), (("a", letter_size("M")), ("i", N), ("w", K)), (Row("i", "w", "a"),))
    assert found(window, Multi(renamed, window.operands)) == (("w", "u", False),)


WRONG: dict[str, tuple[Term, Term]] = {
    "transposed": (matrix_product(A, B), matrix_product(B, A)),
    "one factor transposed": (
        matrix_product(A, B),
        Multi(Form((("i",), ("k",)), ((("j",), ("i",)), (("j",), ("k",))), tuple((x, N) for x in "ijk")), (A, B)),
    ),
    "the result transposed": (
        matrix_product(A, B),
        Multi(Form((("k",), ("i",)), ((("i",), ("j",)), (("j",), ("k",))), tuple((x, N) for x in "ijk")), (A, B)),
    ),
    "a factor once more": (
        Multi(pointwise([(N,)], (N,)), (V,)),
        Multi(pointwise([(N,), (N,)], (N,)), (V, V)),
    ),
    "another operand": (Multi(pointwise([SQUARE], SQUARE), (A,)), Multi(pointwise([SQUARE], SQUARE), (B,))),
    "another scale": (matrix_product(A, B), Multi(pointwise([SQUARE], SQUARE, Fraction(2)), (matrix_product(A, B),))),
    "a flip": (Multi(pointwise([SQUARE], SQUARE), (A,)), Flip(A, (0,))),
    "flips along different axes": (Flip(A, (0,)), Flip(A, (1,))),
    "an axis more": (Multi(pointwise([(N,)], SQUARE), (V,)), Multi(pointwise([SQUARE], SQUARE), (A,))),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_equal_is_not_found(name: str) -> None:
    left, right = WRONG[name]
    with pytest.raises(ProofError, match="no renaming of letters turns one side into the other"):
        reindexed(left, right)
    with pytest.raises(ProofError):
        distributed(left, right)
    assert not agree(left, right), "they are equal after all"


def test_a_search_among_many_equal_operands_ends() -> None:
    """Eight factors in a chain of sums: 8! pairings, of which almost all are given up at the first factor."""
    letters = "abcdefghi"
    slots = tuple(((one,), (two,)) for one, two in pairwise(letters))
    chain = Form((("a",), ("i",)), slots, tuple((x, N) for x in letters))
    turned = Form((("a",), ("i",)), slots[::-1], tuple((x, N) for x in letters))
    reindexed(Multi(chain, (A,) * 8), Multi(turned, (A,) * 8))
    wrong = Form((("i",), ("a",)), slots, tuple((x, N) for x in letters))
    with pytest.raises(ProofError):
        reindexed(Multi(chain, (A,) * 8), Multi(wrong, (A,) * 8))


def test_terms_of_a_derivative_find_their_partners_in_any_order() -> None:
    slot = (("x",),)
    sizes = (("x", N),)
    Y = Leaf("Y", (N,))
    body = Sum((Multi(Form((), (slot, slot), sizes), (V, V)), Multi(Form((), (slot, slot), sizes), (V, Y))), ())
    loss = Node("loss", (V, Y), body, name="L")
    twice = Multi(pointwise([(N,)], (N,), Fraction(1)), (V,))
    right: list[tuple[Term, ...]] = [(V, twice, Y), (Y, V, twice)]
    wrong: list[tuple[Term, ...]] = [(V, Y), (V, V, V, Y), (V, V, V), (Y, Y, V)]
    for terms in right:
        assert differentiated(loss, V, Sum(terms, (N,))).rule is Rule.LOCAL
    for terms in wrong:
        with pytest.raises(ProofError, match=r"no partner|terms"):
            differentiated(loss, V, Sum(terms, (N,)))


def test_a_loss_that_is_no_scalar_is_refused() -> None:
    with pytest.raises(ProofError, match=r"d\(scalar node\)/d\(tensor\) on the left"):
        differentiated(Node("copy", (V,), V, name="Z"), V, Const(Fraction(1), (N,)))


@given(st.permutations(range(4)), st.permutations("ijkl"))
def test_any_order_of_operands_and_any_letters(order: list[int], letters: list[str]) -> None:
    C = Leaf("C", SQUARE)
    i, j, k, m = "ijkl"
    slots = (((i,), (j,)), ((j,), (k,)), ((k,), (m,)), ((m,),))
    operands = (A, B, C, V)
    plain = Multi(Form(((i,),), slots, tuple((x, N) for x in "ijkl")), operands)
    names = dict(zip("ijkl", letters, strict=True))
    moved = tuple(tuple(tuple(names[x] for x in axis) for axis in slots[place]) for place in order)
    other = Form(((names["i"],),), moved, tuple((x, N) for x in letters))
    reindexed(plain, Multi(other, tuple(operands[place] for place in order)))
