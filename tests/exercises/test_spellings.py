"""Every notation that the reader promises, one row, one behaviour."""

import numpy as np
import pytest

from symbolic.exercises.catalogue import HOMES, exercise
from symbolic.exercises.judge import check
from symbolic.exercises.names import entry_names
from symbolic.exercises.reader import Unreadable, read
from symbolic.terms.names import entry_name

SHAPES = {"X": (3, 3), "F": (2, 2), "delta": (2, 2), "q": (2, 11), "b": ()}
SYMBOLS = ("z", "t", "r", "p_1", "p_10", "w1")


def understood(text: str) -> str:
    return read(text, shapes=SHAPES, symbols=SYMBOLS).understood


@pytest.mark.parametrize(
    "spelling",
    ["X_11", "X11", "X_{11}", "X_{1,1}", "X_{1 1}", "X_{1, 1}", "X_1_1", "X₁₁", r"\mathbf{X}_{11}",
     r"\left(X_{11}\right)", "$X_{11}$", "$$X_{11}$$.", r"\[X_{11}\]", r"\(X_{11}\),", "X_11;", "X_11.", " X_11\n",
     r"\begin{equation}X_{11}\end{equation}", "(X_11)", "+X_11", "--X_11", r"\displaystyle X_{11}",
     "X_11 = X_11", r"\bigl(X_{11}\bigr)", "1*X_11", "X_11**1", "X_11^{1}", "X_11/1", "X\N{NO-BREAK SPACE}_11"],
)  # fmt: skip
def test_spellings_of_one_entry(spelling: str) -> None:
    assert understood(spelling) == "X_11"


@pytest.mark.parametrize(
    "spelling",
    ["delta_11", "d_11", "d11", "δ_11", "δ11", "δ₁₁", r"\delta_{11}", r"\delta_{1,1}", r"\delta_11", "δ_{1,1}",
     r"\frac{\partial L}{\partial O_{11}}", r"\dfrac{\partial L}{\partial O_{1,1}}", "∂L/∂O_11", "∂L/∂O_{11}",
     "dL/dO_11", "dL/dO11", r"\frac{dL}{dO_{11}}", r"\frac{\mathrm{d}L}{\mathrm{d}O_{11}}", r"\mathrm{d}_{11}",
     r"\frac{\partial \mathcal{L}}{\partial O_{11}}",
     r"\partial L / \partial O_{11}", "\U0001d6ff_11", "∂L/∂O₁₁", r"\boldsymbol{\delta}_{11}"],
)  # fmt: skip
def test_spellings_of_one_error_term(spelling: str) -> None:
    assert understood(spelling) == "delta_11"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("q_1_10", "q_1_10"),
        ("q_{1,10}", "q_1_10"),
        ("q_{110}", "q_1_10"),
        ("q_{11}", "q_11"),
        ("p_{10} + p1", "p_1 + p_10"),
        ("w_1", "w1"),
        ("2.52", "63/25"),
        (".64", "16/25"),
        ("48.", "48"),
        ("1e3", "1000"),
        ("2.5E-1", "1/4"),
        ("5{,}898{,}240{,}000", "5898240000"),
        (r"5\,898\,240", "5898240"),
        ("-4{,}800.5", "-9601/2"),
        ("Rational(63, 25)", "63/25"),
        ("Rational(-7)", "-7"),
        (r"\frac{63}{25}", "63/25"),
        (r"\frac12", "1/2"),
        (r"\frac1{25}", "1/25"),
        (r"\tfrac{1}{2}z", "1/2*z"),
        (r"\frac{(z-t)(z+t)}{2}", "-1/2*t**2 + 1/2*z**2"),
        ("2z", "2*z"),
        ("2zX_{11}", "2*X_11*z"),
        (r"zt X_{11}", "X_11*t*z"),
        ("2(z-t)(X_11)", "-2*X_11*t + 2*X_11*z"),
        (r"2\cdot z \times t", "2*t*z"),
        ("2·z×t−1", "2*t*z - 1"),
        ("z \N{DIVISION SIGN} 2", "1/2*z"),
        ("2*-z", "-2*z"),
        ("z - -t", "t + z"),
        ("-z^2", "-z**2"),
        ("z²", "z**2"),
        ("z^{2}", "z**2"),
        ("2^3^2", "512"),
        ("2**-3", "1/8"),
        ("(z-t)**2", "-2*t*z + t**2 + z**2"),
        ("1/2 z", "1/2*z"),
        ("z - z", "0"),
        ("K_{new} = 3", "3"),
        (r"\frac{\partial L}{\partial F} = 3", "3"),
        ("dL/dF = z", "z"),
        ("∂L/∂F = z", "z"),
        (r"\nabla_F L = z", "z"),
        ("K' = z", "z"),
        (r"\mathbf{\delta}_{11}", "delta_11"),
        ("b", "b"),
        ("(z+t)*2 = 2z + 2t", "2*t + 2*z"),
        ("dL/dz = 2*3*4 = 24", "24"),
        ("(1, 2)", "[1, 2]"),
        ("-4800, -4800, -2640", "[-4800, -4800, -2640]"),
        (r"\left( -4{,}800,\ -4{,}800,\ -2{,}640 \right)", "[-4800, -4800, -2640]"),
        ("[1, 2,]", "[1, 2]"),
        ("((1, 2), (3, 4))", "Matrix([[1, 2], [3, 4]])"),
        ("Matrix([1, 2])", "Matrix([[1], [2]])"),
        ("Matrix(2, 2, [1, 2, 3, 4])", "Matrix([[1, 2], [3, 4]])"),
        ("ImmutableMatrix([[1, 2]])", "Matrix([[1, 2]])"),
        ("np.array([[48., 64.]])", "Matrix([[48, 64]])"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "Matrix([[1, 2], [3, 4]])"),
        (r"\begin{bmatrix} 1 & 2 \\[4pt] 3 & 4 \\ \end{bmatrix}", "Matrix([[1, 2], [3, 4]])"),
        (r"\left[\begin{matrix} 1 \\ 2 \end{matrix}\right]", "Matrix([[1], [2]])"),
        (r"\left(\begin{array}{c|c} 1 & 2 \\ \hline 3 & 4 \end{array}\right)", "Matrix([[1, 2], [3, 4]])"),
        (r"2(232-230)\begin{pmatrix} 12 & 16 \end{pmatrix}", "Matrix([[48, 64]])"),
        (r"\begin{pmatrix} 1 & 2 \end{pmatrix} \cdot \frac{z}{2}", "Matrix([[1/2*z, z]])"),
        ("[[1, 2], [3, 4]]/2", "Matrix([[1/2, 1], [3/2, 2]])"),
        ("[[3, 2]] - 0.01*[[48, 64]]", "Matrix([[63/25, 34/25]])"),
        (r"[z+t]\cdot 2", "2*t + 2*z"),
        ("F", "Matrix([[F_11, F_12], [F_21, F_22]])"),
        ("F^T", "Matrix([[F_11, F_21], [F_12, F_22]])"),
        (r"F^{\top}", "Matrix([[F_11, F_21], [F_12, F_22]])"),
        ("F.T", "Matrix([[F_11, F_21], [F_12, F_22]])"),
        ("Fᵀ", "Matrix([[F_11, F_21], [F_12, F_22]])"),
        ("transpose(F)", "Matrix([[F_11, F_21], [F_12, F_22]])"),
        ("rot180(F)", "Matrix([[F_22, F_21], [F_12, F_11]])"),
        (r"\text{rot}_{180}(F)", "Matrix([[F_22, F_21], [F_12, F_11]])"),
        ("F ⊙ [[1, 2], [3, 4]]", "Matrix([[F_11, 2*F_12], [3*F_21, 4*F_22]])"),
        ("F @ [[1], [2]]", "Matrix([[F_11 + 2*F_12], [F_21 + 2*F_22]])"),
        (r"F^T \begin{pmatrix} 1 \\ 2 \end{pmatrix}", "Matrix([[F_11 + 2*F_21], [F_12 + 2*F_22]])"),
        ("matmul(F, [1, 2])", "[F_11 + 2*F_12, F_21 + 2*F_22]"),
        ("-F + F", "Matrix([[0, 0], [0, 0]])"),
        ("corr(F, [[1, 2]])", "Matrix([[F_11 + 2*F_12], [F_21 + 2*F_22]])"),
        (r"F \star \begin{pmatrix} 1 & 2 \end{pmatrix}", "Matrix([[F_11 + 2*F_12], [F_21 + 2*F_22]])"),
        ("full_conv([1, 10], [2, 3])", "[3, 32, 20]"),
        (r"\operatorname{full\_conv}([1, 10], [2, 3])", "[3, 32, 20]"),
        ("same_conv([1, 10, 100], [1, 2, 3])", "[32, 321, 210]"),
        ("conv([1, 2, 3, 4, 5], [1, 10], stride=2)", "[21, 43]"),
        ("conv([1, 2, 3, 4, 5], [1, 10], dilation=2)", "[31, 42, 53]"),
        ("conv([1, 2], [1, 10], padding=1)", "[10, 21, 2]"),
        ("conv(F, ∂L/∂O) - conv(F, delta)", "Matrix([[0]])"),
        ('"2*z"', "2*z"),
        ('["1", 2.50, -3e2]', "[1, 5/2, -300]"),
    ],
)
def test_what_is_read(text: str, meant: str) -> None:
    assert understood(text) == meant


def test_full_width_digits_and_punctuation_of_chinese_keyboards_are_read_but_full_width_letters_are_not() -> None:
    assert understood("\uff3bz\uff0b1\uff0c\uff08t\uff09\uff3d\u3002") == "[z + 1, t]"
    assert understood("\u3010\uff11\uff0e\uff15\uff1b2\u3011") == "Matrix([[3/2], [2]])"
    for text in ("\uff5a", "\uff38_11", "\U0001d44b_11"):
        with pytest.raises(Unreadable) as refused:
            understood(text)
        assert (refused.value.key, refused.value.column) == ("character_near", 1)


def test_several_error_terms_are_told_apart_by_their_output() -> None:
    shapes = {"delta_P": (2,), "delta_Q": (2,)}
    assert read("∂L/∂P_1 + ∂L/∂Q_2", shapes=shapes).understood == "delta_P_1 + delta_Q_2"
    assert read("dL/dY_2", shapes={"e": (2,)}, cotangents={"Y": "e"}).understood == "e_2"


def test_d_is_its_own_name_where_the_sheet_has_one() -> None:
    assert read("d_11", shapes={"d": (1, 1), "delta": (1, 1)}).understood == "d_11"


def test_bytes_are_utf_8_with_or_without_a_mark() -> None:
    assert read("δ".encode(), symbols=["delta"]).understood == "delta"
    assert read(b"\xef\xbb\xbf1").understood == "1"
    with pytest.raises(Unreadable) as refused:
        read(b"1 + \xff")
    assert (refused.value.reason, refused.value.sentence()[:6]) == ("encoding", "byte 5")


def test_entries_are_named_as_the_engine_names_them() -> None:
    for shape in ((), (3,), (12,), (2, 3), (10, 2), (2, 3, 11)):
        named = [entry_name("X", tuple(map(int, index))) for index in np.ndindex(*shape)]
        assert list(entry_names("X", shape)) == named


@pytest.mark.parametrize(
    "text",
    [
        "16 [[3,4],[6,7]]", "[[3,4],[6,7]] 16", "16[[3, 4], [6, 7]]", "2 [[3,4],[6,7]] 8", "(32/2) [[3,4],[6,7]]",
        "32/2 [[3,4],[6,7]]",
    ],
)  # fmt: skip
def test_a_number_and_a_list_side_by_side_are_a_product(text: str) -> None:
    assert check("conv-sum-mse-gradient", text).verdict == "correct"


def test_a_step_of_the_update_with_a_number_before_a_list() -> None:
    assert check("conv-sum-mse-update", "[[3,2],[1,5]] - 1/100 [[48,64],[96,112]]").verdict == "correct"
    assert check("conv-sum-mse-update", "[[3,2],[1,5]] - (1/100) [[48,64],[96,112]]").verdict == "correct"


@pytest.mark.parametrize("text", ["[[3,4],[6,7]][0]", "[[3 4],[6,7]]", "[[3,4],[6,7]] 16 2"])
def test_an_index_and_two_numbers_side_by_side_stay_refused(text: str) -> None:
    assert check("conv-sum-mse-gradient", text).verdict == "unreadable"


@pytest.mark.parametrize("name", HOMES)
def test_the_solution_that_the_tool_prints_is_read_as_correct(name: str) -> None:
    known = exercise(name)
    assert check(known, known.solution).verdict == "correct"
    if known.labels:
        for mark in ("\n", "; ", " ;\n", ",\r\n"):
            assert check(known, known.solution.replace(", ", mark)).verdict == "correct"
        assert check(known, known.solution + ";\n").verdict == "correct"


@pytest.mark.parametrize(
    ("text", "verdict", "said"),
    [
        ("dw2 = -2640; dw1 = -4800; db1 = -4800", "correct", "Correct"),
        ("dw1 = -4800, db1 = -4800, dw2 = 2640", "wrong", "dw2"),
        ("dw1 = -4800, db1 = -4800", "unreadable", "dw2"),
        ("dw1 = -4800, dw1 = -4800, dw2 = 1", "unreadable", "dw1"),
        ("dw1 = -4800, db1 = -4800, dw3 = 1", "unreadable", "dw3"),
        ("dw1 = -4800, db1 = foo(, dw2 = 1", "unreadable", "foo"),
    ],
)
def test_labels_in_front_of_numbers_count_whatever_their_order(text: str, verdict: str, said: str) -> None:
    found = check("scalar-net-gradients", text)
    assert found.verdict == verdict
    assert said in found.message()


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        (r"\delta \star_{\mathrm{full}} \mathrm{rot}_{180}(F)", "full_conv(delta, rot180(F))"),  # as the notes print it
        (r"\delta \star_{\text{full}} \operatorname{rot}_{180}(F)", "full_conv(delta, rot180(F))"),
        ("δ ⋆_full F", "full_conv(delta, F)"),
        (r"X \star_{valid} F", "conv(X, F)"),
        ("X ⋆ F", "conv(X, F)"),
        ("X ⋆_same F", "same_conv(X, F)"),
        ("-X ⋆_same -F", "same_conv(X, F)"),
    ],
)
def test_the_star_says_how_the_window_slides(text: str, same_as: str) -> None:
    assert understood(text) == understood(same_as)


@pytest.mark.parametrize("text", [r"X \star_{wide} F", r"X \star_2 F", "X ⋆_1 F"])
def test_a_star_with_another_index_is_refused_by_name(text: str) -> None:
    with pytest.raises(Unreadable, match=r"a window slides \\star_\{valid\}"):
        understood(text)
