"""The Coq development: what it claims compiles without axioms, and what is false does not compile."""

import re
import resource
import shutil
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from tests.tools import ROOT, require_tool, tracked_files

FOLDER = ROOT / "symbolic" / "coq"
CLOSED = "Closed under the global context"

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
}

ANYWHERE = (
    r"Admitted|admit|give_up|Axioms?|Parameters?|Conjectures?|Abort|Declare|Primitive|Obligations?"
    r"|bypass_check|Unset\s+(?:Guard|Positivity|Universe)\s+Checking|Type-in-type"
)
OUTSIDE_A_SECTION = r"Hypothes[ie]s|Variables?|Context|Let"


def project() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the options and the files, in order, that _CoqProject names."""
    lines = (FOLDER / "_CoqProject").read_text(encoding="utf-8").split("\n")
    files = tuple(line for line in lines if line.endswith(".v"))
    words = " ".join(line for line in lines if not line.endswith(".v")).split()
    return tuple(word for word in words if word != "-arg"), files


OPTIONS, FILES = project()


def source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def code(text: str) -> str:
    """Return Coq text without its comments, which may be nested."""
    kept: list[str] = []
    depth = 0
    for part in re.split(r"(\(\*|\*\))", text):
        if part == "(*":
            depth += 1
        elif part == "*)":
            depth -= 1
        elif depth == 0:
            kept.append(part)
    if depth:
        raise ValueError("a comment is not closed")
    return " ".join(kept)


def forbidden(text: str) -> list[str]:
    """Return the words in Coq text that could assume what ought to be proved."""
    found: list[str] = []
    depth = 0
    for sentence in re.split(r"\.\s", code(text) + "\n"):
        found += re.findall(rf"(?<![\w'])(?:{ANYWHERE})(?![\w'])", sentence)
        words = sentence.split()
        first = words[0] if words else ""
        depth += {"Section": 1, "End": -1}.get(first, 0)
        if depth == 0 and re.fullmatch(OUTSIDE_A_SECTION, first):
            found.append(first)
    return found


def printed(text: str) -> list[str]:
    return re.findall(r"Print Assumptions (\w+)\.", code(text))


@dataclass(frozen=True)
class Run:
    """One call of coqc: its exit status, all it wrote, and its processor time in seconds."""

    status: int
    output: str
    seconds: float


def coqc(folder: Path, name: str) -> Run:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        (require_tool("coqc"), *OPTIONS, name),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(done.returncode, done.stdout, seconds)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Run]]:
    """Return a folder with the development compiled in it, and what coqc said of each file."""
    require_tool("coqc")
    folder = tmp_path_factory.mktemp("coq")
    for name in FILES:
        shutil.copy(FOLDER / name, folder)
    return folder, {name: coqc(folder, name) for name in FILES}


@pytest.fixture
def workbench(compiled: tuple[Path, dict[str, Run]], tmp_path: Path) -> Path:
    """Return a copy of the compiled development that a test may change."""
    return shutil.copytree(compiled[0], tmp_path / "coq")


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
            words = re.findall(r"[\w-]+", row.replace("(instances", ""))
            if words and words[0] in KEYS:
                key, *words = words
            if key:
                mapped.setdefault(key, set()).update(words)
    assert set(mapped) == KEYS
    assert {lemma for lemmas in mapped.values() for lemma in lemmas} <= defined


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_source_compiles_without_axioms(name: str, compiled: tuple[Path, dict[str, Run]]) -> None:
    run = compiled[1][name]
    assert run.status == 0, run.output
    assert run.output.count(CLOSED) == len(printed(source(name))) > 0
    assert "Axioms:" not in run.output
    assert "Warning" not in run.output


@pytest.mark.slow
def test_the_development_checks_in_a_minute_of_one_core(compiled: tuple[Path, dict[str, Run]]) -> None:
    assert sum(run.seconds for run in compiled[1].values()) < 60


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
        "axes.v",
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
    "im2col without its transpose": (
        "matrices.v",
        "(patches X)^T *m column D = column (grad_filter r D X).",
        "patches X *m column D = column (grad_filter r D X).",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTANTS)
def test_a_wrong_statement_does_not_compile(mutation: str, workbench: Path) -> None:
    name, right, wrong = MUTANTS[mutation]
    text = source(name)
    assert text.count(right) == 1
    (workbench / name).write_text(text.replace(right, wrong), encoding="utf-8")
    run = coqc(workbench, name)
    assert run.status != 0
    assert "Error" in run.output


@pytest.mark.slow
def test_an_axiom_shows_in_the_output(workbench: Path) -> None:
    (workbench / "planted.v").write_text(
        "Axiom planted : 0 = 1.\nTheorem t : 0 = 1.\nProof. exact planted. Qed.\nPrint Assumptions t.\n",
        encoding="utf-8",
    )
    run = coqc(workbench, "planted.v")
    assert run.status == 0
    assert "Axioms:" in run.output
    assert CLOSED not in run.output


@dataclass(frozen=True)
class Axis:
    """Sizes m, k, n and s, d, e, p of s*i + d*u - e*a = p, as the records of relation.v name them."""

    m: int
    k: int
    n: int
    s: int = 1
    d: int = 1
    e: int = 1
    p: int = 0

    def meets(self, i: int, u: int, a: int) -> bool:
        return self.s * i + self.d * u - self.e * a == self.p

    def coq(self) -> str:
        return f"(Window {self.m} {self.k} {self.n} {self.s} {self.d} {self.e} ({self.p}))"


def input_terms(v: Axis, w: Axis, a: int, b: int) -> list[tuple[int, int, int, int]]:
    """Return the (i, j, u, t) whose delta[i,j]*F[u,t] reach X[a,b], by plain loops in the order of u, i, t, j."""
    return [
        (i, j, u, t)
        for u in range(v.k)
        for i in range(v.m)
        if v.meets(i, u, a)
        for t in range(w.k)
        for j in range(w.m)
        if w.meets(j, t, b)
    ]


def rows(v: Axis, w: Axis) -> list[list[str]]:
    """Return the input gradient as a page shows it, entry by entry, in Coq's writing."""
    return [
        [" + ".join(f"D {i} {j} * F {u} {t}" for i, j, u, t in input_terms(v, w, a, b)) or "0" for b in range(w.n)]
        for a in range(v.n)
    ]


def matrix(entries: list[list[str]]) -> str:
    return "[:: " + ";\n     ".join(f"[:: {'; '.join(row)}]" for row in entries) + "]"


HEAD = """From mathcomp Require Import all_ssreflect ssralg ssrint.
From Gradproof Require Import relation form axes entries.
Local Open Scope ring_scope.
"""


def page(v: Axis, w: Axis, entries: list[list[str]]) -> str:
    """Return a certificate: the displayed matrix is the input gradient, and it is the turned convolution."""
    return f"""{HEAD}
Section Page.
Variables (R : comRingType) (D F : nat -> nat -> R).

Corollary page_input :
  display (grad_input (touches2 {v.coq()} {w.coq()}) (tensor2 D) (tensor2 F)) =
  {matrix(entries)}.
Proof. by rewrite display_input; vm_compute. Qed.

Corollary page_convolution :
  display (forward (touches2 (input_window {v.coq()}) (input_window {w.coq()}))
                   (rot180 (tensor2 F)) (tensor2 D)) =
  {matrix(entries)}.
Proof. by rewrite display_input_convolution page_input. Qed.
End Page.

Print Assumptions page_input.
Print Assumptions page_convolution.
"""


AXES = {
    "3x3 by 2x2": (Axis(2, 2, 3), Axis(2, 2, 3)),
    "stride 2 with a remainder, dilation 2 with padding 1": (Axis(2, 2, 5, s=2), Axis(4, 2, 4, d=2, p=1)),
    "input dilation, and cropping": (Axis(3, 2, 2, e=2, p=-1), Axis(3, 3, 2, p=2)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", AXES)
def test_a_displayed_matrix_follows_from_the_general_lemma(name: str, workbench: Path) -> None:
    v, w = AXES[name]
    (workbench / "page.v").write_text(page(v, w, rows(v, w)), encoding="utf-8")
    run = coqc(workbench, "page.v")
    assert run.status == 0, run.output
    assert run.output.count(CLOSED) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("D 0 0 * F 0 1", "D 0 0 * F 1 0"),
        ("D 1 1 * F 1 1", "D 1 1 * F 0 0"),
        (" + D 0 0 * F 1 1", ""),
        ("(Window 2 2 3 1 1 1 (0))", "(Window 2 2 3 1 1 1 (1))"),
        ("(Window 2 2 3 1 1 1 (0))", "(Window 2 2 3 2 1 1 (0))"),
    ],
)
def test_a_wrong_matrix_is_refused(right: str, wrong: str, workbench: Path) -> None:
    v, w = AXES["3x3 by 2x2"]
    text = page(v, w, rows(v, w))
    assert right in text
    (workbench / "page.v").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    run = coqc(workbench, "page.v")
    assert run.status != 0
    assert "Error" in run.output


# X = 1..9 as 3x3, F = [[3,2],[1,5]], delta = 2(S - 230) = 4 everywhere: O and dF as published, dX by loops.
X = ((1, 2, 3), (4, 5, 6), (7, 8, 9))
F = ((3, 2), (1, 5))
DELTA = 4


def numbers(values: tuple[tuple[int, ...], ...]) -> str:
    return matrix([[f"{value}%:Z" for value in row] for row in values])


def test_the_numbers_below_are_those_of_plain_loops() -> None:
    v, w = AXES["3x3 by 2x2"]
    sums = [[sum(DELTA * F[u][t] for _, _, u, t in input_terms(v, w, a, b)) for b in range(w.n)] for a in range(v.n)]
    assert sums == [[12, 20, 8], [16, 44, 28], [4, 24, 20]]
    assert Fraction(DELTA) == 2 * (Fraction(36 + 47 + 69 + 80) - 230)


@pytest.mark.slow
def test_the_numbers_of_a_layer_follow_from_the_general_lemmas(workbench: Path) -> None:
    axis = AXES["3x3 by 2x2"][0].coq()
    relation = f"(touches2 {axis} {axis})"
    text = f"""{HEAD}
Definition at_ (x : seq (seq int)) (i j : nat) : int := nth 0 (nth [::] x i) j.
Definition X := at_ {numbers(X)}.
Definition F := at_ {numbers(F)}.
Definition D (i j : nat) : int := {DELTA}.

Corollary forward_numbers : display (forward {relation} (tensor2 F) (tensor2 X)) =
  {numbers(((36, 47), (69, 80)))}.
Proof. by rewrite display_forward; vm_compute. Qed.

Corollary filter_numbers : display (grad_filter {relation} (tensor2 D) (tensor2 X)) =
  {numbers(((48, 64), (96, 112)))}.
Proof. by rewrite display_filter; vm_compute. Qed.

Corollary input_numbers : display (grad_input {relation} (tensor2 D) (tensor2 F)) =
  {numbers(((12, 20, 8), (16, 44, 28), (4, 24, 20)))}.
Proof. by rewrite display_input; vm_compute. Qed.

Print Assumptions forward_numbers.
Print Assumptions filter_numbers.
Print Assumptions input_numbers.
"""
    (workbench / "numbers.v").write_text(text, encoding="utf-8")
    run = coqc(workbench, "numbers.v")
    assert run.status == 0, run.output
    assert run.output.count(CLOSED) == 3
