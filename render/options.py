"""Options that several commands share: languages, formats, and how pages look."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError, nearest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from render.notation import Notation

FORMATS = "md, tex, pdf, html, ipynb"  # of pages; written out here, so that --help need not load what prints them


def add_pages(command: argparse.ArgumentParser, more: str = "") -> None:
    """Add --lang and --format; `more` names what else may be written."""
    command.add_argument(
        "--lang", default="en", metavar="LANG,...", help="languages, such as en,zh, or a file fr.toml (default: en)"
    )
    command.add_argument(
        "--format", default="md", metavar="FORMAT,...", help=f"any of {FORMATS}{more}, such as md,html (default: md)"
    )


def add_looks(command: argparse.ArgumentParser) -> None:
    """Add --notation, --templates and --fragment: how the pages look is the reader's."""
    command.add_argument("--notation", metavar="FILE", help="TOML with keys of render/notation.toml, such as base = 0")
    command.add_argument("--templates", metavar="DIR", help="templates in place of those in render/templates, by name")
    command.add_argument(
        "--fragment", action="store_true", help="the body alone, to put into another page (md, tex, html)"
    )


def languages_in(text: str) -> list[str]:
    """The languages of `--lang`, names or TOML files of the reader's own words: each once, in a folder to itself."""
    from render.translation import phrasebook, tag
    from render.words import languages

    given = list(dict.fromkeys(text.split(",")))
    chosen([lang for lang in given if not lang.endswith(".toml")], languages(), "language")
    folders: dict[str, str] = {}
    for lang in given:
        own = lang.endswith(".toml")
        folder = tag(lang) if own else lang
        if folders.setdefault(folder, lang) != lang:
            raise GradproofError(
                f"--lang: the pages of {folders[folder]} and {lang} would be written to one folder, {folder}"
            )
        if own:
            phrasebook(lang)
    return given


def language_in(text: str) -> str:
    """The one language of `--lang`, a name or a file."""
    from render.words import languages

    if "," in text:
        chosen([text], languages(), "language")
    (lang,) = languages_in(text)
    return lang


def looks(arguments: argparse.Namespace, forms: list[str]) -> Notation:
    """The notation that the arguments choose, with the reader's templates; a fragment of what has none is refused."""
    from render.notation import load, standard
    from render.write import refuse_whole

    if arguments.fragment:
        refuse_whole(forms)
    notation = standard() if arguments.notation is None else load(Path(arguments.notation))
    if arguments.templates is None:
        return notation
    from render.templating import readers_templates

    return replace(notation, templates=readers_templates(Path(arguments.templates)))


def chosen(given: Sequence[str], known: Sequence[str], kind: str) -> list[str]:
    """The given names, each once; an unknown one is refused with the list and the nearest."""
    for name in given:
        if name not in known:
            raise GradproofError(f"unknown {kind} '{name:.40}'; there are {', '.join(known)}{nearest(name, known)}")
    return list(dict.fromkeys(given))
