"""The index: every note once, in an order in which each has what it needs; links lead to pages that are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from render import cli
from render.book import note
from render.document import Block, Document, Heading, Table
from render.formats import FORMATS
from render.links import NoteLink, beside, page_file
from render.notation import standard
from render.notes import INDEX, NEEDS, NOTES, PATHS
from render.notes.index import LAYERS, READERS, index, theorems
from render.page import Page
from render.words import FOLDER, Phrasebook, languages, load, words
from tests.render.html_tree import tree

LANGS = languages()
LINK = re.compile(r"\]\(([^)]+)\)")


@pytest.fixture(scope="module")
def notes() -> dict[str, Document]:
    return {name: note(name) for name in NOTES}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("book")
    assert cli.main(["notes", "--lang", "en,zh", "--format", "md,html,tex,ipynb", "--out", str(out)]) == 0
    return out


def tables(document: Document) -> Iterator[Table]:
    yield from (block for block in document.blocks if isinstance(block, Table))


def linked(blocks: tuple[Block, ...]) -> set[str]:
    """The notes that the index names by their titles in its tables."""
    return {
        param.name
        for block in blocks
        if isinstance(block, Table)
        for row in block.rows
        for param in getattr(row[0], "params", {}).values()
        if isinstance(param, NoteLink)
    }


def test_every_note_is_told_once_and_after_what_it_needs(notes: dict[str, Document]) -> None:
    assert sorted(NOTES) == sorted(NEEDS)
    assert len(set(NOTES)) == len(NOTES)
    for name, needs in NEEDS.items():
        assert all(NOTES.index(other) < NOTES.index(name) for other in needs), name
    told = index(notes)
    assert linked(told.blocks) == set(NOTES)
    assert len([block for block in told.blocks if isinstance(block, Heading) and block.level == 3]) == len(PATHS)
    assert len(READERS) == 3


def test_theorems_are_those_that_the_notes_hold(notes: dict[str, Document]) -> None:
    found = theorems(notes)
    assert {"conv-layer", "strided-dilated-grouped"} <= set(found["theorem.input-gradient.title"])
    assert found["theorem.wide-convolution-commutes.title"] == ["wide-conv"]
    assert "conv-arithmetic" in found["proved.arithmetic"]
    without = {name: document for name, document in notes.items() if name != "wide-conv"}
    assert "theorem.wide-convolution-commutes.title" not in theorems(without)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_a_layer_is_named_on_the_pages_that_are_said_to_derive_it(lang: str, written: Path) -> None:
    spoken = {"sigmoid": r"sigmoid|\\sigma", "squared": r"\^\{2\}", "batch-norm": r"\\gamma", "switches": "5|2"}
    marks = {"average": {"en": "verage", "zh": "平均"}, "maximum": {"en": "ax", "zh": "最大"},
             "dense": {"en": "dense|linear", "zh": "全连接|线性"}, "transposed": {"en": "ransposed", "zh": "转置"},
             "true-convolution": {"en": "true|wide", "zh": "真正的卷积|宽"}}  # fmt: skip
    for layer, names in LAYERS.items():
        said = spoken.get(layer) or marks.get(layer, {}).get(lang) or r"conv|softmax|卷积"
        for name in names:
            assert re.search(said, (written / lang / f"{name}.md").read_text(encoding="utf-8")), (layer, name)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_every_phrase_is_used_and_the_page_is_told_in_full(
    lang: str, notes: dict[str, Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    text_of = Phrasebook.text

    def text(self: Phrasebook, key: str) -> str:
        asked.add(key)
        return text_of(self, key)

    monkeypatch.setattr(Phrasebook, "text", text)
    page = Page(index(notes, FORMATS), words(lang, INDEX), FORMATS["md"], standard()).text()
    assert set(load(FOLDER / lang / f"{INDEX}.toml")) <= asked
    assert "](" not in page  # nothing stands beside it, so that nothing is linked
    assert "=" not in page
    for name in NOTES:
        assert words(lang, name).plain("title") in page


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", [*NOTES, INDEX])
def test_links_of_markdown_html_and_notebooks_lead_to_files(lang: str, name: str, written: Path) -> None:
    folder = written / lang
    text = (folder / f"{name}.md").read_text(encoding="utf-8")
    inside = [link for link in LINK.findall(text) if "//" not in link]
    assert all((folder / link).is_file() for link in inside)
    root = tree((folder / f"{name}.html").read_text(encoding="utf-8"))
    targets = {a.attributes["href"] for a in root.all("a") if "//" not in a.attributes["href"]}
    assert all((folder / target).is_file() for target in targets)
    notebook = (folder / f"{name}.ipynb").read_text(encoding="utf-8")
    assert all((folder / link).is_file() for link in re.findall(r"\]\(([\w.-]+\.ipynb)\)", notebook))
    if name == INDEX:
        assert {f"{other}.html" for other in NOTES} | {"index.md", "index.ipynb"} == targets
        assert {f"{other}.md" for other in NOTES} <= set(inside)
    else:
        place = NOTES.index(name)
        near = {*NOTES[max(place - 1, 0) : place], *NOTES[place + 1 : place + 2], INDEX}
        assert {f"{other}.html" for other in near} <= targets
        assert all(f"({other}.ipynb)" in notebook for other in near)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_latex_links_to_the_pdfs_of_its_neighbours(lang: str, written: Path) -> None:
    text = (written / lang / "wide-conv.tex").read_text(encoding="utf-8")
    links = re.findall(r"\\href\{([^}/]+)\}", text)
    assert links[-3:] == ["conv-transpose.pdf", "index.pdf", "conv-avgpool-mse.pdf"]
    assert set(links) <= {f"{name}.pdf" for name in (*NOTES, INDEX)}
    targets = re.findall(r"\\href\{([^}]+)\}", (written / lang / "index.tex").read_text(encoding="utf-8"))
    assert {f"{name}.pdf" for name in NOTES} | {f"index.{form}" for form in ("md", "html", "ipynb")} == set(targets)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", [*NOTES, INDEX])
def test_every_mark_of_emphasis_is_one(lang: str, name: str, written: Path) -> None:
    """A star that GitHub does not take as a mark stays on the page."""
    text = (written / lang / f"{name}.md").read_text(encoding="utf-8")
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    assert not [c.content for t in tokens for c in t.children or [] if c.type == "text" and "*" in c.content]


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_markdown_of_the_index_parses(lang: str, written: Path) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse((written / lang / "index.md").read_text(encoding="utf-8"))
    kinds = [token.type for token in tokens]
    assert kinds.count("table_open") == len(PATHS) + 2
    assert not [token for token in tokens if token.type == "html_block"]


@pytest.mark.slow
def test_a_note_alone_links_to_nothing_that_is_not_there(tmp_path: Path) -> None:
    assert cli.main(["notes", "conv-layer", "--format", "md,html", "--out", str(tmp_path)]) == 0
    page = tmp_path / "en" / "conv-layer.md"
    assert "index.md" not in page.read_text(encoding="utf-8")
    assert "<nav" not in (tmp_path / "en" / "conv-layer.html").read_text(encoding="utf-8")
    assert cli.main(["notes", "index", "--out", str(tmp_path)]) == 0
    inside = (tmp_path / "en" / "index.md").read_text(encoding="utf-8")
    assert set(LINK.findall(inside)) == {"conv-layer.md"}
    assert cli.main(["notes", "conv-layer", "--out", str(tmp_path)]) == 0
    assert "[Index](index.md)" in page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_fragment_links_to_no_page(tmp_path: Path) -> None:
    assert cli.main(["notes", "conv-layer", "index", "--fragment", "--out", str(tmp_path)]) == 0
    for name in ("conv-layer", "index"):
        assert "](" not in re.sub(r"\(\.\./figures/[^)]*\)", "", (tmp_path / "en" / f"{name}-body.md").read_text())


def test_pages_are_found_by_format(tmp_path: Path) -> None:
    assert page_file("wide-conv", "tex") == page_file("wide-conv", "pdf") == "wide-conv.pdf"
    assert page_file("wide-conv", "ipynb") == "wide-conv.ipynb"
    (tmp_path / "conv-layer.tex").write_text("", encoding="utf-8")
    assert beside(tmp_path, ["chain-rule"], ["tex"]) == {"chain-rule.pdf", "conv-layer.pdf"}
    assert beside(tmp_path, ["chain-rule"], ["md"]) == {"chain-rule.md"}


@pytest.mark.slow
def test_the_index_has_no_certificate(tmp_path: Path) -> None:
    assert cli.main(["notes", "conv-layer", "index", "--format", "coq", "--out", str(tmp_path)]) == 0
    assert not (tmp_path / "en").exists()
    assert not list(tmp_path.glob("coq/*index*"))


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_a_reader_can_click_from_the_index_through_all_notes_and_back(lang: str, written: Path) -> None:
    from tests.render.browser import PHONE, opened, started

    with started() as browser, opened(browser, written / lang / "index.html", width=PHONE) as visit:
        page = visit.page
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE
        page.click(f"a[href='{NOTES[0]}.html'] >> nth=0")
        for name in NOTES:
            assert page.title() == words(lang, name).plain("title")
            page.click("nav a >> nth=-1")  # the last note's last link is the index
        assert page.title() == words(lang, INDEX).plain("title")
        assert not visit.messages
        assert all(request.startswith((written / lang).as_uri()) for request in visit.requests)
