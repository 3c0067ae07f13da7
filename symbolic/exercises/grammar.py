r"""Tokens to tree: one recursive-descent grammar for SymPy-style text and LaTeX.

    sum      = ["+" | "-"]* product (("+" | "-")+ product)*
    product  = power (("*" | "/" | "@" | "⊙" | "⋆") ["+" | "-"]* power  |  power)*
    power    = primary ("^" exponent | ".T" | "²" | ".flip(...)" | index)*     "^" and "**" are the same
    primary  = number | name | call | "(" items ")" | "[" items "]" | "{" sum "}" | \frac | matrix | ∂L/∂O
    index    = "_" digits | "[" (whole number | slice) ("," ...)* "]"          behind whole tensors only

What needs more than one token of LaTeX stands in `latex.py`. Depth is counted, so no input can
exhaust Python's stack; every loop consumes a token, so reading is linear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.exercises import indexing, latex, limits
from symbolic.exercises.cursor import Cursor
from symbolic.exercises.functions import FUNCTIONS, plain
from symbolic.exercises.refusal import Unreadable
from symbolic.exercises.tree import Call, Items, Name, Node, Number, Power, Product, Sum, Transpose, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symbolic.exercises.names import Names
    from symbolic.exercises.remarks import Remarks
    from symbolic.exercises.tokens import Token

_SIGNS = {"+": 1, "-": -1}
_OPERATORS = frozenset("*/@⊙⋆⊗")
_STARTS = frozenset({"name", "(", "{", "frac", "begin", "∂"})  # what may follow a factor without a sign


class Parser(Cursor):
    """One pass over the tokens of one expression.

    tokens   of the expression alone: no $…$, no label, no full stop behind
    end      offset just behind the text, for messages
    latex    brackets around a single thing group it; unknown words may be products of letters
    remarks  takes what the reader has to say about an answer it could read
    """

    def __init__(self, tokens: Sequence[Token], names: Names, remarks: Remarks, *, end: int, latex: bool) -> None:
        super().__init__(tokens, end)
        self.names = names
        self.remarks = remarks
        self.latex = latex

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

    def sum(self) -> Node:
        """A sum of signed products."""
        at = self.at
        with self.deeper():
            terms = [(self._sign(), self._product())]
            while self.kind in _SIGNS:
                terms.append((self._sign(), self._product()))
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
                operator = self.take().kind
                if operator == "⋆" and self.kind == "_":
                    operator += latex.sliding(self)
                at, sign = self.at, self._sign()
                factor = self._power()
                rest.append((operator, factor if sign == 1 else Sum(at, ((-1, factor),))))
            elif self.kind in _STARTS or (self.latex and self.kind == "["):
                rest.append(("", self._power()))
            elif self.kind == "number" and _is_list(rest[-1][1] if rest else first):
                rest.append(("", self._power()))  # [[3, 4], [6, 7]] 16
            elif self.kind == "[" and _is_number(rest[-1][1] if rest else first):
                rest.append(("", self._power()))  # 16 [[3, 4], [6, 7]]
            elif self.kind == "[":
                raise Unreadable("indexing", self.at)
            else:
                return Product(first.at, first, tuple(rest)) if rest else first

    def _power(self) -> Node:
        base = self.primary()
        for _ in range(limits.POSTFIXES):
            if self.kind in {"^", "**"}:
                self.take()
                base = self._raised(base)
            elif self.kind in {".T", "ᵀ"}:
                self.take()
                base = Transpose(base.at, base)
            elif self.kind == "raised":
                exponent = self.take()
                base = Power(base.at, base, Number(exponent.at, indexing.raised(exponent)))
            elif self.kind == "method":
                base = self._call(self.take().text, base.at, [base])
            else:
                indexed = indexing.indexed(self, base)
                if indexed is base:
                    return base
                base = indexed
        raise Unreadable("too_deep", self.at, limit=limits.POSTFIXES)

    def _raised(self, base: Node) -> Node:
        if self.kind == "ᵀ" or (self.kind == "name" and self.peek().text == "T"):
            self.take()
            return Transpose(base.at, base)
        if self.kind == "{" and self.peek(1).text in {"T", "ᵀ"} and self.peek(2).kind == "}":
            for _ in range(3):
                self.take()
            return Transpose(base.at, base)
        with self.deeper():
            at, sign = self.at, self._sign()
            exponent = self._power()
        return Power(base.at, base, exponent if sign == 1 else Sum(at, ((-1, exponent),)))

    def primary(self) -> Node:
        """A number, a name, a call, or something in brackets."""
        token = self.peek()
        if token.value is not None:
            self.take()
            return Number(token.at, token.value)
        if token.kind == "name":
            return self._name()
        if token.kind == "mode":
            self.take()
            return Word(token.at, token.text)
        if token.kind in {"(", "["}:
            return self._brackets()
        comma = self.peek(1).kind == ","
        if token.kind == "{" and (comma or (self.latex and self.peek(1).kind != "{")):  # not {{a template}}
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
        if self.kind == ".grad":
            return latex.own_gradient(self, token)
        subscript = latex.subscript(self)
        function = plain(token.text + (subscript or ""))
        known = self.names.find(token.text, subscript)
        if self.kind == "(" and function in FUNCTIONS and known is None:
            return self._call(function, token.at, [])
        if known is not None:
            return Name(token.at, known)
        return latex.unknown_name(self, token, subscript)

    def _call(self, function: str, at: int, arguments: list[Node]) -> Node:
        """conv(X, delta); F.flip(0, 1) is flip(F, 0, 1)."""
        self.expect("(")
        if arguments and self.kind == ")":
            self.take()
            return Call(at, function, tuple(arguments), ())
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

    def _refuse_thousands(self) -> None:
        """Refuse 5,898 without brackets: one number to some readers, two to others."""
        before, comma, behind = (self.tokens[self._position + i] for i in (-1, 0, 1))
        close = before.at + len(before.text) == comma.at == behind.at - 1
        if close and before.kind == behind.kind == "number" and len(behind.text) == 3:
            raise Unreadable("thousands", comma.at)


def _is_number(node: Node) -> bool:
    """Whether a list behind it can only be a factor, never an index."""
    if isinstance(node, Product):
        return _is_number(node.first) and all(_is_number(factor) for _, factor in node.rest)
    return isinstance(node, Number)


def _is_list(node: Node) -> bool:
    """Whether a number behind it is a factor: a list in brackets, or such a matrix."""
    return isinstance(node, Items)
