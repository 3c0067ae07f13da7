"""Tree to exact polynomials: sizes are predicted, then expanded.

Offsets: an error from inside an operation gets the offset of the node that caused it.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from symbolic.exercises import arrays, limits, moves
from symbolic.exercises.arrays import Grid, show
from symbolic.exercises.functions import FUNCTIONS, WINDOW_LIMIT, axes, whole
from symbolic.exercises.names import entry_names
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.refusal import Unreadable
from symbolic.exercises.tree import Call, Items, Name, Node, Number, Part, Power, Product, Sum, Transpose, Word

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from symbolic.exercises.functions import Option
    from symbolic.exercises.meter import Meter

_AXES = frozenset({"axis", "axes", "dims", "dim"})


def evaluate(node: Node, shapes: Mapping[str, tuple[int, ...]], meter: Meter) -> Grid:
    """Value of a tree; `shapes` are those of the tensors that may be named as a whole.

    Raises  Unreadable: shapes that do not fit, division by a symbol, a power that is no small integer,
            anything whose predicted size is over a cap.
    """
    return _Evaluation(shapes, meter).value(node)


class _Evaluation:
    """One walk over a tree."""

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], meter: Meter) -> None:
        self.shapes = shapes
        self.meter = meter

    def value(self, node: Node) -> Grid:
        """Value of a node; errors without a place get the place of the innermost node."""
        try:
            return self._value(node)
        except Unreadable as refusal:
            if refusal.at is None:
                refusal.at = node.at
            raise

    def _value(self, node: Node) -> Grid:
        match node:
            case Number():
                return Grid.number(node.value)
            case Name():
                return self._name(node.name)
            case Sum():
                return self._sum(node)
            case Product():
                return self._product(node)
            case Power():
                return self._power(node)
            case Transpose():
                return moves.transpose(self.value(node.base))
            case Call():
                return self._call(node)
            case Part():
                return moves.part(self.value(node.base), node.parts)
            case Word():
                raise Unreadable("word", name=node.word)
            case Items():
                return arrays.stack([self.value(item) for item in node.items], node.at)
        raise AssertionError(type(node))

    def _name(self, name: str) -> Grid:
        shape = self.shapes.get(name)
        if shape is None:
            return Grid.scalar(Polynomial.symbol(name))
        self.meter.spend(prod(shape))
        return Grid(shape, tuple(map(Polynomial.symbol, entry_names(name, shape))))

    def _sum(self, node: Sum) -> Grid:
        values = [(sign, self.value(term)) for sign, term in node.terms]
        shape = values[0][1].shape
        for (_, term), (_, value) in zip(node.terms, values, strict=True):
            if value.shape != shape:
                raise Unreadable("sum_shapes", term.at, left=show(shape), right=show(value.shape))
        signed = [value.entries if sign > 0 else value.map(lambda p: -p).entries for sign, value in values]
        return Grid(shape, tuple(self.meter.total(parts) for parts in zip(*signed, strict=True)))

    def _product(self, node: Product) -> Grid:
        result, before = self.value(node.first), ""
        for operator, factor in node.rest:
            value = self.value(factor)
            try:
                result = self._times(result, operator, value, after=before)
            except Unreadable as refusal:
                if refusal.at is None:
                    refusal.at = factor.at
                raise
            before = operator
        return result

    def _times(self, left: Grid, operator: str, right: Grid, *, after: str) -> Grid:
        if operator == "/":
            inverse = self._divisor(right)
            return left.map(lambda entry: self.meter.scaled(entry, inverse))
        if operator == "⊙":
            return arrays.hadamard(self.meter, left, right)
        if operator.startswith("⋆"):
            return arrays.correlate(self.meter, left, right, mode=operator[1:] or "valid")
        if left.shape and right.shape:
            if operator in {"*", "⊗"}:
                raise Unreadable("which_product", left=show(left.shape), right=show(right.shape))
            return arrays.matmul(self.meter, left, right)
        if operator == "" and after == "/" and not right.shape and right.entries[0].constant is not None:
            raise Unreadable("divided_by_what")
        return arrays.scale(self.meter, left, right)

    def _divisor(self, grid: Grid) -> Fraction:
        if grid.shape:
            raise Unreadable("division_by_matrix")
        number = grid.entries[0].constant
        if number is None:
            raise Unreadable("division_by_symbol", name=min(grid.entries[0].symbols))
        if number == 0:
            raise Unreadable("division_by_zero")
        return 1 / number

    def _power(self, node: Power) -> Grid:
        base, exponent = self.value(node.base), self.value(node.exponent)
        number = exponent.entries[0].constant if not exponent.shape else None
        if number is None or number.denominator != 1:
            raise Unreadable("power_not_integer", node.exponent.at)
        if abs(number) > limits.POWER:
            raise Unreadable("power_too_large", node.exponent.at, limit=limits.POWER)
        if base.shape:
            raise Unreadable("power_of_matrix", node.exponent.at)
        if number >= 0:
            return base.map(lambda entry: self.meter.power(entry, int(number)))
        return Grid.scalar(self.meter.power(Polynomial.number(self._divisor(base)), -int(number)))

    def _call(self, node: Call) -> Grid:
        function = FUNCTIONS[node.function]
        arguments, options = node.arguments, node.options
        if arguments and isinstance(arguments[-1], Word):  # correlate2d(X, delta, 'valid')
            arguments, options = arguments[:-1], (*options, ("mode", arguments[-1]))
        if len(arguments) not in function.arity:
            wanted = "/".join(map(str, sorted(function.arity)))
            raise Unreadable("arguments", node.at, name=node.function, wanted=wanted, got=len(arguments))
        chosen: dict[str, Option] = {}
        for name, given in options:
            if name not in function.options or name in chosen:
                raise Unreadable("unknown_option", given.at, name=name, function=node.function)
            chosen[name] = self._option(name, given)
        result = function.apply(self.meter, tuple(map(self.value, arguments)), chosen)
        self.meter.spend(len(result.entries))
        return result

    def _option(self, name: str, node: Node) -> Option:
        """A word, an axis or several, or a whole number; (2, 2) is 2 for both axes."""
        if isinstance(node, Word):
            if name not in {"mode", "padding"}:
                raise Unreadable("word", node.at, name=node.word)
            return node.word
        if name == "mode":
            raise Unreadable("mode_word", node.at)
        value = self.value(node)
        if name in _AXES:
            return axes(value, node.at)
        found = [whole(Grid.scalar(entry)) for entry in value.entries]
        numbers = [-1 if number is None else number for number in found]
        least = 1 if name in {"stride", "dilation"} else 0
        if len(set(numbers)) != 1 or not least <= numbers[0] <= WINDOW_LIMIT:
            raise Unreadable("option_value", node.at, name=name, least=least, most=WINDOW_LIMIT)
        return numbers[0]
