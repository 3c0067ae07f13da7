"""Derivations of theorems as lines of TeX: what the names stand for, then the chain, one line for each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from render.document import Statement
from render.lines import display
from render.math import Printer
from symbolic.kernel.logic import Definition
from symbolic.kernel.step import Rule, Step
from symbolic.terms.term import Grad, Node, walk

if TYPE_CHECKING:
    from render.notation import Notation
    from symbolic.kernel.step import Derivation
    from symbolic.terms.term import Term


@dataclass(frozen=True)
class Link:
    """One line `left = right`, and the step that makes it true. `left` is "" where the chain goes on."""

    left: str
    right: str
    step: Step


def statement(part: Derivation, notation: Notation) -> str:
    """What a derivation proves, on one line."""
    lines = display(Statement((part,)), notation).lines
    return " ".join(piece for line in lines for piece in (line.lhs, line.sign, line.rhs) if piece)


def chain(part: Derivation, notation: Notation) -> list[Link]:
    """What the names stand for; every step, entry by entry where the first array is a sum over indices."""
    printer = Printer(notation)
    lines = []
    what = part.lhs.of if isinstance(part.lhs, Grad) else part.lhs
    for node in (term for term in walk(what) if isinstance(term, Node)):
        named = Step(node, node.body, Rule.DEFINITION, Definition())
        lines.append(Link(printer.term(node)[0], printer.term(node.body)[0], named))
    index = _index(printer, part)
    left = _shown(printer, part.lhs, index)
    for step in part.steps:
        lines.append(Link(left, _shown(printer, step.rhs, index), step))
        left = ""
    return lines


def _index(printer: Printer, part: Derivation) -> list[str]:
    """Letters for every axis, where a gradient's first right side is a sum over indices; else none."""
    opened = printer.open_form(part.steps[0].rhs) if isinstance(part.lhs, Grad) else None
    return opened[0] if opened and len(opened[0]) == len(part.rhs.shape) else []


def _shown(printer: Printer, term: Term, index: list[str]) -> str:
    return (printer.at(term, index) if index else printer.term(term))[0]
