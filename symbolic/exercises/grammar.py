r"""Tokens to tree: one recursive-descent grammar for SymPy-style text and LaTeX.

    sum      = ["+" | "-"]* product (("+" | "-")+ product)*
    product  = power (("*" | "/" | "@" | "⊙" | "⋆") ["+" | "-"]* power  |  power)*
    power    = primary ("^" exponent | "T" | "²" | "³")*           "^" and "**" are the same
    primary  = number | name | call | "(" items ")" | "[" items "]" | "{" sum "}" | \frac | matrix | ∂L/∂O

What needs more than one token of LaTeX stands in `latex.py`. Depth is counted, so no input can
exhaust Python's stack; every loop consumes a token, so reading is linear.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.exercises import latex, limits
from symbolic.exercises.functions import FUNCTIONS, plain
from symbolic.exercises.refusal import Unreadable, nearest
from symbolic.exercises.tokens import Token
from symbolic.exercises.tree import Call, Items, Name, Node, Number, Power, Product, Sum, Transpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symbolic.exercises.names import Names

_SIGNS = {"+": 1, "-": -1}
_OPERATORS = frozenset("*/@⊙⋆")
_STARTS = frozenset({"name", "(", "{", "frac", "begin", "∂"})  # what may follow a factor without a sign


class Parser:
    """One pass over the tokens of one expression.

    tokens   of the expression alone: no $…$, no label, no full stop behind
    end      offset just behind the text, for messages
    latex    brackets around a single thing group it; unknown words may be products of letters
    """

    def __init__(self, tokens: Sequence[Token], names: Names, *, end: int, latex: bool) -> None:
        self.tokens = [*tokens, Token("end", "", end)]
        self.names = names
        self.latex = latex
        self._position = 0
        self._depth = 0

    def whole(self) -> Node:
        """Read everything; top-level commas make a list, as in Python.

        Raises  Unreadable at the first token that does not fit.
        """
        if self.kind == "end":
            raise Unreadable("empty")
        first = self.sum()
        if self.kind != ",":
            self.expect("end")
            return first
        items = [first]
        while self.kind == ",":
            self._refuse_thousands()
            self.take()
            items.append(self.sum())
        self.expect("end")
        return Items(first.at, tuple(items))

    # -- the cursor ----------------------------------------------------------------------------------

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

    # -- the grammar ---------------------------------------------------------------------------------

    def sum(self) -> Node:
        """A sum of signed products."""
        self._depth += 1
        if self._depth > limits.DEPTH:
            raise Unreadable("too_deep", self.at, limit=limits.DEPTH)
        at = self.at
        terms = [(self._sign(), self._product())]
        while self.kind in _SIGNS:
            terms.append((self._sign(), self._product()))
        self._depth -= 1
        return terms[0][1] if len(terms) == 1 and terms[0][0] == 1 else Sum(at, tuple(terms))

    def _sign(self) -> int:
        sign = 1
        while self.kind in _SIGNS:
            sign *= _SIGNS[self.take().kind]
        return sign

    def _product(self) -> Node:
        first = self._power()
        rest: list[tuple[str, Node]] = []
        while True:
            if self.kind in _OPERATORS:
                operator, at, sign = self.take().kind, self.at, self._sign()
                factor = self._power()
                rest.append((operator, factor if sign == 1 else Sum(at, ((-1, factor),))))
            elif self.kind in _STARTS or (self.latex and self.kind == "["):
                rest.append(("", self._power()))
            elif self.kind == "[":
                raise Unreadable("indexing", self.at)
            else:
                return Product(first.at, first, tuple(rest)) if rest else first

    def _power(self) -> Node:
        base = self.primary()
        while True:
            if self.kind in {"^", "**"}:
                self.take()
                base = self._raised(base)
            elif self.kind in {".T", "ᵀ"}:
                self.take()
                base = Transpose(base.at, base)
            elif self.kind in {"²", "³"}:
                at = self.at
                base = Power(base.at, base, Number(at, Fraction("23"["²³".index(self.take().kind)])))
            else:
                return base

    def _raised(self, base: Node) -> Node:
        if self.kind == "ᵀ" or (self.kind == "name" and self.peek().text == "T"):
            self.take()
            return Transpose(base.at, base)
        if self.kind == "{" and self.peek(1).text in {"T", "ᵀ"} and self.peek(2).kind == "}":
            for _ in range(3):
                self.take()
            return Transpose(base.at, base)
        self._depth += 1
        if self._depth > limits.DEPTH:
            raise Unreadable("too_deep", self.at, limit=limits.DEPTH)
        at, sign = self.at, self._sign()
        exponent = self._power()
        self._depth -= 1
        return Power(base.at, base, exponent if sign == 1 else Sum(at, ((-1, exponent),)))

    def primary(self) -> Node:
        """A number, a name, a call, or something in brackets."""
        token = self.peek()
        if token.value is not None:
            self.take()
            return Number(token.at, token.value)
        if token.kind == "name":
            return self._name()
        if token.kind in {"(", "["}:
            return self._brackets()
        if token.kind == "{":
            return latex.group(self)
        if token.kind == "frac":
            return latex.fraction(self)
        if token.kind == "begin":
            return latex.matrix(self)
        if token.kind == "∂":
            return latex.partial(self)
        raise self.unexpected()

    def _brackets(self) -> Node:
        opening = self.take()
        closing = ")" if opening.kind == "(" else "]"
        if self.kind == closing:
            raise Unreadable("empty_list", opening.at)
        items, comma = [self.sum()], False
        while self.kind == ",":
            comma = True
            self.take()
            if self.kind != closing:
                items.append(self.sum())
        self.expect(closing)
        listed = isinstance(items[0], Items) and not items[0].typeset
        grouping = opening.kind == "(" or (self.latex and not listed)
        if len(items) == 1 and not comma and grouping:
            return items[0]
        return Items(opening.at, tuple(items))

    def _name(self) -> Node:
        token = self.take()
        subscript = latex.subscript(self)
        function = plain(token.text + (subscript or ""))
        known = self.names.find(token.text, subscript)
        if self.kind == "(" and function in FUNCTIONS and known is None:
            return self._call(function, token.at)
        if known is not None:
            return Name(token.at, known)
        return latex.unknown_name(self, token, subscript)

    def _call(self, function: str, at: int) -> Node:
        self.expect("(")
        arguments: list[Node] = []
        options: list[tuple[str, Node]] = []
        while True:
            if self.kind == "name" and self.peek(1).kind == "=":
                option = self.take().text
                self.take()
                options.append((option, self.sum()))
            else:
                arguments.append(self.sum())
            if self.kind != ",":
                break
            self.take()
        self.expect(")")
        return Call(at, function, tuple(arguments), tuple(options))

    def unknown_function(self, token: Token) -> Unreadable:
        """Refuse a function, with the nearest that exists."""
        near = nearest(token.text, FUNCTIONS)
        if near is not None:
            return Unreadable("unknown_function_near", token.at, name=token.text, nearest=near)
        return Unreadable("unknown_function", token.at, name=token.text)

    def _refuse_thousands(self) -> None:
        """Refuse 5,898 without brackets: one number to some readers, two to others."""
        before, comma, behind = (self.tokens[self._position + i] for i in (-1, 0, 1))
        close = before.at + len(before.text) == comma.at == behind.at - 1
        if close and before.kind == behind.kind == "number" and len(behind.text) == 3:
            raise Unreadable("thousands", comma.at)
