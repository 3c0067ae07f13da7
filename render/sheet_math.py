"""Entries of a solution, SymPy-style as one hands them in, written as TeX.

tex("2*X_11*delta_12**2 - 1/4*X_1_10")
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ATOM = re.compile(
    r"(?P<name>[A-Za-z]+[0-9]*(?:_[0-9A-Za-z_]+)?)|(?P<power>\*\*(?P<exponent>[0-9]+))"
    r"|(?P<over>(?P<top>[0-9]+)/(?P<bottom>[0-9]+))|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<times>\*)|(?P<other>.)"
)


def tex(expression: str) -> str:
    """One entry as TeX, without dollars."""
    return "".join(map(_atom, _ATOM.finditer(expression)))


def tex_matrix(rows: Sequence[Sequence[str]]) -> str:
    """Rows of entries in brackets, as TeX without dollars."""
    return r"\begin{pmatrix}" + r" \\ ".join(" & ".join(map(tex, row)) for row in rows) + r"\end{pmatrix}"


def _atom(match: re.Match[str]) -> str:
    if match["name"]:
        return _name(match["name"])
    if match["power"]:
        return f"^{{{match['exponent']}}}"
    if match["over"]:
        return rf"\tfrac{{{match['top']}}}{{{match['bottom']}}}"
    return r"\," if match["times"] else match[0]


def _name(name: str) -> str:
    """The letter, and its index with commas where it has several numbers."""
    base, _, index = name.partition("_")
    if not index and len(base) > 1 and base[-1].isdigit():
        base, index = base[:-1], base[-1]
    letter = r"\delta" if base == "delta" else base if len(base) == 1 else rf"\mathrm{{{base}}}"
    return f"{letter}_{{{index.replace('_', ',')}}}" if index else letter
