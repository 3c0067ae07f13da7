"""Helpers for tests that run coqc: the development, its compiled copy, and a scan for assumptions."""

import re
import resource
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.tools import ROOT, require_tool

FOLDER = ROOT / "symbolic" / "coq"
CLOSED = "Closed under the global context"

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


@dataclass(frozen=True)
class Compiled:
    """The development compiled in a folder that vanishes with this process, and what coqc said of each file."""

    home: tempfile.TemporaryDirectory[str]
    runs: dict[str, Run]


@cache
def compiled() -> Compiled:
    """Compile the development once, in the order of _CoqProject."""
    require_tool("coqc")
    home = tempfile.TemporaryDirectory(prefix="gradproof-coq-")
    folder = Path(home.name)
    for name in FILES:
        shutil.copy(FOLDER / name, folder)
    return Compiled(home, {name: coqc(folder, name) for name in FILES})


def try_source(folder: Path, name: str, text: str) -> Run:
    """Run coqc on `text`, as the file `name` beside a copy of the compiled development in `folder`."""
    copy = shutil.copytree(compiled().home.name, folder / "coq")
    (copy / name).write_text(text, encoding="utf-8")
    return coqc(copy, name)
