"""What is wide in print: sums of sums, brackets, left sides, tables, listings; nothing stands in the margin."""

import re
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from render.displays import FULL, placing
from render.document import Calculation, Code, Document, Statement, Table, phrase
from render.formats import FORMATS, markdown_emphasis, tex_listing
from render.lines import ALONE, Line, broken, display, summands, width
from render.notation import standard
from render.own.document import Network, document
from render.page import Page
from render.phrases import Phrases
from render.tables import GAP, LINE, shares, widths, wrapping
from render.write import page
from symbolic import tensor
from symbolic.functional.text import network, read_shapes
from symbolic.kernel.logic import Definition, Rule, Step
from symbolic.terms.term import Data, Sum
from tests.render.demo import book
from tests.render.own_networks import NETWORKS, WIDE
from tests.tools import require_tool

MOST = 5  # points that a line may stand out; a letter of running text is about as wide
PRINTED = {**WIDE, **{key: NETWORKS[key] for key in ("pixels", "softmax", "classifier", "large", "kink")}}


def told(key: str) -> Document:
    text, shapes = PRINTED[key]
    return document(Network(network(text, read_shapes(shapes.split()))), text)


@pytest.mark.parametrize("key", ["long names", "two layers and the input", "divergence"])
def test_sums_of_sums_are_broken_and_keep_every_summand(key: str) -> None:
    blocks = [block for block in told(key).blocks if isinstance(block, Statement | Calculation)]
    nested = 0
    for block in blocks:
        lines = display(block, standard().unelided()).lines
        assert all(width(line.rhs) <= ALONE for line in lines)
        for step in block.steps:
            nested += isinstance(step.rhs, Sum) and any(isinstance(part, Sum) for part in step.rhs.terms)
    assert nested or key == "divergence"


def test_summands_go_through_sums_of_sums() -> None:
    a, b, c = (tensor(name) for name in "abc")
    assert summands(Sum((Sum((a, b), ()), c), ())) == [a, b, c]
    assert summands(a) == [a]


@pytest.mark.parametrize(
    ("piece", "cuts"),
    [
        (f" + ({'a' * 40} - {'b' * 40} + c) d", 3),
        (rf"\frac{{{'a' * 90} + b}}{{c}}", 1),
        (rf"\left({'a' * 90} + b\right) + c", 2),
    ],
)
def test_a_wide_summand_is_cut_before_signs_and_nowhere_else(piece: str, cuts: int) -> None:
    parts = broken(piece)
    assert "".join(parts) == piece
    assert len(parts) == cuts
    assert all(part.startswith((" + ", " - ")) for part in parts[1:])
    assert all(part.count("{") == part.count("}") for part in parts)
    assert all(part.count(r"\left") == part.count(r"\right") for part in parts)


def test_a_left_side_without_room_stands_apart() -> None:
    wide, narrow, long = "a" * 30, "a" * 10, "b" * (FULL - 25)
    together = placing((Line(narrow, "=", long, 0), Line("", "=", "c", 1)), [12, 5], 74)
    assert together(0) == {"place": "beneath", "apart": False}
    apart = placing((Line(wide, "=", long, 0), Line(narrow, "=", "c", 1)), [12, 5], 74)
    assert apart(0) == {"place": "after", "apart": True}
    assert apart(1) == {"place": "after", "apart": False}
    assert placing((Line(narrow, "=", "b", 0),), [5], 74)(0) == {"place": "column", "apart": False}


@pytest.mark.parametrize("form", ["md", "tex", "ipynb"])
def test_a_left_side_apart_has_its_line_in_every_format(form: str) -> None:
    x = tensor("x" * 30, (2,))
    step = Step(x, Data((Fraction(10**50), Fraction(1)), (2,)), Rule.GIVEN, Definition())
    text = Page(Document("demo", "title", (Statement((step,)),)), book("en"), FORMATS[form], standard()).text()
    assert re.search(r"& \\mathrm\{x+\} \\\\\*?\s*&= ", text)


def test_columns_wrap_until_the_table_fits() -> None:
    assert wrapping([10, 20, 20]) == [False, False, False]
    assert wrapping([10, 24, 23, 22]) == [False, True, False, False]
    assert wrapping([30, 10]) == [True, False]
    for found in ([24.0] * 6, [20.0] * 5, [5.0] * 20):
        wraps = wrapping(found)
        assert sum(wide for wide, wrap in zip(found, wraps, strict=True) if not wrap) <= LINE


def test_columns_that_wrap_share_the_room_by_what_they_hold() -> None:
    assert shares([10, 20], [False, False]) == [0, 0]
    assert shares([200, 200, 10], [True, True, False]) == [1, 1, 0]
    one, other = shares([200, 25], [True, True])
    assert one + other == pytest.approx(2)
    assert other == pytest.approx(2 * 25 / (LINE - GAP))  # on one line, and the rest for the longer one
    assert shares([500.0] * 60, [True] * 60) == pytest.approx([1.0] * 60)


def test_spaces_count_in_words_and_not_in_formulas() -> None:
    bare = Phrases(book("en"), FORMATS["tex"], standard())
    words = Table(("entry",), (("a b c d e f g h i j",),))
    together = Table(("entry",), (("abcdefghij",),))
    formula = Table(("entry",), ((phrase("own_reason"),),))
    assert widths(words, bare)[0] > widths(together, bare)[0] + 5
    assert widths(formula, bare)[0] == pytest.approx(width(r"because of $\delta$") + 2 * 0.6)


def test_long_lines_of_a_listing_may_be_broken() -> None:
    assert tex_listing("f(a, b_c)") == r"f(a, b\_c)"
    long = "f(" * 40 + "x" + ")" * 40
    assert tex_listing(long).replace(r"\allowbreak{}", "") == long
    assert tex_listing(long).count(r"\allowbreak{}") == 40
    text = Page(Document("demo", "title", (Code(long),)), book("en"), FORMATS["md"], standard()).text()
    assert long in text


def test_a_chinese_full_stop_stands_behind_the_star() -> None:
    assert markdown_emphasis("相乘，相加。") == "*相乘，相加*。"
    assert markdown_emphasis("multiply.") == "*multiply.*"


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("key", PRINTED)
def test_nothing_of_a_readers_network_stands_in_the_margin(key: str, lang: str, tmp_path: Path) -> None:
    command = (require_tool("xelatex"), "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex")
    (tmp_path / "page.tex").write_text(page(told(key), lang, "tex")[f"{lang}/derive.tex"], encoding="utf-8")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    log = (tmp_path / "page.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-3000:]
    assert not [line for line in re.findall(r"Overfull \\[hv]box \(([\d.]+)pt.*", log) if float(line) > MOST]
