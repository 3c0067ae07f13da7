"""The TeX printer: what each kind of term looks like, where brackets stand, how fast it is."""

import re
import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest

from render.arrange import number
from render.integers import condition_tex
from render.math import Printer, entries, tex
from render.notation import Notation, standard
from render.windows import letters
from symbolic import add, avg_pool2d, conv1d, conv2d, derive, linear, mse_loss, mul, tensor
from symbolic import sum as total
from symbolic.kernel.counts import AtLeast, Equals, Outputs, TransposedOutputs, Whole
from symbolic.kernel.integers import Floor, Letter, Mod, Number
from symbolic.search.windows import as_window
from symbolic.terms.build import scaled
from symbolic.terms.form import Form
from symbolic.terms.functions import TABLE
from symbolic.terms.layers import form, pointwise
from symbolic.terms.term import (
    AxisMap,
    Const,
    Data,
    Entry,
    Flip,
    Grad,
    Map,
    Multi,
    Node,
    Route,
    Stack,
    Sum,
    Term,
    Winner,
    scalars,
)
from symbolic.terms.unrolled import unrolled
from symbolic.theorems import gradient
from tests.tools import ROOT

X, F, T = tensor("X", (3, 3)), tensor("F", (2, 2)), tensor("T", (1, 1))
O = conv2d(X, F, name="O")
Z = avg_pool2d(O, 2, name="Z")
L = mse_loss(Z, T, name="L")
D = derive(L)
a, b, w1 = tensor("a"), tensor("b"), tensor("w1")
x, W = tensor("x", (3,)), tensor("W", (2, 3))
V = tensor("V", (4, 3))


def window(**parameters: Any) -> Term:
    layer: Node = conv2d(tensor("X", (9, 9)), tensor("F", (3, 3)), **parameters)
    return layer.body


def input_gradient() -> Term:
    view = D.gradient(X)
    assert isinstance(view, Multi)
    found = as_window(view)
    assert found is not None
    return found


CASES: list[tuple[Term, str]] = [
    (X, "X"),
    (tensor("delta"), r"\delta"),
    (w1, "w_{1}"),
    (tensor("X_pad"), r"X_{\mathrm{pad}}"),
    (tensor("lr"), r"\eta"),
    (Entry(X, (0, 1)), "X_{12}"),
    (Entry(tensor("X", (2, 10)), (0, 9)), "X_{1,10}"),
    (Entry(tensor("w_1", (2,)), (1,)), "(w_{1})_{2}"),
    (Grad(L, X), r"\frac{\partial L}{\partial X}"),
    (Grad(L, O), r"\delta"),
    (Entry(Grad(L, O), (0, 1)), r"\delta_{12}"),
    (Entry(Grad(O, F), (0, 0, 0, 1)), r"\frac{\partial O_{11}}{\partial F_{12}}"),
    (O.body, r"X \star F"),
    (window(padding="full"), r"X \mathbin{\star_{\mathrm{full}}} F"),
    (window(stride=2, dilation=2, padding=1), r"X \mathbin{\star_{s=2,\, d=2,\, p=1}} F"),
    (window(stride=(2, 1)), r"X \mathbin{\star_{s=(2, 1)}} F"),
    (window(padding=((0, 1), (0, 1))), r"X \mathbin{\star_{p=(0, 1)}} F"),
    (window(padding=2, dilation=2), r"X \mathbin{\star_{d=2,\, p=2}} F"),
    (window(padding="full", dilation=2), r"X \mathbin{\star_{\mathrm{full},\, d=2}} F"),
    (D.gradient(F), r"\left(\sum_{i,j} \delta_{ij} X_{i+u-1,j+v-1}\right)_{u,v}"),
    (
        D.gradient(X),
        r"\left(\sum_{\substack{i + u = a + 1 \\ j + v = b + 1}} \delta_{ij} F_{uv}\right)_{a,b}",
    ),
    (input_gradient(), r"\delta \mathbin{\star_{\mathrm{full}}} \mathrm{rot}_{180}(F)"),
    (Z.body, r"\mathrm{avgpool}_{2 \times 2}(O)"),
    (L.body, "(Z_{11} - T_{11})^{2}"),
    (D.gradient(Z), r"2\, (Z - T)"),
    (total(X, name="S").body, r"\sum_{i,j} X_{ij}"),
    (mul(add(a, b), 2).body, r"2\, (a + b)"),
    ((a - b).body, "a - b"),
    ((a - (a - b)).body, "a - (a - b)"),
    (((a + b) ** 2).body, "(a + b)^{2}"),
    ((a * (b - a)).body, "a (b - a)"),
    ((X * (X + X)).body, r"X \odot (X + X)"),
    ((X**2).body, r"X^{\odot 2}"),
    (linear(x, W).body, r"W\, x"),
    (Flip(F, (0, 1)), r"\mathrm{rot}_{180}(F)"),
    (Flip(Flip(F, (0,)), (1,)), r"\mathrm{flip}_{\leftrightarrow}(\mathrm{flip}_{\updownarrow}(F))"),
    (Flip(x, (0,)), r"\mathrm{flip}(x)"),
    (Data((Fraction(1, 3), Fraction(63, 25)), (1, 2)), r"\begin{pmatrix} \frac{1}{3} & 2.52 \end{pmatrix}"),
    (Stack((Const(Fraction(1)), a), (2, 1)), r"\begin{pmatrix} 1 \\ a \end{pmatrix}"),
    (scalars(Const(Fraction(2)), Const(Fraction(3))), r"2 \cdot 3"),
    (scalars(Sum((a, b), ()), Const(Fraction(20)), w1), r"(a + b) \cdot 20 \cdot w_{1}"),
    (scalars(Const(Fraction(-264)), scale=Fraction(-1, 20)), r"-0.05 \cdot (-264)"),
    (Flip(Data((Fraction(1), Fraction(2)), (1, 2)), (0, 1)), r"\mathrm{rot}_{180}\begin{pmatrix} 1 & 2 \end{pmatrix}"),
    (scalars(Const(Fraction(2)), Const(Fraction(-3))), r"2 \cdot (-3)"),
    (
        scalars(Entry(Grad(L, X), (0, 0)), Entry(Grad(O, F), (0, 0, 0, 0))),
        r"\frac{\partial L}{\partial X_{11}} \cdot \frac{\partial O_{11}}{\partial F_{11}}",
    ),
    (scalars(a, b, scale=Fraction(-1, 4)), r"-\frac{1}{4}\, a b"),
    (Sum((F, scaled(Grad(L, F), Fraction(-1, 100))), (2, 2)), r"F - 0.01\, \frac{\partial L}{\partial F}"),
    (Const(Fraction(0), (2, 3)), r"\mathbf{0}_{2 \times 3}"),
    (Map("sigmoid", X, 1), r"\sigma'(X)"),
    (Map("leaky_relu", x, 0, Fraction(1, 10)), r"\mathrm{lrelu}_{0.1}(x)"),
    (Route(F, (4,), ((0, 0), (1, 1), (2, 2), (3, 3))), r"\mathrm{vec}(F)"),
    (Route(F, (2,), ((0, 0), (0, 3))), r"\begin{pmatrix} F_{11} + F_{22} & 0 \end{pmatrix}"),
]


@pytest.mark.parametrize(("term", "expected"), CASES, ids=[expected for _, expected in CASES])
def test_a_term_prints_as_a_textbook_has_it(term: Term, expected: str) -> None:
    assert tex(term) == expected


def test_the_error_term_prints_as_the_notation_says() -> None:
    assert tex(Grad(L, O), Notation(gradient="partial")) == r"\frac{\partial L}{\partial O}"
    assert tex(Entry(Grad(L, O), (0, 0)), Notation(several=True)) == r"\delta^{(O)}_{11}"
    assert tex(Entry(X, (0, 1)), Notation(base=0)) == "X_{01}"
    assert tex(O.body, Notation(star=r"\ast")) == r"X \ast F"


def test_the_relation_counts_from_the_first_index_of_the_notation() -> None:
    zero = tex(D.gradient(X), Notation(base=0))
    assert r"i + u = a \\ j + v = b" in zero
    strided = derive(total(conv1d(tensor("x", (7,)), tensor("f", (3,)), stride=2, padding=1), name="L"))
    assert "2i + u = a + 3" in tex(strided.gradient("x"))  # 2(i-1) + (u-1) - (a-1) = 1


def test_the_label_of_a_form_decides_nothing() -> None:
    mislabelled = Form((), (), (), (), Fraction(1), label="conv")
    assert tex(Multi(mislabelled, ())) == "1"
    view = D.gradient(X)
    assert isinstance(view, Multi)
    assert tex(Multi(view.form.wrt(0).wrt(0), view.operands)) == tex(view)


def test_a_channel_layer_is_a_window_and_its_transposed_kernel_is_not_passed_off_as_one() -> None:
    image, kernel = tensor("X", (2, 4, 9, 9)), tensor("W", (6, 2, 3, 3))
    layer = conv2d(image, kernel, groups=2, name="O")
    assert tex(layer.body) == r"X \mathbin{\star_{g=2}} W"
    view = derive(total(layer, name="L")).gradient(image)
    assert r"\sum" in tex(view)


def test_average_pooling_backwards_is_a_block_product_only_without_gaps() -> None:
    view = D.gradient(O)
    assert isinstance(view, Multi)
    found = as_window(view)
    assert found is not None
    assert tex(found) == r"\frac{1}{4}\, \delta \otimes \mathbf{1}_{2 \times 2}"
    image = tensor("X", (5, 5))
    remainder = derive(total(avg_pool2d(image, 2, name="Z"), name="L")).gradient(image)
    assert isinstance(remainder, Multi)
    found = as_window(remainder)
    assert found is not None
    assert r"\otimes" not in tex(found)


def test_a_theorem_for_all_sizes_prints_letters() -> None:
    theorem = gradient("conv", 1, 2, 0, "ngoc")
    assert tex(theorem.rhs) == r"\delta \mathbin{\star_{[e, d, s;\, d (k - 1) - p]}} \mathrm{rot}_{180}(F)"


def test_a_gradient_summed_over_channels_is_a_window_at_its_channels() -> None:
    expected = {
        0: r"\sum_{n} X_{n,(g c)} \mathbin{\star_{[d, s, e;\, p]}} \delta_{n,(g o)}",
        1: r"\sum_{o} \delta_{n,(g o)} \mathbin{\star_{[e, d, s;\, d (k - 1) - p]}} \mathrm{rot}_{180}(F_{(g o),c})",
    }
    for operand, text in expected.items():
        theorem = gradient("conv", operand, 2, 0, "")
        index, shown = Printer(standard()).open_form(theorem.rhs) or ([], "")
        assert shown == text
        assert tex(theorem.rhs) == rf"\left({text}\right)_{{{','.join(index)}}}"


def test_a_flip_of_axes_that_are_no_image_stays_outside() -> None:
    theorem = gradient("conv", 1, 1, 0, "")
    assert isinstance(theorem.rhs, Multi)
    kernel, delta = theorem.rhs.operands
    assert isinstance(kernel, Flip)
    assert r"\mathrm{flip}(F_{(g o),c})" in tex(theorem.rhs)
    channels = Multi(theorem.rhs.form, (Flip(kernel.source, (0, 2)), delta))
    assert r"\mathrm{flip}_{1,3}(F)_{(g o),c}" in tex(channels)


def test_an_index_that_a_sum_uses_up_gets_a_prime() -> None:
    sizes = (("c", 3), ("r", 2), ("y", 4))
    inner = Multi(Form((("r",), ("y",)), ((("r",), ("c",)), (("y",), ("c",)), (("c",),)), sizes), (W, V, x))
    assert tex(inner) == r"\left(\sum_{c} W_{rc} V_{yc} x_{c}\right)_{r,y}"
    at_c_and_y = letters(inner.form, 1, ["c", "y"])
    assert at_c_and_y == {"r": "c", "y": "y", "c": "c'"}
    assert Printer(standard()).at(inner, ["c", "y"])[0] == r"\sum_{c'} W_{c,c'} V_{y,c'} x_{c'}"


i, k, s, p, i_ = (Letter(name) for name in ("i", "k", "s", "p", "i'"))
PADDED = i + 2 * p - k
SIZES = [
    (Whole(Floor(PADDED, s) + 1), r"\left\lfloor \frac{i + 2p - k}{s} \right\rfloor + 1"),
    (Whole(s * (i_ - 1) + k - 2 * p), "s(i' - 1) + k - 2p"),
    (Outputs(i, k, s, p, p), r"\lvert\{x \ge 0 : s\, x + k \le i + 2p\}\rvert"),
    (
        Outputs(i, k, low=p, high=p + Mod(PADDED, s), input_dilation=s),
        r"\lvert\{x \ge 0 : x + k \le s(i - 1) + 1 + 2p + ((i + 2p - k) \bmod s)\}\rvert",
    ),
    (
        Outputs(i, k, dilation=Number(3), low=k - 1, high=k - 1),
        r"\lvert\{x \ge 0 : x + 3(k - 1) + 1 \le i + 2(k - 1)\}\rvert",
    ),
    (TransposedOutputs(i_, k, s, p), r"\lvert\{y \ge 0 : y + p \le s(i' - 1) + k - 1\}\rvert"),
]


@pytest.mark.parametrize(("term", "expected"), SIZES, ids=[expected for _, expected in SIZES])
def test_a_size_prints_as_it_was_written(term: Term, expected: str) -> None:
    assert tex(term) == expected


def test_conditions_on_sizes_print() -> None:
    assert condition_tex(AtLeast(i + 2 * p, k)) == r"i + 2p \ge k"
    assert condition_tex(Equals(p, Floor(k, Number(2)))) == r"p = \left\lfloor \frac{k}{2} \right\rfloor"


def test_every_elementwise_function_and_its_slope_print() -> None:
    for name in TABLE:
        param = Fraction(3) if name in {"pow", "leaky_relu"} else None
        texts = [tex(Map(name, x, order, param)) for order in ((0,) if name == "pow" else (0, 1))]
        assert all("x" in text for text in texts)
        assert len(set(texts)) == len(texts)


def test_functions_along_an_axis_and_winners_are_named() -> None:
    assert tex(AxisMap("softmax", W, 1)) == r"\mathrm{softmax}(W)"
    assert tex(AxisMap("logsumexp", W, 0)) == r"\mathrm{logsumexp}_{1}(W)"
    layer = form("max_pool", {"i": 2, "u": 2, "a": 4, "s1": 2, "d1": 1, "p1": 0})
    assert tex(Winner(tensor("v", (4,)), layer)) == r"\mathrm{winner}_{2,\, s=2}(v)"


def test_entries_are_written_out_row_by_row() -> None:
    view = D.gradient(X)
    assert isinstance(view, Multi)
    assert entries(unrolled(view))[:2] == (
        r"\delta_{11} F_{11}",
        r"\delta_{11} F_{12} + \delta_{12} F_{11}",
    )
    assert entries(Sum((X, X), (3, 3)))[8] == "X_{33} + X_{33}"


def test_long_sums_and_wide_matrices_get_dots_unless_the_notation_forbids_it() -> None:
    wide = Data(tuple(Fraction(n) for n in range(20)), (20,))
    long = Stack((Sum(tuple(Entry(X, (n // 3, n % 3)) for n in range(9)), ()),), (1,))
    assert tex(wide).count("&") == 7
    assert tex(long).count("X_") == 6
    full = standard().unelided()
    assert tex(wide, full).count("&") == 19
    assert tex(long, full).count("X_") == 9


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (Fraction(5), True, "5"),
        (Fraction(63, 25), True, "2.52"),
        (Fraction(-1, 2), True, "-0.5"),
        (Fraction(-1, 3), True, r"-\frac{1}{3}"),
        (Fraction(1, 10000), True, "0.0001"),
        (Fraction(1, 20000), True, r"\frac{1}{20\,000}"),
        (Fraction(9999), True, r"9999"),
        (Fraction(-48000), True, r"-48\,000"),
        (Fraction(1168, 100) * 1000, True, r"11\,680"),
        (Fraction("11679989.76"), True, r"11\,679\,989.76"),
        (Fraction(1, 2), False, r"\frac{1}{2}"),
    ],
)
def test_numbers_stay_exact(value: Fraction, expected: str, *, decimals: bool) -> None:
    assert number(value, decimals=decimals) == expected


def test_every_table_row_prints_with_balanced_braces() -> None:
    sizes = {"n": 1, "g": 2, "o": 3, "c": 2, "i": 4, "u": 3, "a": 6, "s1": 1, "d1": 1, "p1": 0, "x": 2}
    for key, carried in (("conv", 0), ("conv_transpose", 0), ("bias", 0), ("avg_pool", 1), ("linear", 1)):
        layer = form(key, sizes, carried=carried)
        operands = tuple(tensor(f"A{k}", layer.shape(slot)) for k, slot in enumerate(layer.operands))
        views = [Multi(layer, operands)]
        delta = tensor("delta", layer.output_shape)
        views += [Multi(layer.wrt(k), (*operands[:k], delta, *operands[k + 1 :])) for k in range(len(operands))]
        for view in views:
            text = tex(view)
            assert text.count("{") == text.count("}")
            assert text.count(r"\left") == text.count(r"\right")
            assert not re.search(r"_\{[^{}]*\}_\{", text), "two subscripts on one thing"


def test_a_product_of_broadcast_arrays_is_written_with_its_indices() -> None:
    column = tensor("c", (3, 1))
    shown = tex(Multi(pointwise([(3, 1), (3, 3)], (3, 3)), (column, X)))
    assert shown == r"\left(c_{i1} X_{ij}\right)_{i,j}"


def test_all_28800_terms_of_a_large_layer_are_printed() -> None:
    image, kernel = tensor("X", (28, 28)), tensor("F", (5, 5))
    d = derive(total(conv2d(image, kernel, name="O") ** 2, name="L"))
    views = [d.gradient(image), d.gradient(kernel)]
    written = [unrolled(view) for view in views if isinstance(view, Multi)]
    lines = [entry for stack in written for entry in entries(stack, standard().unelided())]
    assert sum(line.count(r"\delta") for line in lines) == 28_800


def test_the_printer_never_loads_sympy() -> None:
    script = (
        "import sys\nfrom symbolic import conv2d, tensor\nfrom render.math import tex\n"
        "print(tex(conv2d(tensor('X', (3, 3)), tensor('F', (2, 2))).body), 'sympy' in sys.modules)\n"
    )
    done = subprocess.run((sys.executable, "-c", script), cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == r"X \star F False"
