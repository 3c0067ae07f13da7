"""The table of operators: one row per name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.errors import GradproofError, nearest
from symbolic.roads.numeric import (
    arithmetic,
    conv,
    conv_transpose,
    elementwise,
    loss,
    normalize,
    pool,
    shaping,
    signal2d,
)

if TYPE_CHECKING:
    from symbolic.roads.numeric.arrays import Operator

OPERATORS: dict[str, Operator] = {
    **conv.ROWS,
    **conv_transpose.ROWS,
    **signal2d.ROWS,
    **pool.ROWS,
    **shaping.ROWS,
    **arithmetic.ROWS,
    **elementwise.ROWS,
    **normalize.ROWS,
    **loss.ROWS,
}


def operator(name: str) -> Operator:
    """The row of an operator; GradproofError names one that the table lacks."""
    row = OPERATORS.get(name)
    if row is None:
        raise GradproofError(
            f"the numeric road has no operator {name!r:.60}{nearest(name, OPERATORS)}; a row in "
            "symbolic/roads/numeric gives it one"
        )
    return row
