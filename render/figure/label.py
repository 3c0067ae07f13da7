"""The markup of labels, understood by both printers.

    X_{11}   F^{T}   ∂L/∂F_{11}   δ_{O}   -2   s·i + d·u - e·a

`_` and `^` open one level of sub- or superscript, `{…}` for more than one character. A single Latin or Greek
letter is a variable (italic), a longer word is upright, "quoted" text is upright exactly as written
(`prose(text)` quotes it), - prints as a minus sign. Nothing in a label is TeX or XML: every character is
printed, none is obeyed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from symbolic.errors import GradproofError

# Characters with a meaning in mathematics and their TeX; all others outside ASCII are ordinary text.
MATH = {
    "∂": r"\partial ", "∇": r"\nabla ", "Σ": r"\Sigma ", "Δ": r"\Delta ", "Φ": r"\Phi ", "Ω": r"\Omega ",
    "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ", "δ": r"\delta ", "ε": r"\varepsilon ", "η": r"\eta ",
    "θ": r"\theta ", "λ": r"\lambda ", "μ": r"\mu ", "π": r"\pi ", "ρ": r"\rho ", "σ": r"\sigma ",
    "τ": r"\tau ", "φ": r"\varphi ", "ω": r"\omega ",
    "−": "-", "×": r"\times ", "÷": r"\div ", "·": r"\cdot ", "⋆": r"\star ", "∗": r"\ast ", "⊙": r"\odot ",
    "±": r"\pm ", "→": r"\to ", "←": r"\gets ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ", "∈": r"\in ",
    "⋯": r"\cdots ", "…": r"\ldots ", "⋮": r"\vdots ", "⋱": r"\ddots ", "⊤": r"\top ", "′": "{}'", "∑": r"\sum ",
}  # fmt: skip
GREEK = frozenset("αβγδεηθλμπρστφω")
OPERATORS = ("+", "−", "×", "÷", "·", "⋆", "∗", "⊙", "±", "→", "←", "≤", "≥", "≠", "∈", "=")
SCRIPT = {0: "", 1: "^{", -1: "_{"}
TEX_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    '"': r"\textquotedbl{}", "|": r"\textbar{}", "`": r"\textasciigrave{}", "-": "{-}", "'": "{'}",
}  # fmt: skip

TOKEN = re.compile(
    r'"(?P<quote>(?:[^"\\]|\\.)*)"|(?P<word>[A-Za-z][A-Za-z0-9]*)|(?P<number>[0-9]+)|(?P<char>.)', re.DOTALL
)
ADVANCES = (  # in em, the first that fits
    (" .,:;'′|ijl", 0.34),
    ("()[]/-!frtI", 0.48),
    ("abcdeghknopqsuvxyz0123456789", 0.65),
    ("HNUDGOQΩω+−×÷·⋆=<>±≤≥≠⊙→←", 0.88),
    ("MWmw@%⋯…", 1.03),
)
SCRIPT_SIZE = 0.7  # of the base size


@dataclass(frozen=True)
class Run:
    """Characters set alike. kind: italic (a variable), symbol (digits, operators) or upright (words)."""

    text: str
    kind: str
    level: int = 0  # 1 superscript, -1 subscript


def prose(text: str) -> str:
    """The markup that prints `text` upright, as it is: for names such as avg_pool2d and for sentences."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def indexed(name: str) -> str:
    """A program's name as a label: X, w_{1} for w1 and w_1, δ_{11} for delta_11, words upright."""
    head, _, tail = name.partition("_")
    digits = re.fullmatch(r"([A-Za-z]+?)(\d+)", head)
    if digits and not tail:
        head, tail = digits.group(1), digits.group(2)
    greek = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eta": "η", "lambda": "λ", "sigma": "σ"}
    head = greek.get(head, head)
    return head + (f"_{{{tail.replace('_', ',')}}}" if tail else "")


@cache
def runs(label: str) -> tuple[Run, ...]:
    """The label's runs in reading order. Raises GradproofError where braces do not match."""
    found: list[Run] = []
    level, group, rest = 0, False, label
    while rest:
        token = next(TOKEN.finditer(rest))  # the last alternative takes any character
        rest = rest[token.end() :]
        char = token["char"]
        if char in {"_", "^"}:
            if level:
                raise GradproofError(f"label {label!r:.60}: a script inside a script; only one level is drawn")
            level, group = (1 if char == "^" else -1), rest.startswith("{")
            rest = rest[1:] if group else rest
            continue
        if char == "}" and group:
            level, group = 0, False
            continue
        if char in {"{", "}"}:
            raise GradproofError(f'label {label!r:.60}: an unmatched {char}; write prose in "quotes"')
        if level and not group and token["word"]:  # x_ab is x_a b, as in TeX
            rest = token["word"][1:] + rest
            found.append(Run(token["word"][0], "italic", level))
        else:
            found.append(_run(token, level))
        level = level if group else 0
    if level:
        raise GradproofError(f"label {label!r:.60}: a script that does not end; close it with }}")
    return _merged(found)


def _run(token: re.Match[str], level: int) -> Run:
    if token["quote"] is not None:
        return Run(re.sub(r"\\(.)", r"\1", token["quote"], flags=re.DOTALL), "upright", level)
    if token["word"]:
        return Run(token["word"], "italic" if len(token["word"]) == 1 else "upright", level)
    text = token["number"] or token["char"].replace("-", "−").replace("'", "′")
    if text in GREEK:
        return Run(text, "italic", level)
    return Run(text, "symbol" if text.isascii() or text in MATH else "upright", level)


def _merged(found: list[Run]) -> tuple[Run, ...]:
    """Neighbours of one kind joined; a space beside a word belongs to the word."""
    merged: list[Run] = []
    for run in found:
        here, last = run, merged[-1] if merged else None
        if last and last.level == run.level:
            if run.text == " " and last.kind == "upright":
                here = replace(run, kind="upright")
            elif run.kind == "upright" and last.kind == "symbol" and last.text.endswith(" "):
                merged.pop()
                if last.text != " ":
                    merged.append(replace(last, text=last.text[:-1]))
                here, last = replace(run, text=" " + run.text), None
            if last and last.kind == here.kind != "italic":
                merged[-1] = replace(last, text=last.text + here.text)
                continue
        merged.append(here)
    return tuple(merged)


def width(label: str, size: float) -> float:
    """An upper estimate of the label's width in mm at `size` points, for the widest of the usual serif fonts."""
    em = size * 25.4 / 72
    return sum(_em(char) * (SCRIPT_SIZE if run.level else 1.0) for run in runs(label) for char in run.text) * em


def _em(char: str) -> float:
    """The advance of a character in em: DejaVu Serif's, rounded up; it is the widest of the usual serif fonts."""
    if ord(char) >= 0x2E80:
        return 1.0  # Chinese, Japanese, Korean
    return next((em for chars, em in ADVANCES if char in chars), 0.78 if char.isupper() else 0.7)


def tex(label: str) -> str:
    r"""The label for math mode; words are \text{…} of amsmath."""
    parts = runs(label)
    printed, level, used = "", 0, set[int]()
    for i, run in enumerate(parts):
        if run.level != level:
            printed += "}" if level else ""
            used = used if run.level else set()
            printed += "{}" if run.level in used else ""  # TeX refuses a second script of one kind on one base
            printed += SCRIPT[run.level]
            used.add(run.level)
            level = run.level
        printed += _tex(_spaced(run, parts[i - 1] if i else None, parts[i + 1] if i + 1 < len(parts) else None))
    return printed + ("}" if level else "")


def _spaced(run: Run, before: Run | None, after: Run | None) -> Run:
    """A word loses its spaces beside an operator: TeX sets those itself."""
    if run.kind != "upright":
        return run
    text = run.text
    if before and before.text.rstrip()[-1:] in OPERATORS:
        text = text.lstrip(" ")
    if after and after.text.lstrip()[:1] in OPERATORS:
        text = text.rstrip(" ")
    return replace(run, text=text)


def _tex(run: Run) -> str:
    if run.kind == "upright":
        return r"\text{" + tex_escape(run.text) + "}"
    return "".join(
        MATH.get(c) or {",": "{,}", "\\": r"\backslash "}.get(c) or ("{}" if c == " " else tex_escape(c))
        if c not in "<>|\"'^~`"
        else {"<": "<", ">": ">", "|": r"\vert "}.get(c, r"\text{" + tex_escape(c) + "}")
        for c in run.text
    )


def tex_escape(text: str) -> str:
    """Text that TeX prints and does not obey; control characters become spaces."""
    return "".join(TEX_ESCAPES.get(c, c if c.isprintable() else " ") for c in text)
