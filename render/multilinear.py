r"""How each kind of form is printed; the kinds are those of render.forms, windows stand in render.windows.

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
    round_brackets,
    shape_tex,
    size_tex,
)
from render.forms import summed
from render.math import error_terms_first
from render.windows import COMMA, axis_tex, channels, letters, parameters, window
from symbolic.terms.size import Size, simplest
from symbolic.terms.term import Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from render.forms import Reading
    from render.math import Printer
    from symbolic.terms.size import Extent, Row


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
        if turned:
            inside = bracket(printed, ATOM)
            parts.append(
                rf"{{{inside}}}^{{\top}}" if inside.endswith(")}") and "^" in inside else rf"{inside}^{{\top}}"
            )
        else:
            parts.append(bracket(printed, POWER))
    return r"\, ".join(parts), PRODUCT


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
    return summand(printer, read, letters(read.form, printer.notation.base, index))


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
    "channels": channels,
    "average": average,
    "blocks": blocks,
    "explicit": explicit,
}


# ---------------------------------------------------------------------- letters and relations


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
