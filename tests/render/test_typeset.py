"""PDF: typeset where TeX is, one sentence and the .tex where it is not or where it refuses the page."""

from pathlib import Path

import pytest

from render import book, cli, typeset
from render.document import Document, Heading
from symbolic.files import WriteError
from tests.tools import require_tool

TINY = Document("tiny", "table.claim", (Heading("block.proof"),))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "note", lambda name: Document(name, "table.claim", (Heading("block.proof"),)))


@pytest.mark.usefixtures("tiny")
def test_without_tex_one_sentence_says_what_to_install_and_the_pages_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("render.typeset.shutil.which", lambda _: None)
    names = ["conv-layer", "scalar-net"]
    assert cli.main(["notes", *names, "--lang", "en,zh", "--format", "md,pdf", "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gradproof: --format pdf needs latexmk and xelatex: on Debian `apt-get install latexmk ")
    assert error.count("\n") == 1
    assert "4 .tex files were kept, such as" in error
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert written == {f"{lang}/{name}.{kind}" for lang in ("en", "zh") for name in names for kind in ("md", "tex")}


def test_only_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("render.typeset.shutil.which", lambda tool: None if tool == "xelatex" else tool)
    with pytest.raises(WriteError, match=r"needs xelatex: .*page\.tex was kept"):
        typeset.typeset([tmp_path / "page.tex"])
    assert typeset.typeset([]) == []


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_becomes_a_pdf_the_same_every_time(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    require_tool("latexmk")
    require_tool("xelatex")
    monkeypatch.setattr(book, "note", lambda _: TINY)
    found = []
    for out in (tmp_path / "one", tmp_path / "two"):
        assert cli.main(["notes", "conv-layer", "--lang", lang, "--format", "pdf", "--out", str(out)]) == 0
        assert {path.name for path in out.rglob("*.*")} == {"tiny.tex", "tiny.pdf"}
        found.append((out / lang / "tiny.pdf").read_bytes())
    assert found[0].startswith(b"%PDF-")
    assert found[0] == found[1]
    assert str(tmp_path / "one" / lang / "tiny.pdf") in capsys.readouterr().out.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (r"\undefined", "Undefined control sequence"),
        (r"\input{/etc/hostname}", "not found"),
        (r"\input{../secret}", "not found"),
    ],
)
def test_a_page_that_tex_refuses_is_kept_and_nothing_else(line: str, complaint: str, tmp_path: Path) -> None:
    require_tool("latexmk")
    require_tool("xelatex")
    (tmp_path / "secret.tex").write_text("secret", encoding="utf-8")
    page = tmp_path / "out" / "page.tex"
    page.parent.mkdir()
    page.write_text(rf"\documentclass{{article}}\begin{{document}}{line} x\end{{document}}", encoding="utf-8")
    with pytest.raises(WriteError, match=rf"page\.tex was kept: XeLaTeX cannot typeset it: .*{complaint}"):
        typeset.typeset([page])
    assert [path.name for path in page.parent.iterdir()] == ["page.tex"]


@pytest.mark.slow
def test_latexmk_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_tool("latexmk")
    require_tool("xelatex")
    monkeypatch.setattr(typeset, "SECONDS", 2)
    page = tmp_path / "page.tex"
    page.write_text(r"\documentclass{article}\begin{document}\loop\iftrue\repeat\end{document}", encoding="utf-8")
    with pytest.raises(WriteError, match="latexmk took more than 2 seconds"):
        typeset.typeset([page])
