"""The numeric road: an independent second opinion on every value and gradient.

    run                   values and gradients of a network: textbook definitions, textbook reverse rules
    finite_differences    the gradient of one tensor from forward values alone
    OPERATORS             the table: name -> Operator(forward, backward)

NumPy with sliding windows throughout. Of a node only `op`, `args` and `params` are read, never the body, and
nothing here imports the forms, the layers' table or the calculus from which the other roads derive.
"""

from symbolic.roads.numeric.arrays import Operator
from symbolic.roads.numeric.difference import Differences, finite_differences
from symbolic.roads.numeric.sweep import Opinion, run
from symbolic.roads.numeric.table import OPERATORS

__all__ = ["OPERATORS", "Differences", "Operator", "Opinion", "finite_differences", "run"]
