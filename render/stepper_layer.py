"""A layer by itself, to step through: which entries of its arrays meet in a product, and the equalities that say so.

    playable(node)            whether it is a linear layer of the table `symbolic.terms.layers.TABLE`, or a max-pool
    alone(layer, ...)         the layer with letters for its arguments, as a network of its own
    meetings(term, arrays)    for every entry of a term the products that make it, read off the relation

A layer's views are its output and the gradient of every argument: all are multilinear forms, or routes where a
max-pool has been given its winners, so that one reading of index tables serves every operator.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from render.notes.steps import definition
from render.own.naming import unused
from render.own.unfolding import unfolded
from symbolic import derive
from symbolic.errors import GradproofError
from symbolic.kernel.logic import Derive, Expand, Rule, Step
from symbolic.roads.evaluate import Numbers
from symbolic.terms.rewriting import replaced
from symbolic.terms.term import Data, Flip, Grad, Leaf, Multi, Node, Route, Sum, Tensor, Term, Winner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from symbolic.network.derived import Derived
    from symbolic.terms.form import Form

Part = tuple[int, int]  # (array, entry); array 0 is the layer's output or its error term, the others its arguments
Meeting = tuple[Part, ...]  # the factors of one product, numbers left out


class NeedsNumbersError(GradproofError):
    """A max-pool whose winners are not known."""


def playable(node: Node) -> bool:
    """Whether a node is a linear layer: forms of its arguments whose entries meet along an axis, plus a bias."""
    main = main_part(node.body)
    terms = node.body.terms if isinstance(node.body, Sum) else (node.body,)
    if main is None or not all(isinstance(part, Multi) and _known(part, node) for part in terms):
        return False
    form = main.form
    out = {letter for axis in form.output for letter in axis}
    contracted = any(letter not in out and extent != 1 for letter, extent in form.sizes)
    return bool(form.rows) or (len(main.operands) == 2 and contracted)


def main_part(body: Term) -> Multi | None:
    """The form of a layer without its bias."""
    first = body.terms[0] if isinstance(body, Sum) else body
    return first if isinstance(first, Multi) else None


def _known(part: Multi, node: Node) -> bool:
    """Whether the operands are arguments, perhaps turned, or numbers, or the winners among them."""
    inside = [operand.source if isinstance(operand, Flip | Winner) else operand for operand in part.operands]
    return all(isinstance(operand, Data) or (operand in node.args and operand.name) for operand in inside)


@dataclass(frozen=True)
class Alone:
    """A layer as a network of its own: the sum of the products of its output and a cotangent is its loss.

    form     the layer's relation, a bias left out.    numbers  what the winners of a max-pool were found at, else None.
    """

    layer: Node
    derived: Derived
    form: Form
    slots: tuple[Term, ...]
    numbers: NDArray[Any] | None = None

    @property
    def arrays(self) -> tuple[Node | Leaf, ...]:
        """The layer, then its arguments."""
        return (self.layer, *(arg for arg in self.derived.inputs if arg in self.layer.args))

    @property
    def error(self) -> Grad:
        """dL/dO."""
        return Grad(self.derived.loss, self.layer)

    @cached_property
    def views(self) -> tuple[Step, ...]:
        """O and dL/d(argument), each equal to a form of the others."""
        rules = [
            Step(Grad(self.derived.loss, arg), self.derived.gradient(arg), Rule.DROP_OPERAND, Derive())
            for arg in self.arrays[1:]
        ]
        return (definition(self.layer), *rules)

    @cached_property
    def lines(self) -> tuple[Step, ...]:
        """The same, entry by entry."""
        return tuple(Step(view.lhs, unfolded(view.rhs), Rule.EXPAND, Expand((view,))) for view in self.views)

    @cached_property
    def meetings(self) -> tuple[list[list[Meeting]], ...]:
        """For every view and every entry of it the products that make it."""
        names: dict[Term, int] = {array: k for k, array in enumerate(self.arrays)}
        return tuple(meetings(view.rhs, names | {self.error: 0}) for view in self.views)


def alone(layer: Node, loss: str = "", numbers: Mapping[Tensor, NDArray[Any]] | None = None) -> Alone:
    """The layer out of its network.

    loss      the name of the loss in print, "" for L.
    numbers   values of the arguments, by tensor: a max-pool needs its image's.
    Raises    TypeError for what is not `playable`, NeedsNumbersError for a max-pool without numbers.
    """
    main = main_part(layer.body)
    if main is None or not playable(layer):
        raise TypeError(f"a stepper shows a linear layer or a max-pool of named tensors; got {layer!r}")
    leaves = {arg: arg if isinstance(arg, Leaf) else Leaf(arg.name, arg.shape) for arg in layer.args}
    body = replaced(layer.body, {arg: leaf for arg, leaf in leaves.items() if arg is not leaf})
    seen = None
    slots = tuple(replaced(operand, leaves) for operand in main.operands if not isinstance(operand, Winner | Data))  # type: ignore[arg-type]
    if isinstance(main.operands[0], Winner):
        (image,) = layer.args
        if numbers is None or image not in numbers:
            raise NeedsNumbersError(f"the winners of {layer!r} depend on the numbers in {image.name}")
        seen = np.asarray(numbers[image])
        body = Route(leaves[image], layer.shape, _winners(main, seen))
        slots = (leaves[image],)
    own = Node(layer.op, tuple(leaves.values()), body, layer.params, layer.name)
    sizes = tuple(int(n) for n in layer.shape)  # type: ignore[arg-type] # a network's sizes are numbers
    derived = derive(own, gradient=Leaf(unused("DGS", [own, *leaves.values()]), sizes))
    if loss:
        derived = derive(replace(derived.loss, name=loss))
    return Alone(own, derived, main.form, slots, seen)


def _winners(pool: Multi, numbers: NDArray[Any]) -> tuple[Part, ...]:
    """(window, its first largest entry) for every window, as flat positions."""
    pattern = Numbers({pool.operands[1]: numbers}, {}).of(pool.operands[0]).reshape(-1)  # type: ignore[dict-item]
    out, (winner, image) = pool.form.solutions()
    places = zip(out.tolist(), winner.tolist(), image.tolist(), strict=True)
    return tuple(sorted((window, entry) for window, place, entry in places if pattern[place]))


def meetings(term: Term, arrays: Mapping[Term, int]) -> list[list[Meeting]]:
    """For every entry of the term, row-major, its products in the order in which they are written out.

    Raises  TypeError for a term that is no sum of products of entries of the arrays.
    """
    match term:
        case _ if term in arrays:
            return [[((arrays[term], entry),)] for entry in range(term.size)]
        case Sum(terms, _):
            found = [meetings(part, arrays) for part in terms]
            return [[meeting for part in found for meeting in part[entry]] for entry in range(term.size)]
        case Flip(source, _):
            inside = meetings(source, arrays)
            return [inside[int(entry)] for entry in _turned(term)]
        case Route(source, _, pairs):
            inside = meetings(source, arrays)
            return [[x for to, origin in pairs if to == entry for x in inside[origin]] for entry in range(term.size)]
        case Multi(form, operands):
            out, places = form.solutions()
            columns = [
                _parts(operand, column, arrays)
                for operand, column in zip(operands, places, strict=True)
                if not isinstance(operand, Data)
            ]
            rows: list[list[Meeting]] = [[] for _ in range(term.size)]
            for entry, *parts in zip(out.tolist(), *columns, strict=True):
                rows[entry].append(tuple(parts))
            return rows
    raise TypeError(f"{type(term).__name__} is no array of a layer")


def _parts(operand: Term, places: NDArray[np.int64], arrays: Mapping[Term, int]) -> list[Part]:
    """The entries of an array at some flat positions of an operand, which may be the array turned."""
    if isinstance(operand, Flip):
        return _parts(operand.source, _turned(operand)[places], arrays)
    if operand not in arrays:
        raise TypeError(f"{type(operand).__name__} is no array of a layer")
    return [(arrays[operand], entry) for entry in places.tolist()]


def _turned(term: Flip) -> NDArray[np.int64]:
    """Flat positions of the source, in the order of the flipped array."""
    sizes = [int(n) for n in term.shape]  # type: ignore[arg-type]
    return np.asarray(np.flip(np.arange(term.size).reshape(sizes), term.axes).reshape(-1))
