"""Relations between a function and its derivative, each a step of its own: what a page may use to tidy up."""

from __future__ import annotations

from fractions import Fraction

from symbolic.kernel.functions import Elementary, Normalized
from symbolic.kernel.step import Derivation, Rule, Step
from symbolic.terms.layers import pointwise, reduction
from symbolic.terms.size import letter_size
from symbolic.terms.term import AxisMap, Const, Leaf, Map, Multi, Sum, Term
from symbolic.theorems.theorem import Theorem


def _product(*factors: Term, scale: Fraction = Fraction(1)) -> Multi:
    shape = factors[0].shape
    return Multi(pointwise([shape] * len(factors), shape, scale=scale), factors)


def local_derivatives() -> Theorem:
    """sigma' = sigma - sigma^2, tanh' = 1 - tanh^2, softplus' = sigma, and for r = v^(-1/2): r' = -r^3/2, r^2 v = 1."""
    z = Leaf("z", (letter_size("N"),))
    one, minus = Const(Fraction(1), z.shape), Fraction(-1)
    sigma, tanh, r = Map("sigmoid", z), Map("tanh", z), Map("rsqrt", z)
    claims = {
        "sigmoid": (Map("sigmoid", z, 1), Sum((sigma, _product(sigma, sigma, scale=minus)), z.shape)),
        "tanh": (Map("tanh", z, 1), Sum((one, _product(tanh, tanh, scale=minus)), z.shape)),
        "softplus": (Map("softplus", z, 1), sigma),
        "rsqrt": (Map("rsqrt", z, 1), _product(r, r, r, scale=Fraction(-1, 2))),
        "rsqrt-squared": (_product(r, r, z), one),
    }
    return Theorem(
        "local-derivatives",
        tuple(Derivation((Step(*sides, Rule.LOCAL, Elementary(z)),), name) for name, sides in claims.items()),
    )


def softmax_sums_to_one() -> Theorem:
    """Along its axis a softmax adds up to 1."""
    z = Leaf("z", (letter_size("N"), letter_size("K")))
    total = Multi(reduction(z.shape, (1,), Fraction(1), keepdim=False), (AxisMap("softmax", z, 1),))
    step = Step(total, Const(Fraction(1), total.shape), Rule.COLLECT, Normalized())
    return Theorem("softmax-sums-to-one", (Derivation((step,), "sum"),))


THEOREMS = {"local-derivatives": local_derivatives, "softmax-sums-to-one": softmax_sums_to_one}
