"""derive(L): everything known about the gradients of one network, computed when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from symbolic.errors import GradproofError, ShapeError, shown
from symbolic.functional.arguments import exact
from symbolic.network.proof import proof_of
from symbolic.network.values import ByTensor, random_values, read_array, read_values
from symbolic.roads.evaluate import Numbers
from symbolic.roads.reverse import Sweep, sweep
from symbolic.showing import show
from symbolic.terms.form import Form
from symbolic.terms.members import Key, member
from symbolic.terms.names import delta_name, entry_index, refuse_clashes, refuse_shared_symbols
from symbolic.terms.size import ints
from symbolic.terms.term import Data, Grad, Leaf, Multi, Node, Tensor, Term, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sympy
    from numpy.typing import NDArray

    from symbolic.kernel.logic import Derivation
    from symbolic.network.crosscheck import Report

MOST_DRAWS = 100  # of random numbers, until none makes a divisor 0


@dataclass(frozen=True)
class Evaluation:
    """Numbers of a network at one point.

    value   the loss (int, Fraction or float).     values, grads  arrays by tensor or name, intermediates too.
    """

    value: Any
    values: ByTensor
    grads: ByTensor


class Derived:
    """The gradients of one scalar network; made by `derive`."""

    def __init__(self, loss: Node) -> None:
        self.loss = loss
        self.sweep: Sweep = sweep(loss)
        refuse_clashes([*self.sweep.leaves, *self.sweep.nodes])

    @cached_property
    def inputs(self) -> tuple[Leaf, ...]:
        """The input tensors in order of appearance."""
        return tuple(leaf for leaf in self.sweep.leaves if isinstance(leaf, Leaf))

    @cached_property
    def _by_name(self) -> dict[str, Tensor]:
        return {tensor.name: tensor for tensor in self.sweep.rules if tensor.name}

    def __repr__(self) -> str:
        """`<gradients of a scalar by X, F, T by way of O>`."""
        through = ", ".join(node.name for node in self.sweep.nodes if node.name)
        inputs = ", ".join(leaf.name for leaf in self.inputs)
        return f"<gradients of a scalar by {inputs}" + (f" by way of {through}>" if through else ">")

    def tensor(self, key: Key) -> Tensor:
        """The tensor of this network with that name, or the tensor itself if it belongs to it."""
        return member(key, self.sweep.rules, self._by_name)

    def gradient(self, key: Key) -> Term:
        """dL/d(tensor) as a term in the error terms of the layers above: what the proofs are about."""
        return self.sweep.rules[self.tensor(key)]

    def _expressions(self, tensor: Tensor, through: Key | tuple[Key, ...] | None) -> Any:
        from symbolic.roads.expressions import Expressions

        chosen = () if through is None else through if isinstance(through, tuple) else (through,)
        tensors = [self.tensor(key) for key in chosen]
        for one in tensors:
            if not isinstance(one, Node) or tensor not in walk(one):
                own, other = (x.name or "this tensor" for x in (tensor, one))
                raise GradproofError(
                    f"through: {other} is not made from {own}, so the gradient does not pass through it"
                )
        symbols: dict[Term, str] = {Grad(self.loss, x): delta_name(x, several=len(tensors) > 1) for x in tensors}
        refuse_shared_symbols(symbols.values(), self._by_name)
        return Expressions(self.sweep.rules, symbols)

    def grad(self, key: Key, through: Key | tuple[Key, ...] | None = None) -> sympy.ImmutableDenseNDimArray:
        """dL/d(tensor): exact SymPy expressions in the entries of the inputs.

        Shape    the tensor's own.
        through  a tensor O (or several): dL/dO stays the symbols delta_11, ... (delta_NAME_11 for several).
        Raises   GradproofError for a tensor that is not part of the network.
        """
        tensor = self.tensor(key)
        return self._expressions(tensor, through).array(self.gradient(tensor))

    def entry(self, key: Key, index: tuple[int, ...], through: Key | tuple[Key, ...] | None = None) -> sympy.Expr:
        """One entry of `grad`, 0-based, without building the others."""
        tensor = self.tensor(key)
        shape = ints(tensor.shape)
        at = entry_index(tensor, index if isinstance(index, tuple | list) else (index,))
        place = int(np.ravel_multi_index(at, shape)) if shape else 0
        return self._expressions(tensor, through).entry(self.gradient(tensor), place)

    def local(self, key: Key, wrt: Key) -> sympy.ImmutableDenseNDimArray:
        """Local gradients dO/dF of a node by one of its own arguments, entry by entry.

        Shape   O.shape + F.shape.
        """
        from symbolic.roads.jacobian import local_gradients

        return local_gradients(self.tensor(key), self.tensor(wrt))

    def evaluate(self, values: Mapping[Any, Any]) -> Evaluation:
        """Loss, values and gradients at given numbers.

        values  a nested list or array per input, by name or tensor. Ints and Fractions stay exact (dtype
                object); if any number is a float, everything is float64.
        Raises  GradproofError for a missing, unknown, misshapen or non-finite value.
        """
        return self.evaluated(read_values(values, self.inputs))

    def evaluated(self, arrays: Mapping[Tensor, NDArray[Any]]) -> Evaluation:
        """As `evaluate`, at arrays already read by `values.read_values`."""
        numbers = Numbers(arrays, self.sweep.rules)
        values = {tensor: numbers.of(tensor) for tensor in (*self.sweep.leaves, *self.sweep.nodes)}
        grads = {tensor: numbers.of(Grad(self.loss, tensor)) for tensor in values}
        value = values[self.loss][()]
        return Evaluation(value, ByTensor(values), ByTensor(grads))

    def update(self, key: Key, lr: Any) -> sympy.ImmutableDenseNDimArray:
        """One step of gradient descent, tensor - lr * dL/dtensor, as exact expressions; lr 0.01 is read as 1/100."""
        from symbolic.roads.expressions import Expressions, rational

        tensor = self.tensor(key)
        rate = rational(exact("update: lr", lr))
        return Expressions().array(tensor) - rate * self.grad(tensor)

    def check(self, values: Mapping[Any, Any] | None = None, *, seed: int = 0) -> Report:
        """Every gradient by three roads and by finite differences at given or random numbers; prints as a table."""
        from symbolic.network.crosscheck import crosscheck

        if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
            raise GradproofError(f"check: seed must be a whole number of at least 0; got {shown(seed)}")
        if values is not None:
            return crosscheck(self, read_values(values, self.inputs))
        generator = np.random.default_rng(int(seed))
        for _ in range(MOST_DRAWS - 1):
            try:
                return crosscheck(self, random_values(self.inputs, generator))
            except GradproofError:  # a division by 0 at these numbers: others are drawn
                continue
        return crosscheck(self, random_values(self.inputs, generator))

    def latex(self, lang: str = "en") -> str:
        """The note on this network as LaTeX, the body alone; what it needs before stands in comments."""
        return show(self, "latex", lang)

    def markdown(self, lang: str = "en") -> str:
        """The note on this network as Markdown, the body alone; its pictures are what `gradproof derive` writes."""
        return show(self, "markdown", lang)

    def html(self, lang: str = "en") -> str:
        """The note on this network as HTML, one element with its looks and pictures inside."""
        return show(self, "html", lang)

    def numpy_source(self) -> str:
        """A standalone NumPy text with `forward` and `backward` for this network at its shapes.

        forward   takes the inputs in order of appearance and returns the loss; where the cotangent is given, the
                  output itself.
        backward  takes them too, a cotangent tensor last, and returns one gradient per input, in order.
        Units     float64; arrays of Fractions stay exact where the operators are rational and no constant is a
                  fraction.
        """
        from symbolic.numpy_source import numpy_source

        return numpy_source(self.sweep)

    def proof(self, key: Key) -> Derivation:
        """The chain from dL/d(tensor) to "this is a convolution", with the theorem for all sizes that it cites."""
        return proof_of(self.sweep, self.tensor(key))


def derive(loss: Tensor, gradient: Any = None) -> Derived:
    """The gradients of a scalar network.

    loss      a tensor of shape () made by operators.
    gradient  for any other shape: the cotangent S, numbers or a tensor of that shape; the derived scalar is
              the sum of loss * S, so that every gradient is a vector-Jacobian product.
    Raises    GradproofError, ShapeError, NameInvalidError.
    """
    if not isinstance(loss, Node):
        given = f"the input {loss}" if isinstance(loss, Leaf) else f"{type(loss).__name__} {shown(loss)}"
        raise GradproofError(f"derive: expected a tensor made by an operator, such as mse_loss(O, T); got {given}")
    if gradient is None:
        if loss.shape != ():
            raise ShapeError(
                f"derive: the loss has shape {loss.shape}; give a scalar (a loss or sum) or a cotangent gradient="
            )
        return Derived(loss)
    return Derived(_paired(loss, gradient))


def _paired(output: Node, cotangent: Any) -> Node:
    """The sum of output * cotangent, as a node of its own."""
    letters = tuple((f"x{axis}",) for axis in range(len(output.shape)))
    sizes = tuple((axis[0], n) for axis, n in zip(letters, output.shape, strict=True))
    form = Form((), (letters, letters), sizes, label="mul")
    if isinstance(cotangent, Tensor):
        if cotangent.shape != output.shape:
            raise ShapeError(
                f"derive: the cotangent must have the output's shape {output.shape}; got {cotangent.shape}"
            )
        return Node("vjp", (output, cotangent), Multi(form, (output, cotangent)))
    array = read_array("cotangent", cotangent, output.shape)
    numbers = tuple(Fraction(repr(x)) if isinstance(x, float) else Fraction(x) for x in array.reshape(-1).tolist())
    given = np.empty(len(numbers), dtype=object)
    given[:] = numbers
    body = Multi(form, (output, Data(numbers, output.shape)))
    return Node("vjp", (output,), body, {"cotangent": given.reshape(array.shape)})
