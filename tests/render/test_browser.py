"""HTML as a reader sees it: silent, alone, readable, no wider than a phone, and steppers that light the right cells."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from render import cli
from render.book import note
from render.document import Document
from render.formats import FORMATS
from render.notation import standard
from render.notes import INDEX, NOTES
from render.own.document import document
from render.page import Page
from render.words import languages, words
from tests.render.browser import PHONE, opened, started
from tests.render.own_networks import NETWORKS
from tests.render.played import PALE, WIDE, engine, shown, walked
from tests.render.test_own import built, numbers

pytestmark = pytest.mark.slow
READABLE = 4.5  # the contrast that WCAG 2.2 asks of text, level AA
DERIVED = ("layer", "classifier", "transposed", "residual", "groups", "space", "overlapping", "large")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every note and the index in both languages."""
    out = tmp_path_factory.mktemp("notes")
    assert cli.main(["notes", "--lang", ",".join(languages()), "--format", "html", "--out", str(out)]) == 0
    return out


def own(key: str, *, values: bool) -> Document:
    found = built(key)
    return document(found, NETWORKS[key][0], numbers(found) if values else None)


def put(path: Path, lang: str, made: Document) -> Path:
    path.write_text(Page(made, words(lang, made.name), FORMATS["html"], standard()).text(), encoding="utf-8")
    return path


def check(browser: Browser, path: Path) -> None:
    """Nothing said, nothing asked for, nothing cut off, nothing pale, in both schemes and on paper."""
    with opened(browser, path, width=PHONE) as visit:
        page = visit.page
        assert page.evaluate(WIDE) == []
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE
        assert page.evaluate(PALE, READABLE) == []
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(PALE, READABLE) == []
        page.emulate_media(media="print", color_scheme="light")
        assert page.evaluate(PALE, READABLE) == []
        assert visit.messages == []
        assert visit.requests == []


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", [*NOTES, INDEX])
def test_a_note_is_silent_alone_readable_and_fits_a_phone(name: str, lang: str, folder: Path, browser: Browser) -> None:
    check(browser, folder / lang / f"{name}.html")


@pytest.mark.parametrize("key", DERIVED)
def test_so_is_the_note_on_a_network_of_ones_own(key: str, tmp_path: Path, browser: Browser) -> None:
    for lang in languages():
        check(browser, put(tmp_path / "derive.html", lang, own(key, values=False)))


def test_what_is_pale_or_wide_would_be_seen(folder: Path, browser: Browser) -> None:
    with opened(browser, folder / "en" / "conv-layer.html", width=PHONE) as visit:
        page = visit.page
        page.add_style_tag(content=".gradproof h1 { color: #8a8a8a } .gradproof h2 { width: 30em }")
        assert [ratio for ratio, *_ in page.evaluate(PALE, READABLE)] == ["3.45"]
        assert len(page.evaluate(WIDE)) == page.locator("h2").count()
        assert page.evaluate("document.documentElement.scrollWidth") > PHONE


# ---------------------------------------------------------------------- steppers


@pytest.mark.parametrize("name", NOTES)
def test_clicks_light_the_engines_routes(name: str, folder: Path, browser: Browser) -> None:
    expected = engine(note(name))
    for lang in languages():
        with opened(browser, folder / lang / f"{name}.html") as visit:
            layers = visit.page.locator(".stepper .layer").all()
            assert [walked(layer) for layer in layers] == expected
            assert visit.messages == []


@pytest.mark.parametrize("values", [False, True])
@pytest.mark.parametrize("key", DERIVED)
def test_clicks_light_the_routes_of_ones_own_network(
    key: str, *, values: bool, tmp_path: Path, browser: Browser
) -> None:
    made = own(key, values=values)
    with opened(browser, put(tmp_path / "derive.html", "en", made)) as visit:
        layers = visit.page.locator(".stepper .layer").all()
        assert [walked(layer) for layer in layers] == engine(made)
        assert visit.messages == []


def test_the_pointer_chooses(folder: Path, browser: Browser) -> None:
    (expected,) = engine(note("conv-layer"))
    with opened(browser, folder / "en" / "conv-layer.html") as visit:
        layer = visit.page.locator(".stepper .layer")
        assert shown(layer) == expected[1][4]
        for result, states in enumerate(expected):
            for entry in (0, len(states) - 1):
                layer.locator(f"figure[data-result='{result}'] td[data-cell='{entry}']").click()
                assert shown(layer) == states[entry]


def test_the_keys_choose(folder: Path, browser: Browser) -> None:
    (expected,) = engine(note("conv-layer"))
    with opened(browser, folder / "en" / "conv-layer.html") as visit:
        page, layer = visit.page, visit.page.locator(".stepper .layer")
        page.focus(".stepper td.chosen")
        walk = [("ArrowRight", 5), ("ArrowRight", 5), ("ArrowUp", 2), ("ArrowLeft", 1), ("Home", 0), ("ArrowDown", 3)]
        for key, entry in [*walk, ("End", 8), ("ArrowDown", 8), ("ArrowLeft", 7), ("PageUp", 7)]:
            page.keyboard.press(key)
            assert shown(layer) == expected[1][entry]
            assert page.evaluate("document.activeElement.dataset.cell") == str(entry)
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2
        page.keyboard.press("Tab")  # from one result to the next, then choose there
        page.keyboard.press("Enter")
        assert shown(layer) == expected[2][0]
        stops = layer.evaluate("(layer) => [...layer.querySelectorAll('td')].filter((x) => x.tabIndex === 0).length")
        assert stops == 3  # one for each result


def test_the_keys_lead_from_channel_to_channel(folder: Path, browser: Browser) -> None:
    expected = engine(note("numpy-operators"))[0]  # an image of two channels of 3 x 3
    with opened(browser, folder / "en" / "numpy-operators.html") as visit:
        page, layer = visit.page, visit.page.locator(".stepper .layer").first
        layer.locator("figure[data-result='1'] td[data-cell='2']").click()
        for key, entry in [("ArrowRight", 9), ("ArrowLeft", 2), ("PageDown", 11), ("PageDown", 11), ("PageUp", 2)]:
            page.keyboard.press(key)
            assert shown(layer) == expected[1][entry]


def test_a_menu_chooses_the_layer(folder: Path, browser: Browser) -> None:
    with opened(browser, folder / "en" / "strided-dilated-grouped.html") as visit:
        page = visit.page
        menu = page.get_by_label(words("en").text("stepper.layer"))
        layers = page.locator(".stepper .layer")
        names = [option.text_content() for option in menu.locator("option").all()]
        assert len(names) == layers.count() == len(set(names)) > 3
        for place, name in enumerate(names):
            menu.select_option(name)
            assert [layer.is_visible() for layer in layers.all()] == [k == place for k in range(len(names))]


@pytest.mark.parametrize("lang", languages())
def test_the_buttons_and_the_sliding_window(lang: str, folder: Path, browser: Browser) -> None:
    say = words(lang).text
    (expected,) = engine(note("conv-layer"))

    def buttons(page: Any, layer: Any) -> None:
        page.get_by_role("button", name=say("stepper.next")).click()
        assert shown(layer) == expected[1][5]
        page.get_by_role("button", name=say("stepper.back")).click()
        assert shown(layer) == expected[1][4]

    with opened(browser, folder / lang / "conv-layer.html") as visit:
        page, layer = visit.page, visit.page.locator(".stepper .layer")
        page.clock.install()
        buttons(page, layer)
        play = page.locator("[data-do=play]")
        play.press("Enter")
        assert play.text_content() == say("stepper.pause")
        page.clock.run_for(2000)
        assert shown(layer) == expected[1][6]
        play.press("Enter")
        page.clock.run_for(5000)
        assert shown(layer) == expected[1][6]
        play.press("Enter")
        page.clock.run_for(5000)
        assert shown(layer) == expected[1][8]  # it ends at the last entry
        assert play.text_content() == say("stepper.play")
        page.emulate_media(reduced_motion="reduce")
        play.press("Enter")
        assert shown(layer) == expected[1][0]
        page.clock.run_for(2000)
        assert shown(layer) == expected[1][0]  # those who want less motion get more time
        page.clock.run_for(1000)
        assert shown(layer) == expected[1][1]


def test_roles_and_names_for_those_who_listen(folder: Path, browser: Browser) -> None:
    with opened(browser, folder / "en" / "conv-layer.html") as visit:
        page = visit.page
        assert page.get_by_role("grid").count() == 3
        assert all(grid.get_attribute("aria-label") for grid in page.get_by_role("grid").all())
        assert page.get_by_role("gridcell").count() == 17
        assert page.get_by_role("gridcell", name="X_22").count() == 1
        assert page.locator("[aria-selected=true]").count() == 1
        assert page.locator(".line").get_attribute("aria-live") == "polite"
        assert page.get_by_role("region", name=words("en").text("stepper.title")).count() == 1


def test_without_a_script_the_page_is_plain(folder: Path, browser: Browser) -> None:
    with opened(browser, folder / "en" / "conv-transpose.html", script=False) as visit:
        page = visit.page
        assert not page.locator(".stepper button").first.is_visible()
        assert not page.locator(".stepper select").is_visible()
        assert [layer.is_visible() for layer in page.locator(".stepper .layer").all()] == [True, True]
        assert page.locator(".stepper .layer-title").first.is_visible()
        assert page.locator(".stepper td.lit").count() > 8
        assert page.locator(".stepper .line").first.is_visible()
        assert page.locator("[role=grid]").count() == 0


def test_dark_is_dark_and_paper_is_white(folder: Path, browser: Browser) -> None:
    path = folder / "en" / "conv-layer.html"
    with opened(browser, path) as visit:
        light = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    with opened(browser, path, dark=True) as visit:
        assert not visit.page.locator("details > .display").first.is_visible()
        dark = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
        visit.page.emulate_media(media="print")
        paper = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert visit.page.locator("details > .display").first.is_visible()
        assert not visit.page.locator(".controls").is_visible()
    assert light == paper == "rgb(255, 255, 255)"
    assert sum(map(int, dark[4:-1].split(","))) < 120


def test_what_scrolls_says_so(folder: Path, browser: Browser) -> None:
    with opened(browser, folder / "en" / "conv-transpose.html", width=PHONE) as visit:
        scrolled = visit.page.evaluate(
            """() => [...document.querySelectorAll('main *')].filter((box) =>
              getComputedStyle(box).overflowX === 'auto' && box.scrollWidth > box.clientWidth + 1
            ).map((box) => getComputedStyle(box).backgroundAttachment)"""
        )
    assert len(scrolled) > 3
    assert {tuple(found.split(", "))[:4] for found in scrolled} == {("local", "local", "scroll", "scroll")}
