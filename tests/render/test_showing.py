"""What users hold as text: in notebooks, and the body of the note on a network."""

import subprocess
import sys
from pathlib import Path

import pytest

from render.showing import show
from render.words import languages, words
from symbolic import avg_pool2d, conv2d, derive, mse_loss, showing, tensor
from symbolic.errors import GradproofError, NameInvalidError
from symbolic.network.derived import Derived
from symbolic.theorems import theorem
from tests.render.html_tree import tree
from tests.tools import ROOT, require_tool

X, F, T = tensor("X", (2, 2)), tensor("F", (2, 2)), tensor("T", (1, 1))
O = conv2d(X, F, name="O")


def network() -> Derived:
    made: Derived = derive(mse_loss(conv2d(tensor("X", (3, 3)), F, name="O"), tensor("T", (2, 2)), name="L"))
    return made


@pytest.mark.parametrize(
    ("thing", "latex"),
    [
        (X, r"$$X = \begin{pmatrix} X_{11} & X_{12} \\ X_{21} & X_{22} \end{pmatrix}$$"),
        (O, r"$$O = X \star F$$"),
        (avg_pool2d(X, 2), r"$$\mathrm{avgpool}_{2 \times 2}(X)$$"),
        (tensor("b"), r"$$b \in \mathbb{R}$$"),
        (tensor("W", (3, 224, 224)), r"$$W \in \mathbb{R}^{3 \times 224 \times 224}$$"),
    ],
)
def test_a_tensor_shows_what_it_is(thing: showing.Shown, latex: str) -> None:
    assert thing._repr_latex_() == latex
    html = tree(str(thing._repr_html_()))
    assert html.all("math")
    assert not html.all("script")


def test_steps_and_derivations_show_their_reasons() -> None:
    proof = network().proof("X")
    assert str(proof.steps[0]._repr_latex_()).startswith(r"$$\begin{aligned} \frac{\partial L}{\partial X} &= ")
    assert str(proof._repr_latex_()).endswith(r"&& \text{recognized as a sliding window} \end{aligned}$$")
    assert str(proof._repr_latex_()).count(" &= ") == len(proof.steps)
    html = tree(str(proof._repr_html_()))
    assert len(html.by_class("reason")) == len(proof.steps)
    assert len(html.by_class("gradproof")) == 1
    cited = proof.theorems[0]  # its sizes are letters
    assert r"\mathrm{rot}_{180}" in str(cited._repr_latex_())


def test_a_theorem_is_stated_in_words_and_formulas() -> None:
    found = theorem("im2col")
    html = tree(str(found._repr_html_()))
    (stated,) = html.by_class("theorem")
    assert words("en").text("theorem.im2col.title") in stated.text
    assert len(stated.by_class("lhs")) >= len(found.parts) > 1
    latex = str(found._repr_latex_())
    assert latex.startswith("$$\\begin{aligned}")
    assert repr(found) == f"<theorem im2col: {len(found.parts)} parts, all sizes>"


@pytest.mark.parametrize("name", ["<script>", r"X}\input{x}", "{{7*7}}", "| a |", "$x$"])
def test_hostile_names_never_come_as_far_as_a_page(name: str) -> None:
    with pytest.raises(NameInvalidError):
        tensor(name, (2, 2))
    with pytest.raises(NameInvalidError):
        conv2d(X, F, name=name)


@pytest.mark.parametrize("lang", languages())
def test_a_network_tells_its_note(lang: str) -> None:
    d = network()
    markdown, latex, html = d.markdown(lang), d.latex(lang), d.html(lang)
    assert "mse_loss(conv2d(X, F), T)" in markdown
    assert not markdown.startswith("# ")
    assert r"\begin{align*}" in latex
    assert r"\documentclass" not in latex
    (outer,) = [child for child in tree(html).children if not isinstance(child, str)]
    assert outer.attributes["lang"] == lang
    assert len(outer.all("svg")) >= 1
    for text in (markdown, latex):
        assert r"\delta \mathbin{\star_{\mathrm{full}}} \mathrm{rot}_{180}(F)" in text
    assert d.markdown(lang) == markdown


def test_a_cotangent_is_told_in_letters() -> None:
    d = derive(O, gradient=[[1]])
    assert "conv2d(X, F)" in d.markdown()


def test_what_cannot_be_printed_is_refused() -> None:
    with pytest.raises(GradproofError, match="there is no form 'docx'; there are latex, markdown, html"):
        show(X, "docx")
    with pytest.raises(GradproofError, match="int is nothing to print"):
        show(3, "latex")
    with pytest.raises(GradproofError, match="no words for the language 'fr'"):
        network().latex("fr")


def test_without_a_printer_one_sentence_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "_printers", [])
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: ())
    with pytest.raises(GradproofError, match="latex is printed by the package render"):
        network().latex()
    assert X._repr_html_() is None  # a notebook then shows the plain text
    assert network().proof("X")._repr_latex_() is None


def test_importing_the_pages_is_enough() -> None:
    script = "import render\nfrom symbolic import tensor\nprint(tensor('b')._repr_latex_())"
    done = subprocess.run((sys.executable, "-c", script), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "$$b \\in \\mathbb{R}$$\n"


@pytest.mark.slow
@pytest.mark.parametrize("lang", languages())
def test_the_latex_of_a_network_compiles(lang: str, tmp_path: Path) -> None:
    xelatex = require_tool("xelatex")
    text = network().latex(lang)
    needs = [line[2:] for line in text.split("\n\n")[0].split("\n")]
    page = ["\\documentclass{article}", r"\usepackage[fontset=fandol]{ctex}", *needs, "\\begin{document}", text]
    (tmp_path / "page.tex").write_text("\n".join([*page, "\\end{document}"]), encoding="utf-8")
    command = (xelatex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
