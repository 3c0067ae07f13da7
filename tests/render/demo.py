"""A small document with every kind of block, and words for it: what the tests of the page print."""

from fractions import Fraction

from render.document import (
    Abbreviation,
    Block,
    Box,
    Bullets,
    Calculation,
    Claim,
    Code,
    Details,
    Document,
    Evidence,
    Figure,
    Heading,
    Statement,
    Table,
    Theorem,
    phrase,
    prose,
)
from render.figure.scene import Box as Cell
from render.figure.scene import Scene
from render.words import Phrasebook, read, words
from symbolic import conv2d, derive, tensor
from symbolic import sum as total
from symbolic.kernel.logic import Definition, Derivation, Derive, Expand, Rule, Step
from symbolic.terms.term import Data, Grad, Multi
from symbolic.terms.unrolled import unrolled

ENGLISH = {
    "title": "A demonstration & its_title",
    "setting": "The setting",
    "intro": "Let {x} be the *input*, `F` the kernel, {n} of them; $\\delta$ comes from above.\n\nSee [there](https://example.org/a_b).",
    "first": "first {x}",
    "second": "second 100%",
    "listing": "A listing",
    "more": "More <b>",
    "graph_caption": "The graph of `F`",
    "graph_alt": "One box",
    "theorem": "filter gradient",
    "claim": "the gradient of {x}",
    "screen": "NumPy agrees at {n} points",
    "entry": "entry",
    "value": "value",
    "own_reason": "because of $\\delta$",
}
CHINESE = {
    "title": "演示",
    "setting": "问题",
    "intro": "设 {x} 为*输入*，`F` 为卷积核，共 {n} 个；$\\delta$ 由上层传来。\n\n见[此处](https://example.org/a_b)。",
    "first": "其一 {x}",
    "second": "其二 100%",
    "listing": "程序",
    "more": "更多 <b>",
    "graph_caption": "`F` 的计算图",
    "graph_alt": "一个方框",
    "theorem": "卷积核的梯度",
    "claim": "{x} 的梯度",
    "screen": "NumPy 在 {n} 个点上一致",
    "entry": "元素",
    "value": "数值",
    "own_reason": "由 $\\delta$ 可知",
}


def book(lang: str) -> Phrasebook:
    """The common words and those of the demonstration."""
    own = {"en": ENGLISH, "zh": CHINESE}[lang]
    for key, text in own.items():
        read(text, key)
    return Phrasebook(lang, "demo", words(lang).phrases | own)


def demo(size: int = 3) -> Document:
    """Every block once; sizes above 4 give sums that are elided."""
    X, F = tensor("X", (size, size)), tensor("F", (size - 1, size - 1))
    O = conv2d(X, F, name="O")
    d = derive(total(O**2, name="L"))
    L = d.loss
    assert isinstance(O.body, Multi)
    forward = (
        Step(O, O.body, Rule.DEFINITION, Definition()),
        Step(O.body, unrolled(O.body), Rule.EXPAND, Expand()),
    )
    proof = d.proof(F)
    numbers = Data(tuple(Fraction(n, 4) for n in range(size * size)), X.shape)
    given = Step(X, numbers, Rule.GIVEN, Definition())
    rule = d.gradient(F)
    assert isinstance(rule, Multi)
    backward = (
        Step(Grad(L, F), rule, Rule.DROP_OPERAND, Derive()),
        Step(rule, unrolled(rule), Rule.EXPAND, Expand()),
    )
    blocks: tuple[Block, ...] = (
        Heading("setting"),
        prose("intro", x=X, n=2),
        Bullets((phrase("first", x=Fraction(63, 25)), phrase("second"))),
        Figure(
            lambda words: Scene((Cell(0, 0, 20, 8, "cell", f'"{words.plain("value")}"'),)),
            "graph",
            "graph_caption",
            "graph_alt",
        ),
        Abbreviation(Grad(L, O)),
        Statement((given,)),
        Calculation(forward),
        Calculation(backward, reasons=("", "own_reason"), gradient="partial"),
        Theorem(proof.theorems[0] if proof.theorems else proof, "theorem", proof=True),
        Table(("entry", "value"), ((X, Fraction(1, 3)), ("a | b_c", phrase("second")), (given, 5))),
        Box("listing", (Code("if a < b:\n    print('`x` | {y} \\\\ %')"), prose("second"))),
        Details("more", (Statement(forward[1:], layout="entries"),)),
        Evidence((Claim("claim", Derivation(backward), {"x": F}),), (phrase("screen", n=3),)),
    )
    return Document("demo", "title", blocks)
