"""A form as NumPy text: windows over the operands, one einsum, windows added up where the output is an input.

Where NumPy has a plainer word for the same sum (a product that broadcasts, a sum over axes) that is written.
"""

from __future__ import annotations

from math import prod
from string import ascii_letters
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError
from symbolic.terms.size import ints

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from symbolic.terms.form import Form, Slot
    from symbolic.terms.size import Row


def bare(text: str) -> str:
    """An atom without brackets that surround all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth and place < len(text) - 1:
            return text
    return text[1:-1]


def flat(slot: Slot) -> list[str]:
    """The letters of a slot in order."""
    return [x for axis in slot for x in axis]


def tupled(numbers: Sequence[int]) -> str:
    """A shape as Python text, `(4,)`."""
    return str(tuple(int(n) for n in numbers))


def times(text: str, scale: Fraction) -> str:
    """`-2 * text / 3` as one atom."""
    if scale == 1:
        return text
    above = text if scale.numerator == 1 else f"-{text}" if scale.numerator == -1 else f"{scale.numerator} * {text}"
    return f"({above})" if scale.denominator == 1 else f"({above} / {scale.denominator})"


def written(form: Form, operands: Sequence[str], view: Callable[[str, str], str] = lambda text, _wish: text) -> str:
    """The form applied to operands that are given as atoms; `view` may turn a text into a variable."""
    if not isinstance(form.divisor, int) or form.divisor != 1:
        raise GradproofError(f"numpy_source: the form {form} has a divisor that is no number")
    text = _broadcast(form, operands) or _sum(form, operands) or _stretched(form, operands)
    if text is None:
        text, counted = _einsum(form, operands, view)
        return times(text, form.scale * counted)
    return times(text, form.scale)


def _broadcast(form: Form, operands: Sequence[str]) -> str | None:
    """`A * B` where the form is a product that NumPy's broadcasting says."""
    out, shape = form.output, ints(form.output_shape)
    if form.rows or not operands or any(len(axis) != 1 for axis in out):
        return None
    covered = [False] * len(out)
    allowed = {axis[0] for axis in out}
    for slot in form.operands:
        if len(slot) > len(out) or any(len(axis) != 1 for axis in slot):
            return None
        for place, (letter,) in enumerate(slot, start=len(out) - len(slot)):
            if letter == out[place][0]:
                covered[place] = True
            elif form.extent[letter] != 1:
                return None
    stretched = any(n != 1 and not seen for n, seen in zip(shape, covered, strict=True))
    widest = max(len(slot) for slot in form.operands)
    if stretched or widest != len(out) or any(n != 1 for x, n in form.sizes if x not in allowed):
        return None
    return operands[0] if len(operands) == 1 else f"({' * '.join(operands)})"


def _sum(form: Form, operands: Sequence[str]) -> str | None:
    """`np.sum(A, axis=...)` where the form only sums one operand over axes."""
    if form.rows or len(operands) != 1 or any(len(axis) != 1 for axis in (*form.output, *form.operands[0])):
        return None
    read, wanted = flat(form.operands[0]), flat(form.output)
    dropped = tuple(k for k, x in enumerate(read) if x not in wanted)
    kept = [x for x in read if x in wanted]
    spare = [x for x in form.extent if x not in read and x not in wanted]
    if not dropped or any(form.extent[x] != 1 for x in spare):
        return None
    axes = "" if len(dropped) == len(read) else f", axis={tupled(dropped)}"
    operand = bare(operands[0])
    if kept == wanted:
        return f"np.sum({operand}{axes})"
    same = len(read) == len(wanted) and all(
        x == y or (k in dropped and form.extent[y] == 1) for k, (x, y) in enumerate(zip(read, wanted, strict=True))
    )
    return f"np.sum({operand}{axes}, keepdims=True)" if same else None


def _stretched(form: Form, operands: Sequence[str]) -> str | None:
    """`np.broadcast_to(np.reshape(b, (1, 2, 1)), (3, 2, 4))` where one operand is repeated along new axes."""
    out, shape = form.output, ints(form.output_shape)
    if form.rows or len(operands) != 1 or any(len(axis) != 1 for axis in (*out, *form.operands[0])):
        return None
    read, wanted = flat(form.operands[0]), flat(form.output)
    if [x for x in wanted if x in read] != read or any(x not in wanted and n != 1 for x, n in form.sizes):
        return None
    seen = tuple(n if x in read else 1 for x, n in zip(wanted, shape, strict=True))
    text = bare(operands[0])
    if read and seen[-len(read) :] != tuple(ints(form.extent[x] for x in read)):
        text = f"np.reshape({text}, {tupled(seen)})"
    return f"np.broadcast_to({text}, {tupled(shape)})"


def _parameters(row: Row) -> str:
    """`, stride=2, padding=1`: what differs from the plain sliding."""
    s, d, e, p = ints((row.s, row.d, row.e, row.p))
    named = (("stride", s, 1), ("dilation", d, 1), ("padding", p, 0), ("spread", e, 1))
    return "".join(f", {name}={value}" for name, value, usual in named if value != usual)


def gathered(form: Form, rows: Sequence[Row], texts: list[str], letters: list[list[str]], fill: str = "") -> None:
    """Put windows over the operand that holds the row's input letter; texts and letters change in place."""
    for row in rows:
        which = next(w for w, names in enumerate(letters) if row.a in names)
        axis = letters[which].index(row.a)
        m, k = ints((form.extent[row.i], form.extent[row.u]))
        texts[which] = f"windows({texts[which]}, {axis}, {m}, {k}{_parameters(row)}{fill})"
        letters[which][axis : axis + 1] = [row.i, row.u]


def shaped(form: Form, slot: Slot, text: str) -> str:
    """The operand with one axis per letter."""
    return text if all(len(axis) == 1 for axis in slot) else (
        f"np.reshape({text}, {tupled(ints(form.extent[x] for x in flat(slot)))})"
    )  # fmt: skip


def _einsum(form: Form, operands: Sequence[str], view: Callable[[str, str], str]) -> tuple[str, int]:
    """The text, and the number that letters which are nowhere multiply it by."""
    wanted = flat(form.output)
    if any(row.a in wanted and (row.i in wanted or row.u in wanted) for row in form.rows):
        raise GradproofError(
            f"numpy_source: no text for the form {form}, which has both ends of a relation in one array"
        )
    texts = [
        view(shaped(form, slot, text), f"{_stem(text)}_grouped")
        for slot, text in zip(form.operands, operands, strict=True)
    ]
    letters = [flat(slot) for slot in form.operands]
    scatters = [row for row in form.rows if row.a in wanted]
    gathered(form, [row for row in form.rows if row not in scatters], texts, letters)
    texts = [view(text, f"{_stem(operand)}_windows") for text, operand in zip(texts, operands, strict=True)]
    product: list[str] = []
    for x in wanted:
        product += next(([row.i, row.u] for row in scatters if row.a == x), [x])
    present = {x for names in letters for x in names}
    for x in product:
        if x not in present:
            texts.append(f"np.ones({form.extent[x]}, dtype=int)")
            letters.append([x])
    bound = {x for row in form.rows for x in (row.i, row.u, row.a)}
    known = {*bound, *present, *wanted}
    counted = prod(ints(n for x, n in form.sizes if x not in known))
    text = _subscripted(texts, letters, product)
    for row in scatters:
        axis = product.index(row.i)
        product[axis : axis + 2] = [row.a]
        text = f"scatter({text}, {axis}, {form.extent[row.a]}{_parameters(row)})"
    if any(len(axis) != 1 for axis in form.output):
        text = f"np.reshape({text}, {tupled(ints(form.output_shape))})"
    return text, counted


def _stem(text: str) -> str:
    """What a variable made from this operand is called after."""
    return text if text.isidentifier() else "part"


def _subscripted(texts: list[str], letters: list[list[str]], product: list[str]) -> str:
    """`np.einsum("uv,iujv->ij", F, ...)`, single letters as they are; one operand unchanged is itself."""
    if not texts:
        return "np.array(1)"
    if len(texts) == 1 and letters[0] == product:
        return texts[0]
    used = list(dict.fromkeys(x for names in letters for x in names))
    spare = (x for x in ascii_letters if x not in used)
    short = {x: x if len(x) == 1 else next(spare) for x in used}
    left = ",".join("".join(short[x] for x in names) for names in letters)
    return f'np.einsum("{left}->{"".join(short[x] for x in product)}", {", ".join(texts)})'
