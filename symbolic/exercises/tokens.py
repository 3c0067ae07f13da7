r"""Outside text to tokens, in one pass and linear time; SymPy-style and LaTeX text share them.

    number   48   2.52   .64   1e-3   5{,}898{,}240   5\,898        value: exact Fraction
    name     X   X_11   delta_11   full_conv   δ → delta   \delta → delta   \operatorname{conv} → conv
    frac     \frac \dfrac \tfrac \cfrac
    begin    \begin{pmatrix} with its column letters;  end_environment: \end{pmatrix}
    row      \\   \\[4pt]
    digits   X₁₁: the digits of a subscript
    other    the operator itself: + - * / ^ @ ⊙ ⋆ ∂ ' ( ) [ ] { } & , ; . = _ .T \[ \] $ ...

Letters outside ASCII are refused unless they are Greek: full-width letters would pass for others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from symbolic.exercises import limits
from symbolic.exercises.refusal import Unreadable, nearest

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma",
    "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi",
    "Ω": "Omega",
}  # fmt: skip
# What keyboards and web pages write for our operators; one character for one, so that columns stay.
_VARIANTS = {
    "-": "−–", "*": "×·⋅∙∗", "/": "÷∕⁄", "⊙": "∘", ".": "。", "δ": "𝛿", "∂": "𝜕", "ᵀ": "⊤", " ": "\N{NO-BREAK SPACE}",
}  # fmt: skip
_FULL_WIDTH = {ord(plain) + 0xFEE0: plain for plain in "+-*/=()[],;"}  # as Chinese keyboards write them
_PLAIN = {ord(variant): plain for plain, variants in _VARIANTS.items() for variant in variants} | _FULL_WIDTH
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_OPERATORS = {
    r"\cdot": "*", r"\times": "*", r"\ast": "*", r"\div": "/", r"\star": "⋆", r"\odot": "⊙", r"\circ": "⊙",
    r"\partial": "∂", r"\top": "T", r"\intercal": "T", r"\nabla": "∇", r"\prime": "'", r"\ell": "ell",
    r"\frac": "frac", r"\dfrac": "frac", r"\tfrac": "frac", r"\cfrac": "frac",
}  # fmt: skip
_NAMES = frozenset({"T", "ell"})
_COMMANDS = {"\\" + name: name for name in [*_GREEK.values(), "varepsilon"]}
_WORD = r"[A-Za-z][A-Za-z0-9]*(?:(?:\\_|_)[A-Za-z0-9]+)*"
_STYLE = r"operatorname|text|textrm|mathrm|mathbf|mathit|mathsf|mathcal|boldsymbol|bm"
_PATTERN = re.compile(
    rf"""
    (?P<space> (?:[ \t\r\n~\u2002-\u200a\u202f\u3000] | \\[,;:!>\ \n]
        | \\(?:quad|qquad|displaystyle|textstyle|hline|limits)(?![A-Za-z])
        | \\(?:left|right|[bB]igg?[lrm]?)(?=\s*[()\[\]]) )+ )
  | (?P<row> \\\\\*?(?:\s*\[\s*-?[0-9.]{{1,8}}\s*(?:pt|em|ex|mm|cm|in|mu)\s*\])? )
  | (?P<number> [0-9]{{1,3}}(?:(?:\{{,\}}|\\,)[0-9]{{3}})+(?![0-9])(?:\.[0-9]+)?
        | (?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)? )
  | \\begin\s*\{{\s*(?P<begin>array\s*\}}\s*\{{[lcr|\s]{{0,64}}|[A-Za-z]{{1,16}}\*?)\s*\}}
  | \\end\s*\{{\s*(?P<end_environment>[A-Za-z]{{1,16}}\*?)\s*\}}
  | (?P<upright> \\mathrm\s*\{{\s*d\s*\}}(?=\s*[A-Za-z\\]) )
  | (?: \\(?:{_STYLE})\s*\{{\s*(?P<styled>{_WORD}|\\[A-Za-z]+)\s*\}}
      | (?:(?:np|numpy|sp|sympy)\.)?(?P<name>{_WORD}|[{"".join(_GREEK)}][0-9]*(?:_[A-Za-z0-9]+)*) )
  | (?P<digits> [₀-₉]+(?:,[₀-₉]+)* )
  | (?P<wrap> \\[\[\]()] | \$\$? )
  | (?P<command> \\[A-Za-z]+ )
  | (?P<other> \*\* | \.T(?![A-Za-z0-9_]) | [-+*/^_(){{}}\[\]&,;.=@⊙⋆∂∇'ᵀ²³] )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind (see above), its text in plain spelling, its offset, its value if a number."""

    kind: str
    text: str
    at: int
    value: Fraction | None = None


def tokenize(text: str) -> tuple[list[Token], bool]:
    """Tokens of `text`, and whether it is LaTeX (a command, & or a braced index occurs in it).

    Raises  Unreadable: too_large, a character or command that no answer needs, a number out of bounds.
    """
    plain = text.translate(_PLAIN)
    tokens: list[Token] = []
    at, latex = 0, False
    while at < len(plain):
        match = _PATTERN.match(plain, at)
        if match is None or match.lastgroup is None:
            raise _bad_character(plain[at], at)
        kind, found = match.lastgroup, match[0]
        after = tokens[-1].kind if tokens else ""
        latex = latex or found[0] in "\\&$" or (found == "{" and after in {"_", "^"})
        if kind != "space":
            if len(tokens) >= limits.TOKENS:
                raise Unreadable("too_many_tokens", at, limit=limits.TOKENS)
            tokens.append(_token(kind, match[kind], at, found))
        at = match.end()
        if kind == "number" and found == "0" and plain[at : at + 1] in tuple("xXbBoO"):
            raise Unreadable("number_base", match.start())
    return tokens, latex


def _token(kind: str, text: str, at: int, found: str) -> Token:
    if kind == "number":
        return Token(kind, text, at, number(text, at))
    if kind == "command" or (text.startswith("\\") and kind == "styled"):
        return _command(text, at)
    if kind in {"begin", "end_environment"}:
        text = text.partition("}")[0].strip()
    elif kind == "upright":
        kind = "∂"  # \frac{\mathrm{d}L}{\mathrm{d}O_{11}}
    elif kind == "digits":
        text = text.translate(_DIGITS)
    elif kind in {"name", "styled"}:
        kind, text = "name", _GREEK.get(text[0], text[0]) + text[1:].replace("\\", "")
    elif kind != "row":
        kind = found
    return Token(kind, text, at)


def _command(text: str, at: int) -> Token:
    if text in _OPERATORS:
        plain = _OPERATORS[text]
        return Token("name" if plain in _NAMES else plain, plain, at)
    if text in _COMMANDS:
        return Token("name", _COMMANDS[text].removeprefix("var"), at)
    if text[1:] in _STYLE.split("|"):
        raise Unreadable("style_word", at, name=text)
    near = nearest(text, [*_OPERATORS, *_COMMANDS], cutoff=0.75)
    if near is not None:
        raise Unreadable("unknown_command_near", at, name=text, nearest=near)
    raise Unreadable("unknown_command", at, name=text)


def number(text: str, at: int | None = None) -> Fraction:
    r"""Exact value of an unsigned written number; thousands separators {,} and \, are dropped.

    Raises  Unreadable: too many digits, too large an exponent, a leading zero (04).
    """
    plain = text.replace("{,}", "").replace("\\,", "").lower()
    mantissa, _, exponent = plain.partition("e")
    whole, _, decimals = mantissa.partition(".")
    if len(whole) + len(decimals) > limits.DIGITS:
        raise Unreadable("too_many_digits", at, limit=limits.DIGITS)
    if len(exponent) > 6 or abs(int(exponent or "0")) > limits.DECIMAL_EXPONENT:
        raise Unreadable("decimal_exponent", at, limit=limits.DECIMAL_EXPONENT)
    if len(whole) > 1 and whole[0] == "0":
        raise Unreadable("leading_zero", at, name=text)
    shift = int(exponent or "0") - len(decimals)
    scaled = int(whole + decimals)
    return Fraction(scaled * 10 ** max(shift, 0), 10 ** max(-shift, 0))


def _bad_character(character: str, at: int) -> Unreadable:
    if character in '"`':
        return Unreadable("quotes", at)
    if character in "#%":
        return Unreadable("comment", at)
    return Unreadable("character", at, name=character, code=f"U+{ord(character):04X}")
