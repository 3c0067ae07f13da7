"""The stepper of a note: layers of a network, entry by entry, to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from render.document import Stepper

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symbolic.derived import Derived
    from symbolic.term import Node, Tensor


def stepper(derived: Derived, *layers: Node, numbers: Mapping[Tensor, Any] | None = None) -> Stepper:
    """What feeds what in some layers of a network; a max-pool needs `numbers`, the values of its image."""
    return Stepper(derived, layers, numbers)
