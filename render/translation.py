"""A language of the reader's own: every phrase in one TOML file, handed in as `--lang fr.toml`.

The file's name is the language's tag, which also names the folder of its pages. Common phrases stand in it as in
`words/en.toml`, those of a note under `[notes.NAME]` as in `words/en/NAME.toml`; `gradproof words` prints such a file
to begin with. A note can be written as soon as the common phrases and its own are there.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from render.words import FOLDER, Phrasebook, WordsError, flat, formulas, load, notes_with_words, placeholders
from symbolic.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTES_OF = "notes"  # the table that holds the notes' own phrases
MOST_BYTES = 4_000_000
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def one_file(lang: str) -> str:
    """Every phrase of a language that comes with the program, as one TOML file."""
    import tomli_w

    tables = _tables(FOLDER / f"{lang}.toml")
    tables[NOTES_OF] = {note: _tables(FOLDER / lang / f"{note}.toml") for note in notes_with_words(lang)}
    return tomli_w.dumps(tables, multiline_strings=True)


def phrasebook(file: str, note: str = "") -> Phrasebook:
    """The phrasebook of a file for a note.

    Raises WordsError, by the file and the phrase: for what cannot be read, and where a phrase is missing, unknown,
    or has other params or formulas than the English one.
    """
    path = Path(file)
    phrases = _phrases(path, "") | (_phrases(path, note) if note else {})
    return Phrasebook(tag(file), note, phrases, file)


def tag(file: str) -> str:
    """The language of a file, `fr` of `words/fr.toml`."""
    stem = Path(file).stem
    if not _TAG.fullmatch(stem):
        raise WordsError(f"--lang {file:.60}: name the file by its language's tag, such as fr.toml or pt-BR.toml")
    return stem


@cache
def _phrases(path: Path, note: str) -> dict[str, str]:
    """The common phrases of the file, or those of one note, each compared with the English one."""
    tables = _read(path)
    notes = tables.pop(NOTES_OF, {})
    where = f"{path.name}, [{NOTES_OF}.{note}]" if note else path.name
    if note:
        tables = notes.get(note, {}) if isinstance(notes, dict) else {}
        if not isinstance(tables, dict):
            raise WordsError(f"{where} must be a table of phrases; got {tables!r:.40}")
    phrases = flat(tables, where)
    english = FOLDER / "en" / f"{note}.toml" if note else FOLDER / "en.toml"
    _compare(phrases, load(english) if english.is_file() else {}, where)
    return phrases


def _compare(phrases: Mapping[str, str], english: Mapping[str, str], where: str) -> None:
    missing = [key for key in english if key not in phrases]
    unknown = [key for key in phrases if key not in english]
    if unknown:
        raise WordsError(f"{where}: there is no phrase '{unknown[0]:.60}'{nearest(unknown[0], missing)}")
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise WordsError(f"{where} lacks the phrase '{missing[0]}'{more}; `gradproof words` prints the English ones")
    for key, text in phrases.items():
        for what, read in (("params", placeholders), ("formulas", formulas)):
            here, there = read(text, key), read(english[key], key)
            if here != there:
                raise WordsError(
                    f"{where}: the {what} of '{key}' must be those of the English phrase, "
                    f"{', '.join(there) or 'none'}; got {', '.join(here) or 'none'}"
                )


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise WordsError(f"{path}: words in more than {MOST_BYTES:,} bytes are not read")
        return _tables(path)
    except OSError as error:
        raise WordsError(f"cannot read the words {path}: {error.strerror or error}") from error


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WordsError(f"{path.name} is not readable as TOML: {error}") from error
