r"""Sums, products and matrices of things already printed; numbers, sizes and brackets.

Binding strength is a number, weakest first; what is weaker than its place allows gets brackets:

    SUM  a + b, -a    ARRAY  X \star F, A \odot B, \sum a    PRODUCT  2 a b    POWER  a^2    ATOM  X_{11}
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from render.notation import Notation
    from symbolic.terms.size import Extent
    from symbolic.terms.term import Index, Shape

SUM, ARRAY, PRODUCT, POWER, ATOM = range(1, 6)
NEGATIVE = re.compile(r"\(-(?:[\d.]|\\,)+\)")
SMALLEST_GROUPED = 10_000
Printed = tuple[str, int]


def indices(shape: Shape) -> list[Index]:
    """Every index of a shape, row-major."""
    sizes = [range(n) for n in shape if isinstance(n, int)]
    if len(sizes) != len(shape):
        raise TypeError(f"the shape {shape} is symbolic; give it numbers first")
    return list(product(*sizes))


def number(value: Fraction, *, decimals: bool) -> str:
    r"""An exact number: 3, 2.52 where it ends within four places, else \frac{1}{3}; a minus sign stands in front.

    From five digits on they stand in groups of three, 12\,345, with the thin space of ISO 80000-1.
    """
    sign = "-" if value < 0 else ""
    if value.denominator == 1:
        return sign + grouped(abs(value.numerator))
    if decimals and 10**4 % value.denominator == 0:
        whole, rest = divmod(abs(value), 1)
        return f"{sign}{grouped(whole)}.{str(int(rest * 10**4)).zfill(4).rstrip('0')}"
    return rf"{sign}\frac{{{grouped(abs(value.numerator))}}}{{{grouped(value.denominator)}}}"


def grouped(count: int) -> str:
    """A whole number of at least 0 in groups of three digits; four digits stay together."""
    return str(count) if count < SMALLEST_GROUPED else f"{count:,}".replace(",", r"\,")


def size_tex(extent: Extent) -> str:
    """A size: 3, or a polynomial in size letters, d_{1} k_{1} - p_{1}."""
    if isinstance(extent, int):
        return str(extent)
    text = ""
    for monomial, count in sorted(extent.terms, key=lambda term: (term[1] < 0, not term[0], term[0])):
        factors = " ".join(letter_tex(letter) for letter in monomial)
        size = str(abs(count)) if abs(count) != 1 or not monomial else ""
        sign = "-" if count < 0 else "+" if text else ""
        text += f" {sign} {size} {factors}" if text else sign + f"{size} {factors}".strip()
    return " ".join(text.split()) or "0"


def letter_tex(letter: str) -> str:
    """`p1` as p with subscript 1."""
    return letter if len(letter) == 1 else f"{letter[0]}_{{{letter[1:]}}}"


def subscript(parts: list[str]) -> str:
    """`11`, `ij`; with commas where a part is longer than one character."""
    return ("" if all(len(part) == 1 for part in parts) else ",").join(parts)


def bracket(printed: Printed, least: int) -> str:
    """The text, in round brackets if it binds less than `least`."""
    text, level = printed
    return text if level >= least else round_brackets(text)


def round_brackets(text: str) -> str:
    """Brackets that grow only where something inside is tall."""
    tall = any(mark in text for mark in (r"\frac", r"\begin", r"\sum", r"\left"))
    return rf"\left({text}\right)" if tall else f"({text})"


def shape_tex(shape: Shape) -> str:
    r"""2 \times 3."""
    return r" \times ".join(size_tex(n) for n in shape)


class Arranger:
    """Puts printed pieces together in one notation and remembers whether anything was elided."""

    def __init__(self, notation: Notation) -> None:
        self.notation = notation
        self.elided = False

    def scalar(self, value: Fraction) -> Printed:
        """A number among factors or terms."""
        return self.data(value), (SUM if value < 0 else ATOM)

    def data(self, value: Fraction) -> str:
        """A number that stands alone."""
        return number(value, decimals=self.notation.decimals)

    def sum(self, terms: list[Printed]) -> Printed:
        """a + b - c; long sums with dots."""
        return self.joined(terms), (SUM if len(terms) > 1 else terms[0][1] if terms else ATOM)

    def joined(self, terms: list[Printed]) -> str:
        """The text of a sum."""
        parts = [text for text, _ in self.shortened(terms)]
        text = "".join(f" - {part[1:]}" if part.startswith("-") else f" + {part}" for part in parts)
        return (text[3:] if text.startswith(" + ") else f"-{text[3:]}") if text else "0"

    def shortened(self, terms: list[Printed]) -> list[Printed]:
        """A long sum with dots in the middle."""
        most = self.notation.most_terms
        if not most or len(terms) <= most:
            return terms
        self.elided = True
        return [*terms[: most // 2], (r"\cdots", ATOM), *terms[-max(1, most // 4) :]]

    def juxtaposed(self, factors: list[Printed]) -> Printed:
        """Scalars side by side, with a dot where two numbers or two fractions would run together.

        Three and more factors with a number among the later ones have dots throughout: a . 3 . x.
        """
        if len(factors) == 1:
            return factors[0]
        if len(factors) > 2 and any(text[:1].isdigit() for text, _ in factors[1:]):
            return r" \cdot ".join(bracket(factor, PRODUCT) for factor in factors), PRODUCT
        text, after = "", ""
        for factor in factors:
            here = bracket(factor, PRODUCT)
            bare = here[0].isdigit() or NEGATIVE.fullmatch(here) is not None
            dot = (bare and after != "") or (after == "fraction" and here.startswith(r"\frac"))
            apart = after == "fraction" or (after != "" and here.startswith(r"\frac"))
            text += (r" \cdot " if dot else r"\, " if apart else " " if after else "") + here
            after = "fraction" if here.startswith(r"\frac") and here.endswith("}") else "symbol"
        return (text, PRODUCT) if factors else ("1", ATOM)

    def times(self, factor: Fraction, printed: Printed) -> Printed:
        """A rational number in front."""
        if factor == 1:
            return printed
        sign, size = ("-" if factor < 0 else ""), abs(factor)
        body = bracket(printed, ARRAY) if printed[1] == ARRAY else bracket(printed, PRODUCT)
        level = SUM if sign else min(printed[1], PRODUCT) if printed[1] == ARRAY else PRODUCT
        if size == 1:
            return f"-{body}", SUM
        ends = size.denominator > 9 and self.notation.decimals
        head = number(size, decimals=ends)
        number_next = body[0].isdigit() or body.startswith("(-")
        joint = r" \cdot " if number_next or (body.startswith(r"\frac") and head.startswith(r"\frac")) else r"\, "
        return f"{sign}{head}{joint}{body}", level

    def grid(self, cells: list[Printed], shape: Shape) -> Printed:
        """A matrix; a vector lies down; further axes make a tuple of matrices."""
        if not shape:
            return cells[0]
        sizes = [n for n in shape if isinstance(n, int)]
        if len(sizes) > 2:
            step = len(cells) // sizes[0]
            parts = [self.grid(cells[k * step : (k + 1) * step], tuple(sizes[1:]))[0] for k in range(sizes[0])]
            inside = ", ".join(self.dotted(parts, r"\ldots"))
            return rf"\left({inside}\right)", ATOM
        columns = sizes[-1]
        rows = [[text for text, _ in cells[k : k + columns]] for k in range(0, len(cells), columns)]
        lines = self.dotted([" & ".join(self.dotted(row, r"\cdots")) for row in rows], r"\vdots")
        name = self.notation.matrix
        body = r" \\ ".join(lines)
        return rf"\begin{{{name}}} {body} \end{{{name}}}", ATOM

    def dotted(self, parts: list[str], dots: str) -> list[str]:
        """A long row with dots in the middle."""
        most = self.notation.most_columns
        if not most or len(parts) <= most:
            return parts
        self.elided = True
        return [*parts[: most // 2], dots, parts[-1]]
