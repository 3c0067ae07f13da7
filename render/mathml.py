r"""MathML from the TeX that this package prints: a closed vocabulary, so that a page needs no script for its formulas.

mathml(tex)               one formula inside a sentence, `<math>...</math>`
mathml(tex, block=True)   one side of an equality in a display, its fractions and sums at full size

Read are letters, digits, brackets, signs, scripts, groups and the commands of `signs`; anything else is
refused by name. Bold and calligraphic letters become characters of their own: browsers know MathML Core, which has
no `mathvariant="bold"`.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape

from render import signs
from render.tokens import MathmlError, Tokens, plain_text
from symbolic.errors import nearest

THIN = "\u2009"  # between groups of three digits
ORDINARY, OPERATOR, OPEN = "ordinary", "operator", "open"  # what stands before decides how a sign is spaced


@lru_cache(maxsize=20_000)
def mathml(tex: str, *, block: bool = False) -> str:
    """The formula as a `<math>` element. Raises MathmlError for a command that is not in the tables."""
    inside = "".join(Reader(tex).row(frozenset()))
    style = ' displaystyle="true"' if block else ""
    return f"<math{style}>{inside}</math>"


class Reader(Tokens):
    """Reads one formula from left to right; `row` and `atom` give elements."""

    # ------------------------------------------------------------------ rows and scripts

    def row(self, ends: frozenset[str]) -> list[str]:
        """Elements up to one of the tokens `ends`, which is left."""
        found: list[str] = []
        before = OPEN
        while (piece := self.peek()) not in ends:
            if not piece and not ends:
                break
            if not piece:
                raise MathmlError(f"the formula {self.tex!r:.80} ends before {' or '.join(sorted(ends))}")
            name = piece.removeprefix("\\")
            if name in signs.STYLES and piece[0] == "\\":
                self.take()
                inside = "".join(self.row(ends))
                return [*found, f'<mstyle scriptlevel="{signs.STYLES[name]}">{inside}</mstyle>']
            element, before = self.atom(before)
            found.append(self.scripts(element, below=name in signs.SUMS or name in signs.BELOW))
            if name in signs.FUNCTIONS and piece[0] == "\\" and self.peek() not in {*ends, *signs.NO_GAP}:
                found.append('<mspace width="0.167em"></mspace>')
        return found

    def scripts(self, base: str, *, below: bool) -> str:
        """The base with what hangs on it."""
        down, up, primes = "", "", ""
        while (piece := self.peek()) in {"_", "^", "'"} and piece:
            self.take()
            if piece == "'":
                primes += "′"
            elif piece == "_":
                down = self.argument()
            else:
                up = self.argument()
        if primes:
            mark = f'<mo form="postfix">{primes}</mo>'
            up = f"<mrow>{mark}{up}</mrow>" if up else mark
        tags = ("munder", "mover", "munderover") if below else ("msub", "msup", "msubsup")
        tag = tags[2] if down and up else tags[0] if down else tags[1]
        return f"<{tag}>{base}{down}{up}</{tag}>" if down or up else base

    def argument(self) -> str:
        """A group or a single token, as one element."""
        if self.peek() == "{":
            self.take()
            inside = self.row(frozenset("}"))
            self.expect("}")
            return inside[0] if len(inside) == 1 else f"<mrow>{''.join(inside)}</mrow>"
        return self.atom(OPEN)[0]

    # ------------------------------------------------------------------ atoms

    def atom(self, before: str) -> tuple[str, str]:  # noqa: PLR0911 - one answer per kind
        """One element without scripts, and what it is to a sign that follows it."""
        piece = self.peek()
        name = piece.removeprefix("\\")
        if piece == "{":
            return self.argument(), ORDINARY
        self.take()
        command = COMMANDS.get(name) if piece.startswith("\\") else None
        if command:
            return command(self, name)
        if name in signs.BINARY or name in signs.RELATIONS:
            return sign(name, before)
        if name in signs.OPENING:
            return f'<mo stretchy="false">{signs.OPENING[name]}</mo>', OPEN
        if name in signs.CLOSING:
            return f'<mo stretchy="false">{signs.CLOSING[name]}</mo>', ORDINARY
        if name in signs.SUMS:
            return f"<mo>{signs.SUMS[name]}</mo>", OPERATOR
        if piece.startswith("\\"):
            return self.symbol(name)
        return self.plain(piece)

    def symbol(self, name: str) -> tuple[str, str]:
        """A command without arguments."""
        if name in signs.SPACES:
            return f'<mspace width="{signs.SPACES[name] / 18:.3f}em"></mspace>', ORDINARY
        if name in signs.LETTERS:
            upright = ' mathvariant="normal"' if name[0].isupper() or name in {"infty", "prime", "top"} else ""
            return f"<mi{upright}>{signs.LETTERS[name]}</mi>", ORDINARY
        if name in signs.DOTS:
            return f"<mi>{signs.DOTS[name]}</mi>", ORDINARY
        if name in signs.FUNCTIONS:
            return f"<mi>{name}</mi>", OPERATOR
        if name == "_":
            return "<mi>_</mi>", ORDINARY
        known = (*signs.LETTERS, *signs.BINARY, *signs.RELATIONS, *COMMANDS)
        raise MathmlError(f"the formula {self.tex!r:.80} has no MathML: unknown command \\{name}{nearest(name, known)}")

    def plain(self, piece: str) -> tuple[str, str]:
        """A letter, a number or a punctuation mark."""
        if not piece:
            raise MathmlError(f"the formula {self.tex!r:.80} ends where something belongs")
        if piece[0].isdigit() and piece.isascii():
            digits = piece.replace("\\,", THIN).replace("{,}", ",")
            return f"<mn>{digits}</mn>", ORDINARY
        if piece in {",", ";", "."}:
            return f'<mo separator="true">{piece}</mo>', OPEN
        if piece in {"!", "|", "°", "%", "⊤"}:
            return f'<mo stretchy="false" form="postfix">{piece}</mo>', ORDINARY
        if piece.isalpha():
            return f"<mi>{escape(piece)}</mi>", ORDINARY
        raise MathmlError(f"the formula {self.tex!r:.80} has {piece!r} where there is no MathML for it")

    # ------------------------------------------------------------------ commands with arguments

    def fraction(self, _name: str) -> tuple[str, str]:
        r"""`\frac{a}{b}`."""
        return f"<mfrac>{self.argument()}{self.argument()}</mfrac>", ORDINARY

    def root(self, _name: str) -> tuple[str, str]:
        r"""`\sqrt{a}`."""
        return f"<msqrt>{self.argument()}</msqrt>", ORDINARY

    def accent(self, name: str) -> tuple[str, str]:
        r"""`\hat{a}`."""
        return f'<mover accent="true">{self.argument()}<mo>{signs.ACCENTS[name]}</mo></mover>', ORDINARY

    def words(self, _name: str) -> tuple[str, str]:
        r"""`\text{...}`, its blanks at both ends kept."""
        return f"<mtext>{escape(plain_text(self.raw())).replace(' ', '&#160;')}</mtext>", ORDINARY

    def upright(self, _name: str) -> tuple[str, str]:
        r"""`\mathrm{rot}`: a word is one identifier, upright by being longer than a letter."""
        text = escape(plain_text(self.raw())).replace(" ", "&#160;")
        if text.isdigit():
            return f"<mn>{text}</mn>", ORDINARY
        return (f'<mi mathvariant="normal">{text}</mi>' if len(text) == 1 else f"<mi>{text}</mi>"), ORDINARY

    def alphabet(self, name: str) -> tuple[str, str]:
        r"""`\mathbf{1}`."""
        inside = self.raw()
        if inside[:1] == "\\" and inside[1:] in signs.LETTERS:
            return self.symbol(inside[1:])
        letters = "".join(styled(char, name) for char in inside)
        tag = "mn" if inside.isdigit() else "mi"
        upright = ' mathvariant="normal"' if tag == "mi" and len(letters) == 1 else ""
        return f"<{tag}{upright}>{letters}</{tag}>", ORDINARY

    def operator(self, _name: str) -> tuple[str, str]:
        r"""`\mathbin{\star_{p=1}}`: the sign with what hangs on it, spaced as the sign is."""
        return self.argument(), OPERATOR

    def fenced(self, _name: str) -> tuple[str, str]:
        r"""`\left( ... \right)`: brackets as tall as what they hold."""
        left = self.delimiter()
        inside = "".join(self.row(frozenset({"\\right"})))
        self.expect("\\right")
        return f"<mrow>{fence(left, 'prefix')}{inside}{fence(self.delimiter(), 'postfix')}</mrow>", ORDINARY

    def delimiter(self) -> str:
        r"""What stands after `\left` or `\right`; "" for the dot."""
        piece = self.take()
        name = piece.removeprefix("\\")
        if piece in {".", "|"}:
            return piece.strip(".")
        if name not in signs.OPENING and name not in signs.CLOSING:
            raise MathmlError(f"the formula {self.tex!r:.80} has {piece!r} where a bracket belongs")
        return signs.OPENING.get(name) or signs.CLOSING[name]

    def substack(self, _name: str) -> tuple[str, str]:
        r"""`\substack{a \\ b}`."""
        self.expect("{")
        rows = self.grid(frozenset("}"))
        self.expect("}")
        return f"<mtable>{rows}</mtable>", ORDINARY

    def environment(self, _name: str) -> tuple[str, str]:
        r"""`\begin{pmatrix} a & b \\ c & d \end{pmatrix}`."""
        kind = self.raw()
        if kind not in signs.MATRICES:
            raise MathmlError(f"the formula {self.tex!r:.80} has no MathML: unknown environment {kind!r:.40}")
        rows = self.grid(frozenset({"\\end"}))
        self.expect("\\end")
        if self.raw() != kind:
            raise MathmlError(f"the formula {self.tex!r:.80} ends another environment than {kind}")
        left, right = signs.MATRICES[kind]
        return (
            f"<mrow>{fence(left, 'prefix')}<mtable>{rows}</mtable>{fence(right, 'postfix')}</mrow>",
            ORDINARY,
        )

    def grid(self, end: frozenset[str]) -> str:
        """Rows of cells up to a token."""
        rows: list[list[str]] = [[]]
        stops = end | {"&", "\\\\"}
        while True:
            rows[-1].append("".join(self.row(stops)))
            piece = self.peek()
            if piece in end:
                break
            self.take()
            if piece != "&":
                rows.append([])
        cells = ["".join(f"<mtd>{cell}</mtd>" for cell in row) for row in rows if row != [""]]
        return "".join(f"<mtr>{row}</mtr>" for row in cells)


COMMANDS = {
    "frac": Reader.fraction,
    "dfrac": Reader.fraction,
    "tfrac": Reader.fraction,
    "sqrt": Reader.root,
    "text": Reader.words,
    "mathrm": Reader.upright,
    "mathbin": Reader.operator,
    "mathrel": Reader.operator,
    "left": Reader.fenced,
    "substack": Reader.substack,
    "begin": Reader.environment,
    **dict.fromkeys(signs.ALPHABETS, Reader.alphabet),
    **dict.fromkeys(signs.ACCENTS, Reader.accent),
}


def sign(name: str, before: str) -> tuple[str, str]:
    """A sign between two things, or before one where nothing stands to its left, as in (-2)."""
    text = escape(signs.BINARY.get(name) or signs.RELATIONS[name])
    form = "prefix" if before != ORDINARY and name in {"+", "-", "pm"} else "infix"
    spaced = ' lspace="0.222em" rspace="0.222em"' if name in signs.SPACED else ""
    return f'<mo form="{form}"{spaced}>{text}</mo>', OPERATOR


def fence(text: str, form: str) -> str:
    """A bracket that grows with what it holds."""
    return f'<mo fence="true" form="{form}" stretchy="true">{text}</mo>' if text else ""


def styled(char: str, style: str) -> str:
    """A letter or digit of one of Unicode's mathematical alphabets."""
    hole = signs.HOLES.get(style, {}).get(char)
    if hole:
        return hole
    for first, start in zip(("A", "a", "0"), signs.ALPHABETS[style], strict=True):
        if char.isascii() and char.isalnum() and start and 0 <= ord(char) - ord(first) < (10 if first == "0" else 26):
            return chr(start + ord(char) - ord(first))
    return escape(char)
