"""Gradients as lines of plain text for a terminal, elided by a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from render.own.budget import PAGE, length
from render.own.telling import readers
from render.own.unfolding import per_entry
from symbolic.naming import delta_name, entry_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from render.own.document import Network
    from symbolic.term import Node, Tensor

ENTRIES = 16  # of one gradient
SHORT = 160  # characters of one entry in the inputs alone; longer ones are told in error terms
MOST_FACTORS = 200  # in one entry; building more takes SymPy seconds, and nobody reads them
LONGEST = 400  # characters of one entry that are printed


def printed(network: Network, values: Mapping[str, Any] | None = None) -> str:
    """The gradients asked for, entry by entry; at given values their numbers as well.

    Entries that would be long are told in the error terms of the layers that read the tensor, delta_NAME.
    """
    derived = network.derived
    lines = [f"{node!r}" for node in network.nodes]
    if network.cotangent is not None:
        lines.append(f"cotangent {network.cotangent.name}, shape {network.cotangent.shape}")
    long = length(derived) > PAGE
    result = None if values is None else derived.evaluate(dict(values))
    for tensor in network.wrt:
        above = tuple(node for node in readers(derived, tensor) if node is not derived.loss)
        through = above if long or len(_entry(network, tensor, _middle(tensor), ())) > SHORT else ()
        head = f"d{derived.loss.name}/d{tensor.name}, shape {tensor.shape}"
        names = ", ".join(f"{delta_name(x, several=len(through) > 1)} = d/d{x.name}" for x in through)
        lines += ["", head + (f", where {names}" if names else "") + ":"]
        lines += _entries(network, tensor, through)
        if result is not None:
            lines.append(f"  at the given values: {_numbers(result.grads[tensor])}")
    return "\n".join(lines)


def _entries(network: Network, tensor: Tensor, through: tuple[Node, ...]) -> Iterator[str]:
    factors = per_entry(network.derived.gradient(tensor))
    if factors > MOST_FACTORS:
        yield f"  {tensor.size} entries, each a sum with about {factors} factors"
        return
    shape = tuple(int(n) for n in tensor.shape)  # type: ignore[arg-type]
    for count, index in enumerate(np.ndindex(*shape)):
        if count == ENTRIES:
            yield f"  ... and {tensor.size - ENTRIES} more entries"
            return
        text = _entry(network, tensor, index, through)
        if len(text) > LONGEST:
            text = f"{text[:LONGEST].rpartition(' ')[0]} ... ({len(text)} characters)"
        yield f"  {entry_name(tensor.name, index)}: {text}"


def _entry(network: Network, tensor: Tensor, index: tuple[int, ...], through: tuple[Node, ...]) -> str:
    return str(network.derived.entry(tensor, index, through=through or None))


def _middle(tensor: Tensor) -> tuple[int, ...]:
    return tuple(int(n) // 2 for n in tensor.shape)  # type: ignore[arg-type]


def _numbers(array: NDArray[Any]) -> str:
    return np.array2string(array, threshold=PAGE // ENTRIES, separator=", ", formatter={"all": str}).replace(
        "\n", "\n    "
    )
