"""Which spellings name which entry: X_11, X11, X_{11}, X_{1,1} and d_11 for delta_11.

name      canonical, as in print: X_11, past nine X_1_10, t, p_3
base      the name without its indices: X, delta, p
key       base|11 or base|1,10: what the spellings of one entry have in common
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from symbolic.exercises import limits
from symbolic.exercises.refusal import Unreadable, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CANONICAL = re.compile(r"(.*[A-Za-z])_?([0-9]+(?:_[0-9]+)*)")
SPELLED = re.compile(r"([A-Za-z]+?(?:_[A-Za-z]+)*)_?([0-9]+(?:_[0-9]+)*)?")
ALIASES = {"d": "delta"}  # the sheets introduce d_11 and delta_11 for the same error term
GLUED = re.compile(r"[A-Za-z]+_?[0-9]+")  # X11d11: a product without its sign
JOINED = re.compile(r"(?:d(?:L|l|loss|Loss|J|E)_?d|d|grad_?)(?P<output>[A-Z]\w{0,40})")
UPSTREAM = frozenset({"dout", "grad_output", "grad_out"})
NOT_FINITE = frozenset({"nan", "inf", "infinity", "oo", "zoo", "infty"})


def entry_names(base: str, shape: tuple[int, ...]) -> tuple[str, ...]:
    """Names of the entries of a tensor in row-major order, 1-based: X_11, X_12, ..., X_1_10."""
    if not shape:
        return (base,)
    indices = product(*(range(1, size + 1) for size in shape))
    return tuple(f"{base}_{('_' if max(i) > 9 else '').join(map(str, i))}" for i in indices)


class Names:
    """The names an answer may use.

    symbols     canonical names of single entries and scalars
    shapes      tensors that may be named as a whole; their entries may be used as well
    cotangents  dL/dO stands for delta: from the name of an output to the name of its error term
    """

    def __init__(
        self,
        symbols: Iterable[str],
        shapes: Mapping[str, tuple[int, ...]],
        cotangents: Mapping[str, str],
    ) -> None:
        self.shapes = dict(shapes)
        self.cotangents = dict(cotangents)
        self._entries = {base: entry_names(base, shape) for base, shape in shapes.items()}
        self.symbols = frozenset(symbols).union(*self._entries.values())
        self._keys: dict[str, set[str]] = {}
        self._bases = set(shapes)
        for name in self.symbols:
            parts = CANONICAL.fullmatch(name)
            if parts is None:
                self._bases.add(name)
                continue
            base, groups = parts[1], parts[2].split("_")
            digits = groups if len(groups) > 1 else list(groups[0])
            self._bases.add(base)
            for key in {f"{base}|{''.join(digits)}", f"{base}|{','.join(digits)}"}:
                self._keys.setdefault(key, set()).add(name)
            if len(groups) == 1:  # p_12 may be entry 12 of a vector
                self._keys.setdefault(f"{base}|{groups[0]}", set()).add(name)

    def find(self, spelled: str, subscript: str | None = None) -> str | None:
        """Canonical name of an entry, a scalar or a whole tensor; None where nothing has this name."""
        if subscript is None:
            if spelled in self.symbols or spelled in self.shapes:
                return spelled
            parts = SPELLED.fullmatch(spelled)
            if parts is None:
                return None
            base, subscript = parts[1], (parts[2] or "").replace("_", ",")
        else:
            base = spelled
        if base not in self._bases:
            base = ALIASES.get(base, base)
        if not subscript:
            return base if base in self.symbols or base in self.shapes else None
        found = self._keys.get(f"{base}|{subscript}", ())
        if len(found) > 1:
            raise Unreadable("ambiguous_index", name=f"{base}_{subscript}")
        return next(iter(found), None)

    def has_base(self, base: str) -> bool:
        """Whether an entry, a scalar or a tensor is called so, indices aside."""
        return ALIASES.get(base, base) in self._bases or base in self._bases

    def cotangent(self, output: str, subscript: str | None = None) -> str | None:
        """Canonical name of dL/d(output), a whole tensor or one of its entries; None if there is none."""
        parts = SPELLED.fullmatch(output)
        if parts is None:
            return None
        if subscript is None and parts[2]:
            output, subscript = parts[1], parts[2].replace("_", ",")
        for base in (f"delta_{output}", self.cotangents.get(output)):
            found = self.find(base, subscript or "") if base in self._bases else None
            if found is not None:
                return found
        return None

    def joined_cotangent(self, spelled: str, subscript: str | None) -> str | None:
        """The same from programs' names: dL_dO_11, dLdO, dO, grad_O; dout and grad_output where there is one output."""
        parts = JOINED.fullmatch(spelled)
        if parts is not None:
            return self.cotangent(parts["output"], subscript)
        base, _, index = spelled.partition("_") if spelled.startswith("dout") else (spelled, "", "")
        if base in UPSTREAM and len(self.cotangents) == 1:
            return self.cotangent(next(iter(self.cotangents)), subscript or index.replace("_", ",") or None)
        return None

    def unknown(self, spelled: str, at: int) -> Unreadable:
        """Refuse a name, with the nearest allowed one."""
        if spelled.lower() in NOT_FINITE:
            return Unreadable("not_finite", at, name=spelled)
        if not self.symbols:
            return Unreadable("symbol_in_numbers", at, name=spelled)
        base, _, index = spelled.rpartition("_")
        if base in self._entries and index.isdigit():
            entries = self._entries[base]
            return Unreadable("no_such_entry", at, name=spelled, first=entries[0], last=entries[-1])
        parts = GLUED.findall(spelled) if len(spelled) <= limits.NAME else []
        if len(parts) > 1 and "".join(parts) == spelled and all(map(self.find, parts)):
            return Unreadable("unknown_symbol_near", at, name=spelled, nearest="*".join(parts))
        near = nearest(spelled, self.symbols | set(self.shapes))
        if near is not None:
            return Unreadable("unknown_symbol_near", at, name=spelled, nearest=near)
        return Unreadable("unknown_symbol", at, name=spelled, known=", ".join(self._examples()))

    def _examples(self) -> list[str]:
        """Three known names, scalars before entries."""
        return sorted(self.symbols, key=lambda name: (name[-1].isdigit(), name))[:3]
