"""`gradproof notes`: the notes and their index, in every language and format asked for.

Everything is derived, checked and printed before the first file is written.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from render.notes import INDEX, NOTES
from symbolic.errors import GradproofError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from render.document import Document

COQ = "coq"  # `notes --format coq`: a certificate of the pages, in the folder of this name


def write_notes(arguments: argparse.Namespace) -> int:
    """`gradproof notes`: one line per file."""
    from render.formats import FORMATS
    from render.options import chosen, languages_in, looks
    from render.words import words
    from render.write import pdfs, write_all
    from symbolic.files import try_folder

    names = sorted(chosen(arguments.names or [*NOTES, INDEX], (*NOTES, INDEX), "note"), key=INDEX.__eq__)
    langs = languages_in(arguments.lang)
    forms = chosen(arguments.format.split(","), (*FORMATS, COQ), "format")
    if names == [INDEX] and COQ in forms:
        raise GradproofError(f"--format {COQ} certifies the equalities of notes, and the index holds none; name a note")
    notation = looks(arguments, forms)
    out = Path(arguments.out)
    try_folder(out)
    from render.links import beside, page_file
    from render.write import page

    pages = [form for form in forms if form != COQ]
    documents: dict[str, Document] = {}
    files: dict[str, str] = {}
    for name, document in told(names, documents, pages):
        for lang in langs:
            for form in pages:  # a PDF comes of its LaTeX page, when all pages are written
                there = beside(out / words(lang).lang, names, [form, *([] if name != INDEX else pages)])
                there -= {page_file(name, form)}
                files |= page(document, lang, form, notation, there, fragment=arguments.fragment)
    if COQ in forms:
        from render.certificate import certificate_files

        files |= {f"{COQ}/{name}": text for name, text in certificate_files((), documents).items()}
    written = write_all(out, files)
    for path in sorted([*written, *pdfs(written, *forms)]):
        sys.stdout.write(f"{path}\n")
    return 0


def told(names: Sequence[str], documents: dict[str, Document], forms: Sequence[str]) -> Iterator[tuple[str, Document]]:
    """The documents by their names, the index last; `documents` keeps those of the notes."""
    from render.progress import tracked

    for name in tracked(names):
        if name != INDEX:
            documents[name] = note(name)
            yield name, documents[name]
        else:
            from render.notes.index import index

            yield name, index({other: documents.get(other) or note(other) for other in NOTES}, forms)


def note(name: str) -> Document:
    """The document of a note of NOTES, its exercises at the end."""
    from render.notes.practice import with_practice

    module = import_module(f"render.notes.{name.replace('-', '_')}")
    return with_practice(module.note())
