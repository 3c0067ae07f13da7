"""The page: every block in both languages and formats, well-formed, inert where text is hostile, deterministic."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from render.document import (
    Block,
    Calculation,
    Claim,
    Code,
    Document,
    Evidence,
    Prose,
    Statement,
    Table,
    Theorem,
    Words,
)
from render.figure.svg import svg
from render.formats import FORMATS, Format, FormatError, escape_markdown, format_named
from render.lines import width
from render.notation import standard
from render.page import Page
from render.words import WordsError
from symbolic import conv2d, mul, tensor
from symbolic.kernel.logic import Definition, Derivation, Rule, Step
from symbolic.theorems.arithmetic import arithmetic
from symbolic.theorems.matrices import adjoint
from tests.render.demo import book, demo
from tests.tools import require_tool

LANGS = ("en", "zh")
REFUSED = re.compile(r"\\(operatorname|mbox|phantom|newcommand|renewcommand|def|label|tag|require|href|input)\b")
FENCE = re.compile(r"^(?:> )?```math\n(.*?)^(?:> )?```$", re.MULTILINE | re.DOTALL)


def page(lang: str, form: str, document: Document | None = None) -> str:
    return Page(document or demo(), book(lang), FORMATS[form], standard()).text()


def blocks(*found: Block, **own: str) -> str:
    words = replace(book("en"), phrases=book("en").phrases | own)
    return Page(Document("demo", "title", found), words, FORMATS["md"], standard()).text()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("lang", LANGS)
def test_the_same_document_gives_the_same_bytes(lang: str, form: str) -> None:
    assert page(lang, form) == page(lang, form)


@pytest.mark.parametrize("size", [3, 5])
@pytest.mark.parametrize("lang", LANGS)
def test_markdown_is_what_github_renders(lang: str, size: int) -> None:
    text = page(lang, "md", demo(size))
    displays = FENCE.findall(text)
    assert len(displays) >= 6
    for formula in [*displays, *re.findall(r"\$`(.*?)`\$", text)]:
        assert len(formula) < 5000
        assert not REFUSED.search(formula)
        assert formula.count("{") == formula.count("}")
        assert formula.count(r"\left") == formula.count(r"\right")
        assert formula.count(r"\begin{") == formula.count(r"\end{")
        assert "|" not in formula
    assert "<<" not in text
    assert "%>" not in text


@pytest.mark.parametrize("lang", LANGS)
def test_markdown_parses_into_the_blocks_it_was_made_from(lang: str) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(page(lang, "md"))
    kinds = [token.type for token in tokens]
    assert kinds.count("table_open") == 2
    assert kinds.count("blockquote_open") >= 2
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2"]
    infos = [token.info for token in tokens if token.type == "fence"]
    assert set(infos) == {"math", "python"}
    rows = [kinds[k:].index("tr_close") for k, kind in enumerate(kinds) if kind == "tr_open"]
    assert len(set(rows)) == 2  # as many cells in each row of a table as in its head
    pictures = [child for token in tokens for child in token.children or [] if child.type == "image"]
    assert [picture.attrs["src"] for picture in pictures] == [f"../figures/demo-graph.{lang}.svg"]


def test_every_equality_sign_of_a_page_comes_from_a_step() -> None:
    document = demo()
    silent = tuple(block for block in document.blocks if not isinstance(block, Statement | Calculation | Table))
    kept = [block for block in silent if type(block).__name__ not in {"Theorem", "Details", "Abbreviation"}]
    assert "=" not in page("en", "md", Document("demo", "title", tuple(kept)))


def test_equalities_without_steps_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="an equality is printed only when it is checked"):
        Statement(("a = b",))  # type: ignore[arg-type]
    one = Step(o := conv2d(tensor("X", (3, 3)), tensor("F", (2, 2)), name="O"), o.body, Rule.DEFINITION, Definition())
    with pytest.raises(ValueError, match="step 2 does not begin where step 1 ended"):
        Calculation((one, one))
    with pytest.raises(ValueError, match="1 steps got 2 reasons"):
        Calculation((one,), reasons=("", ""))


def test_reasons_stand_beside_short_lines_and_beneath_long_ones() -> None:
    assert r"O &= X \star F && \text{by definition} \\" in page("en", "md")
    assert r"\text{because of}\ \delta" in page("en", "md")
    layer = conv2d(tensor("X", (3, 3)), tensor("F", (2, 2)), name="O")
    step = Step(layer, layer.body, Rule.DEFINITION, Definition())
    assert r"\\ &\qquad {\scriptstyle \text{" in blocks(Calculation((step,), reasons=("long",)), long="so " * 40)


def test_positions_count_from_0_where_sizes_are_letters_and_from_1_elsewhere() -> None:
    text = page("en", "md")
    assert r"s_{1}i + d_{1}u = e_{1}a + p_{1} \\" in text
    assert "X_{11}" in text
    assert "X_{00}" not in text


def test_elided_sums_stand_in_full_in_the_appendix() -> None:
    text = page("en", "md", demo(5))
    head, appendix = text.split("## Appendix")
    assert r"\cdots" in head
    assert "under number 1 of the appendix" in head
    assert r"\cdots" not in appendix
    assert "F_{22} X_{22}" not in head
    assert "F_{22} X_{22}" in appendix
    assert "Appendix" not in page("en", "md", demo(3))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "![x](y)",
        "| a |",
        "{{7*7}}",
        "<< 7 >>",
        r"\input{x}",
        "# head",
        "1. one",
        "a*b*_c_",
        "`x`",
        "&lt;",
    ],
)
def test_hostile_text_comes_out_as_it_went_in(text: str) -> None:
    markdown = blocks(Prose("own", {"x": text}), Table(("entry",), ((text,),)), own="{x}")
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(markdown)
    shown = ["".join(child.content for child in token.children or []) for token in tokens if token.type == "inline"]
    assert shown[1] == text
    assert shown[3] == text
    assert not [token for token in tokens if token.type == "html_block"]


def test_hostile_text_is_inert_in_latex() -> None:
    document = Document("demo", "title", (Prose("intro", {"x": r"\input{/etc/passwd}", "n": 1}),))
    text = page("en", "tex", document)
    assert r"\textbackslash{}input\{/etc/passwd\}" in text
    assert r"\input" not in text


def test_code_with_fences_inside_stays_in_its_block() -> None:
    markdown = blocks(Code("```\nx\n```"))
    fences = [token for token in MarkdownIt().parse(markdown) if token.type == "fence"]
    assert [fence.content for fence in fences] == ["```\nx\n```\n"]
    assert escape_markdown("-1") == r"\-1"


def test_a_listing_in_print_invites_a_break_after_its_blank_lines() -> None:
    text = "import x\n\na = 1\nb = 2\n\n\nc = 3\nd = 4"
    told = page("en", "tex", Document("demo", "title", (Code(text),)))
    found = re.findall(r"\\mbox\{\}(.+?)\\par|\\penalty(-50)", told)
    assert [line or penalty for line, penalty in found] == ["import x", "a = 1", "b = 2", "-50", "c = 3", "d = 4"]


def test_a_bar_in_a_code_span_does_not_end_a_cell() -> None:
    markdown = blocks(Table(("entry",), ((Words("own"),),)), own="`a | b`")
    assert r"`a \| b`" in markdown


def test_a_missing_param_or_condition_is_named() -> None:
    with pytest.raises(WordsError, match="the phrase 'intro' needs the param 'x'; given: n"):
        blocks(Prose("intro", {"n": 1}))


def test_the_closing_box_names_evidence_scope_and_conditions() -> None:
    x, w = tensor("x"), tensor("w")
    y = mul(x, w, name="y")
    step = Step(y, y.body, Rule.DEFINITION, Definition(), ("relu'(0) = 0",))
    text = blocks(Evidence((Claim("own", Derivation((step,))),)), own="the product")
    (row,) = [line for line in text.splitlines() if "the product" in line]
    cells = [cell.strip() for cell in row.strip("> |").split("|")]
    assert cells[:3] == ["the product", "definition", "all sizes"]
    assert cells[3] == "the derivative of relu at 0 is taken as 0"


def test_every_row_of_formats_has_its_templates() -> None:
    names = {form: _templates(row) for form, row in FORMATS.items()}
    assert len(set(map(frozenset, names.values()))) == 1
    with pytest.raises(FormatError, match="unknown format 'markdwn'; there are md, tex"):
        format_named("markdwn")


def _templates(row: Format) -> set[str]:
    """The templates that a page in this format finds, by its own folder or by the one it falls back on."""
    names = Page(demo(), book("en"), row, standard()).environment.list_templates()
    return {Path(name).stem for name in names if name.endswith(row.template_suffix)}


def test_widths_grow_with_what_is_printed() -> None:
    assert width("X_{11}") < width("X_{11} F_{11}") < width(r"X_{11} F_{11} + \frac{a}{b}")
    assert width(r"\frac{a + b}{c}") == width("a + b")
    assert width(r"\begin{pmatrix} a & b \\ c & d + d \end{pmatrix}") > width("a d + d")
    assert width(r"\text{卷积}") == 2 * width("卷")


@pytest.mark.slow
@pytest.mark.parametrize("size", [3, 5])
@pytest.mark.parametrize("lang", LANGS)
def test_latex_compiles_without_missing_letters_or_overfull_lines(lang: str, size: int, tmp_path: Path) -> None:
    xelatex = require_tool("xelatex")
    (tmp_path / "demo.tex").write_text(page(lang, "tex", demo(size)), encoding="utf-8")
    command = (xelatex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "demo.tex")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    log = (tmp_path / "demo.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-3000:]
    assert "Missing character" not in log
    assert not [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log) if float(points) > 5]


def test_a_picture_is_asked_for_with_its_words() -> None:
    made = Page(demo(), book("zh"), FORMATS["md"], standard())
    made.text()
    ((name, (scene, title, about)),) = made.pictures.items()
    assert name == "demo-graph.zh.svg"
    drawing = svg(scene, title, about)
    assert "F 的计算图" in drawing
    assert "一个方框" in drawing


def test_equalities_under_one_another_have_their_reasons() -> None:
    A, B = tensor("A", (2,)), tensor("B", (2,))
    definitions = [Step(node, node.body, Rule.DEFINITION, Definition()) for node in (mul(A, B, name="C"), A + B)]
    text = blocks(Statement(tuple(definitions), ("one", "two")), one="a product", two="a sum")
    first, second = (text.index(why) for why in ("a product", "a sum"))
    assert text.index("C &=") < first < second
    assert text.count(r"\text{") == 2
    with pytest.raises(ValueError, match="a Statement of 2 equalities got 1 reasons"):
        Statement(tuple(definitions), ("one",))


def test_a_theorem_may_state_several_equalities_and_all_their_conditions() -> None:
    parts = {part.name: part for part in arithmetic(3, plain=True).parts}
    size, padding = parts["arithmetic-3/size"], parts["arithmetic-3/input-gradient-padding"]
    text = blocks(Theorem(parts["arithmetic-3/filter-gradient"], "two", more=(size, padding), reasons=("a", "b", "c")),
                  two="Two things", a="first", b="second", c="third")  # fmt: skip
    places = [text.index(part) for part in ("**Theorem** (Two things)", "first", "second", "k - p - 1 &= p", "is odd")]
    assert places == sorted(places)
    assert text.count("Condition: ") == 2


def test_where_sizes_are_letters_positions_count_from_0_inside_the_text_as_well() -> None:
    (equal,) = adjoint(plain=True).parts  # a number on either side; the letters are inside
    average = arithmetic(7, plain=True).parts[1]
    for found in (equal, Derivation(average.steps[:1]), average.steps[0].rhs):
        text = blocks(Prose("said", {"what": found}), said="{what}")
        assert "si + " in text
        assert " + s" not in text
    assert "si + du = ea + p" in blocks(Statement((equal,)))
