"""Whatever is handed in, `check` gives a verdict and a call text a network or its own error, and neither hangs.

The reader by itself is fuzzed in test_fuzz.py; here the whole way to the verdict, and the call texts.
"""

from __future__ import annotations

import json
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from symbolic.errors import GradproofError
from symbolic.exercises.catalogue import HOMES
from symbolic.exercises.judge import check
from symbolic.exercises.own import own
from symbolic.exercises.reader import FORMATS
from symbolic.functional import __all__ as operators
from symbolic.functional.text import network
from symbolic.terms.term import Node

if TYPE_CHECKING:
    from symbolic.exercises.exercise import Exercise

ANSWERS = json.loads((Path(__file__).parent / "data" / "answers.json").read_text(encoding="utf-8"))
SECONDS = 5.0  # of the processor, for one input
TEXT = r"""
    X_11 X_{12} F_21 delta_11 \delta_{22} δ_{11} 0 1 -3 2.5 1/2 \frac{1}{4} + - * / ^2 **3 ( ) [ ] { } , ; & \\
    conv(X,delta) full_conv(delta,rot180(F)) conv(X, rot180(delta)) transpose( rot180( ^T ⋆ \star
    \begin{pmatrix} \end{pmatrix} $ = . nan 1e999 9999999999999999999 __import__ é
    dL/dF \nabla_X dK_11 dw1 K_{new} answer : := \gets [0,0] [::-1] (1,1) .T .flip( \boxed{ convolve2d( 'valid' ```
    dL/dO [1 2; [[48 64] ½ ⁹ dtype=int)
"""
CALL = """
    X F T t ( ) [ ] { } , = + - * / ** 0 1 2 -1 0.5 1e9 99999 None True 'valid' "full" # é lambda: X[0] X.T
    stride= padding= dilation= groups= dim= keepdim= kernel_size= ((1,0),(0,1))
"""
PIECES = TEXT.split()
CALLS = [*operators, "\n", *CALL.split()]
SHAPES: dict[str, tuple[int, ...]] = {"X": (5, 5), "F": (3, 3), "T": (2, 2), "t": ()}
IDS = dict(zip("abcdefg", HOMES, strict=False))
ids = st.sampled_from(tuple(HOMES))
answers = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=20).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=20).map(" ".join),
)


@cache
def own_exercise() -> Exercise:
    return own("mse_loss(conv2d(X, F), T)", {"X": (3, 3), "F": (2, 2), "T": (2, 2)}, "F")


def judged(exercise: str | Exercise, answer: str | bytes, fmt: str) -> None:
    """A verdict of the three, never mixed, and everything that is printed of it."""
    start = time.process_time()
    verdict = check(exercise, answer, fmt)
    data = json.dumps([verdict.data(lang) for lang in ("en", "zh")], allow_nan=False)
    assert time.process_time() - start < SECONDS
    assert len(data) < 100_000
    assert verdict.verdict in {"correct", "wrong", "unreadable"}
    assert 0 <= verdict.score <= 1
    assert (verdict.verdict == "correct") == (verdict.score == 1)
    assert bool(verdict.reason) == (verdict.verdict == "unreadable")
    assert verdict.verdict == "wrong" or not (verdict.wrong_entries or verdict.misconceptions)
    for lang in ("en", "zh"):
        assert verdict.message(lang).replace("\n", "").isprintable()


@given(ids, answers, st.sampled_from(FORMATS))
@example("conv-grad-filter", "[[1e400, 0], [0, 0]]", "json")
@example("conv-grad-filter", "(" * 5000, "auto")
def test_any_text_gets_a_verdict(name: str, answer: str, fmt: str) -> None:
    judged(name, answer, fmt)


@given(
    ids, st.binary(max_size=100) | st.binary(max_size=60).map(b"\x93NUMPY\x01\x00".__add__), st.sampled_from(FORMATS)
)
def test_any_bytes_get_a_verdict(name: str, answer: bytes, fmt: str) -> None:
    judged(name, answer, fmt)


@given(st.sampled_from(ANSWERS), st.data())
def test_a_damaged_answer_gets_a_verdict(row: dict[str, str], data: st.DataObject) -> None:
    text = row["answer"]
    cut = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(cut, min(len(text), cut + 8)))
    judged(IDS[row["exercise"]], text[:cut] + data.draw(st.sampled_from(PIECES)) + text[end:], row["format"])


@given(answers)
def test_an_exercise_of_ones_own_judges_any_text(answer: str) -> None:
    judged(own_exercise(), answer, "auto")


def read_call(text: str) -> None:
    """A network, or one printable sentence; in time."""
    start = time.process_time()
    try:
        found: Node | str = network(text, SHAPES)
    except GradproofError as error:
        found = str(error)
    assert time.process_time() - start < SECONDS
    if isinstance(found, str):
        assert 0 < len(found) < 6_000
        assert found.replace("\n", "").isprintable()
    else:
        assert isinstance(found, Node)


@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from(CALLS), max_size=20).map("".join),
        st.lists(st.sampled_from(CALLS), max_size=20).map(" ".join),
    )
)
@example("X" + "**9" * 400)
@example("(" * 1999)
@example("relu(" * 199 + "X" + ")" * 199)
@example("X ** 99999999999999999999999999")
def test_any_call_text_is_a_network_or_refused(text: str) -> None:
    read_call(text)


calls = st.recursive(
    st.sampled_from(["X", "F", "T", "t", "2", "0.5", "-1", "(1, 2)", "'same'", "None", "True"]),
    lambda inside: (
        st.builds(
            lambda operator, arguments: f"{operator}({', '.join(arguments)})",
            st.sampled_from(sorted(operators)),
            st.lists(inside, max_size=4),
        )
        | st.builds(lambda one, sign, other: f"({one} {sign} {other})", inside, st.sampled_from("+-*/"), inside)
    ),
    max_leaves=8,
)


@given(calls, st.sampled_from(["", "stride=2", "padding=1", "dim=0", "groups=2", "kernel_size=0", "reduction='sum'"]))
def test_well_formed_calls_with_any_arguments(call: str, keyword: str) -> None:
    read_call(call)
    if keyword and call.endswith(")"):
        read_call(f"{call[:-1]}, {keyword})")


@pytest.mark.parametrize("text", ["network", "mse_loss(conv2d(X, F, stride=2), T)"])
def test_the_fuzzed_reader_does_tell_networks_from_noise(text: str) -> None:
    """The tests above would pass for a reader that refuses everything."""
    if text == "network":
        with pytest.raises(GradproofError):
            network(text, SHAPES)
    else:
        assert network(text, SHAPES).shape == ()
