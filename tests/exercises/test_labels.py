"""Left sides: which quantity they name, what is remarked, chains of equals, and answers given entry by entry."""

import pytest

from symbolic.exercises.catalogue import exercise
from symbolic.exercises.judge import check
from symbolic.exercises.meter import Meter
from symbolic.exercises.names import Names
from symbolic.exercises.parting import equations
from symbolic.exercises.statement import read_text
from symbolic.exercises.tokens import tokenize

GRADIENT, UPDATE, FILTER, NET = (
    "conv-sum-mse-gradient",
    "conv-sum-mse-update",
    "conv-grad-filter",
    "scalar-net-gradients",
)
NUMBERS = "[[48, 64], [96, 112]]"
UPDATED = "[[2.52, 1.36], [0.04, 3.88]]"


@pytest.mark.parametrize(
    "left",
    [
        "dL/dK", "∂L/∂K", r"\frac{\partial L}{\partial K}", r"\frac{dL}{dK}", r"\frac{\mathrm{d}L}{\mathrm{d}K}",
        r"\dfrac{\partial \mathcal{L}}{\partial \mathbf{K}}", r"\nabla_K L", r"\nabla_{K} L", "∇_K L", "∇K", "dK",
        "dL_dK", "dLdK", "grad_K", "grad(K)", "gradK", "K.grad", "K_grad", r"\partial L / \partial K", "∂L/∂k",
        "answer", "Answer", "result", "ans", "solution", "gradient", "grad", r"\partial_K L",
    ],
)  # fmt: skip
@pytest.mark.parametrize("sign", [" = ", " := ", r" \leftarrow ", r" \gets ", " ← ", ": "])
def test_left_sides_that_name_the_gradient_asked_for(left: str, sign: str) -> None:
    found = check(GRADIENT, left + sign + NUMBERS)
    assert (found.verdict, found.remarks) == ("correct", ())


@pytest.mark.parametrize(
    "left",
    [
        "K",
        "K'",
        "K_{new}",
        "K_new",
        "Knew",
        "K^{(1)}",
        "K^{new}",
        "K_{t+1}",
        "new_K",
        "K_updated",
        "updated_K",
        "answer",
    ],
)
def test_left_sides_that_name_the_new_value(left: str) -> None:
    found = check(UPDATE, f"{left} = {UPDATED}")
    assert (found.verdict, found.remarks) == ("correct", ())


@pytest.mark.parametrize(
    ("name", "left", "right", "key", "words"),
    [
        (GRADIENT, "dL/dX", NUMBERS, "left_side_other", ("dL/dX", "∂L/∂K")),
        (GRADIENT, "K", NUMBERS, "left_side_other", ("K,", "∂L/∂K")),
        (GRADIENT, "K_{new}", NUMBERS, "left_side_other", ("K_new", "∂L/∂K")),
        (GRADIENT, "foo", NUMBERS, "left_side_unknown", ("foo", "∂L/∂K")),
        (GRADIENT, r"\frac{\partial L}{\partial W}", NUMBERS, "left_side_unknown", ("dL/dW",)),
        (UPDATE, "dL/dK", UPDATED, "left_side_other", ("dL/dK", "asked is K;")),
        (FILTER, "∂L/∂X", "conv(X, delta)", "left_side_other", ("dL/dX", "∂L/∂F")),
        (FILTER, "∂L/∂O", "conv(X, delta)", "left_side_other", ("dL/dO", "∂L/∂F")),
        (NET, "foo", "[-4800, -4800, -2640]", "left_side_unknown", ("foo",)),
    ],
)
def test_other_left_sides_are_remarked_on_and_the_right_side_is_judged(
    name: str, left: str, right: str, key: str, words: tuple[str, ...]
) -> None:
    found = check(name, f"{left} = {right}")
    assert (found.verdict, found.remarks, found.data()["remarks"]) == ("correct", (key,), [key])
    told = found.message().splitlines()[1]
    assert all(word in told for word in words)
    assert len(found.message("zh").splitlines()) == 2
    wrong = check(name, f"{left} = 2*{right}")
    assert (wrong.verdict, wrong.remarks) == ("wrong", (key,))
    assert told in wrong.message()


def test_the_name_of_one_entry_before_a_whole_matrix_is_refused() -> None:
    assert check(GRADIENT, f"dL/dK_11 = {NUMBERS}").verdict == "unreadable"


def test_without_an_exercise_a_label_is_dropped_silently() -> None:
    remarked = read_text("foo = 3", Names((), {}, {}), Meter())
    assert remarked.single().entries[0].constant == 3


@pytest.mark.parametrize(
    "text",
    [
        f"dL/dK = 2*(232-230)*[[12,16],[24,28]] = {NUMBERS}",
        f"2*(232-230)*[[12,16],[24,28]] = {NUMBERS}",
        f"{NUMBERS} = dL/dK",
        f"dL/dK = dK = {NUMBERS}",
        f"dL/dK = 4*[[12,16],[24,28]]\ndL/dK = {NUMBERS}",
        rf"\begin{{align}} \frac{{\partial L}}{{\partial K}} &= 4[[12,16],[24,28]] \\ &= {NUMBERS} \end{{align}}",
    ],
)
def test_a_chain_whose_parts_agree_is_correct(text: str) -> None:
    found = check(GRADIENT, text)
    assert (found.verdict, found.remarks) == ("correct", ())


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("dL/dK = 4*[[12,16],[24,28]] = [[48,64],[96,113]]", ((2, 2),)),
        (f"dL/dK = 4*[[12,16],[25,28]] = {NUMBERS}", ((2, 1),)),
        ("dL/dK = 4*[[12,16],[25,28]] = [[48,64],[96,113]]", ((2, 2),)),
    ],
)
def test_a_chain_with_a_wrong_part_is_wrong_and_shows_the_last_wrong_one(
    text: str, entries: tuple[tuple[int, int], ...]
) -> None:
    found = check(GRADIENT, text)
    assert (found.verdict, found.wrong_entries) == ("wrong", entries)
    assert "sides_differ" in found.remarks
    assert "The sides of the equals signs differ" in found.message()


def test_parts_that_say_the_same_in_other_symbols_agree() -> None:
    sums = "conv(X, [[1,1],[1,1]])"
    text = f"2*(sum(conv(X, w))/4 - t)*{sums}/4 = (z - t)/2*{sums} = dL/dz*{sums}/4"
    assert check("conv-avgpool-mse-gradient", text).verdict == "correct"


def test_parts_of_other_shapes_and_very_many_parts_are_unreadable() -> None:
    assert check(GRADIENT, f"dL/dK = 4 = {NUMBERS}").reason == "syntax"
    chain = " = ".join(f"[[48, 64], [96, {n}]]" for n in range(40))
    found = check(GRADIENT, chain)
    assert (found.verdict, found.refusal.key if found.refusal else "") == ("unreadable", "sides_differ")


def test_a_part_with_names_that_are_not_given_is_passed_over_with_a_remark() -> None:
    found = check(UPDATE, rf"K_{{new}} = K - \eta \frac{{\partial L}}{{\partial K}} = {UPDATED}")
    assert (found.verdict, found.remarks) == ("correct", ("side_passed_over",))
    assert r"K - \eta \frac{\partial L}{\partial K}" in found.message()
    summed = r"\nabla_K L = \sum_{i,j} \delta_{ij} X_{i+u,j+v} = \begin{pmatrix} 48 & 64 \\ 96 & 112 \end{pmatrix}"
    assert check(GRADIENT, summed).remarks == ("side_passed_over",)
    assert check(GRADIENT, summed.replace(" 48 & 64", " \\sum & 64")).verdict == "unreadable"
    assert check(UPDATE, f"{UPDATED} = K - eta").reason == "unknown_symbol"  # the last one is the answer


@pytest.mark.parametrize(
    "text",
    [
        "dK_11 = 48, dK_12 = 64, dK_21 = 96, dK_22 = 112",
        "dK_22 = 112\ndK_12 = 64\ndK_21 = 96\ndK_11 = 48",
        "∂L/∂K_11 = 48; ∂L/∂K_12 = 64; ∂L/∂K_21 = 96; ∂L/∂K_22 = 112;",
        "dK_11: 48\ndK_12: 64\ndK_21: 96\ndK_22: 112",
        "∂L/∂K_1_1 = 48; ∂L/∂K_{1,2} = 64; dK21 = 96; dL/dK22 = 112",
        r"""\begin{aligned}
            \frac{\partial L}{\partial K_{11}} &= 4\cdot12 = 48 \\ \frac{\partial L}{\partial K_{12}} &= 64 \\
            \frac{\partial L}{\partial K_{2,1}} &= 96 \\ \frac{\partial L}{\partial K_{22}} &= 112
        \end{aligned}""",
    ],
)
def test_an_answer_entry_by_entry(text: str) -> None:
    found = check(GRADIENT, text)
    assert (found.verdict, found.remarks) == ("correct", ())


@pytest.mark.parametrize(
    "text",
    [
        "dK[0,0] = 48\ndK[0,1] = 64\ndK[1,0] = 96\ndK[1,1] = 112",
        "K.grad[0][0] = 48; K.grad[0][1] = 64; K.grad[1][0] = 96; K.grad[1][1] = 112",
    ],
)
def test_entries_in_brackets_count_from_0(text: str) -> None:
    found = check(GRADIENT, text)
    assert (found.verdict, found.remarks) == ("correct", ("brackets_from_0",))
    assert "[0, 0] is ∂L/∂K_11" in found.message()
    from_one = (
        text.replace("1]", "2]").replace("1,", "2,").replace("[0", "[1").replace(",0", ",1").replace("][0", "][1")
    )
    assert check(GRADIENT, from_one).reason == "label"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("dK_11 = 48, dK_12 = 64, dK_21 = 96", "missing_label"),
        ("dK[0,0,0] = 48, dK[0] = 64, dK[1,0] = 96, dK[x] = 3", "unknown_label"),
        ("dK_11 = 48, dK_12 = 64, dK_12 = 64, dK_22 = 112", "duplicate_key"),
        ("dK_11 = 48, dK_12 = 64, dX_21 = 96, dK_22 = 112", "unknown_label"),
        ("dX_11 = 48, dX_12 = 64, dX_21 = 96, dX_22 = 112", "unknown_label"),
        ("dK_11 = 48, dK_12 = 64, dK_21 = 96, dK_33 = 112", "unknown_label"),
        ("dK_11 = 48, dK_12 = 64, dK_21 = 96, dK_22 = [112]", "label_not_a_number"),
        ("dK_11 = 48 = 47, dK_12 = 64, dK_21 = 96, dK_22 = 112", "sides_differ"),
    ],
)
def test_entries_that_are_missing_repeated_or_of_something_else(text: str, key: str) -> None:
    found = check(GRADIENT, text)
    assert found.refusal is not None
    assert found.refusal.key == key


@pytest.mark.parametrize(
    "text",
    [
        "∂L/∂w₁ = −4800, ∂L/∂b₁ = −4800, ∂L/∂w₂ = −2640",
        "w1.grad = -4800\nb1.grad = -4800\nw2.grad = -2640",
        "dw1: -4800\ndb1: -4800\ndw2: -2640",
        "dw_2 = -240*11 = -2640, dw_1 = -4800, db_1 = -4800",
        "[dw1, db1, dw2] = [-4800, -4800, -2640]",
        "(dw1, dw2, db1) = (-4800, -2640, -4800)",
        "dw1, db1, dw2 = -4800, -4800, -2640",
        "{'dw1': -4800, 'db1': -4800, 'dw2': -2640}",
    ],
)
def test_labels_of_a_sheet_in_many_spellings(text: str) -> None:
    assert check(NET, text).verdict == "correct"


@pytest.mark.parametrize(
    "text",
    [
        f"S = 232\nL = 4\n∂L/∂K = {NUMBERS}",
        f"S = 36+47+69+80; dL/dK = 2*(S-230)*[[12,16],[24,28]]; dL/dK = {NUMBERS}",
        rf"\begin{{aligned}} S &= 232 \\ \nabla_K L &= {NUMBERS} \end{{aligned}}",
    ],
)
def test_steps_on_the_way_are_passed_over_with_a_remark(text: str) -> None:
    found = check(GRADIENT, text)
    assert (found.verdict, found.remarks) == ("correct", ("side_passed_over",))
    assert "S " in found.message()


def test_a_colon_is_an_equals_sign_behind_a_known_label_only() -> None:
    assert check(GRADIENT, f"result: {NUMBERS}").verdict == "correct"
    for text in (f"lambda x: {NUMBERS}", f"try: {NUMBERS}", f"{NUMBERS}: {NUMBERS}", f"a: b: {NUMBERS}"):
        assert check(GRADIENT, text).verdict == "unreadable"


def test_an_entry_of_a_json_array_has_no_label() -> None:
    assert check(GRADIENT, '[["a := 48", 64], [96, 112]]').reason == "unknown_symbol"
    assert check(GRADIENT, '[["4*12 = 48", 64], [96, 112]]').verdict == "correct"


def test_parameters_themselves_are_no_labels_of_their_gradients() -> None:
    found = check(NET, "w1 = -4800, b1 = -4800, w2 = -2640")
    assert (found.verdict, found.reason) == ("unreadable", "label")


def test_what_every_exercise_asks_for_can_be_named() -> None:
    assert exercise(FILTER).asked.text == "∂L/∂F"
    assert exercise(UPDATE).asked.text == "K"
    assert exercise(NET).asked.entry(2) == "dw2"
    assert exercise(FILTER).asked.entry(1) == "∂L/∂F_12"


def test_splitting_into_equations_does_a_bounded_number_of_cuts() -> None:
    for mark in (", ", "; ", "\n"):
        text = mark.join(["a = 1"] * 4000)
        tokens, _latex = tokenize(text)
        assert len(equations(tokens, text, 3)) == 4  # 3 entries are asked: the rest stays in one piece
        assert len(equations(tokens, text, 5000)) == 4000
    for text in ("a = 1, " * 4000, "=" * 9000, "a=" * 9000, ", " * 9000, "\n".join(["a"] * 9000)):
        found = check(NET, text)
        assert found.verdict == "unreadable"


@pytest.mark.parametrize(("name", "left"), [("conv-transpose", "C"), ("wide-conv", "Y"), ("transposed-conv", "O")])
def test_results_that_are_no_gradients_have_names_of_their_own(name: str, left: str) -> None:
    known = exercise(name)
    for text, remarks in (
        (f"{left} = {known.solution}", ()),
        (f"dL/dX = {known.solution}", ("left_side_other",)),
        (f"{known.solution} = {left}", ()),
    ):
        found = check(known, text)
        assert (found.verdict, found.remarks) == ("correct", remarks)
