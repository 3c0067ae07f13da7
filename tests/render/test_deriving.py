"""`gradproof derive`: what it writes and prints, and the one sentence for each mistake; nothing is half-written."""

import json
from pathlib import Path

import pytest

from render import cli

EXPR = "mse_loss(avg_pool2d(conv2d(X, F), 2), T)"
SHAPES = ["--shape", "X=3x3", "--shape", "F=2x2", "--shape", "T=1x1"]
VALUES = {"X": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "F": [[3, 2], [1, 5]], "T": [[50]]}


def values(tmp_path: Path, given: object = VALUES) -> str:
    path = tmp_path / "values.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    return str(path)


def test_pages_are_written_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    arguments = ["derive", EXPR, *SHAPES, "--at", values(tmp_path), "--lang", "en,zh", "--format", "md,tex,html"]
    assert cli.main([*arguments, "--out", str(out)]) == 0
    pages = {f"{lang}/derive.{form}" for lang in ("en", "zh") for form in ("md", "tex", "html")}
    files = {path.relative_to(out).as_posix() for path in out.rglob("*.*")}
    assert files == pages | {f"figures/derive-graph.{lang}.svg" for lang in ("en", "zh")}
    output = capsys.readouterr()
    assert {Path(line).relative_to(out).as_posix() for line in output.out.splitlines()} == files
    assert output.err == ""
    text = (out / "en" / "derive.md").read_text(encoding="utf-8")
    assert EXPR in text
    assert r"\begin{pmatrix} 48 & 64 \\ 96 & 112 \end{pmatrix}" in text  # dL/dF, as in the README


def test_files_bear_the_name_that_is_asked_for(tmp_path: Path) -> None:
    arguments = ["derive", EXPR, *SHAPES, "--name", "my-layer.2", "--format", "md,ipynb", "--out", str(tmp_path)]
    assert cli.main(arguments) == 0
    assert cli.main([*arguments[:-4], "--format", "md", "--fragment", "--out", str(tmp_path)]) == 0
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")} - {
        "figures/my-layer.2-graph.en.svg"
    }
    assert files == {"en/my-layer.2.md", "en/my-layer.2.ipynb", "en/my-layer.2-body.md"}
    text = (tmp_path / "en" / "my-layer.2.md").read_text(encoding="utf-8")
    assert "(../figures/my-layer.2-graph.en.svg)" in text
    assert (tmp_path / "figures" / "my-layer.2-graph.en.svg").is_file()


def test_gradients_are_printed_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    at = values(tmp_path)
    assert cli.main(["derive", EXPR, *SHAPES, "--print", "--wrt", "F", "--at", at]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "dL/dF, shape (2, 2), where delta = dL/dO:" in lines
    assert "  F_11: X_11*delta_11 + X_12*delta_12 + X_21*delta_21 + X_22*delta_22" in lines
    assert "  at the given values: [[48, 64]," in lines
    assert not any("dL/dX" in line for line in lines)
    assert [path.name for path in tmp_path.iterdir()] == ["values.json"]


def test_short_gradients_are_printed_in_the_inputs_and_long_ones_are_cut(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["derive", "sum(a*x**2)", "--shape", "x=20", "--shape", "a=", "--print", "--wrt", "x"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  x_1: 2*a*x_1" in lines
    assert "  ... and 4 more entries" in lines
    assert cli.main(["derive", "sum(conv2d(X, F))", "--shape", "X=40x40", "--shape", "F=3x3", "--print"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) < 450
    assert "dL/dF, shape (3, 3): 9 entries of about 2888 factors each; the note tells them by a formula" in lines


def test_a_deep_network_is_printed_layer_by_layer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deep = ["derive", "sum(" + "relu(" * 25 + "x" + "+1)" * 25 + ")", "--shape", "x=2", "--wrt", "x", "--print"]
    assert cli.main(deep) == 0
    assert "  x_1: " in capsys.readouterr().out
    at = values(tmp_path, {"x": [1, 2]})
    assert cli.main(["derive", "sum(x" + "-1" * 190 + ")", "--shape", "x=2", "--print", "--at", at]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {"dL/dx, shape (2,), where delta = dL/dO:", "  x_1: delta_1", "  at the given values: [1, 1]"} <= set(lines)


def test_a_gradient_at_logits_is_printed_in_the_results_of_the_layers(capsys: pytest.CaptureFixture[str]) -> None:
    shapes = ["--shape", "x=2x8", "--shape", "W=3x8", "--shape", "P=2x3", "--shape", "c=3"]
    assert cli.main(["derive", "cross_entropy(linear(relu(x), W, c), P)", *shapes, "--print", "--wrt", "W,P"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  W_11: O_11*delta_11 + O_21*delta_21" in lines
    assert "  P_11: -(Q_11 - log(exp(Q_11) + exp(Q_12) + exp(Q_13)))/2" in lines


def test_an_array_is_paired_with_a_cotangent(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["derive", "conv1d(x, w)", "--shape", "x=3", "--shape", "w=2", "--print"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "cotangent D, shape (2,)" in lines
    assert "  w_1: D_1*x_1 + D_2*x_2" in lines


def test_a_long_note_is_announced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["derive", "sum(conv2d(X, F))", "--shape", "X=20x20", "--shape", "F=4x4", "--out", str(tmp_path)]
    assert cli.main(arguments) == 0
    assert "of large arrays the note tells one entry" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("expr", "rest", "sentence"),
    [
        ("mse_loss(conv2(X, F), T)", SHAPES, "column 10: unknown operator 'conv2'; did you mean 'conv2d'?"),
        ("sum(conv2d(X, F, strid=2))", SHAPES[:4], "did you mean 'stride'?"),
        ("sum(conv2d(X, G))", SHAPES[:2], "'G' has no shape; tensors with one: X; give it one, such as G=3x3"),
        (
            "sum(conv2d(X, F))",
            ["--shape", "X=3x3", "--shape", "F=4x4"],
            "conv2d: the kernel (4, 4) is larger",
        ),
        ('__import__("os")', [], "column 1: unknown operator '__import__'"),
        ("sum(X", SHAPES[:2], "this is not a call"),
    ],
)
def test_a_mistake_in_the_expression_gets_a_caret(
    expr: str, rest: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["derive", expr, *rest, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    first, text, caret = error.splitlines()
    column = int(first.split("column ")[1].split(":")[0])
    assert text == f"  {expr}"
    assert caret == " " * (column + 1) + "^"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        (["--shape", "Y=2"], "--shape Y: no such tensor in EXPR, which has X, F, T"),
        (["--shape", "X=3x3"], "'X' is given twice"),
        (["--shape", "Z=3y3"], "expected NAME=SIZES"),
        (["--wrt", "G"], "--wrt G: EXPR has no such tensor; it has X, F, T"),
        (["--name", "../x"], "--name ../x: a file's name begins with a letter or digit"),
        (["--name", ""], "--name : a file's name begins with a letter or digit"),
        (["--name", ".x"], "--name .x: a file's name"),
        (["--name", "a b"], "--name a b: a file's name"),
        (["--name", "x" * 61], "a file's name begins with"),
        (["--name", "conv-layer"], "--name conv-layer: a note of `gradproof notes` has this name"),
        (["--lang", "fr"], "unknown language 'fr'; there are en, zh"),
        (["--format", "pfd"], "unknown format 'pfd'"),
        (["--notation", "none.toml"], "the notation file none.toml cannot be read"),
        (["--templates", "none"], "there is no folder of templates none"),
        (["--at", "none.json"], "the values in none.json cannot be read"),
        (["--out", "/dev/null"], "cannot write to /dev/null: it is a file"),
        (["--out", "/proc/none"], "cannot write to the folder /proc/none"),
    ],
)
def test_any_other_mistake_gets_one_sentence(
    rest: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["derive", EXPR, *SHAPES, *rest]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gradproof: ")
    assert error.count("\n") == 1
    assert sentence in error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({**VALUES, "F": [1, 2]}, "F: expected values of shape (2, 2); got shape (2,)"),
        ({**VALUES, "G": 1}, "the network has no input 'G'"),
        ({"X": VALUES["X"]}, "no value for F, T"),
        ({**VALUES, "T": [[float("nan")]]}, "every value must be a finite number; got NaN"),
    ],
)
def test_values_that_do_not_fit_are_refused(
    given: object, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.main(["derive", EXPR, *SHAPES, "--at", values(tmp_path, given), "--out", str(out)]) == 2
    assert sentence in capsys.readouterr().err
    assert not out.exists()


def test_a_division_by_zero_leaves_no_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    at = values(tmp_path, {"x": [0, 1]})
    assert cli.main(["derive", "sum(1/x)", "--shape", "x=2", "--at", at, "--out", str(out)]) == 2
    assert "division by 0" in capsys.readouterr().err
    assert not [path for path in out.rglob("*") if path.is_file()]


def test_notation_and_templates_are_the_readers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notation = tmp_path / "my.toml"
    notation.write_text('base = 0\nstar = "\\\\ast"\ngradient = "partial"\n[names]\nF = "W"\n', encoding="utf-8")
    box = tmp_path / "mine" / "markdown" / "heading.md"
    box.parent.mkdir(parents=True)
    box.write_text("=== << text >>", encoding="utf-8")
    looks = ["--notation", str(notation), "--templates", str(tmp_path / "mine")]
    for command, name in ((["derive", EXPR, *SHAPES], "derive"), (["notes", "conv-layer"], "conv-layer")):
        assert cli.main([*command, *looks, "--out", str(tmp_path / name)]) == 0
        text = (tmp_path / name / "en" / f"{name}.md").read_text(encoding="utf-8")
        assert r"X \ast W" in text
        assert r"W_{00}" in text
        assert ":=" not in text  # gradients are written out, so no name is given to one
        assert r"\frac{\partial L}{\partial O}" in text
        assert "=== " in text
    box.write_text("ok\n<< txt >>", encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["derive", EXPR, *SHAPES, *looks, "--out", str(tmp_path / "bad")]) == 2
    assert "heading.md, line 2: 'txt' is undefined" in capsys.readouterr().err
    assert not [path for path in (tmp_path / "bad").rglob("*") if path.is_file()]
