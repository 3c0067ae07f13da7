"""What several tests share: the repository, its tracked files, and the external tools a test may need."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# The commands that tests may call, each with the Debian packages that bring it.
DEBIAN = {
    "chromium": "chromium",
    "coqc": "coq libcoq-mathcomp-algebra",
    "git": "git",
    "latexmk": "latexmk",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "rsvg-convert": "librsvg2-bin",
    "xelatex": "texlive-xetex texlive-pictures texlive-lang-chinese texlive-fonts-recommended "
    "texlive-latex-extra lmodern",
}


def require_tool(name: str) -> str:
    """Return the path of the command `name`, one of DEBIAN's keys.

    Where it is absent the test is skipped with the packages to install, or fails when the environment
    variable GRADPROOF_REQUIRE_TOOLS is set (as it is in CI, where a skip would hide a missing check).
    """
    packages = DEBIAN[name]
    path = shutil.which(name)
    if path is not None:
        return path
    message = f"{name} not installed: apt-get install {packages}"
    if os.environ.get("GRADPROOF_REQUIRE_TOOLS"):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@cache
def tracked_files(*, untracked: bool = False) -> tuple[Path, ...]:
    """Return the files that git tracks, relative to ROOT; with `untracked`, also those it would track."""
    options = ("--others", "--exclude-standard") if untracked else ()
    done = subprocess.run(
        (require_tool("git"), "ls-files", "-z", "--cached", *options),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{ROOT} is not a git checkout: {done.stderr.strip()}", pytrace=False)
    names = sorted(filter(None, done.stdout.split("\0")))
    return tuple(path for path in map(Path, names) if (ROOT / path).is_file())
