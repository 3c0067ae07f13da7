"""JSON answers: exact numbers, text entries, labels; and what JSON allows but an answer does not."""

import pytest

from symbolic.exercises.reader import Answer, Unreadable, read

LABELS = ("dw1", "db1", "dw2")


def from_json(text: str) -> Answer:
    return read(text, "json", symbols=("z",), labels=LABELS)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("[[2.52, 1.36], [0.04, 3.88]]", "Matrix([[63/25, 34/25], [1/25, 97/25]])"),
        ("0.1", "1/10"),
        ("-1.5e2", "-150"),
        ("12345678901234567890.5", "24691357802469135781/2"),
        ('["4*12", "\\\\frac{1}{2}", "z"]', "[48, 1/2, z]"),
        ('{"dw1": -4800, "db1": "-4800", "dw2": -2640}', "[-4800, -4800, -2640]"),
        ('{"dw2": 3, "dw1": 1, "db1": "z"}', "[1, z, 3]"),
        ("[1, 2]\n", "[1, 2]"),
    ],
)
def test_what_is_read(text: str, meant: str) -> None:
    assert from_json(text).understood == meant
    assert from_json(text).format == "json"


@pytest.mark.parametrize(
    ("text", "key", "entry", "column"),
    [
        ("[NaN]", "not_finite", None, None),
        ("[1, -Infinity]", "not_finite", None, None),
        ('["NaN"]', "not_finite", "[1]", 1),
        ("[[48,64],[96,112]", "json_syntax", None, 18),
        ("[048]", "json_syntax", None, 3),
        ("[48.]", "json_syntax", None, 4),
        ("[.5]", "json_syntax", None, 2),
        ("[1,]", "json_syntax", None, 4),
        ("{'a': 1}", "json_syntax", None, 2),
        ("[1] [2]", "json_two_documents", None, 5),
        ("[true]", "json_constant", "[1]", None),
        ("[1, null]", "json_constant", "[2]", None),
        ("[]", "empty_list", None, None),
        ("[[1], []]", "empty_list", "[2]", None),
        ("[[1, 2], [3]]", "ragged", None, None),
        ('[1, ""]', "empty", "[2]", None),
        ('[1, "z z2"]', "unknown_symbol_near", "[2]", 3),
        ('["\\u0000"]', "character", "[1]", 1),
        ('["\\ud800"]', "character", "[1]", 1),
        ('{"dw1": 1, "db1": 2}', "missing_label", None, None),
        ('{"dw1": 1, "db1": 2, "dw2": 3, "dw3": 4}', "unknown_label", None, None),
        ('{"dw1": 1, "db1": 2, "dw2": 3, "dw1": 1}', "duplicate_key", None, None),
        ('{"dw1": [1], "db1": [2], "dw2": [3]}', "label_not_a_number", None, None),
        ('[{"dw1": 1}]', "object_unexpected", None, None),
        ("1e5000", "decimal_exponent", None, None),
        ("[1, 1e5000]", "decimal_exponent", "[2]", None),
    ],
)
def test_what_is_refused_and_where(text: str, key: str, entry: str | None, column: int | None) -> None:
    with pytest.raises(Unreadable) as refused:
        from_json(text)
    assert (refused.value.key, refused.value.entry, refused.value.column) == (key, entry, column)


def test_an_object_is_refused_where_the_sheet_has_no_labels() -> None:
    with pytest.raises(Unreadable) as refused:
        read('{"a": 1}', "json")
    assert refused.value.key == "object_unexpected"


def test_brackets_inside_strings_do_not_count_as_depth() -> None:
    for text, key in (
        ('["[[[[[[[[[z]]]]]]]]]"]', "too_many_axes"),
        ('["\\"[[[[[[[[[[["]', "quotes"),
        ("[[[[[[[[[1]]]]]]]]]", "too_deep"),
    ):
        with pytest.raises(Unreadable) as refused:
            from_json(text)
        assert refused.value.key == key


def test_auto_takes_quotation_marks_and_braces_for_json_and_reads_plain_lists_as_either() -> None:
    assert read('["1"]').format == "json"
    assert read("[[1, 2]]").format == "sympy"
    assert read("[[1, 2]]").value == read("[[1, 2]]", "json").value
    assert read('{"a": 1}', labels=("a",)).format == "json"
