"""JSON read strictly: every value knows its place, and says in one sentence what was expected there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from symbolic.recheck.refusal import damaged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BYTES = 8_000_000
DIGITS = 300  # of an integer
DEPTH = 120  # lists and objects inside each other


@dataclass(frozen=True)
class Field:
    """A value and where it stands, `conv.json, steps[0].left`."""

    value: object
    place: str

    def fields(self, *names: str, optional: tuple[str, ...] = ()) -> dict[str, Field]:
        """An object with exactly these names."""
        found = self.object()
        missing = [name for name in names if name not in found]
        extra = [name for name in found if name not in (*names, *optional)]
        if missing or extra:
            raise damaged(self.place, f"an object with {' and '.join(names) or 'nothing in it'}", self.value)
        return found

    def object(self) -> dict[str, Field]:
        """An object with any names."""
        if not isinstance(self.value, dict):
            raise damaged(self.place, "an object", self.value)
        return {str(name): Field(value, f"{self.place}.{name:.40}") for name, value in self.value.items()}

    def list(self) -> list[Field]:
        """A list."""
        if not isinstance(self.value, list):
            raise damaged(self.place, "a list", self.value)
        return [Field(value, f"{self.place}[{k}]") for k, value in enumerate(self.value)]

    def pair(self) -> tuple[Field, Field]:
        """A list of two."""
        items = self.list()
        if len(items) != 2:
            raise damaged(self.place, "a list of two", self.value)
        return items[0], items[1]

    def text(self) -> str:
        """A string."""
        if not isinstance(self.value, str):
            raise damaged(self.place, "a string", self.value)
        return self.value

    def integer(self) -> int:
        """An integer; true and false are none."""
        if type(self.value) is not int:
            raise damaged(self.place, "an integer", self.value)
        return self.value

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise damaged(self.place, "true or false", self.value)
        return self.value


def read(path: Path) -> Field:
    """The value in a JSON file.  Raises GradproofError where the file cannot be read as JSON of sane size."""
    try:
        with path.open("rb") as stream:
            content = stream.read(BYTES + 1)
    except OSError as error:
        raise damaged(path.name, f"a readable file ({error.strerror})") from error
    if len(content) > BYTES:
        raise damaged(path.name, f"at most {BYTES} bytes")
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_no_float,
            parse_constant=_no_float,
            parse_int=_integer,
        )
    except UnicodeDecodeError as error:
        raise damaged(path.name, "text in UTF-8") from error
    except RecursionError as error:
        raise damaged(path.name, f"at most {DEPTH} levels") from error
    except ValueError as error:
        raise damaged(path.name, f"JSON ({error})") from error
    if _too_deep(value):
        raise damaged(path.name, f"at most {DEPTH} levels")
    return Field(value, path.name)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the name {next(n for n in names if names.count(n) > 1)[:40]!r} stands in an object twice")
    return found


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"{text[:40]} is no integer")


def _integer(text: str) -> int:
    if len(text) > DIGITS:
        raise ValueError(f"an integer has more than {DIGITS} digits")
    return int(text)


def _too_deep(value: object) -> bool:
    level: list[object] = [value]
    for _ in range(DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
