"""Page: a document in one language and one format, block by block, through the templates.

The templates get words and formulas that are ready and decide only where they stand. They hold no arithmetic
and no sentences, an undefined name in one is an error, and all that is not `Safe` is escaped on its way out.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from render.conditions import conditions
from render.deltas import several_error_terms
from render.displays import Displays
from render.document import (
    Abbreviation,
    Block,
    Box,
    Bullets,
    Calculation,
    Claim,
    Code,
    Details,
    Document,
    Evidence,
    Figure,
    Heading,
    Prose,
    Statement,
    Stepper,
    Table,
    Theorem,
    Words,
    phrase,
)
from render.formats import FORMATS, Format, Safe
from render.links import Listed, neighbours, page_file
from render.phrases import Phrases
from render.tables import is_long, shares, widths, wrapping
from render.templating import TEMPLATES
from symbolic.kernel.step import weakest

if TYPE_CHECKING:
    from render.document import Inline
    from render.figure.scene import Scene
    from render.notation import Notation
    from render.words import Phrasebook


class Page(Displays):
    """One document being written; `pictures` collects what must stand beside it, name -> (scene, title, text)."""

    def __init__(
        self,
        document: Document,
        book: Phrasebook,
        form: Format,
        notation: Notation,
        beside: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(book, form, replace(notation, several=several_error_terms(document.blocks)), beside)
        self.document = document
        self.pictures: dict[str, tuple[Scene, str, str]] = {}
        self.figures = 0
        self.scripts = False

    def text(self) -> str:
        """The whole page."""
        return self.fill("page", **self.fields()).rstrip("\n") + "\n"

    def fragment(self) -> str:
        """The body alone, without a title, to be put into another page; in LaTeX what it needs stands in comments."""
        fields = self.fields()
        needs = [Safe(line) for line in self.fill("preamble", **fields).split("\n")]
        return self.fill("fragment", **fields, needs=needs).strip("\n") + "\n"

    def fields(self) -> dict[str, object]:
        """What the template of a page gets."""
        body = [printed for block in self.document.blocks if (printed := self.block(block))]
        body += self.appendix_blocks()
        return {
            "title": self.phrase(self.document.title),
            "plain_title": self.book.plain(self.document.title),
            "theorem": self.phrase("block.theorem"),
            "blocks": [*body, *self.navigation()],
            "lang": self.book.lang,
            "script": Safe(self.script()),
            "script_hash": Safe(b64encode(sha256(self.script().encode()).digest()).decode()),
        }

    def appendix_blocks(self) -> list[Safe]:
        """What was elided, in full, under a heading; nothing where nothing was."""
        if not self.appendix:
            return []
        full = [self.unelided(place, block) for place, block in enumerate(self.appendix, 1)]
        return [self.block(Heading("block.appendix")), *full]

    def navigation(self) -> list[Safe]:
        """A line that leads to the note before, the index and the next note, as far as they stand beside the page."""
        links = neighbours(self.document.name)
        shown = [self.inline(text) for name, text in links if page_file(name, self.format.name) in self.beside]
        return [self.fill("links", links=shown)] if shown else []

    def script(self) -> str:
        """The program of the steppers, where the page has any."""
        if not self.scripts:
            return ""
        return "\n" + (TEMPLATES / "html" / "stepper.js").read_text(encoding="utf-8")

    # ------------------------------------------------------------------ blocks

    def block(self, block: Block) -> Safe:
        """Any block in the format."""
        printed: Safe = BLOCKS[type(block)](self, block)
        return printed

    def heading(self, block: Heading) -> Safe:
        """A section's heading."""
        return self.fill("heading", text=self.phrase(block.key, block.params), level=block.level)

    def prose(self, block: Prose) -> Safe:
        """Paragraphs."""
        return self.fill("prose", paragraphs=self.paragraphs(block.key, block.params))

    def bullets(self, block: Bullets) -> Safe:
        """A list."""
        items = [self.phrase(item.key, item.params) for item in block.items]
        return self.fill("bullets", items=items, numbered=block.numbered)

    def theorem(self, block: Theorem) -> Safe:
        """What derivations prove, for which sizes and under which conditions."""
        derivation = block.derivation
        together = (derivation, *block.more)
        statement = self.equalities(Statement(together, block.reasons, layout=block.layout))
        proof = self.equalities(Calculation(derivation.steps, layout=block.layout)) if block.proof else Safe("")
        given = [self.phrase(found.key, found.params) for found in conditions(together)]
        return self.fill(
            "theorem",
            label=self.phrase("block.theorem"),
            title=self.phrase(block.key),
            named=self.phrase("block.named", {"title": Words(block.key)}),
            stop=self.phrase("stop"),
            scope=self.phrase(f"holds.{weakest(tuple(step for part in together for step in part.steps)).name}"),
            given_label=self.phrase("block.given"),
            given=given,
            colon=self.phrase("colon"),
            statement=statement,
            proof_label=self.phrase("block.proof"),
            proof=proof,
        )

    def table(self, block: Table) -> Safe:
        """A table; columns with long cells may wrap."""
        header = [self.phrase(cell) if isinstance(cell, str) else self.inline(cell) for cell in block.header]
        rows = [[Safe(self.format.cell(self.inline(cell))) for cell in row] for row in block.rows]
        wide = widths(block, Phrases(self.book, FORMATS["tex"], self.notation))
        wraps = wrapping(wide)
        parts = [Safe(f"{share:.3f}") if share else "" for share in shares(wide, wraps)]
        caption = self.phrase(block.caption) if block.caption else Safe("")
        fields = {"wraps": wraps, "shares": parts, "caption": caption, "long": is_long(block)}
        return self.fill("table", header=header, rows=rows, **fields)

    def figure(self, block: Figure) -> Safe:
        """A picture with its number, caption and alternative text."""
        from render.figure.svg import svg
        from render.figure.tikz import tikz

        self.figures += 1
        scene = block.scene(self.book) if callable(block.scene) else block.scene
        name = f"{self.document.stem}-{block.name}.{self.book.lang}.svg"
        caption, alt = self.book.plain(block.caption), self.book.plain(block.alt)
        left, _, right, _ = scene.bounds
        least = round(SMALLEST * (right - left), 1)
        drawing = Safe("")
        if self.format.picture == "tikz":
            drawing = Safe(tikz(scene).strip())
        elif self.format.picture == "inline":
            drawing = Safe(svg(scene, caption, alt).strip())
        else:
            self.pictures[name] = (scene, caption, alt)
        return self.fill(
            "figure",
            label=self.phrase("block.figure", {"number": Safe(self.figures)}),
            colon=self.phrase("colon"),
            caption=self.phrase(block.caption),
            alt=alt,
            least=least,
            file=Safe(f"attachment:{name}" if self.format.picture == "attached" else f"../figures/{name}"),
            drawing=drawing,
            tall=scene.bounds[3] - scene.bounds[1] > TALLEST,
        )

    def code(self, block: Code) -> Safe:
        """A listing, as it is."""
        text = block.text.strip("\n").split("\n")
        lines = [Safe(self.format.listing(line)) for line in text]
        fence = "`" * max(3, 1 + max((len(line) - len(line.lstrip("`")) for line in text), default=0))
        return self.fill("code", lines=lines, language=Safe(block.language), fence=Safe(fence))

    def box(self, block: Box) -> Safe:
        """Blocks under a short heading, set apart."""
        blocks = [self.block(inner) for inner in block.blocks]
        lines = [Safe(line) for line in "\n\n".join(blocks).split("\n")]
        return self.fill("box", title=self.phrase(block.key), blocks=blocks, lines=lines, long=is_long(block))

    def details(self, block: Details) -> Safe:
        """Blocks folded away."""
        return self.folded(Words(block.key), [self.block(inner) for inner in block.blocks])

    def stepper(self, block: Stepper) -> Safe:
        """Layers to step through; nothing where a page cannot be played with."""
        if self.format.picture != "inline":
            return Safe("")
        from render.panel import panels

        found, said = panels(block, self)
        self.scripts = self.scripts or bool(found)
        if not found and not said:
            return Safe("")
        return self.fill("stepper", panels=found, several=len(found) > 1, said=said, say=self.phrase)

    def evidence(self, block: Evidence) -> Safe:
        """The closing box: a table with one row per claim, what its words mean, then the screens."""
        conditions = any(claim.derivation.given for claim in block.claims)
        header = ("table.claim", "table.evidence", "table.scope", *["table.conditions"] * conditions)
        rows = tuple(self._claim(claim)[: len(header)] for claim in block.claims)
        kinds = dict.fromkeys(kind for claim in block.claims for kind in claim.derivation.evidence)
        meanings = tuple(
            phrase("block.meaning", short=Words(f"kind.{kind}"), long=Words(f"evidence.{kind}")) for kind in kinds
        )
        inner: list[Block] = [Table(header, rows), Bullets(meanings)] if rows else []
        if block.screens:
            inner += [Prose("block.screens"), Bullets(block.screens)]
        return self.box(Box("block.evidence", tuple(inner)))

    def _claim(self, claim: Claim) -> tuple[Inline, ...]:
        derivation = claim.derivation
        given = tuple(Words(found.key, found.params) for found in conditions((derivation,)))
        return (
            Words(claim.key, claim.params),
            Listed(tuple(Words(f"kind.{kind}") for kind in derivation.evidence)),
            Words(f"scope.{derivation.scope.name}"),
            Listed(given, "semicolon") if given else Words("table.none"),
        )


TALLEST = 210  # millimetres of a picture that leaves room for its caption on a page
SMALLEST = 0.7  # of its size: a picture that would have to be smaller is scrolled
BLOCKS: dict[type[Block], Any] = {
    Abbreviation: Page.equalities,
    Box: Page.box,
    Bullets: Page.bullets,
    Calculation: Page.equalities,
    Code: Page.code,
    Details: Page.details,
    Evidence: Page.evidence,
    Figure: Page.figure,
    Heading: Page.heading,
    Prose: Page.prose,
    Statement: Page.equalities,
    Stepper: Page.stepper,
    Table: Page.table,
    Theorem: Page.theorem,
}
