"""What the reader has to say about an answer that it could read: choices it made, parts it passed over.

key           said in verdicts.toml as remark_KEY, with the values for its placeholders
brackets_from_0    X[0, 0] was read as X_11          left_side_other    the left side names another quantity
left_side_unknown  the left side is no name here     side_passed_over   a part of a chain of equals was not read
sides_differ       parts of a chain of equals differ; each of them was judged
"""

from __future__ import annotations

from symbolic.exercises.refusal import Unreadable, clean


class Remarks:
    """The remarks on one answer, in the order in which they arise."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, str]] = {}
        self._unsure: tuple[int, str, str] | None = None
        self._zero = False

    def add(self, key: str, **params: object) -> None:
        """Note a remark once, with what stood in the text made harmless."""
        self.found.setdefault(key, {name: clean(str(value)) for name, value in params.items()})

    def bracket(self, name: str, places: list[int], rank: int, first: str, at: int) -> None:
        """Note whole numbers in brackets behind a name of so many axes, whose first entry is called `first`."""
        self._zero |= min(places) < 1
        if self._unsure is None:
            self._unsure = (at, f"{name}[{', '.join(map(str, places))}]", first)
        self.add("brackets_from_0", given=f"{name}[{', '.join(['0'] * rank)}]", name=first)

    def settle(self) -> None:
        """Refuse places in brackets of which none is 0: they may as well count from 1.

        Raises  Unreadable (index_base).
        """
        if self._unsure is not None and not self._zero:
            at, given, name = self._unsure
            raise Unreadable("index_base", at, given=given, name=name)
