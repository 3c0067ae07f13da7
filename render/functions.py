"""Functions in print: elementwise ones, softmax and logsumexp, the pattern of winners of a max-pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.arrange import ATOM, POWER, Printed, bracket, number, round_brackets, shape_tex
from render.windows import COMMA, parameters
from symbolic.terms.term import AxisMap

if TYPE_CHECKING:
    from render.math import Printer
    from symbolic.terms.term import Map, Winner

# How an elementwise function is written in front of its bracket; powers, roots and |.| have forms of their own.
FUNCTIONS = {
    "sigmoid": r"\sigma",
    "exp": r"\exp",
    "log": r"\log",
    "tanh": r"\tanh",
    "relu": r"\mathrm{relu}",
    "leaky_relu": r"\mathrm{lrelu}",
    "softplus": r"\mathrm{softplus}",
    "gelu": r"\mathrm{gelu}",
    "abs": r"\mathrm{abs}",
    "sqrt": r"\mathrm{sqrt}",
}


def map_tex(term: Map, inside: Printed, *, whole: bool = False) -> Printed:
    """An elementwise function of something already printed; a power of an array is marked as elementwise."""
    name, order, mark = term.function, term.order, r"\odot " if whole else ""
    if name == "pow" and not order and term.param is not None:
        simple = inside[1] == ATOM and r"\frac" not in inside[0] and "^" not in inside[0]
        base = inside[0] if simple else round_brackets(inside[0])
        return f"{base}^{{{mark}{number(term.param, decimals=False)}}}", POWER
    if name == "abs" and not order:
        return rf"\left\lvert {inside[0]} \right\rvert", ATOM
    if name == "sqrt" and not order:
        return rf"\sqrt{{{inside[0]}}}", ATOM
    if name == "rsqrt":
        text = f"{bracket(inside, ATOM)}^{{{mark}-1/2}}"
        return (f"{round_brackets(text)}{chr(39) * order}", ATOM) if order else (text, POWER)
    below = "" if term.param is None else f"_{{{number(term.param, decimals=True)}}}"
    return f"{FUNCTIONS[name]}{chr(39) * order}{below}{round_brackets(inside[0])}", ATOM


def by_name(printer: Printer, term: AxisMap | Winner) -> Printed:
    """softmax and logsumexp, along the last axis unless a number says which; winner with its window beneath."""
    inside = round_brackets(printer.term(term.source)[0])
    if isinstance(term, AxisMap):
        below = "" if term.axis == len(term.source.shape) - 1 else f"_{{{term.axis + 1}}}"
        return rf"\mathrm{{{term.function}}}{below}{inside}", ATOM
    shape = shape_tex(tuple(term.form.extent[row.u] for row in term.form.rows))
    return rf"\mathrm{{winner}}_{{{COMMA.join([shape, *parameters(term.form)])}}}{inside}", ATOM
