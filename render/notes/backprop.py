"""The layers of cnn-backprop with their gradients as steps: dense, convolution, both conventions, a network."""

from __future__ import annotations

from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from render.notes import steps
from render.notes.matrices import outer, transposed_product
from render.notes.numbers import Point
from symbolic import (
    avg_pool2d,
    conv1d,
    conv2d,
    convolve2d,
    derive,
    flatten,
    linear,
    mse_loss,
    sigmoid,
    tensor,
)
from symbolic.kernel.logic import Derive, Expand, Rule, Step
from symbolic.terms.layers import pointwise
from symbolic.terms.term import Flip, Grad, Map, Multi, Node, Stack, Sum, Tensor, Term, scalars
from symbolic.terms.unrolled import summed

if TYPE_CHECKING:
    from collections.abc import Mapping


def odot(one: Term, other: Term) -> Multi:
    """The element-wise product."""
    return Multi(pointwise([one.shape, other.shape], one.shape), (one, other))


def slope(net_input: Tensor) -> Map:
    """sigma'(net input)."""
    return Map("sigmoid", net_input, order=1)


class Dense:
    """a = sigma(u) of 2 entries, z = W a + b of 3."""

    def __init__(self) -> None:
        self.u, self.W, self.b = tensor("u", (2,)), tensor("W", (3, 2)), tensor("b", (3,))
        self.a = sigmoid(self.u, name="a")
        self.z = linear(self.a, self.W, self.b, name="z")
        self.d = derive(self.z, gradient=tensor("D", (3,)))
        self.delta = Grad(self.d.loss, self.z)

    @cached_property
    def rules(self) -> Expand:
        """Multiplying out, given the rules of the sweep."""
        return Expand(tuple(steps.gradient(self.d, x) for x in (self.a, self.u, self.W, self.b)))

    @property
    def slopes(self) -> Step:
        """da_i/du_j: sigma'(u_i) where i is j, else 0."""
        places = product(range(2), repeat=2)
        cells = tuple(steps.at(slope(self.u), i) if i == j else steps.number(0) for i, j in places)
        return Step(Grad(self.a, self.u), Stack(cells, (2, 2)), Rule.LOCAL, Derive())

    @property
    def first(self) -> tuple[Step, ...]:
        """dL/du_1 = down to a_1, one path = up to z, three paths = the local gradients put in."""
        chain = steps.chain(self.d.loss, self.a)
        over = steps.picked(chain, (0,))
        local = steps.at(Grad(self.a, self.u), 0, 0)
        down = scalars(over.lhs, local)
        paths = scalars(over.rhs, local)
        weighted: list[Term] = [scalars(steps.at(self.delta, i), steps.at(self.W, i, 0)) for i in range(3)]
        put = scalars(summed(weighted), steps.at(slope(self.u), 0))
        return (
            Step(steps.at(Grad(self.d.loss, self.u), 0), down, Rule.CHAIN, Expand((*self.rules.using, self.slopes))),
            Step(down, paths, Rule.CHAIN, Expand((chain,))),
            Step(paths, put, Rule.LOCAL, Expand((self.slopes, steps.local(self.z, self.a)))),
        )

    @property
    def back(self) -> Step:
        """dL/du = (W^T delta) times sigma'(u)."""
        rhs = odot(transposed_product(self.W, self.delta), slope(self.u))
        return Step(Grad(self.d.loss, self.u), rhs, Rule.COLLECT, self.rules)

    @property
    def weights(self) -> Step:
        """dL/dW = delta a^T."""
        return Step(Grad(self.d.loss, self.W), outer(self.delta, self.a), Rule.COLLECT, self.rules)

    @property
    def bias(self) -> Step:
        """dL/db = delta."""
        return steps.gradient(self.d, self.b)


class Row:
    """Z = A * W in one row, three activations and two weights."""

    def __init__(self) -> None:
        self.A, self.W = tensor("A", (3,)), tensor("W", (2,))
        self.Z = conv1d(self.A, self.W, name="Z")
        self.d = derive(self.Z, gradient=tensor("D", (2,)))

    @property
    def back(self) -> Step:
        """dL/dA = the full window of the flipped W over delta."""
        rule = steps.gradient(self.d, self.A)
        return Step(rule.lhs, self.d.proof(self.A).rhs, Rule.WINDOW, Expand((rule,)))


class Layer:
    """A = sigma(U), Z = A * W + b, the convolution of the frameworks."""

    def __init__(self) -> None:
        self.U, self.W, self.b = tensor("U", (3, 3)), tensor("W", (2, 2)), tensor("b", ())
        self.A = sigmoid(self.U, name="A")
        self.Z = conv2d(self.A, self.W, self.b, name="Z")
        self.d = derive(self.Z, gradient=tensor("D", (2, 2)))

    @property
    def back(self) -> tuple[Step, Step]:
        """dL/dU = dL/dA times sigma'(U) = the full convolution times sigma'(U)."""
        rule = steps.gradient(self.d, self.U)
        full = odot(self.d.proof(self.A).rhs, slope(self.U))
        return rule, Step(rule.rhs, full, Rule.WINDOW, Expand((steps.gradient(self.d, self.A),)))

    @property
    def whole(self) -> Step:
        """dL/dU in one step."""
        first, second = self.back
        return Step(first.lhs, second.rhs, Rule.WINDOW, Expand((first, steps.gradient(self.d, self.A))))

    @property
    def weights(self) -> Step:
        """dL/dW = A * delta."""
        rule = steps.gradient(self.d, self.W)
        return Step(rule.lhs, self.d.proof(self.W).rhs, Rule.WINDOW, Expand((rule,)))

    @property
    def bias(self) -> Step:
        """dL/db, the sum of delta."""
        return steps.gradient(self.d, self.b)


class Channels:
    """The same with two channels in and three out, a bias for each of these."""

    def __init__(self) -> None:
        self.A, self.W, self.b = tensor("A", (2, 3, 3)), tensor("W", (3, 2, 2, 2)), tensor("b", (3,))
        self.Z = conv2d(self.A, self.W, self.b, name="Z")
        self.d = derive(self.Z, gradient=tensor("D", (3, 2, 2)))

    @property
    def rules(self) -> tuple[Step, ...]:
        """To the activations, the weights and the biases."""
        rules = [steps.gradient(self.d, x) for x in (self.A, self.W, self.b)]
        windows = [self.d.proof(x).rhs for x in (self.A, self.W)] + [rules[2].rhs]
        return tuple(
            Step(rule.lhs, window, Rule.WINDOW, Expand((rule,))) for rule, window in zip(rules, windows, strict=True)
        )


class Conventions:
    """One A, one W: Z by cross-correlation, Y by true convolution, each with the same error term from above."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.A, self.W, self.D = tensor("A", (3, 3)), tensor("W", (2, 2)), tensor("D", (2, 2))
        self.Z = conv2d(self.A, self.W, name="Z")
        self.Y = convolve2d(self.A, self.W, "valid", name="Y")
        self.correlated, self.true = derive(self.Z, gradient=self.D), derive(self.Y, gradient=self.D)
        self.delta, self.upper = Grad(self.correlated.loss, self.Z), Grad(self.true.loss, self.Y)
        self.point = Point(self.correlated, values)

    @property
    def correlated_back(self) -> Step:
        """delta full rot180(W)."""
        rule = steps.gradient(self.correlated, self.A)
        return Step(rule.lhs, self.correlated.proof(self.A).rhs, Rule.WINDOW, Expand((rule,)))

    @property
    def correlated_weights(self) -> Step:
        """A * delta."""
        rule = steps.gradient(self.correlated, self.W)
        return Step(rule.lhs, self.correlated.proof(self.W).rhs, Rule.WINDOW, Expand((rule,)))

    @property
    def true_back(self) -> Step:
        """delta full W: turned forward, so not turned backward."""
        window = self.correlated_back.rhs
        rule = steps.gradient(self.true, self.A)
        rhs = Multi(window.form, (self.W, self.upper))  # type: ignore[attr-defined]
        return Step(rule.lhs, rhs, Rule.WINDOW, Expand((rule,)))

    @property
    def true_weights(self) -> Step:
        """rot180(A) * rot180(delta), the true convolution of rot180(A) with delta."""
        rule = steps.gradient(self.true, self.W)
        return Step(rule.lhs, self._turned(self.upper), Rule.WINDOW, Expand((rule,)))

    @property
    def rotated(self) -> Multi:
        """rot180(A) * rot180(delta), the text's formula, with the error term of the cross-correlation layer."""
        return self._turned(self.delta)

    def _turned(self, error: Grad) -> Multi:
        window = self.correlated_weights.rhs
        if not isinstance(window, Multi):
            raise TypeError("expected a form")
        turned = {self.A: Flip(self.A, (0, 1)), self.delta: Flip(error, (0, 1))}
        return Multi(window.form, tuple(turned[operand] for operand in window.operands))


class Network:
    """Image, convolution, sigmoid, average pooling, a dense layer, squared error."""

    def __init__(self) -> None:
        self.X, self.W, self.b = tensor("X", (5, 5)), tensor("W", (2, 2)), tensor("b", ())
        self.V, self.c, self.t = tensor("V", (2, 4)), tensor("c", (2,)), tensor("t", (2,))
        self.Z = conv2d(self.X, self.W, self.b, name="Z")
        self.A = sigmoid(self.Z, name="A")
        self.P = avg_pool2d(self.A, 2, name="P")
        self.f = flatten(self.P, 0, name="f")
        self.y = linear(self.f, self.V, self.c, name="y")
        self.L = mse_loss(self.y, self.t, reduction="sum", name="L")
        self.d = derive(self.L)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """In the order of evaluation."""
        return self.Z, self.A, self.P, self.f, self.y, self.L

    def rule(self, tensor: Tensor) -> Step:
        """dL/d(tensor) in the error term above, a window where it is one."""
        rule = steps.gradient(self.d, tensor)
        window = self.d.proof(tensor).rhs
        if tensor is self.y:
            error = Sum((self.y, scalars_minus(self.t)), self.y.shape)
            form = pointwise([self.y.shape], self.y.shape, scale=steps.number(2).value)
            return Step(rule.lhs, Multi(form, (error,)), Rule.LOCAL, Expand((rule,)))
        return rule if window == rule.rhs else Step(rule.lhs, window, Rule.WINDOW, Expand((rule,)))


def scalars_minus(target: Tensor) -> Multi:
    """The negative of an array."""
    return Multi(pointwise([target.shape], target.shape, scale=-steps.number(1).value), (target,))
