"""Pictures: one scene, printed as SVG and as TikZ.

    svg(scene, title="", desc="") -> str     one <svg> element on a white card; title and desc are translated text
    tikz(scene) -> str                       one tikzpicture; needs amsmath and tikz, ctex for Chinese labels

Every builder returns a `Scene`, at most PAGE_WIDTH mm wide with its margins:

    computation_graph(nodes, edges, direction="auto")      of GraphNode(key, label, kind, note) and
                                                           GraphEdge(source, target, forward, backward)
    network_graph(loss, values=, gradients=, …)            the same, read off a network of terms
    sliding_window(n, k, stride=, padding=, dilation=, insert=, at=, names=, titles=, *_labels=, cell=)
    sliding_windows(n, k, …)                               all its positions, for film_strip(frames, per_row=)
    flips(rows, steps=(…, …), titles=)                     rot180 as two flips
    matrix_cells(ids, labels, title=, row_groups=, column_groups=)     equal weights look alike, zeros are blank
    relation_row(m, k, n, stride=, dilation=, insert=, padding=, at=)  one row seen from three sides
    upsampling(delta, spread, window, titles=, step=)      what pooling hands back

Labels are written as in `label`: X_{11}, ∂L/∂F_{11}, δ, -2, "upright prose"; `entries(name, rows, columns)` numbers
a grid, `rot180(rows)` turns it, `indexed(name)` prints a program's name, `prose(text)` quotes. `beside` and
`stacked` put scenes together. Pictures compute no mathematics: numbers come in as labels.
"""

from render.figure.cells import entries, rot180
from render.figure.draw_graph import computation_graph
from render.figure.draw_matrix import flips, matrix_cells, upsampling
from render.figure.draw_relation import relation_row
from render.figure.draw_window import film_strip, sliding_window, sliding_windows
from render.figure.label import indexed, prose
from render.figure.network import network_graph
from render.figure.scene import PAGE_WIDTH, Scene, beside, stacked
from render.figure.svg import svg
from render.figure.tikz import tikz
from render.figure.wiring import GraphEdge, GraphNode

__all__ = [
    "PAGE_WIDTH",
    "GraphEdge",
    "GraphNode",
    "Scene",
    "beside",
    "computation_graph",
    "entries",
    "film_strip",
    "flips",
    "indexed",
    "matrix_cells",
    "network_graph",
    "prose",
    "relation_row",
    "rot180",
    "sliding_window",
    "sliding_windows",
    "stacked",
    "svg",
    "tikz",
    "upsampling",
]
