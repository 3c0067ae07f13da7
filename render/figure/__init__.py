"""Pictures: one scene, printed as SVG and as TikZ.

    svg(scene, title="", desc="") -> str     one <svg> element on a white card; title and desc are translated text
    tikz(scene) -> str                       one tikzpicture; needs amsmath and tikz, ctex for Chinese labels

    computation_graph(nodes, edges)          GraphNode(key, label, kind, note), GraphEdge(source, target, forward, backward)
    network_graph(loss)                      the same, read off a network of terms

Labels are written as in `label`: X_{11}, ∂L/∂F_{11}, δ, "upright prose". Sizes are millimetres; every scene is at
most PAGE_WIDTH wide, margins included. `beside` and `stacked` put scenes together.
"""

from render.figure.draw_graph import GraphEdge, GraphNode, computation_graph
from render.figure.label import indexed, prose
from render.figure.network import network_graph
from render.figure.scene import PAGE_WIDTH, Scene, beside, stacked
from render.figure.svg import svg
from render.figure.tikz import tikz

__all__ = [
    "PAGE_WIDTH",
    "GraphEdge",
    "GraphNode",
    "Scene",
    "beside",
    "computation_graph",
    "indexed",
    "network_graph",
    "prose",
    "stacked",
    "svg",
    "tikz",
]
