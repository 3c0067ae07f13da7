"""The stepper's panels: a page shows one choice of every layer without a script, and says what cannot be shown."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from render.book import note
from render.document import Block, Document, Stepper
from render.formats import FORMATS
from render.notation import standard
from render.notes.stepping import stepper
from render.page import Page
from render.panel import ON_A_PAGE
from render.panel_lines import summands
from render.stepper import weight
from render.words import languages, words
from symbolic import add, avg_pool2d, conv2d, derive, max_pool2d, tensor
from symbolic import sum as total
from symbolic.terms.term import Node, Tensor
from tests.render.html_tree import Element, tree
from tests.render.played import steppers
from tests.render.samples import EVERY_NOTE
from tests.render.test_html import written
from tests.render.test_stepper import T, made, plain

WITH_STEPPERS = (
    "chain-rule", "conv-sum-mse", "conv-layer", "conv-avgpool-mse", "wide-conv", "one-by-one-conv", "conv-cost",
    "conv-transpose", "pool-backward", "cnn-backprop", "numpy-operators", "conv-arithmetic", "strided-dilated-grouped",
    "transposed-conv",
)  # fmt: skip


def page(*blocks: Block, lang: str = "en", form: str = "html") -> str:
    document = Document("conv-layer", "title", blocks)
    return Page(document, words(lang, "conv-layer"), FORMATS[form], standard()).text()


def sections(text: str) -> list[Element]:
    return tree(text).by_class("stepper")


def block(layer: Node, numbers: dict[Tensor, np.ndarray] | None = None) -> Stepper:
    shape = tuple(int(n) for n in layer.shape)  # type: ignore[arg-type]
    return stepper(derive(layer, gradient=tensor("G", shape)), layer, numbers=numbers)


@pytest.mark.parametrize("name", EVERY_NOTE)
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


def test_a_page_holds_so_many_layers() -> None:
    x = T("X", 1, 6, 6)
    layers = []
    for k in range(8):
        x = made(conv2d(x, T(f"F{k}", 1, 1, 3, 3), padding=1, name=f"O{k}"))
        layers.append(x)
    (section,) = sections(page(stepper(derive(total(x, name="L")), *layers)))
    fit = ON_A_PAGE // weight(layers[0])[1]
    assert 1 < fit < len(layers)
    assert len(section.by_class("layer")) == fit
    assert section.text.count("is left out here") == len(layers) - fit


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


def test_the_page_follows_the_notation() -> None:
    notation = replace(standard(), gradient="partial", base=0, names={"X": r"\mathbf{x}"})
    document = Document("conv-layer", "title", (block(plain(3, 3, 2, 2, 1, 0, 1)),))
    (section,) = sections(Page(document, words("en", "conv-layer"), FORMATS["html"], notation).text())
    (line,) = [x for x in section.walk() if x.attributes.get("data-line") == "1-0"]
    assert line.text == "∂L∂𝐱00= ∂L∂O00F001"
    marked = [mark.attributes["class"] for mark in line.all("mrow") if mark.attributes.get("class")]
    assert marked == ["array-0", "array-2"]
