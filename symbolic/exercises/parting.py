"""Tokens parted outside of brackets: the marks around a formula, its equations, the sides of one equation.

Each is one pass over the tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.exercises import limits
from symbolic.exercises.refusal import Unreadable

if TYPE_CHECKING:
    from symbolic.exercises.tokens import Token

_WRAPS = {"\\[": "\\]", "\\(": "\\)", "$": "$", "$$": "$$", "{": "}"}
_ALIGNED = frozenset({"align", "aligned", "split", "gather", "gathered", "multline", "eqnarray"})
_DISPLAYS = frozenset({"equation", "displaymath", "math"}) | _ALIGNED
_OPEN = frozenset({"(", "[", "{", "begin"})
_CLOSE = frozenset({")", "]", "}", "end_environment"})
_ENDS = frozenset({",", ";", "row"})  # what may stand between two equations, besides the end of a line


def equations(tokens: list[Token], text: str, most: int) -> list[list[Token]]:
    """The text cut into its equations, at most `most` + 1 of them: the rest stays in the last.

    Cut at commas, semicolons, row breaks and ends of lines outside of brackets, where a new equation follows.
    """
    starts, depth = [0], 0
    pending: int | None = None
    for place, token in enumerate(tokens):
        depth += (token.kind in _OPEN) - (token.kind in _CLOSE)
        if depth or len(starts) > most:
            continue
        if token.kind in _ENDS:
            pending = place + 1
        elif token.kind in {"=", ":"}:
            if pending is not None and pending < place:
                starts.append(pending)
            pending = None
        elif place and "\n" in text[tokens[place - 1].at : token.at] and pending != place:
            pending = place
    parts = [tokens[start:stop] for start, stop in zip(starts, [*starts[1:], len(tokens)], strict=True)]
    return [_unended(part) for part in parts]


def _unended(tokens: list[Token]) -> list[Token]:
    last = len(tokens)
    while last and tokens[last - 1].kind in _ENDS | {"."}:
        last -= 1
    return tokens[:last]


def unwrapped(tokens: list[Token], *, latex: bool) -> list[Token]:
    """Without the marks of mathematics around the expression and the punctuation behind it."""
    first, last = 0, len(tokens)
    aligned, groups = False, 0
    while first < last:
        opening, closing = tokens[first], tokens[last - 1]
        if closing.kind in {".", ",", ";"}:
            last -= 1
        elif last - first > 1 and _encloses(opening, closing) and _spans(tokens, first, last, latex=latex):
            groups += opening.kind == "{"
            if groups > limits.DEPTH:
                raise Unreadable("too_deep", opening.at, limit=limits.DEPTH)
            aligned |= opening.text.removesuffix("*") in _ALIGNED
            first, last = first + 1, last - 1
        else:
            break
    return _unaligned(tokens[first:last], everywhere=aligned)


def _spans(tokens: list[Token], first: int, last: int, *, latex: bool) -> bool:
    """Whether the brace that opens first closes last: {a}{b} is no single group, and {{a}} a template's."""
    if tokens[first].kind != "{":
        return True
    if not latex or tokens[first + 1].kind == "{":
        return False
    depth = 0
    for place in range(first, last):
        depth += (tokens[place].kind == "{") - (tokens[place].kind == "}")
        if depth == 0:
            return place == last - 1
    return False


def _encloses(opening: Token, closing: Token) -> bool:
    if opening.kind == "begin":
        return opening.text.removesuffix("*") in _DISPLAYS and closing.text == opening.text
    return _WRAPS.get(opening.kind) == closing.kind


def _unaligned(tokens: list[Token], *, everywhere: bool) -> list[Token]:
    """Without alignment marks, everywhere or in front of equals signs, and without row breaks in front of those."""
    found: list[Token] = []
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token.kind in _OPEN) - (token.kind in _CLOSE)
        before_equals = place + 1 < len(tokens) and tokens[place + 1].kind == "="
        if depth or token.kind != "&" or not (everywhere or before_equals):
            if token.kind == "=" and not depth and found and found[-1].kind == "row":
                found.pop()
            found.append(token)
    return _unended(found)


def sides_of(tokens: list[Token]) -> list[list[Token]]:
    """Split at equals signs outside of brackets."""
    sides: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.kind in _OPEN) - (token.kind in _CLOSE)
        if token.kind == "=" and depth == 0:
            sides.append([])
        else:
            sides[-1].append(token)
    return sides
