"""Which character stands for which: what keyboards, web pages and other alphabets write for our signs.

PLAIN replaces one character by one, so that columns stay. Letters outside ASCII are refused unless they are
Greek: full-width, mathematical and Cyrillic letters would pass for others. The refusal names the plain one.
"""

from __future__ import annotations

import unicodedata
from fractions import Fraction

from symbolic.exercises.refusal import Unreadable

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma",
    "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi",
    "Ω": "Omega",
}  # fmt: skip
_VARIANTS = {
    "-": "−–‐‑﹣", "*": "×·⋅∙∗•✕", "/": "÷∕⁄", "⊙": "∘⨀", ".": "。", "δ": "𝛿", "∂": "𝜕", "ᵀ": "⊤ᵗ",
    " ": "\N{NO-BREAK SPACE}", "'": "′’", "[": "【", "]": "】", ",": "、", "=": "≔←", "⋆": "★☆",
}  # fmt: skip
_FULL_WIDTH = {ord(plain) + 0xFEE0: plain for plain in "+-*/=()[]{},;:._^'0123456789"}  # as Chinese keyboards write
PLAIN = {ord(variant): plain for plain, variants in _VARIANTS.items() for variant in variants} | _FULL_WIDTH
DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "01234567890123456789-")
VULGAR = {  # code point: the fraction; ⅟ and ↉ are in nobody's keyboard
    letter: Fraction(unicodedata.normalize("NFKC", letter).replace("\N{FRACTION SLASH}", "/"))
    for letter in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅐⅑⅒"
}


def refused(text: str, at: int) -> Unreadable:
    """Refuse the character at this place, with what would be right."""
    character = text[at]
    if character in '"`':
        return Unreadable("quotes", at)
    if character in "#%":
        return Unreadable("comment", at)
    if character in "|¦⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠│║┌└├╔":
        return Unreadable("table", at)
    if character in "…⋯⋮⋱":
        return Unreadable("ellipsis", at)
    if character in "≈≃≅∼≠<>≤≥":
        return Unreadable("not_equal_sign", at, name=character)
    code = f"U+{ord(character):04X}"
    if _is_ideograph(character):
        end = at
        while end < min(len(text), at + 12) and _is_ideograph(text[end]):
            end += 1
        return Unreadable("prose", at, name=text[at:end])
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) == 1 and plain != character and (plain.isascii() or plain in GREEK) and plain.isprintable():
        return Unreadable("character_near", at, name=character, code=code, nearest=plain)
    return Unreadable("character", at, name=character, code=code)


def _is_ideograph(character: str) -> bool:
    return "\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3"
