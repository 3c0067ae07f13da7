"""`gradproof verify`: what it says of every theorem, in both languages, and what becomes of a theorem that fails."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from render import cli, teller, verify
from render.chains import chain, statement
from render.conditions import conditions, worded
from render.document import Claim, Document, Evidence
from render.document import Theorem as Block
from render.plain import plain
from render.words import languages, words
from render.write import page
from symbolic.errors import ProofError
from symbolic.kernel.counts import AtLeast, Equals
from symbolic.kernel.integers import Floor, Letter, Mod, Number
from symbolic.kernel.step import Rule, Scope
from symbolic.terms.term import Grad, Node, walk
from symbolic.theorems import THEOREMS, Theorem, theorem
from tests.tools import ROOT

ARITHMETIC = {key: build for key, build in THEOREMS.items() if key.startswith("arithmetic-")}
KEYS = (
    "filter-gradient input-gradient bias-gradient transpose-relation im2col transposed-convolution-adjoint "
    "wide-convolution-commutes rot180-is-two-flips average-pool-backward max-pool-backward one-by-one-is-linear "
    "softmax-cross-entropy"
)
FIXED = KEYS.split()


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["verify", *arguments]) == 0
    output = capsys.readouterr()
    assert output.err == ""
    return output.out


def test_the_fixed_keys_are_there() -> None:
    assert set(FIXED) <= set(THEOREMS)
    assert [*ARITHMETIC] == [f"arithmetic-{number}" for number in range(1, 16)]


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("key", THEOREMS)
def test_every_theorem_and_part_and_condition_is_put_into_words(key: str, lang: str) -> None:
    tell = teller.Teller(lang)
    found = THEOREMS[key]()
    book = words(lang).phrases
    assert {f"theorem.{key}.title", f"theorem.{key}.statement"} <= set(book)
    texts = [tell.part(key, part) for part in found.parts]
    assert all(texts)
    assert len(set(texts)) == len(texts), "two parts say the same"
    assert len(tell.given(found)) == len(found.given)
    assert tell.evidence(found)


def test_no_words_are_left_over() -> None:
    book = words("en").phrases
    parts = {key: {part.name.removeprefix(f"{key}/") for part in build().parts} for key, build in THEOREMS.items()}
    used = {f"theorem.{key}.{word}" for key in THEOREMS for word in ("title", "statement", *parts[key])}
    used |= {f"theorem.arithmetic.{name}" for key in ARITHMETIC for name in parts[key]}
    assert not {key for key in book if key.startswith("theorem.")} - used


@pytest.mark.parametrize("lang", languages())
def test_every_rule_has_an_example_and_a_phrase_of_its_own(lang: str) -> None:
    phrases = [words(lang).text(f"rule.{rule.name}") for rule in Rule]
    assert len(set(phrases)) == len(phrases)
    examples = [rule.value for rule in Rule]
    assert len(set(examples)) == len(examples) == len(Rule.__members__)
    assert all(len(example) > len(rule.name) for rule, example in zip(Rule, examples, strict=True))


def test_text_says_what_is_proved_for_which_sizes_and_how(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "max-pool-backward", "input-gradient", "max-pool-backward")
    blocks = text.split("\n\n")
    assert [block.partition(":")[0] for block in blocks[:2]] == ["max-pool-backward", "input-gradient"]
    assert "all sizes; conditions: the largest entry of every window stays where it is; shown by linearity" in text
    assert "all sizes; conditions: none; shown by linearity, renaming; steps: 2; " in text
    assert "All proved. Theorems: 2; parts: 2; steps: 3; " in text
    assert "\\" not in text
    assert "$" not in text


def test_all_theorems_are_built_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys)
    assert [line.partition(":")[0] for line in text.split("\n") if re.match(r"[a-z0-9-]+: ", line)] == [*THEOREMS]


def test_chinese_is_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "softmax-cross-entropy", "--lang", "zh", "-v")
    assert "任意尺寸；条件：每个目标的各元素之和为 1；" in text
    assert "全部得证" in text
    assert not re.search(r"[a-z]{3,} [a-z]{3,}", re.sub(r"(?m)^(    .*?)— ", "", text))


def test_every_line_of_a_derivation_has_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "input-gradient", "--steps")
    lines = [line.strip() for line in text.split("\n") if line.startswith("      = ")]
    assert len(lines) == 3
    assert all(re.search(r"    — .+ \[.+\]$", line) for line in lines)
    assert "∂T/∂X[n,(g c),a,b]" in text
    assert "= Σ[o; s₁i + d₁u = e₁a + p₁; s₂j + d₂v = e₂b + p₂] F[(g o),c,u,v] δ[n,(g o),i,j]" in text
    assert "(Σ[o] δ[n,(g o)] ⋆[e, d, s; d (k - 1) - p] rot₁₈₀(F[(g o),c]))[ab]" in text
    assert "every output that reads this entry sends its share [linearity]" in text


@pytest.mark.parametrize("key", THEOREMS)
def test_a_chain_has_all_steps_and_balanced_brackets(key: str) -> None:
    for part in THEOREMS[key]().parts:
        links = chain(part, teller.NOTATION)
        assert [link.step for link in links][-len(part.steps) :] == list(part.steps)
        what = part.lhs.of if isinstance(part.lhs, Grad) else part.lhs
        named = [term for term in walk(what) if isinstance(term, Node)]
        assert [link.step.lhs for link in links][: -len(part.steps)] == named
        for text in [statement(part, teller.NOTATION), *(side for link in links for side in (link.left, link.right))]:
            assert text.count("{") == text.count("}")
            assert len(re.findall(r"\\left(?![a-z])", text)) == len(re.findall(r"\\right(?![a-z])", text))
            shown = plain(text)
            assert "\\" not in shown
            assert all(shown.count(a) == shown.count(b) for a, b in ("()", "[]", "{}", "⌊⌋"))


def test_json_has_a_row_for_each_theorem(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(printed(capsys, "--format", "json"))
    assert [row["name"] for row in rows] == [*THEOREMS]
    fields = {"name", "title", "words", "statement", "scope", "evidence", "conditions", "steps", "seconds", "ok"}
    for row in rows:
        assert row.keys() == fields
        found = theorem(row["name"])
        assert row["ok"] is True
        assert row["scope"] == Scope.ALL_SIZES.value == "all sizes"
        assert row["evidence"] == list(found.evidence)
        assert len(row["conditions"]) == len(found.given)
        assert row["steps"] == found.steps
        assert row["statement"].count("=") >= len(found.parts)
        assert 0 <= row["seconds"] < 2


def test_json_has_the_derivations_where_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = json.loads(printed(capsys, "wide-convolution-commutes", "--format", "json", "--steps"))
    ((step,),) = [part["steps"] for part in row["derivations"]]
    assert step["left"] == r"X \mathbin{\star_{\mathrm{full}}} \mathrm{rot}_{180}(W)"
    assert step["right"] == r"W \mathbin{\star_{\mathrm{full}}} \mathrm{rot}_{180}(X)"
    assert (step["rule"], step["evidence"], step["conditions"]) == ("REINDEX", "Reindex", [])


def broken() -> Theorem:
    raise ProofError("the scale differs: 1 on the left, 2 on the right")


@pytest.fixture
def one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(THEOREMS, "bias-gradient", broken)
    theorem.cache_clear()


@pytest.mark.usefixtures("one_fails")
def test_a_theorem_that_fails_is_status_1_and_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["verify", "bias-gradient", "input-gradient", "--export", str(tmp_path / "out")]) == 1
    text = capsys.readouterr().out
    assert "NOT PROVED: the scale differs: 1 on the left, 2 on the right" in text
    assert "NOT all proved: 1 of 2 failed." in text
    assert not list((tmp_path / "out").glob("*.json"))
    assert cli.main(["verify", "bias-gradient", "--format", "json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert row["ok"] is False
    assert row["message"] == "the scale differs: 1 on the left, 2 on the right"
    assert row["statement"] == ""


@pytest.mark.usefixtures("one_fails")
def test_a_person_sees_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    found = verify.verify(["input-gradient", "bias-gradient", "max-pool-backward"], "en", "text", terminal=True)
    assert found.status == 1
    assert re.search(r"theorem +sizes +shown by +steps +seconds", found.text)
    assert re.search(r"input-gradient  Gradient of the input +all sizes +linearity, +2 +0\.\d{3}", found.text)
    assert "NOT PROVED: the scale differs" in found.text
    assert "conditions: the largest entry of every window" in found.text
    table = found.text.partition("\n\nPositions")[0]
    assert max(len(line) for line in table.split("\n")) <= 100


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["input-gradiant"], "unknown theorem 'input-gradiant'; there are filter-gradient, "),
        (["input-gradiant"], "did you mean 'input-gradient'?"),
        (["--format", "jsn"], "unknown format 'jsn'; there are text, json; did you mean 'json'?"),
        (["--lang", "en,zh"], "unknown language 'en,zh'; there are en, zh"),
        (["--export", "/dev/null"], "cannot write to /dev/null: it is a file, not a folder"),
        (["--export", "/proc/none"], "cannot write to the folder /proc/none: No such file or directory"),
        (["--recheck", "/proc/none"], "/proc/none"),
        (["--recheck", "a", "--export", "b"], "--recheck reads a folder and proves nothing new"),
        (["--stps"], "unrecognized arguments: --stps"),
    ],
)
def test_a_mistake_gets_one_sentence_and_status_2(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["verify", *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("gradproof: ")
    assert output.err.count("\n") == 1
    assert sentence in output.err


def test_what_is_exported_is_proved_again_from_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["wide-convolution-commutes", "bias-gradient"]
    assert f"Files written to {tmp_path}: 2" in printed(capsys, *names, "--export", str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.json" for name in names}
    text = printed(capsys, "--recheck", str(tmp_path))
    assert "bias-gradient: proved again from its file, steps: 1; " in text
    assert "All proved again from the files alone. Theorems: 2; steps: 2." in text
    (row,) = json.loads(printed(capsys, "bias-gradient", "--recheck", str(tmp_path), "--format", "json"))
    assert (row["name"], row["ok"], row["steps"], row["message"]) == ("bias-gradient", True, 1, "")
    assert row["screen"] > 0


def test_a_file_that_proves_nothing_is_status_1_and_a_damaged_one_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed(capsys, "wide-convolution-commutes", "--export", str(tmp_path))
    path = tmp_path / "wide-convolution-commutes.json"
    whole = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'"scale":\s*1', '"scale": 2', whole, count=1), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != whole
    assert cli.main(["verify", "--recheck", str(tmp_path)]) == 1
    output = capsys.readouterr()
    assert "wide-convolution-commutes: NOT PROVED: " in output.out
    assert "NOT all proved: 1 of 1 failed." in output.out
    path.write_text(whole[:-20], encoding="utf-8")
    assert cli.main(["verify", "--recheck", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("gradproof: wide-convolution-commutes.json")
    path.write_text(whole, encoding="utf-8")
    assert cli.main(["verify", "wide", "--recheck", str(tmp_path)]) == 2
    assert "no theorem 'wide' in" in capsys.readouterr().err


def test_conditions_on_sizes_are_words() -> None:
    i, k, s, p = (Letter(name) for name in "iksp")
    cases: list[tuple[Any, str, str]] = [
        (AtLeast(i + 2 * p, k), "i + 2p ≥ k", "i + 2p ≥ k"),
        (Equals(Mod(i - k, s), Number(0)), "s divides i - k", "s 整除 i - k"),
        (Equals(Mod(k, Number(2)), Number(1)), "k is odd", "k 为奇数"),
        (Equals(p, Floor(k, Number(2))), "p is ⌊k/2⌋", "p 等于 ⌊k/2⌋"),
    ]
    for condition, *texts in cases:
        found = worded(condition)
        assert [teller.Teller(lang).phrase(found.key, found.params) for lang in ("en", "zh")] == texts
    found_all = conditions(ARITHMETIC["arithmetic-12"]().parts)
    assert [word.key for word in found_all] == ["condition.at_least", "condition.divides"]


@pytest.mark.parametrize(("lang", "divides"), [("en", "$`s`$ divides $`i - k`$"), ("zh", "$`s`$ 整除 $`i - k`$")])
def test_a_page_states_conditions_on_sizes(lang: str, divides: str) -> None:
    (part,) = [part for part in theorem("arithmetic-12").parts if part.name.endswith("/size-recovered")]
    block = Block(part, "theorem.arithmetic-12.title", proof=True)
    closing = Evidence((Claim("theorem.arithmetic.size-recovered", part),))
    text = page(Document("sizes", "verify.theorem", (block, closing)), lang, "md")[f"{lang}/sizes.md"]
    assert text.count(divides) == 2
    assert r"\lvert\{y \ge 0" in text


def test_the_help_loads_neither_sympy_nor_numpy() -> None:
    script = (
        "import sys\nfrom render.cli import main\n"
        "try:\n    main(['verify', '--help'])\nexcept SystemExit:\n    pass\n"
        "print('sympy' in sys.modules, 'numpy' in sys.modules, 'jinja2' in sys.modules)\n"
    )
    done = subprocess.run((sys.executable, "-c", script), cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False False False"
    assert "--recheck DIR" in done.stdout


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\frac{\partial T}{\partial F_{(g o),c}}", "∂T/∂F[(g o),c]"),
        (r"\frac{1}{N}\, t", "1/N t"),
        (r"\frac{i + 2p}{s}", "(i + 2p)/s"),
        (r"x^{2} + y^{n+1} + A^{\top}", "x² + y^(n+1) + Aᵀ"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "[1 & 2; 3 & 4]"),
        (r"\left\lfloor \frac{a}{b} \right\rfloor \bmod \alpha", "⌊a/b⌋ mod α"),
        (r"s\left\lfloor \frac{a}{b} \right\rfloor + 1", "s⌊a/b⌋ + 1"),
        (r"\sqrt{x} \cdot \unknown", "√(x) · unknown"),
        (r"\sum_{n} X \mathbin{\star_{[d, s, e;\, p],\, g=G}} Y", "Σ[n] X ⋆[d, s, e; p, g=G] Y"),
    ],
)
def test_formulas_read_as_text(tex: str, text: str) -> None:
    assert plain(tex) == text
