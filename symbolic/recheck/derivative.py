"""Derivatives of a term: by an operand of a sum that stands there once, and along a direction h.

    X -> h      a sum of products: Leibniz, from left to right      f(z) -> f'(z) * dz      z^n -> (n z^(n-1)) * dz
    logsumexp(z) -> the sum of p * dz      softmax(z) = p -> p * dz, then -p * (the sum of p * dz)

The array G is the gradient by X exactly when dL(h) = <G, h> for every h. Products made here have letters
x0, x1, … by axis, and o0, o1, … for an axis of extent 1 that is stretched or left by a sum.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from symbolic.recheck.polynomial import ONE, Polynomial
from symbolic.recheck.refusal import RefusedError
from symbolic.recheck.sums import Reading, Renaming, compare, read
from symbolic.recheck.terms import (
    Along,
    Flip,
    Function,
    Gradient,
    Number,
    Product,
    Shape,
    Slot,
    Tensor,
    Term,
    Total,
    walk,
)

MANY = 100  # terms of a derivative; softmax doubles them


def dropped(left: Gradient) -> Reading:
    """The derivative of a sum of products by an operand that stands in it once: the same sum without it."""
    whole = read(left.of)
    found = [places for term, places in whole.reads if term == left.wrt]
    if len(found) != 1 or any(left.wrt in walk(term) for term, _ in whole.reads if term != left.wrt):
        raise RefusedError(f"{left.wrt.name} does not stand exactly once, by itself, in what is differentiated")
    places = [place for axis in found[0] for place in axis if place.letter]
    if any(place.backwards for place in places) or len({place.letter for place in places}) != len(places):
        raise RefusedError(f"{left.wrt.name} is not read at letters of its own, each once and forwards")
    rest = tuple((term, axes) for term, axes in whole.reads if term != left.wrt)
    return replace(whole, output=found[0], reads=rest)


def compare_tangents(left: Gradient, right: Term, pairs: tuple[tuple[int, Renaming], ...]) -> None:
    """Refuse unless the products of dL(h) and of <right, h> are the same, paired as given."""
    h = Tensor("-h", left.wrt.shape)  # no name in a file has a sign
    forward = tangent(left.of, left.wrt, h)
    backward = [_against(term, h) for term in (right.terms if isinstance(right, Total) else (right,))]
    if len(forward) != len(backward) or len(pairs) != len(forward):
        raise RefusedError(
            f"the derivative has {len(forward)} terms, the gradient {len(backward)}, {len(pairs)} paired"
        )
    if sorted(partner for partner, _ in pairs) != list(range(len(backward))):
        raise RefusedError(f"the partners {[partner for partner, _ in pairs]} are not each term once")
    for one, (partner, renaming) in zip(forward, pairs, strict=True):
        compare(read(one), read(backward[partner]), renaming)


def _against(term: Term, h: Tensor) -> Product:
    """<term, h>: axis k is written with the letters xk_0, xk_1, … that the term splits it into."""
    slot: list[tuple[str, ...]] = []
    extents: list[tuple[str, Polynomial]] = []
    for axis, places in enumerate(read(term).output):
        letters = [(f"x{axis}_{number}", place.extent) for number, place in enumerate(places)]
        slot.append(tuple(letter for letter, _ in letters))
        extents += letters
    return Product((), (tuple(slot), tuple(slot)), tuple(extents), (), Fraction(1), ONE, (term, h))


def tangent(term: Term, wrt: Tensor, h: Term) -> list[Term]:
    """The products whose sum is the derivative of a term by `wrt` in the direction h."""
    if term == wrt:
        return [h]
    match term:
        case Number() | Tensor():
            return []
        case Product(operands=operands):
            return [
                replace(term, operands=(*operands[:k], moved, *operands[k + 1 :]))
                for k, operand in enumerate(operands)
                for moved in tangent(operand, wrt, h)
            ]
        case Total(terms):
            return [moved for part in terms for moved in tangent(part, wrt, h)]
        case Flip(source, axes):
            return [Flip(moved, axes) for moved in tangent(source, wrt, h)]
        case Function("pow", _, exponent, source) if exponent is not None:
            lower = source if exponent == 2 else replace(term, param=exponent - 1)
            return [entrywise(_multiple(lower, exponent), moved) for moved in tangent(source, wrt, h)]
        case Function(order=order, source=source):
            return [entrywise(replace(term, order=order + 1), moved) for moved in tangent(source, wrt, h)]
        case Along():
            found = [part for moved in tangent(term.source, wrt, h) for part in _along(term, moved)]
            if len(found) > MANY:
                raise RefusedError(f"a derivative of more than {MANY} terms is too long to be checked")
            return found
    raise RefusedError(f"no rule for the derivative of a {type(term).__name__.lower()}")


def _multiple(term: Term, scale: Fraction) -> Product:
    """scale * a term."""
    output: Slot = tuple((f"x{axis}",) for axis in range(len(term.shape)))
    extents = tuple((f"x{axis}", n) for axis, n in enumerate(term.shape))
    return Product(output, (output,), extents, (), scale, ONE, (term,))


def entrywise(one: Term, other: Term, scale: Fraction = Fraction(1)) -> Product:
    """one * other, entry by entry, in the shape of `one`; axes of extent 1 of the other stretch."""
    shape = one.shape
    output: Slot = tuple((f"x{axis}",) for axis in range(len(shape)))
    stretched = [axis for axis, n in enumerate(shape) if other.shape[axis] != n]
    inner = tuple((f"o{axis}",) if axis in stretched else letters for axis, letters in enumerate(output))
    extents = [*((f"o{axis}", ONE) for axis in stretched), *((f"x{axis}", n) for axis, n in enumerate(shape))]
    return Product(output, (output, inner), tuple(extents), (), scale, ONE, (one, other))


def _along(term: Along, moved: Term) -> list[Term]:
    softmax = Along("softmax", term.axis, term.source)
    shape: Shape = moved.shape
    slot: Slot = tuple((f"x{axis}",) for axis in range(len(shape)))
    kept = tuple((f"o{axis}",) if axis == term.axis else letters for axis, letters in enumerate(slot))
    extents = [*((f"x{axis}", n) for axis, n in enumerate(shape)), (f"o{term.axis}", ONE)]
    inside = entrywise(softmax, moved)
    total = Product(kept, (slot,), tuple(extents), (), Fraction(1), ONE, (inside,))
    if term.name == "logsumexp":
        return [total]
    return [inside, entrywise(softmax, total, Fraction(-1))]
