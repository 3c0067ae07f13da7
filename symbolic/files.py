"""Files put in place whole or not at all, so that nobody ever finds half of one.

Each is written under another name in its folder first; when all of them are there, they are renamed.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError

if TYPE_CHECKING:
    from collections.abc import Mapping


class WriteError(GradproofError):
    """A folder or file that cannot be written."""


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
