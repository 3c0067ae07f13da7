"""Links to other pages of the same folder, in the format of the page that they stand on.

A page links to what stands beside it: what the same command writes, or what the folder holds already. Any other
title is printed as words, so that no page has a dead link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from render.formats import format_named
from render.notes import INDEX, NOTES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from render.document import Inline, Words


@dataclass(frozen=True)
class NoteLink:
    """Another note of the folder, by its title; a link where its page stands.

    text  in place of the title.   form  another format than that of the page.
    """

    name: str
    text: Words | None = None
    form: str = ""


@dataclass(frozen=True)
class Listed:
    """Several things inside a phrase or a cell, with the language's comma between them, or another word of it."""

    items: tuple[Inline, ...]
    between: str = "list_separator"


def page_file(name: str, form: str) -> str:
    """The file that a reader opens for a note in a format: of a LaTeX page its PDF."""
    row = format_named(form)
    return name + (".pdf" if row.templates == "latex" else row.suffix)


def beside(folder: Path, names: Iterable[str], forms: Iterable[str]) -> frozenset[str]:
    """The pages that stand in a language's folder once these notes are written in these formats."""
    forms = list(forms)
    written = {page_file(name, form) for name in names for form in forms}
    known = ((page_file(name, form), format_named(form).suffix, name) for name in (*NOTES, INDEX) for form in forms)
    return frozenset(written | {page for page, suffix, name in known if (folder / f"{name}{suffix}").is_file()})


def neighbours(name: str) -> list[tuple[str, Inline]]:
    """What a note leads to, the note before, the index and the next: their names and how they are spoken of."""
    from render.document import Words

    if name not in NOTES:
        return []
    place = NOTES.index(name)
    before, after = NOTES[max(place - 1, 0) : place], NOTES[place + 1 : place + 2]
    return [
        *((other, Words("page.before", {"note": NoteLink(other)})) for other in before),
        (INDEX, NoteLink(INDEX, Words("page.index"))),
        *((other, Words("page.after", {"note": NoteLink(other)})) for other in after),
    ]
