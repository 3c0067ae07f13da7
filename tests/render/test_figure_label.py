"""The markup of labels: what it means in TeX, and that nothing in it is obeyed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.figure.label import Run, indexed, prose, runs, tex, tex_escape, width
from symbolic.errors import GradproofError


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        ("X_{11}", "X_{11}"),
        ("F_ab", "F_{a}b"),
        ("x_1^{2}", "x_{1}^{2}"),
        ("x_{i+1}", "x_{i+1}"),
        ("x_{in}y", r"x_{\text{in}}y"),
        ("x_{1}^{2}_{3}", "x_{1}^{2}{}_{3}"),
        ("σ′", r"\sigma {}'"),
        ("", ""),
        ("∂L/∂F_{11}", r"\partial L/\partial F_{11}"),
        ("δ_{O}", r"\delta _{O}"),
        ("-2", "-2"),
        ("s·i + d·u - e·a", r"s\cdot i{}+{}d\cdot u{}-{}e\cdot a"),
        ("x_{1,2}", "x_{1{,}2}"),
        ("conv", r"\text{conv}"),
        ("δ ⋆ rot180 F", r"\delta {}\star \text{rot180 }F"),
        ('"X_{11} 卷积"', r"\text{X\_\{11\} 卷积}"),
        ("卷积 X", r"\text{卷积 }X"),
        (prose('a "b" \\c'), r"\text{a \textquotedbl{}b\textquotedbl{} \textbackslash{}c}"),
    ],
)
def test_a_label_in_tex(label: str, printed: str) -> None:
    assert tex(label) == printed


def test_a_letter_is_a_variable_and_a_word_is_not() -> None:
    assert runs("F conv 12") == (Run("F", "italic"), Run(" conv ", "upright"), Run("12", "symbol"))
    assert runs("x_{in}^{2}") == (Run("x", "italic"), Run("in", "upright", -1), Run("2", "symbol", 1))


@pytest.mark.parametrize("label", ["X_{11", "X}", "{X}", "X_", "X^{a_b}", "a_^b"])
def test_broken_markup_is_refused(label: str) -> None:
    with pytest.raises(GradproofError, match=r"^label '"):
        runs(label)


@pytest.mark.parametrize("text", [r"\input{x}", "$", "a&b", "#1", "%", "~^_", "{{7*7}}", "`'\"<>|\\", "\\\\"])
def test_prose_is_printed_and_never_obeyed(text: str) -> None:
    printed = tex(prose(text))
    assert "".join(run.text for run in runs(prose(text))) == text
    inside = printed.removeprefix(r"\text{").removesuffix("}")
    assert inside == tex_escape(text)
    bare = inside
    for escaped in sorted(set(map(tex_escape, text)), key=len, reverse=True):
        bare = bare.replace(escaped, "")
    assert not set(bare) & set("\\{}$&#%~^_")


@given(st.text(max_size=20))
def test_any_text_can_be_quoted(text: str) -> None:
    assert "".join(run.text for run in runs(prose(text))) == text
    assert tex_escape(text).count("{") - tex_escape(text).count(r"\{") == tex_escape(text).count("}") - tex_escape(
        text
    ).count(r"\}")


@given(st.text(max_size=20))
def test_any_label_is_printed_or_refused_in_a_sentence(text: str) -> None:
    try:
        printed = tex(text)
    except GradproofError:
        return
    assert not re.search(r"(?<!\\)\$|\\input|\n", printed)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("X", "X"),
        ("w1", "w_{1}"),
        ("w_1", "w_{1}"),
        ("delta_11", "δ_{11}"),
        ("X_1_10", "X_{1,10}"),
        ("loss", "loss"),
        ("w1_a", "w1_{a}"),
    ],
)
def test_names_of_programs(name: str, label: str) -> None:
    assert indexed(name) == label


def test_widths_grow_with_text_and_size_and_shrink_in_scripts() -> None:
    assert width("XX", 10) == 2 * width("X", 10) == width("XX", 20) / 2
    assert width("X_{11}", 10) < width("X11", 10)
    assert width("卷积", 10) == pytest.approx(2 * 10 * 25.4 / 72)


# Advances in units of 1/2048 em, read from DejaVu Serif 2.37, the widest of the usual serif fonts.
DEJAVU_SERIF = {
    "X": 1458, "F": 1421, "O": 1680, "H": 1786, "M": 2097, "W": 2105, "m": 1942, "n": 1319, "a": 1221, "g": 1311,
    "0": 1303, "δ": 1233, "σ": 1399, "ω": 1669, "∂": 1059, "−": 1716, "→": 1716, "(": 799, ".": 651,
}  # fmt: skip


@pytest.mark.parametrize("char", DEJAVU_SERIF)
def test_the_estimate_is_no_narrower_than_a_wide_font(char: str) -> None:
    assert DEJAVU_SERIF[char] / 2048 <= width(prose(char), 72 / 25.4) <= 1.4 * DEJAVU_SERIF[char] / 2048
