r"""Windows in print: what stands beneath the star, and windows that slide channel by channel.

\star_{s=2,\, p=1}              numbers: stride s, dilation d, input dilation e, padding p where not 1, 1, 1 and 0
\star_{\mathrm{stride}\ s}      one or two letters, by name
\star_{[s, d, e;\, p]}         three or four letters: always stride, dilation, input dilation, padding, in this order

A padding that differs at the two ends is a pair (low, high). A product over channels around a window is written
at its channels, \sum_n X_{n,c} \star \delta_{n,o}: the star takes the spatial axes, the subscripts the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.arrange import ARRAY, ATOM, PRODUCT, Printed, bracket, letter_tex, size_tex, subscript
from render.forms import others, reading, summed
from symbolic.terms.size import Size, simplest
from symbolic.terms.term import Flip, Grad, Multi, Tensor

if TYPE_CHECKING:
    from render.forms import Reading
    from render.math import Printer
    from symbolic.terms.form import Axis, Form
    from symbolic.terms.size import Extent, Row
    from symbolic.terms.term import Term

COMMA = r",\, "
FRESH = ("i", "j", "l", "u", "v", "w", "a", "b", "h", "c", "o", "n")
SIGNS = {"s": "stride", "d": "dilation", "e": "input\\ dilation", "p": "padding"}
MOST_NAMED = 2  # so many letters are named beneath a star; more stand in a bracket


def parameters(form: Form) -> list[str]:
    """What is special about a window, in the order s, d, e, p."""
    values = {sign: _values(sign, form) for sign in "sdep"}
    symbolic = {sign for sign in "sdep" if any(not isinstance(getattr(row, sign), int) for row in form.rows)}
    full = all(_full(row, form) for row in form.rows) and any(row.p != 0 for row in form.rows)
    shown = [s for s in "sdep" if values[s] != ("0" if s == "p" else "1") and not (s == "p" and full)]
    if len(shown) > MOST_NAMED and symbolic and not full:
        return [rf"[{', '.join(values[sign] for sign in 'sde')};\, {values['p']}]"]
    marks = [r"\mathrm{full}"] if full else []
    return marks + [
        rf"\mathrm{{{SIGNS[sign]}}}\ {values[sign]}" if sign in symbolic else f"{sign}={values[sign]}" for sign in shown
    ]


def _values(sign: str, form: Form) -> str:
    """A parameter on all axes: one text where they agree."""
    if sign == "p":
        texts = [_padding(row, form) for row in form.rows]
    else:
        texts = [size_tex(getattr(row, sign)) for row in form.rows]
    return texts[0] if len(set(texts)) == 1 else _common(texts) or f"({', '.join(texts)})"


def _common(values: list[str]) -> str:
    """One text for values that differ only in the number of their axis: d_{1}, d_{2} as d; "" where they differ."""
    bare = {value.replace(f"_{{{axis}}}", "") for axis, value in enumerate(values, 1)}
    return bare.pop() if len(bare) == 1 else ""


def _high(row: Row, form: Form) -> Extent:
    """The padding at the high end that the sizes imply; a stride leaves room for s - 1 more."""
    m, k, n = (Size.of(form.extent[letter]) for letter in (row.i, row.u, row.a))
    return simplest((m - 1) * row.s + (k - 1) * row.d - (n - 1) * row.e - row.p)


def _reach(row: Row, form: Form) -> Extent:
    return simplest((Size.of(form.extent[row.u]) - 1) * row.d)


def _full(row: Row, form: Form) -> bool:
    return row.s == 1 and row.p == _reach(row, form) == _high(row, form)


def _padding(row: Row, form: Form) -> str:
    """The padding, as a pair where the two ends differ; what is a reach less something as d(k - 1) - p."""
    high, low = _high(row, form), row.p
    if not isinstance(low, int):
        rest = simplest(Size.of(_reach(row, form)) - low)
        factored = not isinstance(row.d, int) and (isinstance(rest, int) or len(rest.terms) < len(low.terms))
        if not factored:
            return size_tex(low)
        less = "" if rest == 0 else f" - {size_tex(rest)}"
        return f"{size_tex(row.d)} ({size_tex(simplest(Size.of(form.extent[row.u]) - 1))}){less}"
    if not isinstance(high, int) or not isinstance(row.s, int):
        return size_tex(low)
    return size_tex(low) if high <= low < high + row.s else f"({low}, {high})"


# ---------------------------------------------------------------------- letters


def letters(form: Form, base: int, index: list[str] | None = None) -> dict[str, str]:
    """How each letter is printed: x0, x1, ... as fresh letters, a summed one of size 1 as its only index.

    index  texts for the output's axes; a summed letter that one of them uses gets a prime.
    """
    taken = {letter for letter in form.letters if len(letter) == 1}
    fresh = iter([letter for letter in FRESH if letter not in taken])
    kept = {letter for axis in form.output for letter in axis}
    names = {}
    for letter in form.letters:
        if form.extent[letter] == 1 and letter not in kept:
            names[letter] = str(base)
        else:
            names[letter] = letter if len(letter) == 1 else next(fresh, letter_tex(letter))
    if index is None:
        return names
    used = "".join(index)
    names |= {letter: f"{names[letter]}'" for letter in summed(form) if names[letter] in used}
    return names | {axis[0]: text for axis, text in zip(form.output, index, strict=True) if len(axis) == 1}


def axis_tex(axis: Axis, names: dict[str, str], form: Form) -> str:
    """An axis; of several letters those of size 1 are left out."""
    real = [letter for letter in axis if form.extent[letter] != 1] or list(axis[-1:])
    return names[real[0]] if len(real) == 1 else f"({' '.join(names[letter] for letter in real)})"


# ---------------------------------------------------------------------- windows and their channels


def star(printer: Printer, read: Reading) -> str:
    r"""The sign between image and kernel, with what is special about it."""
    marks = parameters(read.form)
    if read.groups != 1:
        marks.append(f"g={size_tex(read.groups)}")
    below = rf"_{{{COMMA.join(marks)}}}" if marks else ""
    return rf"\mathbin{{{printer.notation.star}{below}}}" if below else printer.notation.star


def window(printer: Printer, read: Reading) -> Printed:
    """The image, the star, the kernel."""
    image, kernel = (bracket(printer.term(x), PRODUCT) for x in read.factors)
    return f"{image} {star(printer, read)} {kernel}", ARRAY


def channels(printer: Printer, read: Reading) -> Printed:
    """A window at its channels, in brackets with the channels' indices outside."""
    text, level = sliding(printer, read, None)
    index = channel_letters(printer, read)
    return (rf"\left({text}\right)_{{{','.join(index)}}}", ATOM) if index else (text, level)


def channel_letters(printer: Printer, read: Reading) -> list[str]:
    """The indices of the output's axes that do not slide."""
    names = letters(read.form, printer.notation.base)
    return [axis_tex(axis, names, read.form) for axis in others(read.form.output, read.form)]


def channels_at(printer: Printer, read: Reading, index: list[str]) -> Printed:
    """One entry of a window at its channels."""
    spatial = index[len(others(read.form.output, read.form)) :]
    return rf"\left({sliding(printer, read, index)[0]}\right)_{{{subscript(spatial)}}}", ATOM


def sliding(printer: Printer, read: Reading, index: list[str] | None) -> Printed:
    """The sum over channels of image * kernel; `index` has texts for all of the output's axes, if any."""
    form = read.form
    names = letters(form, printer.notation.base, index)
    tied = {letter for row in form.rows for letter in (row.i, row.u, row.a)}
    parts = []
    for term, slot in zip(read.factors, read.slots, strict=True):
        place = [axis_tex(axis, names, form) for axis in others(slot, form)]
        parts.append(bracket(part(printer, term, place), PRODUCT))
    running = [names[letter] for letter in summed(form) if letter not in tied]
    text = f"{parts[0]} {star(printer, read)} {parts[1]}"
    return (rf"\sum_{{{','.join(running)}}} {text}" if running else text), ARRAY


def part(printer: Printer, term: Term, index: list[str]) -> Printed:
    """An array at the first of its axes: the rest is an array still."""
    if not index:
        return printer.term(term)
    match term:
        case Tensor() if term.name:
            return printer.tensor(term, index)
        case Grad(of) if not of.shape:
            return printer.gradient(term, index)
        case Flip(source, axes) if min(axes) >= len(index):
            moved = tuple(axis - len(index) for axis in axes)
            return printer.flipped(part(printer, source, index)[0], moved, len(term.shape) - len(index))
    return rf"{bracket(printer.term(term), ATOM)}_{{{subscript(index)}}}", ATOM


def opened(printer: Printer, term: Term) -> tuple[list[str], Printed] | None:
    """The channels' letters and the window at them, of a window by channels or a flip of one; else None."""
    match term:
        case Multi(form, operands):
            read = reading(form, operands)
            if read.kind != "channels":
                return None
            text = printer.scaled(read, sliding(printer, read, None))
            return (channel_letters(printer, read), text)
        case Flip(source, axes):
            found = opened(printer, source)
            if found is None or min(axes) < len(found[0]):
                return None
            rank = len(term.shape) - len(found[0])
            return found[0], printer.flipped(found[1][0], tuple(axis - len(found[0]) for axis in axes), rank)
    return None
