"""The stepper's panels: a layer's grids, formulas and data as the template prints them, one choice already shown."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from render.arrange import indices
from render.document import phrase
from render.formats import Safe
from render.math import Printer, entry_tex
from render.panel_lines import displayed, lines
from render.source import Source
from render.stepper import MOST_ENTRIES, MOST_FACTORS, Grid, stepping, weight
from render.stepper_layer import NeedsNumbersError, alone
from symbolic.terms.names import entry_name
from symbolic.terms.term import Grad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from render.document import Stepper, Words
    from render.notation import Notation
    from render.panel_lines import Line
    from render.phrases import Phrases
    from render.stepper import Choice, Stepping
    from render.stepper_layer import Alone
    from symbolic.network.derived import Derived
    from symbolic.terms.term import Index, Node, Term

    Making = Callable[[int, int | None], "Cell"]  # a cell's number and its entry

ON_A_PAGE = 12_000  # factors in the equalities of all layers of a page, about a megabyte
DENSE = 90  # cells that are given
DIGITS = 4  # of a number that is no fraction


@dataclass(frozen=True)
class Cell:
    """A cell: its number in the grid, formula, classes, the numbers of its products, its name, its value if known."""

    number: int
    formula: Safe
    classes: str
    badge: str = ""
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class Panel:
    """A layer to play with.

    title     the call that makes it.             said      sentences about this layer
    operands  what is given, results what is found from it: (array, title, planes of (title, name, rows of Cells))
    lines     (array, entry, Line) of every choice.         first  the one that is shown at first
    dense     whether there are so many cells that they must be small.   data  the choices as JSON
    """

    title: str
    said: list[Safe]
    operands: list[dict[str, Any]]
    results: list[dict[str, Any]]
    lines: list[tuple[int, int, Line]]
    first: Line
    dense: bool
    data: Safe


def panels(block: Stepper, page: Phrases) -> tuple[list[Panel], list[Safe]]:
    """A panel for every layer that can be played with, and a sentence for every one that cannot."""
    several = page.notation.several or len({layer.name for _, layer in block.layers}) > 1
    notation = replace(page.notation.unelided(), several=several)
    found, said, room = [], [], ON_A_PAGE
    for derived, layer in block.layers:
        entries, factors = weight(layer)
        why = _too_large(layer, entries, factors, room)
        if why is None:
            try:
                room -= factors
                found.append(_Paneling(derived, layer, block.numbers, page, notation).panel())
                continue
            except NeedsNumbersError:
                why = phrase("stepper.winners", layer=layer, source=layer.args[0])
        said.append(page.phrase(why.key, why.params))
    return found, said


def _too_large(layer: Node, entries: int, factors: int, room: int) -> Words | None:
    if entries > MOST_ENTRIES or factors > MOST_FACTORS:
        limits = {"count": entries, "most": MOST_ENTRIES, "factors": factors, "limit": MOST_FACTORS}
        return phrase("stepper.large", layer=layer, **limits)
    return phrase("stepper.full", layer=layer) if factors > room else None


class _Paneling:
    """One layer's panel in the making."""

    def __init__(
        self,
        derived: Derived,
        layer: Node,
        numbers: Mapping[Any, Any] | None,
        page: Phrases,
        notation: Notation,
    ) -> None:
        self.page, self.notation, self.error = page, notation, Grad(derived.loss, layer)
        shared = [arg for arg in layer.args if sum(arg in node.args for node in derived.sweep.nodes) > 1]
        loss = derived.loss.name
        if shared:
            loss = _fresh(f"{loss or 'L'}_{layer.name}", [arg.name for arg in layer.args])
        self.alone, self.stepping = _apart(layer, loss, numbers)
        self.shared = shared
        self.start = (1, self._middle(1))
        self.titles = [self.alone.error, *self.alone.arrays[1:]]

    def panel(self) -> Panel:
        """The panel."""
        alone, choices = self.alone, self.stepping.choices
        texts = [self.entries(array) for array in self.titles]
        found = [lines(step, texts, self.page, self.notation) for step in alone.lines]
        of, at = self.start
        return Panel(
            title=f"{alone.layer.name}: {Source().expression(alone.layer)}",
            said=[self.page.phrase(words.key, words.params) for words in self.sentences()],
            operands=[self.operand(k, texts[k]) for k in (*range(1, len(texts)), 0)],
            results=[self.result(k) for k in range(len(texts))],
            lines=[(k, entry, line) for k, some in enumerate(found) for entry, line in enumerate(some)],
            first=found[of][at],
            dense=sum(len(grid.cells) for grid in self.stepping.grids) > DENSE,
            data=Safe(_json({"choices": choices, "start": self.start})),
        )

    def sentences(self) -> Iterable[Words]:
        """What this layer needs besides the common words."""
        if self.alone.numbers is not None:
            yield phrase("stepper.fixed", source=self.alone.arrays[1])
        for arg in self.shared:
            tensor = next(x for x in self.alone.arrays if x.name == arg.name)
            yield phrase("stepper.shared", tensor=tensor, layer=self.alone.layer, share=self.alone.derived.loss)

    # ------------------------------------------------------------------ grids

    def operand(self, k: int, texts: list[str]) -> dict[str, Any]:
        """A given array on its grid, what feeds the first choice lit."""
        grid, choice = self.stepping.grids[k], self._first()
        badges: dict[int, list[str]] = {}
        for array, lit, number in choice.lit:
            if array == k:
                badges.setdefault(lit, []).append(str(number))
        window = set(choice.window[1]) if choice.window and choice.window[0] == k else set()
        names, values = self._names(k), self._values(k)

        def cell(number: int, entry: int | None) -> Cell:
            kinds = ("zero" if entry is None else "entry", "lit" * (number in badges), "window" * (number in window))
            classes, badge = " ".join(filter(None, kinds)), ",".join(badges.get(number, []))
            if entry is None:
                return Cell(number, self._filler(k), classes, badge)
            text = Safe(f"<math>{texts[entry]}</math>")
            return Cell(number, text, classes, badge, names[entry], values[entry] if values else "")

        title = self.titles[k]
        return {"array": k, "title": self._title(title), "planes": self._planes(grid, k, title, cell)}

    def result(self, k: int) -> dict[str, Any]:
        """An array that can be chosen from; the cells of dL/dX say X_11, the title says what of it."""
        term: Term = self.alone.lines[k].lhs
        shown = term.wrt if isinstance(term, Grad) else term
        texts, names = self.entries(shown), self._names(k)
        sizes = tuple(int(n) for n in shown.shape)  # type: ignore[arg-type] # a stepper's sizes are numbers

        def cell(number: int, _entry: int | None) -> Cell:
            chosen = self.start == (k, number)
            text = Safe(f"<math>{texts[number]}</math>")
            return Cell(number, text, "entry chosen" if chosen else "entry", name=names[number])

        grid = Grid(sizes, tuple(tuple(range(n)) for n in sizes))
        return {"array": k, "title": self._title(term), "planes": self._planes(grid, k, shown, cell)}

    def _planes(self, grid: Grid, k: int, term: Term, cell: Making) -> list[dict[str, Any]]:
        planes = []
        name = self.alone.arrays[k].name if k else ""
        for place, rows in grid.planes:
            cells = [[cell(number, entry) for number, entry in row] for row in rows]
            planes.append({"title": self._plane(term, grid, place), "name": name, "rows": cells})
        return planes

    def _plane(self, term: Term, grid: Grid, place: Index) -> Safe:
        """Which part of an array a table shows: X_{1,.,.}; nothing where there is one table, or in between of two."""
        if not place or all(size == 1 for size in grid.sizes[:-2]):
            return Safe("")
        axes = [places.index(at) if at in places else None for places, at in zip(grid.places, place, strict=False)]
        if None in axes:
            return Safe("<math><mn>0</mn></math>")
        base = self.notation.base
        index = [*(str(int(at or 0) + base) for at in axes), r"\cdot", r"\cdot"]
        return Safe(self.page.format.formula(Printer(self.notation).at(term, index)[0]))

    def entries(self, term: Term) -> list[str]:
        """Every entry's formula, without the element around it."""
        found = [self.page.format.formula(entry_tex(term, place, self.notation)) for place in indices(term.shape)]
        return [text.removeprefix("<math>").removesuffix("</math>") for text in found]

    def _title(self, term: Term) -> Safe:
        """The array's name; the error term says what it abbreviates."""
        text = Printer(self.notation).term(term)[0]
        if term == self.alone.error:
            full = Printer(self.notation.with_gradient("partial")).term(self.error)[0]
            text = text if text == full else f"{text} := {full}"
        return displayed(text, self.page)

    def _names(self, k: int) -> list[str]:
        """The entries as one types them, for those who listen."""
        array = self.alone.arrays[k]
        return [entry_name(array.name, index) for index in indices(array.shape)]

    def _values(self, k: int) -> list[str]:
        """The numbers that a max-pool chooses from."""
        if k == 0 or self.alone.numbers is None:
            return []
        return [_number(value) for value in self.alone.numbers.reshape(-1).tolist()]

    def _filler(self, k: int) -> Safe:
        """What padding counts as."""
        smallest = k and self.alone.numbers is not None
        return Safe("<math><mo>−</mo><mi>∞</mi></math>" if smallest else "0")

    def _first(self) -> Choice:
        return self.stepping.choices[self.start[0]][self.start[1]]

    def _middle(self, view: int) -> int:
        """The entry in the middle, or the one that most products feed where it is fed by none."""
        middle = 0
        for n in self.alone.arrays[view].shape:
            middle = middle * int(n) + int(n) // 2  # type: ignore[arg-type]
        fed = [len(choice.lit) for choice in self.stepping.choices[view]]
        return middle if fed[middle] else fed.index(max(fed))


def _apart(layer: Node, loss: str, numbers: Mapping[Any, Any] | None) -> tuple[Alone, Stepping]:
    """A layer by itself and its choices; made once for all languages where no numbers matter."""
    try:
        return _plain(layer, loss)
    except NeedsNumbersError:
        found = alone(layer, loss, numbers)
        return found, stepping(found)


@lru_cache(maxsize=128)
def _plain(layer: Node, loss: str) -> tuple[Alone, Stepping]:
    found = alone(layer, loss)
    return found, stepping(found)


def _number(value: object) -> str:
    return str(value) if isinstance(value, int | Fraction) else f"{value:.{DIGITS}g}"


def _fresh(name: str, taken: list[str]) -> str:
    while name in taken:
        name += "0"
    return name


def _json(data: dict[str, Any]) -> str:
    """JSON that may stand inside a page's script element."""
    text = json.dumps(data, default=asdict, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
