"""The kernel of floors and counts: what it shows, and that no certificate shows anything else."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.errors import ProofError
from symbolic.kernel.bounds import Bounds, Certificate, Goal, Reading
from symbolic.kernel.counts import AtLeast, Equals, Integer, Outputs, TransposedOutputs, Whole
from symbolic.kernel.integers import Expression, Floor, Letter, Mod, Number
from symbolic.kernel.step import Derivation, Rule, Scope, Step
from symbolic.search.bounding import bounded, domain, refute
from symbolic.terms.size import Size, letter_size
from symbolic.terms.term import Leaf
from tests import sizes

if TYPE_CHECKING:
    from collections.abc import Mapping

i, k, s, p, d, t = map(Letter, "ikspdt")
ONE, TWO = Number(1), Number(2)
FITS = (AtLeast(i + 2 * p, k),)
COUNT = Outputs(i, k, s, p, p, given=FITS)
SIZE = Whole(Floor(i + 2 * p - k, s) + 1, given=FITS)
STEP = bounded(COUNT, SIZE)
BACK = bounded(TransposedOutputs(SIZE.value, k, s, p, p - Mod(i + 2 * p - k, s), given=FITS), Whole(i, given=FITS))

TRUE: dict[str, tuple[Integer, Integer]] = {
    "a quotient": (Whole(Floor(s * t + s - 1, s)), Whole(t)),
    "of a half": (Whole(Floor(2 * t + 1, TWO)), Whole(t)),
    "a step more": (Whole(Floor(i + s - k, s)), Whole(Floor(i - k, s) + 1)),
    "rounded up": (Whole(Floor(i + s - 1, s)), Whole(Floor(i - 1, s) + 1)),
    "a remainder": (Whole(i), Whole(s * Floor(i, s) + Mod(i, s))),
    "by one": (Whole(Floor(i - k, ONE)), Whole(i - k)),
    "a remainder by one": (Whole(Mod(i, ONE)), Whole(Number(0))),
    "the same steps": (Outputs(i, k, s, dilation=d), Outputs(i, k + (k - 1) * (d - 1), s)),
    "a count on the right": (SIZE, COUNT),
    "same padding": (Outputs(i, 2 * t + 1, low=t, high=t), Whole(i)),
    "same padding, dilated": (Outputs(i, 2 * t + 1, low=d * t, high=d * t, dilation=d), Whole(i)),
    "even kernel, more on one side": (Outputs(i, 2 * t, low=t, high=t - 1), Whole(i)),
    "windows side by side": (Outputs(s * t, s, s), Whole(t)),
    "the sum of all": (Outputs(i, i), Whole(ONE)),
    "one by one": (Outputs(i, ONE, s), Whole(Floor(i - 1, s) + 1)),
}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_is_shown_for_all_sizes(name: str) -> None:
    lhs, rhs = TRUE[name]
    step = bounded(lhs, rhs, Rule.COLLECT)
    assert (step.lhs, step.rhs, step.rule) == (lhs, rhs, Rule.COLLECT)
    assert step.proof.scope is Scope.ALL_SIZES
    for at in domain(lhs, rhs):
        assert lhs.at(at) == rhs.at(at)


FALSE: dict[str, tuple[Integer, Integer, str]] = {
    "rounded up": (Whole(Floor(i, s)), Whole(Floor(i + s - 1, s)), "at i = 1, s = 2 the left side is 0"),
    "floors do not add": (
        Whole(Floor(i, s) + Floor(k, s)),
        Whole(Floor(i + k, s)),
        "at i = 1, s = 2, k = 1 the left side is 0, the right side 1",
    ),
    "a quotient exchanged": (Whole(Floor(i, s)), Whole(Floor(s, i)), "at i = 1, s = 2"),
    "a remainder left out": (Whole(s * Floor(i, s)), Whole(i), "at s = 2, i = 1 the left side is 0, the right side 1"),
    "not of a difference": (Whole(Floor(i - k, s)), Whole(-Floor(k - i, s)), "at i = 1, k = 2, s = 2"),
    "no window": (Outputs(i, k), Whole(i - k + 1), "at i = 1, k = 3 the left side is 0, the right side -1"),
    "a stride in the dilation": (Outputs(i, k, s), Outputs(i, k, dilation=s), "at i = 2, k = 1, s = 2"),
    "a stride lost": (Outputs(i, k, s), Outputs(i, k), "at i = 2, k = 1, s = 2 the left side is 1, the right side 2"),
    "a padding as a size": (Outputs(p, ONE), Whole(p), "at p = 0 the left side is without a meaning"),
    "a size below 1": (Outputs(i - k, ONE), Whole(i - k), "without a meaning"),
    "a divisor below 1": (Whole(Floor(i, k - 1)), Whole(Floor(i, k - 1)), "for all sizes: the divisor k - 1 >= 1"),
    "a padding below 0": (Outputs(i, k, low=p, high=p), Whole(i + 2 * p - k + 1), "at i = 1, k = 3, p = 0"),
    "half of an even kernel": (Outputs(i, 2 * t, low=t, high=t), Whole(i), "at i = 1, t = 1 the left side is 2"),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_refused_with_the_sizes_at_which_it_fails(name: str) -> None:
    lhs, rhs, words = FALSE[name]
    with pytest.raises(ProofError) as refused:
        bounded(lhs, rhs)
    assert words in str(refused.value)


@pytest.mark.parametrize("name", [name for name in FALSE if name != "a divisor below 1"])
def test_a_false_statement_is_refuted_by_itself(name: str) -> None:
    lhs, rhs, _ = FALSE[name]
    with pytest.raises(ProofError, match=" is not "):
        refute(lhs, rhs)
    refute(COUNT, SIZE)


def proof_of(step: Step) -> Bounds:
    assert isinstance(step.proof, Bounds)
    return step.proof


def changed(proof: Bounds, number: int, certificate: Certificate) -> Bounds:
    certificates = list(proof.certificates)
    certificates[number] = certificate
    return replace(proof, certificates=tuple(certificates))


def judged(step: Step, proof: Bounds) -> Step:
    return Step(step.lhs, step.rhs, step.rule, proof, step.given)


@pytest.mark.parametrize("step", [STEP, BACK], ids=["size", "recovered"])
def test_every_number_of_a_certificate_is_looked_at(step: Step) -> None:
    proof = proof_of(step)
    facts = Reading(step.lhs, step.rhs).facts
    refused = 0
    for number, certificate in enumerate(proof.certificates):
        for place, (multiplier, numbers) in enumerate(certificate.terms):
            for other in ((multiplier + 1, numbers), (-multiplier, numbers), (multiplier, (*numbers, len(facts)))):
                terms = (*certificate.terms[:place], other, *certificate.terms[place + 1 :])
                with pytest.raises(ProofError, match="not shown: "):
                    judged(step, changed(proof, number, replace(certificate, terms=terms)))
                refused += 1
        if certificate.terms:
            with pytest.raises(ProofError, match="the facts add up to"):
                judged(step, changed(proof, number, replace(certificate, terms=())))
    assert refused >= 12


def test_certificates_of_another_number_or_of_another_statement_are_refused() -> None:
    proof = proof_of(STEP)
    with pytest.raises(ProofError, match="9 inequalities are to be shown, 8 are"):
        judged(STEP, replace(proof, certificates=proof.certificates[1:]))
    with pytest.raises(ProofError, match=r"inequalities are to be shown|not shown"):
        judged(STEP, proof_of(BACK))
    with pytest.raises(ProofError, match=r"not shown: position ⌊\(i \+ 2p - k\)/s⌋ - 1 of outputs\(.*\) fits"):
        Step(COUNT, Whole(Floor(i + 2 * p - k, s), given=FITS), Rule.EXPAND, proof, STEP.given)


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        (Certificate(((0.5, (0,)),)), "a multiplier is no integer >= 0"),  # type: ignore[arg-type]
        (Certificate(((-1, (0,)),)), "a multiplier is no integer >= 0"),
        (Certificate(((True, (0,)),)), "a multiplier is no integer >= 0"),
        (Certificate(((1, (-1,)),)), "there is no fact of such a number"),
        (Certificate(((1, (99,)),)), "there is no fact of such a number"),
        (Certificate((), factor=-1), "there is no fact of such a number"),
        (Certificate((), factor=99), "there is no fact of such a number"),
        (Certificate(((1, (2,)),)), "there is no fact of such a number"),
        (Certificate(((1, (0,)),)), "the facts add up to x, wanted is x - y"),
        (Certificate(((1, ()),)), "the facts add up to 1, wanted is x - y"),
        (Certificate(((1, (0,)),), factor=1), "the facts add up to x, wanted is x + x*y - y*y"),
    ],
)
def test_a_certificate_that_shows_nothing_says_what_is_wrong(certificate: Certificate, words: str) -> None:
    x, y = letter_size("x"), letter_size("y")
    with pytest.raises(ProofError) as refused:
        certificate.check(Goal("x >= y", x - y, 2), (x, y, x - y))
    assert words in str(refused.value)
    assert "not shown: x >= y" in str(refused.value)


def test_products_and_factors_show_what_sums_do_not() -> None:
    x, y, q = letter_size("x"), letter_size("y"), letter_size("q")
    Certificate(((1, (0, 1)), (2, ()))).check(Goal("", x * y + 2, 2), (x, y))
    # (y + 1) * (q + 1) - 1 = (y + 1) * q + y is a fact, so that q >= 0
    Certificate(((1, (1,)),), factor=0).check(Goal("", q, 2), (y, (y + 1) * q + y))
    with pytest.raises(ProofError, match="the facts add up to"):
        Certificate(((1, (1,)),), factor=0).check(Goal("", q, 2), (y, (y + 1) * q + y + 1))


ALL_TRUE = [*TRUE.values(), (STEP.lhs, STEP.rhs), (BACK.lhs, BACK.rhs)]


@settings(max_examples=400)
@given(st.sampled_from(ALL_TRUE), st.data())
def test_no_proof_however_changed_shows_a_false_statement(sides: tuple[Any, Any], data: st.DataObject) -> None:
    """The evidence of a true statement, changed at random, for a statement with a mistake in it."""
    lhs, rhs = sides if isinstance(sides[1], Whole) else sides[::-1]
    proof = proof_of(bounded(lhs, rhs))
    if isinstance(rhs, Whole):
        rhs = replace(rhs, value=data.draw(st.sampled_from(list(sizes.mistakes(rhs.value)))))
    numbers = st.integers(0, 14)
    for number, certificate in enumerate(proof.certificates):
        if data.draw(st.booleans()):
            terms = data.draw(
                st.lists(st.tuples(st.integers(0, 3), st.lists(numbers, max_size=2).map(tuple)), max_size=3)
            )
            factor = data.draw(st.none() | numbers)
            proof = changed(proof, number, Certificate((*certificate.terms, *terms)[-3:], factor))
    try:
        Step(lhs, rhs, Rule.EXPAND, proof, tuple(map(str, lhs.given)))
    except ProofError:
        return
    for at in (
        sizes.domain(lhs, rhs) if set(lhs.letters() + rhs.letters()) <= {*sizes.RANGES, "p"} else domain(lhs, rhs)
    ):
        assert sizes.counted(lhs, at) == sizes.counted(rhs, at)


# Conditions.


def test_a_step_states_the_conditions_of_its_sides() -> None:
    assert STEP.given == ("i + 2p >= k",)
    with pytest.raises(ProofError, match=r"only under the condition 'i \+ 2p >= k', which it does not state"):
        Step(STEP.lhs, STEP.rhs, STEP.rule, STEP.proof)


def test_both_sides_are_meant_under_the_same_conditions() -> None:
    for lhs, rhs in ((COUNT, replace(SIZE, given=())), (replace(COUNT, given=()), SIZE)):
        with pytest.raises(ProofError, match=r"under different conditions: .*none"):
            bounded(lhs, rhs)


def test_conditions_that_no_sizes_meet_show_nothing() -> None:
    """From 0 <= -1, which is what i >= i + 1 says, anything could be shown."""
    never = (AtLeast(i, i + 1),)
    lhs, rhs = Whole(i, given=never), Whole(i + 1, given=never)
    absurd = Reading(lhs, rhs).facts.index(Size.of(-1))
    proof = Bounds((Certificate(((1, (absurd,)),)), Certificate(((1, ()),))), (("i", 1),))
    with pytest.raises(ProofError, match=r"the sizes \{'i': 1\} do not meet the conditions i >= i \+ 1"):
        Step(lhs, rhs, Rule.EXPAND, proof, ("i >= i + 1",))
    with pytest.raises(ProofError, match="no sizes up to 5 meet the conditions"):
        bounded(lhs, rhs)


EXAMPLES: list[dict[str, Any]] = [
    {},
    {"i": 1},
    {"i": 0, "k": 1, "s": 1, "p": 0},
    {"i": 1, "k": 2, "s": 1, "p": 0},
    {"i": 1.5, "k": 1, "s": 1, "p": 0},
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_is_looked_at(example: dict[str, Any]) -> None:
    with pytest.raises(ProofError, match="do not meet the conditions"):
        judged(STEP, replace(proof_of(STEP), example=tuple(example.items())))


def test_equations_are_used_and_others_are_not_guessed() -> None:
    exact = (Equals(Mod(i - k, s), Number(0)), AtLeast(i, k))
    bounded(Whole(s * Floor(i - k, s) + k, given=exact), Whole(i, given=exact))
    twice = (Equals(2 * p, k - 1), Equals(k, 2 * t + 1))
    bounded(Outputs(i, k, low=p, high=p, given=twice), Whole(i, given=twice))
    for equation, words in (
        (Equals(2 * p, 3 * k), r"-3\*k \+ 2\*p = 0"),
        (Equals(i, i * k), r"i - i\*k = 0"),
    ):
        with pytest.raises(ProofError, match=f"the condition {words} cannot be solved for a letter"):
            bounded(Whole(p, given=(equation,)), Whole(p, given=(equation,)))
    always = (Equals(i, i),)
    bounded(Whole(i, given=always), Whole(i, given=always))


def test_a_divisor_is_not_shown_positive_by_the_quotient_that_needs_it() -> None:
    """From d*q <= a < d*q + d alone d >= 1 would follow; but these hold only for d >= 1."""
    divisor = k - 1
    lhs = Whole(Floor(i, divisor))
    reading = Reading(lhs, lhs)
    first = reading.goals[0]
    assert first.words == "the divisor k - 1 >= 1"
    later = [number for number in range(len(reading.facts)) if number >= first.facts]
    assert len(later) == 3
    circular = Certificate(((1, (later[1],)), (1, (later[2],))))
    assert reading.facts[later[1]] + reading.facts[later[2]] == first.size
    with pytest.raises(ProofError, match="there is no fact of such a number at this place"):
        circular.check(first, reading.facts)
    known = (AtLeast(k, TWO),)
    bounded(Whole(Floor(i, divisor), given=known), Whole(Floor(i, divisor), given=known))


def test_quotients_are_one_only_if_dividend_and_divisor_are() -> None:
    assert bounded(Whole(Floor(i - k, s)), Whole(Floor(-1 * k + i, s)))
    facts = Reading(Whole(Floor(i, s)), Whole(Floor(i, k))).facts
    assert len({letter for fact in facts for monomial, _ in fact.terms for letter in monomial if "⌊" in letter}) == 2


# Other kinds.


def test_bounds_speak_of_integers_only() -> None:
    with pytest.raises(ProofError, match="two integers that depend on sizes"):
        Bounds(()).check(Leaf("X", ()), Whole(i))
    with pytest.raises(ProofError, match="is no integer expression"):
        bounded(Whole(i), Whole(3))  # type: ignore[arg-type]

    class Other(Integer):
        """A kind that the kernel does not know."""

        def at(self, values: Mapping[str, int]) -> int:
            return len(values)

    class Unknown(Expression):
        """An expression that the kernel does not know."""

        def at(self, values: Mapping[str, int]) -> int:
            return len(values)

    with pytest.raises(ProofError, match="do not compare Other with Whole"):
        Reading(Other(), Whole(i))
    with pytest.raises(ProofError, match="Unknown is no integer expression"):
        Reading(Whole(Unknown()), Whole(i))


def test_copies_are_checked_again() -> None:
    for again in (copy.copy(STEP), copy.deepcopy(STEP), pickle.loads(pickle.dumps(STEP))):  # noqa: S301 - our own
        assert again == STEP
    forged = object.__new__(Step)
    for field in ("lhs", "rule", "proof", "given"):
        object.__setattr__(forged, field, getattr(STEP, field))
    object.__setattr__(forged, "rhs", Whole(i, given=FITS))
    with pytest.raises(ProofError, match=r"are to be shown|not shown"):
        copy.copy(forged)


def test_steps_make_a_chain_under_one_set_of_conditions() -> None:
    given_more = (*FITS, Equals(Mod(i + 2 * p - k, s), Number(0)))
    chain = Derivation((STEP, bounded(SIZE, Whole(1 + Floor(i + 2 * p - k, s), given=FITS))))
    assert chain.evidence == ("Bounds",)
    assert chain.given == ("i + 2p >= k",)
    assert chain.scope is Scope.ALL_SIZES
    narrower = bounded(replace(SIZE, given=given_more), replace(SIZE, given=given_more))
    with pytest.raises(ProofError, match="does not begin where"):
        Derivation((STEP, narrower))
