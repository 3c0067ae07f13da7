"""What softmax-cross-entropy needs besides: two classes with a sigmoid, saturation, logits that overflow."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from render.notes import steps
from render.notes.closing import decimal
from render.notes.numbers import numbers_of
from symbolic import cross_entropy, derive, mse_loss, mul, sigmoid, softplus, sub, tensor
from symbolic.kernel.functions import Elementary
from symbolic.kernel.logic import Definition, Derivation, Derive, Expand, Rule, Step
from symbolic.terms.layers import pointwise
from symbolic.terms.term import Const, Data, Grad, Map, Multi, Sum, Term, scalars

if TYPE_CHECKING:
    from render.document import Inline

CLASSES = 3
ONE, MINUS = Fraction(1), Fraction(-1)
LOGITS = (-10, -5, 0, 5, 10)
EXTREME = ((1000, -1000, 0), (-1000, -1000, -1000), (1000, 1000, -1000))
LABEL = 1  # 0-based, the class that is right in every example
PLACES = 4
CODE = """\
import numpy as np

def naive(z):
    e = np.exp(z)
    return e / e.sum()

def shifted(z):
    e = np.exp(z - z.max())
    return e / e.sum()

z = np.array([1000.0, -1000.0, 0.0])
with np.errstate(over="ignore", invalid="ignore"):
    print(naive(z))  # [nan  0.  0.]
print(shifted(z))  # [1. 0. 0.]
"""


def given(name: str, numbers: tuple[int | str, ...]) -> Step:
    """A vector of given numbers."""
    values = tuple(Fraction(x) for x in numbers)
    return Step(tensor(name, (len(values),)), Data(values, (len(values),)), Rule.GIVEN, Definition())


P, T = given("p", ("1/5", "3/10", "1/2")), given("t", (0, 1, 0))


def by_hand(scale: Fraction = ONE) -> Derivation:
    """p - t for a softmax that is given, times the scale: numbers put in, worked out."""
    shape = (CLASSES,)

    def minus(one: Term, other: Term) -> Term:
        difference = Sum((one, Multi(pointwise([shape], shape, scale=MINUS), (other,))), shape)
        return difference if scale == 1 else Multi(pointwise([shape], shape, scale=scale), (difference,))

    put = minus(P.rhs, T.rhs)
    pairs = zip(numbers_of(P.rhs), numbers_of(T.rhs), strict=True)
    value = Data(tuple(scale * (one - other) for one, other in pairs), shape)
    first = Step(minus(P.lhs, T.lhs), put, Rule.GIVEN, Expand((P, T)))
    return Derivation((first, Step(put, value, Rule.NUMBERS, Expand())))


class OneClass:
    """One logit z, p = sigmoid(z), a target t: cross entropy and squared error."""

    def __init__(self) -> None:
        self.z, self.t = tensor("z", ()), tensor("t", ())
        self.p = sigmoid(self.z, name="p")
        self.C = sub(softplus(self.z), mul(self.t, self.z), name="C")
        self.E = mse_loss(self.p, self.t, name="E")
        self.entropies, self.errors = derive(self.C), derive(self.E)

    @property
    def written(self) -> Step:
        """C = softplus(z) - t z."""
        rhs = Sum((Map("softplus", self.z), scalars(self.t, self.z, scale=MINUS)), ())
        facts = [steps.definition(node) for node in self.entropies.sweep.nodes]
        return steps.follows(self.C, rhs, Rule.DEFINITION, *facts)

    @property
    def from_two(self) -> Derivation:
        """C = -t q_1 - (1 - t) q_2 with logits z and 0, where logsumexp is softplus(z) = the short form."""
        plus, short = Map("softplus", self.z), self.written
        minus_plus = scalars(plus, scale=MINUS)
        first = scalars(self.t, Sum((self.z, minus_plus), ()), scale=MINUS)
        second = scalars(Sum((Const(ONE), scalars(self.t, scale=MINUS)), ()), minus_plus, scale=MINUS)
        both = Sum((first, second), ())
        step = steps.follows(self.C, both, Rule.DEFINITION, *map(steps.definition, self.entropies.sweep.nodes))
        return Derivation((step, Step(both, short.rhs, Rule.COLLECT, Expand())))

    @property
    def entropy(self) -> Derivation:
        """dC/dz = softplus'(z) - t = p - t."""
        slope = Map("softplus", self.z, 1)
        known = Step(slope, Map("sigmoid", self.z), Rule.LOCAL, Elementary(self.z))
        derived = self.entropies
        rules = [steps.gradient(derived, x) for x in derived.sweep.rules if x is not self.C]
        first = Sum((slope, scalars(self.t, scale=MINUS)), ())
        last = Sum((self.p, scalars(self.t, scale=MINUS)), ())
        return Derivation(
            (
                steps.follows(Grad(self.C, self.z), first, Rule.LOCAL, *rules),
                Step(first, last, Rule.COLLECT, Expand((known, steps.definition(self.p)))),
            )
        )

    @property
    def squares(self) -> Derivation:
        """dE/dz = dE/dp dp/dz = 2 (p - t) sigmoid'(z) = 2 (p - t) p (1 - p)."""
        slope, plain = Map("sigmoid", self.z, 1), Map("sigmoid", self.z)
        square = scalars(plain, plain, scale=MINUS)
        known = Step(slope, Sum((plain, square), ()), Rule.LOCAL, Elementary(self.z))
        error = Sum((self.p, scalars(self.t, scale=MINUS)), ())
        above = Step(Grad(self.E, self.p), scalars(error, scale=Fraction(2)), Rule.LOCAL, Derive())
        below = Step(Grad(self.p, self.z), slope, Rule.LOCAL, Derive())
        chain = steps.chain(self.E, self.z)
        put = scalars(error, slope, scale=Fraction(2))
        rest = Sum((Const(Fraction(1)), scalars(self.p, scale=MINUS)), ())
        last = scalars(error, self.p, rest, scale=Fraction(2))
        return Derivation(
            (
                chain,
                Step(chain.rhs, put, Rule.LOCAL, Expand((above, below))),
                Step(put, last, Rule.LOCAL, Expand((known, steps.definition(self.p)))),
            )
        )


def saturation(one: OneClass) -> tuple[tuple[Inline, ...], ...]:
    """z, p and both gradients for a target of 1, rounded."""
    rows: list[tuple[Inline, ...]] = []
    for z in LOGITS:
        both = [derived.evaluate({"z": z, "t": 1}) for derived in (one.entropies, one.errors)]
        numbers = [float(both[1].values["p"]), *(float(at.grads["z"]) for at in both)]
        rows.append((z, *(decimal(x, PLACES) for x in numbers)))
    return tuple(rows)


def extremes() -> tuple[tuple[Inline, ...], ...]:
    """Logits that overflow: the naive softmax, the shifted one, the gradient. Raises where the gradient is no p - t."""
    rows: list[tuple[Inline, ...]] = []
    for logits in EXTREME:
        z = np.array(logits, dtype=np.float64)
        with np.errstate(all="ignore"):
            naive = np.exp(z) / np.exp(z).sum()
        shifted = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
        found = derive(cross_entropy(tensor("z", (3,)), LABEL)).evaluate({"z": list(logits)}).grads["z"]
        if not np.allclose(found, shifted - np.eye(3)[LABEL], rtol=0, atol=1e-15):
            raise ArithmeticError(f"the gradient at {logits} is {found}")
        rows.append((_row(z), *(_row(array) for array in (naive, shifted, found))))
    return tuple(rows)


def _row(array: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    return ", ".join("nan" if np.isnan(x) else f"{x:.4g}".replace("-", "−") for x in array)
