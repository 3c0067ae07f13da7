"""Inputs on which somebody's backward pass is tried: small whole numbers, sizes growing, kinks at the end."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symbolic import functional
from symbolic.derived import derive
from symbolic.errors import GradproofError
from symbolic.exercises.kinks import at_kinks, off_kinks
from symbolic.exercises.probes import shapes_for
from symbolic.functional.arguments import tensor
from symbolic.index import ints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from symbolic.term import Node

CASES = 12


@dataclass(frozen=True)
class Case:
    """One input: the arrays by name, `delta` last, and the gradients that are right for them."""

    loss: Node
    inputs: Mapping[str, NDArray[np.float64]]
    wrt: tuple[str, ...]

    def expected(self) -> dict[str, NDArray[Any]]:
        """The engine's gradients, exact as long as the operator is rational."""
        values = {name: array.astype(np.int64) for name, array in self.inputs.items()}
        grads = derive(self.loss).evaluate({name: values[name].tolist() for name in values}).grads
        return {name: np.asarray(grads[name], dtype=np.float64) for name in self.wrt}


def cases(operator: str, options: Mapping[str, Any]) -> list[Case]:
    """Inputs that the operator takes with these options: the smallest, and others spread evenly up to the largest."""
    fitting = []
    refused: GradproofError | None = None
    for shapes in shapes_for(operator):
        try:
            output = getattr(functional, operator)(*(tensor(n, s) for n, s in shapes.items()), **options)
        except GradproofError as error:
            refused = error
        except TypeError as error:
            raise GradproofError(f"check_backward: {error}") from None
        else:
            fitting.append((shapes, output))
    if not fitting:
        raise refused or GradproofError(f"check_backward: nothing to try for '{operator}'")
    places = sorted({round(k * (len(fitting) - 1) / (CASES - 1)) for k in range(CASES)})
    draw = random.Random(operator)  # noqa: S311 -- examples, not keys; the same in every run
    drawn = [_case(draw, *fitting[place]) for place in places]
    return [replace(case, inputs=off_kinks(operator, case.inputs)) for case in drawn]


def edges(operator: str, found: list[Case]) -> list[Case]:
    """The smallest, a middle and the largest case again, with numbers on the operator's kinks."""
    chosen = (found[place] for place in sorted({0, len(found) // 2, len(found) - 1}))
    return [Case(case.loss, inputs, case.wrt) for case in chosen for inputs in at_kinks(operator, case.inputs)]


def _case(draw: random.Random, shapes: Mapping[str, tuple[int, ...]], output: Node) -> Case:
    errors = ints(output.shape)
    loss = derive(output, gradient=tensor("delta", errors)).loss
    inputs = {name: _drawn(draw, shape) for name, shape in {**shapes, "delta": errors}.items()}
    return Case(loss, inputs, tuple(shapes))


def _drawn(draw: random.Random, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Small whole numbers without 0; all different where a maximum could tie."""
    size = int(np.prod(shape))
    numbers = draw.sample([x for x in range(-size - 2, size + 3) if x], size)
    return np.array(numbers, dtype=np.float64).reshape(shape)
