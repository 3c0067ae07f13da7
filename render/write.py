"""Writing: documents to files, whole or not at all.

    OUT/en/conv-layer.md    OUT/zh/conv-layer.md    OUT/figures/conv-layer-graph.en.svg    OUT/en/conv-layer.tex
    OUT/en/conv-layer.html  OUT/en/conv-layer.ipynb                                    OUT/en/conv-layer.pdf
    OUT/en/conv-layer-body.tex, the body alone

A picture is a file beside the Markdown and part of the LaTeX. Every file is written under another name in its
folder first and then put in place, so that nobody ever finds half a page.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from render.formats import FormatError, format_named
from render.notation import Notation, standard
from render.words import words
from symbolic.errors import GradproofError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from render.document import Document

PDF = "pdf"
FRAGMENTS = ("md", "tex", "html")  # formats of which a part can stand in another page


class WriteError(GradproofError):
    """A folder or file that cannot be written."""


def page(
    document: Document, lang: str, form: str, notation: Notation | None = None, *, fragment: bool = False
) -> dict[str, str]:
    """The files of a note, path below the output folder -> text; the page itself comes first.

    A PDF is typeset from its LaTeX page once that is written: see `typeset`.
    fragment  the body alone, as NAME-body, in the formats FRAGMENTS.
    """
    from render.page import Page

    if fragment:
        refuse_whole([form])
    row = format_named("tex" if form == PDF else form)
    if form == "ipynb":
        from render.notebook import notebook

        text = notebook(document, words(lang, document.name), notation or standard())
        return {f"{lang}/{document.name}{row.suffix}": text}
    page = Page(document, words(lang, document.name), row, notation or standard())
    name, text = (f"{document.name}-body", page.fragment()) if fragment else (document.name, page.text())
    files = {f"{lang}/{name}{row.suffix}": text}
    if page.pictures:
        from render.figure.svg import svg

        for name, (scene, title, about) in page.pictures.items():
            files[f"figures/{name}"] = svg(scene, title, about)
    return files


def write_note(
    document: Document, lang: str, form: str, out: Path, notation: Notation | None = None, *, fragment: bool = False
) -> list[Path]:
    """Write a note in one language and format below `out`; the paths written, the page first.

    Raises WriteError, FormatError, WordsError; then no file was changed but those written before.
    """
    files = page(document, lang, form, notation, fragment=fragment)
    written = [write_file(out / name, text) for name, text in files.items()]
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


def write_file(path: Path, text: str) -> Path:
    """Put a text in place at once: UTF-8, Unix line ends; the folder is made where it is missing."""
    return put_file(path, text.encode("utf-8"))


def put_file(path: Path, content: bytes) -> Path:
    """Put a file in place at once."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise WriteError(f"cannot write {path}: {error.strerror or error}") from error
    return path


def _umask() -> int:
    """The process's mask; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
