"""Phrases: the words of a note in one format, their params and formulas put in."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from render.arrange import SMALLEST_GROUPED, number
from render.document import Words
from render.formats import Format, Safe, escape_tex
from render.inline import CodeSpan, Emphasis, Formula, Link, Param, Piece, Text
from render.lines import counted
from render.links import Listed, NoteLink, page_file
from render.math import tex
from render.plainmath import typeset
from render.questions import Question, question
from render.words import WordsError
from symbolic.kernel.step import Derivation, Step
from symbolic.terms.term import Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from render.document import Inline
    from render.notation import Notation
    from render.words import Phrasebook


class Phrases:
    """The words of one language in one format and notation; `beside` names the pages that a link may lead to."""

    def __init__(
        self, book: Phrasebook, form: Format, notation: Notation, beside: frozenset[str] = frozenset()
    ) -> None:
        self.book, self.format, self.notation, self.beside = book, form, notation, beside

    def phrase(self, key: str, params: Mapping[str, Inline] | None = None) -> Safe:
        """A phrase of one paragraph, ready for the format."""
        return Safe(" ".join(self.paragraphs(key, params)))

    def paragraphs(self, key: str, params: Mapping[str, Inline] | None = None) -> list[Safe]:
        """A phrase's paragraphs."""
        return [Safe(self.format.tied(self._pieces(key, found, params or {}))) for found in self.book.pieces(key)]

    def _pieces(self, key: str, found: tuple[Piece, ...], params: Mapping[str, Inline]) -> str:
        return "".join(self._piece(key, piece, params) for piece in found)

    def _piece(self, key: str, piece: Piece, params: Mapping[str, Inline]) -> str:
        match piece:
            case Text(text):
                return self.format.escape(text)
            case Formula(text):
                return self.format.formula(text)
            case CodeSpan(text):
                return self.format.code(text)
            case Emphasis(inside):
                return self.format.emphasis(self._pieces(key, inside, params))
            case Link(inside, url):
                return self.format.link(self._pieces(key, inside, params), url)
            case Param(name):
                if name not in params:
                    given = ", ".join(params) or "none"
                    raise WordsError(f"the phrase '{key}' needs the param '{name}'; given: {given}")
                return self.inline(params[name])

    def inline(self, value: Inline) -> Safe:  # noqa: C901, PLR0911 - one case per kind
        """A param or a table's cell."""
        match value:
            case Safe():
                return value
            case Words(key, params):
                return self.phrase(key, params)
            case NoteLink():
                return self.note(value)
            case Listed(items, between):
                return Safe(self.book.text(between).join(map(self.inline, items)))
            case str():
                return Safe(self.format.escape(value))
            case Question(name):
                return Safe(typeset(question(name, self.book.lang), self.format))
            case Step() | Derivation():
                notation = counted((value.lhs, value.rhs), self.notation)
                sides = (tex(side, notation) for side in (value.lhs, value.rhs))
                return Safe(self.format.formula(" = ".join(sides)))
            case Term():
                return Safe(self.format.formula(tex(value, counted((value,), self.notation))))
            case int() if 0 <= value < SMALLEST_GROUPED:
                return Safe(value)
            case int() | Fraction():
                return Safe(self.format.formula(number(Fraction(value), decimals=self.notation.decimals)))
        raise TypeError(f"{value!r:.60} is nothing to print inside a phrase or a cell")

    def note(self, link: NoteLink) -> Safe:
        """Another note's title, as it stands in the words of that note."""
        if link.text is not None:
            text = self.phrase(link.text.key, link.text.params)
        else:
            text = Phrases(self.book.of(link.name), self.format, self.notation).phrase("title")
        page = page_file(link.name, link.form or self.format.name)
        return Safe(self.format.link(text, page)) if page in self.beside else text

    def reason(self, key: str) -> str:
        r"""A short phrase inside a formula: words in \text, formulas as they are.

        A space at the end of a text stands outside it: beside a Chinese character TeX would drop it.
        """
        parts = []
        for piece in self.book.pieces(key)[0]:
            match piece:
                case Text(text) | CodeSpan(text):
                    before, after = text[:1].isspace(), text[-1:].isspace()
                    words = rf"\text{{{escape_tex(text.strip())}}}"
                    parts.append((r"\ " if before else "") + words + (r"\ " if after else ""))
                case Formula(text):
                    parts.append(text)
                case _:
                    raise TypeError(f"the reason '{key}' may hold words, `code` and formulas only")
        return "".join(parts)
