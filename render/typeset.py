"""Typesetting: LaTeX pages to PDF by latexmk and XeLaTeX, where they are installed.

The page is compiled in a folder of its own, without a shell and without reading or writing outside it; only the PDF
comes back, in one piece, beside the .tex.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from symbolic.files import WriteError, put_file

if TYPE_CHECKING:
    from collections.abc import Iterable

NEEDED = ("latexmk", "xelatex")
PACKAGES = (
    "latexmk texlive-xetex texlive-pictures texlive-lang-chinese texlive-fonts-recommended texlive-latex-extra lmodern"
)
COMMAND = ("latexmk", "-xelatex", "-norc", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex")
SECONDS = 180
# Paranoid file access; a fixed date, so that the same page gives the same bytes.
SETTINGS = {"openin_any": "p", "openout_any": "p", "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}
COMPLAINT = re.compile(r"^! (.+)$", re.MULTILINE)


def typeset(pages: Iterable[Path]) -> list[Path]:
    """The PDFs of LaTeX pages, each beside its page.

    Raises WriteError where TeX is not installed or refuses a page; the pages stay.
    """
    pages = sorted(pages)
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if missing and pages:
        kept = f"{pages[0]} was kept" if len(pages) == 1 else f"{len(pages)} .tex files were kept, such as {pages[0]}"
        install = f"on Debian `apt-get install {PACKAGES}`, elsewhere TeX Live"
        raise WriteError(f"--format pdf needs {' and '.join(missing)}: {install}; {kept}")
    return [_compiled(page) for page in pages]


def _compiled(page: Path) -> Path:
    with tempfile.TemporaryDirectory(prefix="gradproof-") as name:
        folder = Path(name)
        shutil.copyfile(page, folder / "page.tex")
        status, said = _run(folder, page)
        result = folder / "page.pdf"
        if status or not result.is_file():
            raise WriteError(f"{page} was kept: XeLaTeX cannot typeset it: {_complaint(folder / 'page.log', said)}")
        return put_file(page.with_suffix(".pdf"), result.read_bytes())


def _run(folder: Path, page: Path) -> tuple[int, bytes]:
    """latexmk in a folder: its status and what it said; after SECONDS it is stopped with all that it started."""
    with subprocess.Popen(  # noqa: S603 - latexmk with arguments of our own, no shell
        COMMAND,
        cwd=folder,
        env={**os.environ, **SETTINGS},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            _, said = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            raise WriteError(f"{page} was kept: latexmk took more than {SECONDS} seconds") from error
    return process.returncode, said


def _complaint(log: Path, stderr: bytes) -> str:
    """The first error of the log."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    found = COMPLAINT.search(text)
    last = stderr.decode(errors="replace").strip().splitlines()
    return found[1].strip() if found else last[-1] if last else "no reason given"
