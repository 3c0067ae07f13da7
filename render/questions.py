"""The question of an exercise of the catalogue, where a page asks it."""

from __future__ import annotations

import re
from dataclasses import dataclass

BESIDE_LATIN = re.compile(r"(?<=\w)\n(?=[0-9A-Za-z∂])|(?<=[0-9A-Za-z])\n(?=\w)")  # in Chinese a break that is a space


@dataclass(frozen=True)
class Question:
    """What an exercise asks, in the language of the page; in English where the exercises do not speak that."""

    name: str


def question(name: str, lang: str) -> str:
    """The question as plain text, without line breaks."""
    from symbolic.exercises.catalogue import FUNCTIONS, exercise
    from symbolic.exercises.phrasebook import LANGUAGES, sentence
    from symbolic.exercises.sheet import statement

    lang = lang if lang in LANGUAGES else "en"
    text = sentence("statements", name, lang) if name in FUNCTIONS else statement(exercise(name), lang)
    if lang == "zh":
        return BESIDE_LATIN.sub(" ", text.strip()).replace("\n", "")
    return text.strip().replace("\n", " ")
