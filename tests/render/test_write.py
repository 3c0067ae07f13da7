"""Writing: whole files or none, where they belong."""

import subprocess
import sys
from pathlib import Path

import pytest

from render import write as module
from render.document import Document, Heading
from render.write import write_all, write_file, write_note
from symbolic.files import WriteError, try_folder
from tests.tools import ROOT

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


def test_all_files_are_put_in_place_or_none(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_file(out / "en" / "a", "old")
    (out / "zh").write_text("in the way", encoding="utf-8")
    with pytest.raises(WriteError, match=r"cannot write .*zh/b: "):
        write_all(out, {"en/a": "new", "figures/x": "new", "zh/b": "new"})
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*")) == ["en", "en/a", "zh"]
    assert (out / "en" / "a").read_text(encoding="utf-8") == "old"
    with pytest.raises(WriteError, match="en: it is a folder"):
        write_all(out, {"zz": "new", "en": "new"})
    assert not (out / "zz").exists()


def test_a_file_that_grows_too_large_leaves_nothing(tmp_path: Path) -> None:
    """As on a full disk: the second file does not fit, so that the first is not put in place either."""
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from render.write import write_all\nfrom symbolic.files import WriteError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    write_all(Path(sys.argv[1]), {'small': 'x', 'en/large': 'x' * 5000})\n"
        "except WriteError as error:\n"
        "    print(error)\n"
    )
    command = (sys.executable, "-c", script, str(tmp_path / "out"))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"cannot write {tmp_path / 'out' / 'en' / 'large'}: File too large\n"
    assert not list(tmp_path.iterdir())


def test_trying_a_folder_leaves_nothing(tmp_path: Path) -> None:
    try_folder(tmp_path / "new" / "out")
    try_folder(tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(WriteError, match="it is a file, not a folder"):
        try_folder(write_file(tmp_path / "file", ""))
    with pytest.raises(WriteError, match=r"cannot write to the folder .*: Not a directory"):
        try_folder(tmp_path / "file" / "out")


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en").write_text("", encoding="utf-8")
    with pytest.raises(WriteError, match="cannot write"):
        write_note(TINY, "en", "md", tmp_path)


def test_unknown_language_and_format_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    for lang, form in (("fr", "md"), ("en", "pfd")):
        with pytest.raises(ValueError, match="there are"):
            module.write_note(TINY, lang, form, tmp_path)
    assert not list(tmp_path.iterdir())
