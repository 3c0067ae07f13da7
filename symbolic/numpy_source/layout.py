"""Long statements over several lines, in the usual layout: one argument or operand a line, brackets on their own."""

from __future__ import annotations

import re

WIDTH = 88
STEP = "    "
SIGNS = (" + ", " - ", " * ", " / ", " ** ")
_OPEN, _CLOSE = "([{", ")]}"


def wrapped(statement: str, indent: str) -> list[str]:
    """The lines of `name = expression` or `return a, b` behind `indent`; no line is longer than WIDTH if it can be."""
    statement = tidied(statement)
    if len(indent + statement) <= WIDTH or statement.startswith("#"):
        return [indent + statement]
    if statement.startswith("return "):
        head, text = "return ", statement.removeprefix("return ")
        parts = split(text, ", ")
        return [f"{indent}{head}(", *(f"{indent}{STEP}{part}," for part in parts), f"{indent})"]
    name, text = statement.split(" = ", 1)
    return expression(text, f"{indent}{name} = ", "", indent)


def tidied(statement: str) -> str:
    """Without brackets that surround a whole argument or another pair of brackets, and `x**2` for `x ** 2`."""
    if statement.startswith(("#", '"')):
        return statement
    place = 0
    while place < len(statement):
        if statement[place] == "(" and (
            place == 0 or statement[place - 1] == "(" or statement[place - 2 : place] == ", "
        ):
            end = _closing(statement, place)
            inside = statement[place + 1 : end]
            if statement[end + 1 : end + 2] in {")", ","} and len(split(inside, ",")) == 1 and inside:
                statement = statement[:place] + inside + statement[end + 1 :]
                continue
        place += 1
    return re.sub(r"(?<![\w.)\]])(\w+) \*\* (\d+)", r"\1**\2", statement)


def _closing(text: str, opening: int) -> int:
    """Where the bracket closes that opens there."""
    depth, quoted = 0, False
    for place in range(opening, len(text)):
        quoted ^= text[place] == '"'
        depth += 0 if quoted else (text[place] in _OPEN) - (text[place] in _CLOSE)
        if not depth:
            return place
    return len(text)


def expression(text: str, head: str, tail: str, indent: str) -> list[str]:
    """An expression between what stands before and behind it."""
    if len(head + text + tail) <= WIDTH:
        return [head + text + tail]
    if len(split(text, *SIGNS)) > 1:
        return [f"{head}(", *_below(text, indent + STEP), f"{indent}){tail}"]
    opening = _last_bracket(text)
    if opening is None:
        return [head + text + tail]
    inside = text[opening + 1 : -1]
    first, last = head + text[: opening + 1], indent + text[-1] + tail
    inner = indent + STEP
    if len(inner + inside) <= WIDTH:
        return [first, inner + inside, last]
    parts = split(inside, ", ")
    if len(parts) == 1:
        several = len(split(inside, *SIGNS)) > 1
        return [first, *(_below(inside, inner) if several else expression(inside, inner, "", inner)), last]
    lines = [line for part in parts for line in expression(part, inner, ",", inner)]
    return [first, *lines, last]


def _below(text: str, indent: str) -> list[str]:
    """Operands below each other, split at the signs that bind least."""
    if len(indent + text) <= WIDTH:
        return [indent + text]
    signs = next(signs for signs in (SIGNS[:2], SIGNS[2:4], SIGNS[4:]) if len(split(text, *signs)) > 1)
    lines: list[str] = []
    for part in split(text, *signs, keep=True):
        sign = next((sign.strip() + " " for sign in signs if part.startswith(sign.strip() + " ")), "")
        lines += expression(part.removeprefix(sign), indent + sign, "", indent)
    return lines


def split(text: str, *signs: str, keep: bool = False) -> list[str]:
    """The text at these signs outside of brackets and quotes; `keep` leaves each sign before what follows it."""
    parts, start, depth, quoted = [], 0, 0, False
    for place, letter in enumerate(text):
        quoted ^= letter == '"'
        depth += 0 if quoted else (letter in _OPEN) - (letter in _CLOSE)
        sign = next((sign for sign in signs if text.startswith(sign, place)), "")
        if sign and not depth and not quoted and place >= start:
            parts.append(text[start:place])
            start = place + (1 if keep else len(sign))
    return [*parts, text[start:]]


def _last_bracket(text: str) -> int | None:
    """Where the bracket opens that closes at the end."""
    if not text or text[-1] not in _CLOSE:
        return None
    depth, quoted = 0, False
    for place in range(len(text) - 1, -1, -1):
        quoted ^= text[place] == '"'
        depth += 0 if quoted else (text[place] in _CLOSE) - (text[place] in _OPEN)
        if not depth and not quoted:
            return place
    return None
