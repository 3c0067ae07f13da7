"""A reader's templates: any block replaced, everything wrong with one told by file and line."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from render.cli import main
from render.document import Box, Code, Document, Heading
from render.notation import NotationError, load, standard
from render.templating import TEMPLATES, TemplateFault, readers_templates
from render.write import page

NOTE = Document("tiny", "table.claim", (Heading("block.proof"), Box("block.evidence", (Code("<b> & {x}", "text"),))))


def put(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / "mine" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path / "mine"


def written(own: Path, form: str = "md") -> str:
    notation = replace(standard(), templates=readers_templates(own))
    return next(iter(page(NOTE, "en", form, notation).values()))


def plain(form: str = "md") -> str:
    return next(iter(page(NOTE, "en", form).values()))


def test_one_block_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    own = put(tmp_path, "markdown/heading.md", "<% for x in [level] %>-- << text >> --<% endfor %>")
    assert written(own) == plain().replace("## Proof", "-- Proof --")
    assert written(own, "tex") == plain("tex")


@pytest.mark.parametrize("folder", [path.name for path in TEMPLATES.iterdir() if path.is_dir()])
def test_the_packages_own_templates_may_be_copied_and_give_the_same_page(folder: str, tmp_path: Path) -> None:
    form = {"latex": "tex", "markdown": "md", "html": "html", "notebook": "ipynb"}[folder]
    for path in (TEMPLATES / folder).iterdir():
        if path.suffix not in {".js", ".css"}:
            put(tmp_path, f"{folder}/{path.name}", path.read_text(encoding="utf-8"))
    assert written(tmp_path / "mine", form) == plain(form)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("one\n\n<< texd >>", r"heading\.md, line 3: 'texd' is undefined; it may use text, level"),
        ("<< text.no >>", r"heading\.md, line 1: .*no attribute 'no'"),
        ("<< text + 1 >>", r"heading\.md, line 1: "),
        ("<< 1 / 0 >>", r"heading\.md, line 1: division by zero"),
        ("<< text.__class__.__mro__ >>", r"heading\.md, line 1: access to attribute '__class__'"),
        ('<% include "no.md" %>', r"heading\.md, line 1: no\.md"),
    ],
)
def test_a_template_that_cannot_be_filled_is_told_by_file_and_line(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match=sentence) as refusal:
        written(put(tmp_path, "markdown/heading.md", text))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("markdown/heading.md", "\n<% if %>", r"heading\.md, line 2: "),
        ("markdown/headin.md", "", r"no block of markdown has this name; .*did you mean 'heading\.md'"),
        ("markdwn/heading.md", "", "templates lie in a folder named html, latex, markdown"),
        ("heading.md", "", "templates lie in a folder named"),
        ("html/style.css", "", "no block of html has this name"),
    ],
)
def test_a_folder_is_read_before_anything_is_written(name: str, text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match=sentence):
        readers_templates(put(tmp_path, name, text))


def test_folders_that_hold_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match="there is no folder of templates"):
        readers_templates(tmp_path / "none")
    with pytest.raises(TemplateFault, match="holds no templates"):
        readers_templates(tmp_path)
    (tmp_path / "markdown").mkdir()
    (tmp_path / "markdown" / "box.md").write_bytes(b"\xff")
    with pytest.raises(TemplateFault, match="cannot be read"):
        readers_templates(tmp_path)


def test_what_a_template_prints_is_escaped(tmp_path: Path) -> None:
    own = put(tmp_path, "markdown/heading.md", '<< "a | <b>" >>')
    assert r"a \| \<b\>" in written(own)


def test_a_notation_file_cannot_choose_templates(tmp_path: Path) -> None:
    path = tmp_path / "notation.toml"
    path.write_text('templates = "/tmp"', encoding="utf-8")
    with pytest.raises(NotationError, match="unknown key 'templates'"):
        load(path)


def test_a_template_that_fails_late_leaves_no_page_of_the_notes_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = put(tmp_path, "markdown/code.md", "\n<< colour >>")  # the second note is the first one with a listing
    out = tmp_path / "out"
    arguments = ["notes", "chain-rule", "conv-sum-mse", "--lang", "en,zh", "--templates", str(own), "--out", str(out)]
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"gradproof: {own}/markdown/code.md, line 2: 'colour' is undefined; it may use ")
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert not out.exists()


def test_a_template_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    own = put(tmp_path, "markdown/heading.md", "first << text >>")
    assert "first Proof" in written(own)
    path = own / "markdown" / "heading.md"
    path.write_text("second << text >>", encoding="utf-8")
    os.utime(path, (0, path.stat().st_mtime + 10))
    assert "second Proof" in written(own)
