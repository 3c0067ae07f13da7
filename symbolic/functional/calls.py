"""A node as the call that makes it, `avg_pool2d(O, kernel_size=2)`: what `print` shows, and notebooks write.

Parameters that are the operator's defaults are left out, equal ones of every axis are written once.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from inspect import signature
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from symbolic.terms.tensors import Node

PER_AXIS = {"stride", "padding", "dilation", "kernel_size", "output_padding", "output_size"}


@cache
def operators() -> dict[str, Callable[..., Any]]:
    """The functions users call, by name."""
    from symbolic import functional

    return {name: getattr(functional, name) for name in functional.__all__}


def call(node: Node, names: Sequence[str]) -> str:
    """The call, with these names for the arguments; of what no operator has made, the arguments alone."""
    return f"{node.op}({', '.join([*operands(node, names), *options(node)])})"


def operands(node: Node, names: Sequence[str]) -> list[str]:
    """The arguments in order, a number among them where one was given."""
    found = list(names)
    if "position" in node.params:
        found.insert(node.params["position"], number(node.params["number"]))
    if node.op == "pow":
        found.append(str(node.params["exponent"]))
    if node.op == "cat":
        found = [f"[{', '.join(found)}]"]
    if node.op == "batch_norm":
        given = [key for key in ("weight", "bias") if node.params[f"has_{key}"]]
        found = [found[0], *(f"{key}={name}" for key, name in zip(given, found[1:], strict=True)), "training=True"]
    return found


def options(node: Node) -> list[str]:
    """`stride=2`: the parameters that are not the operator's defaults."""
    if node.op not in operators():
        return []
    return [f"{key}={value(key, given)}" for key, given in _needed(node, _parameters(node)).items()]


def _parameters(node: Node) -> dict[str, Any]:
    spoken = {"position", "number"} | ({"exponent"} if node.op == "pow" else set())
    return {key: given for key, given in node.params.items() if key not in spoken}


def _needed(node: Node, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that are not the operator's defaults."""
    rank = len(node.args[0].shape)
    stands_for = {  # (argument, its default) -> what the operator makes of it
        ("dim", None): tuple(range(rank)),
        ("stride", None): params.get("kernel_size"),
        ("end_dim", -1): rank - 1,
    }
    needed = {}
    for key, parameter in signature(operators()[node.op]).parameters.items():
        if key not in params:
            continue
        default = parameter.default
        usual = [default, Fraction(repr(default)) if isinstance(default, float) else default]
        if default is None or isinstance(default, int):
            usual.append(stands_for.get((key, default), default))
        if _short(key, params[key]) not in usual and params[key] not in usual:
            needed[key] = params[key]
    return needed


def value(key: str, given: object) -> str:
    """A parameter as Python."""
    found = _short(key, given)
    return number(found) if isinstance(found, Fraction) else repr(found)


def number(given: Fraction) -> str:
    """An exact number as Python."""
    if given.denominator == 1:
        return str(given.numerator)
    return f"Fraction({given.numerator}, {given.denominator})"


def _short(key: str, given: object) -> object:
    """(2, 2) as 2, ((1, 1), (1, 1)) as 1, where every axis is alike."""
    while key in PER_AXIS and isinstance(given, tuple) and len(set(given)) == 1:
        given = given[0]
    return given
