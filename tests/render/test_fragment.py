"""Fragments: the body alone, which another page can take in, and nothing where there can be none."""

import re
import subprocess
from pathlib import Path

import pytest

from render import cli
from render.document import Document, Heading
from render.formats import FORMATS
from render.notation import standard
from render.page import Page
from render.words import languages, words
from tests.render.demo import book, demo
from tests.render.html_tree import tree
from tests.tools import require_tool


def fragment(form: str, lang: str = "en") -> str:
    return Page(demo(5), book(lang), FORMATS[form], standard()).fragment()


def whole(form: str, lang: str = "en") -> str:
    return Page(demo(5), book(lang), FORMATS[form], standard()).text()


@pytest.mark.parametrize("lang", languages())
def test_markdown_without_its_title(lang: str) -> None:
    assert whole("md", lang).split("\n", 2)[2].lstrip("\n") == fragment("md", lang)


@pytest.mark.parametrize("lang", languages())
def test_latex_without_its_preamble(lang: str) -> None:
    text = fragment("tex", lang)
    assert "\\documentclass" not in text
    assert "\\begin{document}" not in text
    body = text.split("\n\n", 1)[1]
    assert body.rstrip("\n") in whole("tex", lang)
    needs = [line[2:] for line in text.split("\n\n")[0].split("\n")]
    assert all(need in whole("tex", lang) for need in needs)
    assert r"\usepackage{amsmath,amssymb,amsthm}" in needs


@pytest.mark.parametrize("lang", languages())
def test_html_brings_its_looks_along_and_touches_nothing_else(lang: str) -> None:
    root = tree(fragment("html", lang))
    (outer,) = [child for child in root.children if not isinstance(child, str)]
    assert (outer.tag, outer.attributes) == ("div", {"class": "gradproof", "lang": lang})
    assert not {"html", "head", "body", "meta"} & {element.tag for element in root.walk()}
    (style,) = root.all("style")
    flat = re.sub(r"/\*.*?\*/", "", style.text, flags=re.DOTALL)
    selectors = [part.strip() for rule in re.findall(r"([^{}]+)\{", flat) for part in rule.split(",")]
    assert len(selectors) > 40
    assert all(part.startswith((".gradproof", "@media")) for part in selectors)


@pytest.mark.parametrize("arguments", [["notes", "conv-layer"]])
def test_the_command_writes_bodies_beside_pages(arguments: list[str], tmp_path: Path) -> None:
    arguments = [*arguments, "--lang", "en,zh", "--out", str(tmp_path)]
    assert cli.main([*arguments, "--format", "md,tex,html", "--fragment"]) == 0
    names = {path.name for path in (tmp_path / "zh").iterdir()}
    assert names == {f"conv-layer-body.{kind}" for kind in ("md", "tex", "html")}
    assert cli.main([*arguments, "--format", "md"]) == 0
    page, body = (
        (tmp_path / "zh" / name).read_text(encoding="utf-8") for name in ("conv-layer.md", "conv-layer-body.md")
    )
    assert page == f"# {words('zh', 'conv-layer').text('title')}\n\n{body}"


def test_a_network_of_ones_own_as_a_fragment(tmp_path: Path) -> None:
    arguments = ["derive", "mse_loss(conv2d(X, F), T)", "--shape", "X=3x3", "--shape", "F=2x2", "--shape", "T=2x2"]
    assert cli.main([*arguments, "--format", "html,ipynb", "--out", str(tmp_path)]) == 0
    assert cli.main([*arguments, "--format", "html", "--fragment", "--out", str(tmp_path)]) == 0
    assert {path.name for path in (tmp_path / "en").iterdir()} == {"derive.html", "derive.ipynb", "derive-body.html"}


@pytest.mark.parametrize("form", ["ipynb", "pdf", "coq"])
def test_what_is_whole_only_is_refused_before_anything_is_written(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["notes", "conv-layer", "--format", f"md,{form}", "--fragment", "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error == f"gradproof: --fragment writes md, tex, html; '{form}' is a whole document only\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_thesis_can_input_it(tmp_path: Path) -> None:
    xelatex = require_tool("xelatex")
    (tmp_path / "body.tex").write_text(fragment("tex"), encoding="utf-8")
    needs = [line[2:] for line in fragment("tex").split("\n\n")[0].split("\n")]
    thesis = [
        "\\documentclass{report}",
        *needs,
        "\\begin{document}",
        "\\chapter{One}",
        "\\input{body}",
        "\\end{document}",
    ]
    (tmp_path / "thesis.tex").write_text("\n".join(thesis), encoding="utf-8")
    command = (xelatex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "thesis.tex")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


def test_a_body_begins_with_its_first_block() -> None:
    page = Page(Document("demo", "title", (Heading("setting"),)), book("en"), FORMATS["md"], standard())
    assert page.fragment() == "## The setting\n"
