"""The fifteen relationships: true of every small size by counting, and no mistake in any of them is let through."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.errors import ProofError
from symbolic.kernel.counts import Count, Integer, Outputs, TransposedOutputs, Whole
from symbolic.kernel.integers import Expression, Floor, Letter, Mod, Number
from symbolic.kernel.logic import Derivation, Scope, Step
from symbolic.search.bounding import bounded
from symbolic.terms.rewriting import instance
from symbolic.terms.size import ints, substitute
from symbolic.terms.term import Flip, Grad, Leaf, Multi, Node, Term
from symbolic.theorems.arithmetic import THEOREMS, arithmetic
from tests import brute
from tests.sizes import counted, domain, met, mistakes, rewritings, without

NUMBERS = range(1, 16)
PARTS = [part for number in NUMBERS for part in arithmetic(number).parts]
STEPS = [(part.name, step) for part in PARTS for step in part.steps]
CLAIMS = [(name, step.lhs, step.rhs) for name, step in STEPS if isinstance(step.lhs, Integer)]
FORMULAS = [(name, count, size) for name, count, size in CLAIMS if isinstance(size, Whole)]


def part(name: str) -> Derivation:
    return next(one for one in PARTS if one.name == f"arithmetic-{name}")


def sides(step: Step) -> tuple[Integer, Integer]:
    assert isinstance(step.lhs, Integer)
    assert isinstance(step.rhs, Integer)
    return step.lhs, step.rhs


def test_there_are_fifteen_theorems_for_all_sizes() -> None:
    assert list(THEOREMS) == [f"arithmetic-{number}" for number in NUMBERS]
    for key, build in THEOREMS.items():
        theorem = build()
        assert theorem.key == key
        assert theorem.scope is Scope.ALL_SIZES
        names = [one.name for one in theorem.parts]
        assert len(set(names)) == len(names)
        assert {f"{key}/{name}" for name in ("size", "input-gradient", "input-gradient-size")} <= set(names)
        assert set(theorem.evidence) <= {"Bounds", "DropOperand", "Reindex", "Cite"}


GUIDE = {  # Dumoulin & Visin's table: the size, the conditions
    1: ("i - k + 1", ("i >= k",)),
    2: ("i - k + 2p + 1", ("i + 2p >= k",)),
    3: ("i", ("k odd", "p = ⌊k/2⌋")),
    4: ("i + k - 1", ()),
    5: ("⌊(i - k)/s⌋ + 1", ("i >= k",)),
    6: ("⌊(i + 2p - k)/s⌋ + 1", ("i + 2p >= k",)),
    7: ("⌊(i - k)/s⌋ + 1", ("i >= k",)),
    8: ("i' + k - 1", ()),
    9: ("i' + k - 1 - 2p", ("i' + k >= 2p + 2",)),
    10: ("i'", ("k odd", "p = ⌊k/2⌋")),
    11: ("i' - (k - 1)", ("i' >= k",)),
    12: ("s(i' - 1) + k", ()),
    13: ("s(i' - 1) + k - 2p", ("s(i' - 1) + k - 2p >= 1",)),
    14: ("s(i' - 1) + ((i + 2p - k) mod s) + k - 2p", ("s(i' - 1) + ((i + 2p - k) mod s) + k - 2p >= 1",)),
    15: ("⌊(i + 2p - k - (k - 1)(d - 1))/s⌋ + 1", ("i + 2p >= k + (k - 1)(d - 1)",)),
}
PADDINGS = {8: "k - 1", 9: "k - p - 1", 10: "k - p - 1", 11: "0", 12: "k - 1", 13: "k - p - 1", 14: "k - p - 1"}


@pytest.mark.parametrize("number", NUMBERS)
def test_the_sizes_are_those_of_the_guide(number: int) -> None:
    size = part(f"{number}/size")
    assert (str(size.rhs), size.given) == GUIDE[number]
    assert isinstance(size.lhs, TransposedOutputs if number in PADDINGS else Outputs)


@pytest.mark.parametrize("number", PADDINGS)
def test_a_transposed_convolution_is_a_direct_one_with_the_padding_of_the_guide(number: int) -> None:
    direct = part(f"{number}/size").steps[0].rhs
    assert isinstance(direct, Outputs)
    assert (str(direct.low), str(direct.stride), str(direct.input_dilation)) == (
        PADDINGS[number],
        "1",
        "s" if number >= 12 else "1",
    )
    (step,) = part(f"{number}/direct-convolution").steps
    assert isinstance(step.rhs, Multi)
    assert [type(operand) for operand in step.rhs.operands] == [Flip, Leaf]
    assert str(step.rhs.form.rows[0].p) == str(direct.low)
    assert step.proof.scope is Scope.ALL_SIZES


def test_half_padding_goes_back_as_half_padding_and_full_padding_as_none() -> None:
    for name in ("3/input-gradient-padding", "10/direct-convolution-padding"):
        (step,) = part(name).steps
        assert (str(step.lhs), str(step.rhs)) == ("k - p - 1", "p")
    window = part("4/input-gradient").rhs
    assert isinstance(window, Multi)
    assert window.form.rows[0].p == 0


@pytest.mark.parametrize("number", [12, 13])
def test_a_size_comes_back_without_a_remainder_only_if_the_stride_divides(number: int) -> None:
    (step,) = part(f"{number}/size-recovered").steps
    left, right = sides(step)
    assert str(right) == "i"
    divides = left.given[-1]
    assert str(divides).startswith("s divides i")
    with pytest.raises(ProofError, match=r" is not i: at .*s = [23] "):
        bounded(without(left, divides), without(right, divides))


@pytest.mark.parametrize(("name", "lhs", "rhs"), CLAIMS, ids=[f"{name}-{k}" for k, (name, *_) in enumerate(CLAIMS)])
def test_every_size_is_the_one_that_counting_gives(name: str, lhs: Integer, rhs: Integer) -> None:
    tried = 0
    for at in domain(lhs, rhs):
        assert counted(lhs, at) == counted(rhs, at), f"{name} at {at}"
        tried += 1
    assert tried >= 3


def given_up() -> list[Any]:
    return [
        pytest.param(lhs, rhs, condition, id=f"{name}: {condition}")
        for name, lhs, rhs in FORMULAS
        for condition in lhs.given
    ]


@pytest.mark.parametrize(("lhs", "rhs", "condition"), given_up())
def test_no_condition_can_be_left_out(lhs: Integer, rhs: Integer, condition: Any) -> None:
    fewer = without(lhs, condition), without(rhs, condition)
    with pytest.raises(ProofError, match=r"is not .*: at .* = "):
        bounded(*fewer)


# Wrong statements.

i, k, s, p, d, i_ = (Letter(name) for name in ("i", "k", "s", "p", "d", "i'"))
ROOM = i + 2 * p - k
A = Mod(ROOM, s)
WRONG: dict[str, tuple[str, Expression, str]] = {
    "1 off by one": ("1/size", i - k, "at i = 1, k = 1 the left side is 1, the right side 0"),
    "1 kernel added": ("1/size", i + k - 1, "at i = 2, k = 2 the left side is 1, the right side 3"),
    "2 padding on one side": ("2/size", i - k + p + 1, "the left side is 3, the right side 2"),
    "2 padding taken off": ("2/size", i - k - 2 * p + 1, "the left side is 3, the right side -1"),
    "3 not the same": ("3/size", i - k + 1, "at i = 1, k = 3, p = 1 the left side is 1, the right side -1"),
    "3 off by one": ("3/size", i + 1, "the left side is 1, the right side 2"),
    "4 half": ("4/size", i, "at i = 1, k = 2 the left side is 2, the right side 1"),
    "4 off by one": ("4/size", i + k, "the left side is 1, the right side 2"),
    "5 rounded up": ("5/size", Floor(i - k + s - 1, s) + 1, "at i = 2, k = 1, s = 2 the left side is 1"),
    "5 no stride": ("5/size", i - k + 1, "the left side is 1, the right side 2"),
    "5 one too few": ("5/size", Floor(i - k, s), "the left side is 1, the right side 0"),
    "5 kernel lost": ("5/size", Floor(i, s) + 1, "the left side is 1, the right side 2"),
    "6 padding once": ("6/size", Floor(i + p - k, s) + 1, "the left side is 3, the right side 2"),
    "6 padding lost": ("6/size", Floor(i - k, s) + 1, "the left side is 3, the right side 1"),
    "6 one in the floor": ("6/size", Floor(i + 2 * p - k + 1, s), "at i = 1, k = 1, s = 2, p = 0 the left"),
    "6 remainder for size": ("6/size", Mod(ROOM, s) + 1, "the left side is"),
    "6 divided by the kernel": ("6/size", Floor(ROOM, k) + 1, "the left side is"),
    "6 gradient loses the remainder": ("6/input-gradient-size", i - A, "the left side is 2, the right side 1"),
    "6 entries read, remainder lost": ("6/entries-read", i + p, "the left side is 1, the right side 2"),
    "6 entries read, padding twice": ("6/entries-read", i + 2 * p - A, "the left side is"),
    "6 filter with the remainder": ("6/filter-gradient-size", k + A, "the left side is 1, the right side 2"),
    "7 rounded up": ("7/size", Floor(i - k + s - 1, s) + 1, "the left side is 1, the right side 2"),
    "8 forward size": ("8/size", i_ - k + 1, "the left side is 2, the right side 0"),
    "8 off by one": ("8/size", i_ + k, "the left side is 1, the right side 2"),
    "9 padding added": ("9/size", i_ + k - 1 + 2 * p, "the left side is"),
    "9 padding once": ("9/size", i_ + k - 1 - p, "the left side is"),
    "10 full": ("10/size", i_ + k - 1, "the left side is 1, the right side 3"),
    "11 grows": ("11/size", i_ + (k - 1), "the left side is"),
    "12 stride at i'": ("12/size", s * i_ + k, "the left side is 1, the right side 2"),
    "12 stride on the kernel": ("12/size", (i_ - 1) + s * k, "the left side is"),
    "13 padding once": ("13/size", s * (i_ - 1) + k - p, "the left side is"),
    "13 with a remainder": ("13/size", s * (i_ - 1) + A + k - 2 * p, "the left side is"),
    "14 remainder lost": ("14/size", s * (i_ - 1) + k - 2 * p, "the left side is"),
    "14 remainder taken off": ("14/size", s * (i_ - 1) - A + k - 2 * p, "the left side is"),
    "14 remainder not of i": ("14/size", s * (i_ - 1) + Mod(i + k, s) + k - 2 * p, "the left side is"),
    "14 recovered without it": ("14/size-recovered", i - A, "the left side is 2, the right side 1"),
    "15 dilation for stride": ("15/size", Floor(ROOM - (k - 1) * (s - 1), d) + 1, "the left side is"),
    "15 dilation lost": ("15/size", Floor(ROOM, s) + 1, "the left side is"),
    "15 whole kernel dilated": ("15/size", Floor(i + 2 * p - d * k, s) + 1, "the left side is"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_size_is_refused_and_the_sizes_are_named(name: str) -> None:
    where, size, words = WRONG[name]
    lhs, right = sides(part(where).steps[-1])
    assert bounded(lhs, right).rhs == right
    with pytest.raises(ProofError, match=r" is not .*: at ") as refused:
        bounded(lhs, Whole(size, given=lhs.given))
    assert words in str(refused.value)
    assert str(size) in str(refused.value)


PARAMETERS: dict[
    str, tuple[str, dict[str, Any]]
] = {  # a window with one parameter wrong has another number of positions
    "stride for dilation": ("6/size", {"stride": Number(1), "dilation": s}),
    "padding of the gradient not turned": ("6/input-gradient-size", {"low": p, "high": p + A}),
    "padding of the gradient off by one": ("6/input-gradient-size", {"low": k - p}),
    "remainder not padded": ("6/input-gradient-size", {"high": k - p - 1}),
    "no zeros inserted": ("6/input-gradient-size", {"input_dilation": Number(1)}),
    "zeros for stride": ("6/input-gradient-size", {"stride": s, "input_dilation": Number(1)}),
    "dilation of the gradient lost": ("15/input-gradient-size", {"dilation": Number(1)}),
    "remainder not cut off": ("6/filter-gradient-size", {"high": p}),
    "stride of the filter gradient": ("6/filter-gradient-size", {"stride": s, "dilation": Number(1)}),
    "transposed with its own padding": ("9/size", {"low": p, "high": p}),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_window_with_a_wrong_parameter_is_refused(name: str) -> None:
    where, changes = PARAMETERS[name]
    lhs, rhs = sides(part(where).steps[-1])
    assert isinstance(lhs, Count)
    fields = {field: getattr(lhs, field) for field in lhs.__dataclass_fields__} | changes
    with pytest.raises(ProofError, match=r" is not .*: at "):
        bounded(type(lhs)(**fields), rhs)


CHANGED = [(lhs, other) for _, lhs, rhs in FORMULAS for other in (*mistakes(rhs.value), *rewritings(rhs.value))]


@settings(max_examples=1000)
@given(st.sampled_from(CHANGED), st.data())
def test_a_random_change_is_refused_unless_counting_agrees(change: tuple[Integer, Expression], data: Any) -> None:
    """One change, or two, in the size that is claimed; mistakes and other words for the same."""
    lhs, size = change
    if data.draw(st.booleans()):
        size = data.draw(st.sampled_from([*mistakes(size), *rewritings(size)]))
    claim = Whole(size, given=lhs.given)
    try:
        bounded(lhs, claim)
    except ProofError:
        return
    for at in domain(lhs, claim):
        assert counted(lhs, at) == counted(claim, at), f"{lhs} = {claim} was let through; it is wrong at {at}"


def test_every_single_mistake_is_refused() -> None:
    for _, lhs, rhs in FORMULAS[::4]:
        for wrong in mistakes(rhs.value):
            claim = Whole(wrong, given=lhs.given)
            if any(counted(lhs, at) != counted(claim, at) for at in domain(lhs, claim)):
                with pytest.raises(ProofError, match=r" is not .*: at "):
                    bounded(lhs, claim)


REWRITTEN = [
    pytest.param(lhs, other, id=f"{name}: {other}") for name, lhs, rhs in FORMULAS for other in rewritings(rhs.value)
]


@pytest.mark.parametrize(("lhs", "size"), REWRITTEN)
def test_the_same_size_in_other_words_is_let_through(lhs: Integer, size: Expression) -> None:
    assert bounded(lhs, Whole(size, given=lhs.given)).proof.scope is Scope.ALL_SIZES


# The gradients, in numbers.

SIZES = {"N": 2, "G": 2, "C": 1, "O": 2, "B1": 1, "B2": 2}
ONES = {"i": 7, "k": 3, "s": 2, "p": 1, "d": 1, "i'": 3}
POINTS = [ONES, ONES | {"i": 8}, ONES | {"i": 8, "s": 3, "p": 0}, {"i": 9, "k": 2, "s": 4, "p": 0, "d": 3, "i'": 2}]


def numbers_of(term: Term, values: dict[str, Any]) -> Any:
    match term:
        case Flip(source, axes):
            return np.flip(numbers_of(source, values), axes)
        case Multi(form, operands):
            return brute.contract(form, [numbers_of(operand, values) for operand in operands])
        case Leaf(name):
            return values[name]
    raise TypeError(term)


def output_size(number: int, at: dict[str, int]) -> dict[str, int] | None:
    """The sizes with o or o' by counting; None where the conditions are not met."""
    left, _ = sides(part(f"{number}/size").steps[0])
    if number in {3, 10}:
        at = at | {"p": at["k"] // 2}
    if not all(met(condition, at) for condition in left.given):
        return None
    return at | {"o'" if number in PADDINGS else "o": counted(left, at)}


def layer(number: int, at: dict[str, int], F: Any, X: Any) -> Any:
    """The layer's output from its definition, with the stride, padding and dilation that its number says."""
    stride = at["s"] if number in {5, 6, 7, 12, 13, 14, 15} else 1
    padding = {1: 0, 4: at["k"] - 1, 5: 0, 7: 0, 8: 0, 11: at["k"] - 1, 12: 0}.get(number, at["p"])
    if number not in PADDINGS:
        dilation = at["d"] if number == 15 else 1
        return brute.conv(X, F, (stride,), ((padding, padding),), (dilation,), SIZES["G"])
    out = brute.filled((X.shape[0], SIZES["G"] * F.shape[1], at["o'"]))
    per_group = F.shape[0] // SIZES["G"]
    for n, c, x, o, u in np.ndindex(*X.shape, *F.shape[1:]):
        y = stride * x + u - padding
        if 0 <= y < at["o'"]:
            channel = c // per_group * F.shape[1] + o
            out[n, channel, y] = out[n, channel, y] + X[n, c, x] * F[c, o, u]
    return out


def arrays_for(theorem: Derivation, at: dict[str, int]) -> dict[str, Any]:
    assert isinstance(theorem.lhs, Grad)
    assert isinstance(theorem.lhs.of, Node)
    generator = np.random.default_rng(7)
    shapes = {leaf.name: ints(substitute(n, SIZES | at) for n in leaf.shape) for leaf in theorem.lhs.of.args}
    return {name: brute.exact(generator.integers(1, 9, shape).tolist()) for name, shape in shapes.items()}


@pytest.mark.parametrize("number", [number for number in NUMBERS if number != 7])
@pytest.mark.parametrize(("which", "operand"), [("input-gradient", "X"), ("filter-gradient", "F")])
def test_every_gradient_is_the_derivative_of_the_layer(number: int, which: str, operand: str) -> None:
    theorem = part(f"{number}/{which}")
    tried = 0
    for at in filter(None, (output_size(number, point) for point in POINTS)):
        values = arrays_for(theorem, at)

        def paired(F: Any, X: Any, delta: Any, at: dict[str, int] = at) -> Any:
            return (layer(number, at, F, X) * delta).sum()

        expected = brute.gradient(paired, values, operand)
        for step in theorem.steps:
            link = instance(step.rhs, SIZES | at, {name: Leaf(name, x.shape) for name, x in values.items()})
            assert (numbers_of(link, values) == expected).all(), f"{theorem.name} at {at}"
        tried += 1
    assert tried >= 1


@pytest.mark.parametrize("number", PADDINGS)
def test_the_direct_convolution_gives_the_same_numbers(number: int) -> None:
    (step,) = part(f"{number}/direct-convolution").steps
    for at in filter(None, (output_size(number, point) for point in POINTS)):
        values = arrays_for(part(f"{number}/input-gradient"), at)
        leaves = {name: Leaf(name, x.shape) for name, x in values.items()}
        expected = layer(number, at, values["F"], values["X"])
        for side in (step.lhs, step.rhs):
            assert (numbers_of(instance(side, SIZES | at, leaves), values) == expected).all()


@pytest.mark.parametrize("number", [5, 6, 7, 15])
def test_entries_behind_those_read_get_gradient_0_and_the_last_one_read_does_not(number: int) -> None:
    left, right = sides(part(f"{number}/entries-read").steps[0])
    theorem = part(f"{number}/input-gradient")
    behind = 0
    for point in domain(left, right):
        at = output_size(number, point)
        if at is None or point["i"] not in {5, 8} or point.get("d", 1) > 2:
            continue
        values = arrays_for(theorem, at)
        link = instance(theorem.rhs, SIZES | at, {name: Leaf(name, x.shape) for name, x in values.items()})
        gradient = numbers_of(link, values)
        read = counted(right, at)
        assert (gradient[..., read:] == 0).all()
        if read <= at["i"]:
            assert (gradient[..., read - 1] > 0).all()
        behind += read < at["i"]
    assert behind >= 10


def test_pooling_divides_by_the_window_and_keeps_the_winners() -> None:
    average, largest = part("7/input-gradient"), part("7/input-gradient-of-the-largest")
    at = {"i": 8, "k": 3, "s": 2, "o": 3}
    assert largest.given == ("winner-pattern",)
    values = {"delta": brute.exact(np.arange(1, 7).reshape(1, 2, 3).tolist())}
    link = instance(average.rhs, SIZES | at, {"delta": Leaf("delta", (1, 2, 3))})
    third = Fraction(1, 3)
    expected = [[1, 1, 3, 2, 5, 3, 3, 0], [4, 4, 9, 5, 11, 6, 6, 0]]
    assert (numbers_of(link, values)[0] == np.array(expected, dtype=object) * third).all()


def test_a_stated_condition_cannot_be_dropped_from_a_step() -> None:
    (step,) = part("13/size-recovered").steps
    assert step.given == ("i + 2p >= k", "s divides i + 2p - k")
    with pytest.raises(ProofError, match=r"only under the condition 's divides i \+ 2p - k', which it does not state"):
        Step(step.lhs, step.rhs, step.rule, step.proof, step.given[:1])


@pytest.mark.parametrize("number", [number for number in NUMBERS if number != 7])
def test_one_row_of_one_channel_says_what_all_channels_say(number: int) -> None:
    plain = arithmetic(number, plain=True)
    assert [one.name for one in plain.parts] == [one.name for one in arithmetic(number).parts]
    assert plain.scope is Scope.ALL_SIZES
    ones = dict.fromkeys("NGOC", 1)
    at = next(at for at in (output_size(number, point) for point in POINTS) if at)
    for one in plain.parts:
        whole = part(one.name.removeprefix("arithmetic-"))
        if isinstance(one.lhs, Integer):
            assert (one.lhs, one.rhs) == (whole.lhs, whole.rhs)
        elif isinstance(one.lhs, Grad):
            values = arrays_for(one, at)
            wide = {name: Leaf(name, (1, 1, *x.shape)) for name, x in values.items()}
            flat = {name: Leaf(name, x.shape) for name, x in values.items()}
            found = numbers_of(instance(one.rhs, at, flat), values)
            raised = {name: x.reshape(1, 1, *x.shape) for name, x in values.items()}
            assert (numbers_of(instance(whole.rhs, ones | at, wide), raised)[0, 0] == found).all()
