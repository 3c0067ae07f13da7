"""The recheck of a folder: everything is proved again, and what is damaged is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from symbolic.errors import GradproofError
from symbolic.export.schema import SCHEMA, export
from symbolic.recheck import recheck
from symbolic.recheck.screen import TRIES
from symbolic.theorems import theorem
from tests.recheck.exported import KEYS, changed, exported, rechecked

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, key: str, data: Any) -> Path:
    path = folder / f"{key}.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_every_theorem_is_proved_again(tmp_path: Path) -> None:
    export([theorem(key) for key in KEYS], tmp_path)
    results = recheck(tmp_path)
    assert [result.name for result in results] == KEYS
    assert [result.message for result in results if not result.ok] == []
    assert {result.screen for result in results} == {TRIES}
    assert all(result.steps >= theorem(result.name).steps for result in results)


def test_hypotheses_are_reported() -> None:
    result = rechecked("softmax-cross-entropy", exported("softmax-cross-entropy"))
    assert result.conditions == ("t sums to 1 along axis 1",)
    assert rechecked("input-gradient", exported("input-gradient")).conditions == ()


def test_the_same_files_give_the_same_results(tmp_path: Path) -> None:
    export([theorem("input-gradient"), theorem("softmax-cross-entropy")], tmp_path)
    assert recheck(tmp_path) == recheck(str(tmp_path))


def test_a_refusal_names_theorem_step_and_difference(tmp_path: Path) -> None:
    data = exported("input-gradient")
    data["derivations"][0]["steps"][1]["right"]["rows"][0]["p"] = "p1"
    write(tmp_path, "input-gradient", data)
    (result,) = recheck(tmp_path)
    assert not result.ok
    assert result.message.startswith("theorem input-gradient, step 2: the rows differ: ")
    assert "p1" in result.message
    assert result.screen == 0


def test_a_part_is_named_where_there_are_several() -> None:
    def other_axis(parts: Any) -> None:
        parts[1]["steps"][0]["right"]["axes"] = [1]

    assert changed("rot180-is-two-flips", other_axis).message.startswith(
        "theorem rot180-is-two-flips, part 2, step 1: the operands differ: F["
    )


def test_a_chain_must_be_linked() -> None:
    def dropped(parts: Any) -> None:
        del parts[1]["steps"][1]

    result = changed("transpose-relation", dropped)
    assert result.message == "theorem transpose-relation, part 2, step 2: it does not begin where step 1 ended"


WHOLE = {"schema": SCHEMA, "theorem": "x", "derivations": [{"tensors": {}, "steps": []}]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "x.json: expected JSON"),
        ("{", "x.json: expected JSON"),
        ("[1]", "x.json: expected an object; found a list of 1"),
        ('{"a": 1, "a": 2}', "the name 'a' stands in an object twice"),
        ('{"a": 1.5}', "1.5 is no integer"),
        ('{"a": NaN}', "NaN is no integer"),
        ('{"a": ' + "9" * 400 + "}", "an integer has more than 300 digits"),
        ("[" * 200 + "]" * 200, "at most 120 levels"),
        ("[" * 200_000 + "]" * 200_000, "at most 120 levels"),
        (json.dumps(WHOLE | {"schema": "gradproof-derivation/2"}), "x.json.schema: expected 'gradproof-derivation/1'"),
        (json.dumps({"theorem": "x", "derivations": []}), "x.json.schema: expected"),
        (json.dumps(WHOLE | {"theorem": "y"}), "x.json.theorem: expected 'x', as the file is called; found 'y'"),
        (json.dumps(WHOLE | {"more": 1}), "x.json: expected an object with schema and theorem and derivations"),
        (json.dumps(WHOLE | {"derivations": []}), "x.json.derivations: expected at least one derivation"),
        (json.dumps(WHOLE), "x.json.derivations[0].steps: expected at least one step"),
        (
            json.dumps(WHOLE | {"derivations": [{"steps": []}]}),
            "x.json.derivations[0]: expected an object with tensors",
        ),
    ],
)
def test_a_damaged_file_is_one_sentence(tmp_path: Path, content: str, words: str) -> None:
    write(tmp_path, "x", content)
    with pytest.raises(GradproofError) as caught:
        recheck(tmp_path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_damaged(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b"\xff\xfe{}")
    with pytest.raises(GradproofError, match=r"x\.json: expected text in UTF-8"):
        recheck(tmp_path)


def test_a_folder_without_theorems_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(GradproofError, match="no exported theorem"):
            recheck(folder)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("left", 1, r"steps\[0\]\.left: expected an object; found 1"),
        ("left", {"flip": 1, "sum": []}, "expected a tensor's name or an object"),
        ("right", None, r"derivations\[0\]\.steps\[0\]\.right"),
        ("by", 3, r"steps\[0\]\.by: expected a string; found 3"),
    ],
)
def test_a_value_of_the_wrong_type_is_damage(tmp_path: Path, field: str, value: Any, words: str) -> None:
    data = exported("rot180-is-two-flips")
    data["derivations"][0]["steps"][0][field] = value
    write(tmp_path, "rot180-is-two-flips", data)
    with pytest.raises(GradproofError, match=words):
        recheck(tmp_path)


def cite(theorem: str, part: int) -> dict[str, Any]:
    """The evidence that F flipped twice is what that part says of it."""
    return {"by": "cite", "theorem": theorem, "part": part, "sizes": {}, "operands": {"F": "F"}}


def citing(part: int, theorem: str = "rot180-is-two-flips") -> Any:
    """rot180-is-two-flips with its first part resting on another."""
    data = exported("rot180-is-two-flips")
    step = data["derivations"][0]["steps"][0]
    data["derivations"][0]["steps"][0] = {"left": step["left"], "right": step["right"], **cite(theorem, part)}
    return data


def test_a_citation_holds_where_the_other_statement_says_so() -> None:
    data = citing(4)
    data["derivations"].append(exported("rot180-is-two-flips")["derivations"][0])
    assert rechecked("rot180-is-two-flips", data).ok


def test_a_citation_of_another_statement_is_refused() -> None:
    result = rechecked("rot180-is-two-flips", citing(2))
    assert result.message == (
        "theorem rot180-is-two-flips, part 1, step 1: the right side is no instance of rot180-is-two-flips, part 2"
    )


def test_an_unproved_citation_is_bad_input() -> None:
    with pytest.raises(GradproofError, match="cites 'rot180-is-too-flips', for which there is no file; did you mean"):
        rechecked("rot180-is-two-flips", citing(1, "rot180-is-too-flips"))


def test_a_circle_of_citations_is_bad_input() -> None:
    with pytest.raises(GradproofError, match="the citations run in a circle: rot180-is-two-flips part 1 -> "):
        rechecked("rot180-is-two-flips", citing(1))


def test_what_is_refuted_cannot_be_cited() -> None:
    data = citing(4)
    wrong = exported("rot180-is-two-flips")["derivations"][0]
    wrong["steps"][0]["right"]["axes"] = [0]
    data["derivations"].append(wrong)
    message = rechecked("rot180-is-two-flips", data).message
    assert "part 1, step 1: it cites rot180-is-two-flips, part 4, which is not proved (step 1: the operands" in message
    assert "there" not in rechecked("rot180-is-two-flips", citing(9)).message
    assert "3 parts, no part 9" in rechecked("rot180-is-two-flips", citing(9)).message
