"""Notebooks: valid, the same bytes every time, and code that finds again what the page says."""

import json
import re
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest

from render import cli
from render.book import note
from render.document import Document, Heading
from render.notation import standard
from render.notebook import NotebookError, notebook
from render.own.document import document
from render.recompute import recompute
from render.words import languages, words
from tests.render.demo import book, demo
from tests.render.own_networks import NETWORKS
from tests.render.samples import EVERY_NOTE
from tests.render.test_own import built, numbers
from tests.tools import ROOT


@cache
def written(name: str, lang: str) -> str:
    return notebook(note(name), words(lang, name), standard())


def cells(name: str, lang: str = "en") -> list[Any]:
    made: Any = nbformat
    read = made.reads(written(name, lang), as_version=4)
    made.validate(read)
    return list(read.cells)


def code(name: str, lang: str = "en") -> str:
    return "\n".join(cell.source for cell in cells(name, lang) if cell.cell_type == "code")


def run(text: str) -> None:
    exec(compile(text, "notebook", "exec"), {"display": lambda _: None, "print": lambda *_: None})  # noqa: S102 - ours


@pytest.mark.parametrize("name", EVERY_NOTE)
def test_the_code_finds_again_what_the_page_says(name: str) -> None:
    text = code(name)
    run(text)
    assert re.search(r"^(assert |display\()", text, flags=re.MULTILINE)
    assert re.search(r"^assert report\w*\.ok$", text, flags=re.MULTILINE) or "evaluate" not in text


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("conv-sum-mse", 'assert at.grads["K"].tolist() == [[48, 64], [96, 112]]'),
        ("conv-sum-mse", 'assert at.grads["K"][0, 0] == 48'),
        ("conv-sum-mse", 'K_new_value = at.values["K"] - lr * at.grads["K"]'),
        ("conv-sum-mse", 'assert at_2.values["L_new"] == Fraction(116964, 25)'),
        ("conv-layer", "d = derive(O, gradient=D)"),
        ("conv-layer", "display(d.grad(X, through=O))"),
        ("conv-layer", "display(d_2.local(O_2, F_2))"),
        ("scalar-net", 'assert at_3.grads["w1"] == -4800'),
    ],
)  # fmt: skip
def test_published_numbers_stand_in_the_code(name: str, line: str) -> None:
    assert line in code(name).splitlines()


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("conv-sum-mse", "[[48, 64]", "[[48, 65]"),
        ("conv-sum-mse", "116964", "116965"),
        ("conv-sum-mse", '"T": 230', '"T": 231'),
        ("conv-layer", "delta[0]*X[0] + delta[1]*X[1]", "delta[0]*X[0] + delta[1]*X[2]"),
        ("conv-layer", "delta_2[0, 0]*F_2[0, 0],", "delta_2[0, 0]*F_2[1, 1],"),
        ("conv-cost", "== 5898240000", "== 5898240001"),
        ("chain-rule", "3*(-4) == -12", "3*(-4) == 12"),
    ],
)  # fmt: skip
def test_a_wrong_number_or_sum_stops_the_notebook(name: str, right: str, wrong: str) -> None:
    text = code(name)
    assert right in text
    with pytest.raises(AssertionError):
        run(text.replace(right, wrong))


def test_symbols_are_compared_with_the_sums_of_the_page() -> None:
    lines = code("conv-layer").splitlines()
    forward = "assert same(d.grad(D).tolist(), [X[0]*F[0] + X[1]*F[1], X[1]*F[0] + X[2]*F[1]])"
    assert forward in lines  # the output is the gradient by its cotangent
    assert 'delta = tensor("delta", (2,))' in lines
    assert "assert same(d.entry(F, (0,), through=O), delta[0]*X[0] + delta[1]*X[1])" in lines
    assert max(map(len, lines)) < 200


def test_a_network_that_is_made_twice_is_written_once() -> None:
    lines = [line for line in code("chain-rule").splitlines() if "= derive(" in line]
    made = [note_line.partition(" = ")[2] for note_line in lines]
    assert len(made) == len(set(made))


@pytest.mark.slow
@pytest.mark.parametrize("values", [False, True])
@pytest.mark.parametrize("key", [key for key in NETWORKS if key != "large"])
def test_the_code_of_ones_own_network_finds_it_again(key: str, *, values: bool) -> None:
    text = "\n".join(found for _, found in recompute(own(key, values=values)))
    run(text)
    assert "assert report.ok" in text
    given = values and key != "groups"  # its image has more numbers than a page prints
    assert ("d.check(numbers)" in text) == given


def own(key: str, *, values: bool) -> Document:
    found = built(key)
    return document(found, NETWORKS[key][0], numbers(found) if values else None)


@pytest.mark.parametrize("name", EVERY_NOTE)
def test_the_code_is_the_same_in_every_language(name: str) -> None:
    assert len({code(name, lang) for lang in languages()}) == 1


def test_every_section_is_a_cell_with_its_code_beneath() -> None:
    found = cells("conv-sum-mse")
    assert found[0].source.split("\n\n")[0] == "# One convolution, one error, one step"
    assert "Python counts from 0" in found[0].source
    titles = [cell.source.split("\n")[0] for cell in found if cell.source.startswith("## ")]
    headings = [block for block in note("conv-sum-mse").blocks if isinstance(block, Heading) and block.level == 2]
    assert len(titles) == len(headings)
    after = [before.cell_type for before, cell in pairwise(found) if cell.cell_type == "code"]
    assert set(after) == {"markdown"}
    imports = [line for line in code("conv-sum-mse").splitlines() if line.startswith("from ")]
    assert len(imports) == len(set(imports)) == 3


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", EVERY_NOTE)
def test_formulas_and_pictures_as_notebooks_show_them(name: str, lang: str) -> None:
    pictures = 0
    for cell in cells(name, lang):
        if cell.cell_type != "markdown":
            continue
        assert "```math" not in cell.source
        assert "$`" not in cell.source
        for line in cell.source.splitlines():
            assert line.count("$$") in {0, 2}  # a display stands on one line, also inside a quotation
        shown = re.findall(r"!\[[^\]]*\]\(attachment:([^)]+)\)", cell.source)
        assert sorted(shown) == sorted(cell.get("attachments", {}))
        pictures += len(shown)
    assert pictures == sum(cell.source.count("![") for cell in cells(name, lang))


def test_the_same_document_gives_the_same_bytes() -> None:
    made = [notebook(demo(5), book("en"), standard()) for _ in range(2)]
    assert made[0] == made[1]
    assert [cell["id"] for cell in json.loads(made[0])["cells"]][:2] == ["cell-1", "cell-2"]
    assert "Appendix" in made[0]


def test_a_document_without_networks_has_no_code() -> None:
    document = Document("tiny", "table.claim", (Heading("block.proof"),))
    assert [text for _, text in recompute(document)] == [""]


def test_without_nbformat_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "nbformat", None)
    with pytest.raises(NotebookError, match="install it with `pip install nbformat`"):
        notebook(demo(), book("en"), standard())
    assert cli.main(["notes", "conv-layer", "--format", "ipynb", "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gradproof: --format ipynb needs nbformat")
    assert error.count("\n") == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


SCRIPT = """
import sys, nbformat
from nbclient import NotebookClient
place = {"metadata": {"path": sys.argv[1]}}
for path in sys.argv[2:]:
    book = nbformat.read(path, 4)
    NotebookClient(book, timeout=120, kernel_name="python3", resources=place).execute()
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    assert outputs, path
    assert not [output for output in outputs if output.get("name") == "stderr"], (path, outputs)
"""


def execute(*paths: Path) -> None:
    command = (sys.executable, "-c", SCRIPT, str(ROOT), *map(str, paths))
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY_NOTE)
def test_notebooks_run_clean(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.ipynb"
    path.write_text(written(name, "en"), encoding="utf-8")
    execute(path)


@pytest.mark.slow
@pytest.mark.parametrize("values", [False, True])
def test_notebooks_on_ones_own_networks_run_clean(tmp_path: Path, *, values: bool) -> None:
    paths = []
    for key in ("layer", "kink", "classifier", "transposed", "softmax", "array"):
        made = own(key, values=values)
        paths.append(tmp_path / f"{key}.ipynb")
        paths[-1].write_text(notebook(made, words("zh", made.name), standard()), encoding="utf-8")
    execute(*paths)
