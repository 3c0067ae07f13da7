"""conv-arithmetic: the fifteen size relationships, each with the gradient that belongs to it, for all sizes.

Source  the sizes: Dumoulin & Visin 2016, arXiv:1603.07285. The gradients are not in it.
"""

from __future__ import annotations

from render.document import (
    Block,
    Box,
    Calculation,
    Claim,
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
from render.figure import film_strip, sliding_windows
from render.notes import steps
from render.notes.closing import Crosscheck, together
from render.notes.numbers import PUT
from render.notes.relationships import CONVOLUTIONS, TRANSPOSED, checked, parts, rows
from render.notes.stepping import stepper, steppers
from render.notes.strided import Layer

GRADIENTS = ("input-gradient", "input-gradient-padding", "input-gradient-of-the-largest", "input-gradient-size")
MORE = ("entries-read", "filter-gradient")
WIDE = ("input-gradient-size", "entries-read")  # of a dilated layer they are wider than a page
DILATED = 15
OWN = ("direct-convolution", "size-recovered", "input-gradient")


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
        *(block for number in range(1, 8) for block in convolution(number)),
        *convolution(15),
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
    first = steps.picked(steps.expanded(exact.O), (0,))
    middle = steps.picked(steps.expanded(exact.O), (1,))
    return (
        Heading("count.title"),
        Prose("count.text"),
        Figure(strips[0], "five", "count.five_caption", "count.five_alt"),
        Statement((steps.expanded(exact.O),), layout="entries"),
        Statement(exact.point.given_for(exact.X, exact.F)),
        Calculation(exact.point.worked(first.lhs, first.rhs).steps, ("", *PUT)),
        Calculation(exact.point.worked(middle.lhs, middle.rhs).steps, ("", *PUT)),
        Prose("count.rule"),
        Theorem(parts(6)["size"], "count.theorem"),
        Prose("count.left"),
        Figure(strips[1], "six", "count.six_caption", "count.six_alt"),
        Statement((steps.expanded(left.O),), layout="entries"),
    )


def backward(here: Layer) -> tuple[Block, ...]:
    """The same counting on the way back."""
    return (
        Heading("back.title"),
        Prose("back.text"),
        Statement((steps.shares(here.d, here.X),), layout="entries"),
        Statement((here.arriving,)),
        Calculation(here.worked(here.X, (1,)), ("", *PUT)),
        Prose("back.rule"),
        Theorem(parts(6)["input-gradient"], "back.theorem"),
        Theorem(parts(6)["input-gradient-size"], "back.size"),
        Prose("back.said"),
    )


def reading() -> tuple[Block, ...]:
    """How the theorems below are written."""
    return (Heading("read.title"), Prose("read.text"))


def stated(number: int, *names: str) -> tuple[Block, ...]:
    """The parts of a relationship that it has, each with its own conditions."""
    found = parts(number)
    return tuple(Theorem(found[name], f"part.{name}") for name in names if name in found)


def convolution(number: int) -> tuple[Block, ...]:
    """A relationship of a convolution or a pool: its words, its size, its gradients."""
    key = f"theorem.arithmetic-{number}"
    return (
        Heading(f"{key}.title", 3),
        Prose(f"{key}.statement"),
        *stated(number, "size", *(name for name in (*GRADIENTS, *MORE) if number != DILATED or name not in WIDE)),
    )


def transposed() -> tuple[Block, ...]:
    """Relationships 8 to 14."""
    blocks: list[Block] = [Heading("transposed.title"), Prose("transposed.text")]
    for number in TRANSPOSED:
        key = f"theorem.arithmetic-{number}"
        blocks += [Heading(f"{key}.title", 3), Prose(f"{key}.statement"), *stated(number, "size", *OWN)]
    return (*blocks, Box("transposed.box", (Prose("transposed.moral"),)))


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
    """What was checked and how."""
    sizes = [Claim(f"theorem.arithmetic-{number}.title", parts(number)["size"]) for number in range(1, 16)]
    gradients = [
        *(Claim(f"claim.{name}", part) for name in WIDE for part in (parts(15)[name],)),
        *(Claim("claim.input", part) for part in parts(15)["input-gradient"].theorems),
        *(Claim("claim.filter", part) for part in parts(15)["filter-gradient"].theorems),
        Claim("claim.transposed_input", parts(14)["input-gradient"]),
        *(Claim("claim.transposed_filter", part) for part in parts(14)["filter-gradient"].theorems),
    ]
    return Evidence((*sizes, *gradients), (phrase("claim.table", count=checked()), *together(*roads)))
