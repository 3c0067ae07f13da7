"""Whatever the answer is, what is said about it has a bounded length."""

import json

import pytest

from symbolic.exercises.judge import check
from symbolic.exercises.own import own
from symbolic.exercises.verdict import LISTED, LONGEST, SOLUTION, cut

WIDE = {"X": (15, 15)}


def test_lists_of_a_wide_answer_end_and_its_hints_are_short() -> None:
    wide = own("sum(mul(X, X))", WIDE, "X")
    found = check(wide, "[" + ", ".join(["[" + "0, " * 14 + "0]"] * 15) + "]")
    assert (found.verdict, len(found.wrong_entries)) == ("wrong", 225)
    data = json.loads(json.dumps(found.data()))
    assert (data["wrong_count"], len(data["wrong_entries"]), len(data["differences"])) == (225, LISTED, LISTED)
    for lang in ("en", "zh"):
        assert len(found.message(lang)) <= LONGEST
        assert all(len(found.hint(level, lang)) <= LONGEST for level in range(1, 5))
        assert len(found.hint(5, lang)) <= LONGEST + 1 + SOLUTION
    assert check(wide, found.hint(5).splitlines()[-1].removeprefix("Solution: ")).verdict == "correct"


def test_lists_of_terms_end() -> None:
    many = " + ".join(f"{n}*X_11**{n % 30 + 2}*delta_11**{n // 30 + 2}" for n in range(1, 400))
    found = check("conv-grad-filter", f"[[{many}, 0], [0, 0]]")
    data = found.data()
    assert all(
        len(data["differences"][0][kind]) <= LISTED for kind in ("missing", "extra", "wrong_sign", "wrong_factor")
    )
    assert len(data["understood"]) <= SOLUTION
    assert len(found.hint(4)) <= LONGEST


@pytest.mark.parametrize(
    "text",
    [
        "(" * 30_000, "y" * 90_000, "foo_" * 20_000 + "= 1", "dL/d" + "Q" * 99 + " = conv(X, delta)",
        "The " * 20_000, "K - " * 20_000 + "= conv(X, delta)", " = ".join(["Q" * 99] * 50) + " = conv(X, delta)",
    ],
)  # fmt: skip
def test_every_message_is_short(text: str) -> None:
    found = check("conv-grad-filter", text)
    for lang in ("en", "zh"):
        assert len(found.message(lang)) < 1_000
        assert len(found.hint(4, lang)) < 1_000


def test_cutting_says_that_something_was_cut() -> None:
    assert cut("a" * LONGEST) == "a" * LONGEST
    assert cut("a" * (LONGEST + 1)) == "a" * (LONGEST - 1) + "…"
