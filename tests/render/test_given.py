"""Values from JSON: exact, and every misfit refused by its place."""

from fractions import Fraction
from pathlib import Path

import pytest

from render.given import LARGEST, ValuesError, read_values_file


def values(tmp_path: Path, text: str) -> dict[str, object]:
    path = tmp_path / "values.json"
    path.write_text(text, encoding="utf-8")
    return read_values_file(path)


def test_numbers_are_exact(tmp_path: Path) -> None:
    found = values(tmp_path, '{"X": [[1, 0.1], ["1/3", -2.50]], "b": 1e-3, "c": "7"}')
    assert found == {"X": [[1, Fraction(1, 10)], [Fraction(1, 3), Fraction(-5, 2)]], "b": Fraction(1, 1000), "c": 7}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"X": NaN}', "every value must be a finite number; got NaN"),
        ('{"X": [-Infinity]}', "got -Infinity"),
        ('{"X": 1, "X": 2}', "'X' is given twice"),
        ('{"X": {"a": 1}}', "'X': expected numbers or fractions"),
        ('{"X": [true]}', "'X': expected numbers .*got True"),
        ('{"X": null}', "'X': expected numbers .*got None"),
        ('{"X": ["1/0"]}', "'X' has a division by 0, 1/0"),
        ('{"X": ["__import__"]}', "'X': expected numbers or fractions"),
        ("[1, 2]", "expected an object of arrays by name"),
        ('{"X": 1', "line 1, column 8: this is no JSON"),
        ('{"X": 1e999999999}', "too long or too large"),
        ('{"X": ' + "1" * 5000 + "}", "too long or too large"),
        ('{"X": ' + "[" * 100_000, "nested more than 20 deep"),
        ("", "this is no JSON"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ValuesError, match=sentence) as refusal:
        values(tmp_path, text)
    assert "values.json" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValuesError, match="cannot be read: No such file"):
        read_values_file(tmp_path / "none.json")
    with pytest.raises(ValuesError, match="cannot be read: Is a directory"):
        read_values_file(tmp_path)
    (tmp_path / "bytes.json").write_bytes(b'{"X": "\xff"}')
    with pytest.raises(ValuesError, match="no text in UTF-8"):
        read_values_file(tmp_path / "bytes.json")
    (tmp_path / "long.json").write_bytes(b" " * (LARGEST + 1))
    with pytest.raises(ValuesError, match="longer than"):
        read_values_file(tmp_path / "long.json")
