"""conv-arithmetic: all fifteen, stated for all sizes, and their sizes at numbers counted one by one."""

import pytest

from render.document import Table, Theorem
from render.notes import conv_arithmetic, relationships
from symbolic.kernel.logic import Scope


def counted(i: int, k: int, s: int, low: int, high: int, d: int) -> int:
    """Positions of a kernel on a padded row, one after the other."""
    return sum(1 for x in range(i + low + high) if s * x + d * (k - 1) < i + low + high)


def test_all_fifteen_are_on_the_page_with_a_gradient_each() -> None:
    theorems = [block for block in conv_arithmetic.note().blocks if isinstance(block, Theorem)]
    named = [part.name for block in theorems for part in (block.derivation, *block.more)]
    for number in range(1, 16):
        assert f"arithmetic-{number}/size" in named
        assert f"arithmetic-{number}/input-gradient" in named
        assert relationships.parts(number)["size"].scope is Scope.ALL_SIZES
        assert relationships.parts(number)["input-gradient"].scope is Scope.ALL_SIZES
    for number in range(8, 15):
        assert f"arithmetic-{number}/size-recovered" in named
    for number in (5, 6, 7):
        assert f"arithmetic-{number}/entries-read" in named
    for number in set(range(1, 16)) - {7}:
        assert f"arithmetic-{number}/filter-gradient" in named


def test_all_fifteen_stand_in_the_two_tables_at_a_glance() -> None:
    tables = [b for b in conv_arithmetic.reading() if isinstance(b, Table)]
    rows = {row[0]: row for table in tables for row in table.rows}
    assert set(rows) == set(range(1, 16))
    for number, row in rows.items():
        found = relationships.parts(number)
        assert row[2:] == (found["size"].rhs, found["input-gradient"].rhs)


def test_a_theorem_asks_for_no_condition_that_its_size_does_not_need() -> None:
    for number in range(1, 16):
        block = next(block for block in conv_arithmetic.relationship(number) if isinstance(block, Theorem))
        if block.key == "part.all":
            given = [set(part.given) for part in (block.derivation, *block.more)]
            assert set.union(*given) == set(relationships.parts(number)["size"].given)


@pytest.mark.parametrize("number", relationships.CONVOLUTIONS)
def test_sizes_by_counting(number: int) -> None:
    at = relationships.EXAMPLES[number]
    assert relationships.by_formula(number, at) == counted(at.i, at.k, at.s, at.p, at.p, at.d)


@pytest.mark.parametrize(
    ("i", "k", "s", "p", "d"), [(9, 4, 3, 2, 1), (11, 3, 2, 0, 1), (10, 3, 3, 1, 2), (12, 5, 4, 3, 1)]
)
def test_the_general_formula_by_counting(i: int, k: int, s: int, p: int, d: int) -> None:
    at = relationships.Example(i, k, s, p, d)
    assert relationships.by_formula(15, at) == counted(i, k, s, p, p, d)
    if d == 1:
        assert relationships.by_formula(6, at) == counted(i, k, s, p, p, 1)
        outputs = counted(i, k, s, p, p, 1)
        assert relationships.transposed_formula(14, at, outputs) == i
        # The gradient's window: s - 1 zeros inside, k - p - 1 around, and the remainder behind.
        spread = s * (outputs - 1) + 1
        assert counted(spread, k, 1, k - p - 1, k - p - 1 + at.left, 1) == i


def test_the_published_sizes() -> None:
    tables = [b for b in conv_arithmetic.note().blocks if isinstance(b, Table) and b.header[0] == "table15.number"]
    found = {row[0]: (row[1], row[6]) for table in tables for row in table.rows}
    assert found == {
        1: (4, 2), 2: (5, 6), 3: (5, 5), 4: (5, 7), 5: (6, 2), 6: (6, 3), 7: (7, 3), 15: (7, 3),
        8: (2, 4), 9: (6, 5), 10: (5, 5), 11: (7, 5), 12: (2, 5), 13: (3, 5), 14: (3, 6),
    }  # fmt: skip


def test_a_wrong_formula_stops_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relationships, "by_formula", lambda number, at: number + at.i)
    with pytest.raises(ArithmeticError, match="relationship 1"):
        relationships.rows(relationships.CONVOLUTIONS)


def test_unread_pixels() -> None:
    assert relationships.unread(relationships.layer(5, relationships.Example(6, 3, s=2))) == 1
    assert relationships.unread(relationships.layer(6, relationships.Example(6, 3, s=2, p=1))) == 0
    assert relationships.unread(relationships.layer(5, relationships.Example(9, 1, s=4))) == 6
