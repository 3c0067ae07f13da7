"""check: an answer in, a verdict out.

    v = check("conv-grad-filter", "conv(X, delta)")
    v.verdict == "correct"

The verdict is exact: the answer is read into polynomials over the rationals and compared entry by entry with
what the engine derived. What cannot be read, or is too large to decide, is unreadable and never guessed at.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError, shown
from symbolic.exercises.arrays import Grid
from symbolic.exercises.catalogue import exercise as catalogued
from symbolic.exercises.compare import difference, index_of, up_to
from symbolic.exercises.counterexample import counterexample
from symbolic.exercises.diagnose import diagnose, named
from symbolic.exercises.exercise import Exercise
from symbolic.exercises.folding import folded
from symbolic.exercises.reader import FORMATS, Answer
from symbolic.exercises.refusal import Unreadable
from symbolic.exercises.verdict import Verdict

if TYPE_CHECKING:
    from symbolic.exercises.polynomial import Polynomial

ROUNDING = Fraction(1, 10**9)
LONG = 15  # digits that only a program prints


def check(
    exercise: str | Exercise, answer: str | bytes, format: str = "auto", *, earlier: str | bytes | None = None
) -> Verdict:
    """Judge one answer.

    exercise  an id of the catalogue, or an exercise of one's own.
    answer    text, or the bytes of a file.     format  auto, sympy, latex, json or npy.
    earlier   the same learner's answer to the exercise that this one follows: it is taken as it is, right or
              wrong, and only the step from there is judged (follow-through).
    Raises    GradproofError: no such exercise or format, an answer that is neither text nor bytes, or an earlier
              one where there is nothing to follow.
              Whatever stands in the answer itself never raises: it is unreadable.
    """
    known = catalogued(exercise) if isinstance(exercise, str) else exercise
    if not isinstance(known, Exercise):
        raise GradproofError(f"check: expected the id of an exercise; got {shown(exercise)}")
    if not isinstance(answer, str | bytes):
        raise GradproofError(f"check: expected an answer as text or bytes; got {type(answer).__name__} {shown(answer)}")
    if format not in FORMATS:
        raise GradproofError(f"check: unknown format {shown(format)}; known are {', '.join(FORMATS)}")
    try:
        if earlier is not None:
            known = following(known, earlier)
        return _judged(known, known.read(answer, format))
    except Unreadable as refusal:
        return Verdict(known, "unreadable", refusal=refusal)


def following(exercise: Exercise, earlier: str | bytes) -> Exercise:
    """The exercise with its truth worked out from the learner's own earlier answer.

    Raises  Unreadable: the earlier answer cannot be read; GradproofError: the exercise follows none.
    """
    if not exercise.follows:
        raise GradproofError(f"check: exercise '{exercise.id}' follows no other; give no earlier answer")
    before = catalogued(exercise.follows)
    found = before.read(earlier).fit(before.truth.shape).grid
    work = replace(exercise.work, changes=(lambda _grid: found,))
    return replace(exercise, work=work)


def _judged(exercise: Exercise, answer: Answer) -> Verdict:
    try:
        answer = answer.fit(exercise.truth.shape)
    except Unreadable as refusal:
        found = diagnose(exercise, answer.grid) if answer.shape else ()
        if not found:
            return Verdict(exercise, "unreadable", answer, refusal=refusal, remarks=tuple(answer.remarks))
        verdict = Verdict(exercise, "wrong", answer, explanations=found, misconceptions=named(exercise, found))
        return replace(verdict, remarks=tuple(answer.remarks))
    sides = [_side(exercise, replace(answer, grid=grid)) for grid in (*answer.earlier, answer.grid)]
    wrong = [verdict for verdict in sides if verdict.verdict == "wrong"]
    if not wrong or len(sides) == 1:
        return sides[-1]
    return replace(wrong[-1], remarks=(*wrong[-1].remarks, "sides_differ"))


def _side(exercise: Exercise, answer: Answer) -> Verdict:
    """One value of a fitting shape judged: the answer, or a side before it in a chain of equals."""
    truth = exercise.truth
    answer, remarks = _rounded(answer, truth)
    remarks = (*remarks, *answer.remarks)
    open_places = [
        k for k, (mine, right) in enumerate(zip(answer.entries, truth.entries, strict=True)) if mine != right
    ]
    written = _written_out(exercise, answer, open_places)
    wrong = [k for k in open_places if written[k] != exercise.spelled_out(truth.entries[k])]
    if not wrong:
        return Verdict(exercise, "correct", answer, score=1.0, remarks=remarks)
    return replace(_explained(exercise, answer, written, wrong), remarks=remarks)


def _rounded(answer: Answer, truth: Grid) -> tuple[Answer, tuple[str, ...]]:
    """The answer with the truth for numbers that miss it by the rounding of floating-point arithmetic.

    Only in .npy and JSON, where programs hand in their results, and for decimals of LONG digits or more in text,
    which nobody writes by hand; and only for numbers that are not whole: within a relative ROUNDING of the entry,
    or, where that is 0, of the largest one. Single precision is not covered.
    """
    numbers = [entry.constant for entry in truth.entries]
    if None in numbers:
        return answer, ()
    largest = max(abs(number) for number in numbers if number is not None)
    entries = list(answer.entries)
    for place, right in enumerate(numbers):
        mine = entries[place].constant
        if mine is None or right is None or mine == right or mine.denominator == 1:
            continue
        if answer.format not in {"npy", "json"} and _digits(mine) < LONG:
            continue
        if abs(mine - right) <= ROUNDING * (abs(right) or largest):
            entries[place] = truth.entries[place]
    if tuple(entries) == answer.entries:
        return answer, ()
    return replace(answer, grid=Grid(truth.shape, tuple(entries))), ("rounding",)


def _digits(number: Fraction) -> int:
    """How many digits the number has as a decimal, 0 for a fraction that has no last one, and for a very long one."""
    rest = number.denominator
    if max(rest, abs(number.numerator)).bit_length() > 1_000:
        return 0
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest > 1:
        return 0
    places = number.denominator.bit_length()
    return len(str(abs(int(number * 10**places))).rstrip("0"))


def _written_out(exercise: Exercise, answer: Answer, places: list[int]) -> list[Polynomial]:
    """The entries with their kept symbols written out, where they may differ. Raises Unreadable (too_large)."""
    entries = list(answer.entries)
    for place in places:
        entries[place] = exercise.bounded(entries[place])
    return entries


def _explained(exercise: Exercise, answer: Answer, written: list[Polynomial], wrong: list[int]) -> Verdict:
    truth = exercise.truth
    given = Grid(truth.shape, tuple(folded(entry, exercise.kept) for entry in answer.entries))
    if not all(entry.symbols <= exercise.truth_symbols for entry in given.entries) and len(exercise.kept) != 1:
        truth = truth.map(exercise.spelled_out)
        given = Grid(given.shape, tuple(map(exercise.bounded, given.entries)))
    pairs = [(place, given.entries[place], truth.entries[place]) for place in wrong]
    found = diagnose(exercise, given)
    return Verdict(
        exercise,
        "wrong",
        answer,
        wrong_entries=tuple(index_of(place, truth.shape) for place in wrong),
        differences=tuple(difference(place, truth.shape, mine, right) for place, mine, right in pairs),
        misconceptions=named(exercise, found),
        explanations=found,
        counterexample=counterexample(exercise, written, wrong),
        up_to=tuple(kind for kind in up_to(given, truth) if kind != "rot180" or not exercise.labels),
        score=1 - len(wrong) / len(truth.entries),
    )
