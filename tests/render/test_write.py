"""Writing: whole files or none, where they belong."""

from pathlib import Path

import pytest

from render import write as module
from render.document import Document, Heading
from render.write import WriteError, write_file, write_note

TINY = Document("tiny", "table.claim", (Heading("block.proof"),))


def test_a_note_goes_to_its_languages_folder(tmp_path: Path) -> None:
    paths = [write_note(TINY, lang, form, tmp_path)[0] for lang in ("en", "zh") for form in ("md", "tex")]
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "en/tiny.md",
        "en/tiny.tex",
        "zh/tiny.md",
        "zh/tiny.tex",
    ]
    assert paths[0].read_bytes() == b"# claim\n\n## Proof\n"
    assert paths[2].read_text(encoding="utf-8") == "# 结论\n\n## 证明\n"
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["tiny.md"] * 2 + ["tiny.tex"] * 2


def test_a_written_file_has_the_rights_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("", encoding="utf-8")
    path = write_file(tmp_path / "new", "x\n")
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_file(tmp_path / "page", "old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(WriteError, match=r"cannot write .*page: No space left on device"):
        write_file(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["page"]


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en").write_text("", encoding="utf-8")
    with pytest.raises(WriteError, match="cannot write"):
        write_note(TINY, "en", "md", tmp_path)


def test_unknown_language_and_format_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    for lang, form in (("fr", "md"), ("en", "pfd")):
        with pytest.raises(ValueError, match="there are"):
            module.write_note(TINY, lang, form, tmp_path)
    assert not list(tmp_path.iterdir())
