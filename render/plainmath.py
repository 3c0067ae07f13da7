r"""Formulas in the plain text of an exercise's question: found, and written as TeX.

Questions are plain text, as a terminal shows and a student types it: `O = X ⋆ F`, `delta_11 … delta_22`, `∂L/∂X`,
`3×3`, `L = (z − t)²`, `K = [[3, 2], [1, 5]]`. A page sets the same as formulas. What is a formula is read off the
letters: a single letter other than a, A and I, a letter with an index, a number beside a sign. It is meant for our own
sentences; other text stays text, and is escaped, wherever it does not look like that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from render.formats import Format

_NUMBER = r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?![A-Za-z\d])"
_BEFORE = r"(?<![A-Za-z_’'])(?<![A-Za-z]\d)"  # the d of conv2d is no letter by itself
_LETTER = _BEFORE + r"(?:(?:delta|[A-Za-z])_(?:\([^()]*\)|[0-9a-z]+)|delta|[B-HJ-Zb-hj-z]\d?)(?![A-Za-z0-9_’'])"
_MATRIX = r"\[\[[^\[\]]*\](?:, *\[[^\[\]]*\])*\]"
_LIST = r"\[[-−0-9./, ]+\]"
_FUNCTION = r"(?:(?<![A-Za-z])(?:rot180|softmax|ReLU)|√)\([^()]*\)"
_ATOM = rf"(?:∂L/∂{_LETTER}|{_FUNCTION}|{_LETTER}|{_MATRIX}|{_LIST}|{_NUMBER}|ε)²?"
_GROUP = r"\([^()]*[−+][^()]*\)²?"
_SIGN = r" ?[=⋆−+·×/…] ?"
_RUN = re.compile(rf"{_ATOM}(?:{_SIGN}(?:{_ATOM}|{_GROUP})| ?{_GROUP}| (?=[A-Za-z]_){_ATOM})*", re.ASCII)
_BARE = re.compile(r"[-−]?[\d.]+", re.ASCII)

_WRITTEN: tuple[tuple[str, str], ...] = (
    (r"_\(([^()]*)\)", r"_{\1}"),
    (r"_([0-9a-z]+)", r"_{\1}"),
    (r"\b([a-z])(\d)\b", r"\1_{\2}"),
    (r"√\(([^()]*)\)", r"\\sqrt{\1}"),
    (r"(rot180|softmax|ReLU)(?=\()", r"\\mathrm{\1}"),
    (r"(mean|variance|[\u4e00-\u9fff]+)", r"\\text{\1}"),
    (r"∂(?=[A-Za-z])", r"\\partial "),
    (r"delta", r"\\delta"),
    (r" ?⋆ ?", r" \\star "),
    (r" ?× ?", r" \\times "),
    (r" ?· ?", r" \\cdot "),
    (r" ?… ?", r" \\dots "),
    (r"²", r"^2"),
    (r"−", r"-"),
    (r"ε", r"\\varepsilon"),
)


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is a formula; a number alone is none."""
    done = 0
    for found in _RUN.finditer(text):
        if _BARE.fullmatch(found[0]):
            continue
        yield text[done : found.start()], False
        yield found[0], True
        done = found.end()
    yield text[done:], False


def tex(formula: str) -> str:
    """A formula of a question as TeX."""
    written = re.sub(_MATRIX, lambda found: _matrix(found[0]), formula)
    for pattern, by in _WRITTEN:
        written = re.sub(pattern, by, written, flags=re.ASCII)
    return written


def typeset(text: str, form: Format) -> str:
    """The text in a format, its formulas as formulas, what stands in backticks as code."""
    words = text.split("`")
    return form.tied("".join(form.code(part) if place % 2 else _words(part, form) for place, part in enumerate(words)))


def _words(text: str, form: Format) -> str:
    return "".join(form.formula(tex(part)) if formula else form.escape(part) for part, formula in parts(text))


def _matrix(text: str) -> str:
    rows = [row.split(",") for row in re.findall(r"\[([^\[\]]*)\]", text[1:-1])]
    inside = r" \\ ".join(" & ".join(entry.strip() for entry in row) for row in rows)
    return rf"\begin{{pmatrix}}{inside}\end{{pmatrix}}"
