"""The stepper: what lights up is what the sums contain, by plain loops; the page shows it without a script as well."""

from collections.abc import Callable, Collection
from itertools import product

import numpy as np
import pytest

from render.arrange import indices
from render.book import note
from render.stepper import MOST_ENTRIES, Choice, Grid, Stepping, stepping, weight
from render.stepper_layer import NeedsNumbersError, alone, playable
from symbolic import (
    add,
    avg_pool1d,
    cat,
    conv1d,
    conv2d,
    conv3d,
    conv_transpose2d,
    convolve2d,
    flatten,
    linear,
    max_pool2d,
    mul,
    relu,
    tensor,
)
from symbolic import sum as total
from symbolic.terms.term import Entry, Grad, Multi, Node, Stack, Sum, Tensor, Term
from tests.render.own_networks import NETWORKS
from tests.render.played import steppers
from tests.render.samples import EVERY_NOTE
from tests.render.test_own import built

Meeting = tuple[int, ...]  # flat entries of O and of the arguments, in this order; -1 for an argument that is not in it
# height, width, kernel height, kernel width, stride, padding, dilation
SIZES = [
    (3, 3, 2, 2, 1, 0, 1),
    (4, 5, 2, 3, 1, 0, 1),
    (5, 5, 3, 3, 2, 1, 1),
    (6, 5, 2, 2, 3, 0, 1),
    (7, 6, 3, 2, 1, 2, 2),
    (2, 2, 2, 2, 1, 0, 1),
]
# groups, output channels and input channels of each group, stride, padding, dilation
CHANNELS = [(1, 3, 2, 1, 0, 1), (2, 1, 1, 2, 1, 1), (2, 2, 1, 1, 1, 2), (3, 1, 2, 1, 0, 1)]


def T(name: str, *shape: int) -> Tensor:
    found: Tensor = tensor(name, shape)
    return found


def made(of: Tensor) -> Node:
    assert isinstance(of, Node)
    return of


def plain(h: int, w: int, kh: int, kw: int, s: int, p: int, d: int) -> Node:
    return made(conv2d(T("X", h, w), T("F", kh, kw), stride=s, padding=p, dilation=d, name="O"))


def entries(choice: Choice, grids: tuple[Grid, ...]) -> list[set[tuple[int, int]]]:
    """What a choice multiplies: a set of (array, entry) for every number, in order."""
    groups: dict[int, set[tuple[int, int]]] = {}
    for array, cell, number in choice.lit:
        entry = grids[array].cells[cell]
        assert entry is not None  # zeros never light up
        groups.setdefault(number, set()).add((array, entry))
    assert sorted(groups) == list(range(1, len(groups) + 1))
    return [groups[number] for number in sorted(groups)]


def check(layer: Node, meetings: Collection[Meeting], numbers: dict[Tensor, np.ndarray] | None = None) -> Stepping:
    """Every choice lights exactly the partners of its entry in the given products."""
    steps = stepping(alone(layer, "", numbers))
    assert len(steps.choices) == len(layer.args) + 1
    for place, choices in enumerate(steps.choices):
        for entry, choice in enumerate(choices):
            expected = [
                {(k, other) for k, other in enumerate(meeting) if k != place and other >= 0}
                for meeting in meetings
                if meeting[place] == entry
            ]
            found = entries(choice, steps.grids)
            assert sorted(map(sorted, found)) == sorted(map(sorted, expected))
    return steps


@pytest.mark.parametrize("size", SIZES)
def test_what_lights_up_is_what_is_multiplied(size: tuple[int, int, int, int, int, int, int]) -> None:
    h, w, kh, kw, s, p, d = size
    mh, mw = ((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k in ((h, kh), (w, kw)))
    found = set()
    for i, j, u, v in product(range(mh), range(mw), range(kh), range(kw)):
        a, b = s * i + d * u - p, s * j + d * v - p
        if 0 <= a < h and 0 <= b < w:
            found.add((i * mw + j, a * w + b, u * kw + v))
    check(plain(*size), found)


@pytest.mark.parametrize("case", CHANNELS)
def test_channels_groups_and_a_bias(case: tuple[int, int, int, int, int, int]) -> None:
    groups, outs, ins, s, p, d = case
    n, k, batch = 4, 2, 2
    m = (n + 2 * p - d * (k - 1) - 1) // s + 1
    x, f, b = T("X", batch, groups * ins, n), T("F", groups * outs, ins, k), T("b", groups * outs)
    layer = made(conv1d(x, f, b, stride=s, padding=p, dilation=d, groups=groups, name="O"))
    found = set()
    for image, o, i in product(range(batch), range(groups * outs), range(m)):
        out = (image * groups * outs + o) * m + i
        found.add((out, -1, -1, o))
        for c, u in product(range(ins), range(k)):
            a, channel = s * i + d * u - p, o // outs * ins + c
            if 0 <= a < n:
                found.add((out, (image * groups * ins + channel) * n + a, (o * ins + c) * k + u, -1))
    steps = check(layer, found)
    planes = [len(grid.planes) for grid in steps.grids]
    assert planes == [batch, batch, groups * outs, 1]


@pytest.mark.parametrize(("s", "p", "d", "extra"), [(1, 0, 1, 0), (2, 0, 1, 1), (2, 1, 1, 0), (1, 1, 2, 0)])
def test_a_transposed_convolution_stamps_its_kernel(s: int, p: int, d: int, extra: int) -> None:
    n, k = 3, 2
    layer = made(
        conv_transpose2d(T("Y", n, n), T("F", k, k), stride=s, padding=p, dilation=d, output_padding=extra, name="Z")
    )
    size = int(layer.shape[0])  # type: ignore[arg-type]
    found = set()
    for i, j, u, v in product(range(n), range(n), range(k), range(k)):
        a, b = s * i + d * u - p, s * j + d * v - p
        if 0 <= a < size and 0 <= b < size:
            found.add((a * size + b, i * n + j, u * k + v))
    steps = check(layer, found)
    for choice in steps.choices[0]:  # the kernel slides over the spread input
        assert choice.window is not None
        assert choice.window[0] == 1
        assert len(choice.window[1]) == k * k


def test_a_true_convolution_takes_the_turned_kernel() -> None:
    layer = made(convolve2d(T("X", 3, 3), T("W", 2, 2), "valid", name="Y"))
    cells = product(range(2), repeat=4)
    check(layer, {(i * 2 + j, (i + u) * 3 + j + v, (1 - u) * 2 + 1 - v) for i, j, u, v in cells})


def test_pooling_a_row_with_padding() -> None:
    layer = made(avg_pool1d(T("x", 1, 5), 3, 2, 1, count_include_pad=False, name="y"))
    steps = check(layer, {(i, 2 * i + u - 1) for i, u in product(range(3), range(3)) if 0 <= 2 * i + u - 1 < 5})
    assert steps.grids[1].sizes == (1, 7)
    assert [choice.window and choice.window[1] for choice in steps.choices[0]] == [(0, 1, 2), (2, 3, 4), (4, 5, 6)]


def test_a_dense_layer() -> None:
    layer = made(linear(T("x", 2, 3), T("W", 4, 3), T("b", 4), name="y"))
    cells = product(range(2), range(4), range(3))
    found = {(n * 4 + o, n * 3 + c, o * 3 + c, -1) for n, o, c in cells}
    steps = check(layer, found | {(n * 4 + o, -1, -1, o) for n, o in product(range(2), range(4))})
    assert all(choice.window is None for choices in steps.choices for choice in choices)


def test_three_dimensions_are_layers_of_tables() -> None:
    layer = made(conv3d(T("X", 1, 3, 2, 2), T("F", 1, 1, 2, 2, 2), padding=(1, 0, 0), name="O"))
    found = set()
    for i, u, v, w in product(range(4), range(2), range(2), range(2)):
        if 0 <= i + u - 1 < 3:
            found.add((i, (i + u - 1) * 4 + v * 2 + w, u * 4 + v * 2 + w))
    steps = check(layer, found)
    assert [place for place, _ in steps.grids[1].planes] == [(0, k) for k in range(5)]  # the first and last are padding


def test_the_winners_of_a_maximum_are_those_of_the_numbers() -> None:
    image = T("X", 4, 4)
    layer = made(max_pool2d(image, 2, 1, 1, name="O"))
    numbers = np.array([[3, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8], [9, 7, 9, 3]])
    found = set()
    for i, j in product(range(5), range(5)):
        inside = [(a, b) for a, b in product((i - 1, i), (j - 1, j)) if 0 <= a < 4 and 0 <= b < 4]
        best = max(inside, key=lambda cell: numbers[cell])  # the first of equal ones
        found.add((i * 5 + j, best[0] * 4 + best[1]))
    steps = check(layer, found, {image: numbers})
    assert all(choice.window and len(choice.window[1]) == 4 for choice in steps.choices[0])
    with pytest.raises(NeedsNumbersError, match="winners of O = max_pool2d"):
        alone(layer)


def test_an_array_that_meets_itself_has_no_window() -> None:
    image = T("X", 3, 3)
    layer = made(conv2d(image, image, padding=1, name="O"))
    agree(layer)
    steps = stepping(alone(layer))
    assert [grid.sizes for grid in steps.grids] == [(3, 3), (3, 3)]
    assert all(choice.window is None for choices in steps.choices for choice in choices)


@pytest.mark.parametrize("size", SIZES)
def test_the_window_is_as_large_as_its_kernel_and_holds_what_lights_up(
    size: tuple[int, int, int, int, int, int, int],
) -> None:
    kernel = size[2] * size[3]
    steps = stepping(alone(plain(*size)))
    outputs = len(steps.choices[0])
    for view, over, count in ((0, 1, kernel), (2, 1, outputs), (1, 0, kernel)):
        for choice in steps.choices[view]:
            assert choice.window is not None
            where, cells = choice.window
            assert where == over
            assert len(cells) == len(set(cells)) == count
            assert 0 <= min(cells) <= max(cells) < len(steps.grids[over].cells)
            lit = {cell for grid, cell, _ in choice.lit if grid == over}
            assert lit == {cell for cell in cells if steps.grids[over].cells[cell] is not None}


def test_a_window_covers_the_channels_of_its_group() -> None:
    layer = made(conv2d(T("X", 4, 3, 3), T("F", 2, 2, 2, 2), groups=2, name="O"))
    window = stepping(alone(layer)).choices[0][4].window  # the first entry of the second output channel
    assert window == (1, tuple(plane * 9 + cell for plane in (2, 3) for cell in (0, 1, 3, 4)))


def test_windows_slide_in_reading_order() -> None:
    steps = stepping(alone(plain(3, 3, 2, 2, 1, 0, 1)))
    firsts = [choice.window and choice.window[1][0] for choice in steps.choices[1]]
    assert firsts == [0, 1, 2, 4, 5, 6, 8, 9, 10]
    assert steps.grids[0].sizes == (4, 4)
    assert steps.grids[0].cells.count(None) == 12


@pytest.mark.parametrize(
    "other",
    [
        lambda x, y: mul(x, y, name="O"),
        lambda x, y: add(x, y, name="O"),
        lambda x, _: relu(x, name="O"),
        lambda x, y: cat([x, y], name="O"),
        lambda x, _: flatten(x, name="O"),
        lambda x, _: total(x, name="O"),
        lambda x, y: conv2d(mul(x, x), y, name="O"),  # the image has no name
    ],
)
def test_what_is_no_layer_is_refused(other: Callable[[Tensor, Tensor], Tensor]) -> None:
    layer = made(other(T("X", 3, 3), T("Y", 3, 3)))
    assert not playable(layer)
    with pytest.raises(TypeError, match="a stepper shows a linear layer or a max-pool of named tensors; got"):
        alone(layer)


# ---------------------------------------------------------------------- against the checked equalities and SymPy


def factors(term: Term) -> list[set[tuple[str, int]]]:
    """The products of a written-out sum as sets of (tensor, entry)."""
    if isinstance(term, Sum):
        return [found for part in term.terms for found in factors(part)]
    parts = set()
    for operand in term.operands if isinstance(term, Multi) else (term,):
        source = operand.source if isinstance(operand, Entry) else operand
        source = source.wrt if isinstance(source, Grad) else source
        assert isinstance(source, Tensor)
        place = indices(source.shape).index(operand.index) if isinstance(operand, Entry) else 0
        parts.add((source.name, place))
    return [parts]


def agree(layer: Node, numbers: dict[Tensor, np.ndarray] | None = None) -> None:
    """The numbers count the products of the checked equalities, in their order."""
    found = alone(layer, "", numbers)
    steps = stepping(found)
    names = [array.name for array in found.arrays]
    for choices, step in zip(steps.choices, found.lines, strict=True):
        sums = step.rhs.entries if isinstance(step.rhs, Stack) else (step.rhs,)
        for choice, part in zip(choices, sums, strict=True):
            lit = [{(names[array], entry) for array, entry in group} for group in entries(choice, steps.grids)]
            assert lit == ([] if str(getattr(part, "value", "")) == "0" else factors(part))


@pytest.mark.parametrize("name", EVERY_NOTE)
def test_the_numbers_count_the_products_of_the_notes(name: str) -> None:
    for block in steppers(note(name).blocks):
        for _, layer in block.layers:
            agree(layer, dict(block.numbers or {}))


@pytest.mark.parametrize("name", NETWORKS)
def test_lit_cells_are_the_engines_routes(name: str) -> None:
    found = built(name)
    for layer in (node for node in found.nodes if playable(node) and weight(node)[0] <= MOST_ENTRIES):
        if layer.op.startswith("max_pool"):
            continue
        agree(layer)
        apart = alone(layer)
        steps = stepping(apart)
        for k, array in enumerate(apart.arrays[1:], 1):
            through = apart.derived.grad(array, through=apart.layer)
            for choice, place in zip(steps.choices[k], indices(array.shape), strict=True):
                lit = {(grid, entry) for group in entries(choice, steps.grids) for grid, entry in group}
                names = {f"delta_{apart.layer.name}" if grid == 0 else apart.arrays[grid].name for grid, _ in lit}
                symbols = {str(symbol) for symbol in through[place].free_symbols}
                assert len(symbols) == len(lit)
                assert {symbol.partition("_")[0] for symbol in symbols} <= {n.partition("_")[0] for n in names}
