"""The reader's own small tree: what the text says, before anything is expanded.

Every node knows the offset `at` of its first character, for messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Node:
    """Common part of all nodes."""

    at: int


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number as written: 63, 2.52, 5{,}898."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A known name, canonical: an entry (X_11), a scalar (t) or a whole tensor (X)."""

    name: str


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """Signed terms: (1, a), (-1, b) is a - b."""

    terms: tuple[tuple[int, Node], ...]


@dataclass(frozen=True, slots=True)
class Product(Node):
    """Factors from left to right with the operator before each: * / @ ⊙ ⋆ ⊗, or "" for juxtaposition."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Power(Node):
    """base ** exponent."""

    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Transpose(Node):
    """X^T, X.T."""

    base: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of `functions.py` by its plain name, with options such as stride=2."""

    function: str
    arguments: tuple[Node, ...]
    options: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Part(Node):
    """X[0, 1:], F[::-1, ::-1]: places and slices as in Python, counted from 0."""

    base: Node
    parts: tuple[int | slice, ...]


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A quoted word among arguments: 'full', 'valid' or 'same'."""

    word: str


@dataclass(frozen=True, slots=True)
class Items(Node):
    """A list or tuple: [a, b], (a, b), or the rows and cells of a LaTeX matrix."""

    items: tuple[Node, ...]
    typeset: bool = False  # a LaTeX matrix: brackets around it belong to it
