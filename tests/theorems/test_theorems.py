"""The theorems for all sizes: each is built in every layout, and every instance is true of numbers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symbolic as s
from symbolic.errors import GradproofError, ProofError
from symbolic.kernel.logic import Cite, Derivation, Rule, Scope, Step
from symbolic.roads.evaluate import Numbers
from symbolic.search.windows import as_window
from symbolic.terms import functions as local
from symbolic.terms.layers import form
from symbolic.terms.rewriting import instance
from symbolic.terms.size import Size, letter_size, substitute
from symbolic.terms.term import AxisMap, Const, Flip, Grad, Leaf, Map, Multi, Node, Sum, Term, walk
from symbolic.theorems import NAMES, OPERANDS, THEOREMS, citation, gradient, theorem
from symbolic.theorems.matrices import adjoint, im2col
from tests import brute
from tests.truth import bare

if TYPE_CHECKING:
    from symbolic.terms.form import Form

KEYS = sorted(NAMES)


def layouts(key: str, rank: int) -> list[dict[str, Any]]:
    return [{"carried": 0, "without": ""} | options for options in brute.table_options(key, rank)]


@pytest.mark.parametrize(("key", "operand"), KEYS)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_every_theorem_is_built_in_every_layout(key: str, operand: int, rank: int) -> None:
    for layout in layouts(key, rank):
        built = gradient(key, operand, rank, layout["carried"], layout["without"])
        assert built.name == NAMES[key, operand]
        assert built.scope is Scope.ALL_SIZES
        assert built.given == (("winner-pattern",) if key == "max_pool" else ())
        assert isinstance(built.lhs, Grad)
        assert set(built.evidence) <= {"DropOperand", "Reindex"}
        assert all(isinstance(n, Size) for n in built.rhs.shape), "a size of the statement is fixed"


@pytest.mark.parametrize(
    ("key", "operand", "flips"),
    [("conv", 1, True), ("conv", 0, False), ("conv_transpose", 1, False), ("conv_transpose", 0, False)],
)
def test_only_the_input_gradient_turns_the_kernel(key: str, operand: int, *, flips: bool) -> None:
    theorem = gradient(key, operand, 2, 0, "ngoc")
    assert isinstance(theorem.rhs, Multi)
    assert any(isinstance(term, Flip) for term in theorem.rhs.operands) == flips


def numbers_of(term: Any, values: dict[Any, Any]) -> Any:
    if isinstance(term, Flip):
        return np.flip(numbers_of(term.source, values), term.axes)
    if isinstance(term, Multi):
        return brute.contract(term.form, [numbers_of(part, values) for part in term.operands])
    return values[term]


@settings(max_examples=80)
@given(brute.table_forms(sorted({key for key, _ in NAMES})), st.data())
def test_every_instance_is_the_derivative_in_numbers(layer: Form, data: st.DataObject) -> None:
    """d<delta, layer(operands)>/d operand by dual numbers, against each link of the instance."""
    key = layer.label
    operand = data.draw(st.sampled_from([k for name, k in KEYS if name == key]))
    layer = replace(layer, scale=Fraction(1, 3) if key == "avg_pool" else Fraction(1))
    values = data.draw(brute.operands(layer))
    delta = data.draw(brute.arrays(tuple(int(n) for n in layer.output_shape)))  # type: ignore[arg-type]
    names = [f"V{k}" for k in range(len(values))]
    view = layer.wrt(operand)
    leaves = [Leaf(name, array.shape) for name, array in zip(names, values, strict=True)]
    leaves[operand] = Leaf("D", delta.shape)
    term = Multi(view, tuple(leaves))
    cite = citation(term)
    assert cite is not None, "the layer's own view is no instance of its theorem"
    window = as_window(term)
    if window is not None and len(cite.theorem.steps) > 1:
        assert Step(term, window, Rule.CITE, cite).proof.scope is Scope.ALL_SIZES

    def paired(**arrays: Any) -> Any:
        return (brute.contract(layer, [arrays[name] for name in names]) * delta).sum()

    expected = brute.gradient(paired, dict(zip(names, values, strict=True)), names[operand])
    given_values = dict(zip(leaves, values, strict=True)) | {leaves[operand]: delta}
    for step in cite.theorem.steps:
        link = instance(step.rhs, dict(cite.sizes), dict(cite.operands))
        assert (numbers_of(link, given_values) == expected).all()


NETWORKS: dict[str, Any] = {
    "conv2d": lambda: s.conv2d(
        s.tensor("X", (2, 4, 7, 6)),
        s.tensor("W", (6, 2, 3, 2)),
        s.tensor("b", (6,)),
        stride=(2, 1),
        padding=((1, 0), (2, 3)),
        dilation=(1, 2),
        groups=2,
    ),
    "conv1d full": lambda: s.conv1d(s.tensor("X", (3, 5)), s.tensor("W", (2, 3, 3)), padding="full"),
    "conv3d": lambda: s.conv3d(s.tensor("X", (3, 3, 4)), s.tensor("W", (2, 2, 2)), stride=2, padding=1),
    "conv_transpose2d": lambda: s.conv_transpose2d(
        s.tensor("X", (1, 4, 3, 2)),
        s.tensor("W", (4, 3, 2, 2)),
        s.tensor("b", (6,)),
        stride=2,
        groups=2,
        output_padding=1,
        dilation=2,
    ),
    "avg_pool2d": lambda: s.avg_pool2d(s.tensor("X", (2, 5, 5)), 3, stride=2, padding=1),
    "linear": lambda: s.linear(s.tensor("X", (2, 3)), s.tensor("W", (4, 3)), s.tensor("b", (4,))),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_layers_users_write_cite_their_theorems(name: str) -> None:
    node = NETWORKS[name]()
    d = s.derive(s.sum(s.mul(node, node)))
    for tensor in d.inputs:
        view = d.gradient(tensor)
        assert isinstance(view, Multi)
        cite = citation(view)
        assert cite is not None
        Step(view, view, Rule.CITE, cite)
        window = as_window(view)
        if window is not None:
            Step(view, window, Rule.CITE, cite)
            if window != view:
                assert d.proof(tensor).theorems == (cite.theorem,)


def test_what_no_theorem_speaks_of_is_not_cited() -> None:
    plain = form("conv", brute.table_sizes(lambda _: 2), without="ngoc")
    F, X = (Leaf(name, plain.shape(slot)) for name, slot in zip("FX", plain.operands, strict=True))
    assert citation(Multi(plain, (F, X))) is None
    scaled = replace(plain.wrt(1), scale=Fraction(2))
    assert citation(Multi(scaled, (F, Leaf("D", plain.output_shape)))) is None


# Every named theorem, screened with numbers.


def assigned(term: Term, sizes: dict[str, int], values: dict[str, Any]) -> Any:
    """A link of a theorem at sizes and values, in floats; a gradient by central differences of its body."""
    names = {leaf.name: leaf for leaf in values.values()}
    if isinstance(term, Grad):
        assert isinstance(term.of, Node)
        assert isinstance(term.wrt, Leaf)
        out = np.zeros(names[term.wrt.name].shape)
        for at in np.ndindex(*out.shape):
            ends = []
            for sign in (1, -1):
                moved = names[term.wrt.name].numbers.copy()
                moved[at] += sign * 1e-5
                ends.append(assigned(term.of.body, sizes, values | {term.wrt.name: Held(term.wrt.name, moved)}))
            out[at] = (ends[0] - ends[1]) / 2e-5
        return out
    return floats(term, sizes, values)


def floats(term: Term, sizes: dict[str, int], values: dict[str, Any]) -> Any:  # noqa: PLR0911 (one case per kind of term)
    """A term's numbers by loops and NumPy's own functions."""
    match term:
        case Leaf(name, _):
            return values[name].numbers
        case Multi(form, operands):
            parts = [floats(part, sizes, values) for part in operands]
            return brute.contract(form.at(sizes), parts).astype(float)
        case Flip(source, axes):
            return np.flip(floats(source, sizes, values), axes)
        case Sum(terms, _):
            return sum(floats(part, sizes, values) for part in terms)
        case Const(value, shape):
            return np.full([int(substitute(n, sizes)) for n in shape], float(value))  # type: ignore[arg-type]
        case Map(function, source, order, param):
            return local.apply(function, floats(source, sizes, values), param, order)
        case AxisMap(function, source, axis):
            exponentials = np.exp(floats(source, sizes, values))
            total = exponentials.sum(axis=axis, keepdims=True)
            return exponentials / total if function == "softmax" else np.log(total)
    raise TypeError(term)


def test_an_instance_reaches_into_functions() -> None:
    z, Z = Leaf("z", (letter_size("N"), 3)), Leaf("Z", (2, 3))
    for term, expected in (
        (AxisMap("softmax", z, 1), AxisMap("softmax", Z, 1)),
        (Map("tanh", z, order=1), Map("tanh", Z, order=1)),
        (Const(Fraction(2), (letter_size("N"),)), Const(Fraction(2), (2,))),
    ):
        assert instance(term, {"N": 2}, {"z": Z}) == expected


class Held:
    """Numbers of one operand."""

    def __init__(self, name: str, numbers: Any) -> None:
        self.name, self.numbers, self.shape = name, numbers, numbers.shape


@pytest.mark.parametrize("key", [key for key in THEOREMS if not key.startswith("arithmetic")])  # test_arithmetic's
@pytest.mark.parametrize("seed", range(4))
def test_every_link_of_every_theorem_has_the_same_numbers(key: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    for part in theorem(key).parts:
        links = [bare(link) for link in (part.lhs, *(step.rhs for step in part.steps))]
        leaves = {leaf for link in links for leaf in leaves_in(link)}
        letters = {x for n in sizes_in(links) for monomial, _ in Size.of(n).terms for x in monomial}
        sizes = {x: int(random.integers(0 if x.startswith("p") else 1, 3)) for x in sorted(letters)}
        values = {}
        for leaf in sorted(leaves, key=lambda leaf: leaf.name):
            shape = tuple(int(substitute(n, sizes)) for n in leaf.shape)  # type: ignore[arg-type]
            numbers = random.normal(size=shape)
            if part.name.startswith("rsqrt") or leaf.name == "epsilon":
                numbers = np.abs(numbers) + 0.1  # a root is taken of them
            if "targets-sum-to-one" in part.given and leaf.name == "t":
                numbers = np.exp(numbers) / np.exp(numbers).sum(axis=1, keepdims=True)
            values[leaf.name] = Held(leaf.name, numbers)
        first, *others = (assigned(link, sizes, values) for link in links)
        for other in others:
            np.testing.assert_allclose(other, first, rtol=1e-6, atol=1e-8)


def leaves_in(term: Term) -> set[Leaf]:
    whole = [term.of.body, term.wrt] if isinstance(term, Grad) and isinstance(term.of, Node) else [term]
    return {part for one in whole for part in walk(one) if isinstance(part, Leaf)}


def sizes_in(links: list[Term]) -> list[Any]:
    found: list[Any] = []
    for link in links:
        for part in walk(link.of.body if isinstance(link, Grad) and isinstance(link.of, Node) else link):
            found.extend(part.shape)
            if isinstance(part, Multi):
                found += [n for _, n in part.form.sizes] + [part.form.divisor]
                found += [x for row in part.form.rows for x in (row.s, row.d, row.e, row.p)]
    return found


def test_every_theorem_holds_for_all_sizes() -> None:
    for key in THEOREMS:
        assert theorem(key).scope is Scope.ALL_SIZES
        assert theorem(key).key == key
    with pytest.raises(GradproofError, match="did you mean 'input-gradient'"):
        theorem("input-gradiant")


# Wrong citations.

LAYER = form(
    "conv", brute.table_sizes(lambda letter: {"a": 5, "i": 3, "u": 2, "d": 2, "p": 1}.get(letter, 1)), without="ngoc"
)
KERNEL, DELTA = Leaf("K", (2,)), Leaf("D", (3,))
VIEW = Multi(LAYER.wrt(1), (KERNEL, DELTA))
WINDOW = as_window(VIEW)


def cited(**changes: Any) -> Cite:
    cite = citation(VIEW)
    assert cite is not None
    sizes = dict(cite.sizes) | {k: v for k, v in changes.items() if k in dict(cite.sizes)}
    operands = dict(cite.operands) | {k: v for k, v in changes.items() if k in dict(cite.operands)}
    return Cite(changes.get("theorem", cite.theorem), tuple(sizes.items()), tuple(operands.items()))


CITED: dict[str, tuple[Cite, str]] = {
    "stride": (cited(s1=2), "not the instance of theorem 'input-gradient'"),
    "dilation": (cited(d1=1), "not the instance"),
    "input dilation": (cited(e1=2), "not the instance"),
    "padding": (cited(p1=0), "not the instance"),
    "kernel size": (cited(k1=3), r"F has shape \(3,\) in this instance; got an operand of shape \(2,\)"),
    "output size": (cited(m1=2), "delta has shape"),
    "input size": (cited(n1=6), "not the instance"),
    "another kernel": (cited(F=Leaf("G", (2,))), "not the instance"),
    "another theorem": (cited(theorem=gradient("conv", 0, 1, 0, "ngoc")), "stands for X"),
    "another layout": (cited(theorem=gradient("conv", 1, 1, 0, "n")), "."),
}


@pytest.mark.parametrize("name", CITED)
def test_a_wrong_substitution_is_refused(name: str) -> None:
    cite, words = CITED[name]
    assert WINDOW is not None
    Step(VIEW, WINDOW, Rule.CITE, cited())
    with pytest.raises(ProofError, match=words):
        Step(VIEW, WINDOW, Rule.CITE, cite)


def test_both_sides_of_a_citation_are_looked_at() -> None:
    assert isinstance(WINDOW, Multi)
    unflipped = Multi(WINDOW.form, (KERNEL, DELTA))
    with pytest.raises(ProofError, match="right side"):
        Step(VIEW, unflipped, Rule.CITE, cited())
    with pytest.raises(ProofError, match="left side"):
        Step(unflipped, WINDOW, Rule.CITE, cited())


def test_an_operand_that_is_not_named_is_refused() -> None:
    cite = cited()
    with pytest.raises(ProofError, match="does not say what stands for F"):
        Step(VIEW, VIEW, Rule.CITE, replace(cite, operands=(("delta", DELTA),)))


def test_a_theorem_is_built_once_and_about_a_pairing() -> None:
    assert gradient("conv", 1, 2, 0, "") is gradient("conv", 1, 2, 0, "")
    theorem = gradient("conv", 1, 2, 0, "")
    assert isinstance(theorem.lhs, Grad)
    assert isinstance(theorem.lhs.of, Node)
    assert [term.name for term in theorem.lhs.of.args] == [*OPERANDS["conv"], "delta"]
    assert isinstance(theorem, Derivation)


def test_the_adjoint_of_one_row_by_numbers() -> None:
    (plain,) = adjoint(plain=True).parts
    assert plain.scope is Scope.ALL_SIZES
    at = {"m1": 3, "k1": 2, "n1": 8, "s": 2, "d": 3, "e": 1, "p": 1}
    rows: tuple[tuple[str, list[int]], ...] = (("X", [2, 3, 4, 5, 6, 7, 8, 9]), ("F", [3, -5]), ("y", [1, -2, 4]))
    values = {name: brute.exact(row) for name, row in rows}
    leaves = {name: Leaf(name, x.shape) for name, x in values.items()}
    layer = sum(
        int(values["y"][i] * values["F"][u] * values["X"][2 * i + 3 * u - 1])
        for i in range(3)
        for u in range(2)
        if 0 <= 2 * i + 3 * u - 1 < 8
    )
    for side in (plain.lhs, plain.rhs):
        found = instance(side, at, leaves)
        assert Numbers({leaves[name]: array for name, array in values.items()}, {}).of(found) == layer


def test_the_columns_of_one_row_by_numbers() -> None:
    parts = {part.name: part for part in im2col(plain=True).parts}
    assert {part.scope for part in parts.values()} == {Scope.ALL_SIZES}
    at = {"m1": 3, "k1": 2, "n1": 8, "s": 2, "d": 3, "e": 1, "p": 1}
    rows: tuple[tuple[str, list[int]], ...] = (("X", [2, 3, 4, 5, 6, 7, 8, 9]), ("F", [3, -5]), ("delta", [1, -2, 4]))
    values = {name: brute.exact(row) for name, row in rows}
    met = [(i, u, 2 * i + 3 * u - 1) for i in range(3) for u in range(2) if 0 <= 2 * i + 3 * u - 1 < 8]
    forward, filters, inputs = ([0] * n for n in (3, 2, 8))
    for i, u, a in met:
        forward[i] += values["F"][u] * values["X"][a]
        filters[u] += values["delta"][i] * values["X"][a]
        inputs[a] += values["F"][u] * values["delta"][i]
    leaves = {name: Leaf(name, x.shape) for name, x in values.items()}
    for name, expected in (("forward", forward), ("filter", filters), ("input", inputs)):
        found = instance(parts[name].rhs, at, leaves)
        assert Numbers({leaves[key]: array for key, array in values.items()}, {}).of(found).tolist() == expected
