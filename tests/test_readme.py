"""The README's Python block prints what the README shows."""

from __future__ import annotations

import contextlib
import io
import re
from importlib import import_module

from render.notes import NOTES
from render.words import words
from symbolic.kernel.logic import Expand, Proof, Scope
from tests.import_graph import modules
from tests.tools import ROOT


def test_the_python_block_prints_what_is_shown() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    shown = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    assert code is not None
    assert shown is not None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code[1], "README.md", "exec"), {})  # noqa: S102 (our own README)
    assert printed.getvalue() == shown[1]


def test_the_picture_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (picture,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")


def test_the_table_of_evidence_holds_exactly_the_kinds_there_are() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z ]+) \| `(\w+)` \| .* \| ([a-z ]+) \|$", text, re.MULTILINE)
    kinds = _kinds()
    assert sorted(kind for _, kind, _ in rows) == sorted(kinds)
    phrases = words("en").phrases
    spoken = {Scope.ALL_SIZES: "all sizes", Scope.THESE_SIZES: "the sizes at hand", Scope.SCREEN: "a screen only"}
    for word, kind, holds in rows:
        assert word == phrases[f"kind.{kind}"]
        scope = Expand().scope if kind == "Expand" else kinds[kind].scope
        assert holds == spoken[scope] if isinstance(scope, Scope) else holds.startswith("as "), kind


def _kinds() -> dict[str, type[Proof]]:
    """Our kinds of evidence by name; other tests may have made some of their own in the same process."""
    for module in modules(ROOT / "symbolic"):
        import_module(module)
    return {kind.__name__: kind for kind in Proof.__subclasses__() if kind.__module__.startswith("symbolic.")}


def test_the_notes_stand_in_their_order_and_are_all_named() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| \*{0,2}\[([\w-]+)\]\*{0,2}\(output/en/[\w-]+\.md\)|^\| \*\*\[index\]", text, re.MULTILINE)
    assert [name for name in named if name] == list(NOTES)
    assert "(output/en/index.md)" in text
