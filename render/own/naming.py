"""Names for the results of operators, so that every array of a network can be spoken of."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, count
from typing import TYPE_CHECKING

from symbolic.terms.rewriting import replaced
from symbolic.terms.term import Leaf, Node, Tensor, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = "OPQRUVYZABCDEGHIJKMNS"  # letters that texts use for results, in this order
LOSS = "L"


def named(loss: Node) -> Node:
    """The same network with a name for every result: L for a scalar at the end, O, P, Q, ... for the others.

    Names that the reader gave stay; a letter that a tensor bears is left out, and past the letters come H1, H2, ...
    """
    order = [term for term in walk(loss) if isinstance(term, Tensor)]
    taken = {tensor.name for tensor in order if tensor.name}
    free = (name for name in letters() if name not in taken and name != LOSS)
    fresh: dict[Tensor, Tensor] = {}
    for node in order:
        if not isinstance(node, Node) or node in fresh:
            continue
        args = tuple(fresh.get(arg, arg) for arg in node.args)
        body = replaced(node.body, {arg: fresh[arg] for arg in node.args if arg in fresh})
        final = node is loss and not node.shape and LOSS not in taken
        name = node.name or (LOSS if final else next(free))
        fresh[node] = replace(node, args=args, body=body, name=name)
    found = fresh[loss]
    if not isinstance(found, Node):
        raise TypeError("the loss is a node")
    return found


def letters() -> Iterator[str]:
    """O, P, Q, ..., then H1, H2, ..."""
    return chain(RESULTS, (f"H{k}" for k in count(1)))


def unused(names: str, tensors: list[Leaf | Node]) -> str:
    """The first of some letters that no tensor bears."""
    taken = {tensor.name for tensor in tensors}
    return next(name for name in chain(names, (f"D{k}" for k in count(1))) if name not in taken)
