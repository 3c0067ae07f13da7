"""The cost of a layer as terms: formulas in letters, read off the layer's form, and their numbers as checked steps."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from render.notes.costs import factors
from render.notes.numbers import numbers_of
from render.notes.steps import number
from symbolic import tensor
from symbolic.kernel.logic import Definition, Expand, Rule, Step
from symbolic.terms.cost import activations, multiply_adds, parameters, square_layer
from symbolic.terms.size import Size, letter_size
from symbolic.terms.term import Const, Leaf, Map, Multi, Node, Sum, Term, scalars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symbolic.terms.size import Extent

LETTERS = ("H", "W", "D", "k", "C")  # height, width, output channels, kernel, input channels, in the order of print
Layer = dict[str, int]

SIDE = 100
DIRECT: Layer = {"H": SIDE, "W": SIDE, "k": 3, "C": 256, "D": 256}
BOTTLENECK: tuple[Layer, ...] = ({**DIRECT, "k": 1, "D": 64}, {**DIRECT, "C": 64})


class Sizes:
    """time, parameters and activations of a layer with letters for its sizes."""

    def __init__(self) -> None:
        self.letters: dict[str, Leaf] = {name: tensor(name, ()) for name in LETTERS}
        k, c, d, h, w = (letter_size(name) for name in ("k", "C", "D", "H", "W"))
        layer = square_layer(k, c, d, h, w)
        self.time = self.node("T", multiply_adds(layer))
        self.parameters = self.node("P", parameters(layer))
        self.activations = self.node("A", activations(layer))

    def node(self, name: str, size: Extent) -> Node:
        """A count under a name."""
        used = tuple(leaf for letter, leaf in self.letters.items() if letter in _letters(size))
        return Node("count", used, self.term(size), name=name)

    def term(self, size: Extent) -> Term:
        """A monomial in size letters as a product of scalars, k k as a square."""
        if not isinstance(size, Size) or len(size.terms) != 1:
            raise TypeError(f"expected one product of size letters; got {size}")
        ((monomial, count),) = size.terms
        found: list[Term] = [] if count == 1 else [number(count)]
        for letter in LETTERS:
            power, leaf = monomial.count(letter), self.letters[letter]
            if power:
                found.append(leaf if power == 1 else Map("pow", leaf, param=Fraction(power)))
        return scalars(*found)

    def given(self, layer: Layer) -> tuple[Step, ...]:
        """The sizes of a layer."""
        return tuple(Step(self.letters[x], number(layer[x]), Rule.GIVEN, Definition()) for x in LETTERS)

    def put(self, node: Node, layer: Layer) -> Term:
        """The count with numbers for its letters, the kernel's side twice."""
        body = node.body
        if not isinstance(body, Multi):
            raise TypeError("expected a product")
        return factors(*(n for part in body.operands for n in self._numbers(part, layer)))

    def _numbers(self, part: Term, layer: Layer) -> list[int]:
        leaf = part.source if isinstance(part, Map) else part
        if not isinstance(leaf, Leaf):
            return [int(numbers_of(part)[0])]
        repeated = int(part.param or 1) if isinstance(part, Map) else 1
        return [layer[leaf.name]] * repeated

    def worked(self, node: Node, layer: Layer) -> tuple[Step, ...]:
        """The formula = numbers put in = the count."""
        put = self.put(node, layer)
        amount = Const(Fraction(self.amount(node, layer)))
        return Step(node.body, put, Rule.GIVEN, Expand(self.given(layer))), Step(put, amount, Rule.NUMBERS, Expand())

    def amount(self, node: Node, layer: Layer) -> int:
        """The count, from the form of the layer with these numbers."""
        counts = {self.time: multiply_adds, self.parameters: parameters, self.activations: activations}
        sized = square_layer(layer["k"], layer["C"], layer["D"], layer["H"], layer["W"])
        found = counts[node](sized)
        if not isinstance(found, int):
            raise TypeError("a layer with numbers for its sizes has a number for its cost")
        return found

    def summed(self, node: Node, layers: Sequence[Layer]) -> Step:
        """The counts of several layers, added up."""
        total = Const(Fraction(sum(self.amount(node, layer) for layer in layers)))
        return Step(Sum(tuple(self.put(node, layer) for layer in layers), ()), total, Rule.NUMBERS, Expand())

    @property
    def detour(self) -> Step:
        """Multiply-adds through M channels: H W M (C + k^2 D)."""
        middle = tensor("M", ())
        h, w, d, k, c = (self.letters[x] for x in LETTERS)
        squared = Map("pow", k, param=Fraction(2))
        whole = Sum((scalars(h, w, middle, c), scalars(h, w, d, squared, middle)), ())
        return Step(whole, scalars(h, w, middle, Sum((c, scalars(squared, d)), ())), Rule.COLLECT, Expand())

    @property
    def detour_worked(self) -> tuple[Step, Step]:
        """The same with the numbers of the example: 100 100 M (256 + 3 3 256), a multiple of M."""
        middle = tensor("M", ())
        h, w, d, k, c = (DIRECT[x] for x in LETTERS)
        inner = Sum((number(c), factors(k, k, d)), ())
        put = scalars(number(h), number(w), middle, inner)
        whole = scalars(middle, scale=Fraction(h * w * (c + k * k * d)))
        return Step(self.detour.rhs, put, Rule.GIVEN, Expand(self.given(DIRECT))), Step(
            put, whole, Rule.NUMBERS, Expand()
        )


def _letters(size: Extent) -> set[str]:
    return {letter for monomial, _ in size.terms for letter in monomial} if isinstance(size, Size) else set()


def amounts(sizes: Sizes, node: Node) -> tuple[int, int]:
    """A count directly and through the bottleneck."""
    return sizes.amount(node, DIRECT), sum(sizes.amount(node, layer) for layer in BOTTLENECK)


def break_even(sizes: Sizes) -> tuple[Fraction, int]:
    """At how many channels in between the detour costs as much, and the largest whole number below."""
    single = ({"D": 1}, {"C": 1})
    per_channel = sum(sizes.amount(sizes.time, {**layer, **one}) for layer, one in zip(BOTTLENECK, single, strict=True))
    limit = Fraction(sizes.amount(sizes.time, DIRECT), per_channel)
    return limit, -(-limit.numerator // limit.denominator) - 1
