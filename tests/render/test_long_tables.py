"""Long tables in print: they go over pages with their head repeated, and no row is lost, in boxes as well."""

import re
import subprocess
from pathlib import Path

import pytest

from render.document import Box, Claim, Document, Evidence, Inline, Table, phrase
from render.formats import FORMATS
from render.notation import standard
from render.page import Page
from render.tables import LONG_TABLE, is_long
from symbolic import mul, tensor
from symbolic.kernel.logic import Definition, Derivation, Rule, Step
from tests.render.demo import book
from tests.tools import require_tool

ROWS = 100
NARROW, WIDE = "x", "so many words in one cell that a column of the page has to break them into several lines"


def table(mark: str, text: str, rows: int = ROWS) -> Table:
    cells: tuple[tuple[Inline, ...], ...] = tuple((f"{mark}{row}", text, row) for row in range(rows))
    return Table(("entry", "value", "second"), cells)


def claims(count: int) -> Evidence:
    y = mul(tensor("x"), tensor("w"), name="y")
    shown = Derivation((Step(y, y.body, Rule.DEFINITION, Definition()),))
    return Evidence(tuple(Claim("first", shown, {"x": f"claim{k}"}) for k in range(count)), (phrase("second"),))


def page(document: Document, lang: str = "en", form: str = "tex") -> str:
    return Page(document, book(lang), FORMATS[form], standard()).text()


def test_long_is_what_may_not_fit_a_page() -> None:
    assert not is_long(table("r", NARROW, LONG_TABLE))
    assert is_long(table("r", NARROW, LONG_TABLE + 1))
    assert is_long(Box("listing", (Box("listing", (table("r", NARROW),)),)))


def test_short_tables_stay_on_their_page_and_in_their_frame() -> None:
    text = page(Document("demo", "title", (table("r", WIDE, 3), Box("listing", (table("s", NARROW, 3),)), claims(3))))
    body = text.partition(r"\begin{document}")[2]
    assert "longtable" not in body
    assert "xltabular" not in body
    assert body.count(r"\begin{tcolorbox}") == 2


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("text", [NARROW, WIDE])
def test_no_row_is_lost_and_every_page_has_the_head(lang: str, text: str, tmp_path: Path) -> None:
    blocks = (table("row", text), Box("listing", (table("boxed", text),)), claims(ROWS))
    (tmp_path / "page.tex").write_text(page(Document("demo", "title", blocks), lang), encoding="utf-8")
    latexmk, pdftotext = require_tool("latexmk"), require_tool("pdftotext")
    require_tool("xelatex")
    command = (latexmk, "-xelatex", "-norc", "-interaction=nonstopmode", "-halt-on-error", "page.tex")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout[-3000:]
    log = (tmp_path / "page.log").read_text(encoding="utf-8", errors="replace")
    assert not re.findall(r"Overfull \\[vh]box \((?:[5-9]|\d\d)", log)
    shown = subprocess.run((pdftotext, "-layout", "page.pdf", "-"), cwd=tmp_path, capture_output=True, check=True)
    pages = shown.stdout.decode().split("\f")[:-1]
    assert len(pages) > 5
    for mark in ("row", "boxed", "claim"):
        found = [int(number) for number in re.findall(rf"\b{mark}(\d+)", "".join(pages))]
        assert found == list(range(ROWS)), mark
    entry, claim = book(lang).plain("entry"), book(lang).plain("table.claim")
    for content in pages:
        assert not re.search(r"\b(row|boxed)\d", content) or entry in content
        assert not re.search(r"claim\d", content) or claim in content
