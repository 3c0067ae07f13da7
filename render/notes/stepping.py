"""The stepper of a note: layers of a network, entry by entry, to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from render.document import Stepper
from symbolic import derive, max_pool2d, tensor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symbolic.network.derived import Derived
    from symbolic.terms.term import Node, Tensor


def stepper(derived: Derived, *layers: Node, numbers: Mapping[Tensor, Any] | None = None) -> Stepper:
    """What feeds what in some layers of a network; a max-pool needs `numbers`, the values of its image."""
    return Stepper(tuple((derived, layer) for layer in layers), numbers)


def maximum(numbers: Sequence[Sequence[int]], kernel: int) -> Stepper:
    """Max pooling of an image X with these numbers."""
    image = tensor("X", (len(numbers), len(numbers[0])))
    pool = max_pool2d(image, kernel, name="O")
    return stepper(derive(pool, gradient=tensor("D", pool.shape)), pool, numbers={image: numbers})


def steppers(*parts: Stepper) -> Stepper:
    """Layers of several networks to choose from; numbers belong to tensors, which are each network's own."""
    layers = tuple(found for one in parts for found in one.layers)
    return Stepper(layers, {x: array for one in parts for x, array in (one.numbers or {}).items()})
