"""Local gradients dO/dF: every entry of a node differentiated by every entry of one of its own arguments."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import sympy

from symbolic.errors import GradproofError, shown
from symbolic.roads.expressions import Expressions
from symbolic.terms.names import entry_name, entry_symbol, symbol
from symbolic.terms.size import ints
from symbolic.terms.term import Node

if TYPE_CHECKING:
    from symbolic.terms.term import Tensor, Term


def local_gradients(node: Tensor, argument: Tensor) -> sympy.ImmutableDenseNDimArray:
    """Exact expressions in the entries of the node's arguments.

    Shape   node.shape + argument.shape.
    Raises  GradproofError where the node does not read the argument itself.
    """
    if not isinstance(node, Node) or argument not in node.args:
        known = ", ".join(arg.name or shown(arg) for arg in getattr(node, "args", ()))
        raise GradproofError(
            f"local: '{argument.name or shown(argument)}' is not an argument of '{node.name or shown(node)}', "
            + (f"whose arguments are {known}" if known else "which is an input; d.local(O, F) is dO/dF")
        )
    taken = {arg.name for arg in node.args}
    free = (name for place in count(1) if (name := f"arg{place}") not in taken)
    names: dict[Term, str] = {arg: arg.name or next(free) for arg in dict.fromkeys(node.args)}
    writing = Expressions(symbols=names)
    outputs = [writing.entry(node.body, place) for place in range(node.size)]
    indices = np.ndindex(*ints(argument.shape))
    if argument.name:
        symbols = [entry_symbol(argument, index) for index in indices]
    else:
        symbols = [symbol(entry_name(names[argument], index)) for index in indices]
    flat = [sympy.diff(output, x) for output in outputs for x in symbols]
    shape = ints(node.shape + argument.shape)
    return sympy.ImmutableDenseNDimArray(flat, shape) if shape else sympy.ImmutableDenseNDimArray(flat[0])
