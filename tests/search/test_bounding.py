"""The search for certificates: what it finds is checked, what is wrong comes back with sizes, and it ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from symbolic.errors import ProofError
from symbolic.kernel.bounds import Bounds, Goal, Reading
from symbolic.kernel.counts import AtLeast, Equals, Outputs, Whole
from symbolic.kernel.integers import Floor, Letter, Mod, Number
from symbolic.kernel.step import Rule, Scope, Step
from symbolic.search.bounding import LARGEST, Search, bounded, domain, refute
from symbolic.terms.size import Size, letter_size

if TYPE_CHECKING:
    from symbolic.kernel.counts import Condition, Integer

i, k, s, p = (Letter(name) for name in ("i", "k", "s", "p"))
FITS: tuple[Condition, ...] = (AtLeast(i, k),)
PLACES = Outputs(i, k, s, given=FITS)
RIGHT = Whole(Floor(i - k, s) + 1, given=FITS)


def test_a_right_claim_comes_with_its_conditions_and_an_example() -> None:
    step = bounded(PLACES, RIGHT)
    assert isinstance(step.proof, Bounds)
    assert step.proof.scope is Scope.ALL_SIZES
    assert step.rule is Rule.COUNT
    assert step.given == ("i >= k",)
    example = dict(step.proof.example)
    assert PLACES.at(example) == RIGHT.at(example)


WRONG: dict[str, tuple[Integer, Integer, str]] = {
    "one place too many": (PLACES, Whole(Floor(i - k, s) + 2, given=FITS), "the left side is 1, the right side 2"),
    "rounded up": (PLACES, Whole(Floor(i - k + s - 1, s) + 1, given=FITS), "the left side is .*, the right side"),
    "the stride forgotten": (PLACES, Whole(i - k + 1, given=FITS), "the left side is .*, the right side"),
    "right at the smallest sizes only": (Whole(i * i), Whole(i), "at i = 2 the left side is 4, the right side 2"),
    "right up to four": (
        Whole(i),
        Whole(i + (i - 1) * (i - 2) * (i - 3) * (i - 4)),
        f"at i = {LARGEST} the left side is {LARGEST}, the right side {LARGEST + 24}",
    ),
    "a remainder for a quotient": (Whole(Mod(i, k)), Whole(Floor(i, k)), "the left side is .*, the right side"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_claim_is_refused_with_the_smallest_sizes(name: str) -> None:
    left, right, words = WRONG[name]
    with pytest.raises(ProofError, match=words):
        bounded(left, right)
    with pytest.raises(ProofError, match=words):
        refute(left, right)


def test_a_division_by_zero_is_a_difference() -> None:
    with pytest.raises(ProofError, match="without a meaning"):
        refute(Whole(Floor(i, p)), Whole(i))


def test_a_claim_that_is_wrong_beyond_the_examples_is_not_shown() -> None:
    product = Number(1) * i
    for n in range(1, LARGEST + 1):
        product = product * (i - n)
    refute(Whole(i), Whole(i + product))
    with pytest.raises(ProofError, match="not shown for all sizes"):
        bounded(Whole(i), Whole(i + product))


def test_conditions_that_no_small_sizes_meet_are_refused() -> None:
    never = (AtLeast(Number(0), i),)
    with pytest.raises(ProofError, match=f"no sizes up to {LARGEST} meet the conditions"):
        bounded(Whole(i, given=never), Whole(i, given=never))


def test_the_domain_is_small_meets_the_conditions_and_begins_with_the_smallest() -> None:
    sizes = list(domain(Whole(i + p, given=(AtLeast(i, Number(2)), Equals(p, i - 2)))))
    assert sizes == [{"i": n, "p": n - 2} for n in range(2, LARGEST + 1)]
    assert next(domain(Whole(i + p))) == {"i": 1, "p": 0}
    totals = [values["i"] + values["k"] for values in domain(Whole(i + k))]
    assert totals == sorted(totals)


def size(text: str) -> Size:
    return letter_size(text)


def test_certificates_are_sums_of_facts_and_of_products_of_two() -> None:
    a, b = size("a"), size("b")
    search = Search((a, b, a - b))
    plain = search.plain(Goal("a + b >= 0", a + b, 3))
    assert plain is not None
    assert sorted(plain.terms) == [(1, (0,)), (1, (1,))]
    assert search.plain(Goal("a b >= 0", a * b, 3)) is None
    product = search.with_products(Goal("a b >= 0", a * b, 3))
    assert product is not None
    assert product.terms == ((1, (0, 1)),)


@pytest.mark.parametrize("goal", [Size.of(-1), size("a") * -1, size("a") - 1, size("b") - size("a"), size("c")])
def test_there_is_no_certificate_for_what_may_fail(goal: Size) -> None:
    a, b = size("a"), size("b")
    search = Search((a, b, a - b))
    assert search.plain(Goal("", goal, 3)) is None
    assert search.with_products(Goal("", goal, 3)) is None


def test_only_earlier_facts_may_be_used() -> None:
    a, b = size("a"), size("b")
    search = Search((a, b))
    assert search.plain(Goal("", b, 2)) is not None
    assert search.plain(Goal("", b, 1)) is None


def test_what_the_search_finds_is_judged_by_the_kernel() -> None:
    """The certificates of one claim do not show another."""
    step = bounded(PLACES, RIGHT)
    with pytest.raises(ProofError):
        Step(PLACES, Whole(Floor(i - k, s), given=FITS), Rule.COUNT, step.proof, step.given)
    facts = Reading(PLACES, RIGHT).facts
    assert facts


def test_a_hopeless_claim_ends() -> None:
    start = time.perf_counter()
    with pytest.raises(ProofError):
        bounded(Whole(i * k * s * p), Whole(i * k + s * p))
    assert time.perf_counter() - start < 5
