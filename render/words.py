"""Words: every sentence that a note prints, per language, from `words/LANG.toml` and `words/LANG/NOTE.toml`.

A new language is one file, which `--lang fr.toml` reads (see `translation`); one that comes with the program is a file
and a folder of that name, and nothing else knows the list. Keys are dotted paths ("rule.CHAIN"). A note's own file is
looked up before the common one. Formulas in the words hold no equality sign: those come from checked steps only.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from render.inline import CodeSpan, Emphasis, Formula, Link, Param, Piece, Text, pieces
from render.plain import plain as as_text
from symbolic.errors import GradproofError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent / "words"


class WordsError(GradproofError):
    """A phrase or a language that is not there, or a phrase that cannot be read."""


def languages() -> tuple[str, ...]:
    """The languages there are words for, English first."""
    names = sorted(path.stem for path in FOLDER.glob("*.toml"))
    return tuple(sorted(names, key=lambda name: name != "en"))


def notes_with_words(lang: str) -> tuple[str, ...]:
    """The notes that have words in a language."""
    return tuple(sorted(path.stem for path in (FOLDER / lang).glob("*.toml")))


@dataclass(frozen=True)
class Phrasebook:
    """All phrases of one language: the common ones and those of one note. `file` is that of a reader's own language."""

    lang: str
    note: str
    phrases: dict[str, str]
    file: str = ""

    def of(self, note: str) -> Phrasebook:
        """The phrasebook of the same language for another note."""
        return words(self.file or self.lang, note)

    def text(self, key: str) -> str:
        """The phrase as it stands in the file; its params are not yet put in."""
        if key not in self.phrases:
            where = self.file or (f"words/{self.lang}/{self.note}.toml" if self.note else f"words/{self.lang}.toml")
            raise WordsError(f"no phrase '{key}' in {where}{nearest(key, self.phrases)}")
        return self.phrases[key]

    def pieces(self, key: str) -> tuple[tuple[Piece, ...], ...]:
        """The phrase read: one tuple of pieces per paragraph."""
        return read(self.text(key), key)

    def plain(self, key: str, **params: object) -> str:
        """The phrase as plain text, for labels in pictures and alternative texts: marks are dropped."""
        return " ".join(_plain(paragraph, key, params) for paragraph in self.pieces(key))

    def joined(self, parts: list[str]) -> str:
        """`a, b and c`."""
        if len(parts) < 2:
            return "".join(parts)
        return self.text("list_separator").join(parts[:-1]) + self.text("list_last") + parts[-1]


def words(lang: str, note: str = "") -> Phrasebook:
    """The phrasebook of a language, or of a TOML file of the reader's own, for a note.

    Raises WordsError for an unknown language or a broken file.
    """
    if lang.endswith(".toml"):
        from render.translation import phrasebook

        return phrasebook(lang, note)
    known = languages()
    if lang not in known:
        raise WordsError(f"no words for the language '{lang}'; there are {', '.join(known)}{nearest(lang, known)}")
    phrases = load(FOLDER / f"{lang}.toml")
    own = FOLDER / lang / f"{note}.toml"
    if note and own.is_file():
        phrases |= load(own)
    return Phrasebook(lang, note, phrases)


def load(path: Path) -> dict[str, str]:
    """Dotted key -> phrase of one file."""
    about = path.stat()
    return dict(_loaded(path, about.st_mtime_ns, about.st_size))


@lru_cache(maxsize=256)
def _loaded(path: Path, _changed: int, _size: int) -> dict[str, str]:
    """A file is read once, and again when it has changed."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WordsError(f"{path.name} is not readable as TOML: {error}") from error
    return flat(tables, path.name)


def flat(tables: dict[str, Any], name: str, prefix: str = "") -> dict[str, str]:
    """Nested tables as dotted keys; anything but text is refused."""
    phrases: dict[str, str] = {}
    for key, value in tables.items():
        if isinstance(value, dict):
            phrases |= flat(value, name, f"{prefix}{key}.")
        elif isinstance(value, str):
            phrases[prefix + key] = value
        else:
            raise WordsError(f"{name}: '{prefix}{key}' must be text in quotes; got {value!r:.40}")
    return phrases


def read(text: str, key: str) -> tuple[tuple[Piece, ...], ...]:
    """Paragraphs of pieces; a phrase that cannot be read is refused by its key."""
    try:
        return tuple(pieces(paragraph) for paragraph in text.strip("\n").split("\n\n"))
    except ValueError as error:
        raise WordsError(f"the phrase '{key}' {error}") from error


def placeholders(text: str, key: str) -> tuple[str, ...]:
    """The names of a phrase's params, sorted, each as often as it occurs."""
    return tuple(sorted(p.name for paragraph in read(text, key) for p in _inside(paragraph) if isinstance(p, Param)))


def formulas(text: str, key: str) -> tuple[str, ...]:
    """The formulas of a phrase, sorted, each once."""
    return tuple(sorted({p.tex for paragraph in read(text, key) for p in _inside(paragraph) if isinstance(p, Formula)}))


def _plain(paragraph: tuple[Piece, ...], key: str, params: Mapping[str, object]) -> str:
    text = ""
    for piece in paragraph:
        match piece:
            case Text(words) | CodeSpan(words):
                text += words
            case Formula(tex):
                text += as_text(tex)
            case Emphasis(inside) | Link(inside):
                text += _plain(inside, key, params)
            case Param(name):
                if name not in params:
                    raise WordsError(f"the phrase '{key}' needs the param '{name}'")
                text += str(params[name])
    return text


def _inside(paragraph: tuple[Piece, ...]) -> list[Piece]:
    found: list[Piece] = []
    for piece in paragraph:
        found.append(piece)
        found.extend(_inside(getattr(piece, "inside", ())))
    return found
