"""Kernel, for all sizes: identities between elementwise functions of one array, and softmax adding up to 1.

    sigma' = sigma (1 - sigma)     tanh' = 1 - tanh^2     softplus' = sigma     r = (v)^(-1/2): r^2 v = 1, r' = -r^3/2

Both sides are read as one function of a scalar z. With E = exp z (and R = the root of z) they are quotients of
polynomials, and two such quotients are equal exactly when SymPy's `cancel` makes their difference 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symbolic.errors import ProofError
from symbolic.kernel.step import Proof, Scope
from symbolic.terms import functions as local
from symbolic.terms.rewriting import opened
from symbolic.terms.term import AxisMap, Const, Map, Multi, Sum

if TYPE_CHECKING:
    from symbolic.terms.form import Form
    from symbolic.terms.term import Term


@dataclass(frozen=True)
class Elementary(Proof):
    """Both sides are elementwise in `of`, and the same function of it."""

    of: Term
    scope = Scope.ALL_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        import sympy

        z, root, exponential = sympy.Symbol("z", positive=True), sympy.Symbol("R"), sympy.Symbol("E")
        left, right, of = opened(lhs), opened(rhs), opened(self.of)
        difference = _scalar(left, of, z) - _scalar(right, of, z)
        squared = difference.rewrite(sympy.exp).xreplace({sympy.sqrt(z): root, 1 / sympy.sqrt(z): 1 / root})
        rational = sympy.expand_power_exp(squared.subs(z, root**2))
        grown = rational.replace(
            lambda part: isinstance(part, sympy.exp), lambda part: exponential ** (part.args[0] / root**2)
        )
        if sympy.cancel(sympy.together(grown)) != 0:
            raise ProofError(f"the two functions of z differ by {difference}")


def _scalar(term: Term, of: Term, z: Any) -> Any:
    """The function of z that every entry is. A root is taken of z itself only, so that z > 0 where it is defined."""
    import sympy

    if term == of:
        return z
    match term:
        case Const(value, _):
            return sympy.Rational(value.numerator, value.denominator)
        case Sum(terms, _):
            return sympy.Add(*(_scalar(part, of, z) for part in terms))
        case Map(function, source, _, _) if function in {"sqrt", "rsqrt"} and source != of:
            raise ProofError("a root is compared only where it is taken of the array itself")
        case Map(function, source, order, param) if not local.TABLE[function].kink:
            return local.TABLE[function].symbolic(_scalar(source, of, z), param, order)
        case Multi(form, operands) if _entrywise(form):
            scale = sympy.Rational(form.scale.numerator, form.scale.denominator)
            return sympy.Mul(scale, *(_scalar(part, of, z) for part in operands))
    raise ProofError(f"{type(term).__name__} is no smooth elementwise function")


def _entrywise(form: Form) -> bool:
    """Whether a form multiplies entries in the same place, and does nothing else."""
    letters = {x for axis in form.output for x in axis}
    same = all(slot == form.output for slot in form.operands)
    return not form.rows and form.divisor == 1 and same and letters == set(form.extent)


@dataclass(frozen=True)
class Normalized(Proof):
    """The sum of softmax along its own axis is 1: the denominators are the sum of the numerators."""

    scope = Scope.ALL_SIZES

    def check(self, lhs: Term, rhs: Term) -> None:
        if not (isinstance(lhs, Multi) and len(lhs.operands) == 1 and isinstance(lhs.operands[0], AxisMap)):
            raise ProofError("expected the sum of a softmax on the left")
        form, softmax = lhs.form, lhs.operands[0]
        (slot,) = form.operands
        plain = not form.rows and form.scale == 1 and form.divisor == 1 and all(len(axis) == 1 for axis in slot)
        read = [axis[0] for axis in slot]
        summed = set(form.extent) - {x for axis in form.output for x in axis}
        along = (
            plain and softmax.function == "softmax" and len(set(read)) == len(read) and summed == {read[softmax.axis]}
        )
        if not along or not isinstance(rhs, Const) or rhs.value != 1:
            raise ProofError("only the sum of a softmax along its own axis, once, is 1")
