"""HTML as a reader sees it: silent, alone, no wider than the screen, and a stepper that lights the right cells."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from render.notes import NOTES
from render.words import languages, words
from tests.render.browser import PHONE, opened, started
from tests.render.test_html import written

pytestmark = pytest.mark.slow
CONVOLUTIONS = ("conv-layer", "conv-sum-mse", "conv-avgpool-mse")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as found:
        yield found


def file(folder: Path, name: str, lang: str) -> Path:
    path = folder / f"{name}.html"
    path.write_text(written(name, lang), encoding="utf-8")
    return path


def state(page: Any) -> dict[str, Any]:
    """What is lit, framed and chosen, and the equality shown."""
    return dict(
        page.evaluate(
            """() => {
              const cells = (kind) => [...document.querySelectorAll(`.stepper td.${kind}`)].map((cell) => [
                cell.closest('table').dataset.grid ?? cell.closest('table').dataset.result, +cell.dataset.cell,
                +(cell.querySelector('.badge')?.textContent ?? 0)]);
              return {lit: cells('lit'), window: cells('window').map((cell) => cell.slice(0, 2)),
                chosen: cells('chosen').map((cell) => cell.slice(0, 2)),
                line: document.querySelector('.stepper .line').textContent};
            }"""
        )
    )


def expected(page: Any, name: str, entry: int) -> dict[str, Any]:
    """The same from the page's data and equalities."""
    data = json.loads(page.locator(".stepper script[type='application/json']").text_content())
    choice = data["choices"][name][entry]
    over, cells = choice["window"]
    line = page.evaluate(
        "(key) => document.querySelector('.stepper template').content"
        ".querySelector(`[data-line='${key}']`).textContent",
        f"{name}-{entry}",
    )
    return {
        "lit": sorted(choice["lit"]),
        "window": sorted([over, cell] for cell in cells),
        "chosen": [[name, entry]],
        "line": line,
    }


def shown(page: Any) -> dict[str, Any]:
    found = state(page)
    return found | {"lit": sorted(found["lit"]), "window": sorted(found["window"])}


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", NOTES)
def test_a_note_is_silent_alone_and_fits_a_phone(name: str, lang: str, tmp_path: Path, browser: Browser) -> None:
    with opened(browser, file(tmp_path, name, lang), width=PHONE) as visit:
        wide = visit.page.evaluate(
            """() => [...document.querySelectorAll('main *')].filter((element) => {
              if (element.getBoundingClientRect().right <= innerWidth + 1) return false;
              for (let box = element; box; box = box.parentElement)
                if (getComputedStyle(box).overflowX === 'auto') return false;
              return true;
            }).map((element) => element.outerHTML.slice(0, 80))"""
        )
        assert wide == []
        assert visit.page.evaluate("document.documentElement.scrollWidth") == PHONE
        assert visit.messages == []
        assert visit.requests == []


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_the_stepper_lights_by_mouse(name: str, lang: str, tmp_path: Path, browser: Browser) -> None:
    with opened(browser, file(tmp_path, name, lang)) as visit:
        page = visit.page
        assert shown(page) == expected(page, "image", 4)
        for grid, count in (("image", 9), ("kernel", 4), ("out", 4)):
            for entry in range(count):
                page.click(f".stepper table[data-result={grid}] td[data-cell='{entry}']")
                assert shown(page) == expected(page, grid, entry)
        assert visit.messages == []
        assert visit.requests == []


def test_the_stepper_lights_by_keyboard(tmp_path: Path, browser: Browser) -> None:
    with opened(browser, file(tmp_path, "conv-layer", "en")) as visit:
        page = visit.page
        page.focus(".stepper table[data-result=image] td.chosen")
        walk = [("ArrowRight", 5), ("ArrowRight", 5), ("ArrowUp", 2), ("ArrowLeft", 1), ("Home", 0), ("ArrowDown", 3)]
        for key, entry in [*walk, ("End", 8), ("ArrowDown", 8), ("ArrowLeft", 7)]:
            page.keyboard.press(key)
            assert shown(page) == expected(page, "image", entry)
            assert page.evaluate("document.activeElement.dataset.cell") == str(entry)
        page.keyboard.press("Shift+Tab")  # from one result to the one before, then choose there
        page.keyboard.press("Enter")
        assert shown(page) == expected(page, "kernel", 0)
        stops = page.evaluate(
            "[...document.querySelectorAll('.stepper td')].filter((cell) => cell.tabIndex === 0).length"
        )
        assert stops == 3  # one for each result


@pytest.mark.parametrize("lang", languages())
def test_the_buttons_and_the_sliding_window(lang: str, tmp_path: Path, browser: Browser) -> None:
    say = words(lang).text
    with opened(browser, file(tmp_path, "conv-layer", lang)) as visit:
        page = visit.page
        page.clock.install()
        page.get_by_role("button", name=say("stepper.next")).click()
        assert shown(page) == expected(page, "image", 5)
        page.get_by_role("button", name=say("stepper.back")).click()
        assert shown(page) == expected(page, "image", 4)
        play = page.locator("[data-do=play]")
        play.press("Enter")
        assert play.text_content() == say("stepper.pause")
        page.clock.run_for(2000)
        assert shown(page) == expected(page, "image", 6)
        play.press("Enter")
        page.clock.run_for(5000)
        assert shown(page) == expected(page, "image", 6)
        play.press("Enter")
        page.clock.run_for(5000)
        assert shown(page) == expected(page, "image", 8)  # it ends at the last entry
        assert play.text_content() == say("stepper.play")
        play.press("Enter")
        assert shown(page) == expected(page, "image", 0)


def test_roles_and_names_for_those_who_listen(tmp_path: Path, browser: Browser) -> None:
    with opened(browser, file(tmp_path, "conv-layer", "en")) as visit:
        page = visit.page
        assert page.get_by_role("grid").count() == 3
        assert all(grid.get_attribute("aria-label") for grid in page.get_by_role("grid").all())
        assert page.get_by_role("gridcell").count() == 17
        assert page.locator("[aria-selected=true]").count() == 1
        assert page.locator(".line").get_attribute("aria-live") == "polite"


def test_without_a_script_the_page_is_plain(tmp_path: Path, browser: Browser) -> None:
    with opened(browser, file(tmp_path, "conv-layer", "en"), script=False) as visit:
        page = visit.page
        assert not page.locator(".stepper button").first.is_visible()
        assert page.locator(".stepper td.lit").count() == 8
        assert page.locator(".stepper .line").is_visible()
        assert page.locator("[role=grid]").count() == 0


def test_dark_is_dark_and_paper_is_white(tmp_path: Path, browser: Browser) -> None:
    path = file(tmp_path, "conv-layer", "en")
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
