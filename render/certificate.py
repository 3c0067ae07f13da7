"""Certificates on disk: write the Coq files of theorems or notes, and have coqc check them.

write_certificate(keys, notes, folder)    the general development, theorems.v or a file for each note
check_certificate(folder)                 every file by coqc, in the order of _CoqProject, without axioms
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError
from symbolic.kernel.step import Derivation, Step
from symbolic.terms.term import Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from render.document import Document

COQ, MATHCOMP = "8.16", "1.15"
INSTALL = "install it with `apt-get install coq libcoq-mathcomp-algebra`"
NEEDED = f"Coq {COQ} or later and mathcomp {MATHCOMP} or a later 1.x"
PROJECT = "_CoqProject"
CLOSED = "Closed under the global context"
PROBES = {
    f"found no mathcomp algebra library beside it; {INSTALL}": (
        "From mathcomp Require Import all_ssreflect ssralg ssrint poly matrix rat."
    ),
    f"found mathcomp 2 or later beside it; {NEEDED} is needed": (
        "From mathcomp Require Import ssralg. Check GRing.ComRing.class_of."
    ),
}
LONGEST = 600  # seconds that one file may take


@dataclass(frozen=True)
class Coq:
    """A coqc that can check certificates."""

    path: str
    version: str


class CertificateError(GradproofError):
    """Nothing to certify, or no Coq to check with."""


@dataclass(frozen=True)
class Verdict:
    """What coqc said of one file."""

    name: str
    ok: bool
    seconds: float
    message: str = ""


def write_certificate(keys: Sequence[str], notes: Mapping[str, Document], folder: Path) -> list[Path]:
    """Write the files of a certificate.  Raises CertificateError, WriteError; then no file was changed."""
    from render.write import write_all

    return write_all(folder, certificate_files(keys, notes))


def certificate_files(keys: Sequence[str], notes: Mapping[str, Document]) -> dict[str, str]:
    """The development, theorems.v for theorem keys, and a file for each note that shows a layer: name -> text.

    Raises CertificateError where none of them can be certified.
    """
    from symbolic.certificate import certified, development, files

    stated = [key for key in keys if certified(key) is not None]
    texts = files(stated, {name: page_steps(document) for name, document in notes.items()})
    if len(texts) == len(development.sources()) + 1:
        asked = ", ".join([*keys, *notes])
        raise CertificateError(
            f"there is no certificate for {asked}: certificates speak of the layers' theorems "
            "and of notes that show a convolution of two axes"
        )
    return texts


def report(
    keys: Sequence[str], notes: Mapping[str, Document], folder: Path, lang: str, coqc: Coq | None = None
) -> Iterator[tuple[str, bool]]:
    """Write a certificate and, with a coqc, check it: lines for people as they come, and whether all is well so far.

    "Checked by Coq" is said here and nowhere else, after every file has passed.
    """
    from render.verify import Teller
    from symbolic.certificate import certified, page

    tell = Teller(lang)
    written = write_certificate(keys, notes, folder)
    yield tell.say("verify.exported", count=len(written), folder=str(folder)), True
    stated = [key for key in keys if certified(key) is not None]
    stated += [name for name, document in notes.items() if page(name, page_steps(document))]
    missing = [name for name in (*keys, *notes) if name not in stated]
    if missing:
        yield tell.say("certificate.missing", names=", ".join(missing)), True
    if coqc is None:
        yield tell.say("certificate.unchecked", names=", ".join(stated)), True
        return
    for verdict in check_certificate(folder, coqc):
        if not verdict.ok:
            yield tell.say("certificate.failed", name=verdict.name, message=verdict.message), False
            return
        yield tell.say("certificate.ok", name=verdict.name, seconds=f"{verdict.seconds:.1f}"), True
    yield tell.say("certificate.checked", version=coqc.version, names=", ".join(stated)), True


def page_steps(document: Document) -> list[Step]:
    """Every equality of a note, in reading order, each once."""
    return list(dict.fromkeys(_steps(document.blocks)))


def _steps(part: object) -> Iterator[Step]:
    if isinstance(part, Step):
        yield part
    elif isinstance(part, Derivation):
        yield from part.steps
    elif isinstance(part, list | tuple):
        for piece in part:
            yield from _steps(piece)
    elif isinstance(part, dict):
        yield from _steps(list(part.values()))
    elif is_dataclass(part) and not isinstance(part, Term | type):
        for field in fields(part):
            yield from _steps(getattr(part, field.name))


def installed() -> Coq:
    """A coqc that can check certificates.  Raises CertificateError and says what is needed."""
    path = shutil.which("coqc")
    if path is None:
        raise CertificateError(f"coqc is not installed, so that nothing was checked; {INSTALL}")
    said = _run([path, "--version"], Path.cwd()).stdout
    found = re.search(r"version (\d+)\.(\d+)\S*", said)
    if found is None or (int(found[1]), int(found[2])) < tuple(map(int, COQ.split("."))):
        version = found[0] if found else "of no known version"
        raise CertificateError(f"{path} is {version}; {NEEDED} is needed")
    with tempfile.TemporaryDirectory(prefix="gradproof-") as home:
        for wrong, text in PROBES.items():
            (Path(home) / "probe.v").write_text(text + "\n", encoding="utf-8")
            if _run([path, "probe.v"], Path(home)).returncode:
                raise CertificateError(f"{path} is {found[0]}; {wrong}")
    return Coq(path, found[0].removeprefix("version "))


def check_certificate(folder: Path, coqc: Coq) -> Iterator[Verdict]:
    """Check a certificate's files in the order of its _CoqProject, up to the first that fails.

    The files are compiled in a copy, so that the folder keeps the sources only. A file passes when coqc accepts
    it and reports of every `Print Assumptions` in it that nothing was assumed.
    """
    options, names = _project(folder)
    with tempfile.TemporaryDirectory(prefix="gradproof-") as home:
        for name in names:
            shutil.copy(folder / name, home)
        for name in names:
            start = perf_counter()
            done = _run([coqc.path, *options, name], Path(home))
            seconds = perf_counter() - start
            asked = (folder / name).read_text(encoding="utf-8").count("\nPrint Assumptions ")
            closed = done.stdout.splitlines().count(CLOSED)
            ok = done.returncode == 0 and closed == asked > 0 and "Axioms:" not in done.stdout
            message = "" if ok else (done.stderr.strip() or f"{closed} of {asked} statements rest on nothing assumed")
            yield Verdict(name, ok, seconds, message)
            if not ok:
                return


def _project(folder: Path) -> tuple[list[str], list[str]]:
    """coqc's options and the files in order."""
    try:
        lines = (folder / PROJECT).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CertificateError(f"cannot read {folder / PROJECT}: {error.strerror}") from error
    names = [line for line in lines if line.endswith(".v")]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise CertificateError(f"{folder / PROJECT} names {missing[0]}, which is not there")
    words = " ".join(line for line in lines if not line.endswith(".v")).split()
    return [word for word in words if word != "-arg"], names


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """A command in a folder, its output as text."""
    try:
        return subprocess.run(  # noqa: S603 - coqc with our own arguments, no shell
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=LONGEST
        )
    except subprocess.TimeoutExpired as error:
        raise CertificateError(f"{Path(command[0]).name} took more than {LONGEST} s on {command[-1]}") from error
    except OSError as error:
        raise CertificateError(f"cannot run {command[0]}: {error.strerror}") from error
