"""A teacher's own exercise: a network as call text, shapes, and the tensor whose gradient is asked.

    exercise = own("mse_loss(conv2d(X, F, stride=2, name='O'), T)", {"X": (5, 5), ...}, "F")

Truth, misconceptions and hints come from the engine as for the built-in ones. A network that is no scalar is
paired with error terms delta of its shape. Results that bear a name= may be used as symbols in answers.
The same as a file to share:

    expr = "mse_loss(conv2d(X, F), T)"
    wrt = "F"
    title = "Stride two"           # optional
    [shape]
    X = [3, 3]
    F = [2, 2]
    T = [2, 2]
    [values]                       # optional; every input or none
    X = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from symbolic.errors import GradproofError, nearest, shown
from symbolic.exercises import changes, limits
from symbolic.exercises.exercise import Exercise, Misconception, grids
from symbolic.exercises.misconceptions import TABLE, general, missing_delta, swapped_indices
from symbolic.exercises.refusal import clean
from symbolic.exercises.stated import Stated, stated
from symbolic.exercises.transforms import result
from symbolic.exercises.work import Gradient, products
from symbolic.functional.arguments import tensor
from symbolic.functional.text import network
from symbolic.network.derived import derive
from symbolic.network.values import read_values
from symbolic.terms.size import ints
from symbolic.terms.term import Data, Leaf, Multi, Node, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symbolic.exercises.arrays import Grid

MOST_PRODUCTS = 3_000  # of one writing of the network: what is larger takes seconds, and no one writes it by hand
KEYS = {"expr", "wrt", "title", "shape", "values"}


def own(
    expr: str,
    shapes: Mapping[str, tuple[int, ...]],
    wrt: str,
    *,
    values: Mapping[str, Any] | None = None,
    title: str = "",
    command: str = "",
) -> Exercise:
    """An exercise that asks for the gradient of a network by one of its inputs.

    values  numbers for every input; the answer is then an array of numbers.
    command how the sheet says that `gradproof check` finds this exercise again; usually the call itself.
    Raises  GradproofError: what `calltext.network` refuses; no such input; a network too large for an exercise, or
            one whose gradient is no polynomial in its entries.
    """
    output = network(expr, shapes)
    scalar = output.shape == ()
    loss = output if scalar else derive(output, gradient=tensor("delta", ints(output.shape))).loss
    _refuse_large(loss)
    names = frozenset(part.name for part in walk(loss) if isinstance(part, Node) and part.name)
    inputs = {part.name: part for part in walk(loss) if isinstance(part, Leaf)}
    if wrt not in inputs:
        raise GradproofError(
            f"the network has no input '{wrt:.40}'{nearest(wrt, inputs)}; its inputs are {', '.join(inputs)}"
        )
    numbers = _numbers(values, inputs)
    work = Gradient(loss=loss, wrt=(wrt,), numbers=numbers, kept=frozenset() if numbers else names)
    symbols = stated(loss, work.rules.values())
    if numbers:
        _refuse_rounded(symbols)
        symbols = Stated()
    work = replace(work, stands=symbols.stands)
    words = {
        "expr": " ".join(expr.split()),
        "wrt": wrt,
        "shapes": ", ".join(f"{name} {'×'.join(map(str, x.shape)) or '1'}" for name, x in inputs.items()),
        "values": "; ".join(f"{name} = {_text(values[name])}" for name in inputs) if values else "",
        "title": clean(title),
        "command": command or _call(expr, shapes, wrt),
        "stated": ", ".join(symbols.told),
    }
    key = ("own" if scalar else "own-delta") + ("-numbers" if numbers else "-stated" if symbols.told else "")
    plain = Exercise(key, work, (), words=words, relations=symbols.relations)
    _refuse_unjudgeable(plain)
    found = replace(plain, offers=_offers(work, plain))
    given = {"expr": expr, "shapes": dict(shapes), "wrt": wrt, "title": title, "command": words["command"]}
    return replace(found, vary=partial(varied, given, numbers=bool(values)))


def varied(given: Mapping[str, Any], seed: int, *, numbers: bool) -> Exercise:
    """The variant that belongs to a seed: other numbers where there are some, else other sizes.

    Raises  GradproofError: no sizes near these fit the network, or a seed that is no whole number of at least 0.
    """
    from symbolic.exercises.variants.of_own import drawn

    shapes, values = drawn(given["expr"], given["shapes"], seed, numbers=numbers)
    command = f"{given['command']} --variant {seed}"
    choices = [own(given["expr"], shapes, given["wrt"], values=one, title=given["title"], command=command)
               for one in values]  # fmt: skip
    from symbolic.exercises.variants import separated

    return replace(max(choices, key=separated), vary=None)


def _call(expr: str, shapes: Mapping[str, tuple[int, ...]], wrt: str) -> str:
    """The arguments of `gradproof check` that make this exercise again."""
    given = " ".join(f"--shape {name}={'x'.join(map(str, shape))}" for name, shape in shapes.items())
    quoted = f'"{" ".join(expr.split())}"' if "'" in expr else f"'{' '.join(expr.split())}'"
    return f"--expr {quoted} {given} --wrt {wrt}"


def _refuse_unjudgeable(exercise: Exercise) -> None:
    """Derive the truth once, here, so that what cannot be judged is refused before anyone answers."""
    try:
        found = exercise.truth
    except (KeyError, OverflowError):
        raise GradproofError(
            "own exercise: this gradient is no polynomial of a size that can be judged; leave out functions such as "
            "max_pool2d, or give values for every input in a .toml file"
        ) from None
    terms = sum(len(entry) for entry in found.entries)
    if terms > limits.TERMS or len(found.entries) > limits.ENTRIES:
        raise GradproofError(f"own exercise: the answer would have {terms} terms; at most {limits.TERMS} are judged")


def _refuse_rounded(symbols: Stated) -> None:
    """With numbers only what has exact values can be judged exactly."""
    inexact = [text for text in symbols.told if not text.split(" = ")[1].startswith(("relu", "leaky_relu"))]
    if inexact:
        raise GradproofError(
            f"own exercise: with values the answer would have to be rounded, for {inexact[0].split(' = ')[1]} has no "
            "exact one; leave the values out, and the answer is in symbols"
        )


def _refuse_large(loss: Node) -> None:
    count = sum(
        products(part.form)
        for node in walk(loss)
        if isinstance(node, Node)
        for part in walk(node.body)
        if isinstance(part, Multi)
    )
    if count > MOST_PRODUCTS:
        raise GradproofError(f"own exercise: the network has {count:,} products; at most {MOST_PRODUCTS:,} are judged")


def _numbers(values: Mapping[str, Any] | None, inputs: Mapping[str, Leaf]) -> dict[str, Data]:
    if not values:
        return {}
    arrays = read_values(values, list(inputs.values()))
    found: dict[str, Data] = {}
    for leaf, array in arrays.items():
        flat = tuple(Fraction(repr(x)) if isinstance(x, float) else Fraction(x) for x in array.reshape(-1).tolist())
        found[leaf.name] = Data(flat, leaf.shape)
    return found


def _text(value: Any) -> str:
    """Numbers as they were given, on one line."""
    return shown(value, 400)


_OF_INPUTS = ("rot180_applied_to_delta_too", "swapped_operands", "valid_instead_of_full", "same_instead_of_full")
_OF_KERNELS = ("rot180_applied_where_not_needed", "result_rot180", "full_instead_of_valid")


def _offers(work: Gradient, plain: Exercise) -> tuple[Misconception, ...]:
    """Of all general misconceptions those that lead to another answer here."""
    losses = [part for part in walk(work.loss) if isinstance(part, Node) and part.op in {"mse_loss", "pow"}]
    averages = {loss.args[0].size for loss in losses if loss.params.get("reduction") == "mean"}
    flips = any(_differs(row, work, plain.truth) for row in general("forgot_rot180"))
    left_out = {
        "spurious_factor_2" if losses else "missing_factor_2",
        *(_OF_KERNELS if flips else _OF_INPUTS),
        "wrong_entry" if work.numbers else "arithmetic_slip",
    }
    rows = list(general(*(key for key in TABLE if key not in left_out)))
    rows += [Misconception("missing_factor_1_over_n", result(changes.scaled(n))) for n in sorted(averages) if n > 1]
    rows += [
        Misconception(f"swapped_indices_of_{name}", swapped_indices(name))
        for name in ("X", "F", "delta")
        if name not in work.wrt
    ]
    last = next((arg for arg in work.loss.args if isinstance(arg, Node) and arg.name), None)
    if last is not None:
        rows.append(Misconception("missing_chain_factor_delta", missing_delta(last.name)))
    return tuple(row for row in rows if row.transform is None or _differs(row, work, plain.truth))


def _differs(row: Misconception, work: Gradient, truth: Grid) -> bool:
    return any(grid != truth for grid in grids(row.works(work)))


def to_toml(expr: str, shapes: Mapping[str, tuple[int, ...]], wrt: str) -> str:
    """The file of an exercise, for `from_toml`: what a call text, shapes and a name say."""
    sizes = "".join(f"{name} = {list(shape)}\n" for name, shape in shapes.items())
    quoted = (json.dumps(text) for text in (" ".join(expr.split()), wrt))
    return "expr = {}\nwrt = {}\n[shape]\n{}".format(*quoted, sizes)


def from_toml(text: str, command: str = "EXERCISE.toml") -> Exercise:
    """An own exercise from the text of its file; `command` is the file's name, for the sheet.

    Raises  GradproofError: no TOML, an unknown or missing key, a shape that is none, and what `own` refuses.
    """
    if len(text) > limits.BYTES:
        raise GradproofError(f"the exercise's file is longer than {limits.BYTES} bytes")
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise GradproofError(f"the exercise's file is no TOML: {str(error)[:200]}") from None
    for key in found:
        if key not in KEYS:
            raise GradproofError(f"the exercise's file has an unknown key '{key:.40}'{nearest(key, KEYS)}")
    expr, wrt, title = (found.get(key, "") for key in ("expr", "wrt", "title"))
    for key, value in (("expr", expr), ("wrt", wrt), ("title", title)):
        if not isinstance(value, str) or (key != "title" and not value):
            raise GradproofError(f'the exercise\'s file needs {key} = "..."; got {shown(value)}')
    return own(
        expr, _shapes(found.get("shape")), wrt, values=_values(found.get("values")), title=title, command=clean(command)
    )


def _shapes(given: Any) -> dict[str, tuple[int, ...]]:
    if not isinstance(given, dict) or not all(isinstance(sizes, list) for sizes in given.values()):
        raise GradproofError("the exercise's file needs a table [shape] with entries such as X = [3, 3]")
    return {name: tuple(sizes) for name, sizes in given.items()}


def _values(given: Any) -> dict[str, Any] | None:
    if given is not None and not isinstance(given, dict):
        raise GradproofError("the exercise's file: [values] is a table with entries such as X = [[1, 2], [3, 4]]")
    return given
