"""A place in a row of tokens: look, take, expect, refuse; and how deep the grammar stands."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from symbolic.exercises import limits
from symbolic.exercises.refusal import Unreadable
from symbolic.exercises.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Cursor:
    """A row of tokens with a token "end" behind it, which is never taken.

    end   offset just behind the text, for messages
    """

    def __init__(self, tokens: Sequence[Token], end: int) -> None:
        self.tokens = [*tokens, Token("end", "", end)]
        self._position = 0
        self._depth = 0

    @property
    def kind(self) -> str:
        """Kind of the current token."""
        return self.tokens[self._position].kind

    @property
    def at(self) -> int:
        """Offset of the current token."""
        return self.tokens[self._position].at

    def peek(self, ahead: int = 0) -> Token:
        """Token `ahead` of the current one; past the end, the end."""
        return self.tokens[min(self._position + ahead, len(self.tokens) - 1)]

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level of nesting more; refused past the cap, so that Python's own stack stays shallow."""
        self._depth += 1
        if self._depth > limits.DEPTH:
            raise Unreadable("too_deep", self.at, limit=limits.DEPTH)
        yield
        self._depth -= 1

    def take(self) -> Token:
        """Return the current token and go on; the end stays."""
        token = self.peek()
        self._position = min(self._position + 1, len(self.tokens) - 1)
        return token

    def put(self, token: Token) -> None:
        r"""Replace the current token: \frac12 takes one digit of the number 12."""
        self.tokens[self._position] = token

    def expect(self, kind: str) -> Token:
        """Take a token of this kind or refuse, naming what stands there instead."""
        if self.kind != kind:
            raise self.unexpected(kind)
        return self.take()

    def unexpected(self, wanted: str = "") -> Unreadable:
        """Refuse the current token."""
        token = self.peek()
        if token.kind == "sum_sign":
            return Unreadable("sum_sign", token.at, name=token.text)
        if token.kind == "end":
            wanted = wanted if wanted in {")", "]", "}"} else ""
            return Unreadable("cut_off_bracket" if wanted else "cut_off", token.at, wanted=wanted)
        if token.kind in {"number", "name"} and self._position:
            before = self.tokens[self._position - 1].kind
            if token.kind == before == "number":
                return Unreadable("two_numbers", token.at)
            if token.kind == "number" and before in {"name", ")", "}", "]", "end"}:
                return Unreadable("number_behind", token.at, name=token.text)
        return Unreadable("unexpected", token.at, name=token.text)
