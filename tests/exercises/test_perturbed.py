"""The truth of every exercise changed in known ways: what a verdict says about it is exactly what was done."""

import random
from fractions import Fraction
from itertools import combinations, product
from math import prod

import pytest

from symbolic.exercises import changes
from symbolic.exercises.arrays import Grid
from symbolic.exercises.catalogue import HOMES, exercise
from symbolic.exercises.changes import NotHere
from symbolic.exercises.compare import index_of
from symbolic.exercises.counterexample import LARGEST
from symbolic.exercises.exercise import Exercise
from symbolic.exercises.judge import check
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.reader import Answer
from symbolic.exercises.verdict import Verdict

SYMBOLIC = [key for key in HOMES if exercise(key).truth_symbols]
STATED = [key for key in SYMBOLIC if not exercise(key).relations]  # p_3 may be written in two ways


def judged(known: Exercise, entries: list[Polynomial]) -> Verdict:
    return check(known, Answer(Grid(known.truth.shape, tuple(entries)), "sympy").understood)


def with_entry(known: Exercise, place: int, entry: Polynomial) -> Verdict:
    entries = list(known.truth.entries)
    entries[place] = entry
    return judged(known, entries)


def term(monomial: tuple[tuple[str, int], ...], value: Fraction) -> str:
    return str(Polynomial({monomial: value}))


def places(known: Exercise) -> list[int]:
    """Some entries that are not 0, always the same."""
    telling = [k for k, entry in enumerate(known.truth.entries) if entry]
    return random.Random(known.id).sample(telling, min(3, len(telling)))


@pytest.mark.parametrize("key", STATED)
@pytest.mark.parametrize("kind", ["missing", "extra", "wrong_sign", "wrong_factor"])
def test_one_term_changed_is_the_one_term_told(key: str, kind: str) -> None:
    known = exercise(key)
    for place in places(known):
        right = known.truth.entries[place]
        monomial, value = max(right.terms.items())
        stranger = ((min(known.truth_symbols), 5),)
        done, expected = {
            "missing": ({**right.terms, monomial: Fraction(0)}, term(monomial, value)),
            "extra": ({**right.terms, stranger: Fraction(7)}, term(stranger, Fraction(7))),
            "wrong_sign": ({**right.terms, monomial: -value}, term(monomial, -value)),
            "wrong_factor": ({**right.terms, monomial: 3 * value}, term(monomial, 3 * value)),
        }[kind]
        found = with_entry(known, place, Polynomial(done))
        assert found.verdict == "wrong"
        assert found.wrong_entries == (index_of(place, known.truth.shape),)
        (difference,) = found.differences
        told = {name: getattr(difference, name) for name in ("missing", "extra", "wrong_sign", "wrong_factor")}
        assert told == {name: (expected,) if name == kind else () for name in told}
        assert found.score == pytest.approx(1 - 1 / len(known.truth.entries))


@pytest.mark.parametrize("key", HOMES)
def test_any_set_of_wrong_entries_is_found_and_scored(key: str) -> None:
    known = exercise(key)
    size = len(known.truth.entries)
    draw = random.Random(key)
    for _ in range(4):
        wrong = sorted(draw.sample(range(size), draw.randint(1, size)))
        entries = list(known.truth.entries)
        for place in wrong:
            entries[place] = entries[place] + Polynomial.number(draw.choice((-3, -1, 1, 5)))
        found = judged(known, entries)
        assert found.verdict == "wrong"
        assert found.wrong_entries == tuple(index_of(place, known.truth.shape) for place in wrong)
        assert found.score == pytest.approx(1 - len(wrong) / size)


@pytest.mark.parametrize("key", HOMES)
@pytest.mark.parametrize("factor", [Fraction(-1), Fraction(2), Fraction(1, 2), Fraction(-3, 4)])
def test_a_common_factor_is_found_and_nothing_else(key: str, factor: Fraction) -> None:
    known = exercise(key)
    found = judged(known, [entry.scaled(factor) for entry in known.truth.entries])
    single = sum(len(entry.terms) for entry in known.truth.entries) == 1
    assert (f"factor {1 / factor}" in found.up_to) is (not single or factor == -1)


@pytest.mark.parametrize("key", HOMES)
@pytest.mark.parametrize(("name", "change"), [("transpose", changes.transposed), ("rot180", changes.rot180)])
def test_a_transpose_or_a_rotation_is_found(key: str, name: str, change: object) -> None:
    known = exercise(key)
    try:
        turned = change(known.truth)  # type: ignore[operator]
    except NotHere:
        return
    if turned == known.truth:
        return
    if turned.shape != known.truth.shape:
        assert check(known, Answer(turned, "sympy").understood).up_to == ()
        return
    assert (name in judged(known, list(turned.entries)).up_to) is (not known.labels)  # of named values it says nothing


def smaller(values: dict[str, int], difference: Polynomial) -> bool:
    """Whether fewer symbols, or as many with a smaller sum, would do: tried out, all of them."""
    symbols = sorted(difference.symbols)
    total = sum(values.values())
    for count in range(len(values) + 1):
        for chosen in combinations(symbols, count):
            for numbers in product(range(1, LARGEST + 1), repeat=count):
                if count == len(values) and sum(numbers) >= total:
                    continue
                point = dict.fromkeys(symbols, 0) | dict(zip(chosen, numbers, strict=True))
                if difference.at(point):
                    return True
    return False


@pytest.mark.parametrize("key", STATED)
def test_no_smaller_example_than_the_one_told(key: str) -> None:
    known = exercise(key)
    checked = set()
    for place in places(known):
        right = known.truth.entries[place]
        monomial, value = min(right.terms.items())
        wrong = Polynomial({**right.terms, monomial: 2 * value})
        found = with_entry(known, place, wrong).counterexample
        assert found is not None
        written = known.spelled_out(wrong - right)
        assert found.yours != found.truth
        assert prod(found.values.values()) > 0
        assert len(written.symbols) > 9 or not smaller(dict(found.values), written)
        checked.add(found.checked)
    # p and r are no inputs, and C is no gradient: only there finite differences have nothing to say
    assert checked == ({None} if key in {"batch-norm", "conv-transpose"} else {True})
