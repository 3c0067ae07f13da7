"""NumPy's .npy files, without NumPy and without pickle: header, size and finiteness are checked first.

Only plain integers and floats (|u1 … <f8). A float is read as its shortest decimal, as Python and NumPy
print it: 2.52 is 63/25 and not the binary fraction next to it.

Source  numpy.lib.format, "Format Version 1.0" to "3.0".
"""

from __future__ import annotations

import re
import struct
from fractions import Fraction
from math import isfinite, prod

from symbolic.exercises import limits
from symbolic.exercises.arrays import Grid
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.refusal import Unreadable

MAGIC = b"\x93NUMPY"
_PAIR = re.compile(
    r"\s*'(?:(descr)'\s*:\s*'([<>|=]?[A-Za-z]{1,2}[0-9]{0,3})'|(fortran_order)'\s*:\s*(True|False)"
    r"|(shape)'\s*:\s*\(([0-9, ]{0,80})\))\s*,?"
)
_CODES = {"i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u2": "H", "u4": "I", "u8": "Q",
          "f2": "e", "f4": "f", "f8": "d"}  # fmt: skip


def read_npy(data: bytes) -> Grid:
    """Value of a .npy file: an array of constants, of the file's shape.

    Raises  Unreadable: no .npy file, objects or other types, sizes that the file does not have, NaN.
    """
    descr, fortran, shape, body = _header(data)
    code = _CODES.get(descr.lstrip("<>|="))
    if code is None:
        raise Unreadable("npy_type", name=descr)
    if len(shape) > limits.RANK:
        raise Unreadable("too_many_axes", limit=limits.RANK)
    count = prod(shape)
    if count > limits.ENTRIES:
        raise Unreadable("too_many_entries", limit=limits.ENTRIES)
    if count == 0:
        raise Unreadable("empty_list")
    order = ">" if descr.startswith(">") else "<"
    if len(body) != count * struct.calcsize(order + code):
        raise Unreadable("npy_size", got=len(body), expected=count * struct.calcsize(order + code))
    values = [_exact(value, code) for value in struct.unpack(f"{order}{count}{code}", body)]
    entries = [Polynomial.number(value) for value in values]
    return Grid(shape, tuple(_row_major(entries, shape) if fortran else entries))


def _header(data: bytes) -> tuple[str, bool, tuple[int, ...], bytes]:
    """Type, order, shape and the bytes behind the header; nothing is evaluated."""
    if not data.startswith(MAGIC) or len(data) < 12:
        raise Unreadable("npz" if data.startswith(b"PK") else "not_npy")
    width = 2 if data[6] == 1 else 4
    length = int.from_bytes(data[8 : 8 + width], "little")
    if data[6] not in {1, 2, 3} or length > min(limits.HEADER, len(data) - 8 - width):
        raise Unreadable("npy_header")
    text = data[8 + width : 8 + width + length].decode("latin-1").strip()
    found: dict[str, str] = {}
    at = 1
    while text[:1] == "{" and (pair := _PAIR.match(text, at)) is not None:
        key, value = (part for part in pair.groups() if part is not None)
        if key in found:
            raise Unreadable("npy_header")
        found[key] = value
        at = pair.end()
    if set(found) != {"descr", "fortran_order", "shape"} or text[at:].strip() != "}":
        raise Unreadable("npy_header")
    sizes = [size for part in found["shape"].split(",") if (size := part.strip())]
    if any(not size.isdigit() or len(size) > 8 for size in sizes):
        raise Unreadable("npy_header")
    shape = tuple(map(int, sizes))
    return found["descr"], found["fortran_order"] == "True", shape, data[8 + width + length :]


def _exact(value: float, code: str) -> Fraction:
    if isinstance(value, int):
        return Fraction(value)
    if not isfinite(value):
        raise Unreadable("not_finite", name=str(value))
    if value and not 10.0**-limits.DECIMAL_EXPONENT < abs(value) < 10.0**limits.DECIMAL_EXPONENT:
        raise Unreadable("decimal_exponent", limit=limits.DECIMAL_EXPONENT)
    if code == "d":
        return Fraction(repr(value))
    bits = struct.pack(code, value)
    texts = (f"{value:.{digits}g}" for digits in range(1, 10))  # nine digits tell all 32-bit floats apart
    return next(Fraction(text) for text in texts if struct.pack(code, float(text)) == bits)


def _row_major(entries: list[Polynomial], shape: tuple[int, ...]) -> list[Polynomial]:
    """From Fortran's order (first index fastest) to row-major order."""
    placed = list(entries)
    for source, entry in enumerate(entries):
        target, rest = 0, source
        strides = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
        for size, stride in zip(shape, strides, strict=True):
            rest, index = divmod(rest, size)
            target += index * stride
        placed[target] = entry
    return placed
