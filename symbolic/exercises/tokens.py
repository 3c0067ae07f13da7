r"""Outside text to tokens, in one pass and linear time; SymPy-style and LaTeX text share them.

    number   48   2.52   .64   1e-3   5{,}898{,}240   5\,898   ¼      value: exact Fraction
    name     X   X_11   delta_11   full_conv   δ → delta   \delta → delta   \operatorname{conv} → conv
             np.flip → flip   torch.nn.functional.conv2d → conv2d   F.conv2d → conv2d
    frac     \frac \dfrac \tfrac \cfrac \nicefrac
    begin    \begin{pmatrix} with its column letters;  end_environment: \end{pmatrix}
    row      \\   \\[4pt]
    digits   X₁₁: the digits of a subscript          raised   10⁹: those of an exponent
    mode     'full'   'valid'   'same'               method   .flip .t .transpose .rot180 .rot90 .sum .mean
    =        = == := \leftarrow \gets
    other    the operator itself: + - * / ^ @ ⊙ ⋆ ⊗ ∂ ' ( ) [ ] { } & , ; : . = _ .T .grad \[ \] $ ...

\boxed, \mathbf and the like in front of braces or a letter are passed over. What one character stands for is
said in `characters.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from symbolic.exercises import limits
from symbolic.exercises.characters import DIGITS, GREEK, PLAIN, VULGAR, refused
from symbolic.exercises.refusal import Unreadable, nearest

_OPERATORS = {
    r"\cdot": "*", r"\times": "*", r"\ast": "*", r"\bullet": "*", r"\div": "/", r"\star": "⋆", r"\odot": "⊙",
    r"\circ": "⊙", r"\otimes": "⊗", r"\circledast": "⊗",
    r"\partial": "∂", r"\top": "T", r"\intercal": "T", r"\nabla": "∇", r"\prime": "'", r"\ell": "ell",
    r"\frac": "frac", r"\dfrac": "frac", r"\tfrac": "frac", r"\cfrac": "frac", r"\nicefrac": "frac",
}  # fmt: skip
_NAMES = frozenset({"T", "ell"})
_COMMANDS = {"\\" + name: name for name in [*GREEK.values(), "varepsilon"]}
_SUMS = frozenset({r"\sum", r"\prod", r"\int", r"\lim", "∑", "∏", "∫"})  # refused where they are met, not here
_REFUSED = {
    **dict.fromkeys((r"\dots", r"\cdots", r"\ldots", r"\vdots", r"\ddots"), "ellipsis"),
    **dict.fromkeys((r"\approx", r"\simeq", r"\sim", r"\neq", r"\ne", r"\le", r"\ge", r"\propto"), "not_equal_sign"),
}
_WORD = r"[A-Za-z][A-Za-z0-9]*(?:(?:\\_|_)[A-Za-z0-9]+)*"
_TEXT = r"operatorname\*?|text|textrm|texttt|textbf|textit|textsf|mbox"
_LETTERS = r"mathrm|mathbf|mathit|mathsf|mathtt|mathcal|mathbb|boldsymbol|bm|pmb"
_MODULES = r"(?:(?:np|numpy|sp|sympy|scipy|signal|torch|nn|functional|tf|jax|jnp|cp)\.){1,4}(?=\w+\()|F\.(?=conv)"
_PATTERN = re.compile(
    rf"""
    (?P<space> (?:[ \t\r\n~\u2002-\u200a\u202f\u3000] | \\[,;:!>\ \n]
        | \\(?:quad|qquad|enspace|thinspace|displaystyle|textstyle|scriptstyle|hline|limits|nonumber|notag)(?![A-Za-z])
        | \\(?:left|right|[bB]igg?[lrm]?)(?=\s*[()\[\]])
        | \\(?:tag\*?|label)\{{[A-Za-z0-9:_.-]{{0,40}}\}} | \\h?phantom\{{[-+0-9.\ ]{{0,8}}\}} )+ )
  | (?P<row> \\\\\*?(?:\s*\[\s*-?[0-9.]{{1,8}}\s*(?:pt|em|ex|mm|cm|in|mu)\s*\])? )
  | (?P<number> [0-9]{{1,3}}(?:(?:\{{,\}}|\\,)[0-9]{{3}})+(?![0-9])(?:\.[0-9]+)?
        | (?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)? )
  | (?P<vulgar> [{"".join(VULGAR)}] )
  | \\begin\s*\{{\s*(?P<begin>array\s*\}}\s*\{{[lcr|\s]{{0,64}}(?=\}})
        | [A-Za-z]{{1,16}}\*\s*\}}\s*\[\s*[lcr]\s*(?=\]) | [A-Za-z]{{1,16}}\*?(?=\s*\}}))\s*[\]}}]
  | \\end\s*\{{\s*(?P<end_environment>[A-Za-z]{{1,16}}\*?)\s*\}}
  | (?P<upright> \\mathrm\s*\{{\s*d\s*\}}(?=\s*[A-Za-z\\]) )
  | (?: \\(?:{_TEXT}|{_LETTERS})\s*\{{\s*(?P<styled>{_WORD}|\\[A-Za-z]+)\s*\}}
      | (?:{_MODULES})?(?P<name>{_WORD}|[{"".join(GREEK)}][0-9]*(?:_[A-Za-z0-9]+)*) )
  | (?P<loose> \\(?:{_LETTERS}|boxed|fbox|ensuremath)(?=\s*[{{A-Za-z\\]) )
  | (?P<digits> [₀-₉]+(?:,?[₀-₉]+)* )
  | (?P<raised> ⁻?[⁰¹²³⁴-⁹]+ )
  | (?P<mode> ['"](?:full|valid|same)['"] )
  | (?P<wrap> \\[\[\]()] | \$\$? )
  | (?P<equals> ==? | := | \\(?:leftarrow|gets|coloneqq|equiv)(?![A-Za-z]) )
  | (?P<in_place> [-+*/]= )
  | (?P<method> \.(?:flip|transpose|t|rot180|rot90|sum|mean)(?=\s*\() )
  | (?P<command> \\[A-Za-z]+ | [∑∏∫] )
  | (?P<braces> \\[{{}}] )
  | (?P<ellipsis> \.\.\. )
  | (?P<other> \*\* | \.(?:T|grad)(?![A-Za-z0-9_]) | [-+*/^_(){{}}\[\]&,;:.@⊙⋆⊗∂∇'ᵀ] )
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
    plain = text.translate(PLAIN)
    if "~" in plain and "\\" not in plain:
        raise refused(plain, plain.index("~"))  # a blank in LaTeX, an operator elsewhere
    tokens: list[Token] = []
    at, latex = 0, False
    while at < len(plain):
        match = _PATTERN.match(plain, at)
        if match is None or match.lastgroup is None:
            raise refused(plain, at)
        kind, found = match.lastgroup, match[0]
        after = tokens[-1].kind if tokens else ""
        latex = latex or found[0] in "\\&$" or (found == "{" and after in {"_", "^"})
        if kind == "number" and len(found) == 3 and found[0] == "0" and after == "," and plain[at - 1] == ",":
            raise Unreadable("thousands", at - 1)  # 5,898,240,000
        if kind not in {"space", "loose"}:
            if len(tokens) >= limits.TOKENS:
                raise Unreadable("too_many_tokens", at, limit=limits.TOKENS)
            tokens.append(_token(kind, match[kind], at, found))
        at = match.end()
        if kind == "number":
            _refuse_written_otherwise(found, plain[at : at + 2], match.start(), after)
    return tokens, latex


def _refuse_written_otherwise(number: str, behind: str, at: int, after: str) -> None:
    """0x1f and 5_898: what programs read as one number and people as two."""
    if number == "0" and behind[:1] in tuple("xXbBoO"):
        raise Unreadable("number_base", at)
    if after != "_" and behind[:1] == "_" and behind[1:].isdigit():
        raise Unreadable("underscores", at + len(number))


def _token(kind: str, text: str, at: int, found: str) -> Token:
    if kind == "number":
        return Token(kind, text, at, number(text, at))
    if kind == "vulgar":
        return Token("number", text, at, VULGAR[text])
    if kind in {"in_place", "braces", "ellipsis"}:
        raise Unreadable(kind, at)
    if kind == "command" or (text.startswith("\\") and kind == "styled"):
        return _command(text, at)
    if kind in {"begin", "end_environment"}:
        text = text.partition("}")[0].strip()
    elif kind == "upright":
        kind = "∂"  # \frac{\mathrm{d}L}{\mathrm{d}O_{11}}
    elif kind in {"digits", "raised"}:
        text = text.translate(DIGITS)
    elif kind in {"name", "styled"}:
        kind, text = "name", GREEK.get(text[0], text[0]) + text[1:].replace("\\", "")
    elif kind == "equals":
        kind = "="
    elif kind == "mode":
        text = text[1:-1]
    elif kind == "method":
        text = text[1:]
    elif kind != "row":
        kind = found
    return Token(kind, text, at)


def _command(text: str, at: int) -> Token:
    if text in _OPERATORS:
        plain = _OPERATORS[text]
        return Token("name" if plain in _NAMES else plain, plain, at)
    if text in _COMMANDS:
        return Token("name", _COMMANDS[text].removeprefix("var"), at)
    if text in _SUMS:
        return Token("sum_sign", text, at)
    if text in _REFUSED:
        raise Unreadable(_REFUSED[text], at, name=text)
    if re.fullmatch(f"{_TEXT}|{_LETTERS}", text[1:]):
        raise Unreadable("style_word", at, name=text)
    near = nearest(text, [*_OPERATORS, *_COMMANDS], cutoff=0.8)
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
