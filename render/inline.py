"""The few marks that a phrase of the words files may carry, read into pieces that each format prints its own way.

    {param}    *emphasis*    `code`    $formula$    [text](https://...)    {{ and }} for braces

Everything else is plain text and is escaped by the format. There are no other marks, so no text can smuggle in
a command: a formula is checked against the deny-list of `refused_in`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"(?P<brace>\{\{|\}\})"
    r"|\{(?P<param>[a-z][a-z0-9_]*)\}"
    r"|`(?P<code>[^`\n]+)`"
    r"|\$(?P<math>[^$\n]+)\$"
    r"|\*(?P<emphasis>[^*\n]+)\*"
    r"|\[(?P<text>[^\]\n]+)\]\((?P<url>https://[^\s()<>\"]+)\)"
)
BREAK = re.compile(r"\s*\n\s*")
CJK_BREAK = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\s*\n\s*(?=[\u3000-\u9fff\uff00-\uffef])")
STRAY = re.compile(r"[{}$`*]")
REFUSED = re.compile(
    r"\\(?:operatorname|mbox|phantom|newcommand|renewcommand|def|input|include|href|url|write|require|catcode)\b|=|<|>"
)


@dataclass(frozen=True)
class Text:
    """Plain text, to be escaped."""

    text: str


@dataclass(frozen=True)
class Param:
    """The place of a param."""

    name: str


@dataclass(frozen=True)
class CodeSpan:
    """Code, to be escaped."""

    text: str


@dataclass(frozen=True)
class Formula:
    """TeX without an equality sign."""

    tex: str


@dataclass(frozen=True)
class Emphasis:
    """Emphasized pieces."""

    inside: tuple[Piece, ...]


@dataclass(frozen=True)
class Link:
    """A link with its text."""

    inside: tuple[Piece, ...]
    url: str


Piece = Text | Param | CodeSpan | Formula | Emphasis | Link


def pieces(paragraph: str) -> tuple[Piece, ...]:
    """The pieces of one paragraph; ValueError says what is wrong, as the end of a sentence."""
    found: list[Piece] = []
    place = 0
    for match in TOKEN.finditer(paragraph):
        _text(paragraph[place : match.start()], found)
        found.append(_piece(match))
        place = match.end()
    _text(paragraph[place:], found)
    return tuple(_merged(found))


def _piece(match: re.Match[str]) -> Piece:
    kind = match.lastgroup
    if kind == "brace":
        return Text(match["brace"][0])
    if kind == "param":
        return Param(match["param"])
    if kind == "code":
        return CodeSpan(match["code"])
    if kind == "math":
        refused = REFUSED.search(match["math"])
        if refused:
            raise ValueError(f"has {refused[0]!r} in the formula ${match['math']}$; equalities come from checked steps")
        return Formula(match["math"])
    if kind == "emphasis":
        return Emphasis(pieces(match["emphasis"]))
    return Link(pieces(match["text"]), match["url"])


def _text(text: str, found: list[Piece]) -> None:
    stray = STRAY.search(text)
    if stray:
        raise ValueError(f"has a stray {stray[0]!r} near {text.strip()[:30]!r}")
    if text:
        found.append(Text(BREAK.sub(" ", CJK_BREAK.sub("", text))))


def _merged(found: list[Piece]) -> list[Piece]:
    """Neighbouring texts as one."""
    merged: list[Piece] = []
    for piece in found:
        last = merged[-1] if merged else None
        if isinstance(piece, Text) and isinstance(last, Text):
            merged[-1] = Text(last.text + piece.text)
        else:
            merged.append(piece)
    return merged
