"""FORMATS: one row per format: how plain text is escaped and how an inline piece looks; blocks are templates.

A `Safe` string is already in the format; whatever else reaches a template is escaped on its way out.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from render.mathml import mathml
from symbolic.errors import GradproofError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable


class Safe(str):
    """Text in the format's own language, not to be escaped again."""

    __slots__ = ()


class FormatError(GradproofError):
    """A format that there is none of."""


@dataclass(frozen=True)
class Format:
    """A format a note can be written in.

    suffix   of the file.   templates  the folder under render/templates.   widest  room for a formula and its
    reason side by side, in rough letters.   longest  characters of one display, 0 for no limit.
    formula  inline TeX.    cell  what a table's cell needs besides.
    side     one side of an equality as a formula of its own, reasons as words; None where a display is one formula.
    listing  a line of program text.
    picture  "svg" (a file beside the page), "attached" (to a notebook), "tikz" or "inline" (SVG; both in the page).
    tied     running text with its formulas tied to the punctuation behind them, where lines would break in between.
    source   the suffix of the templates where it is another one than the file's.
    """

    name: str
    suffix: str
    templates: str
    widest: int
    longest: int
    picture: str
    escape: Callable[[str], str]
    formula: Callable[[str], str]
    emphasis: Callable[[str], str]
    code: Callable[[str], str]
    link: Callable[[str, str], str]
    cell: Callable[[str], str]
    side: Callable[[str], str] | None = None
    tied: Callable[[str], str] = str
    listing: Callable[[str], str] = str
    source: str = ""

    @property
    def template_suffix(self) -> str:
        """The suffix of the templates."""
        return self.source or self.suffix

    @property
    def is_markdown(self) -> bool:
        """Whether the page is written in Markdown."""
        return self.template_suffix == ".md"


MARKDOWN_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|$~]")
TIED = re.compile(r"<math(?:(?!</math>).)*</math>[,.;:!?)，。；：！？、）”》]+")
MARKDOWN_START = re.compile(r"^(\s*)(?:([#+=-])|(\d+)([.)]))", re.MULTILINE)


def escape_markdown(text: str) -> str:
    """Plain text for GitHub's Markdown, in prose and in a table's cell."""
    text = MARKDOWN_SPECIAL.sub(r"\\\g<0>", text.replace("&", "&amp;"))
    return MARKDOWN_START.sub(
        lambda match: f"{match[1]}\\{match[2]}" if match[2] else f"{match[1]}{match[3]}\\{match[4]}", text
    )


def markdown_code(text: str) -> str:
    """A code span; the fence is longer than any run of backticks inside, a | is escaped for tables."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def markdown_emphasis(text: str) -> str:
    """Emphasis; a full stop of Chinese print stands behind the star, which would be no mark before a letter."""
    inside = text.rstrip(FULL_WIDTH)
    return f"*{inside}*{text[len(inside) :]}"


FULL_WIDTH = "。，；：！？、"
BREAKS = re.compile(r"[(,]")
LISTED = 80  # letters of a listing's line that fit the page
TEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    **{char: f"\\{char}" for char in "{}$&#%_"},
    "∂": r"$\partial$",
    "√": r"$\surd$",
    "−": "$-$",
    "⋆": r"$\star$",
    "ε": r"$\varepsilon$",
    "²": "$^2$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "…": r"\dots{}",
}


def escape_tex(text: str) -> str:
    r"""Plain text for LaTeX, outside formulas and inside \\text."""
    return "".join(TEX_SPECIAL.get(char, char) for char in text)


def tex_listing(line: str) -> str:
    """A line of a listing; one that is longer than the page is wide may be broken behind its brackets and commas."""
    return BREAKS.sub(r"\g<0>\\allowbreak{}", escape_tex(line)) if len(line) > LISTED else escape_tex(line)


def escape_url(url: str) -> str:
    r"""An address inside \\href."""
    return re.sub(r"[%#&_{}~^\\]", lambda match: f"\\{match[0]}" if match[0] in "%#&_" else "", url)


def escape_html(text: str) -> str:
    """Plain text inside an HTML tag."""
    return html.escape(text)


def tied_html(text: str) -> str:
    """Browsers would break a line between a formula and the comma or Chinese full stop behind it: kept together."""
    return TIED.sub(r'<span class="tied">\g<0></span>', text)


FORMATS = {
    "md": Format(
        name="md",
        suffix=".md",
        templates="markdown",
        widest=92,
        longest=4000,
        picture="svg",
        escape=escape_markdown,
        formula=lambda tex: f"$`{tex}`$",
        emphasis=markdown_emphasis,
        code=markdown_code,
        link=lambda text, url: f"[{text}]({url})",
        cell=lambda text: re.sub(r"(?<!\\)\|", r"\\|", text),  # a bar in a code span would end the cell
    ),
    "tex": Format(
        name="tex",
        suffix=".tex",
        templates="latex",
        widest=74,
        longest=0,
        picture="tikz",
        escape=escape_tex,
        formula=lambda tex: f"${tex}$",
        emphasis=lambda text: rf"\emph{{{text}}}",
        code=lambda text: rf"\texttt{{{escape_tex(text)}}}",
        listing=tex_listing,
        link=lambda text, url: rf"\href{{{escape_url(url)}}}{{{text}}}",
        cell=str,
    ),
    "html": Format(
        name="html",
        suffix=".html",
        templates="html",
        widest=88,
        longest=0,
        picture="inline",
        escape=escape_html,
        formula=mathml,
        emphasis=lambda text: f"<em>{text}</em>",
        code=lambda text: f"<code>{escape_html(text)}</code>",
        listing=escape_html,
        link=lambda text, url: f'<a href="{escape_html(url)}">{text}</a>',
        cell=str,
        side=lambda tex: mathml(tex, block=True) if tex else "",
        tied=tied_html,
    ),
}

FORMATS["ipynb"] = replace(
    FORMATS["md"],
    name="ipynb",
    suffix=".ipynb",
    templates="notebook",  # what is missing there is Markdown's
    longest=0,
    picture="attached",
    formula=lambda tex: f"${tex}$",
    source=".md",
)
FORMATS["pdf"] = replace(FORMATS["tex"], name="pdf", suffix=".pdf", source=".tex")


def format_named(name: str) -> Format:
    """The row of a format. Raises FormatError with the formats there are."""
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise FormatError(f"unknown format '{name:.40}'; there are {known}{nearest(name, FORMATS)}")
    return FORMATS[name]
