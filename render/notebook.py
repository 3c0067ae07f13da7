"""Notebooks: a page's sections as Markdown cells, each followed by the code that finds its equalities again."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from render.formats import FORMATS
from render.page import Page
from render.recompute import recompute
from symbolic.errors import GradproofError

if TYPE_CHECKING:
    from render.document import Document
    from render.notation import Notation
    from render.words import Phrasebook

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


class NotebookError(GradproofError):
    """nbformat is not installed."""


def notebook(document: Document, book: Phrasebook, notation: Notation, beside: frozenset[str] = frozenset()) -> str:
    """The notebook as JSON; its links lead to the pages `beside`.  Raises NotebookError where nbformat is missing."""
    try:
        import nbformat
    except ModuleNotFoundError as error:
        raise NotebookError("--format ipynb needs nbformat: install it with `pip install nbformat`") from error

    tool: Any = nbformat  # its functions carry no types
    page = Page(document, book, FORMATS["ipynb"], notation, beside)
    cells: list[Any] = []
    found = recompute(document)
    head = [f"# {page.phrase(document.title)}"]
    if any(code for _, code in found):
        head += page.paragraphs("block.notebook")
    texts = [("\n\n".join(head), "")]
    for blocks, code in found:
        printed = [page.block(block) for block in blocks]
        texts.append(("\n\n".join(text for text in printed if text), code))
    if page.appendix:
        texts.append(("\n\n".join(page.appendix_blocks()), ""))
    texts += [(text, "") for text in page.navigation()]
    for text, code in texts:
        cells.append(tool.v4.new_markdown_cell(text.strip("\n"), **_attached(page, text)))
        if code:
            cells.append(tool.v4.new_code_cell(code))
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number}"  # nbformat draws them at random; the same page is to give the same bytes
    made = tool.v4.new_notebook(
        cells=cells, metadata={**KERNEL, "language_info": {"name": "python"}, "lang": book.lang}
    )
    tool.validate(made)
    return str(tool.writes(made)) + "\n"


def _attached(page: Page, text: str) -> dict[str, Any]:
    """The pictures that a cell shows, as its attachments."""
    from render.figure.svg import svg

    shown = {name: about for name, about in page.pictures.items() if f"(attachment:{name})" in text}
    data = {name: b64encode(svg(*about).encode()).decode() for name, about in shown.items()}
    return {"attachments": {name: {"image/svg+xml": text} for name, text in data.items()}} if data else {}
