"""The derivative for all sizes: every rule by itself, and wrong gradients with the same evidence refused."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from symbolic.errors import ProofError
from symbolic.kernel.logic import Rule, Step
from symbolic.kernel.step import Scope
from symbolic.kernel.tangent import Tangent, sides, tangent
from symbolic.search.matching import differentiated
from symbolic.terms.form import Form
from symbolic.terms.layers import pointwise, reduction
from symbolic.terms.normalization import Channels
from symbolic.terms.size import letter_size
from symbolic.terms.term import (
    AxisMap,
    Const,
    Flip,
    Grad,
    Leaf,
    Map,
    Multi,
    Node,
    Route,
    Sum,
    Tensor,
    Term,
    direct,
)
from tests.truth import agree

if TYPE_CHECKING:
    from symbolic.terms.size import Extent

SHAPE: tuple[Extent, ...] = (letter_size("N"), letter_size("K"))
X, Y, D, H = (Leaf(name, SHAPE) for name in ("X", "Y", "D", "H"))
OVER = Channels(SHAPE)


def product(*factors: Term, scale: int | Fraction = 1) -> Multi:
    return Multi(pointwise([SHAPE] * len(factors), SHAPE, scale=Fraction(scale)), factors)


def scalar(term: Term, by: Leaf = D) -> Node:
    """The sum of by * term: its gradient is a vector-Jacobian product."""
    slot = (("x0",), ("x1",))
    form = Form((), (slot, slot), (("x0", SHAPE[0]), ("x1", SHAPE[1])), label="mul")
    args = tuple(dict.fromkeys(part for part in direct(Multi(form, (by, term))) if isinstance(part, Tensor)))
    return Node("pairing", args, Multi(form, (by, term)), name="T")


SOFTMAX = AxisMap("softmax", X, 1)
LINE = reduction(SHAPE, (1,), Fraction(1), keepdim=True)
THIN: tuple[Extent, ...] = (SHAPE[0], 1)
LESS, LESS_NOT = (pointwise([SHAPE, THIN], SHAPE, scale=Fraction(sign)) for sign in (-1, 1))
STRETCH = pointwise([THIN], SHAPE)
RIGHT: dict[str, tuple[Term, Term]] = {
    "itself": (X, D),
    "a product": (product(X, Y), product(D, Y)),
    "a square by Leibniz": (product(X, X), Sum((product(D, X), product(X, D)), SHAPE)),
    "a square as a power": (Map("pow", X, param=Fraction(2)), product(D, product(X, scale=2))),
    "a cube": (
        Map("pow", X, param=Fraction(3)),
        product(D, product(Map("pow", X, param=Fraction(2)), scale=3)),
    ),
    "a sum": (Sum((X, product(X, scale=2), Y), SHAPE), Sum((D, product(D, scale=2)), SHAPE)),
    "a flip": (Flip(X, (0,)), Flip(D, (0,))),
    "a function": (Map("tanh", X), product(D, Map("tanh", X, 1))),
    "a function of a function": (
        Map("exp", Map("sigmoid", X)),
        product(D, Map("exp", Map("sigmoid", X), 1), Map("sigmoid", X, 1)),
    ),
    "softmax": (
        SOFTMAX,
        Sum((product(D, SOFTMAX), Multi(LESS, (SOFTMAX, Multi(LINE, (product(D, SOFTMAX),))))), SHAPE),
    ),
    "logsumexp": (Multi(STRETCH, (AxisMap("logsumexp", X, 1),)), Multi(LESS_NOT, (SOFTMAX, Multi(LINE, (D,))))),
    "a mean": (OVER.product(OVER.mean(X)), OVER.product(OVER.mean(D))),
    "a name": (Node("scale", (X,), product(X, scale=3), name="Z"), product(D, scale=3)),
}

WRONG: dict[str, tuple[Term, Term, str]] = {
    "a product, the other factor forgotten": (product(X, Y), D, "partner"),
    "a square, one occurrence forgotten": (product(X, X), product(D, X), "2 terms, the claimed gradient 1|no partner"),
    "a power without its exponent": (Map("pow", X, param=Fraction(2)), product(D, X), "scale|partner"),
    "a power not lowered": (
        Map("pow", X, param=Fraction(2)),
        product(D, product(Map("pow", X, param=Fraction(2)), scale=2)),
        "operands|partner",
    ),
    "a sum, one term twice": (Sum((X, Y), SHAPE), Sum((D, D), SHAPE), "1 terms, the claimed gradient 2|partner"),
    "a flip that is lost": (Flip(X, (0,)), D, "operands|rows|partner"),
    "a flip along the other axis": (Flip(X, (0,)), Flip(D, (1,)), "operands|partner"),
    "the function for its slope": (Map("tanh", X), product(D, Map("tanh", X)), "operands|partner"),
    "the slope of another function": (Map("tanh", X), product(D, Map("sigmoid", X, 1)), "operands|partner"),
    "softmax without its second term": (SOFTMAX, product(D, SOFTMAX), "terms|partner"),
    "softmax, the sign of the second term": (
        SOFTMAX,
        Sum((product(D, SOFTMAX), Multi(LESS_NOT, (SOFTMAX, Multi(LINE, (product(D, SOFTMAX),))))), SHAPE),
        "scale|partner",
    ),
    "a mean as a sum": (OVER.product(OVER.mean(X)), OVER.product(OVER.total(D)), "scale|partner"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_rule_gives_the_gradient_for_all_sizes(name: str) -> None:
    term, gradient = RIGHT[name]
    step = differentiated(scalar(term), X, gradient)
    assert step.proof.scope is Scope.ALL_SIZES
    assert isinstance(step.proof, Tangent)
    assert agree(step.lhs, step.rhs)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_gradient_is_refused(name: str) -> None:
    term, gradient, words = WRONG[name]
    loss = scalar(term)
    with pytest.raises(ProofError, match=words):
        differentiated(loss, X, gradient)
    assert not agree(Grad(loss, X), gradient), "it is true after all"


@pytest.mark.parametrize("name", sorted(RIGHT.keys() & {"a product", "a square by Leibniz", "softmax", "a sum"}))
def test_right_evidence_shows_no_other_gradient(name: str) -> None:
    """Each term scaled, dropped or written twice, with the pairs that show the right one."""
    term, gradient = RIGHT[name]
    step = differentiated(scalar(term), X, gradient)
    terms = gradient.terms if isinstance(gradient, Sum) else (gradient,)
    for changed in ((*terms, terms[0]), tuple(product(part, scale=2) for part in terms), (product(terms[0], Y),)):
        wrong = Sum(changed, SHAPE)
        with pytest.raises(ProofError):
            Step(step.lhs, wrong, Rule.LOCAL, step.proof)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ((), "the derivative has 2 terms, the claimed gradient 2"),
        (((0, ()), (0, ())), "the derivative has 2 terms"),
        (((0, ()), (2, ())), "the derivative has 2 terms"),
        (((1, ()), (0, ())), "operands|letter|scale"),
        (((0, (("x0", "x1", False),)), (1, ())), "letter"),
        (((0, (("x0", "x0", True),)), (1, ())), "letter|operands|output"),
    ],
)
def test_wrong_pairs_are_refused(pairs: object, words: str) -> None:
    term, gradient = RIGHT["a sum"]
    loss = scalar(term)
    right = differentiated(loss, X, gradient)
    Step(right.lhs, gradient, Rule.LOCAL, right.proof)
    with pytest.raises(ProofError, match=words):
        Step(right.lhs, gradient, Rule.LOCAL, Tangent(pairs))  # type: ignore[arg-type]


def test_a_kink_must_be_stated() -> None:
    loss = scalar(Map("relu", X))
    gradient = product(D, Map("relu", X, 1))
    with pytest.raises(ProofError, match="only under the condition"):
        differentiated(loss, X, gradient)


@pytest.mark.parametrize(
    ("lhs", "words"),
    [
        (X, r"needs d\(scalar node\)/d\(tensor\) on the left"),
        (Grad(Node("flip", (X,), Flip(X, (0,))), X), r"needs d\(scalar node\)"),
        (Grad(scalar(X, Leaf("h", SHAPE)), X), "the name h is kept for the perturbation"),
    ],
)
def test_what_is_no_gradient_of_a_scalar_is_refused(lhs: Term, words: str) -> None:
    with pytest.raises(ProofError, match=words):
        sides(lhs, D)


def test_what_has_no_rule_for_all_sizes_is_refused() -> None:
    small = Leaf("S", (2,))
    with pytest.raises(ProofError, match="no rule for the derivative of Route"):
        tangent(Route(small, (2,), ((0, 1),)), small, Leaf("h", (2,)))
    with pytest.raises(ProofError, match="no rule for the derivative of Map"):
        tangent(Map("pow", small, param=Fraction(-1)), small, Leaf("h", (2,)))


def test_what_does_not_depend_on_it_has_no_terms() -> None:
    for term in (Y, Const(Fraction(3), SHAPE), product(Y, Y), Map("tanh", Y), SOFTMAX):
        assert tangent(term, Leaf("Z", SHAPE), H) == []
