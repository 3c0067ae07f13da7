"""What students, chats, NumPy, PyTorch, MATLAB and SymPy users hand in, one row a notation; and what stays refused."""

import numpy as np
import pytest

from symbolic import GradproofError
from symbolic.exercises.catalogue import exercise
from symbolic.exercises.judge import check
from symbolic.exercises.reader import Unreadable, read
from symbolic.exercises.surroundings import stripped, unmarked

GRADIENT, UPDATE, FILTER, INPUT, POOL, NET, COST = (
    "conv-sum-mse-gradient",
    "conv-sum-mse-update",
    "conv-grad-filter",
    "conv-grad-input",
    "conv-avgpool-mse-gradient",
    "scalar-net-gradients",
    "conv-cost",
)
RIGHT = {
    GRADIENT: [
        "[48 64; 96 112]",
        "[48, 64; 96, 112]",
        "[48,64;96,112;]",
        "[[48 64]\n [96 112]]",
        "[[ 48.  64.]\n [ 96. 112.]]",
        "array([[ 48,  64],\n       [ 96, 112]])",
        "array([[48., 64.],\n       [96., 112.]], dtype=float32)",
        "tensor([[ 48.,  64.],\n        [ 96., 112.]], dtype=torch.float64, requires_grad=True)",
        "tensor([[48., 64.], [96., 112.]], grad_fn=<ConvolutionBackward0>)",
        "tensor([[48., 64.], [96., 112.]], device='cuda:0')",
        "tf.Tensor(\n[[ 48.  64.]\n [ 96. 112.]], shape=(2, 2), dtype=float32)",
        "Parameter containing:\ntensor([[48., 64.], [96., 112.]], requires_grad=True)",
        "Out[3]: array([[ 48,  64],\n       [ 96, 112]])",
        "sympy.Matrix(2, 2, [48, 64, 96, 112])",
        "Matrix(2, 2, [[48, 64], [96, 112]])",
        "```latex\n\\begin{pmatrix}48&64\\\\96&112\\end{pmatrix}\n```",
        "```json\n[[48,64],[96,112]]\n```",
        "~~~\n[[48,64],[96,112]]\n~~~",
        "**[[48,64],[96,112]]**",
        "`[[48,64],[96,112]]`",
        "The answer is: [[48,64],[96,112]]",
        "Answer:\n```\n[[48,64],[96,112]]\n```",
        "最终答案：[[48,64],[96,112]]。",
        "梯度为 [[48,64],[96,112]]",
        "$$\n\\begin{bmatrix}48&64\\\\96&112\\end{bmatrix}\n$$",
        "\\boxed{[[48,64],[96,112]]}",
        "\\[\\boxed{\\frac{\\partial L}{\\partial K} = \\begin{pmatrix*}[r]48&64\\\\96&112\\end{pmatrix*}}\\]",
        "\\begin{align*}K.grad &= 4[12,16;24,28]\\\\[4pt] &= \\begin{matrix}48&64\\\\96&112\\end{matrix}\\end{align*}",
        "\\begin{gather}\\begin{pmatrix}48&64\\\\96&112\\end{pmatrix}\\end{gather}",
        "\\begin{pmatrix}48&64\\\\ % the first row\n96&112\\end{pmatrix} % done",
        "【48，64；96，112】",
        "［［４８，６４］，［９６，１１２］］",
        "[[4.8e1, 6.4E+01], [96, 1.12e2]]",
        "[['48', 64], ['96', 112]]",
        "[[2^4·3, 4³], [96, 7×16]]",
        "[[96÷2, ½·128], [96, 112]]",
        "[[48,64],[96,112]]ᵀᵀ",
        "[[np.int64(48), np.int64(64)], [np.int64(96), np.int64(112)]]",
        "48 64\n96 112",
        "48, 64,\n96, 112\n",
        "4.8e+01 6.4e+01\n9.6e+01 1.12e+02",
        "**Answer:** [[48,64],[96,112]]",
        "\\text{Answer: } [[48,64],[96,112]]",
        "\\textbf{Answer:} $[[48,64],[96,112]]$",
        "### Final answer\n\n$$[[48,64],[96,112]]$$",
        "- dK_11 = 48\n- dK_12 = 64\n- dK_21 = 96\n- dK_22 = 112",
        "\\begin{pmatrix}\\phantom{-}48&64\\\\96&112\\end{pmatrix}\\tag{1}",
    ],
    UPDATE: [
        "[[2.52 1.36]\n [0.04 3.88]]",
        "tensor([[2.5200, 1.3600],\n        [0.0400, 3.8800]])",
        "[[Fraction(63, 25), Fraction(34, 25)], [Fraction(1, 25), Fraction(97, 25)]]",
        "[[S(63)/25, 34/25], [Rational(1, 25), 97/25]]",
        "10^{-2}\\begin{pmatrix}252&136\\\\4&388\\end{pmatrix}",
        "10⁻² * [[252, 136], [4, 388]]",
        "[[2.52, 1.36], [\\tfrac{1}{25}, 3.88]]",
    ],
    FILTER: [
        "F.conv2d(X, delta)",
        "torch.nn.functional.conv2d(X, dO, stride=1, padding=(0, 0))",
        "conv2d(X, ∂L/∂O, padding='valid')",
        "scipy.signal.correlate2d(X, delta, 'valid')",
        'correlate(X, delta, mode="valid")',
        "signal.convolve2d(X, delta[::-1, ::-1], mode='valid')",
        "convolve2d(X, np.rot90(delta, 2), 'valid')",
        "X \\star \\delta",
        "\\operatorname*{conv}(X, \\delta)",
        "\\mathrm{Conv}\\left(X, \\frac{\\partial L}{\\partial O}\\right)",
        "conv(X, dL_dO)",
        "conv(X, dout)",
        "conv(X, grad_output)",
        "conv(X, O.grad)",
        "conv(X, grad_O)",
        "conv(X, dLdO)",
        "[[(X[0:2, 0:2]⊙delta).sum(), np.sum(np.multiply(X[:2, 1:], delta))], [sum(X[1:, :2]⊙δ), sum(X[1:3, 1:3]⊙δ)]]",
    ],
    INPUT: [
        "conv_transpose2d(delta, F)",
        "F.conv_transpose2d(delta, F, stride=1)",
        "convolve2d(delta, F)",
        "conv2(delta, F)",
        "signal.convolve(F, delta, mode='full')",
        "correlate2d(delta, np.flip(F))",
        "correlate2d(delta, F[::-1, ::-1], 'full')",
        "conv2d(delta, torch.flip(F, [0, 1]), padding=1)",
        "conv2d(delta, F.flip(0, 1), padding='full')",
        "conv2d(delta, F.flip(dims=(0, 1)), padding=1)",
        "conv(np.pad(delta, 1), np.rot90(F, k=2))",
        "conv(delta, np.flipud(np.fliplr(F)), mode='full')",
        "full_conv(delta, rotate(F, 180))",
        "\\mathrm{conv}_{\\mathrm{full}}(\\delta, \\mathrm{rot}_{180}(F))",
        "full_conv(delta, F.rot180())",
        "full_conv(delta, np.rot90(np.rot90(F)))",
        "full_conv(delta, rot180°(F))",
        "\\text{full\\_conv}(\\delta, \\text{rot}_{180^\\circ}(F)) = full_conv(delta, \\mathrm{rot}_{180^{\\circ}}(F))",
    ],
    POOL: [
        "½(z−t) conv(X, [[1,1],[1,1]])",
        "2(z-t)⋅¼⋅conv(X, [[1,1],[1,1]])",
        "dL/dz conv(X, [[1,1],[1,1]])/4",
        "\\nabla_w L = (z-t) \\cdot \\nicefrac{1}{2}\\, X \\star \\begin{pmatrix}1&1\\\\1&1\\end{pmatrix}",
    ],
    NET: [
        "[-4800 -4800 -2640]",
        "[-4800. -4800. -2640.]",
        "[-4800; -4800; -2640]",
        "(−4800, −4800, −2640)^T",
        "[tensor(-4800.), tensor(-4800.), tensor(-2640.)]",
        "[-4.8e3, -4.8×10^3, -2.64\\times 10^{3}]",
    ],
    COST: [
        "5.89824 \\times 10^{9}, 1.6384 \\times 10^{9}",
        "[5.89824×10⁹, 1.6384·10⁹]",
        "[5898240000 1638400000]",
        "direct = 100^2*256^2*3^2 = 5898240000, bottleneck = 1638400000",
    ],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in RIGHT.items() for text in texts])
def test_right_answers_in_many_notations(name: str, text: str) -> None:
    found = check(name, text)
    assert (found.verdict, found.remarks) == ("correct", ())


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        (GRADIENT, "[[48,64],[96,112]] (answer)", "prose"),
        (GRADIENT, "The gradient of K is [[48,64],[96,112]].", "prose"),
        (GRADIENT, "[[48,64],[96,112]], I hope", "prose"),
        (GRADIENT, "The gradient with respect to K is:\n$$\n[[48,64],[96,112]]\n$$", "prose"),
        (GRADIENT, "因此得到 [[48,64],[96,112]]", "prose"),
        (GRADIENT, "| 48 | 64 |\n|---|---|\n| 96 | 112 |", "table"),
        (GRADIENT, "⎡48  64 ⎤\n⎣96  112⎦", "table"),
        (GRADIENT, "48 64\n96", "two_numbers"),
        (GRADIENT, "48 64 96 112", "two_numbers"),
        (GRADIENT, "48 64\n96, 112", "two_numbers"),
        (GRADIENT, "48 - 64\n96 112", "two_numbers"),
        (GRADIENT, "48\n64\n96\n112", "wrong_shape"),
        (GRADIENT, "answer is", "empty"),
        (GRADIENT, "{{48,64},{96,112}}", "braces"),
        (GRADIENT, r"\{48, 64\}", "braces"),
        (GRADIENT, "[[48 64],[96,112]]", "two_numbers"),
        (GRADIENT, "Matrix([[48 64],[96 112]])", "two_numbers"),
        (GRADIENT, "[[48,64][96,112]]", "two_lists"),
        (GRADIENT, "[[48,64]\n [96,112]]", "two_lists"),
        (GRADIENT, "dL/dK ≈ [[48,64],[96,112]]", "not_equal_sign"),
        (GRADIENT, r"\nabla K \approx [[48,64],[96,112]]", "not_equal_sign"),
        (GRADIENT, "[[48,64], ...]", "ellipsis"),
        (GRADIENT, r"\begin{pmatrix}48 & \cdots \\ 96 & 112\end{pmatrix}", "ellipsis"),
        (GRADIENT, "[[48, 64], [96, …]]", "ellipsis"),
        (GRADIENT, "[[4_8,64],[96,112]]", "underscores"),
        (GRADIENT, "K -= [[48,64],[96,112]]", "in_place"),
        (GRADIENT, "[[48;64],[96;112]]", "wrong_shape"),
        (GRADIENT, "[[48,64],[96,112]] # done", "comment"),
        (GRADIENT, "[[48,64],[96,112]] % done", "comment"),
        (UPDATE, "[[2½, 1.36],[0.04,3.88]]", "two_numbers"),
        (UPDATE, "[[2.52, 1.36], [0.04, 3.88]] ± 0.01", "character"),
        (FILTER, "correlate(X, delta)", "which_mode"),
        (FILTER, r"X \otimes \delta", "which_product"),
        (FILTER, r"X \ast \delta", "which_product"),
        (FILTER, "X * delta", "which_product"),
        (FILTER, "conv(X, delta, stride=(1, 2))", "option_value"),
        (FILTER, "conv(X, delta, padding='full', mode='full')", "mode_alone"),
        (FILTER, "conv(X, delta, padding='full', stride=2)", "mode_alone"),
        (FILTER, "conv(X, delta, stride='full')", "word"),
        (FILTER, "'full'", "word"),
        (FILTER, "conv(X, delta, mode=2)", "mode_word"),
        (FILTER, r"\sum_{i} X_{ij}\delta_{ij}", "sum_sign"),
        (FILTER, "∑ X_11", "sum_sign"),
        (FILTER, "rot180 X", "without_brackets"),
        (FILTER, "rotate(X, 90)", "degrees"),
        (FILTER, "flip(X, 2)", "axes"),
        (FILTER, "sum(X, axis=2)", "axes"),
        (FILTER, "sum(X, 0, axis=1)", "axes_twice"),
        (FILTER, "flip(X, 0, axis=1)", "axes_twice"),
        (FILTER, "flip(X, z)", "unknown_symbol"),
        (FILTER, "flip(X, 0.5)", "whole_numbers"),
        (FILTER, "X.transpose(0, 0)", "axes"),
        (FILTER, "pad(X, 65)", "option_value"),
        (FILTER, "np.load('x')", "unknown_function"),
        (FILTER, "𝑋₁₁", "character_near"),
        (FILTER, "Х_11", "character"),
        (FILTER, "x_11", "unknown_symbol_near"),
        (FILTER, "[X_11*delta_11 X_12*delta_12; 0 0]", "row_commas"),
        (FILTER, "[[X_11 X_12]\n [X_21 X_22]]", "row_commas"),
        (COST, "[5_898_240_000, 1_638_400_000]", "underscores"),
        (COST, "5,898,240,000; 1,638,400,000", "thousands"),
        (COST, "[5 898 240 000, 1 638 400 000]", "leading_zero"),
        (NET, "{dw1: -4800, db1: -4800, dw2: -2640}", "braces"),
    ],
)
def test_what_is_refused_with_which_sentence(name: str, text: str, key: str) -> None:
    found = check(name, text)
    assert found.refusal is not None
    assert found.refusal.key == key
    for lang in ("en", "zh"):
        lines = found.message(lang).count("\n")  # a sentence, with the line and its caret, or with what was read
        assert lines in ({0, 1} if key == "wrong_shape" else {0, 2})


def test_words_that_are_not_read_are_named() -> None:
    found = check(GRADIENT, "The gradient of K is [[48,64],[96,112]].")
    assert "words are not read here: The gradient of K is;" in found.message()
    assert "因此得到" in check(GRADIENT, "因此得到 [[48,64],[96,112]]").message("zh")


def test_numbers_are_echoed_as_well() -> None:
    assert "I read this as Matrix([[48, 64], [96, 113]])" in check(GRADIENT, "[48 64; 96 113]").message()
    assert "我读到的是 [1, 2]" in check(COST, "1, 2").message("zh")
    assert check(NET, "-4800 -4800 -2640").message().endswith("I read this as -12240")
    assert check(NET, "(-4,800, -4,800, -2,640)").message().endswith("I read this as [-4, 800, -4, 800, -2, 640]")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("[4 -2]", "[4, -2]"),
        ("[4 - 2]", "[2]"),
        ("[4-2]", "[2]"),
        ("[4 -2, 1]", "[2, 1]"),
        ("[[1 -2]\n [3  4]]", "Matrix([[1, -2], [3, 4]])"),
        ("[1 2; 3 -4]", "Matrix([[1, 2], [3, -4]])"),
        ("[[1]\n [2]]", "Matrix([[1], [2]])"),
        ("[[[1 2]]\n\n [[3 4]]]", "[[[1, 2]], [[3, 4]]]"),
        ("[+1 +2]", "[1, 2]"),
        ("[1e3 -.5]", "[1000, -1/2]"),
        ("$[4 -2]$", "2"),
        ("[2z; 3z]", "Matrix([[2*z], [3*z]])"),
        ("[1;]", "[1]"),
        ("[z t, 1]", "[t*z, 1]"),
    ],
)
def test_blanks_between_numbers(text: str, meant: str) -> None:
    assert read(text, symbols=("z", "t")).understood == meant


def test_what_is_made_blank_keeps_its_length_so_that_the_caret_stays() -> None:
    for text in (
        "```latex\nX\n```",
        " **X** ",
        "The answer is: X",
        "Out[12]: X",
        "答案：X",
        "X",
        "```",
        "**",
        "`",
        "``````",
        "```x```",
    ):
        assert len(unmarked(text)) == len(text)
        assert unmarked(text).count("\n") == text.count("\n")
    for text in (r"\frac12 % x", "array([1], dtype=int64)", "f(x, dtype=a, device='cpu', shape=(1, 2))", "50%"):
        assert len(stripped(text)) == len(text)
    with pytest.raises(Unreadable) as refused:
        read("```\n1 + y\n```", symbols=("z",))
    assert (refused.value.line, refused.value.column) == (2, 5)
    assert refused.value.caret() == "  1 + y\n      ^"


def test_a_percent_sign_is_a_comment_in_latex_only_and_never_behind_a_digit() -> None:
    assert read("\\frac{1}{2} % half").understood == "1/2"
    for text in ("50%", r"\frac{1}{2} + 50%", "1 % one"):
        with pytest.raises(Unreadable):
            read(text)


def test_every_solution_is_read_back_from_what_numpy_prints() -> None:
    for name in (
        GRADIENT,
        UPDATE,
        NET,
        COST,
        "relu-backward",
        "max-pool-backward",
        "avg-pool-backward",
        "output-sizes",
    ):
        truth = exercise(name).truth
        values = [float(entry.constant or 0) for entry in truth.entries]
        printed = np.array(values).reshape(truth.shape)
        with np.printoptions(suppress=True, floatmode="maxprec"):
            for text in (str(printed), repr(printed), str(printed.tolist())):
                assert check(name, text).verdict == "correct", text


def test_the_first_refusal_is_the_readers_own_error() -> None:
    assert issubclass(Unreadable, GradproofError)
