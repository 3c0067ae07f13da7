"""TABLE of elementwise functions: value, derivative, kink. One row each.

`symbolic` builds the SymPy expression of f(x), or of its derivative, which SymPy finds itself where f is
smooth; `value` and `slope` work on NumPy arrays, exactly on ints and Fractions where f allows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    import sympy

Array = NDArray[Any]
Param = Fraction | None


@dataclass(frozen=True, slots=True)
class Local:
    """One elementwise function.

    symbolic  (x, param, order) -> SymPy expression of the derivative of that order at x.
    value, slope   (array, param) -> array; floats, or exact numbers where `exact`.
    kink      the condition under which the derivative holds, in words; "" where f is smooth.
    piece     (x, param, number) -> the smooth expression that f is where x has that value; None where f is smooth.
    """

    symbolic: Callable[[Any, Param, int], sympy.Expr]
    value: Callable[[Array, Param], Array]
    slope: Callable[[Array, Param], Array]
    exact: bool = False
    kink: str = ""
    piece: Callable[[Any, Param, Any], Any] | None = None


def _smooth(build: Callable[[Any], Any]) -> Callable[[Any, Param, int], Any]:
    """SymPy differentiates: once per order, in a symbol of its own, then the argument is put in."""
    known: dict[int, tuple[Any, Any]] = {}

    def symbolic(x: Any, _param: Param, order: int) -> Any:
        import sympy

        if order not in known:
            z = sympy.Dummy("z")
            known[order] = (z, sympy.diff(build(z), z, order) if order else build(z))
        z, expression = known[order]
        return expression.xreplace({z: x})

    return symbolic


def _piecewise(pieces: Callable[[Any, Any], tuple[tuple[Any, Any], tuple[Any, Any]]]) -> Callable[..., Any]:
    """Functions with a kink at 0: (value, slope) for x > 0 and for x <= 0."""

    def symbolic(x: Any, param: Param, order: int) -> Any:
        import sympy

        right, left = pieces(x, _rational(param))
        if order > 1:
            return sympy.S.Zero
        return sympy.Piecewise((right[order], x > 0), (left[order], True))

    return symbolic


def _rational(param: Param) -> Any:
    import sympy

    return sympy.S.Zero if param is None else sympy.Rational(param.numerator, param.denominator)


def _power(x: Any, param: Param, order: int) -> Any:
    import sympy

    exponent = Fraction(1) if param is None else param
    factor = 1
    for lower in range(order):
        factor *= int(exponent) - lower
    return sympy.Mul(factor, sympy.Pow(x, int(exponent) - order)) if factor else sympy.S.Zero


def _exponent(param: Param) -> int:
    return 1 if param is None else int(param)


def _exact_power(x: Array, exponent: int) -> Array:
    """x**n; exact for exact x, so that 1/3 stays a Fraction."""
    if exponent >= 0:
        return np.asarray(x**exponent, dtype=x.dtype)
    if x.dtype == object:
        x = np.asarray(np.frompyfunc(Fraction, 1, 1)(x), dtype=object)
    return np.asarray(1 / x**-exponent, dtype=x.dtype)


def _where(condition: Array, yes: Any, no: Any) -> Array:
    """np.where that keeps ints and Fractions."""
    return np.asarray(np.where(condition.astype(bool), yes, no))


def _sign(x: Array) -> Array:
    return _where(x > 0, 1, _where(x < 0, -1, 0))


def _sigmoid(x: Array) -> Array:
    small = np.exp(-np.abs(x))  # never overflows
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def _erf(x: Array) -> Array:
    from math import erf

    return np.asarray(np.vectorize(erf, otypes=[float])(x))


def _normal_density(x: Array) -> Array:
    return np.asarray(np.exp(-x * x / 2) / np.sqrt(2 * np.pi))


def _sympy(name: str) -> Callable[[Any], Any]:
    def call(x: Any) -> Any:
        import sympy

        return getattr(sympy, name)(x)

    return call


def _gelu(x: Any) -> Any:
    import sympy

    return x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2


def _softplus(x: Any) -> Any:
    import sympy

    return sympy.log(1 + sympy.exp(x))


def _abs_symbolic(x: Any, _param: Param, order: int) -> Any:
    import sympy

    return (sympy.Abs(x), sympy.sign(x), sympy.S.Zero)[min(order, 2)]


TABLE: dict[str, Local] = {
    "pow": Local(
        _power,
        lambda x, n: _exact_power(x, _exponent(n)),
        lambda x, n: _exponent(n) * _exact_power(x, _exponent(n) - 1),
        exact=True,
    ),
    "relu": Local(
        _piecewise(lambda x, _: ((x, 1), (0, 0))),
        lambda x, _: _where(x > 0, x, 0),
        lambda x, _: _where(x > 0, 1, 0),
        exact=True,
        kink="relu'(0) = 0",
        piece=lambda x, _, number: x if number > 0 else 0 * x,
    ),
    "leaky_relu": Local(
        _piecewise(lambda x, slope: ((x, 1), (slope * x, slope))),
        lambda x, slope: _where(x > 0, x, x * _slope(x, slope)),
        lambda x, slope: _where(x > 0, 1, _slope(x, slope)),
        exact=True,
        kink="leaky_relu'(0) = slope",
        piece=lambda x, slope, number: x if number > 0 else _rational(slope) * x,
    ),
    "abs": Local(
        _abs_symbolic,
        lambda x, _: abs(x),
        lambda x, _: _sign(x),
        exact=True,
        kink="|.|'(0) = 0",
        piece=lambda x, _, number: x if number > 0 else -x if number < 0 else 0 * x,
    ),
    "exp": Local(_smooth(_sympy("exp")), lambda x, _: np.exp(x), lambda x, _: np.exp(x)),
    "log": Local(_smooth(_sympy("log")), lambda x, _: np.log(x), lambda x, _: 1 / x),
    "sqrt": Local(_smooth(_sympy("sqrt")), lambda x, _: np.sqrt(x), lambda x, _: 0.5 / np.sqrt(x)),
    "rsqrt": Local(
        _smooth(lambda x: 1 / _sympy("sqrt")(x)),
        lambda x, _: 1 / np.sqrt(x),
        lambda x, _: -0.5 / (x * np.sqrt(x)),
    ),
    "sigmoid": Local(
        _smooth(lambda x: 1 / (1 + _sympy("exp")(-x))),
        lambda x, _: _sigmoid(x),
        lambda x, _: _sigmoid(x) * _sigmoid(-x),
    ),
    "tanh": Local(_smooth(_sympy("tanh")), lambda x, _: np.tanh(x), lambda x, _: 1 - np.tanh(x) ** 2),
    "softplus": Local(_smooth(_softplus), lambda x, _: np.logaddexp(0, x), lambda x, _: _sigmoid(x)),
    "gelu": Local(
        _smooth(_gelu),
        lambda x, _: x * (1 + _erf(x / np.sqrt(2))) / 2,
        lambda x, _: (1 + _erf(x / np.sqrt(2))) / 2 + x * _normal_density(x),
    ),
}


def _slope(x: Array, slope: Param) -> Any:
    value = Fraction(0) if slope is None else slope
    return float(value) if x.dtype != object else value


def apply(function: str, x: Array, param: Param, order: int) -> Array:
    """f(x) (order 0) or f'(x) (order 1) on numbers; exact numbers become float64 where f is transcendental."""
    row = TABLE[function]
    if x.dtype == object and not row.exact:
        x = x.astype(np.float64)
    return np.asarray((row.value, row.slope)[order](x, param), dtype=x.dtype)


def along_axis(function: str, x: Array, axis: int) -> Array:
    """softmax or logsumexp (keeping the axis) in float64, shifted by the maximum so that nothing overflows."""
    x = x.astype(np.float64)
    top = x.max(axis=axis, keepdims=True)
    small = np.exp(x - top)
    total = small.sum(axis=axis, keepdims=True)
    return np.asarray(small / total if function == "softmax" else top + np.log(total))
