"""One small scene of every kind, and two networks; shared by the tests of the pictures."""

from functools import cache

from render.figure import (
    GraphEdge,
    GraphNode,
    Scene,
    computation_graph,
    entries,
    film_strip,
    flips,
    matrix_cells,
    network_graph,
    prose,
    relation_row,
    rot180,
    sliding_window,
    sliding_windows,
    upsampling,
)
from symbolic.functional import add, avg_pool2d, conv2d, mse_loss
from symbolic.functional.arguments import tensor
from symbolic.terms.term import Node, Tensor

CHAIN_NODES = (
    GraphNode("x", "x", "leaf"),
    GraphNode("y", "y", "leaf"),
    GraphNode("z", "z", "leaf"),
    GraphNode("+", "+", "gate"),
    GraphNode("*", "×", "gate"),
    GraphNode("f", "f", "result"),
)
CHAIN_EDGES = (
    GraphEdge("x", "+", "-2", "-4"),
    GraphEdge("y", "+", "5", "-4"),
    GraphEdge("z", "*", "-4", "3"),
    GraphEdge("+", "*", "q = 3", "-4"),
    GraphEdge("*", "f", "-12", "1"),
)


def pooled() -> Node:
    """The loss of conv, average pooling, squared error; all results named."""
    X, F, T = tensor("X", (3, 3)), tensor("F", (2, 2)), tensor("T", (1, 1))
    return mse_loss(avg_pool2d(conv2d(X, F, name="O"), 2, name="P"), T, name="L")


def residual() -> Node:
    """X is read twice: by the convolution and by the addition."""
    X, F, T = tensor("X", (3, 3)), tensor("F", (3, 3)), tensor("T", (3, 3))
    return mse_loss(add(conv2d(X, F, padding=1, name="O"), X, name="S"), T, name="L")


def deep() -> Node:
    """Three convolutions with biases: too wide for one line."""
    z: Tensor = tensor("X", (3, 32, 32))
    for i, channels in enumerate((3, 4, 8), start=1):
        W, b = tensor(f"W{i}", (4 * i, channels, 3, 3)), tensor(f"b{i}", (4 * i,))
        z = avg_pool2d(conv2d(z, W, b, padding=1, name=f"z{i}"), 2, name=f"a{i}")
    return mse_loss(z, tensor("T", (12, 4, 4)), name="L")


def layer_matrix(n: int, k: int) -> list[list[int | None]]:
    """C of y = Cx for an n×n input and a k×k kernel: the number of the weight in each cell."""
    m = n - k + 1
    ids: list[list[int | None]] = [[None] * (n * n) for _ in range(m * m)]
    for i in range(m):
        for j in range(m):
            for u in range(k):
                for v in range(k):
                    ids[m * i + j][n * (i + u) + j + v] = k * u + v
    return ids


def weights(k: int) -> list[str]:
    """The labels of a k×k kernel, row-major."""
    return [label for row in entries("F", k, k) for label in row]


@cache
def scenes() -> dict[str, Scene]:
    """The gallery by name."""
    full = sliding_windows(
        2,
        2,
        padding=1,
        names=("δ", "F", "X"),
        titles=("δ ⋆ rot180 F", "", "∂L/∂X"),
        kernel_labels=rot180(entries("F", 2, 2)),
        output_labels=(),
        cell=5.3,
    )
    return {
        "chain": computation_graph(CHAIN_NODES, CHAIN_EDGES),
        "chain-down": computation_graph(CHAIN_NODES, CHAIN_EDGES, direction="down"),
        "pooled": network_graph(pooled()),
        "residual": network_graph(residual()),
        "deep": network_graph(deep(), gradients={"X": None, "T": None}),
        "window": sliding_window(5, 2, stride=2, dilation=2, padding=1, at=(1, 2)),
        "row": sliding_window((7,), (3,), stride=2, padding=((1, 0),), at=(1,)),
        "zeros": sliding_window(2, 3, insert=2, padding=2, at=(1, 2), names=("δ", "F", "X"), cell=7),
        "strip": film_strip(full),
        "flips": flips(entries("F", 2, 2), steps=(prose("上下翻转"), prose("左右翻转"))),
        "matrix": matrix_cells(layer_matrix(4, 3), weights(3), title="C", column_groups=[("X_{1,·}", 4)] * 4),
        "big-matrix": matrix_cells(layer_matrix(8, 5), weights(5), row_groups=[("O_{1,·}", 4)]),
        "relation": relation_row(4, 3, 7, stride=2, padding=1, captions=("∂T/∂δ_{2}", "∂T/∂F_{2}", "∂T/∂X_{4}")),
        "average": upsampling([["2", "8"]], [["1", "1", "4", "4"]], (1, 2), step=prose("average")),
        "maximum": upsampling([["2", "8"]], [["0", "2", "8", "0"]], (1, 2)),
    }
