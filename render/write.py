"""Writing: documents to files, whole or not at all.

    OUT/en/conv-layer.md    OUT/zh/conv-layer.md    OUT/figures/conv-layer-graph.en.svg    OUT/en/conv-layer.tex
    OUT/en/conv-layer.html  OUT/en/conv-layer.ipynb                                    OUT/en/conv-layer.pdf
    OUT/en/conv-layer-body.tex, the body alone

A picture is a file beside the Markdown and part of the LaTeX. Nobody ever finds half a page: see `symbolic.files`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.formats import FormatError, format_named
from render.notation import Notation, standard
from render.words import words
from symbolic.files import put_all, put_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from render.document import Document

PDF = "pdf"
FRAGMENTS = ("md", "tex", "html")  # formats of which a part can stand in another page


def page(
    document: Document,
    lang: str,
    form: str,
    notation: Notation | None = None,
    beside: frozenset[str] = frozenset(),
    *,
    fragment: bool = False,
) -> dict[str, str]:
    """The files of a note, path below the output folder -> text; the page itself comes first.

    A PDF is typeset from its LaTeX page once that is written: see `typeset`.
    lang      a language that there are words for, or a TOML file of words (see `translation`).
    beside    the pages that it may link to, files of its folder; a fragment links to none.
    fragment  the body alone, as NAME-body, in the formats FRAGMENTS.
    """
    from render.page import Page

    if fragment:
        refuse_whole([form])
    row = format_named("tex" if form == PDF else form)
    book = words(lang, document.name)
    if form == "ipynb":
        from render.notebook import notebook

        text = notebook(document, book, notation or standard(), beside)
        return {f"{book.lang}/{document.stem}{row.suffix}": text}
    page = Page(document, book, row, notation or standard(), frozenset() if fragment else beside)
    name, text = (f"{document.stem}-body", page.fragment()) if fragment else (document.stem, page.text())
    files = {f"{book.lang}/{name}{row.suffix}": text}
    if page.pictures:
        from render.figure.svg import svg

        for name, (scene, title, about) in page.pictures.items():
            files[f"figures/{name}"] = svg(scene, title, about)
    return files


def write_note(
    document: Document, lang: str, form: str, out: Path, notation: Notation | None = None, *, fragment: bool = False
) -> list[Path]:
    """Write a note in one language and format below `out`; the paths written, the page first.

    Raises WriteError, FormatError, WordsError; then no file was changed.
    """
    written = write_all(out, page(document, lang, form, notation, fragment=fragment))
    return [*pdfs(written, form), *written]


def refuse_whole(forms: Iterable[str]) -> None:
    """Raise FormatError for a format of which no part can stand in another page."""
    for form in forms:
        if form not in FRAGMENTS:
            raise FormatError(f"--fragment writes {', '.join(FRAGMENTS)}; '{form:.40}' is a whole document only")


def pdfs(written: Iterable[Path], *forms: str) -> list[Path]:
    """The PDFs of the LaTeX pages among some files, where PDF is among the formats asked for."""
    if PDF not in forms:
        return []
    from render.typeset import typeset

    return typeset(path for path in written if path.suffix == ".tex")


def write_all(out: Path, files: Mapping[str, str]) -> list[Path]:
    """Put texts in place below `out`, path -> text: all of them, or none where one cannot be written."""
    return put_all({out / name: text.encode("utf-8") for name, text in files.items()})


def write_file(path: Path, text: str) -> Path:
    """Put a text in place at once: UTF-8, Unix line ends; the folder is made where it is missing."""
    return put_file(path, text.encode("utf-8"))
