"""Lines: how equalities are laid out, whatever the format. A line is `lhs = rhs`, broken where it is too wide.

Everything here comes from checked steps: a Statement prints lhs = rhs of each, a Calculation prints the chain
lhs = rhs_1 = rhs_2 = ..., and an array that is too wide as a matrix is printed entry by entry, lhs_11 = ...
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeGuard

from render.arrange import Printed, indices
from render.document import Abbreviation, Calculation, Statement
from render.math import Printer
from symbolic.terms.size import Size
from symbolic.terms.term import Grad, Stack, Sum, Tensor, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from render.notation import Notation
    from symbolic.kernel.step import Derivation, Step
    from symbolic.terms.term import Index, Term

WIDEST = 68  # letters of running text that one side of an equality may be wide
ALONE = 76  # ... that is no sum, and is rather kept on one line
NESTING = re.compile(r"\\(?:left|right|begin|end)(?![A-Za-z])|[{}]| [+-] ")
MOST_ENTRIES = 16  # lines of an array printed entry by entry


@dataclass(frozen=True)
class Line:
    """One row of a display: left side ("" where the chain goes on), sign, right side, and whose reason it ends.

    step    number of the step whose right side ends here, -1 elsewhere.
    sign    "=", ":=" for an abbreviation, "" for a row that continues the one above.
    """

    lhs: str
    sign: str
    rhs: str
    step: int = -1


@dataclass(frozen=True)
class Display:
    """The rows of a block and whether anything in them was elided."""

    lines: tuple[Line, ...]
    elided: bool


def display(block: Statement | Calculation | Abbreviation, notation: Notation) -> Display:
    """The rows of a block."""
    if isinstance(block, Abbreviation):
        names = [Printer(notation.with_gradient(style)).term(block.gradient)[0] for style in ("delta", "partial")]
        return Display((Line(names[0], ":=", names[1]),), elided=False)
    sides = (side for step in block.steps for side in (step.lhs, step.rhs))
    printer = Printer(counted(sides, notation).with_gradient(block.gradient))
    if isinstance(block, Calculation):
        lines = _chain(printer, block.steps, block.layout)
    else:
        numbered = enumerate(block.steps)
        lines = [line for number, step in numbered for line in _equality(printer, step, block.layout, number)]
    return Display(tuple(lines), printer.elided)


def counted(terms: Iterable[Term], notation: Notation) -> Notation:
    """Where sizes are letters, positions count from 0, as in s i + d u - e a = p; else as the notation says."""
    general = any(isinstance(n, Size) for term in terms for part in walk(term) for n in part.shape)
    return replace(notation, base=0) if general else notation


def _equality(printer: Printer, step: Step | Derivation, layout: str, number: int) -> list[Line]:
    """lhs = rhs; where the right side is a sum over indices that makes an array, at its indices."""
    if by_entries(step.rhs, printer, layout):
        return _entrywise(printer, step.lhs, step.rhs, number)
    if isinstance(step.lhs, Tensor | Grad):
        open_form = printer.open_form(step.rhs)
        if open_form:
            letters, text = open_form
            return [Line(printer.at(step.lhs, letters)[0], "=", text, number)]
    return _rows(printer.term(step.lhs)[0], side(printer, step.rhs), number)


def _chain(printer: Printer, steps: tuple[Step, ...], layout: str) -> list[Line]:
    lines: list[Line] = []
    start = steps[0].lhs
    for number, step in enumerate(steps):
        if by_entries(step.rhs, printer, layout):
            lines += _entrywise(printer, start, step.rhs, number)
        else:
            chained = number > 0 and not by_entries(steps[number - 1].rhs, printer, layout)
            lhs = "" if chained else printer.term(start)[0]
            lines += _rows(lhs, side(printer, step.rhs), number)
    return lines


def _rows(lhs: str, rows: list[str], step: int) -> list[Line]:
    """The first row carries the sign, the last one the reason."""
    last = len(rows) - 1
    return [
        Line(lhs if k == 0 else "", "=" if k == 0 else "", row, step if k == last else -1) for k, row in enumerate(rows)
    ]


def _entrywise(printer: Printer, lhs: Term, rhs: Stack, step: int) -> list[Line]:
    """One equality per entry; many of them with dots in the middle."""
    parts = dict(zip(indices(rhs.shape), rhs.entries, strict=True))
    places: list[Index | None] = [*parts]
    if printer.notation.most_terms and len(places) > MOST_ENTRIES:
        printer.elided = True
        places = [*places[: MOST_ENTRIES // 2], None, *places[-2:]]
    lines: list[Line] = []
    for place in places:
        if place is None:
            lines.append(Line(r"\vdots", "", r"\vdots"))
        else:
            lines += _rows(printer.entry(lhs, place)[0], side(printer, parts[place]), -1 if lines else step)
    return lines


def by_entries(term: Term, printer: Printer, layout: str) -> TypeGuard[Stack]:
    """Whether an array is printed entry by entry: asked for, or too wide as a matrix."""
    if not term.shape or layout == "matrix" or not isinstance(term, Stack):
        return False
    return layout == "entries" or width(printer.term(term)[0]) > WIDEST


def side(printer: Printer, term: Term) -> list[str]:
    """A side of an equality in rows that fit the page: broken between summands, in need inside their brackets."""
    shown = printer.shortened([printer.term(part) for part in summands(term)])
    pieces = [signed(printed, first=number == 0) for number, printed in enumerate(shown)] or ["0"]
    wide = [width(piece) for piece in pieces]
    if sum(wide) <= (WIDEST if isinstance(term, Sum) else ALONE):
        return ["".join(pieces)]
    rows, room = [""], float(WIDEST)
    for piece, whole in zip(pieces, wide, strict=True):
        for part in [piece] if whole <= WIDEST else broken(piece):
            need = whole if part is piece else width(part)
            if rows[-1] and need > room:
                rows.append("")
                room = WIDEST
            rows[-1] += part
            room -= need
    return [row.strip() for row in rows]


def summands(term: Term) -> list[Term]:
    """What is added up, through sums of sums."""
    return [part for above in term.terms for part in summands(above)] if isinstance(term, Sum) else [term]


def broken(piece: str) -> list[str]:
    r"""A summand, cut before the signs inside its brackets; \left( and \frac stay whole."""
    cuts, depth = [0], 0
    for match in NESTING.finditer(piece):
        if match[0] in {"{", r"\left", r"\begin"}:
            depth += 1
        elif match[0] in {"}", r"\right", r"\end"}:
            depth -= 1
        elif depth == 0 and match.start():
            cuts.append(match.start())
    return [piece[start:end] for start, end in pairwise([*cuts, len(piece)])]


def signed(printed: Printed, *, first: bool) -> str:
    """A term with its sign, as it continues a sum."""
    text = printed[0]
    if text.startswith("-"):
        return text if first else f" - {text[1:]}"
    return text if first else f" + {text}"


# Widths are in letters of running text, about 5.5 points at 11-point type: measured, good to a tenth.
ENVIRONMENT = re.compile(r"\\begin\{[a-z]+\}(.*?)\\end\{[a-z]+\}", re.DOTALL)
FRACTION = re.compile(r"\\frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}")
SILENT = re.compile(r"\\[,;! ]|\\(?:left|right|mathbin|mathrm|mathbf|substack|text)(?![A-Za-z])")
LARGE = re.compile(r"\\(?:left|right)(?![A-Za-z])")
TALL = 0.7  # what a bracket as high as its contents is wider than others
COMMAND = re.compile(r"\\[A-Za-z]+")
WORDS = re.compile(r"\\text\{([\x00-\x7f]*?)\}")
WIDTHS = {"+": 2.2, "-": 2.2, "=": 2.4, ",": 0.6, ".": 0.5, "(": 0.7, ")": 0.7}
REMEMBERED = 2**14  # widths of parts: the same subscripts and names come again and again
SCRIPT = re.compile(r"[_^](?:\{((?:[^{}]|\{[^{}]*\})*)\}|(.))")


def width(tex: str) -> float:
    """A rough width: scripts are smaller, a fraction is its wider half, a matrix the sum of its columns."""
    total = 0.0

    def environment(match: re.Match[str]) -> str:
        nonlocal total
        rows = [[_flat_width(cell) for cell in row.split("&")] for row in match[1].split(r"\\")]
        columns = max(len(row) for row in rows)
        total += sum(max((row[k] for row in rows if k < len(row)), default=0) for k in range(columns))
        total += 1.8 * columns
        return ""

    return _flat_width(ENVIRONMENT.sub(environment, tex)) + total


@lru_cache(maxsize=REMEMBERED)
def _flat_width(tex: str) -> float:
    tex = FRACTION.sub(lambda match: max(match[1], match[2], key=_flat_width), tex)
    scripts = 0.0

    def script(match: re.Match[str]) -> str:
        nonlocal scripts
        scripts += 0.75 * _flat_width(match[1] or match[2] or "")
        return ""

    scripts += TALL * len(LARGE.findall(tex))
    words = 0.9 * sum(len(match[1]) for match in WORDS.finditer(tex))
    return words + _letters(SCRIPT.sub(script, WORDS.sub("", tex))) + scripts


@lru_cache(maxsize=REMEMBERED)
def _letters(tex: str) -> float:
    """The width of what is left on the line."""
    plain = re.sub(r"[{}& ]", "", COMMAND.sub("X", SILENT.sub("", tex)))
    return sum(WIDTHS.get(char, 2.0 if char > "\u2e80" else 1.4 if char.isupper() else 1.0) for char in plain)
