"""softmax-cross-entropy: why the gradient at the logits is p - t, for one example, for a batch, for all sizes.

The numbers of a softmax are no fractions; they stand in tables, rounded, and are no proof of anything.
"""

from __future__ import annotations

from fractions import Fraction

from render.document import (
    Block,
    Box,
    Calculation,
    Claim,
    Code,
    Document,
    Evidence,
    Figure,
    Heading,
    Prose,
    Statement,
    Table,
    Theorem,
    phrase,
)
from render.figure import network_graph
from render.notes import steps
from render.notes.closing import Crosscheck, decimal
from render.notes.logits import CLASSES, CODE, MINUS, ONE, OneClass, P, T, by_hand, extremes, saturation
from render.notes.numbers import PUT, numbers_of
from render.notes.steps import at
from symbolic import cross_entropy, derive, log_softmax, mul, softmax, tensor
from symbolic.equality import Derivation, Derive, Expand, Rewrite, Rule, Step
from symbolic.functional import sum as total
from symbolic.layers import pointwise, reduction
from symbolic.term import AxisMap, Const, Grad, Multi, Stack, Sum, Term, scalars
from symbolic.theorems import theorem
from symbolic.theorems.losses import SumsToOne

VALUES = {"z": [1, 2, 3], "t": [0, 0, 1]}
PLACES = 4


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


def note() -> Document:
    """The note."""
    here, one = Setting(), OneClass()
    roads = Crosscheck(here.d, VALUES)
    blocks = (
        Prose("intro"),
        *setting(here),
        *local_gradients(here),
        *chain(here),
        *numbers(here),
        *batch(),
        *squared(one),
        *overflow(),
        *roads.blocks(here.z),
        closing(here, one, roads),
    )
    return Document("softmax-cross-entropy", "title", blocks)


def setting(here: Setting) -> tuple[Block, ...]:
    """p, q and L."""
    graph = network_graph(here.loss, values={"z": "z", "t": "t"}, gradients={"z": "∂L/∂z", "t": None})
    return (
        Heading("setting.title"),
        Prose("setting.softmax"),
        Statement((steps.definition(here.p), *(steps.picked(steps.expanded(here.q), (k,)) for k in range(CLASSES)))),
        Prose("setting.loss"),
        Statement((written_loss(here),)),
        Figure(graph, "graph", "setting.caption", "setting.alt"),
    )


def written_loss(here: Setting) -> Step:
    """L = -(t_1 q_1 + ...)."""
    pairs = [scalars(at(here.t, k), at(here.q, k), scale=MINUS) for k in range(CLASSES)]
    facts = [steps.definition(node) for node in here.d.sweep.nodes if node != here.q]
    return steps.follows(here.L, Sum(tuple(pairs), ()), Rule.DEFINITION, *facts)


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


def local_gradients(here: Setting) -> tuple[Block, ...]:
    """Of log-softmax by the logits, and of the loss by log-softmax."""
    step = slope_of_q(here)
    return (
        Heading("local.title"),
        Prose("local.lse"),
        Statement((steps.picked(step, (0, 0)), steps.picked(step, (1, 0)))),
        Prose("local.matrix"),
        Statement((step,)),
        Prose("local.loss"),
        Statement((arriving(here),), gradient="partial"),
    )


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


def sums_to_one(here: Setting) -> Step:
    """The hypothesis: the targets are probabilities."""
    weight = Multi(reduction((CLASSES,), (0,), ONE, keepdim=False), (here.t,))
    return Step(weight, Const(ONE), Rule.GIVEN, SumsToOne(), ("targets-sum-to-one",))


def chain(here: Setting) -> tuple[Block, ...]:
    """All paths, and what is left of them."""
    return (
        Heading("chain.title"),
        Prose("chain.text"),
        Calculation(first_entry(here).steps, ("chain.paths", "chain.local", "chain.collect"), gradient="partial"),
        Prose("chain.one"),
        Statement((sums_to_one(here),)),
        Calculation(p_minus_t(here).steps, ("chain.all", "chain.given"), gradient="partial"),
        Box("chain.box", (Prose("chain.said"),)),
    )


def numbers(here: Setting) -> tuple[Block, ...]:
    """A step by hand with a softmax that is given, and a table of floats."""
    entries = Sum(tuple(Const(x) for x in numbers_of(by_hand().rhs)), ())
    at_point = derive(total(mul(here.t, here.p))).evaluate(VALUES)
    slopes = here.d.evaluate(VALUES).grads["z"]
    rows = tuple(
        (z, decimal(float(p), PLACES), t, decimal(float(slope), PLACES))
        for z, p, t, slope in zip(VALUES["z"], at_point.values["p"], VALUES["t"], slopes, strict=True)
    )
    return (
        Heading("numbers.title"),
        Prose("numbers.hand"),
        Statement((P, T)),
        Calculation(by_hand().steps, PUT),
        Prose("numbers.sum"),
        Statement((Step(entries, Const(Fraction(0)), Rule.NUMBERS, Expand()),)),
        Prose("numbers.table"),
        Table((here.z, here.p, here.t, "numbers.gradient"), rows, "numbers.caption"),
    )


def batch() -> tuple[Block, ...]:
    """N examples, K classes: the theorem."""
    weighted, plain = theorem("softmax-cross-entropy").parts
    (one,) = theorem("softmax-sums-to-one").parts
    return (
        Heading("batch.title"),
        Prose("batch.text"),
        Theorem(weighted, "batch.any"),
        Prose("batch.any_said"),
        Theorem(plain, "batch.plain"),
        Prose("batch.plain_said"),
        Calculation(by_hand(Fraction(1, 2)).steps, PUT),
        Theorem(one, "batch.one"),
        Prose("batch.zero"),
    )


def squared(one: OneClass) -> tuple[Block, ...]:
    """Two classes: the same with the sigmoid; and what the squared error does instead."""
    return (
        Heading("squared.title"),
        Prose("squared.two"),
        Statement((steps.definition(one.p), one.written)),
        Calculation(one.entropy.steps, ("squared.differentiated", "squared.softplus"), gradient="partial"),
        Prose("squared.error"),
        Calculation(one.squares.steps, ("squared.chain", "squared.local", "squared.sigmoid"), gradient="partial"),
        Prose("squared.factor"),
        Table((one.z, one.p, "squared.entropy", "squared.squares"), saturation(one), "squared.caption"),
        Prose("squared.said"),
    )


def overflow() -> tuple[Block, ...]:
    """Logits of 1000 and -1000."""
    return (
        Heading("overflow.title"),
        Prose("overflow.text"),
        Code(CODE),
        Prose("overflow.why"),
        Table(("overflow.logits", "overflow.naive", "overflow.shifted", "overflow.gradient"), extremes()),
        Prose("overflow.said"),
    )


def same_loss(here: Setting) -> Derivation:
    """The library's cross entropy is this L."""
    facts = [steps.definition(node) for node in (*here.d.sweep.nodes, here.loss)]
    return Derivation((Step(here.loss, here.L, Rule.DEFINITION, Expand(tuple(facts))),))


def closing(here: Setting, one: OneClass, roads: Crosscheck) -> Evidence:
    """What was checked and how."""
    weighted, plain = theorem("softmax-cross-entropy").parts
    claims = (
        Claim("claim.local", Derivation((slope_of_q(here),))),
        Claim("claim.first", first_entry(here)),
        Claim("claim.all", p_minus_t(here)),
        Claim("claim.any", weighted),
        Claim("claim.plain", plain),
        Claim("claim.two", one.entropy),
        Claim("claim.squares", one.squares),
        Claim("claim.same", same_loss(here)),
    )
    return Evidence(claims, (roads.screen, phrase("claim.extreme")))
