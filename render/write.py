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
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from render.formats import FormatError, format_named
from render.notation import Notation, standard
from render.words import words
from symbolic.errors import GradproofError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from render.document import Document

PDF = "pdf"
FRAGMENTS = ("md", "tex", "html")  # formats of which a part can stand in another page


class WriteError(GradproofError):
    """A folder or file that cannot be written."""


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


def try_folder(out: Path) -> None:
    """Raise WriteError for a folder that cannot be written to; nothing is left in it, nor it where it was not."""
    if out.exists() and not out.is_dir():
        raise WriteError(f"cannot write to {out}: it is a file, not a folder")
    folders: list[Path] = []
    try:
        folders = _made(out)
        _beside(out / "page", b"").unlink()
    except OSError as error:
        raise WriteError(f"cannot write to the folder {out}: {error.strerror or error}") from error
    finally:
        _unmade(folders)


def write_file(path: Path, text: str) -> Path:
    """Put a text in place at once: UTF-8, Unix line ends; the folder is made where it is missing."""
    return put_file(path, text.encode("utf-8"))


def put_file(path: Path, content: bytes) -> Path:
    """Put a file in place at once."""
    (put,) = put_all({path: content})
    return put


def put_all(files: Mapping[Path, bytes]) -> list[Path]:
    """Put files in place: each is written beside its place first, and only when all are there they are renamed.

    Raises WriteError; then no file was changed, and no folder is left that was made for it.
    """
    for path in files:
        if path.is_dir():
            raise WriteError(f"cannot write {path}: it is a folder")
    folders: list[Path] = []
    waiting: dict[Path, Path] = {}
    path = Path()
    try:
        for path, content in files.items():
            folders += _made(path.parent)
            waiting[path] = _beside(path, content)
        for path, temporary in waiting.items():
            temporary.replace(path)
    except BaseException as error:
        for temporary in waiting.values():
            temporary.unlink(missing_ok=True)
        _unmade(folders)
        if isinstance(error, OSError):
            raise WriteError(f"cannot write {path}: {error.strerror or error}") from error
        raise
    return list(files)


def _made(folder: Path) -> list[Path]:
    """Make a folder; which ones were missing, the outermost first."""
    missing = [above for above in (folder, *folder.parents) if not above.exists()][::-1]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        _unmade(missing)
        raise
    return missing


def _unmade(folders: list[Path]) -> None:
    """Remove folders that were made for nothing; the outermost stands first."""
    for folder in reversed(folders):
        with suppress(OSError):  # it was never made, or something else has come to stand in it
            folder.rmdir()


def _beside(path: Path, content: bytes) -> Path:
    """The content in a new file of the same folder."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".gradproof.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.chmod(0o666 & ~_umask())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _umask() -> int:
    """The process's mask; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
