"""softmax with cross entropy: dL/dz = (p - t) / N, for every number of classes and examples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from symbolic.errors import ProofError
from symbolic.kernel.step import Derivation, Proof, Rule, Scope, Step
from symbolic.search.matching import differentiated
from symbolic.terms.layers import pointwise, reduction
from symbolic.terms.rewriting import replaced
from symbolic.terms.size import letter_size
from symbolic.terms.term import AxisMap, Const, Leaf, Multi, Node, Sum, Term
from symbolic.theorems.theorem import Theorem


@dataclass(frozen=True)
class SumsToOne(Proof):
    """A hypothesis, not a proof: the entries of a tensor add up to 1 along an axis. The step's condition says so."""

    scope = Scope.ALL_SIZES

    def requires(self, _lhs: Term, _rhs: Term) -> tuple[str, ...]:
        return ("targets-sum-to-one",)

    def check(self, lhs: Term, rhs: Term) -> None:
        if not (_sum_along_an_axis(lhs) and isinstance(rhs, Const) and rhs.value == 1):
            raise ProofError(
                "the hypothesis is about the sum of a tensor's entries along an axis, and says that it is 1"
            )


def _sum_along_an_axis(term: Term) -> bool:
    """Whether a term adds up the entries of one tensor along exactly one axis."""
    if not (isinstance(term, Multi) and len(term.operands) == 1 and isinstance(term.operands[0], Leaf)):
        return False
    form = term.form
    (slot,) = form.operands
    read = {axis[0] for axis in slot if len(axis) == 1}
    summed = set(form.extent) - {x for axis in form.output for x in axis}
    return not form.rows and form.scale == 1 and form.divisor == 1 and len(summed) == 1 and summed <= read


def softmax_cross_entropy() -> Theorem:
    """L = -1/N sum of t log softmax(z): dL/dz = (softmax(z) - t)/N where every t sums to 1."""
    shape = (letter_size("N"), letter_size("K"))
    z, t = Leaf("z", shape), Leaf("t", shape)
    lse = AxisMap("logsumexp", z, 1)
    log_p = Sum((z, Multi(pointwise([lse.shape], shape, scale=Fraction(-1)), (lse,))), shape)
    total = reduction(shape, (0, 1), Fraction(-1), keepdim=False)
    mean = replace(total, operands=(total.operands[0], total.operands[0]), divisor=shape[0])
    loss = Node("cross_entropy", (z, t), Multi(mean, (t, log_p)), name="L")
    softmax = AxisMap("softmax", z, 1)
    weight = Multi(reduction(shape, (1,), Fraction(1), keepdim=True), (t,))
    scale = replace(pointwise([weight.shape, shape], shape), divisor=shape[0])
    minus = replace(pointwise([shape], shape, scale=Fraction(-1)), divisor=shape[0])
    gradient = Sum((Multi(minus, (t,)), Multi(scale, (weight, softmax))), shape)
    first = differentiated(loss, z, gradient)
    one = Step(weight, Const(Fraction(1), weight.shape), Rule.GIVEN, SumsToOne(), ("targets-sum-to-one",))
    with_one = replaced(gradient, {one.lhs: one.rhs})
    return _with_hypothesis(first, one, with_one)


def _with_hypothesis(first: Step, one: Step, with_one: Term) -> Theorem:
    from symbolic.kernel.logic import Rewrite

    second = Step(first.rhs, with_one, Rule.COLLECT, Rewrite((one,)), one.given)
    return Theorem(
        "softmax-cross-entropy",
        (Derivation((first,), "any-target"), Derivation((first, second), "target-sums-to-one")),
    )


THEOREMS = {"softmax-cross-entropy": softmax_cross_entropy}
