"""A note's own sizes: what its page displays, entry by entry, as Coq corollaries of the general lemmas.

From the steps of the page:
    O = [[...]], dL/dF = [[...]]     the view of the layer, its entries by display_forward, ... (entries.v)
    dL/dX = rot180 F over delta      the two views are one function
    the same with numbers put in     over the integers, or the rationals where a fraction occurs
    dL/dK = 2 (S - T) [[...]]        the same with the error term worked out (collected)
From the network: what the page calls gradient is the derivative of its loss (derivative.v).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from symbolic.certificate.collected import statement
from symbolic.certificate.derivative import gradients
from symbolic.certificate.gallina import NotPrintedError
from symbolic.certificate.matrices import AXES, array, called, displayed, grid, shape_of, view
from symbolic.terms.term import Data, Grad, Leaf, Multi, Node, Stack, Sum, Tensor, Term, direct, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from symbolic.kernel.step import Step

HEAD = """\
(* What the note {name} displays.                                              *)
(*                                                                            *)
(* With letters, over every commutative ring: each layer and each gradient,   *)
(* entry by entry, and as the window that the page says it is (d_O is the     *)
(* error term at O); "collected" is a gradient with its error term worked     *)
(* out. Then: these gradients are the derivatives of the note's loss. Then    *)
(* its numbers. Where q occurs it is a pool's 1/4, and may be anything.       *)

From mathcomp Require Import all_ssreflect ssralg ssrint rat poly.
From Gradproof Require Import relation form derivative two_axes entries.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.
"""
LETTERS = """\
Section Letters.
Variable R : comRingType.
Add Ring ring_of_values : (comRing_theory R).

(* The same terms in another order, entry by entry. *)
Ltac entry_by_entry :=
  repeat match goal with |- (_ :: _) = (_ :: _) => congr (_ :: _) end;
  ring_terms R; match goal with |- @eq _ ?x ?y => change (@eq R x y) end; ring.
"""


@dataclass
class Corollaries:
    """Names and texts, each statement once."""

    prefix: str
    found: dict[str, str] = field(default_factory=dict)
    matrices: set[str] = field(default_factory=set)
    scalars: set[str] = field(default_factory=set)

    def add(self, what: str, statement: str, proof: str) -> None:
        """A corollary under the name of what it shows; the same statement is not said twice."""
        if any(text.split(" :\n", 1)[1].startswith(statement + ".") for text in self.found.values()):
            return
        name = f"{self.prefix}_{what}"
        count = sum(known.rstrip("0123456789").rstrip("_") == name for known in self.found)
        name += f"_{count + 1}" if count else ""
        self.found[name] = f"Corollary {name} :\n{statement}.\nProof.\n{proof}\nQed.\n"


def page(name: str, steps: Sequence[Step]) -> str:
    """The Coq file of a note; '' where its page shows no layer over two axes."""
    prefix = name.replace("-", "_")
    letters, numbers = Corollaries(prefix), Corollaries(f"{prefix}_at")
    rules = {step.lhs: step.rhs for step in steps if isinstance(step.rhs, Multi) and _is_layer(step.rhs)}
    given = {step.lhs: step.rhs for step in steps if _is_given(step)}
    for step in steps:
        _attempt(_in_letters, letters, step, rules)
        _attempt(_collected, letters, step)
        _attempt(_in_numbers, numbers, step, given)
    if not letters.found:
        return ""
    derivatives = gradients(prefix, steps)
    variables = _variables(letters, steps)
    parts = [HEAD.format(name=name), LETTERS, f"Variables {variables}.\n", *letters.found.values(), "End Letters.\n"]
    parts += [*derivatives.values(), *numbers.found.values()]
    parts += ["\n".join(f"Print Assumptions {x}." for x in (*letters.found, *derivatives, *numbers.found)), ""]
    return "\n".join(parts)


def _attempt(make: Callable[..., None], *arguments: object) -> None:
    """Leave out what certificates have no words for."""
    try:
        make(*arguments)
    except NotPrintedError:
        return


def _is_given(step: Step) -> bool:
    """An input's matrix of numbers."""
    return isinstance(step.lhs, Leaf) and isinstance(step.rhs, Data) and len(step.rhs.shape) == AXES


def _is_layer(term: Term) -> bool:
    try:
        view(term)
    except NotPrintedError:
        return False
    return True


def _layer(term: Term, rules: dict[Term, Term]) -> Term:
    """The layer that a node or a gradient is."""
    return term if isinstance(term, Multi) else rules.get(term, term)


def _in_letters(out: Corollaries, step: Step, rules: dict[Term, Term]) -> None:
    """A layer equals the displayed matrix, or the same sums seen as another window."""
    layer = _layer(step.lhs.body if isinstance(step.lhs, Node) else step.lhs, rules)
    here = view(layer)
    numbers = any(isinstance(part, Data) for side in (layer, step.rhs) for part in direct(side))
    if numbers or not _atoms(step.rhs) <= _atoms(layer):
        return  # numbers put in are another matter, and so are tensors that the layer does not read
    what = called(step.lhs) if isinstance(step.lhs, Node | Grad) else ""
    if isinstance(step.rhs, Stack):
        out.add(
            what,
            f"  display ({here.text}) =\n    {grid(displayed(step.rhs))}",
            f"transitivity (\n    {grid(here.sums)}); first by rewrite {here.lemma}; vm_compute.\nentry_by_entry.",
        )
    elif isinstance(step.rhs, Multi) and step.lhs != step.rhs:
        there = view(step.rhs)
        if here.text == there.text:
            return
        out.add(
            f"{what}_window".strip("_"),
            f"  display ({there.text}) =\n  display ({here.text})",
            f"transitivity (\n    {grid(there.sums)}); first by rewrite {there.lemma}; vm_compute.\n"
            f"transitivity (\n    {grid(here.sums)}); last by rewrite {here.lemma}; vm_compute.\nentry_by_entry.",
        )


def _collected(out: Corollaries, step: Step) -> None:
    """A gradient in the values of the page, its error term worked out."""
    if not (isinstance(step.lhs, Grad) and isinstance(step.lhs.of, Node) and isinstance(step.lhs.wrt, Leaf)):
        return
    if step.lhs.of.shape or not isinstance(step.rhs, Stack | Multi):
        return
    if not any(isinstance(part, Node) for part in walk(step.rhs)):
        return  # in letters already
    from symbolic.network.derived import derive

    shape_of(step.lhs)  # a matrix, its sizes numbers
    worked, here, shown = statement(derive(step.lhs.of), step.lhs, step.rhs)
    out.scalars |= worked.scalars
    out.matrices |= worked.matrices
    out.add(
        f"{called(step.lhs)}_collected",
        f"  display ({here.text}) =\n    {grid(shown)}",
        f"transitivity (\n    {grid(here.sums)}); first by rewrite {here.lemma}; vm_compute.\nentry_by_entry.",
    )


def _atoms(term: Term) -> set[Term]:
    """The tensors and gradients that a term names."""
    return {part for part in direct(term) if isinstance(part, Tensor | Grad)}


def _in_numbers(out: Corollaries, step: Step, given: Mapping[Term, Term]) -> None:
    """The numbers of a layer or of an update, computed; `given` are the inputs' numbers."""
    if not isinstance(step.rhs, Data):
        return
    layer = step.lhs.body if isinstance(step.lhs, Node) else step.lhs
    if isinstance(layer, Multi):
        if not _atoms(layer) <= given.keys():
            return
        here, value = view(layer, {leaf: array(numbers) for leaf, numbers in given.items()}), displayed(step.rhs)
        text = here.text.replace("(fun _ _ => q)", "(fun _ _ => 1 / 4%:~R)")
        rational = "/" in text + grid(value)
        kind = "rat" if rational else "int"
        proof = f"by {'apply/eqP; ' * rational}rewrite {here.lemma}; vm_compute."
        what = called(step.lhs) if isinstance(step.lhs, Node) else "window"
        out.add(what, f"  display ({text}) =\n    {grid(value)} :> seq (seq {kind})", proof)
    elif isinstance(step.lhs, Sum) and not any(isinstance(part, Tensor | Grad) for part in direct(step.lhs)):
        from symbolic.terms.unrolled import entries

        one, value = displayed(entries(_spelled(step.lhs))), displayed(step.rhs)
        out.add("update", f"  {grid(one)} =\n    {grid(value)} :> seq (seq rat)", "by apply/eqP; vm_compute.")


def _spelled(term: Sum) -> Stack:
    """A sum of matrices and multiples of them, entry by entry."""
    from symbolic.terms.unrolled import entry_of, unrolled

    grids = [unrolled(part) if isinstance(part, Multi) else part for part in term.terms]
    return Stack(tuple(Sum(tuple(entry_of(part, k) for part in grids), ()) for k in range(term.size)), term.shape)


def _variables(letters: Corollaries, steps: Sequence[Step]) -> str:
    """The letters that the corollaries mention."""
    words = set(re.findall(r"\w+", " ".join(letters.found.values())))
    sides = [side for step in steps for side in (step.lhs, step.rhs)]
    tensors = {part for side in sides for part in walk(side) if isinstance(part, Leaf | Grad)}
    matrices = [part for part in tensors if len(part.shape) == AXES]
    names = letters.matrices | {called(part) for part in matrices if isinstance(part, Leaf) or _named(part)}
    scalars = letters.scalars | {"q"} & words
    return f"({' '.join(sorted(names & words))} : nat -> nat -> R)" + f" ({' '.join(sorted(scalars))} : R)" * bool(
        scalars
    )


def _named(gradient: Term) -> bool:
    """Whether a gradient is by a tensor with a name."""
    return isinstance(gradient, Grad) and bool(getattr(gradient.wrt, "name", ""))
