"""Theorem: what is proved under one key, in one or several derivations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symbolic.kernel.step import Scope
from symbolic.showing import Shown

if TYPE_CHECKING:
    from symbolic.kernel.step import Derivation


@dataclass(frozen=True, repr=False)
class Theorem(Shown):
    """A key and the derivations that make up the statement, each with a name of its own."""

    key: str
    parts: tuple[Derivation, ...]

    @property
    def scope(self) -> Scope:
        """The weakest scope of any part."""
        return max((part.scope for part in self.parts), key=list(Scope).index)

    @property
    def evidence(self) -> tuple[str, ...]:
        """The kinds of evidence used, each once."""
        return tuple(dict.fromkeys(kind for part in self.parts for kind in part.evidence))

    @property
    def given(self) -> tuple[str, ...]:
        """The conditions of all parts, each once."""
        return tuple(dict.fromkeys(condition for part in self.parts for condition in part.given))

    @property
    def steps(self) -> int:
        """The number of steps in all parts."""
        return sum(len(part.steps) for part in self.parts)

    def __repr__(self) -> str:
        """`<theorem input-gradient: 2 parts, all sizes>`."""
        count = f"{len(self.parts)} part{'s' * (len(self.parts) != 1)}"
        return f"<theorem {self.key}: {count}, {self.scope.value}>"
