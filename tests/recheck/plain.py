"""Exported statements evaluated from their JSON by the plainest loops: every letter over its whole extent.

A third reading of the schema, slow and sharing nothing with the package: it judges what the recheck accepts.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

Json = Any
Index = tuple[int, ...]
CLOSE = 1e-5


class Place:
    """Sizes, and the entries of the tensors by name and index."""

    def __init__(self, sizes: dict[str, int], shapes: dict[str, Json]) -> None:
        self.sizes, self.shapes = sizes, shapes
        self.arrays: dict[str, dict[Index, Any]] = {}
        self.known: dict[tuple[int, Index], Any] = {}

    def size(self, value: Json) -> int:
        if isinstance(value, int):
            return value
        if isinstance(value, str):
            return self.sizes[value]
        return sum(c * math.prod(self.sizes[x] for x in letters) for c, *letters in value)

    def shape(self, term: Json) -> Index:  # noqa: PLR0911 - one answer for each kind of term
        if isinstance(term, str):
            return tuple(map(self.size, self.shapes[term]))
        if "product" in term:
            extent = {x: self.size(n) for x, n in term["letters"].items()}
            return tuple(math.prod(extent[x] for x in axis) for axis in term["output"])
        if "number" in term:
            return tuple(map(self.size, term["shape"]))
        if "gradient" in term:
            return self.shape(term["wrt"])
        if "integer" in term:
            return ()
        inside = self.shape(term["flip"] if "flip" in term else term["sum"][0] if "sum" in term else term["of"])
        if term.get("along") == "logsumexp":
            return *inside[: term["axis"]], 1, *inside[term["axis"] + 1 :]
        return inside

    def indices(self, term: Json) -> list[Index]:
        return list(product(*map(range, self.shape(term))))

    def entry(self, term: Json, index: Index) -> Any:
        key = id(term), index
        if key not in self.known:
            self.known[key] = self._entry(term, index)
        return self.known[key]

    def _entry(self, term: Json, index: Index) -> Any:  # noqa: PLR0911 - as in shape
        if isinstance(term, str):
            return self.arrays[term][index]
        if "number" in term:
            return number(term["number"])
        if "product" in term:
            return self._product(term, index)
        if "flip" in term:
            shape = self.shape(term)
            turned = (n - 1 - i if k in term["axes"] else i for k, (i, n) in enumerate(zip(index, shape, strict=True)))
            return self.entry(term["flip"], tuple(turned))
        if "sum" in term:
            return sum(self.entry(part, index) for part in term["sum"])
        if "function" in term:
            inside = self.entry(term["of"], index)
            if term["function"] == "pow":
                return inside ** term["param"]
            return function(term["function"], term["order"], float(inside))
        if "along" in term:
            return self._along(term, index)
        if "gradient" in term:
            return self._gradient(term, index)
        return integer(term["integer"], self.sizes)

    def _product(self, term: Json, index: Index) -> Any:
        extent = {x: self.size(n) for x, n in term["letters"].items()}
        total: Any = 0
        for values in product(*map(range, extent.values())):
            at = dict(zip(extent, values, strict=True))
            if all(
                self.size(r["s"]) * at[r["i"]] + self.size(r["d"]) * at[r["u"]]
                == self.size(r["e"]) * at[r["a"]] + self.size(r["p"])
                for r in term["rows"]
            ) and index == read(term["output"], at, extent):
                places = [read(slot, at, extent) for slot in term["operands"]]
                total += math.prod(self.entry(t, place) for t, place in zip(term["product"], places, strict=True))
        return number(term["scale"]) / self.size(term["divisor"]) * total

    def _along(self, term: Json, index: Index) -> float:
        axis = term["axis"]
        line = [(*index[:axis], x, *index[axis + 1 :]) for x in range(self.shape(term["of"])[axis])]
        total = sum(math.exp(self.entry(term["of"], at)) for at in line)
        return math.log(total) if term["along"] == "logsumexp" else math.exp(self.entry(term["of"], index)) / total

    def _gradient(self, term: Json, index: Index) -> Any:
        """Central difference: exact for what is at most quadratic in the entry, a small step elsewhere."""
        step = Fraction(1) if "function" not in str(term) and "along" not in str(term) else 1e-5
        values = []
        for sign in (1, -1):
            moved = Place(self.sizes, self.shapes)
            array = self.arrays[term["wrt"]]
            moved.arrays = {**self.arrays, term["wrt"]: {**array, index: array[index] + sign * step}}
            values.append(moved.entry(term["gradient"], ()))
        return (values[0] - values[1]) / (2 * step)


def read(slot: list[list[str]], at: dict[str, int], extent: dict[str, int]) -> Index:
    """The index that a slot reads: the last letter of an axis runs fastest."""
    index = []
    for axis in slot:
        place = 0
        for letter in axis:
            place = place * extent[letter] + at[letter]
        index.append(place)
    return tuple(index)


def number(value: Json) -> Fraction:
    return Fraction(*value) if isinstance(value, list) else Fraction(value)


FUNCTIONS = {
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "rsqrt": lambda z: 1 / math.sqrt(z),
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "relu": lambda z: max(z, 0),
    "abs": abs,
}


def function(name: str, order: int, z: float) -> float:
    """The function, or its derivative by central differences."""
    if order == 0:
        return float(FUNCTIONS[name](z))
    return (function(name, order - 1, z + 1e-5) - function(name, order - 1, z - 1e-5)) / 2e-5


def expression(value: Json, sizes: dict[str, int]) -> int:
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return sizes[value]
    ((kind, parts),) = value.items()
    inside = [expression(part, sizes) for part in parts]
    if kind == "plus":
        return sum(inside)
    if kind == "times":
        return math.prod(inside)
    return inside[0] // inside[1] if kind == "floor" else inside[0] % inside[1]


def integer(value: Json, sizes: dict[str, int]) -> int:
    """An expression, or the places of a window counted one by one."""
    if not (isinstance(value, dict) and value.keys() & {"outputs", "transposed_outputs"}):
        return expression(value, sizes)
    ((kind, parts),) = value.items()
    at = {name: expression(part, sizes) for name, part in parts.items()}
    if kind == "outputs":
        inner = [0] * (at["input_dilation"] * (at["input"] - 1) + 1)
        padded = len(inner) + at["low"] + at["high"]
        return sum(
            1 for x in range(padded) if x % at["stride"] == 0 and x + at["dilation"] * (at["kernel"] - 1) < padded
        )
    written = [x * at["stride"] + u * at["dilation"] for x in range(at["input"]) for u in range(at["kernel"])]
    last, count = max(written) - at["high"], 0  # a negative `high` adds places that nothing is written to
    while at["low"] + count <= last:
        count += 1
    return count


def holds(given: Json, sizes: dict[str, int]) -> bool:
    for condition in given:
        ((kind, (left, right)),) = condition.items()
        one, other = expression(left, sizes), expression(right, sizes)
        if one < other if kind == "at_least" else one != other:
            return False
    return True


def letters_of(value: Json, names: frozenset[str] = frozenset()) -> set[str]:
    """Every string that may be a size letter: the words of the schema and the index letters do no harm."""
    if isinstance(value, str):
        return {value} - names
    if isinstance(value, dict):
        return set().union(*(letters_of(part, names) for part in value.values()))
    return set().union(*(letters_of(part, names) for part in value)) if isinstance(value, list) else set()


def false_step(derivation: Json, seed: str, tries: int = 6) -> int | None:
    """The number of a step whose sides differ at random small sizes; None where all agree."""
    random, found = Random(seed), 0
    names = sorted(letters_of(derivation))
    whole = "integer" in str(derivation["steps"])
    for _ in range(5000):
        low = {x: 0 if x[:1] == "p" else 1 for x in names}
        sizes = {x: random.randint(low[x], 7 if whole and not derivation["tensors"] else 2) for x in names}
        place = drawn(derivation, sizes, random)
        if place is None:
            continue
        try:
            for k, step in enumerate(derivation["steps"], 1):
                for index in place.indices(step["right"]):
                    one, other = place.entry(step["left"], index), place.entry(step["right"], index)
                    exact = not isinstance(one, float) and not isinstance(other, float)
                    if one != other if exact else abs(one - other) > CLOSE * max(1, abs(one)):
                        return k
        except ValueError:  # the root of a negative number: other entries are drawn
            continue
        found += 1
        if found == tries:
            return None
    raise LookupError("no small sizes are meant")


def drawn(derivation: Json, sizes: dict[str, int], random: Random) -> Place | None:
    """Random entries, those of a tensor with a hypothesis made to fit; None where the sizes are not meant."""
    place = Place(sizes, derivation["tensors"])
    sides = [step[side] for step in derivation["steps"] for side in ("left", "right")]
    if not all(holds(side["given"], sizes) for side in sides if isinstance(side, dict) and "given" in side):
        return None
    shapes = {name: place.shape(name) for name in derivation["tensors"]}
    if any(n < 1 for shape in shapes.values() for n in shape) or not all(positive(side, place) for side in sides):
        return None
    for name, shape in shapes.items():
        place.arrays[name] = {at: Fraction(random.randint(1, 4)) for at in product(*map(range, shape))}
    for step in derivation["steps"]:
        for hypothesis in step.get("steps", ()):
            if hypothesis["by"] != "sums-to-one":
                continue
            name = hypothesis["left"]["product"][0]
            for at in [at for at in place.arrays[name] if at[-1] == 0]:
                rest = sum(x for other, x in place.arrays[name].items() if other[:-1] == at[:-1] and other != at)
                place.arrays[name][at] = 1 - rest
    return place


def positive(term: Json, place: Place) -> bool:
    """Whether every extent inside is at least 1 and no divisor 0."""
    if isinstance(term, dict):
        extents = [place.size(n) for n in term.get("letters", {}).values()]
        fit = all(n >= 1 for n in extents) and ("divisor" not in term or place.size(term["divisor"]) != 0)
        return fit and ("integer" in term or all(positive(part, place) for part in term.values()))
    return not isinstance(term, list) or all(positive(part, place) for part in term)
