"""Forward evaluation of a network and one reverse sweep by the rules of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symbolic.errors import GradproofError, NameInvalidError, ShapeError
from symbolic.roads.numeric.arrays import Array, alike, floats, is_exact, read, require_finite, settle
from symbolic.roads.numeric.table import operator

if TYPE_CHECKING:  # for the reader of the types only: the terms import the form that this road must not know
    from collections.abc import Iterable, Mapping

    from symbolic.terms.term import Node, Tensor


@dataclass(frozen=True)
class Opinion:
    """What the numeric road says: values and dL/d(tensor) of every leaf and node of the network."""

    values: dict[Tensor, Array]
    grads: dict[Tensor, Array]


def arguments(tensor: Tensor) -> tuple[Tensor, ...]:
    """What a node is computed from; a leaf has none."""
    found: tuple[Tensor, ...] = getattr(tensor, "args", ())
    return found


def ordered(loss: Tensor) -> list[Tensor]:
    """Every tensor the loss depends on, arguments before results, the loss last."""
    done: dict[Tensor, None] = {}
    waiting: list[tuple[Tensor, bool]] = [(loss, False)]
    while waiting:
        tensor, ready = waiting.pop()
        if ready:
            done[tensor] = None
        elif tensor not in done:
            waiting.append((tensor, True))
            waiting.extend((arg, False) for arg in reversed(arguments(tensor)))
    return list(done)


def leaves(order: Iterable[Tensor], values: Mapping[str, object]) -> dict[Tensor, Array]:
    """The values of the leaves, read and checked; names beyond them are ignored."""
    found: dict[Tensor, Array] = {}
    names: set[str] = set()
    for tensor in order:
        if arguments(tensor):
            continue
        if tensor.name in names:
            raise NameInvalidError(f"two different tensors are called '{tensor.name}'; give them two names")
        if tensor.name not in values:
            raise GradproofError(f"no value for tensor '{tensor.name}' of shape {tensor.shape}; give one")
        names.add(tensor.name)
        found[tensor] = read(tensor.name, values[tensor.name], tensor.shape)
    return found


def fill(order: Iterable[Tensor], known: dict[Tensor, Array]) -> dict[Tensor, Array]:
    """`known` and, evaluated in order, the value of every tensor that it lacks."""
    found = dict(known)
    for tensor in order:
        if tensor not in found:
            node: Any = tensor
            row = operator(node.op)
            args = alike(found[arg] for arg in node.args)
            if not row.exact:
                args = [floats(arg) for arg in args]
            with np.errstate(all="ignore"):  # what is not finite is refused below, with its place
                value = settle(row.forward(args, node.params))
            _fits(node.op, "its value", value, node.shape)
            found[tensor] = value
    return found


def _fits(op: str, what: str, array: Array, shape: tuple[Any, ...]) -> None:
    if array.shape != shape:
        raise ShapeError(f"{op}: {what} has shape {array.shape} by definition, and {shape} in the network")
    require_finite(f"{op}: {what}", array)


def scalar(loss: Tensor) -> None:
    """Refuses a loss that is no single number."""
    if loss.shape != ():
        raise ShapeError(f"the loss must have shape (); got {loss.shape}; sum it or pair it with a cotangent")


def run(loss: Node, values: Mapping[str, object]) -> Opinion:
    """Values and gradients of a whole network.

    values  an array per leaf name; ints and Fractions (dtype object) stay exact until an operator has no
            rational value (sigmoid, softmax, ...); if the loss is float64, so are all gradients.
    Units   grads: [L] per unit of the tensor.
    Raises  GradproofError: a missing, misshaped or non-finite value, an unknown operator, a zero divisor.
    """
    scalar(loss)
    order = ordered(loss)
    found = fill(order, leaves(order, values))
    return Opinion(found, _reverse(order, found))


def _reverse(order: list[Tensor], found: dict[Tensor, Array]) -> dict[Tensor, Array]:
    """dL/d(tensor) for all, last to first; a tensor used several times adds up its shares."""
    exact = is_exact(found[order[-1]])
    grads: dict[Tensor, Array] = {order[-1]: np.asarray(1, dtype=object if exact else np.float64)}
    for tensor in reversed(order):
        node: Any = tensor
        args = arguments(tensor)
        if not args:
            continue
        inputs = [found[arg] if exact else floats(found[arg]) for arg in args]
        with np.errstate(all="ignore"):
            shares = operator(node.op).backward(grads[tensor], inputs, node.params)
        for number, (arg, share) in enumerate(zip(args, shares, strict=True), 1):
            grad = settle(share)
            _fits(node.op, f"the gradient of argument {number}", grad, arg.shape)
            grads[arg] = settle(grads[arg] + grad) if arg in grads else grad
    return grads
