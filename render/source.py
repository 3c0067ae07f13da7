"""Source: a network as the Python that builds it with the public interface, one line per tensor.

    source = Source()
    source.derivation(L, "d")  [..., 'd = derive(L)'], with gradient=D where the network is paired with a cotangent
    source.network(L)          ['X = tensor("X", (3, 3))', ..., 'O = conv2d(X, F, name="O")', ...]
    source.imports             ['conv2d', 'mse_loss', 'tensor']

Parameters that are the operator's defaults are left out, equal ones of every axis are written once.
"""

from __future__ import annotations

import keyword
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic import functional
from symbolic.functional.calls import number, operands, operators, options
from symbolic.terms.term import Node, Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable

SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
PAIRING = "vjp"  # the scalar that `derive(O, gradient=D)` makes
LONGEST = 200  # characters of a network in one call
TAKEN = frozenset(dir(functional)) | {"Fraction", "derive", "tensor", "display", "print", "numbers", "report"}


class Source:
    """Names and lines for the tensors of some networks; a tensor is written once."""

    def __init__(self) -> None:
        self.names: dict[Tensor, str] = {}
        self.used: set[str] = set(TAKEN)
        self.imports: set[str] = set()

    def network(self, loss: Tensor) -> list[str]:
        """The lines of every tensor of a network that has none yet, arguments first."""
        return [self.line(term) for term in tensors(loss) if term not in self.names]

    def derivation(self, loss: Node, variable: str) -> list[str]:
        """The network and what derives it."""
        self.imports.add("derive")
        if loss.op != PAIRING:
            return [*self.network(loss), f"{variable} = derive({self.named(loss)})"]
        lines = [line for arg in loss.args for line in self.network(arg)]
        output, *given = (self.names[arg] for arg in loss.args)
        numbers = loss.params.get("cotangent")
        cotangent = given[0] if given else self.array([Fraction(x) for x in numbers.reshape(-1)], numbers.shape)  # type: ignore[union-attr]
        return [*lines, f"{variable} = derive({output}, gradient={cotangent})"]

    def line(self, term: Tensor) -> str:
        """`O = conv2d(X, F, name="O")`; what no operator has made is an input."""
        name = self.named(term)
        if isinstance(term, Node) and not is_input(term):
            return f"{name} = {self.call(term)}"
        self.imports.add("tensor")
        return f'{name} = tensor("{term.name}", {_shape(term)})'

    def named(self, term: Tensor) -> str:
        """The tensor's variable."""
        if term not in self.names:
            self.names[term] = self.free(f"tensor_{term.name}" if _own(term.name) else term.name or "t")
        return self.names[term]

    def free(self, base: str) -> str:
        """A name that nothing has yet, from now on taken."""
        tries = (base, *(f"{base}_{k}" for k in range(2, len(self.used) + 3)))
        name = next(x for x in tries if x not in self.used and not keyword.iskeyword(x))
        self.used.add(name)
        return name

    def call(self, term: Node) -> str:
        """The operator and its arguments; an unnamed sum, product or power by its sign."""
        args = operands(term, [self.names[arg] for arg in term.args])
        if not term.name and term.op in SIGNS:
            return f" {SIGNS[term.op]} ".join(f"({arg})" if arg.startswith("-") else arg for arg in args)
        if not term.name and term.op == "pow":
            return " ** ".join(args)
        self.imports.add(term.op)
        rest = options(term)
        label = [f'name="{term.name}"'] if term.name else []
        return f"{term.op}({', '.join([*args, *rest, *label])})"

    def expression(self, loss: Node) -> str:
        """The network as one call, `mse_loss(conv2d(X, F), T)`; line by line where that would be long."""
        inline = Source()
        for term in tensors(loss):
            if isinstance(term, Node) and not is_input(term):
                text = inline.call(replace(term, name=""))
                inline.names[term] = f"({text})" if term is not loss and term.op in {*SIGNS, "pow"} else text
                if len(text) > LONGEST:
                    return "\n".join(self.network(loss))
            else:
                inline.names[term] = term.name
        return inline.names[loss]

    def array(self, values: Iterable[Fraction], shape: tuple[int, ...]) -> str:
        """Nested lists of exact numbers."""
        flat = [number(value) for value in values]
        for size in reversed(shape):
            flat = [f"[{', '.join(flat[k : k + size])}]" for k in range(0, len(flat), size)]
        return flat[0]


def tensors(loss: Tensor) -> list[Tensor]:
    """Every tensor of a network, arguments first; what no operator has made is not entered."""
    found: dict[Tensor, None] = {}
    stack: list[tuple[Tensor, bool]] = [(loss, False)]
    while stack:
        term, done = stack.pop()
        if done:
            found.setdefault(term)
        elif term not in found:
            stack.append((term, True))
            if isinstance(term, Node) and not is_input(term):
                stack.extend((arg, False) for arg in reversed(term.args))
    return list(found)


def is_input(term: Tensor) -> bool:
    """Whether a tensor is given from outside: an input, or what a step of gradient descent has made of one."""
    return not isinstance(term, Node) or term.op not in {*operators(), PAIRING}


def _own(name: str) -> bool:
    """Whether the variables of `recompute` may have this name: d, at, numbers_2, report."""
    return name.split("_", maxsplit=1)[0] in {"d", "at", "numbers", "report"}


def _shape(term: Tensor) -> str:
    return repr(tuple(int(n) for n in term.shape))  # type: ignore[arg-type] # a network's sizes are numbers
