"""Certificates under coqc: all that is emitted is accepted without assumptions; what is false is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from render import certificate
from render.book import note
from render.cli import main
from render.notes import NOTES
from symbolic import certificate as emitted
from symbolic.certificate.general import CLOSING, HEAD, OPENING, equality
from symbolic.certificate.page import page
from symbolic.terms.size import Row, Size
from symbolic.terms.term import Flip, Multi, Term
from symbolic.theorems import theorem
from tests.coq import CLOSED, printed, try_source
from tests.tools import require_tool

SHOW_LAYERS = {"conv-sum-mse", "conv-layer", "conv-avgpool-mse"}  # at least these have a certificate


def page_of(name: str) -> str:
    return page(name, certificate.page_steps(note(name)))


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTES)
def test_a_pages_certificate_is_accepted_and_quick(name: str, tmp_path: Path) -> None:
    text = page_of(name)
    if not text:
        assert name not in SHOW_LAYERS
        return
    run = try_source(tmp_path, "page.v", text)
    assert run.status == 0, run.output
    assert run.output.count(CLOSED) == len(printed(text)) > 0
    assert "Axioms:" not in run.output
    assert run.seconds < 15


@pytest.mark.slow
def test_verify_has_everything_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    require_tool("coqc")
    assert main(["verify", "--certificate", str(tmp_path), "--check"]) == 0
    out = capsys.readouterr().out
    (last,) = [line for line in out.splitlines() if line.startswith("Checked by Coq")]
    stated = last.partition(": ")[2].split(", ")
    assert stated == list(emitted.all_keys())
    assert all(path.suffix in {".v", ""} for path in tmp_path.iterdir())  # compiled in a copy
    seconds = [float(line.split()[-2]) for line in out.splitlines() if line.startswith("ok  ")]
    assert len(seconds) == len(list(tmp_path.glob("*.v")))


WINDOWS = "(Window 2 2 3 1 1 1 (0)) (Window 2 2 3 1 1 1 (0))"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("conv-sum-mse", "2%:~R * (S + (- 1) * T) * (X 0 0", "(S + (- 1) * T) * (X 0 0"),  # the 2 lost
        ("conv-avgpool-mse", "(2%:~R * q) * (z 0 0", "q * (z 0 0"),
        ("conv-sum-mse", "fun j => 2%:R *", "fun j => 3%:R *"),  # another error term
        ("conv-layer", "(rot180 (tensor2 F))", "(tensor2 F)"),  # the flip dropped
        ("conv-layer", "(Window 3 2 2 1 1 1 (1))", "(Window 3 2 2 1 1 1 (0))"),  # padding off by one
        ("conv-layer", "(Window 3 2 2 1 1 1 (1))", "(Window 3 2 2 2 1 1 (1))"),  # another stride
        ("conv-layer", "(Window 3 2 2 1 1 1 (1))", "(Window 3 2 2 1 2 1 (1))"),  # another dilation
        ("conv-layer", "X 0 0 * F 0 0 + X 0 1 * F 0 1", "X 0 0 * F 0 0 + X 0 1 * F 1 0"),  # a wrong entry
        ("conv-layer", "[:: 9%:~R; 17%:~R]", "[:: 9%:~R; 18%:~R]"),  # a wrong number
        ("conv-layer", "(6%:~R / 5%:~R)", "(7%:~R / 5%:~R)"),
        (
            "conv-layer",
            "grad_input " + f"(touches2 {WINDOWS})\n    (tensor2 D)",
            "grad_input " + f"(touches2 {WINDOWS})\n    (tensor2 X)",
        ),
    ],
)
def test_a_mutated_page_is_refused(name: str, right: str, wrong: str, tmp_path: Path) -> None:
    text = page_of(name)
    head, _, proofs = text.partition("Corollary ")
    assert right in proofs
    statements: list[str] = []
    for block in proofs.split("\nProof.\n"):  # in statements only: a proof may say what it likes
        body, mark, statement = block.rpartition("\nQed.\n") if statements else ("", "", block)
        statements.append(body + mark + statement.replace(right, wrong))
    mutated = head + "Corollary " + "\nProof.\n".join(statements)
    assert mutated != text
    run = try_source(tmp_path, "page.v", mutated)
    assert run.status != 0
    assert "Syntax error" not in run.output


def emitted_equality(lhs: Term, rhs: Term) -> str:
    """A file that states lhs = rhs, true or not, with the script that a certificate would have."""
    imports = "From Gradproof Require Import relation form."
    return "\n".join([HEAD.format(imports=imports), OPENING, str(equality("claim", lhs, rhs)), CLOSING, ""])


def with_rows(term: Multi, **changes: str) -> Multi:
    """The form with every row's parameters read off others of its own, `p="e"`, or one more, `p="+1"`."""

    def changed(row: Row) -> Row:
        new = {x: Size.of(row.p) + 1 if y == "+1" else getattr(row, y) for x, y in changes.items()}
        return Row(row.i, row.u, row.a, **{x: new.get(x, getattr(row, x)) for x in "sdep"})

    return replace(term, form=replace(term.form, rows=tuple(map(changed, term.form.rows))))


def window_step(key: str) -> tuple[Multi, Multi]:
    """Both sides of the step that recognizes a gradient as a window."""
    step = theorem(key).parts[0].steps[1]
    assert isinstance(step.lhs, Multi)
    assert isinstance(step.rhs, Multi)
    return step.lhs, step.rhs


MUTANTS: dict[str, tuple[str, Callable[[Multi], Multi]]] = {
    "flip dropped": (
        "input-gradient",
        lambda rhs: replace(rhs, operands=tuple(x.source if isinstance(x, Flip) else x for x in rhs.operands)),
    ),
    "one axis flipped": (
        "input-gradient",
        lambda rhs: replace(
            rhs, operands=tuple(replace(x, axes=(2,)) if isinstance(x, Flip) else x for x in rhs.operands)
        ),
    ),
    "padding off by one": ("input-gradient", lambda rhs: with_rows(rhs, p="+1")),
    "stride and dilation exchanged": ("input-gradient", lambda rhs: with_rows(rhs, s="d", d="s")),
    "stride and dilation not exchanged": ("filter-gradient", lambda rhs: with_rows(rhs, s="d", d="s")),
    "padding of the filter gradient": ("filter-gradient", lambda rhs: with_rows(rhs, p="+1")),
    "padding of a pool": ("average-pool-backward", lambda rhs: with_rows(rhs, p="+1")),
}


@pytest.mark.slow
@pytest.mark.parametrize("key", sorted({key for key, _ in MUTANTS.values()}))
def test_a_window_is_recognized(key: str, tmp_path: Path) -> None:
    run = try_source(tmp_path, "claim.v", emitted_equality(*window_step(key)))
    assert run.status == 0, run.output


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutated_theorem_is_refused(name: str, tmp_path: Path) -> None:
    key, mutation = MUTANTS[name]
    lhs, rhs = window_step(key)
    assert mutation(rhs) != rhs
    run = try_source(tmp_path, "claim.v", emitted_equality(lhs, mutation(rhs)))
    assert run.status != 0
    assert "Syntax error" not in run.output
    assert "was not found" not in run.output  # the statement is well formed, its proof fails


@pytest.mark.slow
def test_a_derivative_without_the_operand_it_drops_is_refused(tmp_path: Path) -> None:
    text = emitted.theorems(("bias-gradient",))
    statement, mark, proof = text.partition("\nProof.\n")
    assert "H g o * (" in statement
    run = try_source(tmp_path, "theorems.v", statement.replace("H g o * (", "b g o * (") + mark + proof)
    assert run.status != 0
    assert "Syntax error" not in run.output
