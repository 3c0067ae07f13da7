"""The question of an exercise of the catalogue, where a page asks it."""

from __future__ import annotations

import re
from dataclasses import dataclass

BESIDE_LATIN = re.compile(r"(?<=\w)\n(?=[0-9A-Za-z∂])|(?<=[0-9A-Za-z])\n(?=\w)")  # in Chinese a break that is a space
PROGRAM = re.compile(r"(?:\n {4}.+)+")  # indented lines, statements without blocks, which end a sentence
STOPS = {"zh": "。"}

SENTENCE = re.compile("(?<=[.。:：?？)）])\\n")


@dataclass(frozen=True)
class Question:
    """What an exercise asks, in the language of the page; in English where the exercises do not speak that."""

    name: str


def question(name: str, lang: str) -> str:
    """The question as plain text, without line breaks; a program, its lines indented there, on one in backticks."""
    from symbolic.exercises.catalogue import FUNCTIONS, exercise
    from symbolic.exercises.phrasebook import LANGUAGES, sentence
    from symbolic.exercises.sheet import statement

    lang = lang if lang in LANGUAGES else "en"
    text = sentence("statements", name, lang) if name in FUNCTIONS else statement(exercise(name), lang)
    stop = STOPS.get(lang, ".")
    text = PROGRAM.sub(lambda found: f" `{'; '.join(map(str.strip, found[0].strip().splitlines()))}`{stop}", text)
    return joined(text, lang)


def joined(text: str, lang: str) -> str:
    """The lines of a text as one."""
    if lang == "zh":
        return BESIDE_LATIN.sub(" ", text.strip()).replace("\n", "")
    return text.strip().replace("\n", " ")


def sentences(text: str, lang: str) -> tuple[str, ...]:
    """The lines of a question that begin a sentence; a line broken for its length goes on."""
    return tuple(joined(part, lang) for part in SENTENCE.split(text.strip()))
