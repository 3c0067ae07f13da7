"""Derivations, steps, evidence and terms as JSON values; the schema stands at the head of `export`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symbolic.errors import GradproofError
from symbolic.kernel.bounds import Bounds, Reading
from symbolic.kernel.counts import AtLeast, Equals, Outputs, TransposedOutputs, Whole
from symbolic.kernel.functions import Elementary, Normalized
from symbolic.kernel.integers import Add, Expression, Floor, Letter, Mod, Number, Times
from symbolic.kernel.logic import Cite, Definition, Rewrite
from symbolic.kernel.products import Distribute
from symbolic.kernel.reindex import DropOperand, Reindex
from symbolic.kernel.tangent import Tangent
from symbolic.terms.size import Extent, Size, simplest
from symbolic.terms.term import AxisMap, Const, Flip, Grad, Leaf, Map, Multi, Node, Sum, Term, walk
from symbolic.theorems.losses import SumsToOne

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from symbolic.kernel.counts import Integer
    from symbolic.kernel.reindex import Renaming
    from symbolic.kernel.step import Derivation, Step
    from symbolic.terms.form import Form, Slot

Json = Any  # what json.dumps takes


class Encoder:
    """Encodes one derivation; `place` says under which theorem and number a cited derivation is written."""

    def __init__(self, place: Callable[[Derivation], tuple[str, int]]) -> None:
        self._place = place
        self._tensors: dict[str, Json] = {}

    def derivation(self, derivation: Derivation) -> Json:
        """The derivation with the table of its tensors."""
        steps = [self.step(step) for step in derivation.steps]
        return {"tensors": dict(sorted(self._tensors.items())), "steps": steps}

    def step(self, step: Step) -> Json:
        """One step with its evidence."""
        return {"left": self.term(step.lhs), "right": self.term(step.rhs), **self._evidence(step)}

    def _evidence(self, step: Step) -> Json:
        match proof := step.proof:
            case Reindex(renaming):
                return {"by": "reindex", "renaming": _renaming(renaming)}
            case DropOperand(renaming):
                return {"by": "drop-operand", "renaming": _renaming(renaming)}
            case Tangent(pairs):
                return {"by": "tangent", "pairs": [[partner, _renaming(renaming)] for partner, renaming in pairs]}
            case Distribute(groups):
                numbered = [[[number, _renaming(renaming)] for number, renaming in group] for group in groups]
                return {"by": "distribute", "groups": numbered}
            case Elementary(of):
                return {"by": "elementary", "of": self.term(of)}
            case Normalized():
                return {"by": "normalized"}
            case SumsToOne():
                return {"by": "sums-to-one"}
            case Rewrite(steps):
                return {"by": "rewrite", "steps": [self.step(step) for step in steps]}
            case Cite():
                return self._citation(proof)
            case Bounds():
                return _bounds(proof, Reading(step.lhs, step.rhs).facts)
            case Definition():
                return {"by": "definition"}
        raise GradproofError(f"the evidence {type(proof).__name__} is about these sizes only and is not exported")

    def _citation(self, cite: Cite) -> Json:
        key, part = self._place(cite.theorem)
        points = [cite.theorem.lhs, *(step.rhs for step in cite.theorem.steps)]
        terms = [term for point in points if not isinstance(point, Grad) for term in walk(point)]
        letters, names = _letters(terms), {term.name for term in terms if isinstance(term, Leaf)}
        sizes = {letter: size(extent) for letter, extent in sorted(cite.sizes) if letter in letters}
        operands = {name: self.term(term) for name, term in sorted(cite.operands, key=_name) if name in names}
        return {"by": "cite", "theorem": key, "part": part, "sizes": sizes, "operands": operands}

    def term(self, term: Term) -> Json:
        """A term; a node as what it stands for."""
        match term:
            case Leaf(name, shape):
                return self._tensor(name, [size(n) for n in shape])
            case Node():
                return self.term(term.body)
            case Const(value, shape):
                return {"number": fraction(value), "shape": [size(n) for n in shape]}
            case Multi(form, operands):
                return _product(form, [self.term(operand) for operand in operands])
            case Flip(source, axes):
                return {"flip": self.term(source), "axes": sorted(set(axes))}
            case Sum(terms, _) if len(terms) > 1:
                return {"sum": [self.term(part) for part in terms]}
            case Sum((single,), _):
                return self.term(single)
            case Map(function, source, order, param):
                more = {} if param is None else {"param": fraction(param)}
                return {"function": function, "order": order, "of": self.term(source), **more}
            case AxisMap(function, source, axis):
                return {"along": function, "axis": axis, "of": self.term(source)}
            case Grad(of, Leaf() as wrt):
                return {"gradient": self.term(of), "wrt": self.term(wrt)}
            case Whole() | Outputs() | TransposedOutputs():
                return _integer(term)
        raise GradproofError(f"a {type(term).__name__} has no place in a statement for all sizes and is not exported")

    def _tensor(self, name: str, shape: Json) -> Json:
        if self._tensors.setdefault(name, shape) != shape:
            raise GradproofError(f"the name {name} stands for tensors of two shapes in one derivation")
        return name


def size(extent: Extent) -> Json:
    """An integer, a letter, or a sorted list of [coefficient, letter, …]."""
    value = simplest(extent)
    if isinstance(value, int):
        return value
    if len(value.terms) == 1 and value.terms[0][1] == 1 and len(value.terms[0][0]) == 1:
        return value.terms[0][0][0]
    return [[coefficient, *monomial] for monomial, coefficient in value.terms]


def fraction(value: Fraction) -> Json:
    """An integer, or [numerator, denominator]."""
    return value.numerator if value.denominator == 1 else [value.numerator, value.denominator]


def _product(form: Form, operands: Json) -> Json:
    divisor, scale = simplest(form.divisor), form.scale
    if isinstance(divisor, int):
        scale, divisor = scale / divisor, 1
    return {
        "product": operands,
        "output": _slot(form.output),
        "operands": [_slot(slot) for slot in form.operands],
        "letters": {letter: size(n) for letter, n in form.sizes},
        "rows": [
            {"i": row.i, "u": row.u, "a": row.a, **{x: size(getattr(row, x)) for x in "sdep"}} for row in form.rows
        ],
        "scale": fraction(scale),
        "divisor": size(divisor),
    }


def _slot(slot: Slot) -> Json:
    return [list(axis) for axis in slot]


def _renaming(renaming: Renaming) -> Json:
    return [[new, old, bool(backwards)] for new, old, backwards in renaming]


def _bounds(proof: Bounds, facts: tuple[Size, ...]) -> Json:
    """Certificates with facts by number; of equal facts the first."""
    certificates = []
    for certificate in proof.certificates:
        terms = [[multiplier, [facts.index(facts[n]) for n in used]] for multiplier, used in certificate.terms]
        more = {} if certificate.factor is None else {"factor": facts.index(facts[certificate.factor])}
        certificates.append({"terms": terms, **more})
    return {"by": "bounds", "certificates": certificates}


def _integer(term: Integer) -> Json:
    given = [
        {"at_least" if isinstance(condition, AtLeast) else "equals": [_expression(x) for x in _sides(condition)]}
        for condition in term.given
    ]
    match term:
        case Whole(value):
            return {"integer": _expression(value), "given": given}
        case Outputs():
            more = {"input_dilation": _expression(term.input_dilation)}
            return {"integer": {"outputs": _count(term) | more}, "given": given}
    return {"integer": {"transposed_outputs": _count(term)}, "given": given}


def _count(term: Any) -> dict[str, Json]:
    names = ("input", "kernel", "stride", "low", "high", "dilation")
    return {name: _expression(getattr(term, name)) for name in names}


def _sides(condition: AtLeast | Equals) -> tuple[Expression, Expression]:
    return condition.left, condition.right


def _expression(value: Expression) -> Json:
    match value:
        case Letter(name):
            return name
        case Number(number):
            return number
        case Add(terms):
            return {"plus": [_expression(part) for part in terms]}
        case Times(factors):
            return {"times": [_expression(part) for part in factors]}
        case Floor(over, by):
            return {"floor": [_expression(over), _expression(by)]}
        case Mod(over, by):
            return {"mod": [_expression(over), _expression(by)]}
    raise GradproofError(f"the expression {value} has no place in the schema")


def _letters(terms: Iterable[Term]) -> set[str]:
    """The size letters of terms."""
    extents: list[Extent] = []
    for term in terms:
        extents += term.shape
        if isinstance(term, Multi):
            extents += [n for _, n in term.form.sizes] + [term.form.divisor]
            extents += [x for row in term.form.rows for x in (row.s, row.d, row.e, row.p)]
    sizes = [extent for extent in extents if isinstance(extent, Size)]
    return {letter for extent in sizes for monomial, _ in extent.terms for letter in monomial}


def _name(item: tuple[str, object]) -> str:
    return item[0]
