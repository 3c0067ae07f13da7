"""Indices in brackets and parentheses, and slices."""

import pytest

from symbolic.exercises.judge import check
from symbolic.exercises.reader import Unreadable, read

SHAPES = {"X": (3, 3), "F": (2, 2), "delta": (2, 2), "v": (3,), "q": (2, 11)}


def understood(text: str) -> str:
    return read(text, shapes=SHAPES).understood


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("X[0, 0]", "X_11"),
        ("X[0][2]", "X_13"),
        ("X[-1, 0]", "X_31"),
        ("d[0,1]", "delta_12"),
        ("O.grad[0, 1]", "delta_12"),
        ("dL/dO[1, 0]", "delta_21"),
        ("2X[0,0]X[2,2]", "2*X_11*X_33"),
        ("q[0, 10]", "q_1_11"),
        ("v[0]", "v_1"),
        ("X[0]", "[X_11, X_12, X_13]"),
        ("X(1,1)", "X_11"),
        ("X(3,2) delta(2,1)", "X_32*delta_21"),
        ("q(1,10)", "q_1_10"),
        ("(∂L/∂O)_{12}", "delta_12"),
        (r"\left(\frac{\partial L}{\partial O}\right)_{1,2}", "delta_12"),
        ("F[::-1, ::-1]", "Matrix([[F_22, F_21], [F_12, F_11]])"),
        ("F[::-1]", "Matrix([[F_21, F_22], [F_11, F_12]])"),
        ("F[:, ::-1]", "Matrix([[F_12, F_11], [F_22, F_21]])"),
        ("F[::-1, :][:, ::-1]", "Matrix([[F_22, F_21], [F_12, F_11]])"),
        ("X[0:2, 1:]", "Matrix([[X_12, X_13], [X_22, X_23]])"),
        ("X[:, 0]", "[X_11, X_21, X_31]"),
        ("v[::2]", "[v_1, v_3]"),
        ("v[1:][::-1]", "[v_3, v_2]"),
    ],
)  # fmt: skip
def test_what_is_read(text: str, meant: str) -> None:
    assert understood(text) == meant


@pytest.mark.parametrize(
    ("text", "key", "column"),
    [
        ("X[3, 3]", "no_such_place", 2),
        ("delta[2,2]*X[1,1]", "no_such_place", 6),
        ("X[1, 1]", "index_base", 2),
        ("X[1, 1] + X[2, 2]*F[1, 1]", "index_base", 2),
        ("X[0, 0, 0]", "index_count", 2),
        ("X[5:]", "empty_list", 1),
        ("X[::0]", "whole_numbers", 6),
        ("X[0.5]", "indexing", 2),
        ("X[i, j]", "indexing", 2),
        ("X[]", "indexing", 2),
        ("X[-]", "unexpected", 4),
        ("F[::-1][0, 0]", "indexing", 8),
        ("X(4,4)", "no_such_entry", 1),
        ("X_11[0]", "indexing", 5),
        ("(∂L/∂O)_{33}", "bad_index", 8),
        ("X[0:1:1:1]", "unexpected", 8),
        ("X[99999999999999999999]", "no_such_place", 2),
    ],
)
def test_what_is_refused_and_where(text: str, key: str, column: int) -> None:
    with pytest.raises(Unreadable) as refused:
        understood(text)
    assert (refused.value.key, refused.value.column) == (key, column)


def test_a_place_that_leaves_axes_is_remarked_on_with_a_whole_index() -> None:
    found = check("bias-gradient", "[delta[0].sum(), sum(delta[1])] = delta.sum(axis=(1, 2))")
    assert (found.verdict, found.remarks) == ("correct", ("brackets_from_0",))
    assert "delta[0, 0, 0] is delta_111" in found.message()


def test_brackets_in_latex_hold_factors_unless_nothing_but_numbers_stands_in_them() -> None:
    assert read(r"$X_{11}[\delta_{11} + 1]$", shapes=SHAPES).understood == "X_11*delta_11 + X_11"


def test_brackets_are_remarked_on_and_counted_from_0_over_the_whole_answer() -> None:
    cells = [
        " + ".join(f"X[{i + u},{j + v}]*delta[{i},{j}]" for i in (0, 1) for j in (0, 1)) for u in (0, 1) for v in (0, 1)
    ]
    found = check("conv-grad-filter", f"[[{cells[0]}, {cells[1]}], [{cells[2]}, {cells[3]}]]")
    assert (found.verdict, found.remarks) == ("correct", ("brackets_from_0",))
    assert "X[0, 0] is X_11" in found.message()
    quoted = f'[["{cells[0]}", "{cells[1]}"], ["{cells[2]}", "{cells[3]}"]]'  # no 0 in the last one alone
    assert check("conv-grad-filter", quoted, "json").verdict == "correct"
    from_one = [cell.replace("1", "2").replace("0", "1") for cell in cells]
    assert check("conv-grad-filter", f"[[{from_one[0]}, 0], [0, 0]]").reason == "index"
