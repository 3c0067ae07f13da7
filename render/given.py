"""Values from a JSON file: `{"X": [[1, 2], [3, 4]], "b": 0.5, "c": "1/3"}`, every number exact.

A decimal is the fraction that it spells. NaN, Infinity, a name twice, deep nesting and huge numbers are refused.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NoReturn

from symbolic.errors import GradproofError, shown

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 10_000_000  # bytes of a file of values
DEEPEST = 20  # of brackets
DIGITS = 60  # characters of one number
EXPONENT = 60
MARKS = re.compile(r'"(?:\\.|[^"\\])*"|[\[\]{}]', re.DOTALL)
RATIO = re.compile(r"-?[0-9]+(?:/[0-9]+)?")


class ValuesError(GradproofError):
    """A file of values that cannot be used."""


def read_values_file(path: Path) -> dict[str, Any]:
    """Nested lists of exact numbers by the name of a tensor.  Raises ValuesError, one sentence."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ValuesError(f"the values in {path} cannot be read: {error.strerror or error}") from error
    if len(content) > LARGEST:
        raise ValuesError(f"{path} is longer than {LARGEST:,} bytes")
    try:
        text = content.decode("utf-8-sig")
        _refuse_depth(path, text)
        document = json.loads(
            text,
            parse_int=lambda digits: _number(path, digits),
            parse_float=lambda digits: _number(path, digits),
            parse_constant=lambda name: _refuse_constant(path, name),
            object_pairs_hook=lambda pairs: _unique(path, pairs),
        )
    except UnicodeDecodeError as error:
        raise ValuesError(f"{path} is no text in UTF-8") from error
    except json.JSONDecodeError as error:
        raise ValuesError(f"{path}, line {error.lineno}, column {error.colno}: this is no JSON: {error.msg}") from error
    if not isinstance(document, dict):
        raise ValuesError(f'{path}: expected an object of arrays by name, {{"X": [[1, 2], [3, 4]]}}')
    return {name: _exact(path, name, value) for name, value in document.items()}


def _refuse_depth(path: Path, text: str) -> None:
    """Before the library's parser, which recurses, sees the text."""
    depth = 0
    for mark in MARKS.finditer(text):
        depth += (mark[0] in "[{") - (mark[0] in "]}")
        if depth > DEEPEST:
            raise ValuesError(f"{path}: brackets are nested more than {DEEPEST} deep")


def _number(path: Path, digits: str) -> Fraction | int:
    exponent = re.search(r"[eE]([-+]?[0-9]+)", digits)
    if len(digits) > DIGITS or (exponent and abs(int(exponent[1])) > EXPONENT):
        raise ValuesError(
            f"{path}: the number {digits[:30]} is too long or too large; at most {DIGITS} characters are read, and "
            f"exponents up to {EXPONENT}"
        )
    value = Fraction(digits)
    return value.numerator if value.denominator == 1 else value


def _refuse_constant(path: Path, name: str) -> NoReturn:
    raise ValuesError(f"{path}: every value must be a finite number; got {name}")


def _unique(path: Path, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValuesError(f"{path}: {shown(name)} is given twice")
        found[name] = value
    return found


def _exact(path: Path, name: str, value: object) -> object:
    """Lists as they are, "1/3" as a fraction; anything else but a number is refused with its tensor's name."""
    if isinstance(value, list):
        return [_exact(path, name, item) for item in value]
    if isinstance(value, str) and len(value) <= DIGITS and RATIO.fullmatch(value):
        above, _, below = value.partition("/")
        if int(below or 1) == 0:
            raise ValuesError(f"{path}: {shown(name)} has a division by 0, {value}")
        return Fraction(int(above), int(below or 1))
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise ValuesError(f'{path}: {shown(name)}: expected numbers or fractions such as "1/3"; got {shown(value)}')
    return value
