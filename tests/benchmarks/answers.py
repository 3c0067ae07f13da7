"""Answers to judge: those that the tests know the verdict of, over and over; and math-verify on the same ones."""

from __future__ import annotations

import json
import logging
from functools import cache
from importlib import import_module
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from symbolic.exercises.batch import Handed, check_many
from symbolic.exercises.judge import check
from tests.tools import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

EXERCISES = {"a": "conv-grad-filter", "b": "conv-grad-input"}  # matrices of polynomials
Row = dict[str, Any]


@cache
def rows(kind: str) -> tuple[Row, ...]:
    """The answers of EXERCISES in a format; some are right, some wrong."""
    text = (ROOT / "tests" / "exercises" / "data" / "answers.json").read_text(encoding="utf-8")
    return tuple(row for row in json.loads(text) if row["exercise"] in EXERCISES and row["format"] == kind)


def ours(kind: str) -> list[bool]:
    """Which of them we call correct."""
    return [check(EXERCISES[row["exercise"]], row["answer"], kind).verdict == "correct" for row in rows(kind)]


def math_verify() -> list[bool]:
    """Which of the LaTeX ones math-verify calls equal to the first right one of the exercise, read again each time."""
    peer = import_module("math_verify")
    logging.getLogger("math_verify").setLevel(logging.CRITICAL)
    right = {row["exercise"]: row["answer"] for row in reversed(rows("latex")) if row["verdict"] == "correct"}
    return [
        peer.verify(peer.parse(fenced(right[row["exercise"]])), peer.parse(fenced(row["answer"])))
        for row in rows("latex")
    ]


def fenced(text: str) -> str:
    """The display that math-verify looks for."""
    return text if text.startswith(("$", "\\[")) else f"$${text}$$"


def many(count: int, jobs: int) -> int:
    """A class of that many answers to one exercise, no two alike; how many were judged correct."""
    own = [row["answer"] for row in (*rows("latex"), *rows("sympy")) if row["exercise"] == "a"]
    handed = (Handed(str(n), answer + " " * (n // len(own))) for n, answer in enumerate(islice(cycle(own), count)))
    return correct(check_many(EXERCISES["a"], handed, jobs=jobs))


def correct(judged: Iterator[Row]) -> int:
    """How many of the rows say so."""
    return sum(row["verdict"] == "correct" for row in judged)
