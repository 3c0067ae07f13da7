r"""What stands around an expression: $…$, \[…\], a label in front, a full stop behind, chains of equals.

    \[ \frac{\partial L}{\partial F} = conv(X, delta) = \begin{pmatrix} … \end{pmatrix}. \]

A first side that is only a label (K_{new}, dL/dF, ∂L/∂F) is dropped. All other sides are read, and they
must agree: which one was meant is never guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.exercises.evaluate import evaluate
from symbolic.exercises.grammar import Parser
from symbolic.exercises.refusal import Unreadable
from symbolic.exercises.tokens import Token, tokenize

if TYPE_CHECKING:
    from symbolic.exercises.arrays import Grid
    from symbolic.exercises.meter import Meter
    from symbolic.exercises.names import Names

_WRAPS = {"\\[": "\\]", "\\(": "\\)", "$": "$", "$$": "$$"}
_DISPLAYS = frozenset({"equation", "equation*", "displaymath", "math"})
_LABEL = frozenset({"name", "number", "_", "^", "{", "}", "/", "frac", "∂", "∇", "'", ",", "ᵀ", "digits"})
_LABEL_LENGTH = 30
_OPEN = frozenset({"(", "[", "{", "begin"})
_CLOSE = frozenset({")", "]", "}", "end_environment"})


def read_text(text: str, names: Names, meter: Meter) -> tuple[Grid, bool]:
    """Value of SymPy-style text or LaTeX, and whether it was LaTeX.

    Raises  Unreadable, with offsets into `text`.
    """
    tokens, latex = tokenize(text)
    if not tokens:
        raise Unreadable("empty")
    sides = _sides(_unwrap(tokens))
    if len(sides) > 1 and _is_label(sides[0]):
        del sides[0]
    values: list[Grid] = []
    for side, following in zip(sides, [*sides[1:], []], strict=True):
        end = following[0].at - 1 if following else len(text.rstrip())
        node = Parser(side, names, end=end, latex=latex).whole()
        values.append(evaluate(node, names.shapes, meter))
        if values[-1] != values[0]:
            raise Unreadable("sides_differ", side[0].at)
    return values[0], latex


def _unwrap(tokens: list[Token]) -> list[Token]:
    """Without the marks of mathematics around the expression and the punctuation behind it."""
    first, last = 0, len(tokens)
    while first < last:
        opening, closing = tokens[first], tokens[last - 1]
        if closing.kind in {".", ",", ";"}:
            last -= 1
        elif last - first > 1 and _encloses(opening, closing):
            first, last = first + 1, last - 1
        else:
            break
    return tokens[first:last]


def _encloses(opening: Token, closing: Token) -> bool:
    if opening.kind == "begin":
        return opening.text in _DISPLAYS and closing.text == opening.text
    return _WRAPS.get(opening.kind) == closing.kind


def _sides(tokens: list[Token]) -> list[list[Token]]:
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


def _is_label(side: list[Token]) -> bool:
    kinds = {token.kind for token in side}
    return 0 < len(side) <= _LABEL_LENGTH and kinds <= _LABEL and bool(kinds & {"name"})
