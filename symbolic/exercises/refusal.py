"""The reader's only exception: a reason, a place, and one sentence in English or Chinese.

key       which sentence of phrases.toml; several keys may share a reason
reason    what a program looks at: syntax, unknown_symbol, too_large, wrong_shape, ...
column    1-based place in the handed-in text, None where the whole text is meant
entry     for JSON: where the text with that column stands, as "[1][2]"
"""

from __future__ import annotations

import tomllib
import unicodedata
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError
from symbolic.exercises import limits
from symbolic.exercises.phrasebook import known_language

if TYPE_CHECKING:
    from collections.abc import Iterable

WINDOW = 72  # characters of the line that the caret line shows, at most 40 of them before the caret


class Unreadable(GradproofError):  # noqa: N818 -- the name of the verdict
    """Outside text that cannot be read as an answer.

    Shapes  none: nothing of the answer exists yet.
    Raises  KeyError for a key that phrases.toml does not have: our own mistake, found by the tests.
    """

    def __init__(self, key: str, at: int | None = None, **params: object) -> None:
        """Take the phrase's key, the 0-based offset in the text, and the values for its placeholders."""
        super().__init__(key)
        self.key = key
        self.reason = _phrases()[key]["reason"]
        self.at = at
        self.params = {name: clean(str(value)) for name, value in params.items()}
        self.source = ""
        self.entry: str | None = None

    def within(self, source: str, entry: str | None = None) -> Unreadable:
        """Say which text the offset counts in, and in which entry of a JSON array it stands."""
        self.source, self.entry = source, entry
        return self

    @property
    def line(self) -> int | None:
        """1-based line of the place, None where there is none."""
        return None if self.at is None else self.source.count("\n", 0, self.at) + 1

    @property
    def column(self) -> int | None:
        """1-based column within that line, None where there is none."""
        return None if self.at is None else self.at - self.source.rfind("\n", 0, self.at)

    def sentence(self, lang: str = "en") -> str:
        """One sentence without the caret line; `lang` is "en" or "zh"."""
        known_language(lang)
        text = _phrases()[self.key][lang].format_map(self.params)
        for place, given in (("in_entry", self.entry), ("in_column", self.column), ("in_line", self.line)):
            if given is not None and (place, given) != ("in_line", 1):
                text = _phrases()[place][lang].format_map({"at": given, "text": text})
        return text

    def message(self, lang: str = "en") -> str:
        """Return the sentence and, where a place is known, the line with a caret below it."""
        caret = self.caret()
        return self.sentence(lang) + ("\n" + caret if caret else "")

    def caret(self) -> str:
        """Two lines: the part of the text around the place, and a caret under it; "" without a place."""
        if self.at is None or self.column is None:
            return ""
        line = self.source.split("\n")[self.source.count("\n", 0, self.at)] if self.source else ""
        start = max(0, self.column - 1 - 40)
        shown = "".join(c if c.isprintable() else "\N{MIDDLE DOT}" for c in line[start : start + WINDOW])
        before = shown[: self.column - 1 - start]
        width = sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in before)
        return f"  {shown}\n  {' ' * width}^"

    def __str__(self) -> str:
        """Return the English message."""
        return self.message()


def clean(text: str) -> str:
    """Cut to a name's length, with everything invisible spelled out: safe to print in a terminal."""
    if len(text) > limits.NAME:
        text = text[: limits.NAME] + "…"
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in text)


def nearest(word: str, known: Iterable[str], cutoff: float = 0.55) -> str | None:
    """Return the closest of the known names, or None; ties are settled by the names themselves."""
    close = get_close_matches(word[: limits.NAME], sorted(known), n=1, cutoff=cutoff)
    return close[0] if close else None


def phrase(key: str, lang: str, **params: object) -> str:
    """A sentence of phrases.toml with its placeholders filled in."""
    known_language(lang)
    return _phrases()[key][lang].format_map(params)


@cache
def _phrases() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("phrases.toml").read_text(encoding="utf-8"))
