"""The JSON files of the theorems: their bytes, their schema, what has no place in them."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

import symbolic as s
from symbolic.errors import GradproofError
from symbolic.export.schema import SCHEMA, export, text
from symbolic.kernel.logic import Cite, Definition, Derivation, Rule, Step
from symbolic.kernel.step import Proof, Scope
from symbolic.recheck import recheck
from symbolic.search.matching import reindexed
from symbolic.terms.form import Form
from symbolic.terms.size import letter_size
from symbolic.terms.term import Data, Flip, Leaf, Map, Multi, Node, Sum, Term
from symbolic.theorems import THEOREMS, Theorem, theorem

if TYPE_CHECKING:
    from pathlib import Path

KEYS = sorted(THEOREMS)


def read(folder: Path, key: str) -> Any:
    return json.loads((folder / f"{key}.json").read_text(encoding="ascii"))


def test_one_file_for_each_theorem_and_nothing_else(tmp_path: Path) -> None:
    paths = export([theorem(key) for key in KEYS], tmp_path / "new" / "folder")
    assert sorted(path.name for path in paths) == [f"{key}.json" for key in KEYS]
    assert sorted((tmp_path / "new" / "folder").iterdir()) == sorted(paths)
    for key in KEYS:
        data = read(tmp_path / "new" / "folder", key)
        assert list(data) == ["schema", "theorem", "derivations"]
        assert (data["schema"], data["theorem"]) == (SCHEMA, key) == ("gradproof-derivation/1", key)
        assert len(data["derivations"]) >= len(theorem(key).parts)


def test_the_same_theorems_give_the_same_bytes(tmp_path: Path) -> None:
    chosen = [theorem("input-gradient"), theorem("arithmetic-6")]
    export(chosen, tmp_path / "one")
    export(chosen, str(tmp_path / "two"))
    export([THEOREMS[one.key]() for one in chosen], tmp_path / "built again")
    for one in chosen:
        contents = {(tmp_path / place / f"{one.key}.json").read_bytes() for place in ("one", "two", "built again")}
        assert len(contents) == 1
        assert b"\r" not in contents.pop()


def test_every_step_of_every_part_is_written() -> None:
    for key in KEYS:
        derivations = json.loads(text(theorem(key)))["derivations"]
        for part, written in zip(theorem(key).parts, derivations, strict=False):
            assert len(part.steps) == len(written["steps"])


def test_labels_names_and_reasons_are_not_exported() -> None:
    whole = theorem("filter-gradient")
    (part,) = whole.parts
    renamed = Theorem(whole.key, (replace(part, name="something else"),))
    relabelled = [replace(step, rule=Rule.NUMBERS) for step in part.steps]
    reasons = Theorem(whole.key, (Derivation(tuple(relabelled), "x"),))
    assert text(renamed) == text(whole) == text(reasons)


def test_a_cited_derivation_is_written_where_it_is_not_exported_itself() -> None:
    data = json.loads(text(theorem("arithmetic-6")))
    cited = [step for part in data["derivations"] for step in part["steps"] if step["by"] == "cite"]
    assert cited
    assert {step["theorem"] for step in cited} == {"arithmetic-6"}
    parts = len(theorem("arithmetic-6").parts)
    assert all(parts < step["part"] <= len(data["derivations"]) for step in cited)


def cited_elsewhere() -> Theorem:
    """rot180 once more, by citation of the theorem about it."""
    known = theorem("rot180-is-two-flips").parts[0]
    g = Leaf("G", (letter_size("a"), letter_size("b")))
    sizes = (("k1", letter_size("a")), ("k2", letter_size("b")), ("unused", 3))
    step = Step(Flip(g, (0, 1)), Flip(Flip(g, (0,)), (1,)), Rule.CITE, _cite(known, sizes, g))
    return Theorem("again", (Derivation((step,)),))


def _cite(known: Derivation, sizes: Any, operand: Term) -> Cite:
    return Cite(known, sizes, (("F", operand), ("other", operand)))


def test_a_citation_of_another_exported_theorem_stays_one(tmp_path: Path) -> None:
    other, again = theorem("rot180-is-two-flips"), cited_elsewhere()
    export([again, other], tmp_path)
    data = read(tmp_path, "again")
    assert len(data["derivations"]) == 1
    step = data["derivations"][0]["steps"][0]
    assert {name: step[name] for name in ("by", "theorem", "part", "sizes", "operands")} == {
        "by": "cite",
        "theorem": "rot180-is-two-flips",
        "part": 1,
        "sizes": {"k1": "a", "k2": "b"},
        "operands": {"F": "G"},
    }
    assert [result.ok for result in recheck(tmp_path)] == [True, True]
    (tmp_path / "rot180-is-two-flips.json").unlink()
    with pytest.raises(GradproofError, match="cites 'rot180-is-two-flips', for which there is no file"):
        recheck(tmp_path)


def test_a_name_and_its_meaning_are_exported_alike(tmp_path: Path) -> None:
    x = Leaf("X", (letter_size("n"),))
    body = Flip(x, (0,))
    node = Node("flipped", (x,), body, name="Y")
    export([Theorem("name", (Derivation((Step(node, body, Rule.DEFINITION, Definition()),)),))], tmp_path)
    (result,) = recheck(tmp_path)
    assert result.ok
    step = read(tmp_path, "name")["derivations"][0]["steps"][0]
    assert step == {"left": {"flip": "X", "axes": [0]}, "right": {"flip": "X", "axes": [0]}, "by": "definition"}


class Granted(Proof):
    """Evidence that the schema does not know, for whatever is claimed."""

    scope = Scope.ALL_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        """Nothing is refused."""


@pytest.mark.parametrize(
    ("side", "words"),
    [
        (Data((Fraction(1),), (1,)), "a Data has no place in a statement for all sizes"),
        (Leaf("X", (1,)), "the evidence Granted is about these sizes only"),
        (Sum((Leaf("X", (1,)), Map("relu", Leaf("X", (1,)))), (1,)), "the evidence Granted"),
    ],
)
def test_what_has_no_place_in_the_schema_is_refused(tmp_path: Path, side: Term, words: str) -> None:
    odd = Theorem("odd", (Derivation((Step(side, side, Rule.GIVEN, Granted()),)),))
    with pytest.raises(GradproofError, match=words):
        export([theorem("input-gradient"), odd], tmp_path)
    assert not list(tmp_path.iterdir()), "something was written before the refusal"


def test_one_name_for_two_tensors_is_refused() -> None:
    form = Form((), ((("i",),), (("j",),)), (("i", 2), ("j", 3)))
    both = Multi(form, (Leaf("X", (2,)), Leaf("X", (3,))))
    with pytest.raises(GradproofError, match="the name X stands for tensors of two shapes"):
        text(Theorem("two", (Derivation((reindexed(both, both),)),)))


def test_an_instance_is_not_a_statement_for_all_sizes() -> None:
    X, F = s.tensor("X", (3, 3)), s.tensor("F", (2, 2))
    proof = s.derive(s.mse_loss(s.conv2d(X, F), s.tensor("T", (2, 2)))).proof(F)
    with pytest.raises(GradproofError, match="not exported"):
        text(Theorem("instance", (proof,)))


def test_an_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="ascii")
    with pytest.raises(GradproofError, match=r"cannot write to .*file: it is a file, not a folder"):
        export([theorem("input-gradient")], tmp_path / "file")


def test_nothing_half_written_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export([theorem("input-gradient")], tmp_path)
    before = (tmp_path / "input-gradient.json").read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(GradproofError, match="No space left on device"):
        export([theorem("input-gradient")], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["input-gradient.json"]
    assert (tmp_path / "input-gradient.json").read_bytes() == before


def test_all_files_are_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "im2col.json").mkdir()
    with pytest.raises(GradproofError, match=r"cannot write .*im2col\.json: it is a folder"):
        export([theorem("input-gradient"), theorem("im2col")], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["im2col.json"]
