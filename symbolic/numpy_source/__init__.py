"""A derivation as a standalone NumPy text: `forward(...)`, `backward(...)`, one line or two per node.

The text is written from the terms that the proofs are about: a layer is its relation, read as windows
forwards and added up backwards. It imports NumPy alone (and `math.erf` of Python's own library for gelu).
It holds for the shapes it was written for, and refuses others.
"""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING

from symbolic.numpy_source.elementwise import EXACT
from symbolic.numpy_source.forms import tupled
from symbolic.numpy_source.helpers import HELPERS, READ_EXACT, READ_FLOAT
from symbolic.numpy_source.layout import STEP, wrapped
from symbolic.numpy_source.terms import Writer
from symbolic.terms.size import ints
from symbolic.terms.term import (
    AxisMap,
    Const,
    Data,
    Entry,
    Grad,
    Leaf,
    Map,
    Multi,
    Node,
    Tensor,
    Term,
    Winner,
    direct,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from symbolic.roads.reverse import Sweep

RESERVED = {"np", "forward", "backward", "read", "range", "ValueError", "list", "int", "len", *HELPERS}


def numpy_source(sweep: Sweep) -> str:
    """The text.

    forward   takes the inputs in order and returns the loss; of a derivation with a cotangent, its output.
    backward  takes the inputs in order, a cotangent tensor last, and returns the gradients of the inputs.
    Raises    GradproofError for a term that has no NumPy text.
    """
    loss = sweep.loss
    paired = loss.op == "vjp"
    output = loss.args[0] if paired else loss
    inputs = [leaf for leaf in sweep.leaves if isinstance(leaf, Leaf)]
    below = set(walk(output))
    own = [leaf for leaf in inputs if leaf in below]  # a cotangent of its own is given to `backward` alone
    names = _Names(RESERVED)
    variables: dict[Term, str] = {leaf: names.fresh(leaf.name) for leaf in inputs}
    variables |= {node: names.fresh(node.name or f"{node.op}_1") for node in sweep.nodes}
    variables |= {Grad(loss, tensor): names.fresh(f"d{variables[tensor]}") for tensor in sweep.rules}
    forth = _function("forward", own, [output], sweep, variables, names)
    back = _function("backward", inputs, [Grad(loss, leaf) for leaf in own], sweep, variables, names)
    terms = [part for node in sweep.nodes for part in direct(node.body)]
    body = f"{forth}\n\n{back}"
    helpers = _helpers(body)
    exact = not any(isinstance(x, AxisMap) or (isinstance(x, Map) and x.function not in EXACT) for x in terms)
    read = READ_EXACT if exact else READ_FLOAT
    head = f'"""{_title(inputs)}"""\n\nimport numpy as np\n'
    return "\n\n".join([head, *(f"{text.strip()}\n" for text in (read, *helpers, forth, back))])


def _title(inputs: Sequence[Leaf]) -> str:
    shapes = ", ".join(f"{leaf.name} {tupled(ints(leaf.shape))}" for leaf in inputs)
    return f"Forward and backward pass for {shapes}; written by gradproof."


def _helpers(body: str) -> list[str]:
    """The helpers that are called, in the order of HELPERS."""
    return [text for name, text in HELPERS.items() if f"{name}(" in body.replace(f"np.{name}(", "")]


class _Names:
    """Variables that clash with nothing; the names of tensors are ASCII identifiers."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)

    def fresh(self, wish: str) -> str:
        name, stem, number = wish, wish.removesuffix("_1"), 2
        while iskeyword(name) or name in self.taken:
            name, number = f"{stem}_{number}", number + 1
        self.taken.add(name)
        return name


def _needed(wanted: Iterable[Term], sweep: Sweep) -> set[Term]:
    """Every tensor and gradient from which the wanted ones are computed, themselves included."""
    found: set[Term] = set()
    left = list(wanted)
    while left:
        term = left.pop()
        if term in found:
            continue
        found.add(term)
        meaning = _meaning(term, sweep)
        if meaning is not None:
            left += [part for part in direct(meaning) if isinstance(part, Tensor | Grad)]
    return found


def _function(
    name: str,
    arguments: Sequence[Leaf],
    wanted: Sequence[Term],
    sweep: Sweep,
    variables: dict[Term, str],
    names: _Names,
) -> str:
    """One function: the values that are needed in order, then the gradients from the loss backwards."""
    needed = _needed(wanted, sweep)
    meanings = [meaning for term in needed if (meaning := _meaning(term, sweep)) is not None]
    writer = Writer(variables, _Names(names.taken).fresh, _shared(meanings))
    for node in sweep.nodes:
        if node in needed:
            writer.assign(node, node.body, _comment(node, variables))
    for tensor in (*reversed(sweep.nodes), *sweep.leaves):
        grad = Grad(sweep.loss, tensor)
        if grad in needed:
            writer.assign(grad, sweep.rules[tensor], f"the gradient by {variables[tensor]}")
    read = [
        f'{variables[leaf]} = read("{leaf.name}", {variables[leaf]}, {tupled(ints(leaf.shape))})' for leaf in arguments
    ]
    head = f"def {name}({', '.join(variables[leaf] for leaf in arguments)}):"
    result = f"return {', '.join(variables[term] for term in wanted)}"
    about = f'"""{_returned(name, [variables[term] for term in wanted])}"""'
    return "\n".join([head, *(line for one in (about, *read, *writer.lines, result) for line in wrapped(one, STEP))])


def _returned(name: str, wanted: Sequence[str]) -> str:
    """What a function gives, for its docstring."""
    several = "gradients" if len(wanted) > 1 else "gradient"
    return "Return the result of the forward pass." if name == "forward" else f"Return the {several} by the inputs."


def _meaning(term: Term, sweep: Sweep) -> Term | None:
    """What a result or a gradient is computed from."""
    if isinstance(term, Node):
        return term.body
    return sweep.rules[term.wrt] if isinstance(term, Grad) else None  # type: ignore[index]


def _shared(meanings: Iterable[Term]) -> frozenset[Term]:
    """Parts that stand in several places, the largest ones: what is inside one of them alone is not counted twice."""
    counts: dict[Term, int] = {}
    left = list(meanings)
    while left:
        part = left.pop()
        if isinstance(part, Tensor | Grad | Const | Data):
            continue
        counts[part] = counts.get(part, 0) + 1
        if counts[part] == 1:
            left += part.parts
    return frozenset(part for part, count in counts.items() if count > 1 and not isinstance(part, Winner | Entry))


def _comment(node: Node, variables: dict[Term, str]) -> str:
    """`conv2d(X, F): [i,j] = [u,v] * [a,b]; i + u - a = 0`: the operator and, of a layer with windows, its relation."""
    relations = [str(part.form) for part in direct(node.body) if isinstance(part, Multi) and part.form.rows]
    call = f"{node.op}({', '.join(variables[arg] for arg in node.args)})"
    return f"{call}: {relations[0]}" if relations else call
