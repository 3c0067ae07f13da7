"""Document: what a note says, in no language and no format yet.

A note is a module `render/notes/NAME.py` with `def note() -> Document`; its words stand in
`render/words/LANG/NOTE.toml`, where NOTE is the document's name (`conv-layer`). A key such as "intro" is
looked up there first and then in the common `render/words/LANG.toml`.

    Heading(key, level=2)               a section; the title of the page comes from Document.title
    Prose(key, params), prose(key, x=1) one or more paragraphs; `{x}` in the words is a param
    Bullets((Words, ...))               a list of phrases
    Statement(steps, ...)               equalities, one under the other: `lhs = rhs` of each step, reasons if given
    Calculation(steps, ...)             a chain `lhs = ... = ...` with its reason beside each line
    Abbreviation(gradient)              `delta := dL/dO`, a name in print and not an equality
    Theorem(derivation, key)            the statement of a derivation; with proof=True its steps as well
    Table(header, rows)                 header cells are word keys or Terms
    Figure(scene, name, caption, alt)   a picture; caption and alt are word keys without params
    Code(text, language)                printed as it is
    Box(key, blocks)                    set apart under a heading;  Details(key, blocks)  folded away, an appendix
    Stepper(layers)                     in HTML: choose an entry of a result or gradient and see what feeds it
    Evidence(claims, screens)           the closing box: what was checked and how

Params and cells may be: int or Fraction (printed exactly, 63/25 as 2.52), Term (inline formula), Step or
Derivation (inline `lhs = rhs`), Words (a phrase with params of its own), str (plain text, escaped in every format),
NoteLink (another note's title, linked where it stands), Listed (several of these, with commas), Question (what
an exercise of the catalogue asks).
Equality signs on a page come from Steps and Derivations only; formulas inside the words hold none.

The words may use: `{param}`, `*emphasis*`, `` `code` ``, `$formula without =$`, `[text](https://...)`; a blank
line begins a new paragraph; a brace is doubled. Everything else is text and is escaped.

`layout` of Statement and Calculation: "matrix" prints a Stack on the right side as a matrix, "entries" prints the
equality entry by entry (`lhs_11 = ...`), "auto" takes the matrix where it fits the page. A single equality whose right
side is a sum over free indices is printed at those indices. A reason is the phrase `rule.NAME` of the step's rule, or
a key of the note's own words (text, `code` and formulas only); it stands beside its row, or beneath a long one.
`gradient` of a block overrides the notation: "partial" prints dL/dO, "delta" prints the error term.
A sum with more terms than the notation's `most_terms` is printed with dots, and in full in an appendix of the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from render.links import Listed, NoteLink
from render.questions import Question
from symbolic.kernel.step import Derivation, Step
from symbolic.terms.term import Grad, Node, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from render.figure import Scene
    from render.words import Phrasebook
    from symbolic.network.derived import Derived
    from symbolic.terms.term import Tensor

LAYOUTS = ("auto", "matrix", "entries")
GRADIENTS = ("", "partial", "delta")


@dataclass(frozen=True)
class Words:
    """A phrase of the words files, for a table cell, a list item or inside another phrase."""

    key: str
    params: Mapping[str, Inline] = field(default_factory=dict)


Inline = int | Fraction | str | Term | Step | Derivation | Words | NoteLink | Listed | Question


class Block:
    """What a document is made of; the kinds below are all there is."""


@dataclass(frozen=True)
class Heading(Block):
    """The heading of a section (level 2) or a part of one (level 3)."""

    key: str
    level: int = 2
    params: Mapping[str, Inline] = field(default_factory=dict)


@dataclass(frozen=True)
class Prose(Block):
    """Paragraphs from the words files."""

    key: str
    params: Mapping[str, Inline] = field(default_factory=dict)


def prose(key: str, **params: Inline) -> Prose:
    """`Prose` with its params as keywords."""
    return Prose(key, params)


def phrase(key: str, **params: Inline) -> Words:
    """`Words` with its params as keywords."""
    return Words(key, params)


@dataclass(frozen=True)
class Bullets(Block):
    """A list; `numbered` where the order matters."""

    items: tuple[Words, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Statement(Block):
    """One or several equalities, one under the other; `reasons`, word keys, one for each, or none at all."""

    steps: tuple[Step | Derivation, ...]
    reasons: tuple[str, ...] = ()
    layout: str = "auto"
    gradient: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.steps, Step | Derivation):
            object.__setattr__(self, "steps", (self.steps,))
        if not self.steps or not all(isinstance(step, Step | Derivation) for step in self.steps):
            raise TypeError("a Statement takes steps or derivations: an equality is printed only when it is checked")
        if len(self.reasons) not in {0, len(self.steps)}:
            raise ValueError(f"a Statement of {len(self.steps)} equalities got {len(self.reasons)} reasons")
        _check_style(self.layout, self.gradient)


@dataclass(frozen=True)
class Calculation(Block):
    """A chain, each step beginning where the one before ended, its reason beside each line.

    steps    a Derivation or its steps.   reasons  word keys in place of the rule's phrase, "" keeps it.
    """

    steps: tuple[Step, ...]
    reasons: tuple[str, ...] = ()
    layout: str = "auto"
    gradient: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.steps, Derivation):
            object.__setattr__(self, "steps", self.steps.steps)
        if isinstance(self.steps, Step):
            object.__setattr__(self, "steps", (self.steps,))
        Derivation(self.steps)  # refuses what is no chain
        if len(self.reasons) not in {0, len(self.steps)}:
            raise ValueError(f"a Calculation of {len(self.steps)} steps got {len(self.reasons)} reasons")
        _check_style(self.layout, self.gradient)


@dataclass(frozen=True)
class Abbreviation(Block):
    """`delta := dL/dO`: the short name that print uses for a gradient."""

    gradient: Grad


@dataclass(frozen=True)
class Theorem(Block):
    """What a derivation proves, under the title `key`, with its conditions; `proof` prints the steps as well.

    more    derivations stated in the same theorem.   reasons  word keys, one for each statement, or none at all.
    """

    derivation: Derivation
    key: str
    proof: bool = False
    layout: str = "auto"
    more: tuple[Derivation, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table(Block):
    """Rows of cells; every row has as many cells as the header. A str in the header is a word key."""

    header: tuple[str | Term | Words, ...]
    rows: tuple[tuple[Inline, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.header):
                raise ValueError(f"a table of {len(self.header)} columns got a row of {len(row)} cells")


@dataclass(frozen=True)
class Figure(Block):
    """A picture. `scene` may be a function of the Phrasebook, for labels that are words.

    name  part of the file's name, such as "graph".   caption, alt  word keys; alt says what one would see.
    """

    scene: Scene | Callable[[Phrasebook], Scene]
    name: str
    caption: str
    alt: str


@dataclass(frozen=True)
class Code(Block):
    """A listing."""

    text: str
    language: str = "python"


@dataclass(frozen=True)
class Box(Block):
    """Blocks set apart under a short heading."""

    key: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Details(Block):
    """Blocks folded away where the format can, else printed small."""

    key: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Stepper(Block):
    """Layers to play with, in HTML only: each entry of a result and of its gradients with the entries that feed it.

    layers   linear layers and max-pools, each with its network.
    numbers  values by tensor; the winners of a max-pool depend on them.
    """

    layers: tuple[tuple[Derived, Node], ...]
    numbers: Mapping[Tensor, Any] | None = None


@dataclass(frozen=True)
class Claim:
    """One row of the closing box: what is claimed, in words, and the derivation that shows it."""

    key: str
    derivation: Derivation
    params: Mapping[str, Inline] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence(Block):
    """What was checked and how: one row per claim; then `screens`, checks on numbers that are no proofs."""

    claims: tuple[Claim, ...]
    screens: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Document:
    """A note: its name (also that of its words file), title key, blocks, and the name of what is written if another."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    file: str = ""

    @property
    def stem(self) -> str:
        """The name of what is written."""
        return self.file or self.name


def _check_style(layout: str, gradient: str) -> None:
    if layout not in LAYOUTS or gradient not in GRADIENTS:
        raise ValueError(f"layout is one of {LAYOUTS}, gradient one of {GRADIENTS}; got {layout!r}, {gradient!r}")
