"""Computation graphs: complete, without overlaps, with values forward and gradients backward."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.figure import PAGE_WIDTH, GraphEdge, GraphNode, Scene, computation_graph, network_graph
from render.figure.layering import columns, ordered, spread
from render.figure.scene import MARGIN, Bounds, Box, Circle, Path, Text
from symbolic import add, conv2d, derive, mse_loss, mul, sub, tensor
from symbolic.errors import GradproofError
from tests.render.gallery_of_scenes import CHAIN_EDGES, CHAIN_NODES, deep, pooled, residual, scenes


def solids(scene: Scene) -> list[Bounds]:
    """What must not overlap: nodes, and labels of wires."""
    return [
        shape.bounds
        for shape in scene.shapes
        if isinstance(shape, Box | Circle) or (isinstance(shape, Text) and shape.style in {"forward", "backward"})
    ]


def overlap(one: Bounds, other: Bounds) -> bool:
    """Whether two rectangles have more than a border in common."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width > 1e-6 and height > 1e-6


def points(path: Path) -> list[tuple[float, float]]:
    """Points along a Bézier path."""
    found = []
    for i in range(0, len(path.points) - 3, 3):
        p = path.points[i : i + 4]
        for t in (n / 16 for n in range(17)):
            w = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            found.append(
                (sum(a * q[0] for a, q in zip(w, p, strict=True)), sum(a * q[1] for a, q in zip(w, p, strict=True)))
            )
    return found


GRAPHS = ("chain", "chain-down", "pooled", "residual", "deep")


@pytest.mark.parametrize("name", GRAPHS)
def test_boxes_and_labels_do_not_overlap(name: str) -> None:
    shapes = solids(scenes()[name])
    assert len(shapes) > 10
    assert not [pair for pair in combinations(shapes, 2) if overlap(*pair)]


@pytest.mark.parametrize("name", GRAPHS)
def test_no_wire_runs_through_a_box_or_a_label(name: str) -> None:
    scene = scenes()[name]
    for shape in scene.shapes:
        if isinstance(shape, Path):
            for left, top, right, bottom in solids(scene):
                inside = [
                    (x, y) for x, y in points(shape) if left + 0.9 < x < right - 0.9 and top + 0.9 < y < bottom - 0.9
                ]
                dot = right - left < 3
                assert dot or not inside


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[GraphNode], list[GraphEdge]]:
    """A random acyclic graph with labels on some wires."""
    count = draw(st.integers(1, 9))
    kinds = st.sampled_from(["leaf", "operator", "gate", "result", "point"])
    nodes = [GraphNode(str(i), draw(st.sampled_from(["X", "conv2d", "+"])), draw(kinds)) for i in range(count)]
    pairs = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=12, unique=True))
    labels = st.sampled_from(["", "-4800", "∂L/∂F_{11}"])
    edges = [GraphEdge(str(a), str(b), draw(labels), draw(labels | st.none())) for a, b in pairs if a < b]
    return nodes, edges


@given(graphs(), st.sampled_from(["auto", "right", "down"]))
@settings(max_examples=60)
def test_any_graph_is_drawn_without_overlaps(graph: tuple[list[GraphNode], list[GraphEdge]], direction: str) -> None:
    scene = computation_graph(*graph, direction=direction)
    assert not [pair for pair in combinations(solids(scene), 2) if overlap(*pair)]
    assert scene.width + 2 * MARGIN <= PAGE_WIDTH + 1e-9
    assert scene == computation_graph(*graph, direction=direction)
    wires = [shape for shape in scene.shapes if isinstance(shape, Path)]
    assert len(wires) == len(graph[1]) + sum(edge.backward is not None for edge in graph[1])


def test_edges_run_to_the_right_or_down() -> None:
    for name, axis in (("chain", 0), ("chain-down", 1)):
        wires = [shape for shape in scenes()[name].shapes if isinstance(shape, Path)]
        assert {wire.style for wire in wires} == {"forward", "backward"}
        for wire in wires:
            grows = wire.points[-1][axis] > wire.points[0][axis]
            assert grows == (wire.style == "forward")


@pytest.mark.parametrize("name", GRAPHS)
def test_wires_enter_a_box_apart(name: str) -> None:
    """2 mm between the ends of two forward wires leave room for a gradient's."""
    wires = [shape for shape in scenes()[name].shapes if isinstance(shape, Path)]
    ends = [wire.points[-1] for wire in wires if wire.style == "forward"]
    assert all(abs(a - c) + abs(b - d) > 2 for (a, b), (c, d) in combinations(ends, 2))


def test_values_stand_above_and_gradients_below_their_wire() -> None:
    texts = [shape for shape in scenes()["chain"].shapes if isinstance(shape, Text)]
    by_label = {text.label: text for text in texts}
    assert by_label["q = 3"].y < by_label["-12"].y + 5
    forward = [text.label for text in texts if text.style == "forward"]
    backward = [text.label for text in texts if text.style == "backward"]
    assert forward == [edge.forward for edge in CHAIN_EDGES]
    assert backward == [edge.backward for edge in CHAIN_EDGES]
    for above, below in zip(
        [t for t in texts if t.style == "forward"], [t for t in texts if t.style == "backward"], strict=True
    ):
        assert above.x == pytest.approx(below.x)
        assert above.y < below.y


def test_a_straight_chain_is_straight() -> None:
    nodes = [GraphNode(str(i), "X") for i in range(5)]
    scene = computation_graph(nodes, [GraphEdge(a.key, b.key, "a") for a, b in pairwise(nodes)])
    centres = {round((box[1] + box[3]) / 2, 6) for box in (s.bounds for s in scene.shapes if isinstance(s, Box))}
    assert len(centres) == 1


def test_a_crowd_is_scaled_down_to_the_page() -> None:
    nodes = [GraphNode(str(i), "weight", "leaf") for i in range(30)] + [GraphNode("+", "+", "gate")]
    scene = computation_graph(nodes, [GraphEdge(str(i), "+", "value") for i in range(30)], direction="down")
    assert scene.width + 2 * MARGIN == pytest.approx(PAGE_WIDTH)
    assert not [pair for pair in combinations(solids(scene), 2) if overlap(*pair)]


@pytest.mark.parametrize(
    ("nodes", "edges", "direction", "message"),
    [
        (CHAIN_NODES, [GraphEdge("x", "w")], "auto", "names no node 'w'"),
        (CHAIN_NODES, [GraphEdge("x", "+"), GraphEdge("+", "x")], "auto", "has no cycles"),
        (CHAIN_NODES, [GraphEdge("x", "x")], "auto", "has no cycles"),
        ((), (), "auto", "needs nodes"),
        ((*CHAIN_NODES, GraphNode("x")), (), "auto", "different keys"),
        ((GraphNode("x", kind="star"),), (), "auto", "a kind of leaf"),
        (CHAIN_NODES, CHAIN_EDGES, "left", "direction must be one of"),
    ],
)
def test_what_is_no_graph_is_refused(
    nodes: tuple[GraphNode, ...], edges: list[GraphEdge], direction: str, message: str
) -> None:
    with pytest.raises(GradproofError, match=message):
        computation_graph(nodes, edges, direction=direction)


def test_leaves_stand_just_before_their_first_reader() -> None:
    assert columns(["a", "b", "f", "g", "t"], [("a", "f"), ("b", "f"), ("f", "g"), ("t", "g")]) == {
        "a": 0,
        "b": 0,
        "f": 1,
        "g": 2,
        "t": 1,
    }


def test_crossings_are_undone() -> None:
    assert ordered([["a", "b"], ["c", "d"]], [("a", "d"), ("b", "c")]) in (
        [["a", "b"], ["d", "c"]],
        [["b", "a"], ["c", "d"]],
    )


def test_positions_are_the_nearest_with_room_between() -> None:
    assert spread([0, 0], [1, 1], [2]) == [-1, 1]
    assert spread([0, 0], [3, 1], [2]) == [-0.5, 1.5]
    assert spread([0, 5], [1, 1], [2]) == [0, 5]


def labels(scene: Scene, style: str) -> list[str]:
    """The labels of one style, in drawing order."""
    return [shape.label for shape in scene.shapes if isinstance(shape, Text) and shape.style == style]


def test_a_network_shows_operators_results_and_gradients() -> None:
    scene = network_graph(pooled())
    boxes = [shape.label for shape in scene.shapes if isinstance(shape, Box)]
    assert {'"conv2d"', '"avg_pool2d"', '"mse_loss"', "L"} <= set(boxes)
    assert sorted(labels(scene, "ink")) == ["F", "T", "X"]
    assert sorted(labels(scene, "muted")) == ["1×1", "2×2", "3×3"]
    assert [label for label in labels(scene, "forward") if label] == ["O", "P"]
    expected = {"∂L/∂X", "∂L/∂F", "∂L/∂O", "∂L/∂P", "∂L/∂T", "1"}
    assert set(labels(scene, "backward")) == expected


def test_a_derivation_is_drawn_as_its_loss() -> None:
    loss = pooled()
    assert network_graph(derive(loss)) == network_graph(loss)


def test_values_and_gradients_of_the_caller_are_shown() -> None:
    scene = network_graph(pooled(), values={"O": "36", "L": "4"}, gradients={"O": "δ", "T": None})
    assert {"36", "4", "P"} <= set(labels(scene, "forward"))
    assert "δ" in labels(scene, "backward")
    assert not {"∂L/∂O", "∂L/∂T"} & set(labels(scene, "backward"))
    assert not any(shape.style == "backward" for shape in network_graph(pooled(), backward=False).shapes)


def test_a_tensor_read_twice_branches_at_a_dot() -> None:
    scene = network_graph(residual())
    dots = [shape for shape in scene.shapes if isinstance(shape, Circle) and shape.style == "point"]
    assert len(dots) == 1
    assert labels(scene, "backward").count("∂L/∂X") == 1  # the sum over both branches stands on the stem
    x = tensor("x")
    square = network_graph(mul(x, tensor("x"), name="y"))  # one tensor made twice is one tensor
    assert sum(isinstance(shape, Circle) and shape.style == "point" for shape in square.shapes) == 1


def test_signs_numbers_and_powers_stand_in_circles() -> None:
    x, y = tensor("x"), tensor("y")
    loss = sub(1, mul(2, add(x, y))) ** 2 / 3
    circles = {shape.label for shape in network_graph(loss).shapes if isinstance(shape, Circle)}
    assert circles == {"+", "2×", "1−", "(·)^{2}", "÷3"}


def test_an_unnamed_loss_is_called_L_or_as_told() -> None:
    X, F, T = tensor("X", (3, 3)), tensor("F", (2, 2)), tensor("T", (2, 2))
    loss = mse_loss(conv2d(X, F), T)
    assert "∂L/∂F" in labels(network_graph(loss), "backward")
    assert "∂J/∂F" in labels(network_graph(loss, loss="J"), "backward")


def test_a_deep_network_goes_down_the_page() -> None:
    scene = network_graph(deep())
    assert scene.height > scene.width
