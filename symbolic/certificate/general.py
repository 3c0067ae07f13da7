"""The steps of a theorem for all sizes as Coq theorems: statement printed from the step's terms, proof by script.

An equality of two sums of products is proved by distributing the products, reading each side as one sum over
tuples of indices, and exchanging the tuples by the map that pairs equal operands; Coq judges the map. A gradient

    dT/dX = V     is stated without limits as     T(X + H) = T(X) + sum over X's indices of H * V     for all H

(derivative.v, linear_part_unique: V is the only such array; gradient_of_filter, ...: it is the derivative).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symbolic.certificate.gallina import DIVISOR, PADDING, Binder, NotPrintedError, Place, Printer, Reading, product
from symbolic.certificate.script import WIDTH, lines, same_sum
from symbolic.terms.term import Grad, Leaf, Node, walk

if TYPE_CHECKING:
    from symbolic.kernel.step import Step
    from symbolic.terms.term import Term

HEAD = """\
(* The theorems of `gradproof verify` for all sizes. Of each: the general lemmas   *)
(* that state it (Check), and the steps of its own proof, printed from their terms. *)
(* A derivative dT/dX = V is stated as T(X + H) = T(X) + sum of H V, for all H.     *)

From mathcomp Require Import all_ssreflect ssralg ssrint.
{imports}

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.
"""
OPENING = """\
Section Theorems.
Variable R : comRingType.
Add Ring ring_of_values : (comRing_theory R).
Add Ring ring_of_integers : (comRing_theory int_comRing).
Arguments rev_ord : simpl never.

(* ring, once the type of the equation is R to the letter. *)
Ltac value_ring :=
  rewrite ?rev_ordK; ring_terms R; match goal with |- @eq _ ?x ?y => change (@eq R x y) end; ring.

(* Products of sums are multiplied out. *)
Ltac distribute :=
  repeat (rewrite ?(mulr_suml, mulr_sumr); apply: eq_bigr => ? _); value_ring.

(* Two equations between indices are the same one, or each is the other's negative. *)
Ltac same_row :=
  rewrite ?rev_ordZ; first [apply: eq_by_sub; ring_terms int_comRing; ring
    | rewrite [RHS]eq_sym; apply: eq_by_sub; ring_terms int_comRing; ring].
"""
CLOSING = "End Theorems."


@dataclass(frozen=True)
class Proved:
    """A Coq theorem: its name, statement with quantifiers, and proof script."""

    name: str
    statement: str
    proof: tuple[str, ...]

    def __str__(self) -> str:
        script = "\n".join(self.proof)
        return f"Theorem {self.name}{self.statement}.\nProof.\n{script}\nQed.\n"


def theorem(name: str, step: Step) -> Proved:
    """A step for all sizes as a theorem.  Raises NotPrintedError where certificates have no words for it."""
    if isinstance(step.lhs, Grad):
        return _derivative(name, step.lhs, step.rhs)
    return equality(name, step.lhs, step.rhs)


def equality(name: str, lhs: Term, rhs: Term) -> Proved:
    """Two sums of products at the same indices; whether they are equal is for Coq to say."""
    printer = _printer(lhs, rhs)
    places = printer.outer(lhs) or printer.outer(rhs) or _own(printer, lhs)
    left, right = printer.sides((lhs, places), (rhs, places))
    free = tuple(place.name for axis in places for place, _ in axis)
    ranges = [(place.name, n) for axis in places for place, n in axis]
    proof = same_sum(left, right, free)
    claim = lines(f"{left.text} =\n{right.text}")
    return Proved(name, "\n".join([f"{_quantifiers(printer, ranges)} :", *claim]), proof)


def _derivative(name: str, gradient: Grad, view: Term) -> Proved:
    """T is affine in the operand, and its linear part has the view as its coefficients."""
    scalar, wrt = gradient.of, gradient.wrt
    if not (isinstance(scalar, Node) and isinstance(wrt, Leaf) and scalar.shape == ()):
        raise NotPrintedError("a certificate speaks of derivatives of a scalar by an operand")
    change = "H"
    printer = _printer(scalar.body, view)
    printer.reserve(change)
    (whole,) = printer.sides((scalar.body, []))
    printer.sums[wrt.name] = f"{wrt.name} {change}"
    (moved,) = printer.sides((scalar.body, []))
    del printer.sums[wrt.name]
    places = printer.outer(view)
    if places is None:
        raise NotPrintedError("a certificate speaks of gradients that are sums of products")
    part = printer.read(view, places)
    index = [Binder(place.name, n) for axis in places for place, n in axis]
    here = tuple(Place(binder.name) for binder in index)
    head = " ".join(map(str, index))

    def paired(tensor: str) -> str:
        return f"{head} {product([(tensor, here)])} * {f'({part.text})' if part.binders else part.text}"

    name_of = wrt.name
    right = Reading("", [*index, *part.binders], [(name_of, here), *part.factors], nested=bool(part.binders))
    right.text = paired(name_of)
    quantifiers = _quantifiers(printer, [], (change, name_of))
    args, both = (
        " ".join(binder.name for binder in index),
        f"{product([(name_of, here)])} + {product([(change, here)])}",
    )
    proof = (
        f"have linear : forall {name_of} : {_function(printer.tensors[name_of])},",
        *lines(f"{whole.text} =\n{right.text}."),
        f"  move=> {{}}{name_of}.",
        *("  " + line for line in same_sum(whole, right, ())),
        f"etransitivity; first exact: (linear (fun {args} => {both})).",
        f"rewrite (linear {name_of}).",
        f"do {len(index)} (rewrite -big_split /=; apply: eq_bigr => ? _).",
        "exact: mulrDl.",
    )
    claim = lines(f"{moved.text} =\n{whole.text} +\n{paired(change)}")
    return Proved(name, "\n".join([f"{quantifiers} :", *claim]), proof)


def _printer(*terms: Term) -> Printer:
    """A printer in which no index takes the name of a tensor."""
    printer = Printer()
    printer.reserve("R", DIVISOR, *(part.name for term in terms for part in walk(term) if isinstance(part, Leaf)))
    return printer


def _own(printer: Printer, leaf: Term) -> list[list[tuple[Place, str]]]:
    """An index per axis."""
    return [[(Place(printer.fresh("x")), printer.extent(n))] for n in leaf.shape]


def _function(ranges: tuple[str, ...]) -> str:
    return " -> ".join([*(f"'I_{n}" for n in ranges), "R"])


def _quantifiers(printer: Printer, free: list[tuple[str, str]], more: tuple[str, str] | None = None) -> str:
    """Sizes, parameters, tensors and the indices at which both sides are compared."""
    naturals = sorted(x for x in printer.letters if not PADDING.fullmatch(x))
    integers = sorted(x for x in printer.letters if PADDING.fullmatch(x))
    groups = [f"({' '.join(names)} : {kind})" for names, kind in ((naturals, "nat"), (integers, "int")) if names]
    groups += [f"({DIVISOR} : R)"] * printer.divided
    groups += [f"({name} : {_function(ranges)})" for name, ranges in sorted(printer.tensors.items())]
    groups += [f"({more[0]} : {_function(printer.tensors[more[1]])})"] if more else []
    groups += [f"({name} : 'I_{n})" for name, n in free]
    lines, line = [], ""
    for group in groups:
        if len(line) + len(group) > WIDTH:
            lines.append(line)
            line = ""
        line += " " + group
    return "\n   ".join([*lines, line])
