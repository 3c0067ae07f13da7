"""Integers that depend on sizes, as terms: expressions, and the two counts that size formulas are about.

    AtLeast, Equals      conditions: `i + 2p >= k`, `s divides i - k`, `k odd`
    Whole                an integer expression
    Outputs              how many windows lie inside a padded, zero-inserted input
    TransposedOutputs    how many places the windows of a transposed convolution cover, cropped

Both counts ask how many x >= 0 have step*x <= room. Source: Dumoulin & Visin 2016, arXiv:1603.07285.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from symbolic.errors import ProofError
from symbolic.kernel.integers import Expression, Mod, Number, least
from symbolic.terms.tensors import Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symbolic.terms.tensors import Shape

ZERO, ONE = Number(0), Number(1)


@dataclass(frozen=True)
class AtLeast:
    """left >= right."""

    left: Expression
    right: Expression

    def holds(self, values: Mapping[str, int]) -> bool:
        """Whether it is so at given sizes."""
        return self.left.at(values) >= self.right.at(values)

    def __str__(self) -> str:
        return f"{self.left} >= {self.right}"


@dataclass(frozen=True)
class Equals:
    """left = right; a remainder of 0 prints as `s divides i - k`, a remainder of 1 by 2 as `k odd`."""

    left: Expression
    right: Expression

    def holds(self, values: Mapping[str, int]) -> bool:
        """Whether it is so at given sizes."""
        return self.left.at(values) == self.right.at(values)

    def __str__(self) -> str:
        match self.left, self.right:
            case Mod(over, by), Number(0):
                return f"{by} divides {over}"
            case Mod(over, Number(2)), Number(1):
                return f"{over} odd"
        return f"{self.left} = {self.right}"


Condition = AtLeast | Equals


@dataclass(frozen=True)
class Integer(Term, ABC):
    """A term that is one integer for all sizes that meet `given`, as a function has a domain."""

    given: tuple[Condition, ...] = field(default=(), kw_only=True)

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        return ()

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions that it is made of."""
        return ()

    def letters(self) -> tuple[str, ...]:
        """The size letters, each once, those of the conditions too."""
        conditions = [side for condition in self.given for side in (condition.left, condition.right)]
        return tuple(dict.fromkeys(x for part in (*self.expressions, *conditions) for x in part.letters()))

    @abstractmethod
    def at(self, values: Mapping[str, int]) -> int:
        """The integer at given sizes; ProofError where it has no meaning."""


@dataclass(frozen=True)
class Whole(Integer):
    """An integer expression."""

    value: Expression

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (self.value,)

    def at(self, values: Mapping[str, int]) -> int:
        return self.value.at(values)

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Count(Integer):
    """The number of x >= 0 with step*x <= room. Sizes and steps are at least 1, paddings may be negative."""

    input: Expression
    kernel: Expression
    stride: Expression = ONE
    low: Expression = ZERO
    high: Expression = ZERO
    dilation: Expression = ONE

    @property
    @abstractmethod
    def step(self) -> Expression:
        """The distance from one position to the next."""

    @property
    @abstractmethod
    def room(self) -> Expression:
        """How far the first position can move."""

    @property
    def sizes(self) -> tuple[Expression, ...]:
        """What must be at least 1."""
        return self.input, self.kernel, self.stride, self.dilation

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return *self.sizes, self.low, self.high

    def at(self, values: Mapping[str, int]) -> int:
        if any(size.at(values) < 1 for size in self.sizes):
            raise ProofError(f"a size or a step of {self} is less than 1 at these sizes")
        return max(0, self.room.at(values) // self.step.at(values) + 1)

    def _text(self, **more: Expression) -> str:
        named = {"stride": self.stride, "dilation": self.dilation, **more}
        steps = [f"{name} {value}" for name, value in named.items() if value != ONE]
        pads = [f"padding {self.low}" if self.low == self.high else f"padding ({self.low}, {self.high})"]
        shown = steps + (pads if (self.low, self.high) != (ZERO, ZERO) else [])
        return ", ".join([f"input {self.input}", f"kernel {self.kernel}", *shown])


@dataclass(frozen=True)
class Outputs(Count):
    """The positions of a window: x >= 0 with stride*x + dilation*(kernel-1) + 1 <= the input's length.

    The input has input_dilation*(input-1) + 1 entries once zeros are inserted, and low + high padding.
    """

    input_dilation: Expression = ONE

    @property
    def step(self) -> Expression:
        return self.stride

    @property
    def room(self) -> Expression:
        reach = self.dilation * (self.kernel - 1)
        return self.input_dilation * (self.input - 1) + self.low + self.high - reach

    @property
    def sizes(self) -> tuple[Expression, ...]:
        return *super().sizes, self.input_dilation

    def __str__(self) -> str:
        return f"outputs({self._text(input_dilation=self.input_dilation)})"


@dataclass(frozen=True)
class TransposedOutputs(Count):
    """The places y >= 0 that are not beyond the last one written, stride*(input-1) + dilation*(kernel-1) - low - high.

    Entry x of the input is spread to stride*x + dilation*u, 0 <= u < kernel; low and high places are cut off.
    """

    @property
    def step(self) -> Expression:
        return ONE

    @property
    def room(self) -> Expression:
        return self.stride * (self.input - 1) + self.dilation * (self.kernel - 1) - self.low - self.high

    def __str__(self) -> str:
        return f"transposed outputs({self._text()})"


def meets(side: Integer, values: Mapping[str, int]) -> bool:
    """Whether sizes are in the domain of a term: no letter below its least value, every condition met."""
    if any(type(values.get(x)) is not int or values[x] < least(x) for x in side.letters()):
        return False
    try:
        return all(condition.holds(values) for condition in side.given)
    except ProofError:  # a divisor in a condition that is 0 there
        return False
