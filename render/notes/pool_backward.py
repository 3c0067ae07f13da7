"""pool-backward: what pooling hands back. An average in equal shares, a maximum to the winner alone."""

from __future__ import annotations

from fractions import Fraction

from render.document import (
    Abbreviation,
    Block,
    Box,
    Calculation,
    Claim,
    Document,
    Evidence,
    Figure,
    Heading,
    Inline,
    Prose,
    Statement,
    Table,
    Theorem,
    phrase,
)
from render.figure import upsampling
from render.notes import steps
from render.notes.closing import Crosscheck
from render.notes.numbers import PUT, numbers_of
from render.notes.pictures import pooled_graph
from render.notes.pools import DELTA, IMAGE, SIDE, TIE, WINDOW, Activated, Average, Largest, row, selection
from render.notes.relationships import POOLING, parts
from render.notes.stepping import maximum, stepper, steppers
from render.notes.story import one_entry
from symbolic import derive, max_pool2d, mean, tensor
from symbolic.kernel.logic import Derivation, Derive, Expand, Rule, Step
from symbolic.terms.term import Data, Grad, Term
from symbolic.theorems import theorem


def note() -> Document:
    """The note."""
    spread, largest = Average(), Largest()
    roads = Crosscheck(spread.d, {"X": IMAGE, "D": DELTA})
    maximum = Crosscheck(largest.pooling, {"X": IMAGE, "D": DELTA})
    blocks = (
        Prose("intro"),
        *one_window(),
        *one_row(),
        *average(spread),
        *winner(largest),
        *ties(),
        *overlap(),
        played(spread),
        *activation(),
        *all_sizes(),
        *maximum.blocks(largest.X),
        closing(spread, largest, (roads, maximum)),
    )
    return Document("pool-backward", "title", blocks)


# ---------------------------------------------------------------------- one window, one row


def one_window() -> tuple[Block, ...]:
    """Three numbers and no place: their mean, and the largest of them."""
    x = tensor("x", (3,))
    y, largest = mean(x, name="y"), selection(x, (), (1,), "m")
    third, alone = (Fraction(1, 3),) * 3, (Fraction(0), Fraction(1), Fraction(0))
    slopes = ((y, third), (largest, alone))
    local = tuple(Step(Grad(node, x), Data(values, (3,)), Rule.LOCAL, Derive()) for node, values in slopes)
    return (
        Heading("window.title"),
        Prose("window.text"),
        Statement((steps.expanded(y), steps.definition(largest)), ("window.mean", "window.largest")),
        Prose("window.local"),
        Statement(local, ("window.equal", "window.copy"), gradient="partial"),
        Prose("window.said"),
    )


def one_row() -> tuple[Block, ...]:
    """Four numbers, two windows."""
    x, y, derived = row(4, 2)
    return (
        Heading("row.title"),
        Prose("row.text"),
        Statement((steps.expanded(y),), layout="entries"),
        Prose("row.back"),
        Calculation(one_entry(derived, y, x, (0,)), ("row.paths", "row.local"), gradient="partial"),
        Prose("row.all"),
        Statement((steps.shares(derived, x),), layout="entries", gradient="partial"),
        Prose("row.said"),
    )


# ---------------------------------------------------------------------- an image


def average(equal: Average) -> tuple[Block, ...]:
    """Equal shares."""
    links = (equal.back, *equal.point.evaluated(equal.back.rhs, (equal.delta,)))
    cells = _labels(equal.point.value(Grad(equal.d.loss, equal.X)))
    return (
        Heading("average.title"),
        Prose("average.text"),
        Statement((steps.picked(steps.expanded(equal.O), (0, 0)),)),
        Prose("average.delta"),
        Abbreviation(equal.delta),
        Statement((equal.point.step(equal.delta, Rule.GIVEN),), gradient="delta"),
        Prose("average.back"),
        Statement((steps.picked(steps.shares(equal.d, equal.X), (0, 0)),), ("average.one",), gradient="delta"),
        Prose("average.all"),
        Calculation(links, ("average.spread", *PUT), gradient="delta"),
        Figure(upsampling(_grid(DELTA), cells, (2, 2)), "average", "average.caption", "average.alt"),
        Prose("average.check"),
    )


def _grid(numbers: list[list[int]]) -> list[list[str]]:
    return [[str(number) for number in line] for line in numbers]


def _labels(term: Term) -> list[list[str]]:
    """A 4 x 4 array of numbers as labels; halves as decimals."""
    texts = [f"{float(value):g}" for value in numbers_of(term)]
    return [texts[k : k + SIDE] for k in range(0, len(texts), SIDE)]


def winner(largest: Largest) -> tuple[Block, ...]:
    """All to one."""
    found = Step(largest.O, largest.point.value(largest.O), Rule.NUMBERS, Expand(largest.point.facts))
    value = steps.follows(largest.back.rhs, largest.point.value(largest.back.lhs), Rule.NUMBERS, *largest.point.facts)
    spread = _labels(largest.point.value(largest.back.lhs))
    return (
        Heading("winner.title"),
        Prose("winner.text"),
        Statement(largest.point.given_for(largest.X)),
        Prose("winner.select"),
        Statement((steps.definition(largest.O), found), ("winner.copied", "winner.values")),
        Prose("winner.back"),
        Calculation((largest.back, value), ("winner.place", "reason.put"), layout="matrix", gradient="partial"),
        Figure(upsampling(_grid(DELTA), spread, (2, 2)), "winner", "winner.caption", "winner.alt"),
        Prose("winner.check"),
        Box("winner.box", (Prose("winner.condition"),)),
    )


def ties() -> tuple[Block, ...]:
    """Several largest entries."""
    x = tensor("X", (2, 2))
    derived = derive(max_pool2d(x, WINDOW), gradient=[[1]])
    shares = derived.evaluate({"X": TIE}).grads["X"].reshape(-1)

    def change(place: tuple[int, ...], step: int) -> int:
        """By how much the maximum changes when one pixel does."""
        moved = [[TIE[i][j] + step * ((i, j) == place) for j in range(2)] for i in range(2)]
        return int(derived.evaluate({"X": moved}).value - derived.evaluate({"X": TIE}).value)

    rows: tuple[tuple[Inline, ...], ...] = tuple(
        (steps.at(x, *place), TIE[place[0]][place[1]], change(place, 1), change(place, -1), int(share))
        for place, share in zip(steps.indices((2, 2)), shares, strict=True)
    )
    return (
        Heading("tie.title"),
        Prose("tie.text"),
        Table(("tie.entry", "tie.value", "tie.up", "tie.down", "tie.share"), rows, "tie.caption"),
        Prose("tie.said"),
    )


def overlap() -> tuple[Block, ...]:
    """Windows that overlap, and entries that no window reads."""
    x, y, derived = row(3, 1)
    rest, short, other = row(5, 2)
    z = tensor("x", (3,))
    m = selection(z, (2,), (1, 1), "m")
    both, twice = derive(m, gradient=tensor("E", (2,))), steps.definition(m)
    return (
        Heading("overlap.title"),
        Prose("overlap.text"),
        Statement((steps.expanded(y),), layout="entries"),
        Prose("overlap.back"),
        Statement((steps.shares(derived, x),), layout="entries", gradient="partial"),
        Prose("overlap.largest"),
        Statement((twice, steps.gradient(both, z)), ("overlap.wins", "overlap.sum"), gradient="partial"),
        Prose("overlap.rest"),
        Statement((steps.expanded(short),), layout="entries"),
        Prose("overlap.zero"),
        Statement((steps.picked(steps.shares(other, rest), (4,)),), gradient="partial"),
    )


def played(spread: Average) -> Block:
    """Both kinds of pooling, and windows that overlap, to be played with."""
    _, y, derived = row(3, 1)
    return steppers(stepper(spread.d, spread.O), maximum(IMAGE, WINDOW), stepper(derived, y))


def activation() -> tuple[Block, ...]:
    """One layer further down: the error term of the net input."""
    here = Activated()
    return (
        Heading("below.title"),
        Prose("below.text"),
        Statement((steps.definition(here.A), steps.definition(here.O))),
        Figure(pooled_graph, "graph", "below.caption", "below.alt"),
        Prose("below.back"),
        Calculation(here.back, ("below.slope", "below.spread"), gradient="partial"),
        Prose("below.said"),
    )


def in_one_row() -> tuple[Derivation, Derivation]:
    """Average pooling and max pooling of a row of any length, backwards."""
    found = parts(POOLING)
    return found["input-gradient"], found["input-gradient-of-the-largest"]


def all_sizes() -> tuple[Block, ...]:
    """The two theorems, for one row of one channel: the axes of an image do not touch each other."""
    average, largest = in_one_row()
    return (
        Heading("all.title"),
        Prose("all.text"),
        Theorem(average, "all.average"),
        Prose("all.average_said"),
        Theorem(largest, "all.largest"),
        Prose("all.largest_said"),
    )


def closing(equal: Average, largest: Largest, roads: tuple[Crosscheck, ...]) -> Evidence:
    """What was checked and how."""
    claims = (
        Claim("claim.average", Derivation((equal.back,))),
        Claim("claim.average_row", in_one_row()[0]),
        *(Claim("claim.average_all", part) for part in theorem("average-pool-backward").parts),
        Claim("claim.winner", Derivation((largest.back,))),
        Claim("claim.pooling", largest.pooling.proof(largest.X)),
        Claim("claim.winner_row", in_one_row()[1]),
        *(Claim("claim.winner_all", part) for part in theorem("max-pool-backward").parts),
        Claim("claim.below", Derivation(Activated().back)),
    )
    names = ("claim.screen_average", "claim.screen_maximum")
    return Evidence(claims, tuple(phrase(key, text=road.screen) for key, road in zip(names, roads, strict=True)))
