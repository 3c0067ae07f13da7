"""What is measured of this package: a convolution and its squared error, N x N by k x k."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np

import symbolic as s

# No two repetitions have the same sizes, and the mean of the sizes is N, so that no cache helps and none is unfair.
SHIFTS = ((0, 0), (1, -1), (-1, 1), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1))
_fresh = count()


def network(n: int, k: int, run: int = 0) -> Any:
    """derive(mse_loss(conv2d(X, F), T)) for an input of about n x n, with names never used before."""
    down, right = SHIFTS[run % len(SHIFTS)]
    rows, columns, number = n + down, n + right, next(_fresh)
    X, F = s.tensor(f"X{number}", (rows, columns)), s.tensor(f"F{number}", (k, k))
    T = s.tensor(f"T{number}", (rows - k + 1, columns - k + 1))
    return s.derive(s.mse_loss(s.conv2d(X, F, name=f"O{number}"), T))


def prove(n: int, k: int, run: int = 0) -> None:
    """From `tensor(...)` to both proofs built: a step checks its evidence when it is made, nothing is deferred."""
    d = network(n, k, run)
    X, F, _ = operands(d)
    d.proof(F)
    d.proof(X)


def operands(d: Any) -> tuple[Any, Any, Any]:
    """X, F and T of a `network`."""
    convolution, target = d.loss.args
    return (*convolution.args, target)


def values(d: Any, *, exact: bool) -> dict[Any, Any]:
    """Random numbers for a network: float64 arrays, or nested lists of Fractions with denominators to 9."""
    rng = np.random.default_rng(0)
    found: dict[Any, Any] = {}
    for tensor in operands(d):
        found[tensor] = rng.standard_normal(tensor.shape)
        if exact:
            found[tensor] = fractions(rng, tensor.shape)
    return found


def fractions(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Nested lists of Fractions."""
    from fractions import Fraction

    above, below = rng.integers(-9, 10, shape), rng.integers(1, 10, shape)
    return np.frompyfunc(Fraction, 2, 1)(above.astype(object), below.astype(object)).tolist()


def expressions(n: int, k: int, run: int = 0) -> None:
    """Both gradients as SymPy arrays, factored."""
    d = network(n, k, run)
    X, F, _ = operands(d)
    d.grad(F)
    d.grad(X)


def entry(n: int, k: int, run: int = 0) -> None:
    """One entry of dL/dX, and not the others."""
    d = network(n, k, run)
    d.entry(operands(d)[0], (0, 0))


def monomials(n: int, k: int, run: int = 0) -> int:
    """How many monomials both gradients have when they are expanded down to the inputs; all of them are built."""
    from symbolic.kernel.expansion import Expansion
    from symbolic.terms.term import Grad

    d = network(n, k, run)
    facts: dict[Any, Any] = {Grad(d.loss, tensor): rule for tensor, rule in d.sweep.rules.items()}
    facts |= {node: node.body for node in d.sweep.nodes}
    expansion = Expansion(facts)
    return sum(len(expansion.table(d.gradient(tensor))) for tensor in operands(d)[:2])


def written_out(n: int, k: int) -> Any:
    """A document of both gradients with every term, each entry an equality that was checked."""
    from render.document import Document, Statement
    from symbolic.kernel.derivative import Derive
    from symbolic.kernel.logic import Expand, Rule, Step
    from symbolic.terms.term import Grad, Multi
    from symbolic.terms.unrolled import unrolled

    d = network(n, k)
    X, F, _ = operands(d)
    steps = []
    for leaf in (F, X):
        rule = d.gradient(leaf)
        if not isinstance(rule, Multi):
            raise TypeError("the gradient of a convolution is one sum of products")
        first = Step(Grad(d.loss, leaf), rule, Rule.DROP_OPERAND, Derive())
        steps.append(Step(first.lhs, unrolled(rule), Rule.EXPAND, Expand((first,))))
    return Document("derive", "title", (Statement(tuple(steps), layout="entries"),))


def latex(document: Any) -> str:
    """The document as a LaTeX page, nothing elided."""
    from render.formats import FORMATS
    from render.notation import standard
    from render.page import Page
    from render.words import words

    return Page(document, words("en", document.name), FORMATS["tex"], standard().unelided()).text()


def products(page: str) -> int:
    """How many products of an error term and an entry stand on such a page."""
    return page.count(r"\delta_{")
