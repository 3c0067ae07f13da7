"""Formulas in the plain text of questions: found where they are, and nowhere else."""

import re

import pytest

from render.formats import FORMATS
from render.plainmath import pieces, tex, typeset
from render.questions import question
from symbolic.exercises.catalogue import HOMES, exercise
from symbolic.exercises.sheet import statement
from symbolic.exercises.variants import variant

SIGNS = set("∂⋆²√·…×=ε")  # nothing of a formula is left in the words


def marked(text: str) -> str:
    return "".join(f"<{piece.text}>" if piece.kind == "math" else piece.text for piece in pieces(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A layer of 3×3 gives O = X ⋆ F.", "A layer of <3×3> gives <O = X ⋆ F>."),
        ("Write down ∂L/∂weights, [∂L/∂b_1]", "Write down <∂L/∂weights>, [<∂L/∂b_1>]"),
        ("L = (S − 230)². Give ∂L/∂K.", "<L = (S − 230)²>. Give <∂L/∂K>."),
        ("delta_11 … delta_22 (d_11 for short)", "<delta_11 … delta_22> (<d_11> for short)"),
        ("O_i = F_1 X_(2i−1) + F_2 X_(2i): stride 2", "<O_i = F_1 X_(2i−1) + F_2 X_(2i)>: stride 2"),
        ("y1 = w1·x + b1, give [dw1, db1]", "<y1 = w1·x + b1>, give [dw1, db1]"),
        ("K = [[3, 2], [1, −5]]，大小为 2×2", "<K = [[3, 2], [1, −5]]>，大小为 <2×2>"),
        ("r = 1/√(variance + ε), 28 entries, 0.01", "<r = 1/√(variance + ε)>, 28 entries, 0.01"),
        ("for O = conv2d(X, F), stride 1", "for <O> = conv2d(<X>, <F>), stride 1"),
        ("I see a layer's output; 3a of it", "I see a layer's output; 3a of it"),
        (
            r"`conv2d(X, F)` of X(\input{no} + 1)",
            r"`conv2d(X, F)` of <X>(\input{no} + 1)",
        ),
        (r"X_(\no) rot180(\no) [[\no]]", r"X_(\no) rot180(\no) [[\no]]"),
    ],
)
def test_what_is_a_formula(text: str, found: str) -> None:
    assert marked(text) == found


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("O = X ⋆ F", r"O = X \star F"),
        ("X_(2i−1)", "X_{2i-1}"),
        ("L = (z − t)²", "L = (z - t)^2"),
        ("∂L/∂b_1", r"\partial L/\partial b_{1}"),
        ("∂L/∂weights", r"\partial L/\partial \mathrm{weights}"),
        ("K = [[3, 2], [1, 5]]", r"K = \begin{pmatrix}3 & 2 \\ 1 & 5\end{pmatrix}"),
        ("r = 1/√(方差 + ε)", r"r = 1/\sqrt{\text{方差} + \varepsilon}"),
    ],
)
def test_how_it_is_written(text: str, written: str) -> None:
    assert tex(text) == written


def test_what_is_typed_is_code() -> None:
    line = "Write X_11, delta_1_10 (d for delta); conv(A, B) and A.T, 3/4; gradproof check x --variant 3 FILE"
    found = [piece.text for piece in pieces(line, typed=True) if piece.kind == "code"]
    assert found == ["X_11", "delta_1_10", "d", "delta", "conv(A, B)", "A.T", "gradproof check x --variant 3 FILE"]
    assert {piece.kind for piece in pieces(line, typed=True)} == {"text", "code"}
    assert typeset("`a_b`", FORMATS["tex"]) == r"\texttt{a\_b}"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", HOMES)
def test_every_question_is_set_without_rest(name: str, lang: str) -> None:
    for known in (exercise(name), variant(name, 1)):
        text = statement(known, lang)
        assert "".join(piece.text for piece in pieces(text)) == text
        for piece in pieces(text):
            if piece.kind != "math":
                assert not SIGNS & set(piece.text), piece
                assert "_" not in piece.text
                continue
            written = tex(piece.text)
            assert "√" not in written
            assert not re.search(r"[×⋆∂²·…−ε\[]", written)
            for left, right in ("()", "{}"):
                assert written.count(left) == written.count(right)
        for form in ("md", "tex", "html"):
            assert typeset(text, FORMATS[form])


def test_what_stands_in_backticks_is_code() -> None:
    assert typeset("X and `f(X)`", FORMATS["tex"]) == r"$X$ and \texttt{f(X)}"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_program_is_one_line_of_code(lang: str) -> None:
    asked = question("numpy-operators", lang)
    assert ' `from symbolic import check_function; print(check_function("numpy-operators", backward))`' in asked
    assert asked[asked.rindex("`") + 1] == {"en": ".", "zh": "。"}[lang]
    assert asked.count("`") == 2
