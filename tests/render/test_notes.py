"""The notes: published numbers, equalities that are steps, words that are all there and all used."""

import contextlib
import io
import re
from collections.abc import Iterator
from fractions import Fraction
from importlib import import_module

import pytest

from render.document import Block, Box, Calculation, Code, Details, Document, Evidence, Statement, Table, Theorem
from render.formats import FORMATS
from render.notation import standard
from render.notes import NOTES, conv_avgpool_mse, conv_layer, conv_sum_mse, scalar_net
from render.notes.numbers import numbers_of
from render.page import Page
from render.words import FOLDER, Phrasebook, languages, load, words
from symbolic.errors import ProofError
from symbolic.kernel.logic import Derivation, Expand, Rule, Scope, Step
from symbolic.terms.term import Const, Data, Grad, Term
from tests.render.arithmetic import chains
from tests.render.arithmetic import value as worked_out

LANGS = languages()
CONVOLUTIONS = ("conv-sum-mse", "conv-layer", "conv-avgpool-mse")  # they tell both gradients of one layer in full
SEED: dict[str, dict[str, list[int | str]]] = {
    "conv-sum-mse": {
        "O": [36, 47, 69, 80], "S": [232], "L": [4], "dL/dS": [4], "dL/dO": [4, 4, 4, 4], "dL/dK": [48, 64, 96, 112],
        "dL/dX": [12, 20, 8, 16, 44, 28, 4, 24, 20], "K_new": ["63/25", "34/25", "1/25", "97/25"],
        "S_new": ["808/5"], "L_new": ["116964/25"],
    },
    "scalar-net": {
        "y1": [11], "y2": [220], "y3": [440], "L": [3600], "dL/dw1": [-4800], "dL/db1": [-4800], "dL/dw2": [-2640],
        "dL/dy1": [-4800], "dL/dy2": [-240], "dL/dy3": [-120], "w1_new": [34], "b1_new": [25],
        "w2_new": ["166/5"], "L_new": ["291999744/25"],
    },
}  # fmt: skip


@pytest.fixture(scope="module", params=NOTES)
def document(request: pytest.FixtureRequest) -> Document:
    return built(request.param)


def built(name: str) -> Document:
    found: Document = import_module(f"render.notes.{name.replace('-', '_')}").note()
    return found


def walk_blocks(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Box | Details):
            yield from walk_blocks(block.blocks)


def printed_steps(document: Document) -> list[Step | Derivation]:
    steps: list[Step | Derivation] = []
    for block in walk_blocks(document.blocks):
        if isinstance(block, Statement | Calculation):
            steps += block.steps
        elif isinstance(block, Theorem):
            steps.append(block.derivation)
    return steps


def name_of(term: Term) -> str:
    if isinstance(term, Grad):
        return f"d{name_of(term.of)}/d{name_of(term.wrt)}"
    return getattr(term, "name", "")


def results(document: Document) -> dict[str, list[Fraction]]:
    """What the page prints as numbers: by name, where a statement or calculation ends in a number."""
    found: dict[str, list[Fraction]] = {}
    for block in walk_blocks(document.blocks):
        ends: list[tuple[Term, Term]] = []
        if isinstance(block, Statement):
            ends = [(step.lhs, step.rhs) for step in block.steps]
        elif isinstance(block, Calculation):
            ends = [(block.steps[0].lhs, block.steps[-1].rhs)]
        for lhs, rhs in ends:
            if isinstance(rhs, Const | Data) and name_of(lhs):
                found.setdefault(name_of(lhs), list(numbers_of(rhs)))
    return found


@pytest.mark.parametrize("name", SEED)
def test_the_published_numbers_stand_on_the_page(name: str) -> None:
    found = results(built(name))
    for key, numbers in SEED[name].items():
        if key in found or not key.startswith(("dL/dS", "dL/dO")):
            assert found[key] == [Fraction(number) for number in numbers], key
    assert len(found) >= len(SEED[name]) - 1


def test_the_document_is_named_as_its_module(document: Document) -> None:
    assert document.name in NOTES
    assert built(document.name).blocks[0] == document.blocks[0]


def test_equalities_are_checked_steps_and_each_note_proves_and_checks(document: Document) -> None:
    steps = printed_steps(document)
    assert len(steps) >= 10
    assert all(isinstance(step, Step | Derivation) for step in steps)
    (evidence,) = [block for block in document.blocks if isinstance(block, Evidence)]
    assert document.blocks[-1] is evidence
    assert evidence.screens


@pytest.mark.parametrize("name", [*CONVOLUTIONS, "scalar-net"])
def test_every_telling_has_its_rules(name: str) -> None:
    used = {step.rule for step in printed_steps(built(name)) if isinstance(step, Step)}
    assert {Rule.CHAIN, Rule.LOCAL, Rule.GIVEN, Rule.NUMBERS, Rule.DEFINITION} <= used
    if name in CONVOLUTIONS:
        assert {Rule.EXPAND, Rule.WINDOW, Rule.FLIPS} <= used


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolution_notes_cite_theorems_for_all_sizes(name: str) -> None:
    (evidence,) = [block for block in built(name).blocks if isinstance(block, Evidence)]
    named = {claim.derivation.name for claim in evidence.claims if claim.derivation.scope is Scope.ALL_SIZES}
    assert {"filter-gradient", "input-gradient"} <= named


@pytest.mark.parametrize("form", [form for form in FORMATS if form in {"md", "tex"}])
@pytest.mark.parametrize("lang", LANGS)
def test_every_phrase_of_a_note_is_there_and_is_used(
    document: Document, lang: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    text_of = Phrasebook.text

    def text(self: Phrasebook, key: str) -> str:
        asked.add(key)
        return text_of(self, key)

    monkeypatch.setattr(Phrasebook, "text", text)
    Page(document, words(lang, document.name), FORMATS[form], standard()).text()
    assert set(load(FOLDER / lang / f"{document.name}.toml")) <= asked


@pytest.mark.parametrize("lang", LANGS)
def test_prose_holds_no_equality_sign(document: Document, lang: str) -> None:
    text = Page(document, words(lang, document.name), FORMATS["md"], standard()).text()
    prose = re.sub(r"^(?:> )?```.*?^(?:> )?```$", "", text, flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"\$`.*?`\$", "", prose)
    assert "=" not in prose


def test_chinese_has_full_width_punctuation(document: Document) -> None:
    for key, text in load(FOLDER / "zh" / f"{document.name}.toml").items():
        bare = re.sub(r"\$[^$]*\$|`[^`]*`|\{[a-z_]+\}", "", text)
        assert not re.search(r"[一-鿿][,.;:?!()]|[,;:?!()][一-鿿]", bare), key


def test_the_code_on_the_page_prints_what_it_says() -> None:
    (code,) = [block for block in conv_sum_mse.note().blocks if isinstance(block, Code)]
    said = re.findall(r"^print\(.*\)  # (.*)$", code.text, flags=re.MULTILINE)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code.text, "note", "exec"), {})  # noqa: S102 (the project's own listing)
    assert output.getvalue().splitlines() == said
    assert len(said) == 2


def test_a_gradient_without_the_rotation_is_refused() -> None:
    here = conv_layer.Setting()
    wrong = conv_layer.unturned(here, here.d.proof(here.X).rhs)
    with pytest.raises(ProofError):
        Step(here.grad(here.X), wrong, Rule.WINDOW, Expand(here.point.facts))
    with pytest.raises(ProofError):
        Step(wrong, here.point.value(here.grad(here.X)), Rule.NUMBERS, Expand(here.point.facts))
    assert conv_layer.differences(here, wrong) == 8


def rows_of(document: Document) -> list[tuple[Fraction, ...]]:
    """The rows of the table of learning rates: rate, output, loss."""
    (table,) = [block for block in document.blocks if isinstance(block, Table) and block.header[0] == "descent.rate"]
    return [tuple(cell for cell in row if isinstance(cell, Fraction)) for row in table.rows]


def verdicts(document: Document) -> list[str]:
    (table,) = [block for block in document.blocks if isinstance(block, Table) and block.header[0] == "descent.rate"]
    return [row[-1].key.removeprefix("descent.") for row in table.rows]  # type: ignore[union-attr]


def scalar_after(rate: Fraction) -> Fraction:
    """The output of the scalar net after one step, by plain arithmetic."""
    w1, b1, w2, x, t = 10, 1, 20, 1, 500
    e = 2 * (2 * w2 * (w1 * x + b1) - t)
    dw2, dy1 = e * 2 * (w1 * x + b1), e * 2 * w2
    return 2 * (w2 - rate * dw2) * ((w1 - rate * dy1 * x) * x + b1 - rate * dy1)


def test_the_learning_rates_of_the_scalar_net() -> None:
    document = scalar_net.note()
    for rate, output, loss in rows_of(document):
        exact = scalar_after(rate)
        assert abs(output - exact) <= Fraction(1, 200)
        assert abs(loss - (exact - 500) ** 2) <= Fraction(1, 200)
    here = scalar_net.Setting()
    last, grid = scalar_net.largest_falling(here), Fraction(1, scalar_net.GRID)
    assert (scalar_after(last) - 500) ** 2 < 3600 < (scalar_after(last + grid) - 500) ** 2
    assert verdicts(document) == ["falls", "falls", "grows", "grows", "grows"]


def test_the_learning_rates_of_the_sum() -> None:
    document = conv_sum_mse.note()
    for rate, output, loss in rows_of(document):
        exact = 232 - rate * 4 * (12**2 + 16**2 + 24**2 + 28**2)
        assert abs(output - exact) <= Fraction(1, 200)
        assert abs(loss - (exact - 230) ** 2) <= Fraction(1, 200)
    assert [rate for rate, *_ in rows_of(document)][1:3] == [Fraction(1, 3520), Fraction(1, 1760)]
    assert verdicts(document) == ["falls", "hits", "same", "grows", "grows"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("conv-sum-mse", {"O_new": ["24.8", "32.6", "48.2", "56"], "S_new": ["161.6"], "L_new": ["4678.56"]}),
        ("conv-avgpool-mse", {"O_new": ["1.6", "1.6", "2.4", "2.4"], "L_new": ["1"]}),
        ("scalar-net", {"y3_new": ["3917.6"], "L_new": ["11679989.76"]}),
    ],
)
def test_the_way_forward_after_the_step_is_written_out(name: str, expected: dict[str, list[str]]) -> None:
    found = results(built(name))
    assert {key: found[key] for key in expected} == {
        key: [Fraction(number) for number in numbers] for key, numbers in expected.items()
    }


def test_the_learning_rates_of_pooling() -> None:
    assert rows_of(conv_avgpool_mse.note()) == [
        tuple(Fraction(number) for number in row)
        for row in (("1/20", "5/2", "9/4"), ("1/10", 2, 1), ("1/5", 1, 0), ("2/5", -1, 4), ("1/2", -2, 9))
    ]
    assert verdicts(conv_avgpool_mse.note()) == ["falls", "falls", "hits", "same", "grows"]


@pytest.mark.parametrize("lang", LANGS)
def test_printed_arithmetic_works_out(document: Document, lang: str) -> None:
    text = Page(document, words(lang, document.name), FORMATS["md"], standard()).text()
    compared = 0
    for chain in chains(text):
        values = [value for value in map(worked_out, chain) if value is not None]
        assert all(value == values[0] for value in values), chain
        compared += len(values) > 1
    if document.name in {*CONVOLUTIONS, "scalar-net"}:
        assert compared >= 5


@pytest.mark.parametrize(
    ("tex", "number"),
    [
        (r"1 \cdot 3 + 2 \cdot 2", 7),
        (r"2\, (232 - 230) (1 + 2)", 12),
        (r"20 - 0.005 \cdot (-2640)", Fraction("33.2")),
        (r"\frac{1}{4}\, (3 + 2)", Fraction(5, 4)),
        (r"(232 - 230)^{2}", 4),
        (r"2 \cdot w", None),
    ],
)
def test_the_reading_of_printed_arithmetic(tex: str, number: Fraction | None) -> None:
    assert worked_out(tex) == number


def test_the_reading_of_printed_matrices() -> None:
    one, other = r"\begin{pmatrix} 1 & 2 \\ 0 & 1 \end{pmatrix}", r"\begin{pmatrix} 1 & 0 \\ 3 & -1 \end{pmatrix}"
    expected = worked_out(r"\begin{pmatrix} 1 & 0 \\ 5 & -1 \end{pmatrix}")
    assert worked_out(rf"{one}^{{\top}}\, {other}") == expected
    assert worked_out(rf"{one}\, {other}") != expected
