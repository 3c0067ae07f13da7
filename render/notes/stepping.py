"""The stepper of a note: a convolution's output and both gradients, entry by entry, to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.document import Stepper
from render.notes.steps import expanded, shares

if TYPE_CHECKING:
    from symbolic.derived import Derived
    from symbolic.term import Node


def stepper(derived: Derived, layer: Node) -> Stepper:
    """O, dL/dF and dL/dX of `layer`, each written out by checked steps."""
    image, kernel = layer.args
    return Stepper(layer, (expanded(layer), shares(derived, kernel), shares(derived, image)))
