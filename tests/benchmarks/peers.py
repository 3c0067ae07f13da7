"""The same job by computer algebra: differentiate the expanded loss by every entry and compare with the convolution.

Written as a person who knows the library would write it first; `algebra` is sympy or symengine.
"""

from __future__ import annotations

from itertools import count, product
from typing import Any

_fresh = count()
Grid = dict[tuple[int, int], Any]


def grid(algebra: Any, name: str, rows: int, columns: int) -> Grid:
    """Symbols of a matrix."""
    return {(i, j): algebra.Symbol(f"{name}_{i}_{j}") for i in range(rows) for j in range(columns)}


def correlation(X: Grid, F: Grid, m: int, k: int) -> Grid:
    """O[i, j] = sum F[u, v] X[i + u, j + v]."""
    window = list(product(range(k), repeat=2))
    return {(i, j): sum(F[u, v] * X[i + u, j + v] for u, v in window) for i, j in product(range(m), repeat=2)}


def prove(algebra: Any, n: int, k: int, *, opaque: bool = False) -> None:
    """Both gradients of the mean squared error equal their convolutions with delta, every entry expanded.

    opaque  delta stays symbols: the scalar is sum delta * O, far fewer terms.
    """
    m, number = n - k + 1, next(_fresh)
    X, F, T = grid(algebra, f"X{number}", n, n), grid(algebra, f"F{number}", k, k), grid(algebra, f"T{number}", m, m)
    O = correlation(X, F, m, k)
    if opaque:
        delta = grid(algebra, f"D{number}", m, m)
        loss = sum(delta[at] * O[at] for at in O)
    else:
        delta = {at: 2 * (O[at] - T[at]) / algebra.Integer(m * m) for at in O}
        loss = sum((O[at] - T[at]) ** 2 for at in O) / algebra.Integer(m * m)
    for (u, v), symbol in F.items():
        convolution = sum(delta[i, j] * X[i + u, j + v] for i, j in O)
        refuse_difference(algebra, algebra.diff(loss, symbol), convolution)
    for (a, b), symbol in X.items():
        reads = [(u, v) for u, v in F if (a - u, b - v) in delta]
        convolution = sum(delta[a - u, b - v] * F[u, v] for u, v in reads)
        refuse_difference(algebra, algebra.diff(loss, symbol), convolution)


def refuse_difference(algebra: Any, one: Any, other: Any) -> None:
    """Both sides, each expanded, are the same polynomial."""
    if algebra.expand(one) != algebra.expand(other):
        raise ArithmeticError(f"{one} is not {other}")


def latex(n: int, k: int) -> str:
    """SymPy's LaTeX of both gradients, delta as symbols, an entry after the other."""
    import sympy

    m = n - k + 1
    X, F, delta = grid(sympy, "X", n, n), grid(sympy, "F", k, k), grid(sympy, "delta", m, m)
    entries = [sympy.Add(*(delta[i, j] * X[i + u, j + v] for i, j in delta)) for u, v in F]
    entries += [sympy.Add(*(delta[a - u, b - v] * F[u, v] for u, v in F if (a - u, b - v) in delta)) for a, b in X]
    return "\n".join(map(sympy.latex, entries))
