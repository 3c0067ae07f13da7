"""Certificates: what is emitted, and that statements come from the terms they are about."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from render import certificate
from render.book import note
from render.cli import main
from symbolic import certificate as emitted
from symbolic.certificate import development
from symbolic.certificate.gallina import NotPrintedError, Place, Printer
from symbolic.certificate.general import theorem as printed
from symbolic.certificate.matrices import integer, view
from symbolic.certificate.page import page
from symbolic.certificate.script import lines
from symbolic.terms.layers import form
from symbolic.terms.size import letter_size
from symbolic.terms.term import Leaf, Multi
from symbolic.theorems import THEOREMS, theorem
from symbolic.theorems.gradients import letter_sizes
from tests.coq import FILES, FOLDER, forbidden

NOTES = ("conv-sum-mse", "conv-layer", "conv-avgpool-mse")
KEYS = {
    "filter-gradient",
    "input-gradient",
    "bias-gradient",
    "window-swaps",
    "average-pool-backward",
    "max-pool-backward",
    "transpose-relation",
    "im2col",
    "transposed-convolution-adjoint",
    "true-convolution-gradients",
    "rot180-is-two-flips",
    "wide-convolution-commutes",
}


def pages() -> dict[str, str]:
    return {name: page(name, certificate.page_steps(note(name))) for name in NOTES}


def test_the_development_is_copied_as_it_stands() -> None:
    texts = emitted.files()
    assert list(texts) == ["_CoqProject", *FILES]
    assert all(texts[name] == (FOLDER / name).read_text(encoding="utf-8") for name in FILES)
    assert texts["_CoqProject"] == (FOLDER / "_CoqProject").read_text(encoding="utf-8")


def test_the_table_of_lemmas_is_read_from_the_heads() -> None:
    lemmas = development.lemmas()
    assert set(lemmas) <= THEOREMS.keys()
    assert {"filter_gradient2", "convolution_layer_filter", "display_filter"} <= set(lemmas["filter-gradient"])
    known = {
        name
        for text in development.sources().values()
        for name in re.findall(r"^(?:Theorem|Lemma) (\w+)", text, re.MULTILINE)
    }
    assert {name for names in lemmas.values() for name in names} <= known


def test_every_theorem_about_layers_is_stated_step_by_step() -> None:
    assert {key for key in THEOREMS if emitted.certified(key)} == KEYS
    assert emitted.certified("one-by-one-is-linear") == ()  # by its lemmas
    assert emitted.certified("softmax-cross-entropy") is None
    for key in KEYS:
        proved = emitted.certified(key)
        assert proved is not None
        assert len(proved) == theorem(key).steps
        assert len({one.name for one in proved}) == len(proved)


def test_theorems_say_what_is_left_out_and_what_is_said_twice() -> None:
    text = emitted.theorems(("im2col", "filter-gradient", "softmax-cross-entropy"))
    assert "(* Not in this certificate: softmax-cross-entropy. *)" in text
    assert "(* filter_gradient_1: word for word im2col_filter_1. *)" in text
    assert "Check @filter_gradient2." in text
    assert text.count("\nPrint Assumptions ") == len(
        set(re.findall(r"^Print Assumptions (\w+)\.$", text, re.MULTILINE))
    )
    assert set(re.findall(r"^Theorem (\w+)", text, re.MULTILINE)) <= set(
        re.findall(r"^Print Assumptions (\w+)", text, re.MULTILINE)
    )


def test_what_is_emitted_assumes_nothing() -> None:
    assert forbidden(emitted.theorems(tuple(THEOREMS))) == []
    for text in pages().values():
        assert forbidden(text) == []


def test_a_layer_is_printed_as_the_sums_that_it_abbreviates() -> None:
    conv = form("conv", letter_sizes(1), rank=1, without="ngoc")
    term = Multi(conv, (Leaf("F", conv.shape(conv.operands[0])), Leaf("X", conv.shape(conv.operands[1]))))
    printer = Printer()
    places = printer.outer(term)
    assert places == [[(Place("i"), "m1")]]
    reading = printer.read(term, places)
    relation = "(s1%:Z * i%:Z + d1%:Z * u%:Z - e1%:Z * a%:Z == p1)"
    assert reading.text == rf"\sum_(u < k1) \sum_(a < n1 | {relation}) F u * X a"
    assert printer.tensors == {"F": ("k1",), "X": ("n1",)}


def test_sizes_are_printed_as_integers_and_as_natural_numbers() -> None:
    k, d, p = map(letter_size, ("k1", "d1", "p1"))
    assert Printer().number(d * (k - 1) - p) == "d1%:Z * k1%:Z - d1%:Z - p1"
    assert Printer().extent(k + 2) == "(k1 + 2)"
    assert Printer().number(0) == "0%:Z"
    with pytest.raises(NotPrintedError, match="minus"):
        Printer().extent(-1 * k)


def test_numbers_are_exact() -> None:
    assert [integer(Fraction(x)) for x in ("3", "-3", "63/25")] == ["3%:~R", "(- 3%:~R)", "(63%:~R / 25%:~R)"]


def test_what_has_no_words_is_refused_and_not_guessed() -> None:
    (sigmoid, *_rest) = theorem("local-derivatives").parts
    with pytest.raises(NotPrintedError, match="Map"):
        printed("x", sigmoid.steps[0])
    with pytest.raises(NotPrintedError):
        view(Leaf("X", (2, 2)))


def test_statements_are_broken_at_spaces_only() -> None:
    text = " ".join(f"x{n}" for n in range(90))
    assert " ".join(" ".join(lines(text)).split()) == text
    assert all(len(line) <= 100 for line in lines(text))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        (
            "conv-sum-mse",
            ("O", "d_X", "d_X_window", "window", "d_K_collected", "derivative_K", "derivative_X", "at_O", "at_update"),
        ),
        ("conv-layer", ("O", "d_F", "d_X", "d_F_window", "d_X_window", "derivative_F", "derivative_X", "at_update")),
        (
            "conv-avgpool-mse",
            ("O", "d_O_window", "d_X_window", "d_w_collected", "derivative_w", "derivative_X", "at_O", "at_update"),
        ),
    ],
)
def test_a_page_states_its_matrices_its_windows_its_derivatives_and_its_numbers(
    name: str, what: tuple[str, ...]
) -> None:
    text = pages()[name]
    prefix = name.replace("-", "_")
    stated = re.findall(r"^(?:Corollary|Theorem) (\w+)", text, re.MULTILINE)
    assert {f"{prefix}_{part}" for part in what} <= set(stated)
    assert len(set(stated)) == len(stated)
    assert set(re.findall(r"^Print Assumptions (\w+)\.", text, re.MULTILINE)) == set(stated)


def test_the_entries_of_a_page_are_those_of_plain_loops() -> None:
    text = pages()["conv-sum-mse"]
    entry = "X 0 1 * K 0 0 + X 0 2 * K 0 1 + X 1 1 * K 1 0 + X 1 2 * K 1 1"
    assert entry in text  # O_12 of the published example
    assert "2%:~R * (S + (- 1) * T) * (X 0 0 + X 0 1 + X 1 0 + X 1 1)" in text  # dL/dK_11, collected
    assert "[:: 36%:~R; 47%:~R]" in text
    assert "[:: (63%:~R / 25%:~R); (34%:~R / 25%:~R)]" in text


def test_the_same_input_gives_the_same_bytes() -> None:
    assert pages() == pages()
    assert emitted.theorems(("filter-gradient",)) == emitted.theorems(("filter-gradient",))


def test_a_note_without_a_convolution_has_no_certificate(tmp_path: Path) -> None:
    with pytest.raises(certificate.CertificateError, match="no certificate for scalar-net"):
        certificate.write_certificate((), {"scalar-net": note("scalar-net")}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_notes_reach_the_same_writer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notes", "conv-layer", "--format", "coq", "--out", str(tmp_path)]) == 0
    folder = tmp_path / "coq"
    assert {path.name for path in folder.iterdir()} == {"_CoqProject", *FILES, "conv_layer.v"}
    assert (folder / "conv_layer.v").read_text(encoding="utf-8") == pages()["conv-layer"]
    assert (folder / "_CoqProject").read_text(encoding="utf-8").split()[-1] == "conv_layer.v"
    assert str(folder / "conv_layer.v") in capsys.readouterr().out


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_verify_writes_and_claims_no_check(lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["rot180-is-two-flips", "softmax-cross-entropy"]
    assert main(["verify", *names, "--lang", lang, "--certificate", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "Checked by Coq" not in out
    assert "已由 Coq" not in out
    assert {path.name for path in tmp_path.iterdir()} == {"_CoqProject", *FILES, "theorems.v"}


def test_the_plain_table_claims_no_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "filter-gradient"]) == 0
    assert "Coq" not in capsys.readouterr().out


def fake_coqc(folder: Path, script: str) -> str:
    """A folder with a program called coqc, to be the whole PATH."""
    folder.mkdir()
    (folder / "coqc").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / "coqc").chmod(0o755)
    return str(folder)


# Coq beside a mathcomp that has no GRing.ComRing.class_of.
MATHCOMP_2 = """test "$1" = --version && echo 'version 8.18.0' && exit 0
while read -r line; do case $line in *class_of*) exit 1;; esac; done <probe.v"""


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo 'The Coq Proof Assistant, version 8.13.2'", "is version 8.13.2; Coq 8.16 or later and mathcomp 1.15"),
        ("echo nothing", "is of no known version; Coq 8.16"),
        ("test \"$1\" = --version && echo 'version 8.16.1'", "version 8.16.1; found no mathcomp algebra library"),
        (
            MATHCOMP_2,
            "version 8.18.0; found mathcomp 2 or later",
        ),
    ],
)
def test_a_coq_that_cannot_check_is_named(
    script: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", fake_coqc(tmp_path / "bin", script))
    out = tmp_path / "out"
    assert main(["verify", "rot180-is-two-flips", "--certificate", str(out), "--check"]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_without_coqc_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["verify", "--certificate", str(tmp_path / "out"), "--check"]) == 2
    assert "apt-get install coq libcoq-mathcomp-algebra" in capsys.readouterr().err


def test_unusable_folders_and_options_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["verify", "--certificate", str(tmp_path / "file")]) == 2
    assert "is a file, not a folder" in capsys.readouterr().err
    assert main(["verify", "--check"]) == 2
    assert "--certificate DIR" in capsys.readouterr().err
    assert main(["verify", "--recheck", str(tmp_path), "--certificate", str(tmp_path / "c")]) == 2
    assert "--recheck" in capsys.readouterr().err


OK_COQC = "test \"$1\" = --version && echo 'version 8.16.1' && exit 0\n"


@pytest.mark.parametrize(
    ("script", "status", "says"),
    [
        (  # a coqc that is content with everything and says nothing: no statement is known to be closed
            "exit 0",
            1,
            "REFUSED by Coq: relation.v: 0 of 9 statements rest on nothing assumed",
        ),
        (
            "for last; do :; done; test \"$last\" = probe.v || { echo 'Error: no' >&2; exit 1; }",
            1,
            "relation.v: Error: no",
        ),
    ],
)
def test_a_failing_check_has_status_1_and_claims_nothing(
    script: str,
    status: int,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", fake_coqc(tmp_path / "bin", OK_COQC + script))
    assert main(["verify", "rot180-is-two-flips", "--certificate", str(tmp_path / "out"), "--check"]) == status
    out = capsys.readouterr().out
    assert says in out
    assert "Checked by Coq" not in out


def test_a_broken_folder_is_named(tmp_path: Path) -> None:
    coqc = certificate.Coq("coqc", "8.16.1")
    with pytest.raises(certificate.CertificateError, match="cannot read"):
        list(certificate.check_certificate(tmp_path, coqc))
    (tmp_path / "_CoqProject").write_text("-Q . Gradproof\nlost.v\n", encoding="utf-8")
    with pytest.raises(certificate.CertificateError, match=r"lost\.v"):
        list(certificate.check_certificate(tmp_path, coqc))
