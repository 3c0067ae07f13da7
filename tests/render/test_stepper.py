"""The stepper: what lights up is what the sums contain, by plain loops; the page shows it without a script as well."""

import json
import re
from collections.abc import Callable, Collection
from itertools import product

import numpy as np
import pytest

from render.arrange import indices
from render.book import note
from render.document import Block, Document, Stepper
from render.formats import FORMATS
from render.notation import standard
from render.notes import NOTES
from render.notes.stepping import stepper
from render.page import Page
from render.panel_lines import summands
from render.stepper import MOST_ENTRIES, Choice, Grid, Stepping, stepping, weight
from render.stepper_layer import NeedsNumbersError, alone, playable
from render.words import languages, words
from symbolic import (
    add,
    avg_pool1d,
    avg_pool2d,
    cat,
    conv1d,
    conv2d,
    conv3d,
    conv_transpose2d,
    convolve2d,
    derive,
    flatten,
    linear,
    max_pool2d,
    mul,
    relu,
    tensor,
)
from symbolic import sum as total
from symbolic.term import Entry, Grad, Multi, Node, Stack, Sum, Tensor, Term
from tests.render.html_tree import Element, tree
from tests.render.own_networks import NETWORKS
from tests.render.played import steppers
from tests.render.test_html import written
from tests.render.test_own import built

WITH_STEPPERS = (
    "chain-rule", "conv-sum-mse", "conv-layer", "conv-avgpool-mse", "wide-conv", "one-by-one-conv", "conv-cost",
    "conv-transpose", "pool-backward", "cnn-backprop", "numpy-operators", "conv-arithmetic", "strided-dilated-grouped",
    "transposed-conv",
)  # fmt: skip
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


@pytest.mark.parametrize("name", NOTES)
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


# ---------------------------------------------------------------------- pages


def page(*blocks: Block, lang: str = "en", form: str = "html") -> str:
    document = Document("conv-layer", "title", blocks)
    return Page(document, words(lang, "conv-layer"), FORMATS[form], standard()).text()


def sections(text: str) -> list[Element]:
    return tree(text).by_class("stepper")


def block(layer: Node, numbers: dict[Tensor, np.ndarray] | None = None) -> Stepper:
    shape = tuple(int(n) for n in layer.shape)  # type: ignore[arg-type]
    return stepper(derive(layer, gradient=tensor("G", shape)), layer, numbers=numbers)


@pytest.mark.parametrize("name", NOTES)
def test_the_notes_on_layers_can_be_played_with(name: str) -> None:
    assert bool([*steppers(note(name).blocks)]) == (name in WITH_STEPPERS)


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", WITH_STEPPERS)
def test_a_page_without_script_shows_one_choice_of_every_layer(name: str, lang: str) -> None:
    found = [layer for section in sections(written(name, lang)) for layer in section.by_class("layer")]
    assert found
    for layer in found:
        (data,) = [json.loads(s.text) for s in layer.all("script")]
        of, at = data["start"]
        choice = data["choices"][of][at]
        figures = {f.attributes["data-grid"]: f for f in layer.all("figure") if "data-grid" in f.attributes}
        lit = {
            (int(grid), int(cell.attributes["data-cell"]), int(number))
            for grid, figure in figures.items()
            for cell in figure.by_class("lit")
            for number in cell.by_class("badge")[0].text.split(",")
        }
        assert lit == {tuple(found) for found in choice["lit"]}
        assert lit
        over, cells = choice["window"] or (0, [])
        framed = {int(cell.attributes["data-cell"]) for cell in figures[str(over)].by_class("window")}
        assert framed == set(cells)
        (chosen,) = layer.by_class("chosen")
        assert chosen.attributes["data-cell"] == str(at)
        (line,) = [x for x in layer.walk() if x.attributes.get("data-line") == f"{of}-{at}"]
        assert line.text == layer.by_class("line")[0].text
        assert len(line.by_class("term")) == max(number for *_, number in lit)
        hidden = [element for element in layer.walk() if "hidden" in element.attributes]
        assert {button.text for element in hidden for button in element.all("button")} == {
            words(lang).text(f"stepper.{key}") for key in ("back", "play", "next")
        }


def test_factors_bear_the_colour_of_their_array() -> None:
    (section,) = sections(page(block(made(conv2d(T("X", 3, 3), T("F", 2, 2), T("b"), name="O")))))
    (line,) = [x for x in section.walk() if x.attributes.get("data-line") == "0-0"]
    marked = [(mark.attributes["class"], mark.text) for mark in line.all("mrow") if mark.attributes.get("class")]
    assert marked[:2] == [("array-1", "X11"), ("array-2", "F11")]
    assert marked[-1] == ("array-3", "b")
    assert [badge.text for badge in line.by_class("badge")] == ["1", "2", "3", "4", "5"]


def test_several_layers_are_listed_under_their_calls() -> None:
    o = made(conv2d(T("X", 3, 3), T("F", 2, 2), name="O"))
    pool = made(avg_pool2d(o, 2, name="P"))
    (section,) = sections(page(stepper(derive(pool, gradient=tensor("G", (1, 1))), o, pool)))
    assert [x.text for x in section.by_class("layer-title")] == ["O: conv2d(X, F)", "P: avg_pool2d(O, kernel_size=2)"]
    assert [x.text for x in section.all("option")] == ["O: conv2d(X, F)", "P: avg_pool2d(O, kernel_size=2)"]
    assert "hidden" in section.by_class("layers")[0].attributes
    titles = [figure.all("figcaption")[0].text for figure in section.by_class("array-0") if figure.tag == "figure"]
    assert titles == ["δ(O)≔∂L∂O", "O", "δ(P)≔∂L∂P", "P"]


@pytest.mark.parametrize("lang", languages())
def test_a_layer_too_large_is_told_in_words(lang: str) -> None:
    large = made(conv2d(T("X", 20, 20), T("F", 2, 2), name="O"))
    text = page(block(large), lang=lang)
    (section,) = sections(text)
    assert weight(large) == (765, 8664)
    assert "765" in section.text
    assert not section.all("table")
    assert not tree(text).all("script")


def test_a_maximum_without_numbers_says_what_it_needs() -> None:
    image = T("X", 4, 4)
    layer = made(max_pool2d(image, 2, name="O"))
    (section,) = sections(page(block(layer)))
    assert "once numbers are given for X" in section.text
    assert not section.all("table")
    (section,) = sections(page(block(layer, {image: np.arange(16).reshape(4, 4)})))
    assert [value.text for value in section.by_class("value")] == [str(k) for k in range(16)]


def test_a_tensor_that_others_read_too_is_told_apart() -> None:
    x, f = T("X", 3, 3), T("F", 1, 1)
    o = made(conv2d(x, f, name="O"))
    d = derive(total(add(o, x), name="L"))
    (section,) = sections(page(stepper(d, o)))
    assert "X feeds other layers as well" in section.text
    assert "∂LO∂X22=" in section.by_class("line")[0].text
    assert "δ≔∂L∂O" in section.text


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        ("a", ["a"]),
        ("a + b_{i + 1}", ["a", "b_{i + 1}"]),
        (r"\left(a + b\right) c + d", [r"\left(a + b\right) c", "d"]),
        ("0", ["0"]),
    ],
)
def test_a_sum_is_split_where_no_bracket_is_open(tex: str, parts: list[str]) -> None:
    assert summands(tex) == parts


def test_only_pages_with_a_stepper_may_run_a_script() -> None:
    def policy(root: Element) -> str:
        return next(m.attributes["content"] for m in root.all("meta") if "http-equiv" in m.attributes)

    with_script, without = tree(written("conv-layer", "en")), tree(written("scalar-net", "en"))
    assert re.search(r"; script-src 'sha256-[\w+/]{43}='$", policy(with_script))
    assert "script" not in policy(without)
    assert not without.all("script")


def test_paper_and_markdown_have_no_stepper() -> None:
    for form in ("md", "tex"):
        text = page(block(plain(3, 3, 2, 2, 1, 0, 1)), form=form)
        assert "F_{11}" not in text
        assert "\n\n\n" not in text
