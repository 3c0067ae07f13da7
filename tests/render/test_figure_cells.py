"""Pictures made of cells: every cell shows what the relation s·i + d·u - e·a = p says."""

from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from render.figure import (
    PAGE_WIDTH,
    Scene,
    entries,
    film_strip,
    flips,
    matrix_cells,
    relation_row,
    rot180,
    sliding_window,
    sliding_windows,
    upsampling,
)
from render.figure.scene import MARGIN, WEIGHTS, Box, Path, Text
from symbolic import conv2d, tensor
from symbolic.errors import GradproofError
from tests.render.gallery_of_scenes import layer_matrix, scenes, weights


def boxes(scene: Scene, *styles: str) -> list[Box]:
    """The boxes of the given styles in reading order."""
    found = [shape for shape in scene.shapes if isinstance(shape, Box) and shape.style in styles]
    return sorted(found, key=lambda box: (round(box.y, 3), round(box.x, 3)))


def inside(scene: Scene, box: Box) -> list[str]:
    """The labels that stand in a box, from above."""
    texts = [t for t in scene.shapes if isinstance(t, Text)]
    here = [t for t in texts if box.x < t.x < box.x + box.w and box.y < t.y < box.y + box.h]
    return [text.label for text in sorted(here, key=lambda t: t.y)]


def pairs(scene: Scene) -> list[list[str]]:
    """Of each cell under the window: the input entry and the kernel entry."""
    return [inside(scene, box) for box in boxes(scene, "kernel")]


def test_the_window_pairs_input_and_kernel_entries() -> None:
    scene = sliding_window(3, 2, at=(1, 0))
    assert pairs(scene) == [["X_{21}", "F_{11}"], ["X_{22}", "F_{12}"], ["X_{31}", "F_{21}"], ["X_{32}", "F_{22}"]]
    assert [box.label for box in boxes(scene, "chosen")] == ["O_{21}"]
    assert [box.label for box in boxes(scene, "output")] == ["O_{11}", "O_{12}", "O_{22}"]
    assert not boxes(scene, "padding", "inserted")


def test_padding_reads_zero() -> None:
    scene = sliding_window(2, 2, padding=1, at=(0, 2))
    assert pairs(scene) == [["0", "F_{11}"], ["0", "F_{12}"], ["X_{12}", "F_{21}"], ["0", "F_{22}"]]
    assert len(boxes(scene, "padding")) == 16 - 4 - 3


def test_the_full_convolution_of_the_input_gradient() -> None:
    """The corner entry ∂L/∂X_33 is δ_22 F_22: rot180 F has F_22 first, padded δ has δ_22 before its zeros."""
    options = {"padding": 1, "names": ("δ", "F", "X"), "kernel_labels": rot180(entries("F", 2, 2))}
    frames = sliding_windows(2, 2, **options)
    assert len(frames) == 9
    assert pairs(frames[-1]) == [["δ_{22}", "F_{22}"], ["0", "F_{21}"], ["0", "F_{12}"], ["0", "F_{11}"]]
    assert pairs(frames[4]) == [["δ_{11}", "F_{22}"], ["δ_{12}", "F_{21}"], ["δ_{21}", "F_{12}"], ["δ_{22}", "F_{11}"]]


@given(
    *(st.integers(1, 5) for _ in range(2)),
    *(st.integers(1, 3) for _ in range(3)),
    *(st.integers(0, 3) for _ in range(2)),
)
@settings(max_examples=60)
def test_every_position_shows_the_relation(n: int, k: int, s: int, d: int, e: int, low: int, high: int) -> None:
    m = (e * (n - 1) + low + high - d * (k - 1)) // s + 1
    assume(0 < m < 7)
    frames = sliding_windows((n,), (k,), stride=s, dilation=d, insert=e, padding=((low, high),), cell=9.0)
    assert len(frames) == m
    for i, frame in enumerate(frames):
        shown = [tuple(pair) for pair in pairs(frame)]
        read = {u: a for u, a in product(range(k), range(n)) if s * i + d * u - e * a == low}
        assert shown == [(f"X_{{{read[u] + 1}}}" if u in read else "0", f"F_{{{u + 1}}}") for u in range(k)]
        assert [box.label for box in boxes(frame, "chosen")] == [f"O_{{{i + 1}}}"]
        assert len(boxes(frame, "inserted")) + len(boxes(frame, "input")) <= e * (n - 1) + 1


def test_there_are_as_many_positions_as_the_operator_has_outputs() -> None:
    options = {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)}
    out = conv2d(tensor("X", (6, 5)), tensor("F", (2, 3)), **options)
    assert len(sliding_windows((6, 5), (2, 3), **options)) == out.size


def test_the_frame_surrounds_the_taps() -> None:
    scene = sliding_window(6, 2, dilation=3, at=(1, 2))
    (frame,) = boxes(scene, "frame")
    taps = boxes(scene, "kernel")
    assert (frame.x, frame.y) == pytest.approx((taps[0].x, taps[0].y))
    assert (frame.x + frame.w, frame.y + frame.h) == pytest.approx((taps[-1].x + taps[-1].w, taps[-1].y + taps[-1].h))


def test_labels_that_fit_nowhere_are_left_out() -> None:
    scene = sliding_window(3, 2, names=("activation", "F", "O"), cell=6.0)
    assert pairs(scene) == [["F_{11}"], ["F_{12}"], ["F_{21}"], ["F_{22}"]]
    assert pairs(sliding_window(3, 2, input_labels=(), kernel_labels=())) == [[], [], [], []]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 3, "k": 2, "at": (2, 0)}, r"no position \(2, 0\); its output has the size \(2, 2\)"),
        ({"n": 3, "k": 4}, "does not fit the input 3"),
        ({"n": 3, "k": 2, "stride": 0}, "stride takes 2 whole numbers of at least 1; got 0"),
        ({"n": 3, "k": (2,)}, "kernel size takes 2"),
        ({"n": (3, 3, 3), "k": 2}, "one or two axes"),
        ({"n": 3, "k": 2, "padding": (1, 1, 1)}, "padding takes 2"),
        ({"n": 3, "k": 2, "padding": -1}, "does not fit"),
        ({"n": 3, "k": 2, "input_labels": [["a"]]}, "must be 3 rows of 3"),
    ],
)
def test_windows_that_cannot_be_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(GradproofError, match=message):
        sliding_window(**options)  # type: ignore[arg-type]


def test_a_film_strip_keeps_the_order_in_rows() -> None:
    frames = sliding_windows(3, 2, cell=6.0)
    scene = film_strip(frames, per_row=2)
    numbers = [shape for shape in scene.shapes if isinstance(shape, Text) and shape.label.startswith("(")]
    assert [text.label for text in numbers] == ["(1)", "(2)", "(3)", "(4)"]
    assert numbers[0].y == numbers[1].y < numbers[2].y == numbers[3].y
    assert numbers[0].x < numbers[1].x
    assert len(boxes(scene, "chosen")) == 4
    heights = [round(box.y, 3) for box in boxes(scenes()["strip"], "chosen")]
    assert [heights.count(y) for y in sorted(set(heights))] == [3, 3, 3]  # nine positions, three to a row
    wide = film_strip(frames, per_row=4)
    assert wide.width + 2 * MARGIN == pytest.approx(PAGE_WIDTH)
    with pytest.raises(GradproofError, match="at least one frame"):
        film_strip([])


def test_two_flips_are_a_rotation() -> None:
    rows = entries("F", 2, 3)
    scene = flips(rows, steps=("a", "b"))
    cells = boxes(scene, *(f"weight-{n}" for n in range(6)))
    xs = sorted({round(box.x, 3) for box in cells})
    parts = [[box for box in cells if round(box.x, 3) in xs[i : i + 3]] for i in (0, 3, 6)]
    shown = [[box.label for box in part] for part in parts]
    assert shown[0] == [*rows[0], *rows[1]]
    assert shown[1] == [*rows[1], *rows[0]]
    assert shown[2] == [label for row in rot180(rows) for label in row] == shown[0][::-1]
    looks = [{box.label: box.style for box in part} for part in parts]
    assert looks[0] == looks[1] == looks[2]  # an entry keeps its look
    assert len(set(looks[0].values())) == 6


def test_a_layer_matrix_has_one_look_per_weight() -> None:
    ids = layer_matrix(4, 3)
    scene = matrix_cells(ids, weights(3))
    cells = boxes(scene, "zero", *(f"weight-{n}" for n in range(9)))
    flat = [n for row in ids for n in row]
    assert [box.label for box in cells] == ["" if n is None else weights(3)[n] for n in flat]
    assert [box.style for box in cells] == ["zero" if n is None else f"weight-{n}" for n in flat]


def test_many_weights_are_named_in_a_legend() -> None:
    scene = matrix_cells(layer_matrix(8, 5), weights(5))
    swatches = [shape for shape in scene.shapes if isinstance(shape, Box) and shape.w == 4.0]
    assert [box.style for box in swatches] == [f"weight-{n}" for n in range(25)]
    assert [shape.label for shape in scene.shapes if isinstance(shape, Text)] == weights(5)


@pytest.mark.parametrize(
    ("ids", "labels", "message"),
    [
        ([[0, 1]], ["a"], "got numbers 0 to 1 and 1 labels"),
        ([[-1]], ["a"], "numbered from 0"),
        ([[WEIGHTS]], ["a"] * 200, "at most 72"),
        ([[0], [0, 0]], ["a"], "rows of equal length"),
        ([], [], "at least one cell"),
    ],
)
def test_matrices_that_cannot_be_drawn_are_refused(ids: list[list[int]], labels: list[str], message: str) -> None:
    with pytest.raises(GradproofError, match=message):
        matrix_cells(ids, labels)


@pytest.mark.parametrize(("s", "d", "e", "p"), [(1, 1, 1, 0), (2, 1, 1, 1), (1, 2, 1, 2), (1, 1, 2, 1), (3, 2, 1, 0)])
def test_every_triple_of_the_relation_is_a_line(s: int, d: int, e: int, p: int) -> None:
    sizes, at = (4, 3, 6), (1, 1, 2)
    scene = relation_row(*sizes, stride=s, dilation=d, insert=e, padding=p, at=at)
    triples = [t for t in product(*map(range, sizes)) if s * t[0] + d * t[1] - e * t[2] == p]
    through = [sum(t[side] == at[side] for t in triples) for side in range(3)]
    lines = [shape for shape in scene.shapes if isinstance(shape, Path)]
    assert len([line for line in lines if line.style == "line"]) == sum(through)
    assert len([line for line in lines if line.style == "guide"]) == sum(through)
    assert [box.label for box in boxes(scene, "chosen")] == ["δ_{2}", "F_{2}", "X_{3}"]
    assert len(boxes(scene, "kernel")) == through[0] + through[2]


def test_seen_from_the_input_the_lines_cross() -> None:
    """δ_i meets F_{a-i}: as i grows u falls, the rotation in plain sight; elsewhere the lines keep their order."""
    lines = [shape for shape in relation_row(3, 3, 5).shapes if isinstance(shape, Path) and shape.style == "line"]
    runs = [line.points[1][0] - line.points[0][0] for line in lines]
    assert runs[0] == pytest.approx(runs[2])
    assert runs[3] == pytest.approx(runs[5])
    assert runs[6] > 0 > runs[8]


def test_relations_outside_their_sizes_are_refused() -> None:
    with pytest.raises(GradproofError, match="entries inside them"):
        relation_row(3, 2, 4, at=(3, 0, 0))
    with pytest.raises(GradproofError, match="sizes of at least 1"):
        relation_row(3, 2, 4, stride=0)


def test_upsampling_gives_each_window_the_look_of_its_entry() -> None:
    spread = [["2", "0", "0", "0"], ["0", "0", "0", "8"], ["0", "4", "0", "0"], ["0", "0", "6", "0"]]
    scene = upsampling([["2", "8"], ["4", "6"]], spread, (2, 2))
    looks = {f"weight-{n}": [box.label for box in boxes(scene, f"weight-{n}")] for n in range(4)}
    assert looks == {"weight-0": ["2", "2"], "weight-1": ["8", "8"], "weight-2": ["4", "4"], "weight-3": ["6", "6"]}
    assert len(boxes(scene, "zero")) == 12
    assert len(boxes(scene, "block")) == 4
    with pytest.raises(GradproofError, match="fill 4×4 cells; got 4×2"):
        upsampling([["2", "8"], ["4", "6"]], [row[:2] for row in spread], (2, 2))


def test_entries_are_numbered_from_one() -> None:
    assert entries("X", 2, 2) == (("X_{11}", "X_{12}"), ("X_{21}", "X_{22}"))
    assert entries("X", 1, 10)[0][-1] == "X_{1,10}"
    assert entries("x", 2) == (("x_{1}", "x_{2}"),)
