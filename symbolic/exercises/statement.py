r"""What stands around an expression: $…$, \[…\], align, a label in front, a full stop behind, chains of equals.

    \[ \frac{\partial L}{\partial F} = conv(X, delta) = \begin{pmatrix} … \end{pmatrix}. \]

A first side that is only a label (K_{new}, dL/dF, ∂L/∂F) is dropped, with a remark where it names another quantity
than the one that is asked (`labels.py`). Of the other sides the last is the answer. The sides before it are read as
well and handed on where they say something else; one with names that are not given here (K − η G) is passed over
with a remark. Several equations, one for each entry or label, are put together: dw1 = …, db1 = …
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symbolic.exercises.arrays import Grid
from symbolic.exercises.evaluate import evaluate
from symbolic.exercises.grammar import Parser
from symbolic.exercises.labels import Asked, label, named
from symbolic.exercises.parting import equations, sides_of, unwrapped
from symbolic.exercises.refusal import Unreadable
from symbolic.exercises.remarks import Remarks
from symbolic.exercises.rows import arranged
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
    text: str, names: Names, meter: Meter, remarks: Remarks | None = None, asked: Asked | None = None
) -> Statement:
    """Value of SymPy-style text or LaTeX.

    Raises  Unreadable, with offsets into `text`.
    """
    tokens, latex = tokenize(stripped(text))
    if not tokens:
        raise Unreadable("empty")
    return _Reading(text, names, meter, remarks or Remarks(), asked, latex=latex).all(arranged(tokens, latex=latex))


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
        """One equation, or one for each entry."""
        tokens = unwrapped(tokens)
        if self.asked is not None and self.asked.size:
            parts = equations(tokens, self.text, self.asked.size)
            first = label(sides_of(parts[0])[0], self.asked)
            alone = len(parts) == 1 or self._same_label(parts)
            if first is not None and len(sides_of(parts[0])) > 1 and (not alone or self.asked.place(first) is not None):
                return Statement(self._entries(parts, self.asked), latex=self.latex)
            if len(parts) > 1 and alone:  # ∂L/∂F = conv(X, delta), ∂L/∂F = [[…]]
                return self._chain([sides_of(parts[0])[0], *(side for part in parts for side in sides_of(part)[1:])])
        return self._chain(sides_of(tokens))

    def _same_label(self, parts: list[list[Token]]) -> bool:
        """Whether every equation begins with the same label."""
        found = [label(sides_of(part)[0], self.asked) for part in parts]
        return None not in found and len({one.text for one in found if one is not None}) == 1

    def _entries(self, parts: list[list[Token]], asked: Asked) -> Grid:
        """One value for each entry or label, whatever their order."""
        found: dict[int, Grid] = {}
        for part in parts:
            sides = sides_of(part)
            known = label(sides[0], asked)
            place = None if known is None or len(sides) < 2 else asked.place(known)
            if place is None:
                name = known.text if known is not None else sides[0][0].text if sides[0] else ""
                raise Unreadable("unknown_label", part[0].at, name=name, wanted=self._wanted(asked))
            if place in found:
                raise Unreadable("duplicate_key", part[0].at, name=asked.entry(place))
            found[place] = self._chain(sides).single()
        for place in range(asked.size):
            if place not in found:
                raise Unreadable("missing_label", name=asked.entry(place), wanted=self._wanted(asked))
            if found[place].shape:
                raise Unreadable("label_not_a_number", wanted=self._wanted(asked))
        return Grid(asked.shape, tuple(found[place].entries[0] for place in range(asked.size)))

    @staticmethod
    def _wanted(asked: Asked) -> str:
        return ", ".join(asked.entry(place) for place in range(min(asked.size, 8)))

    def _chain(self, sides: list[list[Token]]) -> Statement:
        """Labels in front, then sides of which the last is the answer."""
        order = self._labels(sides)
        values: list[Grid] = []
        at = 0
        for place, side in enumerate(sides):
            following = sides[place + 1] if place + 1 < len(sides) else []
            end = following[0].at - 1 if following else len(self.text.rstrip())
            parser = Parser(side, self.names, self.remarks, end=end, latex=self.latex)
            try:
                value = evaluate(parser.whole(), self.names.shapes, self.meter)
            except Unreadable as refusal:
                if place == len(sides) - 1 or self.asked is None or refusal.reason != "unknown_symbol":
                    raise
                self.remarks.add("side_passed_over", given=self.text[side[0].at : end].rstrip(" \t\r\n=:&"))
                continue
            if values and value != values[-1]:
                at = side[0].at
            values.append(value)
        last = values[-1]
        earlier = tuple(dict.fromkeys(value for value in values[:-1] if value != last))
        if len(earlier) > MOST_SIDES or any(value.shape != last.shape for value in earlier):
            raise Unreadable("sides_differ", at)
        if order is not None and last.shape == (len(order),):
            last = Grid(last.shape, tuple(last.entries[order.index(k)] for k in range(len(order))))
        return Statement(last, earlier, self.latex, at)

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
