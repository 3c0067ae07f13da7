"""The stepper: what lights up is what the sums contain, by plain loops; the page shows it without a script as well."""

import json
import re
from collections.abc import Callable

import pytest

from render.arrange import indices
from render.cli import note
from render.document import Document, Stepper
from render.formats import FORMATS
from render.notation import standard
from render.notes.stepping import stepper
from render.page import Page
from render.stepper import IMAGE, KERNEL, OUT, Choice, Grid, stepping
from render.words import languages, words
from symbolic import conv1d, conv2d, convolve2d, derive, tensor
from symbolic.term import Entry, Multi, Node, Stack, Sum, Tensor, Term
from tests.render.html_tree import Element, tree
from tests.render.test_html import written

NOTES = ("conv-layer", "conv-sum-mse", "conv-avgpool-mse")
# height, width, kernel height, kernel width, stride, padding, dilation
SIZES = [
    (3, 3, 2, 2, 1, 0, 1),
    (4, 5, 2, 3, 1, 0, 1),
    (5, 5, 3, 3, 2, 1, 1),
    (6, 5, 2, 2, 3, 0, 1),
    (7, 6, 3, 2, 1, 2, 2),
    (2, 2, 2, 2, 1, 0, 1),
]


def layer(h: int, w: int, kh: int, kw: int, s: int, p: int, d: int) -> Node:
    made = conv2d(tensor("X", (h, w)), tensor("F", (kh, kw)), stride=s, padding=p, dilation=d, name="O")
    assert isinstance(made, Node)
    return made


def products(h: int, w: int, kh: int, kw: int, s: int, p: int, d: int) -> set[tuple[int, int, int]]:
    """(output, kernel, image) entries of every product, by plain loops over the definition."""
    mh, mw = ((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k in ((h, kh), (w, kw)))
    found = set()
    for i in range(mh):
        for j in range(mw):
            for u in range(kh):
                for v in range(kw):
                    a, b = s * i + d * u - p, s * j + d * v - p
                    if 0 <= a < h and 0 <= b < w:
                        found.add((i * mw + j, u * kw + v, a * w + b))
    return found


def entries(choice: Choice, grids: dict[str, Grid]) -> set[frozenset[tuple[str, int]]]:
    """What a choice multiplies: sets of (grid, entry), one per number."""
    groups: dict[int, set[tuple[str, int]]] = {}
    for name, cell, number in choice.lit:
        entry = grids[name].cells[cell]
        assert entry is not None  # zeros never light up
        groups.setdefault(number, set()).add((name, entry))
    assert sorted(groups) == list(range(1, len(groups) + 1))
    return {frozenset(group) for group in groups.values()}


@pytest.mark.parametrize("size", SIZES)
def test_what_lights_up_is_what_is_multiplied(size: tuple[int, int, int, int, int, int, int]) -> None:
    steps = stepping(layer(*size))
    for place, name in enumerate((OUT, KERNEL, IMAGE)):
        others = [(k, other) for k, other in enumerate((OUT, KERNEL, IMAGE)) if k != place]
        for entry, choice in enumerate(steps.choices[name]):
            expected = {frozenset((o, p[k]) for k, o in others) for p in products(*size) if p[place] == entry}
            assert entries(choice, steps.grids) == expected


@pytest.mark.parametrize("size", SIZES)
def test_the_window_is_as_large_as_its_kernel_and_holds_what_lights_up(
    size: tuple[int, int, int, int, int, int, int],
) -> None:
    kernel = size[2] * size[3]
    steps = stepping(layer(*size))
    outputs = len(steps.choices[OUT])
    for name, over, count in ((OUT, IMAGE, kernel), (KERNEL, IMAGE, outputs), (IMAGE, OUT, kernel)):
        for choice in steps.choices[name]:
            where, cells = choice.window
            assert where == over
            assert len(cells) == len(set(cells)) == count
            assert 0 <= min(cells) <= max(cells) < len(steps.grids[over].cells)
            lit = {cell for grid, cell, _ in choice.lit if grid == over}
            assert lit == {cell for cell in cells if steps.grids[over].cells[cell] is not None}


def test_windows_slide_in_reading_order() -> None:
    steps = stepping(layer(3, 3, 2, 2, 1, 0, 1))
    assert [choice.window[1][0] for choice in steps.choices[IMAGE]] == [0, 1, 2, 4, 5, 6, 8, 9, 10]
    assert steps.grids[OUT].columns == 4
    assert steps.grids[OUT].cells.count(None) == 12


def test_one_dimension_is_one_row() -> None:
    steps = stepping(conv1d(tensor("X", (1, 5)), tensor("F", (1, 1, 3)), dilation=2, name="O"))
    assert [len(steps.grids[name].rows) for name in (OUT, KERNEL, IMAGE)] == [1, 1, 1]
    assert steps.choices[IMAGE][2].lit == ((OUT, 4, 1), (KERNEL, 1, 1))


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (lambda: conv2d(tensor("X", (3, 3)), tensor("F", (2, 2)), tensor("b", ())), TypeError),
        (lambda: conv2d(tensor("X", (2, 3, 3)), tensor("F", (1, 2, 2, 2))), TypeError),
        (lambda: convolve2d(tensor("X", (3, 3)), tensor("F", (2, 2))), TypeError),
        (lambda: tensor("X", (3, 3)) * 2, TypeError),
        (lambda: conv2d(tensor("X", (20, 20)), tensor("F", (2, 2))), ValueError),
    ],
)
def test_a_layer_that_it_cannot_show_is_refused(wrong: Callable[[], Tensor], error: type[Exception]) -> None:
    with pytest.raises(error, match="a stepper"):
        stepping(wrong())  # type: ignore[arg-type]


def factors(term: Term) -> list[set[tuple[str, int]]]:
    """The products of a written-out sum as sets of (tensor, entry)."""
    terms = term.terms if isinstance(term, Sum) else (term,)
    found = []
    for product in terms:
        assert isinstance(product, Multi)
        parts = set()
        for operand in product.operands:
            assert isinstance(operand, Entry)
            source = getattr(operand.source, "wrt", operand.source)
            assert isinstance(source, Tensor)
            parts.add((source.name, indices(source.shape).index(operand.index)))
        found.append(parts)
    return found


@pytest.mark.parametrize("name", NOTES)
def test_the_numbers_count_the_products_of_the_checked_equalities(name: str) -> None:
    (block,) = [block for block in note(name).blocks if isinstance(block, Stepper)]
    steps = stepping(block.layer)
    image, kernel = block.layer.args
    names = {OUT: block.layer.name, KERNEL: kernel.name, IMAGE: image.name}
    for of, step in zip((OUT, KERNEL, IMAGE), block.lines, strict=True):
        assert isinstance(step.rhs, Stack)
        for choice, part in zip(steps.choices[of], step.rhs.entries, strict=True):
            lit: dict[int, set[tuple[str, int]]] = {}
            for grid, cell, number in choice.lit:
                lit.setdefault(number, set()).add((names[grid], steps.grids[grid].cells[cell]))  # type: ignore[arg-type]
            assert [lit[number] for number in sorted(lit)] == factors(part)


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", NOTES)
def test_a_page_without_script_shows_one_choice(name: str, lang: str) -> None:
    (stepper,) = tree(written(name, lang)).by_class("stepper")
    (data,) = [json.loads(s.text) for s in stepper.all("script") if s.attributes.get("type") == "application/json"]
    of, at = data["start"]
    choice = data["choices"][of][at]
    grids = {table.attributes.get("data-grid", ""): table for table in stepper.all("table")}
    lit = {
        (grid, int(cell.attributes["data-cell"]), int(cell.by_class("badge")[0].text))
        for grid, table in grids.items()
        for cell in table.by_class("lit")
    }
    assert lit == {tuple(found) for found in choice["lit"]}
    assert len(lit) == 8
    window = {int(cell.attributes["data-cell"]) for cell in grids[choice["window"][0]].by_class("window")}
    assert window == set(choice["window"][1])
    (chosen,) = stepper.by_class("chosen")
    assert chosen.attributes["data-cell"] == str(at)
    shown = stepper.by_class("line")[0].text
    (line,) = [x for x in stepper.walk() if x.attributes.get("data-line") == f"{of}-{at}"]
    assert line.text == shown
    assert shown.count("+") == 3
    hidden = [element for element in stepper.walk() if "hidden" in element.attributes]
    assert {button.text for element in hidden for button in element.all("button")} == {
        words(lang).text(f"stepper.{key}") for key in ("back", "play", "next")
    }


def test_only_pages_with_a_stepper_may_run_a_script() -> None:
    def policy(root: Element) -> str:
        return next(m.attributes["content"] for m in root.all("meta") if "http-equiv" in m.attributes)

    with_script, without = tree(written("conv-layer", "en")), tree(written("scalar-net", "en"))
    assert re.search(r"; script-src 'sha256-[\w+/]{43}='$", policy(with_script))
    assert "script" not in policy(without)
    assert not without.all("script")


def test_paper_and_markdown_have_no_stepper() -> None:
    o = layer(3, 3, 2, 2, 1, 0, 1)
    d = derive(o, gradient=tensor("D", (2, 2)))
    document = Document("conv-layer", "title", (stepper(d, o),))
    for form in ("md", "tex"):
        text = Page(document, words("en", "conv-layer"), FORMATS[form], standard()).text()
        assert "F_{11}" not in text
        assert "\n\n\n" not in text
