r"""Formulas in the plain text of an exercise: found, and written as TeX.

    pieces("Write down ∂L/∂F in the entries of X.")   # text, math, text, math, text

Questions are plain text, as a terminal shows and a student types it: `O = X ⋆ F`, `delta_11 … delta_22`, `∂L/∂X`,
`3×3`, `L = (z − t)²`, `K = [[3, 2], [1, 5]]`. A page sets the same as formulas. What is a formula is read off the
letters: a single letter other than a, A and I, a letter with an index, a number beside a sign. It is meant for our own
sentences; other text stays text, and is escaped, wherever it does not look like that. Nothing that TeX would read as a
command is ever part of a formula.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from render.formats import Format

_INSIDE = r"[^()\\{}$&#%~^<>]*"
_NUMBER = r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?![A-Za-z\d])"
_BEFORE = r"(?<![A-Za-z_’'])(?<![A-Za-z]\d)"  # the d of conv2d is no letter by itself
_NAME = rf"(?:(?:delta|[A-Za-z])_(?:\({_INSIDE}\)|[0-9a-z]+)|delta|[B-HJ-Zb-hj-z]\d?)"
_LETTER = rf"{_BEFORE}{_NAME}(?![A-Za-z0-9_’'])"
_MATRIX = r"\[\[[-−0-9./, ]*\](?:, *\[[-−0-9./, ]*\])*\]"
_LIST = r"\[[-−0-9./, ]+\]"
_FUNCTION = rf"(?:(?<![A-Za-z])(?:rot180|softmax|ReLU)|√)\({_INSIDE}\)"
_ATOM = rf"(?:∂L/∂(?:{_LETTER}|[A-Za-z]{{2,}})|{_FUNCTION}|{_LETTER}|{_MATRIX}|{_LIST}|{_NUMBER}|ε)²?"
_GROUP = rf"\({_INSIDE}[−+]{_INSIDE}\)²?"
_SIGN = r" ?[=⋆−+·×/…] ?"
_RUN = re.compile(rf"{_ATOM}(?:{_SIGN}(?:{_ATOM}|{_GROUP})| ?{_GROUP}| (?=[A-Za-z]_){_ATOM})*", re.ASCII)
_BARE = re.compile(r"[-−]?[\d.]+", re.ASCII)
_CODE = r"`[^`]*`|gradproof check [^\n，。]*FILE|\{\"[^}]*\}|[a-z]+_?[a-z0-9]*\([AB](?:, B)?\)|\bA\.T\b|\.npy"
_QUOTED = re.compile(_CODE)
_TYPED = re.compile(rf"{_CODE}|(?<![A-Za-z0-9_.])(?:[A-Za-z]+_[0-9]+(?:_[0-9]+)*|delta|[B-Zb-hj-z])(?![A-Za-z0-9_(’'])")

_WRITTEN: tuple[tuple[str, str], ...] = (
    (r"(?<=∂L/∂)(?!delta)([A-Za-z]{2,})", r"\\mathrm{\1}"),
    (r"_\(([^()]*)\)", r"_{\1}"),
    (r"_([0-9a-z]+)", r"_{\1}"),
    (r"\b([a-z])(\d)\b", r"\1_{\2}"),
    (r"√\(([^()]*)\)", r"\\sqrt{\1}"),
    (r"(rot180|softmax|ReLU)(?=\()", r"\\mathrm{\1}"),
    (r"(mean|variance|[\u4e00-\u9fff]+)", r"\\text{\1}"),
    (r"∂(?=[A-Za-z\\])", r"\\partial "),
    (r"delta", r"\\delta"),
    (r" ?⋆ ?", r" \\star "),
    (r" ?× ?", r" \\times "),
    (r" ?· ?", r" \\cdot "),
    (r" ?… ?", r" \\dots "),
    (r"²", r"^2"),
    (r"−", r"-"),
    (r"ε", r"\\varepsilon"),
)


@dataclass(frozen=True)
class Piece:
    """Part of a line: `text`, `code` (as one types it) or `math` (a formula in plain text)."""

    kind: str
    text: str


def pieces(text: str, *, typed: bool = False) -> Iterator[Piece]:
    """The text in pieces; `typed` leaves names as one types them, as code. A number alone is no formula."""
    done = 0
    for found in (_TYPED if typed else _QUOTED).finditer(text):
        yield from _between(text[done : found.start()], typed=typed)
        yield Piece("code", found[0])
        done = found.end()
    yield from _between(text[done:], typed=typed)


def _between(text: str, *, typed: bool) -> Iterator[Piece]:
    done = 0
    for found in () if typed else _RUN.finditer(text):
        if _BARE.fullmatch(found[0]):
            continue
        if found.start() > done:
            yield Piece("text", text[done : found.start()])
        yield Piece("math", found[0])
        done = found.end()
    if done < len(text):
        yield Piece("text", text[done:])


def tex(formula: str) -> str:
    """A formula of a question as TeX."""
    written = re.sub(_MATRIX, lambda found: _matrix(found[0]), formula)
    for pattern, by in _WRITTEN:
        written = re.sub(pattern, by, written, flags=re.ASCII)
    return written


def typeset(text: str, form: Format, *, typed: bool = False) -> str:
    """The text in a format, its formulas as formulas."""
    return form.tied("".join(_set(piece, form) for piece in pieces(text, typed=typed)))


def _set(piece: Piece, form: Format) -> str:
    if piece.kind == "code":
        return form.code(piece.text.strip("`"))
    return form.formula(tex(piece.text)) if piece.kind == "math" else form.escape(piece.text)


def _matrix(text: str) -> str:
    rows = [row.split(",") for row in re.findall(r"\[([^\[\]]*)\]", text[1:-1])]
    inside = r" \\ ".join(" & ".join(entry.strip() for entry in row) for row in rows)
    return rf"\begin{{pmatrix}}{inside}\end{{pmatrix}}"
