"""Call texts: what is read, and the place and sentence of each refusal."""

import ast
from pathlib import Path
from typing import Any

import pytest

from symbolic import conv2d, derive, mse_loss, tensor
from symbolic.errors import GradproofError
from symbolic.functional import text as calltext
from symbolic.functional.text import CallTextError, network, read_shapes

SHAPES: dict[str, tuple[int, ...]] = {"X": (5, 5), "F": (3, 3), "T": (2, 2), "t": ()}


def test_a_network_is_the_one_that_the_calls_build() -> None:
    text = "mse_loss(conv2d(X, F, stride=2), T)"
    values = {"X": [[(3 * i + j) % 7 for j in range(5)] for i in range(5)], "F": [[1, 2, 3]] * 3, "T": [[1, 2], [3, 4]]}
    X, F, T = tensor("X", (5, 5)), tensor("F", (3, 3)), tensor("T", (2, 2))
    built = derive(mse_loss(conv2d(X, F, stride=2), T)).evaluate(values)
    read = derive(network(text, SHAPES)).evaluate(values)
    assert read.value == built.value
    assert (read.grads["F"] == built.grads["F"]).all()


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("conv2d(X, F)", (3, 3)),
        ("conv2d(X, F, None, (2, 1), padding=((1, 0), (0, 1)))", (2, 4)),
        ("conv2d(X, F, padding='full')", (7, 7)),
        ('conv2d(X, F, padding="same")', (5, 5)),
        ("sum(X, dim=(0,), keepdim=True)", (1, 5)),
        ("cat([X, X], dim=-1)", (5, 10)),
        ("-X * 2 + 0.5 * X**2 - 1", (5, 5)),
        ("  relu(\n  X\n  ) ", (5, 5)),
        ("sum(X) * t / 2", ()),
        ("+relu(X)", (5, 5)),
    ],
)
def test_arguments_in_the_interfaces_own_words(text: str, shape: tuple[int, ...]) -> None:
    assert network(text, SHAPES).shape == shape


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("mse_los(X, T)", "unknown operator 'mse_los'; did you mean 'mse_loss'?", 0),
        ("conv2d(X, F, strid=2)", "conv2d has no argument 'strid'; .*did you mean 'stride'?", 13),
        ("conv2d(X, G)", "'G' has no shape; tensors with one: X, F, T, t", 10),
        ("conv2d(X, F, stride=0)", "conv2d: stride must be a whole number of at least 1; got 0", 0),
        ("sum(conv2d(X, T, stride=2.5))", "stride must be a whole number", 4),
        ("conv2d(X", "this is not a call; check brackets and commas", 6),
        ("conv2d(X)", "conv2d needs the argument 'weight'", 0),
        ("conv2d(X, F, None, 1, 0, 1, 1, 3)", "conv2d takes at most 7 arguments", 31),
        ("sum(X, input=X)", "sum: the argument 'input' is given twice", 7),
        ("X.__class__", "only calls", 0),
        ("().__class__.__bases__[0]", "only calls", 0),
        ("__import__('os').system('id')", "only operators can be called", 0),
        ("eval('X')", "unknown operator 'eval'", 0),
        ("sum(X)(X)", "only operators can be called", 0),
        ("[x for x in X]", "only calls", 0),
        ("sum(*X)", "only calls", 4),
        ("sum(**X)", "sum has no argument '**'", 4),
        ("sum(X if X else X)", "only calls", 4),
        ("lambda: 0", "the character U+003A has no meaning here", 6),
        ("\uff45val(X)", "the character U+FF45 has no meaning here", 0),
        ("sum(X)\x00", "the character U+0000 has no meaning here", 6),
        ("sum(X, dim=0x10)", "only plain numbers", 11),
        ("sum(X, dim=1_0)", "only plain numbers", 11),
        ("sum(X) + 1e999", "only plain numbers", 9),
        ("sum(X) + 1j", "only plain numbers", 9),
        ("sum(X) + " + "9" * 40, "only plain numbers", 9),
        ("conv2d(X, F, padding='a b')", "only plain numbers", 21),
        ("9**9**9", "numbers alone are not calculated with", 3),
        ("(" * 40, "brackets are nested more than 30 deep", 30),
        ("-" * 500 + "X", "nested more than 200 deep", 200),
        ("+".join(["X"] * 300), "nested more than 200 deep", 0),
        ("cat([" + "-X," * 250 + "], 0)", "more than 200 operators", 605),
        ("X", "this is no network; write a call", 0),
        ("(X, X)", "this is no network", 0),
        ("sum", "'sum' is an operator; call it, sum(...)", 0),
        ("sum(-None)", "a sign stands before a number or a tensor", 4),
        ("X if", "this is not a call", 0),
        ("sum(X)\n  + sum(Y)", "this is not a call", 0),
    ],
)
def test_a_refusal_is_one_sentence_with_a_caret_under_the_place(text: str, message: str, place: int) -> None:
    with pytest.raises(CallTextError) as refused:
        network(text, SHAPES)
    sentence, shown, caret = str(refused.value).split("\n")
    for part in message.split(".*"):
        assert part in sentence
    assert sentence.isprintable()
    assert shown.isprintable()
    assert len(shown) < 80
    assert int(sentence.split(":")[0].removeprefix("column ")) - 1 == place or "\n" in text
    assert caret.strip() == "^"
    if text.isprintable():
        assert shown[caret.index("^") :] == text[place : place + len(shown) - caret.index("^")]


@pytest.mark.parametrize(("text", "message"), [("  ", "is empty"), ("X" * 2001, "2001 characters; at most 2000")])
def test_texts_without_a_place(text: str, message: str) -> None:
    with pytest.raises(CallTextError, match=message):
        network(text, SHAPES)


def test_shapes_as_texts() -> None:
    assert read_shapes(["X=4x4", "F=3x3", "b=2", "t="]) == {"X": (4, 4), "F": (3, 3), "b": (2,), "t": ()}
    wrong: list[tuple[list[Any], str]] = [
        (["X"], "expected NAME=SIZES such as X=4x4"),
        (["X=4,4"], "expected NAME=SIZES"),
        (["X=4x"], "expected NAME=SIZES"),
        (["X=-4"], "expected NAME=SIZES"),
        (["X=99999999"], "expected NAME=SIZES"),
        (["=4"], "expected NAME=SIZES"),
        (["X=1x2x3x4x5x6"], "at most 5 axes; got 6"),
        (["X=4", "X=5"], "'X' is given twice"),
    ]
    for texts, message in wrong:
        with pytest.raises(GradproofError, match=message):
            read_shapes(texts)
    with pytest.raises(GradproofError, match="at least 1"):
        network("sum(X)", {"X": (0, 3)})


def test_nothing_is_evaluated() -> None:
    tree = ast.parse(Path(calltext.__file__).read_text(encoding="utf-8"))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"eval", "exec", "compile", "__import__", "open", "vars", "globals"}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not attributes & {"literal_eval", "sympify", "parse_expr"}
