"""Names: identifiers only, one name for one tensor, entries that never print alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import symbolic as s
from symbolic.errors import GradproofError, NameInvalidError, ShapeError, nearest
from symbolic.terms.names import delta_name, entry_name, entry_symbol, label, refuse_clashes, symbol
from symbolic.terms.term import Grad


@pytest.mark.parametrize(
    ("index", "name"),
    [
        ((), "X"),
        ((0,), "X_1"),
        ((8, 8), "X_99"),
        ((0, 9), "X_1_10"),
        ((9, 0), "X_10_1"),
        ((10,), "X_11"),
        ((0, 1, 2), "X_123"),
        ((0, 10, 2), "X_1_11_3"),
    ],
)
def test_entries_are_named_from_one(index: tuple[int, ...], name: str) -> None:
    assert entry_name("X", index) == name


@given(st.lists(st.integers(1, 12), min_size=1, max_size=3))
def test_the_entries_of_one_tensor_have_different_names(shape: list[int]) -> None:
    names = [entry_name("X", index) for index in np.ndindex(*shape)]
    assert len(set(names)) == len(names)


def test_an_entry_is_a_plain_symbol() -> None:
    X = s.tensor("X", (3, 12))
    assert X[0, 0] == sympy.Symbol("X_11")
    assert X[-1, -1] == sympy.Symbol("X_3_12")
    assert X[0, 0].assumptions0 == sympy.Symbol("X_11").assumptions0
    assert s.tensor("x")[()] == sympy.Symbol("x")
    assert entry_symbol(X, (1, 1)) is symbol("X_22")


@pytest.mark.parametrize("index", [(3, 0), (0, 12), (0,), (0, 0, 0), (-4, 0), (0.5, 0), ("0", 0), (slice(None), 0)])
def test_an_index_outside_is_refused(index: Any) -> None:
    with pytest.raises(ShapeError, match=r"X has shape \(3, 12\)"):
        s.tensor("X", (3, 12))[index]


def test_a_tensor_is_not_iterated_entry_by_entry() -> None:
    with pytest.raises(TypeError, match="cannot be iterated"):
        list(s.tensor("X", (3,)))


HOSTILE = [
    "X}",
    r"\input{/etc/passwd}",
    "<script>",
    "",
    " ",
    "X ",
    " X",
    "X\n",
    "X_",
    "_X",
    "X__1",
    "1X",
    "X-1",
    "X.Y",
    "é",
    "δ",
    "X;Y",
    "__import__('os')",
    "{{7*7}}",
    "| a |",
    "$x$",
    "X" * 41,
    "a b",
    "X\x00",
    "\u202eX",
    "Х",
    "x²",
    "ﬁ",
    "X\u200b",
    None,
    5,
    ("X",),
    b"X",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_identifier_is_no_name(name: Any) -> None:
    with pytest.raises(NameInvalidError, match="cannot name a tensor") as error:
        s.tensor(name, (2,))
    assert len(str(error.value)) < 400
    assert "\n" not in str(error.value)
    if name:
        with pytest.raises(NameInvalidError, match="cannot name a tensor"):
            s.add(s.tensor("A"), 1, name=name)


@pytest.mark.parametrize("name", ["X", "x1", "w_1", "conv1_weight", "A" * 40, "I", "E", "pi", "lambda", "None"])
def test_identifiers_are_names_and_never_evaluated(name: str) -> None:
    entry = s.tensor(name, (2,))[0]
    assert isinstance(entry, sympy.Symbol)
    assert entry.name == f"{name}_1"
    assert s.tensor(name)[()] == sympy.Symbol(name)
    assert s.derive(s.pow(s.tensor(name), 2)).grad(name)[()] == 2 * sympy.Symbol(name)


def test_one_name_for_two_tensors_is_refused() -> None:
    with pytest.raises(NameInvalidError, match=r"two different tensors are named 'X'.*\(2,\).*\(3,\)"):
        s.derive(s.sum(s.tensor("X", (2,))) * s.sum(s.tensor("X", (3,))))
    with pytest.raises(NameInvalidError, match="named 'X'"):
        s.derive(s.sum(s.mul(s.tensor("X", (2,)), 2, name="X")))
    one, two = s.mul(s.tensor("A"), 2, name="Y"), s.mul(s.tensor("A"), 3, name="Y")
    with pytest.raises(NameInvalidError, match="named 'Y'"):
        s.derive(one + two)
    assert s.derive(s.sum(s.tensor("X", (2,)) + s.tensor("X", (2,)))).grad("X")[0] == 2


@pytest.mark.parametrize(
    ("one", "other", "entry"),
    [
        (("X", (1, 10)), ("X_1", (10,)), "X_1_10"),
        (("X", (2,)), ("X_1", ()), "X_1"),
        (("X", (3, 3)), ("X_22", ()), "X_22"),
        (("w_1", (11,)), ("w_1_11", ()), "w_1_11"),
    ],
)
def test_entries_that_print_alike_are_refused(one: Any, other: Any, entry: str) -> None:
    with pytest.raises(NameInvalidError, match=f"would both print as {entry}"):
        s.derive(s.sum(s.tensor(*one)) + s.sum(s.tensor(*other)))


def test_names_that_only_look_alike_are_fine() -> None:
    refuse_clashes([s.tensor("X", (1, 9)), s.tensor("X_1", (10, 2)), s.tensor("XY", (2,)), s.tensor("X_a", (2,))])


def test_error_terms_are_named_delta_and_by_tensor_where_several() -> None:
    O = s.mul(s.tensor("A"), 2, name="O")
    assert delta_name(O) == "delta"
    assert delta_name(O, several=True) == "delta_O"
    assert label(Grad(s.pow(O, 2, name="L"), O)) == "dL/dO"


def test_a_tensor_that_prints_like_the_error_term_is_refused() -> None:
    """delta_11 would stand for dL/dO_11 and for an entry of the tensor `delta`."""
    A, D = s.tensor("A", (2, 2)), s.tensor("delta", (2, 2))
    O = s.mul(A, D, name="O")
    d = s.derive(s.sum(s.mul(O, O)))
    assert d.grad(A)[0, 0] == 2 * A[0, 0] * D[0, 0] ** 2
    with pytest.raises(NameInvalidError, match="delta"):
        d.grad(A, through=O)


def test_two_error_terms_never_share_a_symbol() -> None:
    A = s.tensor("A", (2,))
    one, two = A * 2, A * 3
    d = s.derive(s.sum(one * two))
    with pytest.raises(GradproofError, match="name"):
        d.grad(A, through=(one, two))


def test_an_unnamed_argument_never_borrows_a_name() -> None:
    """local(Y, U) of Y = U * arg1 with U unnamed is arg1, not 2 arg1."""
    x, other = s.tensor("x"), s.tensor("arg1")
    inner = x * x
    node = s.mul(inner, other, name="Y")
    assert s.derive(node).local(node, inner)[()] == other[()]


@pytest.mark.parametrize(("word", "hint"), [("conv-layr", "; did you mean 'conv-layer'?"), ("zzz", ""), ("", "")])
def test_the_nearest_name_is_suggested(word: str, hint: str) -> None:
    assert nearest(word, ["conv-layer", "scalar-net"]) == hint
