"""Instances: the matrix on a page, entry by entry, follows from the general lemmas; a wrong one is refused."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from tests.coq import CLOSED, try_source


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
From Gradproof Require Import relation form two_axes entries.
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
def test_a_displayed_matrix_follows_from_the_general_lemma(name: str, tmp_path: Path) -> None:
    v, w = AXES[name]
    run = try_source(tmp_path, "page.v", page(v, w, rows(v, w)))
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
def test_a_wrong_matrix_is_refused(right: str, wrong: str, tmp_path: Path) -> None:
    v, w = AXES["3x3 by 2x2"]
    text = page(v, w, rows(v, w))
    assert right in text
    run = try_source(tmp_path, "page.v", text.replace(right, wrong, 1))
    assert run.status != 0
    assert "Error: No applicable tactic." in run.output  # the proof fails, not the reading of the file


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
def test_the_numbers_of_a_layer_follow_from_the_general_lemmas(tmp_path: Path) -> None:
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
    run = try_source(tmp_path, "numbers.v", text)
    assert run.status == 0, run.output
    assert run.output.count(CLOSED) == 3
