"""conv-arithmetic: the fifteen size relationships, each with the gradient that belongs to it, for all sizes.

Source  the sizes: Dumoulin & Visin 2016, arXiv:1603.07285. The gradients are not in it.
"""

from __future__ import annotations

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
    prose,
)
from render.figure import film_strip, sliding_windows
from render.links import NoteLink
from render.notes import steps
from render.notes.closing import Crosscheck, together
from render.notes.numbers import PUT
from render.notes.relationships import CONVOLUTIONS, PICTURED, TRANSPOSED, checked, parts, rows, two_ways
from render.notes.stepping import stepper, steppers
from render.notes.strided import Layer
from symbolic.theorems import theorem

LAYER = ("size", "input-gradient", "input-gradient-padding", "input-gradient-size", "filter-gradient")
OWN = ("size", "direct-convolution", "direct-convolution-padding", "input-gradient", "filter-gradient")
APART = ("input-gradient-of-the-largest", "entries-read", "size-recovered")  # they need conditions of their own
LONG = dict.fromkeys((2, 5, 6), ("input-gradient-size",)) | dict.fromkeys((12, 13, 14, 15), ("size",))
WIDE = ("input-gradient-size", "entries-read")  # of a dilated layer: left to the closing box
DILATED = 15


def note() -> Document:
    """The note."""
    exact, left = example(5), example(6)
    roads = [Crosscheck(layer.d, layer.values) for layer in (exact, left)]
    blocks = (
        Prose("intro"),
        *counting(exact, left),
        *backward(exact),
        steppers(*(stepper(layer.d, layer.O) for layer in (exact, left))),
        *reading(),
        Heading("layers.title"),
        *(block for number in CONVOLUTIONS for block in relationship(number)),
        *transposed(),
        *tables(),
        *roads[0].blocks(exact.X, exact.F),
        closing(tuple(roads)),
    )
    return Document("conv-arithmetic", "title", blocks)


def example(size: int) -> Layer:
    """Kernel 3, stride 2, padding 1 on a row of 5 or 6: both have three outputs."""
    pixels = [1, 2, 0, -1, 3, 4][:size]
    return Layer((size,), (3,), {"X": pixels, "F": [2, -1, 3], "D": [1, -2, 4]}, stride=2, padding=1)


def counting(exact: Layer, left: Layer) -> tuple[Block, ...]:
    """Where the formula comes from."""
    strips = [
        film_strip(sliding_windows((n,), (3,), stride=2, padding=[1], titles=("", "", ""), cell=5.4), per_row=2)
        for n in (5, 6)
    ]
    middle = steps.picked(steps.expanded(exact.O), (1,))
    return (
        Heading("count.title"),
        Prose("count.text"),
        Figure(strips[0], "five", "count.five_caption", "count.five_alt"),
        Prose("count.sums"),
        Statement((steps.expanded(exact.O),), layout="entries"),
        Prose("count.numbers"),
        Statement(exact.point.given_for(exact.X, exact.F)),
        Calculation(exact.point.worked(middle.lhs, middle.rhs).steps, ("count.reads", *PUT)),
        Prose("count.rule"),
        Theorem(parts(6)["size"], "count.theorem"),
        Prose("count.left"),
        Figure(strips[1], "six", "count.six_caption", "count.six_alt"),
        Prose("count.last"),
        Statement((steps.picked(steps.expanded(left.O), (2,)),)),
    )


def backward(here: Layer) -> tuple[Block, ...]:
    """The same counting on the way back."""
    return (
        Heading("back.title"),
        Prose("back.text"),
        Abbreviation(here.delta),
        Statement((steps.shares(here.d, here.X),), layout="entries"),
        Prose("back.numbers"),
        Statement((here.arriving,)),
        Calculation(here.worked(here.X, (1,)), ("back.read", *PUT)),
        Prose("back.rule"),
        Figure(two_ways(6), "remainder", "back.caption", "back.alt"),
        Theorem(parts(6)["input-gradient"], "back.theorem"),
        Theorem(parts(6)["input-gradient-size"], "back.size"),
        Prose("back.said"),
    )


def reading() -> tuple[Block, ...]:
    """How the theorems below are written, and all of them at a glance."""
    head = ("glance.number", "glance.case", "glance.size", "glance.gradient")
    return (
        Heading("read.title"),
        prose("read.text", note=NoteLink("strided-dilated-grouped")),
        Heading("glance.title"),
        Prose("glance.text"),
        *(
            Table(head, tuple(glance(number) for number in numbers), f"glance.{kind}")
            for kind, numbers in (("layers", CONVOLUTIONS), ("transposed", TRANSPOSED))
        ),
    )


def glance(number: int) -> tuple[Inline, ...]:
    """A relationship in one row: its case, its size, the gradient of its input."""
    found = parts(number)
    return number, phrase(f"case.{number}"), found["size"].rhs, found["input-gradient"].rhs


def stated(number: int, *names: str) -> tuple[Block, ...]:
    """The parts of a relationship: most in one theorem; long ones, and those with conditions of their own, apart."""
    found = {name: part for name, part in parts(number).items() if number != DILATED or name not in WIDE}
    long = LONG.get(number, ())
    here = [name for name in names if name in found and name not in long]
    first, *more = (found[name] for name in here)
    title = "all" if "size" in here else "window" if number in TRANSPOSED else "gradients"
    together = Theorem(first, f"part.{title}", more=tuple(more), reasons=tuple(f"part.{name}" for name in here))
    apart = [Theorem(found[name], f"apart.{name}") for name in (*long, *APART) if name in found]
    return (*apart[: len(long)], together, *apart[len(long) :]) if "size" in long else (together, *apart)


def picture(number: int) -> tuple[Block, ...]:
    """Forward and backward at one position, for the relationships that have a picture."""
    if number not in PICTURED:
        return ()
    return (Figure(two_ways(number), f"case-{number}", f"figure.caption_{number}", f"figure.alt_{number}"),)


def relationship(number: int) -> tuple[Block, ...]:
    """A relationship: its words, its picture, its size and its gradients."""
    key = f"theorem.arithmetic-{number}"
    names = OWN if number in TRANSPOSED else LAYER
    return Heading(f"{key}.title", 3), Prose(f"{key}.statement"), *picture(number), *stated(number, *names)


def transposed() -> tuple[Block, ...]:
    """Relationships 8 to 14."""
    blocks = [block for number in TRANSPOSED for block in relationship(number)]
    box = Box("transposed.box", (Prose("transposed.moral"),))
    return Heading("transposed.title"), Prose("transposed.text"), *blocks, box


def tables() -> tuple[Block, ...]:
    """Every relationship at one choice of numbers, counted by layers that are really built."""
    columns = ("number", "input", "kernel", "stride", "padding", "dilation", "output", "left")
    head = tuple(f"table15.{name}" for name in columns)
    return (
        Heading("table15.title"),
        Prose("table15.text"),
        Table((*head, "table15.unread"), rows(CONVOLUTIONS), "table15.convolutions"),
        Table((*head, "table15.back"), rows(TRANSPOSED), "table15.transposed"),
    )


def closing(roads: tuple[Crosscheck, ...]) -> Evidence:
    """What was checked and how: the theorems with their channels, of which the page states one row."""
    sizes = [Claim(f"theorem.arithmetic-{number}.title", parts(number)["size"]) for number in range(1, 16)]
    wide = {part.name.rpartition("/")[2]: part for part in theorem("arithmetic-15").parts}
    last = {part.name.rpartition("/")[2]: part for part in theorem("arithmetic-14").parts}
    gradients = [
        *(Claim(f"claim.{name}", wide[name]) for name in WIDE),
        Claim("claim.row", parts(15)["input-gradient"]),
        *(Claim("claim.input", part) for part in wide["input-gradient"].theorems),
        *(Claim("claim.filter", part) for part in wide["filter-gradient"].theorems),
        Claim("claim.transposed_input", last["input-gradient"]),
        *(Claim("claim.transposed_filter", part) for part in last["filter-gradient"].theorems),
    ]
    return Evidence((*sizes, *gradients), (phrase("claim.table", count=checked()), *together(*roads)))
