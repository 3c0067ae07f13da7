"""Showing: the printer that `symbolic.showing` asks: one display for a notebook, the body of a note for a network."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from render.formats import FORMATS
from render.notation import standard
from render.words import words
from symbolic.errors import GradproofError
from symbolic.terms.tensors import Leaf, Node

if TYPE_CHECKING:
    from render.document import Block, Document
    from symbolic.network.derived import Derived

FORMS = {"latex": "tex", "markdown": "md", "html": "html"}
MOST_ENTRIES = 144  # of a tensor that is shown entry by entry


def show(thing: object, form: str, lang: str = "en", *, short: bool = False) -> str:
    """A tensor, step, derivation, theorem or `Derived` as text.

    form   "latex", "markdown" or "html"; with short=True LaTeX is a display between $$ for a notebook.
    lang   a language that there are words for.
    Raises GradproofError for another form or language, or for a network too large to be told.
    """
    from render.page import Page

    if form not in FORMS:
        raise GradproofError(f"there is no form '{form!s:.40}'; there are {', '.join(FORMS)}")
    row = FORMATS["ipynb" if short and form == "latex" else FORMS[form]]
    document = _document(thing, display=row.name == "ipynb")
    if isinstance(document, str):
        return f"$${document}$$" if row.name == "ipynb" else (row.side or row.formula)(document)
    page = Page(document, words(lang, document.name), row, standard())
    if row.name == "ipynb":
        return page.block(document.blocks[0]).split("\n\n")[0]
    return page.fragment()


def _document(thing: object, *, display: bool) -> Document | str:
    """The note on a network, a document of one block, or the formula of what has no equality to state.

    display   whether a theorem is to be its equalities alone, without words.
    """
    from render.document import Calculation, Document, Statement
    from render.document import Theorem as Stated
    from symbolic.kernel.step import Derivation, Step
    from symbolic.network.derived import Derived
    from symbolic.theorems.theorem import Theorem

    block: Block
    match thing:
        case Derived():
            return _told(thing)
        case Theorem(key, parts):
            title = f"theorem.{key}.title"
            block = Statement(parts) if display else Stated(parts[0], title, more=parts[1:])
        case Step() | Derivation():
            block = Calculation(thing)  # type: ignore[arg-type] # a Calculation takes either
        case Node(name=str(name)) if name:
            from render.notes.steps import definition

            block = Statement((definition(thing),))
        case Leaf() if thing.shape and _entries(thing) <= MOST_ENTRIES:
            from render.notes.steps import spelled

            block = Statement((spelled(thing),))
        case Leaf() | Node():
            from render.arrange import shape_tex
            from render.math import tex

            power = rf"^{{{shape_tex(thing.shape)}}}" if thing.shape else ""
            return tex(thing) + (rf" \in \mathbb{{R}}{power}" if isinstance(thing, Leaf) else "")
        case _:
            raise GradproofError(f"{type(thing).__name__} is nothing to print; tensors, steps and derivations are")
    return Document("shown", "block.proof", (block,))


def _told(derived: Derived) -> Document:
    """The note that `gradproof derive` writes, beneath the call that builds the network."""
    from render.own.document import Network, document
    from render.source import PAIRING, Source

    paired = derived.loss.op == PAIRING
    result = derived.loss.args[0] if paired else derived.loss
    if not isinstance(result, Node):
        raise GradproofError("an input paired with a cotangent has nothing to tell")
    return document(Network(result), Source().expression(result))


def _entries(leaf: Leaf) -> int:
    """The number of entries; a theorem's array, of sizes that are letters, has more than any page."""
    return prod(n if isinstance(n, int) else MOST_ENTRIES + 1 for n in leaf.shape)
