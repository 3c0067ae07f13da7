"""Wrong statements about all sizes: each is a theorem with one mistake, and is refused with words for the difference.

Beside every wrong statement stands the right one that it was made from; the same evidence shows that one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from symbolic.errors import ProofError
from symbolic.kernel.counts import Integer, Outputs, TransposedOutputs, Whole
from symbolic.kernel.integers import Floor, Letter, Number
from symbolic.kernel.logic import Cite
from symbolic.kernel.products import Distribute
from symbolic.kernel.step import Rule, Step
from symbolic.search.bounding import bounded
from symbolic.search.matching import differentiated, distributed, reindexed
from symbolic.terms.layers import reduction
from symbolic.terms.size import letter_size, simplest
from symbolic.terms.term import Const, Flip, Grad, Leaf, Multi, Node, Term
from symbolic.theorems import THEOREMS, theorem
from tests import mutations as m
from tests.truth import agree

if TYPE_CHECKING:
    from collections.abc import Callable

    from symbolic.terms.size import Extent

K, N, Q = (letter_size(name) for name in ("k1", "N", "Q"))


@dataclass(frozen=True)
class Wrong:
    """Step `number` of part `part` of a theorem, its right side changed by `mistake`; the refusal says `words`."""

    key: str
    part: int
    number: int
    mistake: Callable[[Term], Term]
    words: str
    sizes: dict[str, Extent] = field(default_factory=dict)


OPERANDS, ROWS, SCALE = (f"the {what} differ" for what in ("operands", "rows", "scale"))
LETTERS = "the letter|the letters"
TIMES, GROUPS = r"stands .* times on the left, .* times on the right", r"the groups do not hold each of the \d+ \+ \d+"
COUNT = N * letter_size("n1") * letter_size("n2")

STATEMENTS: dict[str, Wrong] = {
    # the gradient of the filter
    "filter gradient, view: stride and dilation exchanged": Wrong("filter-gradient", 0, 0, m.exchanged("s", "d"), ROWS),
    "filter gradient, view: padding one more": Wrong("filter-gradient", 0, 0, m.padded(1), ROWS),
    "filter gradient, view: padding one less": Wrong("filter-gradient", 0, 0, m.padded(-1), ROWS),
    "filter gradient, view: error term and input exchanged": Wrong(
        "filter-gradient", 0, 0, m.swapped, OPERANDS, m.EQUAL
    ),
    "filter gradient, view: channels and groups in another order": Wrong(
        "filter-gradient", 0, 0, m.other_group_order(1), OPERANDS
    ),
    "filter gradient, view: every image with every other": Wrong(
        "filter-gradient", 0, 0, m.renamed(1, {"n": "q"}, q=N), LETTERS
    ),
    "filter gradient, view: the mean over the batch": Wrong("filter-gradient", 0, 0, m.divided(N), SCALE),
    "filter gradient: stride and dilation not exchanged": Wrong("filter-gradient", 0, 1, m.exchanged("s", "d"), ROWS),
    "filter gradient: the input rotated, as a common text has it": Wrong(
        "filter-gradient", 0, 1, m.operand(1, m.flipped(2, 3)), OPERANDS
    ),
    "filter gradient: the error term rotated": Wrong("filter-gradient", 0, 1, m.operand(0, m.flipped(2, 3)), OPERANDS),
    "filter gradient: the whole rotated": Wrong("filter-gradient", 0, 1, m.flipped(2, 3), f"{OPERANDS}|{ROWS}"),
    "filter gradient: input dilation lost": Wrong("filter-gradient", 0, 1, m.lost("e"), ROWS),
    "filter gradient: padding lost": Wrong("filter-gradient", 0, 1, m.lost("p"), ROWS),
    # the gradient of the input
    "input gradient, view: output and input channels exchanged": Wrong(
        "input-gradient", 0, 0, m.slot(0, ("g", "c"), ("o",), ("u",), ("v",)), OPERANDS, m.SQUARE
    ),
    "input gradient, view: padding one more": Wrong("input-gradient", 0, 0, m.padded(1), ROWS),
    "input gradient, view: twice as much": Wrong("input-gradient", 0, 0, m.scaled(2), SCALE),
    "input gradient, view: the other sign": Wrong("input-gradient", 0, 0, m.scaled(-1), SCALE),
    "input gradient: no flip": Wrong("input-gradient", 0, 1, m.operand(0, m.unflipped), OPERANDS),
    "input gradient: rows flipped only": Wrong("input-gradient", 0, 1, m.operand(0, m.along(2)), OPERANDS),
    "input gradient: columns flipped only": Wrong("input-gradient", 0, 1, m.operand(0, m.along(3)), OPERANDS),
    "input gradient: channels flipped too": Wrong("input-gradient", 0, 1, m.operand(0, m.along(1, 2, 3)), OPERANDS),
    "input gradient: the error term flipped instead": Wrong(
        "input-gradient", 0, 1, lambda t: m.operand(1, m.flipped(2, 3))(m.operand(0, m.unflipped)(t)), OPERANDS
    ),
    "input gradient: the layer's own padding": Wrong(
        "input-gradient",
        0,
        1,
        m.rows(lambda row: replace(row, p=simplest(row.d * (K - 1) - row.p))),
        ROWS,
    ),
    "input gradient: padding one less": Wrong("input-gradient", 0, 1, m.padded(-1), ROWS),
    "input gradient: no zeros inserted": Wrong("input-gradient", 0, 1, m.lost("e"), ROWS),
    "input gradient: stride not exchanged with input dilation": Wrong(
        "input-gradient", 0, 1, m.exchanged("s", "e"), ROWS
    ),
    "input gradient: dilation lost": Wrong("input-gradient", 0, 1, m.lost("d"), ROWS),
    "input gradient: kernel transposed": Wrong(
        "input-gradient", 0, 1, m.slot(0, ("g", "o"), ("c",), ("v",), ("u",)), f"{OPERANDS}|{ROWS}", m.SQUARE
    ),
    "input gradient: the result read backwards": Wrong("input-gradient", 0, 1, m.flipped(2, 3), ROWS),
    # the bias
    "bias gradient: the mean over the batch": Wrong("bias-gradient", 0, 0, m.divided(N), SCALE),
    "bias gradient: channels in another order": Wrong("bias-gradient", 0, 0, m.other_group_order(0), OPERANDS),
    "bias gradient: summed over the channels of a group too": Wrong(
        "bias-gradient", 0, 0, m.renamed(0, {"o": "q"}, q=letter_size("O")), LETTERS
    ),
    "bias gradient: added up once more": Wrong(
        "bias-gradient", 0, 0, m.formed(lambda form: replace(form, sizes=(*form.sizes, ("q", Q)))), LETTERS
    ),
    # the exchanges of roles
    "sigma twice: stride and dilation left exchanged": Wrong("window-swaps", 0, 0, m.exchanged("s", "d"), ROWS),
    "tau twice: the padding of one turn only": Wrong(
        "window-swaps",
        1,
        0,
        m.rows(lambda row: replace(row, p=simplest(row.d * (K - 1) - row.p))),
        ROWS,
    ),
    "tau twice: stride left with the input": Wrong("window-swaps", 1, 0, m.exchanged("s", "e"), ROWS),
    # pooling
    "average pooling: divisor lost": Wrong("average-pool-backward", 0, 0, m.divided(1), SCALE),
    "average pooling: divided twice": Wrong(
        "average-pool-backward", 0, 0, m.divided(letter_size("D") * letter_size("D")), SCALE
    ),
    "average pooling: stride and dilation exchanged": Wrong("average-pool-backward", 0, 0, m.exchanged("s", "d"), ROWS),
    "average pooling: error term not spread": Wrong("average-pool-backward", 0, 1, m.lost("e"), ROWS),
    "average pooling: padding one more": Wrong("average-pool-backward", 0, 1, m.padded(1), ROWS),
    "max pooling: places of a window exchanged": Wrong(
        "max-pool-backward", 0, 0, m.slot(0, ("x",), ("y",), ("i",), ("j",), ("v",), ("u",)), OPERANDS, m.SQUARE
    ),
    "max pooling: windows and places exchanged": Wrong(
        "max-pool-backward", 0, 0, m.slot(0, ("x",), ("y",), ("u",), ("v",), ("i",), ("j",)), OPERANDS, m.EQUAL
    ),
    "max pooling: shared evenly": Wrong("max-pool-backward", 0, 0, m.divided(K), SCALE),
    # three equal forms
    "C: stride and dilation exchanged": Wrong("transpose-relation", 0, 0, m.operand(0, m.exchanged("s", "d")), ROWS),
    "C: the filter rotated in it": Wrong(
        "transpose-relation", 0, 0, m.operand(0, m.operand(0, m.flipped(2, 3))), OPERANDS
    ),
    "C for its transpose": Wrong(
        "transpose-relation",
        1,
        0,
        m.slot(0, ("g",), ("c",), ("a",), ("b",), ("o",), ("i",), ("j",)),
        f"{OPERANDS}|{ROWS}",
        m.EQUAL,
    ),
    "a rotation on top of the transpose": Wrong(
        "transpose-relation", 1, 1, m.operand(0, m.flipped(2, 3)), f"{OPERANDS}|{ROWS}"
    ),
    "the transpose as a convolution without a rotation": Wrong(
        "transpose-relation", 1, 2, m.operand(0, m.unflipped), OPERANDS
    ),
    "im2col: padding one more": Wrong("im2col", 0, 0, m.operand(1, m.padded(1)), ROWS),
    "im2col: rows of a column in another order": Wrong(
        "im2col", 0, 0, m.slot(1, ("n",), ("g", "c"), ("v",), ("u",), ("i",), ("j",)), f"{OPERANDS}|{ROWS}", m.SQUARE
    ),
    "im2col: filter read backwards": Wrong("im2col", 0, 0, m.operand(0, m.flipped(2, 3)), OPERANDS),
    "im2col: filter gradient from the columns of another channel": Wrong(
        "im2col", 1, 1, m.operand(1, m.other_group_order(0)), OPERANDS
    ),
    "im2col for col2im": Wrong("im2col", 2, 0, m.exchanged("s", "e"), ROWS),
    "col2im: the mean of what overlaps": Wrong("im2col", 2, 0, m.divided(K), SCALE),
    "col2im of the flipped filter": Wrong(
        "im2col", 3, 1, m.operand(0, m.operand(0, m.flipped(2, 3))), f"{OPERANDS}|{ROWS}"
    ),
    "col2im of the filter not transposed": Wrong(
        "im2col",
        3,
        1,
        m.operand(0, m.slot(0, ("g", "c"), ("o",), ("u",), ("v",))),
        OPERANDS,
        m.SQUARE,
    ),
    # the transposed convolution
    "adjoint: the weight flipped": Wrong(
        "transposed-convolution-adjoint", 0, 0, m.operand(1, m.operand(0, m.flipped(2, 3))), f"{OPERANDS}|{ROWS}"
    ),
    "adjoint: channels of the weight exchanged": Wrong(
        "transposed-convolution-adjoint",
        0,
        0,
        m.operand(1, m.slot(0, ("g", "o"), ("c",), ("u",), ("v",))),
        OPERANDS,
        m.SQUARE,
    ),
    "adjoint: padding one more": Wrong("transposed-convolution-adjoint", 0, 0, m.operand(1, m.padded(1)), ROWS),
    "adjoint: stride and dilation exchanged": Wrong(
        "transposed-convolution-adjoint", 0, 0, m.operand(1, m.exchanged("s", "d")), ROWS
    ),
    # true convolution
    "true convolution: filter gradient not rotated": Wrong(
        "true-convolution-gradients", 0, 0, m.unflipped, f"{OPERANDS}|{ROWS}"
    ),
    "true convolution: filter gradient flipped along one axis": Wrong(
        "true-convolution-gradients", 0, 0, m.along(2), f"{OPERANDS}|{ROWS}"
    ),
    "true convolution: kernel rotated for the input": Wrong(
        "true-convolution-gradients", 1, 0, m.operand(0, m.flipped(2, 3)), OPERANDS
    ),
    # rot180, wide convolution
    "rot180 is one flip": Wrong("rot180-is-two-flips", 0, 0, m.unflipped, OPERANDS),
    "rot180 is the same flip twice": Wrong(
        "rot180-is-two-flips", 1, 0, lambda term: Flip(m.unflipped(term), (1,)), OPERANDS
    ),
    "rot180 twice is a flip": Wrong("rot180-is-two-flips", 2, 0, m.flipped(0), OPERANDS),
    "wide convolution: no rotation on the right": Wrong(
        "wide-convolution-commutes", 0, 0, m.operand(0, m.unflipped), OPERANDS
    ),
    "wide convolution: the other one rotated": Wrong(
        "wide-convolution-commutes",
        0,
        0,
        lambda term: m.operand(1, m.flipped(0, 1))(m.operand(0, m.unflipped)(term)),
        OPERANDS,
    ),
    "wide convolution: one axis flipped": Wrong("wide-convolution-commutes", 0, 0, m.operand(0, m.along(0)), OPERANDS),
    "wide convolution: not quite full": Wrong("wide-convolution-commutes", 0, 0, m.padded(-1), ROWS),
    # 1 x 1
    "1x1: the transposed weight": Wrong(
        "one-by-one-is-linear", 0, 0, m.slot(0, ("g", "c"), ("o",), ("u",), ("v",)), OPERANDS, m.SQUARE
    ),
    "1x1: the weight itself for the input gradient": Wrong(
        "one-by-one-is-linear", 2, 0, m.slot(0, ("g", "c"), ("o",), ("u",), ("v",)), OPERANDS, m.SQUARE
    ),
    "1x1: mean over the pixels": Wrong("one-by-one-is-linear", 1, 0, m.divided(letter_size("n1")), SCALE),
    "1x1: the image mirrored": Wrong("one-by-one-is-linear", 0, 0, m.operand(1, m.flipped(3)), OPERANDS),
    # softmax with cross entropy
    "cross entropy: target added": Wrong("softmax-cross-entropy", 0, 0, m.term_of(0, m.scaled(-1)), "scale"),
    "cross entropy: softmax forgotten": Wrong("softmax-cross-entropy", 0, 0, m.without_term(1), "2 terms.*1"),
    "cross entropy: mean over the batch lost": Wrong(
        "softmax-cross-entropy", 0, 0, m.term_of(0, m.divided(1)), "scale"
    ),
    "cross entropy: the target's sum left out": Wrong(
        "softmax-cross-entropy", 0, 0, m.term_of(1, m.operand(0, m.becomes_one)), "letters|operands"
    ),
    "cross entropy: the target adds up to 2": Wrong(
        "softmax-cross-entropy", 1, 1, m.term_of(1, m.operand(0, m.becomes(Fraction(2)))), "parts of the given steps"
    ),
    # batch normalization
    "batch norm: the deviations have mean 1": Wrong("batch-norm-backward", 0, 0, m.becomes(Fraction(1)), TIMES),
    "batch norm: deviations from another letter's mean": Wrong(
        "batch-norm-backward", 0, 0, lambda term: Const(Fraction(-1, 2), term.shape), TIMES
    ),
    "batch norm, paths: the one through the mean forgotten": Wrong(
        "batch-norm-backward", 1, 0, m.without_term(1), "4 terms.*3"
    ),
    "batch norm, paths: mean and variance constants": Wrong(
        "batch-norm-backward", 1, 0, lambda term: m.without_term(1)(m.without_term(2)(m.without_term(3)(term))), "4.*1"
    ),
    "batch norm, paths: the 2 of the square lost": Wrong(
        "batch-norm-backward", 1, 0, m.term_of(2, m.scaled(Fraction(1, 2))), SCALE
    ),
    "batch norm, paths: the other sign through the mean": Wrong(
        "batch-norm-backward", 1, 0, m.term_of(1, m.scaled(-1)), SCALE
    ),
    "batch norm, paths: gamma lost in the variance": Wrong(
        "batch-norm-backward", 1, 0, m.term_of(2, m.operand(1, m.operand(0, m.becomes_one))), OPERANDS
    ),
    "batch norm: the slope of the root with the other sign": Wrong(
        "batch-norm-backward", 1, 1, m.term_of(2, m.operand(0, m.scaled(-1))), "parts of the given steps"
    ),
    "batch norm: the mean of the error term dropped": Wrong(
        "batch-norm-backward", 1, 2, m.operand(2, m.without_term(1)), GROUPS
    ),
    "batch norm: the term with x_hat dropped": Wrong(
        "batch-norm-backward", 1, 2, m.operand(2, m.without_term(2)), GROUPS
    ),
    "batch norm: the mean divided by one less": Wrong(
        "batch-norm-backward", 1, 2, m.operand(2, m.term_of(1, m.operand(0, m.divided(COUNT - 1)))), TIMES
    ),
    "batch norm: the mean of the products divided by one less": Wrong(
        "batch-norm-backward", 1, 2, m.operand(2, m.term_of(2, m.operand(1, m.divided(COUNT - 1)))), TIMES
    ),
    "batch norm: sums for means": Wrong(
        "batch-norm-backward", 1, 2, m.operand(2, m.term_of(1, m.operand(0, m.divided(1)))), TIMES
    ),
    "batch norm: divided by the examples only": Wrong(
        "batch-norm-backward", 1, 2, m.operand(2, m.term_of(2, m.operand(1, m.divided(N)))), TIMES
    ),
    "batch norm: the mean added": Wrong("batch-norm-backward", 1, 2, m.operand(2, m.term_of(1, m.scaled(-1))), TIMES),
    "batch norm: x_hat's term added": Wrong(
        "batch-norm-backward", 1, 2, m.operand(2, m.term_of(2, m.scaled(-1))), TIMES
    ),
    "batch norm: gamma lost": Wrong("batch-norm-backward", 1, 2, m.operand(0, m.becomes_one), OPERANDS),
    "batch norm: the root lost": Wrong("batch-norm-backward", 1, 2, m.operand(1, m.becomes_one), OPERANDS),
    "batch norm: half of it": Wrong("batch-norm-backward", 1, 2, m.scaled(Fraction(1, 2)), TIMES),
    "batch norm: the scale's gradient without x_hat": Wrong(
        "batch-norm-backward", 2, 0, m.operand(1, m.becomes_one), OPERANDS
    ),
    "batch norm: the scale's gradient a mean": Wrong("batch-norm-backward", 2, 0, m.divided(COUNT), SCALE),
    "batch norm: the shift's gradient a mean": Wrong("batch-norm-backward", 3, 0, m.divided(COUNT), SCALE),
    "batch norm: the shift's gradient with the other sign": Wrong("batch-norm-backward", 3, 0, m.scaled(-1), SCALE),
    # functions
    "sigmoid' = sigmoid + sigmoid^2": Wrong("local-derivatives", 0, 0, m.term_of(1, m.scaled(-1)), "differ by"),
    "tanh' = 1 - tanh": Wrong("local-derivatives", 1, 0, m.term_of(1, m.first_factor), "differ by"),
    "softplus' = softplus": Wrong("local-derivatives", 2, 0, m.function("softplus"), "differ by"),
    "the slope of the inverse root with the other sign": Wrong("local-derivatives", 3, 0, m.scaled(-1), "differ by"),
    "the square of the inverse root times its argument is 2": Wrong(
        "local-derivatives", 4, 0, m.becomes(Fraction(2)), "differ by"
    ),
    "softmax adds up to 2": Wrong("softmax-sums-to-one", 0, 0, m.becomes(Fraction(2)), "along its own axis.* is 1"),
}


def searched(step: Step, wrong: Term) -> None:
    """The search looks for any evidence of the kind that the right statement has."""
    if isinstance(step.lhs, Grad):
        assert isinstance(step.lhs.of, Node)
        assert isinstance(step.lhs.wrt, Leaf)
        differentiated(step.lhs.of, step.lhs.wrt, wrong)
    elif isinstance(step.proof, Distribute):
        distributed(step.lhs, wrong)
    else:
        reindexed(step.lhs, wrong)


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_wrong_statement_is_refused_and_the_right_one_is_not(name: str) -> None:
    case = STATEMENTS[name]
    right = m.step(case.key, case.part, case.number, case.sizes)
    wrong = case.mistake(right.rhs)
    assert wrong != right.rhs
    Step(right.lhs, right.rhs, right.rule, right.proof, right.given)
    with pytest.raises(ProofError, match=case.words):
        Step(right.lhs, wrong, right.rule, right.proof, right.given)
    with pytest.raises(ProofError):
        searched(right, wrong)
    assert agree(right.lhs, right.rhs, right.given)
    assert not agree(right.lhs, wrong, right.given), "the statement is true after all"


def test_there_are_at_least_forty_and_every_theorem_is_among_them() -> None:
    assert len(STATEMENTS) + len(SIZES) >= 40
    named = {case.key for case in STATEMENTS.values()} | {case[0] for case in SIZES.values()}
    assert named == set(THEOREMS)


# ---------------------------------------------------------------------- conditions

CONDITIONS = [
    (key, part, number)
    for key in THEOREMS
    for part, derivation in enumerate(theorem(key).parts)
    for number, step in enumerate(derivation.steps)
    if step.given and step.proof.requires(step.lhs, step.rhs)
]


@pytest.mark.parametrize(("key", "part", "number"), CONDITIONS)
def test_a_step_that_does_not_state_its_condition_is_refused(key: str, part: int, number: int) -> None:
    step = m.step(key, part, number)
    for missing in step.proof.requires(step.lhs, step.rhs):
        with pytest.raises(ProofError, match="holds only under the condition"):
            Step(step.lhs, step.rhs, step.rule, step.proof, tuple(c for c in step.given if c != missing))


def test_conditions_are_asked_of_every_kind_of_theorem_that_has_some() -> None:
    keys = {key for key, _, _ in CONDITIONS}
    assert {"softmax-cross-entropy", "arithmetic-1", "arithmetic-3", "arithmetic-12", "arithmetic-14"} <= keys


def test_an_instance_of_max_pooling_must_say_that_the_winners_are_held_fixed() -> None:
    found = theorem("max-pool-backward").parts[0]
    view = found.rhs
    leaves = {operand.name: operand for operand in m.multi(view).operands if isinstance(operand, Leaf)}
    cite = Cite(found, (), tuple(sorted(leaves.items())))
    Step(view, view, Rule.CITE, cite, found.given)
    with pytest.raises(ProofError, match="only under the condition 'winner-pattern'"):
        Step(view, view, Rule.CITE, cite)


def test_only_the_sum_along_one_axis_of_a_tensor_can_be_taken_to_be_one() -> None:
    step = m.step("softmax-cross-entropy", 1, 1)
    (hypothesis,) = step.proof.uses
    t = Leaf("t", (N, K))
    with pytest.raises(ProofError, match="hypothesis"):
        Step(hypothesis.lhs, Const(Fraction(2), hypothesis.lhs.shape), Rule.GIVEN, hypothesis.proof, hypothesis.given)
    with pytest.raises(ProofError, match="hypothesis"):
        Step(
            Multi(reduction(t.shape, (0, 1), Fraction(1), keepdim=False), (t,)),
            Const(Fraction(1), ()),
            Rule.GIVEN,
            hypothesis.proof,
            hypothesis.given,
        )


# ---------------------------------------------------------------------- sizes

i, k, s, p, d, i_ = (Letter(name) for name in ("i", "k", "s", "p", "d", "i'"))
PADDED = i + 2 * p - k


def size(step: Step) -> tuple[Integer, Whole]:
    assert isinstance(step.lhs, Integer)
    assert isinstance(step.rhs, Whole)
    return step.lhs, step.rhs


def says(value: Any) -> Callable[[Step], tuple[Integer, Whole]]:
    """The size formula replaced."""
    return lambda step: (size(step)[0], replace(size(step)[1], value=value))


def counts(**changes: Any) -> Callable[[Step], tuple[Integer, Whole]]:
    """What is counted replaced."""
    return lambda step: (replace(size(step)[0], **changes), size(step)[1])


def given(*kept: int) -> Callable[[Step], tuple[Integer, Whole]]:
    """Only these of the conditions kept, on both sides."""

    def changed(step: Step) -> tuple[Integer, Whole]:
        count, value = size(step)
        conditions = tuple(count.given[number] for number in kept)
        return replace(count, given=conditions), replace(value, given=conditions)

    return changed


SIZES: dict[str, tuple[str, str, Callable[[Step], tuple[Integer, Whole]]]] = {
    "1: the last position forgotten": ("arithmetic-1", "size", says(i - k)),
    "1: an input shorter than the kernel": ("arithmetic-1", "size", given()),
    "1: gradient without padding": ("arithmetic-1", "input-gradient-size", counts(low=Number(0), high=Number(0))),
    "2: padding on one side only": ("arithmetic-2", "size", says(i - k + p + 1)),
    "2: gradient with the layer's padding": ("arithmetic-2", "input-gradient-size", counts(low=p, high=p)),
    "3: an even kernel": ("arithmetic-3", "size", given(1)),
    "3: another padding": ("arithmetic-3", "size", given(0)),
    "4: padding one less": ("arithmetic-4", "size", counts(low=k - 2, high=k - 1)),
    "4: the gradient padded": ("arithmetic-4", "input-gradient-size", counts(low=k - 1, high=k - 1)),
    "5: rounded without + 1": ("arithmetic-5", "size", says(Floor(i - k, s))),
    "5: the remainder lost": ("arithmetic-5", "input-gradient-size", counts(high=k - 1)),
    "5: no zeros inserted": ("arithmetic-5", "input-gradient-size", counts(input_dilation=Number(1))),
    "6: padding counted once": ("arithmetic-6", "size", says(Floor(i + p - k, s) + 1)),
    "6: the remainder lost": ("arithmetic-6", "input-gradient-size", counts(high=k - p - 1)),
    "6: stride and dilation not exchanged": (
        "arithmetic-6",
        "filter-gradient-size",
        counts(stride=s, dilation=Number(1)),
    ),
    "7: rounded up": ("arithmetic-7", "size", says(Floor(i - k + s - 1, s) + 1)),
    "8: as small as the convolution": ("arithmetic-8", "size", says(i_ - k + 1)),
    "8: back without its condition": ("arithmetic-8", "size-recovered", given()),
    "9: padding added": ("arithmetic-9", "size", says(i_ + (k - 1) + 2 * p)),
    "10: an even kernel": ("arithmetic-10", "size", given(1)),
    "11: padding added": ("arithmetic-11", "size", says(i_ + (k - 1))),
    "12: stride times the size": ("arithmetic-12", "size", says(s * i_ + k)),
    "12: s need not divide": ("arithmetic-12", "size-recovered", given(0)),
    "13: padding forgotten": ("arithmetic-13", "size", says(s * (i_ - 1) + k)),
    "13: s need not divide": ("arithmetic-13", "size-recovered", given(0)),
    "14: the remainder lost": ("arithmetic-14", "size-recovered", counts(high=p)),
    "15: the kernel d times as large": ("arithmetic-15", "input-gradient-size", counts(kernel=d * k)),
    "15: dilation lost": ("arithmetic-15", "input-gradient-size", counts(dilation=Number(1))),
}


@pytest.mark.parametrize("name", SIZES)
def test_a_wrong_size_is_refused_with_sizes_at_which_it_fails(name: str) -> None:
    key, part, mistake = SIZES[name]
    (derivation,) = [one for one in theorem(key).parts if one.name == f"{key}/{part}"]
    right = derivation.steps[-1]
    if key == "arithmetic-14":
        assert isinstance(right.lhs, TransposedOutputs)
    count, value = mistake(right)
    assert (count, value) != (right.lhs, right.rhs)
    assert isinstance(right.lhs, Integer)
    assert isinstance(right.rhs, Integer)
    bounded(right.lhs, right.rhs)
    with pytest.raises(ProofError, match=r"at .* = \d+.* the left side is .*, the right side"):
        bounded(count, value)
    with pytest.raises(ProofError, match=r"not shown|inequalities|conditions"):
        Step(count, value, right.rule, right.proof, tuple(map(str, count.given)))


def test_a_size_of_another_window_is_no_size_of_this_one() -> None:
    with pytest.raises(ProofError, match="at "):
        bounded(Outputs(i, k, s), TransposedOutputs(i, k, s))
