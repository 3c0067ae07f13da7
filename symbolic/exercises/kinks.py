"""Inputs where an operator has a kink, and the convention that holds there.

PyTorch's conventions: relu'(0) = 0, leaky_relu'(0) = its negative slope, |.|'(0) = 0, and a maximum that several
entries of a window share belongs to the first of them in row-major order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symbolic.network.values import read_values
from symbolic.roads.evaluate import Numbers, winners
from symbolic.terms import functions as local
from symbolic.terms.term import Map, Winner, direct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from symbolic.network.derived import Derived
    from symbolic.terms.form import Form

Inputs = dict[str, "NDArray[np.float64]"]


def _zeros(inputs: Inputs) -> list[Inputs]:
    """Every third number 0, beginning with the first; the others on both sides of the kink."""
    tried = inputs["X"].copy()
    tried.reshape(-1)[::3] = 0
    return [inputs | {"X": tried}]


def _ties(inputs: Inputs) -> list[Inputs]:
    """All numbers equal, so that every window is a tie; then only 1 and 2, where the first is not always the winner."""
    tried = inputs["X"]
    places = np.arange(tried.size).reshape(tried.shape)
    return [inputs | {"X": np.ones(tried.shape)}, inputs | {"X": np.array(1 + (places % 3 > 0), dtype=np.float64)}]


def _equal(inputs: Inputs) -> list[Inputs]:
    """Every third number the same in both tensors."""
    tried = inputs["T"].copy()
    tried.reshape(-1)[::3] = inputs["X"].reshape(-1)[::3]
    return [inputs | {"T": tried}]


# Operator -> inputs at its kinks, and the key in functions.toml of what holds there.
TABLE: dict[str, tuple[Callable[[Inputs], list[Inputs]], str]] = {
    "relu": (_zeros, "kink_relu"),
    "leaky_relu": (_zeros, "kink_leaky_relu"),
    "l1_loss": (_equal, "kink_abs"),
    **{f"max_pool{rank}d": (_ties, "kink_max") for rank in (1, 2, 3)},
}


def at_kinks(operator: str, inputs: Mapping[str, NDArray[Any]]) -> list[Inputs]:
    """The same shapes with numbers on the operator's kinks; none for an operator that is smooth."""
    if operator not in TABLE:
        return []
    return TABLE[operator][0](dict(inputs))


def off_kinks(operator: str, inputs: Mapping[str, NDArray[Any]]) -> Inputs:
    """Numbers drawn without 0 and without repetition, moved apart where two tensors must not meet either."""
    if operator != "l1_loss":
        return dict(inputs)
    return dict(inputs) | {"X": 2 * inputs["X"], "T": 2 * inputs["T"] + 1}


def convention(operator: str) -> str:
    """Key of the sentence in functions.toml that names the convention; "" for an operator that is smooth."""
    return TABLE[operator][1] if operator in TABLE else ""


def on_kink(derived: Derived, values: Mapping[str, Any]) -> bool:
    """Whether somewhere in the network these numbers meet a kink: relu at 0, a tie in a window.

    Raises  GradproofError where the network has no value (a division by 0).
    """
    numbers = Numbers(read_values(values, derived.inputs), derived.sweep.rules)
    for node in derived.sweep.nodes:
        for part in direct(node.body):
            if isinstance(part, Map) and local.TABLE[part.function].kink and (numbers.of(part.source) == 0).any():
                return True
            if isinstance(part, Winner) and _tied(part.form, numbers.of(part.source)):
                return True
    return False


def _tied(form: Form, source: NDArray[Any]) -> bool:
    """Whether another entry would win some window if of equal ones the last were taken."""
    ranks = np.unique(source.astype(np.float64), return_inverse=True)[1].reshape(source.shape).astype(np.float64)
    later = ranks * source.size + np.arange(source.size).reshape(source.shape)
    return not np.array_equal(winners(form, ranks), winners(form, later))
