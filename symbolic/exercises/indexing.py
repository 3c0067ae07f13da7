r"""Indices behind a whole tensor: (∂L/∂O)_{11} and X(1,1) count from 1, X[0, 0], X[0][0] and F[::-1, :] from 0.

Brackets behind a name hold an index only where nothing but whole numbers, colons and commas stands in them; in
LaTeX anything else in brackets is a factor. What was read from 0 is said in a remark, and brackets none of whose
numbers is 0 are refused: they may be meant from 1 (`remarks.py`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.exercises import latex, limits
from symbolic.exercises.names import entry_names
from symbolic.exercises.refusal import Unreadable
from symbolic.exercises.tree import Name, Node, Part

if TYPE_CHECKING:
    from symbolic.exercises.grammar import Parser
    from symbolic.exercises.tokens import Token

_LONGEST = 24  # tokens of one index


def raised(token: Token) -> Fraction:
    """Value of an exponent in raised digits: ⁻¹⁰ is -10."""
    digits = token.text.removeprefix("-")
    if len(digits) > 8:
        raise Unreadable("power_too_large", token.at, limit=limits.POWER)
    return Fraction(int(digits)) * (-1 if token.text.startswith("-") else 1)


def indexed(parser: Parser, base: Node) -> Node:
    """The node with the index behind it, or the same node where none stands there."""
    if isinstance(base, Part) and parser.kind == "[" and _is_index(parser):
        return _sliced_again(parser, base)
    if not isinstance(base, Name) or not parser.names.shapes.get(base.name):
        return base
    if parser.kind in {"_", "digits"}:
        place = parser.peek()
        found = parser.names.find(base.name, latex.subscript(parser))
        if found is None:
            raise Unreadable("bad_index", place.at, name=parser.peek(-1).text)
        return Name(base.at, found)
    if parser.kind == "(":
        return _parenthesized(parser, base)
    return _bracketed(parser, base) if parser.kind == "[" and _is_index(parser) else base


def _sliced_again(parser: Parser, base: Part) -> Node:
    """F[::-1, :][:, ::-1]; places are read behind a name alone, where they can be checked against its shape."""
    at, parts = parser.at, _parts(parser)
    if not all(isinstance(part, slice) for part in parts):
        raise Unreadable("indexing", at)
    return Part(base.at, base, tuple(parts))


def _parenthesized(parser: Parser, base: Name) -> Node:
    """X(1,1), as MATLAB and many a page write X_11; one number alone would be a product."""
    shape = parser.names.shapes[base.name]
    inside = [parser.peek(ahead) for ahead in range(1, 2 * len(shape) + 1)]
    kinds = ["number", ","] * (len(shape) - 1) + ["number", ")"]
    if len(shape) < 2 or [token.kind for token in inside] != kinds:
        return base
    found = parser.names.find(base.name, ",".join(token.text for token in inside[::2]))
    if found is None:
        entries = entry_names(base.name, shape)
        name = base.name + "(" + "".join(token.text for token in inside)
        raise Unreadable("no_such_entry", base.at, name=name, first=entries[0], last=entries[-1])
    for _ in range(len(inside) + 1):
        parser.take()
    return Name(base.at, found)


def _is_index(parser: Parser) -> bool:
    """Whether only whole numbers, signs, colons and commas stand in the brackets that open here."""
    for ahead in range(1, _LONGEST):
        token = parser.peek(ahead)
        if token.kind == "]":
            return ahead > 1
        if token.kind not in {":", ",", "-"} and not (token.kind == "number" and token.text.isdigit()):
            return False
    return False


def _bracketed(parser: Parser, base: Name) -> Node:
    opening = parser.peek()
    shape = parser.names.shapes[base.name]
    parts = _parts(parser)
    while parser.kind == "[" and len(parts) < len(shape) and not any(isinstance(part, slice) for part in parts):
        parts += _parts(parser)  # X[0][0]
    places = [part for part in parts if isinstance(part, int)]
    entries = entry_names(base.name, shape)
    for place, size in zip(parts, shape, strict=False):
        if isinstance(place, int) and not -size <= place < size:
            name = f"{base.name}[{', '.join(map(str, places))}]"
            raise Unreadable("no_such_place", opening.at, name=name, last=size - 1, first=entries[0])
    if len(parts) > len(shape):
        raise Unreadable("index_count", opening.at, got=len(parts), rank=len(shape))
    if places:
        parser.remarks.bracket(base.name, places, len(shape), entries[0], opening.at)
    if len(places) < len(shape):
        return Part(base.at, base, tuple(parts))
    flat = 0
    for place, size in zip(places, shape, strict=True):
        flat = flat * size + place % size
    return Name(base.at, entries[flat])


def _parts(parser: Parser) -> list[int | slice]:
    parser.expect("[")
    parts = [_part(parser)]
    while parser.kind == ",":
        parser.take()
        parts.append(_part(parser))
    parser.expect("]")
    return parts


def _part(parser: Parser) -> int | slice:
    """A whole number, or start:stop:step with any of the three left out."""
    numbers: list[int | None] = [_whole(parser)]
    while parser.kind == ":" and len(numbers) < 3:
        parser.take()
        numbers.append(_whole(parser))
    if len(numbers) > 1:
        if numbers[2:] == [0]:
            raise Unreadable("whole_numbers", parser.at)
        return slice(*numbers)
    if numbers[0] is None:
        raise parser.unexpected()
    return numbers[0]


def _whole(parser: Parser) -> int | None:
    sign = -1 if parser.kind == "-" else 1
    if sign < 0:
        parser.take()
    if parser.kind != "number":
        if sign < 0:
            raise parser.unexpected()
        return None
    return sign * int(parser.take().text[:8])
