"""notation.toml: what it sets, and what it cannot be made to say."""

from pathlib import Path

import pytest

from render.math import tex
from render.notation import FILE, Notation, NotationError, load, standard
from symbolic import conv2d, tensor

BODY = conv2d(tensor("X", (3, 3)), tensor("F", (2, 2))).body


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_that_comes_along_sets_every_key() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert standard() == Notation(names={"lr": r"\eta", "x_hat": r"\hat{x}"})
    assert all(key in text for key in Notation.__dataclass_fields__ if key not in {"several", "templates"})


def test_a_users_file_changes_the_print(tmp_path: Path) -> None:
    notation = load(written(tmp_path, 'star = "\\\\ast"\n[names]\nX = "\\\\mathbf{X}"\n'))
    assert tex(BODY, notation) == r"\mathbf{X} \ast F"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('stra = "x"', r"unknown key 'stra'; there are star, .*; did you mean 'star'"),
        ('star = "\\\\input{x}"', r"star is one of .*otimes; got '\\\\input"),
        ("base = 2", "base is one of 0, 1; got 2"),
        ("base = true", "base is one of 0, 1; got True"),
        ("decimals = 1", "decimals is one of False, True; got 1"),
        ("most_terms = -1", "most_terms is a whole number of at least 0; got -1"),
        ("names = 3", r"\[names\] is a table"),
        ('[names]\nX = "\\\\input{x}"', "name 'X' may use letters"),
        ('[names]\nX = "$x$"', "name 'X' may use letters"),
        ('[names]\nX = "{x"', "name 'X' may use letters"),
        ('[names]\nX = ""', "name 'X' must be a short text"),
        ("star =", "is no TOML"),
    ],
)
def test_what_is_no_notation_is_refused_by_key(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(NotationError, match=complaint):
        load(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotationError, match=r"none\.toml cannot be read: No such file"):
        load(tmp_path / "none.toml")
