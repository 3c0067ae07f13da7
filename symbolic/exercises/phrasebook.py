"""Sentences from the .toml files of this folder, in English or Chinese."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from symbolic.errors import GradproofError, shown

LANGUAGES = ("en", "zh")


@cache
def book(name: str) -> dict[str, dict[str, str]]:
    """All sentences of `name`.toml by key and language."""
    text = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def known_language(lang: object) -> None:
    """Raises  GradproofError: a language without sentences."""
    if lang not in LANGUAGES:
        raise GradproofError(f"unknown language {shown(lang)}; there are {', '.join(LANGUAGES)}")


def sentence(name: str, key: str, lang: str, /, **params: object) -> str:
    """One sentence with its placeholders filled in.

    Raises  GradproofError: an unknown language; KeyError: an unknown key, our own mistake.
    """
    known_language(lang)
    return book(name)[key][lang].format_map(params)
