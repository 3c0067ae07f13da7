"""Whatever comes in, the reader answers or refuses with its own exception; what it echoes means the same.

The folder corpus holds inputs found by coverage-guided fuzzing (atheris) that are kept as tests.
"""

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from symbolic.exercises.labels import Asked
from symbolic.exercises.polynomial import Polynomial
from symbolic.exercises.reader import FORMATS, Answer, Unreadable, read

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.txt"))
ANSWERS = json.loads((Path(__file__).parent / "data" / "answers.json").read_text(encoding="utf-8"))
SHAPES = {"X": (3, 3), "F": (2, 2), "delta": (2, 2)}
SYMBOLS = ("z", "t", "p_1", "p_10")
FILTER = Asked("∂L/∂F", gradients={"F": (2, 2)}, known=frozenset({"X", "F", "delta", "O"}))
NEW = Asked("F", values={"F": (2, 2)}, known=frozenset({"X", "F"}))
PARTS = r"""
    X_11 X_{11} X11 X d_11 delta \delta δ ∂L/∂O_11 \frac{\partial L} {\partial O_{11}} z t p_{10} 0 1 2 48 2.5
    .5 1e3 5{,}898 \frac \frac{1}{2} + - * / ^ ** @ ⊙ ⋆ = , ; . & \\ \\[2pt] ( ) [ ] { } {{ _ _{ ^{
    \left( \right) \begin{pmatrix} \end{pmatrix} \begin{array}{cc} \end{array} $ \[ \] \cdot ^T .T ² ₁₁
    conv( full_conv( rot180( transpose( Matrix( Rational( stride=2 \text{conv} \input " ' # NaN lambda __ é
    F_{11} dF_11 dL/dF \nabla_F F_new answer : := \gets \boxed{ \begin{align} \end{align} &= ``` ** % [::-1 [0,0] (1,1)
    convolve2d( conv_transpose2d( np.flip( .flip( .T.grad pad( sum( tensor( 'full' mode= axis=0 dtype=int \star \otimes
    ¼ ⁹ ₁ 【 】 ， ； １ … ≈ | ~ ]
"""
PIECES = [*PARTS.split(), "\n"]
texts = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join),
)


def attempt(data: str | bytes, fmt: str = "auto", asked: Asked | None = None) -> Answer | None:
    """Read with all names known; check every refusal's messages; anything but Unreadable is a failure."""
    start = time.process_time()
    refusal: Unreadable | None
    answer: Answer | None
    try:
        if asked is None:
            answer = read(data, fmt, symbols=SYMBOLS, shapes=SHAPES, labels=("a", "b"))
        else:
            answer = read(data, fmt, symbols=SYMBOLS, shapes=SHAPES, asked=asked)
    except Unreadable as refused:
        refusal, answer = refused, None
    else:
        refusal = None
    if refusal is not None:
        for lang in ("en", "zh"):
            message = refusal.message(lang)
            assert message.replace("\n", "").isprintable()
            assert len(message) < 600
        assert refusal.column is None or refusal.column >= 1
    assert time.process_time() - start < 2
    return answer


def check_echo(answer: Answer | None) -> None:
    """Reading the echo gives the same answer, unless the expanded text is itself over a cap."""
    if answer is None:
        return
    try:
        again = read(answer.understood, symbols=SYMBOLS, shapes=SHAPES)
    except Unreadable as refusal:
        reason = refusal.reason
    else:
        reason = "read"
        assert again.value == answer.value
        assert again.understood == answer.understood
    assert reason in {"read", "too_large"}


@given(texts, st.sampled_from(FORMATS))
@example("\\frac1", "latex")
@example("[" * 100, "json")
@example("X_11\n\n\u202e", "auto")
def test_only_the_readers_own_exception_and_the_echo_means_the_same(text: str, fmt: str) -> None:
    for asked in (None, FILTER, NEW):
        check_echo(attempt(text, fmt, asked))


@given(st.binary(max_size=120), st.sampled_from(FORMATS))
def test_bytes(data: bytes, fmt: str) -> None:
    check_echo(attempt(data, fmt))


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.floats()
        | st.integers()
        | st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join),
        lambda inside: (
            st.lists(inside, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inside, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_any_json_document(document: object) -> None:
    check_echo(attempt(json.dumps(document), "json"))


@given(st.sampled_from(ANSWERS), st.data())
def test_damaged_answers(row: dict[str, str], data: st.DataObject) -> None:
    text = row["answer"]
    cut = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(cut, min(len(text), cut + 8)))
    check_echo(attempt(text[:cut] + data.draw(st.sampled_from(PIECES)) + text[end:], row["format"]))


names = st.sampled_from([*SYMBOLS, "X_11", "X_33", "F_12", "delta_21"])
polynomials = st.recursive(
    names.map(Polynomial.symbol) | st.fractions(-99, 99, max_denominator=50).map(Polynomial.number),
    lambda inside: (
        st.tuples(inside, inside).map(lambda p: p[0] + p[1]) | st.tuples(inside, inside).map(lambda p: p[0] * p[1])
    ),
    max_leaves=6,
)


@given(st.lists(st.lists(polynomials, min_size=2, max_size=2), min_size=1, max_size=3))
def test_the_text_of_any_polynomials_is_read_back_exactly(rows: list[list[Polynomial]]) -> None:
    expected = tuple(map(tuple, rows))
    written = "[" + ", ".join("[" + ", ".join(map(str, row)) + "]" for row in rows) + "]"
    assert read(written, symbols=SYMBOLS, shapes=SHAPES).value == expected
    cells = [[str(p).replace("**", "^").replace("*", r" \cdot ") for p in row] for row in rows]
    latex = r"\begin{pmatrix}" + r" \\ ".join(" & ".join(row) for row in cells) + r"\end{pmatrix}"
    assert read(latex, symbols=SYMBOLS, shapes=SHAPES).value == expected
    assert read(json.dumps([list(map(str, row)) for row in rows]), symbols=SYMBOLS, shapes=SHAPES).value == expected


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_kept_findings(path: Path, fmt: str) -> None:
    data = path.read_bytes()
    for asked in (None, FILTER, NEW):
        check_echo(attempt(data, fmt, asked))
        check_echo(attempt(data.decode(errors="surrogateescape"), fmt, asked))


finite = st.floats(-1e6, 1e6, allow_nan=False, allow_subnormal=False).map(lambda x: round(x, 6) + 0.0)


@given(
    arrays(
        st.sampled_from([np.int64, np.float64]), array_shapes(min_dims=1, max_dims=3, max_side=5), elements=st.just(0)
    ),
    st.data(),
)
def test_what_numpy_prints_is_read_back_exactly(shaped: Any, data: st.DataObject) -> None:
    elements = st.integers(-(10**6), 10**6) if shaped.dtype == np.int64 else finite
    flat = data.draw(st.lists(elements, min_size=shaped.size, max_size=shaped.size))
    array = np.array(flat, dtype=shaped.dtype).reshape(shaped.shape)
    wanted = [Polynomial.number(Fraction(repr(x))) for x in array.reshape(-1).tolist()]
    with np.printoptions(floatmode="unique", threshold=10_000):
        texts = [
            repr(array),
            str(array.tolist()),
            f"tensor({array.tolist()}, dtype=torch.float64)",
            f"```\n{array!r}\n```",
        ]
        if array.size > 1 or array.ndim == 1:
            texts.append(str(array))
    if array.ndim == 2 and array.shape[0] > 1:
        texts.append("[" + "; ".join(" ".join(map(repr, row)) for row in array.tolist()) + "]")
        texts.append("[" + "; ".join(", ".join(map(repr, row)) for row in array.tolist()) + "]")
        if array.shape[1] > 1:
            texts.append("\n".join(" ".join(map(repr, row)) for row in array.tolist()))
    for text in texts:
        answer = read(text)
        assert (answer.shape, list(answer.entries)) == (array.shape, wanted), text
