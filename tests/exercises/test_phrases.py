"""The sentences: both languages say the same things, and the code asks for no others."""

import ast
import string
import tomllib
from pathlib import Path

import pytest

import symbolic.exercises.refusal

FOLDER = Path(symbolic.exercises.refusal.__file__).parent
PHRASES = tomllib.loads((FOLDER / "phrases.toml").read_text(encoding="utf-8"))
READER = [
    "arrays", "characters", "cursor", "evaluate", "functions", "grammar", "indexing", "json_text", "labels", "latex",
    "meter", "moves", "names", "npy", "parting", "reader", "refusal", "remarks", "rows", "statement", "surroundings",
    "tokens",
]  # fmt: skip
TREES = {name: ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8")) for name in READER}
REASONS = {
    "ambiguous", "determinant", "division", "duplicate_key", "empty", "encoding", "format", "index", "label",
    "none", "not_finite", "power", "syntax", "too_large", "unknown_command", "unknown_function",
    "unknown_symbol", "wrong_shape",
}  # fmt: skip


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def refusals() -> list[tuple[str, set[str], str]]:
    """Key, given parameters and place of each `Unreadable(...)` in the reader."""
    found = []
    for module, tree in TREES.items():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or getattr(call.func, "id", "") != "Unreadable":
                continue
            first = call.args[0]
            options = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            given = {keyword.arg or "" for keyword in call.keywords}
            found += [
                (str(option.value), given, f"{module}.py:{call.lineno}")
                for option in options
                if isinstance(option, ast.Constant)
            ]
    return found


@pytest.mark.parametrize("key", sorted(PHRASES))
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    assert set(PHRASES[key]) == {"reason", "en", "zh"}
    assert placeholders(PHRASES[key]["en"]) == placeholders(PHRASES[key]["zh"])
    assert PHRASES[key]["reason"] in REASONS


@pytest.mark.parametrize("key", sorted(PHRASES))
def test_chinese_prose_has_full_width_punctuation_and_english_none(key: str) -> None:
    chinese = PHRASES[key]["zh"]
    for mark in ";?":
        assert mark not in chinese
    assert PHRASES[key]["en"].isascii()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


def test_every_refusal_has_its_phrase_and_gives_what_the_phrase_needs() -> None:
    found = refusals()
    assert len(found) > 60
    for key, given, place in found:
        assert key in PHRASES, place
        assert placeholders(PHRASES[key]["en"]) <= given, place


def test_every_phrase_is_used() -> None:
    used = {
        node.value
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(PHRASES) <= used


def test_the_reader_imports_neither_sympy_nor_anything_that_runs_text() -> None:
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
                roots = {name.split(".")[0] for name in names}
                assert not roots & {"sympy", "numpy", "pickle", "subprocess", "os", "importlib"} or (
                    module == "refusal" and roots == {"importlib", "files"}
                ), module
            if isinstance(node, ast.Call):
                assert getattr(node.func, "id", "") not in {"eval", "exec", "compile", "open", "__import__"}, module
