"""Sheets of exercises as Markdown, LaTeX (XeLaTeX) and HTML: one exercise after another, solutions behind if wanted."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from render.formats import escape_tex
from render.write import write_file
from symbolic.exercises.phrasebook import sentence
from symbolic.exercises.sheet import heading, how, shape, statement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from symbolic.exercises.exercise import Exercise


@dataclass(frozen=True)
class Question:
    """One exercise of a sheet; `solution` is empty where none is printed."""

    title: str
    lines: tuple[str, ...]
    solution: str


def questions(exercises: Sequence[Exercise], lang: str, *, solutions: bool) -> list[Question]:
    """What a sheet says about each exercise."""
    return [
        Question(
            heading(known, lang),
            (*statement(known, lang).split("\n"), shape(known, lang), how(known, lang)),
            known.solution if solutions else "",
        )
        for known in exercises
    ]


def write_sheet(
    exercises: Sequence[Exercise], name: str, lang: str, forms: Sequence[str], out: Path, *, solutions: bool
) -> list[Path]:
    """Write OUT/NAME.LANG.md and so on; the paths. `name` is one of our own file names."""
    asked = questions(exercises, lang, solutions=solutions)
    return [write_file(out / f"{name}.{lang}.{form}", FORMS[form](asked, lang)) for form in forms]


def _solution(lang: str) -> str:
    return sentence("verdicts", "solution", lang, text="").strip()


def markdown(asked: Sequence[Question], lang: str) -> str:
    """Headings, paragraphs, and code blocks for solutions; nothing in the text is read as markup."""
    parts = []
    for number, question in enumerate(asked, start=1):
        parts.append(f"## {number}. {_plain(question.title)}")
        parts.append("  \n".join(map(_plain, question.lines)))
        if question.solution:
            parts.append(f"{_plain(_solution(lang))}\n\n```text\n{question.solution}\n```")
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    """Text that Markdown prints as it stands."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$&])", r"\\\1", text)


def tex(asked: Sequence[Question], lang: str) -> str:
    r"""An article with one \section* per exercise; solutions stand on pages of their own."""
    font = r"\usepackage[fontset=fandol,heading=false]{ctex}" if lang == "zh" else r"\usepackage{fontspec}"
    head = [r"\documentclass[11pt,a4paper]{article}", font, r"\usepackage[margin=25mm]{geometry}",
            r"\setlength{\parindent}{0pt}", r"\sloppy", r"\begin{document}"]  # fmt: skip
    body, behind = [], []
    for number, question in enumerate(asked, start=1):
        body += [
            rf"\section*{{{number}. {escape_tex(question.title)}}}",
            (r"\\" + "\n").join(map(escape_tex, question.lines)),
        ]
        if question.solution:
            behind += [rf"\paragraph{{{number}.}} \texttt{{{_breakable(question.solution)}}}"]
    if behind:
        behind = [r"\newpage", rf"\section*{{{escape_tex(_solution(lang))}}}", *behind]
    return "\n\n".join(["\n".join(head), *body, *behind, r"\end{document}"]) + "\n"


def _breakable(text: str) -> str:
    """Long lines of code break behind commas and signs."""
    return re.sub(r"([,+*] ?)", r"\1\\allowbreak{}", escape_tex(text))


def page(asked: Sequence[Question], lang: str) -> str:
    """One page without scripts; a solution opens at a click and is printed open."""
    parts = []
    for number, question in enumerate(asked, start=1):
        lines = "<br>\n".join(map(html.escape, question.lines))
        parts.append(f"<h2>{number}. {html.escape(question.title)}</h2>\n<p>{lines}</p>")
        if question.solution:
            label = html.escape(_solution(lang))
            parts.append(f"<details><summary>{label}</summary><pre>{html.escape(question.solution)}</pre></details>")
    style = "body{font:1rem/1.5 system-ui;max-width:45rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap}"
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>gradproof</title><style>{style}</style>\n'
        + "\n".join(parts)
        + "\n</html>\n"
    )


FORMS: dict[str, Callable[[Sequence[Question], str], str]] = {"md": markdown, "tex": tex, "html": page}
