"""What batch-norm is about: one channel of four values in small steps, its gradients, the library's layer beside it.

The root r stays a letter wherever something is proved; where numbers stand, r is the positive number with r^2 w = 1.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

import numpy as np

from render.notes import steps
from render.notes.numbers import numbers_of
from symbolic import add, batch_norm, derive, mean, mul, sub, tensor
from symbolic import pow as power
from symbolic.kernel.functions import Elementary
from symbolic.kernel.logic import Definition, Derivation, Derive, Expand, Rule, Step
from symbolic.terms.layers import pointwise, reduction
from symbolic.terms.term import Const, Data, Grad, Leaf, Map, Multi, Node, Sum, Term, scalars

SIZE = 4
VALUES = (1, 3, 3, 5)
ERROR = (1, -2, 4, 3)
EPSILON = Fraction(1, 4)
ROOT = Fraction(2, 3)  # the inverse root of variance + epsilon at VALUES; checked by `root`
ONE, MINUS, HALF = Fraction(1), Fraction(-1), Fraction(1, 2)
LINE = (SIZE,)
MEAN = Fraction(1, SIZE)


class Channel:
    """mu, c, v, w, r, x_hat one after the other, then y = gamma x_hat + beta, under any layers above."""

    def __init__(self) -> None:
        self.x, self.epsilon = tensor("x", LINE), tensor("epsilon", ())
        self.gamma, self.beta = tensor("gamma", ()), tensor("beta", ())
        self.mu = mean(self.x, name="mu")
        self.c = sub(self.x, self.mu, name="c")
        self.v = mean(power(self.c, 2), name="v")
        self.w = add(self.v, self.epsilon, name="w")
        self.r = Node("rsqrt", (self.w,), Map("rsqrt", self.w), name="r")
        self.x_hat = mul(self.r, self.c, name="x_hat")
        self.delta = tensor("delta", LINE)
        self.d = derive(self.x_hat, gradient=self.delta)
        self.u = mul(self.gamma, self.x_hat, name="u")
        self.y = add(self.u, self.beta, name="y")
        self.above = derive(self.y, gradient=self.delta)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """In the order of evaluation."""
        return self.mu, self.c, self.v, self.w, self.r, self.x_hat

    def grad(self, tensor: Leaf | Node) -> Grad:
        """dL/d(tensor), below x_hat."""
        return Grad(self.d.loss, tensor)

    @property
    def known(self) -> tuple[Step, ...]:
        """Definitions of all but the roots."""
        kept = [node for node in self.d.sweep.nodes if node not in (self.r, self.d.loss)]
        return tuple(steps.definition(node) for node in kept)

    @cached_property
    def root_slope(self) -> Step:
        """The derivative of the inverse root: -1/2 r^3."""
        slope, root = Map("rsqrt", self.w, 1), Map("rsqrt", self.w)
        cube = Step(slope, scalars(root, root, root, scale=-HALF), Rule.LOCAL, Elementary(self.w))
        short = scalars(Map("pow", self.r, param=Fraction(3)), scale=-HALF)
        return Step(slope, short, Rule.LOCAL, Expand((cube, steps.definition(self.r))))

    @property
    def by_definition(self) -> Step:
        """dr/dw, as the kernel differentiates it."""
        slope = Step(Grad(self.r, self.w), Map("rsqrt", self.w, 1), Rule.LOCAL, Derive())
        return Step(slope.lhs, self.root_slope.rhs, Rule.LOCAL, Expand((slope, self.root_slope)))

    @cached_property
    def facts(self) -> tuple[Step, ...]:
        """What a gradient may rest on: the reverse sweep, the slope of the root, the definitions."""
        below = [steps.gradient(self.d, node) for node in (*self.d.sweep.nodes, self.x) if node is not self.d.loss]
        return (*below, self.root_slope, *self.known)

    def along(self, tensor: Leaf | Node, rhs: Term) -> Step:
        """dL/d(tensor) = a formula in delta, c, r and x_hat."""
        return Step(self.grad(tensor), rhs, Rule.COLLECT, Expand(self.facts))

    @property
    def paths(self) -> tuple[Step, ...]:
        """What arrives at r, w, v, c and mu, from the back."""
        inner = total(Multi(pointwise([LINE, LINE], LINE), (self.delta, self.c)))
        cubed = scalars(Map("pow", self.r, param=Fraction(3)), inner, scale=-HALF)
        scaled = Multi(pointwise([(), LINE], LINE), (self.r, self.delta))
        through_v = Multi(pointwise([(), LINE], LINE, scale=2 * MEAN), (self.grad(self.v), self.c))
        return (
            self.along(self.r, inner),
            self.along(self.w, cubed),
            Step(self.grad(self.v), self.grad(self.w), Rule.LOCAL, Expand((steps.gradient(self.d, self.v),))),
            self.along(self.c, Sum((scaled, through_v), LINE)),
            self.along(self.mu, scalars(self.r, total(self.delta), scale=MINUS)),
        )

    @cached_property
    def mean_path(self) -> Derivation:
        """What arrives at mu: minus all that arrives at c = put in = without the sum of c, which is 0."""
        view, at_c = steps.gradient(self.d, self.mu), self.paths[3]
        plain = scalars(self.r, total(self.delta), scale=MINUS)
        through_v = scalars(self.grad(self.v), total(self.c), scale=-2 * MEAN)
        both = Sum((plain, through_v), ())
        centred = Expand((steps.definition(self.c), steps.definition(self.mu)))
        return Derivation(
            (view, Step(view.rhs, both, Rule.LOCAL, Expand((at_c,))), Step(both, plain, Rule.COLLECT, centred))
        )

    @property
    def centred(self) -> Step:
        """The centred values add up to 0."""
        known = Expand((steps.definition(self.c), steps.definition(self.mu)))
        return Step(total(self.c), Const(Fraction(0)), Rule.COLLECT, known)

    def three_terms(self, r: Term, delta: Term, x_hat: Term) -> Multi:
        """r (delta - mean of delta - x_hat times the mean of delta x_hat)."""
        both = Multi(pointwise([LINE, LINE], LINE), (delta, x_hat))
        first = Multi(pointwise([()], LINE, scale=MINUS), (average(delta),))
        second = Multi(pointwise([LINE, ()], LINE, scale=MINUS), (x_hat, average(both)))
        return Multi(pointwise([(), LINE], LINE), (r, Sum((delta, first, second), LINE)))

    @cached_property
    def result(self) -> Derivation:
        """dL/dx through c and mu = what arrived at these = what arrived at v = collected into the three terms."""
        view = steps.gradient(self.d, self.x)
        _, at_w, at_v, at_c, at_mu = self.paths
        scaled = Multi(pointwise([(), LINE], LINE), (self.r, self.delta))
        through_v = Multi(pointwise([(), LINE], LINE, scale=2 * MEAN), (self.grad(self.v), self.c))
        mean_of = Multi(pointwise([(), ()], LINE, scale=-MEAN), (self.r, total(self.delta)))
        put = Sum((scaled, through_v, mean_of), LINE)
        cube = Map("pow", self.r, param=Fraction(3))
        inner = total(Multi(pointwise([LINE, LINE], LINE), (self.delta, self.c)))
        through_r = Multi(pointwise([(), (), LINE], LINE, scale=-MEAN), (cube, inner, self.c))
        rooted = Sum((scaled, through_r, mean_of), LINE)
        last = self.three_terms(self.r, self.delta, self.x_hat)
        return Derivation(
            (
                view,
                Step(view.rhs, put, Rule.LOCAL, Expand((at_c, at_mu))),
                Step(put, rooted, Rule.LOCAL, Expand((at_v, at_w))),
                Step(rooted, last, Rule.COLLECT, Expand((steps.definition(self.x_hat),))),
            )
        )

    @property
    def no_mean(self) -> Step:
        """The entries of dL/dx add up to 0."""
        return Step(total(self.grad(self.x)), Const(Fraction(0)), Rule.COLLECT, Expand(self.facts))

    @property
    def scaled(self) -> Step:
        """y = gamma x_hat + beta."""
        product = Multi(pointwise([(), LINE], LINE), (self.gamma, self.x_hat))
        body = Sum((product, Multi(pointwise([()], LINE), (self.beta,))), LINE)
        return steps.follows(self.y, body, Rule.DEFINITION, steps.definition(self.y), steps.definition(self.u))

    @property
    def scale_and_shift(self) -> tuple[Step, ...]:
        """The gradients of gamma, beta and x_hat."""
        shapes: list[tuple[Leaf | Node, Term]] = [
            (self.gamma, total(Multi(pointwise([LINE, LINE], LINE), (self.delta, self.x_hat)))),
            (self.beta, total(self.delta)),
            (self.x_hat, Multi(pointwise([(), LINE], LINE), (self.gamma, self.delta))),
        ]
        rules = [steps.gradient(self.above, x) for x in (self.y, self.u, *(x for x, _ in shapes))]
        return tuple(Step(Grad(self.above.loss, x), rhs, Rule.LOCAL, Expand(tuple(rules))) for x, rhs in shapes)


def total(term: Term) -> Multi:
    """The sum of the entries of a row."""
    return summed(term, ONE)


def average(term: Term) -> Multi:
    """The mean of the entries of a row."""
    return summed(term, MEAN)


def summed(term: Term, scale: Fraction) -> Multi:
    """The sum of the entries, times a number; of a product in one form."""
    form = reduction(LINE, (0,), scale, keepdim=False)
    if isinstance(term, Multi) and not term.form.rows and term.form.scale == 1:
        return Multi(type(form)((), term.form.operands, term.form.sizes, (), scale, label="mul"), term.operands)
    return Multi(form, (term,))


def row(name: str, numbers: tuple[Fraction | int, ...]) -> Step:
    """A given row."""
    values = tuple(Fraction(x) for x in numbers)
    return Step(tensor(name, LINE), Data(values, LINE), Rule.GIVEN, Definition())


def one(name: str, number: Fraction) -> Step:
    """A given number."""
    return Step(tensor(name, ()), Const(number), Rule.GIVEN, Definition())


class Numbers:
    """The channel at VALUES; r is given, and x_hat with it."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.given = row("x", VALUES), one("epsilon", EPSILON)
        self.facts = (*self.given, *channel.known)
        self.r, self.delta = one("r", ROOT), row("delta", ERROR)
        centred = numbers_of(self.value(channel.c).rhs)
        self.x_hat = row("x_hat", tuple(ROOT * entry for entry in centred))

    def value(self, node: Node) -> Step:
        """mu, c, v or w as a number."""
        from symbolic.roads.evaluate import Numbers as Contract

        arrays = {self.given[0].lhs: np.array([Fraction(x) for x in VALUES], dtype=object)}
        arrays[self.given[1].lhs] = np.array(EPSILON, dtype=object)
        found = Contract(arrays, {}).of(node)  # type: ignore[arg-type] # both left sides are leaves
        values = tuple(Fraction(x) for x in found.reshape(-1).tolist())
        term: Term = Data(values, LINE) if node.shape else Const(values[0])
        return Step(node, term, Rule.NUMBERS, Expand(self.facts))

    def root(self) -> tuple[Step, ...]:
        """r^2 w = numbers put in = 1."""
        w = self.value(self.channel.w)
        begin = scalars(Map("pow", self.r.lhs, param=Fraction(2)), self.channel.w)
        put = scalars(Map("pow", self.r.rhs, param=Fraction(2)), w.rhs)
        return (
            Step(begin, put, Rule.GIVEN, Expand((self.r, w))),
            Step(put, Const(ONE), Rule.NUMBERS, Expand()),
        )

    def mean(self, *rows: Step) -> tuple[Step, ...]:
        """The mean of delta, or of delta times x_hat: numbers put in, the value."""
        entries = [numbers_of(step.rhs) for step in rows]
        products = tuple(scalars(*map(Const, together)) for together in zip(*entries, strict=True))
        put = scalars(Sum(products, ()), scale=MEAN)
        names = tuple(step.lhs for step in rows)
        term = average(names[0] if len(rows) == 1 else Multi(pointwise([LINE, LINE], LINE), names))
        value = MEAN * sum(np.prod(together) for together in zip(*entries, strict=True))
        return (
            Step(term, put, Rule.GIVEN, Expand(tuple(rows))),
            Step(put, Const(Fraction(value)), Rule.NUMBERS, Expand()),
        )

    @cached_property
    def gradient(self) -> Step:
        """The three terms at these numbers."""
        term = self.channel.three_terms(self.r.lhs, self.delta.lhs, self.x_hat.lhs)
        return Step(term, self.expected, Rule.NUMBERS, Expand((self.r, self.delta, self.x_hat)))

    @property
    def expected(self) -> Data:
        """The three terms by plain arithmetic in fractions."""
        x_hat = numbers_of(self.x_hat.rhs)
        mean = MEAN * sum(ERROR)
        weighted = MEAN * sum(d * h for d, h in zip(ERROR, x_hat, strict=True))
        return Data(tuple(ROOT * (d - mean - h * weighted) for d, h in zip(ERROR, x_hat, strict=True)), LINE)

    @property
    def fixed(self) -> Step:
        """r delta: what is left if mean and variance are taken for constants."""
        term = Multi(pointwise([(), LINE], LINE), (self.r.lhs, self.delta.lhs))
        value = Data(tuple(ROOT * d for d in ERROR), LINE)
        return Step(term, value, Rule.NUMBERS, Expand((self.r, self.delta)))

    def library(self) -> tuple[float, ...]:
        """The library's own layer at these numbers; raises ArithmeticError where it differs from the three terms."""
        x, d = tensor("x", (SIZE, 1)), tensor("D", (SIZE, 1))
        layer = derive(batch_norm(x, training=True, eps=EPSILON), gradient=d)
        found = layer.evaluate({"x": [[n] for n in VALUES], "D": [[n] for n in ERROR]}).grads["x"].reshape(-1)
        if not np.allclose(found.astype(float), [float(n) for n in self.expected.values], rtol=0, atol=1e-12):
            raise ArithmeticError(f"the library's gradient is {found}")
        return tuple(float(n) for n in found)
