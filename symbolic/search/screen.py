"""Agreement at sample points: a screen that finds mistakes, and never a proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symbolic.errors import ProofError
from symbolic.kernel.step import Proof, Scope
from symbolic.roads.evaluate import Numbers
from symbolic.terms.size import ints
from symbolic.terms.term import Grad, Tensor, direct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symbolic.terms.term import Term

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Sample(Proof):
    """Both sides have the same numbers at points drawn with these seeds: whole numbers from -9 to 9 without 0.

    Every tensor and gradient that a side names gets numbers of its own. A sample that could not have failed is
    refused: no seeds or one seed twice, nothing to draw, or nothing but zeros on both sides.
    """

    seeds: tuple[int, ...]
    scope = Scope.SCREEN
    general = False

    def check(self, lhs: Term, rhs: Term) -> None:
        names = list(
            dict.fromkeys(part for side in (lhs, rhs) for part in direct(side) if isinstance(part, Tensor | Grad))
        )
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise ProofError("a sample needs points, each drawn with a seed of its own")
        if not names:
            raise ProofError("a sample needs something to draw: neither side names a tensor or a gradient")
        telling = False
        for seed in self.seeds:
            at = _point(names, seed)
            left, right = (_numbers(side, at) for side in (lhs, rhs))
            telling |= bool((left != 0).any() or (right != 0).any())
            different = np.flatnonzero(~_agree(left, right))
            if len(different):
                place = int(different[0])
                raise ProofError(
                    f"at the point of seed {seed}, entry {place + 1} is {left.flat[place]} on the left "
                    f"and {right.flat[place]} on the right"
                )
        if not telling:
            raise ProofError("the sample says nothing: both sides are 0 at every point")


def _point(names: Sequence[Term], seed: int) -> dict[Term, NDArray[Any]]:
    """Numbers for every name, in order of appearance."""
    generator = np.random.default_rng(seed)
    point: dict[Term, NDArray[Any]] = {}
    for name in names:
        shape = ints(name.shape)
        numbers = generator.integers(1, 10, size=shape) * generator.choice([-1, 1], size=shape)
        flat = np.empty(name.size, dtype=object)
        flat[:] = np.asarray(numbers).reshape(-1).tolist()
        point[name] = flat.reshape(shape)
    return point


def _numbers(side: Term, point: dict[Term, NDArray[Any]]) -> NDArray[Any]:
    numbers = Numbers({}, {})
    numbers.known.update(point)
    return numbers.of(side).reshape(-1)


def _agree(left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.bool_]:
    if left.dtype == object and right.dtype == object:
        return np.asarray(left == right, dtype=bool)
    return np.isclose(left.astype(np.float64), right.astype(np.float64), rtol=TOLERANCE, atol=TOLERANCE)
