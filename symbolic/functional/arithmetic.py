"""+ - * / ** with NumPy broadcasting; numbers are read exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symbolic.errors import ShapeError, shown
from symbolic.functional.arguments import exact, node
from symbolic.terms.build import multi, scaled
from symbolic.terms.layers import pointwise
from symbolic.terms.term import Const, Leaf, Map, Multi, Node, Shape, Sum, Tensor, Term

LARGEST_EXPONENT = 64


def broadcast(operator: str, one: Shape, other: Shape) -> Shape:
    """NumPy's broadcast shape of two shapes."""
    width = max(len(one), len(other))
    left, right = ((1,) * (width - len(shape)) + shape for shape in (one, other))
    if any(m != n and 1 not in (m, n) for m, n in zip(left, right, strict=True)):
        raise ShapeError(
            f"{operator}: shapes {one} and {other} do not fit; aligned at the right, sizes must agree or be 1"
        )
    return tuple(n if m == 1 else m for m, n in zip(left, right, strict=True))


def stretched(term: Term, shape: Shape) -> Term:
    """The term broadcast to a shape."""
    if isinstance(term, Const):
        return Const(term.value, shape)
    return term if term.shape == shape else Multi(pointwise([term.shape], shape), (term,))


def _operand(operator: str, value: Any) -> Term:
    return value if isinstance(value, Tensor) else Const(exact(operator, value))


def _node(op: str, operands: tuple[Term, ...], body: Term, name: str, **params: Any) -> Node:
    """Numbers among the operands become parameters: `number` and the position it stands at."""
    args = tuple(term for term in operands if isinstance(term, Leaf | Node))
    if not args:
        raise ShapeError(f"{op}: at least one operand must be a tensor")
    for position, term in enumerate(operands):
        if isinstance(term, Const):
            params |= {"number": term.value, "position": position}
    return node(op, args, body, name, **params)


def add(input: Any, other: Any, *, name: str = "") -> Node:
    """input + other, elementwise; shapes broadcast."""
    x, y = _operand("+", input), _operand("+", other)
    shape = broadcast("+", x.shape, y.shape)
    return _node("add", (x, y), Sum((stretched(x, shape), stretched(y, shape)), shape), name)


def sub(input: Any, other: Any, *, name: str = "") -> Node:
    """input - other, elementwise; shapes broadcast."""
    x, y = _operand("-", input), _operand("-", other)
    shape = broadcast("-", x.shape, y.shape)
    return _node("sub", (x, y), difference(x, y, shape), name)


def difference(x: Term, y: Term, shape: Shape) -> Sum:
    """x - y, both broadcast to `shape`."""
    if isinstance(y, Const):
        return Sum((stretched(x, shape), Const(-y.value, shape)), shape)
    return Sum((stretched(x, shape), multi(Multi(pointwise([y.shape], shape, scale=Fraction(-1)), (y,)))), shape)


def mul(input: Any, other: Any, *, name: str = "") -> Node:
    """input * other, elementwise; shapes broadcast."""
    x, y = _operand("*", input), _operand("*", other)
    shape = broadcast("*", x.shape, y.shape)
    return _node("mul", (x, y), multi(Multi(pointwise([x.shape, y.shape], shape), (x, y))), name)


def div(input: Any, other: Any, *, name: str = "") -> Node:
    """input / other, elementwise; shapes broadcast. The divisor must not be 0 where it is evaluated."""
    x, y = _operand("/", input), _operand("/", other)
    if isinstance(y, Const):
        if y.value == 0:
            raise ShapeError("/: the divisor is the number 0; give a divisor other than 0")
        return _node("div", (x, y), scaled(x, 1 / y.value), name)
    shape = broadcast("/", x.shape, y.shape)
    inverse = Map("pow", y, param=Fraction(-1))
    return _node("div", (x, y), multi(Multi(pointwise([x.shape, y.shape], shape), (x, inverse))), name)


def pow(input: Any, exponent: int, *, name: str = "") -> Node:
    """input ** exponent for a whole exponent from -64 to 64."""
    x = _operand("**", input)
    if isinstance(exponent, Tensor):
        raise ShapeError("**: exponent must be a number; got a tensor")
    number = exact("**: exponent", exponent)
    if number.denominator != 1 or number < -LARGEST_EXPONENT:
        raise ShapeError(f"**: exponent must be a whole number of at least -{LARGEST_EXPONENT}; got {shown(exponent)}")
    if number > LARGEST_EXPONENT:
        raise ShapeError(f"**: exponent must be at most {LARGEST_EXPONENT}; got {shown(exponent)}")
    body: Term = Map("pow", x, param=number) if number else Const(Fraction(1), x.shape)
    return _node("pow", (x,), x if number == 1 else body, name, exponent=int(number))
