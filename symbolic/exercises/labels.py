r"""What stands on the left of an equals sign: which quantity it names, and whether that is the one asked for.

    ∂L/∂F  \frac{\partial L}{\partial F}  dL/dF  dL_dF  \nabla_F L  dF  grad_F  F.grad      the gradient by F
    K  K'  K_{new}  K^{(1)}  new_K  K_updated  K_{t+1}                                      the value of K
    answer  result  solution  ans  gradient  grad  ...                                      the answer
    ∂L/∂F_{11}  dF_11  dF[0, 0]  dw_1                                                               one entry, one label

Anything else that is a single name is an unknown one; what is no name is no label but an expression.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symbolic.exercises.remarks import Remarks
    from symbolic.exercises.tokens import Token

LONGEST = 30  # tokens of a label
CHARACTERS = 120  # of its compact spelling
_KINDS = frozenset({"name", "number", "_", "^", "{", "}", "(", ")", "/", "frac", "∂", "∇", "'", ",", "ᵀ"})
_MORE = frozenset({"digits", ".grad", "+", "raised"})
_WORDS = re.compile(r"answers?|results?|solution|ans|res|sol|gradients?|grads?|output|out", re.IGNORECASE)
_LOSS = "(?:L|l|ell|J|E|C|loss|Loss|cost)"
_WHAT = r"(?P<what>\w[\w,]*)"
_GRADIENT = tuple(
    re.compile(pattern)
    for pattern in (
        rf"d{_LOSS}[/_]?d\(?{_WHAT}\)?",
        rf"(?:grad|Grad|gradient)_?\(?{_WHAT}\)?",
        rf"∇_?\(?{_WHAT}?(?:{_LOSS}|\({_LOSS}\))",
        rf"∇_?{_WHAT}",
        rf"{_WHAT}(?:\.grad|_grad|_gradient)",
        rf"d_?{_WHAT}{_LOSS}",
        rf"[dgGD]_?{_WHAT}",
    )
)
_VALUE = (
    re.compile(r"(?P<what>\w[\w,]*?)(?:_?new|_?updated|_next|_t\+1|\^\(?\w+\)?|\^\+|'+)"),
    re.compile(rf"(?:new|updated|next)_?{_WHAT}"),
    re.compile(_WHAT),
)
_INDEX = re.compile(r"(?P<base>[A-Za-z]\w*?)_?(?P<index>[0-9][0-9,_]*)")


@dataclass(frozen=True)
class Label:
    """A left side: kind is gradient, value, word or unknown; name and index of the tensor where there is one.

    from_zero   the index was written as in Python: dF[0, 1]; `index` counts from 1 all the same
    """

    kind: str
    text: str
    name: str = ""
    index: str = ""
    from_zero: bool = False


@dataclass(frozen=True)
class Asked:
    """What an exercise asks for.

    text       as a sentence names it: ∂L/∂F, K        known   the tensors of the exercise
    gradients  tensors whose gradient is asked, with their shapes;  values: tensors that are asked themselves
    labels     names of the single entries: dw1, db1, dw2
    """

    text: str
    gradients: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    values: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    labels: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of an answer that is given entry by entry."""
        if self.labels:
            return (len(self.labels),)
        shapes = [*self.gradients.values(), *self.values.values()]
        return shapes[0] if len(shapes) == 1 else ()

    def place(self, label: Label) -> int | None:
        """Which entry of the answer a label names, counted from 0 in row-major order; None for none or all."""
        if self.labels:
            spelled = {_plain(label.text)} | ({_plain("d" + label.name)} if label.kind == "gradient" else set())
            found = [k for k, known in enumerate(self.labels) if _plain(known) in spelled]
            return found[0] if found else None
        wanted = {"gradient": self.gradients, "value": self.values}.get(label.kind, {})
        if label.name not in wanted or not label.index or not self.shape:
            return None
        digits = label.index.replace("_", ",")
        listed = "," in digits or len(self.shape) == 1 or label.from_zero
        index = digits.split(",") if listed else list(digits)
        flat = 0
        for place, size in zip(index, self.shape, strict=False):
            if not (place.isdigit() and len(place) < 9 and 1 <= int(place) <= size):
                return None
            flat = flat * size + int(place) - 1
        return flat if len(index) == len(self.shape) else None

    def entry(self, place: int) -> str:
        """How the entry at this place is called in messages."""
        if self.labels:
            return self.labels[place]
        index: list[str] = []
        for size in reversed(self.shape):
            place, position = divmod(place, size)
            index.insert(0, str(position + 1))
        return f"{self.text}_{''.join(index)}"

    @property
    def size(self) -> int:
        """How many entries the answer has."""
        return prod(self.shape)

    def fits(self, label: Label) -> bool:
        """Whether a left side names the whole of what is asked."""
        wanted = {"gradient": self.gradients, "value": self.values}.get(label.kind, {})
        return label.kind == "word" or (label.name in wanted and not label.index)

    def judge(self, label: Label, remarks: Remarks) -> None:
        """Remark on a left side that names something else than what is asked."""
        if self.fits(label):
            return
        key = "left_side_other" if label.name in self.known else "left_side_unknown"
        remarks.add(key, given=label.text, asked=self.text)


def label(side: Sequence[Token], asked: Asked | None) -> Label | None:
    """What the tokens name, None where they are an expression."""
    if 3 < len(side) <= LONGEST and side[-1].kind == "]":
        return _bracketed(side, asked)
    if not 0 < len(side) <= LONGEST or not {token.kind for token in side} <= _KINDS | _MORE:
        return None
    text = _compact(side)
    if len(text) > CHARACTERS:
        return None
    known = asked.known | set(asked.labels) if asked is not None else frozenset()
    if _WORDS.fullmatch(text):
        return Label("word", text)
    for kind, patterns in (("gradient", _GRADIENT), ("value", _VALUE)):
        for pattern in patterns:
            match = pattern.fullmatch(text)
            name, index = _resolved(match["what"] or "", known) if match else ("", "")
            if name:
                return Label(kind, text, name, index)
    if any(pattern.fullmatch(text) for pattern in _GRADIENT[:5]) and side[0].kind != "number":
        return Label("gradient", text)
    if side[0].kind == "name" and _is_one_name(side) and any(pattern.fullmatch(text) for pattern in _VALUE):
        return Label("unknown", text)
    return None


def _bracketed(side: Sequence[Token], asked: Asked | None) -> Label | None:
    """dF[0, 1] and dF[0][1], the entry dF_12."""
    start = next(place for place, token in enumerate([*side, side[-1]]) if token.kind in {"[", "]"})
    inside = side[start:]
    found = label(side[:start], asked) if start else None
    numbers = [token.text for token in inside if token.kind == "number"]
    shape = "".join("0" if token.kind == "number" else token.kind for token in inside).replace("][", ",")
    digits = all(number.isdigit() and len(number) < 9 for number in numbers)
    if found is None or found.index or not found.name or not digits or shape != f"[{','.join('0' * len(numbers))}]":
        return None
    index = ",".join(str(int(number) + 1) for number in numbers)
    return Label(found.kind, f"{found.text}[{', '.join(numbers)}]", found.name, index, from_zero=True)


def _is_one_name(side: Sequence[Token]) -> bool:
    """Whether all behind the first token belongs to its indices and exponents: K_{new}, K^{(1)}, K', but not z t."""
    depth, script = 0, False
    for token in side[1:]:
        script = script or token.kind in {"_", "^"}
        depth += (token.kind in {"{", "("}) - (token.kind in {"}", ")"})
        if token.kind not in {"_", "^", "'", "digits", "raised", ".grad"} and not script:
            return False
        if depth == 0 and token.kind not in {"_", "^"}:
            script = False
    return True


def named(side: Sequence[Token], asked: Asked) -> list[int] | None:
    """Places of a left side that lists all the labels: [dw1, db1, dw2] or dw1, db1, dw2."""
    inside = side[1:-1] if side and side[0].kind in {"[", "("} and side[-1].kind in {"]", ")"} else side
    if not asked.labels or len(inside) > LONGEST or not any(token.kind == "," for token in inside):
        return None
    pieces: list[list[Token]] = [[]]
    for token in inside:
        if token.kind == ",":
            pieces.append([])
        else:
            pieces[-1].append(token)
    found = [label(piece, asked) for piece in pieces]
    places = [asked.place(one) if one is not None else None for one in found]
    return (
        [k for k in places if k is not None]
        if sorted(map(str, places)) == sorted(map(str, range(len(asked.labels))))
        else None
    )


def _compact(side: Sequence[Token]) -> str:
    r"""\frac{\partial L}{\partial F_{11}} as dL/dF_11: one spelling for TeX, Unicode and programs."""
    parts: list[str] = []
    before = ""
    for token in side:
        if token.kind == "{":
            parts.append("/" if before == "}" else "")
        elif token.kind == "digits":
            parts.append("_" + token.text)
        elif token.kind == "raised":
            parts.append("^" + token.text)
        elif token.kind not in {"}", "frac"}:
            parts.append("d" if token.kind == "∂" else token.text)
        before = token.kind
    return "".join(parts)


def _resolved(what: str, known: frozenset[str] | set[str]) -> tuple[str, str]:
    """Name and index of a tensor that is known; case counts only where two names differ by it."""
    parts = _INDEX.fullmatch(what)
    for base, index in ((what, ""), (parts["base"], parts["index"]) if parts else ("", "")):
        exact = [name for name in known if _plain(name, fold=False) == _plain(base, fold=False)]
        near = [name for name in known if _plain(name) == _plain(base)]
        if exact or len(near) == 1:
            return (exact or near)[0], index
    return "", ""


def _plain(name: str, *, fold: bool = True) -> str:
    return (name.lower() if fold else name).replace("_", "")
