"""HTML: one file that needs nothing else, well-formed, in its language, inert where text is hostile."""

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from render.book import note
from render.document import Block, Code, Document, Figure, Prose, Statement, Table
from render.figure.scene import Box as Cell
from render.figure.scene import Scene
from render.formats import FORMATS
from render.notation import standard
from render.page import Page
from render.words import languages, words
from symbolic import mul, tensor
from symbolic.kernel.logic import Expand, Rule, Step
from tests.render.demo import book, demo
from tests.render.html_tree import Element, tree
from tests.render.samples import EVERY_NOTE

LANGS = languages()


def page(lang: str, document: Document | None = None) -> str:
    return Page(document or demo(), book(lang), FORMATS["html"], standard()).text()


@cache
def written(name: str, lang: str) -> str:
    return Page(note(name), words(lang, name), FORMATS["html"], standard()).text()


def blocks(*found: Block, **own: str) -> Element:
    said = replace(book("en"), phrases=book("en").phrases | own)
    return tree(Page(Document("demo", "title", found), said, FORMATS["html"], standard()).text())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", EVERY_NOTE)
def test_a_note_is_one_well_formed_file(name: str, lang: str) -> None:
    text = written(name, lang)
    root = tree(text)
    (html,) = root.all("html")
    assert html.attributes["lang"] == lang
    assert len(root.all("h1")) == 1
    assert root.all("title")[0].text == words(lang, name).plain("title")
    assert len(root.all("svg")) == len([block for block in root.all("figcaption") if block.all("strong")])
    for svg in root.all("svg"):
        assert svg.attributes["role"] == "img"
        assert svg.attributes["aria-label"]
        assert svg.all("desc")[0].text
    assert len(root.all("math")) > 40
    assert not re.search(r"\\[a-zA-Z]", text)  # no TeX is left
    assert "$" not in root.all("main")[0].text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", EVERY_NOTE)
def test_nothing_is_loaded_from_anywhere(name: str, lang: str) -> None:
    text = written(name, lang)
    root = tree(text)
    assert not re.search(r"url\(|@import|<(?:img|link|iframe|object|embed|base|form)\b", text)
    assert not [element for element in root.walk() if {"src", "srcset", "xlink:href"} & element.attributes.keys()]
    assert not [key for element in root.walk() for key in element.attributes if key.startswith("on")]
    policies = [m.attributes["content"] for m in root.all("meta") if "http-equiv" in m.attributes]
    assert policies[0].startswith("default-src 'none'; ")


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_of_block_is_there(lang: str) -> None:
    root = tree(page(lang))
    kinds = {element.attributes.get("class", "").split(" ")[0] for element in root.walk()}
    assert {"display", "lhs", "rhs", "reason", "box", "theorem", "proof", "table", "scroll"} <= kinds
    assert len(root.all("h2")) == 1
    assert len(root.all("details")) == 1
    assert len(root.all("aside")) == 2
    assert [th.attributes["scope"] for th in root.all("th")] == ["col"] * len(root.all("th"))
    for table in root.all("table"):
        assert len({len([x for x in row.children if isinstance(x, Element)]) for row in table.all("tr")}) == 1


def test_a_chain_is_a_grid_of_single_formulas() -> None:
    display = tree(page("en")).by_class("display")[2]
    left, right = display.by_class("lhs"), display.by_class("rhs")
    assert [math.text for side in left for math in side.all("math")] == ["O"]
    assert right[0].text == "=X⋆F"
    assert all(side.text.startswith("=") for side in right)
    assert all(math.attributes["displaystyle"] == "true" for math in display.all("math"))
    assert [reason.text for reason in display.by_class("reason")] == ["by definition", "written out"]


def test_a_row_that_goes_on_has_no_second_sign() -> None:
    displays = tree(page("en", demo(5))).by_class("display")
    (row, *_) = [side for display in displays for side in display.by_class("goes-on")]
    first = row.all("mo")[0]
    assert first.text == "+"
    assert first.attributes["form"] == "infix"


def test_a_left_side_that_is_wide_for_a_phone_is_marked() -> None:
    x, y = tensor("x"), tensor("a_long_name_of_a_number")
    marks = []
    for one in (x, mul(y, y), mul(mul(y, y), mul(y, y))):
        step = Step(one, one, Rule.COLLECT, Expand())
        (display,) = blocks(Statement((step,))).by_class("display")
        marks.append(display.by_class("lhs")[0].attributes["class"])
    assert marks == ["lhs", "lhs wide", "lhs apart"]


def test_elided_sums_unfold_on_the_spot() -> None:
    root = tree(page("en", demo(5)))
    children = [x for x in root.all("main")[0].children if isinstance(x, Element)]
    pairs = [(shown, full) for shown, full in pairwise(children) if full.tag == "details" and "⋯" in shown.text]
    assert pairs
    for _, full in pairs:
        assert full.all("summary")[0].text == words("en").text("block.in_full")
        assert full.all("math")
        assert "⋯" not in full.text
    assert "Appendix" not in root.text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("the entry $x$.", "x."),
        ("$x$，其余为零", "x，"),
        ("（$x$）。", "x）。"),
        ("$x$ of", None),
        ("$x$", None),
    ],
)
def test_punctuation_stays_with_its_formula(said: str, kept: str | None) -> None:
    (paragraph,) = blocks(Prose("own"), own=said).all("main")[0].all("p")
    assert [span.text for span in paragraph.by_class("tied")] == ([] if kept is None else [kept])
    assert paragraph.text == said.replace("$", "")


def test_a_picture_is_scrolled_before_it_is_too_small() -> None:
    scene = Scene((Cell(0, 0, 100, 8, "cell"),))
    root = blocks(Figure(scene, "graph", "graph_caption", "graph_alt"))
    (frame,) = [x for x in root.walk() if x.attributes.get("style", "").startswith("min-width")]
    assert frame.attributes["style"] == "min-width: 70.0mm"
    assert frame.all("svg")


HOSTILE = [
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "| a |",
    "{{7*7}}",
    "<< 7 >>",
    "<% raw %>",
    r"\input{x}",
    "&lt;",
    "\"' onload='x",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_out_as_it_went_in(text: str) -> None:
    root = blocks(Prose("own", {"x": text}), Table(("entry",), ((text,),)), Code(text), own="{x}")
    (main,) = root.all("main")
    assert main.all("p")[0].text == text
    assert main.all("td")[0].text == text
    assert main.all("code")[0].text == text
    assert not main.all("script")
    assert not main.all("img")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    doubled = text.replace("{", "{{").replace("}", "}}").replace("*", "")
    said = replace(book("en"), phrases=book("en").phrases | {"title": doubled, "graph_alt": doubled})
    scene = Scene((Cell(0, 0, 20, 8, "cell", '"cell"'),))
    document = Document("demo", "title", (Figure(scene, "graph", "graph_caption", "graph_alt"),))
    root = tree(Page(document, said, FORMATS["html"], standard()).text())
    shown = text.replace("*", "")
    assert root.all("h1")[0].text == root.all("title")[-2 if len(root.all("title")) > 2 else 0].text == shown
    assert root.all("desc")[0].text == shown
    assert not root.all("script")
    assert not root.all("img")
