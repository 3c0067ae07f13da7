"""Three logits: softmax, its logarithm and the cross entropy, with their slopes as steps."""

from __future__ import annotations

from render.notes import steps
from render.notes.logits import CLASSES, MINUS, ONE
from render.notes.steps import at
from symbolic import cross_entropy, derive, log_softmax, mul, softmax, tensor
from symbolic.functional import sum as total
from symbolic.kernel.logic import Derivation, Derive, Expand, Rewrite, Rule, Step
from symbolic.terms.layers import pointwise, reduction
from symbolic.terms.term import AxisMap, Const, Grad, Multi, Node, Stack, Sum, Term, scalars
from symbolic.theorems.losses import SumsToOne


class Setting:
    """Three logits, three targets; q is log p."""

    def __init__(self) -> None:
        self.z, self.t = tensor("z", (CLASSES,)), tensor("t", (CLASSES,))
        self.p = softmax(self.z, 0, name="p")
        self.q = log_softmax(self.z, 0, name="q")
        self.L = mul(-1, total(mul(self.t, self.q)), name="L")
        self.d = derive(self.L)
        self.rules = tuple(steps.gradient(self.d, x) for x in (*self.d.sweep.nodes, self.z) if x is not self.L)
        self.short = (steps.definition(self.p), *self.rules)
        self.loss = cross_entropy(self.z, self.t, name="L")

    @property
    def slope(self) -> Grad:
        """dL/dz."""
        return Grad(self.L, self.z)


def written_loss(here: Setting) -> Step:
    """L = -(t_1 q_1 + ...)."""
    pairs = [scalars(at(here.t, k), at(here.q, k), scale=MINUS) for k in range(CLASSES)]
    facts = [steps.definition(node) for node in here.d.sweep.nodes if node != here.q]
    return steps.follows(here.L, Sum(tuple(pairs), ()), Rule.DEFINITION, *facts)


def sum_slope(here: Setting) -> tuple[Step, Step]:
    """s = logsumexp(z), and ds/dz = p."""
    total_log = Node("logsumexp", (here.z,), AxisMap("logsumexp", here.z, 0), name="s")

    def row(p: Term) -> Stack:
        return Stack(tuple(at(p, k) for k in range(CLASSES)), (1, CLASSES))

    first = Step(Grad(total_log, here.z), row(AxisMap("softmax", here.z, 0)), Rule.LOCAL, Derive())
    slope = Step(Grad(total_log, here.z), row(here.p), Rule.LOCAL, Expand((first, steps.definition(here.p))))
    return steps.definition(total_log), slope


def slope_of_q(here: Setting) -> Step:
    """dq_i/dz_k = [i = k] - p_k."""
    soft = AxisMap("softmax", here.z, 0)

    def cells(p: Term) -> Stack:
        return Stack(
            tuple(
                Sum((Const(ONE), scalars(at(p, k), scale=MINUS)), ()) if i == k else scalars(at(p, k), scale=MINUS)
                for i in range(CLASSES)
                for k in range(CLASSES)
            ),
            (CLASSES, CLASSES),
        )

    first = Step(Grad(here.q, here.z), cells(soft), Rule.LOCAL, Derive())
    return Step(Grad(here.q, here.z), cells(here.p), Rule.LOCAL, Expand((first, steps.definition(here.p))))


def arriving(here: Setting) -> Step:
    """dL/dq = -t."""
    minus = Multi(pointwise([(CLASSES,)], (CLASSES,), scale=MINUS), (here.t,))
    inner = [rule for rule in here.rules if rule.lhs != here.slope]
    return steps.follows(Grad(here.L, here.q), minus, Rule.LOCAL, *inner)


def first_entry(here: Setting) -> Derivation:
    """dL/dz_1 over all three paths, collected."""
    begin = steps.picked(steps.chain(here.L, here.z), (0,))
    p = at(here.p, 0)
    paths = [scalars(at(here.t, 0), Sum((Const(ONE), scalars(p, scale=MINUS)), ()), scale=MINUS)]
    paths += [scalars(at(here.t, k), p) for k in range(1, CLASSES)]
    put = Sum(tuple(paths), ())
    weight = Sum(tuple(at(here.t, k) for k in range(CLASSES)), ())
    collected = Sum((scalars(weight, p), scalars(at(here.t, 0), scale=MINUS)), ())
    known = (slope_of_q(here), arriving(here))
    return Derivation(
        (
            begin,
            Step(begin.rhs, put, Rule.LOCAL, Expand(known)),
            Step(put, collected, Rule.COLLECT, Expand()),
        )
    )


def sums_to_one(here: Setting) -> Step:
    """The hypothesis: the targets are probabilities."""
    weight = Multi(reduction((CLASSES,), (0,), ONE, keepdim=False), (here.t,))
    return Step(weight, Const(ONE), Rule.GIVEN, SumsToOne(), ("targets-sum-to-one",))


def p_minus_t(here: Setting) -> Derivation:
    """dL/dz = (sum of t) p - t = p - t where the targets add up to 1."""
    shape = (CLASSES,)
    weight = Multi(reduction(shape, (0,), ONE, keepdim=False), (here.t,))
    minus = Multi(pointwise([shape], shape, scale=MINUS), (here.t,))
    weighted = Sum((Multi(pointwise([(), shape], shape), (weight, here.p)), minus), shape)
    hypothesis = sums_to_one(here)
    ready = Sum((Multi(pointwise([(), shape], shape), (hypothesis.rhs, here.p)), minus), shape)
    return Derivation(
        (
            Step(here.slope, weighted, Rule.COLLECT, Expand(here.short)),
            Step(weighted, ready, Rule.GIVEN, Rewrite((hypothesis,)), hypothesis.given),
        )
    )
