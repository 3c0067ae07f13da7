"""The recheck shares nothing with the engine: read from its source, imports inside functions and for types as well."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

import pytest

from tests.tools import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = sorted((ROOT / "symbolic" / "recheck").glob("*.py"))
OWN = ("symbolic.recheck", "symbolic.errors")


def imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
        elif isinstance(node, ast.Name) and node.id in {"__import__", "import_module", "eval", "exec", "compile"}:
            yield node.id


def foreign(source: str) -> list[str]:
    names = imported(source)
    return [
        name
        for name in names
        if not (name in OWN or name.startswith(OWN[0] + ".")) and name.split(".")[0] not in sys.stdlib_module_names
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_recheck_imports_nothing_of_the_engine(path: object) -> None:
    assert not foreign(ROOT.joinpath(str(path)).read_text(encoding="utf-8"))


def test_there_is_something_to_look_at() -> None:
    assert {"folder", "evidence", "sums", "screen"} <= {path.stem for path in FILES}


@pytest.mark.parametrize(
    "line",
    ["import numpy", "from symbolic.kernel.sums import flat", "from . import sums", "import symbolic", "eval('1')"],
)
def test_a_foreign_import_is_seen(line: str) -> None:
    assert foreign(line)


def test_only_the_screen_knows_floats() -> None:
    for path in FILES:
        floats = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if (isinstance(node, ast.Constant) and isinstance(node.value, float))
            or (isinstance(node, ast.Name) and node.id == "float")
        ]
        assert not floats or path.stem in {"evaluate", "screen"}, path.stem
