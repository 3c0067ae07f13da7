"""JSON answers: nested lists of exact numbers and of short texts, or an object with the sheet's labels.

Numbers never pass through a float: 2.52 is 63/25. NaN, Infinity, duplicate keys, deep nesting and
huge numbers are refused; the standard library's parser sees the text only after its depth is known.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn

from symbolic.exercises import limits
from symbolic.exercises.arrays import Grid, stack
from symbolic.exercises.refusal import Unreadable
from symbolic.exercises.tokens import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MARKS = re.compile(r'\\.|["\[\]{}]', re.DOTALL)


class _Written(str):
    """A JSON number as it stands in the text."""

    __slots__ = ()


def read_json(text: str, read_entry: Callable[[str], Grid], labels: Sequence[str] = ()) -> Grid:
    """Value of a JSON document; a text entry is handed to `read_entry`.

    Shapes  a list of k equal shapes gains the axis k; an object with n labels is (n,), in their order.
    Raises  Unreadable with `entry` set to the place inside the document ("[1][2]", 1-based).
    """
    _refuse_depth(text)
    try:
        document = json.loads(
            text,
            parse_float=_Written,
            parse_int=_Written,
            parse_constant=_not_finite,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as error:
        key = "json_two_documents" if error.msg == "Extra data" else "json_syntax"
        if text.lstrip().startswith("{") and not {'"', "'"} & set(text):
            key = "braces"
        raise Unreadable(key, error.pos) from None
    return _Walk(read_entry, labels).value(document, "")


def _refuse_depth(text: str) -> None:
    """Count open brackets outside of strings: the library's parser recurses, so it must not see more."""
    depth, quoted = 0, False
    for mark in _MARKS.finditer(text):
        if mark[0] == '"':
            quoted = not quoted
        elif not quoted and mark[0] in "[{":
            depth += 1
            if depth > limits.JSON_DEPTH:
                raise Unreadable("too_deep", mark.start(), limit=limits.JSON_DEPTH)
        elif not quoted and mark[0] in "]}":
            depth -= 1


def _not_finite(name: str) -> NoReturn:
    raise Unreadable("not_finite", name=name)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise Unreadable("duplicate_key", name=key)
        found[key] = value
    return found


class _Walk:
    """From Python's lists and dicts to a Grid; at most `limits.JSON_DEPTH` deep."""

    def __init__(self, read_entry: Callable[[str], Grid], labels: Sequence[str]) -> None:
        self.read_entry = read_entry
        self.labels = labels

    def value(self, item: object, place: str) -> Grid:
        if isinstance(item, dict):
            return self._labelled(item, place)
        try:
            return self._plain(item, place)
        except Unreadable as refusal:
            if not refusal.source and refusal.entry is None:
                refusal.within(item if isinstance(item, str) else "", place or None)
            raise

    def _plain(self, item: object, place: str) -> Grid:
        if isinstance(item, _Written):
            value = number(item.removeprefix("-"))
            return Grid.number(-value if item.startswith("-") else value)
        if isinstance(item, str):
            return self.read_entry(item)
        if isinstance(item, list):
            return self._list(item, place)
        raise Unreadable("json_constant", name=json.dumps(item))

    def _list(self, items: list[object], place: str) -> Grid:
        if not items:
            raise Unreadable("empty_list")
        if len(items) > limits.ENTRIES:
            raise Unreadable("too_many_entries", limit=limits.ENTRIES)
        return stack([self.value(item, f"{place}[{i}]") for i, item in enumerate(items, start=1)])

    def _labelled(self, found: dict[str, object], place: str) -> Grid:
        wanted = ", ".join(self.labels)
        if place or not self.labels:
            raise Unreadable("object_unexpected")
        for key in found:
            if key not in self.labels:
                raise Unreadable("unknown_label", name=key, wanted=wanted)
        for label in self.labels:
            if label not in found:
                raise Unreadable("missing_label", name=label, wanted=wanted)
        values = [self.value(found[label], label) for label in self.labels]
        if any(value.shape for value in values):
            raise Unreadable("label_not_a_number", wanted=wanted)
        return stack(values)
