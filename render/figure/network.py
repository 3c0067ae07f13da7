"""A network of terms as a computation graph: operators in boxes, values and gradients on the wires."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from render.figure.draw_graph import computation_graph
from render.figure.label import indexed, prose
from render.figure.scene import PAGE_WIDTH, Scene
from render.figure.wiring import GraphEdge, GraphNode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symbolic.network.derived import Derived
    from symbolic.terms.term import Leaf, Node

SIGNS = {"add": "+", "sub": "−", "mul": "×", "div": "÷"}


def network_graph(
    loss_or_derived: Node | Derived,
    *,
    values: Mapping[str, str] | None = None,
    gradients: Mapping[str, str | None] | None = None,
    loss: str = "",
    backward: bool = True,
    shapes: bool = True,
    direction: str = "auto",
    width: float = PAGE_WIDTH,
) -> Scene:
    """The graph of a loss (or of a derivation, of its loss).

    values     labels of forward wires by tensor name, as they are; else the names of operators' results.
    gradients  labels of backward wires by tensor name; else ∂L/∂NAME, L being the loss's name or `loss`;
               None draws no arrow back (a target T, data X).
    A tensor that several operators read branches at a dot: there the gradients of the branches add up.
    """
    from symbolic.terms.term import Leaf, Node, walk

    root = loss_or_derived if isinstance(loss_or_derived, Node) else loss_or_derived.loss
    tensors = [term for term in walk(root) if isinstance(term, Leaf | Node)]
    top = indexed(loss or root.name) or "L"
    keys: dict[int, str] = {}
    nodes: dict[str, GraphNode] = {}
    for tensor in tensors:  # equal leaves are one tensor, however often they were made
        keys[id(tensor)] = f"leaf {tensor.name}" if isinstance(tensor, Leaf) else f"node {len(keys)}"
        nodes.setdefault(keys[id(tensor)], _node(tensor, keys[id(tensor)], shapes=shapes))

    def wire(tensor: Leaf | Node, source: str, target: str) -> GraphEdge:
        name = tensor.name or (top if tensor is root else "")
        default = indexed(name) if isinstance(tensor, Node) and tensor is not root else ""
        back = "1" if tensor is root else f"∂{top}/∂{indexed(name)}" if name else ""
        forward = (values or {}).get(name, default) if name else ""
        return GraphEdge(source, target, forward, (gradients or {}).get(name, back) if backward else None)

    reads = list(
        dict.fromkeys((keys[id(arg)], keys[id(node)], n) for node in tensors for n, arg in enumerate(node.parts))
    )
    uses = Counter(source for source, _, _ in reads)
    by_key = {keys[id(tensor)]: tensor for tensor in tensors}
    edges: list[GraphEdge] = []
    for key in list(nodes):
        if uses[key] > 1:
            nodes[f"dot {key}"] = GraphNode(f"dot {key}", kind="point")
            edges.append(wire(by_key[key], key, f"dot {key}"))
    for source, target, _ in reads:
        branch = uses[source] > 1
        edges.append(
            GraphEdge(f"dot {source}", target, backward="" if backward else None)
            if branch
            else wire(by_key[source], source, target)
        )
    nodes["result"] = GraphNode("result", top, "result")
    edges.append(wire(root, keys[id(root)], "result"))
    return computation_graph(tuple(nodes.values()), edges, direction=direction, width=width)


def _node(tensor: Leaf | Node, key: str, *, shapes: bool) -> GraphNode:
    from symbolic.terms.term import Leaf

    if isinstance(tensor, Leaf):
        note = "×".join(map(str, tensor.shape)) if shapes else ""
        return GraphNode(key, indexed(tensor.name), "leaf", note)
    number = tensor.params.get("number")
    if tensor.op in SIGNS:
        sign = SIGNS[tensor.op]
        if number is None:
            return GraphNode(key, sign, "gate")
        return GraphNode(key, f"{number}{sign}" if tensor.params["position"] == 0 else f"{sign}{number}", "gate")
    if tensor.op == "pow":
        return GraphNode(key, f"(·)^{{{tensor.params['exponent']}}}", "gate")
    return GraphNode(key, prose(tensor.op))
