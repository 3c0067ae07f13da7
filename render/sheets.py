"""Sheets of exercises as Markdown, LaTeX (XeLaTeX) and HTML: one exercise after another, solutions behind if wanted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from render.formats import FORMATS, escape_html, escape_tex
from render.plainmath import typeset
from render.questions import sentences
from render.sheet_math import tex as formula
from render.sheet_math import tex_matrix
from render.write import write_all
from symbolic.exercises.compare import index_of
from symbolic.exercises.phrasebook import sentence
from symbolic.exercises.sheet import heading, how, shape, statement, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from symbolic.exercises.exercise import Exercise

WIDEST = 70  # letters of a solution's matrix; wider ones are listed entry by entry
MARKDOWN = FORMATS["md"]
SHORT, SHORT_CLASS = 64, ' class="short"'  # letters of code that stay on one line
HTML = replace(
    FORMATS["html"],
    code=lambda text: f"<code{SHORT_CLASS if len(text) <= SHORT else ''}>{escape_html(text)}</code>",
)
TEX = replace(
    FORMATS["tex"],
    # a matrix stays beside its sign of equality, and two hyphens stay two
    formula=lambda tex: rf"\mbox{{${tex}$}}" if r"\begin" in tex else f"${tex}$",
    code=lambda text: rf"\texttt{{{escape_tex(text).replace('--', '-{}-')}}}",
)


@dataclass(frozen=True)
class Question:
    """One exercise of a sheet.

    lines     what is asked.     notes  how the answer looks, is written and handed in
    solution  rows of entries, empty where none is printed; `labels` are names for the entries
    """

    title: str
    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()
    solution: tuple[tuple[str, ...], ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def listed(self) -> bool:
        """Whether the solution is told entry by entry."""
        widths = [max(len(row[k]) for row in self.solution) for k in range(len(self.solution[0]))]
        return bool(self.labels) or sum(widths) > WIDEST


def questions(exercises: Sequence[Exercise], lang: str, *, solutions: bool) -> list[Question]:
    """What a sheet says about each exercise."""
    found = []
    for known in exercises:
        rows, labels = _solved(known) if solutions else ((), ())
        notes = (_coded(shape(known, lang), known), writing(known, lang), how(known, lang))
        found.append(Question(heading(known, lang), sentences(statement(known, lang), lang), notes, rows, labels))
    return found


def _coded(text: str, known: Exercise) -> str:
    """The names at the end of the sentence about the shape, long ones as well, as one types them."""
    names = [*known.written_shapes, *known.written_symbols]
    before, listed, behind = text.rpartition(", ".join(names)) if names else (text, "", "")
    return before + (", ".join(f"`{name}`" for name in names) if listed else "") + behind


def _solved(known: Exercise) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """The truth in rows, and names for its entries where a matrix would not do."""
    shape, entries = known.truth.shape, [str(entry) for entry in known.truth.entries]
    columns = shape[-1] if shape else 1
    rows = tuple(tuple(entries[k : k + columns]) for k in range(0, len(entries), columns))
    labels = known.labels
    if len(shape) > 2:
        labels = tuple(f"({', '.join(map(str, index_of(k, shape)))})" for k in range(len(entries)))
    return rows, labels


def write_sheet(
    exercises: Sequence[Exercise], name: str, lang: str, forms: Sequence[str], out: Path, *, solutions: bool
) -> list[Path]:
    """Write OUT/NAME.LANG.md and so on; the paths. `name` is one of our own file names."""
    asked = questions(exercises, lang, solutions=solutions)
    return write_all(out, {f"{name}.{lang}.{form}": FORMS[form](asked, lang) for form in forms})


def _named(question: Question) -> list[tuple[str, str]]:
    """The entries of a solution with their names: labels, or places (i, j)."""
    entries = [(f"({i}, {j})" if len(question.solution) > 1 else f"({j})", entry)
               for i, row in enumerate(question.solution, start=1) for j, entry in enumerate(row, start=1)]  # fmt: skip
    names = question.labels or tuple(place for place, _ in entries)
    return [(name, entry) for name, (_, entry) in zip(names, entries, strict=True)]


def _solution(lang: str) -> str:
    return sentence("verdicts", "solution", lang, text="").strip(" :：")


def markdown(asked: Sequence[Question], lang: str) -> str:
    """Headings, paragraphs with formulas, notes; nothing in the text is read as markup."""
    parts = []
    for number, question in enumerate(asked, start=1):
        parts.append(f"## {number}. {MARKDOWN.escape(question.title)}")
        parts += ["  \n".join(typeset(line, MARKDOWN) for line in question.lines)]
        parts += ["\n".join("- " + typeset(note, MARKDOWN, typed=True) for note in question.notes)]
        if question.solution:
            parts.append(f"**{MARKDOWN.escape(_solution(lang))}**")
            if question.listed:
                named = ((MARKDOWN.escape(name), MARKDOWN.formula(formula(entry))) for name, entry in _named(question))
                parts.append("\n".join(f"- {name}: {entry}" for name, entry in named))
            else:
                parts.append(f"```math\n{tex_matrix(question.solution)}\n```")
    return "\n\n".join(part for part in parts if part) + "\n"


def tex(asked: Sequence[Question], lang: str) -> str:
    r"""An article with one \section* per exercise; solutions stand on pages of their own."""
    font = r"\usepackage[fontset=fandol,heading=false]{ctex}" if lang == "zh" else r"\usepackage{fontspec}"
    head = [r"\documentclass[11pt,a4paper]{article}", font, r"\usepackage[margin=25mm]{geometry}",
            r"\usepackage{amsmath}", r"\setcounter{MaxMatrixCols}{20}", r"\setlength{\parindent}{0pt}",
            r"\setlength{\parskip}{.6ex}", r"\begin{document}", r"\raggedright"]  # fmt: skip
    body, behind = [], []
    for number, question in enumerate(asked, start=1):
        notes = "\n".join(rf"\item {typeset(note, TEX, typed=True)}" for note in question.notes)
        body += [
            rf"\section*{{{number}. {TEX.escape(question.title)}}}",
            (r"\\" + "\n").join(typeset(line, TEX) for line in question.lines),
            f"{{\\small\n\\begin{{itemize}}\\setlength{{\\itemsep}}{{0pt}}\n{notes}\n\\end{{itemize}}}}"
            if notes
            else "",
        ]
        if question.solution and question.listed:
            lines = [rf"{TEX.escape(name)}: ${_foldable(formula(entry))}$" for name, entry in _named(question)]
            behind += [rf"\paragraph{{{number}.}}" + "\n" + (r"\\" + "\n").join(lines)]
        elif question.solution:
            behind += [rf"\paragraph{{{number}.}} $\displaystyle {tex_matrix(question.solution)}$"]
    if behind:
        behind = [r"\newpage", rf"\section*{{{TEX.escape(_solution(lang))}}}", *behind]
    return "\n\n".join(part for part in ["\n".join(head), *body, *behind, r"\end{document}"] if part) + "\n"


def _foldable(expression: str) -> str:
    """Long sums break behind their signs."""
    return re.sub(r" ([+-]) ", r" \1\\allowbreak ", expression)


def _wrapping(expression: str) -> str:
    """A sum whose terms are formulas of their own: browsers break no line within one."""
    first, *rest = re.split(r" ([+-]) ", expression)
    terms = (
        f" {sign.replace('-', '−')} {HTML.formula(formula(term))}"
        for sign, term in zip(rest[::2], rest[1::2], strict=True)
    )
    return HTML.formula(formula(first)) + "".join(terms)


def page(asked: Sequence[Question], lang: str) -> str:
    """One page without scripts; a solution opens at a click and is printed open."""
    parts = []
    for number, question in enumerate(asked, start=1):
        lines = "<br>\n".join(typeset(line, HTML) for line in question.lines)
        notes = "".join(f"<li>{typeset(note, HTML, typed=True)}</li>" for note in question.notes)
        parts.append(f"<h2>{number}. {HTML.escape(question.title)}</h2>\n<div>{lines}</div>\n<ul>{notes}</ul>")
        if question.solution:
            label = HTML.escape(_solution(lang))
            inside = HTML.formula(tex_matrix(question.solution))
            if question.listed:
                rows = (f"<tr><td>{HTML.escape(n)}</td><td>{_wrapping(e)}</td></tr>" for n, e in _named(question))
                inside = f"<table>{''.join(rows)}</table>"
            parts.append(f"<details><summary>{label}</summary>{inside}</details>")
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>gradproof</title><style>{STYLE}</style>\n'
        + "\n".join(parts)
        + "\n</html>\n"
    )


STYLE = """
body{font:1rem/1.6 system-ui,sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}
ul{font-size:.9rem;color:#444;padding-left:1.2rem}code{font-size:.9em}
@media(min-width:48rem){.short{white-space:nowrap}}code{overflow-wrap:anywhere}
td{padding:.1rem .5rem;vertical-align:top}td:first-child{white-space:nowrap}
details{margin:1rem 0;overflow-x:auto}summary{cursor:pointer}
math{font-family:"Latin Modern Math","STIX Two Math","Cambria Math",math;font-size:1.08em}.tied{white-space:nowrap}
@media print{details>*{display:block}}
"""

FORMS: dict[str, Callable[[Sequence[Question], str], str]] = {"md": markdown, "tex": tex, "html": page}
