"""A network from its call text: `mse_loss(avg_pool2d(conv2d(X, F, stride=2), 2), T)`.

The text comes from outside. It is cut to a few thousand plain characters, parsed into Python's syntax tree, and
walked by hand: calls of the operators of `symbolic.functional`, + - * / **, tensors that have a shape, numbers,
tuples of numbers, True, False, None and short words such as "valid". Nothing is ever evaluated, no attribute is
looked up, and numbers are not calculated with. Every refusal points at its column.
"""

from __future__ import annotations

import ast
import re
import warnings
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, Final

from symbolic import functional
from symbolic.errors import GradproofError, nearest
from symbolic.functional.arguments import tensor
from symbolic.terms.term import Leaf, Node, Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LENGTH: Final = 2_000  # characters
DEPTH: Final = 30  # of brackets
CALLS: Final = 200  # operators in one network
DIGITS: Final = 30  # of one number
AXES: Final = 5  # of one shape in text form: batch, channels and three of space

_PLAIN = re.compile(r"[A-Za-z0-9_+\-*/()\[\],.=\"' \t\n]*")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_SHAPE = re.compile(r"([A-Za-z][A-Za-z0-9_]*)=((?:[0-9]{1,7}(?:x[0-9]{1,7})*)?)")
_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
}


class CallTextError(GradproofError):
    """A call text that is not a network. The message ends in the line with a caret under the place."""


def network(text: str, shapes: Mapping[str, tuple[int, ...]]) -> Node:
    """The network that a call text describes.

    shapes  of the tensors in it: {"X": (4, 4), "F": (3, 3)}; a name without a shape is refused.
    Raises  CallTextError with column and caret; ShapeError, NameInvalidError for the shapes themselves.
    """
    return _Reader(text, shapes).network()


def read_shapes(texts: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Shapes from texts such as X=4x4, F=3x3, b=2, and t= for a single number.

    Raises  GradproofError: another form, too many axes, or one name twice.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for text in texts:
        found = _SHAPE.fullmatch(text)
        if found is None:
            raise GradproofError(
                f"shape {text[:60]!r}: expected NAME=SIZES such as X=4x4, b=2, or t= for a single number"
            )
        sizes = tuple(map(int, found[2].split("x"))) if found[2] else ()
        if len(sizes) > AXES:
            raise GradproofError(f"shape {text[:60]!r}: at most {AXES} axes; got {len(sizes)}")
        if found[1] in shapes:
            raise GradproofError(f"shape: '{found[1]}' is given twice")
        shapes[found[1]] = sizes
    return shapes


class _Reader:
    """One walk over one text."""

    def __init__(self, text: str, shapes: Mapping[str, tuple[int, ...]]) -> None:
        self.text = text
        self.calls = self.depth = 0
        self.leaves: dict[str, Leaf] = {name: tensor(name, shape) for name, shape in shapes.items()}

    def network(self) -> Node:
        self._refuse_unusual()
        found = self._value(self._tree())
        if not isinstance(found, Node):
            raise self._error("this is no network; write a call such as sum(conv2d(X, F))", 0)
        return found

    def _refuse_unusual(self) -> None:
        """Length, characters and depth, before anything is parsed."""
        if not self.text.strip():
            raise CallTextError("the network's text is empty; write a call such as sum(conv2d(X, F))")
        if len(self.text) > LENGTH:
            raise CallTextError(f"the network's text has {len(self.text)} characters; at most {LENGTH} are read")
        plain = _PLAIN.match(self.text)
        end = plain.end() if plain else 0
        if end < len(self.text):
            code = f"U+{ord(self.text[end]):04X}"
            raise self._error(f"the character {code} has no meaning here", end)
        depth = 0
        for place, letter in enumerate(self.text):
            depth += (letter in "([") - (letter in ")]")
            if depth > DEPTH:
                raise self._error(f"brackets are nested more than {DEPTH} deep", place)

    def _tree(self) -> ast.expr:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python's remarks on style are about programs
                return ast.parse(self.text.strip(), mode="eval").body
        except SyntaxError as error:
            start = len(self.text) - len(self.text.lstrip())
            lines = self.text.strip().split("\n")[: max((error.lineno or 1) - 1, 0)]
            place = start + sum(len(line) + 1 for line in lines) + max((error.offset or 1) - 1, 0)
            raise self._error("this is not a call; check brackets and commas", place) from None
        except (RecursionError, MemoryError, ValueError):
            raise CallTextError("the network's text is nested too deeply") from None

    def _value(self, node: ast.expr) -> Any:
        self.depth += 1
        if self.depth > CALLS:
            raise self._at(f"signs and operators are nested more than {CALLS} deep", node)
        value = self._found(node)
        self.depth -= 1
        return value

    def _found(self, node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name):
                return self._tensor(name, node)
            case ast.Call():
                return self._call(node)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                return self._applied(_SIGNS[type(op)], node, [self._value(left), self._value(right)], {})
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                return self._signed(node, self._value(operand))
            case ast.Constant():
                return self._constant(node)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return self._items(node, [self._value(item) for item in items])
        raise self._at("only calls, + - * / **, tensors and numbers are read here", node)

    def _items(self, node: ast.expr, items: list[Any]) -> Any:
        """Tensors in a list, for cat; numbers in a tuple."""
        return items if isinstance(node, ast.List) else tuple(items)

    def _signed(self, node: ast.UnaryOp, value: Any) -> Any:
        negative = isinstance(node.op, ast.USub)
        if isinstance(value, Tensor):
            return self._applied("mul", node, [-1, value], {}) if negative else value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return -value if negative else value
        raise self._at("a sign stands before a number or a tensor", node)

    def _constant(self, node: ast.Constant) -> Any:
        value = node.value
        source = ast.get_source_segment(self.text.strip(), node) or ""
        if isinstance(value, bool | None):
            return value
        if (
            isinstance(value, int | float)
            and re.fullmatch(r"[0-9.]+(e-?[0-9]{1,2})?", source)
            and len(source) <= DIGITS
        ):
            return value
        if isinstance(value, str) and _WORD.fullmatch(value) and source[1:-1] == value:
            return value
        raise self._at('only plain numbers, True, False, None and words such as "valid" are read here', node)

    def _tensor(self, name: str, node: ast.expr) -> Leaf:
        if name not in self.leaves:
            if name in functional.__all__:
                raise self._at(f"'{name}' is an operator; call it, {name}(...)", node)
            known = ", ".join(self.leaves) or "none"
            close = nearest(name, self.leaves) or f"; give it one, such as {name:.40}=3x3"
            raise self._at(f"'{name:.40}' has no shape; tensors with one: {known}{close}", node)
        return self.leaves[name]

    def _call(self, node: ast.Call) -> Any:
        if not isinstance(node.func, ast.Name):
            raise self._at("only operators can be called", node.func)
        name = node.func.id
        if name not in functional.__all__:
            raise self._at(f"unknown operator '{name:.40}'{nearest(name, functional.__all__)}", node.func)
        expected = signature(getattr(functional, name)).parameters
        self._refuse_arguments(name, node, expected)
        values = [self._value(argument) for argument in node.args]
        named = {keyword.arg: self._value(keyword.value) for keyword in node.keywords if keyword.arg}
        return self._applied(name, node, values, named)

    def _refuse_arguments(self, name: str, node: ast.Call, expected: Mapping[str, Parameter]) -> None:
        """Arguments that the operator does not have, has twice, or lacks."""
        positional = [key for key, kind in expected.items() if kind.kind is Parameter.POSITIONAL_OR_KEYWORD]
        if len(node.args) > len(positional):
            raise self._at(f"{name} takes at most {len(positional)} arguments", node.args[len(positional)])
        given = set(positional[: len(node.args)])
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg not in expected:
                known = ", ".join(expected)
                close = nearest(keyword.arg or "", expected)
                raise self._at(f"{name} has no argument '{(keyword.arg or '**')[:40]}'; it has {known}{close}", keyword)
            if keyword.arg in given:
                raise self._at(f"{name}: the argument '{keyword.arg}' is given twice", keyword)
            given.add(keyword.arg)
        missing = [key for key, kind in expected.items() if kind.default is Parameter.empty and key not in given]
        if missing:
            raise self._at(f"{name} needs the argument '{missing[0]}'", node)

    def _applied(self, name: str, node: ast.expr, values: list[Any], named: dict[str, Any]) -> Any:
        self.calls += 1
        if self.calls > CALLS:
            raise self._at(f"the network has more than {CALLS} operators", node)
        if isinstance(node, ast.BinOp) and not any(isinstance(value, Tensor) for value in values):
            raise self._at("numbers alone are not calculated with; write the result", node)
        try:
            return getattr(functional, name)(*values, **named)
        except GradproofError as error:
            raise self._at(str(error), node) from error

    def _at(self, message: str, node: ast.expr | ast.keyword) -> CallTextError:
        stripped = self.text.strip()
        lines = stripped.split("\n")[: node.lineno - 1]
        start = len(self.text) - len(self.text.lstrip())
        return self._error(message, start + sum(len(line) + 1 for line in lines) + node.col_offset)

    def _error(self, message: str, place: int) -> CallTextError:
        """The sentence, the part of the line around the place, and a caret under it."""
        place = min(place, len(self.text))
        first = self.text.rfind("\n", 0, place) + 1
        line = self.text[first:].split("\n")[0].replace("\t", " ")
        column = place - first
        left = max(0, column - 40)
        shown = "".join(c if c.isprintable() else "\N{MIDDLE DOT}" for c in line[left : left + 72])
        return CallTextError(f"column {column + 1}: {message}\n  {shown}\n  {' ' * (column - left)}^")
