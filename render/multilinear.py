r"""How each kind of form is printed; the kinds are those of render.forms.

window    X \star F, and beneath the star: full, or s stride, d dilation, e input dilation, p padding where they
          are not 1, 1, 1 and 0; a padding that differs at the two ends is a pair (low, high)
explicit  \sum_{i,j} \delta_{ij} X_{i+u-1,j+v-1}, or with the relation i + u = a + 1 beneath the sum; entries
          outside an array are 0; an array is written (a_{ij})_{i,j}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.arrange import (
    ARRAY,
    ATOM,
    POWER,
    PRODUCT,
    Printed,
    bracket,
    letter_tex,
    round_brackets,
    shape_tex,
    size_tex,
)
from render.forms import summed
from render.math import error_terms_first
from symbolic.index import Size, simplest
from symbolic.term import Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from render.forms import Reading
    from render.math import Printer
    from symbolic.form import Axis, Form
    from symbolic.index import Extent, Row

COMMA = r",\, "
FRESH = ("i", "j", "l", "u", "v", "w", "a", "b", "h", "c", "o", "n")
SIGNS = {"s": "stride", "d": "dilation", "e": "input\\ dilation", "p": "padding"}


def pointwise(printer: Printer, read: Reading) -> Printed:
    r"""Scalars side by side, arrays with \odot."""
    factors = [(x, printer.term(x)) for x in read.factors if x.shape == ()]
    entries = all(isinstance(x, Entry) for x, _ in factors)
    scalars = error_terms_first(factors) if entries else [printed for _, printed in factors]
    arrays = [printer.term(x) for x in read.factors if x.shape != ()]
    if not arrays:
        return printer.juxtaposed(scalars)
    if len(arrays) == 1:
        return printer.juxtaposed([*scalars, arrays[0]]) if scalars else arrays[0]
    text = r" \odot ".join(bracket(x, PRODUCT) for x in arrays)
    return (rf"{printer.juxtaposed(scalars)[0]}\, {text}" if scalars else text), ARRAY


def ones(printer: Printer, read: Reading) -> Printed:
    """A scalar in every place of an array."""
    array = (rf"\mathbf{{1}}_{{{shape_tex(read.form.output_shape)}}}", ATOM)
    return printer.juxtaposed([*(printer.term(x) for x in read.factors), array])


def matrix(printer: Printer, read: Reading) -> Printed:
    """W x, or with a transpose."""
    parts = []
    for term, turned in zip(read.factors, read.turned, strict=True):
        printed = printer.term(term)
        parts.append(rf"{bracket(printed, ATOM)}^{{\top}}" if turned else bracket(printed, POWER))
    return r"\, ".join(parts), PRODUCT


def window(printer: Printer, read: Reading) -> Printed:
    """The image, the star with what is special about it, the kernel."""
    image, kernel = (bracket(printer.term(x), PRODUCT) for x in read.factors)
    marks = parameters(read.form)
    if read.groups != 1:
        marks.append(f"g={size_tex(read.groups)}")
    below = rf"_{{{COMMA.join(marks)}}}" if marks else ""
    star = rf"\mathbin{{{printer.notation.star}{below}}}" if below else printer.notation.star
    return f"{image} {star} {kernel}", ARRAY


def average(printer: Printer, read: Reading) -> Printed:
    """Average pooling by its name and the shape of its window."""
    form = read.form
    shape = shape_tex(tuple(form.extent[row.u] for row in form.rows))
    strided = any(row.s != form.extent[row.u] for row in form.rows)
    marks = [shape, *(mark for mark in parameters(form) if strided or not mark.startswith("s="))]
    if strided and all(row.s == 1 for row in form.rows):
        marks.insert(1, "s=1")
    inside = round_brackets(printer.term(read.factors[0])[0])
    return rf"\mathrm{{avgpool}}_{{{COMMA.join(marks)}}}{inside}", ATOM


def blocks(printer: Printer, read: Reading) -> Printed:
    r"""Every entry repeated: \delta \otimes \mathbf{1}_{2 \times 2}, the Kronecker product."""
    shape = shape_tex(tuple(read.form.extent[row.u] for row in read.form.rows))
    return rf"{bracket(printer.term(read.factors[0]), PRODUCT)} \otimes \mathbf{{1}}_{{{shape}}}", ARRAY


def explicit(printer: Printer, read: Reading) -> Printed:
    """The sum over indices; an array of such sums in brackets with its indices outside."""
    text, level = summand(printer, read, letters(read.form, printer.notation.base))
    output = output_letters(printer, read)
    if not output:
        return text, level
    return rf"\left({text}\right)_{{{','.join(output)}}}", ATOM


def output_letters(printer: Printer, read: Reading) -> list[str]:
    """The output's indices as printed."""
    names = letters(read.form, printer.notation.base)
    return [axis_tex(axis, names, read.form) for axis in read.form.output]


def explicit_at(printer: Printer, read: Reading, index: list[str]) -> Printed:
    """One entry of an explicit sum: its output letters replaced by the index."""
    names = letters(read.form, printer.notation.base)
    for axis, text in zip(read.form.output, index, strict=True):
        if len(axis) == 1:
            names[axis[0]] = text
    return summand(printer, read, names)


def summand(printer: Printer, read: Reading, names: dict[str, str]) -> Printed:
    """The sum sign with what runs beneath it, and the product of entries."""
    form = read.form
    free = summed(form)
    beneath: list[str] = []
    names = dict(names)
    for row in form.rows:
        if row.e == 1 and row.a in free:  # the input's position follows from the two others
            names[row.a] = affine(printer, row, names)
            free.remove(row.a)
        else:
            free = [letter for letter in free if letter not in {row.i, row.u, row.a}]
            beneath.append(relation(printer, row, names))
    running = ",".join(names[letter] for letter in free)
    beneath = ([running] if running else []) + beneath
    entries = [
        (term, printer.at(term, [axis_tex(axis, names, form) for axis in slot]))
        for slot, term in zip(form.operands, read.factors, strict=True)
    ]
    body = printer.juxtaposed(error_terms_first(entries))
    if not beneath:
        return body
    lines = r" \\ ".join(beneath)
    below = lines if len(beneath) == 1 else rf"\substack{{{lines}}}"
    return rf"\sum_{{{below}}} {bracket(body, PRODUCT)}", ARRAY


PRINTERS: dict[str, Callable[[Printer, Reading], Printed]] = {
    "pointwise": pointwise,
    "ones": ones,
    "matrix": matrix,
    "window": window,
    "average": average,
    "blocks": blocks,
    "explicit": explicit,
}


# ---------------------------------------------------------------------- letters and relations


def letters(form: Form, base: int) -> dict[str, str]:
    """How each letter is printed: x0, x1, ... as fresh letters, a summed one of size 1 as its only index."""
    taken = {letter for letter in form.letters if len(letter) == 1}
    fresh = iter([letter for letter in FRESH if letter not in taken])
    kept = {letter for axis in form.output for letter in axis}
    names = {}
    for letter in form.letters:
        if form.extent[letter] == 1 and letter not in kept:
            names[letter] = str(base)
        else:
            names[letter] = letter if len(letter) == 1 else next(fresh, letter_tex(letter))
    return names


def axis_tex(axis: Axis, names: dict[str, str], form: Form) -> str:
    """An axis; of several letters those of size 1 are left out."""
    real = [letter for letter in axis if form.extent[letter] != 1] or list(axis[-1:])
    return names[real[0]] if len(real) == 1 else f"({' '.join(names[letter] for letter in real)})"


def affine(printer: Printer, row: Row, names: dict[str, str]) -> str:
    """The input's position a = s i + d u - p, counted from the notation's first index."""
    shift = Size.of(printer.notation.base) * (1 - Size.of(row.s) - row.d) - row.p
    return plus([(row.s, names[row.i]), (row.d, names[row.u])], simplest(shift)).replace(" ", "")


def relation(printer: Printer, row: Row, names: dict[str, str]) -> str:
    """The row as printed beneath a sum: i + u = a + 1."""
    shift = Size.of(printer.notation.base) * (Size.of(row.s) + row.d - row.e) + row.p
    left = plus([(row.s, names[row.i]), (row.d, names[row.u])], 0)
    return f"{left} = {plus([(row.e, names[row.a])], simplest(shift))}"


def plus(terms: list[tuple[Extent, str]], rest: Extent) -> str:
    """`2i + u - 1`."""
    parts = []
    for factor, letter in terms:
        if letter.isdigit():  # the only position of an axis of size 1
            rest = simplest(Size.of(rest) + Size.of(factor) * int(letter))
            continue
        size = size_tex(factor)
        parts.append(letter if factor == 1 else f"({size}) {letter}" if " " in size else f"{size}{letter}")
    text = " + ".join(parts)
    if not text:
        return size_tex(rest)
    if rest != 0:
        end = size_tex(rest)
        text += f" - {end[1:]}" if end.startswith("-") else f" + {end}"
    return text


def parameters(form: Form) -> list[str]:
    """What is special about a window, in the order s, d, e, p."""
    marks = []
    full = all(_full(row, form) for row in form.rows) and any(row.p != 0 for row in form.rows)
    if full:
        marks.append(r"\mathrm{full}")
    for sign in "sdep":
        values = [_padding(row, form) if sign == "p" else size_tex(getattr(row, sign)) for row in form.rows]
        usual = "0" if sign == "p" else "1"
        if all(value == usual for value in values) or (sign == "p" and full):
            continue
        same = values[0] if len(set(values)) == 1 else _common(values) or f"({', '.join(values)})"
        symbolic = any(not isinstance(getattr(row, sign), int) for row in form.rows)
        marks.append(rf"\mathrm{{{SIGNS[sign]}}}\ {same}" if symbolic else f"{sign}={same}")
    return marks


def _common(values: list[str]) -> str:
    """One text for values that differ only in the number of their axis: d_{1}, d_{2} as d; "" where they differ."""
    bare = {value.replace(f"_{{{axis}}}", "") for axis, value in enumerate(values, 1)}
    return bare.pop() if len(bare) == 1 else ""


def _high(row: Row, form: Form) -> Extent:
    """The padding at the high end that the sizes imply; a stride leaves room for s - 1 more."""
    m, k, n = (Size.of(form.extent[letter]) for letter in (row.i, row.u, row.a))
    return simplest((m - 1) * row.s + (k - 1) * row.d - (n - 1) * row.e - row.p)


def _full(row: Row, form: Form) -> bool:
    reach = simplest((Size.of(form.extent[row.u]) - 1) * row.d)
    return row.s == 1 and row.p == reach and (_high(row, form) == reach or not isinstance(reach, int))


def _padding(row: Row, form: Form) -> str:
    """The padding, as a pair where the two ends differ."""
    high, low = _high(row, form), row.p
    if not isinstance(high, int) or not isinstance(low, int) or not isinstance(row.s, int):
        return size_tex(low)
    return size_tex(low) if high <= low < high + row.s else f"({low}, {high})"
