r"""The parts of the grammar that only LaTeX and typeset mathematics need.

group      {…}          fraction   \frac{a}{b}, \frac12, \frac{\partial L}{\partial O_{11}}
matrix     \begin{pmatrix} a & b \\ c & d \end{pmatrix} and its kin
subscript  X_{11}, X_{1,1}, X_1, X₁₁          partial    ∂L/∂O_{11}
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from symbolic.exercises.functions import FUNCTIONS, plain
from symbolic.exercises.refusal import Unreadable, nearest
from symbolic.exercises.tokens import Token, number
from symbolic.exercises.tree import Items, Name, Node, Number, Product

if TYPE_CHECKING:
    from symbolic.exercises.grammar import Parser

_PLAIN = ("matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix")
MATRICES = frozenset({"array", *_PLAIN, *(f"{name}*" for name in _PLAIN)})
DETERMINANTS = frozenset({"vmatrix", "Vmatrix"})
MODES = ("valid", "same", "full")
LOSSES = frozenset({"L", "l", "ell", "J", "E", "loss", "Loss"})
_INDEXED = re.compile(r"([A-Za-z]+)_([A-Za-z]{1,3})")


def group(parser: Parser) -> Node:
    """{…}: invisible brackets; 2{,}5 is refused, since it reads as 2.5 here and as 25 there."""
    opening = parser.expect("{")
    if parser.kind == ",":
        raise Unreadable("decimal_comma", opening.at)
    inside = parser.sum()
    parser.expect("}")
    return inside


def fraction(parser: Parser) -> Node:
    r"""\frac{a}{b}, \frac12, or the derivative \frac{\partial L}{\partial O_{11}}."""
    at = parser.take().at
    if _is_derivative(parser):
        parser.take()
        _loss(parser)
        parser.expect("}")
        parser.expect("{")
        derivative = _cotangent(parser)
        parser.expect("}")
        return derivative
    with parser.deeper():
        over = _argument(parser)
        return Product(at, over, (("/", _argument(parser)),))


def _argument(parser: Parser) -> Node:
    token = parser.peek()
    if token.kind == "number" and len(token.text) > 1 and token.text.isdigit():
        parser.put(Token("number", token.text[1:], token.at + 1, number(token.text[1:], token.at)))
        return Number(token.at, number(token.text[0], token.at))
    return parser.primary()


def _is_derivative(parser: Parser) -> bool:
    r"""Whether {\partial L}{\partial … or {dL}{d… follows."""
    if parser.kind != "{":
        return False
    if parser.peek(1).kind == "∂":
        return parser.peek(3).kind == "}"
    return _is_d(parser.peek(1), LOSSES) and parser.peek(2).kind == "}"


def _is_d(token: Token, of: frozenset[str] | None = None) -> bool:
    """Whether the token is dL (of a loss), or d followed by any name."""
    inside = token.text[1:]
    return token.kind == "name" and token.text[0] == "d" and (inside in of if of else bool(inside))


def partial(parser: Parser) -> Node:
    """∂L/∂O_11, the same as the entry delta_11."""
    _loss(parser)
    parser.expect("/")
    return _cotangent(parser)


def _loss(parser: Parser) -> None:
    if parser.kind == "∂":
        parser.take()
        token = parser.expect("name")
        if token.text not in LOSSES:
            raise Unreadable("not_the_loss", token.at, name=token.text)
    else:
        parser.expect("name")


def _cotangent(parser: Parser) -> Node:
    token = parser.peek()
    if parser.kind == "∂":
        parser.take()
        output = parser.expect("name")
        text = output.text
    elif _is_d(token):
        output = parser.take()
        text = output.text[1:]
    else:
        raise parser.unexpected()
    index = subscript(parser)
    found = parser.names.cotangent(text, index)
    if found is None:
        raise Unreadable("unknown_derivative", output.at, name=text + (f"_{index}" if index else ""))
    return Name(token.at, found)


def matrix(parser: Parser) -> Node:
    r"""Return the rows between \begin{…} and \end{…}; a row break before \end is allowed."""
    opening = parser.take()
    if opening.text in DETERMINANTS:
        raise Unreadable("determinant", opening.at, name=opening.text)
    if opening.text not in MATRICES:
        raise Unreadable("unknown_environment", opening.at, name=opening.text)
    rows: list[Node] = []
    while parser.kind != "end_environment":
        rows.append(_row(parser, opening))
        if parser.kind == "row":
            parser.take()
    closing = parser.take()
    if closing.text != opening.text:
        raise Unreadable("wrong_end", closing.at, name=closing.text, wanted=opening.text)
    if not rows:
        raise Unreadable("empty_list", opening.at)
    return Items(opening.at, tuple(rows), typeset=True)


def _row(parser: Parser, opening: Token) -> Node:
    at, cells = parser.at, [_cell(parser)]
    while parser.kind == "&":
        parser.take()
        cells.append(_cell(parser))
    if parser.kind == "end":
        raise Unreadable("cut_off_bracket", parser.at, wanted=rf"\end{{{opening.text}}}")
    if parser.kind not in {"row", "end_environment"}:
        raise parser.unexpected()
    return Items(at, tuple(cells))


def _cell(parser: Parser) -> Node:
    if parser.kind in {"&", "row", "end_environment"}:
        raise Unreadable("empty_cell", parser.at)
    return parser.sum()


def subscript(parser: Parser) -> str | None:
    r"""Index behind a name: "11" or "1,1"; "full" for \text{conv}_{full}; None where there is none."""
    if parser.kind == "digits":
        return parser.take().text
    if parser.kind != "_":
        return None
    parser.take()
    if parser.kind != "{":
        token = parser.take()
        return _index(token, single=True)
    parser.take()
    parts = [_index(parser.take())]
    while parser.kind in {"number", "name", ",", "-"}:
        parts.append(_index(parser.take()))
    for degrees in (["^", "⊙"], ["^", "{", "⊙", "}"]):  # rot_{180^\circ}
        if [parser.peek(ahead).kind for ahead in range(len(degrees))] == degrees:
            for _ in degrees:
                parser.take()
    parser.expect("}")
    return "".join(parts)


def sliding(parser: Parser) -> str:
    r"""How far a window slides: the index of \star_{full}, \star_{\text{valid}} or ⋆_same."""
    at = parser.peek(1).at
    mode = subscript(parser)
    if mode not in MODES:
        raise Unreadable("bad_mode", at, name=mode or "")
    return mode


def _index(token: Token, *, single: bool = False) -> str:
    if token.kind == "end":
        raise Unreadable("cut_off", token.at, wanted="")
    if token.kind == "number" and token.text.isdigit() and len(token.text) <= 8:
        return token.text
    if token.kind == "name" or (token.kind == "," and not single):
        return token.text
    raise Unreadable("bad_index", token.at, name=token.text)


def own_gradient(parser: Parser, token: Token) -> Node:
    """O.grad, as PyTorch names dL/dO."""
    found = parser.names.cotangent(token.text)
    if found is None:
        raise Unreadable("unknown_derivative", token.at, name=token.text)
    parser.take()
    return Name(token.at, found)


def unknown_name(parser: Parser, token: Token, index: str | None) -> Node:
    """Last readings of a name that nothing bears: dL_dO_11, dL/dO_11, a product of letters; or refuse it."""
    joined = parser.names.joined_cotangent(token.text, index)
    if joined is not None:
        return Name(token.at, joined)
    if _is_d(token, LOSSES) and parser.kind == "/" and _is_d(parser.peek(1)):
        parser.take()
        return _cotangent(parser)
    letters = _letters(parser, token, index) if parser.latex else None
    if letters is not None:
        return letters
    if parser.kind != "(" and len(token.text) > 1 and plain(token.text + (index or "")) in FUNCTIONS:
        raise Unreadable("without_brackets", token.at, name=token.text)
    if parser.kind == "(" and not parser.names.has_base(token.text):
        raise _unknown_function(token)
    spelled = token.text + (f"_{index}" if index else "")
    parts = _INDEXED.fullmatch(spelled.replace(",", ""))
    if parts is not None and parser.names.has_base(parts[1]):
        raise Unreadable("symbolic_index", token.at, name=spelled)
    raise parser.names.unknown(spelled.replace(",", ""), token.at)


def _unknown_function(token: Token) -> Unreadable:
    near = nearest(plain(token.text), FUNCTIONS, cutoff=0.75)
    if near is not None:
        return Unreadable("unknown_function_near", token.at, name=token.text, nearest=near)
    return Unreadable("unknown_function", token.at, name=token.text)


def _letters(parser: Parser, token: Token, index: str | None) -> Node | None:
    """2zX_{11}: letters side by side are a product in LaTeX, if each is a known name."""
    find, text = parser.names.find, token.text
    for cut in range(1, min(len(text), 8)):
        last = find(text[cut:], index)
        if last is not None and all(find(letter) == letter for letter in text[:cut]):
            factors: list[Node] = [Name(token.at + i, letter) for i, letter in enumerate(text[:cut])]
            factors.append(Name(token.at + cut, last))
            return Product(token.at, factors[0], tuple(("", factor) for factor in factors[1:]))
    return None
