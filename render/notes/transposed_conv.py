"""transposed-conv: a layer that stamps its kernel; adjoint and no inverse; its gradients; what output_padding does."""

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
    Prose,
    Statement,
    Table,
    Theorem,
)
from render.figure import entries, film_strip, rot180, sliding_window, sliding_windows
from render.notes import steps
from render.notes.closing import Crosscheck, together
from render.notes.numbers import PUT
from render.notes.stamps import Pair, Stamp, by_window, cropped, dense, image, recovered, sizes, stamp_cells, stretched
from render.notes.stepping import stepper, steppers
from render.notes.story import recognized
from symbolic.kernel.logic import Derivation, Rule
from symbolic.theorems import theorem
from symbolic.theorems.matrices import adjoint


def note() -> Document:
    """The note."""
    stamp, pair, two = Stamp(), Pair(), image()
    more = (cropped(), stretched())
    roads = [Crosscheck(layer.d, layer.values) for layer in (stamp, two, *more)]
    blocks = (
        Prose("intro"),
        *stamping(stamp),
        *zeros(stamp, two),
        *inner_products(pair),
        *no_inverse(pair),
        *gradients(stamp),
        steppers(stepper(stamp.d, stamp.Z), stepper(two.d, two.Z)),
        *output_padding(*more),
        *checkerboard(),
        *roads[0].blocks(stamp.Y, stamp.F),
        closing(stamp, two, pair, more, tuple(roads)),
    )
    return Document("transposed-conv", "title", blocks)


def stamping(here: Stamp) -> tuple[Block, ...]:
    """Every entry puts the kernel down, times itself."""
    first = steps.picked(steps.expanded(here.Z), (2,))
    return (
        Heading("stamp.title"),
        Prose("stamp.text"),
        Figure(stamp_cells, "stamps", "stamp.caption", "stamp.alt"),
        Prose("stamp.down"),
        Statement((steps.expanded(here.Z),), layout="entries"),
        Prose("stamp.overlap"),
        Statement(here.point.given_for(here.Y, here.F)),
        Calculation(here.point.worked(first.lhs, first.rhs).steps, ("stamp.two", *PUT)),
        Statement((here.point.step(here.Z),)),
        Prose("stamp.size"),
    )


def zeros(here: Stamp, two: Stamp) -> tuple[Block, ...]:
    """The same as an ordinary sliding window over an array with zeros."""
    frames = sliding_windows(
        (3,), (3,), insert=2, padding=[2], names=("Y", "F", "Z"), titles=("", "", ""),
        kernel_labels=rot180(entries("F", 3)), cell=6.0,
    )  # fmt: skip
    frame = sliding_window(
        2, 3, insert=2, padding=2, at=(2, 2), names=("Y", "F", "Z"), titles=("Y", "", "Z"),
        kernel_labels=rot180(entries("F", 3, 3)), cell=7.0,
    )  # fmt: skip
    return (
        Heading("zeros.title"),
        Prose("zeros.text"),
        Calculation(by_window(here), ("zeros.window", "zeros.written")),
        Figure(film_strip(frames, per_row=1), "row", "zeros.caption", "zeros.alt"),
        Prose("zeros.image"),
        Statement(by_window(two)[:1], ("zeros.turned",)),
        Figure(frame, "image", "zeros.image_caption", "zeros.image_alt"),
        Statement((*two.point.given_for(two.Y, two.F), two.point.step(two.Z))),
    )


def inner_products(here: Pair) -> tuple[Block, ...]:
    """<Y, O> = <Z, X>."""
    (plain,) = adjoint(plain=True).parts
    return (
        Heading("adjoint.title"),
        Prose("adjoint.text"),
        Statement((steps.definition(here.O),)),
        Prose("adjoint.both"),
        Calculation(here.sorted.steps, ("adjoint.by_y", "adjoint.by_x", "adjoint.back")),
        Prose("adjoint.why"),
        Statement((*here.point.given_for(here.X, here.Y, here.F), here.point.step(here.O), here.point.step(here.Z))),
        Calculation(here.side(0), ("adjoint.left", *PUT[1:])),
        Calculation(here.side(1), ("adjoint.right", *PUT[1:])),
        Prose("adjoint.theorem"),
        Theorem(plain, "adjoint.all"),
        Prose("adjoint.said"),
    )


def no_inverse(here: Pair) -> tuple[Block, ...]:
    """Convolved and transposed back: not X."""
    return (
        Heading("inverse.title"),
        Prose("inverse.text"),
        Statement(
            (*here.point.given_for(here.X), here.point.step(here.O), here.point.step(here.back)),
            ("inverse.seven", "inverse.three", "inverse.seven_again"),
        ),
        Box("inverse.box", (Prose("inverse.moral"),)),
    )


def gradients(here: Stamp) -> tuple[Block, ...]:
    """Backwards a transposed convolution is a plain one."""
    return (
        Heading("gradient.title"),
        Prose("gradient.text"),
        Abbreviation(here.delta),
        Statement((steps.shares(here.d, here.Y),), layout="entries"),
        Prose("gradient.plain"),
        Statement((recognized(here.d, here.Y),), ("gradient.stride",)),
        Prose("gradient.weights"),
        Statement((steps.shares(here.d, here.F),), layout="entries"),
        Prose("gradient.apart"),
        Statement((recognized(here.d, here.F),), ("gradient.dilation",)),
        Prose("gradient.numbers"),
        Statement((here.arriving,)),
        Calculation(here.worked(here.Y, (1,)), ("gradient.share", *PUT)),
        Statement(tuple(here.point.step(here.grad(x)) for x in (here.Y, here.F)), gradient="partial"),
    )


def output_padding(plain: Stamp, wider: Stamp) -> tuple[Block, ...]:
    """Two sizes have one output size; output_padding says which is meant, and uncovers an entry."""
    return (
        Heading("extra.title"),
        Prose("extra.text"),
        Table(("extra.size", "extra.output", "extra.left", "extra.without", "extra.with"), sizes(), "extra.caption"),
        Prose("extra.back"),
        Prose("extra.cropped"),
        Statement((steps.expanded(plain.Z),), layout="entries"),
        Prose("extra.wider"),
        Statement((steps.expanded(wider.Z),), layout="entries"),
        Box("extra.box", (Prose("extra.moral"),)),
        Prose("extra.recovered"),
        Theorem(recovered(), "extra.all"),
    )


def checkerboard() -> tuple[Block, ...]:
    """A kernel that the stride does not divide covers unevenly."""
    odd, even = dense(3, "U"), dense(4, "V")
    return (
        Heading("board.title"),
        Prose("board.text"),
        Statement((odd.point.step(odd.Z), even.point.step(even.Z))),
        Prose("board.said"),
    )


def closing(here: Stamp, two: Stamp, pair: Pair, more: tuple[Stamp, ...], roads: tuple[Crosscheck, ...]) -> Evidence:
    """What was checked and how."""
    (general,) = theorem("transposed-convolution-adjoint").parts
    (row,) = adjoint(plain=True).parts
    last = steps.picked(steps.expanded(more[1].Z), (5,))
    claims = (
        Claim("claim.window", Derivation(by_window(here))),
        Claim("claim.image", Derivation(by_window(two)[:1])),
        Claim("claim.pair", pair.sorted),
        Claim("claim.row", row),
        Claim("claim.adjoint", general),
        Claim("claim.input", here.d.proof(here.Y)),
        Claim("claim.weights", here.d.proof(here.F)),
        *(Claim("claim.weights_all", part) for part in here.d.proof(here.F).theorems),
        Claim(
            "claim.extra", Derivation((steps.follows(last.lhs, last.rhs, Rule.EXPAND, steps.definition(more[1].Z)),))
        ),
        Claim("claim.size", recovered()),
    )
    return Evidence(claims, together(*roads))
