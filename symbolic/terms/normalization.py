"""Batch normalization as terms, piece by piece, for sizes that are numbers or letters.

    mu = mean of x      v = mean of (x - mu)^2      r = (v + epsilon)^(-1/2)      x_hat = (x - mu) r
    y = gamma x_hat + beta

x, x_hat and y have shape (N, C, ...), all others (C,). Means are over every axis but that of the channels; v is the
biased variance. `functional` and `theorems` are built from these pieces, so that the gradient of a layer is an
instance of the theorem as it stands.  Source  Ioffe & Szegedy 2015, arXiv:1502.03167.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from symbolic.terms.form import Form
from symbolic.terms.layers import pointwise
from symbolic.terms.size import Extent, Size, simplest
from symbolic.terms.term import Const, Map, Multi, Node, Sum, Tensor, Term, direct

if TYPE_CHECKING:
    from symbolic.terms.tensors import Shape

MINUS = Fraction(-1)


@dataclass(frozen=True)
class Channels:
    """Sums, means and products over arrays of shape (N, C, ...) and vectors of shape (C,), which stretch."""

    shape: Shape

    @property
    def count(self) -> Extent:
        """The number of values in one channel."""
        total = Size.of(self.shape[0])
        for extent in self.shape[2:]:
            total = total * extent
        return simplest(total)

    def total(self, *factors: Term) -> Multi:
        """The sum of a product over each channel; shape (C,)."""
        return Multi(self._form(factors, whole=False), factors)

    def mean(self, *factors: Term) -> Multi:
        """The mean of a product over each channel; shape (C,)."""
        count = self.count
        scale, divisor = (Fraction(1, count), 1) if isinstance(count, int) else (Fraction(1), count)
        return Multi(self._form(factors, scale, divisor, whole=False), factors)

    def product(self, *factors: Term, scale: Fraction = Fraction(1)) -> Multi:
        """A product entry by entry; shape (N, C, ...)."""
        return Multi(self._form(factors, scale, whole=True), factors)

    def _form(
        self, factors: tuple[Term, ...], scale: Fraction = Fraction(1), divisor: Extent = 1, *, whole: bool
    ) -> Form:
        every = tuple((f"x{axis}",) for axis in range(len(self.shape)))
        channels = every[1:2]
        return Form(
            every if whole else channels,
            tuple(every if len(factor.shape) > 1 else channels for factor in factors),
            tuple((f"x{axis}", extent) for axis, extent in enumerate(self.shape)),
            (),
            scale,
            divisor,
            ("mul" if len(factors) > 1 else "scale") if whole else "sum",
        )


@dataclass(frozen=True)
class Normalization:
    """The pieces of one batch normalization, made from x; with `names`, each is a node with a name of its own.

    x      shape (N, C, ...).     gamma, beta, epsilon  shape (C,), the first two may be left out.
    names  piece -> name; None for plain terms in x, as operators have them.
    """

    x: Tensor
    gamma: Tensor | None
    beta: Tensor | None
    epsilon: Term
    names: tuple[tuple[str, str], ...] | None = None

    @cached_property
    def over(self) -> Channels:
        """Sums and means for these sizes."""
        return Channels(self.x.shape)

    def _piece(self, name: str, body: Term) -> Term:
        if self.names is None:
            return body
        args = tuple(dict.fromkeys(part for part in direct(body) if isinstance(part, Tensor)))
        return Node(name, args, body, name=dict(self.names)[name])

    @cached_property
    def mu(self) -> Term:
        """The mean; shape (C,)."""
        return self._piece("mu", self.over.mean(self.x))

    @property
    def centred(self) -> Term:
        """x - mu."""
        return Sum((self.x, self.over.product(self.mu, scale=MINUS)), self.x.shape)

    @cached_property
    def v(self) -> Term:
        """The biased variance, the mean square of x - mu; shape (C,)."""
        return self._piece("v", self.over.mean(Map("pow", self.centred, param=Fraction(2))))

    @property
    def shifted(self) -> Term:
        """v + epsilon."""
        return Sum((self.v, self.epsilon), self.v.shape)

    @cached_property
    def r(self) -> Term:
        """The inverse root of variance and epsilon; shape (C,)."""
        return self._piece("r", Map("rsqrt", self.shifted))

    @cached_property
    def x_hat(self) -> Term:
        """Mean 0 and, but for epsilon, variance 1; the shape of x."""
        return self._piece("x_hat", self.over.product(self.centred, self.r))

    @cached_property
    def y(self) -> Term:
        """gamma x_hat + beta."""
        y = self.x_hat if self.gamma is None else self.over.product(self.gamma, self.x_hat)
        return self._piece("y", y if self.beta is None else Sum((y, self.over.product(self.beta)), self.x.shape))

    @property
    def slope(self) -> Map:
        """The derivative of the inverse root, at v + epsilon."""
        return Map("rsqrt", self.shifted, 1)

    @property
    def cube(self) -> Multi:
        """What the slope is: -r^3/2."""
        return Multi(pointwise([self.r.shape] * 3, self.r.shape, scale=Fraction(-1, 2)), (self.r,) * 3)

    def paths(self, delta: Term) -> Sum:
        """dL/dx along all the ways back: straight, by the mean, by the variance, by the mean inside the variance.

        gamma r delta - gamma r (mean of delta) + 2 r' (mean of gamma delta (x - mu)) (x - mu - mean of (x - mu))
        """
        over, scale = self.over, self._scale
        squared = over.mean(*scale, delta, self.centred)
        terms = (
            over.product(*scale, self.r, delta),
            over.product(*scale, self.r, over.mean(delta), scale=MINUS),
            over.product(self.slope, squared, self.centred, scale=Fraction(2)),
            over.product(self.slope, squared, over.mean(self.centred), scale=Fraction(-2)),
        )
        return Sum(terms, self.x.shape)

    def three_terms(self, delta: Term) -> Multi:
        """dL/dx = gamma r (delta - mean of delta - x_hat times the mean of delta x_hat), delta being dL/dy."""
        over = self.over
        inside = (
            delta,
            over.product(over.mean(delta), scale=MINUS),
            over.product(self.x_hat, over.mean(delta, self.x_hat), scale=MINUS),
        )
        return over.product(*self._scale, self.r, Sum(inside, self.x.shape))

    @property
    def _scale(self) -> tuple[Term, ...]:
        return () if self.gamma is None else (self.gamma,)


def pieces_of(node: Node, names: tuple[tuple[str, str], ...] | None = None) -> Normalization:
    """The pieces of a layer that `functional.batch_norm` made."""
    x, *vectors = node.args
    gamma = vectors.pop(0) if node.params["has_weight"] else None
    beta = vectors.pop(0) if node.params["has_bias"] else None
    return Normalization(x, gamma, beta, Const(node.params["eps"], x.shape[1:2]), names)
