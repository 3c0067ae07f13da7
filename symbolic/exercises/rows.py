r"""Rows that are written without commas: MATLAB's semicolons, and the blanks that NumPy prints.

    [1 2; 3 4]   [a, b; c, d]   [[48 64]\n [96 112]]   [-4800 -4800 -2640]   48 64\n96 112

The missing brackets and commas are put in as tokens, so the grammar knows nothing of this. Blanks separate
numbers only: beside a name they are a product, and a row of such entries is refused with that reason. Rows with
blanks inside and commas between them are refused as well: there a comma was forgotten. As in
MATLAB, `4 -2` is two numbers, `4 - 2` and `4-2` are one; in LaTeX blanks mean nothing and it is one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from symbolic.exercises.refusal import Unreadable
from symbolic.exercises.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Sequence

_OPEN = {"[": "]", "(": ")", "{": "}", "begin": "end_environment"}
_FACTORS = frozenset({"name", "number", "frac", "∂"})


@dataclass
class _Bracket:
    """One open bracket: where it stands, and what stands at its own level (positions of tokens)."""

    at: int
    kind: str
    semicolons: list[int] = field(default_factory=list)
    blanks: list[int] = field(default_factory=list)  # where a number begins behind a blank
    lists: list[int] = field(default_factory=list)  # where a list begins right behind a row of numbers
    row: bool = False  # the list closed last holds numbers without commas
    element: bool = False  # nothing but a comma, a semicolon or another list stands before it
    comma: bool = False
    numbers: bool = True  # signed numbers alone, each behind the first one after a blank or a comma
    adjacent: int = -1  # where two factors stand side by side
    bare: int = -1  # a list in here whose entries nothing separates
    spaced: int = -1  # a list in here whose numbers blanks separate
    before: int = -1  # the token before, at this level; the opening bracket of a group that has been closed

    def rows(self, inserted: dict[int, tuple[str, ...]], replaced: dict[int, tuple[str, ...]], end: int) -> None:
        """Note the tokens that are missing."""
        if self.semicolons and self.semicolons[-1] == end - 1:
            replaced[self.semicolons.pop()] = ()
        for place in self.semicolons:
            replaced[place] = ("]", ",", "[")
        if self.semicolons:
            inserted[self.at + 1] = ("[",)
            inserted[end] = ("]",)
        for place in self.lists or (self.blanks if self.numbers and not self.comma else ()):
            inserted[place] = (",",)


def table(tokens: Sequence[Token], text: str) -> list[Token] | None:
    """Lines of numbers alone, as many in each: the rows of a matrix, or a list where each line has one.

    All are separated by blanks or all by commas; None where it is anything else.
    """
    lines: list[list[Token]] = [[]]
    for place, token in enumerate(tokens):
        if token.kind not in {"number", "+", "-", ","}:
            return None
        if place and "\n" in text[tokens[place - 1].at : token.at]:
            lines.append([])
        lines[-1].append(token)
    rows = [_separated(line[:-1] if line[-1].kind == "," else line) for line in lines] if len(lines) > 1 else [[]]
    commas = {any(token.kind == "," for token in line[:-1]) for line in lines}
    if not all(rows) or len({len(row) for row in rows}) > 1 or len(commas) > 1:
        return None
    found = [Token("[", "[", tokens[0].at)]
    for row in rows:
        items = [token for item in row for token in (*item, Token(",", ",", item[-1].at))][:-1]
        single = len(rows[0]) == 1
        found += items if single else [Token("[", "[", items[0].at), *items, Token("]", "]", items[-1].at)]
        found.append(Token(",", ",", items[-1].at))
    return [*found[:-1], Token("]", "]", tokens[-1].at)]


def _separated(line: Sequence[Token]) -> list[list[Token]]:
    """The signed numbers of one line; nothing where they are not separated in one way."""
    items: list[list[Token]] = [[]]
    marks: set[str] = set()
    for place, token in enumerate(line):
        if token.kind == ",":
            marks.add(",")
            items.append([])
            continue
        gap = place > 0 and _end(line[place - 1]) < token.at
        if items[-1] and items[-1][-1].kind == "number":
            if not gap:
                return []
            marks.add(" ")
            items.append([])
        elif items[-1] and (gap or len(items[-1]) > 1):
            return []
        items[-1].append(token)
    whole = all(item and item[-1].kind == "number" for item in items)
    return items if whole and len(marks) < 2 else []


def arranged(tokens: Sequence[Token], *, latex: bool) -> list[Token]:
    """The same tokens with the brackets and commas that such rows leave out; one pass.

    Raises  Unreadable (row_commas): entries with names in them that only blanks could separate.
    """
    inserted: dict[int, tuple[str, ...]] = {}
    replaced: dict[int, tuple[str, ...]] = {}
    stack = [_Bracket(-1, "")]
    for place, token in enumerate(tokens):
        top = stack[-1]
        if token.kind in _OPEN:
            if token.kind == "[" == top.kind and tokens[place - 1].kind == "]":
                _behind_a_list(top, token, place, latex=latex)
            top.numbers &= token.kind == "["
            stack.append(_Bracket(place, token.kind))
        elif len(stack) > 1 and token.kind == _OPEN[top.kind]:
            stack.pop()
            if token.kind == "]":
                _close(top, stack[-1], tokens, place, inserted, replaced)
            stack[-1].before = top.at
        else:
            _inside(top, tokens, place, latex=latex)
            top.before = place
    if not inserted and not replaced:
        return list(tokens)
    found: list[Token] = []
    for place, token in enumerate(tokens):
        found += [Token(kind, kind, token.at) for kind in inserted.get(place, ())]
        found += [Token(kind, kind, token.at) for kind in replaced[place]] if place in replaced else [token]
    return found


def _close(
    bracket: _Bracket,
    around: _Bracket,
    tokens: Sequence[Token],
    end: int,
    inserted: dict[int, tuple[str, ...]],
    replaced: dict[int, tuple[str, ...]],
) -> None:
    unseparated = bracket.adjacent if not bracket.comma and not (bracket.numbers and bracket.blanks) else -1
    if unseparated >= 0 and bracket.semicolons:
        raise Unreadable("row_commas", tokens[unseparated].at)
    around.row = bracket.numbers and not bracket.comma
    around.element = (
        bracket.at - 1 == around.at or tokens[bracket.at - 1].kind in {",", ";"} or bracket.at in around.lists
    )
    if bracket.lists and not (bracket.row and bracket.element):
        raise Unreadable("two_lists", tokens[bracket.lists[-1]].at)
    if unseparated >= 0:
        around.bare = unseparated
    if bracket.comma and bracket.spaced >= 0:  # [[3 4], [6, 7]]: a comma is missing
        raise Unreadable("two_numbers", tokens[bracket.spaced].at)
    if bracket.numbers and bracket.blanks and not bracket.comma:
        around.spaced = bracket.blanks[0]
    bracket.rows(inserted, replaced, end)


def _behind_a_list(bracket: _Bracket, token: Token, place: int, *, latex: bool) -> None:
    """A list right behind another: the next row of an array as NumPy prints it, in LaTeX perhaps a product."""
    if bracket.element and bracket.row:
        bracket.lists.append(place)
    elif bracket.element and not latex:
        raise Unreadable("row_commas" if bracket.bare >= 0 else "two_lists", token.at)


def _inside(bracket: _Bracket, tokens: Sequence[Token], place: int, *, latex: bool) -> None:
    """One token at a bracket's own level."""
    token, before = tokens[place], tokens[place - 1] if place else None
    if token.kind == ";":
        if bracket.kind == "[":
            bracket.semicolons.append(place)
    elif token.kind == ",":
        bracket.comma = True
    elif token.kind == "number":
        _number(bracket, tokens, place, latex=latex)
    elif token.kind not in {"+", "-"}:
        bracket.numbers = False
    if (
        before is not None
        and place - 1 == bracket.before
        and token.kind in _FACTORS
        and before.kind in _FACTORS | {"digits"}
        and (before.kind != "number" or _end(before) < token.at)
    ):
        bracket.adjacent = place


def _number(bracket: _Bracket, tokens: Sequence[Token], place: int, *, latex: bool) -> None:
    """Note whether a blank separates this number, or the sign in front of it, from the number before."""
    first = place
    if tokens[place - 1].kind in {"+", "-"} and place - 1 > bracket.at:
        first = place - 1
    before = tokens[first - 1] if first - 1 > bracket.at else None
    if before is None or before.kind in {",", ";"}:
        return
    apart = _end(before) < tokens[first].at
    signed = first < place
    joined = signed and _end(tokens[first]) == tokens[place].at
    if before.kind == "number" and apart and (not signed or (joined and not latex)):
        bracket.blanks.append(first)
    else:
        bracket.numbers = False


def _end(token: Token) -> int:
    """Offset behind a number, a sign or a comma: their texts stand as they were written."""
    return token.at + len(token.text)
