"""Integer expressions over sizes, kept as they were written: `⌊(i + 2p - k)/s⌋ + 1`.

    Letter, Number, Add, Times, Floor, Mod     the tree of an expression; + - * of Python build it

Letters stand for integers: a padding p for at least 0, every other size for at least 1.
What equals what is shown in `bounds`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.terms.size import Extent, Size
from symbolic.terms.tensors import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def least(letter: str) -> int:
    """The smallest integer that a letter stands for."""
    return 0 if letter.rstrip("'0123456789") == "p" else 1


class Expression(ABC):
    """An integer expression over size letters."""

    @property
    def inside(self) -> tuple[Expression, ...]:
        """The expressions directly inside this one."""
        return ()

    def letters(self) -> Iterator[str]:
        """The names of the letters, in the order of writing."""
        for part in self.inside:
            yield from part.letters()

    @abstractmethod
    def at(self, values: Mapping[str, int]) -> int:
        """The number at given sizes; ProofError where a divisor is not positive."""

    def __add__(self, other: Expression | int) -> Expression:
        terms = [t for side in (self, whole(other)) for t in (side.inside if isinstance(side, Add) else (side,))]
        match terms:
            case [*others, Number(one), Number(two)]:
                terms = [*others, Number(one + two)]
        kept = tuple(term for term in terms if term != Number(0))
        return Add(kept) if len(kept) > 1 else kept[0] if kept else Number(0)

    def __mul__(self, other: Expression | int) -> Expression:
        parts = [f for side in (self, whole(other)) for f in (side.inside if isinstance(side, Times) else (side,))]
        number = prod(part.value for part in parts if isinstance(part, Number))
        factors = tuple(part for part in parts if not isinstance(part, Number))
        if number == 0 or not factors:
            return Number(number)
        factors = factors if number == 1 else (Number(number), *factors)
        return Times(factors) if len(factors) > 1 else factors[0]

    def __radd__(self, other: int) -> Expression:
        return whole(other) + self

    def __rmul__(self, other: int) -> Expression:
        return whole(other) * self

    def __neg__(self) -> Expression:
        return self * -1

    def __sub__(self, other: Expression | int) -> Expression:
        return self + -whole(other)

    def __rsub__(self, other: int) -> Expression:
        return whole(other) - self


@dataclass(frozen=True)
class Letter(Expression):
    """A size that stays symbolic: an identifier, primes allowed behind it."""

    name: str

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not IDENTIFIER.fullmatch(self.name.rstrip("'")):
            raise ProofError(f"a size letter is an identifier such as i or i'; got {str(self.name)[:40]!r}")

    def letters(self) -> Iterator[str]:
        yield self.name

    def at(self, values: Mapping[str, int]) -> int:
        return values[self.name]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Number(Expression):
    """An integer."""

    value: int

    def __post_init__(self) -> None:
        if type(self.value) is not int:
            raise ProofError(f"the arithmetic of sizes takes integers; got {self.value!r:.40}")

    def at(self, values: Mapping[str, int]) -> int:  # noqa: ARG002 - the same for all sizes
        return self.value

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Add(Expression):
    """A sum."""

    terms: tuple[Expression, ...]

    def __post_init__(self) -> None:
        if not self.terms:
            raise ProofError("a sum or a product needs parts")

    @property
    def inside(self) -> tuple[Expression, ...]:
        return self.terms

    def at(self, values: Mapping[str, int]) -> int:
        return sum(term.at(values) for term in self.terms)

    def __str__(self) -> str:
        """`i + 2p - k`."""
        text = ""
        for term in self.terms:
            negative, size = signed(term)
            sign = ("-" if negative else "") if not text else " - " if negative else " + "
            text += sign + (f"({size})" if isinstance(size, Add) else str(size))
        return text


@dataclass(frozen=True)
class Times(Expression):
    """A product; a number, if any, stands first."""

    factors: tuple[Expression, ...]

    def __post_init__(self) -> None:
        if not self.factors:
            raise ProofError("a sum or a product needs parts")

    @property
    def inside(self) -> tuple[Expression, ...]:
        return self.factors

    def at(self, values: Mapping[str, int]) -> int:
        return prod(factor.at(values) for factor in self.factors)

    def __str__(self) -> str:
        """`2p`, `s(o - 1)`, `d*k`."""
        negative, size = signed(self)
        if negative:
            return f"-({size})" if isinstance(size, Add) else f"-{size}"
        text = ""
        for factor in self.factors:
            part = f"({factor})" if isinstance(factor, Add) else str(factor)
            beside = not text or text.isdigit() or not part[0].isalnum()
            text += part if beside else "*" + part
        return text


@dataclass(frozen=True)
class Division(Expression):
    """over divided by `by`, which has a meaning where by >= 1."""

    over: Expression
    by: Expression

    @property
    def inside(self) -> tuple[Expression, ...]:
        return self.over, self.by

    def divided(self, values: Mapping[str, int]) -> tuple[int, int]:
        """Quotient and remainder at given sizes."""
        by = self.by.at(values)
        if by < 1:
            raise ProofError(f"the divisor {self.by} is {by} at these sizes; it must be at least 1")
        return divmod(self.over.at(values), by)


@dataclass(frozen=True)
class Floor(Division):
    """The quotient rounded down: the q with by*q <= over < by*q + by."""

    def at(self, values: Mapping[str, int]) -> int:
        return self.divided(values)[0]

    def __str__(self) -> str:
        return f"⌊{_operand(self.over)}/{_operand(self.by)}⌋"


@dataclass(frozen=True)
class Mod(Division):
    """The remainder over - by*Floor(over, by)."""

    def at(self, values: Mapping[str, int]) -> int:
        return self.divided(values)[1]

    def __str__(self) -> str:
        return f"({_operand(self.over)} mod {_operand(self.by)})"


def whole(value: Expression | int) -> Expression:
    """A number as an expression, or an expression as it is."""
    return value if isinstance(value, Expression) else Number(value)


def expression(size: Extent, meaning: Mapping[str, Expression] | None = None) -> Expression:
    """A polynomial of `index` as an expression: positive terms first, letters replaced by their meaning."""
    total: Expression = Number(0)
    for monomial, number in sorted(Size.of(size).terms, key=lambda term: (not term[0], term[1] < 0, term[0])):
        product: Expression = Number(number)
        for letter in monomial:
            product = product * (meaning or {}).get(letter, Letter(letter))
        total = total + product
    return total


def signed(term: Expression) -> tuple[bool, Expression]:
    """Whether a term prints with a minus, and what stands behind it."""
    number = term.inside[0] if isinstance(term, Times) else term
    negative = isinstance(number, Number) and number.value < 0
    return negative, -term if negative else term


def _operand(term: Expression) -> str:
    return f"({term})" if isinstance(term, Add | Times) else str(term)
