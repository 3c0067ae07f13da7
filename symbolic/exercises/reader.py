r"""The one reader of outside text: SymPy-style text, LaTeX, JSON and .npy to exact polynomials.

    read(r"\begin{pmatrix} 2X_{11} & 0 \\ 0 & .5 \end{pmatrix}", shapes={"X": (3, 3)}).understood
    == "Matrix([[2*X_11, 0], [0, 1/2]])"

Nothing here calls SymPy, eval, pickle or a template. The road is text (`surroundings.py`) -> tokens (`tokens.py`,
`characters.py`, `rows.py`) -> sides of equations (`parting.py`, `statement.py`, `labels.py`) -> tree (`grammar.py`,
`latex.py`, `indexing.py`) -> polynomials (`evaluate.py`, `functions.py`, `arrays.py`, `moves.py`), with every cap in
`limits.py` and every sentence in `phrases.toml`. The rules where texts differ:

    conv            cross-correlation; convolve2d flips and is full by default, as in SciPy; conv_transpose2d PyTorch's
    X_11  X(1,1)    count from 1;  X[0, 0]  F[::-1]  from 0, which is remarked on; brackets without any 0 are refused
    A * B           of two matrices is refused, as which product is meant is not said; so is A \otimes B
    [4 -2]          two numbers, as NumPy and MATLAB print them;  [4 - 2] one. Blanks between names are a product
    ∂L/∂F = ...     the left side is dropped; where it names something else, that is remarked on
    a = b = c       c is the answer, a and b are judged as well: wrong if one of them is, shown is the last such side
    S = 1, dF = c   the equations that name what is asked count, the others are passed over with a remark
    5{,}898         one number; 5,898 and 5_898 are refused.  ½ is one half, 2½ is refused
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from symbolic.exercises import limits
from symbolic.exercises.arrays import Grid, show
from symbolic.exercises.json_text import read_json
from symbolic.exercises.labels import Asked
from symbolic.exercises.meter import Meter
from symbolic.exercises.names import Names
from symbolic.exercises.npy import MAGIC, read_npy
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.refusal import Unreadable, phrase
from symbolic.exercises.remarks import Remarks
from symbolic.exercises.statement import read_text
from symbolic.exercises.surroundings import prose, unmarked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["FORMATS", "Answer", "Polynomial", "Unreadable", "read"]

FORMATS = ("auto", "sympy", "latex", "json", "npy")
Nested: TypeAlias = "Polynomial | tuple[Nested, ...]"
_OUTPUTS = {"O": "delta"}
_PYTHON = re.compile(r"\s*[\[{(][\s\[{(]*'")  # {'dw1': 1} or [['X_11', ...]]: JSON but for the quotation marks


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says, exactly.

    grid     shape and entries in row-major order; shape () is a scalar
    format   how it was written: sympy, latex, json or npy
    remarks  what has to be said about the reading, by key, with values (`remarks.py`)
    earlier  the sides before the last of a chain of equals that say something else
    """

    grid: Grid
    format: str
    remarks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    earlier: tuple[Grid, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes."""
        return self.grid.shape

    @property
    def entries(self) -> tuple[Polynomial, ...]:
        """Entries in row-major order."""
        return self.grid.entries

    @property
    def value(self) -> Nested:
        """Entries as nested tuples; the polynomial itself for a scalar."""
        return _nested(self.shape, self.entries)

    @property
    def understood(self) -> str:
        """SymPy-style text of what was read; reading it gives the same answer."""
        text = _text(self.value)
        return f"Matrix({text})" if len(self.shape) == 2 else text

    def echo(self, lang: str = "en") -> str:
        """I read this as ...; `lang` is "en" or "zh"."""
        return phrase("understood", lang, text=self.understood)

    def fit(self, expected: tuple[int, ...]) -> Answer:
        """Return the same answer in the shape that was asked.

        A vector may come as a row, a column or a list, a single number bare or in brackets, and leading
        axes of size 1 may be missing or added. Nothing else is reshaped.
        Raises  Unreadable (wrong_shape), naming both shapes.
        """
        if not _fits(self.shape, expected):
            key = "scalar_for_array" if not self.shape else "wrong_shape"
            raise Unreadable(key, expected=show(expected), got=show(self.shape))
        earlier = tuple(Grid(expected, grid.entries) for grid in self.earlier)
        return replace(self, grid=Grid(expected, self.entries), earlier=earlier)


def read(
    data: str | bytes,
    format: str = "auto",
    *,
    symbols: Iterable[str] = (),
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    expected: tuple[int, ...] | None = None,
    labels: Sequence[str] = (),
    cotangents: Mapping[str, str] | None = None,
    asked: Asked | None = None,
) -> Answer:
    r"""Read an answer.

    data        text, or the bytes of a file (UTF-8 text or .npy); .npy may also come as base64 text
    format      auto, sympy, latex, json or npy; sympy and latex accept each other's notation
    symbols     canonical names that may occur: "t", "p_1", "X_11"
    shapes      tensors that may occur, whole or by entries: {"X": (3, 3), "delta": (2, 2)}
    expected    shape to `fit`; None leaves the shape to the caller
    labels      keys of a JSON object in the order of the answer's entries: ("dw1", "db1", "dw2")
    asked       what the exercise asks for: for remarks on left sides, and for answers entry by entry
    cotangents  which error term dL/dO stands for; by default {"O": "delta"}

    Raises  Unreadable (a GradproofError) and nothing else, whatever the text is.
            ValueError if `format` is unknown: the caller's mistake.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; known are {', '.join(FORMATS)}")
    outputs = _OUTPUTS if cotangents is None else cotangents
    names = _names(frozenset(symbols), tuple((shapes or {}).items()), tuple(outputs.items()))
    answer = _read(data, format, names, _asked(asked, labels), labels)
    return answer if expected is None else answer.fit(expected)


@lru_cache(maxsize=64)
def _names(
    symbols: frozenset[str],
    shapes: tuple[tuple[str, tuple[int, ...]], ...],
    outputs: tuple[tuple[str, str], ...],
) -> Names:
    """Return the names of one exercise; a class of answers builds them once."""
    return Names(symbols, dict(shapes), dict(outputs))


def _asked(asked: Asked | None, labels: Sequence[str]) -> Asked | None:
    """What is asked, at least the labels."""
    return Asked(", ".join(labels), labels=tuple(labels)) if asked is None and labels else asked


def _read(data: str | bytes, format: str, names: Names, asked: Asked | None, labels: Sequence[str]) -> Answer:
    if len(data) > limits.BYTES:
        raise Unreadable("too_many_bytes", limit=limits.BYTES)
    if format == "npy" or (isinstance(data, bytes) and data.startswith(MAGIC)):
        if format not in {"npy", "auto"}:
            raise Unreadable("not_text")
        return Answer(read_npy(_binary(data)), "npy")
    text = _decode(data)
    if not text.strip():
        raise Unreadable("empty")
    plain = unmarked(text)
    if not plain.strip():
        raise Unreadable("empty")
    try:
        return _read_text(plain, format, names, asked, labels)
    except RecursionError:  # our own depth is capped: the caller's stack was nearly full
        raise Unreadable("too_deep", limit=limits.DEPTH) from None
    except Unreadable as refusal:
        if refusal.source or refusal.entry is not None:
            raise
        unknown, start = refusal.reason == "unknown_symbol", len(text) - len(text.lstrip())
        at = refusal.at or 0 if unknown else start  # where a sentence may stand: here, or in front of it all
        words = prose(text, at)
        if words and (unknown or " " in words):
            raise Unreadable("prose", at, name=words).within(text) from None
        refusal.within(text)
        raise


def _read_text(text: str, format: str, names: Names, asked: Asked | None, labels: Sequence[str]) -> Answer:
    meter, remarks = Meter(), Remarks()
    if format == "auto" and '"' not in text and _PYTHON.match(text):
        text = text.replace("'", '"')
    if format == "json" or (format == "auto" and _is_json(text)):
        grid = read_json(text, lambda entry: read_text(entry, names, meter, remarks, entry=True).single(), labels)
        remarks.settle()
        return Answer(grid, "json", remarks.found)
    statement = read_text(text, names, meter, remarks, asked)
    remarks.settle()
    return Answer(statement.grid, "latex" if statement.latex else "sympy", remarks.found, statement.earlier)


def _binary(data: str | bytes) -> bytes:
    """Bytes of a .npy file, from base64 if they came as text."""
    if isinstance(data, bytes):
        return data
    try:
        return base64.b64decode(data.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("not_npy") from None


def _decode(data: str | bytes) -> str:
    """Text without a byte order mark; lone surrogates and bytes that are no UTF-8 are refused."""
    try:
        if isinstance(data, bytes):
            return data.decode("utf-8-sig")
        data.encode()
    except UnicodeDecodeError as error:
        raise Unreadable("encoding", at_byte=error.start + 1) from None
    except UnicodeEncodeError as error:
        raise Unreadable("surrogate", code=f"U+{ord(data[error.start]):04X}") from None  # type: ignore[arg-type]
    return data.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


def _is_json(text: str) -> bool:
    """Objects, and lists with quotation marks; a plain nested list means the same in either format."""
    start = text.lstrip()[0]
    return (start == "{" and "\\" not in text) or (start in '["' and '"' in text)


def _fits(shape: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    if prod(shape) != prod(expected):
        return False
    if prod(shape) == 1 or shape == expected:
        return True
    short, long = sorted((shape, expected), key=len)
    if len(short) == len(long):
        return False
    return _leading_ones(short, long) or (len(short) == 1 and len(long) == 2 and 1 in long)


def _leading_ones(short: tuple[int, ...], long: tuple[int, ...]) -> bool:
    extra = len(long) - len(short)
    return long[:extra] == (1,) * extra and long[extra:] == short


def _nested(shape: tuple[int, ...], entries: tuple[Polynomial, ...]) -> Nested:
    if not shape:
        return entries[0]
    step = len(entries) // shape[0]
    return tuple(_nested(shape[1:], entries[i : i + step]) for i in range(0, len(entries), step))


def _text(value: Nested) -> str:
    return str(value) if isinstance(value, Polynomial) else "[" + ", ".join(map(_text, value)) + "]"
