"""The step that conv-sum-mse takes: by hand and by the program, that it is too long, and how long it may be."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from render.document import Block, Box, Calculation, Code, Heading, Prose, Statement, prose
from render.notes import steps
from render.notes.descent import before_collecting, descent, error_in_rate, in_rate, rate_table
from render.notes.numbers import PUT, numbers_of
from render.notes.story import window_sums
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.term import Map

if TYPE_CHECKING:
    from render.notes.conv_sum_mse import Setting

RATE = Fraction(1, 100)
CODE = """\
from fractions import Fraction

from symbolic import conv2d, derive, mse_loss, sum, tensor

X, K, T = tensor("X", (3, 3)), tensor("K", (2, 2)), tensor("T", ())
d = derive(mse_loss(sum(conv2d(X, K)), T))
numbers = {"X": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "K": [[3, 2], [1, 5]], "T": 230}
at = d.evaluate(numbers)
print(at.grads["K"].tolist())  # [[48, 64], [96, 112]]
K_new = at.values["K"] - Fraction("0.01") * at.grads["K"]
print(K_new.astype(float).tolist())  # [[2.52, 1.36], [0.04, 3.88]]
"""


def update(here: Setting) -> tuple[Block, ...]:
    """One step of gradient descent, by hand and by the program."""
    return (
        Heading("update.title"),
        Prose("update.text"),
        Statement(here.after.given_for(here.lr)),
        *descent(here.after, here.K_new),
        Prose("update.program"),
        Code(CODE),
    )


def again(here: Setting) -> tuple[Block, ...]:
    """Forward with the new kernel, line by line."""
    after = here.after
    error = Map("pow", steps.minus(here.S_new, here.T), param=Fraction(2))
    runs = (
        after.worked(here.O_new, here.O_new.body, (here.K_new,), Rule.DEFINITION),
        after.worked(here.S_new, steps.expanded(here.S_new).rhs, (here.O_new,)),
        after.worked(here.L_new, error, (here.S_new,), Rule.DEFINITION),
    )
    return tuple(Calculation(run.steps, ("", *PUT)) for run in runs)


def in_letters(here: Setting) -> tuple[Step, ...]:
    """S after the step = 232 - rate (gradients times window sums) = a line in the rate."""
    slopes, shares = (numbers_of(here.point.value(x)) for x in (here.grad(here.K), window_sums(here.O, here.K)))
    first = before_collecting(here.point, here.S_new, here.lr, tuple(zip(slopes, shares, strict=True)))
    return first, Step(first.rhs, in_rate(here.point, here.S_new, here.lr, 1).rhs, Rule.NUMBERS, Expand())


def overshoot(here: Setting) -> tuple[Block, ...]:
    """The step is too long, and how long it should be: S is linear in the rate, so L is a parabola that touches 0."""
    S_new = in_rate(here.point, here.S_new, here.lr, 1)
    S, T = here.point.amount(here.S), here.point.amount(here.T)
    best = (T - S) / (here.point.with_leaf(here.lr, 1).amount(here.S_new) - S)
    rates = [best / 2, best, 2 * best, 4 * best, RATE]
    shares = numbers_of(here.point.value(window_sums(here.O, here.K)))
    error = error_in_rate(here.point, here.L_new, S_new, here.T)
    return (
        Heading("overshoot.title"),
        Prose("overshoot.text"),
        *again(here),
        prose("overshoot.why", one=shares[0], two=shares[1], three=shares[2], four=shares[3]),
        Calculation(in_letters(here), ("overshoot.each", "reason.value")),
        Prose("overshoot.parabola"),
        Calculation(error, ("overshoot.put", "reason.value")),
        prose("overshoot.choose", best=best, last=2 * best, rate=RATE, ratio=RATE / (2 * best)),
        rate_table(here.point, here.lr, here.L_new, (here.S_new, here.L_new), rates),
        Box("overshoot.box", (Prose("overshoot.moral"),)),
    )
