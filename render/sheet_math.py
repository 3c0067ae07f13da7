"""Formulas inside the sentences of a sheet, found again and set for LaTeX, Markdown and HTML.

    pieces("Write down ∂L/∂F in the entries of X_11 and delta.")   # text, formula, text, formula, ...

The sentences are our own or spelled out to printable letters; what is not recognized stays text.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from render.formats import escape_tex

if TYPE_CHECKING:
    from collections.abc import Sequence

LETTERS = "XFOKWLSZYCTtzrypxwi"
_NAME = r"(?:∂L/∂)?(?<![A-Za-z0-9_.])[A-Za-z]+_(?:[0-9]+(?:_[0-9]+)*|[ijuv]+|\([^()]*\))"
_FORMULA = re.compile(
    rf"(?P<code>`[^`]*`|gradproof check [^\n，。]*FILE|\{{\"[^}}]*\}}|[a-z]+_?[a-z0-9]*\([AB](?:, B)?\)|\bA\.T\b|\.npy)"
    rf"|(?P<matrix>(?:(?P<left>[A-Za-z]+) = )?\[\[[^\[\]a-z]*\](?:, \[[^\[\]a-z]*\])*\])"
    rf"|(?P<name>{_NAME}|∂L/∂[A-Za-z]+|(?<![A-Za-z0-9_.])(?:delta|d?[a-z][0-9]|[{LETTERS}]|A(?= = ))(?![A-Za-z0-9_(]))"
)
_ATOM = re.compile(
    r"(?P<name>[A-Za-z]+[0-9]*(?:_[0-9A-Za-z_]+|_\([^()]*\))?)|(?P<power>\*\*(?P<exponent>[0-9]+))"
    r"|(?P<over>(?P<top>[0-9]+)/(?P<bottom>[0-9]+))|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<times>\*)|(?P<other>.)"
)


@dataclass(frozen=True)
class Piece:
    """Part of a line: `text`, `code`, `math` (one expression) or `matrix` (rows of expressions, behind `left =`)."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    left: str = ""


def pieces(line: str, *, typed: bool = False) -> list[Piece]:
    """A sentence in its parts; `typed` leaves names as one types them."""
    found, start = [], 0
    for match in _FORMULA.finditer(line):
        if match.start() > start:
            found.append(Piece("text", line[start : match.start()]))
        if match["matrix"]:
            rows = re.findall(r"\[([^\[\]]+)\]", match[0])
            found.append(Piece("matrix", match[0], tuple(tuple(row.split(", ")) for row in rows), match["left"] or ""))
        else:
            found.append(Piece("code" if match["code"] or typed else "math", match[0].strip("`")))
        start = match.end()
    return [*found, *([Piece("text", line[start:])] if start < len(line) else [])]


def _parts(name: str) -> tuple[str, str, str]:
    """`∂L/∂`, the letter, and its index with commas where it has several numbers."""
    before = "∂L/∂" if name.startswith("∂L/∂") else ""
    base, _, index = name.removeprefix("∂L/∂").partition("_")
    if not index and len(base) > 1 and base[-1].isdigit():
        base, index = base[:-1], base[-1]
    return before, base, index.strip("()").replace("_", ",")


def tex(expression: str) -> str:
    """One expression as TeX, without dollars."""
    if expression.startswith("∂"):
        _, base, index = _parts(expression)
        return rf"\partial L/\partial {_tex_name(base, index)}"
    return "".join(_tex_atom(match) for match in _ATOM.finditer(expression))


def _tex_name(base: str, index: str) -> str:
    letter = r"\delta" if base == "delta" else base if len(base) == 1 else rf"\mathit{{{base}}}"
    return f"{letter}_{{{index.replace('−', '-')}}}" if index else letter


def _tex_atom(match: re.Match[str]) -> str:
    if match["name"]:
        return _tex_name(*_parts(match["name"])[1:])
    if match["power"]:
        return f"^{{{match['exponent']}}}"
    if match["over"]:
        return rf"\tfrac{{{match['top']}}}{{{match['bottom']}}}"
    return r"\," if match["times"] else match[0]


def tex_matrix(rows: Sequence[Sequence[str]]) -> str:
    """Rows in brackets, as TeX without dollars."""
    return r"\begin{bmatrix}" + r" \\ ".join(" & ".join(map(tex, row)) for row in rows) + r"\end{bmatrix}"


def tex_equation(piece: Piece) -> str:
    """A matrix with its name, or one expression."""
    if not piece.rows:
        return tex(piece.text)
    return (f"{tex(piece.left)} = " if piece.left else "") + tex_matrix(piece.rows)


def markup(expression: str) -> str:
    """One expression as HTML."""
    if expression.startswith("∂"):
        _, base, index = _parts(expression)
        return f"∂<i>L</i>/∂{_markup_name(base, index)}"
    return "".join(_markup_atom(match) for match in _ATOM.finditer(expression))


def _markup_name(base: str, index: str) -> str:
    letter = "δ" if base == "delta" else base
    return f"<i>{html.escape(letter)}</i>" + (f"<sub>{html.escape(index)}</sub>" if index else "")


def _markup_atom(match: re.Match[str]) -> str:
    if match["name"]:
        return _markup_name(*_parts(match["name"])[1:])
    if match["power"]:
        return f"<sup>{match['exponent']}</sup>"
    if match["times"]:
        return "&hairsp;"
    return html.escape(match[0]).replace(" - ", " − ").replace("-", "−")


def markup_matrix(rows: Sequence[Sequence[str]]) -> str:
    """Rows in brackets, as a small table within the line."""
    cells = "".join("<tr>" + "".join(f"<td>{markup(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<table class="m">{cells}</table>'


def plain_tex(text: str) -> str:
    """Text for LaTeX; a double hyphen stays two."""
    return escape_tex(text).replace("--", "-{}-")
