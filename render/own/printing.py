"""Gradients as lines of plain text for a terminal, elided by a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from render.own.telling import readers
from render.own.unfolding import per_entry
from symbolic.roads.expressions import Expressions
from symbolic.terms.names import delta_name, entry_name, refuse_shared_symbols
from symbolic.terms.term import Grad

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from render.own.document import Network
    from symbolic.network.derived import Derived
    from symbolic.terms.term import Tensor, Term

ENTRIES = 16  # of one gradient
SHORT = 24  # factors in one entry that is told in the inputs alone
MOST = 200  # factors in one entry that is told in error terms; nobody reads more
DEEPEST = 60  # operators, each of which SymPy would nest in the next
NUMBERS = 150  # of an array that are printed
LONGEST = 400  # characters of one entry that are printed


def printed(network: Network, values: Mapping[str, Any] | None = None) -> str:
    """The gradients asked for, entry by entry; at given values their numbers as well.

    Entries that would be long are told in the results of the layers and the error terms of those that read the tensor,
    delta_NAME; what would be long even so is told by its length.
    """
    derived = network.derived
    lines = [f"{node!r}" for node in network.nodes]
    if network.cotangent is not None:
        lines.append(f"cotangent {network.cotangent.name}, shape {network.cotangent.shape}")
    result = None if values is None else derived.evaluate(dict(values))
    sizes = _sizes(derived)
    for tensor in network.wrt:
        lines += ["", *_gradient(derived, tensor, sizes)]
        if result is not None:
            lines.append(f"  at the given values: {_numbers(result.grads[tensor])}")
    return "\n".join(lines)


def _sizes(derived: Derived) -> dict[Term, int]:
    """Factors in one entry of every result and every gradient, written in the inputs alone."""
    sizes: dict[Term, int] = {}
    for node in derived.sweep.nodes:
        sizes[node] = min(per_entry(node.body, sizes), 10**9)
    for tensor in (*reversed(derived.sweep.nodes), *derived.sweep.leaves):
        sizes[Grad(derived.loss, tensor)] = min(per_entry(derived.gradient(tensor), sizes), 10**9)
    return sizes


def _gradient(derived: Derived, tensor: Tensor, sizes: Mapping[Term, int]) -> Iterator[str]:
    """The lines of one gradient, as short as it can be told."""
    top, rule = derived.loss.name, derived.gradient(tensor)
    short = sizes[Grad(derived.loss, tensor)] <= SHORT and len(derived.sweep.nodes) <= DEEPEST
    above = () if short else tuple(node for node in readers(derived, tensor) if node is not derived.loss)
    head = f"d{top}/d{tensor.name}, shape {tensor.shape}"
    if not short and per_entry(rule) > MOST:
        yield f"{head}: {tensor.size} entries of about {per_entry(rule)} factors each; the note tells them by a formula"
        return
    deltas = {node: delta_name(node, several=len(above) > 1) for node in above}
    names = ", ".join(f"{delta} = d{top}/d{node.name}" for node, delta in deltas.items())
    yield head + (f", where {names}" if names else "") + ":"
    symbols: dict[Term, str] = {} if short else {node: node.name for node in derived.sweep.nodes}
    symbols |= {Grad(derived.loss, node): delta for node, delta in deltas.items()}
    refuse_shared_symbols(deltas.values(), (x.name for x in (*derived.inputs, *derived.sweep.nodes)))
    writing = Expressions(derived.sweep.rules, symbols)
    for place, index in enumerate(np.ndindex(*(int(n) for n in tensor.shape))):  # type: ignore[arg-type]
        if place == ENTRIES:
            yield f"  ... and {tensor.size - ENTRIES} more entries"
            return
        text = str(writing.entry(rule, place))
        if len(text) > LONGEST:
            text = f"{text[:LONGEST].rpartition(' ')[0]} ... ({len(text)} characters)"
        yield f"  {entry_name(tensor.name, index)}: {text}"


def _numbers(array: NDArray[Any]) -> str:
    return np.array2string(array, threshold=NUMBERS, separator=", ", formatter={"all": str}).replace("\n", "\n    ")
