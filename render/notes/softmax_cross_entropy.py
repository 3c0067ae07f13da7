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
from render.notes.logits import CLASSES, CODE, OneClass, P, T, by_hand, extremes, saturation
from render.notes.numbers import PUT, numbers_of
from render.notes.three_logits import (
    Setting,
    arriving,
    first_entry,
    p_minus_t,
    slope_of_q,
    sum_slope,
    sums_to_one,
    written_loss,
)
from symbolic import derive, mul
from symbolic.functional import sum as total
from symbolic.kernel.logic import Derivation, Expand, Rule, Step
from symbolic.terms.term import Const, Sum
from symbolic.theorems import theorem

VALUES = {"z": [1, 2, 3], "t": [0, 0, 1]}
PLACES = 4


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
        Statement((steps.definition(here.p),), ("setting.probabilities",)),
        Prose("setting.log"),
        Statement(tuple(steps.picked(steps.expanded(here.q), (k,)) for k in range(CLASSES))),
        Prose("setting.loss"),
        Statement((written_loss(here),), ("setting.weighted",)),
        Figure(graph, "graph", "setting.caption", "setting.alt"),
    )


def local_gradients(here: Setting) -> tuple[Block, ...]:
    """Of log-softmax by the logits, and of the loss by log-softmax."""
    step = slope_of_q(here)
    return (
        Heading("local.title"),
        Prose("local.lse"),
        Statement(sum_slope(here), ("local.sum", "local.quotient")),
        Prose("local.first"),
        Statement((steps.picked(step, (0, 0)), steps.picked(step, (1, 0))), ("local.own", "local.other")),
        Prose("local.matrix"),
        Statement((step,)),
        Prose("local.loss"),
        Statement((arriving(here),), ("local.linear",), gradient="partial"),
    )


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
        Statement((steps.definition(one.p),), ("squared.probability",)),
        Prose("squared.entropy_text"),
        Calculation(one.from_two.steps, ("squared.classes", "squared.short")),
        Calculation(one.entropy.steps, ("squared.differentiated", "squared.softplus"), gradient="partial"),
        Prose("squared.error"),
        Statement((steps.definition(one.E),), ("squared.square",)),
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
    (ones,) = theorem("softmax-sums-to-one").parts
    claims = (
        Claim("claim.local", Derivation((slope_of_q(here),))),
        Claim("claim.first", first_entry(here)),
        Claim("claim.all", p_minus_t(here)),
        Claim("claim.any", weighted),
        Claim("claim.plain", plain),
        Claim("claim.ones", ones),
        Claim("claim.two", one.entropy),
        Claim("claim.squares", one.squares),
        Claim("claim.same", same_loss(here)),
    )
    return Evidence(claims, (roads.screen, phrase("claim.extreme")))
