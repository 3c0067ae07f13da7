"""Multiplying out for all sizes: what is counted, which groups are believed, and that the search finds them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic.errors import ProofError
from symbolic.kernel.products import MANY, Distribute, multiplied_out, read
from symbolic.kernel.step import Rule, Scope, Step
from symbolic.search.matching import distributed
from symbolic.terms.normalization import Channels
from symbolic.terms.size import Size, letter_size
from symbolic.terms.term import Const, Flip, Leaf, Map, Node, Sum, Term
from tests.truth import agree

if TYPE_CHECKING:
    from symbolic.terms.size import Extent

SHAPE: tuple[Extent, ...] = (letter_size("N"), letter_size("C"), letter_size("n1"))
OVER = Channels(SHAPE)
X, Y = Leaf("X", SHAPE), Leaf("Y", SHAPE)
COUNT = letter_size("N") * letter_size("n1")
ONE = Size.of(1)


def centred(term: Term) -> Sum:
    return Sum((term, OVER.product(OVER.mean(term), scale=Fraction(-1))), SHAPE)


def shifted(term: Term, by: int) -> Sum:
    return Sum((term, Const(Fraction(by), SHAPE)), SHAPE)


def test_a_letter_that_nothing_reads_counts() -> None:
    first, second = read(OVER.total(centred(X)))
    assert (first.scale, first.times, first.divisor) == (Fraction(1), ONE, ONE)
    assert (second.scale, second.times, second.divisor) == (Fraction(-1), COUNT, COUNT)
    (number,) = read(Const(Fraction(2), SHAPE))
    assert (number.scale, number.times, number.reading.reads) == (Fraction(2), ONE, ())


def test_powers_flips_and_names_are_opened() -> None:
    square = Map("pow", shifted(X, 1), param=Fraction(2))
    assert len(multiplied_out(square)) == 4
    assert len(multiplied_out(Flip(square, (0,)))) == 4
    assert len(read(Node("square", (X,), square, name="S"))) == 4
    assert multiplied_out(Map("exp", shifted(X, 1))) == [Map("exp", shifted(X, 1))]


RIGHT: dict[str, tuple[Term, Term]] = {
    "deviations": (OVER.mean(centred(X)), Const(Fraction(0), SHAPE[1:2])),
    "a mean of ones": (OVER.mean(Const(Fraction(1), SHAPE)), Const(Fraction(1), SHAPE[1:2])),
    "the variance": (
        OVER.mean(Map("pow", centred(X), param=Fraction(2))),
        Sum((OVER.mean(X, X), OVER.mean(X, OVER.product(OVER.mean(X), scale=Fraction(-1)))), SHAPE[1:2]),
    ),
    "covariance": (OVER.total(centred(X), centred(Y)), OVER.total(X, centred(Y))),
    "a binomial": (
        Map("pow", Sum((X, Y), SHAPE), param=Fraction(2)),
        Sum((OVER.product(X, X), OVER.product(X, Y, scale=Fraction(2)), OVER.product(Y, Y)), SHAPE),
    ),
}

WRONG: dict[str, tuple[Term, Term, str]] = {
    "deviations of one more": (OVER.mean(centred(X)), Const(Fraction(1), SHAPE[1:2]), "nothing but numbers stands 0"),
    "a sum of ones": (OVER.total(Const(Fraction(1), SHAPE)), Const(Fraction(1), SHAPE[1:2]), "times on the left, 1"),
    "covariance by one mean": (OVER.total(centred(X), centred(Y)), OVER.total(X, Y), "X, Y stands .* times"),
    "no mixed term": (
        Map("pow", Sum((X, Y), SHAPE), param=Fraction(2)),
        Sum((OVER.product(X, X), OVER.product(Y, Y)), SHAPE),
        r"a product of X, Y stands 1 \+ 1 times on the left, 0 times on the right",
    ),
    "another array": (OVER.total(X), OVER.total(Y), "a product of X stands 1 times on the left, 0 times"),
    "flipped": (OVER.product(X), Flip(X, (0,)), "a product of X stands 1 times on the left, 0 times"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_found_for_all_sizes(name: str) -> None:
    lhs, rhs = RIGHT[name]
    assert distributed(lhs, rhs).proof.scope is Scope.ALL_SIZES
    assert agree(lhs, rhs)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused(name: str) -> None:
    lhs, rhs, words = WRONG[name]
    with pytest.raises(ProofError, match=words):
        distributed(lhs, rhs)
    assert not agree(lhs, rhs)


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ((((0, ()),), ((1, ()),)), r"do not hold each of the 2 \+ 1 products once"),
        (((), ((0, ()), (1, ())), ((2, ()),)), "empty"),
        ((((0, ()),), ((1, ()),), ((2, ()),)), "stands 1/\\(N\\*n1\\) times on the left, 0"),
        ((((0, ()), (1, ()), (2, ())),), "letter|operands"),
        ((((0, ()), (1, (("1.0.x0", "x0", True),))), ((2, ()),)), "letter|operands"),
    ],
)
def test_groups_that_do_not_show_it_are_refused(groups: object, words: str) -> None:
    lhs, rhs = RIGHT["deviations"]
    right = distributed(lhs, rhs)
    Step(lhs, rhs, Rule.COLLECT, right.proof)
    with pytest.raises(ProofError, match=words):
        Step(lhs, rhs, Rule.COLLECT, Distribute(groups))  # type: ignore[arg-type]


def test_too_many_products_are_refused() -> None:
    with pytest.raises(ProofError, match=f"more than {MANY} products"):
        read(Map("pow", shifted(X, 1), param=Fraction(8)))
    with pytest.raises(ProofError, match=f"more than {MANY} products"):
        read(Sum((X,) * (MANY + 1), SHAPE))


@given(st.lists(st.sampled_from(["X", "Y", "2"]), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_factors_and_terms_in_any_order(names: list[str], random: object) -> None:
    known: dict[str, Term] = {"X": centred(X), "Y": shifted(Y, -3), "2": Const(Fraction(2), SHAPE)}
    factors = [known[name] for name in names]
    mixed = list(factors)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    distributed(OVER.product(*factors), OVER.product(*mixed))
    with pytest.raises(ProofError):
        distributed(OVER.product(*factors), OVER.product(*mixed, scale=Fraction(-1)))
