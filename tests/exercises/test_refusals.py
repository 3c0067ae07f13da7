"""The near misses: what is refused, with which sentence, at which column. One row, one behaviour."""

import pytest

from symbolic.exercises.reader import Unreadable, read

SHAPES = {"X": (3, 3), "F": (2, 2), "delta": (2, 2), "q": (2, 11), "b": ()}
SYMBOLS = ("z", "t", "r", "p_1", "p_10", "w1")


@pytest.mark.parametrize(
    ("text", "key", "column"),
    [
        ("", "empty", None),
        (" . ", "empty", None),
        ("X_11*+*delta_11", "unexpected", 7),
        ("X_11 +", "cut_off", 7),
        ("(X_11", "cut_off_bracket", 6),
        ("X_11)", "unexpected", 5),
        ("X_{11", "cut_off_bracket", 6),
        ("48 64", "two_numbers", 4),
        ("z 2", "number_behind", 3),
        ("(z)2", "number_behind", 4),
        ("5,898", "thousands", 2),
        ("2{,}52", "decimal_comma", 2),
        ("04", "leading_zero", 1),
        ("1_000", "underscores", 2),
        ("0x1", "number_base", 1),
        ("1..2", "two_numbers", 3),
        ("X_44", "no_such_entry", 1),
        ("X_00", "no_such_entry", 1),
        ("Y_11", "unknown_symbol_near", 1),
        ("alpha", "unknown_symbol", 1),
        ("X_{ij}", "symbolic_index", 1),
        ("X_ij", "symbolic_index", 1),
        ("X_{-1,-1}", "bad_index", 4),
        ("X_{1.1}", "bad_index", 4),
        ("z[0, 0]", "indexing", 2),
        ("nan", "not_finite", 1),
        ("-oo", "not_finite", 2),
        (r"\frac{\partial L}{\partial Y_{11}}", "unknown_derivative", 28),
        (r"\frac{\partial F}{\partial O_{11}}", "not_the_loss", 16),
        (r"\partial z/\partial t", "not_the_loss", 10),
        ("conf(X, delta)", "unknown_function_near", 1),
        ("O(z^2)", "unknown_function", 1),
        (r"\fraq{1}{2}", "unknown_command_near", 1),
        (r"\input{x}", "unknown_command", 1),
        (r"\text{a b}", "style_word", 1),
        (r"\begin{pmatrix}1", "cut_off_bracket", 17),
        (r"\frac{\partial L}{X_{11}}", "unexpected", 19),
        (r"∂L/∂O_{ij}", "unknown_derivative", 5),
        (r"\text{\input{x}}", "style_word", 1),
        ("Matrix(z)", "not_a_list", 1),
        (r"\begin{vmatrix}1\end{vmatrix}", "determinant", 1),
        (r"\begin{tabular}1\end{tabular}", "unknown_environment", 1),
        (r"\begin{pmatrix}1\end{bmatrix}", "wrong_end", 17),
        (r"\begin{pmatrix}1&&2\end{pmatrix}", "empty_cell", 18),
        (r"\begin{pmatrix}\end{pmatrix}", "empty_list", 1),
        (r"\begin{pmatrix}1 & 2 \\ 3\end{pmatrix}", "ragged", 1),
        (r"\begin{pmatrix}1, 2\end{pmatrix}", "unexpected", 17),
        (r"\left( X_{11}", "cut_off_bracket", 14),
        ("[[1, 2], [3]]", "ragged", 1),
        ("[[1, 2], 3]", "ragged", 1),
        ("[]", "empty_list", 1),
        ("(48, 64; 96, 112)", "unexpected", 8),
        ("{{7*7}}", "braces", 2),
        ("2 + {{7*7}}", "unexpected", 5),
        ("{1, 2}", "braces", 2),
        ("X + 1", "sum_shapes", 5),
        ("F * F", "which_product", 5),
        ("F X", "matmul_shapes", 3),
        ("F ⊙ X", "shapes_differ", 5),
        ("conv(F, X)", "conv_exchanged", 1),
        ("conv(F, [1])", "conv_rank", 1),
        ("conv(F)", "arguments", 1),
        ("conv(X, F, mode=1)", "mode_word", 17),
        ("full_conv(X, F, stride=2)", "unknown_option", 24),
        ("conv(X, F, stride=0)", "option_value", 19),
        ("conv(X, F, padding=z)", "option_value", 20),
        ("z^T", "transpose_rank", 1),
        ("rot180([[[1]]])", "rotate_rank", 1),
        ("Matrix(2, 2, [1, 2, 3])", "matrix_sizes", 1),
        ("Matrix(1)", "not_a_list", 1),
        ("Rational(z, 2)", "not_numbers", 1),
        ("Rational(1, 0)", "division_by_zero", 1),
        ("1/0", "division_by_zero", 3),
        ("1/z", "division_by_symbol", 3),
        ("1/F", "division_by_matrix", 3),
        ("6/2(3)", "divided_by_what", 5),
        ("z^z", "power_not_integer", 3),
        ("z^.5", "power_not_integer", 3),
        ("z^-1", "division_by_symbol", 1),
        ("F^2", "power_of_matrix", 3),
        ("z*1 = [t]", "sides_differ", 7),
        ("z + 1 = 2 = [3]", "sides_differ", 13),
        ("'z'", "unexpected", 1),
        ("`z", "quotes", 1),
        ("z # one", "comment", 3),
        ("z\u200b", "character", 2),
        ("\ud800", "surrogate", None),
    ],
)
def test_what_is_refused_and_where(text: str, key: str, column: int | None) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text, shapes=SHAPES, symbols=SYMBOLS)
    assert (refused.value.key, refused.value.column) == (key, column)


def test_an_index_that_can_be_split_in_two_ways_is_refused() -> None:
    shapes = {"q": (11, 11)}
    with pytest.raises(Unreadable) as refused:
        read("q_{111}", shapes=shapes)
    assert refused.value.key == "ambiguous_index"
    assert read("q_{1,11}", shapes=shapes).understood == "q_1_11"
    assert read("q_{11,1}", shapes=shapes).understood == "q_11_1"
