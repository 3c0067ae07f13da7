"""Every integer, name, letter and sign of every exported file, changed one at a time, and pieces moved about.

A mutant is refused, or it is true all the same: then the plain loops must find nothing wrong with it.
"""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.recheck import plain
from tests.recheck.exported import KEYS, exported, outcome, part_refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Path = tuple[Any, ...]
QUICK = 150  # one mutant in so many is tried in the quick test, all of them in the slow one

EXCHANGED = (("left", "right"), ("s", "d"), ("s", "e"), ("i", "u"), ("stride", "dilation"))

# What may be accepted: statements that the mutation leaves true. Everything else is a hole.
TRUE_ALL_THE_SAME = {
    "batch-norm-backward": "the gradients of the input and of the shift do not depend on all that is added up",
    "local-derivatives": "the extent of z is named otherwise",
    "one-by-one-is-linear": "the dilation of a kernel with one entry, or a letter that a row makes equal",
    "rot180-is-two-flips": "the extent of F is named otherwise",
}


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, key))
    else:
        yield path, value


def at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def leaf_mutants(key: str) -> Iterator[tuple[Path, Any, Any]]:
    """(path, value, another value) for every leaf: neighbours, the other sign, words from elsewhere in the file."""
    choose = random.Random(key)
    whole = exported(key)
    words = sorted({value for _, value in leaves(whole) if isinstance(value, str)})
    for path, value in leaves(whole["derivations"]):
        if isinstance(value, bool):
            others: list[Any] = [not value]
        elif isinstance(value, int):
            others = [value + 1, value - 1, -value, value + choose.randint(2, 9)]
        else:
            others = [*choose.sample(words, 2), f"{value}q", value[:-1]]
        yield from ((path, value, other) for other in dict.fromkeys(others) if other != value)


def structural_mutants(key: str) -> Iterator[tuple[Path, str, Callable[[Any], None]]]:
    """Flips dropped, items left out, neighbours exchanged, the sides of a step exchanged."""
    waiting: list[tuple[Path, Any]] = [((), exported(key)["derivations"])]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, list):
            waiting += [((*path, k), part) for k, part in enumerate(value)]
            for k in range(len(value)):
                yield (*path, k), "left out", partial(leave_out, path=path, k=k)
            for k in range(len(value) - 1):
                yield (*path, k), "exchanged", partial(swap, path=path, one=k, other=k + 1)
        elif isinstance(value, dict):
            waiting += [((*path, name), part) for name, part in value.items()]
            if "flip" in value:
                yield path, "flip dropped", partial(put, path=path, value=value["flip"])
            for one, other in EXCHANGED:
                if one in value and other in value:
                    yield path, f"{one} and {other}", partial(swap, path=path, one=one, other=other)


def leave_out(data: Any, path: Path, k: int) -> None:
    at(data, path).pop(k)


def swap(data: Any, path: Path, one: Any, other: Any) -> None:
    value = at(data, path)
    value[one], value[other] = value[other], value[one]


def put(data: Any, path: Path, value: Any) -> None:
    at(data, path[:-1])[path[-1]] = value


def refuse_unless_true(key: str, data: Any, what: str) -> bool:
    """Whether the mutant is accepted; it must then be true by the plain loops."""
    for number, derivation in enumerate(data["derivations"]):
        false = plain.false_step(derivation, f"{what} {number}", tries=3)
        assert false is None, f"{key}: {what} is accepted, and step {false} of part {number + 1} is false"
    return True


def try_leaf(key: str, data: Any, path: Path, value: Any, other: Any, *, quick: bool) -> bool:
    """Whether a mutant is accepted; `quick` looks at the part that is changed first, and only there."""
    what = f"{path}: {value!r} -> {other!r}"
    put(data["derivations"], path, other)
    try:
        if quick and part_refused(key, data, path[0]):
            return False
        verdict, message = outcome(key, data)
        if verdict == "accepted":
            return refuse_unless_true(key, data, what)
        assert message, what
        cited = path[-1] in {"theorem", "part"}
        if not cited:  # a citation of nothing, or of itself, is bad input
            assert verdict == "refused", f"{key}: {what} is called damage: {message}"
            assert message.startswith(f"theorem {key}"), message
            assert "step " in message or "tensors" in path, message
    finally:
        put(data["derivations"], path, value)
    return False


def accepted_leaves(key: str, stride: int) -> list[tuple[Path, Any, Any]]:
    data = exported(key)
    chosen = [mutant for k, mutant in enumerate(leaf_mutants(key)) if (k + len(key)) % stride == 0]
    return [mutant for mutant in chosen if try_leaf(key, data, *mutant, quick=stride == 1)]


def accepted_structures(key: str, stride: int) -> list[tuple[Path, str]]:
    found = []
    for k, (path, what, change) in enumerate(structural_mutants(key)):
        if (k + len(key)) % stride:
            continue
        data = exported(key)
        change(data["derivations"])
        if stride == 1 and len(path) > 1 and part_refused(key, data, path[0]):
            continue
        if data != exported(key) and outcome(key, data)[0] == "accepted":
            refuse_unless_true(key, data, f"{path} {what}")
            found.append((path, what))
    return found


@pytest.mark.parametrize("key", KEYS)
def test_changed_values_are_refused(key: str) -> None:
    assert not accepted_leaves(key, QUICK) or key in TRUE_ALL_THE_SAME


@pytest.mark.parametrize("key", KEYS)
def test_changed_pieces_are_refused_or_true(key: str) -> None:
    accepted_structures(key, QUICK // 3)


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_every_changed_value_is_refused(key: str) -> None:
    assert not accepted_leaves(key, 1) or key in TRUE_ALL_THE_SAME


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_every_changed_piece_is_refused_or_true(key: str) -> None:
    accepted_structures(key, 1)


def test_the_statements_are_true_by_the_plain_loops() -> None:
    for key in KEYS:
        for number, derivation in enumerate(exported(key)["derivations"]):
            assert plain.false_step(derivation, f"{key} {number}", tries=3) is None


def test_the_plain_loops_see_a_wrong_statement() -> None:
    (wrong,) = exported("input-gradient")["derivations"]
    wrong["steps"][1]["right"]["product"][0] = "F"  # rot180 dropped
    assert plain.false_step(wrong, "wrong") == 2
    (wrong,) = exported("filter-gradient")["derivations"]
    row = wrong["steps"][0]["right"]["rows"][0]
    row["s"], row["d"] = row["d"], row["s"]
    assert plain.false_step(wrong, "wrong", tries=20) == 1
