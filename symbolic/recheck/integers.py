"""Integers that depend on sizes: expressions with floors and remainders, and the two counts of positions.

Every letter stands for an integer: a padding (p, p1, p', ...) for at least 0, any other size for at least 1.
`at` counts in plain loops from what the words say; `bounds` proves for all sizes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from symbolic.recheck.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FAR = 1000  # a screen at small sizes never counts that far
COUNTS = {
    "outputs": ("input", "kernel", "stride", "low", "high", "dilation", "input_dilation"),
    "transposed_outputs": ("input", "kernel", "stride", "low", "high", "dilation"),
}
POSITIVE = ("input", "kernel", "stride", "dilation", "input_dilation")  # sizes and steps; low and high may be negative


@dataclass(frozen=True)
class Expression:
    """kind: letter, number, plus, times, floor (over, by) or mod (over, by)."""

    kind: str
    parts: tuple[Expression, ...] = ()
    name: str = ""
    number: int = 0

    def letters(self) -> Iterator[str]:
        """The letters in the order of writing."""
        if self.kind == "letter":
            yield self.name
        for part in self.parts:
            yield from part.letters()

    def at(self, values: Mapping[str, int]) -> int:
        """The integer at given sizes; refused where a divisor is not positive."""
        if self.kind == "letter":
            return values[self.name]
        inside = [part.at(values) for part in self.parts]
        match self.kind:
            case "plus":
                return sum(inside)
            case "times":
                return prod(inside)
            case "floor" | "mod":
                over, by = inside
                if by < 1:
                    raise RefusedError(f"the divisor {self.parts[1]} is {by} at {_sizes(values)}")
                return over // by if self.kind == "floor" else over % by
        return self.number

    def __str__(self) -> str:
        """`⌊(i + 2*p - k)/s⌋ + 1`, brackets where they are needed."""
        inside = [f"({part})" if part.kind == "plus" else str(part) for part in self.parts]
        match self.kind:
            case "letter":
                return self.name
            case "plus":
                return " + ".join(map(str, self.parts)).replace("+ -", "- ")
            case "times":
                return "-" + "*".join(inside[1:]) if inside[0] == "-1" else "*".join(inside)
            case "floor":
                return f"⌊{inside[0]}/{inside[1]}⌋"
            case "mod":
                return f"({inside[0]} mod {inside[1]})"
        return str(self.number)


@dataclass(frozen=True)
class Condition:
    """left >= right, or left = right."""

    kind: str
    left: Expression
    right: Expression

    def holds(self, values: Mapping[str, int]) -> bool:
        """Whether it is so at given sizes."""
        left, right = self.left.at(values), self.right.at(values)
        return left >= right if self.kind == "at_least" else left == right

    def __str__(self) -> str:
        return f"{self.left} {'>=' if self.kind == 'at_least' else '='} {self.right}"


@dataclass(frozen=True)
class Integer:
    """kind: value, outputs or transposed_outputs; fields: its expressions under their names."""

    kind: str
    fields: tuple[tuple[str, Expression], ...]
    given: tuple[Condition, ...]

    def __getitem__(self, name: str) -> Expression:
        return dict(self.fields)[name]

    @property
    def sizes(self) -> tuple[Expression, ...]:
        """What must be at least 1 for the count to have a meaning; in the order in which it is to be shown."""
        return tuple(self[name] for name in POSITIVE if name in dict(self.fields))

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of the integer and of its conditions, each once."""
        sides = [side for condition in self.given for side in (condition.left, condition.right)]
        every = [*(part for _, part in self.fields), *sides]
        return tuple(dict.fromkeys(letter for part in every for letter in part.letters()))

    def meant(self, values: Mapping[str, int]) -> bool:
        """Whether the sizes are in its domain: no letter below its least value, every condition fulfilled."""
        if any(values[letter] < least(letter) for letter in self.letters):
            return False
        return all(condition.holds(values) for condition in self.given)

    def at(self, values: Mapping[str, int]) -> int:
        """The integer at given sizes, counted one by one."""
        if self.kind == "value":
            return self["value"].at(values)
        at = {name: part.at(values) for name, part in self.fields}
        if any(at[name] < 1 for name in POSITIVE if name in at):
            raise RefusedError(f"{self} has a size or a step below 1 at {_sizes(values)}")
        if max(map(abs, at.values())) > FAR:
            raise RefusedError(f"{self} is too large to be counted at {_sizes(values)}")
        return _windows(at) if self.kind == "outputs" else _covered(at)

    def __str__(self) -> str:
        if self.kind == "value":
            return str(self["value"])
        inside = ", ".join(f"{name} {part}" for name, part in self.fields)
        return f"{self.kind.replace('_', ' ')}({inside})"


def least(letter: str) -> int:
    """The smallest integer that a letter stands for."""
    return 0 if letter.rstrip("'0123456789") == "p" else 1


def _windows(at: Mapping[str, int]) -> int:
    """Windows that lie inside the padded input with zeros inserted."""
    length = at["low"] + at["high"] + sum(1 if x == 0 else at["input_dilation"] for x in range(at["input"]))
    count = 0
    while at["stride"] * count + at["dilation"] * (at["kernel"] - 1) < length:
        count += 1
    return count


def _covered(at: Mapping[str, int]) -> int:
    """Places up to the last one that an entry is spread to, less those cut off at both ends."""
    last = max(at["stride"] * x + at["dilation"] * u for x in range(at["input"]) for u in range(at["kernel"]))
    return max(0, len(range(at["low"], last + 1 - at["high"])))


def _sizes(values: Mapping[str, int]) -> str:
    return ", ".join(f"{letter} = {value}" for letter, value in sorted(values.items()))
