"""What the notes on a convolution tell alike: one weight by the chain rule, both gradients as convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.document import Calculation, Claim
from render.notes import steps
from render.notes.numbers import PUT
from render.notes.steps import at, indices
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.term import Grad, Stack, Sum, scalars

if TYPE_CHECKING:
    from render.notes.numbers import Point
    from symbolic.network.derived import Derived
    from symbolic.terms.term import Leaf, Multi, Node, Term


def met(layer: Node, kernel: Leaf, index: tuple[int, ...]) -> tuple[Step, ...]:
    """dO_i / dK_index for every output: the pixel that the weight meets there."""
    slopes = steps.local(layer, kernel)
    return tuple(steps.picked(slopes, (*place, *index)) for place in indices(layer.shape))


def window_sums(layer: Node, kernel: Leaf) -> Stack:
    """For every weight the sum of the pixels it meets."""
    sums = [Sum(tuple(step.rhs for step in met(layer, kernel, index)), ()) for index in indices(kernel.shape)]
    return Stack(tuple(sums), kernel.shape)


def one_weight(
    derived: Derived, layer: Node, kernel: Leaf, collected: Term, rules: tuple[Step, ...]
) -> tuple[Step, ...]:
    """dL/dK_11 = the chain rule = local gradients put in = collected, where `rules` say what dL/dO is."""
    start = (0,) * len(kernel.shape)
    chain = steps.picked(steps.chain(derived.loss, kernel), start)
    error = Grad(derived.loss, layer)
    pixels = met(layer, kernel, start)
    places = indices(layer.shape)
    shares = Sum(tuple(scalars(at(error, *i), step.rhs) for i, step in zip(places, pixels, strict=True)), ())
    return (
        chain,
        Step(chain.rhs, shares, Rule.LOCAL, Expand((steps.local(layer, kernel),))),
        Step(shares, collected, Rule.COLLECT, Expand(rules)),
    )


def one_entry(derived: Derived, layer: Node, tensor: Leaf, index: tuple[int, ...]) -> tuple[Step, ...]:
    """dL/d(one entry) = a product for every output, by the chain rule = the local gradients put in."""
    chain = steps.picked(steps.chain(derived.loss, tensor), index)
    share = steps.picked(steps.shares(derived, tensor), index)
    return chain, Step(chain.rhs, share.rhs, Rule.LOCAL, Expand((steps.local(layer, tensor),)))


def recognized(derived: Derived, tensor: Leaf) -> Step:
    """dL/d(tensor) = the convolution that it is, in one step."""
    window = derived.proof(tensor).rhs
    return Step(Grad(derived.loss, tensor), window, Rule.WINDOW, Expand((steps.gradient(derived, tensor),)))


def recognized_from(derived: Derived, tensor: Leaf, shares: Step) -> tuple[Step, Step]:
    """dL/d(tensor) = the convolution with its arrays written as matrices = in short."""
    window: Multi = derived.proof(tensor).rhs  # type: ignore[assignment]
    spelled = steps.spelled_out(window)
    return (
        Step(Grad(derived.loss, tensor), spelled, Rule.WINDOW, Expand((shares,))),
        Step(spelled, window, Rule.DEFINITION, Expand()),
    )


def numbered(point: Point, tensor: Leaf, error: Grad, reason: str = "") -> Calculation:
    """dL/d(tensor) = the convolution = numbers put in = value."""
    step = recognized(point.derived, tensor)
    return Calculation((step, *point.evaluated(step.rhs, (error,))), (reason, *PUT))


def proved(point: Point, kernel: Leaf, error: Grad, reasons: tuple[str, str]) -> Calculation:
    """The proof of dL/dK, then the numbers."""
    proof = point.derived.proof(kernel)
    return Calculation((*proof.steps, *point.evaluated(proof.rhs, (error,))), (*reasons, *PUT))


def claims(derived: Derived, kernel: Leaf, image: Leaf) -> tuple[Claim, ...]:
    """Both gradients are convolutions, here and for all sizes; rot180 is two flips."""
    names = {"kernel": kernel, "image": image}
    by_kernel, by_image = derived.proof(kernel), derived.proof(image)
    return (
        Claim("claims.filter", by_kernel, names),
        *(Claim("claims.filter_all", theorem) for theorem in by_kernel.theorems),
        Claim("claims.input", by_image, names),
        *(Claim("claims.input_all", theorem) for theorem in by_image.theorems),
        Claim("claims.flips", steps.two_flips(kernel), {"kernel": kernel}),
    )
