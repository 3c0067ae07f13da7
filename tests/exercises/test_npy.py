""".npy files: NumPy's own are read exactly, without NumPy; damaged and dangerous ones are refused."""

import base64
import io
from contextlib import suppress
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.reader import Unreadable, read


def saved(array: Any, version: tuple[int, int] | None = None) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(array), version=version)
    return file.getvalue()


def header(text: str, body: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + body


@pytest.mark.parametrize(
    "dtype", ["i1", "i2", "<i4", ">i4", "i8", "u1", ">u2", "u4", "u8", "f2", ">f2", "f4", "f8", ">f8"]
)
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_number_type_and_both_orders(dtype: str, order: Any) -> None:
    array = np.array([[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]], dtype=dtype, order=order)
    answer = read(saved(array))
    assert (answer.format, answer.shape) == ("npy", (2, 2, 3))
    assert [entry.constant for entry in answer.entries] == list(range(1, 13))


@pytest.mark.parametrize(
    ("dtype", "meant"), [("f8", "2.52"), ("f4", "2.52"), ("f2", "2.52"), ("f8", "1e-7"), ("f4", "0.04")]
)
def test_floats_are_their_shortest_decimal(dtype: str, meant: str) -> None:
    assert read(saved(np.array([float(meant)], dtype=dtype))).entries == (Polynomial.number(Fraction(meant)),)


@given(hnp.arrays(np.float32, 3, elements=st.floats(-1e4, 1e4, width=32)))
def test_short_floats_agree_with_numpys_own_text(array: Any) -> None:
    meant = [Fraction(np.format_float_positional(value, unique=True)) for value in array]
    found = [entry.constant for entry in read(saved(array)).entries]
    assert [np.float32(float(value or 0)) for value in found] == list(array)
    assert [len(str(value)) <= len(str(other)) or value == other for value, other in zip(found, meant, strict=True)]


@given(hnp.arrays(np.float64, 3, elements=st.floats(-1e9, 1e9)))
def test_floats_lose_nothing(array: Any) -> None:
    small = np.where(abs(array) < 1e-90, 0, array)
    assert [float(entry.constant or 0) for entry in read(saved(small)).entries] == list(small)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_every_version_of_the_format(version: tuple[int, int]) -> None:
    assert read(saved([[48, 64]], version)).understood == "Matrix([[48, 64]])"


def test_a_scalar_and_base64_text() -> None:
    assert read(saved(7)).understood == "7"
    assert read(base64.b64encode(saved([7])).decode(), "npy").understood == "[7]"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (saved(np.array([1.0, np.nan])), "not_finite"),
        (saved(np.array([np.inf], dtype="f2")), "not_finite"),
        (saved(np.array([1e-300])), "decimal_exponent"),
        (saved(np.array([1 + 2j])), "npy_type"),
        (saved(np.array([True])), "npy_type"),
        (saved(np.array(["a"])), "npy_type"),
        (saved(np.array(["2026-01-01"], dtype="M8[D]")), "npy_header"),
        (saved(np.array([(1, 2)], dtype=[("a", "i4"), ("b", "i4")])), "npy_header"),
        (saved(np.zeros((0, 2))), "empty_list"),
        (saved(np.zeros(5000)), "too_many_entries"),
        (saved(np.zeros(50_000)), "too_many_bytes"),
        (saved(np.zeros((1, 1, 1, 1, 1))), "too_many_axes"),
        (saved([1, 2])[:-1], "npy_size"),
        (saved([1, 2]) + b"x", "npy_size"),
        (saved([1, 2])[:20], "npy_header"),
        (b"\x93NUMPY", "not_npy"),
        (b"\x93NUMPY\x09\x00" + bytes(100), "npy_header"),
        (b"PK\x03\x04" + bytes(100), "npz"),
        (b"\x80\x04}", "not_npy"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999, 9999999), }"), "too_many_entries"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }"), "npy_header"),
        (header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"cos\nsystem\n."), "npy_type"),
        (header("{'descr': '<f8', 'fortran_order': 0, 'shape': (1,), }", bytes(8)), "npy_header"),
        (header("{'descr': '<f8', 'descr': '<f4', 'shape': (1,), }", bytes(8)), "npy_header"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}", bytes(8)), "npy_header"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", bytes(8)), "npy_header"),
        (header("__import__('os').system('true')", bytes(8)), "npy_header"),
    ],
)  # fmt: skip
def test_what_is_refused(data: bytes, key: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(data, "npy")
    assert refused.value.key == key


@given(st.binary(max_size=200), st.integers(0, 150))
def test_damaged_files_raise_nothing_else(noise: bytes, at: int) -> None:
    data = saved([[48.0, 64.0]])
    for damaged in (noise, data[:at] + noise, data[:at] + noise + data[at + len(noise) :]):
        with suppress(Unreadable):
            read(damaged, "npy")


def test_a_npy_file_is_no_text_and_text_no_npy_file() -> None:
    for data, fmt, key in ((saved([1]), "json", "not_text"), ("[1]", "npy", "not_npy")):
        with pytest.raises(Unreadable) as refused:
            read(data, fmt)
        assert refused.value.key == key
