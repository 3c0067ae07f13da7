"""One command, one table: `python -m tests.benchmarks [--quick | --full]`."""

from __future__ import annotations

import argparse
import tempfile
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import sympy

from tests.benchmarks import answers, jobs, peers
from tests.benchmarks.measure import process, seconds, typical, typical_process
from tests.benchmarks.table import Row, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SYMPY, SYMENGINE, OPAQUE = "SymPy", "symengine", "symengine with delta opaque"
MEGABYTE = 1e6
BOOK = ("notes", "--lang", "en,zh", "--format", "md,tex,html")
WRITE = "import sys; from render.cli import main; assert main(sys.argv[1:]) == 0"
COMMAND = "import sys; from render.cli import main; sys.exit(main(sys.argv[1:]))"


def peer(n: int, k: int, kinds: Sequence[str]) -> tuple[tuple[str, float | None], ...]:
    """The peers' seconds at one size; None for those that are not asked for or not installed."""
    engine: Any = import_module("symengine") if find_spec("symengine") else None
    calls = {SYMPY: (sympy, False), SYMENGINE: (engine, False), OPAQUE: (engine, True)}
    found: list[tuple[str, float | None]] = []
    for name, (algebra, opaque) in calls.items():
        runs = name in kinds and algebra is not None
        found.append((name, seconds(lambda a=algebra, o=opaque: peers.prove(a, n, k, opaque=o)) if runs else None))  # type: ignore[misc]
    return tuple(found)


def proofs(*, quick: bool, full: bool) -> Iterator[Row]:
    """From tensor(...) to both proofs."""
    all_peers, engines = (SYMPY, SYMENGINE, OPAQUE), (SYMENGINE, OPAQUE)
    if quick:
        yield Row("(3,2) both proofs", typical(lambda run: jobs.prove(3, 2, run), 3), peers=peer(3, 2, all_peers))
        return
    first = process("from tests.benchmarks import jobs; jobs.prove(8, 3)")
    yield Row("(8,3) first in a new process, imports included", first.seconds)
    small = typical(lambda run: jobs.prove(3, 2, run), 9)
    yield Row("(3,2) both proofs", small, peers=peer(3, 2, all_peers))
    yield Row(
        "(8,3) both proofs",
        typical(lambda run: jobs.prove(8, 3, run), 9),
        peers=peer(8, 3, all_peers),
        times=((SYMPY, 1000),),
    )
    yield Row(
        "(16,3) both proofs",
        typical(lambda run: jobs.prove(16, 3, run), 9),
        peers=peer(16, 3, all_peers if full else engines),
        times=((SYMENGINE, 10), (OPAQUE, 10)),
    )
    at_28 = typical(lambda run: jobs.prove(28, 5, run), 9)
    yield Row("(28,5) both proofs", at_28, 0.1, peers=peer(28, 5, all_peers if full else ()))
    yield Row("growth of the time from 28 to 56 at k=5", typical(lambda run: jobs.prove(56, 5, run), 5) / at_28, 7, "x")
    yield Row("(224,3) both proofs", typical(lambda run: jobs.prove(224, 3, run), 5), 2.0)
    code = "from tests.benchmarks import jobs\njobs.prove(224, 3)"
    yield Row("(224,3) memory of a process", process(code, memory=True).memory / MEGABYTE, 1000, "MB")


def numbers(n: int, k: int, repetitions: int) -> Iterator[Row]:
    """`evaluate` once the derivation is built."""
    d = jobs.network(n, k)
    floats, exact = jobs.values(d, exact=False), jobs.values(d, exact=True)
    d.evaluate(floats)
    yield Row(f"({n},{k}) evaluate in float64", typical(lambda _: d.evaluate(floats), 5 * repetitions), 0.001)
    yield Row(f"({n},{k}) evaluate in Fractions", typical(lambda _: d.evaluate(exact), repetitions), 1.0)


def expressions(n: int, k: int, wide: int, repetitions: int) -> Iterator[Row]:
    """SymPy expressions and our own expanded monomials."""
    yield Row(f"({n},{k}) both gradients, factored", typical(lambda run: jobs.expressions(n, k, run), repetitions), 3.0)
    yield Row(f"({wide},{k}) one entry", typical(lambda run: jobs.entry(wide, k, run), repetitions))
    total = jobs.monomials(n, k)
    yield Row(f"({n},{k}) all {total:,} monomials", typical(lambda run: jobs.monomials(n, k, run), repetitions), 10.0)
    code = f"from tests.benchmarks import jobs\njobs.monomials({n}, {k})"
    yield Row(f"({n},{k}) memory for all monomials", process(code, memory=True).memory / MEGABYTE, 2000, "MB")


def commands(repetitions: int) -> Iterator[Row]:
    """What the command line costs above the imports it cannot do without."""
    imports = typical_process("import sympy, numpy, jinja2", repetitions)
    with tempfile.TemporaryDirectory() as folder:
        note = typical_process(COMMAND, repetitions, ("notes", "conv-layer", "--out", folder))
    yield Row("gradproof notes conv-layer, above import sympy, numpy, jinja2", note - imports, 0.5)
    nothing = typical_process("pass", repetitions)
    yield Row(
        "gradproof --help, above python -c pass", typical_process(COMMAND, repetitions, ("--help",)) - nothing, 0.1
    )


def theorems(repetitions: int) -> Iterator[Row]:
    """Every theorem for all sizes, built and, from its file, proved again."""
    imports = typical_process("import sympy, symbolic.theorems.arithmetic", repetitions)
    every = "import sympy\nfrom symbolic.theorems import THEOREMS\nfor build in THEOREMS.values(): build()"
    yield Row("all theorems built, above their imports", typical_process(every, repetitions) - imports, 2.0)
    with tempfile.TemporaryDirectory() as folder:
        process(WRITE, ("verify", "--export", folder))
        yield Row(
            "gradproof verify --recheck", typical_process(WRITE, repetitions, ("verify", "--recheck", folder)), 10.0
        )


def pages(n: int, k: int, names: Sequence[str], repetitions: int) -> Iterator[Row]:
    """The notes, from nothing to files, and a page with very many terms."""
    with tempfile.TemporaryDirectory() as folder:
        book = (*BOOK, "--out", folder, *names)
        done = min((process(WRITE, book, memory=True) for _ in range(repetitions)), key=lambda one: one.seconds)
    which = "all notes" if not names else ", ".join(names)
    yield Row(f"gradproof notes, {which}: en and zh as md, tex and html", done.seconds, 10.0)
    yield Row("... memory of the process", done.memory / MEGABYTE, 500, "MB")
    document = jobs.written_out(n, k)
    terms = jobs.products(jobs.latex(document))
    took = typical(lambda _: jobs.latex(document), repetitions)
    peer = (("SymPy's latex", seconds(lambda: peers.latex(n, k))),)
    yield Row(f"({n},{k}) LaTeX page with all {terms:,} terms, printed", took, 1.0, peers=peer)


def judging(count: int, processes: int, repetitions: int) -> Iterator[Row]:
    """Answers to exercises: one at a time beside math-verify, which reads the LaTeX ones, and a whole class."""
    answers.ours("latex")  # the exercises are derived once in a process
    found: list[tuple[str, float | None]] = [("math-verify", None)]
    if find_spec("math_verify"):
        answers.math_verify()
        found = [("math-verify", typical(lambda _: answers.math_verify(), repetitions) / len(answers.rows("latex")))]
    for kind, others in (("latex", tuple(found)), ("sympy", ())):
        each = typical(lambda _, k=kind: answers.ours(k), repetitions) / len(answers.rows(kind))  # type: ignore[misc]
        yield Row(f"check one answer ({kind}, mean)", each, 0.05, peers=others)
    took = seconds(lambda: answers.many(count, processes))
    yield Row(f"check {count:,} answers, jobs={processes}", took, 120.0)


def rows(*, quick: bool, full: bool) -> Iterator[Row]:
    """Every row of the table, measured when it is asked for."""
    yield from proofs(quick=quick, full=full)
    yield from numbers(*((3, 2, 2) if quick else (28, 5, 5)))
    yield from expressions(*((3, 2, 4, 2) if quick else (28, 5, 56, 5)))
    yield from pages(*((3, 2, ["chain-rule"], 1) if quick else (28, 5, [], 3)))
    yield from judging(*((60, 1, 1) if quick else (10_000, 2, 5)))
    yield from commands(1 if quick else 7)
    yield from theorems(1 if quick else 5)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; the status is 1 where a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="tiny sizes, to see that everything runs")
    size.add_argument("--full", action="store_true", help="the peers at every size: SymPy needs a quarter of an hour")
    chosen = parser.parse_args(argv)
    jobs.prove(4, 2)  # the theorems for all sizes are built once in a process; the first row says what that costs
    found = list(rows(quick=chosen.quick, full=chosen.full))
    show(found)
    return int(not chosen.quick and any(row.met() is False for row in found))


if __name__ == "__main__":
    raise SystemExit(main())
