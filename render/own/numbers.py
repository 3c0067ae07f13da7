"""A reader's network at numbers: values and gradients as checked steps where they are exact, the roads compared."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from render.document import Block, Claim, Code, Heading, Prose, Statement, Words, phrase, prose
from render.notes.closing import Crosscheck
from render.notes.numbers import data
from render.notes.steps import definition
from render.own.budget import tried
from render.own.telling import fits
from symbolic.errors import ProofError
from symbolic.kernel.logic import Definition, Derivation, Expand, Rule, Step
from symbolic.network.values import read_values
from symbolic.terms.names import label
from symbolic.terms.term import Grad, Leaf, Node

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symbolic.network.derived import Derived, Evaluation
    from symbolic.terms.term import Tensor, Term

EXACT = 6_000  # entries times arrays up to which every number is shown to follow
PRINTED = 144  # numbers of an array that a page shows
ROWS = 40  # rows of the table that compares the roads
PLACES = 6


class Numbered:
    """The numbers of a network at given values; without values only the roads are compared, at random ones."""

    def __init__(self, derived: Derived, wrt: Sequence[Tensor], values: Mapping[str, Any] | None) -> None:
        self.derived, self.wrt, self.values = derived, list(wrt), values
        self.claims: list[Claim] = []
        self.arrays = None if values is None else read_values(dict(values), derived.inputs)
        self.result: Evaluation | None = None if self.arrays is None else derived.evaluated(self.arrays)
        self.roads: Crosscheck | None = Crosscheck(derived, values) if tried(derived) else None

    @property
    def screens(self) -> tuple[Words, ...]:
        """The line of the closing box."""
        if self.roads is None:
            return ()
        return (self.roads.screen if self.values is not None else phrase("numbers.random", screen=self.roads.screen),)

    def blocks(self) -> list[Block]:
        """Values, gradients, the roads side by side."""
        if self.result is None:
            return [] if self.roads else [Heading("crosscheck.title"), Prose("numbers.untried")]
        blocks: list[Block] = [Heading("numbers.title"), *self.told(self.result)]
        return [*blocks, *self.compared()]

    def told(self, result: Evaluation) -> list[Block]:
        """Every number as a step, or, rounded, as a list."""
        steps = self.steps
        if steps is None:
            inputs = tuple(step for step in self.inputs() if fits(step.rhs))
            first: list[Block] = [Prose("numbers.given"), Statement(inputs)] if inputs else []
            return [*first, Prose("numbers.rounded"), Code(self.listing(result), "text")]
        given, values, gradients = steps
        for step in gradients:
            self.claims.append(Claim("claim.number", Derivation((step,)), {"array": step.lhs}))
        blocks: list[Block] = []
        for key, shown in (("numbers.given", given), ("numbers.values", values), ("numbers.gradients", gradients)):
            narrow = tuple(step for step in shown if fits(step.rhs))
            blocks += [Prose(key), Statement(narrow, gradient="partial")] if narrow else []
        wide = [step for step in (*given, *values, *gradients) if not fits(step.rhs)]
        if wide:
            listed = "\n".join(f"{label(step.lhs)}: {_text(self._array(step.lhs, result))}" for step in wide)
            blocks += [Prose("numbers.wide"), Code(listed, "text")]
        return blocks

    @cached_property
    def steps(self) -> tuple[tuple[Step, ...], tuple[Step, ...], tuple[Step, ...]] | None:
        """Given values, values, gradients; None where they are not exact, too many, or rest on a kink's piece."""
        if self.arrays is None or self.result is None:
            return None
        tensors = [x for x in (*self.derived.sweep.leaves, *self.derived.sweep.nodes) if isinstance(x, Leaf | Node)]
        arrays = [*self.result.values.values(), *self.result.grads.values()]
        if any(array.dtype != object or array.size > PRINTED or _floats(array) for array in arrays):
            return None
        if sum(array.size for array in arrays) * len(arrays) > EXACT:
            return None
        given = self.inputs()
        proofs = {x: self.derived.proof(x).steps[0] for x in tensors if x is not self.derived.loss}
        facts = (*given, *(definition(node) for node in self.derived.sweep.nodes), *proofs.values())
        shown = [x for x in tensors if isinstance(x, Node)]
        asked = [x for x in reversed(tensors) if x in proofs and (isinstance(x, Node) or x in self.wrt)]
        try:
            values = tuple(self._step(x, self.result.values[x], facts) for x in shown)
            gradients = tuple(self._step(Grad(self.derived.loss, x), self.result.grads[x], facts) for x in asked)
        except ProofError:  # relu(3) = 3 is no polynomial identity: the kernel does not decide signs
            return None
        return given, values, gradients

    def inputs(self) -> tuple[Step, ...]:
        """The given numbers, as far as they are exact and fit a page."""
        exact = [(x, a) for x, a in (self.arrays or {}).items() if a.dtype == object and a.size <= PRINTED]
        return tuple(Step(x, data(a), Rule.GIVEN, Definition()) for x, a in exact if not _floats(a))

    @staticmethod
    def _array(term: Term, result: Evaluation) -> NDArray[Any]:
        return result.grads[term.wrt] if isinstance(term, Grad) else result.values[term]  # type: ignore[index]

    @staticmethod
    def _step(term: Term, array: NDArray[Any], facts: tuple[Step, ...]) -> Step:
        given = tuple(dict.fromkeys(condition for fact in facts for condition in fact.given))
        return Step(term, data(array), Rule.NUMBERS, Expand(facts), given)

    def listing(self, result: Evaluation) -> str:
        """Values and gradients as plain text."""
        lines = [f"{node.name}: {_text(result.values[node])}" for node in self.derived.sweep.nodes]
        lines += [f"{label(Grad(self.derived.loss, x))}: {_text(result.grads[x])}" for x in self.wrt]
        return "\n".join(lines)

    def compared(self) -> list[Block]:
        """The table of the roads, as far as it fits a page."""
        if self.roads is None:
            return [Heading("crosscheck.title"), Prose("numbers.untried")]
        shown: list[Tensor] = []
        for x in self.wrt:
            if isinstance(x, Leaf) and sum(y.size for y in shown) + x.size <= ROWS:
                shown.append(x)
        left = [x for x in self.wrt if x not in shown and isinstance(x, Leaf)]
        blocks: list[Block] = list(self.roads.blocks(*shown)) if shown else [Heading("crosscheck.title")]
        return [*blocks, *(prose("numbers.left", tensor=x, count=x.size) for x in left)]


def _floats(array: NDArray[Any]) -> bool:
    return any(isinstance(value, float) for value in array.reshape(-1))


def _text(array: NDArray[Any]) -> str:
    """Six digits each, long arrays with dots."""
    rounded = np.array(array, dtype=np.float64)
    if not rounded.shape:
        return _digits(float(rounded))
    text = np.array2string(rounded, threshold=PRINTED, separator=", ", formatter={"float_kind": _digits})
    return "\n".join(line and f"{'    ' * (place > 0)}{line}" for place, line in enumerate(text.split("\n")))


def _digits(value: Any) -> str:  # noqa: ANN401 - NumPy's own floats
    return f"{value:.{PLACES}g}"
