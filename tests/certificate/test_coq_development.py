"""The Coq development: what it claims compiles without axioms, and what is false does not compile."""

import re
from pathlib import Path

import pytest

from tests.coq import CLOSED, FILES, FOLDER, OPTIONS, code, compiled, forbidden, printed, source, try_source
from tests.tools import tracked_files

# The theorem keys of `gradproof verify` that the development proves for all sizes.
KEYS = {
    "filter-gradient",
    "input-gradient",
    "bias-gradient",
    "transpose-relation",
    "im2col",
    "transposed-convolution-adjoint",
    "wide-convolution-commutes",
    "rot180-is-two-flips",
    "average-pool-backward",
    "max-pool-backward",
    "one-by-one-is-linear",
    "batch-norm-backward",
}


def test_the_folder_holds_sources_and_their_order_only() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*FILES, "_CoqProject"}
    assert {path.name for path in tracked_files() if path.parent == Path("symbolic/coq")} == {*FILES, "_CoqProject"}
    assert OPTIONS[:3] == ("-Q", ".", "Gradproof")
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*\.v", name) for name in FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_source_opens_with_words_and_closes_with_its_assumptions(name: str) -> None:
    text = source(name)
    assert text.startswith("(***")
    assert "theorem key" in text[: text.index("From mathcomp")]
    assert text.rstrip().split("\n")[-1].startswith("Print Assumptions ")
    unprinted = set(re.findall(r"^Theorem (\w+)", code(text), re.MULTILINE)) - set(printed(text))
    assert not unprinted
    assert max(map(len, text.split("\n"))) <= 80


@pytest.mark.parametrize("name", FILES)
def test_a_source_assumes_nothing(name: str) -> None:
    assert forbidden(source(name)) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Lemma l : False. Admitted.", "Admitted"),
        ("Lemma l : False. Proof. admit. Qed.", "admit"),
        ("Axiom a : False.", "Axiom"),
        ("Parameters a b : False.", "Parameters"),
        ("Section S.\nVariable x : nat.\nEnd S.\nVariable y : False.", "Variable"),
        ("(* fine *) Hypothesis h : False.", "Hypothesis"),
        ("#[local] Unset Guard Checking.", "Unset Guard Checking"),
    ],
)
def test_the_scan_finds_a_planted_assumption(text: str, word: str) -> None:
    assert forbidden(text) == [word]


def test_the_scan_reads_neither_comments_nor_the_inside_of_sections() -> None:
    assert forbidden("(* an Axiom (* Admitted *) *)\nSection S.\nVariable x : nat.\nEnd S.\n") == []


def test_every_theorem_key_is_mapped_to_lemmas_that_exist() -> None:
    defined = {
        lemma for name in FILES for lemma in re.findall(r"^(?:Theorem|Lemma) (\w+)", code(source(name)), re.MULTILINE)
    }
    mapped: dict[str, set[str]] = {}
    for name in FILES:
        head = source(name)[: source(name).index("From mathcomp")]
        rows = head[head.index("theorem key") :].split("\n")[1:]
        key = ""
        for row in (row.strip("(*) \t") for row in rows):
            words = re.findall(r"[\w-]+", row)
            if words and words[0] in KEYS:
                key, *words = words
            if key:
                mapped.setdefault(key, set()).update(words)
    assert set(mapped) == KEYS
    assert {lemma for lemmas in mapped.values() for lemma in lemmas} <= defined


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_source_compiles_without_axioms(name: str) -> None:
    run = compiled().runs[name]
    assert run.status == 0, run.output
    assert run.output.count(CLOSED) == len(printed(source(name))) > 0
    assert "Axioms:" not in run.output
    assert "Warning" not in run.output


@pytest.mark.slow
def test_the_development_checks_in_a_minute_of_one_core() -> None:
    assert sum(run.seconds for run in compiled().runs.values()) < 60


MUTANTS = {
    "flip dropped in the input gradient": (
        "form.v",
        "forward (touches (input_window w)) (turn F) D a.",
        "forward (touches (input_window w)) F D a.",
    ),
    "padding off by one": (
        "relation.v",
        "span (dilation w) (kernel w) - padding w |}.\n\nDefinition operand",
        "span (dilation w) (kernel w) - padding w + 1 |}.\n\nDefinition operand",
    ),
    "stride and dilation kept in the filter gradient": (
        "relation.v",
        "stride := dilation w; dilation := stride w;",
        "stride := stride w; dilation := dilation w;",
    ),
    "stride and input dilation kept in the input gradient": (
        "relation.v",
        "stride := input_dilation w; dilation := dilation w;\n     input_dilation := stride w;",
        "stride := stride w; dilation := dilation w;\n     input_dilation := input_dilation w;",
    ),
    "one axis of two flipped": (
        "two_axes.v",
        "Definition rot180 F : 'I_k * 'I_l -> T := F \\o @rev2 k l.",
        "Definition rot180 F : 'I_k * 'I_l -> T := fun p => F (p.1, rev_ord p.2).",
    ),
    "the factor 2 of the squared loss": (
        "derivative.v",
        "O (fun j => k * (2%:R * (O j - T j))).",
        "O (fun j => k * (O j - T j)).",
    ),
    "the sign of the squared loss": (
        "derivative.v",
        "O (fun j => k * (2%:R * (O j - T j))).",
        "O (fun j => k * (2%:R * (T j - O j))).",
    ),
    "wide convolution without its second turn": (
        "wide_convolution.v",
        "wide m (turn W) X i = wide m (turn X) W i.",
        "wide m (turn W) X i = wide m X W i.",
    ),
    "a divisor forgotten": (
        "pooling.v",
        "grad_input r D (fun=> c) a = c * D i.",
        "grad_input r D (fun=> c) a = D i.",
    ),
    "batch normalization without the mean of the error term": (
        "batch_norm.v",
        "(D p - mean m D p.2 - x_hat p *",
        "(D p - x_hat p *",
    ),
    "batch normalization without the term of x_hat": (
        "batch_norm.v",
        "(D p - mean m D p.2 - x_hat p * mean m (fun q => D q * x_hat q) p.2).",
        "(D p - mean m D p.2).",
    ),
    "the slope of the inverse root with the other sign": (
        "batch_norm.v",
        "q^`().[0] = - (half * r k ^+ 3 * spread (velocity c) k).",
        "q^`().[0] = half * r k ^+ 3 * spread (velocity c) k.",
    ),
    "a mean over another number of values": (
        "batch_norm.v",
        "Hypothesis m_count : m * #|J|%:R = 1.\nHypothesis half_two",
        "Hypothesis m_count : m * (#|J| - 1)%:R = 1.\nHypothesis half_two",
    ),
    "im2col without its transpose": (
        "matrices.v",
        "(patches X)^T *m column D = column (grad_filter r D X).",
        "patches X *m column D = column (grad_filter r D X).",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTANTS)
def test_a_wrong_statement_does_not_compile(mutation: str, tmp_path: Path) -> None:
    name, right, wrong = MUTANTS[mutation]
    text = source(name)
    assert text.count(right) == 1
    run = try_source(tmp_path, name, text.replace(right, wrong))
    assert run.status != 0
    assert "Error" in run.output
    assert "not found in the current environment" not in run.output  # the file reads; its proof fails


@pytest.mark.slow
def test_an_axiom_shows_in_the_output(tmp_path: Path) -> None:
    run = try_source(
        tmp_path,
        "planted.v",
        "Axiom planted : 0 = 1.\nTheorem t : 0 = 1.\nProof. exact planted. Qed.\nPrint Assumptions t.\n",
    )
    assert run.status == 0
    assert "Axioms:" in run.output
    assert CLOSED not in run.output
