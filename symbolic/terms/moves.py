"""Terms that move entries and compute none: routes, flips, single entries, arrays written entry by entry."""

from __future__ import annotations

from dataclasses import dataclass

from symbolic.errors import ShapeError
from symbolic.terms.tensors import Index, Shape, Term


@dataclass(frozen=True)
class Route(Term):
    """Entries moved: output[o] is the sum of source[a] over the pairs (o, a) of flat positions.

    Reshape, concatenation, slicing and a max-pool with fixed winners are routes; the transpose swaps the pairs.
    """

    source: Term
    shape: Shape
    pairs: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        outputs, inputs = self.size, self.source.size
        if any(not (0 <= o < outputs and 0 <= a < inputs) for o, a in self.pairs):
            raise ShapeError(f"a route from shape {self.source.shape} to {self.shape} names a position outside them")

    @property
    def parts(self) -> tuple[Term, ...]:
        return (self.source,)

    def back(self, cotangent: Term) -> Route:
        """The transpose applied to a cotangent of this route's shape."""
        return Route(cotangent, self.source.shape, tuple(sorted((a, o) for o, a in self.pairs)))


@dataclass(frozen=True)
class Flip(Term):
    """The source reversed along `axes`; along both axes of a kernel this is rot180."""

    source: Term
    axes: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(set(self.axes)) != len(self.axes) or any(not 0 <= axis < len(self.source.shape) for axis in self.axes):
            raise ShapeError(f"different axes of shape {self.source.shape} can be flipped; got {self.axes}")

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        return self.source.shape

    @property
    def parts(self) -> tuple[Term, ...]:
        return (self.source,)


@dataclass(frozen=True)
class Entry(Term):
    """One entry of a term, 0-based."""

    source: Term
    index: Index
    shape: Shape = ()

    def __post_init__(self) -> None:
        ok = len(self.index) == len(self.source.shape) and all(
            isinstance(n, int) and 0 <= i < n for i, n in zip(self.index, self.source.shape, strict=True)
        )
        if not ok:
            raise ShapeError(f"no entry {self.index} in shape {self.source.shape}")

    @property
    def parts(self) -> tuple[Term, ...]:
        return (self.source,)


@dataclass(frozen=True)
class Stack(Term):
    """An array written entry by entry, row-major; every entry has shape ()."""

    entries: tuple[Term, ...]
    shape: Shape

    def __post_init__(self) -> None:
        if len(self.entries) != self.size or any(entry.shape != () for entry in self.entries):
            raise ShapeError(f"a stack of shape {self.shape} takes {self.size} scalars; got {len(self.entries)}")

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.entries
