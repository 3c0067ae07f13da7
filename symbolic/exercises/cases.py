"""One input of a backward pass that is tried: the arrays, and the derivation that says what is right."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from symbolic.errors import GradproofError
from symbolic.exercises.kinks import on_kink
from symbolic.exercises.probes import LABELS
from symbolic.terms.term import AxisMap, Map, direct

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from symbolic.exercises.probes import Options, Sizes
    from symbolic.network.derived import Derived

EXACT = {"pow", "relu", "leaky_relu", "abs"}


@dataclass(frozen=True)
class Case:
    """One input: the arrays by name in the order of the call, and the derivation that says what is right.

    wrt      tensors whose gradients are asked, in order
    taken    arguments of the operator that the function itself takes, by name
    sizes    what the operator was drawn with, for smaller ones; empty for a network
    rigid    tensors whose numbers belong together and cannot be changed one by one
    """

    derived: Derived
    inputs: Mapping[str, NDArray[Any]]
    wrt: tuple[str, ...]
    taken: Options = field(default_factory=dict)
    sizes: Sizes = field(default_factory=dict)
    rigid: frozenset[str] = frozenset()

    @cached_property
    def values(self) -> dict[str, Any]:
        """The numbers of the tensors, exact."""
        names = {leaf.name for leaf in self.derived.inputs}
        return {name: exact(array).tolist() for name, array in self.inputs.items() if name in names}

    @cached_property
    def expected(self) -> dict[str, NDArray[Any]]:
        """The engine's gradients. Raises GradproofError where there are none (a division by 0)."""
        grads = self.derived.evaluate(self.values).grads
        return {name: np.asarray(grads[name], dtype=np.float64) for name in self.wrt}

    def at(self, inputs: Mapping[str, NDArray[Any]]) -> Case:
        """The same with other numbers."""
        return replace(self, inputs=inputs)

    @property
    def weight(self) -> tuple[int, ...]:
        """How large it is: entries, then what its options say."""
        entries = sum(array.size for array in self.inputs.values())
        return entries, sum(self.sizes.values()), sum(v for v in self.taken.values() if isinstance(v, int))


def usable(case: Case) -> bool:
    """Whether there are gradients at these numbers, and no kink nearby decides which."""
    try:
        return not on_kink(case.derived, case.values) and case.expected is not None
    except GradproofError:
        return False


def exact(array: NDArray[Any]) -> NDArray[Any]:
    """Floats that are few halves and eighths, as Fractions."""
    found = np.empty(array.size, dtype=object)
    found[:] = [Fraction(x) for x in array.reshape(-1).tolist()]
    return found.reshape(array.shape)


def transcendental(derived: Derived) -> bool:
    """Whether large numbers would make everything 0 or 1."""
    parts = (part for node in derived.sweep.nodes for part in direct(node.body))
    return any(isinstance(part, AxisMap) or (isinstance(part, Map) and part.function not in EXACT) for part in parts)


def labels(draw: random.Random, shapes: Mapping[str, tuple[int, ...]], given: Any) -> NDArray[np.int64] | None:
    """Class labels, drawn or as given."""
    if LABELS not in shapes:
        return None
    if given is not None and given is not True:
        return np.asarray(given, dtype=np.int64)
    classes = shapes["X"][0 if len(shapes["X"]) == 1 else 1]
    return np.array([draw.randrange(classes) for _ in range(prod(shapes[LABELS]))], dtype=np.int64).reshape(
        shapes[LABELS]
    )


def numbers(
    draw: random.Random, name: str, shape: tuple[int, ...], options: Options, *, halves: bool
) -> NDArray[np.float64]:
    """Small whole numbers without 0, different from each other so that no maximum ties.

    halves  up to 5/2 instead, for functions that are flat far from 0.
    """
    size = prod(shape)
    if name == "T" and options.get("target") == "probabilities":
        return _probabilities(draw, shape)
    if halves:
        drawn = [draw.choice([x for x in range(-5, 6) if x]) / 2 for _ in range(size)]
    else:
        drawn = draw.sample([x for x in range(-size - 2, size + 3) if x], size)
    return np.array(drawn, dtype=np.float64).reshape(shape)


def _probabilities(draw: random.Random, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Eighths along the class axis that add up to 1."""
    axis = 0 if len(shape) == 1 else 1
    found = np.zeros(shape)
    for place in np.ndindex(*(n for k, n in enumerate(shape) if k != axis)):
        for _ in range(8):
            at = [*place[:axis], draw.randrange(shape[axis]), *place[axis:]]
            found[tuple(at)] += 1 / 8
    return found
