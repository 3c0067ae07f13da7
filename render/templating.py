r"""Templates: the blocks of a page, the package's own or a reader's in their place.

A folder given by `--templates` is laid out like `render/templates`: `markdown/box.md` there takes the place of the
block `box` in Markdown, what is not there stays as it is. A reader's templates run in Jinja's sandbox. They get what
the package's get (its files are the list of names), all of it escaped already or escaped on its way out; a name that
there is none of is an error, in one sentence with file and line.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from symbolic.errors import GradproofError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TEMPLATES = Path(__file__).parent / "templates"
LARGEST = 100_000  # bytes of a reader's template
DELIMITERS: dict[str, Any] = {
    "block_start_string": "<%",
    "block_end_string": "%>",
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
}


class TemplateFault(GradproofError):  # noqa: N818 - a fault of the reader's file, told like every other
    """A template that cannot be read or filled in."""


def environment(folders: Iterable[str], own: Path | None, finalize: Callable[[object], str]) -> Environment:
    """What finds and fills the templates of a format: in each folder the reader's first."""
    loaders: list[BaseLoader] = []
    for folder in folders:
        loaders += [FileSystemLoader(own / folder)] if own else []
        loaders.append(FileSystemLoader(TEMPLATES / folder))
    kind = ImmutableSandboxedEnvironment if own else Environment
    return kind(
        loader=ChoiceLoader(loaders),
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        **DELIMITERS,
    )


def filled(found: Environment, name: str, own: Path | None, fields: dict[str, object]) -> str:
    """A template with its fields put in.  Raises TemplateFault for a reader's template that cannot be."""
    if own is None:
        return found.get_template(name).render(**fields)
    try:
        return found.get_template(name).render(**fields)
    except TemplateSyntaxError as error:
        raise TemplateFault(f"{error.filename or name}, line {error.lineno}: {error.message}") from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        if isinstance(error, GradproofError):
            raise
        raise TemplateFault(f"{_place(error, own, name)}: {error}; it may use {', '.join(fields)}") from error


def _place(error: Exception, own: Path, name: str) -> str:
    """The file and line of the reader's template in which the error arose; Jinja puts both into the traceback."""
    inside = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(own)]
    return f"{inside[-1].filename}, line {inside[-1].lineno}" if inside else name


def readers_templates(own: Path) -> Path:
    """The folder, if it holds what a folder of templates may hold.  Raises TemplateFault naming what is wrong."""
    if not own.is_dir():
        raise TemplateFault(f"there is no folder of templates {own}")
    known = {folder.name: {path.name for path in folder.iterdir()} for folder in TEMPLATES.iterdir() if folder.is_dir()}
    files = sorted(path for path in own.rglob("*") if path.is_file() and not path.name.startswith("."))
    for path in files:
        folder, name = path.relative_to(own).parent.as_posix(), path.name
        if folder not in known:
            raise TemplateFault(f"{path}: templates lie in a folder named {', '.join(sorted(known))}")
        if name not in known[folder] or Path(name).suffix in {".js", ".css"}:
            blocks = sorted(block for block in known[folder] if Path(block).suffix not in {".js", ".css"})
            raise TemplateFault(
                f"{path}: no block of {folder} has this name; there are {', '.join(blocks)}{nearest(name, blocks)}"
            )
        _refuse_unreadable(path, own)
    if not files:
        raise TemplateFault(f"the folder {own} holds no templates; one would be {own / 'markdown' / 'box.md'}")
    return own


def _refuse_unreadable(path: Path, own: Path) -> None:
    """A template of another encoding, of great length, or with a mistake in its marks."""
    try:
        if path.stat().st_size > LARGEST:
            raise TemplateFault(f"{path} is longer than {LARGEST} bytes")
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateFault(f"the template {path} cannot be read: {error}") from error
    found = environment([path.parent.name], own, str)
    try:
        found.get_template(path.name)
    except TemplateSyntaxError as error:
        raise TemplateFault(f"{path}, line {error.lineno}: {error.message}") from error
