r"""What stands around an expression: $…$, \[…\], align, a label in front, a full stop behind, chains of equals.

    \[ \frac{\partial L}{\partial F} = conv(X, delta) = \begin{pmatrix} … \end{pmatrix}. \]

A first side that is only a label (K_{new}, dL/dF, ∂L/∂F) is dropped, with a remark where it names another quantity
than the one that is asked (`labels.py`). Of the other sides the last is the answer. The sides before it are read as
well and handed on where they say something else; one with names that are not given here (K − η G) is passed over
with a remark. Several equations, one for each entry or label, are put together: dw1 = …, db1 = …
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from symbolic.exercises.arrays import Grid
from symbolic.exercises.evaluate import evaluate
from symbolic.exercises.grammar import Parser
from symbolic.exercises.labels import LONGEST, Asked, Label, label, named
from symbolic.exercises.parting import equations, sides_of, unwrapped
from symbolic.exercises.refusal import Unreadable
from symbolic.exercises.remarks import Remarks
from symbolic.exercises.rows import arranged, table
from symbolic.exercises.surroundings import stripped
from symbolic.exercises.tokens import tokenize

if TYPE_CHECKING:
    from symbolic.exercises.meter import Meter
    from symbolic.exercises.names import Names
    from symbolic.exercises.tokens import Token

MOST_SIDES = 8  # of a chain of equals that differ from its last one
MOST_LABELS = 3  # behind the first


@dataclass(frozen=True)
class Statement:
    """What a text says: the value of its last side, of the sides before that differ from it, and the notation."""

    grid: Grid
    earlier: tuple[Grid, ...] = ()
    latex: bool = False
    at: int = 0

    def single(self) -> Grid:
        """The value where all sides agree. Raises  Unreadable (sides_differ)."""
        if self.earlier:
            raise Unreadable("sides_differ", self.at)
        return self.grid


def read_text(
    text: str,
    names: Names,
    meter: Meter,
    remarks: Remarks | None = None,
    asked: Asked | None = None,
    *,
    entry: bool = False,
) -> Statement:
    """Value of SymPy-style text or LaTeX; an `entry` of a JSON array has no label in front.

    Raises  Unreadable, with offsets into `text`.
    """
    tokens, latex = tokenize(stripped(text))
    if not tokens:
        raise Unreadable("empty")
    reading = _Reading(text, names, meter, remarks or Remarks(), asked, latex=latex)
    rows = table(tokens, text)
    whole = unwrapped(arranged(tokens, latex=latex), latex=latex) if rows is None else rows
    return reading.chain(sides_of(whole)) if entry else reading.all(whole)


class _Reading:
    """One text."""

    def __init__(
        self, text: str, names: Names, meter: Meter, remarks: Remarks, asked: Asked | None, *, latex: bool
    ) -> None:
        self.text = text
        self.names = names
        self.meter = meter
        self.remarks = remarks
        self.asked = asked
        self.latex = latex

    def all(self, tokens: list[Token]) -> Statement:
        """One equation, one for each entry, or several of which those with the quantity asked for count."""
        asked = self.asked
        if asked is None or not asked.size:
            return self._equation(self._sides(tokens))
        parts = [self._sides(part) for part in equations(tokens, self.text, asked.size)]
        if len(parts[0]) < 2:
            return self._equation(self._sides(tokens))
        labels = [label(part[0], asked) if len(part) > 1 else None for part in parts]
        if any(found is not None and asked.place(found) is not None for found in labels):
            return Statement(self._entries(parts, labels, asked), latex=self.latex)
        whole = [part for part, found in zip(parts, labels, strict=True) if found is not None and asked.fits(found)]
        if len(parts) == 1 or (labels[0] is None and not whole):
            return self._equation(self._sides(tokens))
        if not whole:  # dX_11 = 1, dX_12 = 2 where dF is asked
            return Statement(self._entries(parts, labels, asked), latex=self.latex)
        for part in parts:  # S = 232, ∂L/∂K = 4 K, ∂L/∂K = [[…]]
            if part not in whole:
                self._pass_over(part[0], part[-1])
        return self._equation([whole[0][0], *(side for part in whole for side in part[1:])])

    def _entries(self, parts: list[list[list[Token]]], labels: list[Label | None], asked: Asked) -> Grid:
        """One value for each entry or label, whatever their order."""
        found: dict[int, Grid] = {}
        for sides, known in zip(parts, labels, strict=True):
            place = asked.place(known) if known is not None else None
            if place is None:
                first = next((side[0] for side in sides if side), None)
                name = known.text if known is not None else first.text if first is not None else ""
                at = first.at if first is not None else None
                raise Unreadable("unknown_label", at, name=name, wanted=self._wanted(asked))
            if known is not None and known.from_zero:
                self.remarks.add("brackets_from_0", given=known.text, name=asked.entry(place))
            if place in found:
                raise Unreadable("duplicate_key", sides[0][0].at, name=asked.entry(place))
            found[place] = self.chain(sides[1:]).single()
        for place in range(asked.size):
            if place not in found:
                raise Unreadable("missing_label", name=asked.entry(place), wanted=self._wanted(asked))
            if found[place].shape:
                raise Unreadable("label_not_a_number", wanted=self._wanted(asked))
        return Grid(asked.shape, tuple(found[place].entries[0] for place in range(asked.size)))

    @staticmethod
    def _wanted(asked: Asked) -> str:
        return ", ".join(asked.entry(place) for place in range(min(asked.size, 8)))

    def _sides(self, tokens: list[Token]) -> list[list[Token]]:
        """The sides of an equation; the colon of `answer: 5` counts as an equals sign behind a label that is known."""
        colon = next((place for place, token in enumerate(tokens[: LONGEST + 1]) if token.kind == ":"), 0)
        known = label(tokens[:colon], self.asked) if colon else None
        if known is not None and known.kind != "unknown":
            return [tokens[:colon], *sides_of(tokens[colon + 1 :])]
        return sides_of(tokens)

    def _equation(self, sides: list[list[Token]]) -> Statement:
        """Labels in front, then the value."""
        order = self._labels(sides)
        found = self.chain(sides)
        if order is None or found.grid.shape != (len(order),):
            return found
        entries = tuple(found.grid.entries[order.index(k)] for k in range(len(order)))
        return replace(found, grid=Grid(found.grid.shape, entries))

    def chain(self, sides: list[list[Token]]) -> Statement:
        """Sides of which the last is the answer."""
        values: list[Grid] = []
        at = passed = 0
        for place, side in enumerate(sides):
            following = sides[place + 1] if place + 1 < len(sides) else []
            end = following[0].at - 1 if following else len(self.text.rstrip())
            parser = Parser(side, self.names, self.remarks, end=end, latex=self.latex)
            try:
                value = evaluate(parser.whole(), self.names.shapes, self.meter)
            except Unreadable as refusal:
                passed += 1
                if passed > MOST_SIDES or place == len(sides) - 1 or self.asked is None:
                    raise
                if refusal.reason != "unknown_symbol" and refusal.key != "sum_sign":
                    raise
                self._pass_over(side, side)
                continue
            if values and value != values[-1]:
                at = side[0].at
            values.append(value)
        last = values[-1]
        earlier = tuple(dict.fromkeys(value for value in values[:-1] if value != last))
        if len(earlier) > MOST_SIDES or any(value.shape != last.shape for value in earlier):
            raise Unreadable("sides_differ", at)
        return Statement(last, earlier, self.latex, at)

    def _pass_over(self, first: list[Token], last: list[Token]) -> None:
        """Say which part was not read."""
        tokens = [*first, *last]
        if tokens:
            given = self.text[tokens[0].at : tokens[-1].at + len(tokens[-1].text)]
            self.remarks.add("side_passed_over", given=" ".join(given.split()))

    def _labels(self, sides: list[list[Token]]) -> list[int] | None:
        """Take the labels away from the front (or the one at the end), with a remark on the first of them."""
        if len(sides) < 2:
            return None
        order = named(sides[0], self.asked) if self.asked is not None else None
        if order is not None:
            del sides[0]
            return order
        last = label(sides[-1], self.asked)
        named_last = last is not None and (
            last.kind in {"gradient", "word"} or (self.asked is not None and last.name in self.asked.values)
        )
        if named_last and label(sides[0], self.asked) is None:
            sides.insert(0, sides.pop())  # [[1, 2], [3, 4]] = ∂L/∂F
        found = label(sides[0], self.asked)
        if found is None:
            return None
        if self.asked is not None and self.asked.place(found) is None:
            self.asked.judge(found, self.remarks)
        del sides[0]
        for _ in range(MOST_LABELS):  # ∂L/∂F = dF = [[1, 2], [3, 4]]
            more = label(sides[0], self.asked) if len(sides) > 1 else None
            if more is None or more.kind != "gradient":
                break
            del sides[0]
        return None
