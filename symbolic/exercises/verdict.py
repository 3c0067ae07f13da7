"""What `check` gives back: the verdict, what supports it, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from symbolic.errors import GradproofError, shown
from symbolic.exercises.arrays import show
from symbolic.exercises.compare import index_of
from symbolic.exercises.phrasebook import known_language
from symbolic.exercises.sheet import shape
from symbolic.exercises.telling import example, listed, place, reasons, say

if TYPE_CHECKING:
    from symbolic.exercises.compare import EntryDifference, Index
    from symbolic.exercises.counterexample import Counterexample
    from symbolic.exercises.diagnose import Explanation
    from symbolic.exercises.exercise import Exercise
    from symbolic.exercises.reader import Answer
    from symbolic.exercises.refusal import Unreadable

SHOWN = 3  # entries whose terms a message lists
TERMS = 6  # of one kind in one entry
SIMPLE = 9  # numerator and denominator of a factor that may be told: 1/2 is a mistake, 97/3 the solution in disguise
LEVELS = 5
LONGEST = 4_000  # characters of a message, and of the hints before the solution
SOLUTION = 60_000  # characters of a solution or of what was understood
LISTED = 100  # wrong entries in a hint or in the JSON, and per entry terms of one kind


@dataclass(frozen=True)
class Verdict:
    """The judgement of one answer.

    verdict         correct, wrong or unreadable        reason      why it is unreadable: syntax, too_large, ...
    wrong_entries   1-based; a vector is one row        differences per wrong entry the terms that differ
    explanations    how they explain it: one, two together, or apart in different entries; all that are equally simple
    misconceptions  keys that explain it, all tied      score       share of entries that are right, 0 to 1
    counterexample  values at which the two differ      up_to       "factor -1", "transpose", "rot180"
    remarks         "rounding": numbers that floating-point arithmetic rounded (relative 1e-9) count as right;
                    "left_side_other" and what else the reader has to say (`remarks.py`)
    answer          what was read, None if nothing      refusal     why nothing was read, with column and caret
    """

    exercise: Exercise
    verdict: Literal["correct", "wrong", "unreadable"]
    answer: Answer | None = None
    refusal: Unreadable | None = None
    wrong_entries: tuple[Index, ...] = ()
    differences: tuple[EntryDifference, ...] = ()
    misconceptions: tuple[str, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    counterexample: Counterexample | None = None
    up_to: tuple[str, ...] = ()
    score: float = 0.0
    remarks: tuple[str, ...] = ()

    @property
    def reason(self) -> str | None:
        """Why the answer is unreadable; None if it was read."""
        return None if self.refusal is None else self.refusal.reason

    def __str__(self) -> str:
        """The English message."""
        return self.message()

    def message(self, lang: str = "en") -> str:
        """Everything that helps without the solution: where, which terms, why, and a small example in symbols.

        Raises  GradproofError: an unknown language.
        """
        known_language(lang)
        remarks = [self._remark(key, lang) for key in self.remarks]
        if self.verdict == "correct":
            return cut("\n".join([say("correct", lang), *remarks]))
        if self.refusal is not None:
            return cut("\n".join([say("unreadable", lang, reason=self.refusal.message(lang)), *self._echo(lang)]))
        lines = [self._where(lang), *self._terms(lang), *self._almost(lang), self._why(lang)]
        if self.counterexample is not None and self.counterexample.values:
            lines.append(self._example(lang))
        return cut("\n".join([*lines, *remarks, *self._echo(lang)]))

    def _remark(self, key: str, lang: str) -> str:
        values = {} if self.answer is None else self.answer.remarks.get(key, {})
        return say(f"remark_{key}", lang, **values)

    def _echo(self, lang: str) -> list[str]:
        """What the answer was read as; it comes last, where a long one may be cut."""
        return [] if self.answer is None else [self.answer.echo(lang)]

    def hint(self, level: int, lang: str = "en") -> str:
        """Hints up to a level: 1 shape, 2 where, 3 which rule, 4 a counterexample, 5 the solution.

        Raises  GradproofError: another level, or an unknown language.
        """
        known_language(lang)
        if isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= LEVELS:
            raise GradproofError(f"hint: the level must be a whole number from 1 to {LEVELS}; got {shown(level)}")
        if self.verdict == "correct":
            return say("nothing_to_hint", lang)
        lines = [shape(self.exercise, lang)]
        if self.refusal is not None:
            lines.append(self.message(lang))
        else:
            lines += [self._where(lang), self._why(lang)]
            lines.append(self._example(lang))
        lines = lines[:level]
        if level == LEVELS:
            return cut("\n".join(lines)) + "\n" + cut(say("solution", lang, text=self.exercise.solution), SOLUTION)
        return cut("\n".join(lines))

    def _where(self, lang: str) -> str:
        expected = self.exercise.truth.shape
        if self.answer is not None and self.answer.shape != expected:
            return say("wrong_shape", lang, expected=show(expected), got=show(self.answer.shape))
        total = len(self.exercise.truth.entries)
        if total == 1:
            return say("wrong_single", lang)
        if len(self.wrong_entries) == total:
            return say("wrong_all", lang, total=total)
        entries = listed([place(self.exercise, entry) for entry in self.wrong_entries], lang, LISTED)
        return say("wrong", lang, wrong=len(self.wrong_entries), total=total, entries=entries)

    def _terms(self, lang: str) -> list[str]:
        """Per wrong entry, in symbols, what is missing and what is too much.

        Nothing where numbers are asked, which would be the solution, or where all entries are wrong in one way.
        """
        if not self.exercise.truth_symbols or self.up_to:
            return []
        lines = [
            say("entry", lang, entry=place(self.exercise, entry.entry), what=self._what(entry, lang))
            for entry in self.differences[:SHOWN]
        ]
        if len(self.differences) > SHOWN:
            lines.append(say("more_entries", lang, count=len(self.differences) - SHOWN))
        return lines

    @staticmethod
    def _what(entry: EntryDifference, lang: str) -> str:
        """The terms that differ; where none is right they would be the solution, and that is said instead."""
        if entry.nothing_right:
            return say("nothing_right", lang)
        told = _told(entry).items()
        parts = [say(kind, lang, terms=listed(terms, lang, TERMS)) for kind, terms in told if terms]
        if entry.missing and not entry.told:
            parts.insert(0, say("missing_count", lang, count=len(entry.missing), total=entry.terms))
        return say("join", lang).join(parts)

    def _almost(self, lang: str) -> list[str]:
        lines = []
        for kind in map(simple, self.up_to):
            name, _, factor = kind.partition(" ")
            key = (
                "up_to_sign" if kind == "factor -1" else f"up_to_{name}" if factor or name != "factor" else "up_to_some"
            )
            lines.append(say(key, lang, factor=factor))
        return lines

    def _why(self, lang: str) -> str:
        return reasons(self.exercise, self.explanations, lang)

    def _example(self, lang: str) -> str:
        return example(self.exercise, self.counterexample, lang)

    def data(self, lang: str = "en") -> dict[str, Any]:
        """Everything as plain lists, numbers and texts, for JSON; the solution is not among them.

        Terms that are missing are counted, and listed only as in the message; `truth` at the exercise's own numbers
        is None. Lists end after LISTED items; `wrong_count` says how many entries are wrong.
        """
        found = self.counterexample
        return {
            "exercise": self.exercise.id,
            "verdict": self.verdict,
            "reason": self.reason,
            "score": self.score,
            "wrong_count": len(self.wrong_entries),
            "wrong_entries": [list(entry) for entry in self.wrong_entries[:LISTED]],
            "misconceptions": list(self.misconceptions),
            "explanations": [
                {
                    "keys": list(way.keys),
                    "kind": way.kind,
                    "entries": [
                        [list(index_of(k, self.exercise.truth.shape)) for k in at[:LISTED]] for at in way.places
                    ],
                    "carried": {value.name: str(value.value) for value in way.carried},
                }
                for way in self.explanations
            ],
            "up_to": list(map(simple, self.up_to)),
            "remarks": list(self.remarks),
            "differences": [
                {"entry": list(entry.entry), "missing_count": len(entry.missing)}
                | {kind: list(terms[:LISTED]) for kind, terms in _told(entry).items()}
                for entry in self.differences[:LISTED]
            ],
            "counterexample": None
            if found is None
            else {
                "values": dict(found.values),
                "entry": list(found.entry),
                "yours": str(found.yours),
                "truth": str(found.truth) if found.values else None,
                "checked_by_finite_differences": found.checked,
            },
            "understood": None if self.answer is None else cut(self.answer.understood, SOLUTION),
            "message": self.message(lang),
        }


def _told(entry: EntryDifference) -> dict[str, tuple[str, ...]]:
    """What differs in an entry, without what would be the solution."""
    return {
        "missing": entry.told,
        "extra": entry.extra,
        "wrong_sign": entry.wrong_sign,
        "wrong_factor": entry.wrong_factor,
    }


def simple(kind: str) -> str:
    """What `up_to` may say: a factor that no formula suggests is left out."""
    name, _, factor = kind.partition(" ")
    value = Fraction(factor or 1)
    return kind if abs(value.numerator) <= SIMPLE and value.denominator <= SIMPLE else name


def cut(text: str, longest: int = LONGEST) -> str:
    """At most so many characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
