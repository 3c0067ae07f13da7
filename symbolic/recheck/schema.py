"""From JSON to terms. What has the wrong type is damaged; what has the wrong content is refused.

One spelling for each value: polynomials sorted, fractions in lowest terms, axes ascending, nothing unused.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING

from symbolic.recheck.integers import COUNTS, Condition, Expression, Integer
from symbolic.recheck.polynomial import Polynomial, constant, polynomial, variable
from symbolic.recheck.refusal import RefusedError, damaged
from symbolic.recheck.terms import (
    Along,
    Counted,
    Flip,
    Function,
    Gradient,
    Number,
    Product,
    Row,
    Slot,
    Tensor,
    Term,
    Total,
    walk,
)

if TYPE_CHECKING:
    from symbolic.recheck.json_file import Field

Tensors = dict[str, Tensor]
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")
LETTER = re.compile(NAME.pattern + "'*")
ALONG = ("logsumexp", "softmax")
FUNCTIONS = ("abs", "exp", "leaky_relu", "log", "pow", "relu", "rsqrt", "sigmoid", "softplus", "sqrt", "tanh")
LETTERS = 60  # in one sum


def tensors(field: Field) -> Tensors:
    """The unknown arrays of a derivation."""
    found = {}
    for name, shape in field.object().items():
        _matches(NAME, name, "a tensor's name")
        found[name] = Tensor(name, tuple(size(n) for n in shape.list()))
    return found


def term(field: Field, known: Tensors) -> Term:
    """A term over the tensors of its derivation; a gradient stands alone."""
    if isinstance(field.value, dict) and "gradient" in field.value:
        inside = field.fields("gradient", "wrt")
        wrt = _tensor(inside["wrt"], known)
        of = _term(inside["gradient"], known)
        if of.shape != () or isinstance(of, Counted):
            raise RefusedError("a gradient is taken of a scalar sum")
        if wrt not in walk(of):
            raise RefusedError(f"the gradient by {wrt.name} is taken of something without it")
        return Gradient(of, wrt)
    return _term(field, known)


def _term(field: Field, known: Tensors) -> Term:
    if isinstance(field.value, str):
        return _tensor(field, known)
    kinds = field.object().keys() & _KINDS.keys()
    if len(kinds) != 1:
        raise damaged(field.place, f"a tensor's name or an object with one of {', '.join(_KINDS)}", field.value)
    return _KINDS[kinds.pop()](field, known)


def _tensor(field: Field, known: Tensors) -> Tensor:
    name = field.text()
    if name not in known:
        raise RefusedError(f"there is no tensor {name[:40]!r}; the tensors are {', '.join(known)}")
    return known[name]


def _product(field: Field, known: Tensors) -> Term:
    inside = field.fields("product", "output", "operands", "letters", "rows", "scale", "divisor")
    letters = {_letter(name): size(n) for name, n in inside["letters"].object().items()}
    output, slots = _slot(inside["output"]), tuple(_slot(x) for x in inside["operands"].list())
    rows = tuple(_row(x) for x in inside["rows"].list())
    operands = tuple(_term(x, known) for x in inside["product"].list())
    _check_letters(letters, output, slots, rows)
    if len(slots) != len(operands):
        raise RefusedError(f"a sum over {len(slots)} operands has {len(operands)}")
    for slot, operand in zip(slots, operands, strict=True):
        if isinstance(operand, Counted) or len(slot) != len(operand.shape):
            raise RefusedError(f"a sum reads an operand of {len(operand.shape)} axes by {len(slot)}")
    divisor = size(inside["divisor"])
    if not divisor.letters and divisor != constant(1):
        raise RefusedError(f"a divisor is 1 or has a letter; {divisor} belongs to the scale")
    return Product(output, slots, tuple(letters.items()), rows, fraction(inside["scale"]), divisor, operands)


def _check_letters(
    letters: dict[str, Polynomial], output: Slot, slots: tuple[Slot, ...], rows: tuple[Row, ...]
) -> None:
    used = [x for slot in (output, *slots) for axis in slot for x in axis]
    tied = [x for row in rows for x in (row.i, row.u, row.a)]
    unknown = sorted({*used, *tied} - letters.keys())
    if unknown:
        raise RefusedError(f"the letter {unknown[0]} has no extent")
    if len(letters) > LETTERS:
        raise RefusedError(f"a sum over {len(letters)} letters is too large to be checked; {LETTERS} is the limit")
    outer = [x for axis in output for x in axis]
    for what, one in (("the output", outer), ("the rows", tied)):
        twice = sorted({x for x in one if one.count(x) > 1})
        if twice:
            raise RefusedError(f"the letter {twice[0]} stands in {what} twice")


def _slot(field: Field) -> Slot:
    return tuple(tuple(_letter(x.text()) for x in axis.list()) for axis in field.list())


def _row(field: Field) -> Row:
    inside = field.fields("i", "u", "a", "s", "d", "e", "p")
    i, u, a = (_letter(inside[x].text()) for x in "iua")
    s, d, e, p = (size(inside[x]) for x in "sdep")
    return Row(i, u, a, s, d, e, p)


def _flip(field: Field, known: Tensors) -> Term:
    inside = field.fields("flip", "axes")
    source = _array(inside["flip"], known)
    axes = tuple(x.integer() for x in inside["axes"].list())
    if not axes or list(axes) != sorted(set(axes)) or axes[0] < 0 or axes[-1] >= len(source.shape):
        raise RefusedError(f"a flip of an array with {len(source.shape)} axes names some of them in order; got {axes}")
    return Flip(source, axes)


def _total(field: Field, known: Tensors) -> Term:
    terms = tuple(_array(x, known) for x in field.fields("sum")["sum"].list())
    if len(terms) < 2:
        raise RefusedError("a sum has at least two terms")
    return Total(terms)


def _number(field: Field, _known: Tensors) -> Term:
    inside = field.fields("number", "shape")
    return Number(fraction(inside["number"]), tuple(size(n) for n in inside["shape"].list()))


def _function(field: Field, known: Tensors) -> Term:
    inside = field.fields("function", "order", "of", optional=("param",))
    name, order = inside["function"].text(), inside["order"].integer()
    param = fraction(inside["param"]) if "param" in inside else None
    if name not in FUNCTIONS or (param is not None) != (name in {"leaky_relu", "pow"}):
        raise RefusedError(f"there is no function {name[:40]!r} with these fields; known are {', '.join(FUNCTIONS)}")
    if name == "pow" and (order or param is None or param < 2 or param.denominator != 1):
        raise RefusedError("a power has a whole exponent of at least 2, and its derivative is a lower power")
    if order not in {0, 1}:
        raise RefusedError(f"functions and their first derivatives are known; got order {order}")
    return Function(name, order, param, _array(inside["of"], known))


def _along(field: Field, known: Tensors) -> Term:
    inside = field.fields("along", "axis", "of")
    name, axis, source = inside["along"].text(), inside["axis"].integer(), _array(inside["of"], known)
    if name not in ALONG or not 0 <= axis < len(source.shape):
        raise RefusedError(f"there is no {name[:40]!r} along axis {axis} of an array of {len(source.shape)} axes")
    return Along(name, axis, source)


def _array(field: Field, known: Tensors) -> Term:
    found = _term(field, known)
    if isinstance(found, Counted):
        raise RefusedError("an integer of sizes stands alone")
    return found


def _integer(field: Field, _known: Tensors) -> Term:
    inside = field.fields("integer", "given")
    given = tuple(_condition(x) for x in inside["given"].list())
    value = inside["integer"]
    if isinstance(value.value, dict) and (kinds := value.value.keys() & COUNTS.keys()):
        (kind,) = value.fields(*list(kinds)[:1])
        parts = value.object()[kind].fields(*COUNTS[kind])
        return Counted(Integer(kind, tuple((name, expression(parts[name])) for name in COUNTS[kind]), given))
    return Counted(Integer("value", (("value", expression(value)),), given))


def _condition(field: Field) -> Condition:
    for kind in ("at_least", "equals"):
        if kind in field.object():
            left, right = field.fields(kind)[kind].pair()
            return Condition(kind, expression(left), expression(right))
    raise damaged(field.place, "an object with at_least or equals", field.value)


def expression(field: Field) -> Expression:
    """An integer expression: a letter, an integer, plus, times, floor or mod."""
    if isinstance(field.value, str):
        return Expression("letter", name=_letter(field.value))
    if not isinstance(field.value, dict):
        return Expression("number", number=field.integer())
    for kind in ("plus", "times", "floor", "mod"):
        if kind in field.value:
            parts = tuple(expression(x) for x in field.fields(kind)[kind].list())
            if len(parts) < 2 or (len(parts) > 2 and kind in {"floor", "mod"}):
                raise damaged(field.place, f"{kind} of two expressions", field.value)
            return Expression(kind, parts)
    raise damaged(field.place, "an expression: plus, times, floor or mod", field.value)


_KINDS = {
    "product": _product,
    "flip": _flip,
    "sum": _total,
    "number": _number,
    "function": _function,
    "along": _along,
    "integer": _integer,
}


def size(field: Field) -> Polynomial:
    """An integer, a letter, or a sorted list of [coefficient, letter, …]."""
    if isinstance(field.value, str):
        return variable(_letter(field.value))
    if not isinstance(field.value, list):
        return constant(field.integer())
    total, before = {}, None
    for part in field.list():
        items = part.list()
        if not items:
            raise damaged(part.place, "a coefficient and its letters", part.value)
        coefficient, monomial = items[0].integer(), tuple(_letter(x.text()) for x in items[1:])
        if not coefficient or list(monomial) != sorted(monomial) or (before is not None and monomial <= before):
            raise RefusedError(f"a size lists its terms in order, none of them 0; got {field.value!r:.80}")
        total[monomial], before = coefficient, monomial
    found = polynomial(total)
    if not found.letters or found == variable(min(found.letters)):
        raise RefusedError(f"the size {found} is written as a list")
    return found


def fraction(field: Field) -> Fraction:
    """An integer, or [numerator, denominator] in lowest terms."""
    if not isinstance(field.value, list):
        return Fraction(field.integer())
    over, by = (x.integer() for x in field.pair())
    if by < 2 or gcd(over, by) != 1:
        raise RefusedError(f"the fraction {over}/{by} is not in lowest terms")
    return Fraction(over, by)


def _letter(text: str) -> str:
    return _matches(LETTER, text, "a letter")


def _matches(pattern: re.Pattern[str], text: str, what: str) -> str:
    if len(text) > 40 or not pattern.fullmatch(text):
        raise RefusedError(f"{text[:40]!r} is no name for {what}")
    return text
