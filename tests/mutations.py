"""Single mistakes in a statement for all sizes, each a function of the term that is right."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symbolic.kernel.step import Step
from symbolic.terms.rewriting import instance
from symbolic.terms.size import Size, letter_size, simplest
from symbolic.terms.term import Const, Flip, Grad, Leaf, Map, Multi, Node, Sum, Term, walk
from symbolic.theorems import theorem
from tests.truth import bare

if TYPE_CHECKING:
    from collections.abc import Callable

    from symbolic.terms.form import Form
    from symbolic.terms.size import Extent, Row

# Sizes that are made equal so that a mistake in the order of axes can be written down at all.
SQUARE: dict[str, Extent] = {
    **{f"{letter}2": letter_size(f"{letter}1") for letter in "mknsdep"},
    "O": letter_size("C"),
}
EQUAL: dict[str, Extent] = SQUARE | {letter: letter_size("k1") for letter in ("m1", "n1", "m2", "n2", "k2")}


def step(key: str, part: int, number: int, sizes: dict[str, Extent] | None = None) -> Step:
    """A step of a theorem; with `sizes`, the same at these sizes."""
    found = theorem(key).parts[part].steps[number]
    return at(found, sizes) if sizes else found


def at(found: Step, sizes: dict[str, Extent]) -> Step:
    """A step with size letters replaced, by the same evidence."""
    return Step(sized(found.lhs, sizes), sized(found.rhs, sizes), found.rule, found.proof, found.given)


def sized(term: Term, sizes: dict[str, Extent]) -> Term:
    """A term with size letters replaced, and names opened."""
    term = bare(term)
    if isinstance(term, Grad):
        assert isinstance(term.of, Node)
        args = tuple(sized(arg, sizes) for arg in term.of.args)
        named = {arg.name: arg for arg in args if isinstance(arg, Leaf)}
        of = Node(term.of.op, args, sized(term.of.body, sizes), name=term.of.name)  # type: ignore[arg-type]
        assert isinstance(term.wrt, Leaf)
        return Grad(of, named[term.wrt.name])
    leaves = {leaf.name: leaf for leaf in walk(term) if isinstance(leaf, Leaf)}
    operands = {name: Leaf(name, tuple(_at(n, sizes) for n in leaf.shape)) for name, leaf in leaves.items()}
    return instance(term, sizes, operands)


def _at(n: Extent, sizes: dict[str, Extent]) -> Extent:
    return n.at(sizes) if isinstance(n, Size) else n


# ---------------------------------------------------------------------- mistakes


def multi(term: Term) -> Multi:
    assert isinstance(term, Multi)
    return term


def formed(change: Callable[[Form], Form]) -> Callable[[Term], Term]:
    """The outermost form changed."""
    return lambda term: Multi(change(multi(term).form), multi(term).operands)


def rows(change: Callable[[Row], Row]) -> Callable[[Term], Term]:
    """Every row of the outermost form changed."""
    return formed(lambda form: replace(form, rows=tuple(change(row) for row in form.rows)))


def padded(by: int) -> Callable[[Term], Term]:
    return rows(lambda row: replace(row, p=simplest(Size.of(row.p) + by)))


def exchanged(one: str, two: str) -> Callable[[Term], Term]:
    """Two parameters of every row exchanged, such as stride and dilation."""
    return rows(lambda row: replace(row, **{one: getattr(row, two), two: getattr(row, one)}))


def lost(parameter: str) -> Callable[[Term], Term]:
    """A parameter of every row that is left at its usual value."""
    usual: dict[str, Any] = {parameter: 0 if parameter == "p" else 1}
    return rows(lambda row: replace(row, **usual))


def scaled(by: Fraction | int) -> Callable[[Term], Term]:
    return formed(lambda form: replace(form, scale=form.scale * by))


def divided(by: Extent) -> Callable[[Term], Term]:
    return formed(lambda form: replace(form, divisor=by))


def operand(number: int, change: Callable[[Term], Term]) -> Callable[[Term], Term]:
    """One operand of the outermost form changed."""

    def changed(term: Term) -> Term:
        operands = list(multi(term).operands)
        operands[number] = change(operands[number])
        return Multi(multi(term).form, tuple(operands))

    return changed


def swapped(term: Term) -> Term:
    """The two operands in the place of each other."""
    return Multi(multi(term).form, multi(term).operands[::-1])


def flipped(*axes: int) -> Callable[[Term], Term]:
    return lambda term: Flip(term, axes)


def unflipped(term: Term) -> Term:
    assert isinstance(term, Flip)
    return term.source


def along(*axes: int) -> Callable[[Term], Term]:
    """A flip along other axes."""
    return lambda term: Flip(unflipped(term), axes)


def slot(number: int, *axes: tuple[str, ...]) -> Callable[[Term], Term]:
    """One operand read at other letters."""

    def changed(form: Form) -> Form:
        slots = list(form.operands)
        slots[number] = axes
        return replace(form, operands=tuple(slots))

    return formed(changed)


def renamed(number: int, names: dict[str, str], **extra: Extent) -> Callable[[Term], Term]:
    """One operand read at other letters, old name -> new name; `extra` are letters that were not there."""

    def changed(form: Form) -> Form:
        slots = list(form.operands)
        slots[number] = tuple(tuple(names.get(x, x) for x in axis) for axis in slots[number])
        return replace(form, operands=tuple(slots), sizes=(*form.sizes, *extra.items()))

    return formed(changed)


def other_group_order(number: int) -> Callable[[Term], Term]:
    """Channels counted (c g) where they are counted (g c)."""

    def changed(form: Form) -> Form:
        slots = list(form.operands)
        slots[number] = tuple(axis[::-1] for axis in slots[number])
        return replace(form, operands=tuple(slots))

    return formed(changed)


def term_of(number: int, change: Callable[[Term], Term]) -> Callable[[Term], Term]:
    """One term of a sum changed."""

    def changed(whole: Term) -> Term:
        assert isinstance(whole, Sum)
        terms = list(whole.terms)
        terms[number] = change(terms[number])
        return Sum(tuple(terms), whole.shape)

    return changed


def without_term(number: int) -> Callable[[Term], Term]:
    def changed(whole: Term) -> Term:
        assert isinstance(whole, Sum)
        return Sum(whole.terms[:number] + whole.terms[number + 1 :], whole.shape)

    return changed


def becomes(value: Any) -> Callable[[Term], Term]:
    """Another number in the place of a constant."""
    return lambda term: Const(value, term.shape)


def becomes_one(term: Term) -> Term:
    """1 in the place of an array."""
    return Const(Fraction(1), term.shape)


def first_factor(term: Term) -> Term:
    """A product without all factors but the first, its sign kept."""
    form = replace(multi(term).form, operands=multi(term).form.operands[:1])
    return Multi(form, multi(term).operands[:1])


def function(name: str) -> Callable[[Term], Term]:
    """Another elementwise function."""

    def changed(term: Term) -> Term:
        assert isinstance(term, Map)
        return replace(term, function=name)

    return changed
