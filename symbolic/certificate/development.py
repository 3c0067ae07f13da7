"""The hand-written Coq development that certificates stand on: its files, their order, and its lemmas by theorem."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "coq"
PROJECT = "_CoqProject"
TABLE = re.compile(r"^\(\*\s+theorem key\s+lemma\s*\*\)\n(.*?)^\(\*{70,}\)$", re.DOTALL | re.MULTILINE)
ROW = re.compile(r"^\(\*  ?( *)(\S.*?)\s*\*\)$", re.MULTILINE)


@cache
def sources() -> dict[str, str]:
    """File name -> text, in the order in which Coq reads them."""
    lines = (FOLDER / PROJECT).read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if line.endswith(".v")]
    return {name: (FOLDER / name).read_text(encoding="utf-8") for name in names}


def options() -> str:
    """What _CoqProject says besides the files."""
    lines = (FOLDER / PROJECT).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.endswith(".v"))


@cache
def lemmas() -> dict[str, tuple[str, ...]]:
    """Theorem key -> its lemmas, from the tables at the heads of the files."""
    found: dict[str, list[str]] = {}
    for text in sources().values():
        key = ""
        for table in TABLE.findall(text):
            for indent, row in ROW.findall(table):
                first, *rest = row.replace(",", " ").split()
                if len(indent) <= 1:
                    key = first
                else:
                    rest = [first, *rest]
                found.setdefault(key, []).extend(rest)
    return {key: tuple(dict.fromkeys(names)) for key, names in found.items()}
