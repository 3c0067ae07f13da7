"""The command: what it writes and says, and the one sentence for each mistake."""

import sys
from pathlib import Path

import pytest

from render import book, cli, options
from render.document import Document, Heading
from render.formats import FORMATS
from render.notes import INDEX, NOTES
from render.progress import tracked


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "note", lambda name: Document(name, "table.claim", (Heading("block.proof"),)))


@pytest.mark.usefixtures("tiny")
def test_all_notes_are_written_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["notes", "--lang", "en,zh", "--format", "md,tex", "--out", str(tmp_path)]) == 0
    written = {
        f"{lang}/{name}{suffix}" for lang in ("en", "zh") for name in (*NOTES, INDEX) for suffix in (".md", ".tex")
    }
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")} == written
    output = capsys.readouterr()
    assert {Path(line).relative_to(tmp_path).as_posix() for line in output.out.splitlines()} == written
    assert output.err == ""


@pytest.mark.usefixtures("tiny")
def test_one_note_in_english_markdown_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["notes", "scalar-net", "scalar-net"]) == 0
    assert [path.as_posix() for path in Path("notes").rglob("*.*")] == ["notes/en/scalar-net.md"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["notes", "conv-lyer"], "unknown note 'conv-lyer'; there are chain-rule, .*; did you mean 'conv-layer'?"),
        (["notes", "../x"], "unknown note '../x'; there are "),
        (["notes", "--lang", "en,fr"], "unknown language 'fr'; there are en, zh"),
        (["notes", "--format", "pfd"], "unknown format 'pfd'; there are md, tex"),
        (
            ["notes", "--format", "md,coqq"],
            "unknown format 'coqq'; there are md, tex, html, ipynb, pdf, coq; did you mean",
        ),
        (
            ["notes", "index", "--format", "coq"],
            "--format coq certifies the equalities of notes, and the index holds none",
        ),
        (["notes", "indx"], "unknown note 'indx'; there are chain-rule, .*, index; did you mean 'index'?"),
        (["notes", "--lang", ""], "unknown language ''; there are en, zh"),
        (["notes", "--out", "/dev/null"], "cannot write to /dev/null: it is a file, not a folder"),
        (["notes", "--out", "/proc/none"], "cannot write to the folder /proc/none: No such file or directory"),
        ([], "the following arguments are required: COMMAND; see `gradproof --help`"),
        (["nots"], "argument COMMAND: invalid choice: 'nots'"),
        (["notes", "--bogus"], "unrecognized arguments: --bogus; see `gradproof --help`"),
    ],
)
def test_a_mistake_gets_one_sentence_and_status_2(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("gradproof: ")
    assert output.err.count("\n") == 1
    parts = sentence.split(".*")
    assert all(part in output.err for part in parts)


@pytest.mark.parametrize("command", ["notes", "derive"])
def test_help_names_every_format(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert set(FORMATS) == set(options.FORMATS.split(", "))
    assert f"any of {options.FORMATS}" in said
    assert ("coq" in said) is (command == "notes")


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_and_version_leave_with_status_0(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main([flag])
    assert stop.value.code == 0
    assert "gradproof" in capsys.readouterr().out


def test_there_is_no_bar_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(tracked(("a", "b"))) == ["a", "b"]
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(tracked(("conv-layer", "b"))) == ["conv-layer", "b"]
    output = capsys.readouterr()
    assert output.out == ""
    assert "\x1b[" in output.err
