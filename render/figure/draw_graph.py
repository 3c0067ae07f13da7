"""Computation graphs: values forward on one side of each wire, gradients backward on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.figure.scene import MARGIN, PAGE_WIDTH, Scene
from render.figure.wiring import Drawing, GraphEdge, GraphNode
from symbolic.errors import GradproofError

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = ("leaf", "operator", "gate", "result", "point")
DIRECTIONS = ("auto", "right", "down")


def computation_graph(
    nodes: Sequence[GraphNode],
    edges: Sequence[GraphEdge],
    *,
    direction: str = "auto",
    width: float = PAGE_WIDTH,
) -> Scene:
    """A network drawn in layers.

    direction  "right", "down", or "auto": right where that fits in `width` mm, else down.
    A graph too wide for either is scaled down. Raises GradproofError for a cycle or an unknown node.
    """
    if direction not in DIRECTIONS:
        raise GradproofError(f"direction must be one of {', '.join(DIRECTIONS)}; got {direction!r:.40}")
    keys = [node.key for node in nodes]
    if len(set(keys)) < len(keys) or not keys or any(node.kind not in KINDS for node in nodes):
        raise GradproofError(f"a computation graph needs nodes with different keys and a kind of {', '.join(KINDS)}")
    tries = [(way, size) for way in ("right", "down") if direction in ("auto", way) for size in (10, 9, 8)]
    for way, size in tries:
        scene = Drawing(nodes, edges, down=way == "down", size=size).scene()
        if scene.width <= width - 2 * MARGIN:
            break
    return scene.within(width).at_origin()
