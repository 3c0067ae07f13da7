"""The theorems of the field, for all sizes: `THEOREMS` maps each key to what builds it; `theorem(key)` builds it once.

gradients    every layer's gradients; what a network's proof cites     matrices    C and its transpose, im2col
identities   rot180, wide convolution, 1x1                            losses      softmax with cross entropy
functions    a function and its derivative                            arithmetic  the fifteen size relationships
normalization   batch normalization
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError, nearest
from symbolic.theorems import arithmetic, functions, gradients, identities, losses, matrices, normalization
from symbolic.theorems.gradients import NAMES, OPERANDS, SIZES, citation, gradient
from symbolic.theorems.theorem import Theorem

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NAMES", "OPERANDS", "SIZES", "THEOREMS", "Theorem", "citation", "gradient", "theorem"]

THEOREMS: dict[str, Callable[[], Theorem]] = {
    **gradients.THEOREMS,
    **matrices.THEOREMS,
    **identities.THEOREMS,
    **losses.THEOREMS,
    **normalization.THEOREMS,
    **functions.THEOREMS,
    **arithmetic.THEOREMS,
}


@cache
def theorem(key: str) -> Theorem:
    """The theorem with this key.  Raises GradproofError for an unknown key."""
    if key not in THEOREMS:
        raise GradproofError(f"no theorem '{key:.60}'{nearest(key, THEOREMS)}; the theorems are {', '.join(THEOREMS)}")
    return THEOREMS[key]()
