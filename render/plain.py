r"""Formulas on one line of text, for terminals: what our own TeX printer writes, in Unicode.

    \frac{\partial T}{\partial F_{(g o),c}}     ∂T/∂F[(g o),c]
    \sum_{n} X \mathbin{\star_{[d, s; p]}} Y    Σ[n] X ⋆[d, s; p] Y

Indices stand in square brackets, numbers of axes as subscripts (s₁). Only the commands of `render.math` and of the
words files are known; any other keeps its name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = re.compile(r"\\[A-Za-z]+\s*|\\.|[{}_^]|\s+|.", re.DOTALL)
LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
HIGH = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SIGNS = {
    "sum": "Σ", "partial": "∂", "lvert": "|", "rvert": "|", "lfloor": "⌊", "rfloor": "⌋ ", "cdots": "⋯", "vdots": "⋮",
    "updownarrow": "↕", "leftrightarrow": "↔", "top": "ᵀ", "prime": "′", "star": "⋆", "ast": "∗", "ldots": "…",
    "varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ",
}  # fmt: skip
BETWEEN = {"le": "≤", "ge": "≥", "odot": "⊙", "otimes": "⊗", "cdot": "·", "times": "×", "bmod": "mod", "to": "→"}
GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
GREEK = dict(zip(GREEK_NAMES.split(), "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True))
SPACES = {"\\": "; ", ",": " ", " ": " ", ";": " ", "quad": "  ", "qquad": "   "}
AROUND = {"sqrt": "√({})", "hat": "{}\N{COMBINING CIRCUMFLEX ACCENT}", "substack": "{}", "mathbin": " {} "}
SILENT = {"left", "right", "mathrm", "mathbf", "mathsf", "mathcal", "boldsymbol", "text"}


def plain(tex: str) -> str:
    """The formula as text."""
    return re.sub(r"(?<=[\[(⌊]) | (?=[;,⌋)\]}])", "", " ".join(_run(_tokens(tex), "").split()))


def _tokens(tex: str) -> Iterator[str]:
    return (match[0] for match in TOKEN.finditer(tex))


def _run(tokens: Iterator[str], end: str) -> str:
    """Everything up to the token `end`."""
    text = ""
    for token in tokens:
        if token == end:
            break
        text += _script(text, token, tokens) if token in {"_", "^"} else _piece(token, tokens)
    return text


def _group(tokens: Iterator[str]) -> str:
    """The argument of a command: a group in braces, or the next token."""
    for token in tokens:
        if not token.isspace():
            return _run(tokens, "}") if token == "{" else _piece(token, tokens)  # noqa: S105 - a brace, no password
    return ""


def _piece(token: str, tokens: Iterator[str]) -> str:  # noqa: PLR0911 - one case per kind of command
    if token == "{":  # noqa: S105 - a brace, no password
        return _run(tokens, "}")
    if not token.startswith("\\"):
        return " " if token.isspace() else token
    name = token[1:].strip() or " "
    if name == "frac":
        return f"{_side(_group(tokens))}/{_side(_group(tokens))}"
    if name in AROUND:
        return AROUND[name].format(_group(tokens))
    if name in {"begin", "end"}:
        _group(tokens)
        return "[" if name == "begin" else "]"
    if name in BETWEEN:
        return f" {BETWEEN[name]} "
    if name in SILENT:
        return ""
    return SPACES.get(name, SIGNS.get(name, GREEK.get(name, name)))


def _side(text: str) -> str:
    """One side of a fraction, in brackets where something is added or multiplied in it."""
    text = text.strip()
    return f"({text})" if re.search(r"[+\-·/ ](?![^\[]*\])", text) and not text.startswith("∂") else text


def _script(before: str, token: str, tokens: Iterator[str]) -> str:
    """A number below is a subscript, anything else an index in square brackets."""
    inside = " ".join(_group(tokens).split())
    if token == "^":  # noqa: S105 - a sign, no password
        if inside in {"ᵀ", "′"}:
            return inside
        whole = re.fullmatch(r"-?\d+", inside)
        return inside.translate(HIGH) if whole else f"^({inside})"
    if inside.isdigit():
        return inside.translate(LOW)
    if inside in {"↕", "↔"}:
        return inside
    flat = inside.replace("[", "", 1).replace("]", "", 1) if inside.startswith("[") else inside
    return f"[{flat}] " if before.endswith("Σ") else f"[{flat}]"
