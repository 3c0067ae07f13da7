"""MathML: what the printer prints becomes well-formed MathML that says the same; what is unknown is refused."""

import re
import unicodedata
import xml.etree.ElementTree as ET

import pytest

from render.mathml import mathml
from render.notation import ACCENTS, GREEK
from render.tokens import MathmlError


def parsed(tex: str, *, block: bool = False) -> ET.Element:
    return ET.fromstring(mathml(tex, block=block))  # noqa: S314 - our own text, a moment old


def text(tex: str) -> str:
    return "".join(parsed(tex).itertext())


@pytest.mark.parametrize(
    ("tex", "inside"),
    [
        ("x", "<mi>x</mi>"),
        (r"\delta", "<mi>δ</mi>"),
        ("12", "<mn>12</mn>"),
        ("2.52", "<mn>2.52</mn>"),
        (r"5\,898\,240\,000", "<mn>5\u2009898\u2009240\u2009000</mn>"),
        ("5{,}898{,}240{,}000", "<mn>5,898,240,000</mn>"),
        (r"12\,345.5", "<mn>12\u2009345.5</mn>"),
        (r"2\, x", '<mn>2</mn><mspace width="0.167em"></mspace><mi>x</mi>'),
        (r"12\,3456", '<mn>12</mn><mspace width="0.167em"></mspace><mn>3456</mn>'),
        ("1,234", '<mn>1</mn><mo separator="true">,</mo><mn>234</mn>'),
        ("X_{11}", "<msub><mi>X</mi><mn>11</mn></msub>"),
        ("x^2_i", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
        ("f''", '<msup><mi>f</mi><mo form="postfix">′′</mo></msup>'),
        (r"\frac{a}{2}", "<mfrac><mi>a</mi><mn>2</mn></mfrac>"),
        (r"\sqrt{a}", "<msqrt><mi>a</mi></msqrt>"),
        (r"\mathrm{rot}_{180}", "<msub><mi>rot</mi><mn>180</mn></msub>"),
        (r"\mathrm{d}", '<mi mathvariant="normal">d</mi>'),
        (r"\mathrm{input\ dilation}", "<mi>input&#160;dilation</mi>"),
        (r"\mathbf{1}", "<mn>𝟏</mn>"),
        (r"\mathbf{Wx}", "<mi>𝐖𝐱</mi>"),
        (r"\mathcal{LX}", "<mi>ℒ𝒳</mi>"),
        (r"\hat{y}", '<mover accent="true"><mi>y</mi><mo>^</mo></mover>'),
        (r"\text{a \_ b}", "<mtext>a&#160;_&#160;b</mtext>"),
        (r"\sum_{i} a", "<munder><mo>∑</mo><mi>i</mi></munder><mi>a</mi>"),
        (r"\sum_{i}^{n}", "<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>"),
        (r"{\scriptstyle a} b", '<mstyle scriptlevel="1"><mi>a</mi></mstyle><mi>b</mi>'),
        (r"\log p", '<mi>log</mi><mspace width="0.167em"></mspace><mi>p</mi>'),
        (r"\log(p)", '<mi>log</mi><mo stretchy="false">(</mo><mi>p</mi><mo stretchy="false">)</mo>'),
        (r"\max_{i} p", '<munder><mi>max</mi><mi>i</mi></munder><mspace width="0.167em"></mspace><mi>p</mi>'),
        ("", ""),
    ],
)
def test_each_piece(tex: str, inside: str) -> None:
    assert mathml(tex) == f"<math>{inside}</math>"


def test_a_minus_sign_knows_what_stands_before_it() -> None:
    def forms(tex: str) -> list[str | None]:
        return [mo.get("form") for mo in parsed(tex).iter("mo") if mo.text == "−"]

    assert forms("-a - b") == ["prefix", "infix"]
    assert forms(r"20 - 0.1 \cdot (-2)") == ["infix", "prefix"]
    assert forms(r"x_{-1}, -1") == ["prefix", "prefix"]
    assert forms("{} - a") == ["infix"]
    assert forms("a_1 - b") == ["infix"]


def test_matrices_and_their_brackets() -> None:
    matrix = parsed(r"\begin{pmatrix} a & \begin{bmatrix} 1 \\ 2 \end{bmatrix} \\ \vdots & c_{1} \end{pmatrix}")
    outer, inner = matrix.iter("mtable")
    assert [len(row) for row in outer.findall("mtr")] == [2, 2]
    assert [len(row) for row in inner.findall("mtr")] == [1, 1]
    assert [mo.text for mo in matrix.iter("mo")] == ["(", "[", "]", ")"]
    assert {mo.get("stretchy") for mo in matrix.iter("mo")} == {"true"}


def test_a_star_with_marks_beneath_is_one_sign() -> None:
    star = parsed(r"X \mathbin{\star_{\mathrm{full},\, s=2}} F").find("msub")
    assert star is not None
    assert star[0].text == "⋆"
    assert "".join(star[1].itertext()) == "full,s=2"


def test_brackets_grow_only_when_told() -> None:
    assert [mo.get("stretchy") for mo in parsed("(a)").iter("mo")] == ["false", "false"]
    assert [mo.get("stretchy") for mo in parsed(r"\left(a\right)").iter("mo")] == ["true", "true"]
    assert [mo.text for mo in parsed(r"\left\lvert a\right\rvert").iter("mo")] == ["|", "|"]


def test_lines_beneath_a_sum() -> None:
    under = parsed(r"\sum_{\substack{i,j \\ i + u = a + 1}} x").find("munder")
    assert under is not None
    assert ["".join(row.itertext()) for row in under.iter("mtr")] == ["i,j", "i+u=a+1"]


def test_a_display_is_full_size() -> None:
    assert parsed("x", block=True).get("displaystyle") == "true"
    assert parsed("x").get("displaystyle") is None


@pytest.mark.parametrize("name", sorted(GREEK))
def test_every_greek_name_of_the_notation_is_a_letter(name: str) -> None:
    assert "GREEK" in unicodedata.name(text(f"\\{name}"))


@pytest.mark.parametrize("accent", ACCENTS)
def test_every_accent_of_the_notation_is_known(accent: str) -> None:
    assert len(text(rf"\{accent}{{x}}")) in {1, 2}


@pytest.mark.parametrize(
    ("tex", "sentence"),
    [
        (r"\input{x}", r"unknown command \\input"),
        (r"\lamda", r"unknown command \\lamda; did you mean 'lambda'\?"),
        (r"\begin{verbatim} x \end{verbatim}", "unknown environment 'verbatim'"),
        (r"\text{\input{x}}", "needs a group in braces"),
        (r"\mathrm{\alpha}", r"hold the command \\alpha"),
        (r"\frac{a", "ends before }"),
        (r"\left(a", r"ends before \\right"),
        (r"\begin{pmatrix} a \end{bmatrix}", "ends another environment than pmatrix"),
        ("a & b", "has '&' where there is no MathML for it"),
        ("#", "has '#' where"),
        (r"\left x\right)", "has 'x' where a bracket belongs"),
        ("x_", "ends where something belongs"),
        (r"\frac", "ends where something belongs"),
    ],
)
def test_what_is_unknown_is_refused_by_name(tex: str, sentence: str) -> None:
    with pytest.raises(MathmlError, match=sentence):
        mathml(tex)


@pytest.mark.parametrize("tex", ["<script>", "a < b > c", r"\text{<b>&amp;</b>}", r"\mathrm{a<b}", r"\mathbf{<}"])
def test_signs_of_html_are_text(tex: str) -> None:
    assert "<" in text(tex) or ">" in text(tex)
    assert not re.search(r"<(script|b)\b", mathml(tex))
