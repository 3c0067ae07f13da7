r"""The pieces of a TeX formula: commands, numbers, signs and letters, read one after the other."""

from __future__ import annotations

import re

from symbolic.errors import GradproofError

# A number may stand in groups of three, 5\,898\,240 or 5{,}898{,}240: it is one token.
TOKEN = re.compile(
    r"\\[A-Za-z]+|[0-9]{1,3}(?:(?:\\,|\{,\})[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|\\.|:=|[0-9]+(?:\.[0-9]+)?|\s+|.",
    re.DOTALL,
)
BRACED = re.compile(r"\s*\{((?:\\.|[^{}\\])*)\}")


class MathmlError(GradproofError):
    """A formula with something that there is no MathML for."""


class Tokens:
    """The tokens of one formula and the place of the next."""

    def __init__(self, tex: str) -> None:
        self.tex = tex
        self.tokens = [(match[0], match.start()) for match in TOKEN.finditer(tex)]
        self.place = 0

    def peek(self) -> str:
        """The next token that is no blank; "" at the end."""
        while self.place < len(self.tokens) and self.tokens[self.place][0].isspace():
            self.place += 1
        return self.tokens[self.place][0] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        """The same, and go past it."""
        piece = self.peek()
        self.place += 1
        return piece

    def expect(self, wanted: str) -> None:
        """Go past one given token."""
        if self.take() != wanted:
            raise MathmlError(f"the formula {self.tex!r:.80} lacks {wanted!r}")

    def raw(self) -> str:
        """A group in braces as the characters it holds."""
        start = self.tokens[self.place][1] if self.place < len(self.tokens) else len(self.tex)
        match = BRACED.match(self.tex, start)
        if not match:
            raise MathmlError(f"the formula {self.tex!r:.80} needs a group in braces at column {start + 1}")
        while self.place < len(self.tokens) and self.tokens[self.place][1] < match.end():
            self.place += 1
        return match[1]


def plain_text(inside: str) -> str:
    r"""What a group of words says: `\_` is `_` and `\ ` a blank; other commands are refused."""
    commands = set(re.findall(r"\\[A-Za-z]+", inside))
    if commands:
        raise MathmlError(f"the words {inside!r:.60} hold the command {min(commands)}, for which there is no MathML")
    return re.sub(r"\\(.)", r"\1", inside)
