"""The benchmarks run, measure what they say, and their table reads well; no test here judges a time."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sympy

from tests.benchmarks import answers, jobs, peers
from tests.benchmarks.table import Row, plain
from tests.tools import ROOT


@pytest.mark.slow
def test_the_command_prints_a_table() -> None:
    done = subprocess.run(
        (sys.executable, "-m", "tests.benchmarks", "--quick"), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split()[0] == "what"
    assert any(line.startswith("(3,2) both proofs") and "SymPy" in line for line in lines)
    assert any(line.startswith("check one answer (latex") and "math-verify" in line for line in lines)
    assert any("gradproof --help" in line for line in lines)
    assert any(line.startswith("gradproof verify --recheck") for line in lines)
    assert any(line.startswith("gradproof notes, chain-rule: en and zh as md, tex and html") for line in lines)
    assert any("LaTeX page with all" in line and "SymPy's latex" in line for line in lines)


@pytest.mark.parametrize("opaque", [False, True])
def test_a_peer_proves_what_it_claims(*, opaque: bool) -> None:
    """It refuses when one side is spoilt, so its time is the time of a proof."""
    peers.prove(sympy, 3, 2, opaque=opaque)
    with pytest.raises(ArithmeticError):
        peers.refuse_difference(sympy, sympy.Symbol("x") * 2, sympy.Symbol("x"))


def test_the_monomials_are_all_there() -> None:
    """dL/dF has k^2 entries of m^2 products of X with a delta of k^2 + 1 terms, and dL/dX as many."""
    n, k = 5, 2
    m = n - k + 1
    d = jobs.network(n, k)
    X, F, _ = jobs.operands(d)
    written = [term for leaf in (F, X) for entry in sympy.flatten(d.grad(leaf)) for term in sympy.expand(entry).args]
    assert jobs.monomials(n, k) == len(written) <= 2 * k**2 * m**2 * (k**2 + 1)


def test_the_page_that_is_timed_has_every_term_and_so_has_the_peers() -> None:
    """dL/dF has k^2 entries of m^2 products of X with delta, and dL/dX as many products of F with delta."""
    n, k = 6, 3
    text = jobs.latex(jobs.written_out(n, k))
    assert jobs.products(text) == 2 * k**2 * (n - k + 1) ** 2
    assert r"\cdots" not in text
    assert peers.latex(n, k).count(r"\delta_{") == jobs.products(text)


def test_no_two_repetitions_share_names_or_sizes() -> None:
    networks = [jobs.network(6, 2, run) for run in range(len(jobs.SHIFTS))]
    assert len({jobs.operands(d)[0].shape for d in networks}) == len(networks)
    assert len({d.inputs[0].name for d in networks}) == len(networks)


def test_a_row_is_judged_by_its_target_and_its_peers() -> None:
    row = Row("x", 0.002, 0.001, peers=(("SymPy", 4.0), ("other", None)), times=(("SymPy", 1000),))
    assert row.met() is False
    assert Row("x", 0.002, peers=row.peers, times=row.times).met() is True
    assert Row("x", 0.002, peers=row.peers, times=(("other", 10),)).met() is None
    assert row.cells() == ("x", "2 ms", "<= 1 ms, >= 1000x SymPy", "NO", "SymPy 4 s (2,000x); other not run")
    assert plain([row]).splitlines()[1].startswith("x     2 ms")


@pytest.mark.parametrize("kind", ["latex", "sympy"])
def test_the_answers_that_are_timed_are_judged_rightly(kind: str) -> None:
    right = [row["verdict"] == "correct" for row in answers.rows(kind)]
    assert answers.ours(kind) == right
    assert any(right)
    assert not all(right)


def test_a_class_is_judged_to_the_last_answer() -> None:
    of_one = [row for kind in ("latex", "sympy") for row in answers.rows(kind) if row["exercise"] == "a"]
    right = sum(row["verdict"] == "correct" for row in of_one)
    assert answers.many(2 * len(of_one), 1) == 2 * right > 0
