"""+ - * / ** with NumPy broadcasting. Backward adds up what broadcasting copied.

A binary operator has two arguments, or one and the parameters `number` and `position`, the number's place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symbolic.roads.numeric.arrays import Array, Operator, Params, divide, number, refuse_zero, settle, unbroadcast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Pair = tuple[Array, Array]


def _operands(args: Sequence[Array], params: Params) -> Pair:
    """Left and right operand, a number as an array of shape ()."""
    if "number" not in params:
        return args[0], args[1]
    fixed = np.asarray(number(params["number"], args[0]), dtype=args[0].dtype)
    return (args[0], fixed) if params["position"] else (fixed, args[0])


def _quotient(x: Array, y: Array) -> Array:
    refuse_zero("div", y)
    return divide(x, y)


def _div_slopes(delta: Array, x: Array, y: Array) -> Pair:
    return divide(delta, y), -divide(delta * x, y * y)


def _binary(value: Callable[[Array, Array], Array], slopes: Callable[[Array, Array, Array], Pair]) -> Operator:
    """A row from the operator and its vector-Jacobian product before broadcasting is undone."""

    def forward(args: Sequence[Array], params: Params) -> Array:
        return value(*_operands(args, params))

    def backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
        operands = _operands(args, params)
        both = slopes(delta, *operands)
        grads = [unbroadcast(g, operand.shape) for g, operand in zip(both, operands, strict=True)]
        return [grads[1 - params["position"]]] if "number" in params else grads

    return Operator(forward, backward)


def _power(x: Array, exponent: int) -> Array:
    """x ** exponent; an int to a negative power stays exact."""
    if exponent < 0:
        refuse_zero("pow", x)
        return divide(1, settle(x**-exponent))
    return settle(x**exponent)


def _pow_forward(args: Sequence[Array], params: Params) -> Array:
    return _power(args[0], params["exponent"])


def _pow_backward(delta: Array, args: Sequence[Array], params: Params) -> Sequence[Array]:
    n = params["exponent"]
    return (delta * n * _power(args[0], n - 1) if n else delta * 0,)


ROWS = {
    "add": _binary(lambda x, y: x + y, lambda d, _x, _y: (d, d)),
    "sub": _binary(lambda x, y: x - y, lambda d, _x, _y: (d, -d)),
    "mul": _binary(lambda x, y: x * y, lambda d, x, y: (d * y, d * x)),
    "div": _binary(_quotient, _div_slopes),
    "pow": Operator(_pow_forward, _pow_backward),
}
