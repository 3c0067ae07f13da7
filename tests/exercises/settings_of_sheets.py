"""What the seven sheets of data/answers.json allow, and their truths written out from the definitions."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.reader import Answer, read

TWO = range(1, 3)


@dataclass(frozen=True)
class Sheet:
    """Arguments of `read` and the expected entries in row-major order."""

    expected: tuple[int, ...]
    truth: tuple[Polynomial, ...]
    symbols: tuple[str, ...] = ()
    shapes: Mapping[str, tuple[int, ...]] | None = None
    labels: tuple[str, ...] = ()

    def read(self, data: str | bytes, fmt: str = "auto", *, fit: bool = True) -> Answer:
        return read(
            data,
            fmt,
            symbols=self.symbols,
            shapes=self.shapes,
            labels=self.labels,
            expected=self.expected if fit else None,
        )


def entry(name: str, i: int, j: int) -> Polynomial:
    return Polynomial.symbol(f"{name}_{i}{j}")


def filter_gradient() -> tuple[Polynomial, ...]:
    """dL/dF[u,v] = sum of delta[i,j] X[i+u,j+v]."""
    return tuple(
        Polynomial.total(entry("X", i + u - 1, j + v - 1) * entry("delta", i, j) for i in TWO for j in TWO)
        for u in TWO
        for v in TWO
    )


def input_gradient() -> tuple[Polynomial, ...]:
    """dL/dX[a,b]: every output position scatters its delta through the filter."""
    table = {(a, b): Polynomial({}) for a in range(1, 4) for b in range(1, 4)}
    for i, j, u, v in product(TWO, TWO, TWO, TWO):
        table[i + u - 1, j + v - 1] += entry("delta", i, j) * entry("F", u, v)
    return tuple(table.values())


def pooled_gradient() -> tuple[Polynomial, ...]:
    """dL/dw[u,v] = 2 (z - t) / 4 times the sum of X over the four windows."""
    residual = Polynomial.symbol("z") - Polynomial.symbol("t")
    return tuple(
        (residual * Polynomial.total(entry("X", i + u - 1, j + v - 1) for i in TWO for j in TWO)).scaled(Fraction(1, 2))
        for u in TWO
        for v in TWO
    )


def numbers(*values: str) -> tuple[Polynomial, ...]:
    return tuple(Polynomial.number(Fraction(value)) for value in values)


SHEETS = {
    "a": Sheet((2, 2), filter_gradient(), shapes={"X": (3, 3), "delta": (2, 2)}),
    "b": Sheet((3, 3), input_gradient(), shapes={"F": (2, 2), "delta": (2, 2)}),
    "c": Sheet((2, 2), numbers("48", "64", "96", "112")),
    "d": Sheet((2, 2), numbers("2.52", "1.36", "0.04", "3.88")),
    "e": Sheet((2, 2), pooled_gradient(), symbols=("z", "t"), shapes={"X": (3, 3), "w": (2, 2)}),
    "f": Sheet((3,), numbers("-4800", "-4800", "-2640"), labels=("dw1", "db1", "dw2")),
    "g": Sheet((2,), numbers("5898240000", "1638400000"), labels=("direct", "bottleneck")),
}
