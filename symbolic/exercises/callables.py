"""An engineer's own backward pass against ours.

    check_backward("conv2d", backward, stride=2)               # backward(X, F, delta) -> dX, dF
    check_backward("conv2d", backward, bias=True)              # backward(X, F, b, delta) -> dX, dF, db
    check_backward("cross_entropy", backward)                  # backward(X, labels, delta) -> dX
    check_backward(derive(loss), backward, wrt=("F",))         # backward(X, F, T) -> dF

One convention for all: the function gets the tensors in order of appearance as float64 arrays, the error terms delta
of the result last (or first, where its first argument is called delta, dout or grad_output), and returns their
gradients in the same order, as arrays or as a dict by name. Arguments of the operator that it takes by name
(`def backward(X, F, delta, stride, padding)`) are handed to it as well, and drawn where they are not given. Of a
derivation the tensors are `d.inputs`, as for `d.numpy_source()`; a scalar has no delta.

Sizes are drawn, not square and with remainders, and the first failure is made smaller (`shrinking.py`). What the
function does instead is named by comparison with wrong derivations (`blunders.py`). Inputs on the operator's kinks
(`kinks.py`) come last. The function runs in a process of its own (`child.py`), which is no security boundary.
"""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symbolic.errors import GradproofError, nearest, shown
from symbolic.exercises.catalogue import FUNCTIONS
from symbolic.exercises.child import SECONDS, Child
from symbolic.exercises.judging import Judge
from symbolic.exercises.trials import Network, Operator
from symbolic.functional.arguments import tensor
from symbolic.network.derived import Derived, derive
from symbolic.terms.size import ints
from symbolic.terms.term import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from symbolic.exercises.function_verdict import FunctionVerdict
    from symbolic.exercises.trials import Source

TOLERANCE = 1e-9
ERRORS = {"delta", "dout", "dO", "dY", "dy", "grad", "grad_output", "grad_out", "upstream"}  # names of the error terms


def check_function(name: str, function: Callable[..., Any] | str) -> FunctionVerdict:
    """Check a function of the catalogue: "numpy-operators" is the backward pass of conv2d.

    function  a callable, or source text that defines `backward`.
    Raises    GradproofError: no such exercise, or neither callable nor text.
    """
    if name not in FUNCTIONS:
        raise GradproofError(
            f"check_function: unknown exercise '{name!s:.60}'; there are {', '.join(FUNCTIONS)}"
            f"{nearest(str(name), FUNCTIONS)}"
        )
    operator, options = FUNCTIONS[name]
    fixed: dict[str, Any] = dict(options)
    return check_backward(operator, function, **fixed)


def check_backward(
    subject: str | Derived | Node,
    function: Callable[..., Any] | str,
    *,
    wrt: Sequence[str] | None = None,
    seconds: float = SECONDS,
    tolerance: float = TOLERANCE,
    **options: Any,
) -> FunctionVerdict:
    """Check a backward pass of any operator of `symbolic.functional`, or of a network.

    subject    an operator's name; or derive(...), or a network whose error terms are then called delta.
    function   called with the tensors in order and delta; returns one gradient per tensor, in order, or a dict.
               A callable, or source text that defines `backward`.
    wrt        names of the tensors whose gradients it returns, where these are not all.
    seconds    for one call.     tolerance  relative to the largest entry of the right gradient.
    options    the operator's other arguments, such as stride=2; bias=True (and weight=True of batch_norm) adds that
               tensor; target="probabilities" gives cross_entropy those for labels.
    Raises     GradproofError: no such operator, options that fit no size, names in wrt that there are none of, or
               neither callable nor text.
    """
    if not callable(function) and not isinstance(function, str):
        raise GradproofError(f"expected a function or its source text; got {type(function).__name__}")
    for name, value in (("seconds", seconds), ("tolerance", tolerance)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10_000:
            raise GradproofError(f"check_backward: {name} must be a number above 0; got {shown(value)}")
    takes = taken(function)
    source = _source(subject, None if wrt is None else tuple(wrt), options, takes)
    found = source.cases()
    if wrt is not None:
        _refuse_unknown(tuple(wrt), found[0].derived)
    with Child(function, seconds) as child:
        return Judge(source, child, tolerance, errors_first=takes.errors_first).verdict(found)


def _source(
    subject: str | Derived | Node,
    wrt: tuple[str, ...] | None,
    options: dict[str, Any],
    takes: Taken,
) -> Source:
    if isinstance(subject, str):
        return Operator(subject, options, frozenset(takes.names) | (frozenset(options) if takes.others else set()), wrt)
    if options:
        raise GradproofError(f"check_backward: '{next(iter(options)):.40}' is for operators; a network has no options")
    if isinstance(subject, Node):
        shape = ints(subject.shape)
        subject = derive(subject, gradient=tensor("delta", shape) if shape else None)
    if not isinstance(subject, Derived):
        raise GradproofError(
            f"check_backward: expected an operator's name or derive(...); got {type(subject).__name__} {shown(subject)}"
        )
    return Network(subject, wrt)


def _refuse_unknown(wrt: tuple[str, ...], derived: Derived) -> None:
    known = [leaf.name for leaf in derived.inputs]
    for name in wrt:
        if name not in known:
            raise GradproofError(
                f"check_backward: wrt names {shown(name)}, but the tensors are {', '.join(known)}"
                f"{nearest(str(name), known)}"
            )


@dataclass(frozen=True)
class Taken:
    """What a function takes: names of its arguments in order, and whether it takes any others by name."""

    names: tuple[str, ...] = ()
    others: bool = False

    @property
    def errors_first(self) -> bool:
        """Whether the error terms stand in front, as in `backward(dout, X, F)`."""
        return bool(self.names) and self.names[0] in ERRORS


def taken(function: Callable[..., Any] | str) -> Taken:
    """The arguments of a function; none where they cannot be known."""
    if isinstance(function, str):
        return _written_arguments(function)
    try:
        found = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return Taken()
    usual = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}
    names = tuple(one.name for one in found if one.kind in usual)
    return Taken(names, any(one.kind is inspect.Parameter.VAR_KEYWORD for one in found))


def _written_arguments(source: str) -> Taken:
    """The same for source text, which is parsed and not run; what cannot be parsed is the child's to report."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Taken()
    functions = [part for part in tree.body if isinstance(part, ast.FunctionDef)]
    chosen = next((part for part in functions if part.name == "backward"), functions[-1] if functions else None)
    if chosen is None:
        return Taken()
    arguments = [*chosen.args.posonlyargs, *chosen.args.args, *chosen.args.kwonlyargs]
    return Taken(tuple(argument.arg for argument in arguments), chosen.args.kwarg is not None)
